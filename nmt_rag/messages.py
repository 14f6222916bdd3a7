"""What the library says to people around the quotes, in Swedish and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nmt_rag import need
from nmt_rag.need import Need
from nmt_rag.types import AbstentionReason

SOURCE_LANGUAGE_EN = "(Swedish source text, quoted word for word.)"
NEAREST = {"sv": "Närmast frågan i källorna", "en": "Closest to the question in the sources"}
"""What stands above the passages that an abstention shows."""
EMERGENCY = {"sv": "Vid akut fara: ring 112.", "en": "In immediate danger: call 112."}
"""What a terminal says below each abstention: whoever asks may need help now. The web page has it always in view."""

_HELPLINES: dict[str, dict[Need, str]] = {
    "sv": {
        "help": "Är du eller någon annan utsatt för våld, hot eller tvång? Ring 112 vid fara. Du kan också ringa "
        "Kvinnofridslinjen på 020-50\u00a050\u00a050 (gratis, dygnet runt), polisen på 114\u00a014 eller "
        "socialtjänsten i "
        "din kommun. Är du under 18 år kan du ringa Bris på 116\u00a0111.",
        "life": "Tänker du på att ta ditt liv? Ring 112 om det är akut. Du kan också ringa Självmordslinjen på "
        "90101 eller "
        "1177. Är du under 18 år kan du ringa Bris på 116\u00a0111.",
    },
    "en": {
        "help": "Are you or somebody else exposed to violence, threats or coercion? In danger, call 112. You can "
        "also call "
        "the national helpline Kvinnofridslinjen, 020-50\u00a050\u00a050 (free, day and night), the police, "
        "114\u00a014, or "
        "the social services of your municipality. If you are under 18, you can call Bris, 116\u00a0111.",
        "life": "Are you thinking of taking your life? Call 112 if it is urgent. You can also call the helpline "
        "Självmordslinjen, 90101, or 1177. If you are under 18, you can call Bris, 116\u00a0111.",
    },
}
"""Where to call, by `nmt_rag.need`; docs/page.md says who answers each number and where it was read."""

_ABSTENTIONS: dict[str, dict[AbstentionReason, str]] = {
    "sv": {
        "empty_question": "Skriv en fråga, så söker vi svaret i källorna.",
        "no_evidence": "Vi hittar inget svar på frågan i källorna.",
        "weak_evidence": "Källorna nämner det du frågar om, men vi hittar ingen mening som tydligt svarar på frågan.",
        "off_topic": "Frågan verkar handla om något annat än det som källorna tar upp.",
    },
    "en": {
        "empty_question": "Please write a question, and we will look for the answer in the sources.",
        "no_evidence": "We find no answer to the question in the sources.",
        "weak_evidence": "The sources mention what you ask about, but we find no sentence that clearly answers the "
        "question.",
        "off_topic": "The question seems to be about something that the sources do not cover.",
    },
}
_EMPTY_INDEX = {
    "sv": "Det finns inga källor att söka i: indexet är tomt.",
    "en": "There are no sources to search: the index is empty.",
}

_WRITERS = {
    "sv": {
        "written": "Formulerat av språkmodellen {name}; varje mening är prövad mot sina citat.{dropped}",
        "dropped": " Strukna meningar utan belägg: {n}.",
        "none": "Inget av det som språkmodellen {name} skrev kunde beläggas; svaret är källornas egna ord.",
    },
    "en": {
        "written": "Worded by the language model {name}; each sentence was checked against its quotes.{dropped}",
        "dropped": " Sentences dropped for lack of proof: {n}.",
        "none": "Nothing that the language model {name} wrote could be proven; the answer is the sources' own words.",
    },
}


def abstention(reason: AbstentionReason, language: str) -> str:
    """Return the sentence that says why there is no answer."""
    return _ABSTENTIONS["en" if language == "en" else "sv"][reason]


def helplines(question: str, language: str, *, answered: bool = False) -> str:
    """Return where to call, where a question sounds as if somebody needs help now, else an empty string.

    Where it is not answered, somebody who tells and asks nothing may need it, too: better once too often.
    """
    found = need.of(question) or ("help" if not answered and need.tells(question) else None)
    return _HELPLINES["en" if language == "en" else "sv"][found] if found else ""


def empty_index(language: str) -> str:
    """Return the sentence that says that there is nothing to answer from: what `abstention` says in another case."""
    return _EMPTY_INDEX["en" if language == "en" else "sv"]


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
    return texts["written"].format(name=model["name"], dropped=texts["dropped"].format(n=dropped) if dropped else "")
