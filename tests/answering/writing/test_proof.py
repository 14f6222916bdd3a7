"""What may be shown of a model's sentences: worked examples of every rule, and hostile sentences at random.

The judge of support is designed: it finds what stands in `SAID`, and nothing else. The packaged one is measured by
`training.wording`.
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt_rag.answering.writing import proof
from nmt_rag.answering.writing.drafts import parse
from nmt_rag.answering.writing.proof import Dropped, Released, Shown
from nmt_rag.documents import actors, passages
from nmt_rag.types import Document
from training import wording

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
SENTENCES = Path(__file__).parents[2] / "data" / "worded_sentences.jsonl"
SKYDD, RISK, INTE, TOLK, OM, BISTÅR, BESLUT, BIDRAG = range(1, 9)


WHOLE = [one.text for one in PASSAGES]
SAID = {
    "Jourverket skyddar den som blivit slagen": SKYDD,
    "Jourverket förfogar över 12 platser": SKYDD,
    "Den som utsätts för våld får skydd av Jourverket": SKYDD,
    "Stödnämnden avgör frågor om betänketid": BESLUT,
    "Jourverket ger skydd åt våldsutsatta dygnet runt": SKYDD,
    "Polisen ger skydd": SKYDD,
    "Jourverket har 12 anställda": SKYDD,
    "Jourverket bedriver rådgivning": INTE,
    "Kommunen kan ge hjälp": OM,
}
"""What the designed judge finds to be said, and by which passage. The last four are wrong: the guards must see it."""


class Judging:
    """A reader that only judges, by `SAID`; ``asked`` holds the statements that it was asked about."""

    fingerprint = "judging"

    def __init__(self, sure=0.9):
        self.sure, self.asked = sure, []

    def support(self, statement, quote, *, title="", before=""):
        self.asked.append(statement)
        found = WHOLE[SAID[statement] - 1] in quote if statement in SAID else False
        return np.array([self.sure, 0.05, 0.05] if found else [0.05, 0.9, 0.05], np.float32)


def check(sentence, shown=SHOWN, reader=None):
    return proof.check(sentence, shown, NAMES, reader or Judging())


def test_the_passages_are_those_that_the_examples_count_on():
    assert [one.text.split()[0] for one in PASSAGES] == [
        "Jourverket", "Jourverket", "Jourverket", "Tolkmyndigheten", "Om", "Tolkmyndigheten", "Handläggare", "Nämnden",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "own", "number"),
    [
        (f"Jourverket skyddar den som blivit slagen: «ger skydd åt våldsutsatta dygnet runt» [{SKYDD}]",
         "Jourverket skyddar den som blivit slagen: ", SKYDD),
        # Other words than the source's, and another order.
        (f"Den som utsätts för våld får skydd av Jourverket: «Jourverket ger skydd» [{SKYDD}]",
         "Den som utsätts för våld får skydd av Jourverket: ", SKYDD),
        # Another punctuation, another kind of quotation marks, a list mark, bold.
        (f'- **Stödnämnden** avgör frågor om betänketid. "fatta beslut om betänketid" [{BESLUT}].',
         "Stödnämnden avgör frågor om betänketid: ", BESLUT),
        (f"Jourverket förfogar över 12 platser «har 12 platser i landet» [{SKYDD}]",
         "Jourverket förfogar över 12 platser: ", SKYDD),
        (f"«ger skydd åt våldsutsatta» Jourverket skyddar den som blivit slagen [{SKYDD}]",
         "Jourverket skyddar den som blivit slagen: ", SKYDD),
        # A quote alone, after its actor or nobody, and a sentence copied without quotation marks.
        (f"Jourverket: «ger skydd åt våldsutsatta» [{SKYDD}]", "Jourverket: ", SKYDD),
        (f"«ger skydd åt våldsutsatta» [{SKYDD}]", "Jourverket: ", SKYDD),
        (f"Jourverket ger skydd åt våldsutsatta [{SKYDD}].", "Jourverket: ", SKYDD),
        # Who else acts in it, is for the quote to say.
        (f"«bistår Jourverket med tolkar» [{BISTÅR}]", "", BISTÅR),
        # The source's own white space comes back, and what a quote leaves out.
        (f"«Tolkmyndigheten har utsetts av regeringen» [{TOLK}]", "Tolkmyndigheten: ", TOLK),
        (f"«göra en riskbedömning» [{RISK}]", "Jourverket: ", RISK),
        (f"Jourverket: «någon rådgivning utan samordnar» [{INTE}]", "Jourverket: ", INTE),
        (f"«detta tillhandahållas av kommunen» [{OM}]", None, OM),
        (f"«Nämnden får bevilja bidrag» [{BIDRAG}]", None, BIDRAG),
    ],
)  # fmt: skip
def test_what_is_proven_is_released_with_the_whole_sentence_of_the_source(sentence, own, number):
    verdict = check(sentence)
    assert isinstance(verdict, Released), verdict
    assert verdict.dropped is None
    quote = f"«{WHOLE[number - 1]}»"
    assert verdict.text == f"{own}{quote}" if own is not None else verdict.text.endswith(quote)


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
        (f"Jourverket ger skydd？ «ger skydd åt våldsutsatta» [{SKYDD}]", "markup"),
        (f"Jourverket ger s̶k̶ydd: «ger skydd åt våldsutsatta» [{SKYDD}]", "markup"),
        (f"Jourverket ger\u200b skydd: «ger skydd åt våldsutsatta» [{SKYDD}]", "markup"),
        (f"Јourverket ger skydd: «ger skydd åt våldsutsatta» [{SKYDD}]", "markup"),
        (f"Jourverket har １２ platser: «ger skydd åt våldsutsatta» [{SKYDD}]", "markup"),
        (f"Jourverket\u202e: «ger skydd åt våldsutsatta» [{SKYDD}]", "markup"),
        (f"Jourverket\x1b[31m: «ger skydd åt våldsutsatta» [{SKYDD}]", "markup"),
        (f"Jourverket {'ger skydd ' * 70} «ger skydd åt våldsutsatta» [{SKYDD}]", "too_long"),
        # An actor, or a name, that the passage does not know, though the judge finds it said.
        (f"Polisen ger skydd: «ger skydd åt våldsutsatta» [{SKYDD}]", "actor"),
        (f"Tolkmyndigheten ger skydd: «ger skydd åt våldsutsatta» [{SKYDD}]", "actor"),
        (f"Socialstyrelsen: «ger skydd åt våldsutsatta» [{SKYDD}]", "actor"),
        (f"Jourverket och Rädda Barnen: «ger skydd åt våldsutsatta» [{SKYDD}]", "actor"),
        # Numbers: another one, part of one, another sign, another unit.
        (f"Jourverket har 120 platser «har 12 platser i landet» [{SKYDD}]", "number"),
        (f"Jourverket har 2 platser «har 12 platser i landet» [{SKYDD}]", "number"),
        (f"Jourverket har -12 platser «har 12 platser i landet» [{SKYDD}]", "number"),
        (f"Jourverket har –12 platser «har 12 platser i landet» [{SKYDD}]", "number"),
        (f"Jourverket har 12 anställda: «har 12 platser i landet» [{SKYDD}]", "number"),
        (f"Jourverket har 12: «har 12 platser i landet» [{SKYDD}]", "number"),
    ],
)  # fmt: skip
def test_what_is_not_proven_is_dropped_and_says_why(sentence, reason):
    assert check(sentence) == Dropped(reason)


@pytest.mark.parametrize(
    ("own", "quote", "number"),
    [
        ("Jourverket ger alltid skydd:", "ger skydd åt våldsutsatta", SKYDD),  # not in `SAID`
        ("Jourverket provides protection:", "ger skydd åt våldsutsatta", SKYDD),
        ("Jourverket bedriver rådgivning:", "bedriver inte någon rådgivning", INTE),  # denied on one side only
        ("Jourverket bistår Tolkmyndigheten", "bistår Jourverket med tolkar", BISTÅR),
        ("Jourverket:", "bistår Jourverket med tolkar", BISTÅR),  # another actor's
    ],
)
def test_own_words_that_are_not_supported_are_left_out_and_the_quote_is_whole(own, quote, number):
    verdict = check(f"{own} «{quote}» [{number}]")
    assert isinstance(verdict, Released)
    assert verdict.dropped == "unsupported"
    assert verdict.text.removeprefix("Jourverket: ") == f"«{WHOLE[number - 1]}»"


def test_own_words_around_a_quote_are_left_out():
    verdict = check(f"Jourverket «ger skydd åt våldsutsatta» platser [{SKYDD}]")
    assert verdict == Released(f"Jourverket: «{WHOLE[0]}»", "Jourverket", (SHOWN[0],), dropped="unsupported")


@pytest.mark.parametrize(
    ("own", "stands"),
    [
        ("Jourverket ger skydd dygnet runt", False),  # the quote, and less
        ("Jourverket har 12 platser och ger skydd", False),
        ("Hos Jourverket finns skydd i alla lägen", True),
    ],
)
def test_own_words_that_only_repeat_the_passage_are_left_out(own, stands):
    reader = Judging()
    reader.support = lambda *_, **__: np.array([0.99, 0.01, 0.0], np.float32)
    verdict = check(f"{own}: «ger skydd åt våldsutsatta dygnet runt» [{SKYDD}]", reader=reader)
    assert verdict.text == f"{own if stands else 'Jourverket'}: «{WHOLE[0]}»"


@pytest.mark.parametrize(("sure", "stands"), [(0.98, True), (0.81, True), (0.79, False), (0.5, False)])
def test_the_judge_must_be_sure(sure, stands):
    verdict = check(f"Jourverket förfogar över 12 platser: «har 12 platser i landet» [{SKYDD}]", reader=Judging(sure))
    assert verdict.text.startswith("Jourverket förfogar över 12 platser") == stands


def test_the_judge_is_asked_about_own_words_alone():
    reader = Judging()
    check(f"Jourverket: «ger skydd åt våldsutsatta» [{SKYDD}]", reader=reader)
    assert reader.asked == []
    check(f"Jourverket förfogar över 12 platser: «har 12 platser i landet» [{SKYDD}]", reader=reader)
    assert reader.asked == ["Jourverket förfogar över 12 platser"]


def test_a_sentence_that_leans_on_the_one_before_must_say_it_with_that_one_too():
    text = "Malmö och Lund deltar. Dessa kommuner betalar hela kostnaden."
    found = passages.split(Document(id="d", title="Kostnad", text=text))
    shown = [Shown(number, one, 0.9) for number, one in enumerate(found, 1)]
    asked = []

    class Reader(Judging):
        def support(self, statement, quote, *, title="", before=""):
            asked.append(quote)
            return np.array([0.05, 0.9, 0.05] if "Malmö" in quote else [0.9, 0.05, 0.05], np.float32)

    verdict = check("Kommuner står för alltihop: «kommuner betalar hela kostnaden» [2]", shown, Reader())
    assert asked == [found[1].text, text]
    assert (verdict.text, verdict.dropped) == (f"«{found[1].text}»", "unsupported")


@pytest.mark.parametrize(
    "text",
    [
        "# Regler\n\nPolisen har slutat att:\n\n- gripa barn i skolan,\n- visitera barn i hemmet.",
        "# Det här gör polisen inte\n\nPolisen\n\n- Gripa barn i skolan,\n- visitera barn i hemmet.",
    ],
)
def test_an_item_that_says_nothing_without_its_lead_is_not_released(text):
    found = passages.split(Document(id="d", title="Polisen", text=text))
    shown = [Shown(number, one, 0.9) for number, one in enumerate(found, 1)]
    number = next(number for number, one in enumerate(found, 1) if "barn i skolan" in one.text)

    class Sure(Judging):
        def support(self, statement, quote, *, title="", before=""):
            return np.array([0.98, 0.01, 0.01], np.float32)

    for own in ("Polisen: ", "", "Polisen griper barn i skolan: "):
        assert check(f"{own}«barn i skolan» [{number}]", shown, Sure()) == Dropped("incomplete")


@pytest.mark.parametrize(
    ("own", "released"),
    [
        ("Avgiften är 12 500 kronor", True),
        ("Avgiften är 12\xa0500 kronor", True),
        ("Avgiften är 12 kronor", False),
        ("Avgiften är 500 kronor", False),
        ("Avgiften är 12 500", False),
        ("Avgiften är 12 500 euro", False),
    ],
)
def test_a_number_keeps_its_sign_and_its_unit(own, released):
    (passage,) = passages.split(Document(id="pris", title="Pris", text="Avgiften är 12\xa0500 kronor per år."))

    class Sure(Judging):
        def support(self, statement, quote, *, title="", before=""):
            return np.array([0.98, 0.01, 0.01], np.float32)

    verdict = check(f"{own} «Avgiften är 12 500 kronor» [1]", [Shown(1, passage, 0.9)], Sure())
    assert isinstance(verdict, Released) if released else verdict == Dropped("number")


def test_a_sentence_may_rest_on_several_passages_where_each_proves_all_of_it():
    copy = Document(id="kopia", title="Stöd", text=TEXT)
    twice = [*SHOWN, *(Shown(len(SHOWN) + n, one, 0.8) for n, one in enumerate(passages.split(copy), 1))]
    verdict = check(
        f"Jourverket förfogar över 12 platser: «har 12 platser i landet» [{SKYDD}][{len(SHOWN) + SKYDD}]", twice
    )
    assert isinstance(verdict, Released)
    assert [one.passage.document_id for one in verdict.shown] == ["stöd", "kopia"]
    assert verdict.text == f"Jourverket förfogar över 12 platser: «{WHOLE[0]}» «{WHOLE[0]}»"


def test_the_packaged_reader_lets_few_false_sentences_through():
    """100 false ones by hand, each beside the whole sentence that it twists; `training.wording` counts them all."""
    rows = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    false = [row for row in rows if not row["true"]]
    assert len(false) == len(rows) - len(false) == 100
    released = [row["model"] for row in false[::4] if wording.is_released(row)]
    assert len(released) <= 1, released


def test_true_sentences_in_other_words_than_the_source_are_shown():
    """100 by hand; `training.wording` counts them all."""
    rows = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    some = [row for row in rows if row["true"]][::4]
    assert sum(map(wording.is_released, some)) >= 0.7 * len(some)


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
    actor = PASSAGES[number - 1].actor
    own = draw(st.one_of(st.just(said), st.sampled_from(sorted(SAID)), st.just(actor), OWN, st.just("")))
    marker = draw(st.one_of(st.just(f"[{number}]"), st.just(f"[{number}]"), st.sampled_from(WRONG)))
    marked = draw(st.sampled_from(MARKED)).replace("{}", draw(st.sampled_from(TWISTS))(quote))
    return draw(st.sampled_from([" ", " ", "\n", ". "])).join((own, marked, draw(st.one_of(st.just(""), OWN)), marker))


@settings(max_examples=150)
@given(st.one_of(hostile(), st.lists(hostile(), max_size=3).map(" ".join), st.text()))
def test_a_released_sentence_is_what_the_judge_supports_and_whole_sentences_of_its_source(sentence):
    verdict = check(sentence)
    if isinstance(verdict, Dropped):
        return
    sources = [one.passage for one in verdict.shown]
    assert sources
    for one in sources:
        assert DOCUMENT.text[one.start : one.end] == one.text
    assert re.findall(r"«([^«»]*)»", verdict.text) == [one.text for one in sources]
    own = re.sub(r"«[^«»]*»", " ", verdict.text)
    assert not re.search(r"[«»\"“”\[\]]", own)
    copied = {one.text.rstrip(".") for one in sources}
    assert own.strip(" :") in {"", *SAID, *copied, *(one.actor for one in sources)}
    assert all(number in one.text for one in sources for number in re.findall(r"\d+", own))


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
