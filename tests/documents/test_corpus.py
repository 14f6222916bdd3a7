"""The packaged pages: every character of their text as it was published, and all that a citation needs."""

import hashlib
import os
import re
from pathlib import Path

import pytest

from nmt_rag import documents
from nmt_rag.documents import actors, passages
from nmt_rag.documents.decoding import split_front_matter
from nmt_rag.index.packaged import packaged_corpus
from nmt_rag.types import Document

# The SHA-256 of each page's text as it was published: without the heading marks that its file adds.
PUBLISHED = {"deltagande-myndigheter": "33378790e9bcf4eecd8cf56eadc45669745d4b956bdc2e97e56f0df882879257"}
FILES = sorted(path for path in packaged_corpus().glob("*.md") if path.name != "README.md")


def published(document):
    """Return the text of a page without the heading marks, as it was published."""
    return re.sub(r"^#{1,6} ", "", document.text, flags=re.MULTILINE).strip()


@pytest.fixture(scope="module")
def pages():
    found = list(documents.load(packaged_corpus()))
    assert all(isinstance(page, Document) for page in found)
    return {page.id: page for page in found}


def test_every_page_loads_and_is_known_here(pages):
    assert sorted(pages) == sorted(PUBLISHED)
    assert len(pages) == len(FILES)


@pytest.mark.parametrize("page_id", PUBLISHED)
def test_the_text_is_as_it_was_published(pages, page_id):
    assert hashlib.sha256(published(pages[page_id]).encode()).hexdigest() == PUBLISHED[page_id]


@pytest.mark.skipif("NMT_RAG_SHARED" not in os.environ, reason="needs NMT_RAG_SHARED")
@pytest.mark.parametrize("page_id", PUBLISHED)
def test_the_text_is_the_seed_character_for_character(pages, page_id):
    seed = Path(os.environ["NMT_RAG_SHARED"], "seed", f"{page_id}.txt").read_bytes().decode("utf-8")
    assert published(pages[page_id]) == seed.strip()


def test_the_no_break_spaces_are_kept(pages):
    text = pages["deltagande-myndigheter"].text
    assert re.findall("(\\S+)\xa0(\\S+)", text) == [
        ("har", "utsetts"),
        ("NOA", "leder"),
        ("bedriver", "verksamhet"),
        ("tjänster)", "är"),
        ("Evonhuset", "i"),
    ]
    assert text.count("\xa0") == 5


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_front_matter_says_what_a_citation_needs(path):
    fields, text = split_front_matter(path.read_text(encoding="utf-8"))
    assert fields["id"] == path.stem
    assert fields["title"].strip()
    assert re.fullmatch(r"https://[^\s#]+", fields["url"])
    assert fields["publisher"].strip()
    assert fields["language"] == "sv"
    assert text.lstrip().startswith(f"# {fields['title']}\n")


def test_the_document_has_what_its_front_matter_says(pages):
    page = pages["deltagande-myndigheter"]
    assert page.title == "Deltagande myndigheter"
    assert page.url == "https://www.nmtsverige.se/om-oss/deltagande-myndigheter"
    assert page.publisher == "Nationellt metodstödsteam mot prostitution och människohandel (NMT)"
    assert page.metadata == {}


def test_the_files_are_plain_utf8():
    for path in FILES:
        data = path.read_bytes()
        assert not data.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in data
        assert data.endswith(b"\n")


def test_every_section_names_an_actor_and_holds_a_passage(pages):
    for page in pages.values():
        found = passages.split(page)
        assert found
        with_text = {passage.heading[-1] for passage in found}
        for _, level, heading in passages.headings(page):
            assert heading in with_text
            assert level == 1 or actors.names_in_heading(heading)


def test_the_readme_lists_every_page():
    readme = (packaged_corpus() / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(([\w-]+)\.md\)", readme)) == set(PUBLISHED)
