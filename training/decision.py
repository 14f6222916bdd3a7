"""How well encoder and reader answer together, and the few numbers that decide what to answer and whether to answer at all.

Run ``python -m training.decision --reader FOLDER --cache FOLDER [--write]``. The development questions are put to indexes of
their texts by the library itself: searched, read, and here chosen from. What is chosen is fitted on some of the texts and
measured on the others, five times; ``--write`` fits on all and keeps the numbers in the reader's ``calibration.json``.
"""

import argparse
import bisect
import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from nmt_rag.answering import choose, question
from nmt_rag.answering import read as reading
from nmt_rag.answering.answer import sought
from nmt_rag.answering.choose import Calibration
from nmt_rag.answering.read import ScoredPassage
from nmt_rag.index.index import Index
from nmt_rag.models.encoder import Encoder, default_encoder
from nmt_rag.models.reader import PackagedReader
from nmt_rag.progress import counted
from nmt_rag.types import Document, Hit, Passage
from training.examples import data_folder
from training.questions import read_questions
from training.written import Put, laid_out, on_the_page, spans, unanswered

FOLDS = 5
REFUSED = (0.8, 0.86, 0.92)
WORTH = tuple((s, f) for s in (0.0, 4.0, 8.0, 12.0, 16.0, 20.0, 28.0, 40.0) for f in (0.0, 0.5, 1.0, 2.0, 4.0))
"""The shares of similarity and score that are tried."""
ALSO = tuple(
    (w, b) for w in (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0) for b in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
)
"""The margins and bars of further passages that are tried."""
SETS = ("written", "alone", "short", "page", "swequad_dev", "squad_sv_dev")
"""``alone`` are the questions of ``written`` again, each put to an index of its own text, as people have few; ``short`` to the
lines of it that answer, or look most like it, and up to two on either side, half of them without the title. Only what is added
among few readings is fitted on those: for all of it, they cost .03 of the right answers to `written`."""
ALONE = {"alone": "written", "short": "written", "squad_alone": "squad_sv_dev"}
"""Which set's questions are put to their own texts; ``squad_alone`` is for measuring: the decision is not fitted on it."""
WEIGHT = {
    "squad_alone": 0.0,
    "written": 1.0,
    "alone": 1.0,
    "short": 0.0,
    "page": 1.0,
    "swequad_dev": 0.3,
    "squad_sv_dev": 0.3,
}
UNANSWERED_FEW = 2.0
"""What one unanswerable question among few readings weighs: with 1, a quarter of them is answered."""
HELD_TO_NOTHING = 30.0
"""How strongly the weights are held to nothing. Less is as good on these questions, but numbers that say nearly the same then
get large weights against each other, and a question to another text a probability by chance."""
HELD = 5.0
"""The same for what is added among few readings."""
ON_TOPIC = 0.0
"""So few of the answerable questions lie below the similarity at which a question is about something else."""


@dataclass(frozen=True)
class Read:
    """A question, and what was read for it."""

    put: Put
    name: str
    readings: tuple[ScoredPassage, ...]

    def right(self, one: ScoredPassage) -> bool:
        """Whether a passage answers."""
        passage = one.hit.passage
        return self.put.answered_by(passage.document_id, passage.start, passage.end)


def of_set(name: str, every: int) -> tuple[list[Document], list[Put]]:
    """The documents and questions of a set; of SQuAD's only those to titles that nothing was trained on."""
    if name == "swequad_dev":
        return spans(data_folder(), name, every)
    source = "squad_sv" if name == "squad_sv_dev" else "written"
    rows = [row for row in read_questions(data_folder()) if row.source == source and row.split == "dev"]
    on_page = [row for row in rows if row.document.startswith("page:")]
    if name == "page":
        return on_the_page(on_page)
    documents, put = laid_out(row for row in rows if row not in on_page)
    put += unanswered({document.id for document in documents})
    return documents, put[::every]


def read_set(name: str, reader: PackagedReader, encoder: Encoder | None, every: int, n_windows: int) -> list[Read]:
    """Search and read for every question of a set."""
    documents, put = of_set(ALONE.get(name, name), every)
    together = [(documents, put)]
    if name in ALONE:
        together = [([one], [each for each in put if each.group == one.id]) for one in documents]
    if name == "short":
        together = [shortened(one, each) for (one,), some in together for each in some]
    found = []
    for some, asked in together:
        index = Index.in_memory(encoder=encoder)
        index.add(some)
        known = {document.id: index.passages(document.id) for document in some}
        for one in counted(asked, f"Reading {name}", "questions", wanted=len(together) == 1):
            hits = sought(index, encoder, question.understand(one.question))
            got = reading.read(index, encoder, reader, one.question, hits, known.__getitem__, n_windows=n_windows)
            found.append(Read(one, name, tuple(got)))
    return found


def shortened(document: Document, put: Put) -> tuple[list[Document], list[Put]]:
    """The lines of a text that answer, or that a search by words finds first, and up to two on either side; the question."""
    places = [(start, end) for group in put.evidence for _, start, end in group[:1]]
    if not places:
        index = Index.in_memory(encoder=None)
        index.add([document])
        hits = sought(index, None, question.understand(put.question))
        places = [(hits[0].passage.start, hits[0].passage.end)] if hits else [(0, 1)]
    rng = random.Random(put.question)
    starts = [0, *(match.end() for match in re.finditer("\n", document.text))]
    ends = min(places)[0], max(end for _, end in places) - 1
    first, last = (bisect.bisect_right(starts, place) - 1 for place in ends)
    first, last = max(0, first - rng.randint(0, 2)), min(len(starts) - 1, last + rng.randint(0, 2))
    begin, end = starts[first], starts[last + 1] if last + 1 < len(starts) else len(document.text)
    evidence = tuple(
        tuple((name, a - begin, b - begin) for name, a, b in group if begin <= a and b <= end) for group in put.evidence
    )
    text = Document(document.id, document.title * rng.randint(0, 1), document.text[begin:end])
    return [text], [replace(put, evidence=evidence)]


def cached(path: Path, make: Callable[[], list[Read]]) -> list[Read]:
    """What was read before, or is read now and kept: texts are left out but for the place they stand at."""
    if not path.exists():
        rows = [
            {
                "put": asdict(each.put),
                "name": each.name,
                "readings": [
                    [
                        *(one.hit.passage.document_id, one.hit.passage.ordinal, one.hit.passage.start),
                        *(one.hit.passage.end, one.hit.rank, one.hit.score, one.logit, one.similarity),
                    ]
                    for one in each.readings
                ],
            }
            for each in make()
        ]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return [_from_row(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _from_row(row: dict[str, Any]) -> Read:
    evidence = tuple(tuple((name, start, end) for name, start, end in group) for group in row["put"].pop("evidence"))
    readings = []
    for document_id, ordinal, start, end, rank, score, logit, similarity in row["readings"]:
        passage = Passage(document_id, ordinal, start, end, "")
        readings.append(ScoredPassage(Hit(rank, score, document_id, passage), logit, similarity))
    return Read(Put(**row["put"], evidence=evidence), row["name"], tuple(readings))


def best_worth(found: Sequence[Read]) -> tuple[float, ...]:
    """The shares with which most answerable questions have the right passage first."""

    def n_right(weights: tuple[float, ...]) -> float:
        return sum(
            WEIGHT[each.name] * each.right(choose.ranked(each.readings, weights)[0])
            for each in found
            if each.put.evidence and each.readings
        )

    return max(WORTH, key=n_right)


def language(each: Read) -> str:
    """The language that a question is in."""
    return question.understand(each.put.question).language


def fit(found: Sequence[Read], weights: tuple[float, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The weights of the decision, and what is added to them among few readings, in the order of `choose.FEATURES`."""
    kept = [each for each in found if each.readings and each.name != "squad_alone"]
    orders = [choose.ranked(each.readings, weights) for each in kept]
    values = np.array(
        [choose.features(order, weights, language(each)) for each, order in zip(kept, orders, strict=True)]
    )
    right = np.array([each.right(order[0]) for each, order in zip(kept, orders, strict=True)])
    worth = np.array([WEIGHT[each.name] for each in kept])
    scale = np.maximum(values[worth > 0].std(axis=0), 1e-6)
    model = LogisticRegression(C=1 / HELD_TO_NOTHING, fit_intercept=False, solver="newton-cholesky")
    model.fit(values / scale, right, sample_weight=worth)
    answer = model.coef_[0] / scale
    share = np.array([choose.fewness(len(each.readings)) for each in kept])
    few = share > 0
    if not few.any():
        return answer, np.zeros_like(answer)
    cost = np.array([1.0 if each.put.evidence else UNANSWERED_FEW for each in kept])
    added = fit_added(values[few] * share[few, None], values[few] @ answer, right[few], cost[few])
    return answer, added


def fit_added(
    values: NDArray[np.float64], known: NDArray[np.float64], right: NDArray[np.bool_], cost: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The weights of a logistic model beside what is known of each row."""
    scale = np.maximum(values.std(axis=0), 1e-6)
    scaled = values / scale

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total = known + scaled @ weights
        chance = expit(total)
        value = (cost * (np.logaddexp(0, total) - right * total)).sum() + HELD / 2 * weights @ weights
        return value, scaled.T @ (cost * (chance - right)) + HELD * weights

    return np.asarray(minimize(loss, np.zeros(values.shape[1]), jac=True).x) / scale


def chance(each: Read, weights: tuple[float, ...], fitted: tuple[NDArray[np.float64], NDArray[np.float64]]) -> float:
    """How probable it is by some weights that the best passage answers."""
    answer, few = fitted
    values = choose.features(choose.ranked(each.readings, weights), weights, language(each))
    return choose.probability(values, answer + choose.fewness(len(each.readings)) * few)


@dataclass(frozen=True)
class Chosen:
    """What is chosen for a question by numbers that were fitted on others: how sure, whether right."""

    read: Read
    probability: float
    right: bool


def chosen(found: Sequence[Read]) -> list[Chosen]:
    """Choose for every question by what is fitted on other texts."""
    result: list[Chosen] = []
    groups = [each.put.group for each in found]
    for seen, unseen in GroupKFold(FOLDS, shuffle=True, random_state=1).split(groups, groups=groups):
        weights = best_worth([found[n] for n in seen])
        fitted = fit([found[n] for n in seen], weights)
        for n in unseen:
            if not found[n].readings:
                result.append(Chosen(found[n], 0.0, False))
                continue
            best = choose.ranked(found[n].readings, weights)[0]
            result.append(Chosen(found[n], chance(found[n], weights, fitted), found[n].right(best)))
    return result


def bar_at(found: Sequence[Chosen], refused: float) -> float:
    """The bar that refuses such a share of what cannot be answered."""
    values = [each.probability for each in found if not each.read.put.evidence]
    return float(np.quantile(values, refused)) if values else 0.5


def strict_bar(found: Sequence[Chosen], least: float) -> float:
    """The bar, from the least one on, with most right answers, where a wrong one counts twice against them."""

    def gain(bar: float) -> float:
        return sum(1.0 if each.right else -2.0 for each in found if each.probability >= bar)

    return max((n / 100 for n in range(round(100 * least), 91)), key=gain)


def table(found: Sequence[Chosen], bars: Sequence[float] = ()) -> str:
    """Right and wrong answers at bars, and by kind, as Markdown."""
    values: NDArray[np.float64] = np.array([each.probability for each in found])
    answerable = np.array([bool(each.read.put.evidence) for each in found])
    right = np.array([each.right for each in found])
    lines = ["| bar | refused | right | wrong |", "|---|---|---|---|"]
    bars = bars or ([bar_at(found, share) for share in REFUSED] if (~answerable).any() else [0.3, 0.5])
    for bar in bars:
        given = values >= bar
        refused = 1 - given[~answerable].mean() if (~answerable).any() else float("nan")
        lines.append(
            f"| {bar:.3f} | {refused:.3f} | {(given & right)[answerable].mean():.3f} "
            f"| {(given & ~right)[answerable].mean():.3f} |"
        )
    bar = bars[min(1, len(bars) - 1)]
    lines += ["", f"| kind | questions | read | chosen right | answered right at {bar:.3f} |", "|---|---|---|---|---|"]
    was_read = np.array([any(each.read.right(one) for one in each.read.readings) for each in found])
    kinds = np.array([each.read.put.kind for each in found])
    for kind in dict.fromkeys(kinds[answerable]):
        of = (kinds == kind) & answerable
        lines.append(
            f"| {kind} | {of.sum()} | {was_read[of].mean():.3f} | {right[of].mean():.3f} "
            f"| {(right & (values >= bar))[of].mean():.3f} |"
        )
    lines += ["", f"| kind without an answer | questions | refused at {bar:.3f} |", "|---|---|---|"]
    for kind in dict.fromkeys(kinds[~answerable]):
        of = (kinds == kind) & ~answerable
        lines.append(f"| {kind} | {of.sum()} | {(values < bar)[of].mean():.3f} |")
    return "\n".join(lines)


def reliability(found: Sequence[Chosen]) -> str:
    """How often what is said to be so sure is right, as Markdown."""
    lines = ["| said | questions | right |", "|---|---|---|"]
    for low in np.arange(0.0, 1.0, 0.1):
        of = [each.right for each in found if low <= each.probability < low + 0.1 + 1e-9 * (low > 0.85)]
        if of:
            lines.append(f"| {low:.1f} to {low + 0.1:.1f} | {len(of)} | {np.mean(of):.2f} |")
    return "\n".join(lines)


def also(found: Sequence[Read], weights: tuple[float, ...]) -> tuple[float, float]:
    """The margin and bar of further passages with the best mean F1 of what is cited, where the first is right."""
    kept = []
    for each in found:
        if WEIGHT[each.name] == 1.0 and each.put.evidence and each.readings:
            order = choose.ranked(each.readings, weights)
            if each.right(order[0]):
                kept.append((each, order))

    def f1(within: float, bar: float) -> float:
        """The mean F1 of what is cited with such a margin and bar."""
        total = 0.0
        for each, order in kept:
            best = choose.worth(order[0], weights)
            cited = [order[0]] + [
                one
                for one in order[1:]
                if choose.worth(one, weights) >= best - within and choose.sigmoid(one.logit) >= bar
            ]
            precise = np.mean([each.right(one) for one in cited])
            spans_cited = [one.hit.passage for one in cited]
            whole = np.mean(
                [
                    any(p.document_id == n and p.start < e and s < p.end for p in spans_cited for n, s, e in group)
                    for group in each.put.evidence
                ]
            )
            total += 2 * precise * whole / max(1e-9, precise + whole)
        return total / max(1, len(kept))

    best = max(ALSO, key=lambda pair: f1(*pair))
    print(f"further passages: within {best[0]}, at least {best[1]}: F1 {f1(*best):.3f}, one alone {f1(-1.0, 1.0):.3f}")
    return best


def calibrated(found: Sequence[Read], measured: Sequence[Chosen], refused: float) -> Calibration:
    """The numbers fitted on everything, with bars that refuse so much of what cannot be answered."""
    weights = best_worth(found)
    within, least = also(found, weights)
    similar = [
        max(one.similarity for one in each.readings)
        for each in found
        if each.put.evidence and each.readings and WEIGHT[each.name]
    ]
    written = [each for each in measured if each.read.name == "written"]
    page = [each for each in measured if each.read.name == "page"]
    bar = round(bar_at(written, refused), 3)
    answer, few = (
        dict(zip(choose.FEATURES, (round(float(value), 4) for value in fitted), strict=True))
        for fitted in fit(found, weights)
    )
    return Calibration(
        worth=weights,
        answer=answer,
        few=few,
        bar=bar,
        strict_bar=strict_bar(page, bar),
        also_within=within,
        also_bar=least,
        off_topic=round(float(np.quantile(similar, ON_TOPIC)), 3),
    )


def main() -> None:
    """Print the tables, and keep the numbers where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="where what was read is kept")
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--every", type=int, default=1, help="take every so manieth question")
    parser.add_argument("--windows", type=int, default=reading.N_WINDOWS)
    parser.add_argument(
        "--refused", type=float, default=0.872, help="share of what nothing answers that the bar refuses"
    )
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    reader = PackagedReader.open(options.reader)
    numbers = {}
    for way, encoder in (("with_encoder", default_encoder()), ("words_only", None)):
        found: list[Read] = []
        for name in options.sets:
            every = options.every * (3 if name == "swequad_dev" else 1)
            every *= 1 if encoder or name == "page" else 3
            found += cached(
                options.cache / way / f"{name}-{every}-{options.windows}.jsonl",
                partial(read_set, name, reader, encoder, every, options.windows),
            )
        measured = chosen(found)
        for name in (*options.sets, "public", "made up"):
            of = [
                each
                for each in measured
                if name == each.read.name or (name == each.read.put.text and each.read.name == "written")
            ]
            if of:
                print(f"\n{way}, {name}: {len(of)} questions\n\n{table(of)}")
        print(f"\n{reliability(measured)}\n")
        fitted = calibrated(found, measured, options.refused)
        numbers[way] = asdict(fitted)
        print(json.dumps(numbers[way]))
        if not options.write:
            break
    if options.write:
        path = options.reader / "calibration.json"
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.write_text(json.dumps(kept | numbers, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
