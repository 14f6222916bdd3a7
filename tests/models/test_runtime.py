"""Eight bits by hand, and a tiny model packaged, run, unpacked and damaged."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx", reason="the extra training is not installed")

import torch
from safetensors.numpy import load_file, save_file
from transformers import BertModel

from nmt_rag.errors import ReadingError
from nmt_rag.models.reader import PackagedReader, Sentences
from nmt_rag.models.runtime import Body
from nmt_rag.models.unpacking import float_weights
from nmt_rag.models.weights import decoded_matrices, read_packaged, read_safetensors
from tests import tiny_models
from training import judge, package, pieces
from training.batches import pack
from training.reader import Reader, save, tensors

NONE = np.zeros(1, np.int32)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    tiny_models.write_data(folder / "data")
    tiny_models.write_model(folder / "whole")
    pieces.cut(folder / "whole", folder / "cut", folder / "data", 10_000, [0, 1])
    return folder / "cut"


@pytest.fixture(scope="module")
def packaged(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packaged") / "tiny"
    package.package(source, folder, "7")
    return folder


def packaged_reader(source: Path, folder: Path, seed: int) -> Reader:
    """A reader whose answers are drawn at random, packaged in the folder's ``reader``."""
    torch.manual_seed(seed)
    model = Reader(BertModel.from_pretrained(str(source), add_pooling_layer=False)).eval()
    torch.nn.init.normal_(model.answers.weight, std=0.02)
    torch.nn.init.constant_(model.scale, 9.0)
    save(folder, model, {}, torch.optim.AdamW(model.parameters()), 1)
    package.package_reader(source, folder / "average.pt", folder / "reader", "7")
    return model


def texts() -> list[list[int]]:
    """Token ids of texts of five lengths, more than one tile of eight."""
    rng = np.random.default_rng(5)
    return [[0, *rng.integers(4, 100, length).tolist(), 2] for length in (1, 7, 20, 60, 61)]


def test_eight_bits_by_hand() -> None:
    numbers, scales = package.eight_bits(np.array([[1.27, -0.5, 0.004, 0.0], [0.0, 0.0, 0.0, -254.0]], np.float32), 2)
    assert numbers.tolist() == [[[255, 78], [255, 128]], [[128, 128], [128, 1]]]
    assert scales[0].tolist() == pytest.approx([0.01, 0.004 / 127])
    assert scales[1, 1] == pytest.approx(2.0)


def test_what_is_unpacked_lies_within_half_a_step(source: Path, packaged: Path) -> None:
    before, after = load_file(source / "model.safetensors"), float_weights(packaged)
    arrays = read_safetensors(packaged / "weights.safetensors")
    types = before.pop("embeddings.token_type_embeddings.weight")
    assert not after.pop("embeddings.token_type_embeddings.weight").any()
    places = "embeddings.position_embeddings.weight"
    np.testing.assert_allclose(after.pop(places), before.pop(places) + types[0], atol=1e-3)
    assert before.keys() == after.keys()
    for name, array in before.items():
        base = name.removesuffix(".weight")
        for part in ("query", "key", "value"):
            base = base.replace(f"self.{part}", "self")
        half = float(arrays[f"{base}.scale"].max()) / 2 if f"{base}.q" in arrays else 0.0
        assert np.abs(array - after[name]).max() <= half * 1.001, name


def test_a_packaged_model_gives_what_torch_gives(source: Path, packaged: Path) -> None:
    body = Body.open(packaged, pad=1, n_threads=1)
    model = BertModel.from_pretrained(str(source), add_pooling_layer=False).eval()
    for text in texts():
        with torch.no_grad():
            wanted = model(torch.tensor([text])).last_hidden_state[0].numpy()
        found = body.hidden([text])[0, : len(text)]
        cosines = (wanted * found).sum(1) / np.linalg.norm(wanted, axis=1) / np.linalg.norm(found, axis=1)
        assert cosines.min() > 0.995
        assert np.abs(wanted - found).mean() < 0.05


def test_a_text_alone_is_exactly_what_it_is_among_others(packaged: Path) -> None:
    body = Body.open(packaged, pad=1, n_threads=1)
    together = body.hidden(texts())
    assert together.shape == (5, 64, tiny_models.DIM)
    for row, text in enumerate(texts()):
        np.testing.assert_array_equal(body.hidden([text])[0, : len(text)], together[row, : len(text)])


def test_a_packaged_reader_scores_and_judges_as_torch_does(source: Path, tmp_path: Path) -> None:
    model = packaged_reader(source, tmp_path, 2)
    reader = PackagedReader.open(tmp_path / "reader")
    said = ("Bade fide hujå.", "Käna resi.", "Gogo jåmy bade löfi.")
    window = reader._layout.window("bade fide?", "Bade", said)
    stated = reader._layout.statement("bade fide", "Bade", said[1], said[2])
    with torch.no_grad():
        batch = tensors(pack([window], NONE), "cpu")
        wanted = model.read(model.hidden(batch.ids, batch.mask), batch.question, batch.sentences)[0].numpy()
        batch = tensors(pack([stated], NONE), "cpu")
        judged = model.judge(model.hidden(batch.ids, batch.mask), batch.question, batch.sentences).softmax(-1)[0]
    np.testing.assert_allclose(reader.logits("bade fide?", [Sentences("Bade", said)])[0], wanted, atol=0.05)
    found = reader.support("bade fide", said[2], title="Bade", before=said[1])
    np.testing.assert_allclose(found, judged.numpy(), atol=0.03)
    assert reader.fingerprint.startswith("reader@7/sha256:")


def test_a_reader_multiplies_in_32_bits_and_reads_a_window_the_same_beside_others(source: Path, tmp_path: Path) -> None:
    packaged_reader(source, tmp_path, 4)
    model = judge.opened(tmp_path / "reader")
    reader = PackagedReader.open(tmp_path / "reader")
    windows = [
        Sentences("Bade", ("Bade fide hujå.", "Käna resi.", "Gogo jåmy bade löfi.")),
        Sentences("", ("Löfi.",)),
        Sentences("Käna", ("Resi hujå bade fide gogo jåmy löfi käna resi bade.",) * 3),
    ]
    together = reader.logits("bade fide?", windows)
    for window, found in zip(windows, together, strict=True):
        np.testing.assert_array_equal(reader.logits("bade fide?", [window])[0], found)
        laid = reader._layout.window("bade fide?", window.title, window.sentences)
        with torch.no_grad():
            batch = tensors(pack([laid], NONE), "cpu")
            wanted = model.read(model.hidden(batch.ids, batch.mask), batch.question, batch.sentences)[0].numpy()
        np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_what_is_lent_is_used_where_it_lies(source: Path, tmp_path: Path) -> None:
    """A copy for each computation would be 85 MB of the packaged reader's."""
    packaged_reader(source, tmp_path, 6)
    lent = decoded_matrices(read_packaged(tmp_path / "reader"))
    one, other = (Body.open(tmp_path / "reader", pad=1, lent=lent) for _ in range(2))
    before = one.hidden(texts())
    for matrix in lent.values():
        matrix *= 0.5
    after = one.hidden(texts())
    assert np.abs(after - before).max() > 0.01
    np.testing.assert_array_equal(other.hidden(texts()), after)


def test_a_judge_adds_its_share_of_what_was_learned_and_leaves_reading_as_it_is(source: Path, tmp_path: Path) -> None:
    packaged_reader(source, tmp_path, 3)
    windows = [Sentences("Bade", ("Bade fide hujå.", "Käna resi."))]
    before = PackagedReader.open(tmp_path / "reader")
    read, unjudged = before.logits("fide?", windows)[0], before.support("bade fide", "Käna resi.")
    model = judge.opened(tmp_path / "reader")
    adapters = judge.adapted(model.body)
    for adapter in adapters.values():
        torch.nn.init.normal_(adapter.up, std=0.1)
    torch.save(judge.adapters_of(adapters), tmp_path / "judge.pt")
    package.package_adapters("judge", tmp_path / "reader", tmp_path / "judge.pt", 0.5)
    for adapter in adapters.values():
        adapter.up.data *= 0.5
    reader = PackagedReader.open(tmp_path / "reader")
    stated = reader._layout.statement("bade fide", "", "", "Käna resi.")
    with torch.no_grad():
        batch = tensors(pack([stated], NONE), "cpu")
        wanted = (
            model.judge(model.hidden(batch.ids, batch.mask), batch.question, batch.sentences).softmax(-1)[0].numpy()
        )
    found = reader.support("bade fide", "Käna resi.")
    np.testing.assert_allclose(found, wanted, atol=0.03)
    assert np.abs(found - unjudged).max() > 0.03
    np.testing.assert_array_equal(reader.logits("fide?", windows)[0], read)
    (tmp_path / "reader" / "judge.safetensors").unlink()
    with pytest.raises(ReadingError, match=r"cannot open judge.onnx .* install nmt-rag again"):
        PackagedReader.open(tmp_path / "reader").support("bade fide", "Käna resi.")


def test_reading_may_have_adapters_that_change_neither_judging_nor_who_acts(source: Path, tmp_path: Path) -> None:
    packaged_reader(source, tmp_path, 5)
    text = Sentences("Bade", ("Bade fide hujå.", "Käna resi."))
    before = PackagedReader.open(tmp_path / "reader")
    plain = before.logits("fide?", [text])[0], before.support("bade fide", "Käna resi."), before.actors(text)
    model = judge.opened(tmp_path / "reader")
    adapters = judge.adapted(model.body, 1)
    for adapter in adapters.values():
        torch.nn.init.normal_(adapter.up, std=0.1)
    torch.save(judge.adapters_of(adapters), tmp_path / "reading.pt")
    package.package_adapters("reading", tmp_path / "reader", tmp_path / "reading.pt", 1.0)
    reader = PackagedReader.open(tmp_path / "reader")
    laid = reader._layout.window("fide?", text.title, text.sentences)
    with torch.no_grad():
        batch = tensors(pack([laid], NONE), "cpu")
        wanted = model.read(model.hidden(batch.ids, batch.mask), batch.question, batch.sentences)[0].numpy()
    found = reader.logits("fide?", [text])[0]
    np.testing.assert_allclose(found, wanted, atol=0.02)
    assert np.abs(found - plain[0]).max() > 0.05
    np.testing.assert_array_equal(reader.support("bade fide", "Käna resi."), plain[1])
    assert reader.actors(text) == plain[2]
    assert reader.fingerprint != before.fingerprint


def test_a_reader_takes_the_table_of_tokens_from_the_model_beside_it(
    source: Path, packaged: Path, tmp_path: Path
) -> None:
    model = Reader(BertModel.from_pretrained(str(source), add_pooling_layer=False)).eval()
    save(tmp_path, model, {}, torch.optim.AdamW(model.parameters()), 1)
    trained = tmp_path / "last.pt"
    package.package_reader(source, trained, tmp_path / "own", "7")
    package.package_reader(source, trained, tmp_path / "lent", "7", "tiny")
    windows = [Sentences("Bade", ("Bade fide hujå.", "Käna resi."))]
    with pytest.raises(ReadingError, match="cannot open the reader"):
        PackagedReader.open(tmp_path / "lent")
    shutil.copytree(packaged, tmp_path / "tiny")
    (wanted,), (found,) = (PackagedReader.open(tmp_path / name).logits("fide?", windows) for name in ("own", "lent"))
    np.testing.assert_allclose(found, wanted, atol=0.1)  # the table was rounded to half precision on its way
    assert "embeddings.word_embeddings.q" not in read_safetensors(tmp_path / "lent" / "weights.safetensors")
    table = "embeddings.word_embeddings.weight"
    np.testing.assert_array_equal(float_weights(tmp_path / "lent")[table], float_weights(packaged)[table])


@pytest.mark.parametrize("name", ["model.onnx", "weights.safetensors"])
def test_a_missing_file_and_a_damaged_one(packaged: Path, tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(packaged, tmp_path / "m")
    (folder / name).write_bytes((folder / name).read_bytes()[:400])
    with pytest.raises(ValueError, match="cannot be read"):
        Body.open(folder, pad=1)
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=name):
        Body.open(folder, pad=1)


def written(path: Path, header: object, data: bytes = b"\0" * 16) -> Path:
    """A file of weights with that header."""
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def entry(**changed: object) -> dict[str, object]:
    """A header of one array of four numbers, changed."""
    return {"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16], **changed}}


def test_weights_are_read_as_they_stand(tmp_path: Path) -> None:
    data = np.arange(4, dtype=np.float32).tobytes()
    found = read_safetensors(written(tmp_path / "w", entry() | {"__metadata__": {"format": "pt"}}, data))
    assert {name: array.tolist() for name, array in found.items()} == {"a": [0.0, 1.0, 2.0, 3.0]}


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ([], "header is no table"),
        (3, "header is no table"),
        ({"a": []}, "a cannot be read"),
        ({"a": {}}, "a cannot be read"),
        (entry(data_offsets=["x", "y"]), "a cannot be read"),
        (entry(data_offsets=[0, 16, 32]), "a cannot be read"),
        (entry(data_offsets=7), "a cannot be read"),
        (entry(shape=[float("inf")]), "a cannot be read"),
        (entry(shape=[-2, -2]), "is of shape"),
        (entry(shape=[5]), "has 16 bytes for shape"),
        (entry(dtype="BF16"), "is of type BF16"),
        (entry(data_offsets=[4, 20]), "lies in bytes 4 to 20 of 16"),
        (entry(data_offsets=[16, 0]), "lies in bytes 16 to 0"),
    ],
)
def test_a_header_that_does_not_fit_is_named(tmp_path: Path, header: object, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_safetensors(written(tmp_path / "w", header))


@pytest.mark.parametrize("content", [b"", b"\x01", b"\xff" * 12, b"\x02\0\0\0\0\0\0\0{"])
def test_no_file_of_weights(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w").write_bytes(content)
    with pytest.raises(ValueError, match=r"."):
        read_safetensors(tmp_path / "w")


def test_a_matrix_without_its_scale(packaged: Path, tmp_path: Path) -> None:
    shutil.copy(packaged / "config.json", tmp_path)
    arrays = load_file(packaged / "weights.safetensors")
    arrays.pop("encoder.layer.0.output.dense.scale")
    save_file(arrays, tmp_path / "weights.safetensors")
    with pytest.raises(ValueError, match=r"output\.dense\.q has no scale"):
        float_weights(tmp_path)
