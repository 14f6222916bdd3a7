"""Answers of any system, held against their sources and against what a right answer holds."""

from typing import TYPE_CHECKING

from nmt_rag.faces import lazy

if TYPE_CHECKING:
    from nmt_rag.evaluation import exports, trec
    from nmt_rag.evaluation.agreement import cohen_kappa, krippendorff_alpha
    from nmt_rag.evaluation.checks.exactness import QuoteCheck
    from nmt_rag.evaluation.checks.gold import read_gold
    from nmt_rag.evaluation.checks.judge_models import ChatJudge, CrossEncoderJudge
    from nmt_rag.evaluation.checks.judges import open_judge
    from nmt_rag.evaluation.checks.support import StatementCheck
    from nmt_rag.evaluation.comparison import Comparison, compare
    from nmt_rag.evaluation.evaluating import Evaluation, QuestionEvaluation, evaluate
    from nmt_rag.evaluation.inputs import records, runs
    from nmt_rag.evaluation.inputs.answers import CitedAnswer, CitedQuote, Problem
    from nmt_rag.evaluation.inputs.fields import FieldError, Fields
    from nmt_rag.evaluation.inputs.forms import foreign
    from nmt_rag.evaluation.inputs.labels import read_label
    from nmt_rag.evaluation.inputs.records import read_each
    from nmt_rag.evaluation.inputs.sources import Sources
    from nmt_rag.evaluation.intervals import SMALL, Difference, Interval, share_interval
    from nmt_rag.evaluation.measures import LAYERS, MEASURES
    from nmt_rag.evaluation.self_test import run

__all__ = [
    "LAYERS",
    "MEASURES",
    "SMALL",
    "ChatJudge",
    "CitedAnswer",
    "CitedQuote",
    "Comparison",
    "CrossEncoderJudge",
    "Difference",
    "Evaluation",
    "FieldError",
    "Fields",
    "Interval",
    "Problem",
    "QuestionEvaluation",
    "QuoteCheck",
    "Sources",
    "StatementCheck",
    "cohen_kappa",
    "compare",
    "evaluate",
    "exports",
    "foreign",
    "krippendorff_alpha",
    "open_judge",
    "read_each",
    "read_gold",
    "read_label",
    "records",
    "run",
    "runs",
    "share_interval",
    "trec",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "evaluation.agreement": (
            "cohen_kappa",
            "krippendorff_alpha",
        ),
        "evaluation.checks.exactness": ("QuoteCheck",),
        "evaluation.checks.gold": ("read_gold",),
        "evaluation.checks.judge_models": (
            "ChatJudge",
            "CrossEncoderJudge",
        ),
        "evaluation.checks.judges": ("open_judge",),
        "evaluation.checks.support": ("StatementCheck",),
        "evaluation.comparison": (
            "Comparison",
            "compare",
        ),
        "evaluation.evaluating": (
            "Evaluation",
            "QuestionEvaluation",
            "evaluate",
        ),
        "evaluation.exports": ("exports",),
        "evaluation.inputs.answers": (
            "CitedAnswer",
            "CitedQuote",
            "Problem",
        ),
        "evaluation.inputs.fields": (
            "FieldError",
            "Fields",
        ),
        "evaluation.inputs.forms.foreign": ("foreign",),
        "evaluation.inputs.labels": ("read_label",),
        "evaluation.inputs.records": (
            "read_each",
            "records",
        ),
        "evaluation.inputs.runs": ("runs",),
        "evaluation.inputs.sources": ("Sources",),
        "evaluation.intervals": (
            "Difference",
            "Interval",
            "SMALL",
            "share_interval",
        ),
        "evaluation.measures": (
            "LAYERS",
            "MEASURES",
        ),
        "evaluation.self_test.run": ("run",),
        "evaluation.trec": ("trec",),
    },
)
