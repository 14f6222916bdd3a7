"""What the points of an index in Qdrant hold: the generation of now, documents, passages, and the filters on them.

Three collections make an index: passages, documents and words. One point of the documents, `MOMENT`, holds the
generation. A point is visible where its field ``added`` is no later than that and its field ``removed``, if it has one,
is later: what a writer prepares for the next generation is seen by nobody before that one point is written, and by all
after it.

A generation that its writer did not come to show is given up for good, by its number: whatever that writer still sends,
however late, bears that number and is never seen.
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

PAYLOAD_FORMAT = 2
"""Version of the payloads below; another version is refused."""
MOMENT: PointId = 0
"""The id of the point, among the documents, that holds the generation."""
_NUMBER_BITS = 28
"""Documents and passages are numbered by their generation, times two to this power, and their place in it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One generation of an index in Qdrant: all that must change at once.

    ``settled`` is the generation whose words are counted (``totals``), ``averages`` are the lengths that passages were
    weighed against, ``weighing`` tells that some are already weighed against others, ``last_token`` is the highest
    number given out, ``given_up`` the generations that were never shown.
    """

    index: str
    fingerprint: str | None
    dim: int
    search: str = "exact"
    generation: int = 0
    settled: int = 0
    last_token: int = 0
    n_documents: int = 0
    n_passages: int = 0
    totals: Totals = field(default_factory=Totals)
    averages: tuple[float, ...] = ()
    weighing: bool = False
    given_up: tuple[int, ...] = ()

    @property
    def following(self) -> int:
        """The generation that the writer of now prepares, and no other ever does."""
        return max((self.generation, *self.given_up)) + 1

    def shows(self, payload: Mapping[str, Any]) -> bool:
        """Tell whether a point belongs to this generation, from its payload; as `visible`."""
        return self._reached(payload["added"]) and not ("removed" in payload and self._reached(payload["removed"]))

    def _reached(self, generation: int) -> bool:
        """Tell whether a generation was shown by now; see `reached`."""
        return generation <= self.generation and generation not in self.given_up

    def to_payload(self) -> dict[str, Any]:
        """Return the payload of the point `MOMENT`."""
        return {"format": PAYLOAD_FORMAT, **asdict(self)}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Return the moment that a payload describes. Raises KeyError, TypeError or ValueError where it is none."""
        row = {name: payload[name] for name in cls.__dataclass_fields__}
        totals = row["totals"]
        counted = Totals(totals["passages"], totals["documents"], tuple(totals["tokens"]))
        lists = {name: tuple(row[name]) for name in ("averages", "given_up")}
        return cls(**{**row, "totals": counted, **lists})


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


def visible(moment: Moment, *more: Condition) -> AllOf:
    """Return the condition that a point belongs to the generation of a moment, and more."""
    return AllOf((reached(moment, "added"), NoneOf(reached(moment, "removed")), *more))


def reached(moment: Moment, field_name: str, *, after: int | None = None) -> Condition:
    """Return the condition that a field names a generation that was shown, or one of those after another."""
    shown = Between(field_name, least=None if after is None else after + 1, most=moment.generation)
    return AllOf((shown, NoneOf(OneOf(field_name, moment.given_up)))) if moment.given_up else shown


def unmarked(moment: Moment) -> Condition:
    """Return the condition that nobody has marked a point as removed, or nobody but who was given up."""
    return AnyOf((NoneOf(Between("removed", least=0)), OneOf("removed", moment.given_up)))


def first_number(generation: int) -> int:
    """Return the number of the first document, and of the first passage, that a generation adds."""
    return generation << _NUMBER_BITS


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
        "weighed": generation,
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
        "weighed": generation,
    }
