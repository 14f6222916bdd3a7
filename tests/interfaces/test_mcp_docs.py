"""docs/mcp.md is true: its settings are commands that exist, its Python block runs, its numbers are the code's."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from nmt_rag.interfaces import lookups, mcp_server
from nmt_rag.interfaces.terminal.arguments import build_parser

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "mcp.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("block", blocks("json"))
def test_settings_start_the_server(block):
    (servers,) = json.loads(block).values()
    (name, server), *_ = servers.items()
    assert (name, server["command"]) == ("nmt-rag", "nmt-rag")
    assert build_parser().parse_args(server["args"]).command == "mcp"


def test_the_python_block_runs(tmp_path):
    script = tmp_path / "nmt-rag"
    script.write_text(
        f"#!/bin/sh\nexport PYTHONPATH={shlex.quote(str(ROOT))}\n"
        f"export NMT_RAG_INDEX={shlex.quote(os.environ['NMT_RAG_INDEX'])}\n"
        f'exec {shlex.quote(sys.executable)} -m nmt_rag.interfaces.terminal.main "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    (code,) = blocks("python")
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("['KAST'] https://www.nmtsverige.se/om-oss/deltagande-myndigheter#:~:text=")


def test_the_numbers_are_those_of_the_code():
    assert f"at most {lookups.MAX_ROWS}, with the total" in TEXT
    assert f"the first {mcp_server.MAX_LISTED:,}\nare listed" in TEXT
