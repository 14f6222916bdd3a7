"""What on a web page belongs to the site around it and not to the text: menus, banners, share links, hidden copies.

A panel that a click opens is text, closed or not. Everything else that is hidden is left out, and whoever reads the
page may be told so.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import unquote

from lxml import etree

from nmt_rag.documents.web.inline import HEADINGS, ends_before, is_unread
from nmt_rag.documents.web.lists import is_step_number
from nmt_rag.documents.web.panels import follows_opener, is_hidden

_TAGS = frozenset(
    "audio canvas datalist del dialog embed head iframe input map math nav noscript object s script select strike style"
    " svg template textarea video".split()
)
_ROLES = frozenset({"navigation", "search", "menu", "menubar", "dialog", "alertdialog", "doc-noteref"})
_STRUCK = re.compile(r"(?:^|;)\s*text-decoration[\w-]*\s*:[^;]*line-through", re.IGNORECASE)
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
_SKIPPING = re.compile(r"(?:^|[\s_-])skip(?:$|[\s_-]|link|to|nav)", re.IGNORECASE)
_BUTTON = re.compile(r"(?:^|[\s_-])(?:btn|button)(?:$|[\s_-])", re.IGNORECASE)
_ADDRESS = re.compile(r"\s*(?:tel:|mailto:(?!\?))", re.IGNORECASE)
_NOWHERE = re.compile(r"\s*(?:#?$|javascript:)", re.IGNORECASE)
_MAYBE_SITE = frozenset({"aside", "div", "footer", "form", "header", "ol", "p", "section", "ul"})
_COUNTED = HEADINGS | {"button", "input", "li"}
_LINKED_SHARE = 0.7
"""From this share of its characters in links on, what is named as a menu is one."""
_LONGEST_TRAIL = 300
"""A trail to the page («Start / Omsorg / Stöd») is no longer; its last part is no link."""
_LONGEST_FOOTER = 1_000
"""What is only named as a footer, or as a banner whose buttons are links, is no longer (characters)."""
_LETTERS, _SITE_LINKS, _LABEL = 5, 4, 20
"""At least this many links of one or two letters are an index of letters, this many above the first heading a menu; at
most this many characters stand beside share links."""


class _Counts(NamedTuple):
    """What a part of a page holds; lengths are in characters, white space apart."""

    length: int = 0
    linked: int = 0  # of the length, in links
    addressed: int = 0  # of the linked, in links to a telephone or an e-mail address
    links: int = 0
    sharing: int = 0  # links that share the page
    local: int = 0  # links to places on the page
    letters: int = 0  # links of at most two characters
    mixed: int = 0  # list items with a link and words beside it
    buttons: int = 0  # which open no panel
    linked_buttons: int = 0  # links that a page shows as buttons
    titles: int = 0  # <h1>
    headings: int = 0
    titles_above: int = 0  # before it


class SiteParts:
    """The parts of a page that belong to the site around it."""

    def __init__(self, root: Any, opened: frozenset[str]) -> None:  # noqa: ANN401 - lxml has no types
        """Count once what each part of a page holds: parts stand in one another, a thousand deep.

        Args:
            root: the page's outermost element.
            opened: the ids of the elements that something on the page opens.
        """
        self._opened = opened
        self._places = frozenset(root.xpath("//@id | //a/@name"))
        self._held, leads = _counted(root, self._places)
        self._n_titles = self._held[root].titles
        self._leads = leads if self._n_titles else frozenset()

    def is_noise(self, element: Any, *, below: bool = False) -> bool:  # noqa: ANN401
        """Tell whether an element is no text, struck out, hidden, or belongs to the site rather than the page.

        Args:
            element: any element but the one that is read.
            below: it stands below what may be the footer: whether all below itself is noise, too, is asked there.
        """
        if element.tag in _TAGS or element.get("role") in _ROLES:
            return True
        style = element.get("style", "")
        if style and _STRUCK.search(style):
            return True
        if is_hidden(element):
            return not _is_panel(element, self._opened)
        role = element.get("role")
        header = (element.tag == "header" or role == "banner") and not self._has_title(element)
        if header or element.tag == "footer" or role == "contentinfo" or self._is_footer(element, below=below):
            return next(element.iterancestors("main", "article", "section"), None) is None
        if element.tag == "a":
            href = element.get("href", "")
            skips = element in self._leads or (href.startswith("#") and _is_named(element, _SKIPPING))
            return _SHARING.match(href) is not None or (
                skips and next(element.iterancestors("main", "article"), None) is None
            )
        return is_unread(element) or is_step_number(element) or self._is_site(element)

    def _has_title(self, header: Any) -> bool:  # noqa: ANN401
        """Tell whether a header has the title of the page: with words below it, where the page has no ``<h1>``."""
        counts = self._count(header)
        untitled = not self._n_titles and counts.headings > 0 and not (counts.links or counts.buttons)
        return counts.titles > 0 or (untitled and header.find(".//p") is not None)

    def _count(self, element: Any) -> _Counts:  # noqa: ANN401
        counts = self._held.get(element)
        return _counted(element, self._places)[0][element] if counts is None else counts

    def _is_site(self, element: Any) -> bool:  # noqa: ANN401
        """Tell whether an element is a cookie banner, a menu, a share list or an index of letters."""
        if element.tag not in {"div", "section", "aside", "ul", "ol", "p", "form"}:
            return False
        counts = self._held.get(element)
        if counts is None:
            return False  # without a name and links
        if _is_named(element, _COOKIES) and not counts.titles:
            return _is_banner(element, counts)
        if _is_named(element, _TRAIL) and not counts.titles:
            return counts.length <= _LONGEST_TRAIL
        if element.tag == "aside" and counts.linked - counts.addressed >= max(1, _LINKED_SHARE * counts.length):
            return next(element.iterancestors("main", "article"), None) is None
        named = _is_named(element, _MENUS)
        if not counts.links or (not named and element.tag not in {"ul", "ol", "p", "div"}):
            return False
        shared = counts.sharing == counts.links
        index = counts.links >= _LETTERS and counts.letters == counts.links
        listed = element.tag in {"ul", "ol"} and counts.links >= _SITE_LINKS
        contents = element.tag in {"ul", "ol"} and counts.links == counts.local > 1
        if contents and counts.linked == counts.length and not ends_before(element).endswith(":"):
            return True  # the contents of the page: headings further down
        if not (shared or named or index or listed):
            return False
        if shared and counts.length - counts.linked <= _LABEL:
            return True  # «Dela: Facebook, Twitter»
        if counts.length and counts.linked < _LINKED_SHARE * counts.length:
            return False
        if named and 2 * counts.mixed <= counts.links:  # most items are links: a dish on a menu stands after its day
            return True
        return index or (listed and counts.linked == counts.length and self._stands_above_the_page(element))

    def _is_footer(self, element: Any, *, below: bool) -> bool:  # noqa: ANN401
        """Tell whether an element is named as the page's footer, and is one: below all else, short, without panels."""
        names = f"{element.get('class', '')} {element.get('id', '')}".split() if element.tag == "div" else ()
        if not any(map(_FOOTER.fullmatch, names)):
            return False
        counts = self._count(element)
        if counts.length > _LONGEST_FOOTER or counts.titles or not counts.titles_above:
            return False
        if element.xpath("boolean(.//main | .//article | .//details | .//*[@aria-expanded])"):
            return False
        if below:
            return True
        lower = (one for level in (element, *element.iterancestors()) for one in level.itersiblings("*"))
        return all(self.is_noise(one, below=True) or not self._count(one).length for one in lower)

    def _stands_above_the_page(self, element: Any) -> bool:  # noqa: ANN401
        """Tell whether an element stands before the first title of a page, outside of what is marked as its text."""
        counts = self._count(element)
        if counts.titles_above or counts.titles or not self._n_titles:
            return False
        return next(element.iterancestors("main", "article"), None) is None


def _counted(root: Any, places: frozenset[str]) -> tuple[dict[Any, _Counts], frozenset[Any]]:  # noqa: ANN401
    """Return what the parts of a page hold, and the links before all other text that lead past the menus: in one walk.

    Of the parts that cannot belong to the site, without a name and links, nothing is told.
    """
    held: dict[Any, _Counts] = {}
    leads: list[Any] = []
    begun: list[tuple[_Counts, int, int]] = []
    links: list[int] = []  # the length at which the open ones began
    now = _Counts()  # but for its lengths, which nearly each element changes:
    length = linked = led = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        is_part = tag in _MAYBE_SITE or element is root
        if event == "start":
            if tag == "a":
                links.append(length)
            if is_part:
                begun.append((now, length, linked))
            text = None if tag in ("script", "style", "title") else element.text
        else:
            if tag == "a":
                began = links.pop()
                now = _sum(now, _of_link(element, length - began, places))
                if began == led and _leads_past_the_menus(element):
                    leads.append(element)
                    led = length
            elif tag in _COUNTED or element.get("role") == "button":
                now = _sum(now, _of_element(element))
            if is_part:
                before, length_before, linked_before = begun.pop()
                name = element is root or tag == "header" or element.get("class") or element.get("id")
                if name or now.links > before.links:
                    part = _Counts(*map(int.__sub__, now, before))
                    held[element] = part._replace(
                        length=length - length_before, linked=linked - linked_before, titles_above=before.titles
                    )
            text = None if element is root else element.tail
        if text:
            added = len("".join(text.split()))
            length += added
            linked += added if links else 0
    return held, frozenset(leads)


def _sum(counts: _Counts, added: _Counts) -> _Counts:
    return _Counts(*map(int.__add__, counts, added)) if any(added) else counts


def _of_link(link: Any, length: int, places: frozenset[str]) -> _Counts:  # noqa: ANN401
    href = link.get("href", "")
    return _Counts(
        links=1,
        addressed=length if _ADDRESS.match(href) else 0,
        sharing=_SHARING.match(href) is not None,
        local=href.startswith("#") and unquote(href[1:]) in places,
        letters=length <= 2,
        buttons=link.get("role") == "button" and not _opens(link),
        linked_buttons=_NOWHERE.match(href) is not None or _is_named(link, _BUTTON),
    )


def _of_element(element: Any) -> _Counts:  # noqa: ANN401
    tag = element.tag
    return _Counts(
        mixed=tag == "li" and _is_mixed(element),
        buttons=(tag in ("button", "input") or element.get("role") == "button") and not _opens(element),
        titles=tag == "h1",
        headings=tag in HEADINGS,
    )


def _leads_past_the_menus(link: Any) -> bool:  # noqa: ANN401
    """Tell whether a link is all of a line, and leads to a place on the same page."""
    href, parent = link.get("href", ""), link.getparent()
    if not href.startswith("#") or len(href) < 2 or link.get("aria-expanded") is not None or parent is None:
        return False
    alone = len(parent) == 1 and not (parent.text or "").strip() and parent.tag in ("div", "p")
    return (alone or parent.tag == "body") and not (link.tail or "").strip()


def _is_mixed(item: Any) -> bool:  # noqa: ANN401
    """Tell whether a list item has a link right in it, and words beside that."""
    words = [item.text, *(child.tail for child in item)]
    return any(child.tag == "a" for child in item) and any(re.search(r"[^\W_]", text) for text in words if text)


def _opens(button: Any) -> bool:  # noqa: ANN401
    """Tell whether a button says that it opens a panel."""
    return any(
        button.get(name) is not None for name in ("aria-expanded", "aria-controls", "data-target", "data-bs-target")
    )


def _is_banner(element: Any, counts: _Counts) -> bool:  # noqa: ANN401
    """Tell whether what is named as a cookie banner is one: it has a button that opens nothing.

    Within the text it has no heading. A link shown as a button is one in what is short.
    """
    within = next(element.iterancestors("main", "article"), None) is not None
    if within and counts.headings:
        return False
    return counts.buttons > 0 or (not within and counts.linked_buttons > 0 and counts.length <= _LONGEST_FOOTER)


def _is_panel(element: Any, opened: frozenset[str]) -> bool:  # noqa: ANN401
    """Tell whether a hidden element is opened by a click on what stands above it."""
    if element.get("role") in ("tabpanel", "region") or element.get("id") in opened:
        return True
    return not (_is_named(element, _COOKIES) or _is_named(element, _MENUS)) and follows_opener(element)


def _is_named(element: Any, names: re.Pattern[str]) -> bool:  # noqa: ANN401
    name = f"{element.get('class', '')} {element.get('id', '')}"
    return len(name) > 1 and names.search(name) is not None
