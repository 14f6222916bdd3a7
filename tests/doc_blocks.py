"""The fenced blocks of our documents, and how what a console block shows is compared with what comes."""

from __future__ import annotations

import io
import os
import re
import runpy
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
TERMINAL = ROOT / "nmt_rag" / "interfaces" / "terminal" / "main.py"
NOT_RUN = (
    "cd ",
    "git ",
    "make",
    "pip ",
    "python app.py",
    "python -m venv",
    "python3 -m venv",
    "source ",
    ".venv/bin/pip",
)
"""What installs, or keeps running."""


def blocks(path, language):
    """The blocks of a language in a Markdown file, in order."""
    text = path.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(block):
    """The commands of a console block, each with the lines shown below it."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip() and found:
            found[-1][1].append(line.rstrip())
    return found


def shows(shown, lines):
    """Whether the lines shown are the first of an output's, with ``…`` for anything."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n" for line in shown
    )
    return re.match(pattern, "".join(f"{line.rstrip()}\n" for line in lines)) is not None


def make_place(folder) -> dict[str, Any]:
    """Fill a folder in which blocks can run, with two documents in ``stöd``; return options for `subprocess.run`."""
    (folder / "bin").mkdir()
    (folder / "bin" / "nmt-rag").write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m nmt_rag.interfaces.terminal.main "$@"\n'
    )
    (folder / "bin" / "nmt-rag").chmod(0o755)
    (folder / "stöd").mkdir()
    (folder / "stöd" / "jour.md").write_text("# Jouren\n\nJouren ger skydd åt våldsutsatta.\n", encoding="utf-8")
    (folder / "stöd" / "tolk.txt").write_text("Tolkförmedlingen förmedlar tolkar.\n", encoding="utf-8")
    path = os.pathsep.join([str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    return {"cwd": folder, "env": environment, "capture_output": True, "text": True, "timeout": 100}


def run_console(path, place):
    """Run the commands of a file's console blocks, hold each to what is shown below it, and return how many ran.

    A command of ours alone runs in this process; one that a shell joins with others in processes of their own.
    """
    run = 0
    for command, shown in [pair for block in blocks(path, "console") for pair in commands(block)]:
        if command.startswith(NOT_RUN):
            continue
        if command.startswith("nmt-rag ") and not set(command) & set("|&;<>$`*"):
            done = run_script(TERMINAL, shlex.split(command)[1:], place["cwd"])
        else:
            done = subprocess.run(["bash", "-c", command], **place)
        assert done.returncode == 0, (command, done.stderr)
        assert shows(shown, done.stdout.splitlines()), f"$ {command}\n{done.stdout}"
        run += 1
    return run


def run_python(code, place):
    """Run Python code in a process of its own, where a deprecated use is an error; return what it printed."""
    done = subprocess.run([sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", code], **place)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_script(path, arguments, folder):
    """Run a script as ``python path arguments`` would in a folder, but in this process; return what it did.

    A deprecated use is an error, as everywhere in the tests.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(folder)
        patch.setattr(sys, "argv", [str(path), *arguments])
        try:
            runpy.run_path(str(path), run_name="__main__")
            status = 0
        except SystemExit as left:
            status = int(left.code or 0)
    printed, told = (one.buffer.getvalue().decode("utf-8") for one in (out, err))
    return subprocess.CompletedProcess([str(path), *arguments], status, printed, told)
