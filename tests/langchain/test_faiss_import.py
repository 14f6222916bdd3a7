"""Folders of langchain-community's FAISS store: read without running what a pickle asks for, or refused in one line."""

import io
import json
import os
import pickle
import re
import runpy
import shutil
import subprocess
import sys
import types
from pathlib import Path

import faiss
import numpy as np
import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings

from nmt_rag.errors import CorpusError, EncodingError, IndexMismatchError
from nmt_rag.index.engines.dense.file import read_embeddings
from nmt_rag.index.index import Index
from nmt_rag.interfaces.terminal import main
from nmt_rag.langchain.faiss_import import import_folder, read_folder
from nmt_rag.langchain.vectorstore import FaissVectorStore

DATA = Path(__file__).parents[1] / "data" / "faiss-community"
VERSIONS = ["0.2", "0.4"]


@pytest.fixture(scope="module")
def made():
    """What `make.py` saved: run with a stand-in for the old package, which is not installed."""
    package = types.ModuleType("langchain_community.vectorstores")
    package.FAISS = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "langchain_community", types.ModuleType("langchain_community"))
        patch.setitem(sys.modules, "langchain_community.vectorstores", package)
        return runpy.run_path(str(DATA / "make.py"))


@pytest.fixture
def letters(made) -> Embeddings:
    return made["Letters"]()


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(DATA / "0.4", tmp_path / "gammal")
    return tmp_path / "gammal"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_folder_of_the_old_package_is_read_as_it_was_saved(made, letters, version):
    saved = read_folder(DATA / version)
    assert [(one.id, one.text) for one in saved.documents] == list(zip(made["IDS"], made["TEXTS"], strict=True))
    assert [one.metadata["metadata"] for one in saved.documents] == made["METADATAS"]
    np.testing.assert_array_equal(saved.embeddings, np.float32(letters.embed_documents(made["TEXTS"])))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_vector_store_finds_in_it_what_the_old_one_found(made, letters, tmp_path, version, capsys):
    assert main.main(["import-faiss", str(DATA / version), "--index", str(tmp_path / "ny")]) == 0
    assert capsys.readouterr().out == "3 added, 0 replaced, 0 unchanged\n"
    with FaissVectorStore(letters, tmp_path / "ny") as store:
        assert [check for check in store.verify() if not check.ok] == []
        rows = zip(made["IDS"], made["TEXTS"], made["METADATAS"], strict=True)
        wanted = [Document(id=one, page_content=text, metadata=metadata) for one, text, metadata in rows]
        assert store.get_by_ids(made["IDS"]) == wanted
        matrix = np.array(letters.embed_documents(made["TEXTS"]))
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
        for question in ("Vem ger råd?", "Vad kostar tolken?"):
            query = np.array(letters.embed_query(question))
            cosines = matrix @ query / np.linalg.norm(query)
            found = store.similarity_search_with_score(question, k=3)
            assert [one.id for one, _ in found] == [made["IDS"][row] for row in np.argsort(-cosines)]
            assert [score for _, score in found] == pytest.approx(np.sort(cosines)[::-1], abs=1e-6)
        assert [one.id for one in store.similarity_search("tolk", filter={"ämnen": "tolk"})] == ["tolk"]
        store.add_texts(["Ny text."], ids=["ny"])
    capsys.readouterr()
    assert main.main(["import-faiss", str(DATA / version), "--index", str(tmp_path / "ny"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"added": [], "replaced": [], "unchanged": made["IDS"]}


def test_another_model_cannot_open_what_was_imported(tmp_path):
    import_folder(DATA / "0.4", tmp_path / "ny")

    class Other(Embeddings):
        def embed_documents(self, texts):
            return [[float(len(text)), *[0.0] * 7] for text in texts]

        def embed_query(self, text):
            return self.embed_documents([text])[0]

    with pytest.raises(IndexMismatchError, match="another embedding model"):
        FaissVectorStore(Other(), tmp_path / "ny")


def test_an_index_of_documents_is_left_alone(tmp_path):
    Index.create(tmp_path / "rag", encoder=None).close()
    with pytest.raises(IndexMismatchError, match="built with no encoder"):
        import_folder(DATA / "0.4", tmp_path / "rag")


def test_a_store_of_another_width_is_left_alone(tmp_path):
    FaissVectorStore.from_texts(["a"], DeterministicFakeEmbedding(size=6), path=tmp_path / "i").close()
    with pytest.raises(IndexMismatchError, match="was built with FaissVectorStore/6, not with FaissVectorStore/8"):
        import_folder(DATA / "0.4", tmp_path / "i")


def test_another_name_and_another_place(folder, tmp_path, capsys):
    for suffix in ("faiss", "pkl"):
        (folder / f"index.{suffix}").rename(folder / f"åäö.{suffix}")
    assert main.main(["import-faiss", str(folder), "--name", "åäö", "--index", str(tmp_path / "ny")]) == 0
    capsys.readouterr()
    assert main.main(["import-faiss", str(folder), "--index", str(tmp_path / "ny")]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "index.faiss: No such file or directory; give the folder that FAISS.save_local wrote" in error
    assert main.main(["import-faiss", str(folder)]) == 2


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        """Tell pickle to call it."""
        return self.call


def refusing(folder, payload, tmp_path, capsys):
    """Import a folder with a pickle; return the one line of its refusal. No index must have been made."""
    (folder / "index.pkl").write_bytes(payload)
    assert main.main(["import-faiss", str(folder), "--index", str(tmp_path / "ny")]) == 1
    output = capsys.readouterr()
    assert (output.out, output.err.count("\n")) == ("", 1)
    assert "Traceback" not in output.err
    assert not (tmp_path / "ny").exists()
    return output.err


def evil_payloads():
    yield "os.system", Calls(os.system, "touch {marker}"), "posix.system"
    yield "eval", Calls(eval, "open({marker!r}, 'w')"), "builtins.eval"
    yield "open", Calls(open, "{marker}", "w"), "io.open"
    yield "getattr", Calls(getattr, "x", "upper"), "builtins.getattr"
    yield "subprocess", Calls(subprocess.check_output, ["touch", "{marker}"]), "subprocess.check_output"
    yield "loads in loads", Calls(pickle.loads, pickle.dumps(Calls(os.system, "true"))), "_pickle.loads"
    yield "a class that is not known", Path("x"), "pathlib.PosixPath"


@pytest.mark.parametrize(("payload", "named"), [pytest.param(*row[1:], id=row[0]) for row in evil_payloads()])
@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize("hidden", [False, True])
def test_a_pickle_that_wants_to_run_code_is_refused_and_nothing_runs(
    folder, tmp_path, capsys, payload, named, protocol, hidden
):
    marker = tmp_path / "körd"
    if isinstance(payload, Calls):
        filled = [one.format(marker=str(marker)) if isinstance(one, str) else one for one in payload.call[1]]
        payload = Calls(payload.call[0], *filled)
    data = pickle.dumps(({"a": payload}, {0: "a"}) if hidden else payload, protocol=protocol)
    line = refusing(folder, data, tmp_path, capsys)
    assert "is refused: it asks for " in line
    if protocol >= 4:  # the older ones go by other names
        assert named in line
    assert not marker.exists()


@pytest.mark.parametrize(
    "data",
    [
        # a name that leads from a known class to something else
        b"\x80\x04\x8c\x1elangchain_core.documents.base\x8c\x18Document.__init__.__func__\x93.".replace(
            b"\x1e", b"\x1d"
        ),
        b"\x80\x04\x8c\x1dlangchain_core.documents.base\x8c\x11Document.__init__\x93.",
        # a known module, another name
        b"\x80\x04\x8c\x1dlangchain_core.documents.base\x8c\x03sys\x93.",
        # outside objects, and codes of the extension registry
        b"\x80\x04\x8c\x01xQ.",
        b"\x80\x02\x82\x01.",
    ],
)
def test_names_that_lead_further_are_refused(folder, tmp_path, capsys, data):
    line = refusing(folder, data, tmp_path, capsys)
    assert "refused" in line or "no docstore" in line


def test_a_pickle_cannot_change_the_stand_ins_of_the_next_one(folder, made, tmp_path, capsys):
    known = b"\x8c\x1dlangchain_core.documents.base\x8c\x08Document\x93"
    changing = b"\x80\x04" + known + b"N}\x8c\x0cpage_content\x8c\x04evils\x86b."
    refusing(folder, changing, tmp_path, capsys)
    assert [one.text for one in read_folder(DATA / "0.4").documents] == made["TEXTS"]


def broken_payloads():
    good = (DATA / "0.4" / "index.pkl").read_bytes()
    yield from ((f"cut at {at}", good[:at]) for at in (0, 1, 40, 300, len(good) - 1))
    yield "text", b"hej"
    yield "json", b'{"a": 1}'
    yield "a number", pickle.dumps(7)
    yield "a pair of numbers", pickle.dumps((7, {}))
    yield (
        "a docstore called",
        b"\x80\x04\x8c\x26langchain_community.docstore.in_memory\x8c\x10InMemoryDocstore\x93K\x01\x85R.",
    )
    yield "deep", b"\x80\x04" + b"](" * 100_000 + b"e" * 100_000 + b"."


def greedy_payloads():
    """Small files that ask for much memory or time."""
    yield "a memo of 30 GB", b"\x80\x04K\x01r\xff\xff\xff\x7f."
    yield "a text of 100 GB", b"\x80\x04\x8d\x00\x00\x00\x00\x19\x00\x00\x00abc."
    laughs = []
    for _ in range(100):
        laughs = [laughs, laughs]
    laughing = pickle.dumps(laughs, protocol=2)[2:-1]
    deep = b"](" * 5_000 + b"e" * 5_000
    within_itself = b"]\x94h\x00a"
    digits = b"\x8b" + (5_000).to_bytes(4, "little") + b"\x7f" * 5_000
    for name, value in (("laughs", laughing), ("deep", deep), ("within itself", within_itself), ("digits", digits)):
        docstore = b"\x8c\x26langchain_community.docstore.in_memory\x8c\x10InMemoryDocstore\x93)\x81}"
        document = b"\x8c\x1dlangchain_core.documents.base\x8c\x08Document\x93)\x81}"
        state = b"(\x8c\x0cpage_content\x8c\x01x\x8c\x08metadata}\x8c\x01m" + value + b"sub"
        yield name, b"\x80\x04" + docstore + b"\x8c\x05_dict}\x8c\x01a" + document + state + b"ssb}K\x00\x8c\x01as\x86."


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in greedy_payloads()])
def test_a_file_that_asks_for_too_much_is_refused_in_one_line(folder, tmp_path, capsys, data):
    one = faiss.IndexFlatL2(8)
    one.add(np.ones((1, 8), dtype=np.float32))
    faiss.write_index(one, str(folder / "index.faiss"))
    line = refusing(folder, data, tmp_path, capsys)
    assert re.search(
        r"holds more than \d+ values|a number of more than|no docstore that FAISS.save_local wrote\W", line
    )


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in broken_payloads()])
def test_a_file_that_is_no_docstore_is_refused_in_one_line(folder, tmp_path, capsys, data):
    assert "is no docstore that FAISS.save_local wrote" in refusing(folder, data, tmp_path, capsys)


def test_a_docstore_that_does_not_fit_its_embeddings_is_refused(folder, tmp_path, capsys):
    other = faiss.IndexFlatL2(8)
    other.add(np.ones((2, 8), dtype=np.float32))
    faiss.write_index(other, str(folder / "index.faiss"))
    data = (folder / "index.pkl").read_bytes()
    assert "holds 2 embeddings, index.pkl names 3 texts" in refusing(folder, data, tmp_path, capsys)


def saved_as(index):
    return io.BytesIO(faiss.serialize_index(index).tobytes())


@pytest.mark.parametrize("kind", [faiss.IndexFlatL2, faiss.IndexFlatIP])
def test_embeddings_are_read_from_flat_indexes_as_they_are(kind):
    rows = np.random.default_rng(1).normal(size=(300, 8)).astype(np.float32)
    index = kind(8)
    assert read_embeddings(saved_as(index)).shape == (0, 8)
    index.add(rows)
    np.testing.assert_array_equal(read_embeddings(saved_as(index)), rows)


def test_other_indexes_and_damaged_ones_are_refused():
    rows = np.random.default_rng(1).normal(size=(300, 8)).astype(np.float32)
    flat, compressed = faiss.IndexFlatL2(8), faiss.IndexScalarQuantizer(8, faiss.ScalarQuantizer.QT_8bit)
    compressed.train(rows)
    for index in (compressed, faiss.IndexHNSWFlat(8, 4), faiss.IndexIVFFlat(flat, 8, 4)):
        with pytest.raises(ValueError, match="no flat FAISS index"):
            read_embeddings(saved_as(index))
    flat.add(rows)
    whole = saved_as(flat).getvalue()
    for data in (b"", b"hej"):
        with pytest.raises(ValueError, match="no flat FAISS index"):
            read_embeddings(io.BytesIO(data))
    claims = whole[:37] + (2**31).to_bytes(8, "little") + whole[45:]  # 8 GB
    width = whole[:4] + (9).to_bytes(4, "little") + whole[8:]
    for data in (whole[:20], whole[:-1], whole + b"x", claims, width):
        with pytest.raises(ValueError, match="damaged"):
            read_embeddings(io.BytesIO(data))


def test_a_damaged_index_and_a_zero_are_told(folder, tmp_path):
    (folder / "index.faiss").write_bytes(b"hej")
    with pytest.raises(CorpusError, match=r"cannot import .*index\.faiss: it is no flat FAISS index"):
        import_folder(folder, tmp_path / "ny")
    zeros = faiss.IndexFlatL2(8)
    zeros.add(np.zeros((3, 8), dtype=np.float32))
    faiss.write_index(zeros, str(folder / "index.faiss"))
    with pytest.raises(EncodingError, match="zero or not finite"):
        import_folder(folder, tmp_path / "ny")
