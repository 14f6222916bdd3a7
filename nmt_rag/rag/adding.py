"""Files, folders and documents → an index, with a report of what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from nmt_rag.documents import OWN_MEGABYTES, OWN_SECONDS, Failure, FileReader, Note, Source, intake
from nmt_rag.index import Index, Report
from nmt_rag.progress import counter
from nmt_rag.types import Document, Passage


def add_sources(
    index: Index,
    sources: Iterable[Source | Iterable[Source]],
    split: Callable[[Document], Sequence[Passage]] | None,
    *,
    progress: bool,
) -> Report:
    """Read sources and add what they hold to an index; see `nmt_rag.rag.Rag.add`.

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
            else:
                yield found

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
