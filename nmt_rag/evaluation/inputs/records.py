"""A file of JSON → its records, each with its place; a line that is broken is told and the others are read.

Records stand one a line (JSON lines), or as values spread over several lines, or in one list, alone or under
a name such as ``results`` (`LISTS`). JSON lines are read one at a time, everything else at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TextIO, TypeVar

from nmt_rag import strict_json
from nmt_rag.errors import CorpusError
from nmt_rag.evaluation.inputs.answers import Problem
from nmt_rag.evaluation.inputs.fields import FieldError

_T = TypeVar("_T")

LISTS = ("results", "data", "input_data", "test_cases", "testCases", "test_results", "predictions", "examples")
"""Under these names RAGChecker, ALCE, DeepEval and LlamaIndex keep the list of all records."""


def read_records(path: str) -> Iterator[tuple[str, object]]:
    """Yield the place and the value of each record of a file, ``-`` for stdin; a `Problem` stands for a broken one.

    Raises:
        CorpusError: the file cannot be opened, or is not UTF-8.
    """
    with reading(path) as file:
        lines = enumerate(file, 1)
        number, first = next(((number, line) for number, line in lines if line.strip()), (0, ""))
        if not first or _parsed(first) is not None:
            yield from _lines(path, chain([(number, first)], lines))
            return
        every, values = _spread(first, lines)
        if values is None:
            yield from _lines(path, enumerate(every, number))
        for offset, value in values or ():
            yield from _records(f"{path}, line {number + offset}", value)


def read_each(path: str, read: Callable[[object, str], _T]) -> Iterator[_T | Problem]:
    """Yield what each record of a file is read as; a `Problem` with file, line and field where it cannot be.

    Args:
        path: the file, ``-`` for stdin.
        read: a record and its place → what it is; raises `FieldError`.

    Raises:
        CorpusError: the file cannot be opened, or is not UTF-8.
    """
    for place, value in read_records(path):
        if isinstance(value, Problem):
            yield value
            continue
        try:
            yield read(value, place)
        except FieldError as error:
            yield Problem("unreadable", place, str(error))


def _lines(path: str, lines: Iterable[tuple[int, str]]) -> Iterator[tuple[str, object]]:
    for number, line in lines:
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            value = strict_json.loads(line)
        except (ValueError, RecursionError) as error:
            yield place, Problem("unreadable", place, f"not JSON ({error})")
            continue
        yield from _records(place, value)


def _records(place: str, value: object) -> Iterator[tuple[str, object]]:
    """Yield a record, or those of a list."""
    if isinstance(value, dict):
        value = next((value[name] for name in LISTS if isinstance(value.get(name), list)), value)
    if not isinstance(value, list):
        yield place, value
        return
    for number, record in enumerate(value, 1):
        yield f"{place}, record {number}", record


def _spread(first: str, lines: Iterable[tuple[int, str]]) -> tuple[list[str], list[tuple[int, object]] | None]:
    """Return all lines, and the values that are spread over them with the lines they begin in; None if they are not."""
    every = [first, *(line for _, line in lines)]
    text = "".join(every)
    decoder, position, values = strict_json.decoder(), 0, []
    number, counted = 0, 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return every, None
        number += text.count("\n", counted, position)
        counted = position
        values.append((number, value))
        position = end
    return every, values


def _parsed(line: str) -> object:
    try:
        return strict_json.loads(line)
    except (ValueError, RecursionError):
        return None


@contextmanager
def reading(path: str) -> Iterator[TextIO]:
    """Open a text file, or stdin for ``-``. Lines end at line feeds only: JSON may hold other line ends as they are.

    Raises:
        CorpusError: the file cannot be opened, is not UTF-8, or stdin is closed.
    """
    try:
        if path == "-":
            if sys.stdin is None:
                raise CorpusError("- is stdin, which is closed: give a file")
            sys.stdin.reconfigure(encoding="utf-8-sig", newline="\n")  # type: ignore[union-attr]
            yield sys.stdin
        else:
            with open(path, encoding="utf-8-sig", newline="\n") as file:
                yield file
    except UnicodeDecodeError as error:
        raise CorpusError(f"cannot read {path}: it is not UTF-8; save it as UTF-8 text") from error
    except OSError as error:
        if error.filename != path:
            raise
        raise CorpusError(f"cannot read {path}: {error.strerror}; give another file") from error
