"""The front door: an index with its encoder, opened and asked."""

from typing import TYPE_CHECKING

from nmt_rag.faces import lazy

if TYPE_CHECKING:
    from nmt_rag.rag.adding import Report
    from nmt_rag.rag.moments import MOMENTS
    from nmt_rag.rag.opening import load, open_rag
    from nmt_rag.rag.rag import Rag

__all__ = ["MOMENTS", "Rag", "Report", "load", "open_rag"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "rag.adding": ("Report",),
        "rag.moments": ("MOMENTS",),
        "rag.opening": (
            "load",
            "open_rag",
        ),
        "rag.rag": ("Rag",),
    },
)
