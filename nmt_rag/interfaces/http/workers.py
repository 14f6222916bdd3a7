"""Several processes that answer from one index, behind one address: `nmt-rag serve --workers N`.

uvicorn starts them, asks whether they live, starts one anew that died, and stops them; here stands only what each does
when it begins, and what uvicorn leaves open. They share nothing but the address, the pages of mapped files, and counts.
"""

from __future__ import annotations

import contextlib
import dataclasses
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator

import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.supervisors.multiprocess import SIGNALS, Multiprocess

from nmt_rag.answering import open_model, tracing
from nmt_rag.errors import NmtRagError
from nmt_rag.interfaces.http.app import Settings, build
from nmt_rag.interfaces.http.counters import SHARED
from nmt_rag.interfaces.live import open_live
from nmt_rag.interfaces.serving import connections
from nmt_rag.interfaces.serving.asgi import App
from nmt_rag.interfaces.serving.failures import log_failure
from nmt_rag.progress import at_end_of_parent, without_interrupt

HEALTH_SECONDS = 60
"""A worker that gives no sign of life for so long is ended and started anew; on a busy machine it starts in a third."""
RETRY_SECONDS = 5
"""How long a worker that cannot open the index waits before another is started in its place (seconds)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Worker:
    """What a worker is told: the index, its encoder, the name and address of a language model, and how to serve."""

    index: str | None
    encoder: str | None
    model: tuple[str, str | None] | None
    settings: Settings

    def __call__(self) -> App:
        """Open the index and return the application; called in the worker."""
        at_end_of_parent(lambda: signal.raise_signal(signal.SIGTERM))
        settings = self.settings
        try:
            if self.model is not None:
                warnings.simplefilter("ignore", tracing.TracingWarning)  # whoever started the server was told
                settings = dataclasses.replace(settings, model=open_model(self.model[0], url=self.model[1]))
            return build(open_live(self.index, encoder=self.encoder), settings)
        except (NmtRagError, OSError) as error:
            log_failure(error)
            time.sleep(RETRY_SECONDS)
            sys.exit(1)


def run(
    worker: Callable[[], App],
    listening: socket.socket,
    config: Callable[..., uvicorn.Config],
    n_workers: int,
    ready: Callable[[], None],
) -> int:
    """Serve with several workers until SIGTERM or Ctrl-C; what is under way is finished first. Return an exit status.

    Args:
        worker: returns the application; it is sent to each worker, which calls it.
        listening: where all of them listen.
        config: makes uvicorn's configuration of what it is told more.
        n_workers: how many, at least 2.
        ready: is called when signals are heeded, before the workers start.

    Raises:
        KeyboardInterrupt: it was stopped by Ctrl-C.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}  # it takes all of them
    with tempfile.TemporaryDirectory(prefix="nmt-rag-") as counted, _variable(SHARED, counted):
        made = config(worker, factory=True, workers=n_workers, timeout_worker_healthcheck=HEALTH_SECONDS)
        supervisor = _Supervisor(made, [listening], counted)
        try:
            ready()
            supervisor.run()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    if supervisor.interrupted:
        raise KeyboardInterrupt
    return 0 if supervisor.told else 1


class Config(uvicorn.Config):
    """uvicorn's configuration, which each worker is sent."""

    def configure_logging(self) -> None:
        """Do what uvicorn does first in each worker, and let one that was told to stop go on to its proper end.

        uvicorn raises the signal once more when it is done, which would end the process as killed, and what is in
        temporary folders would stay.
        """
        super().configure_logging()
        connections.prepare()
        if multiprocessing.parent_process() is not None:
            signal.signal(signal.SIGTERM, lambda *_: None)


class _Supervisor(Multiprocess):
    """uvicorn's supervisor of workers."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], counted: str) -> None:
        super().__init__(config, sockets)
        self.told = False
        self.interrupted = False
        self._counted = counted

    def handle_int(self) -> None:
        self.told = self.interrupted = True
        super().handle_int()

    def handle_term(self) -> None:
        self.told = True
        super().handle_term()

    def init_processes(self) -> None:
        with without_interrupt():
            super().init_processes()

    def keep_subprocess_alive(self) -> None:
        before = {process.pid for process in self.processes}
        for process in self.processes:
            process.child_conn.close()  # its own end: else one that dies while it is asked is waited for
        with without_interrupt():
            super().keep_subprocess_alive()
        for pid in before - {process.pid for process in self.processes}:
            mark_process_dead(pid, self._counted)  # type: ignore[no-untyped-call]

    def terminate_all(self) -> None:
        for one in self.sockets:
            one.close()  # else who comes now would wait for nobody
        super().terminate_all()


@contextlib.contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    """Set a variable of the environment, which processes that are started inherit."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
