"""What people say of statements and their quotes, and how far a judge, and people among themselves, agree with it.

One row of a label file is ``{id, statement, labels: [...]}``: the answer's id, the statement's number from 0, and what
each person said, ``supported``, ``not supported`` or ``cannot tell``; null for one who did not say. ``label`` stands
for a single person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nmt_rag.evaluation.agreement import Agreement, cohen_kappa, krippendorff_alpha
from nmt_rag.evaluation.inputs.answers import Problem
from nmt_rag.evaluation.inputs.fields import FieldError, Fields

LABELS = ("supported", "not supported", "cannot tell")


@dataclass(frozen=True, slots=True)
class Label:
    """What people say of one statement of one answer."""

    id: str
    statement: int
    labels: tuple[str | None, ...]
    place: str = ""


def read_label(value: object, place: str = "") -> Label:
    """Return one row of a label file.

    Raises:
        FieldError: a field is missing, or a label is none of `LABELS`.
    """
    row = Fields(value)
    number = row.whole("statement")
    given = row.row.get("labels") if row.has("labels") else [row.row.get("label")]
    if number is None or not row.name("id"):
        raise FieldError("statement" if number is None else "id", "is missing")
    if not isinstance(given, list):
        raise FieldError("labels", f"expected a list, got {given!r}")
    for label in given:
        if label is not None and label not in LABELS:
            raise FieldError("labels", f"expected one of {', '.join(LABELS)} or null, got {label!r}")
    return Label(row.name("id"), number, tuple(given), place)


def misplaced(labels: Iterable[Label], n_statements: Mapping[str, int]) -> Iterator[Problem]:
    """Yield a problem for each label of an answer, or of a statement, that is not there.

    Args:
        labels: what people say.
        n_statements: how many statements each answer has, by its id.
    """
    for one in labels:
        n = n_statements.get(one.id)
        if n is None:
            yield Problem("unreadable", one.place, str(FieldError("id", f"no answer has the id {one.id!r}")))
        elif not 0 <= one.statement < n:
            told = f"the answer {one.id!r} has {n} statements, numbered from 0; got {one.statement}"
            yield Problem("unreadable", one.place, str(FieldError("statement", told)))


def agreements(labels: Iterable[Label], verdicts: Mapping[tuple[str, int], str]) -> dict[str, Agreement]:
    """Return how far a judge agrees with people (kappa), and they among themselves (alpha), where that can be told.

    People's label of a statement is what most of them say; where two labels come equally often there is none.

    Args:
        labels: what people say.
        verdicts: what the judge says, by answer and number of statement.
    """
    pairs: list[tuple[str, str]] = []
    rows: list[tuple[str | None, ...]] = []
    for one in labels:
        rows.append(one.labels)
        most = Counter(label for label in one.labels if label is not None).most_common(2)
        tied = len(most) == 2 and most[0][1] == most[1][1]
        verdict = verdicts.get((one.id, one.statement))
        if most and not tied and verdict is not None:
            pairs.append((verdict, most[0][0]))
    found: dict[str, Agreement] = {}
    if pairs:
        found["judge"] = cohen_kappa([verdict for verdict, _ in pairs], [label for _, label in pairs])
    if any(sum(label is not None for label in row) > 1 for row in rows):
        found["people"] = krippendorff_alpha(rows)
    return found
