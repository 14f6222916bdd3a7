"""A real server on the packaged page, in a thread of this process, where each window is read once."""

import threading
import time

import pytest
import uvicorn

from nmt_rag.interfaces.http import server
from nmt_rag.interfaces.http.app import Settings, build
from nmt_rag.interfaces.http.gate import Limits
from nmt_rag.interfaces.live import open_live


@pytest.fixture(scope="module")
def address():
    """The address of the server."""
    live = open_live()
    app = build(live, Settings(Limits(a_minute=0, seconds=300.0)))
    with server.listen("127.0.0.1", 0) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        running = uvicorn.Server(server._config(uvicorn.Config, ())(app))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        while not running.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield address
        running.should_exit = True
        thread.join(60)
    live.close()
