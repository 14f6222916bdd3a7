"""Question → hits: search by embedding and by words, fused into one deterministic ranking.

The fusion is a convex combination of the two scores, each scaled to [0, 1] over the candidates, plus a share of the
best scores in the same document (docs/retrieval.md).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence

from nmt_rag import swedish
from nmt_rag.answering import question as questions
from nmt_rag.answering.question import Question
from nmt_rag.index import Index, Place, Where, filters
from nmt_rag.models import Encoder
from nmt_rag.swedish import terms
from nmt_rag.types import Hit

CANDIDATES = 200
"""How many passages each of the two searches hands to the fusion, at least."""
DENSE_WEIGHT = 0.6
"""The share of the embedding in the fused score of a Swedish question."""
DENSE_WEIGHT_ENGLISH = 0.75
"""The share of the embedding in the fused score of an English question, whose words the Swedish index mostly lacks."""
OPENING_PASSAGES = 6
"""How many passages are a document's opening, where a text says what it is about; those after it are raised the less,
the further down they stand."""
OPENING_SHARE = 2.0
"""How much a passage of the opening is raised where the question seeks an actor and several documents compete."""
DOCUMENT_PASSAGES = 8
"""At most this many of its best passages are the evidence of a document."""
DOCUMENT_DECAY = 0.8
"""What each further one of them counts, against the one before."""
DOCUMENT_SHARE = 0.15
"""How much the evidence of a whole document adds to the score of each of its passages."""
DOCUMENT_SHARE_ACTOR = 2.0
"""`DOCUMENT_SHARE` where the question seeks an actor."""
DOCUMENTS = 50
"""At most this many documents are searched for by the words of their whole texts, where there are several."""
WHOLE_SHARE = 0.5
"""How much the words of a whole document add to the score of each of its passages."""
WHOLE_SHARE_ACTOR = 0.2
"""`WHOLE_SHARE` where the question seeks an actor."""

_COUNTS = tuple(DOCUMENT_DECAY**place for place in range(DOCUMENT_PASSAGES))


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
        dense_share: the weight of the embedding in [0, 1], for comparing searches; by default the measured one.

    Raises:
        TypeError: ``k`` is no whole number, or the query is no text.
        ValueError: ``k`` is below 1, or the filter is not understood.
    """
    checked(k)
    if not isinstance(query, str | Question):
        raise TypeError(f"the query is text, got {type(query).__name__}")
    if where is not None:
        where = filters.parse(where)  # also where nothing is searched, as for an empty query
    question = questions.understand(query) if isinstance(query, str) else query
    if not swedish.words(question.text):
        return []
    pool = max(CANDIDATES, 2 * k)
    dense = index.search_dense(encoder.encode_query(question.text), pool, where=where) if encoder else []
    lexical, whole = _by_words(index, question, pool, where)
    if dense and dense_share is not None and dense_share >= 1.0:
        lexical, whole = [], {}
    scores = fuse(dense, lexical, _dense_share(question, dense_share) if dense else 0.0)
    places = index.places(list(scores))
    known = {number: score for number, score in scores.items() if number in places}  # another process may remove some
    ranked = with_document_evidence(known, places, seeks_actor=question.seeks == "actor", whole=whole)
    return _hits(index, question, ranked[:k], dense, lexical)


def _by_words(
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


def _dense_share(question: Question, wanted: float | None) -> float:
    """Return the weight of the embedding in [0, 1]: the one that is wanted, or the measured one of the language."""
    if wanted is not None:
        return wanted
    return DENSE_WEIGHT_ENGLISH if question.language == "en" else DENSE_WEIGHT


def checked(k: int, name: str = "k") -> int:
    """Return how many are wanted.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is below 1.
    """
    if not isinstance(k, int) or isinstance(k, bool):
        raise TypeError(f"{name} is a whole number, got {k!r}")
    if k < 1:
        raise ValueError(f"{name} is at least 1, got {k}")
    return k


def fuse(
    dense: Sequence[tuple[int, float]], lexical: Sequence[tuple[int, float]], dense_share: float
) -> dict[int, float]:
    """Return the fused score in [0, 1] of every passage that either search found.

    Each list's scores are scaled to [0, 1] between its worst and its best; a passage that a list lacks gets its 0.

    Args:
        dense: ``(passage_id, score)``, best first.
        lexical: the same of the words search.
        dense_share: the weight of ``dense`` in [0, 1]; the words get the rest.
    """
    fused: dict[int, float] = {}
    for ranking, share in ((dense, dense_share), (lexical, 1.0 - dense_share)):
        if not ranking:
            continue
        worst, best = ranking[-1][1], ranking[0][1]
        for number, score in ranking:
            scaled = (score - worst) / (best - worst) if best > worst else 1.0
            fused[number] = fused.get(number, 0.0) + share * scaled
    return fused


def _tokens(related: Callable[[str], Sequence[str]], question: Question) -> list[str]:
    """Return the tokens of the words that are related to those of a question."""
    found = " ".join(other for word in question.subject for other in related(word))
    return swedish.tokens(found) if found else []


def with_document_evidence(
    scores: Mapping[int, float],
    places: Mapping[int, Place],
    *,
    seeks_actor: bool,
    whole: Mapping[str, float] | None = None,
) -> list[tuple[int, float]]:
    """Return the passages best first, each score raised by what else its document has to say.

    The evidence of a document is the weighted mean of its best passages, and how well its words match as a whole. A
    question that seeks an actor («Vilken myndighet …?») is answered by a document more than by a sentence, and best by
    its opening. With a single document the order stays as it is. The results are in [0, 1].

    Args:
        scores: of the passages, by their ids, in [0, 1].
        places: where each of them stands.
        seeks_actor: whether the question asks who.
        whole: the best documents by the words of their whole texts, and their scores; None where that was not searched.
    """
    documents = {number: places[number].document_id for number in scores}
    if len(set(documents.values())) < 2:
        return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    opening = OPENING_SHARE if seeks_actor else 0.0
    raised = {
        number: score * (1 + opening * min(1.0, OPENING_PASSAGES / (places[number].ordinal + 1))) / (1 + opening)
        for number, score in scores.items()
    }
    by_document: dict[str, list[float]] = {}
    for number, score in raised.items():
        by_document.setdefault(documents[number], []).append(score)
    evidence = {
        document: sum(map(operator.mul, sorted(found, reverse=True), _COUNTS)) / sum(_COUNTS)
        for document, found in by_document.items()
    }
    share = DOCUMENT_SHARE_ACTOR if seeks_actor else DOCUMENT_SHARE
    total = {number: (score + share * evidence[documents[number]]) / (1 + share) for number, score in raised.items()}
    if whole:
        most, worth = max(whole.values()), WHOLE_SHARE_ACTOR if seeks_actor else WHOLE_SHARE
        total = {
            number: (score + worth * whole.get(documents[number], 0.0) / most) / (1 + worth)
            for number, score in total.items()
        }
    return sorted(total.items(), key=lambda item: (-item[1], item[0]))


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
    stems = {swedish.stem(word): word for word in question.subject}
    passages = index.passages_by_id([number for number, _ in ranked])
    sources = index.sources(list({passage.document_id for passage in passages.values()}))
    hits = []
    for rank, (number, score) in enumerate(((n, s) for n, s in ranked if n in passages), 1):
        passage = passages[number]
        title, url = sources.get(passage.document_id, ("", ""))
        present = {swedish.stem(word) for word in swedish.words(passage.text)}
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
                matched=tuple(word for stem, word in stems.items() if stem in present),
            )
        )
    return hits
