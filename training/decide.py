"""Fit the weights by which ``nmt_rag.evidence`` decides whether the best passage answers a question at all.

Run ``python -m training.decide --indexes FOLDER`` (where ``training.searches --indexes FOLDER`` left SweQuAD and SQuAD-sv). Most
questions here are put to texts that do not answer them: the packaged page's questions to other pages, other pages' questions to
the packaged page. The library itself chooses the passage, without a threshold. It prints the weights and, from five-fold
cross-validation over questions, how many right and wrong answers each threshold lets through.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

import nmt_rag
from nmt_rag import choosing, evidence
from nmt_rag.choosing import Candidate
from nmt_rag.documents import load
from nmt_rag.progress import counted
from nmt_rag.rag import Rag
from nmt_rag.types import Answer, Document
from training.answers import judge, read_questions
from training.calibrate import Floats
from training.examples import data_folder, read_rows

DATA = Path(__file__).parent.parent / "tests" / "data"
PAGE = (
    *("nmt_questions_dev.jsonl", "nmt_development_3.jsonl", "nmt_development_4.jsonl"),
    "nmt_development_5.jsonl",
)
AUTHORITIES = ("authority_questions_dev.jsonl", "authority_development_2.jsonl")
FEATURES = ("coverage", "words", "actor", "seeks_actor", "names_actor", "english", "fused", "bias")
IN_COMMON = ("leder förundersökningen", "Du kan vara anonym", "Socialtjänsten anmäler till Polis")
"""What the made-up pages say that may answer a question on the packaged page: such pairs are left out."""
HOME, OWN, AWAY = 4.0, 0.7, 0.5
"""What a question counts that is put to the packaged page as its own, to other texts as their own, to texts that do not answer it."""
FOLDS = 5
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8)

Row = dict[str, Any]


@dataclass(frozen=True)
class Chosen:
    """The best passage for one question: from which set, its features, and whether it is right."""

    name: str
    question: str
    features: tuple[float, ...]
    right: bool
    worth: float


@contextmanager
def recorded() -> Iterator[list[Candidate]]:
    """Choose without a threshold; the candidates that are chosen first stand in the list, which the caller empties."""
    found: list[Candidate] = []
    choose = choosing.choose

    def recording(*given: Any, **named: Any) -> Any:
        result = choose(*given, **named)
        found.extend(result[0][:1])
        return result

    with patch.object(choosing, "choose", recording), patch.object(choosing, "THRESHOLD", -1.0):
        yield found


def weighed(
    name: str, rag: Rag, rows: list[Row], right: Callable[[Row, Answer], bool | None], worth: float
) -> list[Chosen]:
    """What the library chooses for each question that is weighed at all; a pair that ``right`` cannot tell is left out."""
    chosen = []
    with rag, recorded() as found:
        for row in counted(rows, f"Weighing {name}", "questions", wanted=True):
            found.clear()
            question = str(row["question"])
            answer = rag.ask(question)
            if not answer.answered or not found or not found[0].support.features:
                continue
            if (is_right := right(row, answer)) is not None:
                chosen.append(Chosen(name, question, found[0].support.features, is_right, worth))
    return chosen


def by_gold(row: Row, answer: Answer) -> bool:
    """Right as ``training.answers`` counts it; an answer to what has none is wrong."""
    return bool(row["answerable"]) and judge(row, answer).right


def by_span(row: Row, answer: Answer) -> bool:
    """Right where a quote holds one of the answers that people marked."""
    return any(span in citation.quote for span in row["spans"] for citation in answer.citations)


def never(row: Row, answer: Answer) -> bool | None:
    """Wrong, but for what the texts have in common."""
    return None if any(said in citation.quote for said in IN_COMMON for citation in answer.citations) else False


def span_rows(folder: Path, name: str, every: int) -> list[Row]:
    """Every so manyth question of a development half, with the answers that people marked: none where there is none."""
    rows = list(read_rows(folder / "eval" / f"{name}.jsonl.xz"))
    texts = {row["id"]: str(row["text"]) for row in rows if row["type"] != "query"}
    questions: list[Row] = []
    for row in (row for row in rows if row["type"] == "query"):
        spans: Any = row.get("answers") or []
        if "start" in row:
            relevant: Any = row["relevant"]
            spans = [texts[relevant[0]][row["start"] : row["end"]]]  # type: ignore[misc]
        kept = (
            [" ".join(str(span).split()) for span in spans if str(span).strip()] if row.get("answerable", True) else []
        )
        questions.append({"question": row["text"], "spans": kept})
    return questions[::every]


def made_up(folder: Path, pages: str, encoder: str | None) -> Rag:
    """Made-up pages as one index."""
    rag = nmt_rag.open(folder / pages, encoder=encoder, create=True)
    rag.add(*(found for found in load(DATA / "pages" / pages) if isinstance(found, Document)))
    return rag


def collect(indexes: Path, temporary: Path) -> list[Chosen]:
    """What is chosen in every set."""
    page = read_questions(DATA / name for name in PAGE)
    authorities = read_questions(DATA / name for name in AUTHORITIES)
    swequad, squad = span_rows(data_folder(), "swequad_dev", 1), span_rows(data_folder(), "squad_sv_dev", 1)
    found: list[Chosen] = []
    for way, encoder in (("", "default"), (" words", None)):
        some = 1 if encoder else 3
        found += weighed(f"page{way}", nmt_rag.open(encoder=encoder), page, by_gold, HOME)
        found += weighed(f"SweQuAD → page{way}", nmt_rag.open(encoder=encoder), swequad[::some], never, AWAY)
        for pages in ("town", "children")[: 3 - some]:
            found += weighed(
                f"page → {pages}{way}", made_up(temporary, pages + way, encoder), page[::some], never, AWAY
            )
    found += weighed("SQuAD-sv → page", nmt_rag.open(), squad[::4], never, AWAY)
    found += weighed("authorities → page", nmt_rag.open(), authorities, never, AWAY)
    for pages in ("town", "children"):
        found += weighed(f"SweQuAD → {pages}", nmt_rag.open(temporary / pages), swequad[::2], never, AWAY)
        found += weighed(f"authorities → {pages}", nmt_rag.open(temporary / pages), authorities, never, AWAY)
    found += weighed("page → SweQuAD", nmt_rag.open(indexes / "swequad_dev"), page, never, AWAY)
    found += weighed("SweQuAD", nmt_rag.open(indexes / "swequad_dev"), swequad, by_span, OWN)
    found += weighed("SQuAD-sv", nmt_rag.open(indexes / "squad_sv_dev"), squad[1::6], by_span, OWN)
    return found


def fit(features: Floats, right: Floats, worth: Floats) -> Floats:
    """Logistic weights in the order of `FEATURES`: (n_features,)."""
    model = LogisticRegression(fit_intercept=False, max_iter=3_000).fit(features, right, sample_weight=worth)
    return np.asarray(model.coef_[0], dtype=np.float64)


def curve(found: list[Chosen], chances: Floats) -> str:
    """How many of each set get through at each threshold, right + wrong, as Markdown."""
    names = list(dict.fromkeys(one.name for one in found))
    lines = [f"| threshold | {' | '.join(names)} |", f"|{'---|' * (len(names) + 1)}"]
    for threshold in THRESHOLDS:
        cells = []
        for name in names:
            passed = [
                one.right
                for one, chance in zip(found, chances, strict=True)
                if one.name == name and chance >= threshold
            ]
            cells.append(f"{sum(passed)} + {len(passed) - sum(passed)}")
        lines.append(f"| {threshold} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Print the weights and the curves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--indexes", type=Path, required=True, help="what training.searches --indexes left there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nmt-rag-") as temporary:
        found = collect(options.indexes, Path(temporary))
    everything = np.array([one.features for one in found])
    columns = [evidence.FEATURES.index(name) for name in FEATURES]
    features, right = everything[:, columns], np.array([one.right for one in found], np.float64)
    worth = np.array([one.worth for one in found])
    now = np.array([evidence.probability(one.features, evidence.DECISION) for one in found])
    print(f"{len(found)} questions are weighed\n\nas it is\n\n{curve(found, now)}\n")
    print(", ".join(f"{name} {weight:.2f}" for name, weight in zip(FEATURES, fit(features, right, worth), strict=True)))
    chances = np.zeros(len(found))
    groups = np.unique([one.question for one in found], return_inverse=True)[1]
    for seen, unseen in GroupKFold(FOLDS).split(features, groups=groups):
        weights = fit(features[seen], right[seen], worth[seen])
        chances[unseen] = 1 / (1 + np.exp(-(features[unseen] @ weights)))
    print(f"\nfitted anew, cross-validated\n\n{curve(found, chances)}")


if __name__ == "__main__":
    main()
