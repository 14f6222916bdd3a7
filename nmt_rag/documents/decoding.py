"""Bytes → text: the encoding of a text file, the text contract, and the values that metadata may hold.

Nothing here opens a file or knows its name; a `CorpusError` raised here says what is wrong and what to do, and
whoever knows the name puts it in front.
"""

from __future__ import annotations

import codecs
import datetime
import itertools
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from nmt_rag.errors import CorpusError
from nmt_rag.swedish import composed

MAX_FRONT_MATTER = 64_000  # characters: a page describes itself in a few hundred, and PyYAML is slow
MAX_YAML_DEPTH = 20
MAX_NON_ASCII = 0.3  # of the bytes, in text that is not Unicode: Swedish prose has 0.05, noise 0.5

_MOST_STRAY, _STRAY_IN_SHORT, _SHORT = 40, 2, 10
"""At most one character in the first number is no text; in a short text the second, each among the third."""

MAX_ODD = 0.01  # of the characters of UTF-16 text may be controls, unassigned or private: noise has 0.1

MAX_BITS = 14_000
"""The largest whole number that Python writes as text and reads from it (4,300 digits)."""

FIELDS = ("id", "title", "url", "publisher", "language")  # what a document has besides its text; the rest is metadata

_BYTE_ORDER_MARKS = (  # UTF-32 before UTF-16, whose mark begins alike
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")  # all but tab, line ends, vertical tab and form feed
_STRAY = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_NO_TEXT = frozenset({"Cc", "Cn", "Co", "Cs"})
_LAYOUT = frozenset("\t\n\v\f\r\x85")
_SAMPLE = 2_000
_SURROGATE = re.compile("[\ud800-\udfff]")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Damage:
    """How many NUL characters of a file were left out, and how many damaged ones became U+FFFD."""

    n_left_out: int = 0
    n_replaced: int = 0


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16, UTF-32 or, where it looks like text, Windows-1252.

    A few damaged characters become U+FFFD, and a few NUL characters are left out.

    Args:
        data: the whole file.

    Raises:
        CorpusError: the bytes are not text, or so many are damaged.
    """
    text, _ = decode_counting(data)
    return text


def decode_counting(data: bytes) -> tuple[str, Damage]:
    """Return what `decode` returns, and what in it was damaged. Raises as `decode` does."""
    encoding = ""
    for mark, marked in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            encoding, data = marked, data[len(mark) :]
            break
    wide = encoding if encoding not in ("", "utf-8") else _utf16_without_mark(data) if not encoding else ""
    text, n_replaced = (_wide(data, wide), 0) if wide else _bytewise(data, utf8=bool(encoding))
    return text.replace("\0", ""), Damage(text.count("\0"), n_replaced)


def are_strays(n: int, length: int) -> bool:
    """Tell whether so many characters of a text may be none, and the others still are text."""
    return n * _MOST_STRAY <= length or n <= min(_STRAY_IN_SHORT, length // _SHORT)


def is_utf8(text: str) -> bool:
    """Tell whether bytes that were decoded as UTF-8, with U+FFFD for what is none, were meant as UTF-8."""
    damaged = text.count("\ufffd")
    return _non_ascii(text) >= 2 * damaged


def is_scratched(data: bytes) -> bool:
    """Tell whether bytes are UTF-8 with a few damaged characters or NUL characters."""
    text = data.decode("utf-8", "replace")
    return is_utf8(text) and are_strays(text.count("\ufffd") + text.count("\0"), len(text))


def normalize(text: str) -> str:
    r"""Return the text in NFC with ``\n`` for CRLF and CR, and nothing else changed."""
    return composed(text.replace("\r\n", "\n").replace("\r", "\n"))


def clean(text: str) -> str:
    """Return text extracted from a layout format, normalized, without soft hyphens and control characters.

    A soft hyphen before a line end joins the two halves of the word. Surrogate pairs, which PDF fonts give, become
    the character that they stand for; half a pair becomes U+FFFD.
    """
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return normalize(_CONTROL.sub("", re.sub("\u00ad(?: *\r?\n)?", "", text)))


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """Split normalized Markdown into the fields of its YAML front matter and the text below it.

    A file that does not begin with ``---``, or where no second ``---`` follows, has no front matter.

    Raises:
        CorpusError: the front matter is no YAML mapping, or holds a value that JSON cannot.
    """
    match = _FRONT_MATTER.match(text, 0, MAX_FRONT_MATTER)
    if match is None:
        return {}, text
    source = match[1]
    try:
        _check_yaml(source)
        fields = yaml.safe_load(source)
        written = yaml.load(source, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CorpusError(f"the front matter is not YAML ({one_line(error)}): correct the lines between ---") from error
    if fields is None:
        return {}, text[match.end() :]
    if not isinstance(fields, dict):
        raise CorpusError("the front matter is not a list of `field: value` lines: correct the lines between ---")
    plain = plain_values(fields)
    # As it was written: `id: 007` stays "007", and `language: no` stays Norwegian rather than false.
    as_written = {name: written[name] for name in FIELDS if name in written and plain.get(name) is not None}
    return {**plain, **as_written}, text[match.end() :]


def plain_values(fields: Mapping[Any, Any]) -> dict[str, Any]:
    """Return fields as JSON can hold them: strings in NFC, dates in ISO form, every key a string.

    Raises:
        CorpusError: a value is of another kind, not finite, or not Unicode.
    """
    try:
        return {str(_plain(name)): _plain(value) for name, value in fields.items()}
    except RecursionError as error:
        raise CorpusError("the fields are nested too deep: flatten them") from error


def one_line(error: Exception) -> str:
    """Return the message of another library's error, short and on one line."""
    message = " ".join(str(error).split()) or type(error).__name__
    return message if len(message) <= 160 else message[:157] + "…"


def _check_yaml(source: str) -> None:
    """Refuse aliases, which can make a few lines grow to gigabytes, and depths that PyYAML is slow in."""
    depth = 0
    for event in yaml.parse(source, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > MAX_YAML_DEPTH:
            raise CorpusError("the front matter uses aliases (*name) or deep nesting: write plain `field: value` lines")


def _plain(value: Any) -> Any:  # noqa: ANN401 - it walks any value
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise CorpusError("a field holds half a surrogate pair, which is no character: correct it")
        return composed(value)
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise CorpusError(f"a field holds a number of more than {MAX_BITS} bits: write it as a text")
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(_plain(name)): _plain(item) for name, item in value.items()}
    raise CorpusError(f"a field holds {value!r}, which JSON cannot: write it as a text or a number")


def _bytewise(data: bytes, *, utf8: bool) -> tuple[str, int]:
    """Return the text of UTF-8 or, where it is none, of Windows-1252, and how many characters became U+FFFD.

    Raises:
        CorpusError: it is no text, or is too damaged.
    """
    text, n_replaced = _decoded(data, "utf-8")
    if n_replaced and not (utf8 or is_utf8(text)):
        text, n_replaced = _decoded(data, "cp1252")
        if _non_ascii(text) > MAX_NON_ASCII * len(text) or not _is_nearly_whole(text):
            raise CorpusError("the file is not text: save it as UTF-8 text, or remove it")
    elif not are_strays(n_replaced, len(text)):
        raise CorpusError("the UTF-8 text is damaged in many places: save the file anew")
    elif "\0" in text and not _is_nearly_whole(text):
        raise CorpusError("the file is not text (it holds NUL bytes): save it as UTF-8 text, or remove it")
    return text, n_replaced


def _decoded(data: bytes, encoding: str) -> tuple[str, int]:
    """Return bytes as text, and how many characters became U+FFFD."""
    try:
        return data.decode(encoding), 0
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
        return text, text.count("\ufffd") - data.count("\ufffd".encode()) * (encoding == "utf-8")


def _is_nearly_whole(text: str) -> bool:
    return are_strays(len(_STRAY.findall(text)), len(text))


def _wide(data: bytes, encoding: str) -> str:
    """Return UTF-16 or UTF-32 text. Nearly any bytes can be read as UTF-16, so that it must look like text, too.

    Raises:
        CorpusError: it does not, or the bytes are UTF-8 behind the mark of another encoding.
    """
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        message = (
            f"the file is not text (no valid {encoding} at byte {error.start}): save it as UTF-8 text, or remove it"
        )
        raise CorpusError(message) from error
    odd = {character for character in set(text) if unicodedata.category(character) in _NO_TEXT} - _LAYOUT
    strange = sum(map(text.count, odd)) > MAX_ODD * len(text) or _mixes_scripts(text)
    if strange or (data and _is_bytewise(data)):
        raise CorpusError(f"the file is not text, though it begins as {encoding}: save it as UTF-8 text, or remove it")
    return text


def _mixes_scripts(text: str) -> bool:
    """Tell whether most letters at the beginning of a text are of another script than the letter before."""
    names = [unicodedata.name(letter, "").split(" ")[0] for letter in text[:_SAMPLE] if letter.isalpha()]
    scripts = ["CJK" if name in ("HIRAGANA", "KATAKANA") else name for name in names]
    return 2 * sum(a != b for a, b in itertools.pairwise(scripts)) > len(scripts)


def _is_bytewise(data: bytes) -> bool:
    """Tell whether bytes are UTF-8: of UTF-16, spaces and line ends have a zero, and letters make no UTF-8."""
    try:
        return b"\0" not in data and bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _non_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _utf16_without_mark(data: bytes) -> str:
    """Return which UTF-16 this is, or an empty string: every other byte of Swedish text is a zero."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if even == 0 and odd > 0.35 * len(data):
        return "utf-16-le"
    return "utf-16-be" if odd == 0 and even > 0.35 * len(data) else ""
