"""How right the reader is on who acts: the name it shows, against the labels of ``actors_sv``.

Run ``python -m training.acting [--reader FOLDER]``. Each text is read as when it is indexed. A name is
right if it is one of the labelled ones, whatever the endings of its words, or its first words; the bar is the least probability with which a name is shown
(a pronoun never is).
"""

import argparse
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from nmt_rag import swedish
from nmt_rag.documents import naming, passages
from nmt_rag.documents.who_does_what.full_names import in_full
from nmt_rag.documents.who_does_what.naming import ActorBars
from nmt_rag.models.reader import READER_FOLDER, Named, PackagedReader, Sentences
from nmt_rag.progress import counted
from nmt_rag.types import Document, Passage
from training.examples import data_folder
from training.tasks import Acted, read_acted

MOST_WRONG = 0.05  # of the sentences in which somebody acts
LEAST_SILENT = 0.9  # of those in which nobody does
BARS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True)
class Case:
    """One sentence: who acts by the labels, by the reader, and by the rules of `nmt_rag.documents.actors`."""

    actors: tuple[str, ...]
    found: Named
    rule: str


def cases(reader: PackagedReader, documents: Sequence[Acted]) -> list[Case]:
    """What the reader says of every sentence."""
    found = []
    for document in counted(documents, "Reading", "documents", wanted=True):
        named = reader.actors(Sentences(document.title, document.sentences))
        text = Document("d", document.title, "\n".join(document.sentences))
        split = passages.split(text)
        standing = places(document, split)
        headings = [one.heading if one else () for one in standing]
        sure = [one.name for one in named if naming.is_sure(one, naming.actor_bars())]
        names = in_full(text, split, [one.name for one in named], headings, sure)
        full = [replace(one, name=" och ".join(name)) for one, name in zip(named, names, strict=True)]
        found += map(Case, document.actors, full, [one.actor or "" if one else "" for one in standing])
    return found


def places(document: Acted, split: Sequence[Passage]) -> list[Passage | None]:
    """The passage that each sentence begins, of a text that is laid out one sentence a line."""
    found, start = [], 0
    for sentence in document.sentences:
        end = start + len(sentence)
        found.append(next((one for one in split if one.start < end and start < one.end), None))
        start = end + 1
    return found


def same(name: str, actor: str) -> bool:
    """Whether a name is an actor's: the same words but for their endings, or its first ones."""
    a, b = ([swedish.stem(word) for word in swedish.words(text)] for text in (name, actor))
    return bool(a) and b[: len(a)] == a


def right(name: str, actors: Sequence[str]) -> bool:
    """Whether a name is one of the actors, or all of those that it joins by «och» are."""
    parts = [part for part in re.split(r",| och | samt ", name) if part.strip()]
    return any(same(name, actor) for actor in actors) or (
        len(parts) > 1 and all(any(same(part, actor) for actor in actors) for part in parts)
    )


def shares(found: Sequence[Case], bars: ActorBars) -> tuple[float, float, float, float]:
    """Right, wrong and none where somebody acts, and none where nobody does: what the product shows with those bars."""
    some = np.array([bool(case.actors) for case in found])
    fits = np.array([right(case.found.name, case.actors) for case in found])
    shown = np.array([naming.is_sure(case.found, bars) for case in found])
    kinds = ((shown & fits)[some], (shown & ~fits)[some], (~shown)[some], (~shown)[~some])
    return tuple(float(kind.mean()) if kind.size else 0.0 for kind in kinds)  # type: ignore[return-value]


def table(found: Sequence[Case]) -> str:
    """Right, wrong and none at each bar: Markdown."""
    lines = ["| bar | right | wrong | none | none where nobody acts |", "|---|---|---|---|---|"]
    for bar in BARS:
        lines.append(f"| {bar} | {' | '.join(f'{share:.3f}' for share in shares(found, ActorBars(bar, 0.5)))} |")
    return "\n".join(lines)


def together(found: Sequence[Case]) -> str:
    """The rules alone; without those names that the reader denies; with the reader's own: Markdown."""
    lines = ["| names shown | right | wrong | none | none where nobody acts |", "|---|---|---|---|---|"]

    def row(what: str, name: Callable[[Case], str]) -> None:
        some = [case for case in found if case.actors]
        names = [name(case) for case in some]
        true = [right(shown, case.actors) for shown, case in zip(names, some, strict=True)]
        wrong = [bool(shown) and not fits for shown, fits in zip(names, true, strict=True)]
        silent = [not name(case) for case in found if not case.actors]
        lines.append(
            f"| {what} | {np.mean(true):.3f} | {np.mean(wrong):.3f} | {np.mean([not n for n in names]):.3f} "
            f"| {np.mean(silent):.3f} |"
        )

    row("rules", lambda case: case.rule)
    for most in (0.3, 0.5, 0.7):
        row(f"rules where nobody < {most}", lambda case: case.rule if case.found.nobody < most else "")  # noqa: B023
        for bar in (0.4, 0.6, 0.8):

            def first(case: Case) -> str:
                if case.found.nobody >= most:  # noqa: B023
                    return ""
                return case.found.name if case.found.probability >= bar else case.rule  # noqa: B023

            row(f"reader from {bar}, else rules, where nobody < {most}", first)
            row(
                f"reader from {bar} where nobody < {most}",
                lambda case: case.found.name if case.found.probability >= bar and case.found.nobody < most else "",  # noqa: B023
            )
    return "\n".join(lines)


def best_bars(found: Sequence[Case]) -> ActorBars:
    """The bars with most right names among those with few wrong ones (`MOST_WRONG`) and few where nobody acts."""

    def worth(bars: ActorBars) -> tuple[float, float]:
        named, wrong, _, silent = shares(found, bars)
        excess = max(0.0, wrong - MOST_WRONG) + max(0.0, LEAST_SILENT - silent)
        return -excess, named

    return max((ActorBars(a / 50, b / 10) for a in range(10, 50) for b in (1, 3, 5, 7)), key=worth)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, default=READER_FOLDER)
    parser.add_argument("--wrong", action="store_true", help="list what is wrong")
    parser.add_argument("--bars", type=float, nargs=2, metavar=("NAME", "NOBODY"), help="these, not those fitted here")
    parser.add_argument("--write", action="store_true", help="keep the bars in the reader's calibration.json")
    options = parser.parse_args()
    found = cases(PackagedReader.open(options.reader), read_acted(data_folder(), "dev"))
    print(table(found))
    print("\n" + together(found))
    bars = ActorBars(*options.bars) if options.bars else best_bars(found)
    print(f"\n{bars}: {' / '.join(f'{share:.3f}' for share in shares(found, bars))}")
    if options.write:
        path = options.reader / "calibration.json"
        kept = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(kept | {"actors": asdict(bars)}, indent=1) + "\n", encoding="utf-8")
    for case in found if options.wrong else ():
        if not right(case.found.name, case.actors):
            print(case.actors, case.found)


if __name__ == "__main__":
    main()
