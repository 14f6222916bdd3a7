"""What may be shown of a model's sentences: worked examples of every rule, and hostile sentences at random."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt_rag.answering.writing import proof
from nmt_rag.answering.writing.drafts import parse
from nmt_rag.answering.writing.guards.stated import alignment
from nmt_rag.answering.writing.proof import Dropped, Released, Shown
from nmt_rag.documents import actors, passages
from nmt_rag.types import Document

TEXT = """\
# Stöd

## Jourverket

Jourverket ger skydd åt våldsutsatta dygnet runt och har 12 platser i landet.
Jourverket bör också göra en riskbedömning gällande offret.
Jourverket bedriver inte någon rådgivning utan samordnar kommunernas arbete.

## Tolkmyndigheten

Tolkmyndigheten\xa0har utsetts av regeringen att förmedla tolkar till kommuner sedan 1 januari 2019.
Om offret behöver hjälp kan detta tillhandahållas av kommunen.
Tolkmyndigheten bistår Jourverket med tolkar, dock inte i brottmål.

## Stödnämnden

Handläggare på Stödnämnden kan upptäcka offer och nämndens roll är att utreda och fatta beslut om betänketid.
Nämnden får bevilja bidrag endast till föreningar.
"""
DOCUMENT = Document(id="stöd", title="Stöd", text=TEXT)
PASSAGES = passages.split(DOCUMENT)
SHOWN = [Shown(number, passage, 0.9) for number, passage in enumerate(PASSAGES, 1)]
NAMES = actors.Names(
    actors.find(DOCUMENT, [title for one in PASSAGES for title in one.heading], [one.text for one in PASSAGES])
)
SKYDD, RISK, INTE, TOLK, OM, BISTÅR, BESLUT, BIDRAG = range(1, 9)


def check(sentence):
    return proof.check(sentence, SHOWN, NAMES)


def test_the_passages_are_those_that_the_examples_count_on():
    assert [one.text.split()[0] for one in PASSAGES] == [
        "Jourverket", "Jourverket", "Jourverket", "Tolkmyndigheten", "Om", "Tolkmyndigheten", "Handläggare", "Nämnden",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        # A quote and the model's own words, which are the source's.
        (
            f"Jourverket ger skydd åt våldsutsatta: «ger skydd åt våldsutsatta dygnet runt» [{SKYDD}]",
            "Jourverket ger skydd åt våldsutsatta: «ger skydd åt våldsutsatta dygnet runt»",
        ),
        # Another form of a word, another punctuation, another kind of quotation marks, a list mark, bold.
        (
            f'- **Stödnämnden** beslutar om betänketid. "fatta beslut om betänketid" [{BESLUT}].',
            "Stödnämnden beslutar om betänketid. «fatta beslut om betänketid».",
        ),
        # A quote alone, after its actor, and a sentence copied without quotation marks.
        (f"Jourverket: «ger skydd åt våldsutsatta» [{SKYDD}]", "Jourverket: «ger skydd åt våldsutsatta»"),
        (f"Jourverket ger skydd åt våldsutsatta [{SKYDD}].", "«Jourverket ger skydd åt våldsutsatta»"),
        # The source's own white space comes back, also where the model wrote another.
        (f"«Tolkmyndigheten har utsetts av regeringen» [{TOLK}]", "«Tolkmyndigheten\xa0har utsetts av regeringen»"),
        # Numbers and dates that the quote has.
        (
            f"Jourverket har 12 platser «har 12 platser i landet» [{SKYDD}]",
            "Jourverket har 12 platser «har 12 platser i landet»",
        ),
        # Words that govern are kept.
        (
            f"Jourverket bör göra en riskbedömning «bör också göra en riskbedömning» [{RISK}]",
            "Jourverket bör göra en riskbedömning «bör också göra en riskbedömning»",
        ),
        (
            f"Jourverket: «Jourverket bedriver inte någon rådgivning» [{INTE}]",
            "Jourverket: «Jourverket bedriver inte någon rådgivning»",
        ),
        # «kan» governs the first clause only: the second has a verb of its own.
        (f"«nämndens roll är att utreda» [{BESLUT}]", "«nämndens roll är att utreda»"),
    ],
)
def test_what_is_proven_is_released_in_the_sources_characters(sentence, text):
    verdict = check(sentence)
    assert isinstance(verdict, Released), verdict
    assert verdict.text == text


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Jourverket ger skydd.", "no_citation"),
        ("Jourverket ger skydd «ger skydd åt våldsutsatta» (1)", "no_citation"),
        (f"Jourverket ger skydd. Det är bra. «ger skydd åt våldsutsatta» [{SKYDD}]", "no_citation"),
        ("Jourverket: «ger skydd åt våldsutsatta» [9]", "unknown_marker"),
        ("Jourverket: «ger skydd åt våldsutsatta» [0]", "unknown_marker"),
        (f"Jourverket: «ger skydd åt våldsutsatta» [{SKYDD}, 77]", "unknown_marker"),
        (f"Jourverket skyddar våldsutsatta [{SKYDD}]", "no_quote"),
        (f"Jourverket: «ger skydd» [{SKYDD}]", "no_quote"),
        (f"Jourverket: «åt» «ger» «skydd» [{SKYDD}]", "no_quote"),
        (f"Jourverket: «ger skydd åt våldsutsatta» [{SKYDD}][{RISK}]", "no_quote"),
        (f"Jourverket: «» [{SKYDD}]", "altered_quote"),
        (f"Jourverket: «…» [{SKYDD}]", "altered_quote"),
        (f"Jourverket: «ger skydd åt alla våldsutsatta» [{SKYDD}]", "altered_quote"),
        (f"Jourverket: «ger skydd … dygnet runt» [{SKYDD}]", "altered_quote"),
        (f"Jourverket: «Ger skydd åt våldsutsatta» [{SKYDD}]", "altered_quote"),
        (f"Jourverket: «ger skydd åt vålds» [{SKYDD}]", "altered_quote"),
        (f"Jourverket: «ger skydd åt våldsutsatta» [{RISK}]", "altered_quote"),
        (f"Jourverket: «ger skydd åt våldsutsatta» «och mat» [{SKYDD}]", "altered_quote"),
        (f"Jourverket: «ger skydd åt våldsutsatta [{SKYDD}]", "no_quote"),
        (f"<b>Jourverket</b>: «ger skydd åt våldsutsatta» [{SKYDD}]", "markup"),
        (f"[Jourverket](https://ont.example): «ger skydd åt våldsutsatta» [{SKYDD}]", "markup"),
        (f"❌ Jourverket: «ger skydd åt våldsutsatta» [{SKYDD}]", "markup"),
        (f"Jourverket har 12 %: «har 12 platser i landet» [{SKYDD}]", "markup"),
        (f"Jourverket ger skydd? «ger skydd åt våldsutsatta» [{SKYDD}]", "markup"),
        (f"Jourverket\u202e: «ger skydd åt våldsutsatta» [{SKYDD}]", "markup"),
        (f"Jourverket\x1b[31m: «ger skydd åt våldsutsatta» [{SKYDD}]", "markup"),
        (f"Jourverket {'ger skydd ' * 70} «ger skydd åt våldsutsatta» [{SKYDD}]", "too_long"),
        # Actors: unknown to the passage, or named in the passage without acting there, or the other way round.
        (f"Tolkmyndigheten ger skydd: «ger skydd åt våldsutsatta» [{SKYDD}]", "actor"),
        (f"Jourverket bistår Tolkmyndigheten «bistår Jourverket med tolkar» [{BISTÅR}]", "actor"),
        (f"Socialstyrelsen: «ger skydd åt våldsutsatta» [{SKYDD}]", "actor"),
        (f"Jourverket och Rädda Barnen: «ger skydd åt våldsutsatta» [{SKYDD}]", "actor"),
        (f"Kommunen: «detta tillhandahållas av kommunen» [{OM}]", "qualifier"),
        # Numbers and dates: not in the source, not in the quote, part of another number, written as words.
        (f"Jourverket har 120 platser «har 12 platser i landet» [{SKYDD}]", "number"),
        (f"Jourverket har 12 platser «ger skydd åt våldsutsatta» [{SKYDD}]", "number"),
        (f"Jourverket har 2 platser «har 12 platser i landet» [{SKYDD}]", "number"),
        (f"Jourverket har tolv platser «har 12 platser i landet» [{SKYDD}]", "number"),
        (f"Tolkmyndigheten förmedlar sedan mars «förmedla tolkar till kommuner sedan 1 januari» [{TOLK}]", "number"),
        # Words that govern, hidden by where the quote begins or ends.
        (f"Jourverket: «göra en riskbedömning» [{RISK}]", "qualifier"),
        (f"Jourverket: «någon rådgivning utan samordnar» [{INTE}]", "qualifier"),
        (f"«detta tillhandahållas av kommunen» [{OM}]", "qualifier"),
        (f"Tolkmyndigheten: «bistår Jourverket med tolkar» [{BISTÅR}]", "qualifier"),
        (f"«Nämnden får bevilja bidrag» [{BIDRAG}]", "qualifier"),
    ],
)  # fmt: skip
def test_what_is_not_proven_is_dropped_and_says_why(sentence, reason):
    assert check(sentence) == Dropped(reason)


@pytest.mark.parametrize(
    "own",
    [
        "Jourverket ger alltid skydd:",  # a word more
        "Jourverket ger endast skydd:",
        "Jourverket provides protection:",  # another language
        "Våldsutsatta ger skydd:",  # another order
        "Dygnet runt åt skydd",
        "Åt regeringen ger Jourverket skydd",
    ],
)
def test_where_only_other_words_are_at_fault_the_quote_is_released_without_them(own):
    verdict = check(f"{own} «ger skydd åt våldsutsatta» [{SKYDD}]")
    assert verdict == Released("Jourverket: «ger skydd åt våldsutsatta»", "Jourverket:", (SHOWN[0],), dropped="words")


@pytest.mark.parametrize(
    ("own", "quote", "number"),
    [
        ("Jourverket gör en riskbedömning", "bör också göra en riskbedömning", RISK),
        ("Jourverket bedriver rådgivning", "bedriver inte någon rådgivning", INTE),
        ("Jourverket bedriver inte rådgivning", "bedriver inte någon rådgivning", INTE),
    ],
)
def test_where_own_words_lose_a_qualifier_the_quote_that_has_it_is_released_without_them(own, quote, number):
    verdict = check(f"{own} «{quote}» [{number}]")
    assert verdict.text == f"Jourverket: «{quote}»"
    assert verdict.dropped in {"words", "qualifier"}


def test_a_quote_is_not_released_without_the_words_where_it_would_say_another_thing():
    sentence = f"Landets regering förmedlar tolkar «regeringen att förmedla tolkar till kommuner» [{TOLK}]"
    assert check(sentence) == Dropped("qualifier")


@pytest.mark.parametrize(
    ("sentence", "released"),
    [
        ("Avgiften är 12 500 kronor «Avgiften är 12 500 kronor» [1]", True),
        ("Avgiften är 12\xa0500 kronor «Avgiften är 12 500 kronor» [1]", True),
        ("Avgiften är 12 kronor «Avgiften är 12 500 kronor» [1]", False),
        ("Avgiften är 500 kronor «Avgiften är 12 500 kronor» [1]", False),
        ("Avgiften är 12 «Avgiften är 12» [1]", False),
        ("«500 kronor per år» [1]", False),
        ("«Avgiften är 12» [1]", False),
    ],
)
def test_no_number_is_cut_in_two(sentence, released):
    (passage,) = passages.split(Document(id="pris", title="Pris", text="Avgiften är 12\xa0500 kronor per år."))
    verdict = proof.check(sentence, [Shown(1, passage, 0.9)], NAMES)
    assert isinstance(verdict, Released) if released else verdict == Dropped("number")


def test_the_judge_of_support_has_a_veto(monkeypatch):
    sentence = f"Jourverket ger skydd: «ger skydd åt våldsutsatta» [{SKYDD}]"
    assert isinstance(check(sentence), Released)
    seen = []

    def says_otherwise(statement, quote, *, actor=""):
        seen.append((statement, quote, actor))
        return True

    monkeypatch.setattr(proof.veto, "says_otherwise", says_otherwise)
    assert check(sentence) == Dropped("contradicted")
    assert seen == [("Jourverket ger skydd:", PASSAGES[0].text, "Jourverket")]


def test_a_sentence_may_rest_on_several_passages_where_each_proves_all_of_it():
    copy = Document(id="kopia", title="Stöd", text=TEXT)
    twice = [*SHOWN, *(Shown(len(SHOWN) + n, one, 0.8) for n, one in enumerate(passages.split(copy), 1))]
    verdict = proof.check(f"Jourverket: «ger skydd åt våldsutsatta» [{SKYDD}][{len(SHOWN) + SKYDD}]", twice, NAMES)
    assert isinstance(verdict, Released)
    assert [one.passage.document_id for one in verdict.shown] == ["stöd", "kopia"]


GLUE = alignment.ARTICLES | {"och", "samt", "om"}
LIES = "inte aldrig endast Polisen Migrationsverket straff fängelse 14 2020 the is provides".split()
WORDS = [*sorted(set(re.findall(r"\w+", TEXT))), *LIES]
OWN = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
MARKED = ["«{}»", "«{}»", "«{}»", "»{}»", '"{}"', "”{}”", "“{}”", "«{}", "{}»", "{}", "«{}» «{}»"]
WRONG = ["", "[1]", "[2]", "[3]", "[4]", "[5, 6]", "[7][8]", "[99]", "[0]", "[-1]", "(1)", "[1", "[١]"]
TWISTS = [
    str,
    str,
    str,
    str.upper,
    lambda text: text.replace("inte ", ""),
    lambda text: f"{text} [1]",
    lambda text: text[1:],
]


@st.composite
def hostile(draw):
    """A sentence that is nearly proven: words of a passage and of anywhere, a quote, a marker, each maybe wrong."""
    number = draw(st.integers(1, len(PASSAGES)))
    words = PASSAGES[number - 1].text.split()
    start = draw(st.integers(0, len(words) - 1))
    quote = " ".join(words[start : draw(st.integers(start + 1, len(words)))])
    quote = draw(st.one_of(st.just(quote), st.just(quote), OWN, st.text(max_size=20)))
    kept = draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    said = " ".join(word for word, keep in zip(words, kept, strict=True) if keep).strip(".")
    own = draw(st.one_of(st.just(said), st.just(said), st.just(PASSAGES[number - 1].actor), OWN, st.just("")))
    marker = draw(st.one_of(st.just(f"[{number}]"), st.just(f"[{number}]"), st.sampled_from(WRONG)))
    marked = draw(st.sampled_from(MARKED)).replace("{}", draw(st.sampled_from(TWISTS))(quote))
    return draw(st.sampled_from([" ", " ", "\n", ". "])).join((own, marked, draw(st.one_of(st.just(""), OWN)), marker))


@settings(max_examples=400)
@given(st.one_of(hostile(), st.lists(hostile(), max_size=3).map(" ".join), st.text()))
def test_no_released_sentence_holds_a_quote_number_or_word_that_its_source_lacks(sentence):
    verdict = check(sentence)
    if isinstance(verdict, Dropped):
        return
    sources = [one.passage for one in verdict.shown]
    assert sources
    for one in sources:
        assert DOCUMENT.text[one.start : one.end] == one.text
    quotes = re.findall(r"«([^«»]*)»", verdict.text)
    assert quotes
    assert all(any(quote in one.text for one in sources) for quote in quotes)
    own = re.sub(r"«[^«»]*»", " ", verdict.text)
    assert not re.search(r"[«»\"“”\[\]]", own)
    for one in sources:
        around = f"{one.text} {' '.join(one.heading)} {' '.join(one.actors)}".lower()
        for number in re.findall(r"\d+", own):
            assert number in one.text
        for word in re.findall(r"\w+", own.lower()):
            assert word in GLUE or word in around or word[:3] in around, (word, verdict)
        if "inte" in one.text.split() and not verdict.dropped:
            stated = " ".join(said(word for word in re.findall(r"\w+", own.lower()) if word != one.actor.lower()))
            assert stated in " ".join(said(re.findall(r"\w+", one.text.lower())))


def said(words):
    """The words that say something."""
    return [word for word in words if word not in alignment.ARTICLES | alignment.ADVERBS]


@given(st.sampled_from(PASSAGES), st.data())
def test_every_whole_passage_may_be_quoted_under_its_number_and_under_no_other(passage, data):
    number = PASSAGES.index(passage) + 1
    assert isinstance(check(f"«{passage.text}» [{number}]"), Released)
    other = data.draw(st.integers(1, len(PASSAGES)).filter(lambda n: n != number))
    assert check(f"«{passage.text}» [{other}]") == Dropped("altered_quote")


@given(st.text())
def test_a_sentence_taken_apart_loses_no_quote(quote):
    plain = re.sub(r"[«»\"“”„\[\]]", "", quote)
    assert plain in parse(f"Ord «{plain}» slut [1]").quotes or not plain.isprintable() or plain != quote
