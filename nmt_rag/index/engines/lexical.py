"""Lexical search: BM25 over our own tokens, in a tantivy index on disk or in memory.

The tokens come ready-made from `nmt_rag.swedish`; tantivy only splits them at spaces. Queries are built term by term
and never parsed, so no character of a question has a meaning of its own. k1 = 1.2, b = 0.75 (tantivy's, as in Lucene).
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import tantivy
from tantivy import Occur, Query

from nmt_rag import swedish
from nmt_rag.index.conditions import All, Either, Equal, Filter, Not
from nmt_rag.index.engines.ranking import (
    BM25_DECIMALS,
    BOOSTS,
    LESSER_SHARE,
    checked_boosts,
    k_best,
    searched_tokens,
)

_WRITER_BYTES = 32_000_000
"""tantivy's memory for passages that are not yet written to disk."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is searched of one passage: tokens per field of `BOOSTS`, and the keys that filters ask for."""

    id: int
    text: Sequence[str]
    heading: Sequence[str]
    around: Sequence[str]
    filters: Sequence[str]


class Lexical:
    """Passages under integer ids, found by their tokens. Many threads may search while one writes.

    `add` and `remove` show in searches after `commit`. Use `create` or `open`.
    """

    def __init__(self, index: Any) -> None:  # noqa: ANN401 - tantivy is untyped
        index.config_reader(reload_policy="manual")  # or a thread watches the folder and makes lock files in it
        self._index = index
        self._searcher = index.searcher()
        self._writer: Any = None

    @classmethod
    def create(cls, folder: Path | None) -> Self:
        """Return an empty index in an existing empty folder, or in memory."""
        return cls(tantivy.Index(_SCHEMA, path=None if folder is None else str(folder), reuse=False))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Return the index of a folder, whose files the caller has checked.

        tantivy makes lock files even to read (https://github.com/quickwit-oss/tantivy/issues/1837); in a folder that
        cannot be written it is given a temporary folder of links instead.

        Raises:
            ValueError: the folder holds no index of this kind.
            OSError: the folder cannot be read.
        """
        if os.access(folder, os.W_OK):
            return cls(tantivy.Index.open(str(folder)))
        mirror = tempfile.mkdtemp(prefix="nmt-rag-")
        try:
            for file in folder.iterdir():
                if file.suffix != ".lock":
                    _link(file.resolve(), Path(mirror, file.name))
            lexical = cls(tantivy.Index.open(mirror))
        except BaseException:
            shutil.rmtree(mirror, ignore_errors=True)
            raise
        weakref.finalize(lexical, shutil.rmtree, mirror, ignore_errors=True)
        return lexical

    def __len__(self) -> int:
        """Return the number of committed passages."""
        return int(self._searcher.num_docs)

    def ids(self) -> list[int]:
        """Return the ids of the committed passages, ascending."""
        found = self._searcher.search(Query.all_query(), max(1, len(self)), count=False).hits
        return sorted(self._searcher.fast_field_values("id", [address for _, address in found]))

    def postings(self, field: str) -> Iterator[tuple[str, list[int]]]:
        """Yield every token of a field, or every key of ``filter``, with the ids of the committed passages it is in."""
        terms: list[tuple[str, int]] = self._searcher.terms_with_prefix(field, "")
        for term, n_passages in terms:  # removed passages are counted, too
            query = Query.term_query(_SCHEMA, field, term, index_option="freq" if field in BOOSTS else "basic")
            found = self._searcher.search(query, n_passages, count=False).hits
            if found:
                yield term, self._searcher.fast_field_values("id", [address for _, address in found])

    def add(self, entry: Entry) -> None:
        """Add a passage under a new id. Raises as `commit` does."""
        fields = {field: " ".join(getattr(entry, field)) for field in BOOSTS}
        with _writing_errors():
            self._writing().add_document(tantivy.Document(id=entry.id, filter=list(entry.filters), **fields))

    def remove(self, ids: Iterable[int]) -> None:
        """Remove passages; unknown ids are passed over. Raises as `commit` does."""
        with _writing_errors():
            for passage_id in ids:
                self._writing().delete_documents_by_term("id", int(passage_id))

    def commit(self) -> None:
        """Write what was added and removed, and let searches see it. No file changes after it returns.

        Raises:
            OSError: tantivy could not write, most often because the disk is full.
        """
        if self._writer is not None:
            writer, self._writer = self._writer, None
            with _writing_errors():
                writer.commit()
                writer.wait_merging_threads()
            self._index.reload()
            self._searcher = self._index.searcher()

    def discard(self) -> None:
        """Forget what was added and removed since the last `commit`."""
        self._writer = None

    def search(
        self,
        tokens: Sequence[str],
        k: int,
        *,
        where: Filter | None = None,
        boosts: Mapping[str, float] | None = None,
        lesser: Collection[str] = (),
    ) -> list[tuple[int, float]]:
        """Return at most k ``(id, score)``, best first, ties by id; only passages with at least one of the tokens.

        Args:
            tokens: the question's, n-grams after their stem; each counts once, and `MAX_SEARCH_TOKENS` are searched.
            k: at least 1.
            where: a filter without comparisons; only passages that it lets through.
            boosts: the worth of each field, None for `BOOSTS`; 0 leaves a field out.
            lesser: those of the tokens that count `LESSER_SHARE` of the others.

        Raises:
            ValueError: k is below 1, or a boost names an unknown field.
        """
        boosts, searcher = checked_boosts(boosts), self._searcher
        query = _query(self._shares(searched_tokens(tokens), lesser), where, boosts)

        def nearest(n: int) -> Iterator[tuple[int, float]]:
            """Return the n best ids with their scores."""
            found = searcher.search(query, max(1, min(n, searcher.num_docs)), count=False).hits
            ids = searcher.fast_field_values("id", [address for _, address in found])
            return zip(ids, (score for score, _ in found), strict=True)

        return k_best(nearest, k, decimals=BM25_DECIMALS)

    def _shares(self, tokens: Sequence[str], lesser: Collection[str]) -> list[tuple[str, float]]:
        """Return what each token counts; n-grams count more after a stem that no passage has."""
        shares, known = [], True
        for token in tokens:
            if swedish.is_stem(token):
                known = self._searcher.doc_freq("text", token) > 0
            worth = LESSER_SHARE if token in lesser else 1.0
            shares.append((token, worth * swedish.share(token, known=known)))
        return shares

    def _writing(self) -> Any:  # noqa: ANN401 - tantivy's writer is untyped
        """Return the writer of the change that goes on, begun where needed."""
        if self._writer is None:
            self._writer = self._index.writer(_WRITER_BYTES, 1)
        return self._writer


def removed_share(folder: Path) -> float:
    """Return the share of passages in a folder that were removed but still count in tantivy's statistics."""
    segments = json.loads((folder / "meta.json").read_bytes())["segments"]
    removed = sum(segment["deletes"]["num_deleted_docs"] for segment in segments if segment["deletes"])
    return float(removed / max(1, sum(segment["max_doc"] for segment in segments)))


@contextmanager
def _writing_errors() -> Iterator[None]:
    """Raise tantivy's errors of writing, which are ValueErrors, as what they are."""
    try:
        yield
    except ValueError as error:
        raise OSError(errno.EIO, f"tantivy could not write: {error}") from error


def _link(source: Path, target: Path) -> None:
    try:
        os.symlink(source, target)
    except OSError:  # Windows without the right to make links
        shutil.copyfile(source, target)


def _schema() -> Any:  # noqa: ANN401
    """Return tantivy's description of an `Entry`."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_text_field("filter", tokenizer_name="raw", index_option="basic")
    for field in BOOSTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


_SCHEMA = _schema()


def _query(shares: Sequence[tuple[str, float]], where: Filter | None, boosts: Mapping[str, float]) -> Any:  # noqa: ANN401
    """Return the query: any of the tokens, each for its share, in any field, and what the filter lets through."""
    words = Query.boolean_query(
        [
            (
                Occur.Should,
                Query.boost_query(Query.term_query(_SCHEMA, field, token, index_option="freq"), boost * share),
            )
            for field, boost in boosts.items()
            if boost
            for token, share in shares
        ]
    )
    if where is None:
        return words
    return Query.boolean_query([(Occur.Must, words), (Occur.Must, Query.const_score_query(_let_through(where), 0.0))])


def _let_through(where: Filter) -> Any:  # noqa: ANN401
    """Return a filter as a query."""
    match where:
        case Equal():
            return Query.term_set_query(_SCHEMA, "filter", where.keys)
        case Not(part):
            return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, _let_through(part))])
        case All(parts):
            return Query.boolean_query([(Occur.Must, _let_through(part)) for part in parts])
        case Either(parts):
            return Query.boolean_query([(Occur.Should, _let_through(part)) for part in parts])
    raise ValueError(f"a comparison is no set of keys: {where}")
