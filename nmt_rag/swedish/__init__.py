"""The Swedish language: words, stems, sentences, word lists; it knows no document and no index."""

from typing import TYPE_CHECKING

from nmt_rag.faces import lazy

if TYPE_CHECKING:
    from nmt_rag.swedish import blocks, pieces, terms, tongues, verbs, wholewords, wordlists
    from nmt_rag.swedish.analyzer import (
        NEGATIONS,
        NUMBER_WORDS,
        PLAIN_WORD,
        denies,
        denies_more,
        is_stem,
        meanings,
        number_figures,
        pairs,
        share,
        stem,
        stop_words,
        tokens,
        words,
    )
    from nmt_rag.swedish.blocks import BlockSpan, is_delimiter_row, is_list_item, list_mark_length, sentences, trimmed
    from nmt_rag.swedish.pieces import SentenceSplitter, TextSplitter
    from nmt_rag.swedish.sentence_ends import ends_abbreviated
    from nmt_rag.swedish.verbs import MODALS
    from nmt_rag.swedish.wholewords import LIGATURES, composed, is_base, is_note_mark, normalized

__all__ = [
    "LIGATURES",
    "MODALS",
    "NEGATIONS",
    "NUMBER_WORDS",
    "PLAIN_WORD",
    "BlockSpan",
    "SentenceSplitter",
    "TextSplitter",
    "blocks",
    "composed",
    "denies",
    "denies_more",
    "ends_abbreviated",
    "is_base",
    "is_delimiter_row",
    "is_list_item",
    "is_note_mark",
    "is_stem",
    "list_mark_length",
    "meanings",
    "normalized",
    "number_figures",
    "pairs",
    "pieces",
    "sentences",
    "share",
    "stem",
    "stop_words",
    "terms",
    "tokens",
    "tongues",
    "trimmed",
    "verbs",
    "wholewords",
    "wordlists",
    "words",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "swedish.analyzer": (
            "NEGATIONS",
            "NUMBER_WORDS",
            "PLAIN_WORD",
            "denies",
            "denies_more",
            "is_stem",
            "meanings",
            "number_figures",
            "pairs",
            "share",
            "stem",
            "stop_words",
            "tokens",
            "words",
        ),
        "swedish.blocks": (
            "BlockSpan",
            "blocks",
            "is_delimiter_row",
            "is_list_item",
            "list_mark_length",
            "sentences",
            "trimmed",
        ),
        "swedish.pieces": (
            "SentenceSplitter",
            "TextSplitter",
            "pieces",
        ),
        "swedish.sentence_ends": ("ends_abbreviated",),
        "swedish.terms": ("terms",),
        "swedish.tongues": ("tongues",),
        "swedish.verbs": (
            "MODALS",
            "verbs",
        ),
        "swedish.wholewords": (
            "LIGATURES",
            "composed",
            "is_base",
            "is_note_mark",
            "normalized",
            "wholewords",
        ),
        "swedish.wordlists": ("wordlists",),
    },
)
