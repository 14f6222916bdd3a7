"""The one line that says which extra to install, where a module needs a library that the core does without."""

from __future__ import annotations


def missing(what: str, library: str, extra: str) -> ImportError:
    """Return the error for something that needs a library which is not installed, with the command that installs it."""
    return ImportError(f'{what} needs {library}; install it with: pip install "nmt-rag[{extra}]"', name=library)
