"""Writers of an index in Qdrant that meet: one stands still, another takes over, the first one's request comes late.

The engine is the real one in this process, opened twice as two processes would open a server's; the client's own
imitation of a server is held to the same.
"""

import itertools
import time
from contextlib import suppress
from functools import partial
from types import SimpleNamespace

import pytest

from nmt_rag.errors import IndexLockedError, NmtRagError
from nmt_rag.index.engines.qdrant.points import CollectionLayout
from nmt_rag.index.engines.qdrant.writing import lease
from nmt_rag.index.index import Index
from tests.index.test_engines import assert_same, faults
from tests.index_samples import WordEncoder, document

edge = pytest.importorskip("nmt_rag.index.engines.qdrant.edge", exc_type=NmtRagError)
server = pytest.importorskip("nmt_rag.index.engines.qdrant.server", exc_type=NmtRagError)

from nmt_rag.index.engines.qdrant.engine import QdrantEngine  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
]

REQUESTS = ("upsert", "put_words", "delete", "set_fields", "unset_fields")
STEPS_OF_A_TURN = 20
"""About as many as a writer sends in one turn here."""


class SharedFolder(edge.EdgeCluster):
    """The real engine, as if another process could open it too."""

    exclusive = False


class Server(server.ServerCluster):
    """A server that goes on when one of its clients goes."""

    def close(self):
        pass


@pytest.fixture(params=["engine", "imitation"])
def opened(request, tmp_path):
    """Make an index; return what opens it, as another process would."""
    encoder = WordEncoder()
    client = server.QdrantClient(":memory:")
    cluster = partial(SharedFolder, tmp_path) if request.param == "engine" else partial(Server, client)
    where = {"address": "qdrant://localhost:6333/texter"}
    layout = CollectionLayout(dim=encoder.dim)
    kind = {"fingerprint": encoder.fingerprint, "dim": encoder.dim, "layout": layout}
    first = QdrantEngine.create(cluster(), "texter", **where, **kind)
    yield lambda: Index(QdrantEngine.open(cluster(), "texter", **where), encoder)
    first.close()
    client.close()


@pytest.fixture
def wait(monkeypatch):
    """What lets so many seconds pass for every writer."""
    passed = [0.0]
    clock = SimpleNamespace(time=lambda: time.time() + passed[0], monotonic=lambda: time.monotonic() + passed[0])
    monkeypatch.setattr(lease, "time", clock)
    return lambda seconds: passed.append(passed.pop() + seconds)


class Requests:
    """The requests by which an index is changed: counted, and each sent by what was told to send it."""

    def __init__(self, index):
        self.n_sent = 0
        self.send = lambda request: request()
        at = index._engine._at
        for points, name in itertools.product((at.passages, at.documents, at.words), REQUESTS):
            setattr(points, name, partial(self._sent, getattr(points, name)))

    def _sent(self, request, *arguments, **options):
        self.n_sent += 1
        self.send(partial(request, *arguments, **options))


def texts(index):
    return {one.id: one.text for one in index.documents()}


class Meeting:
    """One writer stands still before a request of its turn; another one's turn goes by; the request comes then."""

    def __init__(self, first, second, wait, meanwhile, reader):
        self.first, self.second, self.wait, self.meanwhile, self.reader = first, second, wait, meanwhile, reader
        self.late, self.came, self.seen = None, None, []

    def arranged(self, step, late_at):
        """Stand still at a step, until the other one's step ``late_at``, or until it is done."""
        self.late, self.came, self.seen = None, None, []
        self.first.n_sent, self.first.send = 0, partial(self._send, step, late_at)

    def _send(self, step, late_at, request):
        if self.first.n_sent != step:
            request()
            return
        self.late, self.second.n_sent, self.second.send = request, 0, partial(self._send_second, late_at)
        self.wait(100)
        self.seen.append(texts(self.reader))
        self.meanwhile()
        self.second.send = lambda own: own()
        if self.came is None:
            self._come("after")

    def _send_second(self, late_at, request):
        request()
        if self.second.n_sent == late_at:
            self._come("during")

    def _come(self, when):
        self.came = when
        self.late()
        self.seen.append(texts(self.reader))


def test_a_request_that_comes_late_harms_nothing(opened, wait, request):
    """At each step of its turn a writer stands still, another one writes, and the request comes then or after it.

    The imitation is slow: it is asked at every fifth.
    """
    encoder = WordEncoder()
    one, two, reader = opened(), opened(), opened()
    batches, seen = [], set()
    meeting = Meeting(Requests(one), Requests(two), wait, lambda: two.add(batches[1]), reader)
    with Index.in_memory(encoder=encoder) as measure:
        for index in (two, measure):
            index.add(document(i) for i in range(4))
        for step in itertools.count(1, 5 if "imitation" in request.node.callspec.id else 1):
            batches[:] = [
                [document(1, version=step, words=4), document(8, version=step)],
                [document(1, version=step + 1000, words=5), document(9, version=step)],
            ]
            held, orders = texts(two), [(1,), (0, 1)]
            meeting.arranged(step, step * 7 % STEPS_OF_A_TURN if step % 4 != 1 else None)
            with suppress(IndexLockedError, KeyError):  # KeyError: the imitation's «404, there is no such point»
                one.add(batches[0])
                orders = [(0, 1), (1, 0)]
            if meeting.came is None:
                break

            def shown(order, held=held):
                return {**held, **{each.id: each.text for i in order for each in batches[i]}}

            assert texts(one) == texts(two) == texts(reader)
            order = next(order for order in orders if shown(order) == texts(two))
            assert all(text in [shown(order[:n]) for n in range(3)] for text in meeting.seen)
            seen |= {meeting.came, order}
            for i in order:
                measure.add(batches[i])
            assert faults(two) == []
            assert_same(two, measure, encoder, filters=[None], questions=["ärende 1.1 skydd", f"version {step}"])
            for index in (two, measure):  # the next turn
                index.remove_all([document(8).id, document(9).id])
            assert_same(two, measure, encoder, filters=[None], questions=["ärende 1.1 skydd"])
    assert step > STEPS_OF_A_TURN / 2
    assert seen == {"during", "after", (1,), (0, 1), (1, 0)}
    for index in (one, two, reader):
        index.close()


def test_generations_are_given_up_only_where_a_turn_was_broken_off(opened, wait):
    with opened() as one, opened() as two:
        one.add([document(1)])
        two.remove("nej")
        with pytest.raises(ZeroDivisionError):
            one.add(document(5 // i) for i in (1, 0))  # while documents are read
        assert two._engine._at.moment().given_up == ()
        with one._engine.writing():
            wait(100)
            two.add([document(2)])  # the other one may have something on its way
        given_up = two._engine._at.moment().given_up
        assert len(given_up) == 1
        one.add([document(3)])
        assert two._engine._at.moment().given_up == given_up
        assert two.document_ids() == [document(i).id for i in (1, 2, 3)]


def test_a_writer_that_nobody_followed_goes_on_after_a_long_silence(opened, wait):
    """Encoding a batch with a large model may take minutes."""

    def slowly():
        for i in range(3):
            wait(100)
            yield document(i)

    with opened() as index:
        assert len(index.add(slowly()).added) == 3
        assert faults(index) == []


def test_one_process_has_one_writer_of_a_local_index_too(tmp_path):
    place = f"qdrant+local:{tmp_path}"
    with Index.create(place, encoder=WordEncoder()) as one, Index.open(place, encoder=WordEncoder()) as two:
        with one._engine.writing(), pytest.raises(IndexLockedError, match="is being written by"):
            two.add([document(1)])
        two.add([document(2)])
        assert one.document_ids() == [document(2).id]
