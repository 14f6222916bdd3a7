"""The exceptions that nmt_rag raises for operating errors, drawn as a tree.

NmtRagError
├── CorpusError          a file or folder of documents cannot be read
├── IndexNotFoundError   there is no index where one was expected
├── IndexMismatchError   the index was built with another encoder or format
├── IndexLockedError     another process is writing to the index
├── IndexDamagedError    the index's database is broken
├── EncodingError        a text could not be turned into an embedding
├── ReadingError         a reader could not be opened, or failed
└── GenerationError      a language model failed to write an answer

Wrong arguments stay ``ValueError`` and ``TypeError``. Every message says what happened, where, and what to do.
"""

__all__ = [
    "CorpusError",
    "EncodingError",
    "GenerationError",
    "IndexDamagedError",
    "IndexLockedError",
    "IndexMismatchError",
    "IndexNotFoundError",
    "NmtRagError",
    "ReadingError",
]


class NmtRagError(Exception):
    """The root of all operating errors of this library."""


class CorpusError(NmtRagError):
    """A file or folder of documents cannot be read."""


class IndexNotFoundError(NmtRagError):
    """There is no index where one was expected."""


class IndexMismatchError(NmtRagError):
    """The index was built with another encoder or with another format."""


class IndexLockedError(NmtRagError):
    """Another process is writing to the index."""


class IndexDamagedError(NmtRagError):
    """The index's database is broken: nothing in it can be trusted."""


class EncodingError(NmtRagError):
    """A text could not be turned into an embedding."""


class ReadingError(NmtRagError):
    """A reader could not be opened, or failed."""


class GenerationError(NmtRagError):
    """A language model failed to write an answer."""
