"""Ways to fuse the two searches, side by side on the development halves.

Run ``python -m training.fusion [--model NAME]``. Scores of every document are at hand, so that only the fusion differs.
"""

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from training.evaluate import Task, dense_scores, fuse, ndcg, read_task
from training.examples import data_folder

TASKS = ("swefaq_dev", "swequad_dev", "squad_sv_dev")
CANDIDATES = 200
RANK_CONSTANT = 60
"""Of reciprocal rank fusion; Cormack, Clarke and Büttcher 2009."""
SHARES = (0.2, 0.3, 0.4, 0.5, 0.6)

Scores = NDArray[np.float32]


def ranks(scores: Scores) -> NDArray[np.int64]:
    """The rank of each document for each question, from 1: (n_queries, n_documents)."""
    order = np.argsort(-scores, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(1, scores.shape[1] + 1)[None, :].repeat(len(scores), 0), axis=1)
    return places


def reciprocal_ranks(words: Scores, dense: Scores, share: float) -> Scores:
    """Weighted reciprocal rank fusion."""
    mine, theirs = (1 / (RANK_CONSTANT + ranks(scores)) for scores in (words, dense))
    return np.asarray((1 - share) * mine + share * theirs, dtype=np.float32)


def convex(words: Scores, dense: Scores, share: float) -> Scores:
    """Each search's best candidates scaled to [0, 1] between their worst and best, as `nmt_rag.answering.search.fuse` does."""

    def scaled(scores: Scores) -> Scores:
        kept = min(CANDIDATES, scores.shape[1])
        worst = np.partition(scores, -kept, axis=1)[:, -kept][:, None]
        best = scores.max(axis=1, keepdims=True)
        return np.clip((scores - worst) / np.maximum(best - worst, 1e-9), 0, 1)

    return (1 - share) * scaled(words) + share * scaled(dense)


def standardised(words: Scores, dense: Scores, share: float) -> Scores:
    """Each search's scores standardised over all documents."""
    return fuse(words, dense, share)


def row(name: str, tasks: list[tuple[Task, Scores]], score: Callable[[Task, Scores], Scores]) -> str:
    """One line of the table."""
    cells = [f"{ndcg(score(task, dense), task.relevant).mean():.3f}" for task, dense in tasks]
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    from nmt_rag.models.encoder import load_encoder

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="default")
    options = parser.parse_args()
    encoder = load_encoder(options.model)
    tasks = [(task, dense_scores(task, encoder)) for task in (read_task(data_folder(), name) for name in TASKS)]
    print(f"{encoder.fingerprint}\n\n| nDCG@10 | SweFAQ | SweQuAD | SQuAD-sv |\n|---|---|---|---|")
    print(row("words", tasks, lambda task, dense: task.words))
    print(row("encoder", tasks, lambda task, dense: dense))
    for method in (reciprocal_ranks, convex, standardised):
        for share in SHARES:
            name = f"{method.__name__.replace('_', ' ')}, encoder's share {share}"
            print(row(name, tasks, lambda task, dense, method=method, share=share: method(task.words, dense, share)))  # type: ignore[misc]


if __name__ == "__main__":
    main()
