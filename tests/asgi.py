"""One request to an ASGI application in this process, and what came back."""

from __future__ import annotations

import asyncio

import httpx


def request(app, method, path, *, client=("127.0.0.1", 1), **options):
    """Send one request and return its whole response."""
    return asyncio.run(gathered(app, (method, path, options), client=client))[0]


async def gathered(app, *requests, client=("127.0.0.1", 1)):
    """Send some requests at the same time and return their responses in order."""
    transport = httpx.ASGITransport(app, client=client)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as session:
        return await asyncio.gather(*(session.request(method, path, **options) for method, path, options in requests))


def problem(response):
    """Return the members of a problem, after what holds for all of them."""
    assert response.headers["content-type"] == "application/problem+json"
    row = response.json()
    assert row["status"] == response.status_code
    assert row["type"] == "about:blank"
    assert row["title"]
    assert row["detail"].endswith(".") or "; " in row["detail"] or "…" in row["detail"]
    return row
