"""How often a piece stands in a text, held to plain counting, and who-does-what in linear time."""

import time

from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.citations import links
from nmt_rag.citations.links import at_most_two
from nmt_rag.documents import passages
from nmt_rag.documents.who_does_what import tasks
from nmt_rag.types import Document


def counted(text, piece):
    return min(2, sum(text.startswith(piece, start) for start in range(len(text))))


@given(st.text("ab \n", max_size=200), st.integers(0, 199), st.integers(1, 60), st.booleans())
def test_it_counts_as_one_does_by_hand(text, start, length, elsewhere):
    piece = (text[start : start + length] or "a") + ("x" if elsewhere else "")
    before = links.SHORT, links.KEY
    try:
        links.SHORT, links.KEY = 0, 3
        links._words.cache_clear()
        assert at_most_two(text, piece) == counted(text, piece)
    finally:
        links.SHORT, links.KEY = before
        links._words.cache_clear()


def test_long_texts_and_overlapping_pieces():
    text = "Polisen hjälper. " * 2_000 + "Tullverket utreder smuggling här."
    assert at_most_two(text, "Tullverket utreder smuggling") == 1
    assert at_most_two(text, "hjälper. Polisen hjälper. Polisen") == 2
    assert at_most_two(text, "hjälper. Polisen utreder. Polisen") == 0
    assert at_most_two(text, "smuggling") == 1
    assert at_most_two(text, "Polisen") == 2


def test_a_piece_whose_words_are_everywhere_counts_as_several():
    """As two, which gives it neighbours in a link: to look at each place would take the square of the text's length."""
    for n, expected in ((links.MAX_PLACES, 1), (links.MAX_PLACES + 1, 2)):
        lines = [f"Polisen utreder brott {number}." for number in range(n)]
        text = "\n".join(["Början.", *lines, "Annat. " * 3_000])
        assert at_most_two(text, "\nPolisen utreder brott 77.\n") == expected


def seconds(n):
    text = "\n\n".join(f"Polisen hjälper {number} personer." for number in range(n))
    document = Document("a", "Polisen", text, url="https://polisen.example/a")
    found = passages.split(document)
    began = time.process_time()
    assert len(tasks.of_document(document, found)) == n
    return time.process_time() - began


def test_who_does_what_grows_with_the_text():
    seconds(100)
    small, large = (min(seconds(n) for _ in range(2)) for n in (400, 2_400))
    assert large < 20 * small  # six times as long; the square would be 36
