"""Addresses: where an index is, when it is in no folder, and the engine that opens it.

``qdrant://HOST:PORT/COLLECTION`` is a server or any node of a cluster, ``qdrant+https://…`` one behind TLS, and
``qdrant+local:FOLDER`` Qdrant's engine in this process. When an index is made, ``?search=exact`` (default), ``hnsw``,
``scalar`` or ``binary`` chooses how embeddings are searched, ``shards=N`` and ``replicas=N`` how they are spread.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

from nmt_rag.index.engines.qdrant.points import Cluster, CollectionLayout, SearchMethod

if TYPE_CHECKING:
    from nmt_rag.index.engines.protocol import Engine

KEY = "QDRANT_API_KEY"
"""The environment variable with the key of a server that asks for one."""

TIMEOUT = 30
"""A request to a server takes at most this long (seconds)."""

_ADDRESS = re.compile(r"(qdrant|qdrant\+https|qdrant\+local):(?://)?(.*)")
_LOCAL_NAME = "passages"


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart: a server's URL or a local folder, the collection's name, and how it is made."""

    text: str
    url: str
    folder: Path | None
    collection: str
    layout: CollectionLayout


def is_address(place: Path | str) -> bool:
    """Tell whether a place is an address rather than a folder."""
    return isinstance(place, str) and bool(_ADDRESS.fullmatch(place))


def parsed(place: str) -> Address:
    """Take an address apart.

    Raises:
        ValueError: it is none, or names no collection, or an option is unknown.
    """
    shown = re.sub(r"(?<=//).*@", "…@", place)  # a password is not repeated
    match = _ADDRESS.fullmatch(place)
    if match is None:
        raise ValueError(f"expected an address such as qdrant://localhost:6333/texter, got {shown!r}")
    kind, rest = match.groups()
    rest, _, asked = rest.partition("?")
    layout = _layout(shown, asked)
    text = place.partition("?")[0]
    if kind == "qdrant+local":
        if not rest:
            raise ValueError(f"expected a folder after qdrant+local:, got {place!r}")
        return Address(text, "", Path(rest), _LOCAL_NAME, layout)
    scheme = "https" if kind.endswith("https") else "http"
    url, collection = _server(f"{scheme}://{rest}")
    if not url or not re.fullmatch(r"[\w.-]+", collection):
        raise ValueError(
            f"expected an address such as qdrant://localhost:6333/texter (the key is read from {KEY}), got {shown!r}"
        )
    return Address(text, url, None, collection, layout)


def _server(address: str) -> tuple[str, str]:
    """Return the URL of a server and what stands after it; no URL where the host, the port or both are none."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or 6333
    except ValueError:  # of Python: a bracket that does not close, a port that is no number
        return "", ""
    if not host or parts.username or parts.password:
        return "", ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}", parts.path.strip("/")


def open_engine(place: str) -> Engine:
    """Open the index at an address.

    Raises:
        IndexNotFoundError: there is none.
        NmtRagError: the engine cannot be reached, or its library is not installed.
    """
    from nmt_rag.index.engines.qdrant.engine import QdrantEngine

    address = parsed(place)
    cluster = _cluster(address)
    try:
        return QdrantEngine.open(cluster, address.collection, address=address.text)
    except BaseException:
        cluster.close()
        raise


def create_engine(place: str, *, fingerprint: str | None, dim: int) -> Engine:
    """Make an empty index at an address, and open it.

    Raises:
        NmtRagError: there is one already, or the engine cannot be reached.
    """
    from nmt_rag.index.engines.qdrant.engine import QdrantEngine

    address = parsed(place)
    cluster = _cluster(address)
    try:
        return QdrantEngine.create(
            cluster,
            address.collection,
            address=address.text,
            fingerprint=fingerprint,
            dim=dim,
            layout=replace(address.layout, dim=dim),
        )
    except BaseException:
        cluster.close()
        raise


def _cluster(address: Address) -> Cluster:
    """Return the place of an address, whose library is imported now."""
    if address.folder is not None:
        from nmt_rag.index.engines.qdrant.edge import EdgeCluster

        return EdgeCluster(address.folder)
    from nmt_rag.index.engines.qdrant.server import connect

    return connect(address.url, key=os.environ.get(KEY), timeout=TIMEOUT)


def _layout(place: str, asked: str) -> CollectionLayout:
    """Return the layout that the options of an address ask for."""
    options: Mapping[str, str] = dict(option.partition("=")[::2] for option in asked.split("&") if option)
    known = get_args(SearchMethod)
    found: dict[str, Any] = {}
    for name, value in options.items():
        if name == "search" and value in known:
            found[name] = value
        elif name in ("shards", "replicas") and value.isdecimal() and int(value) > 0:
            found[name] = int(value)
        else:
            raise ValueError(
                f"{place!r}: expected search={'|'.join(known)}, shards=N or replicas=N, got {name}={value}"
            )
    return CollectionLayout(**found)
