"""Several indexes as one: what is found is what one index of all documents finds, with ids that name the index."""

import shutil
from dataclasses import replace

import pytest
from langchain_core.language_models import FakeListChatModel

import nmt_rag
from nmt_rag.errors import IndexMismatchError, NmtRagError
from tests.index_samples import WORDS, WordEncoder, document


@pytest.fixture(params=[True, False], ids=["embeddings", "words"])
def encoder(request):
    return WordEncoder() if request.param else None


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The indexes of each encoder, made once and copied for each test."""
    places = {True: tmp_path_factory.mktemp("embeddings"), False: tmp_path_factory.mktemp("words")}
    for with_encoder, place in places.items():
        for name, numbers in (("stöd", range(4)), ("polis", range(2, 6))):  # two documents have the same id in both
            encoder = WordEncoder() if with_encoder else None
            with nmt_rag.open(place / name, encoder=encoder, create=True) as rag:
                rag.add([document(number) for number in numbers], actors="rules")
    return places


@pytest.fixture
def folders(tmp_path, encoder, made):
    shutil.copytree(made[encoder is not None], tmp_path, dirs_exist_ok=True)
    return [tmp_path / "stöd", tmp_path / "polis"]


def test_scores_are_those_of_one_index_and_ids_name_the_index(tmp_path, folders, encoder):
    with nmt_rag.open(tmp_path / "allt", encoder=encoder, create=True) as one:
        for folder in folders:
            with nmt_rag.open(folder, encoder=None) as part:
                one.add([replace(found, id=f"{folder.name}/{found.id}") for found in part.documents()], actors="rules")
        if encoder:
            encoder.encoded.clear()
        with nmt_rag.open(folders, encoder=encoder) as several:
            assert not encoder or encoder.encoded == []
            assert [found.id for found in several.documents()] == [found.id for found in one.documents()]
            for query in (*WORDS, "Enheten arbetar med tolk i ärende 3.1"):
                hits = several.search(query, k=20)
                assert hits == one.search(query, k=20)
                for hit in hits:
                    text = several.document(hit.document_id).text
                    assert text[hit.passage.start : hit.passage.end] == hit.passage.text
            assert {hit.document_id for hit in several.search("KAST", k=99)} >= {
                "stöd/dokument/2", "polis/dokument/2", "polis/dokument/5", "stöd/dokument/0",
            }  # fmt: skip
            where = {"document_id": ["polis/dokument/2"]}
            assert {hit.document_id for hit in several.search("KAST", where=where)} == {"polis/dokument/2"}
            answer = several.ask("Vem tar emot besök?")
            assert replace(answer, engine={}) == replace(one.ask("Vem tar emot besök?"), engine={})
            assert [found.verdict for found in several.recheck(answer)] == ["exact"] * len(answer.citations)
            assert several.info()["documents"] == 8
            assert several.info()["path"] == f"{folders[0]} + {folders[1]}"
            assert all(check.ok for check in several.verify() if check.name in ("database", "documents", "passages"))


def test_changes_in_the_indexes_are_followed(folders, encoder):
    with nmt_rag.open(folders, encoder=encoder) as several:
        with nmt_rag.open(folders[1], encoder=encoder) as part:
            part.remove(["dokument/2", "dokument/3"])
            part.add([document(4, version=2), document(40)], actors="rules")
        assert {hit.document_id for hit in several.search("ärende", k=99, where={"document_id": {"$ne": "x"}})} == {
            *(f"stöd/dokument/{n}" for n in range(4)), *(f"polis/dokument/{n}" for n in (4, 5, 40)),
        }  # fmt: skip
        assert "version 2" in several.document("polis/dokument/4").text
        for change in (lambda: several.add(document(1)), lambda: several.remove("stöd/dokument/1")):
            with pytest.raises(NmtRagError, match="several indexes are open as one, nobody can"):
                change()
    with pytest.raises(NmtRagError, match="is closed"):
        several.search("ärende")


def test_documents_are_read_as_the_indexes_hold_them_now(folders, encoder):
    with nmt_rag.open(folders, encoder=encoder) as several, nmt_rag.open(folders[1], encoder=encoder) as part:
        answer = several.ask("Vem tar emot besök?", where={"document_id": "polis/dokument/2"})
        part.remove("dokument/2")
        assert several.document("polis/dokument/2") is None
        part.add(document(40), actors="rules")
        assert "polis/dokument/40" in [one.id for one in several.documents()]
        part.add(document(2), actors="rules")
        assert several.document("polis/dokument/2").text == document(2).text
        part.remove("dokument/2")
        assert answer.citations
        assert {found.verdict for found in several.recheck(answer)} == {"elsewhere"}  # stöd/dokument/2 has it


def test_an_answer_that_is_streamed_is_of_the_indexes_as_they_are_now(folders, encoder):
    with nmt_rag.open(folders, encoder=encoder) as several, nmt_rag.open(folders[0], encoder=encoder) as part:
        part.add(document(40), actors="rules")
        model = FakeListChatModel(responses=["Nej."])
        *_, answer = several.ask_stream("Vem hjälper i ärende 40?", model=model)
        assert several.index.document("stöd/dokument/40") is not None
        assert answer.question == "Vem hjälper i ärende 40?"


def test_indexes_that_do_not_fit_are_refused(tmp_path, folders, encoder):
    with pytest.raises(ValueError, match="at least one"):
        nmt_rag.open([])
    with pytest.raises(ValueError, match="is given twice"):
        nmt_rag.open([folders[0], folders[0] / ".." / folders[0].name])
    with nmt_rag.open(tmp_path / "annat", encoder=None if encoder else WordEncoder(), create=True):
        pass
    with pytest.raises(IndexMismatchError, match="built with"):
        nmt_rag.open([*folders, tmp_path / "annat"], encoder=encoder or "default")
    (tmp_path / "b").mkdir()
    with nmt_rag.open(tmp_path / "b" / "stöd", encoder=encoder, create=True) as same_name:
        same_name.add(document(1))
    with nmt_rag.open([folders[0], tmp_path / "b" / "stöd"], encoder=encoder) as several:
        assert several.document("b/stöd/dokument/1").text == several.document(f"{tmp_path.name}/stöd/dokument/1").text
