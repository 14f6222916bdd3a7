"""An agent of LangChain that asks the sources, and a check of what it then writes.

    python examples/langchain_agent.py "Vilken myndighet beslutar om betänketid?"
    python examples/langchain_agent.py "Vad gör NOA?" --model ollama:llama3.2

Without ``--model`` a scripted model takes the place of a real one: it calls the tool, and repeats what the tool said.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool

import nmt_rag
from nmt_rag.answering import open_model
from nmt_rag.langchain import answer_tool

PROMPT = (
    "Answer from the tool ask_the_sources alone. Keep its quotes «…» letter for letter and their markers [1]. "
    "Where it gives no answer, say so and add nothing."
)


class ScriptedModel(BaseChatModel):
    """Calls the first tool with the user's question, then writes down what came back, less the list of sources."""

    tool_name: str = ""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[BaseTool], **_: Any) -> Runnable[LanguageModelInput, AIMessage]:
        """Return a model that knows the name of the first tool."""
        return ScriptedModel(tool_name=tools[0].name)

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        last = messages[-1]
        if isinstance(last, ToolMessage):
            said = re.sub(r"^\[\d+\] .*\n?", "", last.text, flags=re.MULTILINE).strip()
            message = AIMessage(f"Källorna svarar:\n{said}")
        else:
            call = ToolCall(name=self.tool_name, args={"question": last.text}, id="call-1")
            message = AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=message)])


def unproven(text: str, answers: Sequence[dict[str, Any]]) -> list[str]:
    """Return the quotes of a text that stand in none of the answers' citations: what the model made up."""
    quotes = [citation["quote"] for answer in answers for citation in answer["citations"]]
    return [said for said in re.findall(r"«([^«»]+)»", text) if not any(said in quote for quote in quotes)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask the agent one question; print what it wrote, what it rests on, and what it made up."""
    parser = argparse.ArgumentParser(description="Ask an agent that asks the sources.")
    parser.add_argument("question", nargs="?", default="Vilken myndighet beslutar om betänketid?")
    parser.add_argument("--model", help="a chat model such as ollama:llama3.2 (default: a scripted one)")
    parsed = parser.parse_args(arguments)
    model: Any = open_model(parsed.model) if parsed.model else ScriptedModel()
    with nmt_rag.open() as rag:
        agent = create_agent(model, [answer_tool(rag)], system_prompt=PROMPT)
        state = agent.invoke({"messages": [("user", parsed.question)]})
    answers = [one.artifact for one in state["messages"] if isinstance(one, ToolMessage) and one.artifact]
    text = state["messages"][-1].text
    print(text)
    for citation in (citation for answer in answers for citation in answer["citations"]):
        print(f"[{citation['marker']}] {' › '.join(citation['heading'])}, {citation['start']}–{citation['end']}")
    for said in unproven(text, answers):
        print(f"Står inte i källorna: «{said}»")


if __name__ == "__main__":
    main()
