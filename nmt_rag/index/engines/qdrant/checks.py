"""What `Index.verify` proves of an index in Qdrant: quotes stand in their places, vectors, filters and counts agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from nmt_rag.index.adding import UNIT_TOLERANCE
from nmt_rag.index.checks import Check, run_check
from nmt_rag.index.conditions import document_keys, passage_keys
from nmt_rag.index.engines.lexical_folder import entries
from nmt_rag.index.engines.qdrant import bm25
from nmt_rag.index.engines.qdrant.bm25 import FIELDS
from nmt_rag.index.engines.qdrant.payloads import Collections, visible
from nmt_rag.index.engines.qdrant.points import EMBEDDING, WORDS, OneOf, Point, Sparse
from nmt_rag.index.engines.qdrant.truth import QdrantTruth, scrolled
from nmt_rag.index.engines.qdrant.writing.word_counts import DRIFT, counts_at, is_weighed, token_id
from nmt_rag.index.storage.rows import digest, parts_of, text_hash


def check(collections: Collections, truth: QdrantTruth) -> Iterator[Check]:
    """Yield every check with its outcome. It reads the whole index and changes nothing."""
    rebuild = "restore its snapshot, or build the index again from the documents"
    checks: list[tuple[str, Callable[[], str]]] = [
        ("generation", lambda: _generation(collections)),
        ("documents", lambda: _documents(collections, truth)),
        ("passages", lambda: _passages(collections, truth)),
        ("filters", lambda: _filters(collections, truth)),
        ("embeddings", lambda: _embeddings(collections, truth)),
        ("words", lambda: _words(collections, truth)),
    ]
    for name, first_fault in checks:
        yield run_check(name, rebuild, first_fault)


def _generation(at: Collections) -> str:
    moment = at.moment()
    where = visible(moment)
    n_documents, n_passages = at.documents.count(where), at.passages.count(where)
    if (n_documents, n_passages) != (moment.n_documents, moment.n_passages):
        return (
            f"{n_documents} documents and {n_passages} passages are there, "
            f"{moment.n_documents} and {moment.n_passages} were committed"
        )
    return ""


def _shown(at: Collections) -> Iterator[Point]:
    """Yield the points of the documents of now, few in memory at a time."""
    return scrolled(at.documents, visible(at.moment()), page=8)


def _documents(at: Collections, truth: QdrantTruth) -> str:
    for point in _shown(at):
        document = truth.document_of(point)  # checks the text's SHA-256
        if point.payload["digest"] != digest(document):
            return f"title, address, publisher, language, id or metadata of {document.id!r} is not what was added"
    return ""


def _passages(at: Collections, truth: QdrantTruth) -> str:
    for point in _shown(at):
        document = truth.document_of(point)
        passages = [passage for _, passage in truth.passages_of(int(point.id))]
        for passage in passages:
            if document.text[passage.start : passage.end] != passage.text or passage.document_id != document.id:
                return f"passage {passage.ordinal} of {document.id!r} is not the document's text at its offsets"
        if [p.ordinal for p in passages] != list(range(point.payload["n_passages"])):
            return f"the passages of {document.id!r} are not numbered one by one"
    return ""


def _filters(at: Collections, truth: QdrantTruth) -> str:
    for point in _shown(at):
        document, keys = truth.document_of(point), point.payload["keys"]
        if set(keys) != set(document_keys(document)):
            return f"the filters of {document.id!r} are not those of its fields"
        for kept in scrolled(at.passages, OneOf("document", (int(point.id),))):
            wanted = [*keys, *passage_keys(truth.passage_of(kept))]
            if kept.payload["keys"] != wanted or kept.payload["added"] != point.payload["added"]:
                return (
                    f"the filters of passage {kept.payload['ordinal']} of {document.id!r} are not those of its actors"
                )
    return ""


def _embeddings(at: Collections, truth: QdrantTruth) -> str:
    moment = at.moment()
    for point in scrolled(at.passages, visible(moment), vectors=[EMBEDDING] if moment.dim else []):
        if text_hash(truth.passage_of(point).context).hex() != point.payload["hash"]:
            return f"the embedding of passage {point.id} belongs to another text"
        if moment.dim and point.embedding is None:
            return f"passage {point.id} has no embedding"
        if point.embedding is not None and not abs(float(np.linalg.norm(point.embedding)) - 1) <= UNIT_TOLERANCE:
            return f"the embedding of passage {point.id} is not of unit norm"
    return ""


def _words(at: Collections, truth: QdrantTruth) -> str:
    """Count all words anew, and weigh every passage. It holds all tokens of the index in memory."""
    moment = at.moment()
    counted_now = moment.settled == moment.generation  # else a writer is at work, or was killed
    counted: dict[str, Counter[str]] = {name: Counter() for name in FIELDS}
    lengths: Counter[str] = Counter()
    numbers: dict[str, int] = {}
    for point in scrolled(at.documents, visible(moment), fields=["title", "id"], vectors=[WORDS], page=8):
        kept = {
            int(one.id): one.words
            for one in scrolled(at.passages, OneOf("document", (int(point.id),)), vectors=[WORDS])
        }
        rows = ((number, one, point.payload["title"], ()) for number, one in truth.passages_of(int(point.id)))
        for entry, document in entries(rows):
            fields = {"text": entry.text, "heading": entry.heading, "around": entry.around}
            texts = [(kept[entry.id], fields)]
            if document is not None:
                texts.append((point.words, {"document": document.text}))
            for words, text in texts:
                _learn(at, {token for tokens in text.values() for token in tokens}, numbers)
                made = bm25.weights(text, numbers, moment.averages)
                if words is None or not _alike(words, made, exactly=counted_now and is_weighed(moment)):
                    return f"the words of passage {entry.id} of {point.payload['id']!r} are not those of its text"
                for name, tokens in text.items():
                    counted[name].update(set(tokens))
                    lengths[name] += len(tokens)
    if counted_now and tuple(lengths[name] for name in FIELDS) != moment.totals.tokens:
        return "the words are not counted as they stand in the passages"
    for part in parts_of(numbers):
        points = at.words.retrieve([token_id(name) for name in part])
        for name in part:
            counts = tuple(counted[field][name] for field in FIELDS)
            if counted_now and counts_at(points[token_id(name)].payload, moment.settled) != counts:
                return f"the token {name!r} is not counted as it stands in the passages"
    return ""


def _learn(at: Collections, tokens: set[str], numbers: dict[str, int]) -> None:
    """Add the numbers of tokens that are not known yet; what has none has number 0, which no vector holds."""
    for part in parts_of([token for token in tokens if token not in numbers]):
        points = at.words.retrieve([token_id(name) for name in part], fields=["number"])
        for name in part:
            point = points.get(token_id(name))
            numbers[name] = 0 if point is None else int(point.payload["number"])


def _alike(kept: Sparse, made: Sparse, *, exactly: bool) -> bool:
    """Tell whether two sparse vectors are of the same tokens and, but for rounding and `DRIFT`, of the same weights."""
    order = np.argsort(kept.indices)
    if np.asarray(kept.indices, dtype=np.int64)[order].tolist() != made.indices:
        return False
    return not exactly or np.allclose(np.asarray(kept.values)[order], made.values, rtol=DRIFT)
