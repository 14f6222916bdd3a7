"""What a language model is shown of made-up pages: never what is kept away from who asks."""

import pytest

from nmt_rag.answering.answer import ask
from nmt_rag.answering.writing import showing
from nmt_rag.index import Index
from nmt_rag.types import Document
from tests.fakes import KeywordReader

PAGE = Document(
    "stod",
    "Stöd",
    """# Stöd

## Mansmottagningen

Mansmottagningen erbjuder samtal till män som köper sex. Mansmottagningens samtal kostar ingenting.

## Kvinnojouren

Kvinnojouren erbjuder samtal till kvinnor. Kvinnojourens samtal kostar ingenting.
""",
)
FOR_DOERS, FOR_OTHERS = "Mansmottagningens samtal kostar ingenting.", "Kvinnojourens samtal kostar ingenting."


@pytest.fixture(scope="module")
def index():
    with Index.in_memory(encoder=None) as made:
        made.add([PAGE])
        yield made


def shown(index, question):
    reader = KeywordReader({"kostar ingenting": 0.999})
    extractive = ask(index, None, question, reader=reader)
    assert extractive.answered
    return {one.passage.text for one in showing.passages_to_show(index, None, extractive, None, reader).passages}


@pytest.mark.parametrize(
    "question", ["Vad kostar ett samtal?", "Jag blir slagen av min man. Vad kostar samtal?", "What does a talk cost?"]
)
def test_what_is_there_for_buyers_is_kept_from_a_model_too(index, question):
    assert shown(index, question) == {FOR_OTHERS}


@pytest.mark.parametrize(
    "question", ["Vad kostar samtal för den som köper sex?", "Vad kostar Mansmottagningens samtal?"]
)
def test_a_model_is_shown_it_where_it_is_asked_for(index, question):
    assert FOR_DOERS in shown(index, question)
