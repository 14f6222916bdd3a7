"""How well encoder and reader answer together, and the few numbers that decide whether to answer at all.

Run ``python -m training.decision --reader FOLDER``. The written development questions are put to one index of all their texts: the
encoder finds sentences, the windows around the best are read, the best one is chosen by the reader's score and a share of
the encoder's similarity. Whether to answer is a logistic model of (score, similarity, margin, sum), fitted on one half of
the texts and measured on the other, both ways.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nmt_rag.encoders import default_encoder
from nmt_rag.models.reader import PackagedReader, Sentences
from nmt_rag.progress import counted
from training.evaluate import Embeds
from training.examples import data_folder
from training.questions import Asked, read_questions, shown

N_WINDOWS = 6
REACH = 3  # sentences on each side of a hit that are read with it
SIMILARITY = 12.0  # what the encoder's cosine counts beside the reader's logit when choosing
REFUSED = (0.8, 0.85, 0.92)


@dataclass(frozen=True)
class Chosen:
    """What was chosen for one question, what speaks for it, and whether it is right."""

    kind: str
    text: str
    document: str
    answerable: bool
    right: bool
    features: tuple[float, ...]


def chosen(encoder: Embeds, reader: PackagedReader, rows: Sequence[Asked], n_windows: int = N_WINDOWS) -> list[Chosen]:
    """Put each question to one index of all texts, and choose a sentence."""
    texts: dict[str, Asked] = {}
    for row in rows:
        texts.setdefault(row.document, row)
    places = [(document, number) for document, row in texts.items() for number in range(len(row.sentences))]
    position = {place: number for number, place in enumerate(places)}
    alone, beside = (
        encoder.encode_passages([shown(texts[d].title, texts[d].sentences, n, reach) for d, n in places])
        for reach in (0, 1)
    )
    said = {place: texts[place[0]].sentences[place[1]] for place in places}
    result: list[Chosen] = []
    for row in counted(rows, "Answering", "questions", wanted=True):
        similarity = (alone + beside) @ encoder.encode_query(row.question) / 2
        windows: list[tuple[str, int, int]] = []
        for number in np.argsort(-similarity, kind="stable"):
            document, place = places[number]
            if any(document == other and first <= place < last for other, first, last in windows):
                continue
            windows.append((document, max(0, place - REACH), min(len(texts[document].sentences), place + REACH + 1)))
            if len(windows) == n_windows:
                break
        read = reader.logits(
            row.question,
            [Sentences(texts[d].title, texts[d].sentences[first:last]) for d, first, last in windows],
        )
        logits: dict[int, float] = {}
        for (document, first, _), found in zip(windows, read, strict=True):
            for offset, logit in enumerate(found):
                number = position[document, first + offset]
                logits[number] = max(logits.get(number, -np.inf), float(logit))
        total = {number: logit + SIMILARITY * similarity[number] for number, logit in logits.items()}
        order = sorted(total, key=total.__getitem__, reverse=True)
        best = order[0]
        second = next((n for n in order[1:] if abs(n - best) > 1), order[-1])
        answers = {row.sentences[n] for n in row.answering}
        right = places[best][0] == row.document and said[places[best]] in answers
        features = (
            logits[best],
            float(similarity[best]),
            total[best] - total[second],
            float(np.log1p(sum(1 / (1 + np.exp(-logit)) for logit in logits.values()))),
        )
        result.append(Chosen(row.kind, row.text, row.document, bool(row.answering), right, features))
    return result


def probabilities(found: Sequence[Chosen]) -> NDArray[np.float64]:
    """The probability that what was chosen is right, each half of the texts by a model fitted on the other."""
    features = np.array([each.features for each in found])
    right = np.array([each.right for each in found])
    documents = sorted({each.document for each in found})
    half = np.array([documents.index(each.document) % 2 for each in found])
    values = np.zeros(len(found))
    for side in (0, 1):
        model = LogisticRegression(C=10.0, max_iter=1000).fit(features[half != side], right[half != side])
        values[half == side] = model.predict_proba(features[half == side])[:, 1]
    return values


def table(found: Sequence[Chosen], values: NDArray[np.float64]) -> str:
    """Right and wrong answers at bars that refuse so many of what cannot be answered, as Markdown."""
    answerable = np.array([each.answerable for each in found])
    right = np.array([each.right for each in found])
    lines = ["| refused | bar | right | wrong |", "|---|---|---|---|"]
    for share in REFUSED:
        bar = float(np.quantile(values[~answerable], share))
        given = values > bar
        lines.append(
            f"| {1 - given[~answerable].mean():.3f} | {bar:.3f} | {(given & right)[answerable].mean():.3f} "
            f"| {(given & ~right)[answerable].mean():.3f} |"
        )
    lines += ["", "| kind | questions | chosen right | answered right at the middle bar |", "|---|---|---|---|"]
    bar = float(np.quantile(values[~answerable], REFUSED[1]))
    for kind in dict.fromkeys(each.kind for each in found):
        of_kind = np.array([each.kind == kind for each in found])
        lines.append(
            f"| {kind} | {of_kind.sum()} | {right[of_kind].mean():.3f} | {(right & (values > bar))[of_kind].mean():.3f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the tables of a packaged reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="take every so manieth question")
    parser.add_argument("--windows", type=int, default=N_WINDOWS)
    options = parser.parse_args()
    rows = [row for row in read_questions(data_folder()) if row.source == "written" and row.split == "dev"]
    found = chosen(default_encoder(), PackagedReader.open(options.reader), rows[:: options.every], options.windows)
    values = probabilities(found)
    for text in ("", "public", "made up"):
        kept = [number for number, each in enumerate(found) if text in ("", each.text)]
        print(f"\n{text or 'all'}: {len(kept)} questions\n\n{table([found[n] for n in kept], values[kept])}")


if __name__ == "__main__":
    main()
