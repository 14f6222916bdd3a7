"""Lexical search against twenty lines of BM25, with filters, deletes, ties and hostile questions."""

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt_rag import swedish
from nmt_rag.index.conditions import filter_key
from nmt_rag.index.engines.lexical import Entry, Lexical, removed_share
from nmt_rag.index.engines.ranking import MAX_SEARCH_TOKENS
from nmt_rag.index.filters import parse

TEXT_ONLY = {"text": 1.0}


def bm25(passages, query, boosts, *, k1=1.2, b=0.75, share=lambda token: 1.0):
    """Score passages ({id: {field: tokens}}), of 40 tokens at most, as Robertson and Zaragoza (2009); Lucene's idf."""
    scores = Counter()
    for field, boost in boosts.items():
        counts = {i: Counter(fields[field]) for i, fields in passages.items()}
        average = sum(count.total() for count in counts.values()) / len(counts)
        for token in dict.fromkeys(query):
            n = sum(token in count for count in counts.values())
            idf = math.log(1 + (len(counts) - n + 0.5) / (n + 0.5))
            for i, count in counts.items():
                if count[token]:
                    norm = k1 * (1 - b + b * count.total() / average)
                    scores[i] += share(token) * boost * idf * count[token] * (k1 + 1) / (count[token] + norm)
    return scores


def entry(number, text, *, heading=(), around=(), filters=()):
    return Entry(number, text, heading, around, filters)


def built(entries, folder=None):
    lexical = Lexical.create(folder)
    for one in entries:
        lexical.add(one)
    lexical.commit()
    return lexical


letters = st.lists(st.sampled_from("abcdef"), max_size=30)
rows = st.lists(st.tuples(letters, letters, letters), min_size=1, max_size=12)


@settings(deadline=None, max_examples=60)
@given(rows, letters, st.fixed_dictionaries({"text": st.just(1.0), "heading": st.sampled_from([0.0, 0.5, 2.0])}))
def test_scores_equal_bm25(passages, query, boosts):
    entries = [Entry(i, *fields, ()) for i, fields in enumerate(passages, 1)]
    expected = bm25({e.id: {"text": e.text, "heading": e.heading} for e in entries}, query, boosts)
    hits = built(entries).search(query, 100, boosts=boosts)
    assert {i: score for i, score in hits} == pytest.approx({i: s for i, s in expected.items() if s > 0}, abs=2e-4)
    assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0]))


def test_tokens_are_searched_as_they_are():
    lexical = built([entry(1, ["_mann", "§", "AND", "Åke", "a*b", "(", '"x"', "c#", "text:y"])])
    for token in ["_mann", "§", "AND", "Åke", "a*b", "(", '"x"', "c#", "text:y"]:
        assert [i for i, _ in lexical.search([token], 5)] == [1]
    for token in ["mann", "and", "åke", "a", "*", "*:*", "x", "y", ""]:
        assert lexical.search([token], 5) == []


def test_ngrams_and_pairs_count_less_than_stems_and_ngrams_more_where_the_stem_is_unknown():
    lexical = built([entry(1, ["polis", "~polis", "polis+råd"]), entry(2, ["x"] * 3)])
    stem, known, pair, unknown = (
        dict(lexical.search(tokens, 5))[1]
        for tokens in (["polis"], ["x", "~polis"], ["polis+råd"], ["pålis", "~polis"])
    )
    assert known == pytest.approx(0.2 * stem, abs=1e-4)
    assert pair == pytest.approx(0.5 * stem, abs=1e-4)
    assert unknown == pytest.approx(0.5 * stem, abs=1e-4)


def test_a_lesser_token_counts_half():
    lexical = built([entry(1, ["a", "b"]), entry(2, ["a"]), entry(3, ["b"])])
    whole, part = (dict(lexical.search(["a", "b"], 5, lesser=lesser)) for lesser in ((), {"b", "unasked"}))
    assert part[2] == pytest.approx(whole[2], abs=1e-4)
    assert part[3] == pytest.approx(0.5 * whole[3], abs=1e-4)
    assert part[1] == pytest.approx(0.75 * whole[1], abs=1e-4)


@pytest.mark.parametrize(
    "question", ["AND OR NOT NEAR(", "*:*", '"betänketid', "text:[a TO z]", "\x00\x1b", "😀", "  ", "<b>"]
)
def test_query_syntax_has_no_meaning(question):
    lexical = built([entry(1, swedish.tokens("Migrationsverket beslutar om betänketid."))])
    hits = lexical.search(swedish.tokens(question), 5)
    assert [i for i, _ in hits] == ([1] if "betänketid" in question else [])


def test_a_very_long_question_is_cut_not_refused():
    wanted = [f"t{i}" for i in range(MAX_SEARCH_TOKENS)]
    lexical = built([entry(1, ["t0"]), entry(2, ["late"])])
    assert [i for i, _ in lexical.search([*wanted, "late"], 5)] == [1]
    assert [i for i, _ in lexical.search(["t0"] * 5_000 + ["late"], 5)] == [1, 2]


def test_filters_are_exact_and_come_before_k():
    def keys(i):
        return [filter_key("kind", "even" if i % 2 == 0 else "odd"), filter_key("n", i)]

    def found(k, **where):
        return [i for i, _ in lexical.search(["a"], k, where=parse(where))]

    lexical = built([entry(i, ["a"] * i, filters=keys(i)) for i in range(1, 31)])
    assert sorted(found(100, kind="even")) == list(range(2, 31, 2))
    assert found(1, kind="odd", n=7) == [7]
    assert found(5, kind="even", n=7) == []
    assert found(5, kind="eve") == []
    assert found(5, kind=[]) == []
    assert found(5, n={"$in": [3, 4], "$ne": 4}) == [3]
    assert sorted(found(100, **{"$or": [{"n": 3}, {"$not": {"kind": "odd"}}]})) == [2, 3, *range(4, 31, 2)]
    assert sorted(found(100, n={"$nin": [30, 29]})) == list(range(1, 29))
    everything = dict(lexical.search(["a"], 100))
    even = dict(lexical.search(["a"], 100, where=parse({"kind": "even"})))
    assert even == {i: s for i, s in everything.items() if i % 2 == 0}


def test_equal_passages_come_in_order_of_id_even_where_k_cuts_through_them():
    lexical = Lexical.create(None)
    for part in (range(100, 50, -1), range(1, 51)):  # two commits, so the ids lie out of order in several segments
        for i in part:
            lexical.add(entry(i, ["a", "b", "c"]))
        lexical.commit()
    assert [i for i, _ in lexical.search(["a", "b"], 4)] == [1, 2, 3, 4]


def test_changes_show_after_commit_and_not_after_discard(tmp_path):
    lexical = built([entry(1, ["a"]), entry(2, ["a"])], tmp_path)
    lexical.remove([1, 77])
    lexical.add(entry(3, ["a"]))
    assert lexical.ids() == [1, 2]
    lexical.commit()
    assert lexical.ids() == [2, 3]
    assert removed_share(tmp_path) == pytest.approx(1 / 3)
    lexical.remove([2])
    lexical.discard()
    lexical.commit()
    assert lexical.ids() == Lexical.open(tmp_path).ids() == [2, 3]


def test_added_in_parts_scores_as_added_at_once(tmp_path):
    entries = [
        entry(i, swedish.tokens(f"Polisen utreder brott nummer {i} {'mycket ' * (i % 5)}")) for i in range(1, 41)
    ]
    parts = Lexical.create(tmp_path)
    for first in range(0, 40, 3):
        for one in entries[first : first + 3]:
            parts.add(one)
        parts.commit()
    query = swedish.tokens("polisens brottsutredning nummer 7 mycket")
    assert parts.search(query, 40) == built(entries).search(query, 40)


def test_wrong_arguments_and_empty_cases():
    empty = Lexical.create(None)
    assert empty.search(["a"], 3) == []
    assert empty.ids() == []
    lexical = built([entry(1, ["a"])])
    assert lexical.search([], 3) == []
    assert lexical.search(["a"], 3, boosts={"text": 0.0}) == []
    with pytest.raises(ValueError, match="at least 1, got 0"):
        lexical.search(["a"], 0)
    with pytest.raises(ValueError, match="title"):
        lexical.search(["a"], 1, boosts={"title": 1.0})
