"""Measure a judge of support on the labelled pairs, and choose its bars.

Run ``python -m training.support --bars`` for the bars of the reader's judge, chosen on the development rows of ``judge_sv`` and
the development half of the labelled pairs and written to ``calibration.json``; ``--development`` and ``--held-out`` for the verdicts on a half; ``--squad`` and
``--squad-passages`` for those on the foreign questions (needs NMT_RAG_SHARED). Nothing is chosen on the held-out half or on the
foreign questions.
"""

import argparse
import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from nmt_rag import swedish
from nmt_rag.answering.judging import literal, support
from nmt_rag.answering.judging.support import Judge, ReaderJudge
from nmt_rag.evaluation.intervals import share_interval
from nmt_rag.models.reader import READER_FOLDER, PackagedReader
from training.examples import data_folder, read_rows
from training.tasks import read_judgements

PAIRS = Path(__file__).parent.parent / "tests" / "data" / "support_pairs.jsonl"
FALSE_PASSED = 0.08
"""So many of the false development pairs may pass at most."""
DOUBT = 0.95
"""From this share of the bar on nobody can tell."""
OUTCOMES = ("supported", "cannot tell", "not supported")
LABELS = ("supported", "not supported")
SQUAD = 400
"""So many foreign pairs of each label."""
Pair = tuple[str, str, str, str]
"""A statement, a quote, the label, and the title of the quote's document where it is known."""


def read_pairs(half: str) -> list[Pair]:
    """The labelled pairs of one half."""
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    return [(row["statement"], row["quote"], row["label"], "") for row in rows if row["half"] == half]


def judge_rows() -> list[Pair]:
    """The development rows of ``judge_sv``, written for this project, as pairs of two labels, and the title of each quote."""
    rows = [row for row in read_judgements(data_folder(), "dev") if row["source"] == "written"]
    return [
        (
            str(row["statement"]),
            str(row["quote"]),
            LABELS[0] if row["label"] == "supported" else LABELS[1],
            str(row["title"] or ""),
        )
        for row in rows
    ]


def best_bar(scores: Sequence[float], supported: Sequence[bool], *, false_passed: float) -> float:
    """The bar with most pairs on the right side among those that let no larger share of the false ones pass."""
    n_false = max(1, sum(not true for true in supported))

    def n_right(bar: float) -> int:
        return sum((score >= bar) == true for score, true in zip(scores, supported, strict=True))

    def passing(bar: float) -> float:
        return sum(score >= bar and not true for score, true in zip(scores, supported, strict=True)) / n_false

    return max((bar for bar in sorted(set(scores)) if passing(bar) <= false_passed), key=n_right)


def guarded(judge: ReaderJudge, said: str, quote: str, label: str, title: str) -> float:
    """How probable support is, nothing where a number is missing; ``label`` is not looked at."""
    bare = support.bare(said)
    if literal.missing_numbers(bare, quote):
        return 0.0
    return float(judge.shares(bare, quote, title=title)[0])


def choose_bars(reader: PackagedReader, folder: Path) -> None:
    """Choose the bars on the development pairs, print what they let through, and keep them."""
    rows = judge_rows()
    pairs = [*rows, *((said, quote, label, "") for said, quote, label, _ in rows)]  # the title is not always known
    pairs += read_pairs("development")
    judge = ReaderJudge(reader)
    scores = [guarded(judge, *pair) for pair in pairs]
    true = [label == LABELS[0] for _, _, label, _ in pairs]
    bar = round(best_bar(scores, true, false_passed=FALSE_PASSED), 3)
    path = folder / "calibration.json"
    numbers = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    numbers["support"] = {"supported": bar, "doubt": round(bar * DOUBT, 3)}
    path.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    print(numbers["support"])


def measured(pairs: Sequence[Pair], judge: Judge) -> str:
    """The verdicts against the labels, and what they amount to with 95 % intervals: Markdown."""
    counts: Counter[tuple[str, str]] = Counter(
        (label, judge.judge(said, quote, actor=title).verdict) for said, quote, label, title in pairs
    )
    lines = [f"| label | {' | '.join(OUTCOMES)} |", "|---|---|---|---|"]
    lines += [f"| {label} | {' | '.join(str(counts[label, o]) for o in OUTCOMES)} |" for label in LABELS]
    right = sum(counts[label, label] for label in LABELS)
    decided = sum(counts[label, verdict] for label in LABELS for verdict in LABELS)
    lines.append("")
    for name, part, whole in (
        ("right of all (cannot tell counts as wrong)", right, len(pairs)),
        ("decided", decided, len(pairs)),
        ("right of those decided", right, decided),
        *((f"right of those called {v}", counts[v, v], sum(counts[label, v] for label in LABELS)) for v in LABELS),
        *((f"{v} ones that are called so", counts[v, v], sum(counts[v, o] for o in OUTCOMES)) for v in LABELS),
    ):
        share = share_interval(part, whole)
        lines.append(f"* {name}: {part} of {whole}, {share.mean:.2f} [{share.low:.2f}, {share.high:.2f}]")
    return "\n".join(lines)


def as_statement(question: str, answer: str) -> str:
    """A question turned into the statement that an answer makes of it, or nothing where its form does not allow that.

    Swedish keeps the verb second, so that the answer takes the place of the asking phrase: «När öppnade museet?», «1901» give
    «1901 öppnade museet.»; of «Hur många rum har det?» the noun stays.
    """
    match = _ASKING.match(question.strip())
    if match is None or not answer.strip():
        return ""
    counted = match.group("counted") or ""
    noun = f" {counted}" if counted and re.fullmatch(r"[\d\s.,]+|[a-zåäö]+", answer.strip()) else ""
    said = f"{answer.strip()}{noun} {match.group('rest')}"
    return f"{said[:1].upper()}{said[1:]}."


_ASKING = re.compile(
    r"(?P<phrase>vem|vad|när|hur många (?P<counted>[a-zåäö]+)|(?:vilken|vilket|vilka) [a-zåäö-]+|i vilke[nt] [a-zåäö]+)"
    r" (?P<rest>(?!för\b|som\b|slags\b|typ\b)[^?]+)\?$",
    re.IGNORECASE,
)


def squad(n: int, *, whole: bool, looked_at: bool = False) -> list[Pair]:
    """Foreign pairs, ``n`` of each label: statements made of the questions of machine-translated SQuAD 2, with their source.

    An answerable question and its answer make a supported statement. An unanswerable one and an answer of the same form from the
    same passage make one that is not supported, since nobody found the passage to answer that question. The quote is the
    sentence that the answer stands in, or the whole passage. Half of the passages, by a hash, were looked at for mistakes of the
    judge; the measure is of the others.
    """
    rows = list(read_rows(data_folder() / "eval" / "squad_sv_dev.jsonl.xz"))
    texts = {row["id"]: str(row["text"]) for row in rows if row["type"] != "query"}
    answers: dict[tuple[str, str], list[str]] = defaultdict(list)
    asked: list[tuple[str, str, dict[str, object]]] = []
    for row in rows:
        form = _ASKING.match(str(row["text"]).strip()) if row["type"] == "query" else None
        if form:
            key = row["relevant"][0], form.group("phrase").split()[0].lower()
            asked.append((*key, row))
            answers[key] += row["answers"][:1] if row["answerable"] else []
    rng = random.Random(0)
    rng.shuffle(asked)
    found: dict[str, list[Pair]] = {label: [] for label in LABELS}
    for document, form, row in asked:
        if (hashlib.sha256(document.encode()).digest()[0] % 2 == 0) != looked_at:
            continue
        given = row["answers"][:1] if row["answerable"] else sorted(set(answers[document, form]))
        if not given:
            continue
        answer = str(rng.choice(given))
        statement, text = as_statement(str(row["text"]), answer), texts[document]
        holding = [text[a:b] for a, b in swedish.sentences(text) if answer in text[a:b]]
        label = LABELS[0] if row["answerable"] else LABELS[1]
        if statement and holding and len(found[label]) < n:
            found[label].append((statement, text if whole else holding[0], label, ""))
    return [pair for label in LABELS for pair in found[label]]


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--bars", "--development", "--held-out", "--squad", "--squad-passages", "--judge-rows", "--each"):
        parser.add_argument(name, action="store_true")
    parser.add_argument("--reader", type=Path, default=READER_FOLDER)
    options = parser.parse_args()
    sets: dict[str, list[Pair]] = {}
    development = read_pairs("development")
    if options.development:
        sets["development half"] = development
    if options.held_out:
        sets["held-out half"] = read_pairs("held_out")
    if options.squad:
        sets["SQuAD, the sentence as quote"] = squad(SQUAD, whole=False)
    if options.squad_passages:
        sets["SQuAD, the passage as quote"] = squad(SQUAD, whole=True)
    if options.judge_rows:
        sets["judge_sv"] = judge_rows()
    reader = PackagedReader.open(options.reader)
    if options.bars:
        choose_bars(reader, options.reader)
    judge = ReaderJudge(reader)
    for title, pairs in sets.items():
        print(f"\n{title}\n\n{measured(pairs, judge)}")
    for statement, quote, label, _ in development if options.each else ():
        verdict = judge.judge(statement, quote)
        if verdict.verdict != label:
            print(f"{label}: {verdict.verdict}, {verdict.score:.2f}, {verdict.reason}\n    {statement}\n    {quote}")


if __name__ == "__main__":
    main()
