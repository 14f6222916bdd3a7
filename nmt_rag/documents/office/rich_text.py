"""Rich text (.rtf) → its text; headings are known by their layout only. Footnotes and pictures are left out.

striprtf decodes the text, but forgets what it belongs to: so cells, raised texts, links and the marks of list items are
marked before, by control characters, which no text holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from nmt_rag.documents.decoding import clean
from nmt_rag.documents.formats import Block, FileDraft, Remark, hidden_address, join_blocks, raised_text, without_bars
from nmt_rag.documents.office import packages
from nmt_rag.errors import CorpusError

_KIND = "rich text (.rtf)"
_UNTOLD = (
    ("hidden", re.compile(rb"\\footnote\b"), "footnotes were left out"),
    ("struck", re.compile(rb"\\(?:striked?1?|v|deleted)(?![a-z0-9])"), "struck-out and hidden text was kept as text"),
)
_CELL, _ROW, _RAISED, _LOWERED, _SHOWN, _LINK, _LINKED = "\x01\x02\x03\x04\x05\x06\x07"
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_TOKEN = re.compile(r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|(?P<brace>[{}])|\\[^a-zA-Z]|[^\\{}]+")
_RAISED_TEXT = re.compile(
    f"(?P<before>[^{_RAISED}{_CELL}\n]{{0,20}}){_RAISED}(?P<text>[^{_RAISED}{_LOWERED}]*){_LOWERED}(?=(?P<behind>/?))"
)
_LINK_TEXT = re.compile(f"(?:{_SHOWN}(?P<shown>[^{_SHOWN}{_LINK}]*))?{_LINK}(?P<link>[^{_LINKED}]*){_LINKED}")
_BINARY = re.compile(r"\\bin(\d{1,9}) ?")
_ADDRESS = re.compile(r'\bHYPERLINK\s+"?([^"\s]+)', re.IGNORECASE)
_BREAKS = frozenset(("par", "line", "sect", "page"))
_INNER_CELLS = frozenset(("nestcell", "nestrow"))
_NOT_RAISED = frozenset(("nosupersub", "plain", "sub", "dn"))
_IN_TABLE = {"trowd": True, "intbl": True, "pard": False, "row": False}
_ITEM = re.compile("[•·◦▪o\uf020-\uf0ff-]|\\(?\\w{1,3}[.)]")


def read_rtf(data: bytes) -> FileDraft:
    """Return the text of a rich text file, its table rows marked.

    Raises:
        CorpusError: the file is no RTF, or striprtf is not installed.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise CorpusError(f"the file is no {_KIND}: save it anew")
    with packages.reading(_KIND, "striprtf"):
        from striprtf import striprtf

        marked = "".join(_marked(_CONTROL.sub("", "".join(_without_binary(data.decode("latin-1"))))))
        text = striprtf.rtf_to_text(marked, errors="replace")  # type: ignore[no-untyped-call]
    text = _RAISED_TEXT.sub(_raised, text.replace(_LOWERED + _RAISED, ""))
    text = _LINK_TEXT.sub(_with_address, text)
    remarks = tuple(Remark(kind, "", message) for kind, found, message in _UNTOLD if found.search(data))  # type: ignore[arg-type]
    return FileDraft(clean(join_blocks(_blocks(text))), notes=remarks)


def _without_binary(source: str) -> Iterator[str]:
    """Yield the source of a rich text without the bytes of its pictures, which may be any."""
    start = 0
    while found := _BINARY.search(source, start):
        yield source[start : found.start()]
        start = found.end() + int(found[1])
    yield source[start:]


@dataclass(slots=True)
class _Field:
    """A field: how many groups are open around what it does, that, and whether it also shows something."""

    depth: int = 0
    code: list[str] = field(default_factory=list)
    shows: bool = False


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds within a pair of braces: whether text is raised or stands in a table, and of which field it is."""

    raised: bool = False
    in_table: bool = False
    field: _Field | None = None


def _marked(source: str) -> Iterator[str]:
    """Yield the source of a rich text with marks in it; no paragraph ends within a cell any more."""
    now = _Group()
    groups: list[_Group] = []
    telling: _Field | None = None  # the field whose code is being told
    for token in _TOKEN.finditer(source):
        word, text = token["word"], token[0]
        if token["brace"] == "{":
            groups.append(now)
        elif token["brace"] == "}":
            outer = groups.pop() if groups else _Group()
            text = _end(now, outer) + text
            now = outer
            telling = None if telling and len(groups) < telling.depth else telling
        elif word == "field":
            now = replace(now, field=_Field())
        elif word == "fldinst" and now.field:
            telling, now.field.depth = now.field, len(groups)
        elif word == "fldrslt" and now.field:
            now.field.shows = True
            text += _SHOWN
        elif telling:
            if not word:  # what striprtf would take for a link of its own
                telling.code.append(text)
                text = ""
        elif word == "super" or word == "up" or word in _NOT_RAISED:
            raised = word not in _NOT_RAISED and token["number"] != "0"
            text += (_RAISED if raised else _LOWERED) if raised != now.raised else ""
            now = replace(now, raised=raised)
        elif word == "pntext":
            text = r"\listtext "
        elif word == "cell":
            text = rf"\tab {_CELL}"
        elif word in _INNER_CELLS or (now.in_table and word in _BREAKS):
            text = r"\tab "
        if word in _IN_TABLE:
            now = replace(now, in_table=_IN_TABLE[word])
            text = rf"\line {_ROW}" if word == "row" else text
        yield text


def _end(now: _Group, outer: _Group) -> str:
    """Return the marks at the end of a group: where raised text ends or goes on, and where a field leads to.

    A control word stands before them: right behind a character's number, striprtf takes a mark for its stand-in.
    """
    text = ""
    if now.raised != outer.raised:
        text = _LOWERED if now.raised else _RAISED
    if now.field and now.field is not outer.field and now.field.shows:
        found = _ADDRESS.search("".join(now.field.code))
        text += f"{_LINK}{found[1] if found else ''}{_LINKED}"
    return rf"\ulnone {text}" if text else ""


def _raised(match: re.Match[str]) -> str:
    before = match["before"]
    return before + raised_text(match["text"], before, match["behind"])


def _with_address(match: re.Match[str]) -> str:
    shown = match["shown"] or ""
    address = hidden_address(match["link"], shown) if shown else ""
    return shown + (f" ({address})" if address else "")


def _blocks(text: str) -> Iterator[Block]:
    """Yield the lines of a text with marks, those of a table as rows."""
    for line in re.split(f"\n{_ROW}|\n", text):
        if _CELL in line:
            cells = line.split(_CELL)[:-1]
            yield Block(" | ".join(without_bars(" ".join(cell.split())) for cell in cells), row=True)
        elif line.strip():
            mark, _, item = line.strip().partition("\t")
            if item.strip() and _ITEM.fullmatch(mark):
                yield Block(" ".join(item.split()), f"{mark} " if mark[0].isalnum() and mark != "o" else "- ")
            else:
                yield Block(line.strip())
