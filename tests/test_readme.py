"""The README cannot rot: its console and Python blocks are run, and what they show is compared with what comes.

Blocks run in order in one folder, which holds a folder ``stöd`` of two documents. In a console block each line that
begins with ``$`` is run, and the lines below it must be the first lines of its output; a line ``…`` stands for any
lines, and ``…`` within a line for any characters. What installs or keeps running (make, pip, git) is left out.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
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


def blocks(language):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
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


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where the blocks run: options for `subprocess.run`."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "bin").mkdir()
    (folder / "bin" / "nmt-rag").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m nmt_rag.cli "$@"\n')
    (folder / "bin" / "nmt-rag").chmod(0o755)
    (folder / "stöd").mkdir()
    (folder / "stöd" / "jour.md").write_text("# Jouren\n\nJouren ger skydd åt våldsutsatta.\n", encoding="utf-8")
    (folder / "stöd" / "tolk.txt").write_text("Tolkförmedlingen förmedlar tolkar.\n", encoding="utf-8")
    path = os.pathsep.join([str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    return {"cwd": folder, "env": environment, "capture_output": True, "text": True, "timeout": 100}


def test_console_blocks_show_what_comes(place):
    run = 0
    for command, shown in [pair for block in blocks("console") for pair in commands(block)]:
        if command.startswith(NOT_RUN):
            continue
        done = subprocess.run(["bash", "-c", command], **place)
        assert done.returncode == 0, (command, done.stderr)
        assert shows(shown, done.stdout.splitlines()), f"$ {command}\n{done.stdout}"
        run += 1
    assert run > 0


def test_python_blocks_run(place):
    code = "\n".join(blocks("python"))
    assert "nmt_rag" in code
    done = subprocess.run([sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", code], **place)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("shown", "lines", "same"),
    [
        (["a"], ["a", "b"], True),
        (["b"], ["a", "b"], False),
        (["…", "b"], ["a", "a", "b"], True),
        (["…", "c"], ["a", "b"], False),
        (["a … d"], ["a b c d"], True),
        (["a …"], ["b"], False),
        ([], ["a"], True),
        (["a", "b"], ["a"], False),
    ],
)
def test_what_is_shown_is_compared_line_by_line(shown, lines, same):
    assert shows(shown, lines) is same
