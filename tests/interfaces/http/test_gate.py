"""The gate before the HTTP interface: token, sizes, rates, times, and what it counts and says."""

import asyncio

import pytest
from prometheus_client.parser import text_string_to_metric_families

from nmt_rag.interfaces.http import gate
from nmt_rag.interfaces.http.counters import BUCKETS, Counters
from nmt_rag.interfaces.http.gate import Gate, Limits, Rates
from nmt_rag.types import Abstention, Answer
from tests.asgi import gathered, problem, request

ANSWERED = Answer("q", "sv", True, "text")
ABSTAINED = Answer("q", "sv", False, "text", Abstention("off_topic", "text"))


async def echo(scope, receive, send):
    """Send the body back, once it is whole."""
    message = await receive()
    assert message["more_body"] is False
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": message["body"]})


def guard(app=echo, *, counters=None, token=None, clock=lambda: 0.0, **limits):
    return Gate(app, Limits(**limits), counters or Counters(), lambda path: path, token=token, clock=clock)


JSON = {"content-type": "application/json; charset=utf-8"}


def post(app, body, **options):
    return request(app, "POST", "/x", **{"content": body, "headers": JSON, **options})


def test_what_keeps_the_limits_comes_in_and_is_not_kept_by_proxies():
    response = post(guard(body_bytes=5), b"12345")
    assert (response.status_code, response.content) == (200, b"12345")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_body_that_is_too_long_is_refused_whether_it_says_so_or_not():
    async def in_parts():
        for _ in range(3):
            yield b"123"

    app = guard(body_bytes=8)
    for body in (b"123456789", in_parts()):
        response = post(app, body)
        assert problem(response)["detail"] == "The body is longer than 8 bytes."
        assert (response.status_code, response.headers["connection"]) == (413, "close")


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "x", ""])
def test_a_length_that_is_nonsense_does_no_harm(length):
    response = post(guard(body_bytes=8), b"1", headers={**JSON, "content-length": length})
    assert response.status_code == (413 if length.startswith("9") else 200)


@pytest.mark.parametrize("content", ["text/plain", "", "application/jsonx", "application/x-www-form-urlencoded"])
def test_only_json_may_be_posted(content):
    assert problem(post(guard(), b"{}", headers={"content-type": content}))["status"] == 415


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("Bearer hemlig-å", 200),
        ("bearer  hemlig-å", 200),
        ("Bearer hemlig", 401),
        ("Bearer hemlig-åå", 401),
        ("Basic hemlig-å", 401),
        ("hemlig-å", 401),
        ("", 401),
        (None, 401),
    ],
)
def test_the_token_is_asked_for(sent, status):
    headers = {**JSON, **({} if sent is None else {"authorization": sent.encode()})}
    response = post(guard(token="hemlig-å"), b"1", headers=headers)
    assert response.status_code == status
    if status == 401:
        assert problem(response)
        assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("127.0.0.1:65535", 200),
        ("[::1]:80", 200),
        ("evil.example", 421),
        ("evil.example:8000", 421),
        ("localhost.evil.example", 421),
        ("localhost:8000.evil.example", 421),
        ("", 421),
    ],
)
def test_a_page_whose_name_leads_here_is_not_let_in(host, status):
    app = guard(hosts=frozenset({"localhost", "127.0.0.1", "[::1]"}))
    response = post(app, b"1", headers={**JSON, "host": host})
    assert response.status_code == status
    if status == 421:
        assert problem(response)
    assert request(app, "GET", "/healthz", headers={"host": host}).status_code == 200


def test_health_is_told_without_a_token_or_limit():
    app = guard(token="x", a_minute=1)
    for _ in range(3):
        assert request(app, "GET", "/healthz").status_code == 200


def test_an_address_that_asks_too_often_waits():
    now = [0.0]
    app = guard(a_minute=2, clock=lambda: now[0])
    assert [post(app, b"1").status_code for _ in range(3)] == [200, 200, 429]
    refused = post(app, b"1")
    assert problem(refused)["detail"].startswith("More than 2 requests a minute")
    assert refused.headers["retry-after"] == "31"
    assert post(app, b"1", client=("10.0.0.1", 1)).status_code == 200
    now[0] = 30.0
    assert [post(app, b"1").status_code for _ in range(2)] == [200, 429]
    now[0] = 3600.0
    assert [post(app, b"1").status_code for _ in range(3)] == [200, 200, 429]


def test_one_network_of_the_new_kind_counts_as_one_address():
    app = guard(a_minute=1)
    clients = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:300::1", "not an address", "not an address"]
    assert [post(app, b"1", client=(client, 1)).status_code for client in clients] == [200, 429, 200, 200, 429]


def test_an_old_address_in_the_new_writing_is_itself():
    app = guard(a_minute=1)
    clients = ["::ffff:192.0.2.1", "64:ff9b::192.0.2.2", "192.0.2.1", "::ffff:c000:0202", "fe80::1%eth0", "fe80::2"]
    assert [post(app, b"1", client=(client, 1)).status_code for client in clients] == [200, 200, 429, 429, 200, 429]


def test_a_client_that_leaves_stops_what_it_asked_for():
    stopped, left = [], asyncio.Event()

    async def slow(scope, receive, send):
        assert (await receive())["body"] == b"1"
        left.set()
        try:
            await asyncio.sleep(30)
        finally:
            stopped.append(True)

    messages = [{"type": "http.request", "body": b"1", "more_body": False}]

    async def receive():
        if messages:
            return messages.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    counters = Counters()
    scope = {"type": "http", "method": "GET", "path": "/x", "headers": [], "client": None}
    asyncio.run(guard(slow, counters=counters)(scope, receive, None))
    assert (stopped, counters.under_way) == ([True], 0)


def test_rates_are_those_of_a_bucket_and_remember_few(monkeypatch):
    now = [100.0]
    rates = Rates(60, lambda: now[0])
    assert [rates.wait("a") for _ in range(61)] == [0.0] * 60 + [1.0]
    now[0] += 0.25
    assert rates.wait("a") == 0.75
    now[0] += 0.75
    assert (rates.wait("a"), rates.wait("a")) == (0.0, 1.0)
    monkeypatch.setattr(gate, "MAX_CLIENTS", 2)
    for client in ("b", "a", "c"):
        rates.wait(client)
    assert list(rates._left) == ["a", "c"]


def test_a_request_that_holds_several_counts_as_many():
    now = [0.0]

    async def three(scope, receive, send):
        scope[gate.MORE](2)
        await echo(scope, receive, send)

    app = guard(three, a_minute=6, clock=lambda: now[0])
    assert [post(app, b"1").status_code for _ in range(3)] == [200, 200, 429]
    assert post(guard(three, a_minute=0), b"1").status_code == 200
    app = guard(three, a_minute=2, clock=lambda: now[0])
    assert post(app, b"1").status_code == 200  # as many as there are are taken, the rest is owed
    assert post(app, b"1").headers["retry-after"] == "61"
    now[0] = 60.0
    assert post(app, b"1").status_code == 200


def test_what_takes_too_long_is_stopped():
    stopped = []

    async def slow(scope, receive, send):
        try:
            await asyncio.sleep(30)
        finally:
            stopped.append(True)

    response = post(guard(slow, seconds=0.02), b"1")
    assert problem(response)["detail"] == "It took longer than 0.02 seconds; try again later."
    assert (response.status_code, response.headers["retry-after"], stopped) == (503, "1", [True])


def test_a_body_that_does_not_come_is_not_waited_for():
    async def never():
        yield b"1"
        await asyncio.sleep(30)

    response = post(guard(seconds=0.02), never())
    assert (problem(response)["status"], response.headers["connection"]) == (408, "close")


def test_a_client_that_goes_away_is_no_error(caplog):
    counters, sent = Counters(), []

    async def gone():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/x", "headers": [], "client": None}
    asyncio.run(guard(counters=counters)(scope, gone, send))
    assert (sent, caplog.records) == ([], [])
    assert 'nmt_rag_requests_total{method="GET",route="/x",status="0"} 1.0' in counters.text({})


def test_too_many_at_once_are_sent_away():
    counters = Counters()

    async def scenario():
        come, release = asyncio.Event(), asyncio.Event()

        async def held(scope, receive, send):
            come.set()
            await release.wait()
            await echo(scope, receive, send)

        app = guard(held, counters=counters, at_once=1)
        first = asyncio.create_task(gathered(app, ("POST", "/x", {"content": b"1", "headers": JSON})))
        await come.wait()
        (second,) = await gathered(app, ("POST", "/x", {"content": b"1", "headers": JSON}))
        release.set()
        return (await first)[0], second

    first, second = asyncio.run(scenario())
    assert (first.status_code, second.status_code) == (200, 503)
    assert problem(second)["detail"] == "More than 1 requests are under way; try again."
    assert counters.under_way == 0


def test_one_address_cannot_take_every_place():
    counters = Counters()

    async def scenario():
        release, come = asyncio.Event(), asyncio.Event()

        async def held(scope, receive, send):
            come.set()
            await release.wait()
            await echo(scope, receive, send)

        app = guard(held, counters=counters, at_once=4)
        request = ("POST", "/x", {"content": b"1", "headers": JSON})
        greedy = asyncio.create_task(gathered(app, *[request] * 3, client=("192.0.2.1", 1)))
        await come.wait()
        other = asyncio.create_task(gathered(app, request, client=("192.0.2.2", 1)))
        await asyncio.sleep(0.05)
        release.set()
        return await greedy, await other

    greedy, other = asyncio.run(scenario())
    assert sorted(response.status_code for response in greedy) == [200, 200, 429]
    assert [response.status_code for response in other] == [200]
    assert counters.under_way == 0


async def broken(scope, receive, send):
    await receive()
    raise RuntimeError("en hemlig fråga")


def test_an_error_is_told_and_logged_without_what_was_asked(caplog):
    assert problem(post(guard(broken), "en hemlig fråga".encode()))["status"] == 500
    (record,) = [record for record in caplog.records if record.name == "nmt_rag"]
    assert record.getMessage().startswith("a request failed: RuntimeError at ")
    assert "test_gate.py" in record.getMessage()
    assert "hemlig" not in caplog.text


def test_an_error_in_the_middle_of_a_response_ends_it(caplog):
    sent = []

    async def begun(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await broken(scope, receive, send)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message["type"])

    asyncio.run(guard(begun)({"type": "http", "method": "GET", "path": "/x", "headers": []}, receive, send))
    assert sent == ["http.response.start"]  # not ended: the server that runs it closes the connection
    assert "RuntimeError" in caplog.text


def test_what_is_not_http_is_handed_on():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    asyncio.run(guard(app)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]


def test_requests_are_counted_as_prometheus_reads_them():
    counters = Counters()
    for seconds in (0.001, 0.03, 0.05, 99.0):
        counters.served("/v1/ask", "POST", 200, seconds)
    counters.served("/v1/ask", "POST", 422, 0.0)
    counters.answered(ANSWERED)
    counters.answered(ANSWERED)
    counters.answered(ABSTAINED)
    below = {bound: 2 if bound < 0.05 else 4 for bound in BUCKETS}  # a duration on a bound counts as below it
    asked = ("route", "/v1/ask")
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(counters.text({"index_generation": 7}))
        for sample in family.samples
    }
    assert samples == {
        ("nmt_rag_requests_total", ("method", "POST"), asked, ("status", "200")): 4,
        ("nmt_rag_requests_total", ("method", "POST"), asked, ("status", "422")): 1,
        **{("nmt_rag_request_seconds_bucket", ("le", str(bound)), asked): below[bound] for bound in BUCKETS},
        ("nmt_rag_request_seconds_bucket", ("le", "+Inf"), asked): 5,
        ("nmt_rag_request_seconds_sum", asked): pytest.approx(99.081),
        ("nmt_rag_request_seconds_count", asked): 5,
        ("nmt_rag_answers_total", ("outcome", "answered")): 2,
        ("nmt_rag_answers_total", ("outcome", "off_topic")): 1,
        ("nmt_rag_requests_under_way",): 0,
        ("nmt_rag_index_generation",): 7,
    }
    assert counters.text({}).endswith("\n")
