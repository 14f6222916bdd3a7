"""What is found in all texts of an index: at one moment, and once a generation."""

import pytest

import nmt_rag
from nmt_rag.documents import tasks
from nmt_rag.interfaces.lookups import OnceAGeneration, WhoDoesWhat
from nmt_rag.interfaces.page.site import Site
from nmt_rag.types import Document

POLICE = Document(id="a", title="A", text="Polismyndigheten ansvarar för utredningen.")
AGENCY = Document(id="b", title="B", text="Migrationsverket ansvarar för tillstånd.")


@pytest.fixture
def rag(tmp_path):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as opened:
        opened.add(POLICE)
        yield opened


def test_what_changes_while_it_is_read_is_read_again_and_then_kept(rag):
    reads = []

    def found(index):
        ids = index.document_ids()
        if not reads:
            rag.add(AGENCY)
        reads.append(ids)
        return ids

    once = OnceAGeneration(found)
    assert [list(once(rag)) for _ in range(3)] == [["a", "b"]] * 3
    assert [list(ids) for ids in reads] == [["a"], ["a", "b"]]
    rag.remove(["a"])
    assert list(once(rag)) == ["b"]


@pytest.mark.parametrize("rows", [lambda rag: Site(rag).rows(), lambda rag: WhoDoesWhat().rows(rag, "")["rows"]])
def test_who_does_what_is_of_one_moment(rag, monkeypatch, rows):
    read = tasks.of_document

    def changes_meanwhile(document, passages):
        if document.id == "a":
            rag.remove(["a"])
            rag.add(AGENCY)
        return read(document, passages)

    monkeypatch.setattr(tasks, "of_document", changes_meanwhile)
    [row] = rows(rag)
    assert (row["actor"] if isinstance(row, dict) else row.actor) == "Migrationsverket"
