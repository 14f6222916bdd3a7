"""Count how common Swedish words are, for the weights of words in a question.

Writes ``nmt_rag/swedish/lists/frequency_sv.txt``: one line a stem, with the base-2 logarithm of how many of a million words it is,
from the Swedish question-passage pairs (government, parliament, statutes, documentation) in the data folder. It holds
counts of single words only, no text.
"""

from __future__ import annotations

import json
import lzma
import math
import os
from collections import Counter
from pathlib import Path

from nmt_rag import swedish

MAX_PER_SOURCE = 12_000
MIN_PER_MILLION = 3


def main() -> None:
    """Count the stems of the training pairs and write the list."""
    folder = Path(os.environ["NMT_RAG_SHARED"]) / "data" / "train"
    counts: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    with lzma.open(folder / "pairs_sv.jsonl.xz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            sources[row["src"]] += 1
            if sources[row["src"]] <= MAX_PER_SOURCE:
                for text in (row["query"], row["passage"]):
                    counts.update(swedish.stem(word) for word in swedish.words(text) if not word.isdigit())
    total = counts.total() / 1_000_000
    common = sorted((stem, count / total) for stem, count in counts.items() if count / total >= MIN_PER_MILLION)
    lines = [f"{stem} {round(math.log2(per_million), 1)}" for stem, per_million in common]
    header = (
        "# Swedish stems and the base-2 logarithm of their frequency per million words. See training/frequencies.py."
    )
    Path("nmt_rag/swedish/lists/frequency_sv.txt").write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
