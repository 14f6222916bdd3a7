"""Measure what is released of a language model's sentences, false ones and true ones in other words than the source's.

Run ``python -m training.wording`` for the hundred of each in ``tests/data/worded_sentences.jsonl``, written by hand when
the bar (`nmt_rag.answering.writing.proof.MIN_SUPPORT`) stood at .5; it was raised when they had been counted.
The bar was not chosen on those of ``worded_sentences_held_out.jsonl`` and ``worded_sentences_unseen.jsonl`` beside it,
nor was anything else on the second. ``--file`` takes others: rows of JSON with
``heading``, ``source`` and ``model``, and ``true`` where they are true.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from nmt_rag.answering.writing import proof
from nmt_rag.answering.writing.proof import Dropped, Shown
from nmt_rag.documents import actors, passages
from nmt_rag.evaluation.intervals import share_interval
from nmt_rag.types import Document

SENTENCES = Path(__file__).parent.parent / "tests" / "data" / "worded_sentences.jsonl"


def outcome(row: dict[str, Any]) -> str:
    """What becomes of a model's sentence: ``released``, ``quote alone``, or why it is dropped."""
    heading, source = str(row["heading"]), str(row["source"])
    document = Document(id="d", title=heading, text=f"# {heading}\n\n{source}\n")
    found = passages.split(document)
    titles = [title for one in found for title in one.heading]
    names = actors.Names(actors.find(document, titles, [one.text for one in found]))
    shown = [Shown(number, one, 0.9) for number, one in enumerate(found, 1)]
    verdict = proof.check(str(row["model"]), shown, names)
    if isinstance(verdict, Dropped):
        return verdict.reason
    own = verdict.own in ("", *(one.actor for one in found))
    return "quote alone" if own else "released"


def is_released(row: dict[str, Any]) -> bool:
    """Tell whether a model's own words are shown; whole sentences of the source say nothing else than it does."""
    return outcome(row) == "released"


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description="What is released of a language model's sentences.")
    parser.add_argument("--file", type=Path, default=SENTENCES)
    rows = [json.loads(line) for line in parser.parse_args().file.read_text(encoding="utf-8").splitlines()]
    for true in (True, False):
        some = [row for row in rows if row.get("true", False) is true]
        if some:
            counts = Counter(outcome(row) for row in some)
            share = share_interval(counts["released"], len(some))
            print(f"{'true' if true else 'false'}: {counts['released']} of {len(some)}, {share};", dict(counts))


if __name__ == "__main__":
    main()
