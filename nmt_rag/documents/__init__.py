"""Files to documents, documents to passages, and who acts in them."""

from typing import TYPE_CHECKING

from nmt_rag.faces import lazy

if TYPE_CHECKING:
    from nmt_rag.documents import actors, intake, passages, reading_apart
    from nmt_rag.documents.actors import Mention
    from nmt_rag.documents.apart.staying_home import stay_home
    from nmt_rag.documents.decoding import MAX_BITS, decode, normalize
    from nmt_rag.documents.formats import Remark, RemarkKind
    from nmt_rag.documents.intake import Source
    from nmt_rag.documents.loading import Failure, Note, files, load, read_as, readable
    from nmt_rag.documents.reading_apart import OWN_MEGABYTES, OWN_SECONDS, FileReader
    from nmt_rag.documents.who_does_what import naming, network, spreadsheet, tasks
    from nmt_rag.documents.who_does_what.naming import ActorBars, Namer, splitting
    from nmt_rag.documents.who_does_what.network import Relation
    from nmt_rag.documents.who_does_what.tasks import Responsibility

__all__ = [
    "MAX_BITS",
    "OWN_MEGABYTES",
    "OWN_SECONDS",
    "ActorBars",
    "Failure",
    "FileReader",
    "Mention",
    "Namer",
    "Note",
    "Relation",
    "Remark",
    "RemarkKind",
    "Responsibility",
    "Source",
    "actors",
    "decode",
    "files",
    "intake",
    "load",
    "naming",
    "network",
    "normalize",
    "passages",
    "read_as",
    "readable",
    "reading_apart",
    "splitting",
    "spreadsheet",
    "stay_home",
    "tasks",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "documents.actors": (
            "Mention",
            "actors",
        ),
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
            "Source",
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
        "documents.passages": ("passages",),
        "documents.reading_apart": (
            "FileReader",
            "OWN_MEGABYTES",
            "OWN_SECONDS",
            "reading_apart",
        ),
        "documents.apart.staying_home": ("stay_home",),
        "documents.who_does_what.naming": (
            "ActorBars",
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
