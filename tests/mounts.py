"""Small or read-only disks for tests, where mounting is allowed."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(*arguments):
    """Mount for a while what `mount` takes, or skip the test where that is not allowed."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("needs the right to mount on Linux")
    if subprocess.run(["mount", *arguments], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield Path(arguments[-1])
    finally:
        subprocess.run(["umount", "--lazy", arguments[-1]], check=True)
