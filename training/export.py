"""From a snapshot to the packaged folder: a standard sentence-transformers model with half-precision weights.

Run ``python -m training.export --work FOLDER --snapshot FILE --target nmt_rag/models/nmt-sv-minilm``. Several snapshots are averaged.
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertModel

from training.student import MAX_TOKENS
from training.train import first_student

ROUTE = "sentence_transformers.models"
MODULES = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))


def write_json(path: Path, value: object) -> None:
    """Indented JSON with a final newline."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def averaged(snapshots: list[Path]) -> dict[str, Tensor]:
    """The mean of several snapshots' weights (Wortsman et al. 2022, "Model soups")."""
    states = [torch.load(path, map_location="cpu", weights_only=True) for path in snapshots]
    return {name: torch.stack([state[name].float() for state in states]).mean(0) for name in states[0]}


def write_weights(student: BertModel, target: Path, version: str) -> None:
    """``model.safetensors`` in half precision, positions cut at MAX_TOKENS, and the configuration that describes it."""
    weights = {name: tensor.detach().to(torch.float16).contiguous() for name, tensor in student.state_dict().items()}
    weights = {name: tensor for name, tensor in weights.items() if "position_ids" not in name}
    place = "embeddings.position_embeddings.weight"
    weights[place] = weights[place][:MAX_TOKENS].clone()
    save_file(weights, target / "model.safetensors", metadata={"format": "pt"})
    config = student.config.to_dict()
    wanted = ("hidden_act", "hidden_size", "initializer_range", "intermediate_size", "layer_norm_eps", "model_type")
    kept = {name: config[name] for name in (*wanted, "num_attention_heads", "num_hidden_layers", "type_vocab_size")}
    write_json(
        target / "config.json",
        {
            "architectures": ["BertModel"],
            **kept,
            "attention_probs_dropout_prob": 0.0,
            "hidden_dropout_prob": 0.0,
            "max_position_embeddings": MAX_TOKENS,
            "pad_token_id": 0,
            "vocab_size": len(weights["embeddings.word_embeddings.weight"]),
            "dtype": "float32",
            "nmt_rag_version": version,
        },
    )


def write_frame(tokenizer: Tokenizer, dim: int, target: Path) -> None:
    """Everything of a sentence-transformers folder but the weights and their configuration."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    # Without indentation the vocabulary is a third smaller.
    text = json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
    (target / "tokenizer.json").write_text(text, encoding="utf-8")
    marks = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    write_json(
        target / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": MAX_TOKENS, **marks},
    )
    modules = [
        {"idx": number, "name": str(number), "path": path, "type": f"{ROUTE}.{kind}"}
        for number, (path, kind) in enumerate(MODULES)
    ]
    write_json(target / "modules.json", modules)
    write_json(target / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS, "do_lower_case": False})
    write_json(target / "config_sentence_transformers.json", {"prompts": {}, "similarity_fn_name": "cosine"})
    (target / "1_Pooling").mkdir(exist_ok=True)
    pooling = {"word_embedding_dimension": dim, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}
    write_json(target / "1_Pooling" / "config.json", pooling)


def export(student: BertModel, tokenizer: Tokenizer, target: Path, version: str, card: Path | None = None) -> None:
    """Write the whole folder; a model card is copied in where one is given."""
    target.mkdir(parents=True, exist_ok=True)
    write_weights(student, target, version)
    write_frame(tokenizer, student.config.hidden_size, target)
    if card is not None:
        shutil.copy(card, target / "README.md")


def main() -> None:
    """Export one snapshot, or the mean of several."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--snapshot", type=Path, action="append", default=[], help="none exports the untrained start")
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--version", default="1")
    parser.add_argument("--card", type=Path)
    options = parser.parse_args()
    student = first_student(options.work)
    if options.snapshot:
        student.load_state_dict(averaged(options.snapshot))
    export(
        student,
        Tokenizer.from_file(str(options.work / "tokenizer.json")),
        options.target,
        options.version,
        options.card,
    )


if __name__ == "__main__":
    main()
