"""Hits → answer, on made-up pages about schools, children, debts and shelters: what is quoted, and what is refused."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nmt_rag
from nmt_rag.answering import messages
from nmt_rag.answering.question import language_of
from nmt_rag.answering.quoting import N_RELATED
from nmt_rag.answering.rules import choosing
from nmt_rag.answering.rules.answering import ask_with_hits
from nmt_rag.answering.rules.choosing import ABOUT, MAX_STATEMENTS
from nmt_rag.index.index import Index
from nmt_rag.models.opening import default_encoder
from nmt_rag.types import AbstentionReason, Document
from tests.fakes import ConceptEncoder
from tests.made_up_pages import CHILDREN, DEBT, PLACEMENT, SHELTER, TRIAL, checked, quotes


def ask(*sources, **options):
    return ask_with_hits(*sources, **options)[0]


PAGE_ACTORS = ("Elevhälsan", "Barnahus", "Kvinnojouren Linnea", "Skolinspektionen", "Socialnämnden")


@pytest.fixture(params=["words", "meanings"])
def answer(request):
    """Ask a question of the pages, by words alone and with the packaged encoder; every answer is checked."""
    index = request.getfixturevalue(request.param)
    encoder = default_encoder() if request.param == "meanings" else None
    return lambda text, **options: checked(ask(index, encoder, text, **options))


@pytest.fixture
def by_words(words):
    return lambda text, **options: checked(ask(words, None, text, **options))


BULLYING = "Elevhälsan arbetar förebyggande mot mobbning i klassrummet."
REVIEW = "Skolinspektionen granskar skolor för att göra skolgången trygg."


@pytest.mark.parametrize(
    ("question", "actor", "quote"),
    [
        ("Vem beslutar om placering i familjehem?", "Socialnämnden", PLACEMENT),
        ("VEM BESLUTAR OM PLACERING I FAMILJEHEM", "Socialnämnden", PLACEMENT),
        ("vem besluter om placerng i familjehem", "Socialnämnden", PLACEMENT),
        ("familjehem placering", "Socialnämnden", PLACEMENT),
        ("Vilken myndighet beslutar om skuldsanering?", "Kronofogdemyndigheten", DEBT),
        ("Vem erbjuder skyddat boende?", "Kvinnojouren Linnea", SHELTER),
        ("Vem följer med till rättegången?", "Kvinnojouren Linnea", TRIAL),
        ("Vem möter vittnen i domstolen?", "Brottsofferjouren", "Brottsofferjouren möter vittnen i domstolen."),
        ("Vem har 12 platser?", "Kvinnojouren Linnea", "Jouren har 12 platser."),
        ("Vem granskar skolor?", "Skolinspektionen", REVIEW),
    ],
)
def test_who_does_something(answer, question, actor, quote):
    found = answer(question)
    assert quotes(found) == [quote]
    assert found.actors == (actor,)
    assert found.citations[0].actor == actor


def test_an_answer_to_pencil_and_paper(by_words, words):
    found = by_words("Vem beslutar om placering i familjehem?")
    start = CHILDREN.text.index(PLACEMENT)
    (citation,) = found.citations
    assert (citation.start, citation.end) == (start, start + len(PLACEMENT))
    assert citation.heading == ("Stöd till unga i Lövhult", "Socialnämnden")
    assert citation.url.startswith("https://example.se/unga#:~:text=")
    assert found.text == f"Socialnämnden: «{PLACEMENT}» [1]"
    assert found.engine == {"answering": "extractive", "encoder": None, "index_generation": words.generation}
    assert (found.language, found.question) == ("sv", "Vem beslutar om placering i familjehem?")
    assert found.confidence == citation.score


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("Hur många platser har Kvinnojouren Linnea?", "Jouren har 12 platser."),
        ("Har Kvinnojouren Linnea 12 platser?", "Jouren har 12 platser."),
        ("När öppnade Barnahus?", "Barnahus öppnade 2014 i Västervik."),
        ("Varför granskar Skolinspektionen skolor?", REVIEW),
        (
            "Vad kostar ett samtal hos Budgetrådgivningen?",
            "Ett samtal hos Budgetrådgivningen kostar 50 kronor.",
        ),
        (
            "Erbjuder Elevhälsan samtal med kurator?",
            "Elevhälsan erbjuder samtal med kurator och psykolog.",
        ),
    ],
)
def test_what_is_asked_of_a_named_actor(answer, question, quote):
    assert quotes(answer(question)) == [quote]


# The named actor takes part in what is cited, or nothing is cited.

SENTENCES = {
    "Elevhälsan": ["arbetar förebyggande mot mobbning i klassrummet", "erbjuder samtal med kurator och psykolog"],
    "Barnahus": ["samordnar förhör och läkarundersökningar under ett och samma tak"],
    "Kvinnojouren Linnea": ["erbjuder skyddat boende åt kvinnor", "följer med till rättegången som stödperson"],
    "Skolinspektionen": ["granskar skolor för att göra skolgången trygg", "prövar klagomål om kränkningar"],
    "Socialnämnden": ["beslutar om placering i familjehem"],
    "Budgetrådgivningen": ["upprättar en hushållsbudget"],
    "Kronofogdemyndigheten": ["beslutar om skuldsanering"],
    "Ungdomsmottagningen": ["informerar om preventivmedel"],
    "Brottsofferjouren": ["möter vittnen i domstolen"],
}
DEEDS = [(actor, deed) for actor, deeds in SENTENCES.items() for deed in deeds]


@pytest.mark.parametrize(("actor", "deed"), DEEDS)
def test_whether_the_named_actor_does_it(by_words, actor, deed):
    assert quotes(by_words(f"Är det {actor} som {deed}?")) == [f"{actor} {deed}."]


@pytest.mark.parametrize(("actor", "deed"), DEEDS)
def test_what_another_actor_does_is_never_cited_for_the_named_one(by_words, actor, deed):
    for other in SENTENCES:
        if other != actor:
            found = by_words(f"Är det {other} som {deed}?")
            assert f"{actor} {deed}." not in quotes(found)
            assert {citation.actor for citation in found.citations} <= {other}


@pytest.mark.parametrize(
    "question",
    [
        "Finns skyddat boende i Barnahus?",
        "Finns familjehem i Skolinspektionen?",
        "Finns kurator i Barnahus?",
        "Finns det psykolog i Kvinnojouren Linnea?",
        "Erbjuder Barnahus skyddat boende?",
        "Beslutar Kronofogdemyndigheten om placering i familjehem?",
        "Prövar Socialnämnden klagomål om kränkningar?",
        "Skriver Barnahus en orosanmälan?",
        "När öppnade Elevhälsan?",
        "Hur många platser har Barnahus?",
        "Vem prövar klagomål om kränkningar hos Elevhälsan?",
    ],
)
def test_nothing_is_told_of_an_actor_that_only_others_do(answer, question):
    assert not answer(question).answered


# All that an actor does


@pytest.mark.parametrize(
    "question",
    [
        "Vad gör Elevhälsan?",
        "vad gör elevhälsan",
        "Vad gör elevhälsna?",
        "Berätta om Elevhälsan!",
        "Hur arbetar Elevhälsan?",
    ],
)
def test_all_that_an_actor_does_in_the_order_of_the_source(answer, question):
    found = answer(question)
    assert quotes(found) == [
        BULLYING,
        "Elevhälsan erbjuder samtal med kurator och psykolog.",
        "Elevhälsan skriver en orosanmälan när någon far illa.",
    ]
    assert found.actors == ("Elevhälsan",)
    assert found.confidence == ABOUT


def test_a_pronoun_or_a_short_name_belongs_to_what_an_actor_does(answer):
    found = answer("Vad gör Kvinnojouren Linnea?")
    assert quotes(found) == [SHELTER, "Jouren har 12 platser.", TRIAL]
    assert found.actors == ("Kvinnojouren Linnea",)


def test_two_actors_in_the_order_they_are_named(answer):
    found = answer("Vad gör Socialnämnden och Barnahus?")
    assert quotes(found) == [
        PLACEMENT,
        "Barnahus samordnar förhör och läkarundersökningar under ett och samma tak.",
        "Barnahus öppnade 2014 i Västervik.",
    ]
    assert found.actors == ("Socialnämnden", "Barnahus")


def test_what_an_actor_does_stops_at_a_page(by_words):
    found = by_words("Vad gör Familjerådgivningen?")
    themes = "svartsjuka bröllop skilsmässa sparande arv otrohet flytten sorgen".split()
    assert quotes(found) == [f"Familjerådgivningen samtalar om {theme}." for theme in themes]
    assert len(themes) == MAX_STATEMENTS


def test_a_sentence_that_only_points_elsewhere_tells_nothing(answer):
    assert quotes(answer("Vad gör Kronofogdemyndigheten?")) == [DEBT]


def test_what_others_do_with_an_actor_is_told_only_where_it_does_nothing_itself(tmp_path):
    text = "# Hjälp\n\nHär finns hjälp.\n\n## Brottsofferjouren\n\n{}\n\n## Mansjouren\n\n{}\n"
    contacts = "Brottsofferjouren ringer till Mansjouren."
    for number, (deed, expected) in enumerate([("Mansjouren möter män.", "Mansjouren möter män."), ("", contacts)]):
        document = Document(f"hjälp-{number}", "Hjälp", text.format(contacts, deed))
        with Index.create(tmp_path / document.id, encoder=None) as index:
            index.add([document])
            assert quotes(ask(index, None, "Vad gör Mansjouren?")) == [expected]


def test_a_name_alone_gives_the_sentence_that_introduces_it(answer):
    assert quotes(answer("Elevhälsan")) == quotes(answer("Vad är Elevhälsan?")) == [BULLYING]


# Lists of actors


@pytest.mark.parametrize(
    ("question", "quote", "actors"),
    [
        (
            "Vilka ingår i samverkan?",
            "I Lövhult ges stödet till unga i samverkan mellan följande aktörer:",
            PAGE_ACTORS,
        ),
        (
            "Vilka aktörer samverkar om stödet till unga i Lövhult?",
            "I Lövhult ges stödet till unga i samverkan mellan följande aktörer:",
            PAGE_ACTORS,
        ),
        (
            "Vilka möts på terminsmötet i maj?",
            "Terminsmötet hålls i maj mellan följande aktörer:",
            ("Ungdomsmottagningen", "Skolpsykologenheten"),
        ),
    ],
)
def test_a_sentence_that_introduces_a_list_names_the_actors_of_the_sections_below(answer, question, quote, actors):
    found = answer(question)
    assert quotes(found) == [quote]
    assert found.actors == actors


def test_a_list_ends_with_its_section(by_words):
    found = by_words("Vilka organisationer ger vittnesstödet?")
    assert quotes(found) == ["Vittnesstödet ges av följande organisationer:"]
    assert found.actors == ("Brottsofferjouren", "Mansjouren")


def test_several_sentences_answer_which_actors(by_words):
    found = by_words("Vilka beslutar?")
    assert sorted(quotes(found)) == [DEBT, PLACEMENT]
    assert sorted(found.actors) == ["Kronofogdemyndigheten", "Socialnämnden"]


# Questions of two parts, and comparisons


@pytest.mark.parametrize(
    ("question", "expected", "actors"),
    [
        (
            "Vem beslutar om skuldsanering och vem beslutar om placering i familjehem?",
            [DEBT, PLACEMENT],
            ("Kronofogdemyndigheten", "Socialnämnden"),
        ),
        (
            "Vem granskar skolor, samt vem erbjuder skyddat boende?",
            [REVIEW, SHELTER],
            ("Skolinspektionen", "Kvinnojouren Linnea"),
        ),
        (
            "Vem erbjuder skyddat boende och vem följer med till rättegången?",
            [SHELTER, TRIAL],
            ("Kvinnojouren Linnea",),
        ),
        ("Vem erbjuder skyddat boende och vem erbjuder kvinnor boende?", [SHELTER], ("Kvinnojouren Linnea",)),
        ("Vad gör Socialnämnden och vem granskar skolor?", [PLACEMENT, REVIEW], ("Socialnämnden", "Skolinspektionen")),
    ],
)
def test_both_parts_of_a_question_are_answered_in_order(answer, question, expected, actors):
    found = answer(question)
    assert quotes(found) == expected
    assert found.actors == actors


def test_each_part_of_a_question_is_searched_for_by_itself(by_words, monkeypatch):
    monkeypatch.setattr(choosing, "CANDIDATES", 1)
    assert quotes(by_words("Vem granskar skolor och vem beslutar om placering?")) == [REVIEW, PLACEMENT]


@pytest.mark.parametrize(
    "question",
    [
        "Vem erbjuder skyddat boende och vem lagar bilar?",
        "Vem lagar bilar och vem erbjuder skyddat boende?",
        "När öppnade Barnahus och vad kostar biljetten?",
        "Vad gör Elevhälsan och vad gör Kustbevakningen?",
    ],
)
def test_half_an_answer_is_none(answer, question):
    assert not answer(question).answered


def test_a_difference_is_told_by_a_sentence_of_each(answer):
    found = answer("Vad är skillnaden mellan Elevhälsan och Skolinspektionen?")
    assert quotes(found) == [BULLYING, REVIEW]
    assert found.actors == ("Elevhälsan", "Skolinspektionen")


@pytest.mark.parametrize(
    "question",
    [
        "Vad är skillnaden mellan Elevhälsan och Kustbevakningen?",
        "Vad är skillnaden mellan Elevhälsan och Rädda Barnen?",
        "Vad skiljer tandvården från Elevhälsan?",
    ],
)
def test_a_difference_to_what_the_sources_do_not_know_is_not_told(answer, question):
    found = answer(question)
    assert found.abstention.reason == "no_evidence"


def test_a_difference_in_what_neither_does_is_weak(answer):
    found = answer("Vad är skillnaden mellan Elevhälsan och Skolinspektionen i fråga om kylskåp?")
    assert found.abstention.reason == "weak_evidence"


# Why there is no answer


@pytest.mark.parametrize("question", ["", "   ", "?!", "\x00\n", "😀", "–"])
def test_an_empty_question(answer, question):
    found = answer(question)
    assert found.abstention.reason == "empty_question"
    assert found.abstention.message == "Skriv en fråga, så söker vi svaret i källorna."
    assert found.related == ()


@pytest.mark.parametrize(
    "question",
    [
        "Vad gör Kustbevakningen?",
        "vad gör kustbevakningen",
        "Vad gör Kustbevakningen mot mobbning?",
        "Vad gör Skatteverket?",
        "Vad gör Tullverket åt skuldsanering?",
        "Vad gör Rädda Barnen mot mobbning?",
        "Vad gör BUP?",
        "Vem följer med till rättegången i Malmö?",
        "Vem beslutar om placering i familjehem hos Kriminalvården?",
    ],
)
def test_a_name_that_the_sources_do_not_know(answer, question):
    assert answer(question).abstention.reason in {"no_evidence", "off_topic"}


@pytest.mark.parametrize(
    "question",
    [
        "Har jouren 40 platser?",
        "Vem har 13 platser?",
        "Vem granskar skolor 1987?",
        "Vem erbjuder skyddat boende åt 15 kvinnor?",
        "Öppnade Barnahus 2015?",
    ],
)
def test_a_number_that_the_sources_lack(answer, question):
    assert answer(question).abstention.reason == "no_evidence"


@pytest.mark.parametrize(
    "question",
    [
        "Vad kostar skyddat boende?",
        "Vad kostar placering i familjehem hos Socialnämnden?",
        "Är förhören i Barnahus gratis?",
        "När granskar Skolinspektionen skolor?",
        "Hur länge får man skyddat boende hos Kvinnojouren Linnea?",
        "Hur många beslut om placering fattar Socialnämnden?",
        "Vad är telefonnumret till Kvinnojouren Linnea?",
        "Vilken e-postadress har Kvinnojouren Linnea?",
        "Vem är chef för Barnahus?",
        "Varför öppnade Barnahus i Västervik?",
    ],
)
def test_a_price_a_time_a_number_or_an_address_that_no_sentence_has(answer, question):
    assert not answer(question).answered


@pytest.mark.parametrize("question", ["Vem bakar bullar?", "Vad är det för väder?", "Vilket straff ger häststöld?"])
def test_what_the_sources_are_not_about(answer, question):
    assert answer(question).abstention.reason in {"off_topic", "no_evidence"}


def test_a_question_about_nothing_is_off_topic(tmp_path):
    encoder = ConceptEncoder("mobbning")
    with Index.create(tmp_path / "index", encoder=encoder) as index:
        index.add([CHILDREN])
        found = checked(ask(index, encoder, "Vad gör ni?"))
        assert found.abstention.reason == "off_topic"
        assert len(found.related) == N_RELATED
        assert found.engine["encoder"] == encoder.fingerprint


def test_an_empty_index_answers_nothing(tmp_path):
    with Index.create(tmp_path / "index", encoder=None) as index:
        found = checked(ask(index, None, "Vem erbjuder skyddat boende?"))
        assert (found.abstention.reason, found.related) == ("no_evidence", ())


def test_a_refusal_still_shows_what_is_near(by_words):
    found = by_words("Vad kostar skyddat boende?")
    assert found.related[0].quote == SHELTER
    assert found.related[0].actor == "Kvinnojouren Linnea"
    assert found.confidence == 0.0


# The frame, the filter, and any text at all


@pytest.mark.parametrize("language", ["sv", "en"])
def test_each_reason_has_a_sentence_of_its_own_in_the_language_asked_for(language):
    said = [messages.abstention(reason, language) for reason in get_args(AbstentionReason)]
    assert len(set(said)) == len(said) == 4
    for sentence in said:
        assert sentence.endswith(".")
        assert language_of(sentence) == language
    assert messages.abstention("no_evidence", "fi") == messages.abstention("no_evidence", "sv")


def test_an_english_question_has_an_english_frame_around_swedish_quotes(answer):
    found = answer("What does Barnahus do?")
    assert found.language == "en"
    assert found.text == (
        "Barnahus: «Barnahus samordnar förhör och läkarundersökningar under ett och samma tak.» [1]\n"
        "Barnahus: «Barnahus öppnade 2014 i Västervik.» [2]\n"
        "(Swedish source text, quoted word for word.)"
    )
    assert answer("Who is Kustbevakningen?").text == "The text does not cover what you ask about."


PAGE = Document(
    "sida",
    "Stöd",
    "# Stöd\n\n## Samtalsmottagningen\n\nSamtalsmottagningen är till för personer som köper sex eller utövar våld. "
    "De erbjuder "
    "råd och stöd till personer och deras anhöriga.\n\n## Kvinnojouren Linnea\n\nKvinnojouren Linnea ger stöd till "
    "personer som "
    "är utsatta för våld eller tvingas sälja sex.\n\n## Socialtjänsten\n\nBeslut om skyddat boende fattas av "
    "enhetschefen. "
    "Socialtjänsten har befogenhet att vidta åtgärder när våld misstänks. Handläggaren upprättar en ansökan om "
    "bistånd.",
)


@pytest.fixture(scope="module")
def support():
    with Index.in_memory(encoder=None) as index:
        index.add([PAGE])
        yield lambda question: ask(index, None, question)


@pytest.mark.parametrize(
    ("question", "actors"),
    [
        ("Jag köper sex, vart kan jag vända mig?", ("Samtalsmottagningen",)),
        ("Jag tvingas sälja sex, vem ger mig stöd?", ("Kvinnojouren Linnea",)),
        ("Min man hotar mig, vem erbjuder råd och stöd till mig?", ("Kvinnojouren Linnea",)),
        ("Min pojkvän tvingar mig att ha sex med personer som köper sex", None),
        ("Var kan jag köpa sex?", None),
        ("Måste jag ansöka om bistånd?", None),
        ("Vem upprättar en ansökan om medborgarskap?", None),
        ("Vad ska jag göra om våld misstänks?", None),
        ("Vem upprättar en ansökan om bistånd?", ("Socialtjänsten",)),
        ("Vem utövar våld?", None),
        ("Är jag ett offer för våld?", None),
        ("Jag köper sex, måste Samtalsmottagningen anmäla mig?", None),
        ("Vem stödjer anhöriga till sexsäljare?", ("Kvinnojouren Linnea",)),
        ("han utsätter mig för våld", None),
        ("Where can I buy sex?", None),
        ("Är Kvinnojouren Linnea bara för kvinnor?", None),
    ],
)
def test_words_alone_do_not_answer_whoever_needs_something_else(support, question, actors):
    found = support(question)
    assert found.actors == (actors or ())
    assert found.answered == (actors is not None)


def test_those_who_are_exposed_are_shown_nothing_for_those_who_buy(support):
    quotes = [
        related.quote for related in support("Min pojkvän tvingar mig att ha sex med personer som köper sex").related
    ]
    assert quotes
    assert not [quote for quote in quotes if "köper sex" in quote or "råd och stöd" in quote]


@pytest.mark.parametrize("question", ["Vem beslutar om skyddat boende?", "Vem fattar beslut om skyddat boende?"])
def test_a_deed_may_be_told_by_its_noun(support, question):
    assert [one.quote for one in support(question).citations] == ["Beslut om skyddat boende fattas av enhetschefen."]


def test_the_language_of_the_frame_changes_nothing_of_what_is_answered():
    with nmt_rag.open() as rag:
        for question in ("Vilken myndighet beslutar om betänketid?", "Who decides on a reflection period?"):
            assert rag.ask(question, language="en").citations == rag.ask(question, language="sv").citations != ()


def test_the_frame_may_be_chosen(by_words):
    assert by_words("Vem erbjuder skyddat boende?", language="en").text == (
        f"Kvinnojouren Linnea: «{SHELTER}» [1]\n(Swedish source text, quoted word for word.)"
    )
    assert by_words("What does Barnahus do?", language="sv").text.endswith("i Västervik.» [2]")
    assert by_words("", language="en").text.startswith("Please write a question")


def test_a_filter_keeps_to_its_document(answer):
    question = "Vem beslutar om placering eller skuldsanering?"
    for where, quote in (({"document_id": "barn"}, PLACEMENT), ({"document_id": "skulder"}, DEBT)):
        assert quotes(answer(f"Vem beslutar om {quote.split()[3]}", where=where)) == [quote]
        cited = {citation.document_id for citation in answer(question, where=where).citations}
        assert cited <= set(where.values())
    assert not answer("Vem erbjuder skyddat boende?", where={"document_id": "skulder"}).answered
    assert answer("Vem erbjuder skyddat boende?", where={"document_id": "nej"}).related == ()


def test_the_same_question_has_the_same_answer(answer):
    for question in ("Vem erbjuder skyddat boende?", "Vad gör Elevhälsan?", "Vilka beslutar?", "Vem bakar bullar?"):
        assert answer(question) == answer(question)


@pytest.mark.parametrize("text", ["Vem " + "skolan " * 400, "x" * 5_000, "Vad gör Mansjouren och " * 80])
def test_a_very_long_question_is_read_to_its_cap(by_words, text):
    assert len(by_words(text).question) <= 2_000


@pytest.mark.parametrize("value", [None, 3, b"Vem?"])
def test_a_question_is_a_string(words, value):
    with pytest.raises(TypeError, match="a question is a str"):
        ask(words, None, value)


PIECES = (
    "Vem Vad Vilka Vilken När Var Varför Hur gör är skillnaden mellan och vem vad i hos om inte kostar ? . «» 12 13 😀 "
    "Elevhälsan elevhälsan Barnahus Kvinnojouren Linnea Skolinspektionen Malmö Kustbevakningen mobbning skolor boende "
    "placering familjehem samverkan myndighet many does the who platser orosanmälan å a\u030a"
).split()
APART = [piece for piece in PIECES if piece != "och"]  # «och vem …?» would begin another question


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join)))
def test_any_text_has_an_answer_or_a_refusal_and_exact_quotes(words, text):
    checked(ask(words, None, text))


@given(st.sampled_from(sorted(SENTENCES)), st.lists(st.sampled_from(APART), max_size=6).map(" ".join))
def test_whatever_is_asked_of_one_named_actor_it_takes_part_in_what_is_cited(words, actor, rest):
    named = {name for name in (*SENTENCES, "Linnea") if name.split()[0].lower() in f"{actor} {rest}".lower()}
    found = checked(ask(words, None, f"{actor} {rest}"))
    if named == {actor}:
        assert {citation.actor for citation in found.citations} <= {actor}


def test_a_sentence_of_a_section_is_no_theme_of_the_page(tmp_path):
    text = (
        "# Stöd i Norrby\n\nHär finns stöd.\n\n## Elevhälsan\n\n"
        "Elevhälsan arbetar förebyggande mot mobbning i skolan.\n\n"
        "## Barnahus\n\nBarnahus tar emot barn som misstänks ha blivit utsatta för våld.\n"
    )
    with Index.create(tmp_path / "index", encoder=None) as index:
        index.add([Document("norrby", "Stöd i Norrby", text)])
        assert not ask(index, None, "Är det Barnahus som arbetar förebyggande mot mobbning i skolan?").answered
        given_answer = ask(index, None, "Vem arbetar förebyggande mot mobbning i skolan?")
        assert given_answer.actors == ("Elevhälsan",)


def test_a_filter_holds_also_where_the_question_names_an_actor(words):
    assert not ask(words, None, "vad gör elevhälsan?", where={"actor": "Barnahus"}).answered
    own = ask(words, None, "vad gör elevhälsan?", where={"actor": "Elevhälsan"})
    assert own.actors == ("Elevhälsan",)
    assert len(own.citations) == 3


def test_the_frame_is_swedish_or_english(words):
    with pytest.raises(ValueError, match="language is 'sv' or 'en', got 'de'"):
        ask(words, None, "Vad gör Barnahus?", language="de")


def test_whoever_a_sentence_names_itself_is_not_taken_for_the_actor_before_it():
    with Index.in_memory(encoder=None) as index:
        index.add([Document("a", "Betänketid", "Kommunen sköter skolan. Rektorn leder arbetet.")])
        answer = ask(index, None, "Vem leder arbetet?")
        assert [citation.quote for citation in answer.citations] == ["Rektorn leder arbetet."]
        assert answer.actors == ()
        assert ask(index, None, "Vem sköter skolan?").actors == ("Kommunen",)
