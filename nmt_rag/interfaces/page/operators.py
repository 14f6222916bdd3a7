"""Who is behind the page and how they are reached: one file that whoever runs it writes; see docs/page.md."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from nmt_rag.errors import NmtRagError
from nmt_rag.interfaces.markup import escape

_NUMBER = re.compile(r"(?:\+\d{1,3}[\s-]*)?\(?\d+\)?(?:[\s.\u2010-\u2013-]+\d+)*")
"""A telephone number: digits in groups, the first two of which may be a country's after a plus and one in brackets."""
VARIABLE = "NMT_RAG_OPERATOR"
"""The environment variable that names the file; unset is a page that calls itself a demonstration."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Who is behind the page: a name, an e-mail address, a telephone number; each may be empty.

    ``count`` names the file that keeps how many answers helped (`nmt_rag.interfaces.page.serving.tally`); empty, nobody
    is asked.
    """

    sender: str = ""
    email: str = ""
    telephone: str = ""
    count: str = ""

    def contact_links(self) -> Iterator[str]:
        """Yield the ways to reach the operator as HTML links."""
        if self.email:
            yield f'<a href="mailto:{escape(self.email)}">{escape(self.email)}</a>'
        if self.telephone:
            yield f'<a href="tel:{dialled(self.telephone)}">{escape(self.telephone)}</a>'


def dialled(telephone: str) -> str:
    """Return the first number in a text as a telephone dials it (RFC 3966); an empty string where there is none.

    A leading plus stays, and the zero that nobody dials behind it goes: «+46 (0)90-16 10 00» is ``+4690161000``.
    """
    found = _NUMBER.search(telephone.replace("(0)", ""))
    return re.sub(r"[^+0-9]", "", found[0]) if found else ""


def read(path: str | None = None) -> Operator:
    """Return who is behind the page, from a TOML file; without one nobody is named.

    Args:
        path: the file; by default the one that `VARIABLE` names.

    Raises:
        NmtRagError: the file cannot be read, or holds something else than the names of `Operator`, an address that is
            none or a telephone without a number.
    """
    named = path or os.environ.get(VARIABLE, "")
    if not named:
        return Operator()
    try:
        row = tomllib.loads(Path(named).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NmtRagError(f"the file about who is behind the page cannot be read: {named}: {error}") from error
    known = [field.name for field in fields(Operator)]
    wrong = [name for name, value in row.items() if name not in known or not isinstance(value, str)]
    if wrong:
        raise NmtRagError(f"{named}: {wrong[0]} is not known or is no text; the file holds {', '.join(known)}")
    operator = Operator(**row)
    if operator.email and not re.fullmatch(r"[^@\s]+@[^@\s]+", operator.email):
        raise NmtRagError(f"{named}: email is no address: {operator.email!r}")
    if operator.telephone and not dialled(operator.telephone):
        raise NmtRagError(f"{named}: telephone holds no number: {operator.telephone!r}")
    return operator
