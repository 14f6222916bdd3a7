"""The front door: an index with its encoder, opened and asked."""

from typing import TYPE_CHECKING

from nmt_rag.faces import lazy

if TYPE_CHECKING:
    from nmt_rag.index import Report
    from nmt_rag.rag import windows
    from nmt_rag.rag.opening import open_rag
    from nmt_rag.rag.rag import Conversation, Rag
    from nmt_rag.rag.windows import MAX_WINDOW, described

__all__ = ["MAX_WINDOW", "Conversation", "Rag", "Report", "described", "open_rag", "windows"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "index.adding": ("Report",),
        "rag.opening": ("open_rag",),
        "rag.rag": (
            "Conversation",
            "Rag",
        ),
        "rag.windows": (
            "MAX_WINDOW",
            "described",
            "windows",
        ),
    },
)
