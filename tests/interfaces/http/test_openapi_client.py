"""The OpenAPI document, held to the standard and given to a generator of clients, whose client asks a real server."""

import importlib
import sys

import httpx
import pytest
from openapi_python_client import Config, MetaType, generate
from openapi_python_client.config import ConfigFile
from openapi_spec_validator import OpenAPIV31SpecValidator

QUESTION = "Vilken myndighet beslutar om betänketid?"


@pytest.fixture(scope="module")
def made(address, tmp_path_factory):
    """The name of the generated package, which can be imported."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_text(httpx.get(f"{address}/openapi.json", timeout=120).text, encoding="utf-8")
    settings = Config.from_sources(
        ConfigFile(post_hooks=[]),
        MetaType.NONE,
        document_source=folder / "openapi.json",
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder / "nmt_client",
    )
    assert generate(config=settings) == []  # no route and no schema is left out
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield "nmt_client"
    for name in [name for name in sys.modules if name.split(".")[0] == "nmt_client"]:
        del sys.modules[name]


def test_the_document_follows_the_standard(address):
    OpenAPIV31SpecValidator(httpx.get(f"{address}/openapi.json", timeout=120).json()).validate()


def test_a_generated_client_asks_searches_and_reads(address, made):
    def module(name):
        return importlib.import_module(f"{made}.{name}")

    models = module("models")
    with module("client").Client(base_url=address, timeout=httpx.Timeout(300.0)) as client:
        answer = module("api.default.ask").sync(client=client, body=models.Ask(QUESTION))
        assert isinstance(answer, models.Answer)
        assert (answer.answered, answer.actors) == (True, ["Migrationsverket"])
        (citation,) = answer.citations
        source = module("api.default.document").sync(citation.document_id, client=client)
        assert source.text[citation.start : citation.end] == citation.quote
        follow_up = models.Ask("Och gäller det även anhöriga?", earlier=["Vem är KAST till för?"])
        found = module("api.default.ask").sync(client=client, body=follow_up)
        assert found.engine.earlier == ["Vem är KAST till för?"]
        silent = module("api.default.ask").sync(client=client, body=models.Ask("Vad kostar en liter mjölk?"))
        assert not silent.answered
        assert silent.abstention.message
        where = models.Filter.from_dict({"actor": {"$in": ["KAST"]}})
        hits = module("api.default.search").sync(client=client, body=models.Search("anhöriga", k=1, where=where)).hits
        assert "anhöriga" in hits[0].passage.text
        batch = module("api.default.ask_batch").sync(client=client, body=models.AskBatch([QUESTION]))
        assert batch.answers[0].citations == answer.citations
        verdict = module("api.default.verify").sync(client=client, body=models.Verify(citation.quote))
        assert verdict.verdict == "exact"
        wrong = module("api.default.search").sync(client=client, body=models.Search("x", k=0))
        assert isinstance(wrong, models.ProblemDetails)
        assert wrong.errors[0].pointer == "/k"
