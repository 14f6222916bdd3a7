"""How often visitors said that an answer helped them, and how often that it did not: two numbers in one file.

Nothing else is kept, neither question nor answer, neither who nor when. It is kept only where whoever runs the page
names the file (`nmt_rag.interfaces.page.operators`). One process counts.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from nmt_rag import strict_json
from nmt_rag.errors import NmtRagError


class Tally:
    """The count in a file. Threads may share it.

    Args:
        path: the file, made with the first word.

    Raises:
        NmtRagError: the file is there and holds no count.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.read()

    def read(self) -> dict[str, int]:
        """Return how many said that an answer helped (``"yes"``), and that it did not (``"no"``)."""
        try:
            count = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {"yes": 0, "no": 0}
        except (OSError, ValueError) as error:
            raise NmtRagError(f"the count of «var det hjälpsamt?» cannot be read: {self._path}: {error}") from error
        if (
            not isinstance(count, dict)
            or set(count) != {"yes", "no"}
            or not all(type(n) is int for n in count.values())
        ):
            raise NmtRagError(f'{self._path} holds no count; it should be as {{"yes": 0, "no": 0}}: move it away')
        return count

    def add(self, *, helped: bool) -> None:
        """Count one word. A file is replaced whole, so that a kill leaves the old count or the new one.

        Raises:
            NmtRagError: the file cannot be read or written.
        """
        with self._lock:
            count = self.read()
            count["yes" if helped else "no"] += 1
            new = self._path.with_name(f"{self._path.name}.new")
            try:
                new.write_text(strict_json.dumps(count) + "\n", encoding="utf-8")
                os.replace(new, self._path)
            except OSError as error:
                raise NmtRagError(f"the count cannot be written: {self._path}: {error}") from error
