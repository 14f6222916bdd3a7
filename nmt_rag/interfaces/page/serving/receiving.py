"""What takes in an upload in place of Gradio's own parser: files only, few at a time, gone with their client.

Gradio keeps fields that are no files in memory, whatever their length, opens a thousand files for one request, and
leaves them open where the client goes away. How much may be sent, and for how long, is
`nmt_rag.interfaces.page.serving.routes`'s.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from pathlib import Path
from typing import Any

# isort: split
import gradio as gr
from gradio.route_utils import GradioMultiPartParser

from nmt_rag.interfaces.page.serving.uploads import MAX_FILES


class FilesOnly(GradioMultiPartParser):
    """Gradio's parser with `MAX_FILES`, and without fields that are no files.

    Gradio puts a file into a folder named after its content, where two visitors' would be one. Here each gets its own.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - Gradio's own
        super().__init__(*arguments, **{**named, "max_files": MAX_FILES, "max_fields": 0})

    async def parse(self) -> Any:  # noqa: ANN401 - Gradio's own
        """Read the files, or leave none where that fails."""
        try:
            form = await super().parse()
        except BaseException:  # the client went away, or took too long
            for file in self._files_to_close_on_error:
                with contextlib.suppress(OSError):
                    file.close()
                    Path(file.name).unlink()
            raise
        for _, received in form.multi_items():
            vars(received)["sha"] = hashlib.sha256(secrets.token_bytes(32))
        return form


def as_sent(file: Any) -> str:  # noqa: ANN401 - Gradio's own
    """Give a received file the name that its visitor knows, and return its path.

    Gradio takes signs out of it: «ärende 7:3.txt» is kept as «ärende 73.txt». That stays where the system has no files
    named as it was sent, or where the name holds what cannot be seen.
    """
    kept, name = Path(file.path), re.split(r"[/\\]", file.orig_name or "")[-1]
    if name in ("", ".", "..", kept.name) or not name.isprintable():
        return str(kept)
    try:
        return str(kept.rename(kept.with_name(name)))
    except (OSError, ValueError):
        return str(kept)


def keep_nothing() -> None:
    """Let Gradio neither keep the names of visitors' files nor make an empty file beside each one that is read."""
    nothing = property(lambda _: set(), lambda *_: None)
    vars(gr.route_utils)["GradioMultiPartParser"] = FilesOnly
    for part, name, ours in (
        (gr.blocks.Block, "temp_files", nothing),
        (gr.Blocks, "upload_file_set", nothing),
        (gr.File, "_process_single_file", lambda _, file: as_sent(file)),
    ):
        setattr(part, name, ours)
