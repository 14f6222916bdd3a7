"""The first bytes of the page in its own language: Gradio writes ``<html lang="en">`` and its own name into them.

It also enters what a browser without JavaScript shows. It changes nothing else, and passes on everything that is no
whole HTML page.
"""

from __future__ import annotations

import re

from nmt_rag.interfaces.serving.asgi import App, Message, Receive, Scope, Send


class Swedish:
    """An ASGI application in front of another one, which sets the language and the title of what it sends first.

    Args:
        app: what is behind it.
        title: that of the page.
        without_script: HTML that a browser without JavaScript shows.
    """

    def __init__(self, app: App, *, title: str, without_script: str = "") -> None:
        self._app, self._title, self._without_script = app, title, without_script

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; see the ASGI specification."""
        if scope["type"] != "http" or scope["path"] not in {"/", scope.get("root_path", "") + "/"}:
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def hold(message: Message) -> None:
            """Keep what is sent until the page is whole, and send it as it is to be."""
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                page = written(bytes(body).decode("utf-8", "replace"), self._title, self._without_script)
                html = page.encode("utf-8")
                headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
                start["headers"] = [*headers, (b"content-length", str(len(html)).encode())]
                await send(start)
                await send({"type": "http.response.body", "body": html})

        packed = {b"accept-encoding"}  # a compressed page could not be read
        plain = {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() not in packed]}
        await self._app(plain, receive, hold)


def written(html: str, title: str, without_script: str = "") -> str:
    """Return a page of Gradio's in Swedish, with its own title in place of Gradio's cards; any other text as it is.

    What a browser without JavaScript shows comes first in it: Gradio's part is as high as the window, and empty then.
    """
    html = re.sub(r"(<html\b[^>]*?\blang=)[\"']?[\w-]+[\"']?", r'\1"sv"', html, count=1)
    html, cards = re.subn(r"<meta\s+(?:property=\"og:|name=\"twitter:)[^>]*>\s*", "", html)
    html = re.sub(r"</head>\s*<body\b[^>]*>", lambda opened: opened[0] + without_script, html, count=1)
    return html.replace("</head>", f'<meta property="og:title" content="{title}" /></head>', 1) if cards else html
