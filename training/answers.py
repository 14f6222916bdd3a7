"""How right the answers are on question sets: actors named, sentences cited, silence kept, and the right authority first.

Run ``python -m training.answers FILE.jsonl… [--authorities FILE.jsonl]``; it prints Markdown tables. A question counts as right
when it is answered or refused as it should be, every actor is named and every needed sentence is cited.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import nmt_rag
from nmt_rag.evaluation.checks.gold import against_gold, read_gold
from nmt_rag.evaluation.inputs.answers import CitedAnswer, CitedQuote
from nmt_rag.types import Answer, Hit
from training.evaluate import interval

DEPTH = 60
"""So many hits are looked through for the first three documents."""


@dataclass(frozen=True)
class Judged:
    """What was right of one answer; ``cited`` counts its citations and ``supporting`` those that the gold names."""

    kind: str
    answerable: bool
    right: bool
    answered: bool
    actors: bool
    evidence: bool
    cited: int
    supporting: int


def plain(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.split())


def judge(row: dict[str, object], answer: Answer) -> Judged:
    """Hold an answer against a gold row, as `nmt_rag.evaluation.checks.gold` does."""
    gold = read_gold(row)
    quotes = tuple(CitedQuote(number, citation.quote) for number, citation in enumerate(answer.citations, 1))
    found = against_gold(CitedAnswer(gold.question, "", answer.answered, (), quotes, actors=tuple(answer.actors)), gold)
    return Judged(
        kind=gold.kind,
        answerable=gold.answerable,
        right=found.right,
        answered=answer.answered,
        actors=found.actors_named,
        evidence=not found.missing,
        cited=len(quotes),
        supporting=len(found.supporting),
    )


def read_questions(paths: Iterable[Path]) -> list[dict[str, object]]:
    """The rows of some files of JSON lines."""
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line]


def table(judged: Sequence[Judged]) -> str:
    """Right answers by kind, and over all: Markdown."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        groups[one.kind].append(one)
    lines = ["| kind | questions | right |", "|---|---|---|"]
    lines += [f"| {kind} | {len(of)} | {sum(j.right for j in of)} |" for kind, of in sorted(groups.items())]
    can = [one for one in judged if one.answerable]
    cannot = [one for one in judged if not one.answerable]
    cited = sum(one.cited for one in can)
    measures = [
        ("right, all", [j.right for j in judged]),
        ("right, answerable", [j.right for j in can]),
        ("answered, answerable", [j.answered for j in can]),
        ("refused, unanswerable", [j.right for j in cannot]),
    ]
    lines += ["", "| measure | questions | mean [95 % interval] |", "|---|---|---|"]
    lines += [f"| {name} | {len(v)} | {interval(np.array(v, np.float64))} |" for name, v in measures if v]
    supporting = sum(one.supporting for one in can)
    lines.append(f"| citation precision | {cited} citations | {supporting / cited if cited else 0:.3f} |")
    return "\n".join(lines)


def first_documents(hits: Iterable[Hit]) -> list[str]:
    """The documents of hits, best first, each once."""
    return list(dict.fromkeys(hit.document_id for hit in hits))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path, nargs="*")
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--wrong", action="store_true", help="list the questions that went wrong")
    parser.add_argument("--authorities", type=Path, help="questions with the document that answers each")
    parser.add_argument("--authority-index", help="an index of the instructions")
    options = parser.parse_args()
    if options.questions:
        rows = read_questions(options.questions)
        with nmt_rag.open(encoder=options.encoder) as rag:
            answers = [rag.ask(str(row["question"])) for row in rows]
        judged = [judge(row, answer) for row, answer in zip(rows, answers, strict=True)]
        print(table(judged))
        for row, one, answer in zip(rows, judged, answers, strict=True) if options.wrong else ():
            if not one.right:
                print(
                    json.dumps(
                        [row["id"], row["question"], row.get("agencies"), row.get("evidence")], ensure_ascii=False
                    )
                )
                print(
                    "   ", answer.abstention.reason if answer.abstention else "", list(answer.actors), answer.confidence
                )
                print("   ", [c.quote[:90] for c in answer.citations] or [r.quote[:90] for r in answer.related])
    if options.authorities and options.authority_index:
        rows = read_questions([options.authorities])
        with nmt_rag.open(options.authority_index, encoder=options.encoder) as rag:
            found = [first_documents(rag.search(str(row["question"]), k=DEPTH)) for row in rows]
        for cutoff in (1, 3, 10):
            hit = [bool(set(row["relevant"]) & set(ids[:cutoff])) for row, ids in zip(rows, found, strict=True)]  # type: ignore[call-overload]
            print(f"right authority in the first {cutoff}: {interval(np.array(hit, np.float64))}")


if __name__ == "__main__":
    main()
