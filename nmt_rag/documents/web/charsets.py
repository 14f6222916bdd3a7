"""The bytes of a web page or e-mail → its text, in the encoding that it declares, where that is true.

The labels are those of browsers (https://encoding.spec.whatwg.org/). A declaration that the bytes contradict is not
followed, and that is said; a few bytes that no encoding has become U+FFFD, as in a browser, and that is said too.
"""

from __future__ import annotations

import codecs
import re

import webencodings  # type: ignore[import-untyped]

from nmt_rag.documents.decoding import Damage, are_strays, decode_counting, is_utf8
from nmt_rag.documents.formats import Remark, damage_remarks

_DECLARED = re.compile(
    rb"<meta[^>]{0,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w:.+-]{2,40})|"
    rb"^\s{0,99}<\?xml[^>]{0,99}?encoding\s{0,9}=\s{0,9}[\"']([\w:.+-]{2,40})[\"']",
    re.IGNORECASE,
)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_HEAD = 4_096
"""How far into a page its encoding may be declared (bytes; the standard says 1,024, and browsers look further)."""
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE)
_STRAY = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")
_SWEDISH = bytes((0xC4, 0xC5, 0xD6, 0xE4, 0xE5, 0xF6))
_SWEDISH_SHARE = 0.6
"""From this share of the bytes beyond ASCII on, åäö in Windows-1252 say that the page is Swedish (Russian has .12)."""


def decode_page(data: bytes) -> tuple[str, tuple[Remark, ...]]:
    """Return the text of a web page, and what is to be said about how it was decoded.

    Raises:
        CorpusError: the bytes are no text.
    """
    return decode_declared(data, declared(data))


def decode_declared(data: bytes, label: str) -> tuple[str, tuple[Remark, ...]]:
    """Return the text of bytes that are said to be in an encoding, and what is to be said about how it was decoded.

    Args:
        data: the bytes.
        label: the encoding's name, or an empty string where none is declared.

    Raises:
        CorpusError: the bytes are no text.
    """
    if data.startswith(_MARKS) or not are_strays(data.count(0), len(data)):  # or UTF-16 without a mark, or no text
        return _undeclared(data)
    n_left_out = data.count(0)
    data = data.replace(b"\0", b"")
    encoding, text = _read(data, label)
    if not are_strays(len(_STRAY.findall(text)), len(text)):
        return _undeclared(data)
    notes = []
    known = webencodings.lookup(label) if label else None
    if label and (known is None or known.name != encoding) and not text.isascii():
        message = f"the declared encoding is {label!r}, but the text is not written in it: it was read as {encoding}"
        notes.append(Remark("encoding", label, message))
    return text, (*notes, *damage_remarks(Damage(n_left_out, text.count("\ufffd"))))


def _undeclared(data: bytes) -> tuple[str, tuple[Remark, ...]]:
    text, damage = decode_counting(data)
    return text, damage_remarks(damage)


def declared(data: bytes) -> str:
    """Return the label of the encoding that a page declares, or an empty string."""
    match = _DECLARED.search(_COMMENT.sub(b"", data[:_HEAD]))
    return (match[1] or match[2]).decode("ascii") if match else ""


def _read(data: bytes, label: str) -> tuple[str, str]:
    """Return the encoding that fits the bytes, and the text."""
    known = webencodings.lookup(label) if label else None
    if known is not None and known.name.startswith(("iso-2022", "utf-16")) and data.isascii():
        return ("utf-8", data.decode()) if known.name.startswith("utf-16") else (known.name, _decoded(data, known))
    try:
        return "utf-8", data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    utf8 = data.decode("utf-8", "replace")
    if is_utf8(utf8):
        return "utf-8", utf8
    western = webencodings.lookup("windows-1252")
    if known is None or known.name.startswith("utf-") or _contradicts(data, known):
        known = western
    return known.name, _decoded(data, known)


def _decoded(data: bytes, encoding: webencodings.Encoding) -> str:
    text, _ = encoding.codec_info.decode(data, "replace")
    return str(text)


def _contradicts(data: bytes, encoding: webencodings.Encoding) -> bool:
    """Tell whether bytes that are åäö in Windows-1252, and hardly any others, would become other letters."""
    beyond = [byte for byte in data if byte >= 0x80]
    swedish = bytes(byte for byte in beyond if byte in _SWEDISH)
    if len(swedish) < _SWEDISH_SHARE * len(beyond):
        return False
    return _decoded(bytes(sorted(set(swedish))), encoding) != bytes(sorted(set(swedish))).decode("cp1252")
