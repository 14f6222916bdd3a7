"""Made-up words, a data folder of them for the training scripts, and a tiny model to train."""

import json
import lzma
import random

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel

DIM = 64
SYLLABLES = ("ba", "de", "fi", "go", "hu", "jå", "kä", "lö", "my", "na", "re", "si")
WORDS = [first + second for first in SYLLABLES for second in SYLLABLES]


def sentence(rng):
    """Six made-up words and a full stop."""
    return " ".join(rng.choices(WORDS, k=6)).capitalize() + "."


def write_rows(path, rows):
    """Rows as a file of the data folder."""
    with lzma.open(path, "wt", encoding="utf-8") as lines:
        lines.write("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))


def write_data(folder):
    """A data folder: each question is two words of the sentence that answers it."""
    rng = random.Random(0)
    (folder / "train").mkdir(parents=True)
    questions, judged, acted = [], [], []
    for number in range(48):
        sentences = [sentence(rng) for _ in range(8)]
        right = rng.randrange(8)
        tempting = (right + 4) % 8
        questions.append(
            {
                "question": " ".join(sentences[right].split()[1:3]) + "?",
                "kind": "plain",
                "source": "written" if number % 4 else "other",
                "text": "made up",
                "doc": f"d{number}",
                "title": "" if number % 3 else "Bade",
                "sentences": sentences,
                "evidence": [[right]] if number % 6 else [],
                "tempting": [tempting],
                "split": "dev" if number % 8 == 7 else "train",
            }
        )
        judged.append(
            {
                "statement": sentences[0] if number % 4 else sentences[2],
                "title": "",
                "before": sentences[1],
                "quote": sentences[0],
                "label": "supported" if number % 4 else "unsupported",
                "source": "written",
                "split": "train",
            }
        )
        acted.append(
            {
                "doc": f"d{number // 4}",
                "title": "Bade",
                "number": number % 4,
                "sentence": ("Verket " if number % 2 else "") + sentences[0],
                "actors": ["Verket"] if number % 2 else [],
                "split": "train",
            }
        )
    pairs = [{"query": sentence(rng), "passage": sentence(rng), "src": "docs heading-section"} for _ in range(40)]
    parallel = [{"en": sentence(rng), "sv": sentence(rng), "src": "made_up"} for _ in range(40)]
    rows = {
        "reader_sv": questions,
        "judge_sv": judged,
        "actors_sv": acted,
        "pairs_sv": pairs,
        "parallel_en_sv": parallel,
    }
    for name, found in rows.items():
        write_rows(folder / "train" / f"{name}.jsonl.xz", found)


def write_model(folder):
    """A BERT of two layers and random weights, with a Unigram tokenizer; as `training.pretrained` writes one."""
    folder.mkdir(parents=True)
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=240,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        unk_token="<unk>",
        show_progress=False,
    )
    rng = random.Random(1)
    lines = [sentence(rng) for _ in range(400)]
    tokenizer.train_from_iterator([*lines, *["query: passage: Verket vem gör detta?"] * 20], trainer)
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=DIM,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=2 * DIM,
        max_position_embeddings=256,
        pad_token_id=1,
        initializer_range=0.2,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
