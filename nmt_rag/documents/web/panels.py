"""What a click on a page opens: its panels, and what heads each of them (an accordion's question, a tab's name)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterator, Mapping
from typing import Any

from nmt_rag.documents.web.inline import HEADINGS
from nmt_rag.documents.web.lists import is_step_number

_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PANELS = frozenset({"article", "div", "section"})
_TOGGLES = "@data-toggle or @data-bs-toggle"
_TABS = (
    "//*[@role='tablist']//*[@role='tab'] | //*[@data-toggle='tab' or @data-bs-toggle='tab']"
    " | //*[@data-toggle='pill' or @data-bs-toggle='pill']"
)
_PLAIN = frozenset({"a", "b", "div", "p", "span", "strong"})
_OPENERS = _PLAIN | HEADINGS
_ANSWERS = _PANELS | {"dl", "ol", "p", "table", "ul"}
_CLOSED = frozenset("article dd div li ol section tbody td ul".split())
_FOLDING = re.compile(
    r"(?:^|[\s_-])(?:accordion|collaps\w*|expand\w*|toggle\w*|trigger|faq)(?:$|[\s_-])", re.IGNORECASE
)
_LONGEST_OPENER, _LARGEST_OPENER = 200, 30
"""What opens a panel is no longer (characters), and made of no more elements."""
_HIGHEST = 3
"""What opens a panel, or begins a list item, stands at most this many elements deep in what stands before the panel."""


class Panels:
    """The panels of a page."""

    def __init__(self, root: Any) -> None:  # noqa: ANN401 - lxml has no types
        named = root.xpath("//@aria-controls | //@data-target | //@data-bs-target")
        linked = root.xpath(f"//a[@role='tab' or @aria-expanded or {_TOGGLES}]/@href[starts-with(., '#')]")
        names = (name.removeprefix("#") for value in (*named, *linked) for name in value.split())
        found: dict[str, Any] = {}
        for element in root.xpath("//*[@id]"):
            found.setdefault(element.get("id"), element)
        plain = _plain_tabs(root, found)
        self.opened = frozenset(name for name in (*names, *plain) if name)  # «#» alone opens nothing
        """The ids of the elements that something on the page opens: an accordion's panels, tabs."""
        self._filled = {name: found[name] for name in self.opened & found.keys() if _has_text(found[name])}
        self.tabs = plain | {name: tab for tab in root.xpath(_TABS) if (name := self._target(tab, self._filled))}
        """The tabs by the ids of the panels that they open, those with text."""
        self._highest = _highest_headings(root)

    def opened_by(self, element: Any) -> Any:  # noqa: ANN401
        """Return the panel that a click on a button, or on what acts as one, opens, or None: it heads the panel."""
        if element.tag != "button" and element.get("role") not in ("button", "tab"):
            following = element.getnext() if element.tag in _PLAIN else None
            return following if following is not None and is_answer(following) else None
        target = self._target(element, self.opened)
        if target:
            return self._filled.get(target)
        following = element.getnext()
        if following is not None and following.tag in ("div", "section") and is_hidden(following):
            return following
        if element.get("aria-expanded") is not None:
            return _text_after(element)
        return following if element.tag == "button" and _alternates(element) else None

    def named_by(self, element: Any) -> Any:  # noqa: ANN401
        """Return the panel that a summary, a button, or what acts as one, is the name of, or None.

        Of a term, it is the only explanation, if that is a part of a page with headings.
        """
        if element.tag == "dt":
            panel = element.getnext()
            beside = None if panel is None else panel.getnext()
            alone = panel is not None and panel.tag == "dd" and (beside is None or beside.tag != "dd")
            return panel if alone and self.highest_in(panel) else None
        return element.getparent() if element.tag == "summary" else self.opened_by(element)

    def highest_in(self, panel: Any) -> int:  # noqa: ANN401
        """Return the level of the highest heading that stands below a panel's name, or 0.

        What a list's item begins with stands beside its other headings, and the title of a page below no name.
        """
        highest = 0 if panel is None or panel.tag == "li" else self._highest.get(panel, 0)
        return highest if highest > 1 else 0

    def headed_by(self, heading: Any) -> Any:  # noqa: ANN401
        """Return what a heading of an accordion or of a list's item heads, or None: the heading ends with it."""
        above = list(_around(heading))
        for element in above:
            if element.tag == "summary":
                return element.getparent()
        words = _words(heading)
        within = (one for one in heading.iter("a", "button") if _words(one) in ("", words))  # others stand beside it
        for opener in (*within, heading, *above):
            if opener.tag == "button" or opener.get("aria-expanded") is not None or opener.get("role") == "button":
                target = self._target(opener, self._filled)
                return self._filled[target] if target else _text_after(heading)
            if opener is not heading and opener.tag == "a" and (target := self._target(opener, self._filled)):
                return self._filled[target]
        following = _next(heading)
        if following is not None and (
            is_answer(following) or (_is_closed(following) and heading.getnext() is following)
        ):
            return following
        return _item_begun_by(heading)

    @staticmethod
    def _target(element: Any, among: Container[str]) -> str:  # noqa: ANN401
        """Return the id of what an element says that it opens, if it is one of some."""
        told = (element.get(name, "") for name in ("aria-controls", "data-bs-target", "data-target", "href"))
        return next((name for name in (value.removeprefix("#") for value in told) if name in among), "")


def is_hidden(element: Any) -> bool:  # noqa: ANN401
    """Tell whether a browser shows the element only after a click, or never."""
    style = element.get("style", "")
    return element.get("hidden", "until-found") != "until-found" or bool(style and _INVISIBLE.search(style))


def follows_opener(element: Any) -> bool:  # noqa: ANN401
    """Tell whether a hidden element is opened by a click on what stands right above it."""
    above = element.getprevious()
    if element.tag not in _CLOSED or above is None:
        return is_answer(element)
    return (
        above.tag in {"button", "summary", "dt", *HEADINGS}
        or above.get("role") in ("button", "tab", "heading")
        or above.get("aria-expanded") is not None
        or above.find(".//button") is not None
        or above.find(".//*[@aria-expanded]") is not None
        or is_answer(element)
    )


def is_answer(element: Any) -> bool:  # noqa: ANN401
    """Tell whether an element is hidden by itself right after one short line that asks, or that a click opens.

    Nothing on the page need say that the line opens it: a script knows.
    """
    above = element.getprevious()
    if element.tag not in _ANSWERS or above is None or above.tag not in _OPENERS or (above.tail or "").strip():
        return False
    if not is_hidden(element) or is_hidden(above):
        return False
    words = _short_line(above)
    around = element.getparent()
    folds = any(_FOLDING.search(f"{one.get('class', '')} {one.get('id', '')}") for one in (above, element, around))
    return bool(words) and (words.endswith("?") or folds or any(map(_is_clicked, above.iter())))


def _is_closed(element: Any) -> bool:  # noqa: ANN401
    return element.tag in _PANELS and is_hidden(element)


def is_headed(panel: Any, name: str) -> bool:  # noqa: ANN401
    """Tell whether a panel begins with a heading that says its name."""
    first = next((one for one in panel.iter() if isinstance(one.tag, str) and (one.text or "").strip()), None)
    begun = () if first is None else (first, *_around(first))
    return any(one.tag in HEADINGS and "".join(name.split()) in _words(one) for one in begun)


def _highest_headings(root: Any) -> dict[Any, int]:  # noqa: ANN401
    """Return the level of the highest heading in each element; one in a summary is none of those it heads."""
    highest: dict[Any, int] = {}
    for heading in root.iter(*HEADINGS):
        level, above = int(heading.tag[1]), heading.getparent()
        while above is not None and level < highest.get(above, 7):
            if above.tag == "summary":
                above = above.getparent()
            else:
                highest[above] = level
            above = None if above is None else above.getparent()
    return highest


def _plain_tabs(root: Any, found: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    """Return the tabs by the ids of their panels which only a list of links to these tells of: some are hidden."""
    lists: dict[Any, dict[str, Any]] = {}
    for link in root.xpath("//li/a[starts-with(@href, '#')]"):
        if _words(link.getparent()) == _words(link):
            lists.setdefault(link.getparent().getparent(), {})[link.get("href")[1:]] = link
    tabs: dict[str, Any] = {}
    for links in lists.values():
        panels = [found.get(name) for name in links]
        if all(panel is not None and panel.tag in _PANELS and _has_text(panel) for panel in panels):
            tabs |= links if any(map(is_hidden, panels)) else {}
    return tabs


def _is_clicked(element: Any) -> bool:  # noqa: ANN401
    """Tell whether an element says that a click on it does something, and not where a link leads."""
    link = element.get("href")
    return any(element.get(name) is not None for name in ("onclick", "tabindex", "data-toggle", "data-bs-toggle")) or (
        link is not None and link.startswith(("#", "javascript:"))
    )


def _short_line(element: Any) -> str:  # noqa: ANN401
    """Return the words of what heads no more than a panel, or nothing where it is longer or of several parts."""
    within = list(itertools.islice(element.iter(), _LARGEST_OPENER + 1))
    if len(within) > _LARGEST_OPENER or any(one.tag in ("details", "ol", "p", "table", "ul") for one in within[1:]):
        return ""
    words = " ".join("".join(element.itertext()).split())
    return words if len(words) <= _LONGEST_OPENER else ""


def _next(heading: Any) -> Any:  # noqa: ANN401
    """Return what follows a heading, which may fill a block of its own."""
    for element in (heading, *_around(heading)):
        if element.getnext() is not None or (element.tail or "").strip():
            return element.getnext()
        around = element.getparent()
        if around is None or element.getprevious() is not None or (around.text or "").strip():
            return None
    return None


def _has_text(element: Any) -> bool:  # noqa: ANN401
    return any(piece.strip() for piece in element.itertext())


def _words(element: Any) -> str:  # noqa: ANN401
    return "".join("".join(element.itertext()).split())


def _around(element: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield the nearest elements around one."""
    for above, _ in zip(element.iterancestors(), range(_HIGHEST), strict=False):
        yield above


def _text_after(opener: Any) -> Any:  # noqa: ANN401
    """Return the block of text right after what opens it, which may stand last in a block of its own; or None."""
    for element in (opener, *_around(opener)):
        following = element.getnext()
        if following is not None or (element.tail or "").strip():
            return following if following is not None and following.tag in _PANELS and _has_text(following) else None
    return None


def _alternates(button: Any) -> bool:  # noqa: ANN401
    """Tell whether a button is one of several, each right before a block of text: an accordion that a style hides.

    They stand side by side, or each fills an item of its own with its block; what they say differs.
    """
    panel, above, item = button.getnext(), button.getprevious(), button.getparent()
    if not _is_pair(button, panel):
        return False
    below = panel.getnext()
    if (below is not None and _is_pair(below, below.getnext())) or (
        above is not None and _is_pair(above.getprevious(), above)
    ):
        return True
    others = (_begun_pair(other) for other in (item.getnext(), item.getprevious()) if other is not None)
    return _begun_pair(item) is button and any(
        other is not None and other.getparent().tag == item.tag and _words(other) != _words(button) for other in others
    )


def _is_pair(head: Any, panel: Any) -> bool:  # noqa: ANN401
    both = head is not None and panel is not None and head.tag == "button" and panel.tag in _PANELS
    return both and not (head.tail or "").strip() and _has_text(panel)


def _begun_pair(item: Any) -> Any:  # noqa: ANN401
    """Return the button that fills an element together with the block below it, or None."""
    button = next(item.iterchildren(), None)
    if (item.text or "").strip() or button is None or not _is_pair(button, button.getnext()):
        return None
    panel = button.getnext()
    return button if panel.getnext() is None and not (panel.tail or "").strip() else None


def _item_begun_by(heading: Any) -> Any:  # noqa: ANN401
    """Return the list item that a heading begins and does not fill, or None."""
    goes_on = False
    for element, above in zip((heading, *_around(heading)), _around(heading), strict=False):
        before = element.getprevious()
        if (before is not None and not is_step_number(before)) or (above.text or "").strip():
            return None
        goes_on = goes_on or element.getnext() is not None or bool((element.tail or "").strip())
        if above.tag == "li":
            return above if goes_on else None
    return None
