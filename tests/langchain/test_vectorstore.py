"""The vector store beyond LangChain's own suite: exact round trips, filters, an oracle, folders, models, threads."""

import json
import math
import threading
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings
from langchain_core.vectorstores import InMemoryVectorStore

import nmt_rag
from nmt_rag.errors import EncodingError, IndexMismatchError, NmtRagError
from nmt_rag.langchain.vectorstore import FaissVectorStore
from nmt_rag.swedish.blocks import sentences
from nmt_rag.swedish.pieces import SentenceSplitter
from tests.fakes import ConceptEncoder

TEXTS = ["Jouren ger skydd.", "Polisen utreder brott.", "Tolken tolkar.", "Polisen ger skydd åt vittnen."]
METADATAS = [
    {"år": 2024, "ämnen": ["jour", "skydd"], "öppen": True, "actor": "Jouren"},
    {"år": 2025, "ämnen": ["brott"], "öppen": False, "title": "Brott", "plats": {"län": "Skåne"}},
    {"år": "2025", "title": ""},
    {"år": 2026, "ämnen": ["skydd", "brott"], "plats": {"län": "Skåne", "ort": "Lund"}, "tomt": None},
]
IDS = ["a", "b", "c", "å/ä ö😀"]


class Counted(Embeddings):
    """Unit or longer embeddings whose relevance is designed; counts the texts it encodes."""

    def __init__(self, *concepts, scale=1.0, dim=None):
        self.encoder = ConceptEncoder(*concepts)
        self.scale = scale
        self.encoded = []

    def embed_documents(self, texts):
        self.encoded += texts
        return (self.scale * self.encoder.encode_passages(texts)).tolist()

    def embed_query(self, text):
        return (self.scale * self.encoder.encode_query(text)).tolist()

    async def aembed_query(self, text):
        self.encoded.append(f"async {text}")
        return self.embed_query(text)


@pytest.fixture
def embedding():
    return Counted("skydd", "polis", "tolk")


@pytest.fixture
def store(embedding):
    with FaissVectorStore.from_texts(TEXTS, embedding, METADATAS, ids=IDS) as store:
        yield store


def ids(documents):
    return [document.id for document in documents]


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8"), min_size=1),
            st.text(st.characters(codec="utf-8")),
            st.dictionaries(st.text(st.characters(codec="utf-8")), plain, max_size=4),
        ),
        max_size=4,
        unique_by=lambda row: row[0],
    )
)
def test_every_text_comes_back_as_it_was(rows):
    given = [Document(id=name, page_content=text, metadata=metadata) for name, text, metadata in rows]
    with FaissVectorStore(DeterministicFakeEmbedding(size=4)) as store:
        assert store.add_documents(given) == [name for name, _, _ in rows]
        found = store.get_by_ids([name for name, _, _ in rows])
        assert found == given
        # 1 == True == 1.0 in Python: the types must be the same, too.
        assert [json.dumps(one.metadata) for one in found] == [json.dumps(one.metadata) for one in given]
        nearest = store.similarity_search("x", k=10)
        assert sorted(nearest, key=lambda one: one.id) == sorted(given, key=lambda one: one.id)


@pytest.mark.parametrize(
    "value",
    [
        *((1, 2), {1: "a"}, {"a": {2}}, b"x", object(), [np.float32(1)], "\ud800", {"\ud800": 1}),
        *(math.nan, [-math.inf], {"a": np.float64("nan")}),
    ],
)
def test_metadata_that_would_not_come_back_is_refused_and_nothing_is_added(store, value):
    with pytest.raises(ValueError, match=r"the metadata.* of 'ny'"):
        store.add_texts(["bra", "dålig"], [{}, {"fält": value}], ids=["bra", "ny"])
    assert store.get_by_ids(["bra", "ny"]) == []


def test_texts_are_returned_in_the_order_of_their_ids_each_once(store):
    assert ids(store.get_by_ids(["c", "finns inte", "a", "c", IDS[3]])) == ["c", "a", IDS[3]]


def test_adding_encodes_what_is_new_and_replaces_by_id(store, embedding):
    embedding.encoded.clear()
    store.add_texts([TEXTS[0], TEXTS[0], "Ny text om skydd."], ids=["a", "e", "f"])
    assert embedding.encoded == ["Ny text om skydd."]
    assert store.get_by_ids(["a"])[0].metadata == {}
    assert store.index.n_documents == 6
    store.add_documents([Document(id="g", page_content="Först"), Document(id="g", page_content="Sist")])
    assert store.get_by_ids(["g"])[0].page_content == "Sist"


def test_random_ids_are_given_where_there_is_none(store):
    first, second = store.add_texts(["x", "x"])
    assert first != second
    assert ids(store.get_by_ids([second, first])) == [second, first]
    assert store.add_texts(["y", "z"], ids=["y", None])[0] == "y"
    assert store.add_documents([]) == []


def test_numbers_that_differ_are_refused(store):
    with pytest.raises(ValueError, match="2 texts and 1 ids"):
        store.add_texts(["x", "y"], ids=["x"])
    with pytest.raises(ValueError, match="2 texts and 3 metadatas"):
        store.add_texts(["x", "y"], [{}, {}, {}])
    with pytest.raises(TypeError, match="the text of a text must be a string"):
        store.add_texts([1])
    for take in (store.add_texts, store.delete, store.get_by_ids):
        with pytest.raises(TypeError, match="is a list of strings, got the string 'abc'"):
            take("abc")
    assert store.index.n_documents == 4


def test_delete_takes_what_is_there_and_all_only_when_asked(store):
    generation = store.index.generation
    assert store.delete(["a", "finns inte", "b", "a"]) is True
    assert store.index.generation == generation + 1
    assert store.index.document_ids() == ["c", IDS[3]]
    store.delete([])
    assert store.index.n_documents == 2
    store.delete()
    assert store.index.n_documents == 0
    assert store.similarity_search("skydd") == []


def test_scores_are_cosines_best_first_and_relevance_is_never_negative(store, embedding):
    found = store.similarity_search_with_score("Vem ger skydd?", k=4)
    query = np.array(embedding.embed_query("Vem ger skydd?"))
    cosines = {text: float(query @ np.array(embedding.embed_documents([text])[0])) for text in TEXTS}
    assert [one.page_content for one, _ in found] == sorted(TEXTS, key=lambda text: -cosines[text])
    assert [score for _, score in found] == pytest.approx([cosines[one.page_content] for one, _ in found], abs=1e-6)
    away = [-value for value in embedding.embed_query("Vem ger skydd?")]
    assert store.similarity_search_with_score_by_vector(away, k=1)[0][1] < 0
    relevance = store._select_relevance_score_fn()
    assert [relevance(score) for score in (-0.3, 0.4, 1.0000001)] == [0.0, 0.4, 1.0]
    assert ids(store.similarity_search_by_vector(query.tolist(), k=2)) == ["a", IDS[3]]


def test_a_threshold_is_a_cosine(store):
    retriever = store.as_retriever(
        search_type="similarity_score_threshold", search_kwargs={"score_threshold": 0.7, "k": 4}
    )
    assert ids(retriever.invoke("Vem ger skydd?")) == ["a", IDS[3]]


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ({"år": 2024}, ["a"]),
        ({"år": 2025}, ["b", "c"]),  # compared as text
        ({"år": [2024, 2026]}, ["a", IDS[3]]),
        ({"år": ()}, []),
        ({"ämnen": "skydd"}, ["a", IDS[3]]),
        ({"ämnen": ["jour", "brott"]}, ["a", "b", IDS[3]]),
        ({"ämnen": "skydd", "år": 2026}, [IDS[3]]),
        ({"öppen": True}, ["a"]),
        ({"öppen": False}, ["b"]),
        ({"plats.län": "Skåne"}, ["b", IDS[3]]),
        ({"år": {"$gte": 2025}}, ["b", "c", IDS[3]]),
        ({"$and": [{"år": {"$gt": 2024}}, {"$not": {"plats.län": "Skåne"}}]}, ["c"]),
        ({"title": ""}, ["c"]),  # a text's own metadata, not a document's title
        ({"actor": "Jouren"}, ["a"]),
        ({"document_id": "a"}, []),
        ({"tomt": "None"}, []),
        ({"finns inte": 1}, []),
        ({}, ["a", "b", "c", IDS[3]]),
        (None, ["a", "b", "c", IDS[3]]),
    ],
)
def test_filters_hold_exactly_and_before_the_search(store, conditions, wanted):
    # Twenty texts lie nearer to the question than any that the filter lets through.
    store.add_texts([f"skydd polis tolk {n}" for n in range(20)], ids=[f"fyllnad {n}" for n in range(20)])
    k = len(wanted) or 1
    if not conditions:
        store.delete([f"fyllnad {n}" for n in range(20)])
    assert sorted(ids(store.similarity_search("skydd polis tolk", k=k, filter=conditions))) == sorted(wanted)
    mmr = store.max_marginal_relevance_search("skydd polis tolk", k=k, fetch_k=k, filter=conditions)
    assert sorted(ids(mmr)) == sorted(wanted)


@pytest.mark.parametrize(
    "conditions", [lambda one: True, "år", {"år": None}, {"år": {"$over": 2024}}, {"år": [lambda: 1]}]
)
def test_filters_of_another_form_are_refused(store, conditions):
    with pytest.raises(ValueError, match="the filter"):
        store.similarity_search("skydd", filter=conditions)


def test_unknown_arguments_are_refused(store):
    for search in (store.similarity_search, store.max_marginal_relevance_search):
        with pytest.raises(TypeError, match="unexpected arguments: filters"):
            search("skydd", filters={"år": 2024})
    with pytest.raises(TypeError, match="unexpected arguments: k"):
        store.as_retriever(k=3)
    for search in (store.similarity_search, store.max_marginal_relevance_search):
        with pytest.raises(ValueError, match="k is at least 1, got 0"):
            search("skydd", k=0)
        for wrong in ("2", 2.0, True, None):
            with pytest.raises(TypeError, match="k is a whole number, got"):
                search("skydd", k=wrong)
    with pytest.raises(TypeError, match="fetch_k is a whole number, got '20'"):
        store.max_marginal_relevance_search("skydd", fetch_k="20")


@pytest.mark.parametrize("wrong", [5, "mening", SentenceSplitter])
def test_what_is_no_splitter_is_refused_at_once(embedding, wrong):
    with pytest.raises(TypeError, match=r"a splitter has a method split_text\(text\), got"):
        FaissVectorStore(embedding, splitter=wrong)


# words beside embeddings


async def test_a_hybrid_store_also_finds_by_words(tmp_path, embedding):
    texts = [f"skydd nummer {n}" for n in range(30)] + ["skydd enligt diarienumret XK-4711"]
    metadatas = [{"n": n} for n in range(31)]
    with FaissVectorStore.from_texts(texts, embedding, metadatas, path=tmp_path / "i", hybrid=True) as store:
        query = "skydd XK-4711"
        dense, words = ({} for _ in range(2))
        for found, scores in (
            (store.index.search_dense(store._encoder.encode_query(query), 200), dense),
            (store.index.search_lexical(query, 200), words),
        ):
            best, worst = found[0][1], found[-1][1]
            scores.update({i: (score - worst) / (best - worst) if best > worst else 1.0 for i, score in found})
        wanted = {i: 0.6 * dense.get(i, 0.0) + 0.4 * words.get(i, 0.0) for i in dense | words}
        ranked = sorted(wanted, key=lambda i: (-wanted[i], i))[:4]
        found = store.similarity_search_with_score(query, k=4)
        assert [score for _, score in found] == pytest.approx([wanted[i] for i in ranked])
        assert [one.metadata["n"] + 1 for one, _ in found] == ranked
        assert found[0][0].page_content == texts[-1]
        assert await store.asimilarity_search_with_score(query, k=4) == found
        assert store.max_marginal_relevance_search(query, k=1)[0].page_content == texts[-1]
        assert (await store.amax_marginal_relevance_search(query, k=1))[0].page_content == texts[-1]
        assert {one.metadata["n"] for one in store.similarity_search(query, k=99, filter={"n": {"$lt": 3}})} == {
            0,
            1,
            2,
        }
        assert store.as_retriever(search_kwargs={"k": 1}).invoke(query)[0].page_content == texts[-1]
        by_vector = store.similarity_search_with_score_by_vector(embedding.embed_query(query), k=1)
        assert by_vector[0][1] == pytest.approx(
            dict(store.index.search_dense(store._encoder.encode_query(query), 1))[1]
        )
    with FaissVectorStore(embedding, tmp_path / "i") as plain:
        assert plain.similarity_search(query, k=1)[0].page_content == texts[0]


# pieces

LONG = "Jouren ger skydd. Polisen utreder bl.a. brott. Tolken kommer. Barn får stöd. Kaffe finns."


def test_a_splitter_takes_texts_apart_and_whole_texts_come_back(tmp_path, embedding):
    splitter = SentenceSplitter(size=30)
    with FaissVectorStore(embedding, tmp_path / "i", splitter=splitter) as store:
        assert store.add_texts([LONG, "Kort skydd.", ""], [{"år": 1}, {"år": 2}, {}], ids=["lång", "kort", "tom"]) == [
            "lång", "kort", "tom",
        ]  # fmt: skip
        found = store.similarity_search("polis", k=9)
        assert found[0].page_content == "Polisen utreder bl.a. brott."
        assert (found[0].id, found[0].metadata) == ("lång", {"år": 1, "start_index": 18, "end_index": 46})
        for one in found:
            start, end = one.metadata.get("start_index", 0), one.metadata.get("end_index")
            assert store.get_by_ids([one.id])[0].page_content[start:end] == one.page_content
        (long,) = store.get_by_ids(["lång"])
        assert (long.page_content, long.metadata) == (LONG, {"år": 1})
        assert ids(store.similarity_search("skydd", k=9, filter={"år": 2})) == ["kort"]
        assert all(check.ok for check in store.verify())
        embedding.encoded.clear()
        store.add_texts([LONG], [{"år": 1}], ids=["lång"])
        assert embedding.encoded == []
    with FaissVectorStore(embedding, tmp_path / "i", splitter=SentenceSplitter(size=1_000)) as store:
        assert store.similarity_search("polis", k=1)[0].page_content == "Polisen utreder bl.a. brott."
        store.add_texts([LONG], [{"år": 1}], ids=["lång"])  # the same text, taken apart in another way
        (piece,) = store.similarity_search("polis", k=1)
        assert (piece.page_content, piece.metadata) == (LONG, {"år": 1, "start_index": 0, "end_index": len(LONG)})
        store.delete(["lång"])
        assert store.index.n_passages == 2


def test_a_text_of_one_piece_has_a_place_too_and_none_of_another_text(embedding):
    foreign = {"start_index": 900, "end_index": 911, "år": 1}
    texts = ["Kort skydd.", " ", ""]
    with FaissVectorStore(embedding, splitter=SentenceSplitter(size=30)) as store:
        store.add_texts(texts, [foreign] * 3, ids=["kort", "blank", "tom"])
        places = {
            one.id: (one.metadata["start_index"], one.metadata["end_index"]) for one in store.similarity_search("x")
        }
        assert places == {"kort": (0, 11), "blank": (0, 1), "tom": (0, 0)}
        assert [one.metadata for one in store.get_by_ids(["kort", "blank", "tom"])] == [foreign] * 3
    with FaissVectorStore.from_texts(texts[:1], embedding, [foreign]) as store:  # nothing takes it apart
        assert store.similarity_search("x")[0].metadata == foreign


def test_a_splitter_of_langchains_does(embedding):
    splitters = pytest.importorskip("langchain_text_splitters")
    splitter = splitters.RecursiveCharacterTextSplitter(chunk_size=40, chunk_overlap=20)
    with FaissVectorStore.from_texts([LONG], embedding, ids=["lång"], splitter=splitter) as store:
        found = store.similarity_search("polis", k=99)
        assert sorted(one.page_content for one in found) == sorted(splitter.split_text(LONG))
        for one in found:
            assert LONG[one.metadata["start_index"] : one.metadata["end_index"]] == one.page_content


def test_a_splitter_that_changes_the_text_is_refused(embedding):
    class Shouting:
        def split_text(self, text):
            return [text.upper()]

    with FaissVectorStore(embedding, splitter=Shouting()) as store:
        with pytest.raises(ValueError, match="does not stand in the text: 'JOUREN"):
            store.add_texts([LONG])
        assert store.index.n_documents == 0


sentence = st.text("abc åä", min_size=1, max_size=12).map(lambda text: f"A{text.strip()}. ")


@given(st.lists(sentence, max_size=12).map("".join), st.integers(1, 40), st.integers(0, 39))
def test_pieces_are_whole_sentences_that_leave_nothing_out(text, size, overlap):
    splitter = SentenceSplitter(size, overlap % size)
    whole = sentences(text)
    found = splitter.spans(text)
    assert [text[start:end] for start, end in found] == splitter.split_text(text)
    assert {start for start, _ in found} <= {start for start, _ in whole}
    assert {end for _, end in found} <= {end for _, end in whole}
    assert all(any(start <= one and other <= end for start, end in found) for one, other in whole)
    assert all(end - start <= size or (start, end) in whole for start, end in found)
    for (first, end), (second, after) in pairwise(found):
        assert first < second
        assert end < after
        assert end - second <= overlap % size


@pytest.mark.parametrize(("size", "overlap"), [(0, 0), (10, 10), (10, -1)])
def test_settings_that_cannot_be_are_refused(size, overlap):
    with pytest.raises(ValueError, match="expected size >= 1 and 0 <= overlap < size"):
        SentenceSplitter(size, overlap)


@pytest.mark.parametrize("lambda_mult", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_searches_agree_with_langchains_own_store(lambda_mult, scale):
    class Scaled(DeterministicFakeEmbedding):
        def embed_documents(self, texts):
            return [[scale * value for value in row] for row in super().embed_documents(texts)]

    embedding = Scaled(size=8)
    texts = [f"text {number}" for number in range(60)]
    oracle = InMemoryVectorStore.from_texts(texts, embedding)
    with FaissVectorStore.from_texts(texts, embedding) as store:
        for query in ("en fråga", "en annan"):
            found = store.similarity_search_with_score(query, k=10)
            wanted = oracle.similarity_search_with_score(query, k=10)
            assert [one.page_content for one, _ in found] == [one.page_content for one, _ in wanted]
            assert [score for _, score in found] == pytest.approx([score for _, score in wanted], abs=1e-6)
            arguments = {"k": 6, "fetch_k": 25, "lambda_mult": lambda_mult}
            chosen = store.max_marginal_relevance_search(query, **arguments)
            expected = oracle.max_marginal_relevance_search(query, **arguments)
            assert [one.page_content for one in chosen] == [one.page_content for one in expected]


async def test_async_searches_use_the_models_own_coroutine(store, embedding):
    embedding.encoded.clear()
    assert ids(await store.asimilarity_search("skydd", k=2, filter={"år": [2024, 2025]})) == ["a", "b"]
    assert ids(await store.amax_marginal_relevance_search("polis", k=1)) == ["b"]
    retriever = store.as_retriever(search_kwargs={"k": 1})
    assert ids(await retriever.ainvoke("tolk")) == ["c"]
    assert embedding.encoded == ["async skydd", "async polis", "async tolk"]
    assert await store.aadd_texts(["Ny"], [{"n": 1}], ids=["ny"]) == ["ny"]
    assert [one.metadata for one in await store.aget_by_ids(["ny"])] == [{"n": 1}]
    other = await FaissVectorStore.afrom_texts(["x"], embedding, ids=["x"])
    assert ids(await other.asimilarity_search("x")) == ["x"]
    other.close()


def test_many_threads_may_add_at_once(tmp_path, embedding):
    with FaissVectorStore(embedding, tmp_path / "i") as store:
        threads = [
            threading.Thread(target=store.add_texts, args=([f"text {n}"],), kwargs={"ids": [str(n)]}) for n in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(store.index.document_ids()) == sorted(map(str, range(12)))


def test_a_folder_is_kept_and_holds_no_pickle(tmp_path, embedding):
    path = tmp_path / "åäö"
    with FaissVectorStore.from_texts(TEXTS, embedding, METADATAS, ids=IDS, path=path) as store:
        before = store.similarity_search_with_score("skydd", k=4)
        assert [check for check in store.verify() if not check.ok] == []
    names = {file.name for file in path.rglob("*")}
    assert "index.sqlite" in names
    assert not [name for name in names if name.endswith((".pkl", ".pickle"))]
    with FaissVectorStore(embedding, str(path)) as again:
        assert again.similarity_search_with_score("skydd", k=4) == before
    again.close()
    with nmt_rag.open(path, encoder=None) as rag:
        assert rag.document("a").text == TEXTS[0]


def test_words_are_read_when_they_are_first_searched_for(tmp_path, embedding):
    path = tmp_path / "i"
    with FaissVectorStore.from_texts(TEXTS, embedding, ids=IDS, path=path) as store:
        store.delete(["a"])
        assert not (path / "lexical").exists()
    with nmt_rag.open(path, encoder=None) as rag:
        assert sorted(hit.document_id for hit in rag.search("skydd")) == [IDS[3]]
        assert (path / "lexical").is_dir()
    with FaissVectorStore(embedding, path) as store:
        store.add_texts(["Mer skydd."], ids=["e"])
        assert len(store.index.search_lexical("skydd", 9)) == 2
        assert [check for check in store.verify() if not check.ok] == []


def test_in_memory_nothing_is_written(tmp_path, monkeypatch, embedding):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with FaissVectorStore.from_texts(TEXTS, embedding) as store:
        assert len(store.similarity_search("skydd", k=9)) == 4
        assert [passage_id for passage_id, _ in store.index.search_lexical("brott", 9)] == [2]
        store.delete(store.index.document_ids()[:2])
        assert store.index.search_lexical("brott", 9) == []
        assert [check for check in store.verify() if not check.ok] == []
    assert list(tmp_path.iterdir()) == []


def test_another_model_is_noticed_also_of_the_same_width(tmp_path, embedding):
    path = tmp_path / "i"
    FaissVectorStore.from_texts(TEXTS, embedding, path=path).close()
    with pytest.raises(IndexMismatchError, match="width 4, this model gives 3"):
        FaissVectorStore(Counted("skydd", "polis"), path)
    with pytest.raises(IndexMismatchError, match="another embedding model of the same width"):
        FaissVectorStore(Counted("polis", "skydd", "tolk"), path)
    FaissVectorStore(Counted("skydd", "polis", "tolk", scale=7.0), path).close()


def test_an_empty_text_is_no_proof_of_the_model(tmp_path, embedding):
    path = tmp_path / "i"
    FaissVectorStore.from_texts(["", " ", "skydd"], embedding, path=path).close()
    embedding.encoded.clear()
    FaissVectorStore(embedding, path).close()
    assert embedding.encoded == ["skydd"]


@pytest.mark.parametrize("rows", [[], [[]], [[1.0], [1.0]]])
def test_a_model_that_gives_nothing_is_told(embedding, monkeypatch, rows):
    monkeypatch.setattr(embedding, "embed_documents", lambda texts: rows)
    with pytest.raises(EncodingError, match="Counted gave no embedding for a text"):
        FaissVectorStore(embedding)


def test_an_index_of_documents_is_no_vector_store_and_the_other_way_round(tmp_path, embedding):
    with nmt_rag.open(tmp_path / "rag", encoder=None, create=True) as rag:
        rag.add(nmt_rag.Document(id="d", title="t", text="Polisen utreder."))
    with pytest.raises(IndexMismatchError, match=r"nmt_rag\.open"):
        FaissVectorStore(embedding, tmp_path / "rag")
    FaissVectorStore.from_texts(TEXTS, embedding, path=tmp_path / "store").close()
    with pytest.raises(IndexMismatchError, match="is a vector store of whole texts"):
        nmt_rag.open(tmp_path / "store", encoder=ConceptEncoder("polis"))


def test_a_folder_that_is_not_ours_is_refused(tmp_path, embedding):
    (tmp_path / "annat.txt").write_text("x")
    with pytest.raises(NmtRagError, match="holds other files"):
        FaissVectorStore(embedding, tmp_path)


@pytest.mark.parametrize("row", [[0.0, 0.0, 0.0, 0.0], [float("nan"), 1, 1, 1], [1.0, 2.0], ["a", 1, 1, 1]])
def test_embeddings_that_point_nowhere_are_refused_and_nothing_is_added(store, monkeypatch, row):
    monkeypatch.setattr(store.embeddings, "embed_documents", lambda texts: [row for _ in texts])
    with pytest.raises(EncodingError, match="embedding"):
        store.add_texts(["ny"], ids=["ny"])
    with pytest.raises(EncodingError, match="embedding"):
        store.similarity_search_by_vector(row)
    assert store.get_by_ids(["ny"]) == []


def test_embeddings_that_are_known_are_not_computed(store, embedding):
    embedding.encoded.clear()
    rows = [[0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 3.0, 0.0]]
    assert store.add_embeddings(zip(["x", "y"], rows, strict=True), [{"n": 1}, {"n": 2}], ids=["x", "y"]) == ["x", "y"]
    assert embedding.encoded == []
    assert store.similarity_search_with_score_by_vector(rows[1], k=1)[0] == (
        Document(id="y", page_content="y", metadata={"n": 2}),
        1.0,
    )
