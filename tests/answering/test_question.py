"""What a question asks for: whom it seeks, its subject words and its language."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nmt_rag.answering import question as questions
from nmt_rag.answering.question import MAX_QUESTION_LENGTH, clean, language_of, understand

SEEKS = {
    "actor": (
        "Vem ansvarar för elevhälsan?",
        "Vilken myndighet prövar ansökan om skydd?",
        "Vilka myndigheter deltar i Barnahus?",
        "Vilka ingår i samrådet?",
        "VEM TAR EMOT BARN SOM FAR ILLA",
        "Vart vänder jag mig?",
        "Who is responsible for the investigation?",
    ),
    "place": ("Var ligger Barnahus?", "I vilken stad finns jouren?", "Vad är telefonnumret till jouren?"),
    "": ("Vad gör Skolinspektionen?", "Vilket straff ger stöld?", "Hur länge varar placeringen?", "hejsan", ""),
}


@pytest.mark.parametrize(("question", "seeks"), [(text, seeks) for seeks, texts in SEEKS.items() for text in texts])
def test_whom_or_where_a_question_asks_for(question, seeks):
    assert understand(question).seeks == seeks


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Vem ansvarar för elevhälsan?", ("ansvarar", "elevhälsan")),
        ("Vilka myndigheter deltar i Barnahus?", ("myndigheter", "deltar", "barnahus")),
        ("vem hjälper barn som far illa", ("barn", "far", "illa")),
        ("Vad är kuratorns roll?", ("kuratorns",)),
        ("Hur anmäler jag oro för ett barn?", ("anmäler", "oro", "barn")),
        ("Samråd, samråd och samråd!", ("samråd",)),
        ("Hjälper BUP-mottagningen 18-åringar?", ("bup", "mottagningen", "18", "åringar")),
        ("Vad gör ni?", ()),
        ("", ()),
        ("Who is responsible for the investigation?", ("ansvarar", "förundersökning")),
        ("What is the difference between the police and the prosecutor?", ("polisen", "åklagare")),
        ("How many places does the shelter have?", ("platser", "ställen", "boende")),
    ],
)
def test_the_subject_is_what_is_left_of_the_frame(question, subject):
    assert understand(question).subject == subject


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Vem ansvarar för elevhälsan?", "sv"),
        ("Who runs the shelter?", "en"),
        ("What is Barnahus?", "en"),
        ("Vad är the reflection period?", "sv"),
        ("Barnahus", "sv"),
        ("Is the polisanmälan för alla?", "sv"),
        ("12345", "sv"),
        ("", "sv"),
    ],
)
def test_the_language_of_a_question(text, language):
    assert language_of(text) == language
    assert understand(text).language == language


def test_an_english_question_is_carried_over_and_keeps_its_own_text():
    question = understand("What does the prosecutor say to the Frobnicator?")
    assert question.text == "What does the prosecutor say to the Frobnicator?"
    assert question.swedish.startswith("vad gör åklagare")


def test_a_swedish_question_is_its_own_swedish_text():
    question = understand("  Vem\tutreder\n brottet?  ")
    assert question.text == question.swedish == "Vem utreder brottet?"


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  Vad\n\tgör\r\nBarnahus? ", "Vad gör Barnahus?"),
        ("Vad\x00gör\x1b[31m Bris\x7f?", "Vad gör [31m Bris ?"),
        ("elev\u00adhälsan\u200b och \ufeffBris\u202e", "elevhälsan och Bris"),
        ("a\u2028b\u2029c\u0085d", "a b c d"),
        ("ha\u0308lsa A\u030ahus", "hälsa Åhus"),
        ("a\u200d\u0308", "ä"),
        ("half \ud83d pair", "half pair"),
        ("no\u00a0break", "no break"),
        ("x" * 3_000, "x" * MAX_QUESTION_LENGTH),
        ("a\u030a" * 3_000, "å" * MAX_QUESTION_LENGTH),
        (" \n\t\x00", ""),
    ],
)
def test_clean(raw, cleaned):
    assert clean(raw) == cleaned


@given(st.text(st.characters(), max_size=200))
def test_a_cleaned_text_is_one_line_in_nfc_without_control_characters(text):
    cleaned = clean(text)
    assert not {unicodedata.category(character) for character in cleaned} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert unicodedata.normalize("NFC", cleaned) == cleaned
    assert cleaned == " ".join(cleaned.split())
    assert clean(cleaned) == cleaned


FRAGMENTS = "vad gör är vilken vilka myndighet vem who what is the Barnahus BUP hur länge 18 kostar och ? \x00 é"


@given(st.one_of(st.text(), st.lists(st.sampled_from(FRAGMENTS.split(" "))).map(" ".join)))
@example("ﬀ")
def test_any_text_is_understood(text):
    question = understand(text)
    assert question.text == clean(text)
    assert question.language in {"sv", "en"}
    written = unicodedata.normalize("NFC", f"{question.text} {question.swedish}".lower())
    for ligature in "ﬀﬁﬂﬃﬄﬅﬆ":  # printers' ligatures are read as their letters
        written = written.replace(ligature, unicodedata.normalize("NFKC", ligature))
    assert all(word in written for word in question.subject)
    assert len(set(question.subject)) == len(question.subject)
    for field in (question.text, question.swedish, *question.subject):
        assert not any(unicodedata.category(character) == "Cc" for character in field)


@pytest.mark.parametrize("value", [None, 1, b"Vad?", ["Vad?"]])
def test_a_question_is_a_string(value):
    with pytest.raises(TypeError, match=f"a question is a str, got {type(value).__name__}"):
        understand(value)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Vem leder utredningen och vem beslutar?", ["Vem leder utredningen", "vem beslutar?"]),
        ("Vem för talan, och kan offret få en advokat?", ["Vem för talan", "kan offret få en advokat?"]),
        (
            "Who leads the investigation, and can relatives get help?",
            ["Who leads the investigation", "can relatives get help?"],
        ),
        ("Vem ger råd och stöd?", ["Vem ger råd och stöd?"]),
    ],
)
def test_the_questions_that_a_question_is_made_of(text, parts):
    assert [part.text for part in questions.parts(understand(text))] == parts
