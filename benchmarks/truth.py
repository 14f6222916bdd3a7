"""Where documents and passages lie beside vectors: in the payload of Qdrant's points, or in PostgreSQL.

`python -m benchmarks.truth [N_PASSAGES]`, on Linux; it needs Debian's `postgresql`, which it starts for itself, and
`pip install "psycopg[binary]"`. Qdrant is the engine in this process. Both sides hold the same embeddings and filters
in Qdrant and run in turns; processor time is that of this process and of PostgreSQL's. Words are left out.
"""

from __future__ import annotations

import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import texts
from benchmarks.cheap import RandomEncoder
from nmt_rag.index.engines.qdrant.edge import EdgeCluster
from nmt_rag.index.engines.qdrant.payloads import document_payload, passage_payload
from nmt_rag.index.engines.qdrant.points import CollectionLayout, HasId, OneOf, Point
from nmt_rag.types import Document, Passage

SENTENCES, AT_ONCE, TIMES, READ = 20, 50, 30, 20
"""Sentences of a document, documents of one commit, how often replacing and reading are timed, how many are read."""
DIM = 384
Batch = Sequence[tuple[Point, list[Point]]]
"""Documents with their passages, as points."""
TABLES = """
CREATE TABLE moment (generation int NOT NULL);
INSERT INTO moment VALUES (0);
CREATE TABLE documents (number bigint PRIMARY KEY, id text NOT NULL UNIQUE, payload jsonb NOT NULL);
CREATE TABLE passages (id bigint PRIMARY KEY, document bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
                       payload jsonb NOT NULL);
CREATE INDEX ON passages (document);
"""


class InPayload:
    """Everything in Qdrant: a commit is one point written last."""

    name = "payload"

    def __init__(self, folder: Path) -> None:
        cluster = EdgeCluster(folder)
        indexed: Any = {"added": "integer", "removed": "integer", "document": "integer", "keys": "keyword"}
        self.passages = cluster.create("passages", CollectionLayout(dim=DIM, indexed=indexed))
        self.documents = cluster.create("documents", CollectionLayout(indexed={"added": "integer", "id": "keyword"}))

    def write(self, batch: Batch, removed: Sequence[int] = (), *, crash: bool = False) -> None:
        """Commit documents with their passages in place of others; or stop just before it is seen."""
        if removed:
            self.passages.set_fields(OneOf("document", tuple(removed)), {"removed": 1})
            self.documents.set_fields(HasId(tuple(removed)), {"removed": 1})
        for _, passages in batch:
            self.passages.upsert(self.kept(passages))
        self.documents.upsert([document for document, _ in batch])
        if not crash:
            self.documents.upsert([Point(0, {"generation": 1})])

    def kept(self, passages: list[Point]) -> list[Point]:
        """Return what Qdrant holds of passages."""
        return passages

    def read_documents(self, ids: Sequence[str]) -> list[str]:
        """Return the texts of documents."""
        return [p.payload["text"] for p in self.documents.scroll(OneOf("id", tuple(ids)), limit=len(ids))[0]]

    def read_passages(self, ids: Sequence[int]) -> list[str]:
        """Return the texts of passages, as each search reads them."""
        return [point.payload["row"][3] for point in self.passages.retrieve(list(ids)).values()]


class InPostgres(InPayload):
    """Embeddings and filters in Qdrant, documents and passages in PostgreSQL: two commits."""

    name = "PostgreSQL"

    def __init__(self, folder: Path, connection: Any) -> None:
        super().__init__(folder)
        self.connection = connection
        connection.execute(TABLES)
        connection.commit()

    def write(self, batch: Batch, removed: Sequence[int] = (), *, crash: bool = False) -> None:
        """Commit in PostgreSQL, then in Qdrant; or stop between the two."""
        from psycopg.types.json import Jsonb

        rows = self.connection.cursor()
        rows.execute("DELETE FROM documents WHERE number = ANY(%s)", (list(removed),))
        with rows.copy("COPY documents FROM STDIN") as copy:
            for document, _ in batch:
                copy.write_row((document.id, document.payload["id"], Jsonb(document.payload)))
        with rows.copy("COPY passages FROM STDIN") as copy:
            for document, passages in batch:
                for passage in passages:
                    copy.write_row((passage.id, document.id, Jsonb(passage.payload)))
        rows.execute("UPDATE moment SET generation = generation + 1")
        self.connection.commit()
        slim = [(Point(d.id, {name: d.payload[name] for name in ("id", "added")}), passages) for d, passages in batch]
        super().write(slim, removed, crash=crash)

    def kept(self, passages: list[Point]) -> list[Point]:
        """Return what Qdrant holds of passages: what filters need."""
        names = ("document", "keys", "added")
        return [Point(p.id, {name: p.payload[name] for name in names}, p.embedding) for p in passages]

    def read_documents(self, ids: Sequence[str]) -> list[str]:
        """Return the texts of documents."""
        return self._texts("SELECT payload->>'text' FROM documents WHERE id = ANY(%s)", ids)

    def read_passages(self, ids: Sequence[int]) -> list[str]:
        """Return the texts of passages, as each search reads them."""
        return self._texts("SELECT payload->'row'->>3 FROM passages WHERE id = ANY(%s)", ids)

    def _texts(self, sql: str, ids: Sequence[object]) -> list[str]:
        found = [row[0] for row in self.connection.execute(sql, (list(ids),))]
        self.connection.commit()
        return found


def made(stream: Iterator[str], number: int, name: str) -> tuple[Point, list[Point]]:
    """Return a document's point with its passages' points."""
    lines = [next(stream) for _ in range(SENTENCES)]
    document = Document(name, f"Text {number}", "\n".join(lines))
    starts = itertools.accumulate((len(line) + 1 for line in lines), initial=0)
    rows = [
        Passage(name, i, start, start + len(line), line)
        for i, (line, start) in enumerate(zip(lines, starts, strict=False))
    ]
    embeddings = RandomEncoder(DIM).encode_passages(lines)
    points = [
        Point(number * 100 + i, passage_payload(number, row, ["a"], 1), embedding)
        for i, (row, embedding) in enumerate(zip(rows, embeddings, strict=True))
    ]
    return Point(number, document_payload(document, ["a"], len(rows), 1)), points


@contextmanager
def postgres(folder: Path) -> Iterator[tuple[Any, Callable[[], float]]]:
    """Start a server of its own; give a connection, and what tells the processor seconds of all its processes."""
    import psycopg

    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def run(program: str, *options: str | Path) -> None:
        subprocess.run(
            [*user, programs / program, "-D", data, *options], check=True, cwd="/", stdout=subprocess.DEVNULL
        )

    run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8")
    run("pg_ctl", "-w", "-o", f"-c listen_addresses='' -k {folder}", "-l", folder / "log", "start")
    server = int((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    try:
        with psycopg.connect(host=str(folder), user="postgres", dbname="postgres") as connection:
            yield connection, lambda: _seconds(server)
    finally:
        run("pg_ctl", "-m", "fast", "stop")


def _seconds(server: int) -> float:
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(") ")[2].split()
        except OSError:
            continue
        if int(fields[1]) == server:
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def main(arguments: Sequence[str]) -> int:
    """Measure both, in turns, and print a table: clock time, and processor time in brackets."""
    n_documents = int(arguments[0] if arguments else 20_000) // SENTENCES
    stream = texts.stream()
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        with postgres(Path(second)) as (connection, server_seconds):
            sides = [InPayload(Path(first)), InPostgres(Path(first, "beside"), connection)]
            times: dict[tuple[str, str], list[tuple[float, float]]] = {}

            def timed(what: str, side: InPayload, work: Callable[[], object]) -> None:
                before, cpu, clock = server_seconds(), time.process_time(), time.perf_counter()
                work()
                clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
                cpu += server_seconds() - before
                times.setdefault((what, side.name), []).append((clock, cpu))

            for start in range(1, n_documents + 1, AT_ONCE):
                batch = [made(stream, n, f"text/{n}") for n in range(start, min(start + AT_ONCE, n_documents + 1))]
                for side in sides:
                    timed("load", side, lambda side=side, batch=batch: side.write(batch))
            for turn in range(TIMES):
                old, new = 1 + turn, n_documents + 1 + turn
                replacement = made(stream, new, f"text/{old}")
                places = [TIMES + 1 + (turn * 37 + i * 53) % (n_documents - TIMES) for i in range(READ)]
                names, ids = [f"text/{n}" for n in places], [n * 100 + n % SENTENCES for n in places]
                for side in sides:
                    timed("replace", side, lambda side=side: side.write([replacement], [old]))  # noqa: B023
                    timed("documents", side, lambda side=side: side.read_documents(names))  # noqa: B023
                    timed("passages", side, lambda side=side: side.read_passages(ids))  # noqa: B023
                assert sorted(sides[0].read_documents(names)) == sorted(sides[1].read_documents(names))
                assert sorted(sides[0].read_passages(ids)) == sorted(sides[1].read_passages(ids))
            last = n_documents
            broken = made(stream, n_documents + TIMES + 1, f"text/{last}")
            held = [last * 100 + i for i in range(SENTENCES)]  # what Qdrant's generation of now goes on finding
            for side in sides:
                side.write([broken], [last], crash=True)
            for (what, name), rows in times.items():
                clock, cpu = zip(*rows, strict=True)
                n = n_documents * SENTENCES / len(rows) if what == "load" else 1
                median, mean = 1000 * statistics.median(clock) / n, 1000 * statistics.mean(cpu) / n
                print(f"{what:<10} {name:<11} {median:8.2f} ms ({mean:.2f} ms processor)")
            for side in sides:
                n_lost = SENTENCES - len(side.read_passages(held))
                print(f"crash      {side.name:<11} {n_lost} of {SENTENCES} passages without text")
            size = connection.execute("SELECT pg_database_size('postgres')").fetchone()[0]
            print(f"disk       PostgreSQL  {size / 1e6:.0f} MB beside Qdrant")
            for folder in (Path(first, "passages"), Path(first, "documents"), Path(first, "beside")):
                kilobytes = int(subprocess.check_output(["du", "-sk", folder]).split()[0])
                print(f"disk       {folder.name:<11} {kilobytes / 1000:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
