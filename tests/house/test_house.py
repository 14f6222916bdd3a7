"""The rules of the house: which wing may import which, and what each alone may do.

The lists of exceptions may only shrink: a test fails as well where an exception is no longer one.
"""

import ast
import importlib
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "nmt_rag"
STONES = ("dictionaries", "types", "errors", "extras", "faces", "progress", "strict_json", "spans", "translations")
FLOORS = (
    *STONES,
    *(
        "swedish",
        "citations",
        "models",
        "encoders",
        "documents",
        "index",
        "answering",
        "rag",
        "haystack",
        "llamaindex",
    ),
    *("evaluation", "langchain", "interfaces"),
)
"""From the ground up: each imports only what stands before it."""
WINGS = (
    "answering",
    "citations",
    "documents",
    "evaluation",
    "index",
    "interfaces",
    "langchain",
    "models",
    "rag",
    "swedish",
)
ROOMS = 9
LINES = 300

UPWARD: dict[tuple[str, str], str] = {}
"""Imports of a wing further up, with the reason."""
CROWDED: dict[str, str] = {}
"""Folders with more than nine rooms."""
LONG: list[str] = []
"""Rooms of more than 300 lines, each with its reason."""
SHARED_LIBRARIES: dict[str, str] = {
    "pydantic": "arguments of LangChain's tools, and the replies of the servers",
    "sentence_transformers": "a cross-encoder judges support until the packaged reader does",
}
"""Libraries that more than one wing imports."""
NAMESAKES: dict[str, str] = {
    "NmtRetriever": "users of LangChain, LlamaIndex and Haystack look for it, and saved pipelines of Haystack name it",
}
"""Public classes and types that share a name."""
HTML_OUTSIDE: dict[str, str] = {}
"""Rooms outside `interfaces` that write HTML."""
SWEDISH_PATTERNS: dict[str, str] = {
    "answering/judging/support.py": "the words that deny, for the guard against a one-sided negation",
    "answering/writing/prompt.py": "orders to a language model, in the words of whoever smuggles them in",
    "interfaces/page/views/who.py": "how a task is worded in the table",
}
"""Rooms elsewhere that match Swedish words by regular expressions."""

PUBLIC = """
nmt_rag: Abstention Answer Citation CorpusError Document EncodingError GenerationError Hit IndexDamagedError
nmt_rag: IndexLockedError IndexMismatchError IndexNotFoundError NmtRagError Passage ReadingError Related Statement
nmt_rag: ask default_encoder open
nmt_rag.types: Answer Citation Document Hit Passage Related Statement
nmt_rag.errors: NmtRagError
nmt_rag.progress: counted
nmt_rag.rag: Conversation Rag open_rag
nmt_rag.swedish: sentences stem stop_words tokens words
nmt_rag.citations: Verification cite deep_link recheck verify
nmt_rag.encoders: Encoder PackagedEncoder SentenceTransformerEncoder default_encoder load_encoder
nmt_rag.models: Encoder default_encoder load_encoder
nmt_rag.models.unpacking: unpack
nmt_rag.documents: Failure Note decode load
nmt_rag.index: Index
nmt_rag.index: holds seal
nmt_rag.answering: ChatModel Said ask messages open_model
nmt_rag.evaluation: ChatJudge CrossEncoderJudge Evaluation cohen_kappa compare evaluate krippendorff_alpha
nmt_rag.langchain: FaissVectorStore NmtEmbeddings NmtRetriever answer_runnable answer_tool message_runnable
nmt_rag.interfaces.live: open_live
nmt_rag.interfaces.http.app: build
"""
"""What README, docs and examples import, and what each face is known for."""


def rooms():
    """Yield every module of the package: its path below it, and its tree."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


TREES = dict(rooms())


def wing(name):
    return name.removesuffix(".py").split("/")[0].split(".")[0]


def imports(tree):
    """Yield what of the package is imported, as module and name; also inside functions and for types alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "nmt_rag":
            for alias in node.names:
                yield node.module.removeprefix("nmt_rag").lstrip("."), alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("nmt_rag."):
                    yield alias.name.removeprefix("nmt_rag."), ""


def targets(tree):
    """Yield the wing or stone of each import."""
    for module, name in imports(tree):
        if module or name in FLOORS:
            yield wing(module or name)


def within():
    """Yield the modules that stand in a wing or are a stone; the package itself is the door and sees all."""
    return ((name, tree) for name, tree in TREES.items() if name != "__init__.py")


def test_every_module_stands_in_the_house():
    assert {wing(name) for name, _ in within()} <= set(FLOORS)
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()} == set(WINGS)


def upward():
    return {
        (name, target)
        for name, tree in within()
        for target in targets(tree)
        if target != wing(name) and FLOORS.index(target) > FLOORS.index(wing(name))
    }


def test_imports_lead_downwards_only():
    assert upward() == set(UPWARD)


def test_nothing_imports_the_interfaces():
    assert [name for name, tree in TREES.items() if wing(name) != "interfaces" and "interfaces" in targets(tree)] == []


def test_evaluation_and_langchain_do_not_know_each_other():
    apart = {"evaluation", "langchain"}
    assert [name for name, tree in within() if wing(name) in apart and apart - {wing(name)} & set(targets(tree))] == []


def test_across_wings_one_imports_from_the_face():
    around = [
        (name, module, what)
        for name, tree in within()
        if name != "encoders.py"  # a face itself, of names that moved
        for module, what in imports(tree)
        if module
        and wing(module) in WINGS
        and wing(module) != wing(name)
        and ("." in module or what not in importlib.import_module(f"nmt_rag.{module}").__all__)
    ]
    assert around == []


@pytest.mark.parametrize("name", WINGS)
def test_a_face_is_sorted_whole_and_nothing_else(name):
    face = importlib.import_module(f"nmt_rag.{name}")
    tree = TREES[f"{name}/__init__.py"]
    kinds = ("Expr", "ImportFrom", "If", "Assign", "AnnAssign")
    assert [type(node).__name__ for node in tree.body if type(node).__name__ not in kinds] == []
    typed = [alias.name for node in tree.body if isinstance(node, ast.If) for i in node.body for alias in i.names]
    assert sorted(face.__all__) == sorted(typed)
    assert len(set(face.__all__)) == len(face.__all__)
    assert [one for one in face.__all__ if one.startswith("_")] == []
    places = {path.stem for path in (PACKAGE / name).iterdir() if path.suffix == ".py" or path.is_dir()}
    for one in face.__all__:
        found = getattr(face, one)
        assert one not in places or found is sys.modules.get(f"nmt_rag.{name}.{one}"), f"{one} hides a room"
        assert one in dir(face)
    with pytest.raises(AttributeError, match=f"module 'nmt_rag.{name}' has no attribute 'nothing'"):
        face.nothing  # noqa: B018


def test_a_face_loads_nothing():
    code = f"import sys\nfor wing in {WINGS!r}: __import__(f'nmt_rag.{{wing}}')\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(done.stdout.split())
    known = {f"nmt_rag.{one}" for one in (*WINGS, "dictionaries", "types", "errors", "faces")}
    assert {one for one in loaded if one.startswith("nmt_rag.")} == known
    assert loaded.isdisjoint({"numpy", "faiss", "tantivy", "sqlite3", "lxml", "pydantic", "langchain_core"})


def crowded():
    counted = defaultdict(int)
    for name in TREES:
        if name.count("/") and not name.endswith("__init__.py"):
            counted[name.rpartition("/")[0]] += 1
    return {folder for folder, n in counted.items() if n > ROOMS}


def test_at_most_nine_rooms_in_a_folder():
    assert crowded() == set(CROWDED)


def long():
    lines = {name: len((PACKAGE / name).read_text(encoding="utf-8").splitlines()) for name in TREES}
    return {name for name, n in lines.items() if n > LINES and "/rules/" not in name}


def test_a_room_is_not_long():
    assert long() == set(LONG)


def shared_libraries():
    importers = defaultdict(set)
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for one in {one.split(".")[0] for one in names} - set(sys.stdlib_module_names) - {"nmt_rag", "numpy"}:
                importers[one].add(wing(name))
    return {one for one, wings in importers.items() if len(wings) > 1}


def test_one_library_is_imported_by_one_wing():
    assert shared_libraries() == set(SHARED_LIBRARIES)


def test_only_the_terminal_and_the_start_of_the_page_print():
    printing = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert {name for name in printing if not name.startswith("interfaces/terminal/")} == set()


def test_defaults_of_fields_are_given_by_name():
    """Checkers of types know pydantic's defaults by their name only: a field without is one that must be given."""
    calls = [(name, node) for name, tree in TREES.items() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    fields = [(name, node) for name, node in calls if isinstance(node.func, ast.Name) and node.func.id == "Field"]
    assert len(fields) > 10
    assert {f"{name}:{node.lineno}" for name, node in fields if node.args} == set()


def strings(tree):
    """Yield the strings of a module that are no docstrings."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def html_outside():
    tag = re.compile(
        r"</(?:a|b|bdi|div|em|html|li|mark|ol|p|section|span|strong|svg|table|td|ul)>|<(?:br|div|p|span)\b"
    )
    outside = ((name, tree) for name, tree in TREES.items() if wing(name) != "interfaces")
    return {name for name, tree in outside if any(map(tag.search, strings(tree)))}


def test_only_the_interfaces_write_html():
    assert html_outside() == set(HTML_OUTSIDE)


def swedish_patterns():
    at_home = ("swedish/", "documents/", "answering/question.py", "answering/help/")
    word = re.compile(r"[a-zåäö]*[åäö][a-zåäö]{2,}|[a-zåäö]{2,}[åäö][a-zåäö]*")
    found = set()
    for name, tree in TREES.items():
        if name.startswith(at_home):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args:
                if any(map(word.search, strings(node.args[0]))):
                    found.add(name)
    return found


def test_swedish_is_matched_in_its_own_rooms():
    """A regular expression with Swedish words in it stands where the language or a question is read, nowhere else."""
    assert swedish_patterns() == set(SWEDISH_PATTERNS)


def namesakes():
    homes = defaultdict(list)
    for name, tree in TREES.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(name)
            elif isinstance(node, ast.Assign) and isinstance(node.value, (ast.Subscript, ast.BinOp)):
                for target in node.targets:  # a type's other name: Literal[…], A | B
                    if re.fullmatch(r"[A-Z]+[a-z]\w*", ast.unparse(target)):
                        homes[ast.unparse(target)].append(name)
    return {one for one, where in homes.items() if len(where) > 1}


def test_two_public_classes_or_types_never_share_a_name():
    assert namesakes() == NAMESAKES.keys()


@pytest.mark.parametrize("line", PUBLIC.strip().splitlines())
def test_what_users_import_is_there(line):
    module, names = line.split(": ")
    found = importlib.import_module(module)
    assert [name for name in names.split() if not hasattr(found, name)] == []


def documented():
    """Yield what README, docs and examples import from the package."""
    pattern = re.compile(r"from (nmt_rag(?:\.\w+)*) import (\w+(?: as \w+)?(?:, \w+(?: as \w+)?)*)")
    sources = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.*")]
    for path in sources:
        text = path.read_text(encoding="utf-8")
        for module, names in pattern.findall(text):
            for name in names.split(","):
                yield path.relative_to(ROOT).as_posix(), module, name.split(" as ")[0].strip()


def test_what_the_documents_import_is_there():
    apart = ("nmt_rag.llamaindex", "nmt_rag.haystack")  # tests/langchain/test_other_frameworks.py runs them
    named = [one for one in documented() if one[1] not in apart]
    missing = [one for one in named if not hasattr(importlib.import_module(one[1]), one[2])]
    assert missing == []


def test_the_tests_stand_as_the_rooms_do():
    folders = {path.parent.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").glob("*/**/test_*.py")}
    assert folders <= {*WINGS, "house", "training"}
    assert [path.name for path in (ROOT / "tests").glob("test_*.py")] == []
