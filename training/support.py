"""Fit the weights of ``nmt_rag.support`` on the development half of the labelled pairs, and measure a judge.

Run ``python -m training.support --fit`` for the weights to write into ``nmt_rag/support.py``; ``--development`` and ``--held-out``
for the verdicts on a half; ``--squad`` for those on the foreign questions (needs NMT_RAG_SHARED). Nothing is fitted on the held-out
half or on the foreign questions.

The fit sees the development pairs in which no difference is found, and two kinds of wrong pairs made of the same half: a
statement with the quote of another pair, and two statements joined by «och», one of which the quote does not carry.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from nmt_rag import contrasts, matching, readings, support
from nmt_rag.encoders import default_encoder
from nmt_rag.support import Judge, SwedishJudge

PAIRS = Path(__file__).parent.parent / "tests" / "data" / "support_pairs.jsonl"
STRENGTH = 10.0
JOINED, SWAPPED = 2, 1
"""How many wrong pairs of each made kind there are for each supported one."""
OUTCOMES = ("supported", "cannot tell", "not supported")
Pair = tuple[str, str, str]


def read_pairs(half: str) -> list[dict[str, str]]:
    """The labelled pairs of one half."""
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["half"] == half]


def made(rows: Sequence[dict[str, str]]) -> list[Pair]:
    """Wrong pairs made of the rows' own: swapped quotes, and statements joined with one of another quote."""
    rng = random.Random(0)
    found: list[Pair] = []
    supported = [row for row in rows if row["label"] == "supported"]
    for row in supported:
        others = [other for other in supported if other["quote"] != row["quote"]]
        found += [(row["statement"], other["quote"], "not supported") for other in rng.sample(others, SWAPPED)]
        for other in rng.sample(others, JOINED):
            added = other["statement"]
            added = added[:1].lower() + added[1:] if not added[:2].isupper() else added
            found.append((f"{row['statement'].rstrip('.')} och {added}", row["quote"], "not supported"))
    return found


def fit(pairs: Iterable[Pair], judge: SwedishJudge) -> tuple[float, ...]:
    """Logistic weights in the order of ``support.FEATURES``, over the pairs without certain differences."""
    features, labels = [], []
    for statement, quote, label in pairs:
        one, other = readings.read(statement), readings.read(quote)
        matches = matching.match(one, other)
        if not any(found.certain for found in contrasts.find(one, other, matches)):
            features.append(judge.features(one, other, matches))
            labels.append(label == "supported")
    model = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=2_000).fit(np.array(features), labels)
    print(f"{len(labels)} pairs without differences, {sum(labels)} of them supported")
    return tuple(round(float(weight), 2) for weight in model.coef_[0])


def table(pairs: Sequence[Pair], judge: Judge) -> str:
    """The verdicts against the labels, with error rates: Markdown."""
    counts: Counter[tuple[str, str]] = Counter()
    for statement, quote, label in pairs:
        counts[label, judge.judge(statement, quote).verdict] += 1
    lines = [f"| label | {' | '.join(OUTCOMES)} |", "|---|---|---|---|"]
    lines += [f"| {label} | {' | '.join(str(counts[label, o]) for o in OUTCOMES)} |" for label in OUTCOMES[::2]]
    return "\n".join(lines)


def squad(n: int = 600) -> list[Pair]:
    """Foreign pairs."""
    return []


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--fit", "--development", "--held-out", "--squad", "--each"):
        parser.add_argument(name, action="store_true")
    options = parser.parse_args()
    judges = {"with the packaged encoder": SwedishJudge(default_encoder()), "words only": SwedishJudge()}
    development = read_pairs("development")
    for name, judge in judges.items():
        print(f"\n{name}\n")
        if options.fit:
            pairs = [(row["statement"], row["quote"], row["label"]) for row in development]
            print(support.FEATURES, fit([*pairs, *made(development)], judge))
        for wanted, half in ((options.development, "development"), (options.held_out, "held_out")):
            if wanted:
                rows = read_pairs(half)
                print(table([(row["statement"], row["quote"], row["label"]) for row in rows], judge))
                for row in rows if options.each and half == "development" else ():
                    verdict = judge.judge(row["statement"], row["quote"])
                    print(
                        f"{row['label']:14s}{verdict.verdict:14s}{verdict.reason:10s}{verdict.score:.2f}  {row['kind']:12s} {row['statement'][:90]} {verdict.detail}"
                    )


if __name__ == "__main__":
    main()
