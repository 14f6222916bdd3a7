"""JSON that any parser reads: no NaN, no Infinity, in or out."""

import ast
from pathlib import Path

import pytest

import nmt_rag
from nmt_rag import strict_json
from nmt_rag.errors import NmtRagError
from nmt_rag.evaluation.inputs.records import read_records
from nmt_rag.index.storage.rows import as_json

NAN, INFINITY = float("nan"), float("inf")


def test_a_number_that_json_does_not_have_is_named():
    with pytest.raises(NmtRagError, match=r"JSON has no number for `a\[1\]\.b`, which is inf: nothing was written"):
        strict_json.dumps({"a": [0.5, {"b": INFINITY}]})
    assert strict_json.dumps({"å": [0.5, None]}) == '{"å": [0.5, null]}'


def test_a_documents_metadata_is_null_where_it_has_no_number():
    assert strict_json.finite({"a": NAN, "b": [-INFINITY, (1.5,)]}) == {"a": None, "b": [None, [1.5]]}
    assert as_json({"a": NAN, "b": Path("x")}) == '{"a": null, "b": "x"}'


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_json_is_not_read(constant, tmp_path):
    with pytest.raises(ValueError, match=f"{constant} is no number in JSON"):
        strict_json.loads(f'{{"a": {constant}}}')
    path = tmp_path / "svar.jsonl"
    path.write_text(f'{{"a": {constant}}}\n{{"a": 1}}\n', encoding="utf-8")
    (_, broken), (_, right) = read_records(str(path))
    assert broken.message == f"not JSON ({constant} is no number in JSON: write null where there is none)"
    assert right == {"a": 1}


def test_no_module_writes_json_that_other_parsers_refuse():
    loose = []
    for path in sorted(Path(nmt_rag.__file__).parent.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or ast.unparse(call.func) not in ("json.dumps", "json.dump"):
                continue
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
            if given.get("allow_nan") != "False":
                loose.append(f"{path.name}:{call.lineno}")
    assert loose == []


def test_a_number_too_large_is_not_read_as_infinity():
    with pytest.raises(ValueError, match="1e999 is too large"):
        strict_json.loads("[1e999]")
