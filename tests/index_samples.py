"""What the index tests share: an encoder whose relevance is designed, and documents in Swedish."""

from __future__ import annotations

import numpy as np

from nmt_rag.types import Document

WORDS = "betänketid polis brott köpare uppsökande rådgivning jour skydd vittne tolk barn avhopp".split()


class WordEncoder:
    """One axis per key word, and one for everything else: a text lies where its words point. Counts what it encodes."""

    dim = len(WORDS) + 1

    def __init__(self, fingerprint: str = "words/1") -> None:
        self.fingerprint = fingerprint
        self.encoded: list[str] = []

    def encode_query(self, text: str) -> np.ndarray:
        return self._encode([text])[0]

    def encode_passages(self, texts: list[str]) -> np.ndarray:
        self.encoded += texts
        return self._encode(texts)

    def _encode(self, texts: list[str]) -> np.ndarray:
        found = [[text.lower().count(word) for word in WORDS] + [0.25] for text in texts]
        rows = np.array(found, dtype=np.float32).reshape(len(texts), self.dim)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def document(number: int, *, words: int = 3, version: int = 0) -> Document:
    """Return a document of two headings; its sentences name key words that its number chooses."""
    chosen = [WORDS[(number * 5 + i * 7) % len(WORDS)] for i in range(words)]
    closing = f"KAST tar emot besök 😀, version {version}."
    sentences = "\n".join(f"Enheten arbetar med {word} i ärende {number}.{i}." for i, word in enumerate(chosen))
    return Document(
        id=f"dokument/{number}",
        title=f"Vägledning {number}",
        text=f"# Rubrik {number}\n\n## Migrationsverket\n\n{sentences}\n\n## KAST\n\n{closing}\n",
        url=f"https://example.se/{number}",
        publisher="Myndigheten" if number % 2 else "Verket",
        metadata={"år": 2020 + number % 3, "ämnen": [WORDS[number % 12], "alla"], "öppen": number % 2 == 0},
    )


def placed(index, hits):
    """Hits by where their passages stand, whatever numbers an engine gives them."""
    places = index.places([number for number, _ in hits])
    return [(places[number], score) for number, score in hits]
