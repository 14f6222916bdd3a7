"""A PDF → its text with headings, list items and table rows marked, and the offset at which each page begins.

Text recognition is not done here: pages that are only pictures are named.
"""

from __future__ import annotations

from nmt_rag.documents.formats import Block, FileDraft, Remark, join_blocks, sensible_title
from nmt_rag.documents.pdf import layout, pages, words
from nmt_rag.errors import CorpusError

OCR = "run text recognition (OCR) on it first, for example ocrmypdf"


def read_pdf(data: bytes) -> FileDraft:
    """Return the text of a PDF in reading order, and the offset at which each page starts.

    Raises:
        CorpusError: the file is no PDF, needs a password, or holds no text.
    """
    file = words.read(data)
    blocks = layout.read(file)
    if not blocks:
        raise CorpusError(f"the PDF holds no text, probably scanned images: {OCR}")
    starts: dict[int, int] = {}
    done: list[Block] = []
    pieces: list[str] = []
    length = 0
    for number, (block, page, breaks) in enumerate(blocks):
        joined = join_blocks([*done[-1:], block])
        new = joined[len(join_blocks(done[-1:])) :]
        offset = length + len(new) - len(block.mark + block.text)
        starts.setdefault(page, offset if number else 0)
        for later, at in breaks:
            starts.setdefault(later, offset + at)
        pieces.append(new)
        length += len(new)
        done.append(block)
    text = "".join(pieces)
    pages, following = [], length
    for page in reversed(range(len(file.pages))):
        following = min(following, starts.get(page, following))
        pages.append(following)
    pages.reverse()
    pages[0] = 0
    return FileDraft(text, sensible_title(file.title), language=file.language, pages=tuple(pages), notes=_notes(file))


def _notes(file: pages.File) -> tuple[Remark, ...]:
    """Return a line that names the pages without text that hold pictures."""
    scanned = [n for n, page in enumerate(file.pages, 1) if page.pictured and len(page.words) < 6]
    if not scanned:
        return ()
    runs: list[list[int]] = []
    for number in scanned:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    named = ", ".join(f"{first}–{last}" if first < last else str(first) for first, last in runs)
    pages, hold = ("pages", "hold") if len(scanned) > 1 else ("page", "holds")
    message = f"{pages} {named} {hold} no text, only pictures (scanned?), and were left out: {OCR}"
    return (Remark("scanned", named, message),)
