"""What takes in an upload in place of Gradio's own parser: files only, few at a time, gone with their client.

Gradio keeps fields that are no files in memory, whatever their length, opens a thousand files for one request, and
leaves them open where the client goes away. How much may be sent, and for how long, is
`nmt_rag.interfaces.page.serving.routes`'s.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

# isort: split
from gradio.route_utils import GradioMultiPartParser

MAX_FILES = 100
"""So many files may come in one request, each of which is an open one; that twenty are taken the page says in words."""


class FilesOnly(GradioMultiPartParser):
    """Gradio's parser with `MAX_FILES`, and without fields that are no files."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - Gradio's own
        super().__init__(*arguments, **{**named, "max_files": MAX_FILES, "max_fields": 0})

    async def parse(self) -> Any:  # noqa: ANN401 - Gradio's own
        """Read the files, or leave none where that fails."""
        try:
            return await super().parse()
        except BaseException:  # the client went away, or took too long
            for file in self._files_to_close_on_error:
                with contextlib.suppress(OSError):
                    file.close()
                    Path(file.name).unlink()
            raise
