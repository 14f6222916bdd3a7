"""Training examples: the parallel and paired rows of the data folder, cleaned.

Deliberately not here: tokenisation, vectors, anything marked as evaluation data.
"""

import json
import lzma
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Parallel:
    """One English text with its Swedish translation."""

    en: str
    sv: str
    source: str


@dataclass(frozen=True)
class Pair:
    """One Swedish query with a passage that answers or restates it."""

    query: str
    passage: str
    source: str


def data_folder() -> Path:
    """The data folder: ``data`` inside the folder named by the environment variable NMT_RAG_SHARED."""
    root = os.environ.get("NMT_RAG_SHARED")
    if not root:
        raise SystemExit("set NMT_RAG_SHARED to the folder that holds data/train and data/eval")
    return Path(root) / "data"


def read_rows(path: Path) -> Iterator[dict[str, object]]:
    """The rows of one xz-compressed file of JSON lines."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def is_clean(en: str, sv: str) -> bool:
    """Whether two sides look like translations: no broken encoding, comparable lengths, letters on both sides."""
    if "Ã" in sv or "\ufffd" in sv or not (any(map(str.isalpha, en)) and any(map(str.isalpha, sv))):
        return False
    return 0.4 <= (len(sv) + 10) / (len(en) + 10) <= 2.5


def parallel_rows(folder: Path) -> list[Parallel]:
    """Every clean, distinct parallel row in the order of the file."""
    seen: set[str] = set()
    rows: list[Parallel] = []
    for row in read_rows(folder / "train" / "parallel_en_sv.jsonl.xz"):
        en, sv = " ".join(str(row["en"]).split()), " ".join(str(row["sv"]).split())
        if sv not in seen and is_clean(en, sv):
            seen.add(sv)
            rows.append(Parallel(en, sv, str(row["src"])))
    return rows


def pair_rows(folder: Path) -> list[Pair]:
    """Every Swedish query-passage pair in the order of the file."""
    rows = read_rows(folder / "train" / "pairs_sv.jsonl.xz")
    return [Pair(str(row["query"]), str(row["passage"]), str(row["src"])) for row in rows]
