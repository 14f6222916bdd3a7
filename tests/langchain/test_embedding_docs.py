"""The documents on embedding cannot rot: all Python and console blocks of each are run, in order, in one folder.

The Python blocks of a document are one program. The folder holds ``stöd`` with two documents, and what a document
takes for granted: a saved folder of the old package and its embedding model.
"""

import shutil

import pytest

from tests.doc_blocks import ROOT, blocks, make_place, run_console, run_python, run_script

OLD = ROOT / "tests" / "data" / "faiss-community"
PRELUDES = {
    "from-langchain-community.md": (
        "import runpy, sys, types\n"
        "old = types.ModuleType('langchain_community.vectorstores'); old.FAISS = None\n"
        "sys.modules.update({'langchain_community': old, 'langchain_community.vectorstores': old})\n"
        f"embedding = runpy.run_path({str(OLD / 'make.py')!r})['Letters']()\n"
    ),
}
DOCUMENTS = ["answer-schema.md", "embedding.md", "from-langchain-community.md", "generation.md"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_block_runs(name, tmp_path):
    place, path = make_place(tmp_path), ROOT / "docs" / name
    shutil.copytree(OLD / "0.4", tmp_path / "gammal")
    shutil.copy(OLD / "texter.jsonl", tmp_path)
    run_console(path, place)
    code = blocks(path, "python")
    assert code
    if name in PRELUDES:  # it is told that modules are there which are not
        run_python(PRELUDES[name] + "\n".join(code), place)
        return
    (tmp_path / "blocks.py").write_text("\n".join(code), encoding="utf-8")
    assert run_script(tmp_path / "blocks.py", [], tmp_path).returncode == 0
