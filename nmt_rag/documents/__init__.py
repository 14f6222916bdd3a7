"""Files to documents, documents to passages, and who acts in them."""

from typing import TYPE_CHECKING

from nmt_rag.faces import lazy

if TYPE_CHECKING:
    from nmt_rag.documents import actors, intake, leading, passages
    from nmt_rag.documents.apart.file_reader import OWN_MEGABYTES, OWN_SECONDS, FileContents, FileReader, ReadProblem
    from nmt_rag.documents.apart.staying_home import stay_home
    from nmt_rag.documents.decoding import MAX_BITS, decode, normalize
    from nmt_rag.documents.formats import Remark, RemarkKind
    from nmt_rag.documents.intake import TextSource
    from nmt_rag.documents.loading import Failure, Note, files, load, read_as, readable
    from nmt_rag.documents.who_does_what import naming, network, spreadsheet, tasks
    from nmt_rag.documents.who_does_what.naming import Namer, splitting
    from nmt_rag.documents.who_does_what.network import Relation
    from nmt_rag.documents.who_does_what.tasks import Responsibility

__all__ = [
    "MAX_BITS",
    "OWN_MEGABYTES",
    "OWN_SECONDS",
    "Failure",
    "FileContents",
    "FileReader",
    "Namer",
    "Note",
    "ReadProblem",
    "Relation",
    "Remark",
    "RemarkKind",
    "Responsibility",
    "TextSource",
    "actors",
    "decode",
    "files",
    "intake",
    "leading",
    "load",
    "naming",
    "network",
    "normalize",
    "passages",
    "read_as",
    "readable",
    "splitting",
    "spreadsheet",
    "stay_home",
    "tasks",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "documents.actors": ("actors",),
        "documents.apart.file_reader": (
            "FileContents",
            "FileReader",
            "OWN_MEGABYTES",
            "OWN_SECONDS",
            "ReadProblem",
        ),
        "documents.apart.staying_home": ("stay_home",),
        "documents.decoding": (
            "MAX_BITS",
            "decode",
            "normalize",
        ),
        "documents.formats": (
            "Remark",
            "RemarkKind",
        ),
        "documents.intake": (
            "TextSource",
            "intake",
        ),
        "documents.loading": (
            "Failure",
            "Note",
            "files",
            "load",
            "read_as",
            "readable",
        ),
        "documents.leading": ("leading",),
        "documents.passages": ("passages",),
        "documents.who_does_what.naming": (
            "Namer",
            "naming",
            "splitting",
        ),
        "documents.who_does_what.network": (
            "Relation",
            "network",
        ),
        "documents.who_does_what.spreadsheet": ("spreadsheet",),
        "documents.who_does_what.tasks": (
            "Responsibility",
            "tasks",
        ),
    },
)
