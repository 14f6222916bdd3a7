"""What a passage is read with: what it goes on from, what it points back to, and what limits it right after it.

The lead of a list, the question above an answer, «Följande regler upphörde i juni.» above what it dates. How it is
shown is settled in `nmt_rag.answering.quoting`; what is a passage, in `nmt_rag.documents.passages`.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from functools import partial

from nmt_rag import swedish
from nmt_rag.documents.list_items import Items
from nmt_rag.swedish import wholewords
from nmt_rag.types import Document, Passage

CONTEXT_NEIGHBOURS = 300
"""How much of the sentence before is encoded with a passage that leans on it, and of its title (characters); a longer
one leads to nothing."""

_MOST_BESIDE = 3
"""At most so many sentences before one, or after it, are read with it, where each points to the one before it."""
_NOTE = re.compile(r"^(?:OBS|Obs|Observera|Notera|Tänk på)\b[!:,.]?(?: att\b)? *")
_BARE = r"Gäller\b(?!.*\?)"
"""How a sentence begins that tells what is said above it for whom or when: «Gäller bara dig som bor ensam.»"""
_POINTS_BACK = re.compile(
    r"(?:De|Dom|Den|Det(?! f[ia]nns\b(?!.*\bundantag)))(?=[,.!]| här\b| där\b| "
    r"(?:(?:inte|aldrig|bara|endast|också|även) )?(?!år\b)(?:[a-zåäö]+[rs]|kan|ska|skall|måste|vill|vet|var|blev|"
    r"fick|gick|kom|hade|kunde|skulle|ville|gällde|upphörde)\b(?! som\b))|"
    r"(?:Han|Hon|Hen|Dessa)\b(?! som\b)|(?:Detta|Denna|Deras|Dess|Hans|Hennes|Där|Dit|Då|Därefter|"
    r"Därför|Annars|Däremot|Dock|Men|Sådan\w*|Samma|Ovanstående|Undantag\w*|I (?:så|sådana|dessa|de|det) fall\w*|"
    r"Endast|Enbart|They|It|This|These|He|She|Their|Its|Then|Otherwise|But|However)\b|"
    r"Så (?!att\b|fort\b|här\b|länge\b|långt\b|ofta\b|snart\b|som\b)[^?:]*[.!]$|" + _BARE
)
"""How a sentence begins that says only together with the one before it whom or what it is about.

«De», «Den» and «Det» stand for what was named where a verb follows; else they are articles («Den nya hallen …»), and
«Det finns …» names what it is about itself, but for «Det finns undantag».
"""
_SPEAKS_OF_BELOW = re.compile(
    r"(?:Gäller|Ingår|Omfattar|Avser)\b|(?:Inte|Ej|Aldrig)(?: \w+)?[.!]\Z|"
    r".*\b(?:detta|denna|dessa|(?:de[nt]?|så) här|sådan\w*|följande|nedan\w*)\b",
    re.IGNORECASE | re.DOTALL,
)
"""A whole sentence that may speak of what stands below it: it points at something, or names no subject of its own."""
_LIMITS = re.compile(
    r"\b(?:bara|endast|enbart|utom|förutom|såvida|undantag\w*|före|till och med|upp till)\b", re.IGNORECASE
)
"""How a sentence limits the one that it points back to, where it does not deny: «Detta gäller bara …»."""
_POINTS_FORWARD = re.compile(
    r"\b(?<!\bdet )(?<!\bde )(?<!\bden )(?<!\bnärmast )(?:följande|nedanstående)\b"
    r"(?! (?:dag|natt|morgon|vecka|veckor|helg|månad|kvartal|termin|år)\w*)|^\w+[nta] nedan(?= \w)",
    re.IGNORECASE,
)
"""How a sentence speaks of what stands below it: «Följande regler upphörde i juni.», «Reglerna nedan är gamla.»; no
«följande dag», and no «de följande åren»."""
_DEEPEST = 200
"""A list mark begins at most so far from its line's beginning (characters)."""
_SECTION = re.compile(r"\d+ ?(?:[a-z] )?§")
_ASIDE = re.compile(r"(?=.*(?:: |\d))[A-ZÅÄÖ\d].{0,98}[^\s.!?:,;]\Z")
"""A line that names or dates what stands beside it, as a picture does: «Foto: Anna Ek», «2 mars 2026»."""


def leads(document: Document, found: Sequence[Passage]) -> dict[int, str]:
    """Return what some passages go on from, by their ordinals: an item, a row, what a colon or a question leads to.

    «Du får inte:» is read before each item of the list and each row of the table below it; where no line leads to a
    list its heading does, as «Det här gör vi inte:», and both do where the line is a sentence that denies. A line with
    a colon leads to the paragraph below it. A sentence that points to what stands below it («Följande regler upphörde
    i juni.») leads to the rest of its paragraph or else to the next one, or to the list or tables right below it;
    where it is a paragraph of its own, to all paragraphs up to a list, a table or the next heading. A heading that asks
    is read before the first sentence below it: «Ja.» says nothing alone.

    Args:
        document: their document.
        found: its passages, in order.
    """
    result: dict[int, str] = {}
    text, items = document.text, Items(document.text)
    before: Passage | None = None
    rows = ""  # what the rows of this table go on from
    pointers: list[Passage] = []  # a sentence that points to what stands below it, and those that point back to it
    alone, reach = False, math.inf  # whether it begins its paragraph; the last one led to, below 0 past a list
    aside = False  # whether the passage before names or dates what a line above it leads to
    bare = False  # whether the passage before tells when what stands in a list or table above it holds
    for passage, line in zip(found, _lines(text, found), strict=True):
        near = before if before and before.heading == passage.heading else None
        was_aside, aside = aside, False
        same = near is not None and near.end > line
        in_list, below_row = items.are_open, near is not None and " | " in near.text
        if near is None or _SECTION.match(passage.text):
            pointers = []
        told, right_above = " ".join(map(_line, pointers)), bool(pointers) and near is pointers[-1]
        above = partial(_above, told, None if right_above or in_list or bare else near)
        if in_list and same and near:  # a further sentence of the same item
            result[passage.ordinal] = result[near.ordinal]
        elif not same and items.take(passage, line, near, above):
            result[passage.ordinal] = items.lead
            reach = -1
        elif " | " in passage.text:
            if in_list or not below_row:
                rows = above()
            elif near and text.count("\n", near.end, passage.start) > 1 and not rows.endswith(":"):
                rows = told  # another table
            if rows:
                result[passage.ordinal] = rows
            reach = -1
        else:
            goes_back = right_above and same and _points_back(passage)
            if near and right_above and not goes_back:
                reach = passage.paragraph if near.paragraph == passage.paragraph or not alone else math.inf
            if passage.paragraph > reach:
                pointers, told = [], ""
            leads_here = near is not None and near.text.endswith(":") and not (in_list or same or was_aside)
            led = _line(near) if leads_here else ""
            if near is None and passage.heading and passage.heading[-1].endswith("?"):
                result[passage.ordinal] = passage.heading[-1]
            elif near and same and result.get(near.ordinal, "").endswith(":"):
                result[passage.ordinal] = result[near.ordinal]
            elif goes_back:
                pointers.append(passage)
            elif led or told:
                result[passage.ordinal] = f"{told} {led}".strip()
            if _points_forward(passage):
                pointers, reach = [passage], math.inf
                alone = near is None or near.paragraph != passage.paragraph
            bare = (in_list or below_row) and re.match(_BARE, passage.text) is not None
            if led and text[passage.end : passage.end + 1] in ("", "\n") and _ASIDE.match(passage.text):
                aside = True
                continue
        before = passage
    return result


def before(document: Document, found: Sequence[Passage]) -> dict[int, Sequence[Passage]]:
    """Return the sentences that passages point back to, as «De är öppna» and «Då ringer du» do, by their numbers.

    The last item of a list, or row of a table, is none: who points back there means the whole.
    """
    result: dict[int, Sequence[Passage]] = {}
    lines = _lines(document.text, found)
    for place, passage in enumerate(found):
        first = place
        while (
            0 < first
            and place - first < _MOST_BESIDE
            and _points_back(found[first])
            and found[first - 1].heading == passage.heading
            and len(found[first - 1].text) <= CONTEXT_NEIGHBOURS
            and not _is_part(document.text, lines[first - 1], found[first - 1])
        ):
            first -= 1
        if first < place:
            result[place] = found[first:place]
    return result


def after(document: Document, found: Sequence[Passage]) -> dict[int, Sequence[Passage]]:
    """Return the sentences right after passages that limit them, or deny, by their numbers.

    «Detta gäller bara om du bor ensam.» points back to the sentence before it; below a list or table, to all of that.
    """
    result: dict[int, Sequence[Passage]] = {}
    below: Sequence[Passage] = ()  # what limits all of the list, or table, that a passage is part of
    places = list(zip(found, _lines(document.text, found), strict=True))
    for (following, line), (passage, above) in itertools.pairwise(reversed(places)):
        is_part = _is_part(document.text, above, passage)
        goes_on = _is_part(document.text, line, following)
        if passage.heading != following.heading or not (is_part and goes_on):
            below = ()
        if passage.heading != following.heading or passage.text.endswith(":"):
            continue
        same, flush = line < passage.end, line == following.start  # on one line, or at the left edge of the text
        limited = below
        limits = _limits(following) or (_NOTE.fullmatch(following.text) and following.ordinal in result)
        if (same or not goes_on) and limits:
            limited = (following, *result.get(following.ordinal, ()))[:_MOST_BESIDE]
            below = limited if is_part and flush else below
        if limited:
            result[passage.ordinal] = limited
    return result


def may_point(text: str) -> bool:
    """Tell whether a text may hold a sentence that points to what stands below it."""
    return re.search("följande|nedan", text, re.IGNORECASE) is not None


def _points_forward(passage: Passage) -> bool:
    """Tell whether a whole sentence speaks of what stands below it, and not of what it holds itself after a colon."""
    found = ":" not in passage.text and _POINTS_FORWARD.search(passage.text) is not None
    return found and _line(passage).endswith((".", "!"))


def _points_back(passage: Passage) -> bool:
    """Tell whether a sentence points back to the one before it, also behind «OBS!», or is no more than that."""
    said = _NOTE.sub("", " ".join(passage.text.split()))
    return not said or _POINTS_BACK.match(said[0].upper() + said[1:]) is not None


def _limits(passage: Passage) -> bool:
    """Tell whether a sentence points back to the one before it and limits it, or denies."""
    text = passage.text
    whole = len(text) <= CONTEXT_NEIGHBOURS and text.endswith((".", "!")) and _points_back(passage)
    return whole and (_LIMITS.search(text) is not None or swedish.denies(text))


def _lines(text: str, found: Sequence[Passage]) -> list[int]:
    """Return where the line begins that each passage begins in."""
    starts: list[int] = []
    last = 0
    for passage in found:
        line = text.rfind("\n", last, passage.start) + 1
        starts.append(line or (starts[-1] if starts else 0))
        last = passage.start
    return starts


def _is_part(text: str, line: int, passage: Passage) -> bool:
    """Tell whether a passage is, or stands in, an item of a list or a row of a table; ``line`` is where its begins."""
    return " | " in passage.text or swedish.list_mark_length(text[line : min(passage.end, line + _DEEPEST)]) > 0


def _above(told: str, line: Passage | None) -> str:
    """Return what a list or table goes on from: sentences that point to what stands below them, the line above it."""
    return f"{told} {_led_by(line)}".strip()


def _led_by(line: Passage | None) -> str:
    """Return a line that what stands below goes on from: of whole sentences those that deny what stands below."""
    text = _line(line)
    denies = swedish.denies(text) and _SPEAKS_OF_BELOW.match(text) is not None
    return "" if text.endswith((".", "!")) and not denies else text


def _line(passage: Passage | None) -> str:
    """Return a line of running text as it is read; nothing of a row, or of a long one."""
    if passage is None or len(passage.text) > CONTEXT_NEIGHBOURS or " | " in passage.text:
        return ""
    return wholewords.as_read(passage.text) or passage.text
