"""Runs a packaged body on onnxruntime: token ids in, the last hidden states out; no torch.

A packaged folder is written by ``training/package.py``: weights of eight bits, a scale for each block of a row. The
encoder multiplies in eight bits too, again with a scale for each block of a row. The reader gets its matrices decoded
to float32: four times the memory, and twice the speed for whole windows where the processor has no instructions for
products of eight bits. In both, the result for a text does not depend on the texts beside it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLOCK", "Body"]

BLOCK = 64
"""Weights of a row that share a scale."""

ROWS = 8
"""Texts are padded to a multiple of this: rows beside full tiles are summed in another order, and rounding shows it."""


class Body:
    """A transformer's body, opened from a packaged folder; safe to use from several threads."""

    def __init__(self, session: Any, pad: int, lent: object = None) -> None:  # noqa: ANN401 - onnxruntime has no types
        self._session = session
        self.pad = pad
        self._lent = lent  # the session uses these numbers where they lie

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        pad: int,
        lent: Mapping[str, NDArray[np.generic]] | None = None,
        n_threads: int | None = None,
        computation: str = "model.onnx",
    ) -> Body:
        """Open the body of a folder.

        Args:
            folder: holds the ONNX file and ``weights.safetensors``.
            pad: the token id that fills up shorter texts.
            lent: arrays that are used where they lie, not copied: the embeddings of the tokens, decoded matrices.
            n_threads: threads of one run; by default one for each core.
            computation: the name of the ONNX file.

        Raises:
            OSError: a file is missing.
            ValueError: onnxruntime cannot read it.
        """
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # from the import on: the call below may come too late
        import onnxruntime

        for name in (computation, "weights.safetensors"):
            if not (folder / name).is_file():
                raise FileNotFoundError(f"{folder / name} is missing")
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = n_threads or _n_cores()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.disable_prepacking", "1" if lent else "0")  # prepacked is copied
        shared = {name: onnxruntime.OrtValue.ortvalue_from_numpy(array) for name, array in (lent or {}).items()}
        options.add_external_initializers(list(shared), list(shared.values()))
        for name, value in shared.items():
            options.add_initializer(name, value)  # used where it lies; the call above alone would have it copied
        try:
            session = onnxruntime.InferenceSession(
                str(folder / computation), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises classes of its own for each kind of damage
            raise ValueError(f"the model in {folder} cannot be read: {error}") from error
        return cls(session, pad, shared)

    def hidden(self, texts: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Return the last hidden states of texts given as token ids, padded to a multiple of `ROWS`: (n_texts, length, dim)."""
        length = -(-max(len(text) for text in texts) // ROWS) * ROWS
        ids = np.full((len(texts), length), self.pad, np.int64)
        mask = np.zeros((len(texts), length), np.int64)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1
        found: NDArray[np.float32] = self._session.run(
            ["last_hidden_state"], {"input_ids": ids, "attention_mask": mask}
        )[0]
        return found


def _n_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
