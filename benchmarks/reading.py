"""Web pages and Word files: the processor time of reading them beside a plain extractor of their text.

`python -m benchmarks.reading`; both sides run in turns on the same made-up file, and the median of the rounds' ratios
is told. The plain extractor gives the characters and knows no heading, list, table, note or what a page hides.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable, Sequence

import docx
from lxml import html

from benchmarks.measuring import Measurement, ratio, table
from nmt_rag.documents.office.word.document import read_docx
from nmt_rag.documents.web.html import read_html

_SENTENCE = (
    "Kommunen svarar för vård och omsorg i hemmet, och avgiften är 200 kronor i månaden för den som söker i år. "
)


def page(n_sections: int) -> bytes:
    """Return a web page as agencies publish them: a site's frame around sections with a list and a table."""
    link = "<li><a href='/x' class='nav__link'>Omsorg och stöd</a></li>"
    section = (
        "<section class='text'><h2 id='a'>Avgifter</h2><p class='lead'><strong>Så gör du.</strong> "
        f"{_SENTENCE * 3}</p><p>{_SENTENCE * 4}<a href='mailto:info@x.se'>Skriv till oss</a></p>"
        f"<ul>{'<li>Ansökan görs hos kommunen</li>' * 5}</ul><table><tr><th>Dag</th><th>Tid</th></tr>"
        f"{'<tr><td>Lördag</td><td>9–15</td></tr>' * 5}</table></section>"
    )
    site = f"<header><nav><ul>{link * 40}</ul></nav></header>"
    return f"<html lang=sv><body>{site}<main>{section * n_sections}</main><footer>{link * 20}</footer></body>".encode()


def word(n_sections: int) -> bytes:
    """Return a Word file of sections with paragraphs, a list and a table."""
    made, out = docx.Document(), io.BytesIO()
    for _ in range(n_sections):
        made.add_heading("Avgifter", 2)
        made.add_paragraph(_SENTENCE * 3).add_run("Så gör du.").bold = True
        made.add_paragraph(_SENTENCE * 4)
        for _ in range(5):
            made.add_paragraph("Ansökan görs hos kommunen", style="List Bullet")
        rows = made.add_table(5, 2).rows
        for row in rows:
            row.cells[0].text, row.cells[1].text = "Lördag", "9–15"
    made.save(out)
    return out.getvalue()


def plain_page(data: bytes) -> str:
    """Return all characters of a web page."""
    return str(html.document_fromstring(data).text_content())


def plain_word(data: bytes) -> str:
    """Return all characters of a Word file's paragraphs and tables."""
    document = docx.Document(io.BytesIO(data))
    cells = (cell.text for one in document.tables for row in one.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def run(*, n_sections: int, rounds: int) -> list[Measurement]:
    """Return what reading costs, in milliseconds and in times of the plain extractor."""
    measured: list[Measurement] = []
    pairs: list[tuple[str, bytes, Callable[[bytes], object], Callable[[bytes], object]]] = [
        ("a web page", page(n_sections), read_html, plain_page),
        ("a Word file", word(n_sections), read_docx, plain_word),
    ]
    for name, data, ours, plain in pairs:
        times: tuple[list[float], list[float]] = [], []
        for _ in range(rounds):
            for read, taken in zip((ours, plain), times, strict=True):
                start = time.process_time()
                read(data)
                taken.append(time.process_time() - start)
        measured.append(Measurement(f"{name} of {len(data) // 1000} kB", 1000 * statistics.median(times[0]), "ms"))
        measured.append(Measurement(f"{name} ÷ plain characters", ratio(*times), ""))
    return measured


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description="Web pages and Word files.")
    parser.add_argument("--sections", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    parsed = parser.parse_args(arguments)
    print(table(run(n_sections=parsed.sections, rounds=parsed.rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
