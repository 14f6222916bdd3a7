"""The Python blocks of docs/generation.md run, and its table of reasons is that of the code."""

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

from nmt_rag.answering.writing.proof import Reason

PAGE = (Path(__file__).parents[3] / "docs" / "generation.md").read_text(encoding="utf-8")


def test_the_python_blocks_run():
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("» [1]\n")


def test_every_reason_is_told():
    told = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(told) == sorted(get_args(Reason))
