"""What stands around every answer: where to call, the ways to the views, what the page answers from and whose it is."""

from __future__ import annotations

from collections.abc import Sequence

from nmt_rag.answering import helplines, messages
from nmt_rag.interfaces.markup import escape, isolate
from nmt_rag.interfaces.page.operators import Operator
from nmt_rag.interfaces.page.texts import TEXTS
from nmt_rag.interfaces.page.views.answer import foreign, helpline, telephone
from nmt_rag.interfaces.page.views.source import days
from nmt_rag.types import Document

VIEWS = ("ask", "who", "map", "own")
"""The parts of the page, in the order of their buttons."""
_ALWAYS = ("alarm", "women")
"""The numbers that stand above everything; the others fold out."""
_FOLDED = ("police", "men", "trans", "children", "suicide", "professionals")
_PLAIN = "color-scheme: light dark; background: Canvas; color: CanvasText; font: 1.1em/1.5 sans-serif; padding: 1em"
"""How the page looks where no script chooses light or dark; links have the system's colours, too."""


def strip(language: str) -> str:
    """Return the line above everything: where to call, and the way out."""
    texts, known = TEXTS[language], helplines.lines()
    first = " ".join(
        f'<span class="number">{texts[f"strip_{name}"]} {telephone(known[name])}</span>' for name in _ALWAYS
    )
    more = "".join(helpline(known[name], language) for name in _FOLDED)
    return (
        f'<a class="skip" href="#question" lang="{language}">{texts["skip"]}</a>'
        f'<div class="strip" lang="{language}" role="region" '
        f'aria-label="{texts["call"]}"><div class="emergency"><p>{first}</p>'
        f'<details><summary>{texts["more_numbers"]}</summary><ul class="lines">{more}</ul>'
        f'<p class="checked">{messages.checked(language)}</p></details></div>'
        f'<p class="way-out"><button type="button" class="leave" data-leave>{texts["leave"]}</button>'
        f"<small>{texts['history']}</small></p></div>"
        f'<p class="printed" lang="{language}" data-words="{texts["printed"]}"></p>'
    )


def without_script() -> str:
    """Return what a browser without JavaScript shows, in both languages, in the system's own colours, light or dark."""
    return f'<noscript><div style="{_PLAIN}">{_without_script("sv")}{_without_script("en")}</div></noscript>'


def _without_script(language: str) -> str:
    """Return what the page is, what it needs, and where to call."""
    texts, known = TEXTS[language], helplines.lines()
    numbers = "".join(helpline(known[name], language) for name in (*_ALWAYS, *_FOLDED))
    return (
        f'<div lang="{language}"><h1>{texts["title"]}</h1><p>{texts["no_script"]}</p>'
        f"<h2>{texts['call']}</h2><ul>{numbers}</ul><p>{messages.checked(language)}</p></div>"
    )


def state(language: str) -> str:
    """Return the line that says that a search goes on, or what failed; `page.js` fills it in."""
    texts = TEXTS[language]
    said = " ".join(f'data-{name.replace("_", "-")}="{texts[name]}"' for name in ("searching", "error", "own_lost"))
    return f'<p class="state" lang="{language}" {said}></p>'


def navigation(language: str) -> str:
    """Return the buttons that choose which part of the page is shown; `page.js` keeps track of it."""
    texts = TEXTS[language]
    buttons = (f'<li><button type="button" data-view="{view}">{texts[f"view_{view}"]}</button></li>' for view in VIEWS)
    return f'<nav lang="{language}" aria-label="{texts["views"]}"><ul>{"".join(buttons)}</ul></nav>'


def header(language: str, documents: Sequence[Document], total: int, operator: Operator | None = None) -> str:
    """Return the title, what the page answers from and who is behind it; the browser takes its language from it.

    Args:
        language: ``"sv"`` or ``"en"``.
        documents: the one that the page answers from, or none where there are several.
        total: how many there are.
        operator: who is behind the page.
    """
    texts = TEXTS[language]
    age = "" if documents and days(documents[0], language) else f" {texts['undated' if documents else 'dated']}"
    sender = isolate(operator.sender, foreign(language)) if operator and operator.sender else texts["no_sender"]
    return (
        f'<div data-language="{language}" lang="{language}"><h1>{texts["title"]}</h1>'
        f'<p class="lead">{covers(language, documents, total)}{age}</p>'
        f'<p class="sender">{texts["lead"]} {texts["sender"]}: {sender}.</p></div>'
    )


def covers(language: str, documents: Sequence[Document], total: int) -> str:
    """Return the sentence that says what answers are taken from, and how old it is; see `header`."""
    texts = TEXTS[language]
    if not documents:
        return texts["covers"].format(documents=total)
    one = documents[0]
    spoken = foreign(language, one.language)
    title, publisher = isolate(one.title or one.id, spoken), isolate(one.publisher, spoken)
    said = texts["covers_one_of" if one.publisher else "covers_one"].format(title=title, publisher=publisher)
    return " ".join((said, *days(one, language)))


def footer(language: str, accessibility: str, operator: Operator | None = None) -> str:
    """Return the last line: how to reach who is behind the page, and the way to the accessibility statement."""
    texts = TEXTS[language]
    ways = ", ".join(operator.contact_links() if operator else ())
    contact = f"{texts['contact']}: {ways} · " if ways else ""
    return (
        f'<div lang="{language}"><p class="foot">{contact}'
        f'<a href="{escape(accessibility)}">{texts["accessibility"]}</a></p></div>'
    )
