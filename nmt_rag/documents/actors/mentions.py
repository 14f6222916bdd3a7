"""Where actors are named in a text, inflected and misspelled names too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from nmt_rag import swedish
from nmt_rag.documents.actors.names import ACRONYM, COLLECTIVE, PARENTHESIS, SHORT, Actor, stems_of

_PERSON = re.compile(r"(?:tjänstem[aä]n\w*|handläggare\w*|anställda\w*|personal\w*|män\w*)$")
FUZZY_LENGTH = 7
FUZZY_RATIO = 0.84


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text where an actor is named; ``start`` and ``end`` are offsets in that text."""

    start: int
    end: int
    actor: str


class Names:
    """The names and aliases of some actors, ready to be looked for in a text."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
        self._one_word: dict[str, str] = {}
        for actor in actors:
            for alias in (actor.name, *actor.aliases):
                stems = stems_of(alias)
                if stems:
                    entry = (stems, actor.name, alias if _is_written_so(alias, actor.name) else "")
                    self._by_first.setdefault(stems[0], []).append(entry)
                if len(stems) == 1:
                    self._one_word[swedish.words(PARENTHESIS.sub("", alias) or alias)[0]] = actor.name
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def mentions(self, text: str, *, any_case: bool = False) -> list[Mention]:
        """Return where the actors are named, in order; longer names win.

        Acronyms must stand in capitals unless ``any_case`` (for questions typed in lower case).
        """
        tokens = [(match.start(), match.end(), match.group()) for match in swedish.PLAIN_WORD.finditer(text)]
        stems = [swedish.stem(word.lower()) for _, _, word in tokens]
        found: list[Mention] = []
        position = 0
        while position < len(tokens):
            entry = self._entry(tokens, stems, position, any_case)
            if entry:
                length, name = entry
                found.append(Mention(tokens[position][0], tokens[position + length - 1][1], name))
                position += length
            else:
                position += 1
        return found

    def nearest(self, word: str) -> str:
        """Return the actor whose one-word name a misspelled word comes nearest to, or an empty string.

        A name is long enough to be told from other words at `FUZZY_LENGTH` letters; one edit in six letters is
        forgiven, and so are missing accents.
        """
        best: tuple[float, str] = (0.0, "")
        folded = swedish.fold(word)
        for name, written in self._one_word.items() if len(word) >= FUZZY_LENGTH else ():
            if abs(len(folded) - len(name)) <= 2:
                ratio = SequenceMatcher(None, folded, swedish.fold(name)).ratio()
                if ratio > max(best[0], FUZZY_RATIO):
                    best = (ratio, written)
        return best[1]

    def _entry(
        self, tokens: Sequence[tuple[int, int, str]], stems: Sequence[str], position: int, any_case: bool
    ) -> tuple[int, str] | None:
        token = tokens[position][2]
        for wanted, name, written in self._by_first.get(stems[position], ()):
            if tuple(stems[position : position + len(wanted)]) == wanted and (
                any_case or not written or (token.lower() if written.islower() else token) in (written, f"{written}s")
            ):
                return len(wanted), name
        word = token.lower()
        person = _PERSON.search(word) if len(word) > 6 else None  # four letters of a name, and three at least
        if person and person.start() > 3:
            for wanted, name, _ in self._by_first.get(swedish.stem(word[: person.start()]), ()):
                if len(wanted) == 1:
                    return 1, name
        return None


def _is_written_so(alias: str, name: str) -> bool:
    """Tell whether an alias counts only as it is written: an acronym, a short name («Sida»), «tullen»."""
    short = alias != name and SHORT.match(alias) and not alias.endswith(("n", "t"))
    return bool(short or ACRONYM.match(alias)) or alias in COLLECTIVE.values() - COLLECTIVE.keys()
