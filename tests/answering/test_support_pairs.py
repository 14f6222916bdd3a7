"""The labelled pairs of statement and quote: complete, fair and drawn as docs/support-guide.md says."""

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from nmt_rag.evaluation.agreement import cohen_kappa, krippendorff_alpha

FILE = Path(__file__).parents[1] / "data" / "support_pairs.jsonl"
PAGE = Path(__file__).parents[2] / "corpus" / "deltagande-myndigheter.md"
GUIDE = Path(__file__).parents[2] / "docs" / "support-guide.md"
SEED = "nmt-rag support pairs 1"
HARD = {"negated", "wrong number", "wrong actor", "too strong", "half right"}


@pytest.fixture(scope="module")
def pairs():
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def test_there_are_150_pairs_half_of_them_hard(pairs):
    assert len(pairs) == len({pair["id"] for pair in pairs}) == 150
    assert len({pair["statement"] for pair in pairs}) == 150
    assert sum(pair["kind"] in HARD for pair in pairs) >= 75
    assert {pair["label"] for pair in pairs} == {"supported", "not supported"}


def test_both_labels_are_kept_and_the_agreed_one_is_one_of_them(pairs):
    for pair in pairs:
        assert pair["label"] in (pair["label_first"], pair["label_second"])
        assert (pair["kind"] in {*HARD, "not said"}) == (pair["label"] == "not supported")


def test_the_agreement_is_what_the_guide_says(pairs):
    first, second = ([pair[name] for pair in pairs] for name in ("label_first", "label_second"))
    kappa = cohen_kappa(first, second)
    alpha = krippendorff_alpha(list(zip(first, second, strict=True)))
    guide = GUIDE.read_text(encoding="utf-8")
    for name, found in (("Cohen's kappa", kappa), ("Krippendorff's alpha", alpha)):
        assert f"{name} is {found.value:.3f} (95 % interval {found.low:.3f} to {found.high:.3f})" in guide
    assert f"equal for {sum(a == b for a, b in zip(first, second, strict=True))} of the 150 pairs" in guide


def test_the_halves_are_drawn_by_a_seeded_hash_of_the_quotes_number(pairs):
    sizes = Counter(pair["id"][:3] for pair in pairs)
    development, total = set(), 0
    for group in sorted(sizes, key=lambda group: hashlib.sha256(f"{SEED}:{group}".encode()).hexdigest()):
        if total >= len(pairs) // 2:
            break
        development.add(group)
        total += sizes[group]
    for pair in pairs:
        assert pair["half"] == ("development" if pair["id"][:3] in development else "held_out")


def test_each_quote_lies_in_one_half_and_those_of_the_page_are_exact(pairs):
    page = PAGE.read_text(encoding="utf-8")
    halves = {}
    for pair in pairs:
        assert halves.setdefault(pair["quote"], pair["half"]) == pair["half"]
    assert sum(quote in page for quote in halves) == 21
