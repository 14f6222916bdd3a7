"""An index of documents, passages and embeddings, in a folder, in memory or in Qdrant: add, remove, search, verify."""

from typing import TYPE_CHECKING

from nmt_rag.faces import lazy

if TYPE_CHECKING:
    from nmt_rag.index import filters, packaged
    from nmt_rag.index.adding import Report
    from nmt_rag.index.checks import Check
    from nmt_rag.index.conditions import ACTOR, MAX_NUMBER_LENGTH, NUMBER_PATTERN, Filter
    from nmt_rag.index.contents import MOMENTS, Memory
    from nmt_rag.index.engines import opening
    from nmt_rag.index.engines.dense.file import read_embeddings
    from nmt_rag.index.engines.embedded import WHOLE_TEXTS
    from nmt_rag.index.filters import SIGNS, Where, parse
    from nmt_rag.index.index import DATABASE, Added, Index
    from nmt_rag.index.sealing import holds, seal
    from nmt_rag.index.shards.embedding import embed
    from nmt_rag.index.shards.shards import load_shards
    from nmt_rag.index.storage.records import Records
    from nmt_rag.index.storage.rows import Place

__all__ = [
    "ACTOR",
    "DATABASE",
    "MAX_NUMBER_LENGTH",
    "MOMENTS",
    "NUMBER_PATTERN",
    "SIGNS",
    "WHOLE_TEXTS",
    "Added",
    "Check",
    "Filter",
    "Index",
    "Memory",
    "Place",
    "Records",
    "Report",
    "Where",
    "embed",
    "filters",
    "holds",
    "load_shards",
    "opening",
    "packaged",
    "parse",
    "read_embeddings",
    "seal",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "index.adding": ("Report",),
        "index.checks": ("Check",),
        "index.engines.dense.file": ("read_embeddings",),
        "index.engines.embedded": ("WHOLE_TEXTS",),
        "index.engines.opening": ("opening",),
        "index.conditions": (
            "ACTOR",
            "MAX_NUMBER_LENGTH",
            "NUMBER_PATTERN",
            "Filter",
        ),
        "index.contents": (
            "MOMENTS",
            "Memory",
        ),
        "index.filters": (
            "SIGNS",
            "Where",
            "filters",
            "parse",
        ),
        "index.index": (
            "Added",
            "DATABASE",
            "Index",
        ),
        "index.packaged": ("packaged",),
        "index.sealing": (
            "holds",
            "seal",
        ),
        "index.shards.embedding": ("embed",),
        "index.shards.shards": ("load_shards",),
        "index.storage.records": ("Records",),
        "index.storage.rows": ("Place",),
    },
)
