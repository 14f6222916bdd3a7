"""An open index with its encoder, ready to be asked: what `nmt_rag.open` returns; and a conversation with it.

How a follow-up question is understood is `nmt_rag.answering.conversation`'s to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate, islice, pairwise
from typing import Any, Self, overload

from nmt_rag import citations
from nmt_rag.answering import ChatModel, giving_up
from nmt_rag.answering import search as retrieval
from nmt_rag.citations import Verification
from nmt_rag.documents import (
    OWN_MEGABYTES,
    OWN_SECONDS,
    Failure,
    FileReader,
    Namer,
    Note,
    TextSource,
    intake,
    normalize,
    splitting,
)
from nmt_rag.errors import NmtRagError
from nmt_rag.index import Check, Index, Report
from nmt_rag.progress import counter
from nmt_rag.rag.asking import Asking
from nmt_rag.types import Answer, Citation, Document, Passage

MOST_WITH_QUOTE = 50
"""At most so many documents are looked at as the one that a quote comes from."""


class Rag(Asking):
    """An index and its encoder. Many threads may ask at once; use it as a context manager, or call `close`.

    How it is asked and searched stands in `nmt_rag.rag.asking.Asking`. The one of the packaged page (``packaged``)
    holds that page and nothing else: `add` and `remove` refuse.
    """

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the index."""
        self.close()

    def close(self) -> None:
        """Let go of the index's files."""
        self.index.close()

    def conversation(self) -> Conversation:
        """Return a conversation: its `ask` understands each question from those before it."""
        return Conversation(self)

    def add(
        self,
        *sources: TextSource | Iterable[TextSource],
        actors: Namer = "reader",
        progress: bool = False,
    ) -> Report:
        r"""Add files, folders and documents; what has the id of a document in the index replaces it.

        The text that is kept, and that quotes and offsets are of, is normalized (`nmt_rag.documents.normalize`): NFC,
        with ``\n`` for CRLF and CR; pages begin where they did. A document that holds no text is told as a failure.

        Args:
            sources: paths of files and folders, documents, LangChain's loaders and documents, and lists or iterators of
                these; see `nmt_rag.documents.intake`.
            actors: what names who acts in each passage: the packaged reader, or rules, which are quicker and
                more often wrong.
            progress: count the documents that are settled on stderr, where that is a terminal; see `nmt_rag.progress`.

        Raises:
            TypeError: a source is something else, or a field of a document, or metadata that cannot be kept
                (`nmt_rag.index.Index.add`).
            ValueError: ``actors`` is neither, or a document holds half a surrogate pair, which is no character.
            NmtRagError: this is the packaged page.
            CorpusError: a path does not exist, or a folder holds no document; nothing is added then.
            IndexLockedError: another process is writing to the index.
        """
        self._refuse_change("add to it")
        return _added(self.index, sources, splitting(actors), progress=progress)

    @overload
    def remove(self, document_id: str) -> bool: ...  # type: ignore[overload-overlap] # a string is an iterable, too
    @overload
    def remove(self, document_id: Iterable[str]) -> list[str]: ...
    def remove(self, document_id: str | Iterable[str]) -> bool | list[str]:
        """Remove a document, and tell whether it was there; of several, in one commit, return those that were.

        Raises:
            TypeError: an id is no text.
            NmtRagError: this is the packaged page.
            IndexLockedError: another process is writing to the index.
        """
        self._refuse_change("remove from it")
        if isinstance(document_id, str):
            return self.index.remove(document_id)
        document_ids = list(document_id)
        for one in document_ids:
            if not isinstance(one, str):
                raise TypeError(f"the id of a document is text, got {type(one).__name__}")
        return self.index.remove_all(document_ids)

    def documents(self) -> Iterator[Document]:
        """Yield the documents of the index, one at a time, in the order they were added."""
        return self.index.documents()

    def document(self, document_id: str) -> Document | None:
        """Return one document, or None."""
        return self.index.document(document_id)

    def verify(self, *, progress: bool = False) -> list[Check]:
        """Prove that the index's parts agree and that every passage stands in its document.

        Args:
            progress: count the checks on stderr, where that is a terminal.
        """
        with counter("Verifying", "checks", wanted=progress) as bar:
            return self.index.verify(progress=bar.update)

    def recheck(self, answer: Answer) -> tuple[Verification, ...]:
        """Return what became of each citation of a saved answer, in order. Raises TypeError for what is no answer."""
        if not isinstance(answer, Answer):
            raise TypeError(f"the citations of an Answer are checked again, got {type(answer).__name__}")
        return citations.recheck(answer, self.index.document, partial(_documents_with_quote, self.index))

    def verify_quote(self, quote: str, *, document_id: str | None = None) -> Verification:
        """Tell whether a quote stands in the sources, letter for letter, and where.

        The verdict is ``exact`` where it stands in the document (without one: in any), ``elsewhere`` where only
        another document has it, ``altered`` where the nearest place differs, else ``absent``. Whatever its words are,
        no document that holds it is overlooked: where they do not find one, all texts are read.

        Args:
            quote: the text to look for.
            document_id: the document that it is said to come from; None for any.

        Raises:
            TypeError: the quote is no text.
        """
        if not isinstance(quote, str):
            raise TypeError(f"a quote is text, got {type(quote).__name__}")
        return self.at_one_moment(lambda: _verified(self.index, quote, document_id))

    def info(self) -> dict[str, Any]:
        """Return what the index holds and how it was built."""
        return {
            "path": str(self.index.path),
            "documents": self.index.n_documents,
            "passages": self.index.n_passages,
            "encoder": self.index.fingerprint,
            "generation": self.index.generation,
        }

    def _refuse_change(self, what: str) -> None:
        if self.packaged:
            raise NmtRagError(
                f"the packaged page is as it is, nobody can {what}; make an index of your own: "
                'nmt_rag.open("my-index", create=True)'
            )


@dataclass(slots=True)
class Conversation:
    """Questions of one asker, each understood from those before it. They are held here, and nowhere else.

    One asker's questions come one at a time: it is not for several threads.
    """

    rag: Rag
    earlier: list[str] = field(default_factory=list)
    """The questions so far, oldest first."""

    def ask(
        self,
        question: str,
        *,
        where: Mapping[str, Any] | None = None,
        language: str | None = None,
        model: ChatModel | None = None,
        least_confidence: float | None = None,
    ) -> Answer:
        """Answer a question as `Rag.ask` does, from the questions before it, and remember it."""
        answer = self.rag.ask(
            question,
            where=where,
            language=language,
            model=model,
            least_confidence=least_confidence,
            earlier=self.earlier,
        )
        self.earlier.append(question)
        return answer


def _verified(index: Index, quote: str, document_id: str | None) -> Verification:
    """Tell whether a quote stands in a document of an index (None: in any), letter for letter, and where."""
    citation = Citation(1, document_id or "", "", "", (), "", quote, 0, 0, "")
    elsewhere = islice(_documents_with_quote(index, citation), 1)
    if document_id is not None:
        document = index.document(document_id)
    else:
        document = next(elsewhere, None) or next(_near(index, quote), None)
    if document is not None:
        start = max(document.text.find(quote), 0)
        citation = replace(citation, start=start, end=start + len(quote))
    return citations.verify(citation, document, elsewhere)


def _documents_with_quote(index: Index, citation: Citation) -> Iterator[Document]:
    """Yield documents other than the cited one that hold a quote now: of those that its words find, or else of all.

    Words alone do not find what is common in many documents, or a part of a word; then each document is read. At most
    `MOST_WITH_QUOTE` are yielded, for who asks holds them.
    """
    if not citation.quote.strip():
        return
    found = 0
    for documents in (_near(index, citation.quote), index.documents()):
        for document in documents:
            if giving_up.is_given_up():
                return
            if document.id != citation.document_id and citation.quote in document.text:
                yield document
                found += 1
                if found == MOST_WITH_QUOTE:
                    return
        if found:
            return


def _near(index: Index, quote: str) -> Iterator[Document]:
    """Yield the documents that the words of a quote find, nearest first."""
    hits = retrieval.search(index, None, quote, k=MOST_WITH_QUOTE) if quote.strip() else []
    for document_id in dict.fromkeys(hit.document_id for hit in hits):
        document = index.document(document_id)
        if document is not None:
            yield document


def _added(
    index: Index,
    sources: Iterable[TextSource | Iterable[TextSource]],
    split: Callable[[Document], Sequence[Passage]] | None,
    *,
    progress: bool,
) -> Report:
    """Read sources and add what they hold to an index, with a report of what became of each; see `Rag.add`.

    Args:
        index: whose passages are encoded with its own encoder.
        sources: paths, documents, LangChain's documents, and iterables of these.
        split: what takes a document apart.
        progress: count the documents that are settled on stderr, where that is a terminal.
    """
    failed: list[Failure] = []
    notes: list[Note] = []

    def good(read: Iterator[Document | Failure | Note]) -> Iterator[Document]:
        for found in read:
            if isinstance(found, Failure):
                failed.append(found)
            elif isinstance(found, Note):
                notes.append(found)
            elif isinstance(found.text, str) and not found.text.strip():
                failed.append(Failure(str(found.id), f"{found.id}: the document holds no text: leave it out"))
            else:
                yield _normalized(found)

    with (
        FileReader(seconds=OWN_SECONDS, megabytes=OWN_MEGABYTES, yielding=False) as reader,
        counter("Indexing", "documents", wanted=progress, at_once=True) as bar,
    ):
        added = index.add(
            good(intake.read(sources, draft=reader.draft)),
            split=split,
            progress=bar.update,
        )
    return Report(added.added, added.replaced, added.unchanged, tuple(failed), tuple(notes))


def _normalized(document: Document) -> Document:
    """Return a document as `Document` promises it to be: its text normalized, its pages where they began."""
    if not isinstance(document.text, str) or (text := normalize(document.text)) == document.text:
        return document  # what is no text is refused by the index
    pieces = pairwise((0, *document.pages))
    pages = accumulate(len(normalize(document.text[start:end])) for start, end in pieces)
    return replace(document, text=text, pages=tuple(pages))
