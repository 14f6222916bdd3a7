"""The wheel, installed in an environment of its own and asked from another folder, answers as the checkout does."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

import nmt_rag

ROOT = Path(__file__).parents[2]
QUESTIONS = ["Vilken myndighet beslutar om betänketid?", "Vilket straff får man för människohandel?"]
ASK = "import json, sys, nmt_rag; print(json.dumps([nmt_rag.ask(q).to_dict() for q in sys.argv[1:]]))"


def output(*arguments, **options):
    done = subprocess.run(list(map(str, arguments)), capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the checkout without a network."""
    folder = tmp_path_factory.mktemp("dist")
    output(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The ``bin`` folder of an environment that holds the wheel, and sees the libraries of the running one."""
    folder = tmp_path_factory.mktemp("annan mapp å")
    output(sys.executable, "-m", "venv", "--without-pip", folder / "env")
    binaries = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", binaries / "python", "--disable-pip-version-check"]
    output(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel)
    code = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    site = Path(output(binaries / "python", "-c", code).strip())
    # Only the folder: .pth files inside it, such as that of an editable install, are not followed from here.
    (site / "libraries.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    return binaries


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """Another folder to stand in, with an empty home and nothing of the checkout in the environment."""
    folder = tmp_path_factory.mktemp("elsewhere")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    return {"cwd": folder, "env": environment}


def test_the_wheel_holds_what_it_needs_and_no_more(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        page = archive.read("nmt_rag/corpus/deltagande-myndigheter.md")
        metadata = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode()
        entry = archive.read(next(name for name in names if name.endswith("/entry_points.txt"))).decode()
    assert page == (ROOT / "corpus" / "deltagande-myndigheter.md").read_bytes()
    assert {f"nmt_rag/models/{name}/README.md" for name in ("nmt-e5-small-sv", "nmt-reader-sv")} <= set(names)
    assert {"nmt_rag/answering/writing/prompts/answer.sv.md", "nmt_rag/answering/writing/prompts/answer.en.md"} <= set(
        names
    )
    assert {"nmt_rag/py.typed", "nmt_rag/models/nmt-e5-small-sv/weights.safetensors"} <= set(names)
    assert {f"nmt_rag/models/nmt-reader-sv/{name}" for name in ("weights.safetensors", "calibration.json")} <= set(
        names
    )
    assert any(name.endswith("/LICENSE") for name in names)
    assert "nmt_rag/swedish/lists/stopwords_sv.license.txt" in names  # the stop words are another project's
    assert {name.split("/")[0].split("-")[0] for name in names} == {"nmt_rag"}
    assert not [name for name in names if name.endswith((".pyc", ".pkl", ".pickle"))]
    assert "nmt-rag = nmt_rag.interfaces.terminal.main:main" in entry
    needed = [line for line in metadata.splitlines() if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert not [line for line in needed if "torch" in line or "sentence" in line or "gradio" in line]


@pytest.mark.usefixtures("reads_once")
def test_the_installed_wheel_answers_as_the_checkout(installed, elsewhere):
    where = output(installed / "python", "-c", "import nmt_rag; print(nmt_rag.__file__)", **elsewhere).strip()
    assert Path(where).is_relative_to(installed.parent)
    assert not Path(where).is_relative_to(ROOT)
    expected = json.loads(json.dumps([nmt_rag.ask(question).to_dict() for question in QUESTIONS]))
    assert Path(nmt_rag.__file__).is_relative_to(ROOT)
    assert [row["answered"] for row in expected] == [True, False]
    assert json.loads(output(installed / "python", "-c", ASK, QUESTIONS[1], **elsewhere)) == expected[1:]
    assert json.loads(output(installed / "nmt-rag", "ask", QUESTIONS[0], "--json", **elsewhere)) == expected[0]


def test_the_installed_wheel_keeps_its_index_in_the_users_cache(installed, elsewhere):
    facts = json.loads(output(installed / "nmt-rag", "info", "--json", **elsewhere))
    assert facts["documents"] == 1
    if sys.platform == "linux":
        assert Path(facts["path"]).is_relative_to(elsewhere["cwd"] / "cache" / "nmt-rag")
    assert "ok   lexical" in output(installed / "nmt-rag", "verify", **elsewhere)


def test_every_dependency_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    core, extras = page.split("## Extras")
    wanted = {re.split(r"[<>=!~ ]", requirement)[0] for requirement in project["dependencies"]}
    assert set(re.findall(r"^\| `([^`]+)` \|", core, re.MULTILINE)) == wanted
    for extra, requirements in project["optional-dependencies"].items():
        rows = re.findall(rf"^\| `{extra}` \| (.*?) \|", extras, re.MULTILINE)
        named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
        wanted = {re.split(r"[<>=!~ ]", requirement)[0] for requirement in requirements}
        assert named == {name for name in wanted if not name.startswith("nmt-rag")}, extra


def test_one_module_imports_each_library():
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    modules = {
        "faiss-cpu": "faiss",
        "PyStemmer": "Stemmer",
        "python-docx": "docx",
        "PyYAML": "yaml",
    }
    rows = re.findall(r"^\| `([^`]+)` \|.*\| ((?:`[\w/]+(?:\.py|/)`(?:, )?)+) \|$", page, re.MULTILINE)
    assert len(rows) == 14
    sources = {
        path.relative_to(ROOT / "nmt_rag").as_posix(): re.sub(
            r"^if TYPE_CHECKING:\n(?:    .*\n|\n)*", "", path.read_text("utf-8"), flags=re.MULTILINE
        )
        for path in (ROOT / "nmt_rag").rglob("*.py")
    }
    for library, module in rows:
        name = modules.get(library, library)
        importing = re.compile(rf"^\s*(?:import|from) {name}\b", re.MULTILINE)
        outside_type_checking = {path for path, source in sources.items() if importing.search(source)}
        places = re.findall(r"[\w/]+(?:\.py|/)", module)
        found = {next((place for place in places if path.startswith(place)), path) for path in outside_type_checking}
        assert found == set(places), library
