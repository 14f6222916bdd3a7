"""A conversation: the questions of one asker, remembered in memory so that a follow-up is understood from them.

How one is understood is `nmt_rag.answering.conversation`'s to say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nmt_rag.types import Answer

if TYPE_CHECKING:
    from nmt_rag.rag.rag import Rag


@dataclass(slots=True)
class Conversation:
    """Questions of one asker, each understood from those before it. They are held here, and nowhere else.

    One asker's questions come one at a time: it is not for several threads.
    """

    rag: Rag
    earlier: list[str] = field(default_factory=list)
    """The questions so far, oldest first."""

    def ask(self, question: str, **options: Any) -> Answer:  # noqa: ANN401 - what `Rag.ask` takes
        """Answer a question as `nmt_rag.rag.Rag.ask` does, and remember it."""
        answer = self.rag.ask(question, earlier=self.earlier, **options)
        self.earlier.append(question)
        return answer
