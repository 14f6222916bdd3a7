"""Damaged files of every format: each must end in documents, or in one line that says what is wrong, and in time.

`python -m benchmarks.mutating --seconds 300` makes a sample of each format, changes bytes, lines, tags and parts of it
by a seed, and reads it as `nmt-rag index` does. What ends otherwise is kept in a folder and named. It is not part of
`python -m benchmarks`; the tests run a few hundred of its files.
"""

from __future__ import annotations

import argparse
import faulthandler
import io
import json
import random
import re
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from pathlib import Path

from nmt_rag import documents
from nmt_rag.documents import passages
from nmt_rag.documents.loading import Failure, Note
from nmt_rag.types import Document

SECONDS = 20.0
"""So much processor time a damaged sample of some kilobytes may take."""
_HANGS = 300.0
_PROSE = "Avgiften är 200 kronor per år. Ordf. Maria Ek svarar vard. 9–17 på tel. 08-12 34 56.¹ Se 4 kap. 2 § lagen."
_ROWS = [["Plats", "Lördag", "Söndag"], ["Motionssim", "9–15", "10–14"], ["Bad", "stängt", "11–13"]]
_STRANGE = [
    "\x00",
    "\ufeff",
    "\u202e",
    "\ud7ff",
    "e" + "\u0301" * 60,
    "\u00ad",
    "\u2028",
    "😀",
    "|",
    "\n\n",
    "# ",
    "?\n",
]
_NUMBERS = [b"0", b"-1", b"1e999", b"99999999999", b"2147483648", b"NaN", b"0x41"]


def samples() -> dict[str, bytes]:
    """Return a small sound file of each format, by its suffix."""
    table = "".join("<tr>" + "".join(f"<td colspan=1>{cell}</td>" for cell in row) + "</tr>" for row in _ROWS)
    page = (
        f"<html lang=sv><head><title>Avgifter</title><meta charset=utf-8></head><body><nav>Meny</nav><main><h1>Avgift"
        f"</h1><p>{_PROSE}<sup>1</sup></p><details><summary>Vad kostar det?</summary><p>Inget.</p></details><ul><li>Ett"
        f"<li>Två</ul><table>{table}</table><button aria-controls=a>Mer</button><div id=a hidden>Dolt.</div></main>"
    )
    lines = "\n".join(" | ".join(row) for row in _ROWS)
    markdown = f"---\ntitle: Avgifter\nurl: https://x.se\nn: 12\n---\n# Avgift\n\n{_PROSE}\n\n- Ett\n- Två\n\n{lines}\n"
    record = json.dumps({"id": "a", "text": _PROSE, "title": "T", "metadata": {"n": 1}}) + "\n"
    return {
        ".txt": f"AVGIFTER\n\n{_PROSE}\nVad kostar det?\nInget.\n".encode(),
        ".md": markdown.encode(),
        ".jsonl": (record + '{"text": "Andra raden."}\n').encode(),
        ".csv": "\n".join(";".join(row) for row in _ROWS).encode("cp1252"),
        ".html": page.encode(),
        ".eml": _mail(page),
        ".rtf": (
            rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0\b Avgift\b0\par Avgiften \'e4r 200 kr.\par "
            rb"\trowd\cellx1000\cellx2000 Bad\cell 9\cell\row {\*\x skip}\u229?r}"
        ),
        ".docx": _word(),
        ".pptx": _slides(),
        ".xlsx": _sheet(),
        ".odt": _opendocument(),
        ".pdf": _pdf(),
    }


def _mail(page: str) -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Avgifter på året", "Å Ö <a@x.se>", "b@x.se"
    mail.set_content(_PROSE)
    mail.add_alternative(page, subtype="html")
    mail.add_attachment(b"x", maintype="application", subtype="pdf", filename="å.pdf")
    return bytes(mail)


def _word() -> bytes:
    import docx

    made, out = docx.Document(), io.BytesIO()
    made.add_heading("Avgift", 1)
    made.add_paragraph(_PROSE)
    made.add_paragraph("Ett", style="List Number")
    table = made.add_table(3, 3)
    for cells, row in zip(table.rows, _ROWS, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    made.save(out)
    return out.getvalue()


def _slides() -> bytes:
    import pptx

    made, out = pptx.Presentation(), io.BytesIO()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "Avgift", _PROSE
    table = slide.shapes.add_table(3, 3, 0, 0, 10**6, 10**6).table
    for row, cells in enumerate(_ROWS):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    made.save(out)
    return out.getvalue()


def _sheet() -> bytes:
    import openpyxl

    made, out = openpyxl.Workbook(), io.BytesIO()
    for row in _ROWS:
        made.active.append(row)
    made.active.append(["Summa", 12.5, "=B2"])
    made.active.merge_cells("A5:B6")
    made.save(out)
    return out.getvalue()


def _opendocument() -> bytes:
    out = io.BytesIO()
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table")
    )
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in _ROWS
    )
    body = f'<text:h text:outline-level="1">Avgift</text:h><text:p>{_PROSE}</text:p><table:table>{rows}</table:table>'
    content = f"<office:document-content {spaces}><office:body><office:text>{body}</office:text></office:body>"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", f"{content}</office:document-content>")
    return out.getvalue()


def _pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=0)
    for page in (1, 2):
        canvas.drawString(72, 800, "Kommunen")
        for number, words in enumerate([_PROSE[:60], _PROSE[60:], *(" ".join(row) for row in _ROWS)]):
            canvas.drawString(72, 700 - 14 * number, words)
        canvas.drawString(300, 30, f"Sida {page}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def mutated(data: bytes, draw: random.Random) -> bytes:
    """Return a file with one to four changes; in an archive they are made in one of its parts, most often."""
    if data.startswith(b"PK") and draw.random() < 0.8:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            chosen = draw.choice([name for name in old.namelist() if name.endswith((".xml", ".rels"))])
            for name in old.namelist():
                part = old.read(name)
                if name != chosen:
                    new.writestr(name, part)
                elif draw.random() < 0.95:
                    new.writestr(name, _changed(part, draw))
        return out.getvalue()
    return _changed(data, draw)


def _changed(data: bytes, draw: random.Random) -> bytes:
    for _ in range(draw.randint(1, 4)):
        start = draw.randrange(len(data) + 1)
        end = min(len(data), start + draw.choice([1, 1, 4, 40, 400]))
        piece = data[start:end]
        change = draw.randrange(9)
        if change == 0:
            piece = draw.randbytes(len(piece))
        elif change == 1:
            piece = b""
        elif change == 2:
            piece = piece * draw.choice([2, 50, 2_000])
        elif change == 3:
            piece = draw.choice(_STRANGE).encode() * draw.choice([1, 300]) + piece
        elif change == 4:
            other = draw.randrange(len(data) + 1)
            piece = data[other : other + 200]
        elif change == 5:
            end = len(data) if draw.random() < 0.3 else end
        elif change == 6:  # another number
            found = list(re.finditer(rb"\d+", data))
            if found:
                start, end = draw.choice(found).span()
                piece = draw.choice(_NUMBERS)
        else:  # a tag or value is doubled, nested or lost
            found = list(re.finditer(rb"<[^<>]{1,200}>|\\\w+|\"[^\"]{1,80}\"|/\w+", data))
            if found:
                start, end = draw.choice(found).span()
                piece = data[start:end] * draw.choice([0, 2, 3_000])
        data = (data[:start] + piece + data[end:])[:2_000_000]
    return data


def wrong(file: Path, counts: Counter[str]) -> str:
    """Read a file and return what it should not have come to, or an empty string.

    Args:
        file: any file.
        counts: documents and refusals are counted here.
    """
    started = time.process_time()
    try:
        for one in documents.load([file]):
            counts[type(one).__name__] += 1
            if isinstance(one, Document):
                found = passages.split(one)
                if any(one.text[passage.start : passage.end] != passage.text for passage in found):
                    return "a passage does not stand at its place"
            elif isinstance(one, Failure | Note) and ("\n" in one.message or len(one.message) > 1_000):
                return f"not one line: {one.message!r}"
    except Exception as error:  # whatever it is: none may come through
        return f"{type(error).__name__}: {error}"
    taken = time.process_time() - started
    return f"took {taken:.0f} s" if taken > SECONDS else ""


def run(*, n: int, seconds: float, seed: int, kept: Path, said: Callable[[str], object] = print) -> Counter[str]:
    """Read damaged files of all formats in turn, up to a number or a time; return what they came to."""
    counts: Counter[str] = Counter()
    sound = samples()
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        for number in range(n):
            for suffix, data in sound.items():
                if time.monotonic() > end:
                    return counts
                file = Path(folder, f"fil{suffix}")
                file.write_bytes(mutated(data, random.Random(f"{seed} {number} {suffix}")))
                faulthandler.dump_traceback_later(_HANGS, exit=True)
                fault = wrong(file, counts)
                faulthandler.cancel_dump_traceback_later()
                counts["files"] += 1
                if fault:
                    counts["faults"] += 1
                    kept.mkdir(parents=True, exist_ok=True)
                    copy = kept / f"{seed}-{number}{suffix}"
                    copy.write_bytes(file.read_bytes())
                    said(f"{copy}: {fault}")
    return counts


def main(arguments: Sequence[str] | None = None) -> int:
    """Read damaged files for a while; 1 where one of them ended as none may."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutating", description="Damaged files of all formats.")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path(".cache/mutated"), help="where faulty files are kept")
    parsed = parser.parse_args(arguments)
    counts = run(n=10**9, seconds=parsed.seconds, seed=parsed.seed, kept=parsed.keep)
    print(", ".join(f"{name}: {count:,}" for name, count in sorted(counts.items())))
    return int(counts["faults"] > 0)


if __name__ == "__main__":
    sys.exit(main())
