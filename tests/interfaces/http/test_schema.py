"""Requests made from the OpenAPI document, right and wrong ones: no 5xx, and every response as it is described."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from nmt_rag.interfaces.http.app import Settings, build
from nmt_rag.interfaces.http.gate import Limits
from nmt_rag.interfaces.live import open_live
from nmt_rag.models.reader import PackagedReader
from tests.fakes import ConceptEncoder, WordsReader

EXAMPLES = int(os.environ.get("NMT_RAG_REQUESTS", "10"))
"""Requests of each kind to each route; for more of them: NMT_RAG_REQUESTS=200 pytest, this file."""
POSTED = ["/v1/ask", "/v1/ask/batch", "/v1/search", "/v1/search/batch", "/v1/verify"]
READ = ["/v1/documents", "/v1/who-does-what", "/v1/documents/{document_id}", "/healthz", "/readyz", "/metrics"]
WRONG = [*POSTED, "/v1/documents"]
"""What takes something that can be wrong: any text may be the id of a document."""


@pytest.fixture(scope="module", autouse=True)
def quick_reader():
    """Read by words alone: what is held here is the shape of what comes back, also where made-up text is answered."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PackagedReader, "read", lambda self, question, windows: WordsReader().read(question, windows))
        yield


@pytest.fixture(scope="module")
def description():
    live = open_live(encoder=ConceptEncoder("stöd", "polis"))
    limits = Limits(a_minute=0, body_bytes=10_000_000)  # for a 413 is not among the refusals that schemathesis knows
    yield schemathesis.openapi.from_asgi("/openapi.json", build(live, Settings(limits)))
    live.close()


def test_every_route_is_tried(description):
    found = {(operation.ok().method.upper(), operation.ok().path) for operation in description.get_all_operations()}
    assert found == {("POST", path) for path in POSTED} | {("GET", path) for path in READ}


@pytest.mark.parametrize(
    ("path", "mode"),
    [(path, GenerationMode.POSITIVE) for path in POSTED + READ] + [(path, GenerationMode.NEGATIVE) for path in WRONG],
)
def test_every_route_does_as_it_is_described(description, path, mode):
    method = "POST" if path in POSTED else "GET"

    @given(case=description[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def try_it(case):
        response = case.call(timeout=120)
        assert response.status_code < 500
        case.validate_response(response)

    try_it()
