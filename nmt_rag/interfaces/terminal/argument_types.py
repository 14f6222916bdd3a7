"""The values that arguments of the command line take: numbers, texts, folders, addresses and conditions."""

from __future__ import annotations

import argparse
import ipaddress
import json
import re
from collections.abc import Callable
from typing import Any

from nmt_rag.index import filters, opening


def positive(text: str) -> int:
    """Return a whole number from 1."""
    return whole(text, 1)


def count(text: str) -> int:
    """Return a whole number from 0."""
    return whole(text, 0)


def port(text: str) -> int:
    """Return the number of a port; 0 is any."""
    number = whole(text, 0)
    if number > 65_535:
        raise argparse.ArgumentTypeError(f"expected a port up to 65535, got {text!r}")
    return number


def share(text: str) -> float:
    """Return a number in [0, 1]."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= 1.0:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, got {text!r}")
    return number


def name_of(what: str) -> Callable[[str], str]:
    """Return what reads the name of something, which must say something."""

    def name(text: str) -> str:
        if not text.strip():
            raise argparse.ArgumentTypeError(f"expected the name of {what}, got nothing")
        return plain_text(text)

    return name


encoder_or_none = name_of("an encoder")
folder = name_of("a folder")


def encoder(text: str) -> str:
    """Return the name of an encoder where there must be one."""
    if text == "none":
        raise argparse.ArgumentTypeError("expected an encoder, got none; words only: nmt-rag index --encoder none")
    return encoder_or_none(text)


def whole(text: str, least: int) -> int:
    """Return a whole number from the least on."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least {least}, got {text!r}")
    return number


def question(text: str) -> str:
    """Return a question with U+FFFD for half surrogates; bytes that are not UTF-8 would make it another question."""
    if any("\udc80" <= character <= "\udcff" for character in text):  # how Python hands over such bytes (PEP 383)
        raise argparse.ArgumentTypeError(f"expected text in UTF-8, got {text!r}")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def plain_text(text: str) -> str:
    """Return a text, which must be UTF-8."""
    if question(text) != text:
        raise argparse.ArgumentTypeError(f"expected text in UTF-8, got {text!r}")
    return text


def address(text: str) -> str:
    """Return an address of HTTP."""
    if not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise argparse.ArgumentTypeError(f"expected an address such as http://127.0.0.1:8000/v1, got {text!r}")
    return text


def network(text: str) -> str:
    """Return the address of a machine, or of a network of them."""
    try:
        ipaddress.ip_network(text)  # of an address it makes the network of that one
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"expected an address such as 10.0.0.1 or a network such as 10.0.0.0/8, got {text!r}"
        ) from error
    return text


def host_name(text: str) -> str:
    """Return the name or the address that a machine is called by, as clients send it, without a port."""
    name = _ascii(text.removeprefix("[").removesuffix("]"))
    try:
        ipaddress.ip_address(name)
    except ValueError:
        if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", name):
            raise argparse.ArgumentTypeError(
                f"expected a name such as example.se, without http:// or a port, got {text!r}"
            ) from None
    return name


def origin(text: str) -> str:
    """Return the origin of pages as browsers send it: in lower case, without the usual port and a path; * is any."""
    found = re.fullmatch(r"([a-z][a-z0-9+.-]*)://(\[[0-9a-f:.]+\]|[^\s/:@\[\]?#]+)(?::([0-9]+))?/?", _ascii(text))
    if found is None and text != "*":
        raise argparse.ArgumentTypeError(f"expected an origin such as https://example.se, got {text!r}")
    if found is None:
        return text
    scheme, name, number = found.groups()
    usual = {"http": "80", "https": "443"}.get(scheme)
    return f"{scheme}://{name}" if number in (None, usual) else f"{scheme}://{name}:{number}"


def _ascii(text: str) -> str:
    """Return what holds a name of a machine in lower case, å as it is sent (RFC 3490); as it is where none can be."""
    parts = re.split(r"([/:\[\]]+)", plain_text(text).lower())
    try:
        return "".join(part if part.isascii() else part.encode("idna").decode() for part in parts)
    except UnicodeError:
        return text


def index_place(text: str) -> str:
    """Return the name of a folder, or the address of an engine in which an index is kept."""
    if opening.is_address(text):
        try:
            opening.parsed(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
    return folder(text)


_CONDITION = re.compile(r"([^=<>!]+)(!=|>=|<=|=|>|<)(.*)", re.DOTALL)


def condition(text: str) -> dict[str, Any]:
    """Return a condition as the mapping that `nmt_rag.index.parse` takes."""
    if plain_text(text).lstrip().startswith("{"):
        try:
            where = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise argparse.ArgumentTypeError(f"expected a filter in JSON, got {text!r} ({error})") from error
    else:
        found = _CONDITION.fullmatch(text)
        if not found or not (field := found[1].strip()):
            raise argparse.ArgumentTypeError(f"expected FIELD=VALUE, got {text!r}")
        said = {sign: name for name, sign in filters.SIGNS.items()}.get(found[2])
        value = found[3].strip()
        where = {field: value if said is None else {said: value}}
    try:
        filters.parse(where)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return dict(where)
