"""What on a web page belongs to the site around it and not to the text: menus, banners, share links, hidden copies.

A panel that a click opens is text, closed or not. Everything else that is hidden is left out, and whoever reads the
page may be told so.
"""

from __future__ import annotations

import re
from typing import Any

_TAGS = frozenset(
    "audio canvas datalist del dialog embed head iframe input map math nav noscript object s script select strike style"
    " svg template textarea video".split()
)
_ROLES = frozenset({"navigation", "search", "menu", "menubar", "dialog", "alertdialog", "doc-noteref"})
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_STRUCK = re.compile(r"(?:^|;)\s*text-decoration[\w-]*\s*:[^;]*line-through", re.IGNORECASE)
_PANELS = frozenset("article dd div li ol section tbody td ul".split())
_COOKIES = re.compile(r"(?:^|[\s_-])(?:cookies?|kakor|consent|gdpr|cc-window)(?:$|[\s_-])", re.IGNORECASE)
_MENUS = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|meny|pagination|pager|sitemap|skip"
    r"|skiplinks?|share|sharing|dela|social)(?:$|[\s_-])",
    re.IGNORECASE,
)
_TRAIL = re.compile(r"(?:^|[\s_-])(?:breadcrumbs?|smulor|brodsmulor)(?:$|[\s_-])", re.IGNORECASE)
_SHARING = re.compile(
    r"https?://(?:[\w-]+\.)?(?:facebook\.com/sharer|(?:twitter|x)\.com/(?:intent|share|home\?status)"
    r"|linkedin\.com/(?:share|sharing)|wa\.me/\?|api\.whatsapp\.com/send|pinterest\.\w+/pin/create)|mailto:\?",
    re.IGNORECASE,
)
_FOOTER = re.compile(r"(?:(?:global|main|page|site|web)[_-]?)?footer|sidfot", re.IGNORECASE)
_LINKED_SHARE = 0.7
"""From this share of its characters in links on, what is named as a menu is one."""
_LONGEST_TRAIL = 300
"""A trail to the page («Start / Omsorg / Stöd») is no longer; its last part is no link."""
_LONGEST_FOOTER = 1_000
"""What is only named as a footer is no longer (characters)."""
_LETTERS, _SITE_LINKS, _LABEL = 5, 4, 20
"""At least this many links of one or two letters are an index of letters, this many above the first heading a menu; at
most this many characters stand beside share links."""


def panels(root: Any) -> frozenset[str]:  # noqa: ANN401 - lxml has no types
    """Return the ids of the elements that something on the page opens: an accordion's panels, tabs."""
    named = root.xpath("//@aria-controls | //@data-target | //@data-bs-target")
    linked = root.xpath("//a[@role='tab' or @aria-expanded]/@href[starts-with(., '#')]")
    names = (name.removeprefix("#") for value in (*named, *linked) for name in value.split())
    return frozenset(name for name in names if name)  # «#» alone opens nothing


def tabs(root: Any, opened: frozenset[str]) -> dict[str, Any]:  # noqa: ANN401
    """Return the tabs of the page's lists of tabs by the ids of the panels that they open, those with text."""
    found = {}
    for tab in root.xpath("//*[@role='tablist']//*[@role='tab']"):
        told = (tab.get(name, "") for name in ("aria-controls", "data-bs-target", "data-target", "href"))
        panel = next((name for name in (value.removeprefix("#") for value in told) if name in opened), "")
        if panel:
            found[panel] = tab
    return found


def filled(root: Any, opened: frozenset[str]) -> frozenset[str]:  # noqa: ANN401
    """Return which ids of `panels` are those of an element with text."""
    elements = (element for element in root.xpath("//*[@id]") if element.get("id") in opened)
    return frozenset(element.get("id") for element in elements if any(piece.strip() for piece in element.itertext()))


def is_noise(element: Any, opened: frozenset[str], *, below: bool = False) -> bool:  # noqa: ANN401
    """Tell whether an element is no text, struck out, hidden, or belongs to the site rather than the page.

    Args:
        element: any element but the one that is read.
        opened: the ids of `panels`.
        below: it stands below what may be the footer: whether all below itself is noise, too, is asked there.
    """
    if element.tag in _TAGS or element.get("role") in _ROLES:
        return True
    style = element.get("style", "")
    if style and _STRUCK.search(style):
        return True
    if is_hidden(element):
        return not _is_panel(element, opened)
    role = element.get("role")
    header = (element.tag == "header" or role == "banner") and element.find(".//h1") is None
    if header or element.tag == "footer" or role == "contentinfo" or _is_footer(element, opened, below=below):
        return next(element.iterancestors("main", "article", "section"), None) is None
    if element.tag == "a":
        return _SHARING.match(element.get("href", "")) is not None
    return _is_site(element)


def is_hidden(element: Any) -> bool:  # noqa: ANN401
    """Tell whether a browser shows the element only after a click, or never."""
    style = element.get("style", "")
    return element.get("hidden", "until-found") != "until-found" or bool(style and _INVISIBLE.search(style))


def _is_panel(element: Any, opened: frozenset[str]) -> bool:  # noqa: ANN401
    """Tell whether a hidden element is opened by a click on what stands above it."""
    if element.get("role") in ("tabpanel", "region") or element.get("id") in opened:
        return True
    if element.tag not in _PANELS or _is_named(element, _COOKIES) or _is_named(element, _MENUS):
        return False
    above = element.getprevious()
    while above is not None and is_hidden(above) and not isinstance(above.tag, str):
        above = above.getprevious()
    if above is None:
        return False
    opens = {"button", "summary", "dt", "h1", "h2", "h3", "h4", "h5", "h6"}
    return (
        above.tag in opens
        or above.get("role") in ("button", "tab", "heading")
        or above.get("aria-expanded") is not None
        or above.find(".//button") is not None
        or above.find(".//*[@aria-expanded]") is not None
    )


def _is_named(element: Any, names: re.Pattern[str]) -> bool:  # noqa: ANN401
    name = f"{element.get('class', '')} {element.get('id', '')}"
    return len(name) > 1 and names.search(name) is not None


def _is_site(element: Any) -> bool:  # noqa: ANN401
    """Tell whether an element is a cookie banner, a menu, a share list or an index of letters."""
    if element.tag not in {"div", "section", "aside", "ul", "ol", "p", "form"}:
        return False
    if _is_named(element, _COOKIES) and element.find(".//h1") is None:
        return bool(element.xpath("boolean(.//button | .//input | .//*[@role='button'])"))
    if _is_named(element, _TRAIL) and element.find(".//h1") is None:
        return _length(element) <= _LONGEST_TRAIL
    named = _is_named(element, _MENUS)
    if not named and element.tag not in {"ul", "ol", "p", "div"}:
        return False
    links = list(element.iter("a"))
    if not links:
        return False
    shared = all(_SHARING.match(link.get("href", "")) for link in links)
    index = len(links) >= _LETTERS and all(len("".join(link.itertext()).strip()) <= 2 for link in links)
    listed = element.tag in {"ul", "ol"} and len(links) >= _SITE_LINKS
    if not (shared or named or index or listed):
        return False
    total = _length(element)
    linked = sum(map(_length, links))
    if shared and total - linked <= _LABEL:
        return True  # «Dela: Facebook, Twitter»
    if total and linked < _LINKED_SHARE * total:
        return False
    return named or index or (listed and linked == total and _stands_above_the_page(element))


def _is_footer(element: Any, opened: frozenset[str], *, below: bool) -> bool:  # noqa: ANN401
    """Tell whether an element is named as the page's footer, and is one: below all else, short, without panels."""
    names = f"{element.get('class', '')} {element.get('id', '')}".split() if element.tag == "div" else ()
    if not any(map(_FOOTER.fullmatch, names)) or _length(element) > _LONGEST_FOOTER:
        return False
    if not element.xpath("preceding::h1 and not(.//h1 | .//main | .//article | .//details | .//*[@aria-expanded])"):
        return False
    if below:
        return True
    lower = (one for level in (element, *element.iterancestors()) for one in level.itersiblings("*"))
    return all(is_noise(one, opened, below=True) or not _length(one) for one in lower)


def _length(element: Any) -> int:  # noqa: ANN401
    """Return how many characters the text of an element has, white space apart."""
    return len("".join("".join(element.itertext()).split()))


def _stands_above_the_page(element: Any) -> bool:  # noqa: ANN401
    """Tell whether a list stands before the first heading of a page, outside of what is marked as its text."""
    if next(element.iterancestors("main", "article"), None) is not None:
        return False
    return bool(element.xpath("boolean(following::h1) and not(preceding::h1)"))
