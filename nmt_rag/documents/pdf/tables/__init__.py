"""The tables of a page: between ruled lines, in a grid or row by row, and where columns align without any."""

from nmt_rag.documents.pdf.tables.aligned import aligned
from nmt_rag.documents.pdf.tables.banded import banded
from nmt_rag.documents.pdf.tables.cells import Table, WordRun
from nmt_rag.documents.pdf.tables.ruled import ruled

__all__ = ["Table", "WordRun", "aligned", "banded", "ruled"]
