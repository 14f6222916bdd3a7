"""Finds, for each written training question, the places of other texts that an encoder takes for near: what a search would offer.

Run ``python -m training.mine --out FILE.npz``; `training.reader` takes the file as ``--near``. The reader then learns on what it will
meet: sentences that look like an answer and stand in a text that does not give one.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nmt_rag.models.opening import default_encoder
from nmt_rag.progress import counted
from training.additions import trained_on
from training.evaluate import Embeds
from training.examples import data_folder
from training.questions import Asked, shown

N_NEAR = 10


def near_places(encoder: Embeds, rows: list[Asked], n_near: int = N_NEAR) -> NDArray[np.int32]:
    """For each row the nearest places ``(row, sentence)`` of other documents, at most one of a text's neighbours.

    Returns:
        An array (n_rows, n_near, 2), -1 where there is none: for rows that were not written for this project.
    """
    first_row: dict[str, int] = {}
    for number, row in enumerate(rows):
        if row.source == "written":
            first_row.setdefault(row.document, number)
    places = [(row, number) for row in first_row.values() for number in range(len(rows[row].sentences))]
    texts = [shown(rows[row].title, rows[row].sentences, number, 1) for row, number in places]
    passages = encoder.encode_passages(texts)
    owner = np.array([row for row, _ in places])
    sentence = np.array([number for _, number in places])
    found = np.full((len(rows), n_near, 2), -1, np.int32)
    for number, row in enumerate(counted(rows, "Mining", "questions", wanted=True)):
        if row.source != "written":
            continue
        similarity = passages @ encoder.encode_query(row.question)
        similarity[owner == first_row[row.document]] = -np.inf
        taken: list[int] = []
        for place in np.argsort(-similarity, kind="stable"):
            if all(owner[place] != owner[other] or abs(sentence[place] - sentence[other]) > 2 for other in taken):
                taken.append(int(place))
            if len(taken) == n_near:
                break
        found[number, : len(taken)] = [(owner[place], sentence[place]) for place in taken]
    return found


def main() -> None:
    """Mine from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="so many rows, for a rehearsal")
    options = parser.parse_args()
    theirs, ours, _ = trained_on(data_folder(), options.limit)
    np.savez_compressed(options.out, places=near_places(default_encoder(), theirs + ours))


if __name__ == "__main__":
    main()
