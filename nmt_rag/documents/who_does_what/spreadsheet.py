"""Who does what → CSV and JSON to keep, with the quote and its place in every row.

A cell that a spreadsheet would take for a formula begins with an apostrophe, since the texts are not ours.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from nmt_rag import strict_json
from nmt_rag.documents.who_does_what.tasks import Responsibility

COLUMNS = (
    *("actor", "verb", "said", "task", "condition", "negated"),
    *("quote", "lead", "section", "title", "url", "document_id", "start", "end", "source_sha256"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(rows: Iterable[Responsibility], *, columns: Sequence[str] = COLUMNS, separator: str = ",") -> str:
    """Return the rows as CSV (RFC 4180) with a header, one row each; ``negated`` is 1 or 0.

    Args:
        rows: who does what.
        columns: what the header calls them, in the order of `COLUMNS`.
        separator: what stands between two cells; a Swedish Excel opens only a semicolon as columns.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(columns)
    for row in rows:
        cited = row.citation
        cells = (
            *(row.actor, row.verb, row.said, row.task, row.condition, int(row.negated)),
            *(cited.quote, row.lead.quote if row.lead else "", row.section, cited.title, cited.url, cited.document_id),
            *(cited.start, cited.end, cited.source_sha256),
        )
        writer.writerow([_harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue()


def as_json(rows: Iterable[Responsibility]) -> str:
    """Return the rows as one JSON list, as `Responsibility.to_dict` gives them."""
    return strict_json.dumps([row.to_dict() for row in rows], indent=1) + "\n"


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
