"""Arguments that several commands take: the index, the filter, the encoder, the model, and where a server listens."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, get_args

from nmt_rag.documents import Namer
from nmt_rag.interfaces.terminal.argument_types import (
    address,
    condition,
    count,
    encoder_or_none,
    host_name,
    index_place,
    name_of,
    network,
    plain_text,
    port,
    positive,
)

LISTENING: Mapping[str, Any] = {
    **{"host": "127.0.0.1", "port": 8000, "rate": 600, "max_bytes": 65_536},
    **{"timeout": None, "trust_proxy": [], "allow_host": []},
}
"""What a server does where `add_listening`'s arguments are not given."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Say on one line what is wrong, and exit with status 2."""
        self.exit(2, f"{self.prog}: {' '.join(message.split())}; see {self.prog} --help\n")


def add_command(
    commands: Any,  # noqa: ANN401 - argparse's own type is private
    name: str,
    text: str,
    example: str,
    *,
    json: bool = True,
    place: bool = True,
) -> argparse.ArgumentParser:
    """Add a command, and return its parser; ``place`` adds ``--index``, ``json`` adds ``--json``."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + ".", epilog=f"example: nmt-rag {name} {example}"
    )
    if place:
        writes = name in ("index", "import-faiss", "remove")  # never to the packaged page
        otherwise = "needed" if writes else "default: the packaged page"
        parser.add_argument(
            "--index", type=index_place, metavar="DIR", help=f"the index folder or address ({otherwise})"
        )
    if json:
        parser.add_argument("--json", action="store_true", help="print JSON (JSON lines where there are many)")
    return parser


def add_listening(parser: argparse.ArgumentParser) -> None:
    """Add what a server is told of where it listens and whom it lets in."""
    parser.add_argument("--host", type=name_of("a host"), help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=port, help="0 takes any that is free (default: %(default)s)")
    parser.add_argument(
        "--rate", type=count, metavar="N", help="requests a minute and address; 0: any (default: %(default)s)"
    )
    parser.add_argument("--max-bytes", type=positive, metavar="N", help="longest request (default: %(default)s)")
    parser.add_argument(
        "--timeout", type=positive, metavar="SECONDS", help="for one request (default: 30, with a model 150)"
    )
    add_repeated(parser, "--trust-proxy", network, metavar="ADDRESS", said="believe this proxy's X-Forwarded-For")
    add_repeated(
        parser,
        "--allow-host",
        host_name,
        metavar="NAME",
        said="a name that this machine is called by, besides localhost",
    )
    parser.set_defaults(**LISTENING)


def add_repeated(
    parser: argparse.ArgumentParser, name: str, kind: Callable[[str], str], *, metavar: str, said: str
) -> None:
    """Add an option that may be given several times, and the type of its values; none is an empty list."""
    parser.add_argument(name, action="append", default=[], type=kind, metavar=metavar, help=f"{said}; may repeat")


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add what restricts the passages that are searched."""
    parser.add_argument("--actor", type=plain_text, help="only passages in which this actor acts or is named")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        type=condition,
        metavar="FILTER",
        help="only documents with this metadata: FIELD=VALUE, also != >= <= > <, or a filter in JSON; may repeat",
    )


def add_actors(command: argparse.ArgumentParser) -> None:
    """Add what names who acts in a passage."""
    command.add_argument(
        "--actors",
        choices=get_args(Namer),
        default="reader",
        help="what names who acts: the packaged reader (default), or rules, which are quicker and more often wrong",
    )


def add_encoder(parser: argparse.ArgumentParser) -> None:
    """Add the encoder that an index is opened with."""
    parser.add_argument(
        "--encoder",
        type=encoder_or_none,
        default="default",
        metavar="NAME",
        help="the packaged one (default), none (words only), or a sentence-transformers model by name or folder",
    )


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add the language model that words the answer."""
    parser.add_argument(
        "--model",
        type=name_of("a language model"),
        metavar="NAME",
        help="let a language model word the answer: provider:model, such as ollama:llama3.2; it is sent the "
        "question and up to eight passages",
    )
    parser.add_argument(
        "--model-url", type=address, metavar="URL", help="the address of the model's server, if it is not the usual"
    )
