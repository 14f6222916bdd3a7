"""An encoder whose relevance is designed: it knows groups of words that mean the same, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from nmt_rag import swedish
from nmt_rag.models.encoder import PackagedEncoder
from nmt_rag.models.reader import Named, PackagedReader, Sentences


class ConceptEncoder:
    """One axis for each concept and a faint one for the rest; a text lies where the words of its concepts point.

    ``calls`` holds what was encoded, in order, so that a test can count it.
    """

    def __init__(self, *concepts: str) -> None:
        self.concepts = tuple(tuple(concept.lower().split()) for concept in concepts)
        self.dim = len(concepts) + 1
        self.fingerprint = f"concepts@1/{self.dim}/{'+'.join(group[0] for group in self.concepts)}"
        self.calls: list[str] = []

    def encode_query(self, query: str) -> NDArray[np.float32]:
        return self.encode_passages([query])[0]

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        self.calls += passages
        rows = [
            [*(float(any(word in text.lower() for word in group)) for group in self.concepts), 0.1] for text in passages
        ]
        embeddings = np.array(rows, dtype=np.float32).reshape(len(passages), self.dim)
        return np.asarray(embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True), dtype=np.float32)


class WordsReader:
    """A reader whose relevance is designed: a sentence answers that holds all long words of the question.

    ``read_for`` holds the questions and windows it was shown, so that a test can look at them.
    """

    fingerprint = "words@1"

    def __init__(self) -> None:
        self.read_for: list[tuple[str, list[Sentences]]] = []

    def read(self, question: str, windows: Sequence[Sentences]) -> list[NDArray[np.float32]]:
        self.read_for.append((question, list(windows)))
        wanted = _long(question)
        return [
            np.array([0.999 if wanted and wanted <= _long(s) else 0.001 for s in window.sentences], np.float32)
            for window in windows
        ]

    def support(self, statement: str, quote: str, *, title: str = "", before: str = "") -> NDArray[np.float32]:
        lacking = _long(statement) - _long(quote)
        return np.array([0.01, 0.98, 0.01] if lacking else [0.98, 0.01, 0.01], np.float32)


def _long(text: str) -> set[str]:
    return {swedish.stem(word) for word in swedish.words(text) if len(word) > 5}


class KeywordReader:
    """A reader whose relevance is designed: a sentence answers as surely as the surest phrase that it holds.

    ``calls`` holds the questions with the windows that were read.
    """

    def __init__(self, phrases: dict[str, float]) -> None:
        self._phrases = phrases
        self.calls: list[tuple[str, list]] = []

    def read(self, question: str, windows: Sequence) -> list[NDArray[np.float32]]:
        self.calls.append((question, list(windows)))
        return [np.array([self._sure(sentence) for sentence in window.sentences]) for window in windows]

    def _sure(self, sentence: str) -> float:
        return max((sure for phrase, sure in self._phrases.items() if phrase in sentence.lower()), default=0.0)


_read: dict[tuple[str, str, Sentences], NDArray[np.float32]] = {}


def remember_what_is_read(patch: pytest.MonkeyPatch) -> None:
    """Let the packaged reader read each window with a question once in a run, as long as a patch lasts."""
    logits = PackagedReader.logits

    def remembered(self, question, windows):
        new = list(dict.fromkeys(one for one in windows if (self.fingerprint, question, one) not in _read))
        for window, found in zip(new, logits(self, question, new), strict=True):
            _read[self.fingerprint, question, window] = found
        return [_read[self.fingerprint, question, window].copy() for window in windows]

    patch.setattr(PackagedReader, "logits", remembered)


_encoded: dict[tuple[str, str, str], NDArray[np.float32]] = {}


def remember_what_is_encoded(patch: pytest.MonkeyPatch) -> None:
    """Let the packaged encoder encode each text once in a run, as long as a patch lasts."""
    encode = PackagedEncoder._encode

    def remembered(self, texts, prompt):
        keys = [(self.fingerprint, prompt, text) for text in texts]
        new = [key for key in dict.fromkeys(keys) if key not in _encoded]
        if not new:
            return np.array([_encoded[key] for key in keys], np.float32).reshape(len(keys), self.dim)
        _encoded.update(zip(new, encode(self, [text for *_, text in new], prompt), strict=True))
        return np.stack([_encoded[key] for key in keys])

    patch.setattr(PackagedEncoder, "_encode", remembered)


_acting: dict[tuple[str, Sentences], list[list[Named]]] = {}


def remember_who_acts(patch: pytest.MonkeyPatch) -> None:
    """Let the packaged reader tell once in a run who acts in a text, as long as a patch lasts."""
    acting = PackagedReader.acting

    def remembered(self: PackagedReader, text: Sentences) -> Iterator[list[Named]]:
        key = self.fingerprint, text
        if key in _acting:
            yield from map(list, _acting[key])
            return
        steps = []
        for some in acting(self, text):
            steps.append(list(some))
            yield some
        _acting[key] = steps

    patch.setattr(PackagedReader, "acting", remembered)
