"""LangChain's indexing API: a record manager whose records lie in the index's own database.

`langchain_core.indexing.index(documents, store.record_manager(…), store, cleanup=…, source_id_key=…)` then adds what is
new, skips what is unchanged and removes what is gone. What the two hold is compared by ``verify``.
"""

from __future__ import annotations

from collections.abc import Sequence

from nmt_rag import extras
from nmt_rag.index import Records

try:
    from langchain_core.indexing import RecordManager
    from langchain_core.runnables import run_in_executor
except ModuleNotFoundError as error:
    raise extras.missing("nmt_rag.langchain.indexing", "langchain-core", "langchain") from error


class IndexRecordManager(RecordManager):
    """The records of one namespace of an index; see `nmt_rag.langchain.FaissVectorStore.record_manager`."""

    def __init__(self, records: Records) -> None:
        super().__init__(records.namespace)
        self._records = records

    def create_schema(self) -> None:
        """Do nothing: the table is there already."""

    async def acreate_schema(self) -> None:
        """Do nothing: the table is there already."""

    def get_time(self) -> float:
        """Return a time in seconds, later than every record's even where the clock was set back."""
        return self._records.now()

    async def aget_time(self) -> float:
        """Return what `get_time` does, without blocking."""
        return await run_in_executor(None, self.get_time)

    def update(
        self,
        keys: Sequence[str],
        *,
        group_ids: Sequence[str | None] | None = None,
        time_at_least: float | None = None,
    ) -> None:
        """Write records, or write them anew, in one commit, at no earlier time than the given.

        Raises:
            ValueError: the numbers of keys and groups differ.
        """
        if group_ids is not None and len(keys) != len(group_ids):
            raise ValueError(f"there are {len(keys)} keys and {len(group_ids)} group ids; give as many")
        self._records.update(keys, [None] * len(keys) if group_ids is None else group_ids, time_at_least or 0.0)

    async def aupdate(
        self,
        keys: Sequence[str],
        *,
        group_ids: Sequence[str | None] | None = None,
        time_at_least: float | None = None,
    ) -> None:
        """Do what `update` does, without blocking."""
        await run_in_executor(None, self.update, keys, group_ids=group_ids, time_at_least=time_at_least)

    def exists(self, keys: Sequence[str]) -> list[bool]:
        """Tell for each key whether there is a record."""
        return self._records.exist(keys)

    async def aexists(self, keys: Sequence[str]) -> list[bool]:
        """Do what `exists` does, without blocking."""
        return await run_in_executor(None, self.exists, keys)

    def list_keys(
        self,
        *,
        before: float | None = None,
        after: float | None = None,
        group_ids: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> list[str]:
        """Return the keys of records, the oldest first: written before or after a time, of some groups, so many."""
        return self._records.keys(before=before, after=after, group_ids=group_ids, limit=limit)

    async def alist_keys(
        self,
        *,
        before: float | None = None,
        after: float | None = None,
        group_ids: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> list[str]:
        """Do what `list_keys` does, without blocking."""
        return await run_in_executor(None, self.list_keys, before=before, after=after, group_ids=group_ids, limit=limit)

    def delete_keys(self, keys: Sequence[str]) -> None:
        """Delete records in one commit; unknown keys are passed over."""
        self._records.delete(keys)

    async def adelete_keys(self, keys: Sequence[str]) -> None:
        """Do what `delete_keys` does, without blocking."""
        await run_in_executor(None, self.delete_keys, keys)
