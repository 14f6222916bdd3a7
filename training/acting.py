"""How right the reader is on who acts: the name it shows, against the labels of ``actors_sv``.

Run ``python -m training.acting [--reader FOLDER]``. Each sentence is shown after those before it, as an answer shows it. A name is
right if it is one of the labelled ones, whatever its case and inflection at the end; the bar is the least probability with which a name is shown.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nmt_rag.answering.read import WINDOW_CHARACTERS
from nmt_rag.models.reader import READER_FOLDER, Named, PackagedReader, Sentences
from nmt_rag.progress import counted
from training.examples import data_folder
from training.tasks import Acted, read_acted

BARS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True)
class Case:
    """One sentence: who acts by the labels, and by the reader."""

    actors: tuple[str, ...]
    found: Named


def before(sentences: Sequence[str], number: int) -> tuple[str, ...]:
    """A sentence after as many of those before it as there is room for."""
    first, room = number, WINDOW_CHARACTERS - len(sentences[number])
    while first > 0 and len(sentences[first - 1]) <= room:
        first -= 1
        room -= len(sentences[first])
    return tuple(sentences[first : number + 1])


def cases(reader: PackagedReader, documents: Sequence[Acted]) -> list[Case]:
    """What the reader says of every sentence."""
    found = []
    for document in counted(documents, "Reading", "documents", wanted=True):
        for number, actors in enumerate(document.actors):
            window = Sentences(document.title, before(document.sentences, number))
            found.append(Case(actors, reader.actors(window)[-1]))
    return found


def same(name: str, actor: str) -> bool:
    """Whether two spellings name one actor."""
    a, b = (" ".join(text.lower().split()).strip(".,:;") for text in (name, actor))
    return (
        a == b
        or a == b + "s"
        or b == a + "s"
        or a in {b + "en", b + "n", b + "et"}
        or b in {a + "en", a + "n", a + "et"}
    )


def table(found: Sequence[Case]) -> str:
    """Right, wrong and none at each bar: Markdown."""
    some = np.array([bool(case.actors) for case in found])
    right = np.array([any(same(case.found.name, actor) for actor in case.actors) for case in found])
    sure = np.array([case.found.probability for case in found])
    nobody = np.array([case.found.nobody for case in found])
    lines = ["| bar | right | wrong | none | none where nobody acts |", "|---|---|---|---|---|"]
    for bar in BARS:
        shown = (sure >= bar) & (sure > nobody)
        lines.append(
            f"| {bar} | {(shown & right)[some].mean():.3f} | {(shown & ~right)[some].mean():.3f} "
            f"| {(~shown)[some].mean():.3f} | {(~shown)[~some].mean():.3f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, default=READER_FOLDER)
    parser.add_argument("--wrong", action="store_true", help="list what is wrong")
    options = parser.parse_args()
    found = cases(PackagedReader.open(options.reader), read_acted(data_folder(), "dev"))
    print(table(found))
    for case in found if options.wrong else ():
        if not any(same(case.found.name, actor) for actor in case.actors):
            print(case.actors, case.found)


if __name__ == "__main__":
    main()
