"""The fullest form that a document has of a name: «Nämnden» is «Sävby fritidsnämnd», where that can be told for sure.

A definite noun goes back to a name that was given before its first use, in that section or in the text above it; who is
named only later, or in another section, is somebody else («Styrelsen beslutar. Länsstyrelsen ger bidrag.»).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from functools import cache
from typing import NamedTuple

from nmt_rag import swedish
from nmt_rag.documents import actors
from nmt_rag.documents.actors import Names
from nmt_rag.documents.who_does_what import tasks
from nmt_rag.types import Document, Passage

_DEFINITE = re.compile(r"\w{3,}[nt]")
_WORD = re.compile(r"[\w-]+")
_LEAST_MORE = 3
"""A longer name has at least this many letters more in its word, or a hyphen: «fritidsnämnden» for «nämnden»."""
_AND = frozenset({"och", "samt", "eller"})


class _Only(NamedTuple):
    """The only name known that a definite noun can point to, and the word of it whose end the noun repeats."""

    name: str
    head: str


def in_full(
    document: Document,
    found: Sequence[Passage],
    named: Sequence[str],
    headings: Sequence[Sequence[str]],
    sure: Iterable[str],
) -> list[tuple[str, ...]]:
    """Return the actor or actors that each name stands for, in the fullest form of the document.

    The time it takes grows with the length of the document, whatever names stand in it.

    Args:
        document: where they act.
        found: its passages.
        named: the names.
        headings: what each of them stands under.
        sure: the names that others may stand for, besides those that the document's headings and words tell of.
    """
    known = actors.of_passages(document, found)
    whole, names = actors.document_actor(document), Names(known)
    only = _only_names({_noun(name) for name in named}, (*(one.name for one in known), *sure))
    first = _first_places(found, {word for noun, one in only.items() for word in (noun, one.head)})
    back = {noun: one.name for noun, one in only.items() if _goes_back(first.get(noun, {}), first.get(one.head, {}))}
    fully = cache(lambda name, heading: fullest(name, names, whole, under=(document.title, *heading), back=back))
    return [fully(name, tuple(heading)) for name, heading in zip(named, headings, strict=True)]


def _first_places(found: Sequence[Passage], words: Set[str]) -> dict[str, dict[tuple[str, ...], int]]:
    """Return where each of some words stands first below each heading path: ``{word: {path: offset}}``."""
    places: dict[str, dict[tuple[str, ...], int]] = {}
    for passage in found if words else ():
        for match in _WORD.finditer(passage.text.lower()):
            for word in words & {match.group(), match.group().removesuffix("s")}:
                places.setdefault(word, {}).setdefault(passage.heading, passage.start + match.start())
    return places


def _goes_back(noun: Mapping[tuple[str, ...], int], name: Mapping[tuple[str, ...], int]) -> bool:
    """Tell whether the first use of a noun follows a name, in one section or with the name in the text above it.

    What later uses mean is what the first one does.

    Args:
        noun: where it stands first below each heading path, from `_first_places`.
        name: the same of the name.
    """
    used, path = min(((place, path) for path, place in noun.items()), default=(0, ()))
    return any(name.get(path[:depth], used) < used for depth in range(len(path) + 1))


def fullest(name: str, names: Names, whole: str, *, under: Sequence[str], back: Mapping[str, str]) -> tuple[str, ...]:
    """Return the actor or actors that a name stands for, in the fullest form of the document.

    «Nämnden» is the one that the nearest heading names («Sävby fritidsnämnd»), or that the document is about, or the
    one that it goes back to; where there is more than one, or none, it is given as it stands.

    Args:
        name: as it stands in a sentence.
        names: the actors of the document.
        whole: the one that the document is about, for «nämnden», «myndigheten»; or an empty string.
        under: the headings that the sentence stands under, the document's title first.
        back: the name that a definite noun goes back to, by the noun.
    """
    noun = _noun(name)
    for heading in reversed(under) if noun else ():
        called = [mention.actor for mention in names.mentions(heading)] or _phrases(noun, heading)
        if near := _only_names({noun}, called).get(noun):
            return (near.name,)
    if whole and tasks.GENERIC.fullmatch(name) and tasks.means(name.lower(), whole):
        return (whole,)
    if noun and noun in back:
        return (back[noun],)
    rest, mentions = name, names.mentions(name, people=False)  # «Färdtjänsthandläggaren» is not Färdtjänst
    for mention in reversed(mentions):
        rest = rest[: mention.start] + rest[mention.end :]
    return tuple(dict.fromkeys(mention.actor for mention in mentions)) if set(swedish.words(rest)) <= _AND else (name,)


def _noun(name: str) -> str:
    """Return a name in lower case if it is one definite noun («Nämnden»), else an empty string."""
    return name.lower() if _DEFINITE.fullmatch(name) else ""


def _only_names(nouns: Collection[str], names: Iterable[str]) -> dict[str, _Only]:
    """Return the only name that each definite noun can point to, at its longest; no entry for none or several.

    A noun is compared with those names alone in which a word ends as it does, with its article or without.
    """
    by_ending: dict[str, set[str]] = {}
    for noun in filter(None, nouns):
        for ending in (noun, *_indefinite(noun)):
            by_ending.setdefault(ending, set()).add(noun)
    longest = max(map(len, by_ending), default=0)
    heads: dict[str, dict[str, str]] = {}
    for name in dict.fromkeys(names) if by_ending else ():
        words = [word[-longest:] for word in _WORD.findall(name.lower())]
        endings = {word[start:] for word in words for start in range(len(word))}
        for noun in {noun for ending in endings & by_ending.keys() for noun in by_ending[ending]}:
            if head := _head(noun, name):
                known = heads.setdefault(noun, {})
                known[head] = max(known.get(head, ""), name, key=len)
    return {noun: _Only(name, head) for noun, found in heads.items() if len(found) == 1 for head, name in found.items()}


def _indefinite(noun: str) -> tuple[str, ...]:
    """Return what the definite noun of an organisation may be without its article; nothing of another noun."""
    return (noun[:-1], noun[:-2]) if actors.is_organisation_ending(noun) else ()


def _head(noun: str, name: str) -> str:
    """Return the word of a name that a definite noun repeats the end of, in lower case; or an empty string.

    «Samordnaren» repeats «SIP-samordnaren». An organisation may stand in the indefinite after a genitive: «nämnden»
    repeats «Sävby fritidsnämnd», «kommunen» repeats «Sävbys kommun».
    """
    bare = _indefinite(noun)
    before = ""
    for word in _WORD.findall(name.lower()):
        if word in swedish.stop_words():
            break
        if _ends_with(word, noun) or (before and any(word == one or _ends_with(word, one) for one in bare)):
            return str(word)
        before = word
    return ""


def _ends_with(word: str, noun: str) -> bool:
    """Tell whether a word is a longer one for a noun: «fritidsnämnden», «A-kassan»; «Tullen» is none for «ullen»."""
    return word.endswith(noun) and (len(word) >= len(noun) + _LEAST_MORE or word[: -len(noun)].endswith("-"))


def _phrases(noun: str, heading: str) -> list[str]:
    """Return the words of a heading that a definite noun repeats, with the place after them («… i Sävby»)."""
    found = [re.match(r"[\w-]+(?: i [A-ZÅÄÖ]\w+)?", heading[match.start() :]) for match in _WORD.finditer(heading)]
    return [match.group() for match in found if match and _head(noun, _WORD.findall(match.group())[0])]
