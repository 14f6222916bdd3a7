"""Fits how much each search counts in the fused score of a passage, and tells what that gives on texts it was not fitted on.

Run ``python -m training.fusion [--write]``. The questions of several development sets are put to indexes of their
texts; for each, the passages that either search found are ranked by what `nmt_rag.answering.fusion` computes, and its weights are
fitted so that a passage which answers, or one of the document that does, is the likely first (a softmax over the passages). The table
is of four folds, by text; ``--write`` fits on all and keeps ``nmt_rag/answering/fusion.json``.
"""

import argparse
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nmt_rag.answering import fusion, question, search
from nmt_rag.answering.fusion import Ranking
from nmt_rag.evaluation import metrics
from nmt_rag.index import Index, Place
from nmt_rag.models.encoder import Encoder, default_encoder
from nmt_rag.progress import counted
from nmt_rag.types import Document, Passage
from training import answers
from training.development import DATA
from training.evaluate import CUTOFF
from training.examples import data_folder, read_rows
from training.questions import read_questions
from training.searches import documents
from training.written import Put, laid_out

SETS = {"written": 1.0, "swefaq_dev": 2.0, "swequad_dev": 2.0, "squad_sv_dev": 0.4, "authorities": 2.0}
"""The sets, and what a question of each weighs."""
AUTHORITIES = ("authority_questions_dev", "authority_development_2")
ANSWERS = "written"
"""The set whose questions have marked answers; those of the others have a document."""
MOST = 900
"""At most this many questions of SQuAD-sv."""
SIGNS = ("bias", *fusion.Signs.__dataclass_fields__)
BY_KIND = ("bias", "seeks_actor")
SIGNS_OF = {"dense": SIGNS, "near": ("bias",), "document": BY_KIND, "whole": BY_KIND}
"""What each weight is a function of."""
START = {"dense": 0.0, "near": -1.0, "document": -1.0, "whole": -1.0}
FOLDS, EPOCHS, BATCH, RATE, SLOWER = 4, 6, 64, 0.05, 0.6
SHARPEST = 2.5  # what the scores are multiplied by before the softmax is the exponential of this, at first

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Found:
    """A question and the passages that the two searches found for it.

    ``columns`` are of each passage: the scores by embedding and by words, scaled, and its nearness; the evidence of its document by
    each of these three; and the words of its whole document. *Shape:* ``(n_passages, 7)``. ``signs`` are as `SIGNS`.
    """

    name: str
    kind: str
    fold: int
    columns: Floats
    signs: Floats
    document: tuple[str, ...]
    right: NDArray[np.bool_]


def of_set(name: str) -> tuple[list[Document], list[Put]]:
    """The documents and the answered questions of a set; where a document is what is sought, it is the group."""
    if name == ANSWERS:
        rows = [row for row in read_questions(data_folder()) if row.split == "dev" and row.text and row.evidence]
        return laid_out(rows)
    if name == "authorities":
        texts = read_rows(data_folder() / "corpus" / "agency_instructions.jsonl.xz")
        found = answers.read_questions(DATA / f"{file}.jsonl" for file in AUTHORITIES)
        asked = [Put(str(row["question"]), name, str(row["relevant"][0]), ()) for row in found]  # type: ignore[index]
        return [Document(str(row["sfs"]), str(row["title"]), str(row["text"])) for row in texts], asked
    rows = list(read_rows(data_folder() / "eval" / f"{name}.jsonl.xz"))
    queries = [row for row in rows if row["type"] == "query" and row.get("answerable", True)]
    if len(queries) > MOST and name == "squad_sv_dev":
        queries = random.Random(name).sample(queries, MOST)
    return documents(rows), [Put(str(row["text"]), name, str(row["relevant"][0]), ()) for row in queries]  # type: ignore[index]


def found_for(index: Index, encoder: Encoder, put: Put, name: str) -> Found | None:
    """What the two searches find for a question; None where it has no words."""
    asked = question.understand(put.question)
    dense: Ranking = index.search_dense(encoder.encode_query(asked.text), search.CANDIDATES)
    lexical, whole = search.found_by_words(index, asked, search.CANDIDATES, None)
    numbers = list(dict.fromkeys(number for number, _ in (*dense, *lexical)))
    if not numbers:
        return None
    places, passages = index.places(numbers), index.passages_by_id(numbers)
    names = [places[number].document_id for number in numbers]
    raised = [fusion.opening(places[number].ordinal, seeks_actor=asked.seeks == "actor") for number in numbers]
    scaled = [fusion.fuse(dense, [], 1.0), fusion.fuse([], lexical, 0.0), fusion.nearness(dense)]
    own = [np.array([some.get(number, 0.0) for number in numbers], np.float32) * raised for some in scaled]
    known = [fusion.evidence(zip(names, map(float, one), strict=True)) for one in own]
    most = max(whole.values(), default=1.0)
    words = np.array([whole.get(one, 0.0) / most for one in names], np.float32)
    signs = fusion.valued(search.signs(index, asked, dense, lexical))
    return Found(
        name,
        put.kind,
        int(hashlib.sha256(f"{name}:{put.group}".encode()).hexdigest(), 16) % FOLDS,
        np.stack([*own, *([one[name] for name in names] for one in known), words], axis=1).astype(np.float32),
        np.array([signs[sign] for sign in SIGNS], np.float32),
        tuple(names),
        np.array([is_answered(put, places[number], passages[number]) for number in numbers]),
    )


def is_answered(put: Put, place: Place, passage: Passage) -> bool:
    """Whether a passage answers; where only a document is known, whether it is one of its."""
    if put.evidence:
        return put.answered_by(place.document_id, passage.start, passage.end)
    return place.document_id == put.group


class Fusion(nn.Module):
    """The computation of `nmt_rag.answering.fusion`, with weights to be fitted."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.ParameterDict(
            {name: nn.Parameter(torch.zeros(len(signs))) for name, signs in SIGNS_OF.items()}
        )
        with torch.no_grad():
            for name, value in START.items():
                self.weights[name][0] = value
        self.sharpness = nn.Parameter(torch.tensor(SHARPEST))

    def forward(self, columns: Tensor, signs: Tensor) -> Tensor:
        """The scores of some passages: (n_passages,)."""
        sums = {
            name: (signs[[SIGNS.index(sign) for sign in of]] * self.weights[name]).sum()
            for name, of in SIGNS_OF.items()
        }
        dense = torch.sigmoid(sums["dense"])
        near, document, whole = (nn.functional.softplus(sums[name]) for name in ("near", "document", "whole"))
        shares = torch.stack([dense, 1 - dense, near]) / (1 + near)
        scores = (columns[:, :3] @ shares + document * (columns[:, 3:6] @ shares)) / (1 + document)
        return (scores + whole * columns[:, 6]) / (1 + whole)

    def fitted(self) -> dict[str, dict[str, float]]:
        """The weights as ``fusion.json`` holds them."""
        return {
            name: {sign: round(float(value), 3) for sign, value in zip(of, self.weights[name].detach(), strict=True)}
            for name, of in SIGNS_OF.items()
        }


def fit(some: Sequence[Found]) -> Fusion:
    """The weights that make a right passage the likely first, for questions for which one was found."""
    tensors = [
        (torch.from_numpy(one.columns), torch.from_numpy(one.signs), torch.from_numpy(one.right), SETS[one.name])
        for one in some
        if one.right.any()
    ]
    model = Fusion()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    for epoch in range(EPOCHS):
        order = np.random.default_rng(epoch).permutation(len(tensors))
        for begin in range(0, len(order), BATCH):
            losses = []
            for columns, signs, right, weight in (tensors[number] for number in order[begin : begin + BATCH]):
                scores = model(columns, signs) * model.sharpness.exp()
                losses.append(weight * (scores.logsumexp(0) - scores[right].logsumexp(0)))
            (torch.stack(losses).sum() / BATCH).backward()
            optimizer.step()
            optimizer.zero_grad()
        for group in optimizer.param_groups:
            group["lr"] *= SLOWER
    return model


def scores_of(model: Fusion, one: Found) -> Floats:
    """The scores of the passages of a question: (n_passages,)."""
    with torch.no_grad():
        return model(torch.from_numpy(one.columns), torch.from_numpy(one.signs)).numpy()


def across(found: Sequence[Found]) -> list[Floats]:
    """The scores of each question by weights that were fitted on other texts."""
    models = [fit([one for one in found if one.fold != fold]) for fold in range(FOLDS)]
    return [scores_of(models[one.fold], one) for one in found]


def ndcg(one: Found, scores: Floats) -> float:
    """NDCG@10 of documents, each at its best passage."""
    ranked = dict.fromkeys(one.document[number] for number in np.argsort(-scores, kind="stable"))
    right = {name: 1 for name, is_right in zip(one.document, one.right, strict=True) if is_right}
    return metrics.ndcg({"": right}, {"": {name: -float(rank) for rank, name in enumerate(ranked)}}, CUTOFF)[""]


def first(n: int) -> Callable[[Found, Floats], float]:
    """Whether a right passage is among the first n."""
    return lambda one, scores: float(one.right[np.argsort(-scores, kind="stable")[:n]].any())


def rows(found: Sequence[Found], ways: Mapping[str, Sequence[Floats]]) -> Iterator[str]:
    """The table: for each set, and each kind of the questions with marked answers, what each way finds. Markdown."""
    yield f"| | questions | measure | {' | '.join(ways)} |"
    yield f"|---|---|---|{'---|' * len(ways)}"
    kinds = sorted({(one.name, one.kind) for one in found} | {(ANSWERS, "all")})
    for name, kind in kinds:
        some = [n for n, one in enumerate(found) if one.name == name and kind in (one.kind, "all")]
        measures = {"nDCG@10": ndcg} if name != ANSWERS else {"first": first(1), "in 5": first(5), "in 10": first(10)}
        for measure, of in measures.items():
            cells = [f"{np.mean([of(found[n], scores[n]) for n in some]):.3f}" for scores in ways.values()]
            yield f"| {name} {kind if name == ANSWERS else ''} | {len(some)} | {measure} | {' | '.join(cells)} |"


def main() -> None:
    """Print the table, and keep the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="fit on all and keep the weights")
    options = parser.parse_args()
    torch.manual_seed(0)
    encoder, found = default_encoder(), list[Found]()
    for name in SETS:
        texts, asked = of_set(name)
        with Index.in_memory(encoder=encoder) as index:
            index.add(texts)
            some = (
                found_for(index, encoder, put, name)
                for put in counted(asked, f"Searching {name}", "questions", wanted=True)
            )
            found += filter(None, some)
    ways = {
        "words": [one.columns[:, 1] for one in found],
        "embeddings": [one.columns[:, 0] for one in found],
        "fused": across(found),
    }
    print("\n".join(rows(found, ways)))
    fitted = fit(found).fitted()
    print(json.dumps(fitted))
    if options.write:
        fusion.FITTED.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
