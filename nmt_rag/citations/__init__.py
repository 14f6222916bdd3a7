"""A quote and its place in a text: made, checked, found again, linked to, shown as one line."""

from typing import TYPE_CHECKING

from nmt_rag.faces import lazy

if TYPE_CHECKING:
    from nmt_rag.citations.comparing import difference, likeness, places, within_sentences
    from nmt_rag.citations.links import deep_link
    from nmt_rag.citations.quotes import (
        Verification,
        cite,
        cite_passage,
        full_reading,
        fuller,
        headed,
        inwards,
        joined,
        lead,
        page_label,
        quoted,
        recheck,
        unbroken,
        verify,
    )

__all__ = [
    "Verification",
    "cite",
    "cite_passage",
    "deep_link",
    "difference",
    "full_reading",
    "fuller",
    "headed",
    "inwards",
    "joined",
    "lead",
    "likeness",
    "page_label",
    "places",
    "quoted",
    "recheck",
    "unbroken",
    "verify",
    "within_sentences",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "citations.comparing": (
            "difference",
            "likeness",
            "places",
            "within_sentences",
        ),
        "citations.links": ("deep_link",),
        "citations.quotes": (
            "Verification",
            "cite",
            "cite_passage",
            "full_reading",
            "fuller",
            "headed",
            "inwards",
            "joined",
            "lead",
            "page_label",
            "quoted",
            "recheck",
            "unbroken",
            "verify",
        ),
    },
)
