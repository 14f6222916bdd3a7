"""Whether a passage with a question's words still speaks of something else: the opposite, another object or law.

Each rule looks for one thing that words alone do not tell, and refuses the passage; none says that a passage answers.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nmt_rag import swedish
from nmt_rag.answering.rules.questions import RuleQuestion
from nmt_rag.answering.rules.words.closeness import KNOWN, SAME, likeness
from nmt_rag.answering.rules.words.contrasts import opposites_of
from nmt_rag.swedish import terms, verbs

_NOT = re.compile(r"\b(?:inte|ej|icke|aldrig)\b", re.IGNORECASE)
_NEGATED = re.compile(rf"\b([\w-]+(?:r|s|an)|kan|ska|får|bör|har)\s+{_NOT.pattern}", re.IGNORECASE)
_MOST = re.compile(
    r"\b(?:flest|mest|störst\w*|minst\w*|bäst\w*|sämst\w*|viktigast\w*|vanligast\w*|äldst\w*|högst\w*)\b"
)
_ENGLISH_MOST = re.compile(r"\b(?:most|largest|biggest|highest|lowest|best|worst|oldest)\b", re.IGNORECASE)
_MUST = re.compile(
    r"^(?:måste|behöver) |^must |^(?:do|does) (?:\w+ ){1,4}(?:have|need) to |"
    r"^(?:am|are|is) (?:\w+ ){1,4}(?:required|obliged) ",
    re.IGNORECASE,
)
"""What asks whether something is a duty."""
_DUTY = re.compile(
    r"\b(?:måste|ska|skall|bör|kräv\w*|krav\w*|behöver (?:\w+ )?\w{2,}a\b|skyldig\w*|obligatorisk\w*|"
    r"förutsätt\w*|villkor\w*|utan|frivillig\w*|inte|även om|oavsett)\b",
    re.IGNORECASE,
)
_DEAL = re.compile(r"^(?:var|hur) (?:kan|får|ska|bör) (?:jag|man|vi|du) (köpa|sälja|hyra|beställa)\b", re.IGNORECASE)
_ENGLISH_DEAL = re.compile(
    r"^(?:where|how) (?:can|may|do|could|should) (?:i|one|we|you) (buy|sell|rent|order)\b", re.IGNORECASE
)
_DEALS = {"buy": "köpa", "sell": "sälja", "rent": "hyra", "order": "beställa"}
_FARES_ILL = re.compile(r"\bfar(?:a|it)? illa\b")
_ALONE = re.compile(r"\b(?:bara|endast|enbart|alltid|only|always)\b", re.IGNORECASE)
"""What a passage must say as firmly as the question that asks for it."""
_HELPS = re.compile(r"\b(?:hjälper|hjälpa|stödjer|stöttar|stöd|hjälp|vänder|vända)\b", re.IGNORECASE)
_AGAINST = re.compile(r"\b(?:från|mot) (?:\w+ )?$", re.IGNORECASE)
"""Before somebody whom a sentence helps others against: «skadestånd från förövarna»."""
_OF_ONESELF = re.compile(
    r"^(?:är|var|blir) (?:(?:jag|vi|han|hon|hen) (?:en|ett)|det (?:här )?.*\b(?:jag|mig|vi|oss)\b)|"
    r"^(?:am|are|is|was) (?:i|we|he|she) an? |^is (?:it|this) .*\b(?:i|me|we|us)\b",
    re.IGNORECASE,
)
"""What asks for a judgement that no text can give: «Är jag ett offer?», «Är det människohandel jag är med om?»"""
_RELATIVE = re.compile(r"\bsom(?: \w+,?){0,3} $", re.IGNORECASE)
_ABOUT = re.compile(r"\b(\w{4,}(?:an|en|et|n|t|r|ut|ion|ing)) (?:om|mot|av) ((?:[\w-]+ ?){1,4})")
"""A noun and what it is about: «ansökan om betänketid», «arbetet mot våld», «samordningen av vården»."""
_PEOPLE_WHO = re.compile(
    r"\b(?:personer|människor|kvinnor|män|barn|ungdomar|den|de|dem) som(?: \w+,?){0,4} $", re.IGNORECASE
)
_LAW = re.compile(r"(?:balken|balk|lagen|förordningen|stadgan)$")
_JOINS = frozenset(("och", "samt", "men", "utan", "eller"))


def clashes(question: RuleQuestion, text: str) -> bool:
    """Tell whether a passage speaks of something else than a question, though it may have its words.

    Args:
        question: what is asked, its subject without the names of actors.
        text: the passage.
    """
    asked = question.swedish.lower()
    own = tuple(swedish.words(text))
    negative = _NOT.search(asked) is not None
    if (negative and not _NOT.search(text)) or (not negative and _denies(question, text)):
        return True
    if _ENGLISH_MOST.search(question.text) and question.language == "en" and not _MOST.search(text):
        return True
    most = {match.group() for match in _MOST.finditer(asked)}
    if most and not any(word.startswith(tuple(most)) for word in own):
        return True
    if question.closed and _OF_ONESELF.search(question.text):
        return True
    if _MUST.search(question.text) and not _DUTY.search(text):
        return True
    if _FARES_ILL.search(asked) and "illa" not in own:  # children, not those who were hurt
        return True
    deal = _DEAL.search(asked) or _ENGLISH_DEAL.search(question.text)
    if deal and _only_of_people(_DEALS.get(deal.group(1).lower(), deal.group(1)), text):
        return True
    if question.closed and _ALONE.search(question.text) and not _ALONE.search(text):
        return True
    if question.kind in {"actor", "place"} and _HELPS.search(asked) and _is_against(question.subject, text):
        return True
    if question.kind == "actor" and question.deed and _is_done_by_people(question.deed, text, own):
        return True
    laws = [word for word in question.subject if _LAW.search(word) and len(word) > len("lagen")]
    if any(_alike(law, own) < SAME for law in laws):
        return True
    if _is_about_another(asked, text.lower()):
        return True
    if question.closed and question.deed in question.subject and not _says(question.deed, own):
        return True
    return _has_another_object(question.deed, question.subject, own)


def _only_of_people(verb: str, text: str) -> bool:
    """Tell whether a verb only says whom a passage is about: «personer som köper sex» is no place to buy it."""
    forms = list(re.finditer(rf"\b{verb[:-1]}(?:a|er|t|te|de)\b", text, re.IGNORECASE))
    return bool(forms) and all(_RELATIVE.search(text[: form.start()]) for form in forms)


def _is_against(subject: tuple[str, ...], text: str) -> bool:
    """Tell whether the only words of a question in a sentence are those whom it helps others against."""
    told = [
        word for word in re.finditer(r"\w{4,}", text) if any(_tells(each, (word.group().lower(),)) for each in subject)
    ]
    return bool(told) and all(_AGAINST.search(text[: word.start()]) for word in told)


def _is_done_by_people(deed: str, text: str, own: tuple[str, ...]) -> bool:
    """Tell whether a verb only says of which people a sentence speaks: «personer som säljer …» names no seller."""
    if _alike(deed, own) < SAME:
        return False
    forms = [word for word in re.finditer(r"\w+", text) if _alike(deed, (word.group().lower(),)) >= SAME]
    return bool(forms) and all(_PEOPLE_WHO.search(text[: form.start()]) for form in forms)


def _is_about_another(asked: str, text: str) -> bool:
    """Tell whether a noun is about another thing: an application for citizenship is none for a reflection period."""
    theirs = [(match.group(1), tuple(swedish.words(match.group(2)))) for match in _ABOUT.finditer(text)]
    for match in _ABOUT.finditer(asked) if theirs else ():
        wanted = [word for word in swedish.words(match.group(2)) if word not in swedish.stop_words()]
        same = [things for noun, things in theirs if _alike(match.group(1), (noun,)) >= SAME]
        if wanted and same and not any(_tells(word, things) for word in wanted for things in same):
            return True
    return False


@lru_cache(maxsize=16_384)
def says_the_opposite(word: str, others: tuple[str, ...]) -> bool:
    """Tell whether one of some words says the opposite of a word: who buys sex is not who sells it."""
    return not opposites_of(word).isdisjoint(_stems(others))


@lru_cache(maxsize=16_384)
def _alike(word: str, others: tuple[str, ...]) -> float:
    return likeness(word, others)


@lru_cache(maxsize=4_096)
def _stems(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(swedish.stem, words))


def _says(deed: str, own: tuple[str, ...]) -> bool:
    """Tell whether a verb, or a synonym of it, stands among words; «inleder» is not «leder»."""
    return any(_alike(word, own) >= SAME for word in (deed, *terms.synonyms(deed)))


def _tells(word: str, own: tuple[str, ...]) -> bool:
    """Tell whether a word, a form of it or a synonym stands among words."""
    return any(_alike(each, own) >= KNOWN for each in (word, *terms.synonyms(word)))


def _denies(question: RuleQuestion, text: str) -> bool:
    """Tell whether a sentence denies of somebody the very thing whose doer is asked for: «ansvarar inte för …»."""
    if question.kind not in {"actor", "place"}:
        return False
    wanted = tuple(swedish.words(question.swedish))
    return any(_alike(match.group(1).lower(), wanted) >= KNOWN for match in _NEGATED.finditer(text))


def _has_another_object(deed: str, subject: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """Tell whether what is done stands in one clause of a sentence and what it is done to in others only.

    «Vem leder rättegången?» is not answered by «… leder förundersökningen och för talan vid rättegången».
    """
    if deed not in subject or len(subject) < 2:
        return False
    clauses = _clauses(own)
    doing = [clause for clause in clauses if _alike(deed, clause) >= KNOWN]
    objects = [word for word in subject if word != deed and _alike(word, own) >= KNOWN]
    if not doing or not objects or len(clauses) < 2:
        return False
    return not any(_alike(word, clause) >= KNOWN for word in objects for clause in doing)


@lru_cache(maxsize=4_096)
def _clauses(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the words of a sentence cut before each verb that «och» or the like joins to another one."""
    found: list[tuple[str, ...]] = []
    start = 0
    for place in range(1, len(words) - 1):
        verb = verbs.verb(words[place + 1])
        if words[place] in _JOINS and verb is not None and verb.form == "present":
            found.append(words[start:place])
            start = place + 1
    return (*found, words[start:])
