"""Reads a question and windows of neighbouring sentences: how surely each sentence answers. Judges support, too.

The packaged reader is a small transformer with heads of a few numbers each (`training/reader.py` trains it); a test
double or an adapter for another model satisfies `Reader` without knowing it. What to read, and whether to answer, is
decided elsewhere.

A sentence is scored by the mean of its tokens against the mean of the question's, as a scaled cosine, and a linear
layer over ``[sentence, sentence * question, first token, mark, mark * question]``. Kin: Provence (Chirkova et al., ICLR
2025).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import ReadingError
from nmt_rag.models.runtime import Body
from nmt_rag.models.weights import (
    TABLE,
    decoded_matrices,
    fingerprint,
    opened_once,
    read_packaged,
    read_tokenizer,
    token_id,
)
from nmt_rag.models.windows import Layout, Window, best_name, cover

__all__ = ["PackagedReader", "Reader", "Sentences", "default_reader"]

READER_FOLDER = Path(__file__).parent / "nmt-reader-sv"

Floats = NDArray[np.float32]

PLAIN, READING, JUDGE = "model.onnx", "reading.onnx", "judge.onnx"
"""The ONNX files of the body. `PLAIN` has the packaged weights alone: it tells who acts. `READING` and `JUDGE` have
adapters beside them, for reading sentences and for judging support; where a folder lacks one, `PLAIN` stands in."""

WINDOWS_AT_ONCE = 4
"""At most this many windows go through the model together."""

BASE = -2.0
"""The logit of a sentence before anything is read in it: most do not answer."""

WHO = "vem gör detta?"
"""What the reader is asked where nobody asks: who acts in a sentence."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """Neighbouring sentences under one heading path, ready to be read with a question."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Who acts in a sentence: a name as it stands in the window, how probable it is, and how probable nobody is."""

    name: str
    probability: float
    nobody: float


class Reader(Protocol):
    """Tells which sentences answer a question, whether a quote carries a statement, and who acts."""

    def read(self, question: str, windows: Sequence[Sentences]) -> list[Floats]:
        """Return the probability that each sentence answers, for each window: (n_sentences,) each, in [0, 1]."""
        ...

    def support(self, statement: str, quote: str, *, title: str = "", before: str = "") -> Floats:
        """Return the probabilities of supported, unsupported and contradicted: (3,), adding up to 1."""
        ...

    def actors(self, text: Sentences) -> list[Named]:
        """Return who acts in each sentence of a text of any length, by a name that stands near it or in the title."""
        ...


class PackagedReader:
    """The reader of a packaged folder, run with onnxruntime; safe to use from several threads."""

    def __init__(
        self,
        open_body: Callable[[str], Body],
        layout: Layout,
        heads: Mapping[str, Floats],
        fingerprint: str,
    ) -> None:
        self._open_body = open_body
        self._bodies: dict[str, Body] = {}
        self._opening = threading.Lock()
        self._layout = layout
        self._heads = heads
        self.fingerprint = fingerprint
        """``name@version/sha256:<16 hex digits of the weights>``."""

    @classmethod
    def open(cls, folder: Path) -> PackagedReader:
        """Open a packaged reader.

        Raises:
            ReadingError: the folder is missing, damaged or of another form.
        """
        try:
            tokenizer = read_tokenizer(folder)
            version = json.loads((folder / "config.json").read_text(encoding="utf-8"))["nmt_rag_version"]
            arrays = read_packaged(folder)
            heads = {
                name.removeprefix("heads."): np.array(array, np.float32)
                for name, array in arrays.items()
                if name.startswith("heads.")
            }
            adapters = [READING.replace(".onnx", ".safetensors")] if (folder / READING).exists() else []
            named = fingerprint(folder, version, ["weights.safetensors", *adapters])
            table = {name: np.ascontiguousarray(array) for name, array in arrays.items() if name.startswith(TABLE)}
            lent = table | decoded_matrices(arrays)
            pad = token_id(tokenizer, "<pad>")

            def open_body(computation: str) -> Body:
                there = computation if (folder / computation).exists() else PLAIN
                return Body.open(folder, pad=pad, lent=lent, computation=there)

            reader = cls(open_body, Layout(tokenizer), heads, named)
            reader.read("", [Sentences("", ("",))])
        except Exception as error:  # the tokenizers library raises bare Exception
            raise ReadingError(f"cannot open the reader in {folder} ({error}); install nmt-rag again") from error
        return reader

    def read(self, question: str, windows: Sequence[Sentences]) -> list[Floats]:
        """Return the probability that each sentence answers, for each window: (n_sentences,) each, in [0, 1].

        Sentences that do not fit into the window after the question are not read: their probability is 0.

        Raises:
            ReadingError: the model gave a number that is not finite, or one of its files is missing.
        """
        return [_sigmoid(logits) for logits in self.logits(question, windows)]

    def logits(self, question: str, windows: Sequence[Sentences]) -> list[Floats]:
        """Return what `read` does before the logistic function; minus infinity for a sentence that was not read.

        Raises:
            ReadingError: the model gave a number that is not finite, or one of its files is missing.
        """
        body = self._body(READING)
        laid = [self._layout.window(question, window.title, window.sentences) for window in windows]
        result: list[Floats] = [np.zeros(0, np.float32)] * len(windows)
        order = sorted(range(len(laid)), key=lambda number: len(laid[number].ids))
        for first in range(0, len(order), WINDOWS_AT_ONCE):
            rows = order[first : first + WINDOWS_AT_ONCE]
            for row, hidden in zip(rows, body.hidden([laid[row].ids for row in rows]), strict=True):
                read = self._answers(hidden, laid[row])
                if not np.isfinite(read).all():
                    raise ReadingError(f"{self.fingerprint} gave a number that is not finite")
                unread = len(windows[row].sentences) - len(read)
                result[row] = np.concatenate([read, np.full(unread, -np.inf, np.float32)])
        return result

    def support(self, statement: str, quote: str, *, title: str = "", before: str = "") -> Floats:
        """Return the probabilities of supported, unsupported and contradicted: (3,), adding up to 1.

        Args:
            statement: what is said.
            quote: what stands in the source.
            title: title and headings above the quote.
            before: the sentence before the quote.

        Raises:
            ReadingError: the installed package lacks what the judge adds to the body.
        """
        window = self._layout.statement(statement, title, before, quote)
        hidden = self._body(JUDGE).hidden([window.ids])[0]
        said, source = _mean(hidden, window.question), _mean(hidden, window.sentences[-1])
        features = np.concatenate([said, source, np.abs(said - source), hidden[0]])
        inner = np.tanh(self._heads["supports.0.weight"] @ features + self._heads["supports.0.bias"])
        logits = self._heads["supports.2.weight"] @ inner + self._heads["supports.2.bias"]
        shares = np.exp(logits - logits.max())
        return np.asarray(shares / shares.sum(), np.float32)

    def _body(self, computation: str) -> Body:
        """Return the body of an ONNX file, opened when it is first asked; ReadingError where a file is missing."""
        with self._opening:
            if computation not in self._bodies:
                try:
                    self._bodies[computation] = self._open_body(computation)
                except (OSError, ValueError) as error:
                    raise ReadingError(f"cannot open {computation} ({error}); install nmt-rag again") from error
            return self._bodies[computation]

    def actors(self, text: Sentences) -> list[Named]:
        """Return who acts in each sentence of a text, by a name that stands in its window or in the title.

        A long text is read in windows that begin with the end of the one before; a sentence counts where more
        stands before it.

        Raises:
            ReadingError: one of the model's files is missing.
        """
        return [named for some in self.acting(text) for named in some]

    def acting(self, text: Sentences) -> Iterator[list[Named]]:
        """Yield what `actors` returns, some sentences at a time, in order. Raises ReadingError as it does."""
        known = 0
        windows = cover(self._layout, WHO, text.title, text.sentences)
        for first in range(0, len(windows), WINDOWS_AT_ONCE):
            some = windows[first : first + WINDOWS_AT_ONCE]
            found: list[Named] = []
            states = self._body(PLAIN).hidden([laid.ids for laid in some])
            for laid, hidden in zip(some, states, strict=True):
                found += self._named(hidden[: len(laid.ids)], laid, text, known + len(found) - laid.first)
            known += len(found)
            yield found

    def _named(self, hidden: Floats, laid: Window, text: Sentences, known: int) -> list[Named]:
        """Return who acts in the sentences of a window, but for the first ones, which are known."""
        places = self._layout.places(laid, text.title, text.sentences[laid.first :])
        size = hidden.shape[1] ** 0.5
        result: list[Named] = []
        for number, span in list(enumerate(laid.sentences))[known:]:
            said = _mean(hidden, span)
            asks = np.concatenate([said, hidden[span[0]]])
            where = self._where(laid, number)
            first, last = (
                hidden @ (self._heads[f"{end}.weight"] @ asks + self._heads[f"{end}.bias"]) / size + where
                for end in ("first", "last")
            )
            features = np.concatenate([said, hidden[0]])
            nobody = self._heads["nobody.weight"][0] @ features + self._heads["nobody.bias"][0]
            shares = np.exp(np.append(first, nobody) - max(first.max(), nobody))
            shares /= shares.sum()
            name, probability = best_name(shares[:-1], last, places)
            result.append(Named(name, probability, float(shares[-1])))
        return result

    def _where(self, window: Window, number: int) -> Floats:
        """Return what each token gets for where it stands, seen from a sentence: (n_tokens,).

        The learned numbers are for: in the sentence, in the one before, earlier, in the title; minus infinity elsewhere.
        """
        bias = np.full(len(window.ids), -np.inf, np.float32)
        inside, previous, earlier, title = self._heads["where"]
        bias[slice(*window.title)] = title
        for place, (first, last) in enumerate(window.sentences[: number + 1]):
            bias[first:last] = (earlier, previous, inside)[max(0, 2 - number + place)]
        return bias

    def _answers(self, hidden: Floats, window: Window) -> Floats:
        """Return the logits of a window's sentences: (n_sentences,)."""
        question = _mean(hidden, window.question)
        said = np.array([_mean(hidden, span) for span in window.sentences])
        norms = np.linalg.norm(said, axis=1) * np.linalg.norm(question)
        cosines = said @ question / np.maximum(norms, 1e-8)
        marks = hidden[[first for first, _ in window.sentences]]
        whole = np.broadcast_to(hidden[0], said.shape)
        features = np.concatenate([said, said * question, whole, marks, marks * question], axis=1)
        linear = features @ self._heads["answers.weight"][0] + self._heads["answers.bias"]
        scale, center = self._heads["scale"], self._heads["center"]
        return np.asarray(scale * (cosines - center) + linear + BASE, np.float32)


def _mean(hidden: Floats, span: tuple[int, int]) -> Any:  # noqa: ANN401 - numpy's mean
    return hidden[span[0] : span[1]].mean(axis=0)


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


@opened_once
def default_reader() -> PackagedReader:
    """Return the packaged reader, opened once in a process; safe to use from several threads.

    Raises:
        ReadingError: the installed package lacks its reader.
    """
    return PackagedReader.open(READER_FOLDER)
