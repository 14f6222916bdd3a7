"""Cuts the vocabulary of the pretrained body to the pieces that Swedish and English public text uses.

Run ``python -m training.pieces --source FOLDER --target FOLDER [--pieces 26000] [--layers 0,1,2,3,4,5]``: it counts the pieces of the
training texts, keeps the most frequent ones and every single character of the Latin scripts, and writes a
sentence-transformers folder with its prompts. A text with a piece that is gone is read in smaller pieces.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from training.examples import data_folder, read_rows

N_PIECES = 26_000
SPECIAL = 4  # <s>, <pad>, </s>, <unk>: the first rows of the vocabulary
MASK, SENTENCE = "<mask>", "<sent>"
LATIN = 0x2100  # single characters below this are kept, whatever their count
PROMPTS = {"query": "query: ", "document": "passage: "}
MAX_TOKENS = 512
EVERY = 2  # of the many English rows, every second is counted: English is the lesser language here


def texts(folder: Path, limit: int | None = None) -> Iterator[str]:
    """The texts whose pieces are counted: questions, passages, sentences and both sides of the parallel rows."""
    for row in _some(read_rows(folder / "train" / "pairs_sv.jsonl.xz"), limit):
        yield str(row["query"])
        yield str(row["passage"])[:600]
    for row in _some(read_rows(folder / "train" / "reader_sv.jsonl.xz"), limit):
        if row["split"] == "train":
            yield str(row["question"])
            yield " ".join(map(str, row["sentences"]))[:600]  # type: ignore[call-overload]
    for number, row in enumerate(_some(read_rows(folder / "train" / "parallel_en_sv.jsonl.xz"), limit)):
        yield str(row["sv"])
        if number % EVERY == 0:
            yield str(row["en"])


def count(tokenizer: Tokenizer, lines: Iterable[str], batch: int = 4096) -> Counter[int]:
    """How often each piece stands in the texts."""
    counts: Counter[int] = Counter()
    buffer: list[str] = []
    for line in lines:
        buffer.append(line)
        if len(buffer) == batch:
            counts.update(_ids(tokenizer, buffer))
            buffer = []
    counts.update(_ids(tokenizer, buffer))
    return counts


def choose(vocabulary: list[tuple[str, float]], counts: Counter[int], n_pieces: int) -> list[int]:
    """The rows that stay, in their order: the special ones, single Latin characters, and the most frequent pieces."""
    kept = set(range(SPECIAL))
    kept |= {row for row, (piece, _) in enumerate(vocabulary) if len(piece) == 1 and ord(piece) < LATIN}
    for row, _ in counts.most_common():
        if len(kept) >= n_pieces - 2:
            break
        kept.add(row)
    return sorted(kept)


def cut_tokenizer(tokenizer: dict[str, object], kept: list[int]) -> dict[str, object]:
    """The tokenizer's description with the kept rows alone, and two marks at the end: a mask and a sentence's beginning."""
    model = dict(tokenizer["model"])  # type: ignore[call-overload]
    vocabulary = model["vocab"]
    model["vocab"] = [vocabulary[row] for row in kept]
    number = {vocabulary[row][0]: place for place, row in enumerate(kept)}
    added = [mark for mark in tokenizer["added_tokens"] if mark["content"] != MASK]  # type: ignore[attr-defined]
    added = [{**mark, "id": number[mark["content"]]} for mark in added]
    plain = {"single_word": False, "rstrip": False, "special": True}
    added.append({"id": len(kept), "content": MASK, "lstrip": True, "normalized": False, **plain})
    added.append({"id": len(kept) + 1, "content": SENTENCE, "lstrip": False, "normalized": False, **plain})
    return {**tokenizer, "model": model, "added_tokens": added, "truncation": None, "padding": None}


def cut_weights(
    weights: dict[str, NDArray[np.float32]], kept: list[int], layers: list[int]
) -> dict[str, NDArray[np.float32]]:
    """The weights with the kept rows of the vocabulary and the named layers; the sentence mark begins as ``</s>``."""
    table = "embeddings.word_embeddings.weight"
    whole = weights[table]
    mask = whole[250_001:250_002] if len(whole) > 250_001 else whole.mean(axis=0, keepdims=True)
    cut = {table: np.concatenate([whole[kept], mask, whole[2:3]])}
    for name, array in weights.items():
        if name.startswith("encoder.layer."):
            layer, _, rest = name.removeprefix("encoder.layer.").partition(".")
            if int(layer) in layers:
                cut[f"encoder.layer.{layers.index(int(layer))}.{rest}"] = array
        elif name != table:
            cut[name] = array
    return cut


def write_frame(target: Path, dim: int) -> None:
    """Everything of a sentence-transformers folder but weights, configuration and tokenizer."""
    route = "sentence_transformers.models"
    kinds = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
    modules = [
        {"idx": i, "name": str(i), "path": path, "type": f"{route}.{kind}"} for i, (path, kind) in enumerate(kinds)
    ]
    pooling = {"word_embedding_dimension": dim, "pooling_mode_mean_tokens": True, "include_prompt": True}
    marks = {
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "mask_token": MASK,
    }
    files = {
        "modules.json": modules,
        "1_Pooling/config.json": pooling,
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            **marks,
        },
    }
    for name, value in files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def cut(source: Path, target: Path, data: Path, n_pieces: int, layers: list[int], limit: int | None = None) -> float:
    """Write the smaller model and return the share of counted tokens whose piece is gone."""
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    counts = count(tokenizer, texts(data, limit))
    described = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    kept = choose(described["model"]["vocab"], counts, n_pieces)
    lost = 1 - sum(counts[row] for row in kept) / max(1, sum(counts.values()))
    target.mkdir(parents=True, exist_ok=True)
    text = json.dumps(cut_tokenizer(described, kept), ensure_ascii=False, separators=(",", ":"))
    (target / "tokenizer.json").write_text(text, encoding="utf-8")
    weights = cut_weights(load_file(source / "model.safetensors"), kept, layers)
    save_file(
        {name: np.ascontiguousarray(array) for name, array in weights.items()},
        target / "model.safetensors",
        metadata={"format": "pt"},
    )
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    config |= {"vocab_size": len(kept) + 2, "num_hidden_layers": len(layers)}
    (target / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    write_frame(target, int(config["hidden_size"]))
    manifest = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"pieces": len(kept) + 2, "share_of_tokens_cut": round(lost, 6), "layers": layers}
    (target / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return lost


def _ids(tokenizer: Tokenizer, lines: list[str]) -> Iterator[int]:
    for encoding in tokenizer.encode_batch(lines, add_special_tokens=False):
        yield from encoding.ids


def _some(rows: Iterable[dict[str, object]], limit: int | None) -> Iterator[dict[str, object]]:
    for number, row in enumerate(rows):
        if limit is not None and number >= limit:
            return
        yield row


def main() -> None:
    """Cut from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--pieces", type=int, default=N_PIECES)
    parser.add_argument("--layers", default=",".join(map(str, range(12))))
    options = parser.parse_args()
    layers = [int(layer) for layer in options.layers.split(",")]
    lost = cut(options.source, options.target, data_folder(), options.pieces, layers)
    print(f"{lost:.4%} of the tokens counted have lost their piece")


if __name__ == "__main__":
    main()
