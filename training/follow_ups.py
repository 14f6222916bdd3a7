"""Which questions are understood only from those before them: the weights that `nmt_rag.answering.conversation` reads.

Run ``python -m training.follow_ups [--write]``: a logistic regression on the packaged encoder's embeddings, fitted to
``training/data/follow_ups.tsv`` and measured on ``tests/data/follow_ups.tsv``, on which nothing was chosen. Fit it again
whenever the encoder has been trained.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score

from nmt_rag.answering.conversation import FOLLOW_UPS, Leaning
from nmt_rag.models.encoder import default_encoder

ROOT = Path(__file__).parents[1]
FITTED, HELD_OUT = (ROOT / folder / "follow_ups.tsv" for folder in ("training/data", "tests/data"))
FOLDS = 10
FREEDOMS = (0.3, 1.0, 3.0, 10.0, 30.0)
"""What is tried for scikit-learn's ``C``; the first that is best over the folds is taken."""
DIGITS = 4

Floats = NDArray[np.float64]


def read(path: Path) -> list[tuple[bool, str]]:
    """Return the questions of a file, and whether each follows another: ``ja`` or ``nej``, a tab, …, the question."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [(row[0] == "ja", row[-1]) for row in rows]


def fit(embeddings: Floats, follows: NDArray[np.bool_], encoder: str) -> Leaning:
    """Return the weights that tell follow-ups from other questions.

    Args:
        embeddings: of the questions: (n_questions, dim).
        follows: which are follow-ups: (n_questions,).
        encoder: the fingerprint of what encoded them.
    """
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)

    def model(freedom: float) -> LogisticRegression:
        return LogisticRegression(C=freedom, max_iter=5_000)

    def score(freedom: float) -> float:
        return float(cross_val_score(model(freedom), embeddings, follows, cv=folds, scoring="roc_auc").mean())

    found = model(max(FREEDOMS, key=score)).fit(embeddings, follows)
    weights = (round(float(one), DIGITS) for one in found.coef_[0])
    return Leaning(encoder, tuple(weights), round(float(found.intercept_[0]), DIGITS))


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, print how often it is right, and keep the weights where told to."""
    parser = argparse.ArgumentParser(description="Fit what tells a follow-up question.")
    parser.add_argument("--write", action="store_true", help="keep the weights in the package")
    options = parser.parse_args(arguments)
    encoder = default_encoder()

    def encoded(rows: Sequence[tuple[bool, str]]) -> tuple[Floats, NDArray[np.bool_]]:
        embeddings = np.stack([encoder.encode_query(question) for _, question in rows])
        return embeddings.astype(np.float64), np.array([follows for follows, _ in rows])

    found = fit(*encoded(read(FITTED)), encoder.fingerprint)
    for path in (FITTED, HELD_OUT):
        embeddings, follows = encoded(read(path))
        called = embeddings @ np.array(found.weights) + found.bias > 0.0
        print(
            f"{path.relative_to(ROOT)}: {called[follows].sum()} of {follows.sum()} follow-ups, "
            f"{(~called[~follows]).sum()} of {(~follows).sum()} others"
        )
    if options.write:
        FOLLOW_UPS.write_text(json.dumps(asdict(found)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
