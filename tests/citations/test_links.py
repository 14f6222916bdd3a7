"""Text fragments against a model of the browser's search: every directive must find its quote, and only it.

The model follows https://wicg.github.io/scroll-to-text-fragment/#find-a-range-from-a-text-directive on a page whose
blocks are the lines of a text. tests/citations/test_links_in_a_browser.py holds the same links to a real browser.
"""

import os
import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nmt_rag.citations import links
from nmt_rag.citations.links import MAX_EXACT, _page, deep_link, text_fragment

SEED = Path(os.environ.get("NMT_RAG_SHARED", "/nowhere")) / "seed" / "deltagande-myndigheter.txt"


def parse(fragment):
    """Return prefix, start, end and suffix of a directive, decoded; None where it has none."""
    assert fragment.startswith("#:~:text=")
    parts = fragment.removeprefix("#:~:text=").split(",")
    prefix = unquote(parts.pop(0).removesuffix("-")) if parts[0].endswith("-") else None
    suffix = unquote(parts.pop().removeprefix("-")) if parts[-1].startswith("-") else None
    assert 1 <= len(parts) <= 2
    assert all(re.fullmatch(r"(?:[A-Za-z0-9_.~]|%[0-9A-F]{2})+", part) for part in parts)
    start, end = unquote(parts[0]), unquote(parts[1]) if len(parts) == 2 else None
    return prefix, start, end, suffix


def folded(text):
    """Return the text as a search without regard to case, accents and kinds of space sees it, length unchanged."""
    text = "".join(unicodedata.normalize("NFD", character)[0] for character in text)
    return "".join(c.casefold() if len(c.casefold()) == 1 else c for c in text.replace("\u00a0", " "))


def is_boundary(page, at):
    """Return whether a word may begin or end here (UAX 29, as far as letters, digits and full stops go)."""
    left, right = page[at - 1 : at] if at else "", page[at : at + 1]
    if left.isalnum() and right.isalnum():
        return False
    inner = set(".:'’")  # between letters they do not end a word
    before, after = page[max(0, at - 2) : max(0, at - 1)], page[at + 1 : at + 2]
    return not (
        (left.isalnum() and right in inner and after.isalnum())
        or (left in inner and before.isalnum() and right.isalnum())
    )


def find(page, part, begin, bounded_start, bounded_end):
    """Return the first place of a part within one line (a part holds no line break), or None."""
    at = page.find(part, begin)
    while at >= 0:
        end = at + len(part)
        if (not bounded_start or is_boundary(page, at)) and (not bounded_end or is_boundary(page, end)):
            return at, end
        at = page.find(part, at + 1)
    return None


def skip_space(page, at):
    """Return the next offset that holds no white space."""
    while at < len(page) and page[at].isspace():
        at += 1
    return at


def browse(page, fragment):
    """Return the range of the page that a browser highlights, or None."""
    page = folded(page)
    prefix, start, end, suffix = (None if part is None else folded(part) for part in parse(fragment))
    assert not any("\n" in part for part in (prefix, start, end, suffix) if part)
    begin = 0
    while begin < len(page):
        if prefix is not None:
            found = find(page, prefix, begin, True, False)
            if found is None:
                return None
            begin = found[0] + 1
            expected = skip_space(page, found[1])
            match = find(page, start, expected, False, end is not None or suffix is None)
            if match is None:
                return None
            if match[0] != expected:
                continue
        else:
            match = find(page, start, begin, True, end is not None or suffix is None)
            if match is None:
                return None
            begin = match[0] + 1
        stop = match[1]
        while True:
            if end is not None:
                tail = find(page, end, stop, True, suffix is None)
                if tail is None:
                    return None
                stop = tail[1]
            if suffix is None:
                return match[0], stop
            after = find(page, suffix, skip_space(page, stop), False, True)
            if after is None:
                return None
            if after[0] == skip_space(page, stop):
                return match[0], stop
            if end is None:
                break
    return None


def pages(text):
    """Return two pages of a text without marks: its lines as blocks, and its lines joined into one block."""
    lines = re.sub(r"[ \t]*\n\s*", "\n", text)
    return lines, lines.replace("\n", " ")


def assert_finds(text, start, end):
    """Hold a quote's directive to the model: on both pages it finds the quote, at the quote's place."""
    fragment = text_fragment(text, start, end)
    for page in pages(text):
        found = browse(page, fragment)
        assert found is not None, fragment
        assert page[slice(*found)].split() == text[start:end].split()
        assert page[: found[0]].split() == text[:start].split(), "another place with the same words"


def sentences(text):
    return [match.span() for match in re.finditer(r"[^\s.][^\n.]*\.?", text)]


@pytest.mark.skipif(not SEED.exists(), reason="needs the public data that NMT_RAG_SHARED names")
def test_every_sentence_and_paragraph_of_the_seed_page():
    text = SEED.read_text(encoding="utf-8")
    places = sentences(text) + [match.span() for match in re.finditer(r"\S.*\S", text)]
    assert len(places) > 50
    for start, end in places:
        assert_finds(text, start, end)


def test_one_short_sentence_is_named_with_nothing_else():
    text = "Det är så. Åklagaren leder förundersökningen. Slut."
    assert text_fragment(text, 11, 45) == "#:~:text=%C3%85klagaren%20leder%20f%C3%B6runders%C3%B6kningen."


def test_marks_of_the_directive_are_encoded():
    text = "Stöd- och hjälp, 50 % & #1\u00a0+ mer? «Ja» – 2/3 eller så. Annat."
    fragment = text_fragment(text, 0, 54)
    assert fragment == (
        "#:~:text=St%C3%B6d%2D%20och%20hj%C3%A4lp%2C%2050%20%25%20%26%20%231%C2%A0%2B%20mer%3F"
        "%20%C2%ABJa%C2%BB%20%E2%80%93%202%2F3%20eller%20s%C3%A5."
    )
    assert parse(fragment) == (None, text[:54], None, None)


def test_a_short_quote_is_named_with_its_neighbours_on_its_own_line():
    text = "Meny\nKontakten kan ske helt anonymt. Ring oss i dag. Vi svarar alltid alla dagar.\nSlut"
    start = text.index("Ring")
    assert parse(text_fragment(text, start, start + 15)) == (
        "ske helt anonymt.",
        "Ring oss i dag.",
        None,
        "Vi svarar alltid",
    )


def test_a_heading_is_named_with_the_lines_around_it():
    text = "Före detta rad.\n\n# NOA\n\nNOA leder den operativa verksamheten."
    assert parse(text_fragment(text, 17, 22)) == ("Före detta rad.", "NOA", None, "NOA leder den")


def test_a_long_quote_is_named_by_its_ends():
    words = [f"ord{i}" for i in range(100)]
    text = "Före. " + " ".join(words) + ". Efter."
    start, end = 6, text.index(" Efter")
    assert end - start > MAX_EXACT
    assert parse(text_fragment(text, start, end)) == (None, " ".join(words[:10]), " ".join(words[-10:]) + ".", None)
    assert_finds(text, start, end)


def test_lines_of_a_quote_are_named_by_its_ends():
    text = "Inledning av sidan.\nFörsta stycket om stöd.\nAndra stycket om hjälp.\nSlut på sidan."
    start, end = 20, text.index("\nSlut")
    assert parse(text_fragment(text, start, end)) == (None, "Första stycket om stöd.", "Andra stycket om hjälp.", None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# Rubrik", "Rubrik"),
        ("###### Rubrik 2", "Rubrik 2"),
        ("- råd och stöd", "råd och stöd"),
        ("  * råd\n  * stöd", "råd\nstöd"),
        ("1. Ring\n2) Vänta", "Ring\nVänta"),
        ("> citat", "citat"),
        ("> - **fet** text", "fet text"),
        ("Läs **mer** om [KAST](https://a.b/c_d_e), *inte* `kod`.", "Läs mer om KAST, inte kod."),
        ("En ![bild](b.png) här", "En här"),
        ("__fet__ och _kursiv_ men inte e_post_adress", "fet och kursiv men inte e_post_adress"),
        ("<https://a.b/c>", "https://a.b/c"),
        ("pris* gäller 2 * 3 * 4 och **", "pris* gäller 2 * 3 * 4 och **"),
        ("[2] se not [3]", "[2] se not [3]"),
        ("NOA | 010-56 | dygnet runt", "NOA\n010-56\ndygnet runt"),
        ("a  b\t\tc \n\n d", "a b\tc\nd"),
        ("290\u00a0kommuner", "290\u00a0kommuner"),
        ("2 kap. 3 § #inte rubrik", "2 kap. 3 § #inte rubrik"),
        ('[a](https://a.b "T") och [b][c]', "a och b"),
        ("<a@b.se> ~~bort~~ 2 \\* 3", "a@b.se bort 2 * 3"),
        ("- [x] Klart", "Klart"),
        ("| A | B |\n|---|:--|\n| 1 | 2 |", " A\nB\n1\n2 "),
    ],
)
def test_what_the_page_shows_of_a_text(text, shown):
    assert _page(text).shown == shown


def test_marks_are_not_in_the_directive():
    text = "# Rubrik\n\n- **Läs mer** om [KAST](https://a.b/c) i Stockholm eller Malmö.\n- Annat"
    start, end = text.index("- **"), text.index("\n- Annat")
    assert parse(text_fragment(text, start, end)) == (None, "Läs mer om KAST i Stockholm eller Malmö.", None, None)


def test_lines_that_a_page_does_not_show_are_no_neighbours():
    text = "Text.\n\n| Vad | Pris |\n|-----|------|\n| Städ | 300 kr |\n\n---\n\nNej.\n\nSlut\n====\n\nJa."
    named = {said: parse(text_fragment(text, (at := text.index(said)), at + len(said))) for said in ("Nej.", "Ja.")}
    assert named == {"Nej.": ("300 kr", "Nej.", None, "Slut"), "Ja.": ("Slut", "Ja.", None, None)}
    start = text.index("Städ")
    assert parse(text_fragment(text, start, start + 13)) == ("Pris", "Städ", "300 kr", "Nej.")


@pytest.mark.parametrize(
    ("quote", "expected"), [("handel", "människohandeln"), ("finns i Sver", "finns i Sverige"), ("öd mot", "Stöd mot")]
)
def test_half_words_are_widened(quote, expected):
    text = "Stöd mot människohandeln finns i Sverige."
    start = text.index(quote)
    assert parse(text_fragment(text, start, start + len(quote)))[1] == expected


def test_a_sentence_without_space_before_it_is_named_with_its_neighbours():
    text = "Det var allt från oss.Nästa mening kom direkt efteråt.Slut på det."
    start, end = text.index("Nästa"), text.index("Slut")
    assert parse(text_fragment(text, start, end)) == (
        "allt från oss.",
        "Nästa mening kom direkt efteråt.",
        None,
        "Slut på det.",
    )


@pytest.mark.parametrize("text", [" ", "\n\t ", "# ", "- ", "![bild](b.png)"])
def test_nothing_to_be_seen_has_no_fragment(text):
    text += "."
    assert text_fragment(text, 0, len(text) - 1) in ("", "#:~:text=.")
    assert text_fragment(" \n ", 0, 3) == ""


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (0, 5), (5, 6)])
def test_offsets_outside_the_text_are_refused(start, end):
    with pytest.raises(ValueError, match=r"offsets \[-?\d:\d\] are no place in a text of 4 characters"):
        text_fragment("text", start, end)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", ""),
        ("https://a.se/sida", "https://a.se/sida#:~:text=F"),
        ("https://a.se/sida#", "https://a.se/sida#:~:text=F"),
        ("https://a.se/sida#del", "https://a.se/sida#del:~:text=F"),
        ("https://a.se/a.pdf#page=3", "https://a.se/a.pdf#page=3:~:text=F"),
        ("https://a.se/sida?q=1&r=2", "https://a.se/sida?q=1&r=2#:~:text=F"),
        ("https://a.se/sida#:~:text=gammal", "https://a.se/sida#:~:text=F"),
        ("https://a.se/sida#del:~:text=gammal&text=till", "https://a.se/sida#del:~:text=F"),
    ],
)
def test_the_address_keeps_its_own_fragment(url, expected):
    text = "En fråga om stöd till barn. Slut."
    link = deep_link(url, text, 3, 27)
    assert link == expected.replace("text=F", "text=fr%C3%A5ga%20om%20st%C3%B6d%20till%20barn.")


def test_without_an_address_no_link_is_worked_out(monkeypatch):
    def refuse(*_):
        raise AssertionError("a fragment was worked out for nothing")

    monkeypatch.setattr(links, "text_fragment", refuse)
    assert deep_link("", "Ett ord.", 0, 3) == ""
    assert deep_link("https://x.example/a.pdf", "Ett ord.", 0, 3, page=2) == "https://x.example/a.pdf#page=2"
    with pytest.raises(ValueError, match="no place"):
        deep_link("", "Ett ord.", 3, 3)


def test_an_address_without_anything_to_see_stays_as_it_is():
    assert deep_link("https://a.se/sida#del", "a \n b", 1, 4) == "https://a.se/sida#del"


WORDS = st.sampled_from(
    ["stöd", "Stod", "och", "NMT:s", "kl.", "12.30", "«ja»", "barn-", "–", "a,b", "&", "50\u00a0%", "hjälp"]
)


@given(st.data())
def test_every_piece_of_any_plain_text_is_found_at_its_place(data):
    """The place is the quote's own unless the same words stand there several times in the same surroundings."""
    lines = data.draw(st.lists(st.lists(WORDS, min_size=1, max_size=12), min_size=1, max_size=6))
    numbered = [[*line, f"rad{number}"] for number, line in enumerate(lines)]
    text = "\n".join(" ".join(line) for line in numbered)
    edges = [match.span() for match in re.finditer(r"\S+", text)]
    first = data.draw(st.integers(0, len(edges) - 1))
    last = data.draw(st.integers(first, len(edges) - 1))
    assert_finds(text, edges[first][0], edges[last][1])


@given(st.text(max_size=60), st.data())
@example("a" * 12_000, None)
@example("\u0000\ud800\U0001f642e\u0301\u200d", None)
def test_any_text_and_place_give_a_fragment_or_none(text, data):
    start = data.draw(st.integers(0, len(text))) if data else 0
    end = data.draw(st.integers(start, len(text))) if data else len(text)
    if start == end:
        return
    fragment = text_fragment(text, start, end)
    assert fragment == "" or parse(fragment)


def test_half_a_character_is_searched_for_as_a_page_shows_it():
    assert text_fragment("Först \ud800 sist.", 0, 13) == "#:~:text=F%C3%B6rst%20%EF%BF%BD%20sist."
