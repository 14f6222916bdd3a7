"""How well a passage supports an answer to a question: word by word, by what is asked for, and by meaning.

The result is a probability from a logistic model over a handful of named features, fitted on development questions
(training/calibrate.py). It judges one passage at a time; choosing and abstaining is `nmt_rag.answering`'s work.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from nmt_rag import questions, swedish, terms
from nmt_rag.meaning import Meanings
from nmt_rag.questions import Question
from nmt_rag.types import Passage

FEATURES = ("coverage", "gap", "meaning", "least", "hole", "words", "dense", "margin", "fused", "actor", "defines", "bias")
RANKING = (1.64, -1.41, 1.82, 0.0, 0.0, 0.0, 0.52, 0.0, 3.83, 0.05, 0.15, -4.95)
"""The weight of each feature when passages are compared; fitted by training/calibrate.py."""
DECISION = (2.38, 0.0, 1.89, 0.0, -1.42, 1.19, 0.0, 0.72, 0.0, -0.30, 0.0, -1.53)
"""The weight of each feature when it is decided whether the best passage answers at all: it leaves out the fused
score, which is scaled anew for every question."""

HEADING_SHARE = 0.9
"""What a match in a passage's heading or actor counts, against one in the passage itself."""
CONTEXT_SHARE = 0.7
"""What a match in the sentence that a passage leans on, or in the theme of the document, counts."""
SYNONYM_SHARE = 0.85
"""What a match of a synonym counts, against the word itself."""
COMPOUND = 0.6
"""What a word counts that is only the last part of a compound in the question."""
KNOWN = 0.8
"""From this closeness on a word counts as the same."""
COMMONEST = 14.0
"""Base-2 logarithm of the frequency per million of the commonest content words: they weigh least."""
LEAST_WEIGHT = 0.2
TELLING = 0.45
"""From this weight on a word must stand in the passage that shall answer yes or no."""
UNRELATED = 0.2
"""The cosine of two words (`nmt_rag.meaning`) up to which they have nothing to do with each other: one pair in a hundred
of common words reaches it."""
ALIKE = 0.55
"""The cosine from which on two words count as meaning the same."""
MEANING_SHARE = 0.85
"""What a word counts that is only near in meaning, against the word itself."""
MANY_WORDS = 6
"""So many words that tell something make a question long."""

_DIGITS = re.compile(r"\d")
_TIME = re.compile(
    r"\b(?:\d{1,2}[.:]\d\d|\d{4}|dag(?:ar|en|tid)?|kväll\w*|natt\w*|nätter|helg\w*|vardag\w*|veck\w*|månad\w*|år(?:et|s)?|dygn\w*|"
    r"timm\w*|måndag\w*|tisdag\w*|onsdag\w*|torsdag\w*|fredag\w*|lördag\w*|söndag\w*|januari|februari|mars|april|maj|juni|juli|"
    r"augusti|september|oktober|november|december|så länge|när|innan|initialt|omedelbart|klockan|kl|skeden?)\b",
    re.IGNORECASE,
)
_PRICE = re.compile(r"\b(?:kosta\w*|avgift\w*|gratis|kronor|kr|pris\w*|kostnad\w*|euro)\b", re.IGNORECASE)
_PUNISHMENT = re.compile(
    r"\b(?:\w*straff\w*|fängelse\w*|böter\w*|påföljd\w*|o?laglig\w*|brottslig[at]?|förbjud\w*|förbud\w*|tillåt\w*)\b", re.I
)
_REASON = re.compile(
    r"\b(?:för att|eftersom|därför|syfte\w*|på grund av|orsak\w*|anledning\w*|så att|beror)\b", re.IGNORECASE
)
_CONTACT = re.compile(
    r"\d{2,}[\d\s-]{3,}|@|www\.|https?:|\bchef\w*|\bgeneraldirektör\w*|\bordförande\w*", re.IGNORECASE
)
_PLACE = re.compile(r"\b(?:i|på|inom|hos|vid)[ \xa0](?:\w+[ \xa0])?[A-ZÅÄÖ]|\b(?:inom|hos|vid)\b")
_FOLLOWING = re.compile(r"\b(?:följande|dessa)\b[^:]*:$", re.IGNORECASE)
_NAMING = re.compile(r"\(|\b(?:kalla[ds]\w*|heter|hette|benämns|namn\w*|det vill säga|förkort\w*)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Support:
    """What speaks for a passage: its features, what they amount to, and what the passage lacks.

    ``rank`` compares passages for one question; ``probability`` is that the passage answers it.

    ``missing`` are the subject words that nothing in the passage or around it matches; ``holds`` says whether the
    passage has the kind of thing that is asked for.
    """

    rank: float
    probability: float
    coverage: float
    features: tuple[float, ...]
    missing: tuple[str, ...]
    holds: bool

    @property
    def defines(self) -> bool:
        """Tell whether the passage defines a term that is asked for."""
        return bool(self.features) and self.features[FEATURES.index("defines")] > 0


@lru_cache(maxsize=1)
def _frequencies() -> dict[str, float]:
    text = resources.files("nmt_rag").joinpath("frequency_sv.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {stem: float(value) for stem, value in rows}


def weight(word: str) -> float:
    """Return how much a subject word tells, in [`LEAST_WEIGHT`, 1]: rare words tell most."""
    return max(LEAST_WEIGHT, 1.0 - max(0.0, _frequencies().get(swedish.stem(word), 0.0)) / COMMONEST)


def assess(
    question: Question,
    passage: Passage,
    *,
    named: Sequence[str] = (),
    theme: frozenset[str] = frozenset(),
    dense: float = 0.0,
    margin: float = 0.0,
    fused: float = 0.0,
    meanings: Meanings | None = None,
) -> Support:
    """Return how well a passage supports an answer.

    Args:
        question: what is asked.
        passage: where the answer may stand.
        named: the known actors that the question names; their words count as covered where they act.
        theme: the lower-case words of the document's title and introduction.
        dense: cosine of question and passage in standard deviations above the mean of all that are weighed.
        margin: the same cosine less the highest of the other passages' ones, in [-2, 2].
        fused: the retrieval score, in [0, 1].
        meanings: the meanings of single words, or None to compare their letters alone.
    """
    own = _words(passage.text)
    around = _words(" ".join((*passage.heading[1:], *passage.actors)))
    before = _words(passage.context.replace(passage.text, " "))
    words = [word for word in question.subject if not (questions.is_generic(word) and word == question.asked)]
    total = covered = meant = gap = hole = 0.0
    least = 1.0
    missing = []
    unsaid = []
    undone = False
    for word in words:
        inside = max(closeness(word, own), HEADING_SHARE * closeness(word, around))
        value = max(
            inside, CONTEXT_SHARE * closeness(word, before), CONTEXT_SHARE * closeness(word, tuple(theme))
        )
        meaning = 0.0
        if meanings is not None and not word.isdigit():
            cosine = max(meanings.near(word, _telling(own)), HEADING_SHARE * meanings.near(word, _telling(around)))
            meaning = min(1.0, max(0.0, (cosine - UNRELATED) / (ALIKE - UNRELATED)))
        heavy = weight(word)
        total += heavy
        covered += heavy * value
        meant += heavy * max(inside, MEANING_SHARE * meaning)
        least = min(least, max(inside, meaning))
        hole = max(hole, heavy * (1 - max(inside, MEANING_SHARE * meaning)))
        gap = max(gap, heavy * (1 - value))
        if value < 0.5:
            missing.append(word)
        if inside < 0.5 and heavy >= TELLING:
            unsaid.append(word)
        if word == question.deed:
            undone = max(value, MEANING_SHARE * meaning) < 0.4
    coverage = covered / total if total else 0.0
    actor = 0.0 if not named else (1.0 if passage.actor in named else 0.3 if set(named) & set(passage.actors) else -1.0)
    features = (
        coverage,
        gap,
        meant / total if total else 0.0,
        least,
        hole / total if total else 0.0,
        min(len(words), MANY_WORDS) / MANY_WORDS,
        dense,
        margin,
        fused,
        actor,
        float(question.kind == "definition" and _defines(question.subject, passage.text)),
        1.0,
    )
    return Support(
        rank=probability(features, RANKING),
        probability=probability(features, DECISION),
        coverage=coverage,
        features=features,
        missing=tuple(missing),
        holds=holds(question, passage)
        and not _lacks_what_is_asked(question, missing, own)
        and not (question.closed and unsaid)
        and not undone,
    )


def _telling(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words whose meaning tells something: no function words, no stubs."""
    return tuple(word for word in words if len(word) > 2 and word not in swedish.stop_words())


def probability(features: Sequence[float], weights: Sequence[float]) -> float:
    """Return the logistic of the weighted features, in (0, 1)."""
    total = sum(value * each for value, each in zip(features, weights, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@lru_cache(maxsize=2_048)
def _words(text: str) -> tuple[str, ...]:
    """Return the distinct words of a text, in order; the passages of a page are weighed for every question."""
    return tuple(dict.fromkeys(swedish.words(text)))


@lru_cache(maxsize=4_096)
def closeness(word: str, others: tuple[str, ...]) -> float:
    """Return how near a word is to the nearest of others, in [0, 1]: 1 for the same stem.

    A word that the texts write in another way («gärningsman», «förövare») is as near as its synonym, less a tenth.
    """
    literal = max((_near(word, other) for other in others), default=0.0)
    if literal >= SYNONYM_SHARE:
        return literal
    same = max((_near(synonym, other) for synonym in terms.synonyms(word) for other in others), default=0.0)
    return max(literal, SYNONYM_SHARE * same if same >= KNOWN else 0.0)


def nearness(word: str, other: str) -> float:
    """Return how near two words are by their letters alone, in [0, 1]: 1 for the same stem; no synonyms."""
    return _near(word, other)


@lru_cache(maxsize=262_144)
def _near(word: str, other: str) -> float:
    first, second = swedish.stem(word), swedish.stem(other)
    if first == second:
        return 1.0
    if word.isdigit() or other.isdigit():
        return 0.0
    first, second = swedish.fold(first), swedish.fold(second)
    if first == second:
        return 0.95
    near = min(len(word), len(other)) >= 6 and abs(len(word) - len(other)) <= 1
    if near and _within(1, swedish.fold(word), swedish.fold(other)):
        return 0.9
    short, long = sorted((first, second), key=len)
    if len(short) >= 5 and _within(1 if len(short) < 8 else 2, first, second):
        return 0.9
    if len(short) >= 5 and first.endswith(second):
        return COMPOUND  # the question's word is narrower: «orosanmälan» is not any «anmälan»
    if len(short) >= 4 and (long.startswith(short) or (len(short) >= 5 and long.endswith(short))):
        return 0.85 if len(short) >= 6 or len(long) - len(short) <= 4 else 0.6
    mine, theirs = set(swedish.ngrams(word)), set(swedish.ngrams(other))
    if not mine or not theirs:
        return 0.0
    share = len(mine & theirs) / min(len(mine), len(theirs))
    return 0.85 * share if share >= 0.4 else 0.0


def _within(limit: int, first: str, second: str) -> bool:
    """Tell whether two words are at most so many edits apart; a difference in length or in letters tells most."""
    if abs(len(first) - len(second)) > limit:
        return False
    mine, theirs = set(first), set(second)
    if len(mine - theirs) > limit or len(theirs - mine) > limit:
        return False
    return _edits(first, second) <= limit


def _edits(first: str, second: str) -> int:
    """Return the optimal string alignment distance (insert, delete, replace, swap of neighbours)."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, row, last = row, [i], before
        for j, b in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _lacks_what_is_asked(question: Question, missing: Sequence[str], own: Sequence[str]) -> bool:
    """Tell whether the very thing asked for is missing: the noun of «vilket straff», the verb of «hur överklagar»."""
    if question.kind == "manner":
        return question.subject[:1] == tuple(missing[:1]) and bool(missing)
    if not question.asked or question.asked not in missing or questions.is_generic(question.asked):
        return False
    return not any(word.endswith(swedish.stem(question.asked)) for word in map(swedish.stem, own))


def _defines(subject: Sequence[str], text: str) -> bool:
    """Tell whether a sentence begins with one of the words or gives it in a parenthesis: «… (NMT) …»."""
    first = swedish.words(text)[:1]
    inside = [word for group in re.findall(r"\(([^()]*)\)", text) for word in swedish.words(group)]
    return any(word in subject for word in (*first, *inside))


def _counts(noun: str, text: str) -> bool:
    """Tell whether a number stands before a noun, at most two words from it: «samtliga 290 kommuner»."""
    found = swedish.words(text)
    return any(
        closeness(noun, found[place + 1 : place + 4]) >= KNOWN
        for place, word in enumerate(found)
        if word[0].isdigit() or word in _NUMERALS
    )


_NUMERALS = frozenset("två tre fyra fem sex sju åtta nio tio elva tolv hundra tusen miljoner hundratals tusentals".split())


def introduces(text: str) -> bool:
    """Tell whether a sentence names whoever follows it: «… i samverkan mellan följande aktörer:»."""
    return text.endswith(":") and _FOLLOWING.search(text) is not None


def holds(question: Question, passage: Passage) -> bool:
    """Tell whether a passage has the kind of thing that is asked for: a time, a number, a price, a reason."""
    text = passage.text
    match question.kind:
        case "price":
            return _PRICE.search(text) is not None
        case "punishment":
            return _PUNISHMENT.search(text) is not None
        case "time":
            return _TIME.search(text) is not None
        case "number":
            return _counts(question.asked, text) if question.asked else _DIGITS.search(text) is not None
        case "contact":
            return _CONTACT.search(text) is not None
        case "reason":
            return _REASON.search(text) is not None
        case "name":
            return _NAMING.search(text) is not None
        case "place":
            return _PLACE.search(text) is not None or bool(passage.actors)
        case "actor":
            return bool(passage.actors) or introduces(text)
        case _:
            return True
