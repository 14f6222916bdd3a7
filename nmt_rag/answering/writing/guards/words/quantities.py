"""Numbers, dates, times and spans in Swedish text, read to values that can be compared however they are written.

«tre veckor» and «21 dagar», «15 mars» and «15/3», «klockan 16» and «fyra på eftermiddagen», «nittonåring» and «19 år»
have equal values. Nothing here knows what the numbers are about, but for the word that follows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from nmt_rag import swedish

Limit = Literal["", "most", "least"]

MONTHS = "januari februari mars april maj juni juli augusti september oktober november december".split()
WEEKDAYS = "måndag tisdag onsdag torsdag fredag lördag söndag".split()

_ONES = (
    "noll ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton"
).split()
_TENS = dict(zip("tjugo trettio fyrtio femtio sextio sjuttio åttio nittio".split(), range(20, 100, 10), strict=True))
_WORDS = {word: float(value) for value, word in enumerate(_ONES) if word != "ett"} | {
    word: float(v) for word, v in _TENS.items()
}
_WORDS |= {ten + one: float(v + n) for ten, v in _TENS.items() for n, one in enumerate(_ONES[1:10], 1)}
_WORDS |= {"hundra": 100.0, "etthundra": 100.0, "tusen": 1_000.0, "ettusen": 1_000.0, "dussin": 12.0, "båda": 2.0}
_WORDS |= {
    f"{one}{name}": n * v for n, one in enumerate(_ONES[2:20], 2) for name, v in (("hundra", 100.0), ("tusen", 1e3))
}
_WORDS |= {f"{ten}tusen": value * 1_000.0 for ten, value in _TENS.items()}
_ORDINALS = dict(
    zip(
        "första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte".split(),
        range(1, 13),
        strict=True,
    )
)
_SCALES = {"tusen": 1e3, "miljon": 1e6, "miljoner": 1e6, "mkr": 1e6, "miljard": 1e9, "miljarder": 1e9}
_SHARES = {"hälften": 0.5, "halva": 0.5, "tredjedel": 1 / 3, "fjärdedel": 0.25, "femtedel": 0.2, "tiondel": 0.1}

_UNITS: dict[str, tuple[str, float]] = {}
for _unit, _factor, _names in (
    ("minute", 1, "minut minuter min minuten"),
    ("minute", 60, "timme timmar timmen timmarna tim h"),
    ("day", 1, "dag dagar dagen dygn dygnet arbetsdag arbetsdagar vardagar"),
    ("day", 7, "vecka veckor veckan veckorna"),
    ("month", 1, "månad månader månaden månaderna mån"),
    ("month", 12, "år åren"),
    ("percent", 1, "procent % procentenheter"),
    ("kronor", 1, "kronor kr sek kronan krona tkr"),
):
    _UNITS |= {name: (_unit, float(_factor)) for name in _names.split()}
_PER_YEAR = {"dag": 365.0, "dygn": 365.0, "vecka": 52.0, "månad": 12.0, "kvartal": 4.0, "halvår": 2.0, "år": 1.0}
_PERIOD = r"(dag|dygn|vecka|månad|kvartal|halvår|år)(?:en|et|n|t)?"

_NUMBER = r"\d{1,3}(?:[ \xa0]\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_SEX = (
    "".join(f"(?<!\\b{word}[ ])" for word in "köper köpa köpt säljer sälja sålt ha har haft genom för om".split())
    + r"sex(?=[ \xa0]|åring)(?![ ](?:med|eller|och|som|i|på|mot|utan|är|kan|om)\b)"
)
"""«sex» is a number only where the words around it do not make it the other thing."""
_WHOLE = "hundra etthundra tusen ettusen dussin båda".split()
_NAME = "|".join(
    [  # built from its parts, not from all of `_WORDS`: that pattern takes ten times as long to compile
        f"(?:{'|'.join(_TENS)})(?:{'|'.join(_ONES[1:10])}|tusen)?",
        f"(?:{'|'.join(_ONES[2:20])})(?:hundra|tusen)",
        *(word for word in [*_ONES, *_WHOLE] if word not in ("ett", "sex")),
        _SEX,
    ]
)
_ANY = rf"(?:{_NUMBER}|\b(?:{_NAME})\b)"
_PATTERN = re.compile(
    rf"""
      (?P<telephone>\b0\d{{1,3}}[ -]\d[\d \xa0]{{4,}}\d)
    | (?P<statute>\b(?:19|20)\d\d:\d+\b)
    | (?P<iso>\b(\d{{4}})-(\d\d)-(\d\d)\b)
    | (?P<slash>\b(\d{{1,2}})/(\d{{1,2}})(?:[ -](\d{{4}}))?\b)
    | (?P<day>\b(\d{{1,2}})(?::?e|:a)?[ \xa0]({"|".join(MONTHS)})\b(?:[ \xa0](\d{{4}})\b)?)
    | (?P<month>\b(?:{"|".join(MONTHS)})\b)
    | (?P<clock>\b(?:klockan|kl\.?)[ \xa0]+{_ANY}(?:[.:]\d\d)?(?:\s*(?:-|–|—|och|till|eller)\s*{_ANY}(?:[.:]\d\d)?)*)
    | (?P<bare>\b\d{{1,2}}:\d\d\b(?:\s*[-–]\s*\d{{1,2}}:\d\d\b)?|\b\d{{1,2}}\.\d\d\s*[-–]\s*\d{{1,2}}\.\d\d\b)
    | (?P<spoken>{_ANY}(?=[ ]på[ ](?:morgonen|förmiddagen|eftermiddagen|kvällen|natten)\b))
    | (?P<year>\b(?:19|20)\d\d\b(?!\s*(?:kr|kronor|procent|personer|%)))
    | (?P<age>(?:\b\d+-?|\b(?:{_NAME}))åring)
    | (?P<every>\bvar(?:je|t)?[ ](?:({"|".join(_ORDINALS)}|annan|annat)[ ])?{_PERIOD}\b)
    | (?P<often>\b(en|{_NAME}|\d+)[ ]gång(?:er)?[ ](?:om|per|i|under)[ ]{_PERIOD}\b)
    | (?P<yearly>\b(?:årlig(?:en)?|månadsvis|veckovis|daglig(?:en)?)\b)
    | (?P<halfyear>\b(?:ett[ ]|en[ ])?(?:halvår|kvartal|halvtimme)\b)
    | (?P<share>\b(?:en[ ]|två[ ]|tre[ ])?(?:{"|".join(_SHARES)})(?:ar)?\b)
    | (?P<weekday>\b(?:{"|".join(WEEKDAYS)})(?:en|ar|arna)?\b)
    | (?P<week>\b(?:vardag|helg|veckoslut)(?:en|ar|er|arna|erna)?\b)
    | (?P<number>{_NUMBER}|\b(?:{_NAME})\b
        |\b(?:en|ett)\b(?=[ ](?:miljon|miljard|dag|dygn|vecka|månad|år|timme|minut|krona|procent)))
    """,
    re.VERBOSE,
)
_MOST = re.compile(
    r"(?:högst|högst en gång|max|maximalt|upp till|senast|inom|som mest|längst|mindre än|färre än|under)\s*$"
)
_LEAST = re.compile(
    r"(?:minst|minst en gång|åtminstone|åtminstone en gång|mer än|fler än|över|lägst|från och med|tidigast|fyllt|"
    r"äldre än)\s*$"
)
_APPROXIMATE = re.compile(r"(?:\b(?:cirka|ca\.?|ungefär|omkring|runt|drygt|knappt|nästan|bara|endast|den|de)\s+)+$")
_BETWEEN = re.compile(r"\bmellan\s+(?:klockan\s+|kl\.?\s+)?$")
_LATER = re.compile(r" på (?:eftermiddagen|kvällen)")
_FOLLOWING = re.compile(r"[ \xa0]*(%|[^\W\d_]+)(?:[ \xa0]+([^\W\d_]+))?")
_RANGE = re.compile(r"\s*(?:-|–|—|och|till|eller)\s*$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value in a text.

    ``unit`` is one of number, minute, day, month (spans and ages, in these), date (``100 * month + day``), monthname,
    year, clock (minutes after midnight), weekday (1 to 7), per year, share, percent, kronor, telephone, statute.
    ``age`` marks «19-åring».
    ``nouns`` are the stems of what is counted, as far as the next two words tell; ``written`` is a number as it stands,
    before its unit («tre veckor»: 3, where ``value`` is 21 days).
    """

    value: float
    unit: str
    limit: Limit = ""
    nouns: tuple[str, ...] = ()
    start: int = 0
    end: int = 0
    age: bool = False
    written: float = 0.0


def read(text: str) -> list[Quantity]:
    """Return the quantities of a text, in order; «en» and «ett» count only before a unit."""
    lower = text.lower()
    found: list[Quantity] = []
    for match in _PATTERN.finditer(lower):
        for value in _read(match):
            found.append(_limited(replace(value, start=match.start(), end=match.end()), lower))
    return _ranges(found, lower)


def spans(text: str) -> list[tuple[int, int]]:
    """Return where the quantities and their units stand, as ``(start, end)``: they are no words to compare."""
    lower = text.lower()
    return [(match.start(), _unit_end(lower, match.end())) for match in _PATTERN.finditer(lower)]


def _unit_end(text: str, end: int) -> int:
    """Return where the scale and the unit after a number end: «4,2 miljoner kronor»."""
    for words in (_SCALES, _UNITS):
        after = _FOLLOWING.match(text, end)
        if after and after.group(1) in words:
            end = after.end(1)
    return end


def _value(written: str) -> float:
    """Return the value of one number in digits or in words."""
    written = written.strip()
    if written in _WORDS:
        return _WORDS[written]
    if written in ("en", "ett"):
        return 1.0
    return float(re.sub(r"[ \xa0]", "", written).replace(",", "."))


def _read(match: re.Match[str]) -> Iterator[Quantity]:
    """Give the quantities of one match."""
    kind, written = match.lastgroup or "", match.group()
    digits = [int(part) for part in re.findall(r"\d+", written)]
    match kind:
        case "telephone" | "statute":
            yield Quantity(float(re.sub(r"\D", "", written)), kind)
        case "iso":
            yield from (Quantity(digits[0], "year"), Quantity(100 * digits[1] + digits[2], "date"))
        case "slash" | "day":
            month = digits[1] if kind == "slash" else 1 + next(n for n, name in enumerate(MONTHS) if name in written)
            if month <= 12 and 1 <= digits[0] <= 31:
                yield Quantity(100 * month + digits[0], "date")
                yield from (Quantity(year, "year") for year in digits[1:] if year > 1_000)
            else:
                yield from (Quantity(number, "number", written=number) for number in digits)
        case "month":
            yield Quantity(1 + MONTHS.index(written), "monthname")
        case "clock" | "bare" | "spoken":
            later = 720 if _LATER.match(match.string, match.end()) else 0
            for part in re.finditer(rf"({_ANY})(?:[.:](\d\d))?", re.sub(r"^(?:klockan|kl\.?)", "", written)):
                minutes = 60 * _value(part.group(1)) + int(part.group(2) or 0)
                if minutes <= 24 * 60:
                    yield Quantity(minutes + (later if minutes < 720 else 0), "clock")
        case "year":
            yield Quantity(digits[0], "year")
        case "age":
            yield Quantity(12 * _value(written.removesuffix("åring").rstrip("-")), "month", age=True)
        case "every" | "often" | "yearly":
            yield Quantity(_per_year(kind, written), "per year")
        case "halfyear":
            yield Quantity(*((30, "minute") if "timme" in written else (6 if "halv" in written else 3, "month")))
        case "share":
            times = {"två": 2, "tre": 3}.get(written.split()[0], 1)
            yield Quantity(times * next(v for name, v in _SHARES.items() if name in written), "share")
        case "weekday":
            yield Quantity(1 + next(n for n, name in enumerate(WEEKDAYS) if written.startswith(name)), "weekday")
        case "week":
            days = range(1, 6) if written.startswith("vardag") else range(6, 8)
            yield from (Quantity(day, "weekday") for day in days)
        case _:
            yield _counted(_value(written), match.string, match.end())


def _per_year(kind: str, written: str) -> float:
    words = written.split()
    period = next((v for name, v in _PER_YEAR.items() if words[-1].startswith(name)), 1.0)
    if kind == "yearly":
        return {"å": 1.0, "m": 12.0, "v": 52.0, "d": 365.0}[written[0]]
    if kind == "often":
        return _value(words[0]) * period
    every = _ORDINALS.get(words[1], 2 if words[1].startswith("anna") else 1) if len(words) > 2 else 1
    return period / every


def _counted(value: float, text: str, end: int) -> Quantity:
    """Return a number with its scale («miljoner»), its unit and the words that follow it."""
    written = value
    after = _FOLLOWING.match(text, end)
    if after and after.group(1) in _SCALES:
        value, end = value * _SCALES[after.group(1)], after.end(1)
        after = _FOLLOWING.match(text, end)
    if after is None:
        return Quantity(value, "number", written=written)
    first, second = after.group(1), after.group(2) or ""
    if first in _UNITS:
        unit, factor = _UNITS[first]
        return Quantity(value * factor, unit, written=written)
    nouns = tuple(swedish.stem(word) for word in (first, second) if word and word not in swedish.stop_words())
    return Quantity(value, "number", nouns=nouns if first not in swedish.stop_words() else (), written=written)


def _limited(quantity: Quantity, text: str) -> Quantity:
    """Add the limit that stands before a quantity: «högst sex månader», «minst en gång om året»."""
    before = _APPROXIMATE.sub("", text[max(0, quantity.start - 32) : quantity.start])
    if _MOST.search(before):
        is_during = quantity.unit not in ("month", "number") or (quantity.unit == "month" and quantity.value % 12)
        during = before.rstrip().endswith("under") and is_during
        return quantity if during or quantity.unit == "year" else replace(quantity, limit="most")
    return replace(quantity, limit="least") if _LEAST.search(before) else quantity


def _ranges(found: list[Quantity], text: str) -> list[Quantity]:
    """Give «mellan 13 och 22 år» and «13–22 år» one unit, a lower limit and an upper one."""
    result = list(found)
    for place in range(len(result) - 1):
        first, second = result[place], result[place + 1]
        if first.end > second.start or not _RANGE.fullmatch(text[first.end : second.start]) or first.unit != "number":
            continue
        between = _BETWEEN.search(text[: first.start]) is not None or "och" not in text[first.end : second.start]
        if second.unit != "number":
            factor = second.value / second.written if second.written else 1.0
            first = replace(first, unit=second.unit, value=first.value * factor, nouns=())
        else:
            first = replace(first, nouns=second.nouns)
        limits: tuple[Limit, Limit] = ("least", "most") if between and first.value < second.value else ("", "")
        result[place] = replace(first, limit=limits[0] or first.limit)
        result[place + 1] = replace(second, limit=limits[1] or second.limit)
    return result
