"""The verbs of a Swedish clause → what is done: a finite verb, those coordinated with it, and what follows each.

It starts where the finite verb and the subject are known (`nmt_rag.documents.who_does_what.clauses` finds them) and
works on word order alone. All text is given as offsets in the sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nmt_rag.documents.who_does_what.sentence import Offsets, Sentence
from nmt_rag.swedish import MODALS, verbs

MAX_BETWEEN = 40
"""At most this many words stand between a modal and its infinitive: «ska, med utgångspunkt i …, utvärdera»."""
MAX_DUTY = 12
"""At most this many words stand between «har» and the duty it is about: «har inom sitt område rätt att …»."""
AND = frozenset("och samt eller utan men".split())
NOT = frozenset("inte ej aldrig".split())
ADVERBS = NOT | frozenset(
    "även också därför dessutom vidare särskilt istället främst huvudsakligen kontinuerligt årligen löpande ofta "
    "regelbundet aktivt därutöver dock initialt därefter samtidigt själv gemensamt nationellt dels".split()
)
_AFTER = NOT | frozenset("även också därför dock istället ofta alltid sig".split())
"""Words after a verb that are said with it: «arbetar även», «vänder sig»."""
SUBORDINATE = frozenset("att som där när då om eftersom medan innan".split())
ROLE = re.compile(r"(?:roll|uppgift(?:er)?|uppdrag|huvuduppgift(?:er)?)$")
_DUTY = re.compile(
    r"(?:ansvar|uppgift|uppdrag|mandat|befogenhet|rätt|skyldighet|tillsyn)(?:et|en|er)?$|(?:uppgift|ansvar)(?:et|en|er)?$"
)
_APPOINTED = re.compile(r"(?:utsetts|utsedd|ålagts|anförtrotts|bemyndigats|fått)$")
_OPEN = frozenset(
    "för att till åt med om av i på inom enligt mot över vid från hos under genom såsom när följande".split()
)
"""Words that something must follow: «underlag för inriktningen av och …»."""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does.

    ``verb`` is an infinitive; ``said`` the pieces of the sentence that say it, in order; ``task`` what follows the
    verb; ``condition`` what begins the sentence instead of the subject. ``opened`` tells what a list would go on with:
    ``"infinitive"`` after a lone «ska», ``"object"`` after a verb with nothing behind it, else nothing.
    """

    actors: tuple[str, ...]
    verb: str
    said: tuple[Offsets, ...]
    task: Offsets
    condition: Offsets = (0, 0)
    negated: bool = False
    opened: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A subject's clause: where it begins (an offset), its finite verb and the word that goes on after it (numbers)."""

    begin: int
    finite: int
    rest: int
    said: int = -1
    """The word that the saying begins with, where that is not the finite verb."""
    lead: tuple[Offsets, ...] = ()
    """What is said before a relative clause that tells what the subject does: «kan … ofta vara» (… som leder)."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The first verb of a chain of coordinated ones: its number, what is said up to it, and what the others share."""

    actors: tuple[str, ...]
    main: int
    said: tuple[Offsets, ...]
    shared: tuple[Offsets, ...]
    form: verbs.Form
    condition: Offsets = (0, 0)
    negated: bool = False
    after: int = 0
    """The word that goes on after the verb, where that is not the next one but stands behind the subject."""


def from_finite(
    sentence: Sentence, actors: tuple[str, ...], clause: Clause, limit: int, condition: Offsets
) -> list[Act]:
    """Return the acts that a finite verb begins."""
    finite, rest = clause.finite, clause.rest
    word = sentence.word(finite)
    own = sentence.spans[finite]
    main: int | None = finite
    form: verbs.Form = "present"
    if word in MODALS:
        main, form = _infinitive(sentence, rest), "infinitive"
        if main is None:  # «Kommunen ska inte:», «Polisen får endast:»: each item is said with all of it
            last = max((i for i, span in enumerate(sentence.spans) if span[0] < limit), default=finite)
            said = _pieces(sentence, own, finite, rest, last)
            negated = bool(NOT & set(sentence.words[finite : last + 1]))
            return [Act(actors, "", said, (said[-1][1], said[-1][1]), condition, negated, opened="infinitive")]
    elif word == "har" or ROLE.match(word):
        main, form = _duty(sentence, rest), "infinitive"
        if main is not None and not sentence.infinitive(main):
            said = _pieces(sentence, own, finite, rest, main)
            task = sentence.trimmed(said[-1][1], limit)
            negated = bool(NOT & set(sentence.words[finite:main]))
            return [Act(actors, f"ha {sentence.word(main)}", said, task, condition, negated)]
    if main is None or (form == "infinitive" and not _does(sentence, main)):
        return []
    said = _pieces(sentence, own, finite, rest, main)
    shared = _pieces(sentence, own, finite, rest, main - 1) if form == "infinitive" else ()
    negated = bool(NOT & set(sentence.words[finite:main]))
    after = rest if main == finite else main + 1
    return coordinated(sentence, Chain(actors, main, said, shared, form, condition, negated, after), limit)


def coordinated(sentence: Sentence, start: Chain, limit: int) -> list[Act]:
    """Return the acts of a chain of verbs; verbs that share what follows share what is said («utreda och fatta»)."""
    found: list[Act] = []
    waiting: list[str] = []
    main, after, said, negated = start.main, start.after or start.main + 1, start.said, start.negated
    while True:
        last = _extent(sentence, main, after)
        said = _extended(sentence, said, main, after, last)
        negated = negated or bool(NOT & set(sentence.words[main : last + 1]))
        conjunction, following = _next(sentence, last + 1, start, limit)
        end = limit if following is None else sentence.spans[conjunction][0]
        task = sentence.trimmed(sentence.spans[last][1], end)
        waiting.append(name_of(sentence, main))
        listed = following is not None and bool(waiting[:-1]) and not AND & set(_tokens(sentence, said))
        if following is not None and (listed or _opens(sentence.text[slice(*task)])):  # «utreda och fatta beslut»
            said = (*said[:-1], (said[-1][0], sentence.spans[following][1]))
            main, after = following, following + 1
            continue
        lone = following is None and limit == len(sentence.text) and _opens(sentence.text[slice(*task)])
        opened = "object" if lone else ""
        found += [Act(start.actors, verb, said, task, start.condition, negated, opened) for verb in waiting]
        if following is None:
            return found
        word = sentence.word(following)
        if word in MODALS or word == "har" or (start.form == "infinitive" and not sentence.infinitive(following)):
            clause = Clause(sentence.spans[conjunction][0], following, following + 1)
            return found + from_finite(sentence, start.actors, clause, limit, start.condition)
        begin = conjunction + 1 if sentence.word(conjunction) in AND else conjunction
        said = (*start.shared, (sentence.spans[begin][0], sentence.spans[following][1]))
        main, after, waiting = following, following + 1, []
        negated = start.negated or bool(NOT & set(sentence.words[begin:following]))


def name_of(sentence: Sentence, number: int) -> str:
    """Return the infinitive of a verb with its particle: «följa upp»."""
    word = sentence.word(number)
    found = verbs.verb(word)
    infinitive = "föra" if word == "för" else found.infinitive if found else word
    after = sentence.word(number + 1)
    return f"{infinitive} {after}" if verbs.takes(infinitive, after) else infinitive


def _pieces(sentence: Sentence, own: Offsets, finite: int, rest: int, last: int) -> tuple[Offsets, ...]:
    """Return what is said from a finite verb to a word, without the subject that stands between."""
    if last <= finite or last < rest:
        return (own,)
    if rest == finite + 1:
        return ((own[0], sentence.spans[last][1]),)
    return (own, (sentence.spans[rest][0], sentence.spans[last][1]))


def _does(sentence: Sentence, number: int) -> bool:
    found = verbs.verb(sentence.word(number))
    return found is not None and not found.passive and (found.acting or found.infinitive == "vara")


def _infinitive(sentence: Sentence, start: int) -> int | None:
    """Return the number of the infinitive that a modal leads to: «kan i sitt arbete komma att upptäcka»."""
    for number in range(start, min(start + MAX_BETWEEN, len(sentence.words))):
        found = verbs.verb(sentence.word(number))
        if not found or found.form != "infinitive" or (number > start and sentence.word(number - 1) == "att"):
            continue
        if found.infinitive in ("komma", "kunna") and number + 1 < len(sentence.words):
            return _infinitive(sentence, number + (2 if sentence.word(number + 1) == "att" else 1))
        return number
    return None


def _duty(sentence: Sentence, start: int) -> int | None:
    """Return the number of the infinitive that «har till uppgift att» leads to, or of the duty in «har ansvar för»."""
    duty: int | None = None
    for number in range(start, len(sentence.words)):
        word = sentence.word(number)
        if duty is None and number > start + MAX_DUTY:
            return None
        if duty is None and (_DUTY.search(word) or _APPOINTED.match(word) or word == "är"):
            duty = number
        elif duty is not None and word == "att":
            return next((i for i in range(number + 1, len(sentence.words)) if sentence.infinitive(i)), None)
        elif duty is not None and word in ("för", "om", "över") and _DUTY.search(sentence.word(duty)):
            return duty if number == duty + 1 else None
    return None


def _extended(sentence: Sentence, said: tuple[Offsets, ...], main: int, after: int, last: int) -> tuple[Offsets, ...]:
    """Return what is said, with the words after a verb that are said with it."""
    if last < after:
        return said
    if after == main + 1:
        return (*said[:-1], (said[-1][0], sentence.spans[last][1]))
    return (*said, (sentence.spans[after][0], sentence.spans[last][1]))


def _tokens(sentence: Sentence, said: tuple[Offsets, ...]) -> list[str]:
    """Return the words of the last piece that is said."""
    start, end = said[-1]
    return [word for word, span in zip(sentence.words, sentence.spans, strict=True) if start <= span[0] < end]


def _opens(task: str) -> bool:
    """Tell whether what follows a verb is not all: «för att», «för följande uppgifter», «underlag för»."""
    words = task.lower().split()
    return not words or words[-1] in _OPEN or "följande" in words


def _extent(sentence: Sentence, main: int, after: int) -> int:
    """Return the last word that is said with a verb: its particle, «sig», «inte», «även»."""
    found = verbs.verb(sentence.word(main))
    last = after - 1
    while last + 1 < len(sentence.words) and not sentence.gap(last + 1).strip():
        word = sentence.word(last + 1)
        if word not in _AFTER and not (last == main and found and verbs.takes(found.infinitive, word)):
            break
        last += 1
    return last


def _next(sentence: Sentence, start: int, chain: Chain, limit: int) -> tuple[int, int | None]:
    """Return the conjunction (or first word) and the verb that goes on a chain, or no verb.

    A verb after a subordinate clause may belong to that clause: it does not count, and stays in the task.
    """
    subordinate = relative = False
    for number in range(start, len(sentence.words)):
        if sentence.spans[number][0] >= limit:
            break
        word = sentence.word(number)
        conjunction = word in AND
        verb = number + conjunction
        while sentence.word(verb) in ADVERBS:
            verb += 1
        comma = "," in sentence.gap(number)
        if (conjunction or comma) and not subordinate:
            if chain.form == "infinitive" and _coordinates(sentence, verb, right_after=conjunction and number == start):
                if not (word == "utan" and chain.negated):
                    return number, verb
            elif sentence.finite(verb) and not relative and (conjunction or number == start):
                return number, verb
        if word in SUBORDINATE and sentence.word(number + 1) not in ("en", "ett"):
            relative = True
            subordinate = (
                subordinate
                or chain.form == "present"
                or (word == "att" and any(sentence.infinitive(i) for i in range(number + 1, number + 4)))
            )
        elif word in MODALS and chain.form == "infinitive":
            subordinate = True
    return len(sentence.words), None


def _coordinates(sentence: Sentence, number: int, *, right_after: bool) -> bool:
    """Tell whether a word after a conjunction is an infinitive; right after one, it may be one that is not known."""
    known = bool(_does(sentence, number) and sentence.infinitive(number))
    unknown = right_after and sentence.word(number).endswith("a") and verbs.verb(sentence.word(number)) is None
    return known or unknown
