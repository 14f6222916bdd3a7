"""The packaged models and others: text to embeddings, a question and sentences to what answers."""

from typing import TYPE_CHECKING

from nmt_rag.faces import lazy

if TYPE_CHECKING:
    from nmt_rag.models.encoder import Encoder, default_encoder, load_encoder
    from nmt_rag.models.known import KnownEmbeddings
    from nmt_rag.models.reader import READER_FOLDER, Named, Reader, Sentences, default_reader
    from nmt_rag.models.weights import calibrated

__all__ = [
    "READER_FOLDER",
    "Encoder",
    "KnownEmbeddings",
    "Named",
    "Reader",
    "Sentences",
    "calibrated",
    "default_encoder",
    "default_reader",
    "load_encoder",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "models.encoder": (
            "Encoder",
            "default_encoder",
            "load_encoder",
        ),
        "models.known": ("KnownEmbeddings",),
        "models.reader": (
            "READER_FOLDER",
            "Named",
            "Reader",
            "Sentences",
            "default_reader",
        ),
        "models.weights": ("calibrated",),
    },
)
