"""Training examples: the parallel and paired rows of the data folder, cleaned, capped by source, joined into long texts.

Deliberately not here: tokenisation, vectors, anything marked as evaluation data.
"""

import json
import lzma
import os
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Business-software documentation is four fifths of the parallel rows; these caps leave it about a third of what is sampled.
BUSINESS_CAP = 8_500
GENERAL_CAP = 20_000
LONG_CAP = 1_500
LONG_WORDS = (40, 130)
MAX_SHORT_WORDS = 60
BUSINESS_PREFIX = "ms_"


@dataclass(frozen=True)
class Parallel:
    """One English text with its Swedish translation."""

    en: str
    sv: str
    source: str


@dataclass(frozen=True)
class Pair:
    """One Swedish query with a passage that answers or restates it."""

    query: str
    passage: str
    source: str


def data_folder() -> Path:
    """The data folder: ``data`` inside the folder named by the environment variable NMT_RAG_SHARED."""
    root = os.environ.get("NMT_RAG_SHARED")
    if not root:
        raise SystemExit("set NMT_RAG_SHARED to the folder that holds data/train and data/eval")
    return Path(root) / "data"


def read_rows(path: Path) -> Iterator[dict[str, object]]:
    """The rows of one xz-compressed file of JSON lines."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def is_clean(en: str, sv: str) -> bool:
    """Whether two sides look like translations: no broken encoding, comparable lengths, letters on both sides."""
    if "Ã" in sv or "\ufffd" in sv or not (any(map(str.isalpha, en)) and any(map(str.isalpha, sv))):
        return False
    return 0.4 <= (len(sv) + 10) / (len(en) + 10) <= 2.5


def parallel_rows(folder: Path) -> list[Parallel]:
    """Every clean, distinct parallel row in the order of the file."""
    seen: set[str] = set()
    rows: list[Parallel] = []
    for row in read_rows(folder / "train" / "parallel_en_sv.jsonl.xz"):
        en, sv = " ".join(str(row["en"]).split()), " ".join(str(row["sv"]).split())
        if sv not in seen and is_clean(en, sv):
            seen.add(sv)
            rows.append(Parallel(en, sv, str(row["src"])))
    return rows


def by_source(rows: Iterable[Parallel]) -> dict[str, list[Parallel]]:
    """The same rows, grouped by source, sources in alphabetical order."""
    groups: dict[str, list[Parallel]] = defaultdict(list)
    for row in rows:
        groups[row.source].append(row)
    return dict(sorted(groups.items()))


def short_sample(rows: Iterable[Parallel], seed: int) -> list[Parallel]:
    """Single sentences: at most a cap from each source, business sources with a lower one."""
    rng = random.Random(seed)
    sample: list[Parallel] = []
    for source, group in by_source(rows).items():
        short = [row for row in group if len(row.sv.split()) <= MAX_SHORT_WORDS]
        cap = BUSINESS_CAP if source.startswith(BUSINESS_PREFIX) else GENERAL_CAP
        sample += rng.sample(short, min(cap, len(short)))
    return sample


def long_sample(rows: Iterable[Parallel], seed: int) -> list[Parallel]:
    """Long texts: consecutive rows of one source joined up to a word count drawn for each text."""
    rng = random.Random(seed)
    sample: list[Parallel] = []
    for source, group in by_source(rows).items():
        texts: list[Parallel] = []
        buffer: list[Parallel] = []
        goal = rng.randint(*LONG_WORDS)
        for row in group:
            buffer.append(row)
            if sum(len(part.sv.split()) for part in buffer) >= goal:
                en, sv = (" ".join(sentence(getattr(part, side)) for part in buffer) for side in ("en", "sv"))
                texts.append(Parallel(en, sv, source))
                buffer, goal = [], rng.randint(*LONG_WORDS)
        sample += rng.sample(texts, min(LONG_CAP, len(texts)))
    return sample


def sentence(text: str) -> str:
    """The text with a final full stop where it has no final mark of its own."""
    return text if text[-1:] in ".!?:" else text + "."


def distillation_sample(folder: Path, seed: int, limit: int | None = None) -> list[Parallel]:
    """The shuffled texts to distil on, short and long; ``limit`` keeps the first few for a rehearsal."""
    rows = parallel_rows(folder)
    sample = short_sample(rows, seed) + long_sample(rows, seed + 1)
    random.Random(seed + 2).shuffle(sample)
    return sample[:limit]


def pair_rows(folder: Path) -> list[Pair]:
    """Every Swedish query-passage pair in the order of the file."""
    rows = read_rows(folder / "train" / "pairs_sv.jsonl.xz")
    return [Pair(str(row["query"]), str(row["passage"]), str(row["src"])) for row in rows]
