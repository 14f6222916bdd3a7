"""What the library says to people around the quotes, in Swedish and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nmt_rag.answering.help import need, numbers
from nmt_rag.answering.help.numbers import Helpline
from nmt_rag.types import AbstentionReason

SOURCE_LANGUAGE_EN = "(Swedish source text, quoted word for word.)"
NEAREST = {"sv": "Meningar som kan ha med frågan att göra", "en": "Sentences that may have to do with the question"}
"""What stands above the passages that an abstention shows."""
EMERGENCY = {"sv": "Vid akut fara: ring 112.", "en": "In immediate danger: call 112."}
"""What a terminal says below an abstention about the packaged page. The web page has it always in view."""

_LEADS: dict[str, dict[str, str]] = {
    "sv": {
        "help": "Är du eller någon annan utsatt för våld, hot eller tvång? Här finns någon att ringa.",
        "life": "Tänker du på att ta ditt liv? Ring och prata med någon nu. Det finns hjälp.",
        "professional": "Möter du någon som kan vara utsatt för våld, hot eller tvång? Här får du råd.",
        "parent": "Är du orolig för ett barn? Här finns någon att ringa.",
        "hits": "Är du rädd för vad du gör mot någon annan? Det finns hjälp att sluta.",
    },
    "en": {
        "help": "Are you or somebody else subjected to violence, threats or coercion? Here is somebody to call.",
        "life": "Are you thinking of taking your life? Call and talk to somebody now. There is help.",
        "professional": "Have you met somebody who may be subjected to violence, threats or coercion? Here is advice.",
        "parent": "Are you worried about a child? Here is somebody to call.",
        "hits": "Are you afraid of what you do to somebody else? There is help to stop.",
    },
}
_KIND = {
    "sv": "Den här sidan kan inte ge råd, men de som svarar på numren här ovanför kan lyssna och hjälpa dig vidare. "
    "Du kan "
    "också vända dig till socialtjänsten i din kommun.",
    "en": "This page cannot give advice, but those who answer the numbers above can listen and help you. You can also "
    "turn to "
    "the social services of your municipality.",
}
CALL = {"sv": "Här finns någon att ringa", "en": "Here is somebody to call"}
"""The heading of a saved page that holds the numbers to call and no answer."""
_CHECKED = {"sv": "Numren kontrollerades {month}.", "en": "The numbers were checked {month}."}


@dataclass(frozen=True, slots=True)
class Box:
    """Where to call: what is said first (in each language that it is said in), the numbers, when they were checked."""

    leads: tuple[str, ...]
    lines: tuple[Helpline, ...]
    kind: tuple[str, ...]
    checked: str


_ABSTENTIONS: dict[str, dict[AbstentionReason, str]] = {
    "sv": {
        "empty_question": "Skriv en fråga, så söker vi svaret i källorna.",
        "no_evidence": "Vi hittar inget om det du frågar om i källorna.",
        "weak_evidence": "Ingen mening svarar tydligt på din fråga.",
        "off_topic": "Texten tar inte upp det du frågar om.",
    },
    "en": {
        "empty_question": "Please write a question, and we will look for the answer in the sources.",
        "no_evidence": "We find nothing about what you ask in the sources.",
        "weak_evidence": "No sentence clearly answers your question.",
        "off_topic": "The text does not cover what you ask about.",
    },
}
_EMPTY_INDEX = {
    "sv": "Det finns inga källor att söka i: indexet är tomt.",
    "en": "There are no sources to search: the index is empty.",
}

_WRITERS = {
    "sv": {
        "written": "Formulerat av språkmodellen {name}; varje mening är prövad mot sina citat.{dropped}",
        "dropped": " {n} meningar togs bort, de saknade belägg.",
        "dropped_one": " 1 mening togs bort, den saknade belägg.",
        "none": "Inget av det som språkmodellen {name} skrev kunde beläggas; svaret är källornas egna ord.",
    },
    "en": {
        "written": "Worded by the language model {name}; each sentence was checked against its quotes.{dropped}",
        "dropped": " {n} sentences were removed: they lacked proof.",
        "dropped_one": " 1 sentence was removed: it lacked proof.",
        "none": "Nothing that the language model {name} wrote could be proven; the answer is the sources' own words.",
    },
}


def abstention(reason: AbstentionReason, language: str) -> str:
    """Return the sentence that says why there is no answer."""
    return _ABSTENTIONS["en" if language == "en" else "sv"][reason]


def box(question: str, language: str, *, answered: bool = False) -> Box | None:
    """Return where to call, where a question sounds as if somebody needs help now, else None.

    A question in a language that cannot be answered gets it in Swedish and in English.
    """
    heard = need.heard(question, answered=answered)
    if heard is None:
        return None
    asker = need.asker(question)
    languages = ("sv", "en") if asker == "foreign" else ("en" if language == "en" else "sv",)
    said = [_LEADS[spoken] for spoken in languages]
    leads = tuple(leads["life"] if heard == "life" else leads.get(asker or "help", leads["help"]) for leads in said)
    checked = _CHECKED[languages[0]].format(month=numbers.checked())
    return Box(leads, numbers.shown(heard, asker), tuple(_KIND[spoken] for spoken in languages), checked)


def line(one: Helpline, language: str) -> str:
    """Return who answers a number, for whom, and when."""
    spoken = "en" if language == "en" else "sv"
    hours = f" ({one.hours[spoken]})" if one.hours[spoken] else ""
    return f"{one.name[spoken]}, {one.whom[spoken]}{hours}"


def helplines(question: str, language: str, *, answered: bool = False) -> str:
    """Return what `box` shows as plain lines, or an empty string."""
    shown = box(question, language, answered=answered)
    if shown is None:
        return ""
    return "\n".join((*shown.leads, *(f"{one.number}: {line(one, language)}" for one in shown.lines), shown.checked))


def empty_index(language: str) -> str:
    """Return the sentence that says that there is nothing to answer from: what `abstention` says in another case."""
    return _EMPTY_INDEX["en" if language == "en" else "sv"]


def uncertain(language: str) -> str:
    """Return the words that mark an answer below the normal bar."""
    return "Uncertain answer:" if language == "en" else "Osäkert svar:"


def writer(engine: Mapping[str, Any], language: str) -> str:
    """Return the sentence that says what a language model had to do with an answer, or an empty string.

    Args:
        engine: of an answer.
        language: ``"sv"`` or ``"en"``.
    """
    model = engine.get("model")
    if not model or not model["asked"]:
        return ""
    texts = _WRITERS["en" if language == "en" else "sv"]
    dropped = sum(model["dropped"].values())
    if not model["released"]:
        return texts["none"].format(name=model["name"])
    said = texts["dropped_one" if dropped == 1 else "dropped"].format(n=dropped) if dropped else ""
    return texts["written"].format(name=model["name"], dropped=said)
