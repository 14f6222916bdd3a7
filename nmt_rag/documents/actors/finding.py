"""The actors of a document, with their aliases: from its title, headings, parentheses and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nmt_rag import swedish
from nmt_rag.documents.actors.names import (
    ACRONYM,
    BARE,
    DASH,
    ORGANISATION,
    PARENTHESIS,
    Actor,
    aliases_of_name,
    is_compound,
    is_name,
    names_in_heading,
    nominative,
    stems_of,
)
from nmt_rag.types import Document, Passage

_KIND = re.compile(
    r"(?:organisation|myndighet|förening|förbund|stiftelse|jour|mottagning|nätverk|byrå|nämnd|enhet|team|cent(?:er|rum)|"
    r"kommitté|klinik|samfund|skola)$"
)
_CAPITALS = re.compile(r"\b([A-ZÅÄÖ]{2,7})\b(?: \([^()]{2,80}\))?")
_INSTRUCTION = re.compile(r"\bmed instruktion för\s+(?:den\s+|det\s+|de\s+)?(\S.*)$", re.DOTALL)
_SFS = re.compile(r"\s*\(\d{4}:\d+\)$")
_NAMED = re.compile(r"\b((?:[A-ZÅÄÖ][\w-]*)(?:[ \xa0][a-zåäöA-ZÅÄÖ][\w-]*){0,5})[ \xa0]\(([^()]{2,100})\)")
_FORMERLY = re.compile(r"(?:tidigare|f\.?d\.?|även kallad\w*|förkorta[ts]\w*|formerly)\s+(.+)$", re.IGNORECASE)
_ROLE = re.compile(r"\b[Dd]en (nationella? [a-zåäö-]+(?:ören|aren|anden)(?: (?:mot|för) [a-zåäö]+)?)")
_JOINED = re.compile(
    r"\b([A-ZÅÄÖ][a-zåäö]+- och ([a-zåäö]+)|"
    r"[A-ZÅÄÖ][a-zåäö]+(?:ska|iga|la) (?:nämnden|förvaltningen|kontoret|enheten|avdelningen|rådet))\b"
)
"""Names of several words that stand in a sentence: «Bygg- och miljönämnden», «Tekniska nämnden»."""
_DEFINED = re.compile(
    r"([A-ZÅÄÖ][\w-]*(?: [A-ZÅÄÖ][\w-]*){0,2})(?: \([^()]{2,80}\))? är (?:en|ett|den|det|Sveriges|landets)"
    r"((?: (?!(?:som|av|för|i|med|att|på|till)\b)[\w-]+){1,4})"
)
"""«Bris är en barnrättsorganisation»: how a name that does not tell by itself is known as an actor's."""
_DOES = re.compile(
    r"([A-ZÅÄÖ][\w-]*(?:en|an|et|[A-ZÅÄÖ]))[ \xa0]"
    r"(?:ger|erbjuder|arbetar|jobbar|hjälper|stödjer|stöttar|ansvarar|beslutar|utreder|leder|samordnar|bedriver|möter|"
    r"söker|tar emot|vänder sig|handlägger|prövar|granskar|ordnar|driver|utbildar|samarbetar|samverkar|behandlar|"
    r"undersöker|bistår|medverkar)\b"
)
"""What somebody does, and no thing: a name of one word that does it is an actor's, whatever it ends in."""


def find(document: Document, headings: Iterable[str], texts: Iterable[str]) -> tuple[Actor, ...]:
    """Return the actors of a document, those of its title and headings first, with their aliases."""
    title_actor = document_actor(document)
    texts = list(texts)
    doers = _doers(texts)
    register = _Register()
    if title_actor:
        register.add(title_actor)
    else:
        register.add_headings(headings, doers, _acting_acronyms(texts))
    register.add_declared(document.metadata.get("aliases"), title_actor)
    register.enter_all()
    for text in texts:
        register.add_defined(text)
        register.add_explained(text, doers)
    register.add_written(texts)
    return register.actors()


class _Register:
    """The actors of a document in the order they were found, with their aliases.

    An actor that is entered is known by the stems of each way it is written; an earlier one keeps its place.
    """

    def __init__(self) -> None:
        self._aliases: dict[str, list[str]] = {}
        self._by_stems: dict[tuple[str, ...], str] = {}

    def actors(self) -> tuple[Actor, ...]:
        """Return all actors, each alias once."""
        return tuple(
            Actor(name, tuple(dict.fromkeys(other for other in others if other and other != name)))
            for name, others in self._aliases.items()
        )

    def add(self, name: str, others: Iterable[str] = ()) -> None:
        """Add an actor with the aliases that follow from its name and some others, without entering it."""
        self._aliases.setdefault(name, []).extend((*aliases_of_name(name), *others))

    def add_headings(self, headings: Iterable[str], doers: frozenset[str], acronyms: frozenset[str]) -> None:
        """Add whom headings name; a heading of capitals («FAQ») only where they act or are spelled out."""
        for heading in headings:
            names = names_in_heading(heading) or ((heading,) if heading in doers else ())
            bare = len(names) == 1 and ACRONYM.match(names[0]) and not _is_spelled_out(names[0], heading)
            if bare and names[0] not in acronyms:
                continue
            dashed = DASH.split(PARENTHESIS.sub("", heading))[1:2]
            for name in names:
                self.add(name, (*_parenthesised(heading), *dashed) if len(names) == 1 else ())

    def add_declared(self, declared: object, title_actor: str) -> None:
        """Add the aliases of the front matter: those of each actor it names, or of the one of the title."""
        if isinstance(declared, Mapping):
            for name, others in declared.items():
                self._aliases.setdefault(str(name), []).extend(_listed(others))
        elif title_actor and declared:
            self._aliases[title_actor].extend(_listed(declared))

    def enter_all(self) -> None:
        """Enter the actors that were added so far, in their order."""
        for name, others in self._aliases.items():
            self._write(name, (name, *others))

    def add_defined(self, text: str) -> None:
        """Enter the actor that a sentence defines: «Bris är en barnrättsorganisation»."""
        name = _defined(text)
        if name and stems_of(name) not in self._by_stems:
            self._enter(name)

    def add_explained(self, text: str, doers: frozenset[str]) -> None:
        """Enter what a sentence explains in parentheses: other names of known actors, and actors by their acts."""
        for name, explained in _explained(text):
            acting = any(ACRONYM.match(other) and other in doers for other in explained)
            known = self._by_stems.get(stems_of(name)) or (name if acting or is_name(name) else "")
            if known:
                if known not in self._aliases:
                    self._enter(known)
                self._aliases[known].extend(explained)
                self._write(known, explained)

    def add_written(self, texts: Iterable[str]) -> None:
        """Enter the words of sentences that are written as names of actors, but for those of the names before."""
        known = {word for name, others in self._aliases.items() for each in (name, *others) for word in each.split()}
        for text in texts:
            for name in _names_in_text(text):
                if name not in known and stems_of(name) not in self._by_stems:
                    self._enter(name)

    def _enter(self, name: str) -> None:
        self._aliases[name] = aliases_of_name(name)
        self._write(name, (name, *self._aliases[name]))

    def _write(self, name: str, written: Iterable[str]) -> None:
        for other in written:
            self._by_stems.setdefault(stems_of(other), name)


def _doers(texts: Iterable[str]) -> frozenset[str]:
    """Return the names of one word that begin a sentence and do something in it: «Fältgruppen söker upp …»."""
    return frozenset(match.group(1) for match in map(_DOES.match, texts) if match)


def of_passages(document: Document, passages: Sequence[Passage]) -> tuple[Actor, ...]:
    """Return the actors of a document that is split into passages; see `find`."""
    headings = list(dict.fromkeys(title for passage in passages for title in passage.heading))
    return find(document, headings, [passage.text for passage in passages])


def document_actor(document: Document) -> str:
    """Return the actor that a whole document is about, or an empty string."""
    declared = document.metadata.get("actor")
    if isinstance(declared, str) and declared.strip():
        return declared.strip()
    match = _INSTRUCTION.search(document.title)
    if match:
        return _completed(_SFS.sub("", match.group(1).strip()), document.text)
    if ACRONYM.match(document.title) and document.title not in _acting_acronyms([document.text]):
        return ""
    return document.title if is_name(document.title) else ""


def _acting_acronyms(texts: Iterable[str]) -> frozenset[str]:
    """Return the words in capitals that do something or are explained: «FAQ», «PM» and «GDPR» name nobody."""
    found = set()
    for text in texts:
        for match in _CAPITALS.finditer(text):
            after = match[1] + text[match.end() : match.end() + 200]
            if match[1] not in found and (_DOES.match(after) or _defined(after)):
                found.add(match[1])
    return frozenset(found)


def _is_spelled_out(acronym: str, heading: str) -> bool:
    """Tell whether a heading says what a word in capitals stands for: «BRIS – Barnens rätt i samhället»."""
    explained = (*DASH.split(heading)[1:], *PARENTHESIS.findall(heading))
    return len(acronym) > 2 and any(_spells(acronym, words) for words in explained)


def _completed(name: str, text: str) -> str:
    """Return the name that a title was cut short in, with the word that follows it in the text."""
    last = name.rsplit(None, 1)[-1].lower() if name else ""
    after = re.search(rf"{re.escape(name)}\s+([\w-]+)", text) if name and not ORGANISATION.search(last) else None
    if after and (last in swedish.stop_words() or is_compound(nominative(after.group(1)))):
        return f"{name} {nominative(after.group(1))}"
    return name


def _parenthesised(heading: str) -> list[str]:
    """Return the other names that a heading gives in parentheses."""
    return [name for inner in PARENTHESIS.findall(heading) for name in _split_names(inner)]


def _explained(text: str) -> list[tuple[str, list[str]]]:
    """Return the names that a sentence explains in a parenthesis right after them, with what it says."""
    found = []
    for match in _NAMED.finditer(text):
        inner = match.group(2).strip()
        for name in _left_names(match.group(1)):
            if ACRONYM.match(inner) and not ACRONYM.match(name) and _spells(inner, name):
                found.append((name, [inner]))
                break
            formerly = _FORMERLY.match(inner)
            if formerly:
                found.append((name, _split_names(formerly.group(1))))
                break
            if ACRONYM.match(name) and _spells(name, inner):
                found.append((name, [inner]))
                break
    return found


def _defined(text: str) -> str:
    """Return the name that a sentence defines as an organisation's, or an empty string."""
    match = _DEFINED.match(text)
    if not match or not any(map(_KIND.search, match.group(2).lower().split())):
        return ""
    kind = ORGANISATION.search(match.group(1).lower())
    return "" if kind and not kind.start() else match.group(1)  # «Nämnden är en myndighet» names nobody


def _left_names(text: str) -> list[str]:
    """Return the word groups at the end of a text that may be the name before a parenthesis, longest first."""
    words = re.split(r"[ \xa0]", text)
    return [" ".join(words[i:]) for i in range(len(words)) if words[i][:1].isupper()]


def _spells(acronym: str, words: str) -> bool:
    """Tell whether the letters of an acronym are found in order in the words, the first at their start."""
    rest = words.lower()
    if not rest.startswith(acronym[0].lower()):
        return False
    for letter in acronym.lower():
        position = rest.find(letter)
        if position < 0:
            return False
        rest = rest[position + 1 :]
    return True


def _split_names(text: str) -> list[str]:
    """Split «KST – Kompetenscentrum sexuella tjänster» into the names it holds."""
    return [part.strip() for part in re.split(r"\s+[–—-]\s+|;|,\s+(?=[A-ZÅÄÖ])", text) if len(part.strip()) > 1]


def _names_in_text(text: str) -> list[str]:
    """Return single words in a sentence that are written as names of actors, «A- och B-nämnden», and named roles."""
    joined = [match for match in _JOINED.finditer(text) if match.group(2) is None or is_compound(match.group(2))]
    found = [nominative(match.group(1)) for match in joined]
    for match in swedish.PLAIN_WORD.finditer(text):
        word = match.group()
        if not word[:1].isupper() or word.isupper() or text[match.end() : match.end() + 1] == "-":
            continue
        if is_compound(word) or (not match.start() and BARE.match(word.lower())):
            found.append(nominative(word))
    found.extend(match.group(1)[:1].upper() + match.group(1)[1:] for match in _ROLE.finditer(text))
    return found


def _listed(value: Any) -> list[str]:  # noqa: ANN401 - front matter may hold anything
    """Return a front-matter value as a list of strings."""
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
