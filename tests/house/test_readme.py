"""The README cannot rot: its console and Python blocks are run, and what they show is compared with what comes.

Blocks run in order in one folder, which holds a folder ``stöd`` of two documents. In a console block each line that
begins with ``$`` is run, and the lines below it must be the first lines of its output; a line ``…`` stands for any
lines, and ``…`` within a line for any characters. What installs or keeps running (make, pip, git) is left out.
"""

import pytest

from tests.doc_blocks import ROOT, blocks, make_place, run_console, run_python, shows

README = ROOT / "README.md"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where the blocks run: options for `subprocess.run`."""
    return make_place(tmp_path_factory.mktemp("readme"))


@pytest.mark.usefixtures("reads_once")
def test_console_blocks_show_what_comes(place):
    assert run_console(README, place) > 0


def test_python_blocks_run(place):
    code = "\n".join(blocks(README, "python"))
    assert "nmt_rag" in code
    run_python(code, place)


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
