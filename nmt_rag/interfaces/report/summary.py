"""An evaluation in few words: the lines that a terminal shows, and a Markdown summary for a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isnan

from nmt_rag.evaluation import (
    LAYERS,
    MEASURES,
    SMALL,
    Comparison,
    Difference,
    Evaluation,
    Interval,
    Problem,
    QuestionEvaluation,
)
from nmt_rag.interfaces.report.history import PastRun, followed
from nmt_rag.interfaces.report.mending import mends, worst_first
from nmt_rag.interfaces.report.texts import FAULTS, MENDS

HEADINGS = {
    "retrieval": "Retrieval: was the right text found",
    "exactness": "Quotes: do they stand where they are said to (no model)",
    "citation": "Citations against gold",
    "support": "Support: do the quotes say what the statements say",
}
AGREEMENTS = {
    "judge": "The judge and people (Cohen's kappa)",
    "people": "People among themselves (Krippendorff's alpha)",
}
SHOWN_QUESTIONS = 10
"""At most this many failing questions are named in a summary."""
SHOWN_PROBLEMS = 20
"""At most this many problems are listed in a summary; the JSON and the report have all."""


def lines(evaluation: Evaluation, comparison: Comparison | None = None, runs: Sequence[PastRun] = ()) -> Iterator[str]:
    """Yield an evaluation as lines of plain text."""
    yield _size(evaluation)
    if wrong := worst_first(failing(evaluation)):
        yield from ("", "Mend first")
        for mend in mends(evaluation):
            what = FAULTS["en"].get(mend.kind, "")
            yield f"  {mend.n:>4} {mend.kind:<22} {what} {MENDS['en'].get(mend.group, '')}"
        yield from ("", _wrong(wrong, evaluation))
        for one in wrong[:SHOWN_QUESTIONS]:
            yield f"  {_named(one.id, one.question)}: {kinds_of(one)}"
        yield from (f"  {more}" for more in _more(wrong, SHOWN_QUESTIONS, "--json and --html have all"))
    for layer, means in _measured(evaluation):
        yield from ("", HEADINGS[layer])
        for name, mean in means.items():
            yield f"  {name:<22} {_shown(mean):<22} {mean.n:>6}  {_about(name)}"
    yield from _notes(evaluation)
    if since := list(_since(runs)):
        yield from ("", _before(runs))
        for name, text in since:
            yield f"  {name:<22} {text}"
    if comparison is not None:
        yield from _compared_lines(comparison)
    if problems := evaluation.problems:
        yield from ("", _counted(problems))
        for problem in problems[:SHOWN_PROBLEMS]:
            yield f"  {problem.place}: {problem.message}"
        yield from (f"  {more}" for more in _more(problems, SHOWN_PROBLEMS, "--json has all"))


def _compared_lines(comparison: Comparison) -> Iterator[str]:
    yield from ("", "Against the first answers (second minus first)")
    for name, found in comparison.differences.items():
        if found.better or found.worse:
            yield f"  {name:<22} {_difference(found):<44} {found.better} better, {found.worse} worse of {found.n}"
    for change in comparison.changes:
        word = "better" if change.better else "worse "
        yield f"  {word} {change.measure} {change.before:.2f} → {change.after:.2f}  {change.id} {change.question}"


def markdown(
    evaluation: Evaluation, comparison: Comparison | None = None, runs: Sequence[PastRun] = ()
) -> Iterator[str]:
    """Yield an evaluation as Markdown that GitHub shows well."""
    yield from ("### Citations, evaluated", "", _size(evaluation))
    if wrong := worst_first(failing(evaluation)):
        yield from ("", "**Mend first**", "", "| | what is wrong | what to do |", "|---:|---|---|")
        for mend in mends(evaluation):
            what = FAULTS["en"].get(mend.kind, cell(mend.kind))
            yield f"| {mend.n} | {what} | {MENDS['en'].get(mend.group, '')} |"
        yield from ("", f"**{_wrong(wrong, evaluation)}**", "")
        for one in wrong[:SHOWN_QUESTIONS]:
            yield f"* {cell(_named(one.id, one.question))}: {cell(kinds_of(one))}"
        yield from (f"* {more}" for more in _more(wrong, SHOWN_QUESTIONS))
    for layer, means in _measured(evaluation):
        yield from ("", f"**{HEADINGS[layer]}**", "", "| measure | mean [95 % interval] | questions | |")
        yield "|---|---|---:|---|"
        for name, mean in means.items():
            yield f"| `{name}` | {_shown(mean)} | {mean.n} | {_about(name)} |"
    yield from _notes(evaluation)
    if since := list(_since(runs)):
        yield from ("", f"**{cell(_before(runs))}**", "")
        for name, text in since:
            yield f"* `{name}` {text}"
    if comparison is not None:
        yield from _compared_markdown(comparison)
    if problems := evaluation.problems:
        yield from ("", f"**{_counted(problems)}**", "")
        for problem in problems[:SHOWN_PROBLEMS]:
            yield f"* {cell(problem.place)}: {cell(problem.message)}"
        yield from (f"* {more}" for more in _more(problems, SHOWN_PROBLEMS))


def _compared_markdown(comparison: Comparison) -> Iterator[str]:
    yield from ("", "**Against the first answers**", "")
    yield from ("| measure | difference | p | better | worse | questions |", "|---|---|---:|---:|---:|---:|")
    for name, found in comparison.differences.items():
        if found.better or found.worse:
            value = f"{found.mean:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"
            yield f"| `{name}` | {value} | {found.p:.3f} | {found.better} | {found.worse} | {found.n} |"
    if comparison.changes:
        yield from ("", "| question | measure | before | after | |", "|---|---|---:|---:|---|")
        for change in comparison.changes:
            word = "better" if change.better else "**worse**"
            question = cell(f"{change.id} {change.question}".strip())
            yield f"| {question} | `{change.measure}` | {change.before:.2f} | {change.after:.2f} | {word} |"


def _wrong(wrong: Sequence[QuestionEvaluation], evaluation: Evaluation) -> str:
    return f"Questions with something wrong, worst first: {len(wrong)} of {len(evaluation.questions)}"


def _more(listed: Sequence[object], n_shown: int, elsewhere: str = "") -> Iterator[str]:
    """Yield that more is there than is shown, and where; nothing where all is."""
    if len(listed) > n_shown:
        yield f"… and {len(listed) - n_shown} more" + (f" ({elsewhere})" if elsewhere else "")


def _measured(evaluation: Evaluation) -> Iterator[tuple[str, Mapping[str, Interval]]]:
    """Yield the layers of which something was measured."""
    yield from ((layer, means) for layer in LAYERS if (means := evaluation.layer(layer)))


def _before(runs: Sequence[PastRun]) -> str:
    when, n = f"{runs[-2].time:%Y-%m-%d %H:%M}", runs[-2].n_questions
    return f"Since the run before ({when}, {n} question{'' if n == 1 else 's'}; {len(runs)} runs in all)"


def _since(runs: Sequence[PastRun]) -> Iterator[tuple[str, str]]:
    """Yield how each measure that is followed went, from the run before to this one."""
    for name in followed(runs) if len(runs) > 1 else ():
        if name in runs[-2].means:
            before, after = runs[-2].means[name].mean, runs[-1].means[name].mean
            yield name, f"{before:.3f} → {after:.3f} ({after - before:+.3f})"


def failing(evaluation: Evaluation) -> list[QuestionEvaluation]:
    """Return the questions with something wrong."""
    return [one for one in evaluation.questions if one.faults]


def kinds_of(one: QuestionEvaluation) -> str:
    """Return the kinds of a question's faults in few words, each once, with how often it is there."""
    counts = Counter(kind for _, kind in one.faults)
    return ", ".join(f"{kind} × {n}" if n > 1 else kind for kind, n in counts.items())


def _named(name: str, question: str) -> str:
    return " ".join(f"{name} {question}".split())


def cell(text: str) -> str:
    """Return foreign text for a Markdown table: on one line, nothing in it means anything to Markdown or HTML."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+!|~@" else letter for letter in plain)


def _size(evaluation: Evaluation) -> str:
    n = len(evaluation.questions)
    text = f"{n} question{'' if n == 1 else 's'}"
    name = next((name for name in ("right", "exact") if name in evaluation.means), None)
    if n >= SMALL or name is None:
        return text
    mean = evaluation.means[name]
    return (
        f"{text}, a small set: {name} is {mean.mean:.2f} here, and over many such questions may be anything from "
        f"{mean.low:.2f} to {mean.high:.2f}"
    )


def _notes(evaluation: Evaluation) -> Iterator[str]:
    if evaluation.judge:
        yield from ("", f"Free text was judged by: {evaluation.judge}")
    elif evaluation.layer("support").get("cannot_tell", Interval(0, 0, 0, 0)).mean:
        yield from ("", "Free text was judged by nobody: only what stands word for word is called supported.")
    for who, one in evaluation.agreement.items():
        value = "" if isnan(one.value) else f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}], "
        yield f"{AGREEMENTS[who]}: {value}equal on {one.equal:.1%} of {one.n}"


def _shown(mean: Interval) -> str:
    return f"{mean.mean:.3f} [{mean.low:.3f}, {mean.high:.3f}]"


def _difference(found: Difference) -> str:
    return f"{found.mean:+.3f} [{found.low:+.3f}, {found.high:+.3f}], p = {found.p:.3f}"


def _about(name: str) -> str:
    measure = MEASURES[name]
    return f"{measure.about}{' (lower is better)' if measure.lower else ''}"


def _counted(problems: Sequence[Problem]) -> str:
    counts = Counter(problem.kind.replace("_", " ") for problem in problems)
    return "Problems: " + ", ".join(f"{n} {kind}" for kind, n in counts.items())
