"""What the library says to people around the quotes: ``messages.sv.toml`` and ``messages.en.toml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nmt_rag import translations
from nmt_rag.answering.help import askers, need
from nmt_rag.answering.help import helplines as to_call
from nmt_rag.answering.help.helplines import Helpline
from nmt_rag.types import AbstentionReason, Answer

CLEAR_SUPPORT = 0.8
"""From this confidence an answer is called probable, below it possible, and its quotes are to be read in context."""
SOURCE_LANGUAGE_EN = "(Swedish source text, quoted word for word.)"
_TEXTS = translations.texts("nmt_rag.answering", "messages")

NEAREST: dict[str, str] = {language: found["nearest"] for language, found in _TEXTS.items()}
"""What stands above the passages that an abstention shows."""
EMERGENCY: dict[str, str] = {language: found["emergency"] for language, found in _TEXTS.items()}
"""What a terminal says below an abstention about the packaged page. The web page has it always in view."""
CALL: dict[str, str] = {language: found["call"] for language, found in _TEXTS.items()}
"""The heading of a saved page that holds the numbers to call and no answer."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where to call: what is said first, the numbers, a kind word, and when the numbers were checked.

    ``leads``, ``kind`` and ``checked`` say the same in each of the ``languages``.
    """

    languages: tuple[str, ...]
    leads: tuple[str, ...]
    lines: tuple[Helpline, ...]
    kind: tuple[str, ...]
    checked: tuple[str, ...]


def abstention(reason: AbstentionReason, language: str) -> str:
    """Return the sentence that says why there is no answer."""
    return str(_of(language)["abstentions"][reason])


def box(question: str, language: str, *, answered: bool = False, earlier: Sequence[str] = ()) -> Box | None:
    """Return where to call, where a question sounds as if somebody needs help now, else None.

    A question in a language that cannot be answered gets it in Swedish and in English.

    Args:
        question: what is asked.
        language: ``"sv"`` or ``"en"``.
        answered: whether the question is answered.
        earlier: the questions before it in the same conversation: a need that one of them tells of holds.
    """
    heard = need.heard(question, answered=answered, earlier=earlier)
    if heard is None:
        return None
    asker = askers.asker(question)
    told: tuple[askers.Asker, ...] = (
        ("foreign",) if asker == "foreign" else askers.told(". ".join((*earlier, question)))
    )
    languages = ("sv", "en") if asker == "foreign" else (translations.spoken(language),)
    said = [_TEXTS[spoken]["leads"] for spoken in languages]
    lead = "life" if heard == "life" else next(iter(told), "help")
    leads = tuple(leads.get(lead, leads["help"]) for leads in said)
    kind = tuple(_TEXTS[spoken]["kind"] for spoken in languages)
    return Box(languages, leads, to_call.shown(heard, told), kind, tuple(map(checked, languages)))


def checked(language: str) -> str:
    """Return the sentence that says in which month the numbers to call were checked."""
    texts, day = _of(language), to_call.checked()
    return str(texts["checked"].format(month=f"{texts['months'][day.month - 1]} {day.year}"))


def line(one: Helpline, language: str) -> str:
    """Return who answers a number, for whom, and when."""
    spoken = translations.spoken(language)
    hours = f" ({one.hours[spoken]})" if one.hours[spoken] else ""
    return f"{one.name[spoken]}, {one.whom[spoken]}{hours}"


def helplines(question: str, language: str, *, answered: bool = False, earlier: Sequence[str] = ()) -> str:
    """Return what `box` shows as plain lines, or an empty string."""
    shown = box(question, language, answered=answered, earlier=earlier)
    if shown is None:
        return ""
    numbers = (f"{one.number}: {' / '.join(line(one, spoken) for spoken in shown.languages)}" for one in shown.lines)
    return "\n".join((*shown.leads, *numbers, *shown.checked))


def empty_index(language: str) -> str:
    """Return the sentence that says that there is nothing to answer from: what `abstention` says in another case."""
    return str(_of(language)["empty_index"])


def uncertain(language: str) -> str:
    """Return the words that mark an answer below the normal bar."""
    return str(_of(language)["uncertain"])


def sureness(answer: Answer, language: str) -> str:
    """Return the confidence of an answer in words: probable, possible, or uncertain below the normal bar."""
    kind = "unsure" if answer.uncertain else "clear" if answer.confidence >= CLEAR_SUPPORT else "unclear"
    return str(_of(language)[kind])


def several_act(answer: Answer) -> bool:
    """Tell whether an answer or its quotes name more than one actor: each quote then says whose it is."""
    return len({*answer.actors, *(citation.actor for citation in answer.citations if citation.actor)}) > 1


def writer(engine: Mapping[str, Any], language: str) -> str:
    """Return the sentence that says what a language model had to do with an answer, or an empty string.

    Args:
        engine: of an answer.
        language: ``"sv"`` or ``"en"``.
    """
    model = engine.get("model")
    if not model or not model["asked"]:
        return ""
    texts: dict[str, str] = _of(language)["writers"]
    dropped = sum(model["dropped"].values())
    if not model["released"]:
        return texts["none"].format(name=model["name"])
    said = texts["dropped_one" if dropped == 1 else "dropped"].format(n=dropped) if dropped else ""
    return texts["written"].format(name=model["name"], dropped=said)


def _of(language: str) -> dict[str, Any]:
    return _TEXTS[translations.spoken(language)]
