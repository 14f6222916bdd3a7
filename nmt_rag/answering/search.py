"""Question → hits: search by embedding and by words, fused into one deterministic ranking (docs/retrieval.md)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import SupportsIndex

from nmt_rag import swedish
from nmt_rag.answering import fusion
from nmt_rag.answering import question as questions
from nmt_rag.answering.fusion import Ranking, Signs
from nmt_rag.answering.question import Question
from nmt_rag.index import Index, Where, filters
from nmt_rag.models import Encoder
from nmt_rag.swedish import terms
from nmt_rag.types import Hit, Passage

CANDIDATES = 200
"""How many passages each of the two searches hands to the fusion, at least."""
DOCUMENTS = 50
"""At most this many documents are searched for by the words of their whole texts, where there are several."""


def search(
    index: Index,
    encoder: Encoder | None,
    query: str | Question,
    *,
    k: int = 10,
    where: Where | None = None,
    dense_share: float | None = None,
) -> list[Hit]:
    """Return the ``k`` best passages for a query, best first; equal scores stand in the order of the index.

    Args:
        index: where to search.
        encoder: the encoder that the index was built with, or None to search by words alone.
        query: a question or some words, in Swedish or English.
        k: how many hits at most; at least 1.
        where: only passages that this filter lets through; see `nmt_rag.index.parse`.
        dense_share: the weight of the embedding in [0, 1], for comparing searches; by default what is fitted to the
            question.

    Raises:
        TypeError: ``k`` is no whole number, or the query is no text.
        ValueError: ``k`` is below 1, or the filter is not understood.
    """
    k = checked(k)
    if not isinstance(query, str | Question):
        raise TypeError(f"the query is text, got {type(query).__name__}")
    if where is not None:
        where = filters.parse(where)  # also where nothing is searched, as for an empty query
    question = questions.understand(query) if isinstance(query, str) else query
    if not swedish.words(question.text):
        return []
    pool = max(CANDIDATES, 2 * k)
    dense = index.search_dense(encoder.encode_query(question.text), pool, where=where) if encoder else []
    lexical, whole = found_by_words(index, question, pool, where)
    if dense and dense_share is not None and dense_share >= 1.0:
        lexical, whole = [], {}
    seeks_actor = question.seeks == "actor"
    if dense and dense_share is None:
        weights = fusion.fitted_weights(signs(index, question, dense, lexical))
    else:
        weights = fusion.plain_weights((dense_share or 0.0) if dense else 0.0, seeks_actor=seeks_actor)
    scores = fusion.fuse(dense, lexical, weights.dense, weights.near)
    places = index.places(list(scores))
    known = {number: score for number, score in scores.items() if number in places}  # another process may remove some
    ranked = fusion.with_document_evidence(known, places, seeks_actor=seeks_actor, whole=whole, weights=weights)
    return _hits(index, question, ranked[:k], dense, lexical)


def found_by_words(
    index: Index, question: Question, pool: int, where: Where | None
) -> tuple[Sequence[tuple[int, float]], Mapping[str, float]]:
    """Return the best ``pool`` passages by words with their scores, and the best documents, where there are several."""
    several = index.has_several_documents
    own = swedish.tokens(" ".join(question.subject) or question.swedish)
    pairs = swedish.pairs(question.swedish)
    same = _tokens(terms.synonyms, question)
    topics = _tokens(terms.topics, question) if several and question.seeks else []
    lesser = frozenset(same).difference(own, topics) if several else frozenset()
    lexical = index.search_lexical([*own, *same, *topics, *pairs], pool, where=where, lesser=lesser)
    return lexical, dict(index.search_documents(own, DOCUMENTS)) if several else {}


def signs(index: Index, question: Question, dense: Ranking, lexical: Ranking) -> Signs:
    """Return what two searches of an index tell of which of them finds what a question asks for."""
    best = [ranking[0][0] if ranking else None for ranking in (lexical, dense)]
    passages = index.passages_by_id([number for number in best if number is not None])
    stems = _stems(question)
    by_words, nearest = [_share_in(stems, passages.get(number)) if number is not None else 0.0 for number in best]
    return Signs(
        matched_by_words=by_words,
        matched_nearest=nearest,
        lead_by_words=fusion.lead(lexical),
        lead_nearest=fusion.lead(dense),
        seeks_actor=question.seeks == "actor",
        english=question.language == "en",
    )


def _stems(question: Question) -> dict[str, str]:
    """Return the words of a question's subject by their stems."""
    return {swedish.stem(word): word for word in question.subject}


def _share_in(stems: Mapping[str, str], passage: Passage | None) -> float:
    """Return the share of some stems that stand in a passage."""
    return len(_present(stems, passage)) / max(1, len(stems)) if passage else 0.0


def _present(stems: Mapping[str, str], passage: Passage) -> tuple[str, ...]:
    """Return the words whose stems stand in a passage."""
    present = {swedish.stem(word) for word in swedish.words(passage.text)}
    return tuple(word for stem, word in stems.items() if stem in present)


def checked(k: SupportsIndex, name: str = "k") -> int:
    """Return how many are wanted.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is below 1.
    """
    k = whole(k, name)
    if k < 1:
        raise ValueError(f"{name} is at least 1, got {k}")
    return k


def whole(value: SupportsIndex, name: str) -> int:
    """Return a whole number, also NumPy's, as Python's.

    Raises:
        TypeError: it is none; a truth value is none.
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(f"{name} is a whole number, got {value!r}")
    return number


def _tokens(related: Callable[[str], Sequence[str]], question: Question) -> list[str]:
    """Return the tokens of the words that are related to those of a question."""
    found = " ".join(other for word in question.subject for other in related(word))
    return swedish.tokens(found) if found else []


def _hits(
    index: Index,
    question: Question,
    ranked: Sequence[tuple[int, float]],
    dense: Sequence[tuple[int, float]],
    lexical: Sequence[tuple[int, float]],
) -> list[Hit]:
    """Return the ranked passages as hits, with what each search said of them."""
    dense_places = {number: (rank, score) for rank, (number, score) in enumerate(dense, 1)}
    lexical_places = {number: (rank, score) for rank, (number, score) in enumerate(lexical, 1)}
    stems = _stems(question)
    passages = index.passages_by_id([number for number, _ in ranked])
    sources = index.sources(list({passage.document_id for passage in passages.values()}))
    hits = []
    for rank, (number, score) in enumerate(((n, s) for n, s in ranked if n in passages), 1):
        passage = passages[number]
        title, url = sources.get(passage.document_id, ("", ""))
        hits.append(
            Hit(
                rank=rank,
                score=score,
                document_id=passage.document_id,
                passage=passage,
                title=title,
                url=url,
                dense_rank=dense_places.get(number, (None, None))[0],
                dense_score=dense_places.get(number, (None, None))[1],
                lexical_rank=lexical_places.get(number, (None, None))[0],
                lexical_score=lexical_places.get(number, (None, None))[1],
                matched=_present(stems, passage),
            )
        )
    return hits
