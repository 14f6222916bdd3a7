"""Documents, questions, statements and labels that were written here, by hand: on texts of our own and on those of the data folder.

Their files lie in ``data`` beside this module and hold no text of others: a document is named by its id, a sentence by its number in
it, an actor by where its name stands. A row's document is one of ours, is looked up among the training rows of ``reader_sv``, or is put
together of places in ``pairs_sv``.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.examples import read_rows
from training.questions import Asked, read_questions
from training.tasks import Acted

FOLDER = Path(__file__).parent / "data"
DOCUMENTS, QUESTIONS, STATEMENTS, ACTORS = "documents.jsonl", "questions.jsonl", "statements.jsonl", "actors.jsonl"
PUBLIC = "public_documents.jsonl"
TITLE = -1
"""The number that stands for the title where a sentence's would."""


@dataclass(frozen=True)
class Text:
    """A document to write on."""

    title: str
    sentences: tuple[str, ...]
    text: str


def texts(rows: Iterable[Asked], folder: Path = FOLDER) -> dict[str, Text]:
    """The documents of written training questions, and those that were written here, by their ids."""
    found = {
        row.document: Text(row.title, row.sentences, row.text)
        for row in rows
        if row.source == "written" and row.split == "train"
    }
    for row in lines(folder / DOCUMENTS):
        found[row["doc"]] = Text(row["title"], tuple(row["sentences"]), "made up")
    return found


def public_texts(folder: Path, own: Path = FOLDER) -> dict[str, Text]:
    """Documents of ``title`` and ``sentences``, each a place ``[row, "query" or "passage", start, end]`` in ``pairs_sv``."""
    documents = list(lines(own / PUBLIC))
    if not documents:
        return {}
    rows = list(read_rows(folder / "train" / "pairs_sv.jsonl.xz"))

    def text(place: Sequence[int | str]) -> str:
        row, side, start, end = place
        return " ".join(str(rows[int(row)][str(side)])[int(start) : int(end)].split())

    return {row["doc"]: Text(text(row["title"]), tuple(map(text, row["sentences"])), "public") for row in documents}


def trained_on(
    folder: Path, limit: int | None = None, own: Path = FOLDER
) -> tuple[list[Asked], list[Asked], dict[str, Text]]:
    """The training questions of the data folder, those that were written here, and the texts of both."""
    rows = [row for row in read_questions(folder) if row.split == "train"][:limit]
    documents = texts(rows, own) | public_texts(folder, own)
    return rows, added_questions(documents, own)[:limit], documents


def added_questions(documents: dict[str, Text], folder: Path = FOLDER) -> list[Asked]:
    """Questions with ``doc``, ``question``, ``kind``, ``evidence`` (groups of sentence numbers) and ``tempting``."""
    return [
        Asked(
            row["question"],
            row["kind"],
            "written",
            documents[row["doc"]].text,
            row["doc"],
            documents[row["doc"]].title,
            documents[row["doc"]].sentences,
            tuple(map(tuple, row["evidence"])),
            tuple(row["tempting"]),
            "train",
        )
        for row in known(folder / QUESTIONS, documents)
    ]


def added_statements(documents: dict[str, Text], folder: Path = FOLDER) -> list[dict[str, object]]:
    """Statements with ``doc``, ``sentence`` (the quote's number), ``label`` and ``trick``, in the form of ``judge_sv``."""
    found: list[dict[str, object]] = []
    for row in known(folder / STATEMENTS, documents):
        text, number = documents[row["doc"]], row["sentence"]
        found.append(
            {
                "source": "written",
                "doc": row["doc"],
                "title": text.title,
                "before": text.sentences[number - 1] if number else "",
                "quote": text.sentences[number],
                "statement": row["statement"],
                "label": row["label"],
                "trick": row["trick"],
            }
        )
    return found


def added_actors(documents: dict[str, Text], folder: Path = FOLDER) -> list[Acted]:
    """Documents with who acts in each sentence: ``actors`` holds for each a list of ``[sentence, start, end]`` or ``"du"``."""
    return [
        Acted(
            documents[row["doc"]].title,
            documents[row["doc"]].sentences,
            tuple(tuple(name(documents[row["doc"]], place) for place in places) for places in row["actors"]),
        )
        for row in known(folder / ACTORS, documents)
    ]


def name(text: Text, place: Sequence[int] | str) -> str:
    """The name that stands at a place of a text."""
    if isinstance(place, str):
        return place
    number, start, end = place
    return (text.title if number == TITLE else text.sentences[number])[start:end]


def known(path: Path, documents: dict[str, Text]) -> Iterator[dict]:
    """The rows of a file whose document is at hand."""
    return (row for row in lines(path) if row["doc"] in documents)


def lines(path: Path) -> Iterator[dict]:
    """The rows of a file of JSON lines; none where there is no file."""
    if path.exists():
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())
