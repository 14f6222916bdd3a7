"""The encoders: equal to sentence-transformers, windows by hand, prompts, fingerprints, errors, threads."""

from __future__ import annotations

import inspect
import shutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from nmt_rag.errors import EncodingError
from nmt_rag.models import encoder as encoder_module
from nmt_rag.models.encoder import PACKAGED_FOLDER, PackagedEncoder, default_encoder, load_encoder
from nmt_rag.models.sentence_transformers import SentenceTransformerEncoder
from nmt_rag.models.unpacking import unpack
from nmt_rag.models.weights import opened_once

TEXTS = [
    "",
    " ",
    "betänketid",
    "Betänketid",
    "Vilken myndighet beslutar om betänketid?",
    "Who helps victims to return home?",
    "😀 👩‍👩‍👧 🇸🇪",
    "noll\0byte och \x07 klocka",
    "a\u0308ndrad i två former: ändrad",
    "ensam \ud83d surrogat",
    "människohandel " * 60,
    "qwzx " * 30,
    "-" * 100,
    "x" * 300,
]
"""Texts of every kind, all of one window."""

SHORT = [text for text in TEXTS if len(text) < 200]

N_PROMPT = 2
"""«passage:» is so many tokens."""


@pytest.fixture(scope="module")
def packaged() -> PackagedEncoder:
    return PackagedEncoder.open()


@pytest.fixture(scope="module")
def standard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged model as a standard folder."""
    folder = tmp_path_factory.mktemp("standard")
    unpack(PACKAGED_FOLDER, folder)
    return folder


@pytest.fixture(scope="module")
def reference(standard: Path) -> SentenceTransformerEncoder:
    """The packaged model as sentence-transformers reads it."""
    pytest.importorskip("sentence_transformers")
    return SentenceTransformerEncoder.open(str(standard))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny model of random weights, with a prompt for queries and one for documents."""
    pytest.importorskip("sentence_transformers")
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = "[PAD] [UNK] [CLS] [SEP] [MASK] fråga text stöd polis vård barn : .".split()
    source = tmp_path_factory.mktemp("body")
    (source / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(vocab=str(source / "vocab.txt"), do_lower_case=False).save_pretrained(source)
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(source)
    body = Transformer(str(source), max_seq_length=32)
    model = SentenceTransformer(
        modules=[body, Pooling(16)], prompts={"query": "fråga : ", "document": "text : "}, device="cpu"
    )
    folder = tmp_path_factory.mktemp("tiny")
    model.save(str(folder))
    return folder


def changed(source: Path, folder: Path, change) -> Path:
    """A copy of a model whose weights were changed."""
    shutil.copytree(source, folder)
    name = "weights.safetensors" if (source / "weights.safetensors").exists() else "model.safetensors"
    weights = {name: array.copy() for name, array in load_file(source / name).items()}
    change(weights)
    save_file(weights, folder / name, metadata=None if name.startswith("w") else {"format": "pt"})
    return folder


def one_more(name: str):
    def change(weights: dict[str, np.ndarray]) -> None:
        weights[name].flat[0] += weights[name].dtype.type(0.5)

    return change


def cosines(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.sum(first.astype(np.float64) * second.astype(np.float64), axis=1)


# The packaged encoder


def test_packaged_equals_sentence_transformers(
    packaged: PackagedEncoder, reference: SentenceTransformerEncoder
) -> None:
    found = cosines(packaged.encode_passages(TEXTS), reference.encode_passages(TEXTS))
    np.testing.assert_allclose(found, 1, atol=1.5e-3, err_msg=str(found))
    queries = np.stack([packaged.encode_query(text) for text in SHORT])
    wanted = np.stack([reference.encode_query(text) for text in SHORT])
    np.testing.assert_allclose(cosines(queries, wanted), 1, atol=1.5e-3)
    assert packaged.dim == reference.dim


def test_text_of_a_full_window_equals_sentence_transformers(
    packaged: PackagedEncoder, reference: SentenceTransformerEncoder
) -> None:
    text = " ".join(["polis"] * (254 - N_PROMPT))
    assert packaged.n_tokens(text) == 256
    found = cosines(packaged.encode_passages([text]), reference.encode_passages([text]))
    np.testing.assert_allclose(found, 1, atol=1.5e-3)


def test_a_query_of_signs_that_are_taken_apart_is_read_in_part(packaged: PackagedEncoder) -> None:
    """2,000 of «ﷺ» are 36,000 letters, and took half a minute."""
    query, some = (
        packaged._windows("ﷺ" * 2_000, packaged._query),
        packaged._windows(" ".join(["polis"] * 300), packaged._query),
    )
    around = 2 + packaged._prompt_tokens[packaged._query]
    assert sum(map(len, query)) == encoder_module.MAX_QUERY_TOKENS + around * len(query)
    assert sum(map(len, some)) == 300 + around * len(some)
    assert len(packaged._windows("ﷺ" * 2_000, packaged._passage)) > len(query)


@pytest.mark.parametrize(("n_words", "windows"), [(253, (127, 126)), (504, (252, 252)), (505, (169, 169, 167))])
def test_long_text_is_the_mean_of_its_windows(
    packaged: PackagedEncoder, n_words: int, windows: tuple[int, ...]
) -> None:
    """«polis», «barn» and «stöd» are one token each, so windows can be cut by hand at words."""
    words = [("polis", "barn", "stöd")[number % 3 if number % 5 else 0] for number in range(n_words)]
    assert packaged.n_tokens(" ".join(words)) == n_words + (2 + N_PROMPT) * len(windows)
    ends = np.cumsum(windows)
    parts = [" ".join(words[end - length : end]) for end, length in zip(ends, windows, strict=True)]
    mean = packaged.encode_passages(parts).astype(np.float64).mean(axis=0)
    wanted = mean / np.linalg.norm(mean)
    np.testing.assert_allclose(packaged.encode_passages([" ".join(words)])[0], wanted, atol=1e-5)


def test_the_end_of_a_long_text_counts(packaged: PackagedEncoder) -> None:
    start = "Polisen utreder brott. " * 60
    longer = start + "Betänketid beslutas av åklagaren. " * 30
    assert packaged.n_tokens(start) > 256
    assert packaged.encode_query(longer) @ packaged.encode_query(start) < 0.99


def test_order_and_company_change_nothing(packaged: PackagedEncoder) -> None:
    texts = [
        *SHORT,
        TEXTS[-1],
        *(f"Enheten arbetar med ärende {number} {'och mer ' * (number % 7)}" for number in range(21)),
    ]
    alone = np.concatenate([packaged.encode_passages([text]) for text in texts])
    order = np.random.default_rng(3).permutation(len(texts))
    shuffled = packaged.encode_passages([texts[row] for row in order])
    np.testing.assert_array_equal(shuffled, alone[order])
    again = packaged.encode_passages([texts[row] for row in order])
    np.testing.assert_array_equal(again, shuffled)


def test_no_passages(packaged: PackagedEncoder) -> None:
    none = packaged.encode_passages([])
    assert none.shape == (0, packaged.dim)
    assert none.dtype == np.float32


@settings(max_examples=settings.default.max_examples // 3)
@given(st.text(st.characters(codec=None), max_size=200))
def test_any_text_has_a_unit_embedding(text: str) -> None:
    embedding = default_encoder().encode_query(text)
    assert embedding.dtype == np.float32
    assert np.isfinite(embedding).all()
    assert abs(float(np.linalg.norm(embedding)) - 1) < 1e-5


def test_surrogates_read_as_question_marks(packaged: PackagedEncoder) -> None:
    np.testing.assert_array_equal(packaged.encode_query("a \udcff b"), packaged.encode_query("a ? b"))


@pytest.mark.parametrize("value", [None, 7, b"text", ["text"]])
def test_query_must_be_a_string(packaged: PackagedEncoder, value: object) -> None:
    with pytest.raises(TypeError, match=f"query must be a string, got {type(value).__name__}"):
        packaged.encode_query(value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("text", "sequence of strings, got str"),
        (b"text", "sequence of strings, got bytes"),
        (None, "sequence of strings, got NoneType"),
        (["text", None], "a passage must be a string, got NoneType"),
        (iter(["text"]), "sequence of strings, got list_iterator"),
    ],
)
def test_passages_must_be_strings(packaged: PackagedEncoder, value: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        packaged.encode_passages(value)


def test_fingerprint_names_model_and_weights(packaged: PackagedEncoder, tmp_path: Path) -> None:
    name, dim, digest = packaged.fingerprint.split("/")
    assert name.startswith("nmt-e5-small-sv@")
    assert dim == str(packaged.dim)
    assert digest.startswith("sha256:")
    assert len(digest) == len("sha256:") + 16
    assert PackagedEncoder.open().fingerprint == packaged.fingerprint
    other = changed(PACKAGED_FOLDER, tmp_path / "nmt-e5-small-sv", one_more("encoder.layer.0.output.dense.bias"))
    assert PackagedEncoder.open(other).fingerprint.split("/")[:2] == [name, dim]
    assert PackagedEncoder.open(other).fingerprint != packaged.fingerprint


def test_fingerprint_follows_the_vocabulary(packaged: PackagedEncoder, tmp_path: Path) -> None:
    folder = shutil.copytree(PACKAGED_FOLDER, tmp_path / "nmt-e5-small-sv")
    with (folder / "tokenizer.json").open("ab") as file:
        file.write(b"\n")
    assert PackagedEncoder.open(folder).fingerprint != packaged.fingerprint


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(EncodingError, match=r"cannot open the embedding model in .*nowhere"):
        PackagedEncoder.open(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["weights.safetensors", "model.onnx", "tokenizer.json", "config.json"])
@pytest.mark.parametrize("content", [None, b"", b"\x93NUMPY noise" * 9, b"{}", b"[]"])
def test_damaged_file(tmp_path: Path, name: str, content: bytes | None) -> None:
    folder = shutil.copytree(PACKAGED_FOLDER, tmp_path / "m")
    (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
    with pytest.raises(EncodingError, match="install nmt-rag again") as caught:
        PackagedEncoder.open(folder)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("kept", [10, 4_000, 1_000_000])
def test_weights_that_were_cut(tmp_path: Path, kept: int) -> None:
    folder = shutil.copytree(PACKAGED_FOLDER, tmp_path / "m")
    with (folder / "weights.safetensors").open("r+b") as file:
        file.truncate(kept)
    with pytest.raises(EncodingError, match="install nmt-rag again"):
        PackagedEncoder.open(folder)


def test_weights_that_are_no_numbers(tmp_path: Path) -> None:
    def change(weights: dict[str, np.ndarray]) -> None:
        weights["encoder.layer.0.output.dense.bias"][3] = np.nan

    with pytest.raises(EncodingError, match=r"broken .* not finite"):
        PackagedEncoder.open(changed(PACKAGED_FOLDER, tmp_path / "m", change))


def test_weights_of_other_shapes(tmp_path: Path) -> None:
    def change(weights: dict[str, np.ndarray]) -> None:
        name = "encoder.layer.0.intermediate.dense.q"
        weights[name] = np.ascontiguousarray(weights[name][1:])

    with pytest.raises(EncodingError, match="install nmt-rag again"):
        PackagedEncoder.open(changed(PACKAGED_FOLDER, tmp_path / "m", change))


def test_more_tokens_than_embeddings(tmp_path: Path) -> None:
    def change(weights: dict[str, np.ndarray]) -> None:
        name = "embeddings.word_embeddings.q"
        weights[name] = weights[name][:100].copy()

    with pytest.raises(EncodingError, match=r"tokens in tokenizer\.json, 100 embeddings"):
        PackagedEncoder.open(changed(PACKAGED_FOLDER, tmp_path / "m", change))


# Threads


def test_default_encoder_is_opened_once_by_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    real = PackagedEncoder.open
    fresh = opened_once(inspect.unwrap(default_encoder))
    monkeypatch.setattr(PackagedEncoder, "open", lambda: opened.append(1) or real())
    together = threading.Barrier(8)

    def get() -> PackagedEncoder:
        together.wait()
        return fresh()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: get(), range(8)))
    assert opened == [1]
    assert len({id(encoder) for encoder in found}) == 1


def test_threads_get_what_one_gets(packaged: PackagedEncoder) -> None:
    texts = [f"Enheten arbetar med ärende {number}." for number in range(10)]
    wanted = [packaged.encode_query(text) for text in texts]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(packaged.encode_query, texts * 3))
        many = list(pool.map(packaged.encode_passages, [texts] * 4))
    np.testing.assert_array_equal(found, wanted * 3)
    for embeddings in many:
        np.testing.assert_array_equal(embeddings, many[0])


def test_default_is_the_packaged_model() -> None:
    assert load_encoder("default") is default_encoder()
    with pytest.raises(TypeError, match="name must be a string"):
        load_encoder(None)


# Any sentence-transformers model


def test_sentence_transformer_uses_its_prompts(tiny: Path) -> None:
    from sentence_transformers import SentenceTransformer

    encoder = load_encoder(str(tiny))
    assert isinstance(encoder, SentenceTransformerEncoder)
    plain = SentenceTransformer(str(tiny), device="cpu")

    def wanted(text: str) -> np.ndarray:
        embedding = plain.encode([text], prompt="", show_progress_bar=False)[0]
        return embedding / np.linalg.norm(embedding)

    np.testing.assert_allclose(encoder.encode_query("stöd"), wanted("fråga : stöd"), atol=1e-5)
    passages = encoder.encode_passages(["polis barn", "vård"])
    np.testing.assert_allclose(passages, [wanted("text : polis barn"), wanted("text : vård")], atol=1e-5)
    assert abs(float(encoder.encode_query("stöd") @ encoder.encode_passages(["stöd"])[0]) - 1) > 1e-4
    assert passages.dtype == np.float32


def test_sentence_transformer_takes_any_text(tiny: Path) -> None:
    encoder = SentenceTransformerEncoder.open(str(tiny))
    embeddings = encoder.encode_passages(TEXTS)
    assert embeddings.shape == (len(TEXTS), 16)
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)
    assert encoder.encode_passages([]).shape == (0, 16)
    with pytest.raises(TypeError, match="query must be a string, got NoneType"):
        encoder.encode_query(None)
    with pytest.raises(TypeError, match="sequence of strings, got str"):
        encoder.encode_passages("text")


def test_sentence_transformer_fingerprint(tiny: Path, tmp_path: Path) -> None:
    first = SentenceTransformerEncoder.open(str(tiny)).fingerprint
    assert first == SentenceTransformerEncoder.open(str(tiny)).fingerprint
    assert first.startswith(f"{tiny.name}@local/16/sha256:")
    weight = next(name for name in load_file(tiny / "model.safetensors") if name.endswith("layer.1.output.dense.bias"))
    other = changed(tiny, tmp_path / tiny.name, one_more(weight))
    assert SentenceTransformerEncoder.open(str(other)).fingerprint != first
    prompts = shutil.copytree(tiny, tmp_path / "prompts" / tiny.name)
    config = prompts / "config_sentence_transformers.json"
    config.write_text(config.read_text(encoding="utf-8").replace("text : ", "stöd : "), encoding="utf-8")
    assert SentenceTransformerEncoder.open(str(prompts)).fingerprint != first


def test_fingerprint_does_not_depend_on_weights_that_are_not_used(
    reference: SentenceTransformerEncoder, standard: Path
) -> None:
    """The folder has no pooler; transformers fills one with random numbers each time."""
    assert SentenceTransformerEncoder.open(str(standard)).fingerprint == reference.fingerprint


def test_sentence_transformer_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncodingError, match=r"cannot load the embedding model .*empty"):
        SentenceTransformerEncoder.open(str(tmp_path / "empty"))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nobody/unknown-model", "fetch it once with: hf download nobody/unknown-model"),
        ("unknown-model", "fetch it once with: hf download sentence-transformers/unknown-model"),
        ("./models/mine", "there is no embedding model in ./models/mine: there is no such folder"),
        ("models/of/mine", "there is no such folder"),
    ],
)
def test_a_name_that_is_not_on_this_machine_is_told_without_asking_another(
    name: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sentence_transformers

    asked: list[dict[str, object]] = []
    real = sentence_transformers.SentenceTransformer

    def spy(name: str, **options: object) -> object:
        asked.append(options)
        return real(name, **options)

    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", spy)
    with pytest.raises(EncodingError) as caught:
        load_encoder(name)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert asked == [{"local_files_only": True}]


def test_none_is_no_encoder() -> None:
    with pytest.raises(ValueError, match="encoder=None"):
        load_encoder("none")
    with pytest.raises(ValueError, match="an encoder has a name, such as 'default'; got nothing"):
        load_encoder("")


def test_sentence_transformers_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncodingError, match=r'pip install -e "\.\[models\]"'):
        load_encoder("some/model")


class _Broken:
    """A model that fails, or gives what is no embedding."""

    prompts: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, found: np.ndarray | Exception) -> None:
        self.found = found

    def encode_document(self, texts: list[str], **_: object) -> np.ndarray:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    encode_query = encode_document


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (np.full((1, 2), np.nan), "not finite"),
        (np.array([[np.inf, 0.0]]), "not finite"),
        (np.zeros((1, 2)), "or zero"),
        (np.ones((1, 3)), r"gave embeddings \(1, 3\), wanted \(1, 2\)"),
        (np.ones((2, 2)), r"\(2, 2\)"),
        (np.ones(2), r"\(2,\)"),
        (RuntimeError("out of memory"), "failed on 1 texts: out of memory"),
    ],
)
def test_model_that_gives_no_embedding(found: np.ndarray | Exception, message: str) -> None:
    encoder = SentenceTransformerEncoder(_Broken(found), 2, "broken@1/2/none")
    with pytest.raises(EncodingError, match=message):
        encoder.encode_passages(["text"])
    with pytest.raises(EncodingError, match=message):
        encoder.encode_query("text")
