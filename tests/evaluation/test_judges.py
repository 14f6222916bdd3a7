"""Judges by their names, and a language model as judge of an evaluation, over HTTP to a server on this machine."""

import json

import pytest

from nmt_rag.answering.judging.support import ReaderJudge
from nmt_rag.errors import EncodingError, GenerationError
from nmt_rag.evaluation.checks.judge_models import ChatJudge
from nmt_rag.evaluation.checks.judges import open_judge
from nmt_rag.interfaces.terminal.main import main
from tests.chat_server import serving

QUOTE = "Polisen upprättar en anmälan och inleder en förundersökning samt håller ett första förhör med offret."
STATEMENT = "Hos polisen får den drabbade berätta en första gång."


@pytest.fixture
def server(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    with serving() as running:
        yield running


def test_judges_by_name():
    assert open_judge("none") is None
    offline = open_judge("swedish", language="en")
    assert isinstance(offline, ReaderJudge)
    assert offline.description.startswith("A small Swedish reading model")
    with pytest.raises(EncodingError, match="cross-encoder nobody/nothing"):
        open_judge("cross-encoder:nobody/nothing")
    with pytest.raises(GenerationError, match="cannot open the language model nobody:nothing"):
        open_judge("nobody:nothing")


@pytest.mark.parametrize(
    ("said", "share", "counted"),
    [
        (
            '{"verdict": "supported", "reason": "Citatet säger det."}',
            "supported              1.000",
            "1 pairs asked, 0 answers",
        ),
        ("Ja, absolut!", "cannot_tell            1.000", "1 pairs asked, 1 answers"),
    ],
)
def test_a_language_model_judges_an_evaluation(said, share, counted, server, tmp_path, capsys):
    server.pieces = [said]
    row = {"id": "1", "question": "Vem?", "text": f"{STATEMENT} [1]", "citations": [{"quote": QUOTE, "source": "a"}]}
    file = tmp_path / "answers.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    arguments = ["evaluate", str(file), "--judge", "openai:tiny", "--judge-url", server.url, "--language", "en"]
    status = main(arguments)
    out, err = capsys.readouterr()
    assert status == 0, err
    assert share in out
    assert counted in out
    sent = server.requests[-1]["messages"][-1]["content"]
    assert f"Statement: {STATEMENT}" in sent
    assert QUOTE in sent


def test_the_model_is_told_apart_from_the_offline_judge(server):
    judge = open_judge("openai:tiny", url=server.url)
    assert isinstance(judge, ChatJudge)
    server.pieces = ['{"verdict": "not supported", ', '"reason": "Nej."}']
    assert judge.judge(STATEMENT, QUOTE).verdict == "not supported"
