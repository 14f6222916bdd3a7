"""Reads the files of a packaged model: weights (safetensors), mapped into memory and decoded, tokenizer, fitted numbers."""

from __future__ import annotations

import functools
import hashlib
import json
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import ReadingError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = [
    "TABLE",
    "calibrated",
    "decoded",
    "decoded_matrices",
    "fingerprint",
    "opened_once",
    "read_packaged",
    "read_safetensors",
    "read_tokenizer",
    "token_id",
]

_T = TypeVar("_T")

TABLE = "embeddings.word_embeddings"
"""The embeddings of the tokens, which one packaged model may take from another."""

_DTYPES: dict[str, np.dtype[np.generic]] = {
    "U8": np.dtype("u1"),
    "F16": np.dtype("<f2"),
    "F32": np.dtype("<f4"),
    "I64": np.dtype("<i8"),
}


def read_packaged(folder: Path) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of a packaged model, mapped into memory, those that a neighbouring folder lends it included.

    Raises:
        OSError: a file is missing.
        ValueError: a file is not in this format or was cut short.
    """
    arrays = read_safetensors(folder / "weights.safetensors")
    if lender := json.loads((folder / "config.json").read_text(encoding="utf-8")).get("table_of"):
        lent = read_safetensors(folder.parent / str(lender) / "weights.safetensors")
        arrays |= {name: array for name, array in lent.items() if name.startswith(TABLE)}
    return arrays


def decoded_matrices(arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.float32]]:
    """Return the matrices of a packaged body's layers in float32, four times the size: ``NAME.weight`` for ``NAME.q``.

    Raises:
        ValueError: a matrix lacks its scales.
    """
    return {
        name.removesuffix(".q") + ".weight": decoded(arrays, name)
        for name in arrays
        if name.endswith(".q") and not name.startswith(TABLE)
    }


def decoded(arrays: Mapping[str, NDArray[np.generic]], name: str) -> NDArray[np.float32]:
    """Return in float32 a matrix of eight bits with a scale for each block of a row, ``NAME.q`` and ``NAME.scale``: (n, k).

    Raises:
        ValueError: it lacks its scales.
    """
    scales: NDArray[Any] | None = arrays.get(name.removesuffix(".q") + ".scale")
    if scales is None:
        raise ValueError(f"weights.safetensors: {name} has no scale")
    numbers: NDArray[Any] = arrays[name]
    blocks: NDArray[np.float32] = np.subtract(numbers.reshape(*scales.shape, -1), np.float32(128), dtype=np.float32)
    blocks *= scales[..., None]
    whole: NDArray[np.float32] = blocks.reshape(len(numbers), -1)
    return whole


def read_safetensors(path: Path) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of a safetensors file, mapped into memory, not read.

    Raises:
        ValueError: the file is not in this format or was cut short.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > size - 8:
            raise ValueError(f"{path.name}: header of {length} bytes in a file of {size}")
        header = json.loads(file.read(length))
    if not isinstance(header, dict):
        raise ValueError(f"{path.name}: the header is no table of arrays")
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        try:
            start, end = map(int, entry["data_offsets"])
            shape, kind = tuple(map(int, entry["shape"])), str(entry["dtype"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"{path.name}: {name} cannot be read") from error
        if kind not in _DTYPES:
            raise ValueError(f"{path.name}: {name} is of type {kind}, wanted one of {', '.join(_DTYPES)}")
        if min(shape, default=0) < 0:
            raise ValueError(f"{path.name}: {name} is of shape {shape}")
        if not 0 <= start <= end <= size - 8 - length:
            raise ValueError(f"{path.name}: {name} lies in bytes {start} to {end} of {size - 8 - length}")
        dtype = _DTYPES[kind]
        if end - start != dtype.itemsize * math.prod(shape):
            raise ValueError(f"{path.name}: {name} has {end - start} bytes for shape {shape}")
        arrays[name] = np.memmap(path, dtype=dtype, mode="r", offset=8 + length + start, shape=shape)
    return arrays


def read_tokenizer(folder: Path) -> Tokenizer:
    """Return the tokenizer of a packaged model, which neither cuts nor pads.

    Raises:
        OSError: the file is missing.
        Exception: the file is damaged; the tokenizers library has no class of its own for that.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer((folder / "tokenizer.json").read_bytes())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def token_id(tokenizer: Tokenizer, mark: str) -> int:
    """Return the number of a mark such as ``<pad>``, 0 where the tokenizer has none."""
    return int(tokenizer.token_to_id(mark) or 0)


def fingerprint(folder: Path, version: str, names: Sequence[str]) -> str:
    """Return ``folder@version/sha256:<16 hex digits>`` of a packaged model: of its files of some names, in their order.

    Raises:
        OSError: a file is missing.
    """
    digest = hashlib.sha256()
    for name in names:
        with (folder / name).open("rb") as file:
            hashlib.file_digest(file, lambda: digest)
    return f"{folder.name}@{version}/sha256:{digest.hexdigest()[:16]}"


def opened_once(open_model: Callable[[], _T]) -> Callable[[], _T]:
    """Return a function that opens a model when it is first called, and from then on returns that one, in any thread."""
    lock = threading.Lock()
    remembered = functools.cache(open_model)

    @functools.cache  # without the lock, once it is open
    @functools.wraps(open_model)
    def opened() -> _T:
        with lock:
            return remembered()

    return opened


def calibrated(kind: type[_T], part: str, folder: Path) -> _T:
    """Return the numbers of one part of a reader's ``calibration.json``.

    Raises:
        ReadingError: the file is missing or damaged.
    """
    path = folder / "calibration.json"
    try:
        row = json.loads(path.read_text(encoding="utf-8"))[part]
        return kind(**{name: _number(value) for name, value in row.items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReadingError(f"cannot read {path} ({error}); install nmt-rag again") from error


def _number(value: Any) -> Any:  # noqa: ANN401 - as JSON has it
    """Return a number, a list of them as a tuple, or a table of them. Raises TypeError or ValueError for anything else."""
    if isinstance(value, list):
        return tuple(map(float, value))
    return {name: float(one) for name, one in value.items()} if isinstance(value, dict) else float(value)
