"""Office files (.docx, .pptx, .xlsx, .odt) are zip archives: what is checked before a library opens one."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from nmt_rag import extras
from nmt_rag.documents.decoding import one_line
from nmt_rag.errors import CorpusError

MAX_UNPACKED_BYTES = 100_000_000  # twice the largest file that is read; beyond it lies a zip bomb

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(?=\w)")
_MARKUP = (".xml", ".rels", ".vml")


@contextmanager
def reading(kind: str, module: str, library: str = "") -> Iterator[None]:
    """Turn what goes wrong in a library of the extra ``office``, or that it is not there, into one line.

    Args:
        kind: what the file should be, as in ``"workbook (.xlsx)"``.
        module: what is imported of the library.
        library: its name on PyPI, where that is another.

    Raises:
        CorpusError: the library failed, or is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a library does not know of a file and leaves out
            yield
    except CorpusError:
        raise
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module:
            raise
        needed = f"a {kind} needs {library or module}, which is not installed"
        raise CorpusError(f"{needed}: {extras.install('office')}") from error
    except Exception as error:  # a damaged file makes these libraries raise nearly anything
        raise CorpusError(f"the file is no readable {kind} ({one_line(error)}): save it anew") from error


def checked(data: bytes, kind: str) -> bytes:
    """Return an office file as the usual libraries read it: one in Strict Open XML gets the usual names.

    Strict (ISO/IEC 29500) files differ from ordinary (transitional) ones in the names of their namespaces.

    Args:
        data: the file.
        kind: what the file should be, as in ``"Word file (.docx)"``.

    Raises:
        CorpusError: it is encrypted or of an old binary format, unpacks to more than `MAX_UNPACKED_BYTES`, or declares
            XML entities, which no office program writes.
        zipfile.BadZipFile: it is no archive.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise CorpusError(f"the file is encrypted or of an old format: save it as a {kind} without a password")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise CorpusError(f"the file unpacks to {unpacked // 1_000_000:,} MB: split it")
        for entry in archive.infolist():
            if entry.filename.endswith(_MARKUP) and b"<!ENTITY" in archive.read(entry).replace(b"\0", b""):
                raise CorpusError(f"the file declares XML entities in {entry.filename!r}: save it anew as a {kind}")
        names = [name for name in ("_rels/.rels", "[Content_Types].xml") if name in archive.namelist()]
        if not any(_STRICT.search(archive.read(name)) for name in names):
            return data
        usual = io.BytesIO()
        with zipfile.ZipFile(usual, "w", zipfile.ZIP_STORED) as copy:
            for entry in archive.infolist():
                content = archive.read(entry)
                if entry.filename.endswith(_MARKUP):
                    content = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", content)
                copy.writestr(entry.filename, content)
    return usual.getvalue()
