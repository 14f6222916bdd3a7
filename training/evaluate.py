"""How well an encoder retrieves, alone and fused with the words index, on the development halves.

Run ``python -m training.evaluate [--model FOLDER_OR_NAME]``; it prints one Markdown table. Nothing here is ever trained on.
A document counts through its best passage. 95 % intervals are bootstrapped over questions.
"""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nmt_rag.evaluation import intervals, metrics
from training.examples import data_folder, read_rows
from training.questions import Asked, read_questions, shown
from training.words import bm25_scores

CUTOFF = 10
DENSE_WEIGHT = 0.5
PASSAGE_WORDS = 60


class Embeds(Protocol):
    """What is measured: queries and passages to unit vectors."""

    def encode_query(self, query: str) -> NDArray[np.float32]:
        """(dim,)."""
        ...

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """(n_passages, dim)."""
        ...


@dataclass(frozen=True)
class Task:
    """Questions, passages, which document each passage belongs to, and which documents answer each question."""

    name: str
    queries: list[str]
    passages: list[str]
    documents: NDArray[np.int64]  # (n_passages,)
    relevant: list[set[int]]
    words: NDArray[np.float32]  # (n_queries, n_documents)


def split_document(text: str) -> list[str]:
    """Passages of whole sentences, each closed once it holds ``PASSAGE_WORDS`` words."""
    passages: list[str] = []
    buffer: list[str] = []
    for part in re.split(r"(?<=[.!?])\s+|\r?\n+", text):
        buffer += part.split()
        if len(buffer) >= PASSAGE_WORDS:
            passages.append(" ".join(buffer))
            buffer = []
    return [*passages, " ".join(buffer)] if buffer or not passages else passages


def best_by_document(scores: NDArray[np.float32], documents: NDArray[np.int64]) -> NDArray[np.float32]:
    """The best passage's score of each document: (n_queries, n_passages) to (n_queries, n_documents)."""
    starts = np.flatnonzero(np.r_[True, np.diff(documents) != 0])
    return np.maximum.reduceat(scores, starts, axis=1)


@cache
def read_task(folder: Path, name: str) -> Task:
    """One retrieval task of ``data/eval``; unanswerable questions are left out."""
    rows = list(read_rows(folder / "eval" / f"{name}.jsonl.xz"))
    texts = [row for row in rows if row["type"] != "query"]
    positions = {row["id"]: number for number, row in enumerate(texts)}
    queries = [row for row in rows if row["type"] == "query" and row.get("answerable", True)]
    passages: list[str] = []
    documents: list[int] = []
    for number, row in enumerate(texts):
        parts = split_document(str(row["text"])) if row["type"] == "document" else [str(row["text"])]
        passages += parts
        documents += [number] * len(parts)
    questions = [str(row["text"]) for row in queries]
    relevant = [{positions[identifier] for identifier in row["relevant"]} for row in queries]  # type: ignore[attr-defined]
    document_of = np.array(documents)
    words = best_by_document(bm25_scores(questions, passages), document_of)
    return Task(name, questions, passages, document_of, relevant, words)


def ndcg(scores: NDArray[np.float32], relevant: list[set[int]]) -> NDArray[np.float64]:
    """NDCG@10 of each question, binary relevance, ties broken by position: (n_queries,)."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :CUTOFF].tolist()
    run = {
        str(number): {str(document): -float(rank) for rank, document in enumerate(row)}
        for number, row in enumerate(order)
    }
    qrels = {str(number): {str(document): 1 for document in wanted} for number, wanted in enumerate(relevant)}
    return np.array(list(metrics.ndcg(qrels, run, CUTOFF).values()))


def fuse(words: NDArray[np.float32], dense: NDArray[np.float32], weight: float = DENSE_WEIGHT) -> NDArray[np.float32]:
    """Each question's scores standardised over all documents, then added: (n_queries, n_documents)."""

    def standard(scores: NDArray[np.float32]) -> NDArray[np.float32]:
        return (scores - scores.mean(axis=1, keepdims=True)) / (scores.std(axis=1, keepdims=True) + 1e-6)

    return (1 - weight) * standard(words) + weight * standard(dense)


def interval(values: NDArray[np.float64]) -> str:
    """Mean and bootstrap 95 % interval over questions, as text."""
    return str(intervals.interval(values))


def dense_scores(task: Task, encoder: Embeds) -> NDArray[np.float32]:
    """Cosine of every question with every document's best passage: (n_queries, n_documents)."""
    questions = np.stack([encoder.encode_query(query) for query in task.queries])
    return best_by_document(questions @ encoder.encode_passages(task.passages).T, task.documents)


def bitext_accuracy(folder: Path, encoder: Embeds) -> NDArray[np.float64]:
    """Whether the nearest Swedish sentence of each English sentence is its translation: (n_pairs,) of 0 and 1."""
    rows = list(read_rows(folder / "eval" / "bitext_ntrex_dev.jsonl.xz"))
    english = encoder.encode_passages([str(row["en"]) for row in rows])
    swedish = encoder.encode_passages([str(row["sv"]) for row in rows])
    return ((english @ swedish.T).argmax(axis=1) == np.arange(len(rows))).astype(np.float64)


def sentence_ranks(folder: Path, encoder: Embeds) -> dict[str, NDArray[np.int64]]:
    """The rank, from 1, of the best answering sentence among all sentences of all development texts, by kind.

    A sentence is found by the mean of its own embedding and that of it with its neighbours.
    """
    rows = [row for row in read_questions(folder) if row.source == "written" and row.split == "dev"]
    places: dict[tuple[str, str], tuple[Asked, int]] = {}
    for row in rows:
        for number, sentence in enumerate(row.sentences):
            places.setdefault((row.document, sentence), (row, number))
    alone, beside = (
        encoder.encode_passages([shown(row.title, row.sentences, number, reach) for row, number in places.values()])
        for reach in (0, 1)
    )
    position = {key: number for number, key in enumerate(places)}
    ranks: dict[str, list[int]] = {}
    for row in rows:
        if not row.answering:
            continue
        question = encoder.encode_query(row.question)
        scores = (alone + beside) @ question
        right = [position[row.document, row.sentences[number]] for number in row.answering]
        rank = 1 + int((scores > scores[right].max()).sum())
        ranks.setdefault(row.kind, []).append(rank)
        ranks.setdefault("all", []).append(rank)
    return {kind: np.array(found) for kind, found in ranks.items()}


def table(folder: Path, encoder: Embeds) -> str:
    """The Markdown table: words, encoder and fused on three retrieval tasks, and bitext accuracy."""
    lines = ["| | questions | words | encoder | fused |", "|---|---|---|---|---|"]
    for name in ("swefaq_dev", "swequad_dev", "squad_sv_dev"):
        task = read_task(folder, name)
        dense = dense_scores(task, encoder)
        runs = (task.words, dense, fuse(task.words, dense))
        cells = " | ".join(interval(ndcg(run, task.relevant)) for run in runs)
        lines.append(f"| {name} nDCG@10 | {len(task.queries)} | {cells} |")
    hits = bitext_accuracy(folder, encoder)
    lines.append(f"| bitext_ntrex_dev accuracy en → sv | {len(hits)} | | {interval(hits)} | |")
    lines += ["", "| answering sentence of 86 texts | questions | first | in 5 | in 20 |", "|---|---|---|---|---|"]
    for kind, ranks in sentence_ranks(folder, encoder).items():
        shares = " | ".join(f"{(ranks <= k).mean():.3f}" for k in (1, 5, 20))
        lines.append(f"| {kind} | {len(ranks)} | {shares} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table for one encoder."""
    from nmt_rag.models.encoder import load_encoder

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--model", default="default", help="'default' (packaged) or a sentence-transformers name or path"
    )
    options = parser.parse_args()
    encoder = load_encoder(options.model)
    print(f"{encoder.fingerprint}\n\n{table(data_folder(), encoder)}")


if __name__ == "__main__":
    main()
