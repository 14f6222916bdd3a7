"""Work that is done in several processes of this machine or on a Ray cluster: texts in, texts out, in any order.

What a job is, is not known here. A job that fails ends the run with its own error; no process outlives the run.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any
from urllib.parse import urlsplit

from nmt_rag import extras
from nmt_rag.errors import NmtRagError
from nmt_rag.progress import at_end_of_parent, without_interrupt

REACHED_SECONDS = 10
"""The address of a Ray cluster is tried at most this long (seconds)."""

Work = Callable[[str], str]
"""A function of a module: the processes import it."""

Runner = Callable[[Work, Sequence[str]], Iterator[str]]
"""Does all jobs and yields what each gave, as it is done."""


def in_processes(workers: int) -> Runner:
    """Return what works in this process, or in several that Python starts anew."""

    def run(work: Work, jobs: Sequence[str]) -> Iterator[str]:
        """Yield what each job gave; what an interrupt or a dead process leaves behind is ended."""
        if workers == 1 or len(jobs) < 2:
            yield from map(work, jobs)
            return
        context, others = multiprocessing.get_context("spawn"), set(multiprocessing.active_children())
        with ProcessPoolExecutor(min(workers, len(jobs)), context, initializer=_begin_worker) as pool:
            try:
                with without_interrupt():
                    futures = [pool.submit(work, job) for job in jobs]
                for future in as_completed(futures):
                    yield future.result()
            except BrokenProcessPool as error:
                raise NmtRagError(
                    "a process of --workers was ended before its work was done, perhaps for want of memory; run the "
                    "command again, with fewer of them: what is made is kept"
                ) from error
            except (KeyboardInterrupt, GeneratorExit):
                for worker in set(multiprocessing.active_children()) - others:
                    worker.kill()
                raise
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    return run


def _begin_worker() -> None:
    """Leave Ctrl-C to the process that started this worker, and let it end with that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it is not held already
    at_end_of_parent(lambda: os._exit(1))


def on_ray(address: str, workers: int) -> Runner:
    """Return what works with Ray Data, at a cluster's address or on this machine.

    Raises:
        NmtRagError: Ray is not installed.
    """
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        message = f"--ray needs {error.name}, which is not installed: {extras.install('ray')}"
        raise NmtRagError(message) from error
    library: Any = ray

    def run(work: Work, jobs: Sequence[str]) -> Iterator[str]:
        """Yield what each job gave; the first that failed ends it."""
        if not jobs:
            return
        if not library.is_initialized():
            _connect(library, address, workers)
        logging.getLogger("ray.data").setLevel(logging.ERROR)  # the counter is ours
        library.data.DataContext.get_current().enable_progress_bars = False

        def told(row: Mapping[str, str]) -> dict[str, str]:
            try:
                return {"done": work(row["job"]), "failure": ""}
            except (NmtRagError, OSError) as error:  # Ray's own error would hide it
                return {"done": "", "failure": str(error)}

        rows = library.data.from_items([{"job": job} for job in jobs], override_num_blocks=len(jobs))
        try:
            for row in rows.map(told, compute=library.data.TaskPoolStrategy(size=workers)).iter_rows():
                if row["failure"]:
                    raise NmtRagError(row["failure"])
                yield row["done"]
        except library.exceptions.RayError as error:
            line = (str(error).strip().splitlines() or [type(error).__name__])[-1][:200]
            raise NmtRagError(f"Ray did not finish ({line}); run the command again: what is made is kept") from error

    return run


def _connect(library: Any, address: str, workers: int) -> None:  # noqa: ANN401 - Ray is untyped here
    """Join a Ray cluster, or start Ray on this machine.

    Raises:
        NmtRagError: no cluster answers at the address.
    """
    where = {"num_cpus": workers} if address == "local" else {"address": address}
    try:
        parts = urlsplit(address if "://" in address else f"ray://{address}")
        if parts.hostname and parts.port:  # Ray itself would try for minutes
            socket.create_connection((parts.hostname, parts.port), timeout=REACHED_SECONDS).close()
        library.init(**where, include_dashboard=False, configure_logging=False, log_to_driver=False)
    except (OSError, ValueError, RuntimeError) as error:
        message = " ".join(str(error).split())[:200]
        raise NmtRagError(f"no Ray cluster answers at {address} ({message}); see that it runs") from error
