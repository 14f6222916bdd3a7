"""Nothing leaves the machine: no network is needed, none is tried, and what could phone home is not even loaded."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

CHILD = """
import contextlib, io, json, os, socket, sys
events = []
sys.addaudithook(lambda event, arguments: events.append(event) if event.startswith("socket.") else None)
from nmt_rag.interfaces.terminal import main as cli
done = []
for command in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")) as out:
        status = cli.main(command)
        out.flush()
    done.append({"status": status, "out": out.buffer.getvalue().decode(), "events": list(events)})
names = ("HF_HUB_DISABLE_TELEMETRY", "ORT_DISABLE_TELEMETRY", "DO_NOT_TRACK")
telemetry = {name: os.environ.get(name) for name in names}
seen = {"done": done, "modules": sorted(sys.modules), "telemetry": telemetry}
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
    seen["network"] = "reached"
except OSError as error:
    seen["network"] = type(error).__name__
print(json.dumps(seen))
"""

HEAVY = (
    "gradio",
    "huggingface_hub",
    "langchain_core",
    "requests",
    "sentence_transformers",
    "torch",
    "tqdm",
    "transformers",
)


def heavy(seen):
    return [name for name in seen["modules"] if name.split(".")[0] in HEAVY]


def run(prefix, *commands, index):
    """Run commands one after the other in a process of their own; what each did, and what the process saw."""
    environment = {name: value for name, value in os.environ.items() if "OFFLINE" not in name and "TRACK" not in name}
    environment.pop("HF_HUB_DISABLE_TELEMETRY", None)
    environment |= {"NMT_RAG_INDEX": str(index), "PYTHONPATH": str(ROOT)}
    command = [*prefix, sys.executable, "-c", CHILD, json.dumps(commands)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def packaged(tmp_path_factory):
    """Where the index of the packaged page is built by the first that asks it."""
    return tmp_path_factory.mktemp("packaged") / "i"


@pytest.fixture(scope="module")
def no_interface():
    """The words before a command that give it a network namespace with no interface but an unused loopback."""
    if not shutil.which("unshare"):
        pytest.skip("needs unshare, which makes network namespaces on Linux")
    for flags in ("-rn", "-n"):
        if subprocess.run(["unshare", flags, "true"], capture_output=True).returncode == 0:
            return ["unshare", flags]
    pytest.skip("network namespaces are not allowed here")


@pytest.fixture(scope="module")
def seen(no_interface, packaged, tmp_path_factory):
    """What was seen of a question, and of an index that was made and searched, without an interface."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "a.html").write_text("<html><body><p>Tolken kommer.</p></body></html>", encoding="utf-8")
    own = ["--index", str(folder / "i")]
    ask = ["ask", "Vilken myndighet beslutar om betänketid?"]
    return run(no_interface, ask, ["index", str(folder / "a.html"), *own], ["search", "tolk", *own], index=packaged)


def test_ask_works_in_a_network_namespace_without_an_interface(seen):
    asked = seen["done"][0]
    assert asked["out"].startswith("Migrationsverket\n  «")
    assert (asked["status"], asked["events"]) == (0, [])
    assert seen["network"] == "OSError"  # the namespace is what it says
    assert heavy(seen) == []


def test_indexing_and_searching_work_there_too(seen):
    _, indexed, searched = seen["done"]
    assert (indexed["out"], indexed["events"]) == ("1 added, 0 replaced, 0 unchanged, 0 failed\n", [])
    assert "«Tolken kommer.»" in searched["out"]
    assert (searched["status"], searched["events"]) == (0, [])


def test_the_default_path_loads_no_hub_and_no_torch_and_opens_no_socket(packaged):
    seen = run([], ["ask", "Vem är KAST till för?", "--json"], index=packaged)
    (asked,) = seen["done"]
    assert json.loads(asked["out"])["actors"] == ["KAST"]
    assert heavy(seen) == []
    assert (asked["status"], asked["events"]) == (0, [])
    assert seen["telemetry"] == {"HF_HUB_DISABLE_TELEMETRY": "1", "ORT_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}


def test_the_web_page_switches_telemetry_off_before_it_loads_gradio():
    code = """
import os, sys
class Watch:
    def find_spec(self, name, path, target=None):
        if name == "gradio":
            print(os.environ.get("GRADIO_ANALYTICS_ENABLED"), os.environ.get("HF_HUB_OFFLINE"))
            sys.exit()
sys.meta_path.insert(0, Watch())
import app
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "1"]
