"""A chat model by its name, as the command line takes it: ``ollama:llama3.2``, ``openai:gpt-…``, or any server's.

The only module that imports langchain, and only when a model is opened. Which other library that needs, LangChain says.
"""

from __future__ import annotations

import os
import re
from typing import Any

from nmt_rag import extras
from nmt_rag.answering.writing.listening import ChatModel, told
from nmt_rag.errors import GenerationError

SERVER = "openai"
"""How a server is spoken to that was given by its address alone: as most do, vLLM and llama.cpp among them."""
NO_KEY = "none"
"""What a server gets as key where the environment has none: it must get something, and a local one asks for nothing."""

_INSTALL = re.compile(r"pip install (\S+?)[`'\".,]*(?:\s|$)")
"""How LangChain names the library that a provider needs."""


def open_model(name: str, *, url: str | None = None) -> ChatModel:
    """Return a chat model, ready to be given to `Rag.ask`; nothing is sent to it yet.

    Args:
        name: ``provider:model``, as LangChain's ``init_chat_model`` takes it. With a ``url`` the provider may be left
            out.
        url: the address of a server that speaks as OpenAI's does, such as ``http://127.0.0.1:8000/v1``.

    Raises:
        TypeError: the name is no text.
        GenerationError: langchain or the provider's library is not installed, the provider is unknown, or it lacks
            something, such as a key.
    """
    if not isinstance(name, str):
        raise TypeError(f"a language model is opened by its name, such as ollama:llama3.2; got {name!r}")
    if not name.strip():
        raise GenerationError("a language model has a name, such as ollama:llama3.2; got nothing")
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise GenerationError(str(extras.missing("a language model", "langchain", "generation"))) from error
    options: dict[str, Any] = {"temperature": 0}
    if url:
        name = name if ":" in name else f"{SERVER}:{name}"
        options["base_url"] = url
        if name.startswith(f"{SERVER}:") and not os.environ.get("OPENAI_API_KEY"):
            options["api_key"] = NO_KEY
    try:
        model: ChatModel = init_chat_model(name, **options)
    except ImportError as error:
        needed = _INSTALL.search(str(error))
        if needed is None:
            raise GenerationError(f"cannot open the language model {name}: {told(error)}") from error
        message = f"the language model {name} needs {needed[1]}; install it with: pip install {needed[1]}"
        raise GenerationError(message) from error
    except Exception as error:  # of any provider's library: it lacks a key, or the provider is not known
        raise GenerationError(f"cannot open the language model {name}: {told(error)}") from error
    return model
