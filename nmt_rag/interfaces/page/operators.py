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
            digits = "".join(filter(str.isdecimal, self.telephone))
            yield f'<a href="tel:{digits}">{escape(self.telephone)}</a>'


def read(path: str | None = None) -> Operator:
    """Return who is behind the page, from a TOML file; without one nobody is named.

    Args:
        path: the file; by default the one that `VARIABLE` names.

    Raises:
        NmtRagError: the file cannot be read, or holds something else than the names of `Operator`.
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
    return operator
