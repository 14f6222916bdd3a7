"""Normal forms in linear time: what is changed, what is not, and that nothing else normalizes."""

import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nmt_rag
from nmt_rag.answering.question import understand
from nmt_rag.documents.decoding import clean, normalize, plain_values
from nmt_rag.swedish.wholewords import JOINER, MAX_MARKS, as_read, composed, normalized

ABOVE, BELOW, TWO = "\u0301", "\u0323", "\u0344"  # ccc 230, ccc 220, and one that is two
texts = st.text(
    st.sampled_from(["a", "å", "ǖ", "é", " ", "\n", "中", "ж", JOINER, ABOVE, BELOW, TWO, "\u0f73", "가", "ﬁ"])
)


def marks_in_a_row(text):
    """Return the longest row of marks, counted as Unicode's annex 15 counts them."""
    longest = row = 0
    for character in unicodedata.normalize("NFKD", text):
        row = row + 1 if unicodedata.combining(character) else 0
        longest = max(longest, row)
    return longest


def bare(text):
    """Return the characters of a text, taken apart and without joiners."""
    return unicodedata.normalize("NFD", text.replace(JOINER, ""))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "Åsa är här – «så», sade hon.",
        "A\u030asa",
        "Việt Nam",
        "Ελληνικά γράμματα και μεγαλύτερες",
        "한국어",
        "مُحَمَّدٌ رَسُولُ ٱللَّهِ",
        "中文" * 40,
        "Привет" * 20,
        "a" + ABOVE * 3,
        "e" + ABOVE * MAX_MARKS,
        "ﬁ½²",
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
def test_what_is_written_by_people_is_what_python_makes_of_it(text, form):
    assert normalized(form, text) == unicodedata.normalize(form, text)


def test_long_rows_of_marks_are_parted():
    text = composed("x" + BELOW * 70 + "y")
    assert text == "x" + BELOW * 30 + JOINER + BELOW * 30 + JOINER + BELOW * 10 + "y"
    assert composed("e" + ABOVE * 31) == "é" + ABOVE * 29 + JOINER + ABOVE
    assert composed(BELOW * 31) == BELOW * 30 + JOINER + BELOW
    assert marks_in_a_row(composed("x" + TWO * 100)) == MAX_MARKS


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Öppet 8³⁰–16⁴⁵ i dag", "Öppet 8³⁰–16⁴⁵ i dag"),
        ("kl. 8³⁰–16.", "kl. 8³⁰–16."),
        ("12:⁵⁰ kr, 10⁻⁶ och 10⁶ på 5 m³/s", "12:⁵⁰ kr, 10⁻⁶ och 10⁶ på 5 m³/s"),
        ("118³ personer fick stödet.¹² Det är 200 kr².", "118 personer fick stödet. Det är 200 kr."),
        ("¹ Före skatt, 4¹/2 eller 4¹⁄₂ dl.", "¹ Före skatt, 4¹/2 eller 4¹⁄₂ dl."),
    ],
)
def test_only_the_mark_of_a_note_is_read_away(text, read):
    assert as_read(text) == read


@given(
    st.one_of(
        st.text(), texts, st.lists(st.tuples(texts, st.integers(1, 80))).map(lambda p: "".join(t * n for t, n in p))
    )
)
def test_the_forms_are_stable_and_keep_every_character(text):
    made = composed(text)
    assert composed(made) == made
    assert unicodedata.is_normalized("NFC", made)
    assert marks_in_a_row(made) <= max(MAX_MARKS, 3)
    assert sorted(bare(made)) == sorted(bare(text))
    if marks_in_a_row(text) <= MAX_MARKS:
        assert made == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("work", [composed, normalize, clean, understand, lambda text: plain_values({"titel": text})])
@pytest.mark.parametrize("unit", [ABOVE + BELOW, BELOW + ABOVE + TWO, "a" + ABOVE, "ж"])
def test_marks_do_not_freeze_the_process(work, unit):
    began = time.process_time()
    work("Vem hjälper? " + unit * (200_000 // len(unit)))
    assert time.process_time() - began < 2.5  # 8 seconds and more before, for the first two


def test_nothing_else_normalizes():
    package = Path(nmt_rag.__file__).parent
    found = [
        path.name
        for path in [*package.glob("**/*.py"), package.parent / "app.py"]
        if re.search(
            r"unicodedata\.normalize|import normalize\b.*unicodedata|from unicodedata", path.read_text("utf-8")
        )
    ]
    assert found == ["wholewords.py"]
