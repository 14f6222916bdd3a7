"""Who acts in a text: actors with their names and aliases, found in headings, titles, parentheses and sentences.

Nothing here is written down for one page. What it knows is Swedish: how names of authorities and services end, how
they are abbreviated and inflected, and how a pronoun carries an actor on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from nmt_rag import swedish
from nmt_rag.types import Document, Passage

_ENDINGS = (
    "myndighet verk styrelse nämnd tjänst inspektion domstol tingsrätt hovrätt kammarrätt polis kansli institut råd "
    "universitet högskola museum muse museer arkiv bibliotek akademi kommission delegation kommitté ombud ombudsman "
    "kansler enhet avdelning sektion team central cent mottagning klinik sjukhus hus jour förening förbund stiftelse "
    "byrå skola hälsa organisation kommun region förvaltning nätverk bank fond bolag bevakning kassa vård "
    "center centrum linje hjälp förmedling rådgivning psykiatri"
).split()
_ORGANISATION = re.compile(
    rf"(?:{'|'.join(sorted(_ENDINGS, key=len, reverse=True))}|stad)(?:en|et|n|t|s|ens|ets|ns|ts|arna|orna)?$"
)
_NO_ORGANISATION = re.compile(
    r"(?:område|förråd|(?:regel|ram|hant|kraft|under)verk|förtjänst|rikt?linje|(?:folk|o)hälsa|stad|"
    r"(?:erfar|öpp|läg|näg|vet|eg|bund|slut)enhet)(?:en|et|n|t|s|ens|ets|ns|ts|erna|orna)?$"
)
"""Words that end like an organisation by chance: Erfar-enheten, Riktlinjen, Halmstad."""
_BARE = re.compile(r"(?:polisen|kommunen|regionen|skolan|domstolen|tingsrätten|hovrätten|kammarrätten|kyrkan)$")
"""Organisations that need nothing before their ending to be one."""
_POST = re.compile(r"(?:kurator|sköterska|rektor|läkare|psykolog|pedagog|ombud|samordnare|rådgivare)(?:n|en|et)?$")
"""Posts that a heading of one word may give what they do: «Skolsköterskan»."""
_KIND = re.compile(
    r"(?:organisation|myndighet|förening|förbund|stiftelse|jour|mottagning|nätverk|byrå|nämnd|enhet|team|cent(?:er|rum)|"
    r"kommitté|klinik|samfund|skola)$"
)
_DISTINCT = re.compile(
    r"(?:myndighet|verk|styrelse|inspektion|domstol|institut|universitet|bevakning|kassa|försvar|museum|vård|arm)(?:en|et|s|ens|ets|an|én)?$"
)
_ACRONYM = re.compile(r"[A-ZÅÄÖ]{2,7}$")
_CAPITALS = re.compile(r"\b([A-ZÅÄÖ]{2,7})\b(?: \([^()]{2,80}\))?")
_INSTRUCTION = re.compile(r"\bmed instruktion för\s+(?:den\s+|det\s+|de\s+)?(\S.*)$", re.DOTALL)
_SHORT = re.compile(r"[A-ZÅÄÖ][A-ZÅÄÖa-zåäö]{1,6}$")
_SFS = re.compile(r"\s*\(\d{4}:\d+\)$")
_PARENTHESIS = re.compile(r"(?<!\s)\s*+\(([^()]{2,120})\)")
_NAMED = re.compile(r"\b((?:[A-ZÅÄÖ][\w-]*)(?:[ \xa0][a-zåäöA-ZÅÄÖ][\w-]*){0,5})[ \xa0]\(([^()]{2,100})\)")
_DASH = re.compile(r"(?<!\s)\s++[–—-]\s+")
_FORMERLY = re.compile(r"(?:tidigare|f\.?d\.?|även kallad\w*|förkorta[ts]\w*|formerly)\s+(.+)$", re.IGNORECASE)
_ROLE = re.compile(r"\b[Dd]en (nationella? [a-zåäö-]+(?:ören|aren|anden)(?: (?:mot|för) [a-zåäö]+)?)")
_JOINED = re.compile(
    r"\b([A-ZÅÄÖ][a-zåäö]+- och ([a-zåäö]+)|"
    r"[A-ZÅÄÖ][a-zåäö]+(?:ska|iga|la) (?:nämnden|förvaltningen|kontoret|enheten|avdelningen|rådet))\b"
)
"""Names of several words that stand in a sentence: «Bygg- och miljönämnden», «Tekniska nämnden»."""
_PERSON = re.compile(r"(?:tjänstem[aä]n\w*|handläggare\w*|anställda\w*|personal\w*|män\w*)$")
_CARRYING = re.compile(r"(?:de|den|det|detta|denna|dessa|dom|där|han|hon)\b", re.IGNORECASE)
_OBJECT_OF = frozenset("om till mot för med enligt från kring gällande angående åt förutom utom".split())
FUZZY_LENGTH = 7
FUZZY_RATIO = 0.84
_SECTION_WORDS = 2
"""A name with at most so many words before it begins its sentence («1 § Skolforskningsnämnden …»)."""
_COLLECTIVE = {"polis": "polis", "tull": "tullen"}
"""First parts of an authority's name that also name its people («polisen»), besides agent nouns in -are; «tull» itself
is a duty."""
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
MAX_NAME_LENGTH = 160
"""A longer heading or title names nobody (characters; the longest name of a Swedish authority has 102)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever does something in a text, and the other names it goes by there."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text where an actor is named; ``start`` and ``end`` are offsets in that text."""

    start: int
    end: int
    actor: str


def find(document: Document, headings: Iterable[str], texts: Iterable[str]) -> tuple[Actor, ...]:
    """Return the actors of a document, those of its title and headings first, with their aliases."""
    aliases: dict[str, list[str]] = {}
    title_actor = document_actor(document)
    if title_actor:
        aliases[title_actor] = _aliases_of_name(title_actor)
    texts = list(texts)
    doers, acronyms = _doers(texts), _acting_acronyms(texts)
    for heading in headings if not title_actor else ():
        names = names_in_heading(heading) or ((heading,) if heading in doers else ())
        bare = len(names) == 1 and _ACRONYM.match(names[0]) and not _is_spelled_out(names[0], heading)
        if bare and names[0] not in acronyms:
            continue
        for name in names:
            aliases.setdefault(name, []).extend(_aliases_of_name(name))
        if len(names) == 1:
            aliases[names[0]].extend((*_parenthesised(heading), *_DASH.split(_PARENTHESIS.sub("", heading))[1:2]))
    declared = document.metadata.get("aliases")
    if isinstance(declared, Mapping):
        for name, others in declared.items():
            aliases.setdefault(str(name), []).extend(_listed(others))
    elif title_actor and declared:
        aliases[title_actor].extend(_listed(declared))
    register: dict[tuple[str, ...], str] = {}
    for name in aliases:
        _note(name, aliases, register)
    for text in texts:
        name = _defined(text)
        if name and _stems(name) not in register:
            aliases[name] = _aliases_of_name(name)
            _note(name, aliases, register)
        for name, explained in _explained(text):
            acting = any(_ACRONYM.match(other) and other in doers for other in explained)
            known = register.get(_stems(name)) or (name if acting or _is_name(name) else "")
            if known:
                aliases.setdefault(known, _aliases_of_name(known)).extend(explained)
                _note(known, aliases, register)
    known_words = {word for name, others in aliases.items() for alias in (name, *others) for word in alias.split()}
    for text in texts:
        for name in _names_in_text(text):
            if name not in known_words and _stems(name) not in register:
                aliases[name] = _aliases_of_name(name)
                _note(name, aliases, register)
    return tuple(
        Actor(name, tuple(dict.fromkeys(a for a in others if a and a != name))) for name, others in aliases.items()
    )


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
    if _ACRONYM.match(document.title) and document.title not in _acting_acronyms([document.text]):
        return ""
    return document.title if _is_name(document.title) else ""


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
    explained = (*_DASH.split(heading)[1:], *_PARENTHESIS.findall(heading))
    return len(acronym) > 2 and any(_spells(acronym, words) for words in explained)


def _completed(name: str, text: str) -> str:
    """Return the name that a title was cut short in, with the word that follows it in the text."""
    last = name.rsplit(None, 1)[-1].lower() if name else ""
    after = re.search(rf"{re.escape(name)}\s+([\w-]+)", text) if name and not _ORGANISATION.search(last) else None
    if after and (last in swedish.stop_words() or _is_compound(_nominative(after.group(1)))):
        return f"{name} {_nominative(after.group(1))}"
    return name


def names_in_heading(heading: str) -> tuple[str, ...]:
    """Return the actors that a heading names: «Mikamottagningen, Evonhuset och KAST» names three."""
    if len(heading) > MAX_NAME_LENGTH:
        return ()
    dashed = _DASH.split(heading)
    if len(dashed) == 2 and _is_name(dashed[0]):
        heading = dashed[0]  # BRIS – Barnens rätt i samhället
    bare = _PARENTHESIS.sub("", heading).strip()
    parts = [part.strip() for part in re.split(r",\s+|\s+(?:och|samt|&)\s+|/", bare)]
    if len(parts) > 1 and all(part[:1].isupper() for part in parts) and any(_is_name(part) for part in parts):
        return tuple(parts)
    if not _is_name(bare) and not (_POST.search(bare.lower()) and " " not in bare):
        return ()
    acronyms = [inner for inner in _PARENTHESIS.findall(heading) if _ACRONYM.match(inner)]
    return (f"{bare} ({acronyms[0]})" if acronyms else bare,)


class Names:
    """The names and aliases of some actors, ready to be looked for in a text."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
        self._one_word: dict[str, str] = {}
        for actor in actors:
            for alias in (actor.name, *actor.aliases):
                stems = _stems(alias)
                if stems:
                    entry = (stems, actor.name, alias if _is_written_so(alias, actor.name) else "")
                    self._by_first.setdefault(stems[0], []).append(entry)
                if len(stems) == 1:
                    self._one_word[swedish.words(_PARENTHESIS.sub("", alias) or alias)[0]] = actor.name
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
    short = alias != name and _SHORT.match(alias) and not alias.endswith(("n", "t"))
    return bool(short or _ACRONYM.match(alias)) or alias in _COLLECTIVE.values() - _COLLECTIVE.keys()


def attribute(document: Document, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages with their actors: the main one first, then every other one named.

    A sentence that names nobody belongs to the actor that a pronoun carries on, else to its section's actor, else
    to the document's.
    """
    names = Names(of_passages(document, passages))
    whole = document_actor(document)
    sections = {heading: _section_actors(heading, names) for heading in {passage.heading for passage in passages}}
    result: list[Passage] = []
    for passage in passages:
        section = sections[passage.heading] or ([whole] if whole else [])
        previous = result[-1] if result and result[-1].heading == passage.heading else None
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


def is_organisation(word: str) -> bool:
    """Tell whether a word is built as the name of an authority or a service: Kust-bevakningen, Skatte-verket."""
    return _DISTINCT.search(word.lower()) is not None and _is_compound(word)


def is_organisation_ending(word: str) -> bool:
    """Tell whether a word is no more than the kind of an organisation: «nämnden», «kommunen»."""
    return _ORGANISATION.fullmatch(word.lower()) is not None


def _section_actors(heading: Sequence[str], names: Names) -> list[str]:
    """Return the actors of the nearest heading that names any."""
    for title in reversed(heading):
        found = list(dict.fromkeys(mention.actor for mention in names.mentions(title)))
        if found:
            return found
    return []


def _is_name(text: str) -> bool:
    """Tell whether a short text reads as the name of an actor."""
    words = text.split()
    if not 1 <= len(words) <= 9 or not text[:1].isupper() or text[-1:] in ".?!:":
        return False
    if len(words) == 1:
        return bool(_ACRONYM.match(text)) or _is_compound(text) or bool(_BARE.match(text.lower()))
    if _ORGANISATION.match(words[0].lower()) and words[0].endswith(("n", "t")) and words[1] in ("för", "mot", "i"):
        return True  # Inspektionen för vård och omsorg
    if words[0].endswith("s"):  # Statens nämnd för …, Polisens Nationella Operativa Avdelning
        return any(_ORGANISATION.search(head.lower()) for head in (words[1], words[-1]))
    return any(_is_compound(head) for head in (words[0], words[-1]))


def _is_compound(word: str) -> bool:
    """Tell whether a word is the name of an organisation with something before its ending: Migrations-verket."""
    ending = _ORGANISATION.search(word.lower())
    return ending is not None and ending.start() > 2 and not _NO_ORGANISATION.search(word.lower())


def _aliases_of_name(name: str) -> list[str]:
    """Return the aliases that follow from a name alone."""
    bare = _PARENTHESIS.sub("", name).strip()
    aliases = [inner for inner in _PARENTHESIS.findall(name) if _SHORT.match(inner)]
    words = bare.split()
    if len(words) > 2 and words[0].endswith("s") and words[1][:1].isupper():
        aliases.append(" ".join(words[1:]))  # Polisens Nationella Operativa Avdelning
    definite = _definite(words[-1]) if len(words) > 1 and words[0].endswith("s") else ""
    if definite:  # Statens energimyndighet is Energimyndigheten
        rest = " ".join((*words[1:-1], definite))
        aliases.append(rest[:1].upper() + rest[1:])
    match = re.match(r"([\wåäö]+?)(myndighet|verk|styrelse)(?:en|et)?$", bare.lower())
    if match:
        first = match.group(1)
        if first.endswith("ar") and len(first) > 4 and match.group(2) == "myndighet":
            aliases.append(first + "e")  # åklagare; but arbetsgivare are not Arbetsgivarverket
        elif first in _COLLECTIVE:
            aliases.append(_COLLECTIVE[first])
    return aliases


def _definite(word: str) -> str:
    """Return the definite form of an organisation's name in the indefinite, or an empty string."""
    match = re.search(
        r"(?:(verk|institut|råd|museum|center|arkiv|kansli)|(myndighet|nämnd|inspektion|kommission|styrelse))$", word
    )
    if not match or match.start() < 3:
        return ""
    if match.group(1):
        return {"museum": word[:-2] + "et", "center": word[:-2] + "ret"}.get(match.group(1), word + "et")
    return word + ("n" if word.endswith("e") else "en")


def _parenthesised(heading: str) -> list[str]:
    """Return the other names that a heading gives in parentheses."""
    return [name for inner in _PARENTHESIS.findall(heading) for name in _split_names(inner)]


def _explained(text: str) -> list[tuple[str, list[str]]]:
    """Return the names that a sentence explains in a parenthesis right after them, with what it says."""
    found = []
    for match in _NAMED.finditer(text):
        inner = match.group(2).strip()
        for name in _left_names(match.group(1)):
            if _ACRONYM.match(inner) and not _ACRONYM.match(name) and _spells(inner, name):
                found.append((name, [inner]))
                break
            formerly = _FORMERLY.match(inner)
            if formerly:
                found.append((name, _split_names(formerly.group(1))))
                break
            if _ACRONYM.match(name) and _spells(name, inner):
                found.append((name, [inner]))
                break
    return found


def _defined(text: str) -> str:
    """Return the name that a sentence defines as an organisation's, or an empty string."""
    match = _DEFINED.match(text)
    if not match or not any(map(_KIND.search, match.group(2).lower().split())):
        return ""
    kind = _ORGANISATION.search(match.group(1).lower())
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
    joined = [match for match in _JOINED.finditer(text) if match.group(2) is None or _is_compound(match.group(2))]
    found = [_nominative(match.group(1)) for match in joined]
    for match in swedish.PLAIN_WORD.finditer(text):
        word = match.group()
        if not word[:1].isupper() or word.isupper() or text[match.end() : match.end() + 1] == "-":
            continue
        if _is_compound(word) or (not match.start() and _BARE.match(word.lower())):
            found.append(_nominative(word))
    found.extend(match.group(1)[:1].upper() + match.group(1)[1:] for match in _ROLE.finditer(text))
    return found


def _nominative(word: str) -> str:
    """Return a definite name without its genitive s."""
    return word[:-1] if re.search(r"(?:en|et|an)s$", word) else word


def _stems(name: str) -> tuple[str, ...]:
    """Return the stems of a name, without what it says in parentheses: what its inflections have in common."""
    return tuple(swedish.stem(word) for word in swedish.words(_PARENTHESIS.sub("", name) or name))


def _note(name: str, aliases: Mapping[str, Sequence[str]], register: dict[tuple[str, ...], str]) -> None:
    """Enter an actor and its aliases in a register by stems, where an earlier actor keeps its place."""
    for other in (name, *aliases[name]):
        register.setdefault(_stems(other), name)


def _listed(value: Any) -> list[str]:  # noqa: ANN401 - front matter may hold anything
    """Return a front-matter value as a list of strings."""
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
