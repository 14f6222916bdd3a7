"""An open index with its encoder, ready to be asked: what `nmt_rag.open` returns."""

from __future__ import annotations

import asyncio
import dataclasses
import tempfile
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeVar, cast, overload

from nmt_rag import citations, documents, spans
from nmt_rag.answering import ChatModel, Conversation, Options, Said, conversation, messages, windows
from nmt_rag.answering import search as retrieval
from nmt_rag.answering import writer as generation
from nmt_rag.citations import Verification
from nmt_rag.documents import (
    OWN_MEGABYTES,
    OWN_SECONDS,
    Failure,
    FileReader,
    Namer,
    Note,
    Source,
    intake,
    passages,
    splitting,
)
from nmt_rag.errors import IndexLockedError, IndexNotFoundError, NmtRagError
from nmt_rag.index import Check, Index, Memory, filters
from nmt_rag.index import packaged as corpora
from nmt_rag.models import Encoder, Reader, load_encoder
from nmt_rag.progress import counted, counter
from nmt_rag.types import Abstention, Answer, Citation, Document, Hit

_T = TypeVar("_T")

MOMENTS = 20
"""How often a question is asked again because the index changed under it; commits come a few times a second at most."""
WAIT_FOR_FIRST_BUILD = 60.0
"""How long a process waits while another builds the packaged index for the first time (seconds)."""
ANSWER_SIZE = 20_000
"""What an answer with its hits takes up in the memory of answers, in characters: two hundred are remembered."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the documents that were handed to `Rag.add`: their ids, and the files that failed.

    ``notes`` say what was left out of files that were read, such as scanned pages.
    """

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[Failure, ...]
    notes: tuple[Note, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a dictionary that JSON can hold."""
        return dataclasses.asdict(self)


class Rag:
    """An index and its encoder. Many threads may ask at once; use it as a context manager, or call `close`.

    The one of the packaged page (``packaged``) holds that page and nothing else: `add` and `remove` refuse.
    """

    def __init__(
        self, index: Index, encoder: Encoder | None, *, packaged: bool = False, reader: Reader | None = None
    ) -> None:
        self.index = index
        self.encoder = encoder
        self.packaged = packaged
        self.reader = reader
        self._answers = Memory()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the index."""
        self.close()

    def close(self) -> None:
        """Let go of the index's files."""
        self.index.close()

    @spans.traced("nmt_rag.ask")
    def ask(
        self,
        question: str,
        *,
        where: Mapping[str, Any] | None = None,
        language: str | None = None,
        model: ChatModel | None = None,
        least_confidence: float | None = None,
        earlier: Sequence[str] = (),
    ) -> Answer:
        """Answer a question with exact quotes, or abstain; see `nmt_rag.answering.answer.ask`.

        A question that is asked again is answered from memory until the index changes.

        Args:
            question: in Swedish or English.
            where: only use passages that this filter lets through; see `nmt_rag.index.parse`.
            language: ``"sv"`` or ``"en"`` for the frame around the quotes; by default the question's own.
            model: a LangChain chat model that words the answer; see `nmt_rag.answering.writing.writer`. Nothing is sent
                to one unless it is given here.
            least_confidence: how sure an answer must be, in [0, 1]; by default what keeps wrong answers rare. What lies
                below that is marked as uncertain (``Answer.uncertain``).
            earlier: the questions asked before it, oldest first, from which one that points back is understood; see
                `nmt_rag.answering.conversation`.

        Raises:
            TypeError: the question is no string, or ``earlier`` no list of them.
            ValueError: the language is another one, the filter is not understood, or ``least_confidence`` lies outside
                of [0, 1].
            GenerationError: the model failed.
        """
        filters.parse(where)  # also where nothing is searched, as for an empty question
        if model is not None:
            options = self._options(where, language, least_confidence)
            before = conversation.checked(earlier)
            return generation.ask(self.index, self.encoder, question, model, earlier=before, **options)
        return self.ask_with_hits(
            question, where=where, language=language, least_confidence=least_confidence, earlier=earlier
        )[0]

    def conversation(self) -> Conversation:
        """Return a conversation: its `ask` understands each question from those before it."""
        return Conversation(self)

    def ask_many(
        self,
        questions: Iterable[str],
        *,
        where: Mapping[str, Any] | None = None,
        language: str | None = None,
        least_confidence: float | None = None,
        progress: bool = False,
    ) -> list[Answer]:
        """Answer some questions, in their order; see `ask`.

        Args:
            questions: in Swedish or English.
            where: only use passages with these field values.
            language: of the frames around the quotes.
            least_confidence: how sure an answer must be.
            progress: count the questions on stderr, where that is a terminal.
        """
        if isinstance(questions, str):
            raise TypeError("ask_many takes several questions, got one str; use ask")
        return [
            self.ask(question, where=where, language=language, least_confidence=least_confidence)
            for question in counted(list(questions), "Answering", "questions", wanted=progress)
        ]

    async def aask(
        self,
        question: str,
        *,
        where: Mapping[str, Any] | None = None,
        language: str | None = None,
        model: ChatModel | None = None,
        least_confidence: float | None = None,
        earlier: Sequence[str] = (),
    ) -> Answer:
        """Do what `ask` does in a thread of its own, so that an event loop goes on."""
        return await asyncio.to_thread(
            self.ask,
            question,
            where=where,
            language=language,
            model=model,
            least_confidence=least_confidence,
            earlier=earlier,
        )

    def ask_with_hits(
        self,
        question: str,
        *,
        where: Mapping[str, Any] | None = None,
        language: str | None = None,
        least_confidence: float | None = None,
        earlier: Sequence[str] = (),
    ) -> tuple[Answer, list[Hit]]:
        """Return the answer to a question and the hits it was chosen from, best first, for showing how it was found.

        It takes and raises what `ask` does.
        """
        before = conversation.checked(earlier)
        key = question, filters.parse(where), language, least_confidence, before

        def work() -> tuple[Answer, list[Hit]]:
            generation = self.index.generation
            if (known := self._answers.recall(generation, key)) is not None:
                return cast(tuple[Answer, list[Hit]], known)
            options = self._options(where, language, least_confidence)
            answer, hits = conversation.ask_with_hits(self.index, self.encoder, question, earlier=before, **options)
            found = self._told_empty(answer), hits
            self._answers.keep(generation, key, found, ANSWER_SIZE)
            return found

        return self.at_one_moment(work)

    def ask_stream(
        self,
        question: str,
        *,
        where: Mapping[str, Any] | None = None,
        language: str | None = None,
        model: ChatModel | None = None,
        least_confidence: float | None = None,
        earlier: Sequence[str] = (),
    ) -> Iterator[Said | Answer]:
        """Yield each sentence of an answer as soon as it is proven, and last the `Answer` that `ask` returns.

        It takes and raises what `ask` does; see `nmt_rag.answering.writing.writer.stream`.
        """
        filters.parse(where)
        if model is None:
            return generation.read_out(
                self.ask(question, where=where, language=language, least_confidence=least_confidence, earlier=earlier)
            )
        options = self._options(where, language, least_confidence)
        before = conversation.checked(earlier)
        return generation.stream(self.index, self.encoder, question, model, earlier=before, **options)

    def _options(
        self, where: Mapping[str, Any] | None, language: str | None, least_confidence: float | None
    ) -> Options:
        """Return what answering is told besides the question."""
        return {
            "reader": self.reader,
            "where": where,
            "language": language,
            "least_confidence": least_confidence,
            "careful": self.packaged,
        }

    def widened(self, answer: Answer, *, window: int) -> Answer:
        """Return an answer whose citations' ``prefix`` and ``suffix`` hold whole passages, as prompts and people want.

        Args:
            answer: what `ask` returned; a citation whose source has changed since stays as it is.
            window: how many passages before and after a quote, as far as they stand in its section.

        Raises:
            TypeError: the window is no whole number.
            ValueError: it is below 0 or too wide.
        """
        return windows.answer_with_text(self.index, answer, windows.checked(window))

    @spans.traced("nmt_rag.search")
    def search(self, query: str, *, k: int = 10, where: Mapping[str, Any] | None = None, window: int = 0) -> list[Hit]:
        """Return the ``k`` passages nearest to a query, best first; see `nmt_rag.answering.search.search`.

        Args:
            query: a question or some words, in Swedish or English.
            k: how many at most.
            where: only passages that this filter lets through; see `nmt_rag.index.parse`.
            window: how many passages around each its hit's ``before`` and ``after`` hold, within its section.

        Raises:
            TypeError: the query is no text, or ``k`` no whole number.
            ValueError: ``k`` is below 1, the filter is not understood, or the window is too wide.
        """
        windows.checked(window)
        return self.at_one_moment(
            lambda: windows.hits_with_text(
                self.index, retrieval.search(self.index, self.encoder, query, k=k, where=where), window
            )
        )

    async def asearch(
        self, query: str, *, k: int = 10, where: Mapping[str, Any] | None = None, window: int = 0
    ) -> list[Hit]:
        """Return what `search` does, without blocking: it runs in a thread."""
        return await asyncio.to_thread(self.search, query, k=k, where=where, window=window)

    def add(
        self,
        *sources: Source | Iterable[Source],
        actors: Namer = "reader",
        progress: bool = False,
    ) -> Report:
        """Add files, folders and documents; what has the id of a document in the index replaces it.

        Args:
            sources: paths of files and folders, documents, LangChain's documents (as its loaders give them), and lists
                or iterators of these; see `nmt_rag.documents.intake`.
            actors: what names who acts in each passage: the packaged reader, or rules, which are quicker and
                more often wrong.
            progress: count the documents that are settled on stderr, where that is a terminal; see `nmt_rag.progress`.

        Raises:
            TypeError: a source is something else.
            ValueError: ``actors`` is neither.
            NmtRagError: this is the packaged page.
            CorpusError: a path does not exist, or a folder holds no document; nothing is added then.
            IndexLockedError: another process is writing to the index.
        """
        self._refuse_change("add to it")
        split = splitting(actors)
        failed: list[Failure] = []
        notes: list[Note] = []

        def good(read: Iterator[Document | Failure | Note]) -> Iterator[Document]:
            for found in read:
                if isinstance(found, Failure):
                    failed.append(found)
                elif isinstance(found, Note):
                    notes.append(found)
                else:
                    yield found

        with (
            FileReader(seconds=OWN_SECONDS, megabytes=OWN_MEGABYTES, yielding=False) as reader,
            counter("Indexing", "documents", wanted=progress, at_once=True) as bar,
        ):
            added = self.index.add(
                good(intake.read(sources, draft=reader.draft)),
                split=split,
                progress=bar.update,
            )
        return Report(added.added, added.replaced, added.unchanged, tuple(failed), tuple(notes))

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
        """Return what became of each citation of a saved answer, in order."""
        return citations.recheck(answer, self.index.document, self._holding)

    def verify_quote(self, quote: str, *, document_id: str | None = None) -> Verification:
        """Tell whether a quote stands in the sources, letter for letter, and where.

        The verdict is ``exact`` where it stands in the document (without one: in any), ``elsewhere`` where only
        another document has it, ``altered`` where the nearest place differs, else ``absent``.

        Args:
            quote: the text to look for.
            document_id: the document that it is said to come from; None for any.
        """
        return self.at_one_moment(lambda: self._verified(quote, document_id))

    def at_one_moment(self, work: Callable[[], _T]) -> _T:
        """Return what some work on the index finds, done again where the index changed meanwhile.

        A place that was found in one generation is no place in the next one's text.

        Raises:
            IndexLockedError: the index changed each of `MOMENTS` times.
        """
        for _ in range(MOMENTS):
            generation = self.index.generation
            try:
                found = work()
            except (LookupError, ValueError):  # what was found is gone, or its place lies outside of the new text
                if self.index.generation == generation:
                    raise
            else:
                if self.index.generation == generation:
                    return found
        raise IndexLockedError(f"the index {self.index.path} changes all the time; ask again when the writer is done")

    def info(self) -> dict[str, Any]:
        """Return what the index holds and how it was built."""
        return {
            "path": str(self.index.path),
            "documents": self.index.n_documents,
            "passages": self.index.n_passages,
            "encoder": self.index.fingerprint,
            "generation": self.index.generation,
        }

    def _told_empty(self, answer: Answer) -> Answer:
        """Return an answer that says, where it found nothing because the index holds nothing, that it does."""
        if answer.abstention is None or answer.abstention.reason != "no_evidence" or self.index.n_documents:
            return answer
        message = messages.empty_index(answer.language)
        return replace(answer, text=message, abstention=Abstention("no_evidence", message))

    def _refuse_change(self, what: str) -> None:
        if self.packaged:
            raise NmtRagError(
                f"the packaged page is as it is, nobody can {what}; make an index of your own: "
                'nmt_rag.open("my-index", create=True)'
            )

    def _verified(self, quote: str, document_id: str | None) -> Verification:
        said = Citation(1, document_id or "", "", "", (), "", quote, 0, 0, "")
        near = list(self._holding(said)) if document_id is None else []
        document = next((one for one in near if quote in one.text), near[0] if near else None)
        if document_id is not None:
            document = self.document(document_id)
        if document is not None:
            start = max(document.text.find(quote), 0)
            said = replace(said, document_id=document.id, start=start, end=start + len(quote))
        return citations.verify(said, document, self._holding(said))

    def _holding(self, citation: Citation) -> Iterator[Document]:
        """Yield the documents that may hold a quote now: those that its words find."""
        hits = retrieval.search(self.index, None, citation.quote, k=50) if citation.quote.strip() else []
        for document_id in dict.fromkeys(hit.document_id for hit in hits):
            document = self.index.document(document_id)
            if document is not None and document_id != citation.document_id:
                yield document


def open_rag(
    path: Path | str | Sequence[Path | str] | None = None,
    *,
    encoder: Encoder | str | None = "default",
    create: bool = False,
) -> Rag:
    """Open an index, or without a path the packaged page, whose index is built on first use.

    Args:
        path: the index folder, or an address such as ``qdrant://localhost:6333/texter``
        (`nmt_rag.index.engines.opening`);
            a list of several to ask them as one, see `nmt_rag.several`.
        encoder: ``"default"`` for the packaged one (an index that holds words only is opened without), the name or
            path of a sentence-transformers model, an encoder of your own, or None (or ``"none"``) to use words only.
        create: make the index if there is none at ``path``.

    Raises:
        IndexNotFoundError: there is no index at ``path``.
        IndexMismatchError: the index was built with another encoder.
        IndexDamagedError: its database is broken.
        EncodingError: the encoder cannot be loaded.
    """
    if path is None:
        return _open_packaged(load(encoder))
    if not isinstance(path, str | Path):
        from nmt_rag import several  # it opens each of them with this function

        return several.open_several(path, encoder=encoder)
    try:
        index = Index.open(path, encoder=None)  # first: a model may take long to load
    except IndexNotFoundError:
        if not create:
            raise
        return _created(path, load(encoder))
    if encoder is None or (encoder == "default" and index.fingerprint is None):
        return Rag(index, None)
    index.close()
    loaded = load(encoder)
    return Rag(Index.open(path, encoder=loaded), loaded)


def _created(path: Path | str, encoder: Encoder | None) -> Rag:
    """Make an index, or open the one that another process has made meanwhile."""
    try:
        return Rag(Index.create(path, encoder=encoder), encoder)
    except NmtRagError:
        try:
            return Rag(Index.open(path, encoder=encoder), encoder)
        except IndexNotFoundError:
            pass
        raise


def load(encoder: Encoder | str | None) -> Encoder | None:
    """Return an encoder by its name, or as it is; None for words only."""
    if encoder == "none":
        return None
    return load_encoder(encoder) if isinstance(encoder, str) else encoder


def _open_packaged(encoder: Encoder | None) -> Rag:
    """Open the index of the packaged corpus; build it, or bring it up to date, where that is needed.

    Where its place cannot be written it is built in a temporary folder, for this process alone.
    """
    pages = [page for page in documents.load(_pages()) if isinstance(page, Document)]
    path = corpora.default_index_path(encoder.fingerprint if encoder else None)
    try:
        return _up_to_date(path, encoder, pages)
    except NmtRagError as error:
        if isinstance(error, IndexLockedError) or not isinstance(error.__cause__, OSError):
            raise
    folder = tempfile.TemporaryDirectory(prefix="nmt-rag-", ignore_cleanup_errors=True)
    rag = _up_to_date(Path(folder.name), encoder, pages)
    weakref.finalize(rag, folder.cleanup)
    return rag


def _up_to_date(path: Path, encoder: Encoder | None, pages: Sequence[Document]) -> Rag:
    """Open an index of some pages and of nothing else, made where there is none."""
    deadline = time.monotonic() + WAIT_FOR_FIRST_BUILD
    while True:
        try:
            rag = open_rag(path, encoder=encoder, create=True)
            try:
                _bring_up_to_date(rag.index, pages)
            except BaseException:
                rag.close()
                raise
            return Rag(rag.index, rag.encoder, packaged=True)
        except IndexLockedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _bring_up_to_date(index: Index, pages: Sequence[Document]) -> None:
    """Make an index hold some pages as this version of the library reads and splits them."""
    wanted = {page.id: page for page in pages}
    for document in list(index.documents()):
        page = wanted.get(document.id)
        if page != document or passages.split(document) != index.passages(document.id):
            index.remove(document.id)
    if len(wanted) != index.n_documents:
        index.add(pages)


def _pages() -> list[Path]:
    """Return the files of the packaged corpus."""
    return sorted(page for page in corpora.packaged_corpus().glob("*.md") if page.name != "README.md")
