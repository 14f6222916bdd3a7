"""Question → hits: the fusion by hand and by its properties, a document's evidence, and search over made-up texts."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag import swedish
from nmt_rag.answering import search as retrieval
from nmt_rag.answering.fusion import Signs, Weights, fitted_weights, fuse, lead, plain_weights, with_document_evidence
from nmt_rag.answering.question import understand
from nmt_rag.answering.search import search
from nmt_rag.index.index import Index
from nmt_rag.types import Document, Passage
from tests.fakes import ConceptEncoder

RANKINGS = st.dictionaries(st.integers(1, 40), st.floats(-1e6, 1e6), max_size=20).map(
    lambda scores: sorted(scores.items(), key=lambda item: (-item[1], item[0]))
)
SHARES = st.floats(0, 1)


def by_score(scores):
    """Return ids best first, ties by id."""
    return [number for number, _ in sorted(scores.items(), key=lambda item: (-item[1], item[0]))]


def test_fusion_by_hand():
    dense = [(7, 0.9), (3, 0.5), (5, 0.1)]  # scaled: 1, 0.5, 0
    lexical = [(5, 12.0), (7, 6.0), (9, 4.0)]  # scaled: 1, 0.25, 0
    assert fuse(dense, lexical, 0.4) == pytest.approx({7: 0.4 + 0.6 * 0.25, 3: 0.2, 5: 0.6, 9: 0.0})


@pytest.mark.parametrize(
    ("dense", "lexical", "share", "expected"),
    [
        ([], [], 0.4, {}),
        ([(1, 0.5)], [], 0.4, {1: 0.4}),  # one score is the best there is
        ([], [(1, 9.0), (2, 9.0)], 0.0, {1: 1.0, 2: 1.0}),
        ([(1, 0.5), (2, 0.3)], [(1, 3.0), (2, 5.0)][::-1], 0.5, {1: 0.5, 2: 0.5}),
        ([(1, -0.2), (2, -0.6)], [(2, 1.0)], 1.0, {1: 1.0, 2: 0.0}),
    ],
)
def test_fusion_of_small_rankings(dense, lexical, share, expected):
    assert fuse(dense, lexical, share) == pytest.approx(expected)


def test_nearness_by_hand():
    dense, lexical = [(7, 0.9), (3, 0.86), (5, 0.1)], [(5, 12.0), (7, 6.0), (9, 4.0)]
    fused = fuse(dense, lexical, 0.5, near=0.25)
    e = 2.718281828459045  # .04 below the nearest: e ** -1
    assert fused == pytest.approx(
        {7: (0.5 + 0.5 * 0.25 + 0.25) / 1.25, 3: (0.5 * 0.95 + 0.25 / e) / 1.25, 5: 0.5 / 1.25, 9: 0.0}, abs=1e-8
    )


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([], 0.0), ([3.0], 0.0), ([2.0, 2.0], 0.0), ([9.0, 1.0], 1.0), ([9.0, 8.0, 7.0, 5.0, 4.0, 1.0], 0.5)],
)
def test_the_lead_of_a_ranking_by_hand(scores, expected):
    assert lead(list(enumerate(scores))) == expected


def test_the_weights_of_a_question_by_hand():
    signs = Signs(0.5, 0.25, 1.0, 0.0, seeks_actor=True, english=False)
    fitted = {
        "dense": {"bias": 1.0, "matched_by_words": -2.0, "matched_nearest": 4.0, "lead_by_words": -1.0, "english": 9.0},
        "near": {"bias": 0.0},
        "document": {"bias": -1.0, "seeks_actor": 1.0},
        "whole": {"bias": 50.0},
    }
    softplus_0 = 0.6931471805599453
    assert fitted_weights(signs, fitted) == Weights(0.5, pytest.approx(softplus_0), pytest.approx(softplus_0), 50.0)


SIGNS = st.builds(Signs, SHARES, SHARES, SHARES, SHARES, seeks_actor=st.booleans(), english=st.booleans())


@given(SIGNS, SHARES)
def test_the_more_of_a_question_stands_in_a_text_the_more_its_words_count(signs, more):
    weights = fitted_weights(signs)
    assert 0 < weights.dense < 1
    assert min(weights.near, weights.document, weights.whole) > 0
    if more >= signs.matched_by_words:
        assert fitted_weights(replace(signs, matched_by_words=more)).dense <= weights.dense
        assert fitted_weights(replace(signs, english=True)).dense >= fitted_weights(replace(signs, english=False)).dense


@given(RANKINGS, RANKINGS, SHARES)
def test_fused_scores_lie_between_zero_and_one_for_all_that_was_found(dense, lexical, share):
    fused = fuse(dense, lexical, share)
    assert set(fused) == {number for number, _ in (*dense, *lexical)}
    assert all(0.0 <= score <= 1.0 + 1e-12 for score in fused.values())


@given(st.lists(st.integers(1, 99), min_size=1, max_size=20, unique=True), st.data(), SHARES)
def test_an_order_that_both_searches_agree_on_is_kept(ids, data, share):
    columns = st.lists(st.floats(-9, 9), min_size=len(ids), max_size=len(ids))
    rankings = [list(zip(ids, sorted(data.draw(columns), reverse=True), strict=True)) for _ in range(2)]
    fused = fuse(*rankings, share)
    scores = [fused[number] for number in ids]
    assert all(first >= second - 1e-12 for first, second in pairwise(scores))


@given(RANKINGS, RANKINGS, SHARES, st.floats(0.1, 10), st.floats(-100, 100))
def test_the_scale_of_a_search_does_not_matter(dense, lexical, share, factor, shift):
    rounded = [(number, round(score)) for number, score in lexical]
    moved = [(number, score * factor + shift) for number, score in rounded]
    assert fuse(dense, moved, share) == pytest.approx(fuse(dense, rounded, share), abs=1e-6)


@given(RANKINGS, RANKINGS)
def test_a_share_of_all_or_nothing_leaves_one_search(dense, lexical):
    assert by_score({n: s for n, s in fuse(dense, lexical, 1.0).items() if s > 0}) == by_score(
        {n: s for n, s in fuse(dense, [], 1.0).items() if s > 0}
    )
    assert {n: s for n, s in fuse(dense, lexical, 0.0).items() if s > 0} == {
        n: s for n, s in fuse([], lexical, 0.0).items() if s > 0
    }


def passages(*places):
    """Return passages by number, counted from 1, from their ``(document, ordinal)``."""
    return {i: Passage(document, ordinal, 0, 1, "x") for i, (document, ordinal) in enumerate(places, 1)}


def by_words(scores, places, *, seeks_actor, whole=None):
    """The passages as a search by words ranks them."""
    weights = plain_weights(0.0, seeks_actor=seeks_actor)
    return with_document_evidence(scores, places, seeks_actor=seeks_actor, weights=weights, whole=whole)


def test_a_single_document_keeps_its_scores_and_breaks_ties_by_number():
    scores = {3: 0.5, 1: 0.5, 2: 0.9}
    found = passages(("a", 0), ("a", 40), ("a", 2))
    for seeks_actor in (True, False):
        assert by_words(scores, found, seeks_actor=seeks_actor) == [(2, 0.9), (1, 0.5), (3, 0.5)]
    assert by_words({}, {}, seeks_actor=True) == []


def test_the_evidence_of_a_document_by_hand():
    # Eight passages count 1, 0.8, 0.64 …, together 4.1611392; a has three of them, and b one.
    scores = {1: 0.8, 2: 0.5, 3: 0.5, 5: 1.0}
    found = passages(("a", 20), ("a", 21), ("a", 22), ("c", 0), ("b", 20))
    a, b = (0.8 + 0.8 * 0.5 + 0.64 * 0.5) / 4.1611392, 1.0 / 4.1611392
    ranked = by_words(scores, found, seeks_actor=False)
    assert [number for number, _ in ranked] == [5, 1, 2, 3]
    assert dict(ranked) == pytest.approx(
        {5: (1 + 0.15 * b) / 1.15, 1: (0.8 + 0.15 * a) / 1.15, **dict.fromkeys((2, 3), (0.5 + 0.15 * a) / 1.15)}
    )


def test_the_words_of_a_whole_document_raise_its_passages_by_hand():
    found = passages(("a", 0), ("b", 0), ("c", 0))
    scores = {1: 0.5, 2: 0.5, 3: 0.5}
    alone = dict(by_words(scores, found, seeks_actor=False))
    ranked = dict(by_words(scores, found, seeks_actor=False, whole={"b": 8.0, "c": 6.0}))
    expected = {1: alone[1] / 1.5, 2: (alone[2] + 0.5) / 1.5, 3: (alone[3] + 0.5 * 0.75) / 1.5}
    assert ranked == pytest.approx(expected)
    actor = dict(by_words(scores, found, seeks_actor=True, whole={"b": 8.0}))
    assert actor[2] - actor[1] == pytest.approx(0.2 / 1.2)


def test_only_the_eight_best_passages_of_a_document_are_evidence():
    found = passages(*(("a", 30 + i) for i in range(9)), ("b", 0))
    scores = dict.fromkeys(range(1, 9), 0.5) | {10: 0.1}
    eight, nine = (dict(by_words(some, found, seeks_actor=False))[1] for some in (scores, scores | {9: 0.5}))
    assert eight == nine == pytest.approx(0.5)


def test_an_actor_is_sought_in_the_opening_of_a_document():
    # a's passage is the last of the opening and counts in full, b's is the twelfth and counts (1 + 2 * 6/12) / 3.
    found = passages(("a", 5), ("b", 11))
    scores = {1: 0.6, 2: 0.75}
    ranked = by_words(scores, found, seeks_actor=True)
    expected = {1: 0.6 * (1 + 2 / 4.1611392) / 3, 2: 0.5 * (1 + 2 / 4.1611392) / 3}
    assert [number for number, _ in ranked] == [1, 2]
    assert dict(ranked) == pytest.approx(expected)
    assert [number for number, _ in by_words(scores, found, seeks_actor=False)] == [2, 1]


@given(
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from("abc"), st.integers(0, 30)), max_size=12),
    st.dictionaries(st.sampled_from("abc"), st.floats(0.1, 50)),
    st.booleans(),
    st.randoms(),
)
def test_document_evidence_keeps_the_scale_and_does_not_depend_on_the_order_it_came_in(
    rows, whole, seeks_actor, random
):
    found = passages(*((document, ordinal) for _, document, ordinal in rows))
    scores = {number: rows[number - 1][0] for number in found}
    ranked = by_words(scores, found, seeks_actor=seeks_actor, whole=whole)
    assert sorted(number for number, _ in ranked) == sorted(found)
    assert ranked == sorted(ranked, key=lambda item: (-item[1], item[0]))
    assert all(0.0 <= score <= 1.0 + 1e-12 for _, score in ranked)
    shuffled = list(scores.items())
    random.shuffle(shuffled)
    again = by_words(dict(shuffled), found, seeks_actor=seeks_actor, whole=whole)
    assert [number for number, _ in again] == [number for number, _ in ranked]


SCHOOL = Document(
    "skola",
    "Elevhälsan i Björkdalen",
    "Skolsköterskan vaccinerar elever.\n\nKuratorn samtalar om mobbning.\n\nRektorn leder trygghetsteamet.",
    url="https://example.se/skola",
    metadata={"kommun": "Björkdalen"},
)
SHELTER = Document(
    "jour",
    "Kvinnojouren Linnea",
    "Kvinnojouren erbjuder skyddat boende.\n\nKvinnojouren följer med till domstolen.",
    metadata={"kommun": "Lövhult"},
)


def concepts():
    """Return an encoder that knows «vaccinerar» from «sprutor», and «boende» from «härbärge» and «shelter»."""
    return ConceptEncoder("vaccinerar sprutor", "mobbning plågar", "boende härbärge shelter", "domstol process")


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with Index.create(tmp_path_factory.mktemp("retrieval") / "index", encoder=concepts()) as index:
        index.add([SCHOOL, SHELTER])
        yield index


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    with Index.create(tmp_path_factory.mktemp("retrieval") / "skola", encoder=concepts()) as index:
        index.add([SCHOOL])
        yield index


def texts(hits):
    return [hit.passage.text for hit in hits]


def test_what_only_the_embedding_finds(index):
    best, *rest = search(index, concepts(), "sprutor")
    assert best.passage.text == "Skolsköterskan vaccinerar elever."
    assert (best.rank, best.dense_rank, best.lexical_rank, best.lexical_score) == (1, 1, None, None)
    assert best.matched == ()
    assert best.dense_score == pytest.approx(1.0, abs=1e-6)
    assert all(hit.score < best.score for hit in rest)
    assert search(index, None, "sprutor") == []


def test_what_only_the_words_find(index):
    best = search(index, concepts(), "trygghetsteamet", k=1)[0]
    assert best.passage.text == "Rektorn leder trygghetsteamet."
    assert best.lexical_rank == 1
    assert best.matched == ("trygghetsteamet",)
    alone = search(index, None, "trygghetsteamet")
    assert texts(alone)[0] == "Rektorn leder trygghetsteamet."
    assert {(hit.dense_rank, hit.dense_score) for hit in alone} == {(None, None)}


def test_scores_are_the_fusion_of_both_searches(school):
    query = "Kuratorn mobbning elever"
    embedding = concepts().encode_query(query)
    dense = school.search_dense(embedding, 200)
    lexical = school.search_lexical(swedish.tokens("kuratorn mobbning elever"), 200)
    weights = fitted_weights(retrieval.signs(school, understand(query), dense, lexical))
    fused = fuse(dense, lexical, weights.dense, weights.near)
    hits = search(school, concepts(), query)
    assert texts(hits)[0] == "Kuratorn samtalar om mobbning."
    assert [hit.score for hit in hits] == pytest.approx(sorted(fused.values(), reverse=True))
    assert texts(hits) == [school.passage(number).text for number in by_score(fused)]
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [hit.dense_rank for hit in hits] == [
        [number for number, _ in dense].index(number) + 1 for number in by_score(fused)
    ]


def test_what_tells_which_search_finds_it_by_hand(index):
    asked = understand("Följer kvinnojouren med till domstolen?")
    dense = index.search_dense(concepts().encode_query("domstol"), 200)
    lexical = index.search_lexical(swedish.tokens("skyddat boende"), 200)
    told = retrieval.signs(index, asked, dense, lexical)
    texts = [index.passage(ranking[0][0]).text for ranking in (lexical, dense)]
    assert texts == ["Kvinnojouren erbjuder skyddat boende.", "Kvinnojouren följer med till domstolen."]
    assert asked.subject == ("följer", "kvinnojouren", "domstolen")
    assert told == Signs(pytest.approx(1 / 3), 1.0, lead(lexical), lead(dense), seeks_actor=False, english=False)


def test_an_english_question_leans_on_the_embedding(index):
    # The words point to the rector's sentence (the glossary leaves «trygghetsteamet»), the embedding to the shelter.
    query = "Who is the shelter and trygghetsteamet for?"
    question = understand(query)
    assert question.language == "en"
    by_text = {hit.passage.text: hit for hit in search(index, concepts(), query)}
    assert by_text["Kvinnojouren erbjuder skyddat boende."].dense_rank == 1
    assert by_text["Rektorn leder trygghetsteamet."].lexical_rank == 1
    assert by_text["Kvinnojouren erbjuder skyddat boende."].score > by_text["Rektorn leder trygghetsteamet."].score


def test_a_synonym_is_searched_for_too(tmp_path):
    with Index.create(tmp_path / "index", encoder=None) as index:
        index.add([Document("a", "A", "Förövaren döms.\n\nSkolan har lov.")])
        assert texts(search(index, None, "gärningsmannen", k=1)) == ["Förövaren döms."]


def test_the_words_of_a_matter_are_searched_for_where_documents_compete(tmp_path):
    trials = Document("krig", "Om totalförsvaret", "Totalförsvarspliktiga prövas av verket.\n", metadata={})
    other = Document("fisk", "Om fisket", "Fisket regleras av verket.\n", metadata={})
    with Index.create(tmp_path / "ett", encoder=None) as alone:
        alone.add([trials])
        assert search(alone, None, "Var sker mönstringen?") == []
        alone.add([other])
        assert [hit.document_id for hit in search(alone, None, "Var sker mönstringen?")][:1] == ["krig"]


def test_no_words_of_a_matter_are_searched_for_where_nobody_asks_who_or_where(tmp_path):
    law = Document("krig", "Om totalförsvaret", "Totalförsvarspliktiga prövas av verket.\n")
    other = Document("fisk", "Om fisket", "Fisket regleras av verket.\n")
    with Index.create(tmp_path / "index", encoder=None) as index:
        index.add([law, other])
        assert search(index, None, "Vad innebär mönstring?") == []
        assert [hit.document_id for hit in search(index, None, "Vem ansvarar för mönstringen?")] == ["krig"]


def test_of_equal_passages_the_one_whose_document_says_more_of_the_matter_comes_first(tmp_path):
    rest = "Besök bokas i receptionen. "
    near = Document("b", "B", f"Mottagningen har öppet.\n\n{rest * 3}\n\nDärför finns våldet med i varje samtal.")
    far = Document("a", "A", f"Mottagningen har öppet.\n\n{rest * 3}\n\nDärför finns cykeln med i varje samtal.")
    with Index.create(tmp_path / "index", encoder=None) as index:
        index.add([far, near])
        hits = [hit for hit in search(index, None, "Har mottagningen öppet för våldet?") if "öppet" in hit.passage.text]
        assert [hit.document_id for hit in hits] == ["b", "a"]
        assert hits[0].lexical_score == hits[1].lexical_score


def test_filters_come_before_the_search(index):
    query = "sprutor trygghetsteamet elever"
    everywhere = search(index, concepts(), query)
    assert everywhere[0].document_id == "skola"
    assert {hit.document_id for hit in everywhere} == {"skola", "jour"}
    for where in ({"document_id": "jour"}, {"kommun": "Lövhult"}, {"document_id": "jour", "kommun": "Lövhult"}):
        hits = search(index, concepts(), query, where=where)
        assert sorted(texts(hits)) == [
            "Kvinnojouren erbjuder skyddat boende.",
            "Kvinnojouren följer med till domstolen.",
        ]
    assert search(index, concepts(), query, where={"kommun": "Lövhult", "document_id": "skola"}) == []
    assert search(index, None, "elever", where={"kommun": "Lövhult"}) == []


def test_hits_know_their_source(index):
    hit = search(index, concepts(), "vaccinerar elever", k=1)[0]
    assert (hit.document_id, hit.title, hit.url) == ("skola", "Elevhälsan i Björkdalen", "https://example.se/skola")
    assert SCHOOL.text[hit.passage.start : hit.passage.end] == hit.passage.text
    assert hit.matched == ("vaccinerar", "elever")


def test_what_is_removed_during_a_search_is_left_out(index, monkeypatch):
    query = "sprutor trygghetsteamet elever"
    complete = search(index, concepts(), query)
    gone = complete[1]

    def without(found):  # as another process leaves the index between two reads
        kept = {}
        for number, value in found.items():
            if (value.document_id, value.ordinal) != (gone.document_id, gone.passage.ordinal):
                kept[number] = value
        return kept

    for name in ("places", "passages_by_id"):
        with monkeypatch.context() as patch:
            read = getattr(index, name)
            patch.setattr(index, name, lambda ids, read=read: without(read(ids)))
            hits = search(index, concepts(), query)
        assert texts(hits) == [text for text in texts(complete) if text != gone.passage.text]
        assert [hit.rank for hit in hits] == list(range(1, len(complete)))


def test_only_the_best_of_each_search_and_the_hits_are_read_in_full(index, monkeypatch):
    asked = []
    read = index.passages_by_id
    monkeypatch.setattr(index, "passages_by_id", lambda ids: asked.append(len(ids)) or read(ids))
    assert len(search(index, concepts(), "elever", k=2)) == 2
    assert asked == [2, 2]  # the best of each search, and the hits


def test_k_cuts_and_may_exceed_the_index(index):
    everything = search(index, concepts(), "elever", k=10_000)
    assert len(everything) == index.n_passages == 5
    for k in (1, 2, 3):
        assert search(index, concepts(), "elever", k=k) == everything[:k]


@pytest.mark.parametrize("k", [0, -1])
def test_k_is_at_least_one(index, k):
    with pytest.raises(ValueError, match=f"k is at least 1, got {k}"):
        search(index, concepts(), "elever", k=k)


@pytest.mark.parametrize("query", ["", "  \n", "?!", "\x00", "😀"])
def test_a_query_without_words_finds_nothing_and_encodes_nothing(index, query):
    encoder = concepts()
    assert search(index, encoder, query) == []
    assert encoder.calls == []


def test_a_question_that_is_understood_already_gives_the_same_hits(index):
    query = "Vem vaccinerar elever?"
    assert search(index, concepts(), understand(query)) == search(index, concepts(), query)


def test_a_query_of_stop_words_searches_by_meaning_alone(index):
    assert texts(search(index, None, "med till")) == []  # the texts have other words, and hold these no more
    assert len(search(index, concepts(), "med till")) == 5


@given(st.text(max_size=40), st.integers(1, 8))
def test_any_query_gives_ranked_hits(index, query, k):
    hits = search(index, concepts(), query, k=k)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert len({(hit.document_id, hit.passage.start) for hit in hits}) == len(hits) <= k
    assert all(first.score >= second.score for first, second in pairwise(hits))
    assert all(0.0 <= hit.score <= 1.0 + 1e-12 for hit in hits)


def test_equal_passages_stand_in_the_order_of_the_index(tmp_path):
    names = ["c", "a", "f", "b", "e", "d"]
    with Index.create(tmp_path / "index", encoder=None) as index:
        index.add(Document(name, "Skolan", "Kuratorn samtalar.") for name in names)
        assert [hit.document_id for hit in search(index, None, "kuratorn samtalar", k=6)] == names


def test_the_pool_is_wider_than_what_is_asked_for(index, monkeypatch):
    asked = []
    found = index.search_lexical
    monkeypatch.setattr(index, "search_lexical", lambda tokens, k, **rest: asked.append(k) or found(tokens, k, **rest))
    search(index, None, "elever", k=3)
    search(index, None, "elever", k=500)
    assert asked == [retrieval.CANDIDATES, 1_000]


def test_what_the_words_still_know_of_a_removed_document_is_no_hit(tmp_path, monkeypatch):
    """A writer at work brings the words index up to date at its end; until then it knows what is gone."""
    with Index.create(tmp_path / "i", encoder=None) as index:
        index.add(Document(id=name, title=name, text=f"Tolken {name} kommer.") for name in ("a", "b"))
        assert {hit.document_id for hit in search(index, None, "tolken")} == {"a", "b"}
        before = index._engine.words.current()
        index.remove("a")
        monkeypatch.setattr(index._engine.words, "current", lambda: before)
        assert len(index.search_lexical("tolken", 10)) == 2
        assert [(hit.rank, hit.document_id) for hit in search(index, None, "tolken")] == [(1, "b")]
