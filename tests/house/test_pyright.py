"""``py.typed`` holds what it says: pyright, another checker than our own, reads a program that uses the package."""

import subprocess
import sys

import pytest

from tests.doc_blocks import ROOT

pytest.importorskip("pyright", reason="needs pyright: pip install pyright[nodejs]")

PROGRAM = """
from typing import assert_type
import nmt_rag
from nmt_rag import Answer, Hit
from nmt_rag.rag import Rag

with nmt_rag.open(["a", "b"]) as rag:
    assert_type(rag, Rag)
    assert_type(rag.ask("x", where={"a": {"$gte": 2024}}), Answer)
    assert_type(rag.search("x", k=3, where={"a": [1, 2]}, window=1), list[Hit])
    assert_type(rag.remove("x"), bool)
    assert_type(rag.remove(["x"]), list[str])
    rag.add("x", [nmt_rag.Document("a", "b", "c")])
    rag.search("x", k="3")
    rag.ask("x", filter={"a": 1})
"""


def test_a_program_is_checked_by_the_packages_own_types(tmp_path):
    (tmp_path / "use.py").write_text(PROGRAM, encoding="utf-8")
    config = f'{{"extraPaths": ["{ROOT.as_posix()}"], "include": ["use.py"]}}'
    (tmp_path / "pyrightconfig.json").write_text(config, encoding="utf-8")
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    errors = [line for line in done.stdout.splitlines() if " - error: " in line]
    assert ["use.py:14:" in errors[0], "use.py:15:" in errors[1]] == [True, True], done.stdout + done.stderr
    assert "1 error" not in done.stdout
    assert "2 errors" in done.stdout
