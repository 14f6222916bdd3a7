"""The repository checks itself: public names, a light import, the exception tree, docstrings, no work at import."""

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import nmt_rag
from nmt_rag import errors
from nmt_rag.index import packaged
from nmt_rag.index.storage.schema import DATABASE_FORMAT
from tests.fakes import ConceptEncoder

PACKAGE = Path(nmt_rag.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))
# Each of these is slow to import, or comes with an extra that the core does without.
HEAVY = (
    *("torch", "transformers", "sentence_transformers", "tokenizers", "faiss", "tantivy", "numpy", "sqlite3"),
    *(
        "langchain",
        "langchain_core",
        "gradio",
        "pydantic",
        "fastapi",
        "uvicorn",
        "mcp",
        "lxml",
        "docx",
        "pypdfium2",
        "yaml",
    ),
)


def python(code):
    """Run code in a Python of its own; return what it prints, as JSON."""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120)
    assert not done.stderr
    return json.loads(done.stdout)


def test_the_public_names_are_sorted_importable_and_documented():
    assert nmt_rag.__all__ == sorted(nmt_rag.__all__)
    assert len(set(nmt_rag.__all__)) == len(nmt_rag.__all__)
    for name in nmt_rag.__all__:
        assert getattr(nmt_rag, name).__doc__, name


def test_no_public_name_is_left_out():
    code = (
        "import nmt_rag, json; print(json.dumps(sorted(name for name, value in vars(nmt_rag).items() if name[0] != '_' "
        "and str(getattr(value, '__module__', '')).startswith('nmt_rag'))))"
    )
    assert python(code) == nmt_rag.__all__


def test_importing_the_package_is_light():
    loaded = python("import nmt_rag, sys, json; print(json.dumps(sorted({n.split('.')[0] for n in sys.modules})))")
    assert "nmt_rag" in loaded
    assert set(loaded).isdisjoint(HEAVY)


def test_asking_loads_no_model_framework():
    code = (
        "import json, os, sys, tempfile; os.environ['NMT_RAG_INDEX'] = tempfile.mkdtemp() + '/i'; import nmt_rag; "
        "answered = nmt_rag.open(encoder=None).ask('Vad gör NOA?').answered; "
        "print(json.dumps([answered, *sorted({n.split('.')[0] for n in sys.modules})]))"
    )
    answered, *loaded = python(code)
    assert answered is True
    unwanted = {"torch", "transformers", "sentence_transformers", "langchain_core", "gradio"}
    unwanted |= {"docx", "pypdfium2", "lxml"}
    assert unwanted.isdisjoint(loaded)


def test_the_exception_tree_is_the_one_that_is_drawn():
    drawn = {}
    path = []
    for line in errors.__doc__.splitlines():
        found = re.match(r"([│ ]*(?:[├└]── )?)(\w+Error)\b\s*(.*)$", line)
        if found:
            depth = len(found.group(1)) // 4
            path[depth:] = [found.group(2)]
            drawn[found.group(2)] = path[depth - 1] if depth else "Exception"
    real = {
        name: value.__bases__[0].__name__
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert drawn == real
    assert sorted(real) == errors.__all__


def test_every_operating_error_is_a_public_name():
    assert set(errors.__all__) <= set(nmt_rag.__all__)
    assert all(issubclass(getattr(nmt_rag, name), errors.NmtRagError) for name in errors.__all__)
    # Wrong arguments are ValueError and TypeError; none of ours is mistaken for them.
    assert not any(issubclass(getattr(errors, name), ValueError | TypeError) for name in errors.__all__)


def public_definitions(tree, prefix=""):
    """Yield the public functions and classes of a module, and the public methods of its classes."""
    for node in tree.body:
        if "overload" in {getattr(one, "id", "") for one in getattr(node, "decorator_list", ())}:
            continue  # one of several signatures; what it does is said once
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node, f"{node.name}.")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_module_and_public_function_says_what_it_does(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert [name for name, node in public_definitions(tree) if not ast.get_docstring(node)] == []


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert nmt_rag.__version__ == project["version"] == importlib.metadata.version("nmt-rag")


def test_type_hints_are_shipped():
    assert (PACKAGE / "py.typed").is_file()


def test_the_packaged_index_lies_in_the_checkout_or_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("NMT_RAG_INDEX", str(tmp_path / "här"))
    assert packaged.default_index_path("model@1:abc") == tmp_path / "här" / f"packaged-{DATABASE_FORMAT}-abc"
    monkeypatch.setenv("NMT_RAG_INDEX", "")
    assert packaged.default_index_path(None) == ROOT / "index" / f"packaged-{DATABASE_FORMAT}-words"
    assert packaged.default_index_path("model@1:abc") == ROOT / "index" / f"packaged-{DATABASE_FORMAT}-abc"


def test_words_alone_first_is_no_hindrance_to_an_encoder_in_the_same_place(monkeypatch, tmp_path):
    monkeypatch.setenv("NMT_RAG_INDEX", str(tmp_path))
    for encoder in (None, ConceptEncoder("köper"), None):
        with nmt_rag.open(encoder=encoder) as rag:
            assert rag.index.fingerprint == (encoder and encoder.fingerprint)
            assert rag.search("KAST")


def test_an_installed_library_keeps_its_index_in_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.delenv("NMT_RAG_INDEX")
    monkeypatch.setattr(packaged, "_CHECKOUT", tmp_path)
    monkeypatch.setattr(packaged.platformdirs, "user_cache_dir", lambda name, appauthor: f"/cache/{name}")
    assert packaged.default_index_path("model@1:abc") == Path(f"/cache/nmt-rag/packaged-{DATABASE_FORMAT}-abc")


def test_an_installed_library_carries_its_corpus(monkeypatch, tmp_path):
    assert packaged.packaged_corpus() == ROOT / "corpus"
    (tmp_path / "corpus").mkdir()
    monkeypatch.setattr(packaged, "_PACKAGE", tmp_path)
    assert packaged.packaged_corpus() == tmp_path / "corpus"
