"""Answers to RAGAS, RAGChecker, DeepEval and LlamaIndex and back, by the packages themselves, each in its own Python.

``python -m benchmarks.exchanging ragas=…/bin/python ragchecker=…/bin/python`` writes answers for each tool, has its
package read and write them, and reads them again; what was lost on the way is printed, and the exit status is 1.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nmt_rag.evaluation import exports
from nmt_rag.evaluation.evaluating import Evaluation, evaluate
from nmt_rag.evaluation.inputs.answers import CitedAnswer
from nmt_rag.evaluation.inputs.forms.foreign import read_answer
from nmt_rag.evaluation.inputs.records import read_each
from nmt_rag.types import Document

OPEN, FREE = "Jouren har öppet dygnet runt.", "Samtalen är gratis för den som ringer."
SOURCES = [Document("jour.md", "Jouren", OPEN), Document("kostnad.md", "Kostnad", FREE)]
GOLD = [
    {"id": "1", "question": "När har jouren öppet?", "answerable": True, "evidence": [[OPEN]]},
    {"id": "2", "question": "Vad kostar det att ringa?", "answerable": True, "evidence": [[FREE]]},
]
ANSWERS = [
    {
        "query_id": name,
        "query": gold["question"],
        "response": f"{quote} [1]",
        "retrieved_context": [{"doc_id": source.id, "text": source.text} for source in order],
    }
    for name, gold, quote, order in (("1", GOLD[0], OPEN, SOURCES), ("2", GOLD[1], FREE, SOURCES[::-1]))
]

_RAGAS = """
import asyncio, sys
from ragas import EvaluationDataset
from ragas.metrics import NonLLMContextRecall
given = EvaluationDataset.from_jsonl(sys.argv[1])
given.to_jsonl(sys.argv[2])
recall = NonLLMContextRecall()
print("ragas: context recall", [asyncio.run(recall.single_turn_ascore(one)) for one in given])
"""
_RAGCHECKER = """
import importlib.util, sys, types
# The package's __init__ imports torch and spaCy for its own judge; what reads and writes files needs neither.
package = types.ModuleType("ragchecker")
package.__path__ = list(importlib.util.find_spec("ragchecker").submodule_search_locations)
sys.modules["ragchecker"] = package
from ragchecker.container import RAGResults
given = RAGResults.from_json(open(sys.argv[1], encoding="utf-8").read())
open(sys.argv[2], "w", encoding="utf-8").write(given.to_json(ensure_ascii=False, indent=1))
"""
_DEEPEVAL = """
import json, pathlib, sys
from deepeval.dataset import EvaluationDataset
from deepeval.test_case import LLMTestCase, RetrievedContextData
dataset = EvaluationDataset()
for row in json.load(open(sys.argv[1], encoding="utf-8"))["results"]:
    found = [RetrievedContextData(source=one["doc_id"], context=one["text"]) for one in row["retrieved_context"]]
    dataset.add_test_case(
        LLMTestCase(name=row["query_id"], input=row["query"], actual_output=row["response"], retrieval_context=found)
    )
path = pathlib.Path(sys.argv[2])
dataset.save_as("jsonl", str(path.parent), file_name="deepeval", include_test_cases=True)
(path.parent / "deepeval.jsonl").rename(path)
"""
_LLAMA_INDEX = """
import json, sys
from llama_index.core.base.response.schema import Response
from llama_index.core.schema import NodeWithScore, TextNode
with open(sys.argv[2], "w", encoding="utf-8") as file:
    for row in json.load(open(sys.argv[1], encoding="utf-8"))["results"]:
        nodes = [
            NodeWithScore(node=TextNode(text=one["text"], metadata={"file_name": one["doc_id"]}), score=0.5)
            for one in row["retrieved_context"]
        ]
        answer = Response(row["response"], nodes)
        dumped = [node.model_dump(mode="json") for node in answer.source_nodes]
        line = {"id": row["query_id"], "query": row["query"], "response": answer.response, "source_nodes": dumped}
        file.write(json.dumps(line) + "\\n")
"""
TOOLS = {
    "ragas": (_RAGAS, exports.to_ragas),
    "ragchecker": (_RAGCHECKER, exports.to_ragchecker),
    "deepeval": (_DEEPEVAL, exports.to_ragchecker),
    "llama-index": (_LLAMA_INDEX, exports.to_ragchecker),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the tools that are named as ``TOOL=PYTHON``; return 0 where every answer came back as it was."""
    given = [argument.partition("=") for argument in (sys.argv[1:] if arguments is None else arguments)]
    unknown = [name for name, _, python in given if name not in TOOLS or not python]
    if unknown or not given:
        print(f"usage: python -m benchmarks.exchanging TOOL=PYTHON …; tools are {', '.join(TOOLS)}", file=sys.stderr)
        return 2
    evaluation = evaluate(ANSWERS, GOLD, SOURCES)
    lost = [lack for name, _, python in given for lack in there_and_back(name, python, evaluation)]
    print("\n".join(lost) or f"{len(ANSWERS)} answers came back as they were from {len(given)} tools")
    return 1 if lost else 0


def there_and_back(name: str, python: str, evaluation: Evaluation) -> list[str]:
    """Return what a tool, run by its own Python, lost of the answers of an evaluation."""
    code, write = TOOLS[name]
    with tempfile.TemporaryDirectory() as folder:
        sent, back = Path(folder) / "sent.json", Path(folder) / "back.jsonl"
        sent.write_text("".join(f"{line}\n" for line in write(evaluation)), encoding="utf-8")
        done = subprocess.run(
            [python, "-c", code, str(sent), str(back)], capture_output=True, text=True, check=False, cwd=folder
        )
        if done.returncode:
            return [f"{name}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}"]
        print("".join(f"{line}\n" for line in done.stdout.splitlines() if line.startswith(f"{name}: ")), end="")
        read = list(read_each(str(back), read_answer))
    wanted = [_kept(one.answer) for one in evaluation.questions if one.answer is not None]
    found = [_kept(one) if isinstance(one, CitedAnswer) else one.message for one in read]
    if len(found) != len(wanted):
        return [f"{name}: {len(wanted)} answers were sent, {len(found)} came back"]
    pairs = zip(wanted, found, strict=True)
    return [f"{name}: sent {json.dumps(a)}, got {json.dumps(b)}" for a, b in pairs if a != b]


def _kept(answer: CitedAnswer) -> list[object]:
    """Return what has to come back: the question, the answer, what it quotes and what was retrieved."""
    quotes = [[one.marker, one.quote, one.source] for one in answer.citations]
    return [answer.question, answer.text, quotes, [[one.source, one.text] for one in answer.retrieved]]


if __name__ == "__main__":
    sys.exit(main())
