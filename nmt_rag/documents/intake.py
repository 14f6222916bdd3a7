"""What is handed to `Rag.add` → documents: paths, documents, LangChain's loaders and their documents, and lists.

A LangChain document is known by its ``page_content`` and ``metadata``; the package is not imported. Its id is its own,
else its ``source``, as loaders name the file or address. Pages that a loader yields one by one become one document
again, so that a sentence may go on over the page. What a text splitter took apart stays apart: index what was whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from nmt_rag.documents import loading
from nmt_rag.documents.decoding import normalize, plain_values
from nmt_rag.documents.fields import made
from nmt_rag.documents.formats import FileDraft
from nmt_rag.documents.loading import Failure, Note
from nmt_rag.errors import CorpusError
from nmt_rag.types import Document

_OF_A_PAGE = ("page", "page_label")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})([-_].*)?")
_PAGE_BREAK = "\n\n"


@runtime_checkable
class LoadedDocument(Protocol):
    """A text with metadata, as LangChain's loaders yield it."""

    id: str | None
    page_content: str
    metadata: dict[Any, Any]


@runtime_checkable
class Loader(Protocol):
    """What yields such documents, as LangChain's loaders do."""

    def lazy_load(self) -> Iterator[LoadedDocument]:
        """Yield them one at a time."""
        ...


TextSource = Path | str | Document | LoadedDocument | Loader


def read(
    sources: Iterable[TextSource | Iterable[TextSource]], *, draft: Callable[[Path], FileDraft] | None = None
) -> Iterator[Document | Failure | Note]:
    """Return the documents that sources hold, and what failed; what is wrong with a list is told before any is read.

    Args:
        sources: paths of files and folders, documents, LangChain documents, and lists or iterators of them; iterators
            are read as the documents are taken.
        draft: reads a file that has to be parsed; see `nmt_rag.documents.load`.

    Raises:
        TypeError: a source is something else.
        CorpusError: a path does not exist, or a folder holds no document.
    """
    told: list[TextSource | Iterator[Any]] = list(_flat(sources))
    load = partial(loading.load, draft=draft)
    paths = {Path(one): one for one in told if isinstance(one, str | Path)}  # one that is given twice is read once
    return _read(told, load(list(paths.values())), load)


def _flat(sources: Iterable[Any]) -> Iterator[Any]:
    """Yield the sources of lists in lists; iterators are left whole."""
    for source in sources:
        if isinstance(source, Path | str | Document | LoadedDocument | Iterator):
            yield source
        elif isinstance(source, Loader) and not isinstance(source, type):
            yield iter(source.lazy_load())
        elif isinstance(source, Iterable) and not isinstance(source, Mapping | bytes):
            yield from _flat(source)
        else:
            raise TypeError(
                f"a source is a path, a Document, a LangChain document or a list of them, got {type(source).__name__}"
            )


def _read(
    told: list[Any],
    loaded: Iterator[Document | Failure | Note],
    load: Callable[[Path], Iterator[Document | Failure | Note]],
) -> Iterator[Document | Failure | Note]:
    """Yield documents, those of LangChain, what was loaded of paths, and last what iterators give.

    Args:
        told: the sources, without lists.
        loaded: what the paths among them hold.
        load: reads a path that an iterator gives.
    """
    taken: Counter[str] = Counter()
    yield from (one for one in told if isinstance(one, Document))
    yield from _converted((one for one in told if isinstance(one, LoadedDocument)), taken)
    yield from loaded
    for iterator in (one for one in told if isinstance(one, Iterator)):
        for kind, run in groupby(_unrolled(iterator), _kind):
            if kind is LoadedDocument:
                yield from _converted(run, taken)
            else:
                yield from run if kind is Document else (found for path in run for found in load(path))


def _kind(source: Any) -> type:  # noqa: ANN401 - any source
    return next((kind for kind in (Document, LoadedDocument) if isinstance(source, kind)), Path)


def _unrolled(iterator: Iterator[Any]) -> Iterator[Any]:
    for one in _flat(iterator):
        if isinstance(one, Iterator):
            yield from _unrolled(one)
        else:
            yield one


def _converted(loaded: Iterable[LoadedDocument], taken: Counter[str]) -> Iterator[Document | Failure]:
    """Yield the documents of LangChain's, pages joined; of two with one id the second gets another."""
    pages: list[LoadedDocument] = []
    for one in loaded:
        if pages and not _goes_on(pages[-1], one):
            yield _document(pages, taken)
            pages = []
        pages.append(one)
    if pages:
        yield _document(pages, taken)


def _goes_on(page: LoadedDocument, following: LoadedDocument) -> bool:
    """Tell whether one text is a later page of the same file as another, and neither is a piece of a page."""
    source = page.metadata.get("source")
    numbers = _page(page), _page(following)
    whole = not any("start_index" in one.metadata for one in (page, following))
    same = source is not None and source == following.metadata.get("source") and page.id is following.id is None
    return whole and same and numbers[0] is not None and numbers[1] is not None and numbers[0] < numbers[1]


def _page(one: LoadedDocument) -> int | None:
    """Return a page's number, from 0, or None where a text is no page."""
    number = one.metadata.get("page")
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 100_000 else None


def _document(pages: list[LoadedDocument], taken: Counter[str]) -> Document | Failure:
    """Return the document of LangChain's pages, in NFC, with where each of them begins; a `Failure` where it is none.

    Args:
        pages: in order, at least one.
        taken: how often each id was given; the document's is counted.
    """
    first = pages[0]
    source = str(first.metadata.get("source") or "")
    name = str(first.id or first.metadata.get("document_id") or source or "text")
    taken[name] += 1
    document_id = name if taken[name] == 1 else f"{name}#{taken[name]}"
    text = ""
    starts: list[int] = []
    for page in pages:
        content = normalize(page.page_content)
        text += _PAGE_BREAK if text and content else ""
        number = _page(page)
        if number is not None:  # LangChain's loaders count from 0; an empty page begins where the next one does
            starts += [len(text)] * (number + 1 - len(starts))
        text += content
    fields = {str(key): value for key, value in first.metadata.items() if len(pages) == 1 or key not in _OF_A_PAGE}
    language = _LANGUAGE.fullmatch(str(fields.pop("language", "")))
    address = source if source.startswith(("http://", "https://")) else ""
    try:
        told = language[1] if language else ""
        plain = plain_values({"url": address, **fields, "id": document_id, "language": told})
        (text,) = plain_values({"text": text}).values()  # refuses half a surrogate pair
        return made(plain, text, document_id, pages=tuple(starts))
    except CorpusError as error:
        return Failure(document_id, f"{document_id}: {error}")
