"""`make docs` builds without a warning, offline, and the pages load nothing from another host."""

import html
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

import nmt_rag
from tests.doc_blocks import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return folder


class Loaded(HTMLParser):
    """Collects what a page loads by itself: scripts, styles, pictures, frames."""

    def __init__(self):
        super().__init__()
        self.addresses = []

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag in {"script", "img", "iframe", "source", "video", "audio", "embed"} and named.get("src"):
            self.addresses.append(named["src"])
        if tag == "link" and named.get("href"):
            self.addresses.append(named["href"])


def test_no_page_loads_anything_from_another_host(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 50
    for page in pages:
        loaded = Loaded()
        loaded.feed(page.read_text(encoding="utf-8"))
        for address in loaded.addresses:
            assert not re.match(r"(?:https?:)?//", address), (page, address)
            if page.name != "404.html" and not address.startswith("data:"):
                assert (page.parent / address.split("?")[0]).resolve().is_file(), (page, address)
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", style.read_text(encoding="utf-8")), style


def test_every_module_has_a_page_that_says_what_it_is_for(site):
    listed = (site / "api" / "index.html").read_text(encoding="utf-8")
    for path in (ROOT / "nmt_rag").rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        assert f'href="{name}.html"' in listed
        page = html.unescape((site / "api" / f"{name}.html").read_text(encoding="utf-8"))
        assert f'id="{name}"' in page


def test_the_public_functions_stand_in_it_with_what_they_take_and_raise(site):
    page = (site / "api" / "nmt_rag.html").read_text(encoding="utf-8")
    for name in ("open", "ask", "default_encoder"):
        assert name in nmt_rag.__all__
        assert f'id="nmt_rag.{name}"' in page
    store = (site / "api" / "nmt_rag.langchain.vectorstore.html").read_text(encoding="utf-8")
    assert 'id="nmt_rag.langchain.vectorstore.FaissVectorStore.similarity_search"' in store
    assert "the folder holds another kind of index, or one of another embedding model" in store


def test_documents_link_to_each_other_and_name_what_lies_outside(site):
    page = (site / "embedding.html").read_text(encoding="utf-8")
    assert 'href="from-langchain-community.html"' in page
    assert "examples/langchain_agent.py" in page
    assert 'href="../examples' not in page
    start = (site / "index.html").read_text(encoding="utf-8")
    assert 'href="embedding.html"' in start
    assert 'src="images/page.png"' in start


def test_the_models_cards_are_pages_that_link_to_each_other_and_to_the_documents(site):
    assert 'href="model-card.html"' in (site / "index.html").read_text(encoding="utf-8")
    assert 'href="reader-card.html"' in (site / "support.html").read_text(encoding="utf-8")
    card = (site / "reader-card.html").read_text(encoding="utf-8")
    assert 'href="model-card.html"' in card
    assert 'href="quality.html"' in card
