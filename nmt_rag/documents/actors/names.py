"""What reads as the name of an actor: how names of authorities and services are built, abbreviated and inflected."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nmt_rag import swedish

_ENDINGS = (
    "myndighet verk styrelse nämnd tjänst inspektion domstol tingsrätt hovrätt kammarrätt polis kansli institut råd "
    "universitet högskola museum muse museer arkiv bibliotek akademi kommission delegation kommitté ombud ombudsman "
    "kansler enhet avdelning sektion team central cent mottagning klinik sjukhus hus jour förening förbund stiftelse "
    "byrå skola hälsa organisation kommun region förvaltning nätverk bank fond bolag bevakning kassa vård "
    "center centrum linje hjälp förmedling rådgivning psykiatri"
).split()
ORGANISATION = re.compile(
    rf"(?:{'|'.join(sorted(_ENDINGS, key=len, reverse=True))}|stad)(?:en|et|n|t|s|ens|ets|ns|ts|arna|orna)?$"
)
_NO_ORGANISATION = re.compile(
    r"(?:område|förråd|(?:regel|ram|hant|kraft|under)verk|förtjänst|rikt?linje|(?:folk|o)hälsa|stad|"
    r"(?:erfar|öpp|läg|näg|vet|eg|bund|slut)enhet)(?:en|et|n|t|s|ens|ets|ns|ts|erna|orna)?$"
)
"""Words that end like an organisation by chance: Erfar-enheten, Riktlinjen, Halmstad."""
BARE = re.compile(r"(?:polisen|kommunen|regionen|skolan|domstolen|tingsrätten|hovrätten|kammarrätten|kyrkan)$")
"""Organisations that need nothing before their ending to be one."""
_POST = re.compile(r"(?:kurator|sköterska|rektor|läkare|psykolog|pedagog|ombud|samordnare|rådgivare)(?:n|en|et)?$")
"""Posts that a heading of one word may give what they do: «Skolsköterskan»."""
ACRONYM = re.compile(r"[A-ZÅÄÖ]{2,7}$")
SHORT = re.compile(r"[A-ZÅÄÖ][A-ZÅÄÖa-zåäö]{1,6}$")
PARENTHESIS = re.compile(r"(?<!\s)\s*+\(([^()]{2,120})\)")
DASH = re.compile(r"(?<!\s)\s++[–—-]\s+")
COLLECTIVE = {"polis": "polis", "tull": "tullen"}
"""First parts of an authority's name that also name its people («polisen»), besides agent nouns in -are; «tull» itself
is a duty."""
MAX_NAME_LENGTH = 160
"""A longer heading or title names nobody (characters; the longest name of a Swedish authority has 102)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever does something in a text, and the other names it goes by there."""

    name: str
    aliases: tuple[str, ...] = ()


def names_in_heading(heading: str) -> tuple[str, ...]:
    """Return the actors that a heading names: «Mikamottagningen, Evonhuset och KAST» names three."""
    if len(heading) > MAX_NAME_LENGTH:
        return ()
    dashed = DASH.split(heading)
    if len(dashed) == 2 and is_name(dashed[0]):
        heading = dashed[0]  # BRIS – Barnens rätt i samhället
    bare = PARENTHESIS.sub("", heading).strip()
    parts = [part.strip() for part in re.split(r",\s+|\s+(?:och|samt|&)\s+|/", bare)]
    if len(parts) > 1 and all(part[:1].isupper() for part in parts) and any(is_name(part) for part in parts):
        return tuple(parts)
    if not is_name(bare) and not (_POST.search(bare.lower()) and " " not in bare):
        return ()
    acronyms = [inner for inner in PARENTHESIS.findall(heading) if ACRONYM.match(inner)]
    return (f"{bare} ({acronyms[0]})" if acronyms else bare,)


def is_organisation_ending(word: str) -> bool:
    """Tell whether a word is no more than the kind of an organisation: «nämnden», «kommunen»."""
    return ORGANISATION.fullmatch(word.lower()) is not None


def is_name(text: str) -> bool:
    """Tell whether a short text reads as the name of an actor."""
    words = text.split()
    if not 1 <= len(words) <= 9 or not text[:1].isupper() or text[-1:] in ".?!:":
        return False
    if len(words) == 1:
        return bool(ACRONYM.match(text)) or is_compound(text) or bool(BARE.match(text.lower()))
    if ORGANISATION.match(words[0].lower()) and words[0].endswith(("n", "t")) and words[1] in ("för", "mot", "i"):
        return True  # Inspektionen för vård och omsorg
    if words[0].endswith("s"):  # Statens nämnd för …, Polisens Nationella Operativa Avdelning
        return any(ORGANISATION.search(head.lower()) for head in (words[1], words[-1]))
    # «Kultur- och fritidsnämnden», «Lokala barnrådet», but not «Protokoll från fritidsnämnden»
    whole = words[0].endswith(("-", "a")) or words[-1][0].isupper()
    return is_compound(words[0]) or (whole and is_compound(words[-1]))


def is_compound(word: str) -> bool:
    """Tell whether a word is the name of an organisation with something before its ending: Migrations-verket."""
    ending = ORGANISATION.search(word.lower())
    return ending is not None and ending.start() > 2 and not _NO_ORGANISATION.search(word.lower())


def aliases_of_name(name: str) -> list[str]:
    """Return the aliases that follow from a name alone."""
    bare = PARENTHESIS.sub("", name).strip()
    aliases = [inner for inner in PARENTHESIS.findall(name) if SHORT.match(inner)]
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
        elif first in COLLECTIVE:
            aliases.append(COLLECTIVE[first])
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


def nominative(word: str) -> str:
    """Return a definite name without its genitive s."""
    return word[:-1] if re.search(r"(?:en|et|an)s$", word) else word


def stems_of(name: str) -> tuple[str, ...]:
    """Return the stems of a name, without what it says in parentheses: what its inflections have in common."""
    return tuple(swedish.stem(word) for word in swedish.words(PARENTHESIS.sub("", name) or name))
