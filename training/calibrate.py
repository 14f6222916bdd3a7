"""Fit the weights by which ``nmt_rag.evidence`` compares the passages for one question, on development questions.

Run ``python -m training.calibrate FILE.jsonl…``. It prints the weights to write into ``nmt_rag/evidence.py`` and how often the
passage that they put first is right, by six-fold cross-validation. The passages are weighed by the library itself; only the
questions that reach the weighing count, not those that are settled by a name («Vad gör NOA?») or refused because they name what
the sources do not know. Whether the first passage answers at all is ``training.decide``'s to fit.
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
FEATURES = ("coverage", "gap", "meaning", "dense", "fused", "actor", "defines", "bias")

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


def fit(rows: list[tuple[Floats, Floats]]) -> Floats:
    """Logistic weights in the order of ``evidence.FEATURES``; features that are not in `FEATURES` get 0: (n_features,)."""
    columns = [evidence.FEATURES.index(name) for name in FEATURES]
    features, labels = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    model = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=1_000).fit(features[:, columns], labels)
    weights = np.zeros(len(evidence.FEATURES))
    weights[columns] = model.coef_[0]
    return weights


def first_is_right(rows: list[tuple[Floats, Floats]], ranking: Floats) -> list[bool]:
    """For each question, whether the passage that the weights put first is right."""
    return [bool(labels[int(np.argmax(features @ ranking))]) for features, labels in rows]


def main() -> None:
    """Print the weights and how good they are."""
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
    with nmt_rag.open(encoder=options.encoder) as rag:
        found = [weighed(rag, row) for row in read_questions(options.questions)]
        with patch.object(terms, "synonyms", lambda word: ()):
            found += [weighed(rag, row) for row in read_questions(options.unhelped)]
    rows = [one for one in found if one[1].any()]
    print(f"{len(rows)} of {len(found)} questions have a right passage among those that are weighed")
    now = first_is_right(rows, np.array(evidence.RANKING))
    print(f"as it is, the first is right in {sum(now)}")
    print(f"RANKING = ({', '.join(f'{weight:.2f}' for weight in fit(rows))})")
    right = 0
    numbers = np.arange(len(rows))
    for seen, unseen in GroupKFold(FOLDS, shuffle=True, random_state=0).split(numbers, groups=numbers):
        right += sum(first_is_right([rows[i] for i in unseen], fit([rows[i] for i in seen])))
    print(f"fitted anew, cross-validated: {right}")


if __name__ == "__main__":
    main()
