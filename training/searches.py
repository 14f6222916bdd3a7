"""How well the library itself finds documents, on the development halves: its passages, fields, fusion and evidence.

Run ``python -m training.searches [--indexes FOLDER]``; it prints one Markdown table. `training.evaluate` measures an
encoder over passages of 60 words instead; the library searches sentences, and a document counts through its best hit.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import nmt_rag
from nmt_rag.evaluation import metrics
from nmt_rag.index.index import DATABASE
from nmt_rag.progress import counted
from nmt_rag.rag import Rag
from nmt_rag.types import Document
from training.answers import first_documents
from training.evaluate import CUTOFF, interval
from training.examples import data_folder, read_rows

TASKS = ("swefaq_dev", "swequad_dev", "squad_sv_dev")
DEPTH = 60
"""So many hits are looked through for ten documents."""
DISCOUNTS = 1 / np.log2(np.arange(CUTOFF) + 2)
"""What a relevant document at each rank counts. *Shape:* ``(CUTOFF,)``."""


def documents(rows: list[dict[str, object]]) -> list[Document]:
    """The documents and passages of a development half."""
    return [
        Document(str(row["id"]), str(row.get("title") or ""), str(row["text"]).replace("\r\n", "\n"))
        for row in rows
        if row["type"] != "query"
    ]


def measured(rag: Rag, questions: list[dict[str, object]], name: str) -> NDArray[np.float64]:
    """NDCG@10 of each question. *Shape:* ``(n_questions,)``."""
    qrels: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    for number, row in enumerate(counted(questions, f"Searching {name}", "questions", wanted=True)):
        found = first_documents(rag.search(str(row["text"]), k=DEPTH))
        run[str(number)] = {document: -float(rank) for rank, document in enumerate(found)}
        qrels[str(number)] = {str(document): 1 for document in row["relevant"]}  # type: ignore[attr-defined]
    return np.array(list(metrics.ndcg(qrels, run, CUTOFF).values()))


def chances(rag: Rag, questions: list[dict[str, object]]) -> str:
    """What is the most to be had where the sentence that answers stands word for word in several documents.

    Nothing tells which of them was meant, so any of them may stand first. Empty where the place of the answer is unknown.
    """
    if not questions or "start" not in questions[0]:
        return ""
    passages = {document: rag.index.passages(document) for document in rag.index.document_ids()}
    standing: dict[str, set[str]] = {}
    for document, found in passages.items():
        for passage in found:
            standing.setdefault(passage.text, set()).add(document)
    values = []
    for row in questions:
        start = int(str(row["start"]))
        meant = row["relevant"][0]  # type: ignore[index]
        text = next((passage.text for passage in passages[meant] if passage.start <= start < passage.end), None)
        n = len(standing[text]) if text is not None else 1
        values.append(DISCOUNTS[:n].sum() / n)
    return f"{np.mean(values):.3f}"


def row(folder: Path, indexes: Path, name: str, encoder: str | None) -> str:
    """One line of the table; the index is made in, or taken from, the folder of indexes."""
    rows = list(read_rows(folder / "eval" / f"{name}.jsonl.xz"))
    questions = [each for each in rows if each["type"] == "query" and each.get("answerable", True)]
    built = (indexes / name / DATABASE).is_file()
    with nmt_rag.open(indexes / name, encoder=encoder, create=True) as rag:
        if not built:
            rag.add(*documents(rows), progress=True)
        fused = measured(rag, questions, name)
        words = measured(Rag(rag.index, None), questions, name)
        most = chances(rag, questions)
    return f"| {name} | {len(questions)} | {interval(words)} | {interval(fused)} | {most} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--indexes", type=Path, help="where the indexes are kept for the next time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nmt-rag-") as temporary:
        indexes = options.indexes or Path(temporary)
        print("| nDCG@10 of documents | questions | words | fused | at most, by chance |\n|---|---|---|---|---|")
        for name in TASKS:
            print(row(data_folder(), indexes, name, options.encoder), flush=True)


if __name__ == "__main__":
    main()
