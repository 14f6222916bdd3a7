"""LlamaIndex and Haystack over an open index: the hits of the Python API with their places, by their own packages."""

import sys

import pytest

import nmt_rag
from tests.doc_blocks import ROOT, blocks

QUERY = "betänketid"
WHERE = {"actor": ["Migrationsverket", "KAST"]}


@pytest.fixture(scope="module")
def rag():
    with nmt_rag.open() as rag:
        yield rag


def held_to_the_hits(rag, found, **options):
    """Hold texts, metadata and scores to what a search finds."""
    hits = rag.search(QUERY, **options)
    assert [score for _, _, score in found] == [hit.score for hit in hits]
    for (text, metadata, _), hit in zip(found, hits, strict=True):
        source = rag.document(metadata["document_id"])
        assert source.text[metadata["start_index"] : metadata["end_index"]] == text
        assert text == f"{hit.before}{hit.passage.text}{hit.after}"
        assert metadata["source_sha256"] == source.sha256
        assert metadata["url"].startswith(source.url)


@pytest.fixture
def disturbed(tmp_path, monkeypatch):
    """An index whose document is replaced right after the first search."""
    with nmt_rag.open(tmp_path / "disturbed", encoder=None, create=True) as own:
        own.add(nmt_rag.Document("jour", "Jouren", "Jouren ger skydd."), actors="rules")
        search, first = own.search, [True]

        def disturbing(*arguments, **options):
            hits = search(*arguments, **options)
            if first:
                first.clear()
                own.add(nmt_rag.Document("jour", "Jouren", "Polisen utreder. Jouren ger skydd nu."), actors="rules")
            return hits

        monkeypatch.setattr(own, "search", disturbing)
        yield own


async def test_llamaindex(rag, disturbed):
    pytest.importorskip("llama_index.core")
    from llama_index.core.schema import QueryBundle

    from nmt_rag.llamaindex import NmtRetriever

    assert [one.node.text for one in NmtRetriever(disturbed, k=1).retrieve("skydd")] == ["Jouren ger skydd nu."]
    retriever = NmtRetriever(rag, k=3, where=WHERE, window=1)
    nodes = retriever.retrieve(QUERY)
    found = [(one.node.text, one.node.metadata, one.score) for one in nodes]
    held_to_the_hits(rag, found, k=3, where=WHERE, window=1)
    assert [one.node.node_id for one in await retriever.aretrieve(QueryBundle(QUERY))] == [
        one.node.node_id for one in nodes
    ]
    for wrong in ({"k": 0}, {"where": {"a": {"$over": 1}}}, {"window": -1}):
        with pytest.raises(ValueError, match=r"k is|the filter|window is"):
            NmtRetriever(rag, **wrong)
    for wrong in ({"actor": "KAST"}, {"k": "3"}, {"k": 2.5}):
        with pytest.raises(TypeError, match=r"actor|k is a whole number"):
            NmtRetriever(rag, **wrong)


def test_haystack(rag, disturbed, tmp_path, monkeypatch):
    monkeypatch.setenv("HAYSTACK_TELEMETRY_ENABLED", "False")  # it would send its pipelines' shapes away
    haystack = pytest.importorskip("haystack")

    from nmt_rag.haystack import NmtRetriever

    assert [one.content for one in NmtRetriever(disturbed, k=1).run("skydd")["documents"]] == ["Jouren ger skydd nu."]
    pipeline = haystack.Pipeline()
    pipeline.add_component("retriever", NmtRetriever(rag, k=3, where=WHERE, window=1))
    found = pipeline.run({"retriever": {"query": QUERY}})["retriever"]["documents"]
    held_to_the_hits(rag, [(one.content, one.meta, one.score) for one in found], k=3, where=WHERE, window=1)
    found = pipeline.run({"retriever": {"query": QUERY, "k": 1, "where": {"actor": "NOA"}}})["retriever"]["documents"]
    held_to_the_hits(rag, [(one.content, one.meta, one.score) for one in found], k=1, where={"actor": "NOA"}, window=1)
    with nmt_rag.open(tmp_path / "i", create=True) as own:
        own.add(nmt_rag.Document("a", "A", "Betänketid gäller."))
    saved = haystack.Pipeline()
    saved.add_component("retriever", NmtRetriever(str(tmp_path / "i")))
    loaded = haystack.Pipeline.loads(saved.dumps(), allowed_modules=["nmt_rag.haystack"])
    assert loaded.run({"retriever": {"query": QUERY}})["retriever"]["documents"][0].content == "Betänketid gäller."
    for wrong in ({"k": 0}, {"where": {"a": {"$over": 1}}}, {"window": -1}):
        with pytest.raises(ValueError, match=r"k is|the filter|window is"):
            NmtRetriever(rag, **wrong)
    with pytest.raises(TypeError, match="k is a whole number, got '3'"):
        NmtRetriever(rag, k="3")
    for own in ({"field": "meta.actor", "operator": "==", "value": "NOA"}, {"operator": "AND", "conditions": []}):
        with pytest.raises(ValueError, match="the filter is in Haystack's form"):
            NmtRetriever(rag, where=own)
        with pytest.raises(ValueError, match="the filter is in Haystack's form"):
            NmtRetriever(rag).run(QUERY, where=own)


def test_the_blocks_of_the_document_run(rag, tmp_path, monkeypatch):
    monkeypatch.setenv("HAYSTACK_TELEMETRY_ENABLED", "False")
    monkeypatch.chdir(tmp_path)
    with nmt_rag.open("mitt-index", create=True) as own:
        own.add(nmt_rag.Document("jour.md", "Jouren", "Jouren ger skydd."))
    written = blocks(ROOT / "docs" / "embedding.md", "py")
    assert len(written) == 2
    for package, code in zip(("llama_index.core", "haystack"), written, strict=True):
        pytest.importorskip(package)
        exec(compile(code, "embedding.md", "exec"), {"rag": rag})


@pytest.mark.parametrize(
    ("name", "package", "says"),
    [("llamaindex", "llama_index", "llama-index-core"), ("haystack", "haystack", "haystack-ai")],
)
def test_a_package_that_is_missing_is_told(monkeypatch, name, package, says):
    for loaded in [one for one in sys.modules if one == f"nmt_rag.{name}" or one.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=f"nmt_rag.{name} needs {says}; install it with: pip install"):
        __import__(f"nmt_rag.{name}")
