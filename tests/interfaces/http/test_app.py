"""The HTTP interface in this process: what each route returns, held to the Python API and to its own description."""

import asyncio
import dataclasses
import json
import socket
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

import nmt_rag
from nmt_rag.answering import Said
from nmt_rag.documents.who_does_what import tasks
from nmt_rag.errors import IndexDamagedError, IndexLockedError
from nmt_rag.interfaces import lookups, replies
from nmt_rag.interfaces.http import problems, server, streams
from nmt_rag.interfaces.http.app import Settings, build
from nmt_rag.interfaces.http.gate import Limits
from nmt_rag.interfaces.live import open_live
from nmt_rag.types import Document, Statement
from tests.asgi import gathered, problem, request

PAGE = "deltagande-myndigheter"
QUESTION = "Vilken myndighet beslutar om betänketid?"
UNLIMITED = Settings(Limits(a_minute=0))
SCHEMA = json.loads(
    (Path(nmt_rag.__file__).parent / "interfaces" / "schemas" / "answer-1.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def live():
    """The packaged page."""
    live = open_live()
    yield live
    live.close()


@pytest.fixture(scope="module")
def app(live):
    return build(live, UNLIMITED)


def post(app, path, body, **headers):
    return request(app, "POST", path, json=body, headers=headers)


# ask


@pytest.mark.parametrize("question", [QUESTION, "Who decides on a reflection period?", "Vem vann VM i fotboll?", ""])
def test_an_answer_is_that_of_the_python_api_and_follows_the_schema(app, live, question):
    response = post(app, "/v1/ask", {"question": question})
    assert response.status_code == 200
    with live.using() as rag:
        assert response.json() == json.loads(json.dumps(rag.ask(question).to_dict()))
    jsonschema.Draft202012Validator(SCHEMA).validate(response.json())
    assert response.headers["content-type"] == "application/json"
    assert "å" not in question or "å" in response.text  # as UTF-8, not as escapes


def test_filters_and_the_language_are_handed_on(app):
    response = post(app, "/v1/ask", {"question": "Vad gör NOA?", "where": {"document_id": "annat"}, "language": "en"})
    assert response.json()["abstention"] == {
        "reason": "no_evidence", "message": "We find no answer to your question in the sources.",
    }  # fmt: skip
    assert response.json()["language"] == "en"


def test_a_follow_up_is_asked_with_the_questions_before_it(app):
    earlier, question = ["Vem är KAST till för?"], "Och gäller det även anhöriga?"
    found = post(app, "/v1/ask", {"question": question, "earlier": earlier}).json()
    assert found["citations"][0]["quote"] == "De erbjuder både råd och stöd till personer och deras anhöriga."
    assert (found["question"], found["engine"]["earlier"]) == (question, earlier)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    accept = {"Accept": "text/event-stream"}
    told = events(post(app, "/v1/ask", {"question": question, "earlier": earlier}, **accept).text)
    assert told[-1] == ("answer", found)
    assert "earlier" not in post(app, "/v1/ask", {"question": QUESTION, "earlier": earlier}).json()["engine"]
    for wrong in ("KAST?", [1], ["x"] * 33):
        assert post(app, "/v1/ask", {"question": question, "earlier": wrong}).status_code == 422


def test_a_batch_is_each_question_by_itself(app, live):
    where = {"actor": ["KAST", "Migrationsverket"]}
    questions = ["Vem är KAST till för?", "Vem vann VM i fotboll?", QUESTION]
    asked_for = {"questions": questions, "where": where, "language": "sv", "window": 1}
    answers = post(app, "/v1/ask/batch", asked_for).json()["answers"]
    found = post(app, "/v1/search/batch", {"queries": questions, "k": 2, "where": where, "window": 1}).json()["results"]
    with live.using() as rag:
        wanted = [rag.widened(rag.ask(one, where=where, language="sv"), window=1).to_dict() for one in questions]
        hits = [lookups.hit_rows(rag, one, k=2, where=where, window=1) for one in questions]
    assert answers == json.loads(json.dumps(wanted))
    assert found == [{"hits": json.loads(json.dumps(one))} for one in hits]
    for question, answer in zip(questions, answers, strict=True):
        single = {"question": question, "where": where, "language": "sv", "window": 1}
        assert post(app, "/v1/ask", single).json() == answer
        assert events(post(app, "/v1/ask", single, accept="text/event-stream").text)[-1] == ("answer", answer)
    assert any(citation["suffix"] != "" for answer in answers for citation in answer["citations"])


def test_a_batch_gets_no_more_of_the_server_than_its_questions_one_by_one(live):
    asked = []

    class Slow:
        def using(self):
            asked.append(1)
            time.sleep(0.01)
            return live.using()

    app = build(Slow(), Settings(Limits(a_minute=0), threads=1))

    async def scenario():
        batch = asyncio.create_task(gathered(app, ("POST", "/v1/search/batch", {"json": {"queries": ["x"] * 32}})))
        await asyncio.sleep(0.02)
        await gathered(app, ("POST", "/v1/search", {"json": {"query": "x"}}))
        before = len(asked)
        return before, (await batch)[0]

    before, batch = asyncio.run(scenario())
    assert before < 10
    assert (batch.status_code, len(asked)) == (200, 33)


@pytest.mark.parametrize("path", ["ask", "search"])
def test_each_question_of_a_batch_counts_as_a_request(live, path):
    app = build(live, Settings(Limits(a_minute=1)))
    several = {"questions" if path == "ask" else "queries": ["x"] * 5}
    single = {"question" if path == "ask" else "query": "x"}
    assert post(app, f"/v1/{path}/batch", several).status_code == 200
    refused = post(app, f"/v1/{path}", single)
    assert refused.status_code == 429
    assert 60 < int(refused.headers["retry-after"]) <= 301  # five minutes, less what the batch took


def test_a_failure_in_a_batch_is_told_as_for_one(live):
    response = post(with_model(live, OSError("hemligt")), "/v1/ask/batch", {"questions": [QUESTION, QUESTION]})
    assert problem(response)["status"] == 502
    assert "hemligt" not in response.text


def test_who_does_what_is_the_table_of_the_index(app, live):
    with live.using() as rag:
        rows = tasks.of_index(rag.index)
    for wordless in ({"actor": "!"}, {"word": "%"}, {"actor": "KAST", "word": " ? "}):
        assert request(app, "GET", "/v1/who-does-what", params=wordless).json() == {"rows": [], "total": 0}
    for arguments in (
        {"actor": "migrationsverket"},
        {"word": "stöd"},
        {"actor": "KAST", "word": "er"},
        {"word": " "},
        {},
    ):
        wanted = [row.to_dict() for row in tasks.chosen(rows, **arguments)]
        found = request(app, "GET", "/v1/who-does-what", params=arguments).json()
        assert found == {"rows": json.loads(json.dumps(wanted[:200])), "total": len(wanted)}
        assert found["total"] > 0


def events(text):
    """The events of a stream, as (name, data)."""
    assert text.endswith("\n\n")
    found = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


@pytest.mark.parametrize(
    ("question", "statements"), [(QUESTION, 1), ("Vad gör Åklagarmyndigheten?", 2), ("Vem vann VM i fotboll?", 0)]
)
def test_an_answer_can_come_as_events(app, live, question, statements):
    response = post(app, "/v1/ask", {"question": question}, accept="text/event-stream")
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    *first, (name, answer) = events(response.text)
    with live.using() as rag:
        assert (name, answer) == ("answer", json.loads(json.dumps(rag.ask(question).to_dict())))
    assert [name for name, _ in first] == ["statement"] * len(answer["statements"])
    assert len(first) >= statements
    assert [(data["text"], data["markers"]) for _, data in first] == [
        (statement["text"], statement["citations"]) for statement in answer["statements"]
    ]
    assert [citation for _, data in first for citation in data["citations"]] == answer["citations"]


GOOD = "Migrationsverket: «utreda och fatta beslut i ärenden som rör betänketid» [1]\n"
MADE_UP = "Polisen beslutar om betänketid: «polisen beslutar alltid om betänketid» [1]\n"


class Model:
    """A chat model that says what it is told to, piece by piece."""

    def __init__(self, *pieces):
        self.pieces = pieces

    def stream(self, messages):
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            if callable(piece):
                piece = piece()
            yield SimpleNamespace(text=piece)


def with_model(live, *pieces, **limits):
    return build(live, Settings(Limits(a_minute=0, **limits), model=Model(*pieces)))


def test_a_language_model_words_the_answer(live):
    app = with_model(live, MADE_UP, GOOD)
    answer = post(app, "/v1/ask", {"question": QUESTION}).json()
    jsonschema.Draft202012Validator(SCHEMA).validate(answer)
    assert answer["text"] == f"Migrationsverket: «{answer['citations'][0]['quote']}» [1]"
    *statements, (name, last) = events(post(app, "/v1/ask", {"question": QUESTION}, accept="text/event-stream").text)
    assert (name, last) == ("answer", answer)
    assert statements == [
        ("statement", {"text": answer["statements"][0]["text"], "markers": [1], "citations": answer["citations"]})
    ]
    assert "polisen beslutar alltid" not in json.dumps([statements, last], ensure_ascii=False)


async def test_a_sentence_of_an_uncertain_answer_says_so():
    async def nothing():
        return
        yield

    said = Said(Statement("Jouren ringer.", (1,)), ())
    for one, more in ((said, {}), (dataclasses.replace(said, uncertain=True), {"uncertain": True})):
        sent = [event.decode() async for event in streams.events(one, nothing(), print)]
        wanted = {"text": "Jouren ringer.", "markers": [1], "citations": []}
        assert events("".join(sent)) == [("statement", {**wanted, **more})]


def test_a_sentence_is_sent_as_soon_as_it_is_proven(live):
    """The model goes on only when the first sentence has reached the client."""
    reached = threading.Event()
    app = with_model(live, GOOD, lambda: str(reached.wait(120) or ""))
    scope = {"type": "http", "method": "POST", "path": "/v1/ask", "query_string": b"", "client": ("127.0.0.1", 1)}
    scope["headers"] = [(b"content-type", b"application/json"), (b"accept", b"text/event-stream")]
    body = [json.dumps({"question": QUESTION}).encode()]
    sent = []

    async def receive():
        if not body:
            await asyncio.sleep(60)  # the client stays and says nothing more
        return {"type": "http.request", "body": body.pop(), "more_body": False}

    async def send(message):
        sent.append(message.get("body", b""))
        if b"event: statement" in sent[-1]:
            assert not any(b"event: answer" in one for one in sent)
            reached.set()

    asyncio.run(app(scope, receive, send))
    assert reached.is_set()
    assert [name for name, _ in events(b"".join(sent).decode())] == ["statement", "answer"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json, text/event-stream;q=0", "application/json"),
        ("text/event-stream; Q=0.00, */*", "application/json"),
        ("text/event-streams", "application/json"),
        ("application/json, Text/Event-Stream;q=0.5", "text/event-stream"),
    ],
)
def test_events_come_where_a_client_takes_them(app, accept, kind):
    response = post(app, "/v1/ask", {"question": ""}, accept=accept)
    assert response.headers["content-type"].split(";")[0] == kind


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_model_that_fails_is_a_problem(live, accept, caplog):
    response = post(with_model(live, RuntimeError("hemlig fråga")), "/v1/ask", {"question": QUESTION}, accept=accept)
    assert (problem(response)["status"], "hemlig" in response.text) == (502, False)
    assert caplog.messages == ["the language model failed: RuntimeError"]


def test_a_model_that_fails_halfway_ends_the_stream_with_an_error(live, caplog):
    app = with_model(live, GOOD, RuntimeError("hemlig fråga"))
    (first, statement), (last, told) = events(
        post(app, "/v1/ask", {"question": QUESTION}, accept="text/event-stream").text
    )
    assert (first, statement["markers"], last, told["status"]) == ("statement", [1], "error", 502)
    assert "hemlig" not in json.dumps(told) + caplog.text


class Endless:
    """A chat model that writes on and on, and tells when it was stopped."""

    def __init__(self):
        self.began, self.stopped = threading.Event(), threading.Event()

    def stream(self, messages):
        try:
            for _ in range(30_000):
                self.began.set()
                time.sleep(0.01)
                yield SimpleNamespace(text="ord ")
        finally:
            self.stopped.set()


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("leaves", [True, False])
def test_a_model_that_nobody_waits_for_is_stopped(live, accept, leaves, caplog):
    """The client leaves, or the time of the request is over."""
    post(build(live, UNLIMITED), "/v1/ask", {"question": QUESTION})  # read it once before time counts
    model = Endless()
    app = build(live, Settings(Limits(a_minute=0, seconds=60.0 if leaves else 2.0), model=model))
    body = [json.dumps({"question": QUESTION}).encode()]

    async def receive():
        if body:
            return {"type": "http.request", "body": body.pop(), "more_body": False}
        while not (leaves and model.began.is_set()):
            await asyncio.sleep(0.01)
        return {"type": "http.disconnect"}

    async def send(message):
        pass

    scope = {"type": "http", "method": "POST", "path": "/v1/ask", "query_string": b"", "client": ("127.0.0.1", 1)}
    scope["headers"] = [(b"content-type", b"application/json"), (b"accept", accept.encode())]
    asyncio.run(app(scope, receive, send))
    assert model.began.is_set()
    assert model.stopped.wait(120)  # it would go on for 300 seconds
    assert caplog.messages == []


def test_a_slow_model_keeps_nobody_else_waiting(live):
    release = threading.Event()
    app = build(live, Settings(Limits(a_minute=0), threads=1, model=Model(lambda: str(release.wait(120)))))

    async def scenario():
        slow = asyncio.create_task(gathered(app, ("POST", "/v1/ask", {"json": {"question": QUESTION}})))
        await asyncio.sleep(0.05)
        (found,) = await gathered(app, ("POST", "/v1/search", {"json": {"query": "betänketid"}}))
        assert not slow.done()
        release.set()
        return found, (await slow)[0]

    found, slow = asyncio.run(scenario())
    assert (found.status_code, slow.status_code) == (200, 200)


# search, verify, documents


def test_hits_are_those_of_the_python_api(app, live):
    response = post(app, "/v1/search", {"query": "betänketid", "k": 3.0, "where": {"actor": "migrationsverket"}})
    with live.using() as rag:
        hits = rag.search("betänketid", k=3, where={"actor": "migrationsverket"})
        wanted = [hit.to_dict() | {"reading": read} for hit, read in zip(hits, rag.readings(hits), strict=True)]
    assert response.json() == {"hits": json.loads(json.dumps(wanted))}
    assert 1 <= len(wanted) <= 3


def test_a_quote_is_verified_and_linked(app, live):
    with live.using() as rag:
        document = rag.document(PAGE)
        (citation,) = rag.ask(QUESTION).citations
    found = post(app, "/v1/verify", {"quote": citation.quote, "document_id": PAGE}).json()
    assert found == {
        "verdict": "exact", "document_id": PAGE, "start": citation.start, "end": citation.end, "similarity": 1.0,
        "diff": "", "url": citation.url,
        "message": f"The quote stands where it was cited: [{citation.start}:{citation.end}] of {PAGE!r}.",
    }  # fmt: skip
    altered = post(app, "/v1/verify", {"quote": citation.quote.replace("fatta beslut", "inte fatta beslut")}).json()
    assert (altered["verdict"], altered["start"], altered["end"]) == ("altered", citation.start, citation.end)
    assert "[-inte-]" in altered["diff"]
    assert document.text[altered["start"] : altered["end"]] == citation.quote
    absent = post(app, "/v1/verify", {"quote": "Något som ingen har skrivit om rymden"}).json()
    assert (absent["verdict"], absent["document_id"], absent["url"]) == ("absent", None, "")
    missing = post(app, "/v1/verify", {"quote": "x", "document_id": "finns inte"})
    assert problem(missing)["detail"] == "There is no such document; GET /v1/documents lists them."


def test_documents_are_listed_by_the_page_and_read_one_by_one(tmp_path):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as rag:
        rag.add(*(Document(id=f"mapp/{n} å?#", title=f"T{n}", text=f"Text {n}.", metadata={"n": n}) for n in range(5)))
    live = open_live(tmp_path / "i")
    app = build(live, UNLIMITED)
    listed = request(app, "GET", "/v1/documents?offset=1&limit=2").json()
    assert (listed["total"], listed["offset"]) == (5, 1)
    assert [row["id"] for row in listed["documents"]] == ["mapp/1 å?#", "mapp/2 å?#"]
    row = listed["documents"][0]
    assert (row["characters"], row["metadata"], "text" in row) == (7, {"n": 1}, False)
    found = request(app, "GET", "/v1/documents/mapp%2F1%20%C3%A5%3F%23").json()
    assert (found["id"], found["text"], found["sha256"]) == ("mapp/1 å?#", "Text 1.", row["sha256"])
    assert request(app, "GET", "/v1/documents?offset=99").json()["documents"] == []
    live.close()


def test_numbers_that_json_does_not_have_are_null(tmp_path):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as rag:
        rag.add(Document(id="a", title="A", text="T.", metadata={"x": float("nan"), "y": [{"z": float("-inf")}, 1.5]}))
    live = open_live(tmp_path / "i")
    app = build(live, UNLIMITED)
    wanted = {"x": None, "y": [{"z": None}, 1.5]}
    assert request(app, "GET", "/v1/documents").json()["documents"][0]["metadata"] == wanted
    assert request(app, "GET", "/v1/documents/a").json()["metadata"] == wanted
    live.close()


def test_an_id_may_hold_a_line_break(tmp_path):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as rag:
        rag.add(Document(id="a\nb\n", title="A", text="Text."))
    live = open_live(tmp_path / "i")
    assert request(build(live, UNLIMITED), "GET", "/v1/documents/a%0Ab%0A").json()["text"] == "Text."
    live.close()


# health, counts


def test_health_and_what_the_index_holds(app):
    assert request(app, "GET", "/healthz").json() == {"status": "ok"}
    ready = request(app, "GET", "/readyz").json()
    assert (ready["status"], ready["documents"], ready["passages"]) == ("ready", 1, 35)


def test_what_was_asked_is_counted_and_not_told(live):
    app = build(live, UNLIMITED)
    post(app, "/v1/ask", {"question": QUESTION})
    post(app, "/v1/ask", {"question": "Vem vann VM i fotboll?"})
    post(app, "/v1/ask", {"hemligt": QUESTION})
    request(app, "GET", "/v1/documents/hemligt")
    request(app, "GET", "/hemligt")
    request(app, "HEMLIGT", "/v1/ask")
    response = request(app, "GET", "/metrics")
    assert response.headers["content-type"] == "text/plain; version=1.0.0; charset=utf-8"
    lines = response.text.splitlines()
    for line in (
        'nmt_rag_requests_total{method="POST",route="/v1/ask",status="200"} 2.0',
        'nmt_rag_requests_total{method="POST",route="/v1/ask",status="422"} 1.0',
        'nmt_rag_requests_total{method="other",route="/v1/ask",status="405"} 1.0',
        'nmt_rag_requests_total{method="GET",route="/v1/documents/{document_id}",status="404"} 1.0',
        'nmt_rag_requests_total{method="GET",route="other",status="404"} 1.0',
        'nmt_rag_answers_total{outcome="answered"} 1.0',
        "nmt_rag_index_documents 1.0",
        "nmt_rag_requests_under_way 1.0",
    ):
        assert line in lines
    assert not any(word in response.text for word in ("hemlig", "HEMLIG", "betänketid", "fotboll"))


def test_mounted_under_a_path_it_does_the_same(live):
    app = Starlette(routes=[Mount("/svar", build(live, Settings(Limits(a_minute=0), token="nyckel")))])
    key = {"authorization": "Bearer nyckel"}
    assert request(app, "GET", "/svar/healthz").status_code == 200
    assert request(app, "GET", "/svar/v1/documents").status_code == 401
    assert request(app, "GET", "/svar/v1/documents?page=2", headers=key).status_code == 422
    counted = request(app, "GET", "/svar/metrics", headers=key).text
    assert 'nmt_rag_requests_total{method="GET",route="/v1/documents",status="422"} 1.0' in counted


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v1/documents", f"/v1/documents/{PAGE}", "/openapi.json"])
def test_the_head_of_what_can_be_read_can_be_asked_for(app, path):
    head, whole = request(app, "HEAD", path), request(app, "GET", path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == whole.headers
    assert request(app, "HEAD", "/v1/ask").status_code == 405


# problems


@pytest.mark.parametrize(
    ("path", "body", "pointers"),
    [
        ("/v1/ask", {}, ["/question"]),
        ("/v1/ask", {"question": None}, ["/question"]),
        ("/v1/ask", {"question": "hemligt" * 300}, ["/question"]),
        ("/v1/ask", {"question": "\ud800"}, ["/question"]),
        ("/v1/ask", {"question": "x", "fråga/~": 1}, [""]),
        ("/v1/ask", {"question": "x", "hemlig fråga": 1}, [""]),
        ("/v1/ask", {"question": "x", "where": {"hemlig": None}}, ["/where"]),
        ("/v1/ask", {"question": "x", "where": {"hemligt": {"$gt": "hemlig"}}}, ["/where"]),
        ("/v1/ask", {"question": "x", "language": "svenska"}, ["/language"]),
        ("/v1/ask", {"question": "x", "where": {"$hemlig": 1}}, ["/where"]),
        ("/v1/ask", {"question": "x", "where": {"hemlig": {"$hemlig": 1}}}, ["/where"]),
        ("/v1/search", {"query": "x", "where": {str(n): "" for n in range(501)}}, ["/where"]),
        ("/v1/search", {"query": "x", "where": ["hemlig"]}, ["/where"]),
        ("/v1/ask", [1], [""]),
        ("/v1/ask", {"question": "x", "window": 21}, ["/window"]),
        ("/v1/ask/batch", {"questions": []}, ["/questions"]),
        ("/v1/ask/batch", {"questions": ["x"] * 33}, ["/questions"]),
        ("/v1/ask/batch", {"questions": "hemligt"}, ["/questions"]),
        ("/v1/ask/batch", {"questions": ["x"], "question": "hemligt"}, [""]),
        ("/v1/search/batch", {"queries": ["x", "hemligt" * 300]}, ["/queries/1"]),
        ("/v1/ask/batch", {"questions": [*["a"] * 20, 5, "b"]}, ["/questions/20"]),
        ("/v1/search", {"query": "x", "k": 0}, ["/k"]),
        ("/v1/search", {"query": "x", "k": 101}, ["/k"]),
        ("/v1/search", {"query": "x", "k": "5"}, ["/k"]),
        ("/v1/search", {"query": "x", "k": True}, ["/k"]),
        ("/v1/search", {"query": "x", "k": 1.5}, ["/k"]),
        ("/v1/verify", {"quote": ""}, ["/quote"]),
        ("/v1/verify", {"quote": "hemligt", "document_id": 7}, ["/document_id"]),
    ],
)
def test_a_wrong_request_is_told_where_it_is_wrong(app, path, body, pointers):
    response = request(app, "POST", path, content=json.dumps(body), headers={"content-type": "application/json"})
    assert (response.status_code, [error["pointer"] for error in problem(response)["errors"]]) == (422, pointers)
    assert "hemlig" not in response.text


def test_a_wrong_parameter_is_told(app):
    response = request(app, "GET", "/v1/documents?limit=0&offset=x")
    assert [error["parameter"] for error in problem(response)["errors"]] == ["offset", "limit"]


def test_what_is_not_known_is_told_with_what_is(app):
    told = problem(post(app, "/v1/search", {"query": "x", "filter": {"actor": "KAST"}}))["errors"]
    assert told == [{"detail": "A member is not known; known are k, where, window, query.", "pointer": ""}]
    for path, said in (
        ("/v1/who-does-what?aktör=KAST", "known are actor, word"),
        ("/v1/documents?limit=1&page=2", "known are offset, limit"),
        (f"/v1/documents/{PAGE}?language=en", "this path has none"),
    ):
        told = problem(request(app, "GET", path))["errors"]
        assert told == [{"detail": f"A parameter is not known; {said}.", "parameter": ""}]
    response = request(app, "POST", "/v1/ask?window=2", json={"question": QUESTION})
    assert (response.status_code, "this path has none" in response.text) == (422, True)
    assert request(app, "GET", "/healthz?t=1").status_code == 200  # what watches a server may send a number along


@pytest.mark.parametrize("body", [b"", b"{", b'{"question": "\xff"}', b"[" * 60_000, b"nul"])
def test_a_body_that_is_no_json_is_told(app, body):
    response = request(app, "POST", "/v1/ask", content=body, headers={"content-type": "application/json"})
    assert problem(response)["status"] == 400
    null = request(app, "POST", "/v1/ask", content=b"null", headers={"content-type": "application/json"})
    assert problem(null)["status"] == 422


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/docs", 404), ("GET", "/v1/documents/", 404), ("GET", "/v1/ask", 405)],
)
def test_what_is_not_there_is_a_problem(app, method, path, status):
    response = request(app, method, path)
    assert (response.status_code, problem(response)["status"]) == (status, status)
    assert response.headers.get("allow") == ("POST" if status == 405 else None)


class Failing:
    """An index that cannot be asked."""

    def __init__(self, error):
        self.error = error

    def using(self):
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (IndexLockedError("hemlig plats"), 503, "The index is being changed; try again."),
        (IndexDamagedError("hemlig plats"), 503, "The index cannot be used now; the server's log says why."),
        (RuntimeError("hemlig fråga"), 500, "Something went wrong in the server; its log says what."),
    ],
)
def test_what_goes_wrong_inside_is_told_without_its_inside(caplog, error, status, detail):
    app = build(Failing(error))
    for response in (post(app, "/v1/ask", {"question": "x"}), request(app, "GET", "/readyz")):
        assert (problem(response)["detail"], response.status_code) == (detail, status)
        assert response.headers.get("retry-after") == ("1" if status == 503 else None)
    assert "hemlig fråga" not in caplog.text
    assert request(app, "GET", "/healthz").status_code == 200


# limits, token, origins


def test_limits_hold_for_the_whole_interface(live):
    app = build(live, Settings(Limits(body_bytes=100, a_minute=3), token="hemligt"))
    key = {"authorization": "Bearer hemligt"}
    assert post(app, "/v1/ask", {"question": "x"}).status_code == 401
    assert post(app, "/v1/ask", {"question": "x" * 100}, **key).status_code == 413
    assert post(app, "/v1/ask", {"question": QUESTION}, **key).status_code == 200
    assert request(app, "GET", "/openapi.json", headers=key).status_code == 429
    assert request(app, "GET", "/readyz").status_code == 200


def test_pages_of_other_origins_may_ask_only_where_they_are_named(live):
    preflight = {"origin": "https://a.se", "access-control-request-method": "POST"}
    closed = build(live, UNLIMITED)
    assert request(closed, "OPTIONS", "/v1/ask", headers=preflight).status_code == 405
    assert "access-control-allow-origin" not in post(closed, "/v1/ask", {"question": ""}, origin="https://a.se").headers
    app = build(live, Settings(Limits(a_minute=0), origins=("https://a.se",), token="x"))
    asked = request(app, "OPTIONS", "/v1/ask", headers={**preflight, "access-control-request-headers": "authorization"})
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, "https://a.se")
    assert request(app, "OPTIONS", "/v1/ask", headers={**preflight, "origin": "https://b.se"}).status_code == 400
    refused = post(app, "/v1/ask", {"question": ""}, origin="https://a.se")
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "https://a.se")
    assert "access-control-allow-credentials" not in refused.headers
    assert refused.headers["access-control-expose-headers"] == "retry-after"


def test_an_empty_token_is_refused_rather_than_no_token(monkeypatch):
    monkeypatch.setenv(server.TOKEN, " ")
    with pytest.raises(nmt_rag.NmtRagError, match="set but empty"):
        server.token()
    monkeypatch.setenv(server.TOKEN, " hemligt\n")
    assert server.token() == "hemligt"
    monkeypatch.delenv(server.TOKEN)
    assert server.token() is None


def test_questions_are_worked_on_in_threads_and_those_that_wait_time_out(live):
    release = threading.Event()

    class Slow:
        def using(self):
            release.wait(120)
            return live.using()

    app = build(Slow(), Settings(Limits(a_minute=0, seconds=1.0), threads=1))

    async def scenario():
        ask = ("POST", "/v1/ask", {"json": {"question": "x"}})
        slow = asyncio.create_task(gathered(app, ask, ask))
        await asyncio.sleep(0.01)
        (health,) = await gathered(app, ("GET", "/healthz", {}))  # nothing blocks the server itself
        assert not slow.done()
        found = await slow
        release.set()
        return health, found

    health, found = asyncio.run(scenario())
    assert health.status_code == 200
    assert [problem(response)["status"] for response in found] == [503, 503]


# description


def test_the_description_is_whole_and_holds_our_schema(app):
    document = request(app, "GET", "/openapi.json").json()
    schemas = document["components"]["schemas"]
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/v1/ask", "/v1/search", "/v1/verify", "/v1/documents", "/v1/documents/{document_id}", "/healthz", "/readyz",
        "/metrics", "/v1/ask/batch", "/v1/search/batch", "/v1/who-does-what",
    }  # fmt: skip
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    references = set(part.split('"')[0] for part in json.dumps(document).split('"#/components/schemas/')[1:])
    assert references <= set(schemas)
    assert not {"HTTPValidationError", "ValidationError"} & references
    content = document["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]
    assert set(content) == {"application/json", "text/event-stream"}
    answer = content["application/json"]
    whole = {"$ref": "#/components/schemas/Answer", "components": document["components"]}
    jsonschema.Draft202012Validator(whole).validate(answer["example"])
    broken = {**answer["example"], "answered": False}
    assert not jsonschema.Draft202012Validator(whole).is_valid(broken)


def test_the_example_is_an_answer_that_holds(live):
    example = replies.answer_example()
    jsonschema.Draft202012Validator(SCHEMA).validate(example)
    with live.using() as rag:
        text = rag.document(PAGE).text
    for cited in (*example["citations"], *example["related"]):
        assert text[cited["start"] : cited["end"]] == cited["quote"]


def test_every_problem_has_the_title_of_its_status():
    assert problems.HttpProblem(413, "x").to_dict() == {
        "type": "about:blank", "title": problems.HTTPStatus(413).phrase, "status": 413, "detail": "x",
    }  # fmt: skip
    assert dataclasses.is_dataclass(problems.HttpProblem)


def test_replies_on_a_kept_connection_do_not_wait():
    with server.listen("127.0.0.1", 0) as listening:
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        with socket.create_connection(listening.getsockname()):
            taken, _ = listening.accept()
            with taken:
                assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)  # Linux hands it on; so do BSDs
