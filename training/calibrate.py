"""Fit the two weight vectors of ``nmt_rag.evidence`` on development questions, and draw the curve of the threshold.

Run ``python -m training.calibrate FILE.jsonl…``. It prints the weights to write into ``nmt_rag/evidence.py``, what six-fold
cross-validation says of them, and for each threshold how many questions are answered and how many of those rightly. The
passages are weighed by the library itself; only the questions that reach the weighing count, not those that are settled by a
name («Vad gör NOA?») or refused because they name what the sources do not know.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

import nmt_rag
from nmt_rag import choosing, evidence, questions, retrieval, terms
from nmt_rag.background import Background
from nmt_rag.rag import Rag
from training.answers import plain, read_questions

FOLDS = 6
STRENGTH = 1.0
THRESHOLDS = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
RANKING_FEATURES = ("coverage", "gap", "meaning", "dense", "fused", "actor", "defines", "bias")
DECISION_FEATURES = ("coverage", "meaning", "hole", "words", "margin", "actor", "bias")

Floats = NDArray[np.float64]


def weighed(rag: Rag, row: dict[str, object]) -> tuple[Floats, Floats]:
    """The features of a question's passages that could be cited, and whether each is one that the gold names.

    Returns:
        (n_passages, n_features) and (n_passages,); both empty where the question never gets so far.
    """
    question = questions.understand(str(row["question"]))
    hits = retrieval.search(rag.index, rag.encoder, question, k=choosing.CANDIDATES)
    background = Background(rag.index, rag.encoder, hits)
    named, rest = choosing.named_actors(question, background)
    nothing = np.zeros((0, len(evidence.FEATURES))), np.zeros(0)
    if choosing.names_the_unknown(question, named, hits) or not rest:
        return nothing
    narrowed = replace(question, subject=rest)
    gold = [plain(text) for group in row.get("evidence") or [] for text in group]  # type: ignore[attr-defined]
    candidates = choosing.candidates_of(narrowed, hits, named, background)
    kept = [candidate for candidate in candidates if candidate.support.holds]
    if not kept:
        return nothing
    labels = [
        any(plain(c.hit.passage.text) in text or text in plain(c.hit.passage.text) for text in gold) for c in kept
    ]
    return np.array([c.support.features for c in kept]), np.array(labels, np.float64)


def fit(features: Floats, labels: Floats, names: tuple[str, ...]) -> Floats:
    """Logistic weights in the order of ``evidence.FEATURES``; features that are not named get 0: (n_features,)."""
    columns = [evidence.FEATURES.index(name) for name in names]
    model = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=1_000).fit(features[:, columns], labels)
    weights = np.zeros(len(evidence.FEATURES))
    weights[columns] = model.coef_[0]
    return weights


def fit_both(rows: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """The ranking weights over all passages of answerable questions, the decision weights over each question's best one."""
    having = [row for row in rows if row[1].any()]
    ranking = fit(
        np.concatenate([row[0] for row in having]), np.concatenate([row[1] for row in having]), RANKING_FEATURES
    )
    best = [int(np.argmax(features @ ranking)) for features, _ in rows]
    tops = np.array([features[place] for (features, _), place in zip(rows, best, strict=True)])
    labels = np.array([labels[place] for (_, labels), place in zip(rows, best, strict=True)])
    return ranking, fit(tops, labels, DECISION_FEATURES)


def decided(rows: list[tuple[Floats, Floats]], ranking: Floats, decision: Floats) -> tuple[Floats, Floats]:
    """The probability of each question's best passage, and whether it is right: both (n_questions,)."""
    best = [int(np.argmax(features @ ranking)) for features, _ in rows]
    chances = [1 / (1 + np.exp(-(row[0][place] @ decision))) for row, place in zip(rows, best, strict=True)]
    return np.array(chances), np.array([row[1][place] for row, place in zip(rows, best, strict=True)])


def curve(chances: Floats, right: Floats, answerable: NDArray[np.bool_]) -> str:
    """What each threshold gives, as Markdown."""
    lines = ["| threshold | answered rightly | answered wrongly | unanswerable refused |", "|---|---|---|---|"]
    for threshold in THRESHOLDS:
        said = chances >= threshold
        good, bad = (said & (right > 0)).sum(), (said & (right == 0)).sum()
        refused = (~said & ~answerable).sum()
        lines.append(f"| {threshold} | {good} of {answerable.sum()} | {bad} | {refused} of {(~answerable).sum()} |")
    return "\n".join(lines)


def main() -> None:
    """Print the weights and the curves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument(
        "--unhelped",
        type=Path,
        nargs="+",
        default=[],
        help="more questions, weighed without the thesaurus because it was written with a view to them",
    )
    parser.add_argument("--encoder", default="default")
    options = parser.parse_args()
    gold = [*read_questions(options.questions), *read_questions(options.unhelped)]
    n_helped = len(read_questions(options.questions))
    with nmt_rag.open(encoder=options.encoder) as rag:
        found = [(weighed(rag, row), bool(row["answerable"])) for row in gold[:n_helped]]
        with patch.object(terms, "synonyms", lambda word: ()):
            found += [(weighed(rag, row), bool(row["answerable"])) for row in gold[n_helped:]]
    rows = [one for one, _ in found if len(one[1])]
    answerable = np.array([can for one, can in found if len(one[1])])
    print(f"{len(rows)} of {len(gold)} questions reach the weighing\n")
    now = np.array(evidence.RANKING), np.array(evidence.DECISION)
    print(f"as they are\n\n{curve(*decided(rows, *now), answerable)}\n")
    fitted = fit_both(rows)
    for name, weights in zip(("RANKING", "DECISION"), fitted, strict=True):
        print(f"{name} = ({', '.join(f'{weight:.2f}' for weight in weights)})")
    print(f"\nfitted\n\n{curve(*decided(rows, *fitted), answerable)}\n")
    chances, right = np.zeros(len(rows)), np.zeros(len(rows))
    numbers = np.arange(len(rows))
    for seen, unseen in GroupKFold(FOLDS, shuffle=True, random_state=0).split(numbers, groups=numbers):
        parts = decided([rows[i] for i in unseen], *fit_both([rows[i] for i in seen]))
        chances[unseen], right[unseen] = parts
    print(f"cross-validated\n\n{curve(chances, right, answerable)}")


if __name__ == "__main__":
    main()
