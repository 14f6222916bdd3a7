"""One question from a cold start, against importing sentence-transformers; both in a fresh Python, run in turns."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import MEGABYTE, Measurement, Process, ratio, run_process
from benchmarks.sizes import Sizes
from benchmarks.texts import QUESTIONS

IMPORT = "import sentence_transformers"
ENCODE = "import nmt_rag; nmt_rag.default_encoder().encode_query('betänketid')"
PYTHON_API = "import nmt_rag\nwith nmt_rag.open() as rag: rag.ask('Vem är KAST till för?')"


def run(sizes: Sizes) -> list[Measurement]:
    """Measure the command line, the Python API and the encoder alone."""
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        programs = {
            "ask": [python, "-m", "nmt_rag.interfaces.terminal.main", "ask", QUESTIONS[0]],
            "api": [python, "-c", PYTHON_API],
            "encode": [python, "-c", ENCODE],
            "import": [python, "-c", "" if sizes.made_up else IMPORT],
        }
        environment = {"NMT_RAG_INDEX": str(Path(folder) / "index")}
        for _ in range(sizes.started_before):  # builds the index, and fills the caches of the disk
            for program in programs.values():
                run_process(program, environment)
        found: dict[str, list[Process]] = {name: [] for name in programs}
        for _ in range(sizes.rounds):
            for name, program in programs.items():
                found[name].append(run_process(program, environment))
    seconds = {name: [process.seconds for process in processes] for name, processes in found.items()}
    peak = {name: max(process.peak_bytes for process in processes) / MEGABYTE for name, processes in found.items()}
    return [
        Measurement("`nmt-rag ask`, time", statistics.median(seconds["ask"]), "s"),
        Measurement("`import sentence_transformers`, time", statistics.median(seconds["import"]), "s"),
        Measurement("`nmt-rag ask` ÷ import", ratio(seconds["ask"], seconds["import"]), "", at_most=0.35),
        Measurement("`nmt_rag.open().ask()` ÷ import", ratio(seconds["api"], seconds["import"]), "", at_most=0.35),
        Measurement(
            "packaged encoder, loaded and one query ÷ import",
            ratio(seconds["encode"], seconds["import"]),
            "",
            at_most=1 / 3,
        ),
        Measurement("`nmt-rag ask`, peak resident memory", peak["ask"], "MB", at_most=400),
        Measurement("`import sentence_transformers`, peak resident memory", peak["import"], "MB"),
    ]
