"""What a right answer holds, and an answer held against it: actors named, evidence cited, silence kept.

A gold question lists its actors and its evidence in groups of alternatives: of every group one must be named or cited.
No model is asked; a quote meets an evidence sentence where one text holds the other. Where the gold names documents
instead of sentences, a citation of one of them is what is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nmt_rag import swedish
from nmt_rag.evaluation.checks.attribution import Attribution, attribution, f1
from nmt_rag.evaluation.checks.exactness import Holds
from nmt_rag.evaluation.inputs.answers import CitedAnswer, fold
from nmt_rag.evaluation.inputs.fields import FieldError, Fields

MIN_SHARE = 0.5
"""A quote that is only a part of an evidence sentence meets it from this share of its characters: half a sentence may
lack the word that decides, so less is not counted."""
ANSWERED_BY = ("answerable", "evidence", "relevant")
"""The fields that tell whether a gold question can be answered."""
FIELDS = ("question", "id", "kind", "agencies", "actors", *ANSWERED_BY)


@dataclass(frozen=True, slots=True)
class Gold:
    """One question with what answers it. ``relevant`` are documents by any name, for questions of which document."""

    question: str
    answerable: bool
    id: str = ""
    actors: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[tuple[str, ...], ...] = ()
    relevant: tuple[str, ...] = ()
    kind: str = ""
    place: str = ""


def read_gold(value: object, place: str = "") -> Gold:
    """Return a gold question: ``question, answerable, agencies | actors, evidence, relevant, id, kind``.

    Without ``answerable`` a question with evidence or relevant documents is one that can be answered. Other fields are
    passed over beside one of these three; without any, one of them may be meant (``evidens``).

    Raises:
        FieldError: a field is missing, not known, or holds something else than it should.
    """
    row = Fields(value)
    unknown = [key for key in row.row if key not in FIELDS]
    if unknown and not any(key in row.row for key in ANSWERED_BY):
        raise FieldError(
            unknown[0], f"is not known, and none of {', '.join(ANSWERED_BY)} is there; is one of them meant?"
        )
    evidence, relevant = row.groups("evidence"), row.texts("relevant")
    answerable = row.yes("answerable") if row.has("answerable") else bool(evidence or relevant)
    if any(not group for group in evidence):
        raise FieldError("evidence", "expected at least one alternative in each group")
    return Gold(
        question=row.text("question"),
        answerable=answerable,
        id=row.name("id"),
        actors=row.groups("agencies" if row.has("agencies") else "actors"),
        evidence=evidence,
        relevant=relevant,
        kind=row.text("kind", ""),
        place=place,
    )


@dataclass(frozen=True, slots=True)
class GoldCheck:
    """An answer beside what was wanted.

    ``supporting`` are the markers of citations that meet evidence, ``wrong`` those that meet none, ``extra`` those that
    add nothing: wrong ones, and ones whose evidence an earlier citation has met. ``missing`` are the evidence groups
    that no citation meets. ``statements`` counts as ALCE does, with "meets evidence" for support.
    """

    answerable: bool
    answered: bool
    actors_named: bool
    missing_actors: tuple[str, ...]
    extra_actors: tuple[str, ...]
    supporting: tuple[int, ...]
    wrong: tuple[int, ...]
    extra: tuple[int, ...]
    met: int
    missing: tuple[str, ...]
    statements: Attribution

    @property
    def right(self) -> bool:
        """Whether it answers with every actor and all evidence, or is silent where there is no answer."""
        if not self.answerable or not self.answered:
            return self.answerable == self.answered
        return self.actors_named and not self.missing

    @property
    def faults(self) -> tuple[str, ...]:
        """The kind of everything that is wrong; one only where the answer should not be there, or should."""
        if self.answerable != self.answered:
            return ("answered_unanswerable",) if self.answered else ("silent",)
        counts = {"missing_actor": self.missing_actors, "extra_actor": self.extra_actors}
        more = {"wrong_citation": self.wrong, "missing_evidence": self.missing}
        return tuple(name for name, which in {**counts, **more}.items() for _ in which)

    @property
    def precision(self) -> float:
        """The share of citations that meet evidence; 0 where there is none."""
        n = len(self.supporting) + len(self.wrong)
        return len(self.supporting) / n if n else 0.0

    @property
    def recall(self) -> float:
        """The share of evidence groups that are met."""
        n = self.met + len(self.missing)
        return self.met / n if n else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return f1(self.precision, self.recall)


def document_name(name: str, sources: Holds | None) -> str:
    """Return the id of the document that goes by a name, or the name where the sources have none."""
    document = sources.find(name) if sources is not None and name else None
    return name if document is None else document.id


def against_gold(answer: CitedAnswer | None, gold: Gold, sources: Holds | None = None) -> GoldCheck:
    """Hold an answer, or the lack of one, against its gold question. An answer that is not there met nothing.

    Args:
        answer: None where there is none.
        gold: what is wanted.
        sources: tell by which other names a document goes; without any, names must be the same.
    """
    answered = answer is not None and answer.answered
    quotes = answer.citations if answer is not None and answered else ()
    wanted = [[_plain(text) for text in group] for group in gold.evidence]
    by_document = not wanted and bool(gold.relevant)
    if by_document:
        wanted = [[document_name(name, sources) for name in gold.relevant]]
    supporting: list[int] = []
    wrong: list[int] = []
    extra: list[int] = []
    seen: set[str] = set()
    meeting: set[int] = set()
    for one in quotes:
        alternatives = [text for group in wanted for text in group]
        source = document_name(one.source, sources) if by_document else ""
        found = {text for text in alternatives if (source == text if by_document else meets(one.quote, text))}
        (supporting if found else wrong).append(one.marker)
        meeting |= {one.marker} if found else set()
        if not found - seen:
            extra.append(one.marker)
        seen |= found
    missing = [group[0] for group in wanted if not seen.intersection(group)]
    statements = answer.statements if answer is not None and answered else ()
    missing_actors, extra_actors = _actors(answer if answered else None, gold.actors)
    return GoldCheck(
        answerable=gold.answerable,
        answered=answered,
        actors_named=not missing_actors,
        missing_actors=missing_actors,
        extra_actors=extra_actors,
        supporting=tuple(supporting),
        wrong=tuple(wrong),
        extra=tuple(extra),
        met=len(wanted) - len(missing),
        missing=tuple(missing),
        statements=attribution(statements, lambda statement, markers: bool(meeting.intersection(markers))),
    )


def meets(quote: str, evidence: str) -> bool:
    """Return whether a quote holds an evidence sentence, or is at least `MIN_SHARE` of it; white space is one space."""
    given, wanted = _plain(quote), _plain(evidence)
    return bool(wanted) and (wanted in given or (given in wanted and len(given) >= MIN_SHARE * len(wanted)))


def _actors(answer: CitedAnswer | None, groups: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the groups of actors that an answer does not name, by their first name, and names that no group has.

    An answer of a form that knows no actors names those that its text does.
    """
    if answer is None:
        return tuple(group[0] for group in groups if group), ()
    wanted = [{fold(name) for name in group} for group in groups]
    if answer.actors is None:
        text = _spaced(answer.text)
        named = {name for group in wanted for name in group if _is_named(name, text)}
        extra: tuple[str, ...] = ()
    else:
        named = {fold(name) for name in answer.actors}
        known = set().union(*wanted) if wanted else named
        extra = tuple(name for name in answer.actors if fold(name) not in known)
    pairs = zip(groups, wanted, strict=True)
    return tuple(group[0] for group, names in pairs if names and not names & named), extra


def _is_named(name: str, text: str) -> bool:
    """Tell whether the words of a name, or of its genitive, stand in a text that `_spaced` returned."""
    words = _spaced(name).rstrip()
    return bool(words) and (f"{words} " in text or f"{words}s " in text)


def _spaced(text: str) -> str:
    """Return the words of a text with a space around each, so that «Sida» does not stand in «på sidan 4»."""
    return f" {' '.join(swedish.words(text))} "


def _plain(text: str) -> str:
    return " ".join(text.split())
