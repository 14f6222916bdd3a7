"""Text to embeddings: the packaged Swedish model, or any sentence-transformers model.

The rooms are in `nmt_rag.models`; this is the name they have always had.
"""

from typing import TYPE_CHECKING

from nmt_rag.faces import lazy

if TYPE_CHECKING:
    from nmt_rag.models.encoder import Encoder, PackagedEncoder, default_encoder, load_encoder
    from nmt_rag.models.sentence_transformers import SentenceTransformerEncoder

__all__ = ["Encoder", "PackagedEncoder", "SentenceTransformerEncoder", "default_encoder", "load_encoder"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "models.encoder": ("Encoder", "PackagedEncoder", "default_encoder", "load_encoder"),
        "models.sentence_transformers": ("SentenceTransformerEncoder",),
    },
)
