"""Foreign text → HTML that shows it as it is: escaping, web addresses, marks for its direction.

Everything that the page prints and did not write itself goes through here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\x7f<>\"'`\\]+", re.IGNORECASE)
_TEMPLATE_MARKS = str.maketrans({"{": "&#123;", "}": "&#125;", "$": "&#36;", "`": "&#96;"})
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def escape(text: str) -> str:
    """Return text that HTML, its attributes and Gradio's templates (``{{…}}``, ``${…}``) show as it is.

    Control characters and lone surrogates, which HTML cannot hold, become U+FFFD.
    """
    return html.escape(_UNPRINTABLE.sub("\ufffd", text), quote=True).translate(_TEMPLATE_MARKS)


def isolate(text: str, language: str = "") -> str:
    """Return escaped text whose marks of direction (right-to-left override …) end where it ends.

    ``language`` is that of the text, where it stands among words of another.
    """
    spoken = f' lang="{escape(language)}"' if language else ""
    return f"<bdi{spoken}>{escape(text)}</bdi>"


def listed(names: Sequence[str], conjunction: str, language: str = "") -> str:
    """Return names as a sentence lists them, each isolated: «A, B och C»."""
    return joined([isolate(name, language) for name in names], conjunction)


def joined(names: Sequence[str], conjunction: str) -> str:
    """Return names as a sentence lists them, as they are."""
    return conjunction.join([", ".join(names[:-1]), *names[-1:]]) if len(names) > 1 else "".join(names)


def safe_url(url: str) -> str:
    """Return the address if it is one of the web (http or https), else an empty string."""
    return url if _WEB_ADDRESS.fullmatch(url) else ""


def link(url: str, words: str, *, described: str = "") -> str:
    """Return a link that opens beside the page, or nothing where the address is none of the web.

    Args:
        url: the address, not trusted.
        words: what the link says, escaped already.
        described: what it says to a screen reader, where the words alone are not enough; escaped here.
    """
    address = safe_url(url)
    if not address:
        return ""
    label = f' aria-label="{escape(described)}"' if described else ""
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer"{label}>{words}</a>'
