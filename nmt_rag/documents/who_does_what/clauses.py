"""A Swedish sentence and who is named in it → what they do: the clauses whose subject is known.

Rules over word order, no parsing: a subject with its verb right after it, or right before it where something else
begins the sentence («Vidare ansvarar NOA …»). Where the rules do not tell who acts, nothing is returned. What the verbs
of a clause say is the work of `nmt_rag.documents.who_does_what.predicates`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nmt_rag.documents.who_does_what.predicates import (
    ADVERBS,
    NOT,
    ROLE,
    SUBORDINATE,
    Act,
    Chain,
    Clause,
    coordinated,
    from_finite,
    name_of,
)
from nmt_rag.documents.who_does_what.sentence import Sentence, is_genitive
from nmt_rag.swedish import MODALS, verbs

MAX_FRONTED = 12
"""At most this many words stand before the verb of an item of a list: «på nationell nivå samordna …»."""
MAX_PLACE = 5
"""At most this many words tell where a subject is: «Ungdomsjouren i Stockholms stad bedriver …»."""
_FRONTED = ADVERBS | frozenset(
    "om när i på vid inom enligt efter utöver genom senast med under inför för av mot här då som utan från bland sedan "
    "till varje innan".split()
)
_PLACE = frozenset("i vid inom på".split())
_PERSONS = re.compile(r"(?:handläggare|tjänstem[aä]n|anställda|personal|medarbetare)\w*$")
_OFFICE = re.compile(r"(?:kontor|avdelning|enhet|personal|handläggare|medarbetare|tjänstemän)\w*$")
_RESPONSIBLE = re.compile(r"Ansvaret för\b.*\b(?:ligger|vilar) (?:hos|på)\s+$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Subject:
    """Where a sentence names somebody who may act in it; ``actors`` are all of «A, B och C»."""

    start: int
    end: int
    actors: tuple[str, ...]


def acts(text: str, subjects: Sequence[Subject]) -> list[Act]:
    """Return what the subjects of a sentence do, in the order of the text.

    Args:
        text: one sentence or list item.
        subjects: whoever is named in it, in order; those that are only spoken of do nothing.
    """
    sentence = Sentence(text)
    clauses: list[Clause | None] = []
    for subject in subjects:
        clauses.append(_clause(sentence, subject, later=any(clauses)))
    found: list[Act] = []
    for number, (subject, clause) in enumerate(zip(subjects, clauses, strict=True)):
        if clause is None:
            found += _passive(sentence, subject) or _responsible(sentence, subject)
            continue
        limit = min((later.begin for later in clauses[number + 1 :] if later), default=len(text))
        first = clause.finite if clause.said < 0 else clause.said
        fronted = sentence.trimmed(sentence.first, sentence.spans[first][0])
        inverted = clause.rest > clause.finite + 1 or clause.said >= 0
        condition = fronted if inverted and " " in text[slice(*fronted)] else (0, 0)
        done = from_finite(sentence, subject.actors, clause, limit, condition)
        found += [_led(sentence, clause, act) for act in done] if clause.lead else done
    return found


def continued(text: str, lead: Act) -> list[Act]:
    """Return what an item of a list adds to the act that led up to it; ``said`` and ``task`` are of the item alone."""
    sentence = Sentence(text)
    if lead.opened == "object":
        return [replace(lead, said=(), task=sentence.trimmed(sentence.first, len(text)), condition=(0, 0), opened="")]
    number = next((i for i, word in enumerate(sentence.words) if word not in ADVERBS), 0)
    if sentence.word(number) in _FRONTED:  # «på nationell nivå samordna arbetet»
        window = range(number, min(number + MAX_FRONTED, len(sentence.words)))
        number = next((i for i in window if sentence.infinitive(i) and sentence.word(i - 1) != "att"), number)
    if not sentence.words or not sentence.infinitive(number):
        return []
    first = (sentence.spans[0][0], sentence.spans[number][1])
    negated = lead.negated or bool(NOT & set(sentence.words[:number]))
    return coordinated(sentence, Chain(lead.actors, number, (first,), (), "infinitive", negated=negated), len(text))


def _clause(sentence: Sentence, subject: Subject, *, later: bool) -> Clause | None:
    """Return the clause that has this subject, or None where it is only spoken of.

    Args:
        sentence: the words.
        subject: who may act in it.
        later: whether a clause of another subject stands before it: it may then begin with «och», «men», «samt».
    """
    first, after = sentence.at(subject.start), sentence.at(subject.end - 1) + 1
    begin = _noun_phrase(sentence, first)
    before = sentence.word(begin - 1)
    finite = _verb_after(sentence, after, subject)
    joined = before in ("där", "exempelvis") or (later and before in ("och", "men", "samt"))
    if finite is not None and (begin == 0 or joined):
        while sentence.word(begin - 1) in ("där", "exempelvis", "och", "men", "samt"):
            begin -= 1
        return Clause(sentence.spans[begin][0], finite, finite + 1)
    fronted = begin > 1 and sentence.word(0) in _FRONTED and not sentence.gap(begin).strip()
    if fronted and sentence.finite(begin - 1) and sentence.word(begin - 2) != "som" and not _owns(sentence, subject):
        return Clause(sentence.first, begin - 1, after)
    return _cleft(sentence, begin, after)


def _cleft(sentence: Sentence, begin: int, after: int) -> Clause | None:
    """Return the clause of a subject that is said to be the one who does it: «kan det ofta vara polisen som leder»."""
    if sentence.word(after) != "som" or not sentence.finite(after + 1):
        return None
    spoken = next((i for i in range(max(0, begin - 4), begin - 1) if sentence.word(i) == "det"), None)
    if spoken is None or NOT & set(sentence.words[spoken:begin]):
        return None
    inverted = sentence.finite(spoken - 1)
    between = (sentence.spans[spoken + 1][0], sentence.spans[begin - 1][1])
    if sentence.word(begin - 1) == "vara":
        lead = (sentence.spans[spoken - 1], between) if inverted else (between,)
        return Clause(sentence.first, after + 1, after + 2, spoken - 1 if inverted else spoken, lead)
    if sentence.word(begin - 1) == "är" and not inverted:
        return Clause(sentence.first, after + 1, after + 2, spoken)
    return None


def _led(sentence: Sentence, clause: Clause, act: Act) -> Act:
    """Return an act with what is said before it: «kan … ofta vara … som leder»; «kan … ofta vara» stands for «är»."""
    finite, first = sentence.spans[clause.finite], act.said[0]
    if first == finite and sentence.word(clause.finite) == "är":
        return replace(act, said=(*clause.lead, *act.said[1:]))
    if first[0] == finite[0]:
        first = (sentence.spans[clause.finite - 1][0], first[1])
    return replace(act, said=(*clause.lead, first, *act.said[1:]))


def _owns(sentence: Sentence, subject: Subject) -> bool:
    """Tell whether a subject only owns whoever acts: «prövas av myndighetens ordförande»."""
    genitive = is_genitive(sentence.text[subject.start : subject.end], subject.actors)
    return genitive or sentence.text[subject.end : subject.end + 1] == "s"


def _noun_phrase(sentence: Sentence, first: int) -> int:
    """Return the number of the word where a subject begins: «den lokala polisen», «handläggare på Migrationsverket»."""
    if sentence.word(first - 1) in ("på", "hos", "vid", "inom") and _PERSONS.match(sentence.word(first - 2)):
        return first - 2
    for number in range(first - 1, max(-1, first - 4), -1):
        if sentence.word(number) in ("den", "det", "de"):
            return number
        described = sentence.word(number).endswith(("a", "e")) and not sentence.infinitive(number)
        if not described or sentence.gap(number + 1).strip():
            break
    return first


def _verb_after(sentence: Sentence, number: int, subject: Subject) -> int | None:
    """Return the number of the finite verb of a subject that ends before a word, or None."""
    if number < len(sentence.words) and sentence.text[subject.end : sentence.spans[number][0]].strip() == "(":
        number = sentence.at(sentence.text.find(")", subject.end))
    if _OFFICE.match(sentence.word(number)):
        number += 1
    if sentence.gap(number).strip() == "," and sentence.word(number) == "som":
        closing = (i for i in range(number + 1, len(sentence.words)) if sentence.gap(i).strip() == ",")
        number = next((i for i in closing if sentence.finite(i)), number)
    elif sentence.word(number) in _PLACE:
        for inside in range(number + 1, min(number + 1 + MAX_PLACE, len(sentence.words))):
            if sentence.gap(inside).strip():
                break
            if sentence.finite(inside):
                number = inside
                break
    if ROLE.match(sentence.word(number)) and sentence.word(number + 1) == "är":
        return number
    return number if sentence.finite(number) and not sentence.gap(number).strip(" \xa0\n,)") else None


def _passive(sentence: Sentence, subject: Subject) -> list[Act]:
    """Return what is done by a subject: «… kan detta tillhandahållas av socialtjänsten».

    What it is done to is the task: what the sentence begins with («Stöd ges av …»), or what stands behind the modal
    where something else does («Vid behov ska stöd ges av …»).
    """
    first = _noun_phrase(sentence, sentence.at(subject.start))
    done = first - 2
    found = verbs.verb(sentence.word(done)) if sentence.word(first - 1) == "av" and done >= 0 else None
    if not found or not found.passive or not found.acting or _owns(sentence, subject):
        return []
    modal = next((i for i in range(done - 1, max(-1, first - 12), -1) if sentence.word(i) in MODALS), done)
    if SUBORDINATE & {*sentence.words[modal + 1 : first], sentence.word(modal - 1)}:
        return []
    start = next((i for i in range(modal) if sentence.word(i) not in ADVERBS), modal)
    fronted = sentence.trimmed(sentence.first, sentence.spans[modal][0])
    if start < modal and sentence.word(start) not in _FRONTED:
        if not _whole(sentence, start, modal):
            return []
        task, condition = fronted, (0, 0)
        said = [(sentence.spans[modal][0], subject.end)]
    else:
        inside = [i for i in range(modal + 1, done) if sentence.word(i) not in ADVERBS]
        if not inside:
            return []
        task = (sentence.spans[inside[0]][0], sentence.spans[inside[-1]][1])
        said = [
            (sentence.spans[modal][0], sentence.spans[inside[0] - 1][1]),
            (sentence.spans[inside[-1] + 1][0], subject.end),
        ]
        condition = fronted if start < modal else (0, 0)
    negated = bool(NOT & set(sentence.words[modal:first]))
    return [Act(subject.actors, found.infinitive, tuple(said), task, condition, negated)]


def _whole(sentence: Sentence, start: int, end: int) -> bool:
    """Tell whether words are the subject of the verb behind them, rather than of a clause that this verb ends.

    «Nämnden får lämna över ärenden som | ska prövas av …» and «ärenden som inte enligt 10 § | ska prövas av …» are not.
    """
    words = sentence.words[start:end]
    inner = next((i for i, word in enumerate(words) if word in ("som", "att")), len(words))
    if any(sentence.finite(start + i) for i in range(inner)) or words[-1:] == ["behöver"]:
        return False
    return inner == len(words) or any(word in MODALS or word.endswith(("r", "s")) for word in words[inner + 1 :])


def _responsible(sentence: Sentence, subject: Subject) -> list[Act]:
    """Return what a subject is responsible for: «Ansvaret för att bevilja bistånd ligger hos socialtjänsten»."""
    begin = sentence.spans[_noun_phrase(sentence, sentence.at(subject.start))][0]
    if not _RESPONSIBLE.fullmatch(sentence.text[sentence.first : begin]):
        return []
    lies = max(
        i for i, word in enumerate(sentence.words) if word in ("ligger", "vilar") and sentence.spans[i][1] < begin
    )
    main = 3 if sentence.word(2) == "att" and sentence.infinitive(3) else 1
    verb = name_of(sentence, main) if main == 3 else "ha ansvar"
    said = ((sentence.spans[0][0], sentence.spans[main][1]), (sentence.spans[lies][0], subject.end))
    return [Act(subject.actors, verb, said, sentence.trimmed(said[0][1], said[1][0]))]
