"""Records: which texts an indexing run has put in, and when; kept in the index's own database.

LangChain's indexing API (`nmt_rag.langchain.indexing`) skips what has a record and cleans up by its time. The table is
made when records are first kept; an index without it is the same index. A record's key is the id of a document.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from nmt_rag.index.storage.database import Database
from nmt_rag.index.storage.rows import marks, parts_of
from nmt_rag.index.storage.schema import RECORDS_SCHEMA

_TICK = 1e-6
"""The least difference between two times (seconds); a float of today's date resolves a quarter of it."""


class Records:
    """The records of one namespace, an independent set of texts within an index.

    Raises:
        NmtRagError: the table cannot be made, as in a folder that cannot be written.
    """

    def __init__(self, database: Database, namespace: str) -> None:
        self._database = database
        self.namespace = namespace
        if not kept(database):
            with database.changing():
                for statement in RECORDS_SCHEMA:
                    database.run(statement)

    def now(self) -> float:
        """Return a time in seconds that is later than every record's, even where the clock was set back."""
        latest = self._database.rows("SELECT max(updated) FROM records WHERE namespace = ?", (self.namespace,))[0][0]
        return max(time.time(), (latest or 0.0) + _TICK)

    def update(self, keys: Sequence[str], group_ids: Sequence[str | None], at_least: float) -> None:
        """Write records, or write them anew, all with one time no earlier than the given one, in one commit."""
        rows = zip(keys, group_ids, strict=True)
        with self._database.changing():
            now = max(self.now(), at_least)
            self._database.run_many(
                "INSERT OR REPLACE INTO records (namespace, key, group_id, updated) VALUES (?, ?, ?, ?)",
                [(self.namespace, key, group_id, now) for key, group_id in rows],
            )

    def exist(self, keys: Sequence[str]) -> list[bool]:
        """Tell for each key whether there is a record."""
        found: set[str] = set()
        for part in parts_of(keys):
            sql = f"SELECT key FROM records WHERE key IN ({marks(part)}) AND namespace = ?"
            found.update(row[0] for row in self._database.rows(sql, [*part, self.namespace]))
        return [key in found for key in keys]

    def keys(
        self, *, before: float | None, after: float | None, group_ids: Sequence[str] | None, limit: int | None
    ) -> list[str]:
        """Return the keys of records by time and group, the oldest first; None stands for no condition."""
        times = [(sign, value) for sign, value in (("<", before), (">", after)) if value is not None]
        conditions = "".join(f" AND updated {sign} ?" for sign, _ in times)
        rows = self._database.rows(
            f"SELECT key, group_id FROM records WHERE namespace = ?{conditions} ORDER BY updated, key",
            [self.namespace, *(value for _, value in times)],
        )
        groups = None if group_ids is None else set(group_ids)
        found = [key for key, group_id in rows if groups is None or group_id in groups]
        return found[:limit]

    def delete(self, keys: Sequence[str]) -> None:
        """Delete records in one commit; unknown keys are passed over."""
        with self._database.changing():
            self._database.run_many(
                "DELETE FROM records WHERE namespace = ? AND key = ?", [(self.namespace, key) for key in keys]
            )


def kept(database: Database) -> bool:
    """Tell whether records were ever kept in an index."""
    return bool(database.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'records'"))


def disagreement(database: Database) -> str:
    """Return how the records and the texts of an index differ, or an empty string; without records nothing differs."""
    if not kept(database) or not database.rows("SELECT 1 FROM records LIMIT 1"):
        return ""
    faults = []
    for what, sql in (
        ("records without a text", "min(key) FROM records WHERE key NOT IN (SELECT id FROM documents)"),
        ("texts without a record", "min(id) FROM documents WHERE id NOT IN (SELECT key FROM records)"),
    ):
        n_found, first = database.rows(f"SELECT count(*), {sql}")[0]
        if n_found:
            faults.append(f"{n_found} {what} ({first!r}{', …' if n_found > 1 else ''})")
    return " and ".join(faults)
