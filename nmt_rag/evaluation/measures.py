"""What is measured of answers: every measure's name, its layer, which way is better, and what it counts.

Four layers, never mixed into one number: retrieval, exactness of quotes, citations against gold, support.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Layer = Literal["retrieval", "exactness", "citation", "support"]
LAYERS: tuple[Layer, ...] = ("retrieval", "exactness", "citation", "support")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure; ``lower`` tells that less is better. ``about`` is one line for readers, in English and Swedish."""

    name: str
    layer: Layer
    about: str
    om: str
    lower: bool = False


def _retrieval() -> list[Measure]:
    found: list[Measure] = []
    for unit, enhet in (("passage", "textställen"), ("document", "dokument")):
        found += [
            Measure(f"{unit}_ndcg@10", "retrieval", f"nDCG@10 over {unit}s", f"nDCG@10 över {enhet}"),
            Measure(
                f"{unit}_recall@10", "retrieval", f"relevant {unit}s in the first ten", f"relevanta {enhet} bland tio"
            ),
            Measure(
                f"{unit}_rr", "retrieval", f"1 ÷ rank of the first relevant {unit} (MRR)", "1 ÷ första rätta plats"
            ),
            Measure(f"{unit}_ap", "retrieval", f"average precision over {unit}s (MAP)", f"medelprecision, {enhet}"),
            Measure(f"{unit}_success@1", "retrieval", f"a relevant {unit} comes first", f"rätt {enhet} först"),
            Measure(f"{unit}_success@3", "retrieval", "one is in the first three", "rätt bland de tre första"),
        ]
    return found


MEASURES: dict[str, Measure] = {
    one.name: one
    for one in (
        *_retrieval(),
        Measure("exact", "exactness", "quotes that stand where they are said to", "citat som står där de sägs stå"),
        Measure("moved", "exactness", "right document, wrong place", "rätt dokument, fel plats", lower=True),
        Measure("elsewhere", "exactness", "quotes of another document", "citat ur ett annat dokument", lower=True),
        Measure("altered", "exactness", "quotes that were altered", "ändrade citat", lower=True),
        Measure("absent", "exactness", "quotes that stand nowhere", "citat som inte finns", lower=True),
        Measure(
            "offsets", "exactness", "offsets that are right, where any are given", "rätta positioner, där de anges"
        ),
        Measure("markers", "exactness", "markers that have a citation", "hänvisningar som har ett citat"),
        Measure("statements_cited", "exactness", "statements with a citation", "påståenden med citat"),
        Measure(
            "citations_used",
            "exactness",
            "citations that a statement refers to",
            "citat som ett påstående hänvisar till",
        ),
        Measure("right", "citation", "answered with every actor and all evidence, or rightly silent", "helt rätt svar"),
        Measure("citation_precision", "citation", "citations that are expected", "citat som stämmer med facit"),
        Measure("citation_recall", "citation", "expected evidence that is cited", "citerat av det som står i facit"),
        Measure("citation_f1", "citation", "their harmonic mean", "deras harmoniska medelvärde"),
        Measure("statement_precision", "citation", "ALCE's precision, gold for support", "ALCE:s precision mot facit"),
        Measure("statement_recall", "citation", "ALCE's recall, gold for support", "ALCE:s täckning mot facit"),
        Measure("statement_f1", "citation", "their harmonic mean", "deras harmoniska medelvärde"),
        Measure("actor_accuracy", "citation", "every actor is named", "alla aktörer nämns"),
        Measure("actor_precision", "citation", "named actors that the gold knows", "nämnda aktörer som facit känner"),
        Measure(
            "over_citation",
            "citation",
            "citations that add nothing, per question",
            "citat för mycket per fråga",
            lower=True,
        ),
        Measure(
            "under_citation",
            "citation",
            "evidence that is not cited, per question",
            "citat för lite per fråga",
            lower=True,
        ),
        Measure("answered", "citation", "questions with an answer that got one", "besvarade av dem som har svar"),
        Measure("abstention_precision", "citation", "silences that are right", "tystnader som är rätt"),
        Measure(
            "abstention_recall",
            "citation",
            "questions without an answer left unanswered",
            "obesvarade av dem utan svar",
        ),
        Measure("aurc", "citation", "area under risk over coverage", "yta under risk mot täckning", lower=True),
        Measure("ece", "citation", "calibration error of the confidence", "säkerhetens kalibreringsfel", lower=True),
        Measure("supported", "support", "statements that their quotes support", "påståenden som citaten stöder"),
        Measure("not_supported", "support", "statements that they do not", "påståenden som de inte stöder", lower=True),
        Measure(
            "cannot_tell", "support", "statements nobody could judge", "påståenden som inte kunde bedömas", lower=True
        ),
        Measure("support_precision", "support", "ALCE's citation precision", "ALCE:s precision"),
        Measure("support_recall", "support", "ALCE's citation recall", "ALCE:s täckning"),
        Measure("support_f1", "support", "their harmonic mean", "deras harmoniska medelvärde"),
    )
}
