"""A process that stays at home, and one that stays alone: what they may still do."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = """
import json, socket, subprocess, sys
from nmt_rag.documents.apart.staying_home import stay_home
listening = socket.create_server(("127.0.0.1", 0))
stay_home(alone=sys.argv[1] == "alone")
port = listening.getsockname()[1]
def tried(work):
    try:
        return work() is not None
    except ConnectionRefusedError as error:
        return "asks no other machine" not in str(error)
    except OSError:
        return True
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print(json.dumps({
    "local": tried(lambda: socket.create_connection(("127.0.0.1", port))),
    "localhost": tried(lambda: socket.getaddrinfo("localhost", port)),
    "name": tried(lambda: socket.getaddrinfo("a.example", 80)),
    "old name": tried(lambda: socket.gethostbyname("a.example")),
    "address": tried(lambda: socket.create_connection(("192.0.2.1", 80), timeout=1)),
    "datagram": tried(lambda: udp.sendto(b"x", ("192.0.2.1", 53))),
    "address as name": tried(lambda: socket.getaddrinfo("127.0.0.1.a.example", 80)),
    "program": tried(lambda: subprocess.run([sys.executable, "-c", ""])),
}))
"""


@pytest.mark.parametrize(("how", "allowed"), [("home", {"local", "localhost", "program"}), ("alone", set())])
def test_what_is_still_allowed(how, allowed):
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", CHILD, how], capture_output=True, text=True, cwd=root, timeout=120)
    assert done.returncode == 0, done.stderr
    assert {name for name, reached in json.loads(done.stdout).items() if reached} == allowed
