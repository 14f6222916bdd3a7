"""LangChain beyond its standard suites: hits and answers keep their exact place, streams add up, tracing is told."""

import json
import subprocess
import sys
import threading
import warnings
from itertools import pairwise

import numpy as np
import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessageChunk, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.runnables import RunnableParallel

import nmt_rag
from nmt_rag.answering.judging.support import SupportVerdict
from nmt_rag.answering.writing import proof, tracing
from nmt_rag.langchain.retriever import NmtEmbeddings, NmtRetriever, answer_tool
from nmt_rag.langchain.runnables import answer_message, answer_runnable, message_runnable
from nmt_rag.langchain.vectorstore import FaissVectorStore
from nmt_rag.models.encoder import default_encoder

QUESTION = "Vilken myndighet beslutar om betänketid?"
SEVERAL = "Vad är skillnaden mellan Mikamottagningen och KAST?"
UNANSWERED = "Vad kostar en liter mjölk?"


@pytest.fixture(scope="module")
def rag():
    with nmt_rag.open() as rag:
        yield rag


def test_hits_say_where_they_stand(rag):
    found = NmtRetriever(rag=rag, k=5).invoke("betänketid")
    hits = rag.search("betänketid", k=5)
    assert [one.metadata["score"] for one in found] == [hit.score for hit in hits]
    for one, hit in zip(found, hits, strict=True):
        source = rag.document(one.metadata["document_id"])
        assert source.text[one.metadata["start_index"] : one.metadata["end_index"]] == one.page_content
        assert one.id == f"{source.id}:{hit.passage.start}-{hit.passage.end}"
        assert one.metadata["actor"] == hit.passage.actor
        assert one.metadata["heading"] == list(hit.passage.heading)
        assert one.metadata["source_sha256"] == source.sha256
        assert one.metadata["title"] == source.title
        assert one.metadata["url"].startswith(f"{source.url}#:~:text=")
        assert one.metadata["page"] is None


@pytest.mark.parametrize("changed", ["Polisen utreder brott. Jouren ger skydd i en helt annan text.", None])
def test_hits_and_their_documents_are_of_one_moment(tmp_path, monkeypatch, changed):
    """Another process may replace or remove a document between the search and what is read of it."""
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as own:
        own.add(nmt_rag.Document("jour", "Jouren", "Jouren ger skydd."), actors="rules")
        search, first = own.search, [True]

        def disturbed(*arguments, **options):
            hits = search(*arguments, **options)
            if first:
                first.clear()
                if changed:
                    own.add(nmt_rag.Document("jour", "Jouren", changed), actors="rules")
                else:
                    own.remove("jour")
            return hits

        monkeypatch.setattr(own, "search", disturbed)
        found = NmtRetriever(rag=own, k=1).invoke("skydd")
    assert [one.page_content for one in found] == (["Jouren ger skydd i en helt annan text."] if changed else [])


def test_hits_have_the_metadata_of_their_document(tmp_path):
    metadata = {"kommun": "Lund", "år": 2024, "score": "sist", "source": "jour.md"}
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as own:
        own.add(nmt_rag.Document("jour", "Jouren", "Jouren ger skydd.", metadata=metadata))
        (found,) = NmtRetriever(rag=own, filter={"kommun": "Lund"}).invoke("skydd")
        (hit,) = own.search("skydd")
    assert found.metadata.items() >= {"kommun": "Lund", "år": 2024, "source": "jour.md"}.items()
    assert (found.metadata["score"], found.metadata["document_id"]) == (hit.score, "jour")  # the place goes before


async def test_a_retriever_keeps_its_filter_and_takes_another(rag):
    retriever = NmtRetriever(rag=rag, k=3, where={"actor": "KAST"})
    actors = {one.metadata["actor"] for one in retriever.invoke("stöd")}
    assert actors
    assert all("KAST" in actor for actor in actors)
    for found in (
        retriever.invoke("stöd", where={"actor": "Migrationsverket"}),
        await retriever.ainvoke("stöd", where={"actor": "Migrationsverket"}),
    ):
        assert {one.metadata["actor"] for one in found} == {"Migrationsverket"}
    assert len(await retriever.ainvoke("stöd", k=1)) == 1
    assert retriever.invoke("stöd", where={"actor": "finns inte"}) == []


async def test_a_retriever_takes_the_filter_by_all_names_and_refuses_what_it_does_not_know(rag):
    where = {"actor": ["KAST", "Migrationsverket"], "document_id": {"$ne": "annat"}}
    wanted = NmtRetriever(rag=rag, k=2, where=where).invoke("stöd")
    assert len(wanted) == 2
    assert wanted != NmtRetriever(rag=rag, k=2).invoke("stöd")
    for retriever in (
        NmtRetriever(rag=rag, k=2, filter=where),
        NmtRetriever(rag=rag, search_kwargs={"k": 2, "filter": where}),
        NmtRetriever(rag=rag, search_kwargs={"k": 2}, where=where),
    ):
        assert retriever.invoke("stöd") == await retriever.ainvoke("stöd") == wanted
    retriever = NmtRetriever(rag=rag, k=2, where={"actor": "NOA"})
    assert retriever.invoke("stöd", filter=where) == await retriever.ainvoke("stöd", filter=where) == wanted
    for arguments, told in [
        ({"actor": "KAST"}, "actor\n.*Extra inputs"),
        ({"search_kwargs": {"kk": 1}}, "a search takes k, where, filter, window; got kk"),
        ({"filter": {"a": 1}, "where": {"a": 1}}, "two names for the same"),
        ({"filter": {"a": {"$over": 1}}}, "the operators of a field"),
        ({"k": "3"}, "valid integer"),
        ({"k": 0}, "greater than or equal to 1"),
        ({"window": 21}, "less than or equal to 20"),
    ]:
        with pytest.raises(ValueError, match=told):
            NmtRetriever(rag=rag, **arguments)
    with pytest.raises(TypeError, match="unexpected keyword argument 'actor'"):
        retriever.invoke("stöd", actor="KAST")
    for made in (answer_runnable, message_runnable, answer_tool):
        with pytest.raises(ValueError, match="the operators of a field"):
            made(rag, where={"a": {"$over": 1}})


def test_a_window_is_the_text_around_and_what_overlaps_comes_as_one(rag):
    query, k = "betänketid", 8
    hits, wide = rag.search(query, k=k), NmtRetriever(rag=rag, k=k, window=2).invoke(query)
    assert 1 < len(wide) < k
    for one in wide:
        place = one.metadata
        source = rag.document(place["document_id"]).text
        assert source[place["start_index"] : place["end_index"]] == one.page_content
        assert place["start_index"] <= place["passage_start"] < place["passage_end"] <= place["end_index"]
    for hit in hits:
        held = [
            one.metadata["start_index"] <= hit.passage.start and hit.passage.end <= one.metadata["end_index"]
            for one in wide
        ]
        assert sum(held) == 1
    places = sorted((one.metadata["start_index"], one.metadata["end_index"]) for one in wide)
    assert all(end <= start for (_, end), (start, _) in pairwise(places))
    assert wide[0].metadata["passage_start"] == hits[0].passage.start


def test_embeddings_are_the_encoders():
    encoder, embeddings = default_encoder(), NmtEmbeddings()
    texts = ["Polisen utreder brott.", ""]
    np.testing.assert_array_equal(np.float32(embeddings.embed_documents(texts)), encoder.encode_passages(texts))
    np.testing.assert_array_equal(np.float32(embeddings.embed_query("polis")), encoder.encode_query("polis"))
    assert embeddings.embed_documents([]) == []
    assert NmtEmbeddings(encoder).encoder is encoder


def test_a_vector_store_with_the_packaged_model_finds_swedish():
    texts = ["Tolken översätter samtal.", "Kvinnojouren ger skyddat boende.", "Budgeten antogs i maj."]
    with FaissVectorStore.from_texts(texts, NmtEmbeddings()) as store:
        assert store.similarity_search("Var kan jag bo i säkerhet?", k=1)[0].page_content == texts[1]


async def test_an_answer_is_the_same_whichever_way_it_is_asked_for(rag):
    runnable = answer_runnable(rag)
    wanted = rag.ask(QUESTION).to_dict()
    assert wanted["answered"] is True
    assert runnable.invoke(QUESTION) == runnable.invoke({"question": QUESTION, "annat": 1}) == wanted
    assert runnable.batch([QUESTION, UNANSWERED]) == [wanted, rag.ask(UNANSWERED).to_dict()]
    assert list(runnable.stream(QUESTION)) == [wanted]
    assert await runnable.ainvoke(QUESTION) == wanted
    assert await runnable.abatch([QUESTION]) == [wanted]
    assert (runnable | (lambda answer: answer["actors"])).invoke(QUESTION) == ["Migrationsverket"]
    with pytest.raises(TypeError, match="expected a question"):
        runnable.invoke({"fråga": QUESTION})


async def test_the_messages_of_a_conversation_are_a_question_with_those_before_it(rag):
    first, second = "Vem är KAST till för?", "Och gäller det även anhöriga?"
    wanted = rag.ask(second, earlier=[first])
    assert wanted.citations[0].quote == "De erbjuder både råd och stöd till personer och deras anhöriga."
    talk = [SystemMessage("Svara kort."), HumanMessage(first), answer_message(rag.ask(first)), HumanMessage(second)]
    pairs = [("user", first), ("assistant", "Se svaret."), {"role": "user", "content": second}]
    for messages in (talk, pairs, {"messages": talk}):
        assert answer_runnable(rag).invoke(messages) == wanted.to_dict()
    assert message_runnable(rag).invoke(talk) == answer_message(wanted)
    pieces = [piece async for piece in message_runnable(rag).astream(talk)]
    assert pieces[-1].response_metadata["answer"] == wanted.to_dict()
    with pytest.raises(ValueError, match="the last message is the user's question, got one of type ai"):
        answer_runnable(rag).invoke(talk[:3])
    for wrong in ([], {"fråga": first}, 3):
        with pytest.raises(TypeError, match="expected a question, messages, or a mapping"):
            answer_runnable(rag).invoke(wrong)


def test_a_runnable_keeps_its_filter_and_language(rag):
    arguments = {"where": {"actor": "KAST"}, "language": "en"}
    wanted = rag.ask("Vem är KAST till för?", **arguments)
    assert answer_runnable(rag, **arguments).invoke("Vem är KAST till för?") == wanted.to_dict()
    message = message_runnable(rag, **arguments).invoke("Vem är KAST till för?")
    assert message.response_metadata["answer"] == wanted.to_dict()
    assert answer_tool(rag, **arguments).func("Vem är KAST till för?")[1] == wanted.to_dict()


def test_a_message_cites_by_langchains_standard(rag):
    answer = rag.ask(SEVERAL)
    message = message_runnable(rag).invoke(SEVERAL)
    assert message == answer_message(answer)
    assert type(message).__name__ == "AIMessage"
    assert message.text == answer.text
    (block,) = message.content_blocks
    assert len(block["annotations"]) == len(answer.citations) > 1
    for annotation, citation, statement in zip(block["annotations"], answer.citations, answer.statements, strict=True):
        assert annotation["type"] == "citation"
        assert block["text"][annotation["start_index"] : annotation["end_index"]] == statement.text
        assert annotation["cited_text"] == citation.quote
        assert (annotation["url"], annotation["title"]) == (citation.url, citation.title)
        extras = annotation["extras"]
        source = rag.document(extras["document_id"])
        assert source.text[extras["start"] : extras["end"]] == citation.quote
        assert extras["source_sha256"] == source.sha256
        assert (extras["marker"], extras["actor"]) == (citation.marker, citation.actor)
        assert extras["heading"] == list(citation.heading)


def test_an_abstention_cites_nothing_and_says_so(rag):
    message = message_runnable(rag).invoke(UNANSWERED)
    assert message.response_metadata["answer"]["answered"] is False
    assert message.content_blocks == [
        {"type": "text", "text": message.response_metadata["answer"]["abstention"]["message"], "annotations": []}
    ]


def without_index(content):
    return [{key: value for key, value in block.items() if key != "index"} for block in content]


@pytest.mark.parametrize("question", [QUESTION, SEVERAL, UNANSWERED, "", "Who decides on a reflection period?"])
async def test_a_stream_adds_up_to_the_message(rag, question):
    runnable = message_runnable(rag)
    message = await runnable.ainvoke(question)
    streamed = list(runnable.stream(question))
    assert [chunk async for chunk in runnable.astream({"question": question})] == streamed
    assert len(streamed) == max(1, len(rag.ask(question).statements)) + 1
    whole = streamed[0]
    for chunk in streamed[1:]:
        whole += chunk
    assert without_index(whole.content) == message.content
    assert whole.response_metadata == message.response_metadata
    for chunk in streamed[:-1]:  # no citation comes before its statement
        for annotation in chunk.content[0]["annotations"]:
            statement = message.text[annotation["start_index"] : annotation["end_index"]]
            assert statement in chunk.text


async def test_they_take_part_in_what_langchain_does_with_runnables(rag):
    chain = RunnableParallel(answer=answer_runnable(rag), message=message_runnable(rag), found=NmtRetriever(rag=rag))
    mapping, messages = {"additionalProperties": True, "type": "object"}, {"items": {}, "type": "array"}
    schema = {"anyOf": [{"type": "string"}, mapping, messages]}
    for runnable in (answer_runnable(rag), message_runnable(rag)):
        wanted = runnable.get_input_jsonschema()
        assert {key: wanted[key] for key in schema} == schema
        assert runnable.get_output_jsonschema()["type"] == "object"
    assert "answer_message" in chain.get_graph().draw_mermaid()
    done = chain.invoke(QUESTION)
    assert done["message"].text == done["answer"]["text"]
    assert len(done["found"]) == 4
    events = [event async for event in message_runnable(rag).astream_events(QUESTION, version="v2")]
    names = [event["event"] for event in events]
    assert names == ["on_chain_start", "on_chain_stream", "on_chain_stream", "on_chain_end"]
    assert json.loads(json.dumps(done["message"].model_dump()))["content"] == done["message"].content


def test_a_caller_sees_what_is_asked_and_found(rag):
    class Seen(BaseCallbackHandler):
        def __init__(self):
            self.seen = []

        def on_chain_start(self, serialized, inputs, **_):
            self.seen.append(("asked", inputs))

        def on_retriever_end(self, documents, **_):
            self.seen.append(("found", len(documents)))

        def on_tool_end(self, output, **_):
            self.seen.append(("tool", output.split(":")[0]))

    seen = Seen()
    for runnable in (answer_runnable(rag), message_runnable(rag), NmtRetriever(rag=rag, k=2)):
        runnable.invoke(QUESTION, {"callbacks": [seen]})
    answer_tool(rag).invoke({"question": QUESTION}, {"callbacks": [seen]})
    assert seen.seen == [("asked", QUESTION), ("asked", QUESTION), ("found", 2), ("tool", "Migrationsverket")]


WORDED = "Migrationsverket: «utreda och fatta beslut i ärenden som rör betänketid» [1]"
WORDED_TOO = (
    "Anställda hos Migrationsverket märker ibland vem som är utsatt: "
    "«kan i sitt arbete komma att upptäcka offer för människohandel» [1]"
)
INVENTED = "Beslutet tas inom 14 dagar: «utreda och fatta beslut i ärenden som rör betänketid» [1]"


class Sure:
    """A judge of support that finds everything said."""

    def __init__(self, reader):
        pass

    def judge(self, statement, quote, *, actor="", title=""):
        return SupportVerdict("supported", "", 1.0)


@pytest.mark.parametrize(
    ("question", "written", "n_released"),
    [
        (QUESTION, [WORDED], 1),
        (QUESTION, [WORDED, WORDED_TOO], 2),
        (QUESTION, [WORDED, INVENTED, WORDED_TOO], 2),
        (QUESTION, [INVENTED], 0),
        (QUESTION, ["Jag vet inte."], 0),
        ("Which authority decides on the reflection period?", [WORDED, INVENTED, WORDED_TOO], 2),
        ("Which authority decides on the reflection period?", ["Jag vet inte."], 0),
        (UNANSWERED, [WORDED], 0),
    ],
)
async def test_with_a_model_each_proven_sentence_is_streamed_as_it_comes(
    rag, question, written, n_released, monkeypatch
):
    monkeypatch.setattr(proof, "ReaderJudge", Sure)
    model = FakeListChatModel(responses=["\n".join(written)])
    answer = rag.ask(question, model=model)
    runnable = message_runnable(rag, model=model)
    message = runnable.invoke(question)
    assert message == answer_message(answer)
    assert message.text == answer.text
    assert answer_runnable(rag, model=model).invoke(question) == answer.to_dict()
    assert answer_tool(rag, model=model).func(question)[1] == answer.to_dict()
    streamed = list(runnable.stream(question))
    assert [chunk async for chunk in runnable.astream(question)] == streamed
    whole = streamed[0]
    for chunk in streamed[1:]:
        whole += chunk
    assert without_index(whole.content) == message.content
    assert whole.response_metadata == message.response_metadata
    if answer.answered and question == QUESTION:
        assert answer.engine["model"]["released"] == n_released
        assert len(streamed) == max(1, n_released) + 1


def test_a_proven_sentence_does_not_wait_for_the_next(rag, monkeypatch):
    monkeypatch.setattr(proof, "ReaderJudge", Sure)

    class Slow(FakeListChatModel):
        def _stream(self, *arguments, **keywords):
            yield ChatGenerationChunk(message=AIMessageChunk(content=f"{WORDED}\n{WORDED_TOO}\n{WORDED[:20]}"))
            assert released.wait(120)
            yield ChatGenerationChunk(message=AIMessageChunk(content=""))

    released = threading.Event()
    coming = message_runnable(rag, model=Slow(responses=[""])).stream(QUESTION)
    quote = rag.ask(QUESTION).citations[0].quote
    assert next(coming).text == f"Migrationsverket: «{quote}» [1]"
    released.set()
    assert [chunk.text for chunk in coming] == [
        f"\nAnställda hos Migrationsverket märker ibland vem som är utsatt: «{quote}» [1]",
        "",
    ]


def test_a_tool_gives_text_to_the_model_and_the_answer_to_the_program(rag):
    tool = answer_tool(rag, name="fraga_kallorna")
    message = tool.invoke({"name": "fraga_kallorna", "args": {"question": QUESTION}, "id": "1", "type": "tool_call"})
    answer = rag.ask(QUESTION)
    assert message.artifact == answer.to_dict()
    assert message.content == (
        f"{answer.text}\n[1] Deltagande myndigheter › Migrationsverket {answer.citations[0].url}"
    )
    assert message.tool_call_id == "1"
    assert tool.args == {"question": {"title": "Question", "type": "string"}}
    content = tool.invoke({"question": UNANSWERED})
    assert content == rag.ask(UNANSWERED).text


@pytest.mark.parametrize(
    "make",
    [
        lambda rag: NmtRetriever(rag=rag),
        answer_runnable,
        message_runnable,
        answer_tool,
        lambda rag: FaissVectorStore(NmtEmbeddings()).as_retriever(),
    ],
)
def test_tracing_is_told_before_the_first_question(rag, monkeypatch, make):
    monkeypatch.setattr(tracing, "_told", type(tracing._told)())
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    with pytest.warns(tracing.TracingWarning, match="LangSmith tracing is on"):
        make(rag)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make(rag)


def test_without_langchain_one_line_says_what_to_install():
    modules = ["retriever", "vectorstore", "runnables"]
    code = "import sys; sys.modules['langchain_core'] = None\n" + "\n".join(
        f"try:\n    import nmt_rag.langchain.{module}\nexcept ImportError as error:\n    print(error)"
        for module in modules
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    line = 'needs langchain-core; install it with: pip install -e ".[langchain]"'
    assert [one.endswith(line) for one in done.stdout.splitlines()] == [True] * len(modules), done.stderr
