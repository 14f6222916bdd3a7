"""The ties between actors → a picture of them (SVG), and the same as a list.

Where each name stands follows from the ties alone: the actor with most of them in the middle, the others around it in
the order of the text. Each line can be reached with the keyboard and leads to its sentence.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import combinations, groupby

from nmt_rag.documents import Relation
from nmt_rag.interfaces.markup import escape, isolate
from nmt_rag.interfaces.page.texts import TEXTS
from nmt_rag.interfaces.page.views.who import choice, place_button

MAX_NODES = 14
"""More names than this do not fit: the map then shows one actor with those tied to it."""
WIDTH, HEIGHT = 760, 700
NODE_WIDTH, LINE_HEIGHT, LINE_LETTERS = 218, 21, 21
"""A name's box, its lines of text (pixels in the picture's own scale) and how many letters a line holds."""
BESIDE = 24
"""How far apart the lines run that tie the same two names (the same), so that each can be hit."""
APART = 34
"""How far apart the boxes of two names stand at least, so that the line between them shows (the same)."""
_CLASS = {
    "samordnar": "coordinates",
    "ingår": "member",
    "samverkar": "cooperates",
    "stödjer": "supports",
    "leder": "leads",
}
_ARROW = (
    '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
    'orient="auto-start-reverse" markerUnits="userSpaceOnUse"><path d="M0 0L10 5L0 10z"></path></marker></defs>'
)


def lead(language: str, *, tied: bool = True) -> str:
    """Return the title of the view and what it shows; the title alone where nobody is tied to anybody."""
    texts = TEXTS[language]
    about = f'<p class="lead">{texts["map_lead"]}</p>' if tied else ""
    return f'<div lang="{language}"><h2>{texts["map_title"]}</h2>{about}</div>'


def filters(ties: Sequence[Relation], language: str) -> str:
    """Return the choice of the actor that the map shows, where it cannot show all; else an empty string."""
    if len(shown(ties)) == len(ties):
        return ""
    part = f'<p class="count" lang="{language}">{TEXTS[language]["map_part"]}</p>'
    chosen = choice(names(ties), language)
    return f'{part}<div class="filters" data-pick="map-pick" lang="{language}">{chosen}</div>'


def names(ties: Sequence[Relation]) -> list[str]:
    """Return the actors that are tied to others, those with most ties first; equal ones in the order of the text."""
    count = Counter(name for tie in ties for name in (tie.source, tie.target))
    groups = {tie.target for tie in ties if tie.group}
    order = list(dict.fromkeys(name for tie in ties for name in (tie.source, tie.target)))
    return sorted((name for name in order if name not in groups), key=lambda name: -count[name])


def shown(ties: Sequence[Relation], actor: str = "") -> tuple[Relation, ...]:
    """Return the ties that the map draws: all, or where they are too many those of one actor, and at most so many."""
    everyone = {name for tie in ties for name in (tie.source, tie.target)}
    if len(everyone) <= MAX_NODES and not actor:
        return tuple(ties)
    chosen = actor or names(ties)[0]
    around: set[str] = {chosen}
    drawn = []
    for tie in ties:
        if chosen in (tie.source, tie.target) and len(around | {tie.source, tie.target}) <= MAX_NODES:
            around |= {tie.source, tie.target}
            drawn.append(tie)
    return tuple(drawn)


def picture(ties: Sequence[Relation], language: str) -> str:
    """Return the map and the list of some ties as HTML."""
    texts = TEXTS[language]
    if not ties:
        return f'<p class="count" lang="{language}">{texts["map_none"]}</p>'
    places = _places(ties)
    title, described = texts["map_title"], texts["map_described"].format(actors=len(places), ties=len(ties))
    lines = "".join(
        _line(number, tie, places, aside, language)
        for number, (tie, aside) in enumerate(zip(ties, _asides(ties), strict=True), 1)
    )
    groups = {tie.target for tie in ties if tie.group}
    boxes = "".join(_box(name, place, group=name in groups) for name, place in places.items())
    kinds = dict.fromkeys(tie.kind for tie in ties)
    key = "".join(
        f'<li><svg width="44" height="12" aria-hidden="true">{_sample(kind)}</svg> {texts[kind]}</li>' for kind in kinds
    )
    return (
        f'<figure class="map" lang="{language}"><p class="wide">{texts["map_wide"]}</p>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="group" '
        f'aria-labelledby="map-title map-described"><title id="map-title">{title}</title>'
        f'<desc id="map-described">{described}</desc>{_ARROW}{lines}{boxes}</svg><ul class="key">{key}</ul></figure>'
        f'<div lang="{language}"><h3>{texts["map_list"]}</h3><ol class="ties">{_listed(ties, language)}</ol></div>'
    )


def _sample(kind: str) -> str:
    """Return a piece of the line that stands for a kind of tie, for the key of the map."""
    return f'<line class="{_CLASS[kind]}" x1="2" y1="6" x2="42" y2="6"></line>'


def _places(ties: Sequence[Relation]) -> dict[str, tuple[float, float]]:
    """Return the middle of each name: the most tied one in the centre, the others on an ellipse around it."""
    order = list(dict.fromkeys(name for tie in ties for name in (tie.source, tie.target)))
    centre = names(ties)[0] if len(order) > 2 else ""
    around = _neighbours_together([name for name in order if name != centre], ties)
    places = {centre: (WIDTH / 2, HEIGHT / 2)} if centre else {}
    for number, name in enumerate(around):
        angle = -math.pi / 2 + 2 * math.pi * number / len(around)
        across, down = (
            (WIDTH - NODE_WIDTH) / 2 - 6,
            (HEIGHT / 2 - 46) * (0.86 if number % 2 else 1.0),
        )  # names stand clear
        places[name] = (round(WIDTH / 2 + across * math.cos(angle), 1), round(HEIGHT / 2 + down * math.sin(angle), 1))
    return _apart(places, centre)


def _apart(places: dict[str, tuple[float, float]], centre: str) -> dict[str, tuple[float, float]]:
    """Return the places with names that stand too near moved apart, upwards and downwards; the centre stays."""
    moved = dict(places)
    for _ in range(60):
        touched = False
        for one, other in combinations(moved, 2):
            (x, y), (u, v) = moved[one], moved[other]
            near = (_height(one) + _height(other)) / 2 + APART - abs(y - v)
            if abs(x - u) >= NODE_WIDTH + 8 or near <= 0.5:
                continue
            touched = True
            up, down = (one, other) if y <= v else (other, one)
            for name, by in ((up, -near), (down, near)):
                if name != centre:
                    share = by if centre in (up, down) else by / 2
                    room = _height(name) / 2 + 2
                    at = min(HEIGHT - room, max(room, moved[name][1] + share))
                    moved[name] = (moved[name][0], round(at, 1))
        if not touched:
            break
    return moved


def _height(name: str) -> int:
    """Return how high the box of a name is."""
    return len(_wrapped(name)) * LINE_HEIGHT + 14


def _neighbours_together(order: Sequence[str], ties: Sequence[Relation]) -> list[str]:
    """Return names in order, each followed by those that it is tied to: so few lines cross the picture."""
    placed: list[str] = []

    def put(name: str) -> None:
        if name in placed or name not in order:
            return
        placed.append(name)
        for tie in ties:
            if name in (tie.source, tie.target):
                put(tie.target if tie.source == name else tie.source)

    for name in order:
        put(name)
    return placed


def _asides(ties: Sequence[Relation]) -> list[float]:
    """Return how far to the side of the straight way each line runs: those of the same two names do not meet."""
    pairs = [frozenset((tie.source, tie.target)) for tie in ties]
    return [
        (pairs[:place].count(pair) - (pairs.count(pair) - 1) / 2) * (BESIDE if tie.source < tie.target else -BESIDE)
        for place, (pair, tie) in enumerate(zip(pairs, ties, strict=True))
    ]


def _line(number: int, tie: Relation, places: dict[str, tuple[float, float]], aside: float, language: str) -> str:
    """Return one line between two names, with a broad invisible one over it that is easier to hit."""
    start, end = places[tie.source], places[tie.target]
    length = math.dist(start, end) or 1.0
    across, down = -(end[1] - start[1]) / length * aside, (end[0] - start[0]) / length * aside
    first, last = (
        (round(x + across, 1), round(y + down, 1))
        for x, y in (_edge(start, end, tie.source), _edge(end, start, tie.target))
    )
    said = escape(f"{tie.source} {TEXTS[language][tie.kind]} {tie.target}")
    arrow = "" if tie.kind == "samverkar" else ' marker-end="url(#arrow)"'
    at = f'x1="{first[0]}" y1="{first[1]}" x2="{last[0]}" y2="{last[1]}"'
    return (
        f'<g role="button" tabindex="0" data-tie="tie-{number}" aria-label="{said}"><title>{said}</title>'
        f'<line class="{_CLASS[tie.kind]}" {at}{arrow}></line><line class="reach" {at}></line></g>'
    )


def _edge(middle: tuple[float, float], other: tuple[float, float], name: str) -> tuple[float, float]:
    """Return where a line to another name leaves the box of a name."""
    half_width, half_height = NODE_WIDTH / 2 + 3, len(_wrapped(name)) * LINE_HEIGHT / 2 + 10
    across, down = other[0] - middle[0], other[1] - middle[1]
    share = min(half_width / abs(across) if across else math.inf, half_height / abs(down) if down else math.inf, 0.5)
    return round(middle[0] + across * share, 1), round(middle[1] + down * share, 1)


def _box(name: str, middle: tuple[float, float], *, group: bool) -> str:
    """Return the box of a name around its middle; ``group`` tells that the name stands for many."""
    (x, y), lines, height = middle, _wrapped(name), _height(name)
    first = y - (len(lines) - 1) * LINE_HEIGHT / 2 + 5
    written = "".join(
        f'<tspan x="{x}" y="{round(first + number * LINE_HEIGHT, 1)}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    return (
        f'<g class="{"node many" if group else "node"}" aria-hidden="true"><rect x="{x - NODE_WIDTH / 2}" '
        f'y="{round(y - height / 2, 1)}" width="{NODE_WIDTH}" height="{height}" rx="4"></rect>'
        f'<text text-anchor="middle" lang="sv">{written}</text></g>'
    )


def _wrapped(name: str) -> list[str]:
    """Return a name in lines of about `LINE_LETTERS` letters, at most four; a longer word is cut at a hyphen."""
    lines = [""]
    for word in name.split():
        while len(word) > LINE_LETTERS + 3:
            word, rest = word[:LINE_LETTERS] + "-", word[LINE_LETTERS:]
            lines = [*lines, word] if lines[-1] else [word]
            word = rest
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LINE_LETTERS:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines if len(lines) <= 4 else [*lines[:3], f"{lines[3][: LINE_LETTERS - 1]}…"]


def _shared(tie: Relation) -> str:
    """Return the name that the ties of one sentence share: the network that others are part of, or else who does it."""
    return tie.target if tie.kind == "ingår" else tie.source


def _listed(ties: Sequence[Relation], language: str) -> str:
    """Return the ties as list items; those that one sentence tells of one actor share an item."""
    texts = TEXTS[language]
    items = []
    numbered = list(enumerate(ties, 1))
    for (shared, kind, _), group in groupby(numbered, lambda one: (_shared(one[1]), one[1].kind, one[1].citation)):
        mine = list(group)
        targets = "".join(
            f'<li id="tie-{number}" tabindex="-1" lang="sv">{isolate(name)}</li>'
            for number, name in ((n, tie.source if kind == "ingår" else tie.target) for n, tie in mine)
        )
        said = texts["members"] if kind == "ingår" else texts[kind]
        citation = mine[0][1].citation
        items.append(
            f'<li><p><strong lang="sv">{isolate(shared)}</strong> {said}</p><ul>{targets}</ul>'
            f'<blockquote lang="sv">«{isolate(citation.quote)}»</blockquote>'
            f'<p class="actions">{place_button(citation, language)}</p></li>'
        )
    return "".join(items)
