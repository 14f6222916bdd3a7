"""Windows of texts whose headings turn round what stands below them, and what holds everything else as it was."""

from pathlib import Path

import pytest

pytest.importorskip("onnx", reason="the extra training is not installed")

import torch
from tokenizers import Tokenizer

from nmt_rag.models.reader import READER_FOLDER
from nmt_rag.models.windows import Layout
from training import framed, judge
from training.questions import Asked

SENTENCES = (
    "Skyddat boende",
    "Sådant folk tror",
    "Man måste ha gjort en polisanmälan för att få en plats.",
    "Vad som gäller",
    "Platsen kräver ingen anmälan.",
)


def asked(question: str, evidence: tuple[tuple[int, ...], ...], tempting: tuple[int, ...]) -> Asked:
    return Asked(question, "yesno", "written", "", "frame:1", "Skyddat boende", SENTENCES, evidence, tempting, "train")


@pytest.fixture(scope="module")
def layout() -> Layout:
    return Layout(Tokenizer.from_file(str(READER_FOLDER / "tokenizer.json")))


def test_a_question_is_shown_what_answers_and_what_tempts_each_below_its_heading(layout: Layout) -> None:
    rows = [asked("Måste jag göra en polisanmälan?", ((4,),), (2,)), asked("Vad kostar en plats?", (), (2,))]
    answered, unanswered = framed.as_shown(layout, rows)
    place = {item.answers: item.window for item in answered}
    assert set(place) == {(False, False), (False, True)}
    for labels, heading in (((False, False), SENTENCES[1]), ((False, True), SENTENCES[3])):
        window = place[labels]
        first, last = window.sentences[0]
        assert window.ids[first + 1 : last] == layout.tokens(heading)
    assert unanswered
    assert not any(any(item.answers) for item in unanswered)


def test_nothing_is_held_back_before_anything_is_learned_and_what_changes_logits_is(layout: Layout) -> None:
    model = judge.opened(Path(READER_FOLDER))
    adapters = list(judge.adapted(model.body, 1).values())
    packed = next(framed.other_batches(layout, [asked("Måste jag göra en polisanmälan?", ((4,),), ())] * 4, 4, 1))
    apart = framed.held_loss(model, adapters, packed).item()
    logits, known = framed.logits(model, packed)
    entropy = torch.distributions.Bernoulli(logits=logits).entropy()[known].mean()
    assert apart == pytest.approx(entropy.item(), abs=1e-4)  # the least there is
    torch.nn.init.normal_(adapters[-1].up)
    assert framed.held_loss(model, adapters, packed).item() > apart + 0.01
