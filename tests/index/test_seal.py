"""The keyed seal of an index: any change is told, and nobody makes another one without the key."""

import sqlite3

import pytest

from nmt_rag.index.index import DATABASE, Index
from nmt_rag.index.sealing import holds, seal
from tests.index_samples import document

KEY = b"0123456789abcdef"


@pytest.fixture
def sealed(tmp_path):
    with Index.create(tmp_path / "index", encoder=None) as index:
        index.add([document(1), document(2)])
        yield index, seal(index, KEY)


def test_a_seal_holds_until_something_is_changed(sealed):
    index, made = sealed
    assert len(made) == 64
    assert holds(index, KEY, made)
    assert not holds(index, KEY[::-1], made)
    assert not holds(index, KEY, "å")
    index.add([document(3)])
    assert not holds(index, KEY, made)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE documents SET title = title || 'x' WHERE number = 1",
        "UPDATE documents SET text = text || 'x', sha256 = 'x', digest = 'x' WHERE number = 1",
        "UPDATE passages SET crc = crc + 1 WHERE id = 1",
        "UPDATE passages SET page = 7 WHERE id = 1",
        "DELETE FROM passage_filters",
        "DELETE FROM document_filters",
        "DELETE FROM documents WHERE number = 2",
        "UPDATE settings SET value = value + 1 WHERE name = 'generation'",
        "INSERT INTO removed VALUES (1, 1)",
        "INSERT INTO embeddings VALUES (x'00', x'00')",
    ],
)
def test_every_table_is_sealed(sealed, change):
    index, made = sealed
    with sqlite3.connect(index.path / DATABASE) as connection:
        connection.execute(change)
    connection.close()
    assert not holds(index, KEY, made)


def test_records_and_the_next_ids_are_sealed(sealed):
    index, _ = sealed
    index.records("ett").update(["dokument/1"], ["källa"], 0.0)
    made = seal(index, KEY)
    for change in ("UPDATE records SET group_id = 'x'", "UPDATE sqlite_sequence SET seq = seq + 1"):
        assert holds(index, KEY, made)
        with sqlite3.connect(index.path / DATABASE) as connection:
            connection.execute(change)
        connection.close()
        assert not holds(index, KEY, made)
        made = seal(index, KEY)


def test_a_short_key_is_refused(sealed):
    with pytest.raises(ValueError, match="at least 16 bytes, this one 3"):
        seal(sealed[0], b"abc")
