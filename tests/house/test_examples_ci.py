"""The commands of the examples for CI are run as they stand: right quotes pass, and an altered one does not."""

import json
import os
import re
import shlex
import subprocess
import sys

import pytest
import yaml

from tests.doc_blocks import ROOT

CI = ROOT / "examples" / "ci"
QUOTE = "Jouren har öppet dygnet runt."


@pytest.fixture
def place(tmp_path):
    """Return a folder with a source, and what runs a command in it after writing an answer with a quote."""
    (tmp_path / "källor").mkdir()
    (tmp_path / "källor" / "jour.md").write_text(f"# Jouren\n\n{QUOTE} Samtalen är gratis.\n", encoding="utf-8")
    program = tmp_path / "bin" / "nmt-rag"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m nmt_rag.interfaces.terminal.main "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)

    def run(command, quote, **more):
        answer = {"question": "När?", "text": f"{quote} [1]", "citations": [{"quote": quote, "source": "jour"}]}
        (tmp_path / "svar.jsonl").write_text(json.dumps(answer), encoding="utf-8")
        path = {"PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        environment = {**os.environ, **path, **more}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return run


def inputs():
    """Return the action, and its inputs as the workflow gives them."""
    action = yaml.safe_load((CI / "action.yml").read_text(encoding="utf-8"))
    workflow = yaml.safe_load((CI / "citations.yml").read_text(encoding="utf-8"))
    step = workflow["jobs"]["citations"]["steps"][-1]
    assert step["uses"] == "./.github/actions/check-citations"
    assert set(step["with"]) <= set(action["inputs"])
    assert {name for name, one in action["inputs"].items() if one.get("required")} <= set(step["with"])
    return action, {**{name: one.get("default", "") for name, one in action["inputs"].items()}, **step["with"]}


def test_the_action_passes_right_quotes_and_names_an_altered_one_in_the_summary(place, tmp_path):
    action, given = inputs()
    step = action["runs"]["steps"][-1]
    summary = tmp_path / "summary.md"
    wanted = {key: given[re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", text)[1]] for key, text in step["env"].items()}
    environment = {**wanted, "GITHUB_STEP_SUMMARY": str(summary)}
    assert "${{" not in step["run"]  # what comes from outside is data, never a part of the script
    command = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
    right = place(command, QUOTE, **environment)
    assert (right.returncode, right.stderr) == (0, "")
    assert "Mend first" not in summary.read_text(encoding="utf-8")
    wrong = place(command, QUOTE.replace("dygnet", "natten"), **environment)
    assert (wrong.returncode, wrong.stderr) == (1, "nmt-rag: exact is 0.0000, below 1\n")
    assert "Questions with something wrong, worst first: 1 of 1" in summary.read_text(encoding="utf-8")


def test_the_hook_of_pre_commit_passes_right_quotes_and_no_altered_one(place):
    (repo,) = yaml.safe_load((CI / "pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    (hook,) = repo["hooks"]
    assert (hook["language"], hook["pass_filenames"]) == ("system", False)
    for name, runs in (("svar.jsonl", True), ("källor/jour.md", True), ("läsmig.md", False), ("svar.jsonl.bak", False)):
        assert bool(re.search(hook["files"], name)) is runs, name
    assert place(shlex.split(hook["entry"]), QUOTE).returncode == 0
    wrong = place(shlex.split(hook["entry"]), QUOTE.replace("dygnet", "natten"))
    assert (wrong.returncode, wrong.stderr) == (1, "nmt-rag: exact is 0.0000, below 1\n")
