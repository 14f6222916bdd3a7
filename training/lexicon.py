"""Learn which Swedish words an English word stands for, from parallel sentences.

Writes ``nmt_rag/swedish/lists/lexicon_en_sv.txt``: one line an English word, with the Swedish words that word alignment links it to most
(IBM model 1 in both directions, `training.alignment`). It holds single words only, no text; the glossary that people wrote goes
before it.
"""

import json
import lzma
import os
from collections import Counter
from pathlib import Path

import numpy as np

from nmt_rag import swedish
from nmt_rag.swedish.terms import ENGLISH_FUNCTION_WORDS, WORD
from training.alignment import align

MAX_PER_SOURCE = 12_000
"""Sentence pairs of one source, at most: business software is four fifths of the data."""
LEAST_LINKS = 2.5
"""An English word linked less often to a Swedish one is left out."""
LEAST_SHARE = 0.2
"""Of an English word's links: a Swedish word with less is left out."""
MOST = 3
"""Swedish words of one English word."""


def read_pairs(path: Path) -> list[tuple[list[str], list[str]]]:
    """The lower-case words of each sentence pair: English, Swedish."""
    sources: Counter[str] = Counter()
    pairs = []
    with lzma.open(path, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            sources[row["src"]] += 1
            if sources[row["src"]] <= MAX_PER_SOURCE or not row["src"].startswith("ms_"):
                pairs.append(tuple([word.lower() for word in WORD.findall(row[side])] for side in ("en", "sv")))
    return pairs


def lexicon(pairs: list[tuple[list[str], list[str]]]) -> dict[str, list[str]]:
    """The Swedish content words of each English content word, most often linked first."""
    words = [sorted({word for pair in pairs for word in pair[side]}) for side in (0, 1)]
    numbers = [{word: number for number, word in enumerate(side)} for side in words]
    english = [[numbers[0][word] for word in pair[0]] for pair in pairs]
    swedish_side = [[numbers[1][word] for word in pair[1]] for pair in pairs]
    links = align(english, swedish_side, (len(words[0]), len(words[1])))
    found = {}
    for row, word in enumerate(words[0]):
        if word in ENGLISH_FUNCTION_WORDS or not word.isalpha() or len(word) < 3:
            continue
        counts = links.data[links.indptr[row] : links.indptr[row + 1]]
        columns = links.indices[links.indptr[row] : links.indptr[row + 1]]
        # Forms of one word count together: «offer», «offret», «offren».
        stems: dict[str, list[tuple[float, str]]] = {}
        for count, column in zip(counts, columns, strict=True):
            stems.setdefault(swedish.stem(words[1][column]), []).append((float(count), words[1][column]))
        total = float(np.sum(counts))
        ranked = sorted(((sum(c for c, _ in forms), max(forms)[1]) for forms in stems.values()), reverse=True)
        kept = [
            form
            for count, form in ranked
            if count >= LEAST_LINKS
            and count >= LEAST_SHARE * total
            and form not in swedish.stop_words()
            and form.isalpha()
            and len(form) > 2
        ][:MOST]
        if kept and kept != [word]:
            found[word] = kept
    return found


def main() -> None:
    """Align the training pairs and write the list."""
    found = lexicon(read_pairs(Path(os.environ["NMT_RAG_SHARED"]) / "data" / "train" / "parallel_en_sv.jsonl.xz"))
    header = "# English words and the Swedish words that alignment links them to most. See training/lexicon.py."
    lines = [f"{word} = {' '.join(swedish_words)}" for word, swedish_words in sorted(found.items())]
    Path("nmt_rag/swedish/lists/lexicon_en_sv.txt").write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    print(f"{len(found)} English words")


if __name__ == "__main__":
    main()
