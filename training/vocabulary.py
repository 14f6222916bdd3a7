"""A WordPiece vocabulary for Swedish first and English too, learnt from the sampled training texts.

Lower-cased like the teacher's, but å, ä and ö stay letters of their own.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from training.examples import Pair, Parallel

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
PAIR_CAP = 25_000


def sampled_texts(parallel: list[Parallel], pairs: list[Pair], seed: int) -> Iterator[str]:
    """Swedish of both kinds of data twice as often as English; pair sources capped so that statutes do not rule."""
    rng = random.Random(seed)
    taken: Counter[str] = Counter()
    for pair in rng.sample(pairs, len(pairs)):
        taken[pair.source] += 1
        if taken[pair.source] <= PAIR_CAP:
            yield pair.query
            yield pair.passage
    for number, row in enumerate(parallel):
        yield row.sv
        if number % 2 == 0:
            yield row.en


def train_tokenizer(texts: Iterator[str], size: int) -> Tokenizer:
    """A WordPiece tokenizer with ``size`` tokens that wraps every text in [CLS] and [SEP]."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=60))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.BertNormalizer(strip_accents=False)])
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=SPECIAL, limit_alphabet=300, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    frame = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=frame)
    return tokenizer


def read_or_train(path: Path, parallel: list[Parallel], pairs: list[Pair], *, size: int, seed: int) -> Tokenizer:
    """The tokenizer kept at ``path``, learnt first where there is none yet."""
    if not path.exists():
        train_tokenizer(sampled_texts(parallel, pairs, seed), size).save(str(path))
    return Tokenizer.from_file(str(path))


def pruned(tokenizer: Tokenizer, texts: Iterator[str], size: int) -> tuple[Tokenizer, list[int]]:
    """The same tokenizer with its ``size`` most frequent tokens, and the old id of each; letters and marks always stay."""
    counts: Counter[int] = Counter()
    for batch in batched(texts, 10_000):
        for encoding in tokenizer.encode_batch(batch, add_special_tokens=False):
            counts.update(encoding.ids)
    vocabulary = tokenizer.get_vocab()

    def standing(token: str) -> tuple[bool, bool, int]:
        return token in SPECIAL, len(token.removeprefix("##")) == 1, counts[vocabulary[token]]

    kept = sorted(sorted(vocabulary, key=standing, reverse=True)[:size], key=vocabulary.__getitem__)
    state = json.loads(tokenizer.to_str())
    state["model"]["vocab"] = {token: number for number, token in enumerate(kept)}
    return Tokenizer.from_str(json.dumps(state)), [vocabulary[token] for token in kept]


def batched(texts: Iterator[str], size: int) -> Iterator[list[str]]:
    """Lists of ``size`` texts, the last one shorter."""
    while batch := list(islice(texts, size)):
        yield batch
