"""Where actors are named in a text, and who acts in each passage: who is named so, or carried on by pronoun or section.

Inflected names are found too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nmt_rag import swedish
from nmt_rag.documents.actors.finding import document_actor, of_passages
from nmt_rag.documents.actors.names import ACRONYM, COLLECTIVE, SHORT, Actor, stems_of
from nmt_rag.swedish import blocks
from nmt_rag.types import Document, Passage

_PERSON = re.compile(r"(?:tjänstem[aä]n\w*|handläggare\w*|anställda\w*|personal\w*|män\w*)$")
_CARRYING = re.compile(r"(?:de|den|det|detta|denna|dessa|dom|där|han|hon)\b", re.IGNORECASE)
_OBJECT_OF = frozenset("om till mot för med enligt från kring gällande angående åt förutom utom".split())
_SECTION_WORDS = 2
"""A name with at most this many words before it begins its sentence («1 § Skolforskningsnämnden …»)."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text where an actor is named; ``start`` and ``end`` are offsets in that text."""

    start: int
    end: int
    actor: str


class Names:
    """The names and aliases of some actors, ready to be looked for in a text."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self._by_stems: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        lengths: dict[str, set[int]] = {}
        for actor in actors:
            for alias in (actor.name, *actor.aliases):
                stems = stems_of(alias)
                if stems:
                    entry = (actor.name, alias if _is_written_so(alias, actor.name) else "")
                    self._by_stems.setdefault(stems, []).append(entry)
                    lengths.setdefault(stems[0], set()).add(len(stems))
        self._lengths = {first: sorted(each, reverse=True) for first, each in lengths.items()}

    def mentions(self, text: str, *, any_case: bool = False, people: bool = True) -> list[Mention]:
        """Return where the actors are named, in order; longer names win.

        Acronyms must stand in capitals unless ``any_case`` (for questions typed in lower case). With ``people`` an
        actor is also named by a word for those who work there («polismännen»).
        """
        tokens = [(match.start(), match.end(), match.group()) for match in swedish.PLAIN_WORD.finditer(text)]
        stems = [swedish.stem(word.lower()) for _, _, word in tokens]
        found: list[Mention] = []
        position = 0
        while position < len(tokens):
            entry = self._entry(tokens, stems, position, any_case=any_case, people=people)
            if entry:
                length, name = entry
                found.append(Mention(tokens[position][0], tokens[position + length - 1][1], name))
                position += length
            else:
                position += 1
        return found

    def beside(self, text: str) -> str:
        """Return a text with a space in place of each name of an actor."""
        for mention in reversed(self.mentions(text)):
            text = f"{text[: mention.start]} {text[mention.end :]}"
        return text

    def _entry(
        self,
        tokens: Sequence[tuple[int, int, str]],
        stems: Sequence[str],
        position: int,
        *,
        any_case: bool,
        people: bool,
    ) -> tuple[int, str] | None:
        """Return how many words from a position on name an actor, and which, or None: «polismännen» are the police."""
        token = tokens[position][2]
        for length in self._lengths.get(stems[position], ()):
            wanted = tuple(stems[position : position + length])
            for name, written in self._by_stems.get(wanted, ()) if len(wanted) == length else ():
                spelled = token.lower() if written.islower() else token
                if any_case or not written or spelled in (written, f"{written}s"):
                    return length, name
        word = token.lower()
        # four letters of a name, and three at least
        person = _PERSON.search(word) if people and len(word) > 6 else None
        if person and person.start() > 3:
            if entries := self._by_stems.get((swedish.stem(word[: person.start()]),)):
                return 1, entries[0][0]
        return None


def _is_written_so(alias: str, name: str) -> bool:
    """Tell whether an alias counts only with its own capitals: an acronym, a short name («Sida»), «tullen»."""
    short = alias != name and SHORT.match(alias) and not alias.endswith(("n", "t"))
    return bool(short or ACRONYM.match(alias)) or alias in COLLECTIVE.values() - COLLECTIVE.keys()


def attribute(document: Document, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages with their actors: the main one first, then every other one named.

    A sentence that names nobody belongs to the actor that a pronoun carries on, else to its section's actor, else
    to the document's. The rows of a table stand each for itself: nobody is carried on into one, or out of it.
    """
    names = Names(of_passages(document, passages))
    whole = document_actor(document)
    sections = {heading: _section_actors(heading, names) for heading in {passage.heading for passage in passages}}
    result: list[Passage] = []
    sentence: Passage | None = None
    rows = blocks.in_rows(document.text, [(passage.start, passage.end) for passage in passages])
    for passage, row in zip(passages, rows, strict=True):
        section = sections[passage.heading] or ([whole] if whole else [])
        previous = sentence if sentence and not row and sentence.heading == passage.heading else None
        mentioned = names.mentions(passage.text)
        acting = agents(passage.text, mentioned)
        others = [mention.actor for mention in mentioned]
        carried: Sequence[str] = ()
        if not acting:
            leaning = bool(_CARRYING.match(passage.text)) or passage.text[:1].islower() or len(section) > 1
            carried = previous.actors[:1] if previous and (leaning or not section) else section
            if previous and leaning and passage.paragraph == previous.paragraph and _CARRYING.match(passage.text):
                carried = previous.actors
        main = [actor for actor in section[:1] if len(section) == 1 and actor in acting]
        if whole and not (_names_its_agent(passage.text, mentioned) or _goes_on(passage, acting, previous, whole)):
            main = [whole]
        result.append(replace(passage, actors=tuple(dict.fromkeys((*main, *acting, *carried, *others)))))
        sentence = sentence if row else result[-1]
    return result


def _names_its_agent(text: str, mentioned: Sequence[Mention]) -> bool:
    """Tell whether a whole sentence, not an item of a list, begins with an actor («1 § Insynsrådet ska …»)."""
    if not mentioned or text[:1].islower() or not (text[-1] in ".!?:" or text[0].isdigit()):
        return False
    return len(swedish.words(text[: mentioned[0].start])) <= _SECTION_WORDS


def _goes_on(passage: Passage, acting: Sequence[str], previous: Passage | None, whole: str) -> bool:
    """Tell whether a passage goes on about another actor than the one that the document is about."""
    leaning = _CARRYING.match(passage.text) is not None or passage.text[:1].islower()
    return bool(not acting and leaning and previous and previous.actor not in ("", whole))


def agents(text: str, mentions: Sequence[Mention]) -> list[str]:
    """Return the actors among the mentions that act in a sentence, rather than being spoken of, in order.

    An actor right after «om», «till», «för» and the like is spoken of; so is one after «av», unless «av» names the
    agent of a passive verb («tillhandahållas av socialtjänsten»).
    """
    acting: list[str] = []
    spoken_of = False
    end = 0
    for mention in mentions:
        before = text[end : mention.start].lower()
        words = swedish.words(before)
        if not (acting or spoken_of) or not _joins(before):
            last = words[-1] if words else ""
            passive = last == "av" and len(words) > 1 and words[-2].endswith("s")
            spoken_of = last in _OBJECT_OF or (last == "av" and not passive)
        if not spoken_of and mention.actor not in acting:
            acting.append(mention.actor)
        end = mention.end
    return acting


def _joins(between: str) -> bool:
    """Tell whether the text between two mentions only lists them: «, », « och », «, … eller »."""
    return re.fullmatch(r"\s*(?:,|och|eller|samt|,?\s*\w+(?:er|or|ar)\s+(?:och|eller)|&)\s*", between) is not None


def _section_actors(heading: Sequence[str], names: Names) -> list[str]:
    """Return the actors of the nearest heading that names any."""
    for title in reversed(heading):
        found = list(dict.fromkeys(mention.actor for mention in names.mentions(title)))
        if found:
            return found
    return []
