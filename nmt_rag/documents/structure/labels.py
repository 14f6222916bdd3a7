"""Which blocks of a text head what follows without being a section: questions of a FAQ and bold lines.

What is below a label, and what marks a heading, is settled in `nmt_rag.documents.structure.layout`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nmt_rag import swedish
from nmt_rag.documents.structure import markdown
from nmt_rag.swedish import BlockSpan, blocks

MAX_QUESTION_LENGTH = 300
"""A longer question would be read with each sentence below it, and heads nothing (characters)."""

_QUESTION = re.compile(r"\?[!?]*[\"'”’»)\]*_]*$")
_STATEMENT = re.compile(r"(?<!\d)[.!…]+[\"'”’»)\]*_]*$")
"""How a sentence ends that says something; «Steg 1.» only numbers what follows it."""
_BOX = re.compile("[☐☑☒]")
"""A form's box: what was ticked is the answer to a question in the same line."""


@dataclass(frozen=True, slots=True)
class BlockLabel:
    """The sentences that a block begins with, ``n_sentences``, as what heads the text below, up to ``scope``.

    ``inline`` tells a question that heads only the rest of its own paragraph.
    """

    n_sentences: int
    scope: int
    inline: bool = False


def labels(text: str, parts: Sequence[BlockSpan]) -> dict[int, BlockLabel]:
    """Return the labels that blocks begin with, by the numbers of the blocks."""
    heads: dict[int, BlockLabel] = {}
    titles = {
        _folded(text[block.start : block.end]) for block in parts if markdown.MARKED.match(text, block.start, block.end)
    }
    asking = [_n_questions(text, block) for block in parts]
    alone = [n == len(block.sentences) for n, block in zip(asking, parts, strict=True)]
    bold = [not block.row and blocks.is_bold_line(text[block.start : block.end]) for block in parts]
    for place, block in enumerate(parts):
        following = parts[place + 1] if place + 1 < len(parts) else None
        if not alone[place] and not bold[place]:
            if asking[place] and not block.row:
                lasting = _is_bold_at(text, block)
                heads[place] = BlockLabel(asking[place], len(text) if lasting else block.end, inline=not lasting)
            continue
        headed = following and not (
            alone[place + 1] or bold[place + 1] or markdown.MARKED.match(text, following.start, following.end)
        )
        listed = place and alone[place - 1] and "\n\n" not in gap(text, parts[place - 1], block)
        if headed and (alone[place] or not _states(text, block)) and (bold[place] or not listed):
            heads[place] = BlockLabel(len(block.sentences), len(text))
    titles |= {_folded(text[parts[place].start : parts[place].end]) for place in heads}
    for place, block in enumerate(parts):  # a question in a list of contents
        if alone[place] and place not in heads and _folded(text[block.start : block.end]) in titles:
            heads[place] = BlockLabel(len(block.sentences), len(text))
    return _ended(text, parts, heads)


def asks_again(text: str, block: BlockSpan, position: int) -> bool:
    """Tell whether a sentence is another question of a block that begins with one, and has its answer behind it."""
    start, end = block.sentences[position]
    short = end - start <= MAX_QUESTION_LENGTH
    return short and position + 1 < len(block.sentences) and _QUESTION.search(text[start:end]) is not None


def gap(text: str, before: BlockSpan, after: BlockSpan) -> str:
    """Return what parts two blocks, without spaces: only its line breaks tell anything."""
    return re.sub(r"[ \t\xa0]", "", text[before.end : after.start])


def _ended(text: str, parts: Sequence[BlockSpan], heads: dict[int, BlockLabel]) -> dict[int, BlockLabel]:
    """Return the labels, those of plain questions ended by the next question that has its answer behind it.

    Both are questions of one FAQ; one in bold type outranks what is asked in its answer.
    """
    result, asked_next = dict(heads), len(text)
    for place, label in sorted(heads.items(), reverse=True):
        if label.inline:
            asked_next = parts[place].start
        elif not _is_bold_at(text, parts[place]):
            result[place] = replace(label, scope=min(label.scope, asked_next))
    return result


def _n_questions(text: str, block: BlockSpan) -> int:
    """Return how many sentences a block begins with that are questions, and together no longer than a heading."""
    if block.row or text[block.start] == ">" or markdown.MARKED.match(text, block.start, block.end):
        return 0  # what somebody else asked, as an e-mail quotes it, heads nothing
    if _BOX.search(text, block.start, block.end):
        return 0
    heading = [span for span in block.sentences if span[1] - block.start <= MAX_QUESTION_LENGTH]
    asked = (_QUESTION.search(text[start:end]) for start, end in heading)
    return sum(1 for _ in itertools.takewhile(bool, asked))


def _states(text: str, block: BlockSpan) -> bool:
    """Tell whether a bold line, or a sentence in it, is a whole sentence: it is text that matters, no label."""
    *others, _ = block.sentences
    return text[block.end - 3 : block.end - 2] in ".!" or any(
        _STATEMENT.search(text[start:end]) for start, end in others
    )


def _is_bold_at(text: str, block: BlockSpan) -> bool:
    """Tell whether a block begins in bold type, behind its list mark."""
    mark = swedish.list_mark_length(text[block.start : block.end])
    return text.startswith(("**", "__"), block.start + mark)


def _folded(title: str) -> str:
    return " ".join(swedish.words(title))
