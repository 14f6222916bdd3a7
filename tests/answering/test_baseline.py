"""The development questions are answered at least as well as the baseline says; `make evaluate` prints the table."""

import json

import pytest

from nmt_rag.models.reader import PackagedReader

pytest.importorskip("scipy", reason="the extra training is not installed")

from training import development


@pytest.fixture(scope="module", autouse=True)
def remembered():
    """What was read for a question in one way is known in the others."""
    known, read = {}, PackagedReader.read

    def remembering(self, question, windows):
        new = [window for window in dict.fromkeys(windows) if (question, window) not in known]
        known.update(zip([(question, window) for window in new], read(self, question, new) if new else [], strict=True))
        return [known[question, window] for window in windows]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(PackagedReader, "read", remembering)
        yield


@pytest.mark.parametrize("way", ["words", "fused"])  # what is used; a table compares with embeddings alone
def test_no_measure_falls_below_the_baseline(way, tmp_path, monkeypatch):
    """Where a change is worth it all the same, renew the baseline: python -m training.development --write."""
    monkeypatch.setenv("NMT_RAG_INDEX", str(tmp_path / way))
    found = development.measure(way, development.read_rows())
    baseline = json.loads(development.BASELINE.read_text(encoding="utf-8"))[way]
    assert set(baseline) == set(development.KEPT)
    assert development.below(development.means(found), baseline) == []


def test_what_falls_or_is_missing_is_named():
    baseline = {"right": 0.9, "exact": 1.0}
    assert development.below({"right": 0.9, "exact": 1.0}, baseline) == []
    assert development.below({"right": 0.88}, {"right": 0.9}) == []
    assert development.below({"right": 0.873}, baseline) == [
        "right is 0.873, the baseline 0.900",
        "exact is 0.000, the baseline 1.000",
    ]


def test_the_table_has_a_column_for_each_way():
    one = development.evaluate(
        [{"question": "?", "text": "", "citations": []}], [{"question": "?", "answerable": False}]
    )
    shown = development.table({"words": one, "fused": one})
    assert shown.startswith("1 development questions.\n\n| measure | words | fused |\n")
    assert "| `right` | 1.000 [0.025, 1.000] | 1.000 [0.025, 1.000] |" in shown
