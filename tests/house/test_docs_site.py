"""`make docs` builds without a warning, offline, and the pages load nothing from another host."""

import html
import logging
import re
import subprocess
import sys

import griffe
import pytest
import yaml
from lxml import html as webpages

import nmt_rag
from tests.doc_blocks import ROOT
from tests.house.site_sample import SHOWN


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The pages as `make docs` builds them, but that most modules of the API are shown without their members."""
    folder = tmp_path_factory.mktemp("site")
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    settings["docs_dir"] = str(ROOT / "docs")
    settings["hooks"] = [*(str(ROOT / hook) for hook in settings["hooks"]), str(ROOT / "tests/house/site_sample.py")]
    _, reference = settings["plugins"]
    reference["mkdocstrings"]["handlers"]["python"]["paths"] = [str(ROOT)]
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", folder / "mkdocs.yml"]
    done = subprocess.run(
        [*command, "--site-dir", folder / "site"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr  # not with --quiet, which counts no warnings
    assert "WARNING" not in done.stdout + done.stderr
    return folder / "site"


LOADED = " | ".join(
    ["//link/@href", *(f"//{tag}/@src" for tag in ("script", "img", "iframe", "source", "video", "audio", "embed"))]
)
"""What a page loads by itself: scripts, styles, pictures, frames."""


def test_no_page_loads_anything_from_another_host(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 50
    for page in pages:
        loaded = webpages.fromstring(page.read_bytes()).xpath(LOADED)
        assert loaded, page
        for address in loaded:
            assert not re.match(r"(?:https?:)?//", address), (page, address)
            if page.name != "404.html" and not address.startswith("data:"):
                assert (page.parent / address.split("?")[0]).resolve().is_file(), (page, address)
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", style.read_text(encoding="utf-8")), style


def test_the_docstring_of_every_public_member_is_parsed_without_a_warning(caplog):
    package = griffe.load("nmt_rag", search_paths=[str(ROOT)], docstring_parser="google")
    with caplog.at_level(logging.DEBUG, logger="griffe"):
        waiting, n_parsed = [package], 0
        while waiting:
            one = waiting.pop()
            waiting += [member for name, member in one.members.items() if name[0] != "_" and not member.is_alias]
            if one.docstring:
                assert one.docstring.parsed
                n_parsed += 1
    assert n_parsed > 1_000
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert warnings == []


def test_every_module_has_a_page_that_says_what_it_is_for(site):
    listed = (site / "api" / "index.html").read_text(encoding="utf-8")
    for path in (ROOT / "nmt_rag").rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        assert f'href="{name}.html"' in listed
        page = html.unescape((site / "api" / f"{name}.html").read_text(encoding="utf-8"))
        assert f'id="{name}"' in page


def test_the_public_functions_stand_in_it_with_what_they_take_and_raise(site):
    for name in SHOWN:
        assert f'id="{name}.' in (site / "api" / f"{name}.html").read_text(encoding="utf-8")
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
