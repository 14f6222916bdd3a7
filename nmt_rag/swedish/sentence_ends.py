"""Where a sentence ends within a paragraph: what a full stop after an abbreviation, a number or an initial means."""

from __future__ import annotations

import itertools
import re

from nmt_rag.swedish import wordlists
from nmt_rag.swedish.wholewords import composed

# Abbreviations after which a sentence goes on, those that may also end one, and words that are one before a number.
_ABBREVIATIONS = frozenset(
    "adj adm adr ang anm apr aug avd bet betr bl bl.a ca cirka civ d.v.s dec dir dnr doc dr dvs e.g enl ers ev exkl "
    "f.d f.n f.ö feb febr fig fil fr fr.o.m fre föreg förf gm h i.e inkl ins insp int jan jfr jul jun jur kand kap kl "
    "lör m.a.o mag mr mrs mån n nov nr nuv o.d obs odont okt omr ons ordf prof prop prot ref resp rskr s s.k s.a.s "
    "sekr sep sept sid sk skr sl st.f stp sön t.ex t.o.m t.v tel tex tis tors uppl urspr utg.omr v v.ordf vol vs å.k "
    "äv ö övers övr".split()
)
_ABBREVIATIONS_THAT_MAY_END = frozenset(
    "a.a b.b dyl e.d e.kr e.m etc f.kr f.m f.v.b fl forts ff m.fl m.m mfl mm ngn ngt o.dyl o.s.v osv "
    "p.g.a pga kr st tkr mkr mnkr".split()
)
_ABBREVIATIONS_BEFORE_NUMBERS = frozenset(
    "art bil fr fre lö lör max min mom må mån on p par st sö sön ti to tr".split()
)
_VOWEL = re.compile(r"[aeiouyåäöé]")
_SHORT = 5
"""An unknown word of so few letters, a full stop and a number: an abbreviation («vard. 9–17», «vån. 2»)."""
_WORD = re.compile(r"[^\W_]")
_END = re.compile(
    r"(?<![.!?…])[.!?…]++(?:[\"'”’»)\]*_]|\[\^?\w{1,3}\]|[¹²³⁰⁴-⁹])*+(?=\s)"  # notes: «kronor.² Nästa», «kronor.[^1]»
    r"|(?<=[a-zåäö)][a-zåäö)]|\s§)\.(?=[A-ZÅÄÖ][a-zåäö]+[\s,])"  # a space was lost: «3 kap. 3 a §.Anmälan görs»
    r"|:(?=[ \xa0][-–—][ \xa0][A-ZÅÄÖ])"  # line breaks were lost before a quote, and in a list: «ska: * råda, * svara»
    r"|(?:[:;,]|\b(?:och|samt|eller))(?=[ \xa0][*•·◦▪●][ \xa0]\w)"
)
_COMPOUND = re.compile(r"\d+-(?:[^\W\d_][\u0300-\u036f]*){3}")  # «44-åringen» begins a sentence; «vån. 2» does not
_LAST_TOKEN = re.compile(r"[^\s(\[«»\"”/–—]*$")
_SPACED = re.compile(r"(?:(?<!\w)\w{1,3}\.[ \xa0]){1,2}\w{1,3}$")
_INITIALS = re.compile(r"(?:[A-ZÅÄÖ]\.-?)*[A-ZÅÄÖ]")
_BRACKETED = re.compile(r"\([^()\n]*\)\s*[.,;:a-zåäö]")  # within a sentence: «råd m.m. (SOU 2016:2).»
_REST = re.compile(r"\s*+")
_OPENING = re.compile(r"[\"'”’»«(–—\-\s*_]*+")
LONGEST_ABBREVIATION = 16
"""How far back from a full stop its word is looked for (characters, spaces within an abbreviation counted)."""
_LONGEST_WORD = 60


def split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the sentences of a paragraph, with the white space around them."""
    cuts = [start]
    for match in _END.finditer(text, start, end):
        glued = match.end() < end and not text[match.end()].isspace()
        if glued and _is_one_word(text, match.start(), match.end()):
            continue
        if _ends_sentence(text, cuts[-1], match.start(), match.end(), end):
            cuts.append(match.end())
    found: list[tuple[int, int]] = []
    for first, last in itertools.pairwise((*cuts, end)):
        if found and not _WORD.search(text, first, last):
            found[-1] = (found[-1][0], last)  # «Välkommen! 🙂»: a mark alone says nothing
        else:
            found.append((first, last))
    return found


def ends_abbreviated(line: str) -> bool:
    """Tell whether a line ends with an abbreviation that may end a sentence, and a heading too: «Lön m.m.»."""
    word = line[-LONGEST_ABBREVIATION:].rsplit(None, 1)[-1:]
    return line.endswith(".") and word[0].removesuffix(".").lower() in _ABBREVIATIONS_THAT_MAY_END


def _ends_sentence(text: str, start: int, dot: int, stop: int, end: int) -> bool:
    """Tell whether the punctuation at ``text[dot:stop]`` ends the sentence that began at ``start``."""
    rest = _skip(_REST, text, stop, end)
    if rest == end:
        return True
    opening = _skip(_OPENING, text, rest, end)
    following = text[opening : min(opening + 1, end)]
    if text[dot] not in ".!?…":
        return True
    if text[dot] in "!?":
        return not following.islower()
    if text[dot] == "…" or text.startswith("...", dot):
        return following.isupper()
    if following.islower():
        return False
    before = composed(text[max(start, dot - LONGEST_ABBREVIATION) : dot])
    last = _LAST_TOKEN.search(before)
    written = last.group() if last else ""
    spaced = _SPACED.search(before)
    word, joined = written.lower(), spaced.group().lower().replace(" ", "").replace("\xa0", "") if spaced else ""
    is_number = following.isdigit() and _COMPOUND.match(text, opening, end) is None
    first = text[start:dot].strip(" \t\n\xa0([|*_") == written
    if is_number and (word in _ABBREVIATIONS_BEFORE_NUMBERS or _reads_as_abbreviation(word if first else written)):
        return False
    if word in _ABBREVIATIONS_THAT_MAY_END or joined in _ABBREVIATIONS_THAT_MAY_END:
        return following.isupper() and _BRACKETED.match(text, rest, end) is None
    if word in _ABBREVIATIONS or joined in _ABBREVIATIONS or _INITIALS.fullmatch(written):
        return False  # an abbreviation, or an initial: A. Svensson
    is_mark = word.isdigit() and text[start:dot].strip(" \t\n\xa0(") == word
    return not is_mark  # "1." at the start of a list item belongs to the item


def _reads_as_abbreviation(word: str) -> bool:
    """Tell whether a word before a full stop and a number is no word: it has no vowel, or nobody writes it."""
    if not (word.isalpha() and word.islower()) or word in _ABBREVIATIONS_THAT_MAY_END:
        return False
    known = wordlists.frequencies()
    stems = (word.removesuffix(ending) for ending in ("", "a", "ar", "e", "en", "er", "et", "n", "or", "r", "s", "t"))
    return len(word) > 1 and (not _VOWEL.search(word) or (len(word) <= _SHORT and known.keys().isdisjoint(stems)))


def _is_one_word(text: str, dot: int, stop: int) -> bool:
    """Tell whether a full stop that no space follows stands within a name or an address."""
    before = re.split(r"\s", text[max(0, dot - _LONGEST_WORD) : dot])[-1]
    after = re.split(r"\s", text[stop : stop + _LONGEST_WORD])[0]
    return any(mark in part for mark in "./@:_" for part in (before, after.rstrip(".:")))


def _skip(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    """Return where the run of a pattern's characters that begins at ``start`` ends."""
    match = pattern.match(text, start, end)
    return match.end() if match else start
