"""The Python blocks of docs/generation.md run, and its table of reasons is that of the code."""

import re
from pathlib import Path
from typing import get_args

from nmt_rag.answering.writing.proof import Reason

PAGE = (Path(__file__).parents[3] / "docs" / "generation.md").read_text(encoding="utf-8")


def test_the_python_blocks_run(capsys):
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
    exec(compile(code, "docs/generation.md", "exec"), {})
    assert capsys.readouterr().out.endswith("» [1]\n")


def test_every_reason_is_told():
    told = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(told) == sorted(get_args(Reason))
