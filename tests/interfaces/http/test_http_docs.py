"""docs/http.md is true: its console and Python blocks are run against a real server, and show what comes."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from nmt_rag.answering import MAX_QUESTION_LENGTH
from nmt_rag.interfaces import lookups
from nmt_rag.interfaces.http import app
from nmt_rag.interfaces.http import server as process
from nmt_rag.interfaces.http.gate import Limits
from tests.doc_blocks import commands, shows

TEXT = (Path(__file__).parents[3] / "docs" / "http.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def test_console_blocks_show_what_comes(address):
    run = 0
    for command, shown in [pair for block in blocks("console") for pair in commands(block)]:
        if not command.startswith("curl ") or shutil.which("curl") is None:
            continue
        done = subprocess.run(
            ["bash", "-c", command.replace(ADDRESS, address)], capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        assert shows(shown, lines), f"$ {command}\n{done.stdout}"
        run += 1
    assert run == 2 or shutil.which("curl") is None


def test_python_blocks_run(address):
    code = "\n".join(blocks("python")).replace(ADDRESS, address)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env={**os.environ, "no_proxy": "*"}
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Migrationsverket Handläggare på Migrationsverket")


def test_the_numbers_are_those_of_the_code():
    limits = f"{MAX_QUESTION_LENGTH:,} characters, a quote {lookups.MAX_QUOTE:,}; `k` goes up to "
    assert f"{limits}{lookups.MAX_HITS}" in TEXT
    assert f"(up to {process.DRAIN_SECONDS} seconds)" in TEXT
    assert (app.MODEL_THREADS, "Sixteen answers are worded at a time" in TEXT) == (16, True)
    defaults = app.Settings().limits
    assert defaults == Limits(body_bytes=65_536, seconds=30.0, a_minute=600, at_once=512)
    assert f"request may take {process.SECONDS_WITH_MODEL} seconds instead of {process.SECONDS}." in TEXT


def test_every_route_stands_in_it(address):
    import httpx

    paths = httpx.get(f"{address}/openapi.json", timeout=120).json()["paths"]
    for path, operations in paths.items():
        for method in operations:
            assert f"| `{method.upper()} {path.replace('document_id', 'id')}` |" in TEXT
