"""The one line that says which extra to install, where a module needs a library that the core does without.

The command works where this package came from: a checkout, a folder or file that pip was given, or the package index.
"""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

_NAME = "nmt-rag"
_ROOT = Path(__file__).parent.parent


def install(extra: str) -> str:
    """Return the command that installs an extra of this package, as ``pip install -e ".[demo]"``."""
    if (_ROOT / "pyproject.toml").is_file():
        here = "." if Path.cwd() == _ROOT else str(_ROOT)
        return f'pip install -e "{here}[{extra}]"'
    source = _source()
    if source is not None and source.is_dir():
        return f'pip install "{source}[{extra}]"'
    if source is not None and source.is_file():
        return f'pip install "{_NAME}[{extra}] @ {source.as_uri()}"'
    return f'pip install "{_NAME}[{extra}]"'


def missing(what: str, library: str, extra: str) -> ImportError:
    """Return the error for something that needs a library which is not installed, with the command that installs it."""
    return ImportError(f"{what} needs {library}; install it with: {install(extra)}", name=library)


def _source() -> Path | None:
    """Return the folder or file on this machine that pip installed this package from (PEP 610), or None."""
    try:
        told = importlib.metadata.distribution(_NAME).read_text("direct_url.json")
        address = urlsplit(json.loads(told or "{}").get("url", ""))
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return None
    return Path(unquote(address.path)) if address.scheme == "file" else None
