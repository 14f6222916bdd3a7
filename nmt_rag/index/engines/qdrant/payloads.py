"""What the points of an index in Qdrant hold: the generation of now, documents, passages, and the filters on them.

Three collections make an index: passages, documents and words. One point of the documents, `MOMENT`, holds the
generation. A point is visible where its field ``added`` is no later than that and its field ``removed``, if it has one,
is later: what a writer prepares for the next generation is seen by nobody before that one point is written, and by all
after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from nmt_rag.errors import IndexDamagedError, IndexNotFoundError
from nmt_rag.index import conditions
from nmt_rag.index.engines.qdrant.bm25 import Totals
from nmt_rag.index.engines.qdrant.points import (
    AllOf,
    AnyOf,
    Between,
    Cluster,
    Condition,
    NoneOf,
    OneOf,
    PointId,
    Points,
)
from nmt_rag.index.storage.rows import as_json, digest, passage_row
from nmt_rag.types import Document, Passage

FORMAT = 1
"""Version of the payloads below; another version is refused."""
MOMENT: PointId = 0
"""The id of the point, among the documents, that holds the generation; documents are numbered from 1."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One generation of an index in Qdrant: all that must change at once.

    ``settled`` is the generation whose words are counted (``totals``), ``averages`` are the lengths that passages were
    weighed against, ``last_…`` the highest numbers given out.
    """

    index: str
    fingerprint: str | None
    dim: int
    search: str = "exact"
    generation: int = 0
    settled: int = 0
    last_document: int = 0
    last_passage: int = 0
    last_token: int = 0
    n_documents: int = 0
    n_passages: int = 0
    totals: Totals = field(default_factory=Totals)
    averages: tuple[float, ...] = ()

    def to_payload(self) -> dict[str, Any]:
        """Return the payload of the point `MOMENT`."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Return the moment that a payload describes. Raises KeyError, TypeError or ValueError where it is none."""
        row = {name: payload[name] for name in cls.__dataclass_fields__}
        totals = row["totals"]
        counted = Totals(totals["passages"], totals["documents"], tuple(totals["tokens"]))
        return cls(**{**row, "totals": counted, "averages": tuple(row["averages"])})


@dataclass(frozen=True)
class Collections:
    """The three collections of an index, and the address that messages name."""

    address: str
    cluster: Cluster
    passages: Points
    documents: Points
    words: Points

    def moment(self) -> Moment:
        """Return the generation that was committed last.

        Raises:
            IndexNotFoundError: the index is gone.
            IndexDamagedError: its point cannot be read.
        """
        point = self.documents.retrieve([MOMENT]).get(MOMENT)
        if point is None:
            raise IndexNotFoundError(f"there is no index at {self.address} any more; open it again when it is back")
        try:
            return Moment.from_payload(point.payload)
        except (KeyError, TypeError, ValueError) as error:
            raise self.damaged("its generation cannot be read") from error

    def damaged(self, what: str) -> IndexDamagedError:
        """Return the error that says that the index can no longer be trusted."""
        return IndexDamagedError(
            f"the index {self.address} is damaged ({what}); restore its snapshot, or build it again from the documents"
        )


def visible(generation: int, *more: Condition) -> AllOf:
    """Return the condition that a point belongs to a generation, and more."""
    return AllOf((Between("added", most=generation), NoneOf(Between("removed", most=generation)), *more))


def payload_filter(where: conditions.Filter) -> Condition:
    """Return a filter without comparisons as a condition on a passage's payload."""
    match where:
        case conditions.Equal():
            return OneOf("keys", tuple(where.keys)) if where.values else AnyOf(())
        case conditions.Not(part):
            return NoneOf(payload_filter(part))
        case conditions.All(parts):
            return AllOf(tuple(payload_filter(part) for part in parts))
        case conditions.Either(parts):
            return AnyOf(tuple(payload_filter(part) for part in parts))
    raise ValueError(f"a comparison is no set of keys: {where}")


def document_payload(document: Document, keys: Sequence[str], n_passages: int, generation: int) -> dict[str, Any]:
    """Return what is kept of a document."""
    row = document.to_dict()
    return {
        "id": document.id,
        "title": document.title,
        "url": document.url,
        "text": document.text,
        "fields": as_json({name: value for name, value in row.items() if name not in ("id", "title", "text")}),
        "sha256": document.sha256,
        "digest": digest(document),
        "keys": list(keys),
        "n_passages": n_passages,
        "added": generation,
    }


def passage_payload(number: int, passage: Passage, keys: Sequence[str], generation: int) -> dict[str, Any]:
    """Return what is kept of a passage of the document with a number."""
    _, *columns, text_hash, crc = passage_row(number, passage)
    return {
        "document": number,
        "id": passage.document_id,
        "ordinal": passage.ordinal,
        "row": columns,
        "hash": text_hash.hex(),
        "crc": crc,
        "keys": list(keys),
        "added": generation,
    }
