"""The components of the page whose words change with the language, and how `page.js` talks to them.

What a visitor chose stays when the language changes: a component may be drawn from the value of another one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

# isort: split
import gradio as gr

from nmt_rag.interfaces.page.texts import TEXTS

SEEK = "element.addEventListener('seek', (event) => { props.value = event.detail; trigger('input'); });"
"""How `page.js` asks for a sentence that a row of a table or a line of the map names."""

FRESH = SEEK.replace("seek", "fresh")
"""How `page.js` asks for the page as it was before the first question."""

PICK = SEEK.replace("seek", "pick")
"""How it tells what the filters of the table and the map are set to."""

ASKED = "(...sent) => window.nmtAsked(sent)"
"""How `page.js` learns that a question is sent, and hands on what is sent."""

ANSWERED = "(...sent) => window.nmtAnswered(sent)"
"""How it learns that the question is answered."""

QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "undocumented"}

PLAIN: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}


class Worded:
    """The components whose words change with the language, each with the function that says them."""

    def __init__(self) -> None:
        self.components: list[Any] = []
        self.sources: list[Any] = []
        self._said: list[Callable[[str], Any]] = []
        self._drawn: list[tuple[int, Callable[[Any, str], Any]]] = []

    def __call__(self, component: Any, said: Callable[[str], Any]) -> Any:  # noqa: ANN401 - Gradio ships no types
        """Enter a component, and return it."""
        self.components.append(component)
        self._said.append(said)
        return component

    def html(self, said: Callable[[str], str], **settings: Any) -> Any:  # noqa: ANN401 - the same
        """Return a new piece of the page that a function draws."""
        return self(gr.HTML(said("sv"), **settings, **PLAIN), said)

    def button(self, name: str, **settings: Any) -> Any:  # noqa: ANN401 - the same
        """Return a new button with words of `texts`."""
        return self(gr.Button(TEXTS["sv"][name], **settings), lambda language: TEXTS[language][name])

    def kept(self, component: Any, source: Any, drawn: Callable[[Any, str], Any]) -> None:  # noqa: ANN401 - the same
        """Draw a component from another one's value, where that holds one, when the language changes."""
        self.sources.append(source)
        self._drawn.append((self.components.index(component), drawn))

    def said(self, language: str, values: Sequence[Any]) -> list[Any]:
        """Return what all components say in a language, in their order; ``values`` are those of ``sources``."""
        result = [said(language) for said in self._said]
        for value, (place, drawn) in zip(values, self._drawn, strict=True):
            if value:
                result[place] = drawn(value, language)
        return result
