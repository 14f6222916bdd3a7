"""The texts that are measured: real Swedish sentences from the data folder, or made-up ones where there is none.

The folder named by ``NMT_RAG_SHARED`` holds public Swedish corpora; nothing of it is kept but an index in ``.cache``.
"""

from __future__ import annotations

import itertools
import json
import lzma
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

from nmt_rag.types import Document

QUESTIONS = (
    "Vilken myndighet beslutar om betänketid?",
    "Vem hjälper en vittnande person med skyddat boende?",
    "Vart kan en köpare av sexuella tjänster vända sig?",
    "Vad gör NOA?",
    "När arbetar Ungdomsjouren?",
    "Vem samordnar arbetet mot människohandel?",
    "kast anonymt",
    "Who helps victims return to their home country?",
    "Vad kostar ett besök?",
    "Vilket straff får man för människohandel?",
)
"""Questions on the packaged page, some of which it does not answer."""

_WORDS = (
    "myndigheten regionen kommunen polisen åklagaren socialtjänsten enheten nämnden beslutar utreder samordnar prövar "
    "lämnar betalar kontrollerar rapporterar ansökan ärendet tillståndet stödet bidraget uppdraget avgiften registret "
    "enligt lagen inom landet varje år vid behov tillsammans med andra aktörer för barn unga vuxna äldre företag"
).split()
_BREAK = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])")
_SOURCES = ("corpus/agency_instructions", "corpus/topical_passages", "train/pairs_sv", "train/parallel_en_sv")
_FIELDS = ("text", "passage", "sv")


def data_folder() -> Path | None:
    """Return the folder of corpora, or None where there is none."""
    folder = os.environ.get("NMT_RAG_SHARED")
    path = Path(folder) / "data" if folder else None
    return path if path and path.is_dir() else None


def sentences(count: int, *, made_up: bool = False) -> list[str]:
    """Return different sentences of 20 to 400 characters: real ones first, then made-up ones to fill up."""
    return list(itertools.islice(stream(made_up=made_up), count))


def stream(*, made_up: bool = False) -> Iterator[str]:
    """Yield the same without end."""
    seen: set[int] = set()
    for sentence in itertools.chain(() if made_up else _real(), invented()):
        if hash(sentence) not in seen:
            seen.add(hash(sentence))
            yield sentence


def invented(seed: int = 0) -> Iterator[str]:
    """Yield made-up Swedish sentences without end; no two are equal."""
    chance = random.Random(seed)
    for serial in itertools.count():
        words = chance.choices(_WORDS, k=chance.randint(5, 20))
        yield f"{words[0].capitalize()} {' '.join(words[1:])} i ärende {serial}."


def questions(count: int, *, made_up: bool = False) -> list[str]:
    """Return questions on public services: real ones of authorities' FAQ pages, or those on the packaged page."""
    folder = None if made_up else data_folder()
    if folder is None:
        return list(itertools.islice(itertools.cycle(QUESTIONS), count))
    rows = _rows(folder / "eval/swefaq_dev.jsonl.xz")
    return list(itertools.islice((str(row["text"]) for row in rows if row["type"] == "query"), count))


def documents(texts: list[str], per_document: int) -> Iterator[Document]:
    """Yield documents of a few sentences each, one to a line below a heading."""
    for first in range(0, len(texts), per_document):
        number = first // per_document
        lines = "\n\n".join(texts[first : first + per_document])
        yield Document(f"text/{number}", f"Text {number}", f"# Text {number}\n\n{lines}\n")


def _real() -> Iterator[str]:
    folder = data_folder()
    if folder is None:
        return
    for source in _SOURCES:
        for row in _rows(folder / f"{source}.jsonl.xz"):
            text = next(str(row[field]) for field in _FIELDS if field in row)
            for paragraph in text.split("\n"):
                for piece in _BREAK.split(paragraph):
                    sentence = " ".join(piece.split())
                    if 20 <= len(sentence) <= 400 and sentence[0].isalpha():
                        yield sentence


def _rows(path: Path) -> Iterator[dict[str, object]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
