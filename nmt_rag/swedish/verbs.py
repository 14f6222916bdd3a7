"""Swedish verbs: which words are forms of one, and of which.

It knows the verbs of `verbs_sv.txt`, in the infinitive and the present tense, active and passive. A word that is not
there is no verb to it, so that «anmälningar» is never taken for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from nmt_rag.swedish import wordlists

Form = Literal["infinitive", "present"]

MODALS = frozenset("ska skall får kan bör måste".split())
"""Verbs that an infinitive without «att» follows, in the present tense."""
PARTICLES = frozenset("upp fram in ut emot bort igen tillbaka samman hand".split())
"""Words right after a verb that make another one of it: «följa upp», «ta fram»."""
_WITH_PARTICLE = {"se": frozenset({"till"}), "ta": frozenset({"om"})}
"""Verbs that other words make another one of: «se till», «ta om hand»."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A form of a verb: the infinitive it belongs to, its form and voice, and whether it tells of an act."""

    infinitive: str
    form: Form
    passive: bool
    acting: bool


def verb(word: str) -> Verb | None:
    """Return the verb that a lower-case word is a form of, or None; modals are none of these."""
    return _forms().get(word)


def takes(infinitive: str, following: str) -> bool:
    """Tell whether a word right after a verb belongs to it: «följa upp», «se till»."""
    return following in PARTICLES or following in _WITH_PARTICLE.get(infinitive, ())


@lru_cache(maxsize=1)
def _forms() -> dict[str, Verb]:
    """Return the verb that each word is a form of; of two the first of the list."""
    acting, _, stative = "\n".join(wordlists.lines("verbs_sv.txt")).partition("\nstative\n")
    found: dict[str, Verb] = {}
    for entries, is_acting in ((acting, True), (stative, False)):
        for entry in entries.split():
            infinitive, _, present = entry.partition("/")
            present = present or f"{infinitive}r"
            found.setdefault(infinitive, Verb(infinitive, "infinitive", False, is_acting))
            found.setdefault(present, Verb(infinitive, "present", False, is_acting))
            found.setdefault(f"{infinitive}s", Verb(infinitive, "infinitive", True, is_acting))
            found.setdefault(_passive(infinitive, present), Verb(infinitive, "present", True, is_acting))
    return found


def _passive(infinitive: str, present: str) -> str:
    """Return the passive of the present tense: samordnas, leds, läses, förs, ges."""
    if present == f"{infinitive}r":
        return f"{infinitive}s"
    stem = present[:-2] if present.endswith("er") and infinitive.endswith("a") else present.removesuffix("r")
    stem = infinitive[:-1] if present == infinitive[:-1] else stem  # för → förs
    return f"{stem}es" if stem.endswith("s") else f"{stem}s"
