"""Question and hits → what is read: windows within a section, below title and headings, each passage once."""

import math

import numpy as np
import pytest

from nmt_rag.answering import read as reading
from nmt_rag.answering import search
from nmt_rag.answering.read import N_WINDOWS, REACH, ScoredPassage
from nmt_rag.index.index import Index
from nmt_rag.types import Document, Hit, Passage
from tests.fakes import ConceptEncoder, WordsReader

BATHS = Document(
    "bad",
    "Badhuset i Sävby",
    """# Badhuset i Sävby

## Priser

| Biljett | Pris |
|---|---|
| Vuxen | 90 kr |
| Barn | 40 kr |

## Öppettider

Badhuset öppnar klockan nio. Bastun öppnar klockan tio. Kassan stänger klockan sju. Personalen städar klockan åtta.
Vattnet byts på måndagar. Duscharna lagas på tisdagar. Skåpen töms på onsdagar. Larmet provas på torsdagar.

## Vanliga frågor

### Får man ta med hund?

Nej, bara ledarhundar.

### Finns det handdukar?

De finns att hyra i kassan.
""",
)


@pytest.fixture(scope="module")
def index():
    with Index.in_memory(encoder=None) as found:
        found.add([BATHS])
        yield found


def read(index, question, *, encoder=None, n_windows=N_WINDOWS, k=20):
    reader = WordsReader()
    hits = search.search(index, encoder, question, k=k)
    found = reading.read(index, encoder, reader, question, hits, index.passages, n_windows=n_windows)
    return found, reader.read_for[0][1] if reader.read_for else []


def test_a_window_has_the_title_the_headings_and_the_neighbours_of_a_hit(index):
    _, windows = read(index, "När öppnar bastun?", n_windows=1)
    (window,) = windows
    assert window.title == "Badhuset i Sävby"
    assert window.sentences[0] == "Öppettider"
    place = window.sentences.index("Bastun öppnar klockan tio.")
    assert window.sentences[place - 1 : place + 2] == (
        "Badhuset öppnar klockan nio.",
        "Bastun öppnar klockan tio.",
        "Kassan stänger klockan sju.",
    )
    assert len(window.sentences) <= 1 + 1 + 2 * REACH


def test_a_window_ends_with_its_section(index):
    _, windows = read(index, "När öppnar badhuset?", n_windows=1)
    assert windows[0].sentences[:2] == ("Öppettider", "Badhuset öppnar klockan nio.")
    assert not any("kr" in sentence.split() for sentence in windows[0].sentences)


def test_the_question_of_a_faq_heads_its_answer(index):
    _, windows = read(index, "Får man ta med hund?", n_windows=1)
    assert windows[0].sentences == ("Vanliga frågor", "Får man ta med hund?", "Nej, bara ledarhundar.")


def test_a_row_is_read_with_its_header_words(index):
    _, windows = read(index, "Vad är biljettens pris för barn?", n_windows=1)
    assert "Biljett: Barn, Pris: 40 kr" in windows[0].sentences or any(
        "Barn" in sentence and "Pris" in sentence for sentence in windows[0].sentences
    )


def test_each_passage_is_read_once_and_headings_are_none(index):
    found, windows = read(index, "När öppnar bastun och kassan?")
    places = [each.hit.passage.ordinal for each in found]
    assert len(places) == len(set(places))
    assert not {each.hit.passage.reading for each in found} & {"Öppettider", "Priser"}
    assert len(windows) <= N_WINDOWS


def test_what_the_reader_says_of_each(index):
    found, _ = read(index, "När öppnar bastun?")
    by_text = {each.hit.passage.text: each for each in found}
    sure = by_text["Bastun öppnar klockan tio."]
    assert sure.logit == pytest.approx(math.log(0.999 / 0.001), rel=1e-3)
    assert by_text["Kassan stänger klockan sju."].logit == pytest.approx(-sure.logit, rel=1e-3)
    assert sure.similarity == 0.0


def test_a_neighbour_that_no_search_found_has_no_rank(index):
    found, _ = read(index, "bastun", n_windows=1, k=1)
    ranks = {each.hit.passage.text: each.hit.rank for each in found}
    assert ranks.pop("Bastun öppnar klockan tio.") == 1
    assert set(ranks.values()) == {0}
    assert len(ranks) == REACH + 1


def test_with_an_encoder_each_has_its_own_cosine():
    encoder = ConceptEncoder("bastun", "kassan")
    with Index.in_memory(encoder=encoder) as index:
        index.add([BATHS])
        found, _ = read(index, "bastun", encoder=encoder)
        question = encoder.encode_query("bastun")
        for each in found:
            expected = float(question @ encoder.encode_passages([each.hit.passage.context])[0])
            assert each.similarity == pytest.approx(expected, abs=1e-6)


def test_a_long_sentence_leaves_no_room_for_its_neighbours():
    long = "Ett " + "mycket långt " * 60 + "ord."
    with Index.in_memory(encoder=None) as index:
        index.add(
            [Document("lång", "Lång", f"# Lång\n\nFörst kommer en kort mening. {long} {long} Sist en kort mening.")]
        )
        _, windows = read(index, "mycket långt", n_windows=1)
        assert sum(sentence.startswith("Ett ") for sentence in windows[0].sentences) == 1


def test_nothing_is_read_where_nothing_is_found(index):
    assert reading.read(index, None, WordsReader(), "Vem?", [], index.passages) == []


def test_windows_are_read_in_turns_and_the_last_one_tells_what_all_together_do():
    texts = [Document(f"bad {n}", "Bad", f"# Bad\n\nBastun öppnar klockan {n} varje dag.") for n in range(7)]
    with Index.in_memory(encoder=None) as index:
        index.add(texts)
        hits = search.search(index, None, "När öppnar bastun?", k=20)
        reader, asked = WordsReader(), "När öppnar bastun?"
        found = list(reading.in_turns(index, None, reader, asked, hits, index.passages, turns=(2, 3, 4)))
        assert [len(windows) for _, windows in reader.read_for] == [2, 3, 2]
        assert [len(each) for each in found] == [2, 5, 7]
        assert found[-1] == reading.read(index, None, WordsReader(), asked, hits, index.passages)


def test_who_is_content_with_the_first_windows_has_no_others_read(index):
    reader = WordsReader()
    hits = search.search(index, None, "Badhuset", k=20)
    next(reading.in_turns(index, None, reader, "Badhuset", hits, index.passages, turns=(1, 9)))
    assert [len(windows) for _, windows in reader.read_for] == [1]


def test_a_document_that_shrank_meanwhile_is_told_of(index):
    hits = search.search(index, None, "larmet torsdagar", k=1)
    with pytest.raises(LookupError, match="is gone"):
        reading.read(index, None, WordsReader(), "larmet", hits, lambda name: index.passages(name)[:2])


def test_a_probability_of_nothing_or_of_all_is_finite():
    class Certain(WordsReader):
        def read(self, question, windows):
            return [np.array([float(n % 2) for n in range(len(window.sentences))]) for window in windows]

    with Index.in_memory(encoder=None) as index:
        index.add([BATHS])
        hits = search.search(index, None, "bastun", k=3)
        found = reading.read(index, None, Certain(), "bastun", hits, index.passages)
    assert all(isinstance(each, ScoredPassage) and math.isfinite(each.logit) for each in found)


def test_windows_are_taken_by_turns_from_the_search_and_from_the_embeddings_alone():
    def hit(ordinal, rank, dense_rank):
        return Hit(rank, 1.0 / rank, "a", Passage("a", ordinal, ordinal, ordinal + 1, "x"), dense_rank=dense_rank)

    hits = [hit(0, 1, 4), hit(1, 2, None), hit(2, 3, 1), hit(3, 4, 2), hit(4, 5, None), hit(5, 6, 3)]
    assert [each.passage.ordinal for each in reading.by_turns(hits)] == [0, 2, 1, 3, 5, 4]
    words_alone = [hit(n, n + 1, None) for n in range(3)]
    assert reading.by_turns(words_alone) == words_alone
    assert reading.by_turns([]) == []


def test_what_best_answers_the_earlier_question_is_left_out():
    def readings(*logits):
        places = enumerate(logits)
        return [
            ScoredPassage(Hit(1, 0.5, "a", Passage("a", n, 10 * n, 10 * n + 9, "En mening.")), x, 0.5)
            for n, x in places
        ]

    together, earlier = readings(7.0, 5.0, 1.0), readings(6.0, 2.0, -3.0)
    found = reading.beyond(together, earlier)
    assert [(each.hit.passage.ordinal, each.logit) for each in found] == [(1, 3.0), (2, 1.0)]
    assert reading.beyond([], []) == []
