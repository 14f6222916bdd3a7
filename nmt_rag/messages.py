"""What the library says to people around the quotes, in Swedish and in English."""

from __future__ import annotations

from nmt_rag.types import AbstentionReason

SOURCE_LANGUAGE_EN = "(Swedish source text, quoted word for word.)"
NEAREST = {"sv": "Närmast frågan i källorna", "en": "Closest to the question in the sources"}
"""What stands above the passages that an abstention shows."""

_ABSTENTIONS: dict[str, dict[AbstentionReason, str]] = {
    "sv": {
        "empty_question": "Skriv en fråga, så söker vi svaret i källorna.",
        "no_evidence": "Källorna svarar inte på frågan.",
        "weak_evidence": "Källorna nämner det du frågar om, men vi hittar ingen mening som tydligt svarar på frågan.",
        "off_topic": "Frågan verkar handla om något annat än det som källorna tar upp.",
    },
    "en": {
        "empty_question": "Please write a question, and we will look for the answer in the sources.",
        "no_evidence": "The sources do not answer the question.",
        "weak_evidence": "The sources mention what you ask about, but we find no sentence that clearly answers the "
        "question.",
        "off_topic": "The question seems to be about something that the sources do not cover.",
    },
}


def abstention(reason: AbstentionReason, language: str) -> str:
    """Return the sentence that says why there is no answer."""
    return _ABSTENTIONS["en" if language == "en" else "sv"][reason]
