"""The Swedish analyzer, held to hand-worked examples; and the sentence splitter, which may lose no character."""

import string
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nmt_rag.swedish import analyzer, blocks

NBSP = "\xa0"

# «|» stands where one sentence ends and the next begins; the whitespace after it is the text's own.
SENTENCES = [
    # abbreviations
    "Vi hjälper bl.a. Barnahus och skolor.| Ring oss.",
    "Du kan t.ex. Ringa eller skriva.",
    "T.ex. Polisen kan svara.| Det går fort.",
    "Stödet gäller t. ex. Barn och bl. a. Unga, d. v. s. Alla.",
    "Mötet är kl. 12.30 i Malmö.| Kom i tid.",
    f"Mötet är kl.{NBSP}12.30 i Malmö.|{NBSP}Kom i tid.",
    "Öppet kl. 8.00–16.30.| Stängt på helger.",
    "Enligt 2 kap. 3 § brottsbalken är det brott.| Straffet är fängelse.",
    f"Se 2{NBSP}kap.{NBSP}3{NBSP}§ och prop. 2005/06:155 s. 3 f.| Bestämmelsen är ny.",
    "Vi ger råd, stöd m.m.| Polisen hjälper till.",
    "Vi ger råd, stöd m. m.| Polisen hjälper till.",
    "Råd m.m. och stöd m.fl. åtgärder ges.",
    "Anslaget (utg.omr. 9) räcker.| Utg. omr. 4 växer.",
    "Svar lämnas på betänkandet Ett hem för alla, m.m. (SOU 2031:4).| Sista dag är 3 maj.",
    "Vi ger råd, stöd m.m.| (Se även s. 5.)| Ring oss.",
    "Det kostar 500 kr.| Barn betalar inget.",
    "Det kostar 500 kr. per år.",
    "Anmälan, ansökan etc.| Blanketter finns här.",
    "Dr. Karlsson och prof. Lind svarar.| Fråga dem.",
    "Rapporten kom den 1 jan. 2024 och ändrades i sept. 2025.| Den gäller än.",
    "Se bil. 2 och art. 5 i konventionen, min. 3 år.",
    # words that look like them
    "Hon kör bil.| Han är ung.| Alla får vara med.| Boken är min.| Det var ett par.",
    "De bor i ett hus.| Huset är rött.",
    # initials
    "A. Svensson och B.C. Lind skrev boken.| J.-E. Karlsson läste den.",
    # numbers
    "Lagen gäller från den 1 juli 2020.| Den är ny.",
    "Ring 08-123 45 67.| Eller mejla info@exempel.se.| Vi svarar på www.exempel.se.| Välkommen!",
    "Beloppet är 1.000 kronor och 12.50 i avgift.",
    # other marks
    "Inom polisen finns även; Den nationella rapportören.| Hon rapporterar.",
    "Följande ingår: Polisen och tullen.",
    "Hur gör man?| Ring!| Vad händer sedan?!| Vi svarar.",
    "Vad gör vi nu? undrade hon.| Ingen svarade.",
    "Hon väntade…| Sedan gick hon.",
    "Hon väntade … sedan gick hon.",
    "Hon väntade...| Sedan gick hon ... hem.",
    "Hon sa: ”Jag vill inte.”| Sedan gick hon.",
    "«Kom hit!» sa hon.| «Nej.»| Så var det.",
    "(Se s. 5.)| Nästa mening.",
    "Nej.| ”Ja”, sa hon.| – Kanske.",
    "Hej!| 😀 Välkommen.| 👩‍👩‍👧 Familjen bor här. 🙂",
    # lines
    "Öppettider|\nMottagningen är öppen varje dag.|\nStängt på helger.",
    "# Polisen|\nPolisen hjälper dig.",
    "1. Ring polisen.|\n2. Skriv till kommunen.|\n3) Vänta.|\na) Eller inte.|\n(4) Sist.",
    "Vi erbjuder|\n- råd|\n- stöd|\n• hjälp|\n– samtal",
    "1 § Nämnden prövar ärenden.|\n2 a § Den ska rapportera.|\n3 kap. 1 § Detta gäller alla.",
    "Myndigheten ska ansvara för samordningen av arbetet mot våld i nära\nrelationer.| Den ska rapportera.",
    "Arbetet mot människohandel i hela landet leds och samordnas av\nJämställdhetsmyndigheten i Göteborg.",
    "Kontakta oss,\nGöteborg.",
    "En mening.|\n\n\n  \n\tEn annan.",
    # abbreviations before a number
    "Lokalen är bemannad vard. 9–17.| Ring annars.",
    "Rum finns på Torggatan 8, vån. 2.| Hissen är trasig.",
    "Tfn. 0123-45 67 00.| Vard. 9–17.| Vi möter Maria Ek.| 12 personer kom.| Ja.| 3 svar kom.",
    "Jfr 3 kap. 2 § 1 st. p. 4 och s. 12.| Det gäller i år.",
    "Föraren greps i morse.| 44-åringen nekar till brott.",
    "Avgiften tas ut enl. 4 kap. 1 § lagen.| Den är låg.",
    "Telefontid må.–fr. 9–16 och lö. 10–12.| Välkommen.",
    "Ordf. Maria Ek öppnar mötet.| Sekr. Bo Alm skriver.",
    # wrapped lines, to whatever width
    "Den som vill ha skyddat boende vänder sig till\nSocialtjänsten i den kommun där man bor.|\n"
    "Frågor om körkort besvaras alltid snabbt av\nTransportstyrelsen på telefon eller på kontoret.",
    "Avgiften för den som söker i vår är alltså\n250 kronor och betalas i kassan, men inte av\n(unga) studenter.",
    "Rätten följer av det som sägs i 4 kap.\n2 § socialtjänstlagen.| Den gäller alla.",
    "Den som behöver hjälp på kvällen kan ringa mellan 17 och\n22.| Därefter hänvisas alla samtal till jouren i Lövby.",
    "1. Du har fyllt 20 år eller|\n2. Du har intyg från skolan.|\n3. Du bor i Lövby.",
    "Stöd ges av|\n1. Socialnämnden|\n2. Kulturnämnden",
    "Lövby kommun|\nTorget 1|\n123 45 Lövby|\nTelefon 012-34 56 78",
    "Norra stödteamet för barn och unga, Storgatan 14 i Norra Lövby, plan 3|\nSödra stödteamet, Torget 2",
    # line breaks were lost before list marks, and before a quote
    "I arbetet ingår att: |* Samla grannarna.| * Tala med skolan.| Alla får vara med.",
    "Rådet ska: |* ta fram en plan, |* höra berörda, och |* rapportera i maj.| Det gäller i år.",
    "Det hände i Norra Lövby, säger Ek: |– Ingen ringde oss.",
    "Hon sa: – det räcker.",
    "Sidan räknar 3 * 4 gånger.| Menyn är Hem • Kontakt • Om oss",
    # a space was lost, and notes
    "Det står i lagen.|Beslut fattas genast.| Se www.Polisen.se eller Anna.Ek@lovby.se.",
    "Stödet är 500 kronor.²| Det höjs i maj.",
    "Stödet är 500 kronor.[^1]| Det höjs i maj.",
    "En rad|\n\nen annan rad",
]


@pytest.mark.parametrize("marked", SENTENCES)
def test_sentences_end_where_a_reader_ends_them(marked):
    text = marked.replace("|", "")
    found = [text[start:end] for start, end in blocks.sentences(text)]
    assert found == [sentence.strip() for sentence in marked.split("|")]


@pytest.mark.parametrize("marked", SENTENCES)
def test_sentences_are_the_same_in_decomposed_text(marked):
    text = unicodedata.normalize("NFD", marked.replace("|", ""))
    found = [unicodedata.normalize("NFC", text[start:end]) for start, end in blocks.sentences(text)]
    assert found == [sentence.strip() for sentence in marked.split("|")]


def test_offsets_of_a_text_are_counted_in_characters():
    #       0123456789012345678901
    text = f"  😀 Å!{NBSP}Ös.\n\n- Ja \n"
    assert blocks.sentences(text) == [(2, 6), (7, 10), (12, 16)]


def test_a_row_is_one_sentence():
    text = "Barn | 10 kr. Även unga\nVuxna | 20 kr. Alla"
    assert [text[start:end] for start, end in blocks.sentences(text)] == text.split("\n")


def test_an_unmarked_list_in_a_text_of_long_lines_is_no_wrapped_sentence():
    items = ["att du betalar dina skatter och avgifter", "att du sköter bokföringen", "att du har giltigt tillstånd"]
    text = "\n".join(
        ["Vi kontrollerar varje år, efter anmälan eller på eget initiativ, " + "det som sägs här: " * 6, *items]
    )
    assert [text[start:end] for start, end in blocks.sentences(text)][-3:] == items


LONG = "Föreningen har enligt sina stadgar och årsmötets beslut i uppgift att samla grannarna, " * 2 + "och gör det.\n"


@pytest.mark.parametrize(
    "items",
    [
        ["behovet av lokaler,", "tillgången till ledare,", "ekonomin och", "läget i kommunen."],
        ["trädgård (störst),", "snickeri (växer) och", "sömnad (vilar)."],
        ["anmälningar till nämnden för grannsamverkan\n(NGS) om störande ljud", "frågor om lokaler"],
        ["bidrag (till exempel för resor", "lån av lokaler"],  # the bracket was forgotten
    ],
)
def test_items_of_an_unmarked_list_end_with_their_lines_in_a_text_of_long_lines(items):
    text = LONG + "\n".join(["Vi bedömer:", *items])
    assert [text[start:end] for start, end in blocks.sentences(text)][2:] == items


def test_a_comma_alone_makes_no_list_of_a_text_of_long_lines():
    text = LONG + "Föreningens lokal, Storgatan 4,\n123 45 Lövby"
    assert [text[start:end] for start, end in blocks.sentences(text)][1:] == [
        "Föreningens lokal, Storgatan 4,\n123 45 Lövby"
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\n\t\xa0\n", "\r\n"])
def test_text_without_a_word_has_no_sentence(text):
    assert blocks.sentences(text) == []


PIECES = st.sampled_from(
    [
        *'aåÖ1.!?…:;,-–(«»”")§#*•😀',
        *(" ", "  ", "\n", "\n\n", "\t", NBSP, "\r\n", "\u2028", "\x0b", "\u0301"),
        *("bl.a. ", "t. ex. ", "kl. ", "m.m. ", "kap. ", "2 § ", "1. ", "- ", "a) ", "## ", "..."),
        *("Polisen", "polisen", "människohandel", "A. ", "x" * 70),
    ]
)
TEXTS = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60)


@given(TEXTS)
@example("1.")
@example(". . .")
@example("#\n.\n")
def test_no_character_but_whitespace_falls_between_sentences(text):
    end = 0
    for start, stop in blocks.sentences(text):
        assert not text[end:start].strip()
        assert start < stop
        assert text[start:stop] == text[start:stop].strip()
        end = stop
    assert not text[end:].strip()


@given(TEXTS, TEXTS)
def test_a_blank_line_always_ends_a_sentence(first, second):
    first, second = first.rstrip(), second.lstrip()
    edge = len(first) + 1
    assert not any(start < edge < end for start, end in blocks.sentences(f"{first}\n\n{second}"))


@pytest.mark.parametrize(
    "text",
    [
        "En mening till här. " * 10_000,
        "bl.a. Polisen, " * 14_000,
        "en rad med text som fortsätter\n" * 6_400,
        "A. " * 66_000,
        "." * 1_000_000,
        '."' * 500_000,
        "a" + ")" * 999_999,
        " " * 1_000_000,
        "." + " " * 1_000_000 + "a",
        "1" * 1_000_000,
        "1" + " " * 1_000_000 + "a",
        "«(" * 500_000,
        "Hon sa: ”" * 22_000,
        "# " * 500_000,
        "\n" * 200_000,
        "- \n" * 66_000,
        "a" * 1_000_000,
        "x. " + "(" * 1_000_000,
    ],
    ids=lambda text: f"{text[:12]!r}",
)
def test_a_long_text_takes_no_longer_than_its_length_tells(text):
    """A megabyte, or a fifth of one where there are many sentences: a second at most."""
    started = time.process_time()
    blocks.sentences(text)
    analyzer.tokens(text)
    assert time.process_time() - started < 6.0  # seconds; a quadratic step would take minutes


@pytest.mark.parametrize(
    ("line", "length"),
    [("- råd", 2), ("  • råd", 4), ("12. råd", 4), ("a) råd", 3), ("(3) råd", 4), ("råd - stöd", 0), ("2024. råd", 0)],
)
def test_list_marks_are_known_and_measured(line, length):
    assert blocks.is_list_item(line) == (length > 0)
    assert blocks.list_mark_length(line) == length


def test_words_are_lower_case_composed_and_in_order():
    assert analyzer.words("Patent- och registreringsverket, SFS 2007:1111!") == [
        *("patent", "och", "registreringsverket", "sfs", "2007", "1111"),
    ]
    assert analyzer.words(unicodedata.normalize("NFD", "Åklagaren på ön")) == ["åklagaren", "på", "ön"]
    assert analyzer.words("snake_case 😀 … §") == ["snake", "case"]
    assert analyzer.words("") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Länsstyrel-\nsen beslutar", ["länsstyrelsen", "beslutar"]),
        ("EU-\ndirektivet", ["eu", "direktivet"]),
        ("hälso-\noch sjukvård", ["hälso", "och", "sjukvård"]),
        ("Läns\u00adstyrelsen ﬁnns of\u200bta", ["länsstyrelsen", "finns", "ofta"]),
        ("Läns\u00ad\nstyrelsen", ["länsstyrelsen"]),
        ("118³ personer", ["118", "personer"]),
    ],
)
def test_parted_words_are_whole(text, found):
    assert analyzer.words(text) == found


def test_words_of_any_length_are_cut():
    assert analyzer.words("a" * 1000 + " b") == ["a" * analyzer.MAX_WORD_LENGTH, "b"]


@pytest.mark.parametrize(
    ("word", "stem"),
    [  # from the sample vocabulary at https://snowballstem.org/algorithms/swedish/stemmer.html
        ("jaktkarlarne", "jaktkarl"),
        ("jaktkarlens", "jaktkarl"),
        ("jakthund", "jakthund"),
        ("klokheten", "klok"),
        ("klostren", "klostr"),
    ],
)
def test_stems_are_those_of_snowball(word, stem):
    assert analyzer.stem(word) == stem


@pytest.mark.parametrize(
    ("word", "other"),
    [("betänketid", "betänketiden"), ("polisen", "polisens"), ("människohandel", "människohandeln")],
)
def test_inflections_share_a_token(word, other):
    assert set(analyzer.tokens(word)) & set(analyzer.tokens(other))


@given(st.text(alphabet=string.ascii_lowercase + "åäö", min_size=4, max_size=30))
def test_ngrams_put_together_give_the_word(word):
    found = analyzer.tokens(word)
    grams = [token.removeprefix(analyzer.NGRAM_MARK) for token in found if token.startswith(analyzer.NGRAM_MARK)]
    assert len(grams) == len(word) - 2
    assert grams[0] + "".join(gram[-1] for gram in grams[1:]) == f"_{analyzer.fold(word)}_"


def test_fold_writes_what_a_keyboard_without_dots_writes():
    assert analyzer.fold("åäöéèüæø kåt") == "aaoeeuao kat"


def test_tokens_by_hand():
    assert analyzer.tokens("Vad gör polisen?") == ["polis", "~_poli", "~polis", "~olise", "~lisen", "~isen_"]
    assert analyzer.tokens("Råd och stöd") == ["råd", "stöd", "~_stod", "~stod_"]  # three letters: the stem alone
    assert analyzer.tokens("Vad och hur?") == ["vad", "och", "hur"]  # nothing but stop words: they stay
    assert analyzer.tokens("§ … 😀") == []


def test_pairs_by_hand():
    assert analyzer.pairs("Vad är ett visum?") == ["ett+visum"]  # «vad är» and «är ett» are everywhere
    assert analyzer.pairs("Polisens råd – och stöd") == ["polis+råd", "råd+och", "och+stöd"]
    assert analyzer.pairs("polisen") == analyzer.pairs("med till") == analyzer.pairs("") == []


def test_what_tokens_count():
    assert [analyzer.share(token) for token in ("polis", "polis+råd", "~polis")] == [1.0, 0.5, 0.2]
    assert [analyzer.share(token, known=False) for token in ("polis", "polis+råd", "~polis")] == [1.0, 0.5, 0.5]
    assert [analyzer.is_stem(token) for token in ("polis", "polis+råd", "~polis", "")] == [True, False, False, True]


@given(TEXTS)
def test_every_token_is_a_stem_an_ngram_or_a_pair(text):
    assert all(analyzer.is_stem(analyzer.stem(word)) for word in analyzer.words(text))
    kinds = {(analyzer.is_stem(t), analyzer.share(t)) for t in [*analyzer.tokens(text), *analyzer.pairs(text)]}
    assert kinds <= {(True, 1.0), (False, analyzer.NGRAM_SHARE), (False, analyzer.PAIR_SHARE)}


@given(TEXTS)
def test_a_text_has_tokens_exactly_if_it_has_words(text):
    assert bool(analyzer.tokens(text)) == bool(analyzer.words(text))


@given(TEXTS)
def test_tokens_do_not_depend_on_case_or_unicode_form(text):
    composed = unicodedata.normalize("NFC", text)
    assert analyzer.tokens(composed) == analyzer.tokens(unicodedata.normalize("NFD", text))
    assert analyzer.tokens(composed.lower()) == analyzer.tokens(composed)


def test_stop_words_are_function_words_only():
    stop = analyzer.stop_words()
    assert {"och", "att", "vilken", "för", "vid"} <= stop
    assert not stop & {"ansvara", "besluta", "stödja", "polisen"}
    assert all(word == unicodedata.normalize("NFC", word).lower() and word.isalpha() for word in stop)
