"""Rich text (.rtf) → its text; headings are known by their layout only. Footnotes and pictures are left out."""

from __future__ import annotations

import re

from nmt_rag.documents.decoding import clean
from nmt_rag.documents.formats import Block, FileDraft, Remark, join_blocks
from nmt_rag.documents.office import packages
from nmt_rag.errors import CorpusError

_KIND = "rich text (.rtf)"
_UNTOLD = (
    ("hidden", re.compile(rb"\\footnote\b"), "footnotes were left out"),
    ("struck", re.compile(rb"\\(?:striked?1?|v|deleted)(?![a-z0-9])"), "struck-out and hidden text was kept as text"),
)


def read_rtf(data: bytes) -> FileDraft:
    """Return the text of a rich text file, its table rows marked.

    Raises:
        CorpusError: the file is no RTF, or striprtf is not installed.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise CorpusError(f"the file is no {_KIND}: save it anew")
    with packages.reading(_KIND, "striprtf"):
        from striprtf import striprtf

        text = clean(striprtf.rtf_to_text(data.decode("latin-1"), errors="replace"))  # type: ignore[no-untyped-call]
    blocks: list[Block] = []
    for line in text.split("\n"):
        cells = [" ".join(cell.split()) for cell in line.rstrip().removesuffix("|").split("|")]
        if line.rstrip().endswith("|") and len(cells) > 1:
            blocks.append(Block(" | ".join(cells), row=True))
        elif line.strip():
            mark, _, item = line.strip().partition("\t")
            is_item = bool(item.strip()) and re.fullmatch(r"[•·◦▪\uf0b7o-]|\(?\w{1,3}[.)]", mark)
            blocks.append(
                Block(" ".join(item.split()), "- " if not mark[0].isalnum() else f"{mark} ")
                if is_item
                else Block(line.strip())
            )
    remarks = tuple(Remark(kind, "", message) for kind, found, message in _UNTOLD if found.search(data))  # type: ignore[arg-type]
    return FileDraft(join_blocks(blocks), notes=remarks)
