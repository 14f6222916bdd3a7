"""Questions with the places that answer them, put to documents as the library splits them: what reading is measured on.

A text is laid out as a document, one sentence a line, and indexed as any other; whether a cited passage is right is told by
where it stands.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nmt_rag.documents import passages
from nmt_rag.documents.loading import load
from nmt_rag.index import packaged
from nmt_rag.types import Citation, Document, Passage
from training.examples import read_rows
from training.questions import Asked

UNANSWERED = Path(__file__).parent / "data" / "unanswered_questions.jsonl"

Place = tuple[str, int, int]
"""Document id, and where a sentence begins and ends in its text."""


@dataclass(frozen=True)
class Put:
    """A question put to some documents.

    ``evidence`` holds groups of places: one of each group is needed; empty where nothing answers. ``group`` is the text that
    the question was written for: whatever is fitted is fitted on other groups.
    """

    question: str
    kind: str
    group: str
    evidence: tuple[tuple[Place, ...], ...]
    text: str = ""

    def answered_by(self, document_id: str, start: int, end: int) -> bool:
        """Whether a place overlaps one that answers."""
        return any(
            document_id == name and start < last and first < end
            for group in self.evidence
            for name, first, last in group
        )

    def complete(self, cited: Sequence[Citation | Passage]) -> bool:
        """Whether some quotes hold one of each group."""
        return all(
            any(each.document_id == name and each.start < last and first < each.end for each in cited)
            for group in self.evidence
            for name, first, last in group[:1]
        )


def unanswered(documents: Collection[str], path: Path = UNANSWERED) -> list[Put]:
    """Questions written for some of the development texts that do not answer them: in English, long, as in a chat.

    The rows of the data folder that nothing answers are nearly all short and Swedish; a decision that is fitted on them
    alone takes a question's language or length for a sign that it is answered.
    """
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Put(row["question"], row["kind"], row["doc"], ()) for row in rows if row["doc"] in documents]


def laid_out(rows: Iterable[Asked]) -> tuple[list[Document], list[Put]]:
    """The texts of some rows as documents, and their questions with the places of the evidence."""
    documents: dict[str, Document] = {}
    starts: dict[str, list[tuple[int, int]]] = {}
    questions: list[Put] = []
    for row in rows:
        if row.document not in documents:
            text, spans = "", []
            for sentence in row.sentences:
                sentence = " ".join(sentence.split())
                text += "\n" if text else ""
                spans.append((len(text), len(text) + len(sentence)))
                text += sentence
            documents[row.document] = Document(row.document, row.title, text)
            starts[row.document] = spans
        places = tuple(
            tuple((row.document, *starts[row.document][number]) for number in group) for group in row.evidence
        )
        questions.append(Put(row.question, row.kind, row.document, places, row.text))
    return list(documents.values()), questions


def on_the_page(rows: Iterable[Asked]) -> tuple[list[Document], list[Put]]:
    """The packaged page, and the questions that were written on it, with the places of their evidence."""
    folder = packaged.packaged_corpus()
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    documents = [found for found in load(pages) if isinstance(found, Document)]
    questions = []
    for row in rows:
        found = []
        for group in row.evidence:
            places = [
                (document.id, start, start + len(row.sentences[number]))
                for number in group
                for document in documents
                if (start := document.text.find(row.sentences[number])) >= 0
            ]
            found.append(tuple(places))
        if all(found):
            questions.append(Put(row.question, row.kind, f"{row.document}:{row.question}", tuple(found), "page"))
    return documents, questions


def spans(folder: Path, name: str, every: int = 1) -> tuple[list[Document], list[Put]]:
    """Documents and every so manyth question of a development half whose answers are marked as spans.

    A sentence that answers does so wherever it stands word for word: in which document it was meant nothing tells.
    """
    rows = list(read_rows(folder / "eval" / f"{name}.jsonl.xz"))
    documents = [
        Document(str(row["id"]), str(row.get("title") or ""), str(row["text"]))
        for row in rows
        if row["type"] != "query"
    ]
    texts = {document.id: document.text for document in documents}
    questions = []
    for row in [row for row in rows if row["type"] == "query"][::every]:
        relevant = [str(name) for name in row.get("relevant") or ()]  # type: ignore[attr-defined]
        places: tuple[Place, ...] = ()
        if row.get("answerable", True) and "start" in row:
            places = ((relevant[0], int(str(row["start"])), int(str(row["end"]))),)
        elif row.get("answerable", True):
            places = tuple(
                (one, start, start + len(str(answer)))
                for one in relevant
                for answer in row.get("answers") or ()  # type: ignore[attr-defined]
                if (start := texts[one].find(str(answer))) >= 0
            )
        if places or not row.get("answerable", True):
            group = relevant[0] if relevant else ""
            kind = "answered" if places else "unanswered"
            questions.append(Put(str(row["text"]), kind, group, (places,) if places else (), name))
    return documents, everywhere(documents, questions)


def everywhere(documents: Iterable[Document], questions: Iterable[Put]) -> list[Put]:
    """The questions with all places at which one of their answering passages stands word for word, their own first."""
    split = {document.id: passages.split(document) for document in documents}
    standing: dict[str, list[Place]] = {}
    for found in split.values():
        for one in found:
            standing.setdefault(one.reading, []).append((one.document_id, one.start, one.end))
    result = []
    for put in questions:
        groups = []
        for group in put.evidence:
            alike = [
                place
                for name, start, end in group
                for one in split[name]
                if one.start < end and start < one.end
                for place in standing[one.reading]
            ]
            groups.append(tuple(dict.fromkeys((*group, *alike))))
        result.append(replace(put, evidence=tuple(groups)))
    return result
