"""The command line: ``nmt-rag ask``, ``search``, ``index`` and their kin.

An error is one line on stderr and exit status 1 (2 for wrong usage), an abstention is an answer and exits 0.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

READER_STOPPED = 141
"""The exit status where nobody reads on before the outcome is known: a shell's for a program that SIGPIPE ends."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        if arguments is None:  # this is the whole program: a second Ctrl-C would only break off its end
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        print("nmt-rag: stopped; nothing that was reported is lost", file=sys.stderr)
        return 130


def _run(arguments: Sequence[str] | None) -> int:
    # Imported here because that takes long enough to be stopped.
    from nmt_rag.errors import NmtRagError
    from nmt_rag.interfaces.terminal.arguments import build_parser
    from nmt_rag.interfaces.terminal.commands import COMMANDS
    from nmt_rag.interfaces.terminal.output import UsageError, complain, drop_output, open_streams
    from nmt_rag.progress import shown

    open_streams()
    # Only `--encoder NAME` loads a library that reads these; the hub is then asked for the model and told nothing else.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ["OTEL_SDK_DISABLED"] = "true"  # the libraries of the servers would trace what they are asked
    status: int | None = None
    try:
        parsed = build_parser().parse_args(arguments)
        with shown():
            status = COMMANDS[parsed.command](parsed)
        sys.stdout.flush()
        return status
    except UsageError as error:
        complain(str(error))
        return 2
    except NmtRagError as error:
        complain(str(error))
        return 1
    except BrokenPipeError:  # whoever read the output has stopped
        drop_output()
        return READER_STOPPED if status is None else status
    except OSError as error:  # one without a name is stdout's, as of a full disk
        if error.filename is None:
            drop_output()
        complain(f"{error.filename or 'cannot write the output'}: {error.strerror or error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
