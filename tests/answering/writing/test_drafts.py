"""A model's text, taken apart: sentences as they come, whatever the chunks; quotes, own words and markers."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.answering.writing.drafts import Draft, Piece, parse, sentences

TEXT = "Ett «a b c» [1]\n\nTvå. «d» [2][3] Tre «e» [1, 2]. Fyra [4]! «f» [5] fem sex\r\nsju"
SENTENCES = ["Ett «a b c» [1]", "Två. «d» [2][3]", "Tre «e» [1, 2].", "Fyra [4]!", "«f» [5] fem sex", "sju"]


@given(st.lists(st.integers(0, len(TEXT)), max_size=20).map(sorted))
def test_sentences_are_the_same_however_the_text_is_cut_into_chunks(cuts):
    edges = [0, *cuts, len(TEXT)]
    assert list(sentences(TEXT[a:b] for a, b in itertools.pairwise(edges))) == SENTENCES


def test_a_sentence_is_yielded_before_the_next_chunk_is_asked_for():
    asked = []

    def chunks():
        for chunk in ("Ett [1]", "\n", "Två", " [2] Tre"):
            asked.append(chunk)
            yield chunk

    heard = sentences(chunks())
    assert next(heard) == "Ett [1]"
    assert asked == ["Ett [1]", "\n"]
    assert next(heard) == "Två [2]"
    assert list(heard) == ["Tre"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<think>Hm. Polisen «x» [1]\nKanske.</think>Svar [1]\n", ["Svar [1]"]),
        ("Före\n<think>a</think>b<think>c</think>d", ["Före", "b", "d"]),
        ("Före <think>utan slut [1]\nmer", ["Före"]),
        ("</think>Ett", ["</think>Ett"]),
        ("", []),
        (" \n\r\n\t", []),
    ],
)
def test_what_a_model_thinks_aloud_is_left_out(text, found):
    assert list(sentences([text])) == found
    assert list(sentences(text)) == found  # letter by letter


@given(st.lists(st.text(max_size=12), max_size=12))
def test_nothing_but_white_space_and_thoughts_is_lost(chunks):
    text = "".join(chunks)
    if "<think>" not in text:
        assert "".join("".join(sentences(chunks)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("sentence", "pieces", "markers"),
    [
        ("Ord «citat» [1]", ["Ord ", "«citat"], (1,)),
        ("«a» och »b» och »c« och \"d\" och ”e” och “f” och „g“ [2, 3] [2]",
         ["«a", " och ", "«b", " och ", "«c", " och ", "«d", " och ", "«e", " och ", "«f", " och ", "«g"], (2, 3)),
        ("- **Ord** `kod` [12].", ["Ord kod ", "."], (12,)),
        ("1. ## > Ord", ["Ord"], ()),
        ("«[1]» x [2]", ["«[1]", " x "], (2,)),
        ("«öppen", ["«öppen"], ()),
        ("[1234] [a] [-1] [1", ["[1234] [a] [-1] [1"], ()),
        ("«»", ["«"], ()),
    ],
)  # fmt: skip
def test_a_sentence_is_taken_apart(sentence, pieces, markers):
    draft = parse(sentence)
    assert draft.markers == markers
    if sentence != "«öppen":
        assert draft.pieces == tuple(Piece(text.removeprefix("«"), text.startswith("«")) for text in pieces)
    else:
        assert draft.pieces == (Piece("«öppen", False),)


def test_own_words_and_quotes_are_apart():
    draft = parse("Ett  «a»\ttvå\n«b» [1]")
    assert (draft.own, draft.quotes) == ("Ett två", ("a", "b"))
    assert parse("") == Draft((), ())


def test_letters_are_composed():
    assert parse("A\u030a «o\u0308» [1]").pieces == (Piece("Å ", False), Piece("ö", True))


@pytest.mark.parametrize("text", ["[1]", "[1, ", "«", "«»", "»", '"', "[", "1", " ", "<think>", "[1] A", "A ", "\\"])
def test_no_text_takes_long(text):
    long = (text * 8_000)[:8_000]
    started = time.process_time()
    for sentence in sentences(long[place : place + 4] for place in range(0, len(long), 4)):
        parse(sentence)
    assert time.process_time() - started < 2.5  # seconds
