"""How many sentences come out exactly as people marked them, in texts that the rules of sentences were not made with.

`NMT_RAG_SHARED=… python -m benchmarks.boundaries` puts marked sentences together to texts: as paragraphs on one line
each, and wrapped to some widths. Two kinds: segments of news that translators kept apart (NTREX-128; some hold two
sentences or more), and documents written sentence by sentence in the form of agencies' pages.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import os
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measuring import Measurement, table
from nmt_rag.swedish.blocks import sentences

WIDTHS = (0, 50, 66, 80)
"""Lines are wrapped to so many characters; 0: not at all."""
_IN_PARAGRAPH = 4
_ENDED = re.compile(r"[.!?…:][\"'”’»)]*$")
_BEGINS_LINE = re.compile(r"\d+ (?:[a-z] )?§|\d+[.)] |[-•*–] |[a-z]\) ")


def marked(shared: Path) -> dict[str, list[list[list[str]]]]:
    """Return documents as paragraphs of sentences, by the kind of their text."""
    news = [row["sv"] for row in _rows(shared / "data/eval/bitext_ntrex_dev.jsonl.xz") if row.get("sv")]
    groups = (news[place : place + _IN_PARAGRAPH] for place in range(0, len(news), _IN_PARAGRAPH))
    paragraphs = list(itertools.chain.from_iterable(map(_paragraphs, groups)))
    documents = {tuple(row["sentences"]) for row in _rows(shared / "data/train/reader_sv.jsonl.xz") if _is_written(row)}
    return {
        "news": [paragraphs[place : place + 10] for place in range(0, len(paragraphs), 10)],
        "written as agencies write": [list(_paragraphs(document)) for document in sorted(documents)],
    }


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _is_written(row: dict[str, Any]) -> bool:
    return row["source"] == "written" and row.get("text") == "made up" and row["split"] == "dev"


def _paragraphs(found: Sequence[str]) -> Iterator[list[str]]:
    """Yield the sentences that stand in one paragraph: what has no full stop, or begins a section, stands alone."""
    paragraph: list[str] = []
    for sentence in found:
        if paragraph and (not _ENDED.search(paragraph[-1]) or _BEGINS_LINE.match(sentence) or sentence[0].islower()):
            yield paragraph
            paragraph = []
        paragraph.append(sentence)
    if paragraph:
        yield paragraph


def outcomes(document: Sequence[Sequence[str]], width: int) -> list[tuple[str, bool, bool]]:
    """Return the marked sentences of a document; of each, whether both its ends are found, and whether it is whole too.

    Args:
        document: its paragraphs, each as sentences.
        width: lines are wrapped to so many characters, table rows apart, or not at all (0).
    """
    wrap = textwrap.TextWrapper(width or sys.maxsize, break_long_words=False, break_on_hyphens=False)
    parts = (" ".join(" ".join(paragraph).split()) for paragraph in document)
    text = "\n\n".join(part if " | " in part else wrap.fill(part) for part in parts)
    found = set(sentences(text))
    starts, ends = {start for start, _ in found}, {end for _, end in found}
    result: list[tuple[str, bool, bool]] = []
    place = 0
    for sentence in itertools.chain.from_iterable(document):
        match = re.compile(r"\s+".join(map(re.escape, sentence.split()))).search(text, place)
        if match is None:
            raise RuntimeError(f"the text lacks what it was made of: {sentence}")
        start, place = match.span()
        result.append((sentence, start in starts and place in ends, (start, place) in found))
    return result


def run(shared: Path, *, shown: int = 0) -> list[Measurement]:
    """Return the share of the sentences whose ends are found, and that come out whole, by kind and width.

    Args:
        shared: the folder with the marked sentences.
        shown: so many of the others are printed.
    """
    measured: list[Measurement] = []
    for kind, documents in marked(shared).items():
        for width in WIDTHS:
            got = [one for document in documents for one in outcomes(document, width)]
            how = f"{kind}, {f'wrapped to {width}' if width else 'a paragraph a line'}"
            ended, whole = (sum(one[which] for one in got) / len(got) for which in (1, 2))
            measured.append(Measurement(f"{how}: both ends found, of {len(got):,}", ended, "", at_least=0.98))
            measured.append(Measurement(f"{how}: and nothing cut inside", whole, ""))
            for sentence, *_ in [one for one in got if not one[1]][:shown]:
                print(f"{how}: {sentence}")
    return measured


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.boundaries", description="Where sentences end.")
    parser.add_argument("--show", type=int, default=0, help="so many of the sentences that come out otherwise")
    parsed = parser.parse_args(arguments)
    if not (shared := os.environ.get("NMT_RAG_SHARED")):
        parser.error("NMT_RAG_SHARED names no folder of marked sentences")
    print(table(run(Path(shared), shown=parsed.show)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
