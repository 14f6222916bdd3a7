"""Finds, for each written training question, the places of other texts that an encoder takes for near: what a search would offer.

Run ``python -m training.mine --model FOLDER --out FILE.npz``; `training.encoder` and `training.reader` take the file as ``--near``. They then learn
on what they will meet: sentences that look like an answer and stand in a text that does not give one.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import BertModel

from training.encoder import END, START, Data, embed, half_precision, read_data
from training.examples import data_folder
from training.pieces import PROMPTS

N_NEAR = 10
CANDIDATES = 60
SLICE = 2048


def near_places(body: BertModel, data: Data, n_near: int = N_NEAR, device: str = "cpu") -> NDArray[np.int32]:
    """For each row the nearest places ``(row, sentence)`` of other documents, at most one of a text's neighbours.

    Returns:
        An array (n_rows, n_near, 2), -1 where there is none: for rows that were not written for this project.
    """
    written = [number for number, row in enumerate(data.rows) if row.source == "written"]
    first_row: dict[str, int] = {}
    for number in written:
        first_row.setdefault(data.rows[number].document, number)
    places = [(row, number) for row in first_row.values() for number in range(len(data.rows[row].sentences))]
    shown = []
    for row, number in places:
        last = min(len(data.rows[row].sentences), number + 2)
        shown.append(data.text(data.rows[row], max(0, number - 1), last).ids)
    asked = [(START, *data.tokens[PROMPTS["query"] + data.rows[number].question], END) for number in written]
    owner = torch.tensor([row for row, _ in places], device=device)
    found = np.full((len(data.rows), n_near, 2), -1, np.int32)
    with torch.no_grad(), half_precision(device):
        passages = embed(body, shown, device).float()
        questions = embed(body, asked, device).float()
    for start in range(0, len(written), SLICE):
        some = written[start : start + SLICE]
        own = torch.tensor([first_row[data.rows[number].document] for number in some], device=device)
        scores = questions[start : start + SLICE] @ passages.T
        scores.masked_fill_(owner[None, :] == own[:, None], -2.0)
        best = scores.topk(min(CANDIDATES, len(places)), dim=1).indices.cpu().numpy()
        for number, order in zip(some, best, strict=True):
            taken: list[tuple[int, int]] = []
            for row, sentence in (places[place] for place in order):
                if row == first_row[data.rows[number].document]:
                    break
                if all(row != other or abs(sentence - met) > 2 for other, met in taken):
                    taken.append((row, sentence))
                if len(taken) == n_near:
                    break
            if taken:
                found[number, : len(taken)] = taken
    return found


def main() -> None:
    """Mine from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="a BERT folder: the pretrained or fine-tuned encoder")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="so many rows, for a rehearsal")
    options = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    body = BertModel.from_pretrained(str(options.model), add_pooling_layer=False).to(device).eval()
    data = read_data(options.model, data_folder(), None, None, options.limit)
    np.savez_compressed(options.out, places=near_places(body, data, device=device))


if __name__ == "__main__":
    main()
