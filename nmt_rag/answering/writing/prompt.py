"""Question and passages → what a language model is sent: the prompt is a file, and retrieved text is fenced in as data.

The prompts are `nmt_rag/answering/writing/prompts/answer.sv.md` and `answer.en.md`: the instruction, a line of three
hyphens, and the message with the passages and the question.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from string import Template

from nmt_rag import translations
from nmt_rag.answering.writing.proof import Shown
from nmt_rag.types import Passage

NO_ANSWER = re.compile(r"\W*(?:INGET SVAR|NO ANSWER)\W*", re.IGNORECASE)
"""What a model writes, and nothing else, where the passages do not answer."""

_ADDRESSED = re.compile(
    r"\b(?:ignorera|bortse från|glöm|strunta i|åsidosätt|ignore|disregard|forget|override)\b[^.!?]{0,60}"
    r"\b(?:instruktion|anvisning|regl|regel|uppmaning|prompt|instruction|rule|direction)\w*|"
    r"\b(?:system ?prompt|systeminstruktion\w*|jailbreak)\b|"
    r"\b(?:du är|you are|act as|agera som)\s+(?:nu\s+|now\s+)?(?:en|ett|an?)\s+"
    r"(?:ai|chatbot|språkmodell|language model|assist\w+)\b|"
    r"<\|[^|]{1,40}\|>|\[/?INST\]|<</?SYS>>|</?(?:system|assistant|user)>|^\s*(?:system|assistant|user)\s*:",
    re.IGNORECASE,
)


def messages(question: str, shown: Sequence[Shown], language: str) -> list[tuple[str, str]]:
    """Return the messages for a chat model as ``(role, text)``: ``system`` and ``human``.

    Args:
        question: on one line.
        shown: the passages, each under its number.
        language: ``"sv"`` or ``"en"``, the language of the instructions.
    """
    lines = [line(one) for one in shown]
    filled = {"passages": "\n".join(lines), "question": question}
    return fenced("answer", language, "KÄLLTEXT", filled)


def fenced(prompt: str, language: str, title: str, texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the messages of a prompt file with texts filled in, within a fence that none of them holds.

    Args:
        prompt: its name in `nmt_rag/answering/writing/prompts`, without language and ending.
        language: ``"sv"`` or ``"en"``.
        title: what stands in the fence.
        texts: what is filled in, by the names that the file has for them.
    """
    filled = {"fence": _fence(title, texts.values()), **texts}
    system, human = (Template(part).substitute(filled) for part in _prompt(prompt, translations.spoken(language)))
    return [("system", system), ("human", human)]


def line(shown: Shown) -> str:
    """Return a passage as the model sees it: one line with its number, its actor, what stands above it and its text.

    It stays one line whatever the source holds, so that no source can pretend to be another passage.
    """
    passage = shown.passage
    above = dict.fromkeys(title.removesuffix(":") for title in (*passage.heading, shown.lead) if title)
    parts = (passage.actor, " › ".join(above), passage.text)
    return f"[{shown.number}] " + " | ".join(" ".join(part.split()) for part in parts)


def addresses_a_model(passage: Passage) -> bool:
    """Tell whether a passage speaks to a language model rather than to a reader («Ignorera tidigare instruktioner»).

    A net for known forms, not a proof: whatever slips through is still only released as what the source says.
    """
    return any(_ADDRESSED.search(" ".join(text.split())) for text in (passage.text, *passage.heading))


def _fence(title: str, texts: Iterable[str]) -> str:
    """Return a line that the texts do not hold, so that they cannot end the fence."""
    together = "\n".join(texts)
    return next(fence for n in itertools.count(1) if (fence := f"====={title} {n}=====") not in together)


@lru_cache(maxsize=4)
def _prompt(name: str, language: str) -> tuple[str, str]:
    """Return the instruction and the message of a prompt file."""
    text = (
        resources.files("nmt_rag.answering.writing")
        .joinpath("prompts", f"{name}.{language}.md")
        .read_text(encoding="utf-8")
    )
    system, human = text.split("\n---\n")
    return system.strip(), human.strip()
