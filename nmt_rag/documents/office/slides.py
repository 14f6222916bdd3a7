"""A presentation (.pptx) → the text of its slides, each below its title and on a page of its own.

The speaker's notes follow what the slide shows. Hidden slides are left out, and that is told; what stands on
every slide (footers, dates, numbers) is left out, too. A chart is a table of what it shows.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from nmt_rag.documents.decoding import clean
from nmt_rag.documents.formats import (
    INDENT,
    RAISED,
    Block,
    FileDraft,
    Remark,
    boxed,
    join_blocks,
    may_head,
    sensible_title,
    without_bars,
)
from nmt_rag.documents.office import packages
from nmt_rag.documents.office.shown_values import point_shown
from nmt_rag.documents.office.word.formulas import FORMULA, formula_text
from nmt_rag.documents.web.tables import Cell, Row
from nmt_rag.documents.web.tables import blocks as table_blocks

_KIND = "presentation (.pptx)"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_ON_EVERY_SLIDE = frozenset({"DATE", "FOOTER", "HEADER", "SLIDE_NUMBER"})
_MAX_TITLE = 200
_MAX_SHAPES = 100
"""More shapes on a slide, or in a group, are a drawing: none is looked at for what it heads."""


def read_pptx(data: bytes) -> FileDraft:
    """Return the text of a presentation, and where each slide begins. A slide without a title is headed «Bild 3».

    Raises:
        CorpusError: the file is no .pptx, is encrypted, unpacks to too much, or python-pptx is not installed.
    """
    parts: list[str] = []
    pictures: list[str] = []
    hidden: list[str] = []
    with packages.reading(_KIND, "pptx", "python-pptx"):
        import pptx

        deck = pptx.Presentation(io.BytesIO(packages.checked(data, _KIND)))
        for number, slide in enumerate(deck.slides, 1):
            if slide._element.get("show") in ("0", "false"):
                hidden.append(str(number))
                parts.append("")
                continue
            _choose(slide._element)
            title, blocks = _slide(slide)
            if not title and not blocks and any(_is_picture(shape) for shape in slide.shapes):
                pictures.append(str(number))
            heading = [Block(title or f"Bild {number}", "# ")] if title or blocks else []
            parts.append(clean(join_blocks([*heading, *blocks])))
        name = deck.core_properties.title
    text, pages = "", []
    for part in parts:
        text += "\n\n" if text and part else ""
        pages.append(len(text))
        text += part
    remarks = []
    if pictures:
        said = "slides {} hold" if len(pictures) > 1 else "slide {} holds"
        message = f"{said.format(', '.join(pictures))} no text, only pictures"
        remarks.append(Remark("scanned", ", ".join(pictures), message))
    if hidden:
        remarks.append(Remark("hidden", ", ".join(hidden), f"hidden slides were left out: {', '.join(hidden)}"))
    return FileDraft(text, sensible_title(name), pages=tuple(pages) if text else (), notes=tuple(remarks))


def _choose(root: Any) -> None:  # noqa: ANN401
    """Put in the place of each set of alternatives the first, the newest: python-pptx sees neither."""
    for choice in list(root.iter(_CHOICE)):
        around = choice.getparent()
        if len(choice) and around is not None:
            around[around.index(choice) : around.index(choice) + 1] = list(choice[0])


def _slide(slide: Any) -> tuple[str, list[Block]]:  # noqa: ANN401 - python-pptx has no types
    """Return the title of a slide and what else it says, with the speaker's notes below a label."""
    heading = slide.shapes.title
    title = " ".join(_frame_text(heading.text_frame).split()) if heading is not None else ""
    if len(title) > _MAX_TITLE:
        title, heading = "", None
    blocks = list(_shapes(one for one in slide.shapes if heading is None or one.shape_id != heading.shape_id))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        spoken = list(_paragraphs(slide.notes_slide.notes_text_frame))
        blocks += [Block("**Talarens anteckningar**"), *spoken] if spoken else []
    return title, blocks


def _shapes(shapes: Iterable[Any]) -> Iterator[Block]:
    """Yield the text of shapes, those above and then those to the left first; one below its heading follows that."""
    own = [one for one in shapes if not (one.is_placeholder and one.placeholder_format.type.name in _ON_EVERY_SLIDE)]
    places = ((_Place(one.left or 0, one.top or 0, one.width or 0, one.height or 0), one) for one in own)
    placed = sorted(places, key=lambda one: (one[0].top, one[0].left))
    below = _headed(placed)
    for head, (_, shape) in enumerate(placed):
        if head in below and head - 1 not in below:
            heads = sorted(
                itertools.takewhile(below.__contains__, itertools.count(head)), key=lambda n: placed[n][0].left
            )
            columns = ((Block(f"**{_line(placed[n][1])}**"), *_shape(placed[below[n]][1])) for n in heads)
            yield from boxed(itertools.chain.from_iterable(columns))
        elif head not in below and head not in below.values():
            yield from _shape(shape)


def _shape(shape: Any) -> Iterator[Block]:  # noqa: ANN401
    if hasattr(shape, "shapes"):
        yield from _shapes(shape.shapes)
    elif getattr(shape, "has_chart", False):
        yield from boxed(_chart(shape.chart))
    elif getattr(shape, "has_table", False):
        yield from table_blocks(_rows(shape.table))
    elif shape.has_text_frame:
        yield from _paragraphs(shape.text_frame)
    else:
        yield from _diagram(shape)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a shape stands on its slide (English Metric Units)."""

    left: int
    top: int
    width: int
    height: int

    def heads(self, other: _Place) -> bool:
        """Tell whether another place is below this one, in the same column."""
        overlap = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        return other.top >= self.top + self.height / 2 and overlap > max(self.width, other.width) / 2

    def beside(self, other: _Place) -> int:
        """Return how far another place is to the left or right, less than 0 where it is not."""
        overlap = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        space = max(self.left, other.left) - min(self.left + self.width, other.left + other.width)
        return space if overlap > min(self.height, other.height) / 2 else -1


def _headed(placed: Sequence[tuple[_Place, Any]]) -> Mapping[int, int]:
    """Return the headings that stand beside each other, and the shapes that they head, by their numbers.

    A heading is one short line, right above a taller shape of its column and nearer to it than to the next heading;
    the rows of a table that is made of shapes are none.
    """
    if len(placed) > _MAX_SHAPES:
        return {}
    below: dict[int, int] = {}
    for number, (place, shape) in enumerate(placed):
        under = next((n for n in range(number + 1, len(placed)) if place.heads(placed[n][0])), None)
        if under is not None and placed[under][0].height > place.height and may_head(_line(shape) or "."):
            below = {n: shape_below for n, shape_below in below.items() if shape_below != under}  # the nearest heads it
            below[number] = under
    spaces = {n: placed[under][0].top - placed[n][0].top - placed[n][0].height for n, under in below.items()}
    return {
        n: under
        for n, under in below.items()
        if under not in below
        and any(placed[n][0].beside(placed[m][0]) >= max(0, spaces[n]) for m in below if below[m] != under)
    }


def _line(shape: Any) -> str:  # noqa: ANN401
    """Return the text of a shape that holds a single paragraph, or nothing."""
    paragraphs = list(_paragraphs(shape.text_frame)) if shape.has_text_frame else []
    return paragraphs[0].text if len(paragraphs) == 1 else ""


def _paragraphs(frame: Any) -> Iterator[Block]:  # noqa: ANN401
    texts = [(one.level, text) for one in frame.paragraphs if (text := " ".join(_text(one).split()))]
    for level, text in texts:
        yield Block(text, INDENT * level + "- " if len(texts) > 1 else "")


def _frame_text(frame: Any) -> str:  # noqa: ANN401
    return "\n".join(_text(one) for one in frame.paragraphs)


def _text(paragraph: Any) -> str:  # noqa: ANN401
    """Return what a paragraph shows: nothing that is struck out, raised digits raised, and formulas."""
    text = ""
    for child in paragraph._p:
        if child.tag in (f"{_A}br", f"{_A}tab"):
            text += " "
        elif child.tag in (f"{_A}r", f"{_A}fld"):
            piece = child.findtext(f"{_A}t") or ""
            properties = child.find(f"{_A}rPr")
            form = {} if properties is None else properties.attrib
            if form.get("strike", "noStrike") == "noStrike":
                text += piece.translate(RAISED) if _is_raised(form.get("baseline", "0")) else piece
        else:
            text += "".join(formula_text(formula) for formula in child.iter(FORMULA))
    return text


def _is_raised(baseline: str) -> bool:
    """Tell whether a shift of the baseline is upwards: «30000» or «30.5%»; what is no number is none."""
    try:
        return float(baseline.rstrip("%")) > 0
    except ValueError:
        return False


def _rows(table: Any) -> list[Row]:  # noqa: ANN401
    """Return the rows of a table; where the presentation says so, the first holds header words."""
    rows = []
    for number, row in enumerate(table.rows):
        cells = [
            Cell(
                without_bars(" ".join(_frame_text(cell.text_frame).split())),
                columns=cell.span_width,
                rows=cell.span_height,
            )
            for cell in row.cells
            if not cell.is_spanned
        ]
        rows.append(Row(tuple(cells), head=number == 0 and bool(table.first_row)))
    return rows


def _chart(chart: Any) -> Iterator[Block]:  # noqa: ANN401
    """Yield the title of a chart and a row for each of its categories, below the names of its series."""
    if chart.has_title and chart.chart_title.has_text_frame:
        title = " ".join(_frame_text(chart.chart_title.text_frame).split())
        if title:
            yield Block(f"**{title}**")
    for plot in chart._chartSpace.iterfind(f".//{_C}plotArea/*"):  # python-pptx does not know all kinds of charts
        series = plot.findall(f"{_C}ser")
        names = ["".join(one.xpath("./c:tx//c:v/text()")[:1]) for one in series]
        labels = _points(series[0], "cat", "xVal") if series else {}
        values = [_points(one, "val", "yVal") for one in series]
        rows = [(labels.get(at, ""), [one.get(at, "") for one in values]) for at in sorted(set(labels).union(*values))]
        if any(any(shown) for _, shown in rows):
            yield Block(" | ".join(_cells(["", *names])), row=True, header=True)
            yield from (Block(" | ".join(_cells([label, *shown])), row=True) for label, shown in rows)


def _cells(texts: Iterable[str]) -> list[str]:
    return [without_bars(" ".join(text.split())) for text in texts]


def _points(series: Any, *names: str) -> dict[int, str]:  # noqa: ANN401
    """Return what a series holds under one of some names, by its place, as the chart shows it."""
    found: dict[int, str] = {}
    for name in names:
        form = "".join(series.xpath(f"./c:{name}//c:formatCode/text()")[:1]) or "General"
        for point in series.xpath(f"./c:{name}//c:pt[c:v][not(ancestor::c:lvl[preceding-sibling::c:lvl])]"):
            text = point.findtext(f"{_C}v") or ""
            is_number = (
                re.fullmatch(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", text) and point.getparent().tag == f"{_C}numCache"
            )
            found[int(point.get("idx", "0"))] = point_shown(float(text), form) if is_number else text
    return found


def _diagram(shape: Any) -> Iterator[Block]:  # noqa: ANN401
    """Yield the texts of a diagram (SmartArt), which stand in a part of their own."""
    for used in shape._element.iter(f"{_DIAGRAM}relIds"):
        name = used.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm", "")
        root = etree.fromstring(shape.part.related_part(name).blob, etree.XMLParser(resolve_entities=False))
        for point in root.iter(f"{_DIAGRAM}pt"):
            for paragraph in point.iter(f"{_A}p"):
                text = " ".join("".join(paragraph.itertext(f"{_A}t")).split())
                if text:
                    yield Block(text, "- ")


def _is_picture(shape: Any) -> bool:  # noqa: ANN401
    return bool(shape._element.tag.endswith("}pic"))
