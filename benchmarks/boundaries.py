"""How many sentences come out exactly as people marked them, in texts that the rules of sentences were not made with.

`NMT_RAG_SHARED=… python -m benchmarks.boundaries` puts marked sentences together to texts: as paragraphs on one line
each, and wrapped to some widths. Two kinds: segments of news that translators kept apart (NTREX-128; some hold two
sentences or more), and documents written sentence by sentence in the form of agencies' pages.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import os
import re
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx
import reportlab
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

from benchmarks.measuring import Measurement, table
from nmt_rag.documents.decoding import normalize
from nmt_rag.documents.loading import load_file, made
from nmt_rag.documents.passages import split
from nmt_rag.swedish.blocks import sentences
from nmt_rag.types import Document

WIDTHS = (0, 50, 66, 80)
"""Lines are wrapped to so many characters; 0: not at all."""
MARKS = Path(__file__).parent / "data/boundaries.jsonl"
_IN_PARAGRAPH = 4
_ENDED = re.compile(r"[.!?…:][\"'”’»)]*$")
_BEGINS_LINE = re.compile(r"\d+ (?:[a-z] )?§|\d+[.)] |[-•*–] |[a-z]\) ")


def marked(shared: Path) -> dict[str, list[list[list[str]]]]:
    """Return documents as paragraphs of sentences, by the kind of their text."""
    news = [row["sv"] for row in _rows(shared / "data/eval/bitext_ntrex_dev.jsonl.xz") if row.get("sv")]
    groups = (news[place : place + _IN_PARAGRAPH] for place in range(0, len(news), _IN_PARAGRAPH))
    paragraphs = list(itertools.chain.from_iterable(map(_paragraphs, groups)))
    documents = {tuple(row["sentences"]) for row in _rows(shared / "data/train/reader_sv.jsonl.xz") if _is_written(row)}
    return {
        "news": [paragraphs[place : place + 10] for place in range(0, len(paragraphs), 10)],
        "written as agencies write": [list(_paragraphs(document)) for document in sorted(documents)],
    }


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _is_written(row: dict[str, Any]) -> bool:
    return row["source"] == "written" and row.get("text") == "made up" and row["split"] == "dev"


def _paragraphs(found: Sequence[str]) -> Iterator[list[str]]:
    """Yield the sentences that stand in one paragraph: what has no full stop, or begins a section, stands alone."""
    paragraph: list[str] = []
    for sentence in found:
        if paragraph and (not _ENDED.search(paragraph[-1]) or _BEGINS_LINE.match(sentence) or sentence[0].islower()):
            yield paragraph
            paragraph = []
        paragraph.append(sentence)
    if paragraph:
        yield paragraph


def outcomes(document: Sequence[Sequence[str]], width: int) -> list[tuple[str, bool, bool]]:
    """Return the marked sentences of a document; of each, whether both its ends are found, and whether it is whole too.

    Args:
        document: its paragraphs, each as sentences.
        width: lines are wrapped to so many characters, table rows apart, or not at all (0).
    """
    wrap = textwrap.TextWrapper(width or sys.maxsize, break_long_words=False, break_on_hyphens=False)
    parts = (" ".join(" ".join(paragraph).split()) for paragraph in document)
    text = "\n\n".join(part if " | " in part else wrap.fill(part) for part in parts)
    found = set(sentences(text))
    starts, ends = {start for start, _ in found}, {end for _, end in found}
    result: list[tuple[str, bool, bool]] = []
    place = 0
    for sentence in itertools.chain.from_iterable(document):
        match = re.compile(r"\s+".join(map(re.escape, sentence.split()))).search(text, place)
        if match is None:
            raise RuntimeError(f"the text lacks what it was made of: {sentence}")
        start, place = match.span()
        result.append((sentence, start in starts and place in ends, (start, place) in found))
    return result


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """A real page, and where what may be cited of it begins and ends for a reader."""

    document: Document
    marks: tuple[tuple[int, int], ...]


def marked_pages(shared: Path, marks: Path = MARKS) -> list[MarkedPage]:
    """Return the real pages that were marked, in the order of the marks.

    Raises:
        RuntimeError: a page is missing, or is not the text that was marked.
    """
    rows = [json.loads(line) for line in marks.read_text(encoding="utf-8").splitlines()]
    files = {name: _texts(shared / name) for name in dict.fromkeys(row["file"] for row in rows)}
    pages: list[MarkedPage] = []
    for row in rows:
        title, text = files[row["file"]].get(row["id"], ("", " "))
        document = (
            made({"title": title}, normalize(text), row["id"] or Path(row["file"]).stem) if text.strip() else None
        )
        if document is None or document.sha256 != row["sha256"]:
            raise RuntimeError(f"{row['file']} {row['id']} is not the text that was marked")
        pages.append(MarkedPage(document, tuple((start, end) for start, end in row["marks"])))
    return pages


def _texts(path: Path) -> Mapping[str, tuple[str, str]]:
    """Return the titles and texts of a file by their ids; a file of one text has none."""
    if path.suffix == ".txt":
        return {"": (path.stem, path.read_text(encoding="utf-8"))}
    rows = [row for row in _rows(path) if "text" in row]
    return {str(row.get("id") or row["sfs"]): (str(row.get("title", "")), row["text"]) for row in rows}


def compared(page: MarkedPage, document: Document | None = None) -> tuple[int, int, int, list[str]]:
    """Return how many sentences are marked, how many passages are found, how many are the same, and the others.

    Args:
        page: the page as it was marked.
        document: its text as it was read from a file, if it was laid out as one.
    """
    document = document or page.document
    found = {(passage.start, passage.end) for passage in split(document)}
    wanted = _placed(page, document) if document != page.document else list(page.marks)
    same = found.intersection(filter(None, wanted))
    missed = [
        page.document.text[slice(*mark)] for mark, place in zip(page.marks, wanted, strict=True) if place not in found
    ]
    return len(page.marks), len(found), len(same), missed


def _placed(page: MarkedPage, document: Document) -> list[tuple[int, int] | None]:
    """Return where the marked sentences stand in the text of a file, whose white space differs; None: nowhere."""
    result: list[tuple[int, int] | None] = []
    place = 0
    for start, end in page.marks:
        words = map(re.escape, page.document.text[start:end].replace("\u00ad", "").split())
        match = re.compile(r"\s+".join(words)).search(document.text, place)
        result.append(match.span() if match else None)
        place = match.end() if match else place
    return result


def _lines(page: MarkedPage) -> Iterator[tuple[str, bool]]:
    """Yield the lines of a page, and whether each is a heading or a note: nothing in it is marked."""
    for match in re.finditer(r"[^\n]+", page.document.text):
        if line := match.group().replace("\u00ad", "").strip():
            yield line, not any(start < match.end() and match.start() < end for start, end in page.marks)


def print_pdf(page: MarkedPage, path: Path) -> None:
    """Lay a page out as a PDF of A4 pages, with lines as long as fit."""
    fonts = Path(reportlab.__file__).parent / "fonts"
    for name, file in (("Vera", "Vera.ttf"), ("VeraBd", "VeraBd.ttf")):
        pdfmetrics.registerFont(TTFont(name, fonts / file))
    plain = ParagraphStyle("plain", fontName="Vera", fontSize=10, leading=13, spaceAfter=7)
    heading = ParagraphStyle("heading", fontName="VeraBd", fontSize=14, leading=18, spaceBefore=10, spaceAfter=6)
    parts = [Paragraph(escape(line), heading if headed else plain) for line, headed in _lines(page)]
    SimpleDocTemplate(str(path), pagesize=A4).build(parts)


def print_docx(page: MarkedPage, path: Path) -> None:
    """Lay a page out as a Word file: a paragraph a line, with the style of a heading where it is one."""
    made_up = docx.Document()
    for line, headed in _lines(page):
        made_up.add_paragraph(line, style="Heading 2" if headed else None)
    made_up.save(str(path))


def _read(page: MarkedPage, suffix: str) -> Document:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sida{suffix}"
        {".pdf": print_pdf, ".docx": print_docx}[suffix](page, path)
        (document,) = load_file(path)
    return document


def run_pages(pages: Sequence[MarkedPage], *, shown: int = 0) -> list[Measurement]:
    """Return the shares of marked sentences that come out exactly, and of passages that are marked, of real pages."""
    groups = {"real pages": [compared(page) for page in pages]}
    for suffix in (".pdf", ".docx"):
        groups[f"the same as {suffix}"] = [compared(page, _read(page, suffix)) for page in pages]
    measured: list[Measurement] = []
    for name, got in groups.items():
        n_marked, n_found, n_same = (sum(one[which] for one in got) for which in range(3))
        measured.append(
            Measurement(
                f"{name}: marked sentences that come out exactly, of {n_marked:,}", n_same / n_marked, "", at_least=0.98
            )
        )
        measured.append(
            Measurement(
                f"{name}: passages that are marked sentences, of {n_found:,}", n_same / n_found, "", at_least=0.98
            )
        )
        for sentence in list(itertools.chain.from_iterable(one[3] for one in got))[:shown]:
            print(f"{name}: {sentence}")
    return measured


def run(shared: Path, *, shown: int = 0) -> list[Measurement]:
    """Return the share of the sentences whose ends are found, and that come out whole, by kind and width.

    Args:
        shared: the folder with the marked sentences.
        shown: so many of the others are printed.
    """
    measured: list[Measurement] = []
    for kind, documents in marked(shared).items():
        for width in WIDTHS:
            got = [one for document in documents for one in outcomes(document, width)]
            how = f"{kind}, {f'wrapped to {width}' if width else 'a paragraph a line'}"
            ended, whole = (sum(one[which] for one in got) / len(got) for which in (1, 2))
            measured.append(Measurement(f"{how}: both ends found, of {len(got):,}", ended, "", at_least=0.98))
            measured.append(Measurement(f"{how}: and nothing cut inside", whole, ""))
            for sentence, *_ in [one for one in got if not one[1]][:shown]:
                print(f"{how}: {sentence}")
    return measured


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.boundaries", description="Where sentences end.")
    parser.add_argument("--show", type=int, default=0, help="so many of the sentences that come out otherwise")
    parsed = parser.parse_args(arguments)
    if not (shared := os.environ.get("NMT_RAG_SHARED")):
        parser.error("NMT_RAG_SHARED names no folder of marked sentences")
    pages = run_pages(marked_pages(Path(shared)), shown=parsed.show)
    print(table([*pages, *run(Path(shared), shown=parsed.show)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
