"""The command line of the benchmarks: `python -m benchmarks [NAME …]` prints tables and keeps the numbers as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import cold_start, encoding, growth, indexing, judging, nearby, serving, warm
from benchmarks.measuring import Measurement, table
from benchmarks.sizes import FULL, MILLION, TEN_MILLION, TINY, Sizes

BENCHMARKS: dict[str, Callable[[Sizes], list[Measurement]]] = {
    "cold-start": cold_start.run,
    "encoding": encoding.run,
    "warm": warm.run,
    "indexing": indexing.run,
    "growth": growth.run,
    "judging": judging.run,
    "nearby": nearby.run,
    "serving": serving.run,
}
RESULTS = Path(".cache/benchmarks")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named benchmarks, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and scale.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHMARKS)} (default: all)")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--tiny", action="store_true", help="made-up texts and a cheap encoder, in seconds")
    size.add_argument("--million", action="store_true", help="let the growth go on to a million passages (an hour)")
    size.add_argument(
        "--ten-million",
        action="store_true",
        help="search ten million embeddings in `nearby` (20 GB of disk and memory, ten minutes)",
    )
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="DIR", help="where the numbers are kept")
    parsed = parser.parse_args(arguments)
    if unknown := [name for name in parsed.names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    sizes = TINY if parsed.tiny else MILLION if parsed.million else TEN_MILLION if parsed.ten_million else FULL
    parsed.results.mkdir(parents=True, exist_ok=True)
    for name in parsed.names or BENCHMARKS:
        measurements = BENCHMARKS[name](sizes)
        row = {"machine": machine(), "measurements": [found.to_dict() for found in measurements]}
        text = json.dumps(row, ensure_ascii=False, indent=1)
        (parsed.results / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(f"## {name}\n\n{table(measurements)}\n", flush=True)
    return 0


def machine() -> dict[str, str | int]:
    """Return what the numbers were measured on."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count() or 0,
    }


if __name__ == "__main__":
    sys.exit(main())
