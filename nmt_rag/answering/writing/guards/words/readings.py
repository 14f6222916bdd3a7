"""What a Swedish sentence says clause by clause: its words, whether it denies, how firmly it says, and who acts.

Word lists and word order, no parser. A clause here is what stands between punctuation and conjunctions; «inte» and its
kin turn the clause that they stand in, and «inte A utan B» denies only A.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from functools import partial

from nmt_rag import swedish
from nmt_rag.answering.writing.guards.words import quantities

MAY, USUALLY, FLAT, MUST = 1, 2, 3, 4
"""How firmly a clause says what it says: that it can be, that it mostly is, that it is, that it must be."""

_NEGATORS = swedish.NEGATIONS.union(
    "ingendera knappast hindra hindrar hindras hindrade hindrat förhindrade förhindra "
    "förhindrar förbjuda förbjuder förbjuds förbjöd förbjudit förbjudet förbjuden förbjudna sakna saknar saknas "
    "saknade avstå avstår vägra vägrar vägrade neka nekar nekas nekade avråda avråder avrådde undantas undantagen "
    "undantagna undantag förutom slippa slipper upphöra upphör upphört upphörde exklusive".split()
)
_LEXICAL = (
    (
        re.compile(r"\butan (?:kostnad|avgift|att betala)\b|\b(?:kostar|kosta) (?:ingenting|inget|inte något)\b"),
        "gratis",
    ),
    (re.compile(r"\b(?:kostnadsfri|avgiftsfri)(?:tt?|a)?\b"), "gratis"),
    (re.compile(r"\butan (?:dröjsmål|fördröjning)\b"), "genast"),
    (re.compile(r"\binte (?:bara|endast|enbart|minst|sällan)\b"), "även"),
    (re.compile(r"\butan undantag\b"), "alltid"),
    (re.compile(r"\binte förrän\b"), "först"),
    (re.compile(r"\b(?:på nytt|en gång till)\b"), "igen"),
    (re.compile(r"\bdet vill säga\b|\bd\.? ?v\.? ?s\.?"), ""),
    (re.compile(r"\bsom helst\b"), ""),
)
"""Fixed phrases whose «utan» or «inte» denies nothing, and the word that stands for each."""
_ADVERBS = frozenset("inte också även alltid aldrig själv ofta genast bara endast först sedan då".split())
_CONNECTORS = frozenset(
    "men utan som dock medan fast fastän vilket vilka där när om eftersom så medan trots samt".split()
)
_BREAKING = frozenset("men dock medan fastän som vilket vilka när då eftersom innan tills".split())
_AUXILIARIES = frozenset(
    "är var har hade kan kunde ska skall skulle får fick bör borde måste vill ville kommer brukar blir blev behöver "
    "finns".split()
)
RELATIVE_LENGTH, CONTRAST_LENGTH = 3, 2
"""So many words «som inte kan …» and «och inte X …» hold before a verb takes up the main clause again."""
_TOKEN = re.compile(r"[^\W_]+|[.;:!?]+(?=\s|$)|,(?!\d)|[()–—]")
_JOINT = re.compile(r"[,;:.!?](?!\d)|[()–—]|\b(?:och|samt|eller|men|utan|som)\b")
_MAY = frozenset(
    "kan kunna kunde möjlig möjligt möjliga möjlighet möjligheten möjligheter möjligen eventuell eventuellt "
    "eventuella ibland vissa visst viss några somliga befogenhet befogenheter mandat rätt rättighet går tillåtet "
    "tillåts tillåter händer undantagsvis stundom enstaka".split()
)
_USUALLY = frozenset(
    "bör borde lämpligt lämplig oftast ofta vanligtvis vanligen normalt flesta brukar brukade rekommenderar "
    "rekommenderas regel huvudsak framför företrädesvis helst".split()
)
_MUST = frozenset(
    "ska skall skulle måste skyldig skyldiga skyldighet krävs kräver tvungen tvungna obligatorisk obligatoriskt "
    "tvingas".split()
)
_EVERY = frozenset(
    "alltid alla allt all samtliga varje varenda aldrig ständigt jämt hela garanterar garanterat garanterad "
    "garanteras helt vemsomhelst undantagslöst oavsett överallt ingen inga inget".split()
)
NONE = frozenset("ingen inga inget".split())
"""Words of `WordReading.every` that deny."""
_ONLY = frozenset("endast enbart bara ensam ensamt ensamma uteslutande blott".split())
_OPTIONAL = re.compile(
    r"\b(?:frivillig\w*|valfri\w*|själv\w* (?:välja|välj\w*|avgör\w*|bestämm?\w*)|behöver (?:\w+ )?inte)\b"
)
_SHORT_INFINITIVES = frozenset("få gå se ge ta bo ske bli ha dö le må stå slå nå vara göra be dra".split())


@dataclass(frozen=True, slots=True)
class ContentWord:
    """One word that carries meaning: its place in the text, and whether its clause denies it.

    Words of one ``group`` stand together between commas, «och» and their kin: one thing of several that are said.
    """

    text: str
    start: int
    clause: int
    denied: bool
    group: int = 0


@dataclass(frozen=True, slots=True)
class WordReading:
    """What was read from a text.

    ``words`` are the content words, in order, quantities left out. ``strength`` is one number for each clause, from MAY
    to MUST, ``negations`` how often each clause denies. ``every`` and ``only`` are the words that allow no exception;
    ``optional`` tells that something is left to somebody's choice.
    """

    text: str
    words: tuple[ContentWord, ...]
    strength: tuple[int, ...]
    negations: tuple[int, ...]
    every: frozenset[str]
    only: frozenset[str]
    optional: bool


def read(text: str) -> WordReading:
    """Return the reading of a text of one or a few sentences."""
    plain = text.lower()
    for pattern, meant in _LEXICAL:
        plain = pattern.sub(partial(_in_place, meant), plain)
    clauses = _split(plain)
    skipped = quantities.spans(plain)
    joints = [match.start() for match in _JOINT.finditer(plain)]
    words: list[ContentWord] = []
    strength: list[int] = []
    negations: list[int] = []
    turned = 0
    for number, clause in enumerate(clauses):
        places = [start for word, start in clause if word in _NEGATORS]
        without = [start for word, start in clause if word == "utan"]
        leans = clause[0][0] == "att" and number > 0  # what is said of «att …» is said of what follows it
        turned = (turned if leans else 0) + len(places)
        negations.append(len(places) + len(without))
        said = _strength([word for word, _ in clause])
        strength.append(strength[-1] if leans and said == FLAT else said)
        for word, start in clause:
            if _carries(word) and not any(first <= start < last for first, last in skipped):
                after = sum(place < start for place in without)
                group = bisect.bisect(joints, start)
                words.append(ContentWord(word, start, number, bool((turned + after) % 2), group))
    every = frozenset(word for clause in clauses for word, _ in clause if word in _EVERY)
    only = frozenset(word for clause in clauses for word, _ in clause if word in _ONLY)
    return WordReading(
        text,
        tuple(words),
        tuple(strength),
        tuple(negations),
        every,
        only,
        _OPTIONAL.search(plain) is not None,
    )


def _in_place(meant: str, match: re.Match[str]) -> str:
    """Return a word filled up to the length of what it replaces, so that places stay."""
    return meant.ljust(len(match.group()))


def _split(text: str) -> list[list[tuple[str, int]]]:
    """Return the clauses of a lower-case text as words with their places."""
    clauses: list[list[tuple[str, int]]] = [[]]
    denied = False  # an «inte» waits for its «utan»
    leaning = 0  # the clause leans on a word, «som …» or «och inte …», and is over after so many words
    tokens = [(match.group(), match.start()) for match in _TOKEN.finditer(text)]
    for place, (token, start) in enumerate(tokens):
        before = tokens[place - 1][0] if place else ""
        following = tokens[place + 1][0] if place + 1 < len(tokens) else ""
        if not token[0].isalnum():
            if token[0] in ".;:!?–—()" or (token == "," and _opens(tokens[place + 1 :])):
                clauses.append([])
                leaning = 0
            denied = denied and token[0] not in ".;:!?"
            continue
        turns = token == "utan" and denied and following != "att"
        contrasts = token == "inte" and before in ("och", ",")
        resumes = token in _AUXILIARIES and 0 < leaning <= len(clauses[-1])
        adds = token in _AUXILIARIES and before in ("och", "eller", "samt")
        says = token == "att" and _is_finite(tokens[place + 1 :])
        if token in _BREAKING or turns or contrasts or resumes or adds or says:
            clauses.append([])
            leaning = RELATIVE_LENGTH if token in _BREAKING else CONTRAST_LENGTH if contrasts else 0
        denied = (denied or token in _NEGATORS) and not turns
        if not turns:
            clauses[-1].append((token, start))
    return [clause for clause in clauses if clause]


def _is_finite(rest: list[tuple[str, int]]) -> bool:
    """Tell whether what follows «att» is a clause («att uppgifter lämnas»), not an infinitive («att lämna»)."""
    words = [token for token, _ in rest[:3] if token not in _ADVERBS]
    return bool(words) and not _is_infinitive(words[0])


def _is_infinitive(word: str) -> bool:
    """Tell whether a word looks like an infinitive: «besluta», «lämnas», «gå»."""
    ends = len(word) > 3 and word.endswith(("a", "as")) and word not in swedish.stop_words()
    return ends or word in _SHORT_INFINITIVES


def _opens(rest: list[tuple[str, int]]) -> bool:
    """Tell whether what follows a comma is a clause of its own rather than one more item of a list."""
    length = 0
    for token, _ in rest:
        if not token[0].isalnum():
            break
        length += 1
    return bool(rest) and (rest[0][0] in _CONNECTORS or length >= 4)


def _carries(word: str) -> bool:
    """Tell whether a word carries subject matter: no function word, negation or word of strength."""
    return not (
        word in swedish.stop_words()
        or word in _NEGATORS
        or word in _MAY
        or word in _USUALLY
        or word in _MUST
        or word in _EVERY
        or word in _ONLY
        or word in _FUNCTION
        or len(word) < 2
    )


_FUNCTION = frozenset(
    "får fick fått även också samt bland annat exempel exempelvis genom enligt vidare initialt därför istället "
    "stället dessutom själv självt dock högst minst cirka ungefär maximalt senast åtminstone drygt knappt tidigast "
    "upp utan finns fanns finnas sker ske göra gör görs gjort sådan sådana olika typer typ form former annan annat "
    "andra något någon måste alltså vid inom kring gällande gäller rör avseende person personer människa människor "
    "man man".split()
)


def _strength(words: list[str]) -> int:
    """Return how firmly a clause says what it says; the weakest word decides, but for «ska kunna»."""
    if any(word in _MUST for word in words):
        return MUST
    if any(word in _MAY for word in words) or _has_permission(words):
        return MAY
    return USUALLY if any(word in _USUALLY for word in words) else FLAT


def _has_permission(words: list[str]) -> bool:
    """Tell whether «får» is «is allowed to» («får besluta»), not «receives» («får ersättning»)."""
    for place, word in enumerate(words):
        if word in ("får", "fick"):
            for following in words[place + 1 : place + 5]:
                if following == "att":
                    break
                if _is_infinitive(following):
                    return True
    return False
