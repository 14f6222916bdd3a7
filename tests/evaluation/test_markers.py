"""Markers of citations in any of the styles that are read, and the text without them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.evaluation.inputs.answers import markers_in, split_statements
from nmt_rag.evaluation.inputs.forms import markers
from nmt_rag.types import Statement

STYLES = {
    "[1][2]": (1, 2),
    "[1, 2]": (1, 2),
    "[1,2]": (1, 2),
    "[1; 2]": (1, 2),
    "[1-3]": (1, 2, 3),
    "[1–2, 5]": (1, 2, 5),
    "[1], [2]": (1, 2),
    "[ 7 ]": (7,),
    "[^1]": (1,),
    "[^1][^2]": (1, 2),
    "【1†källa】": (1,),
    "【1】【2†sida 3】": (1, 2),
    "[[1]](https://exempel.se/a_(b))": (1,),
    "[[1](jour.md)]": (1,),
    "[[4]]": (4,),
    "<sup>[1]</sup>": (1,),
    "<sup>[1], [2]</sup>": (1, 2),
    "[1024]": (1024,),
}
PLAIN = ["[1](https://x.se)", "[2019-2024]", "[5-2]", "[a]", "[]", "1", "[1.2]", "m<sup>2</sup>"]


@pytest.mark.parametrize(("style", "numbers"), STYLES.items())
def test_every_style_belongs_to_the_sentence_before_it(style, numbers):
    leads = Statement("Jouren har öppet dygnet runt.", numbers)
    for text in (f"Jouren har öppet dygnet runt. {style} Samtalen är gratis.", f"Jouren har öppet dygnet runt{style}."):
        assert split_statements(text)[0] == leads, text
    assert split_statements(f"Jouren har öppet dygnet runt.{style}Samtalen är gratis.") == (
        leads,
        Statement("Samtalen är gratis.", ()),
    )
    assert markers_in(style) == set(numbers)


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_marker_stays_as_it_is(text):
    assert split_statements(f"Så är det {text} ja.") == (Statement(f"Så är det {text} ja.", ()),)
    assert markers_in(text) == set()


def test_a_line_that_says_what_a_marker_stands_for_is_no_statement():
    text = "Det är gratis.[^1] Ring.[2]\n\n[^1]: Jouren, sidan 3. Se även [4].\n[2]: https://exempel.se/ring"
    assert split_statements(text) == (Statement("Det är gratis.", (1,)), Statement("Ring.", (2,)))


def test_lines_of_a_list_have_their_own_markers():
    found = split_statements("- Jouren ringer. [1]\n- Polisen utreder. [2, 3]")
    assert [one.citations for one in found] == [(1,), (2, 3)]


@pytest.mark.parametrize("text", ["[doc1]", "[källa 2]", "【4:0†källa】", "<sup>1</sup>", "{2}", "(1)", "Så är det.¹"])
def test_a_style_that_is_not_known_is_told(text):
    assert markers.unknown(f"Så är det. {text}")
    assert markers_in(text) == set()


def test_no_text_takes_long_to_read():
    began = time.process_time()
    for piece in ("[", "[1,", "[1] ", "【1†", "<sup>", "[[1]](", "\n[1]: a ", "[1-", "]](("):
        markers.places(piece * 20_000)
    blanks = " " * 20_000
    for text in (f"Tabell{blanks}slut.", f"[1]{blanks}slut.", f"<sup>{blanks}", f"[1{blanks}"):
        markers.places(text * 3)
    assert time.process_time() - began < 10


def test_the_blanks_before_a_marker_in_its_line_belong_to_it():
    assert markers.places("Så är det.  \t[1] ,  [2]\n  [3]") == [(10, 23, (1, 2)), (24, 29, (3,))]


@given(st.text("ab .[1]\n", max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4))
def test_places_are_where_they_were_after_a_cut(text, parts):
    parts = [(min(pair), min(max(pair), len(text))) for pair in parts]
    bare = markers.cut(text, parts)
    gone = {place for start, end in parts for place in range(start, end)}
    kept = [place for place in range(len(text)) if place not in gone]
    assert "".join(bare.text[bare.at(place)] for place in kept) == "".join(text[place] for place in kept)
    assert [bare.at(place) for place in range(len(text) + 1)] == sorted(bare.at(p) for p in range(len(text) + 1))
