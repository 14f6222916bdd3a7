"""Files and folders → documents, one after the other; a file that cannot be read becomes a `Failure`.

Formats: .txt, .md and .markdown (with YAML front matter), .html, .htm, .shtml and .xhtml, .pdf, .docx, .odt, .csv,
.eml, .jsonl and, with the extra ``office``, .pptx, .rtf and .xlsx.

The id of a document is the ``id`` that the file states (front matter, JSONL field). Else it is the file's path below
the folder that was given, suffix included, as in ``stöd/kontakt.pdf``, and the bare file name where the file itself
was given: so no id changes because another file appears. A file that is given twice, or lies in two folders that are,
counts once, where it comes first. A JSONL line without an id gets ``file.jsonl#7``.

A JSONL line is an object: ``text`` (required), ``id``, ``title``, ``url``, ``publisher``, ``language``; every other
field becomes metadata as it is. The entries of an object named ``metadata`` count as fields of the line, where the
line itself has none of that name.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nmt_rag.documents.decoding import decode_counting, is_scratched, normalize, split_front_matter
from nmt_rag.documents.fields import made, made_of_line, printable
from nmt_rag.documents.formats import FileDraft, Remark, RemarkKind, damage_remarks
from nmt_rag.documents.walking import SUFFIXES, Unread, reason, walk
from nmt_rag.errors import CorpusError
from nmt_rag.types import Document

MAX_FILE_BYTES = 50_000_000  # of a one-document file, or one JSONL line: more is no document that anyone quotes from

_READERS = {
    ".csv": ("office.sheets", "read_csv"),
    ".docx": ("office.word.document", "read_docx"),
    ".eml": ("office.mail", "read_eml"),
    ".htm": ("web.html", "read_html"),
    ".html": ("web.html", "read_html"),
    ".odt": ("office.opendocument", "read_odt"),
    ".pdf": ("pdf.text", "read_pdf"),
    ".pptx": ("office.slides", "read_pptx"),
    ".rtf": ("office.rich_text", "read_rtf"),
    ".shtml": ("web.html", "read_html"),
    ".xhtml": ("web.html", "read_html"),
    ".xlsx": ("office.sheets", "read_xlsx"),
}
_NEEDS = {".pptx": "pptx", ".rtf": "striprtf", ".xlsx": "openpyxl"}
_FORMATS = "formats: " + " ".join(sorted(SUFFIXES))


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a line of a JSONL file, that could not be read; the message names it and says what to do."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Note:
    """What was left out of a file that was read, or is doubtful in it; the message names the file.

    ``kind`` and ``detail`` are those of the `nmt_rag.documents.Remark` that it tells.
    """

    path: str
    message: str
    kind: RemarkKind
    detail: str


def readable() -> frozenset[str]:
    """Return the suffixes of the formats that can be read here: some need a library of the extra ``office``."""
    return frozenset(one for one in SUFFIXES if one not in _NEEDS or importlib.util.find_spec(_NEEDS[one]))


def load(
    paths: Iterable[Path | str] | Path | str, *, draft: Callable[[Path], FileDraft] | None = None
) -> Iterator[Document | Failure | Note]:
    """Read files and folders, one document at a time.

    Folders are read with everything below them, sorted by name, without hidden files, files of other formats and
    README files, which speak of the folder (name one to have it read). A link below a folder that leads out of it
    gives a `Failure`: what lies elsewhere is read only where it is named.
    A broken file gives a `Failure` and its neighbours are read all the same; of two documents with one id the second
    gives a `Failure`. A `Note` follows a document of which something was left out, such as scanned pages.

    Args:
        paths: files and folders; a single one may stand by itself.
        draft: what reads a file of any format but those of plain text, whose library a small file can make run away;
            by default `read_draft`, in this process.

    Raises:
        CorpusError: at once, before anything is read, where a path does not exist or a folder holds no document.
    """
    roots = [paths] if isinstance(paths, str | Path) else list(paths)
    for root in roots:
        if not os.path.exists(root):
            raise CorpusError(f"{printable(root)!r} does not exist or cannot be reached: check the path")
        if os.path.isdir(root) and next(walk(Path(root)), None) is None:
            raise CorpusError(f"{printable(root)}: no documents in this folder ({_FORMATS}): check the path")
    return _load([Path(root) for root in roots], draft or read_draft)


def load_file(path: Path | str) -> Iterator[Document]:
    """Read the documents of one file.

    Raises:
        CorpusError: the file, or a line of a JSONL file, cannot be read.
    """
    for item in load([path]):
        if isinstance(item, Failure):
            raise CorpusError(item.message)
        if isinstance(item, Document):
            yield item


def _load(roots: list[Path], draft: Callable[[Path], FileDraft]) -> Iterator[Document | Failure | Note]:
    """Yield what `load` does, of paths that are there; of two documents with one id the second gives a `Failure`."""
    places: dict[str, str] = {}
    for each in _files(roots):
        if isinstance(each, Failure):
            yield each
            continue
        file, file_id = each
        for line, item in _read(file, file_id, draft):
            if not isinstance(item, Document):
                yield _told(file, line, item)
            elif item.id in places:
                yield _told(file, line, _taken(item.id, places[item.id]))
            else:
                places[item.id] = printable(file)
                yield item


def _files(roots: list[Path]) -> Iterator[tuple[Path, str] | Failure]:
    """Yield each file, with what the ids of its documents are made of, and folders that cannot be opened."""
    read: set[str] = set()
    for root in roots:
        is_folder = root.is_dir()
        for file in walk(root) if is_folder else [root]:
            if isinstance(file, Unread):
                yield Failure(file.place, f"{printable(file.place)}: {file.reason}")
            elif (real := os.path.realpath(file)) not in read:
                read.add(real)
                yield file, printable(file.relative_to(root).as_posix() if is_folder else file.name)


def _told(file: Path, line: str, item: CorpusError | Remark) -> Failure | Note:
    """Return what is wrong with a file, or was left out of it, with its name and line before the message."""
    place = f"{printable(file)}{line}"
    if isinstance(item, Remark):
        return Note(str(file), f"{place}: {item.message}", item.kind, item.detail)
    return Failure(str(file), f"{place}: {item}")


def _taken(document_id: str, place: str) -> CorpusError:
    return CorpusError(f"the id {document_id!r} is taken by a document of {place}: give one of them another id")


def _read(
    path: Path, file_id: str, draft: Callable[[Path], FileDraft]
) -> Iterator[tuple[str, Document | CorpusError | Remark]]:
    """Yield what one file holds, or what is wrong with it, and where: ``""``, or ``", line 7"`` of a JSONL file.

    A remark is on the document before it.
    """
    try:
        if path.suffix.lower() not in SUFFIXES:
            raise CorpusError(f"the format is not known ({_FORMATS}): convert the file")
        if path.exists() and not path.is_file():
            raise CorpusError("this is no ordinary file: give a file or a folder")
        if path.suffix.lower() == ".jsonl":
            yield from _read_lines(path, file_id)
        else:
            document, notes = _read_document(path, file_id, draft)
            yield "", document
            for note in notes:
                yield "", note
    except OSError as error:
        yield "", CorpusError(reason(error))
    except CorpusError as error:
        yield "", error


def _read_document(path: Path, file_id: str, draft: Callable[[Path], FileDraft]) -> tuple[Document, tuple[Remark, ...]]:
    """Return the document of a file of one document, and what is to be said about it."""
    suffix = path.suffix.lower()
    if suffix in (".txt", ".md", ".markdown"):
        text, damage = decode_counting(_bytes(path))
        text = normalize(text)
        fields, text = ({}, text) if suffix == ".txt" else split_front_matter(text)
        return made(fields, text, file_id), damage_remarks(damage)
    found = draft(path)
    fields = {"title": found.title, "url": found.url, "publisher": found.publisher, "language": found.language}
    return made(fields, found.text, file_id, pages=found.pages, in_parts=found.in_parts), found.notes


def read_draft(path: Path) -> FileDraft:
    """Return what a file's format tells of a document, of any format but .jsonl, .markdown, .md and .txt.

    Raises:
        CorpusError: the file is damaged, locked, of another format or too large.
        OSError: it cannot be opened.
    """
    module, name = _READERS[path.suffix.lower()]
    room = importlib.import_module(f"nmt_rag.documents.{module}")  # only now: its libraries take half a second
    draft: FileDraft = getattr(room, name)(_bytes(path))
    return draft


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise CorpusError(f"the file is larger than {MAX_FILE_BYTES // 1_000_000} MB: split it into documents")
    return data


def _read_lines(path: Path, file_id: str) -> Iterator[tuple[str, Document | CorpusError | Remark]]:
    """Yield the document of each JSONL line, blank lines apart; never holds more than one line."""
    number = found = 0
    with path.open("rb") as file:
        beginning = file.read(4096)
        if b"\0" in beginning and not is_scratched(beginning):
            raise CorpusError("the file is not UTF-8 text: save it as UTF-8")
        file.seek(0)
        while line := file.readline(MAX_FILE_BYTES + 1):
            number += 1
            if not line.strip():
                continue
            found += 1
            place = f", line {number}"
            try:
                if len(line) > MAX_FILE_BYTES:
                    megabytes = MAX_FILE_BYTES // 1_000_000
                    raise CorpusError(f"the line is longer than {megabytes} MB: split it into documents")
                document, notes = made_of_line(line, f"{file_id}#{number}")
                yield place, document
                yield from ((place, note) for note in notes)
            except CorpusError as error:
                yield place, error
            while len(line) >= MAX_FILE_BYTES and not line.endswith(b"\n"):  # the rest of a line that is too long
                line = file.readline(MAX_FILE_BYTES)
    if not found:
        raise CorpusError("the file holds no text: remove it")


def files(paths: Iterable[Path | str] | Path | str) -> Iterator[tuple[Path, str] | Failure]:
    """Yield the files that `load` would read, in its order, each with what the ids of its documents are made of.

    Raises:
        CorpusError: as `load` does.
    """
    roots = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    load(roots)  # complains at once where there is nothing
    yield from _files(roots)


def read_as(file: Path, file_id: str) -> Iterator[Document | Failure | Note]:
    """Yield what one of `files` holds; whether another file has a document of the same id is not looked at."""
    for line, item in _read(file, file_id, read_draft):
        yield item if isinstance(item, Document) else _told(file, line, item)
