"""The test run itself: the guard against the network works, and so does the place of the packaged index."""

import os
import socket
import threading
from pathlib import Path

import numpy as np
import pytest

from nmt_rag.index import packaged
from tests.fakes import ConceptEncoder


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "8.8.8.8"])
def test_no_connection_leaves_this_machine(host, network_attempts):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as channel, pytest.raises(ConnectionRefusedError, match="stay on"):
        channel.connect((host, 53))
    with pytest.raises(ConnectionRefusedError, match=r"example\.org"):
        socket.create_connection(("example.org", 443))
    assert network_attempts == [f"socket.connect {host!r}", "socket.getaddrinfo 'example.org'"]
    network_attempts.clear()


def test_a_swallowed_attempt_in_a_thread_is_remembered(network_attempts):
    def phone_home():
        try:
            socket.create_connection(("telemetry.example", 443), timeout=0.1)
        except OSError:
            pass

    thread = threading.Thread(target=phone_home)
    thread.start()
    thread.join()
    assert network_attempts == ["socket.getaddrinfo 'telemetry.example'"]
    network_attempts.clear()


def test_loopback_and_unix_sockets_stay_open(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        other, _ = server.accept()
        with other:
            client.sendall(b"hej")
            assert other.recv(3) == b"hej"
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b"hej")
        assert right.recv(3) == b"hej"


def test_the_packaged_index_lies_in_a_temporary_folder():
    path = packaged.default_index_path(None)
    assert str(path.parent) == os.environ["NMT_RAG_INDEX"]
    assert Path(__file__).parents[2] not in path.parents


def test_the_fake_encoder_is_designed_and_counts():
    encoder = ConceptEncoder("köper sexköp", "polis")
    embeddings = encoder.encode_passages(["Den som KÖPER något.", "polisen och sexköp", "något annat"])
    assert embeddings.shape == (3, 3)
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1.0, rtol=1e-6)
    np.testing.assert_allclose(embeddings[0], np.array([1, 0, 0.1]) / np.sqrt(1.01), rtol=1e-6)
    np.testing.assert_allclose(embeddings[2], [0, 0, 1])
    assert embeddings[0] @ embeddings[1] > 0.7 > 0.2 > embeddings[0] @ embeddings[2]
    assert encoder.encode_passages([]).shape == (0, 3)
    assert encoder.calls == ["Den som KÖPER något.", "polisen och sexköp", "något annat"]
