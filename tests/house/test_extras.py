"""What an error says about installing: a command that works where the package came from."""

import importlib.metadata
import json
from types import SimpleNamespace

import pytest

from nmt_rag import extras


def test_in_a_checkout_it_is_the_checkout(monkeypatch, tmp_path):
    root = extras._ROOT
    monkeypatch.chdir(root)
    assert extras.install("demo") == 'pip install -e ".[demo]"'
    monkeypatch.chdir(tmp_path)
    assert extras.install("demo") == f'pip install -e "{root}[demo]"'
    error = extras.missing("the web page", "gradio", "demo")
    assert str(error) == f'the web page needs gradio; install it with: pip install -e "{root}[demo]"'
    assert error.name == "gradio"


@pytest.mark.parametrize("kind", ["folder", "wheel", "index", "web", "gone", "broken", "unknown"])
def test_elsewhere_it_is_where_pip_took_it_from(monkeypatch, tmp_path, kind):
    source = tmp_path / "nmt rag åäö"
    if kind == "folder":
        source.mkdir()
    if kind == "wheel":
        source = tmp_path / "nmt_rag-0.1.0-py3-none-any.whl"
        source.write_bytes(b"")
    told = {"index": None, "broken": "{", "web": json.dumps({"url": "https://example.se/x.whl"})}.get(
        kind, json.dumps({"url": source.as_uri()})
    )

    def distribution(name):
        if kind == "unknown":
            raise importlib.metadata.PackageNotFoundError(name)
        return SimpleNamespace(read_text=lambda file: told)

    monkeypatch.setattr(extras, "_ROOT", tmp_path / "site-packages")
    monkeypatch.setattr(importlib.metadata, "distribution", distribution)
    assert extras.install("serve") == {
        "folder": f'pip install "{source}[serve]"', "wheel": f'pip install "nmt-rag[serve] @ {source.as_uri()}"',
    }.get(kind, 'pip install "nmt-rag[serve]"')  # fmt: skip


def test_every_error_takes_its_command_from_there():
    package = extras._ROOT / "nmt_rag"
    by_hand = [path.name for path in package.rglob("*.py") if "nmt-rag[" in path.read_text(encoding="utf-8")]
    assert by_hand == []
