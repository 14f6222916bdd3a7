"""What a question asks for: its kind, its subject words, its noun, its names and its language."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.answering.question import clean, language_of
from nmt_rag.answering.rules import questions
from nmt_rag.answering.rules.questions import is_generic, understand

KINDS = {
    "actor": (
        "Vem ansvarar för elevhälsan?",
        "Vilken myndighet prövar ansökan om skydd?",
        "Vilka myndigheter deltar i Barnahus?",
        "Vilka ingår i samrådet?",
        "VEM TAR EMOT BARN SOM FAR ILLA",
        "vem asnvarar för elevhälsan",
        "orosanmälan skola vem?",
        "Vart vänder jag mig?",
        "Who is responsible for the investigation?",
        "Which authority decides on residence permits?",
    ),
    "activity": (
        "Vad gör Skolinspektionen?",
        "vad gör skolinspekionen",
        "Vad ansvarar socialtjänsten för?",
        "Vad är kuratorns roll?",
        "Vilket stöd erbjuder kvinnojouren?",
        "Vilka uppgifter har skolsköterskan?",
        "Berätta om Barnahus.",
        "Hur arbetar kvinnojouren?",
        "What does the police do?",
        "Tell me about the Migration Agency",
    ),
    "difference": (
        "Vad är skillnaden mellan Barnahus och elevhälsan?",
        "Jämför Bris och Rädda Barnen",
        "Vad skiljer rektorn från kuratorn?",
        "What is the difference between the police and the prosecutor?",
    ),
    "definition": ("Vad är en orosanmälan?", "Vad betyder NMT?", "Vad står BUP för?", "Vad menas med samråd?"),
    "name": ("Vad heter mottagningen för unga?", "Vad kallas samtalen med barnet?"),
    "time": (
        "När öppnar kvinnojouren?",
        "Sedan när finns Barnahus?",
        "Vilken dag har kuratorn mottagning?",
        "Hur lång tid tar en utredning?",
        "Hur länge varar placeringen?",
        "How long is the reflection period?",
    ),
    "number": (
        "Hur många platser har jouren?",
        "Hur ofta träffas gruppen?",
        "How many places does the shelter have?",
    ),
    "price": ("Vad kostar ett besök?", "Är stödet gratis?", "Vilken avgift tas ut?", "How much does it cost?"),
    "contact": ("Vad är telefonnumret till jouren?", "Vem är chef för Barnahus?", "Vilken e-postadress har jouren?"),
    "place": ("Var ligger Barnahus?", "I vilken stad finns jouren?", "Where can I get help?"),
    "reason": (
        "Varför görs en orosanmälan?",
        "Vad är syftet med samrådet?",
        "Why is there a national coordinator?",
    ),
    "manner": ("Hur anmäler jag oro för ett barn?", "Hur överklagar man ett beslut?", "How do I report a crime?"),
    "punishment": (
        "Vilket straff ger människohandel?",
        "Hur många år i fängelse får en gärningsman?",
        "Är det olagligt att köpa sex?",
        "Is it against the law to buy sex?",
    ),
    "other": ("betänketid längd", "hejsan"),
}


@pytest.mark.parametrize(("question", "kind"), [(text, kind) for kind, texts in KINDS.items() for text in texts])
def test_the_kind_of_a_question(question, kind):
    assert understand(question).kind == kind


def test_every_kind_is_tested():
    assert set(KINDS) == set(questions.Kind.__args__)


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
    ("question", "asked"),
    [
        ("Vilken myndighet prövar ansökan?", "myndighet"),
        ("Vilket straff ger människohandel?", "straff"),
        ("I vilken stad finns jouren?", "stad"),
        ("Vilka nationella myndigheter deltar?", "myndigheter"),
        ("Vilka ideella organisationer ger stöd?", "organisationer"),
        ("Vilka deltar i samrådet?", ""),
        ("Vilken ansvarar för elevhälsan?", ""),
        ("Vem ansvarar för elevhälsan?", ""),
        ("vilken", ""),
        ("Which authority decides on residence permits?", "myndighet"),
    ],
)
def test_the_noun_that_is_asked_for(question, asked):
    assert understand(question).asked == asked


@pytest.mark.parametrize(
    ("word", "generic"),
    [
        ("myndighet", True),
        ("myndigheten", True),
        ("kvinnoorganisation", True),
        ("stad", True),
        ("dagar", True),
        ("uppgifter", True),
        ("stödet", True),
        ("straff", False),
        ("utbildning", False),
        ("barnahus", False),
    ],
)
def test_a_generic_noun_only_says_what_kind_of_thing_is_asked_for(word, generic):
    assert is_generic(word) is generic


@pytest.mark.parametrize(
    ("question", "proper"),
    [
        ("Vad gör Rädda Barnen i Umeå?", ("Rädda", "Barnen", "Umeå")),
        ("Barnahus gör vad?", ()),
        ("BUP gör vad?", ("BUP",)),
        ("Hej! Vad gör Bris? Och Maskrosbarn?", ("Bris", "Maskrosbarn")),
        ("Vad gör BUP-mottagningen?", ("BUP-mottagningen",)),
        ("vad gör rädda barnen?", ()),
        ("VAD GÖR RÄDDA BARNEN?", ()),
        ("Can I call Bris?", ("Bris",)),
    ],
)
def test_words_written_as_names(question, proper):
    assert understand(question).proper == proper


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
    assert question.untranslated[-1] == "Frobnicator"
    assert question.proper == ("Frobnicator",)


def test_a_swedish_question_is_its_own_swedish_text():
    question = understand("  Vem\tutreder\n brottet?  ")
    assert question.text == question.swedish == "Vem utreder brottet?"
    assert question.untranslated == ()


FRAGMENTS = "vad gör är vilken vilka myndighet vem who what is the Barnahus BUP hur länge 18 kostar och ? \x00 é"


@given(st.one_of(st.text(), st.lists(st.sampled_from(FRAGMENTS.split(" "))).map(" ".join)))
def test_any_text_is_understood(text):
    question = understand(text)
    assert question.text == clean(text)
    assert question.language in {"sv", "en"}
    assert question.kind in KINDS
    written = f"{question.text} {question.swedish}".lower()
    assert all(word in unicodedata.normalize("NFC", written) for word in question.subject)
    assert len(set(question.subject)) == len(question.subject)
    assert all(name in question.text for name in question.proper)
    for field in (question.text, question.swedish, question.asked, *question.subject, *question.proper):
        assert not any(unicodedata.category(character) == "Cc" for character in field)


@pytest.mark.parametrize("value", [None, 1, b"Vad?", ["Vad?"]])
def test_a_question_is_a_string(value):
    with pytest.raises(TypeError, match=f"a question is a str, got {type(value).__name__}"):
        understand(value)


def test_words_that_stand_for_one_english_word_are_alternatives():
    question = understand("Who pays for the places?")
    assert question.groups() == (("betalar",), ("platser", "ställen"))
    assert understand("Vem hyr ut platser och ställen?").groups() == (("hyr",), ("platser",), ("ställen",))


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


def test_a_part_that_leans_on_the_one_before():
    first, second = questions.parts(understand("Kan man vara anonym hos KAST, och kan anhöriga få stöd där?"))
    assert (first.leaning, second.leaning) == (False, True)
