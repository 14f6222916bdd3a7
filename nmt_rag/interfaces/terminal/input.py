"""Files of JSON that a command reads: a line for each value, or values spread over several lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nmt_rag import strict_json
from nmt_rag.errors import NmtRagError
from nmt_rag.evaluation import records
from nmt_rag.interfaces.page.views import passport


def json_lines(path: str) -> Iterator[tuple[int, Any]]:
    """Yield the rows of a JSONL file with their line numbers; a broken line ends it with one clear error."""
    with records.reading(path) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, _parsed(path, number, line)


def json_values(path: str) -> Iterator[tuple[int, Any]]:
    """Yield the values of a file of JSON, one a line or spread over several, with the line that each begins in."""
    with records.reading(path) as lines:
        read: list[str] = []
        first = 0
        for number, line in enumerate(lines, 1):
            if not read and line.lstrip().startswith("<"):  # an answer that the web page saved
                yield number, _parsed(path, number, passport.answer_json(line + lines.read()))
                return
            if not read:
                first = number
            if read or line.strip():
                read.append(line)
            # A value that is spread out begins with a lone bracket and ends with one that is not indented.
            bare = line.rstrip()
            if bare not in ("", "{", "[") if number == first else bare in ("}", "]"):
                yield first, _parsed(path, first, "".join(read))
                read = []
        if read:
            yield first, _parsed(path, first, "".join(read))


def _parsed(path: str, number: int, text: str) -> object:
    try:
        return strict_json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NmtRagError(f"{path}, line {number}: not JSON ({error}); the lines before it are done") from error


def question_of(row: object) -> tuple[str, dict[str, Any]]:
    """Return the question of a line, and what else it says of it: its language, and the questions before it.

    Raises:
        ValueError: it has no question.
    """
    question = row.get("question") if isinstance(row, Mapping) else None
    if not isinstance(row, Mapping) or not isinstance(question, str):
        raise ValueError('expected {"question": "…"}')
    return question, {name: row[name] for name in ("language", "earlier") if row.get(name) is not None}
