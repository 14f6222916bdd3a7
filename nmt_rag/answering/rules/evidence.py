"""How well a passage supports an answer to a question: word by word, by what is asked for, and by meaning.

The result is a probability from a logistic model over a handful of named features, fitted on development questions
(training/calibrate.py). It judges one passage at a time; choosing and abstaining is
`nmt_rag.answering.rules.choosing`'s work.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nmt_rag import swedish
from nmt_rag.answering.choose import sigmoid
from nmt_rag.answering.help import doers, need
from nmt_rag.answering.rules import questions
from nmt_rag.answering.rules.questions import RuleQuestion
from nmt_rag.answering.rules.words import holding
from nmt_rag.answering.rules.words.clashes import clashes, says_the_opposite
from nmt_rag.answering.rules.words.closeness import KNOWN, closeness
from nmt_rag.answering.rules.words.meaning import Meanings
from nmt_rag.swedish import wordlists
from nmt_rag.types import Passage

FEATURES = (
    "coverage",
    "gap",
    "meaning",
    "words",
    "dense",
    "fused",
    "actor",
    "defines",
    "seeks_actor",
    "names_actor",
    "english",
    "bias",
)
RANKING = (1.64, -1.41, 1.82, 0.0, 0.52, 3.83, 0.05, 0.15, 0.0, 0.0, 0.0, -4.95)
"""The weight of each feature when passages are compared; fitted by training/calibrate.py."""
DECISION = (5.23, 0.0, 0.0, 2.23, 0.0, 4.57, 1.17, 0.0, 1.21, 0.47, 0.79, -8.13)
"""The weight of each feature when it is decided whether the best passage answers at all; fitted by training/decide.py,
where most questions are put to texts that do not answer them. The bias is raised so that `choose.THRESHOLD` stays."""

HEADING_SHARE = 0.9
"""What a match in a passage's heading or actor counts, against one in the passage itself."""
CONTEXT_SHARE = 0.7
"""What a match in the sentence that a passage leans on, or in the theme of the document, counts."""
COMMONEST = 14.0
"""Base-2 logarithm of the frequency per million of the commonest content words: they weigh least."""
LEAST_WEIGHT = 0.2
TELLING = 0.45
"""From this weight on a word must stand in the passage that shall answer yes or no."""
SHORT = 3
"""A question «vem gör det?» of so few telling words needs each of them, by letters, thesaurus or a meaning
all but the same: «vem beslutar om utvisning?» is not answered by who decides on residence permits."""
FILLED = 0.84
"""So much of such a word must be there."""
DONE = 0.6
"""So much of its verb: «vem dömer i rätten?» is not answered by who leads the investigation."""
NAMED = 0.86
"""So near must a word in or beside the passage be to each name in the question: what holds in Malmö is no answer for
Stockholm."""
EVERYWHERE = frozenset(("sverige", "sveriges", "svensk", "svenska", "svenskt"))
"""Names that every sentence of a Swedish authority may be about."""
UNRELATED = 0.2
"""The cosine of two words (`words.meaning`) up to which they have nothing to do with each other: one pair in
a hundred of common words reaches it."""
ALIKE = 0.55
"""The cosine from which on two words count as meaning the same."""
MEANING_SHARE = 0.85
"""What a word counts that is only near in meaning, against the word itself."""
MANY_WORDS = 6
"""So many words that tell something make a question long."""


_EXPLAINED = re.compile(
    r"([\w-]+)(?: \([^()]*\))?(?:, (?:det vill säga|dvs|d\.v\.s|alltså)| (?:är e(?:n|tt)|innebär|betyder)\b)"
)


_OF_JUST_THAT = frozenset(("price", "number"))
"""Kinds of question that only a passage with all their words answers: a price is no other thing's price."""


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

    @property
    def by_itself(self) -> float:
        """The probability if the passage were the best hit: for comparing passages of one question by what they say."""
        if not self.features:
            return self.probability
        found = zip(FEATURES, self.features, strict=True)
        return probability([1.0 if name == "fused" else value for name, value in found], DECISION)


def weight(word: str) -> float:
    """Return how much a subject word tells, in [`LEAST_WEIGHT`, 1]: rare words tell most."""
    return max(LEAST_WEIGHT, 1.0 - max(0.0, wordlists.frequencies().get(swedish.stem(word), 0.0)) / COMMONEST)


def assess(
    question: RuleQuestion,
    passage: Passage,
    *,
    named: Sequence[str] = (),
    theme: frozenset[str] = frozenset(),
    dense: float = 0.0,
    fused: float = 0.0,
    meanings: Meanings | None = None,
    known: frozenset[str] = frozenset(),
) -> Support:
    """Return how well a passage supports an answer.

    Args:
        question: what is asked.
        passage: where the answer may stand.
        named: the known actors that the question names; their words count as covered where they act.
        theme: the lower-case words of the document's title and introduction.
        dense: cosine of question and passage in standard deviations above the mean of all that are weighed.
        fused: the retrieval score, in [0, 1].
        meanings: the meanings of single words, or None to compare their letters alone.
        known: all words that the document says of the passage's actor; a place in the question may stand there.
    """
    own = _words(passage.reading)
    around = _words(" ".join((*passage.heading[1:], *passage.actors)))
    before = _words(passage.context.replace(passage.text, " "))
    groups = [group for group in question.groups() if not _only_says_what_kind(question, group)]
    total = covered = meant = gap = 0.0
    missing: list[str] = []
    refused = False
    strict = question.closed or question.kind in _OF_JUST_THAT
    short = question.kind in {"actor", "place"} and len(groups) <= (SHORT if question.deed else SHORT - 1)
    about = tuple(theme)
    proper = {word for name in question.proper for word in swedish.words(name)} - EVERYWHERE
    for group in groups:
        inside = max(max(closeness(word, own), HEADING_SHARE * closeness(word, around)) for word in group)
        beside = max(closeness(word, before) for word in group)
        themed = max(closeness(word, about) for word in group)
        value = max(inside, CONTEXT_SHARE * max(beside, themed))
        meaning = max(_meant(word, own, around, meanings) for word in group) if meanings else 0.0
        either = max(inside, MEANING_SHARE * meaning)
        heavy = max(map(weight, group))
        total += heavy
        covered += heavy * value
        meant += heavy * either
        gap = max(gap, heavy * (1 - value))
        if value < 0.5:
            missing.extend(group)
        names = proper.intersection(group)
        placed = not names.isdisjoint(known)
        telling = heavy >= TELLING and not placed
        refused = (
            refused
            or (strict and telling and inside < 0.5)
            or (bool(names) and not placed and max(inside, beside) < NAMED)
            or (
                max(inside, beside) < 0.5
                and any(says_the_opposite(word, words) for word in group for words in (own, before))
            )
            or (short and telling and question.deed not in group and themed < KNOWN and either < FILLED)
            or (question.deed in group and max(value, MEANING_SHARE * meaning) < (DONE if short else 0.4))
        )
    coverage = covered / total if total else 0.0
    actor = 0.0 if not named else (1.0 if passage.actor in named else 0.3 if set(named) & set(passage.actors) else -1.0)
    defines = question.kind == "definition" and _defines(question.subject, passage.text)
    features = (
        coverage,
        gap,
        meant / total if total else 0.0,
        min(len(groups), MANY_WORDS) / MANY_WORDS,
        dense,
        fused,
        actor,
        float(defines),
        float(question.kind == "actor"),
        float(bool(named)),
        float(question.language == "en"),
        1.0,
    )
    return Support(
        rank=probability(features, RANKING),
        probability=probability(features, DECISION),
        coverage=coverage,
        features=features,
        missing=tuple(missing),
        holds=not (refused or _numbers_of(question) - set(own).union(around, before, about))
        and (defines or question.kind != "definition")
        and holding.holds(question, passage)
        and not _lacks_what_is_asked(question, missing, own)
        and not clashes(question, passage.text)
        and not (doers.is_for_doers(f"{passage.context} {passage.text}") and need.of(question.text)),
    )


def _only_says_what_kind(question: RuleQuestion, group: Sequence[str]) -> bool:
    """Tell whether words only say what kind of thing is asked for: «myndighet» of «vilken myndighet …»."""
    return question.asked in group and questions.is_generic(question.asked)


def _meant(word: str, own: tuple[str, ...], around: tuple[str, ...], meanings: Meanings) -> float:
    """Return how near a word is in meaning to a passage's nearest word, in [0, 1]."""
    if word.isdigit():
        return 0.0
    cosine = max(meanings.near(word, _telling(own)), HEADING_SHARE * meanings.near(word, _telling(around)))
    return min(1.0, max(0.0, (cosine - UNRELATED) / (ALIKE - UNRELATED)))


@lru_cache(maxsize=4_096)
def _telling(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words whose meaning tells something: no function words, no stubs."""
    return tuple(word for word in words if len(word) > 2 and word not in swedish.stop_words())


def probability(features: Sequence[float], weights: Sequence[float]) -> float:
    """Return the logistic of the weighted features, in (0, 1)."""
    total = sum(value * each for value, each in zip(features, weights, strict=True))
    return sigmoid(max(-30.0, min(30.0, total)))


@lru_cache(maxsize=2_048)
def _words(text: str) -> tuple[str, ...]:
    """Return the distinct words of a text, in order; the passages of a page are weighed for every question."""
    return tuple(dict.fromkeys(swedish.words(text)))


def _numbers_of(question: RuleQuestion) -> set[str]:
    """Return the numbers in digits of a question: «mål 5» is answered by no other goal."""
    return {word for word in swedish.words(question.swedish) if word.isdigit()}


def _lacks_what_is_asked(question: RuleQuestion, missing: Sequence[str], own: Sequence[str]) -> bool:
    """Tell whether the very thing asked for is missing: the noun of «vilket straff», the verb of «hur överklagar»."""
    if question.kind == "manner":
        return question.subject[:1] == tuple(missing[:1]) and bool(missing)
    if not question.asked or question.asked not in missing or questions.is_generic(question.asked):
        return False
    return not any(word.endswith(swedish.stem(question.asked)) for word in map(swedish.stem, own))


def _defines(subject: Sequence[str], text: str) -> bool:
    """Tell whether a sentence says what a word means: it begins with it, or explains it.

    «KAST (…) är …», «Det operativa nätverket … (NMT) …», «ett målsägandebiträde, det vill säga en advokat».
    """
    first = swedish.words(text)[:1]
    inside = [word for group in re.findall(r"\(([^()]*)\)", text) for word in swedish.words(group)]
    explained = [word.lower() for word in _EXPLAINED.findall(text)]
    return any(word in subject for word in (*first, *inside, *explained))
