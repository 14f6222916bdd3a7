"""An evaluation → one HTML file: what was measured, with plots, then every question with its quotes in their place.

The file needs no script and fetches nothing; it reads on paper and on a phone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from math import isnan

from nmt_rag.evaluation import LAYERS, MEASURES, SMALL, Comparison, Evaluation, Interval, Sources
from nmt_rag.interfaces.markup import escape, isolate
from nmt_rag.interfaces.report.history import PastRun, followed
from nmt_rag.interfaces.report.mending import mends, worst_first
from nmt_rag.interfaces.report.plots import calibration_plot, curve_plot, history_plot, interval_plot, shares_plot
from nmt_rag.interfaces.report.question import article
from nmt_rag.interfaces.report.texts import FAULTS, MENDS, TEXTS

MAX_QUESTIONS = 1_000
"""At most this many questions are shown, those with faults first: a browser stays quick with them."""
MAX_PROBLEMS = 200
MAX_MENDS = 6
"""At most this many kinds of faults stand first in the report, each with at most `MAX_NAMED` questions."""
MAX_NAMED = 5
MAX_RUNS = 50
"""At most this many runs are plotted over time, the latest."""
_VERDICTS = ("exact", "moved", "elsewhere", "altered", "absent")


def report(
    evaluation: Evaluation,
    sources: Sources | None = None,
    *,
    comparison: Comparison | None = None,
    history: Sequence[PastRun] = (),
    language: str = "sv",
) -> Iterator[str]:
    """Yield the pieces of the report's HTML.

    Args:
        evaluation: what is shown.
        sources: the documents that the quotes were held against; None for those that the answers brought along.
        comparison: with an earlier evaluation, where there is one.
        history: the runs over time, this one last, where they are kept.
        language: ``sv`` or ``en``.
    """
    texts = TEXTS[language]
    css = resources.files("nmt_rag.interfaces.report").joinpath("report.css").read_text(encoding="utf-8")
    yield (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{texts['title']}</title><style>{css}</style></head><body>"
        f'<header><h1>{texts["title"]}</h1><p class="lead">{_size(evaluation, texts, language)}</p>'
        f'<p class="quiet">{texts["how"]}</p></header><main>'
    )
    yield _mends(evaluation, texts, language)
    for layer in LAYERS:
        means = evaluation.layer(layer)
        if means:
            yield f'<section class="layer"><h2>{texts[layer]}</h2><p class="quiet">{texts[f"{layer}_about"]}</p>'
            yield _extras(layer, evaluation, texts, language)
            yield _table(means, texts, language)
            yield "</section>"
    yield _plots(evaluation, texts)
    yield _over_time(history, texts, language)
    yield _kinds(evaluation, texts, language)
    if comparison is not None:
        yield from _compared(comparison, texts, language)
    yield _problems(evaluation, texts)
    yield from _questions(evaluation, sources, texts, language)
    yield f'</main><footer><p class="quiet">{texts["made"]}</p></footer></body></html>\n'


def _size(evaluation: Evaluation, texts: Mapping[str, str], language: str) -> str:
    n = len(evaluation.questions)
    text = texts["asked_one" if n == 1 else "asked"].format(n=n)
    name = next((name for name in ("right", "exact") if name in evaluation.means), None)
    if n >= SMALL or name is None:
        return text
    told = evaluation.means[name]
    mean, low, high = (_number(value, language, ".2f") for value in (told.mean, told.low, told.high))
    about = MEASURES[name].om if language == "sv" else MEASURES[name].about
    small = texts["small_one" if n == 1 else "small"]
    return f"{text}. {small.format(about=about, mean=mean, low=low, high=high)}"


def _mends(evaluation: Evaluation, texts: Mapping[str, str], language: str) -> str:
    """Return what to mend, the gravest kinds first, with the questions that have them."""
    n = sum(one.answer is not None for one in evaluation.questions)
    items: list[str] = []
    for one in mends(evaluation)[:MAX_MENDS]:
        named = "".join(
            f"<li>{f'{escape(each.id)} · ' if each.id else ''}{isolate(each.question)}</li>"
            for each in worst_first(one.questions)[:MAX_NAMED]
        )
        left = len(one.questions) - MAX_NAMED
        more = f'<li class="quiet">{texts["mend_more"].format(n=left)}</li>' if left > 0 else ""
        share = texts["mend_questions"].format(n=len(one.questions), all=len(evaluation.questions))
        items.append(
            f"<li><strong>{FAULTS[language].get(one.kind, escape(one.kind))}</strong> "
            f'<span class="count">{share}</span>'
            f"<br>{MENDS[language].get(one.group, '')}<ul>{named}{more}</ul></li>"
        )
    if not items and not n:
        return ""
    if items:
        inside = f'<p class="quiet">{texts["mend_about"]}</p><ol class="mends">{"".join(items)}</ol>'
    else:
        inside = f"<p>{texts['none_to_mend']}</p>"
    return f"<section><h2>{texts['mend']}</h2>{inside}</section>"


def _extras(layer: str, evaluation: Evaluation, texts: Mapping[str, str], language: str) -> str:
    if layer == "exactness" and "exact" in evaluation.means:
        means = {name: evaluation.means[name].mean for name in _VERDICTS}
        words = {
            name: f"{texts[name]}: {_number(100 * share, language, '.1f')}\u00a0%" for name, share in means.items()
        }
        return shares_plot([(name, words[name], share) for name, share in means.items()], ", ".join(words.values()))
    if layer == "support":
        judge = texts["judge"].format(judge=escape(evaluation.judge)) if evaluation.judge else texts["no_judge"]
        people = "".join(
            f'<p class="quiet">{texts[f"agreement_{who}"]}: {_number(one.value, language)} '
            f"[{_number(one.low, language)}; {_number(one.high, language)}] (n = {one.n})</p>"
            for who, one in evaluation.agreement.items()
            if not isnan(one.value)
        )
        return f'<p class="quiet">{judge}</p>{people}'
    return ""


def _table(means: Mapping[str, Interval], texts: Mapping[str, str], language: str) -> str:
    rows = []
    for name, mean in means.items():
        rows.append(
            f'<tr>{_name(name, language)}<td class="number">{_number(mean.mean, language)}</td>'
            f'<td class="interval">{interval_plot(mean)}'
            f"<span>{_number(mean.low, language)}–{_number(mean.high, language)}</span></td>"
            f'<td class="number n">{mean.n}</td></tr>'
        )
    head = "".join(f'<th scope="col">{texts[key]}</th>' for key in ("measure", "value", "interval", "n"))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _capital(about: str) -> str:
    return about if about.startswith("nDCG") else about[:1].upper() + about[1:]


def _number(value: float, language: str, form: str = ".3f") -> str:
    """Return a number as the language writes it, with a comma in Swedish."""
    text = format(value, form)
    text = text.replace("-", "−")
    return text.replace(".", ",") if language == "sv" else text


def _plots(evaluation: Evaluation, texts: Mapping[str, str]) -> str:
    if not evaluation.curve:
        return ""
    risk = curve_plot(evaluation.curve, texts["risk"], texts["coverage_axis"], texts["risk_axis"])
    sure = calibration_plot(evaluation.bins, texts["calibration"], texts["confidence_axis"], texts["right_axis"])
    return (
        f'<section class="plots"><figure><figcaption><h2>{texts["risk"]}</h2><p class="quiet">{texts["risk_about"]}</p>'
        f"</figcaption>{risk}</figure><figure><figcaption><h2>{texts['calibration']}</h2>"
        f'<p class="quiet">{texts["calibration_about"]}</p></figcaption>{sure}</figure></section>'
    )


def _over_time(runs: Sequence[PastRun], texts: Mapping[str, str], language: str) -> str:
    """Return a small plot for each measure that is followed, of at most `MAX_RUNS` runs."""
    figures = []
    for name in followed(runs):
        points = [(f"{one.time:%Y-%m-%d}", one.means[name]) for one in runs[-MAX_RUNS:] if name in one.means]
        about = _capital(MEASURES[name].om if language == "sv" else MEASURES[name].about)
        plot = history_plot(points, about, texts["history_axis"], name)
        figures.append(f"<figure><figcaption><h2>{about}</h2></figcaption>{plot}</figure>")
    if not figures:
        return ""
    about = texts["history_about"].format(n=len(runs[-MAX_RUNS:]))
    return (
        f'<section><h2>{texts["history"]}</h2><p class="quiet">{about}</p>'
        f'<div class="plots">{"".join(figures)}</div></section>'
    )


def _kinds(evaluation: Evaluation, texts: Mapping[str, str], language: str) -> str:
    counts = Counter(kind for one in evaluation.questions for _, kind in one.faults)
    rows = "".join(
        f'<tr><th scope="row">{FAULTS[language].get(kind, escape(kind))}<code>{escape(kind)}</code></th>'
        f'<td class="number">{n}</td></tr>'
        for kind, n in counts.most_common()
    )
    head = f'<tr><th scope="col">{texts["kind"]}</th><th scope="col">{texts["count"]}</th></tr>'
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if rows else f"<p>{texts['nothing_wrong']}</p>"
    return f"<section><h2>{texts['kinds']}</h2>{table}</section>"


def _compared(comparison: Comparison, texts: Mapping[str, str], language: str) -> Iterator[str]:
    keys: tuple[str, ...] = ("difference", "p", "better", "worse")
    yield f'<section><h2>{texts["comparison"]}</h2><table class="stack">{_head("measure", keys, texts)}'
    for name, one in comparison.differences.items():
        if one.better or one.worse:
            low, high = (_number(value, language, "+.3f") for value in (one.low, one.high))
            value = f"{_number(one.mean, language, '+.3f')} [{low}; {high}]"
            cells = (value, _number(one.p, language), str(one.better), str(one.worse))
            yield f"<tr>{_name(name, language)}{_cells(keys, cells, texts)}</tr>"
    yield "</table>"
    if comparison.changes:
        keys = ("measure", "before", "after")
        yield f'<h3>{texts["changed"]}</h3><table class="stack">{_head("question", keys, texts)}'
        for change in comparison.changes[:MAX_QUESTIONS]:
            word = texts["better" if change.better else "worse"]
            before, after = (_number(value, language, ".2f") for value in (change.before, change.after))
            yield f'<tr><th scope="row">{isolate(change.question)} <span class="lower">{word}</span></th>'
            yield f"{_cells(keys, (f'<code>{change.measure}</code>', before, after), texts)}</tr>"
        yield "</table>"
    yield "</section>"


def _head(first: str, keys: Sequence[str], texts: Mapping[str, str]) -> str:
    cells = "".join(f'<th scope="col" class="number">{texts[key]}</th>' for key in keys)
    return f'<thead><tr><th scope="col">{texts[first]}</th>{cells}</tr></thead>'


def _cells(keys: Sequence[str], cells: Sequence[str], texts: Mapping[str, str]) -> str:
    """Return cells that carry their heading, for a phone that shows them below each other."""
    pairs = zip(keys, cells, strict=True)
    return "".join(f'<td class="number" data-label="{texts[key]}">{value}</td>' for key, value in pairs)


def _name(name: str, language: str) -> str:
    measure = MEASURES[name]
    lower = f' <span class="lower">{TEXTS[language]["lower"]}</span>' if measure.lower else ""
    about = _capital(measure.om if language == "sv" else measure.about)
    return f'<th scope="row"><span class="about">{about}</span>{lower}<code>{name}</code></th>'


def _problems(evaluation: Evaluation, texts: Mapping[str, str]) -> str:
    if not evaluation.problems:
        return ""
    shown = evaluation.problems[:MAX_PROBLEMS]
    items = "".join(f"<li>{texts[one.kind]}: {isolate(one.place)}: {isolate(one.message)}</li>" for one in shown)
    left = len(evaluation.problems) - MAX_PROBLEMS
    more = f"<li>… {left}</li>" if left > 0 else ""
    return f'<section><h2>{texts["problems"]}</h2><ul class="problems">{items}{more}</ul></section>'


def _questions(
    evaluation: Evaluation, sources: Sources | None, texts: Mapping[str, str], language: str
) -> Iterator[str]:
    told = [one for one in evaluation.questions if one.answer is not None or one.gold is not None]
    ranked = worst_first(told)[:MAX_QUESTIONS]
    if len(ranked) < len(told):
        yield f'<p class="quiet">{texts["cut"].format(shown=len(ranked), n=len(told))}</p>'
    for heading, wrong in (("questions_wrong", True), ("questions_right", False)):
        shown = [one for one in ranked if bool(one.faults) is wrong]
        if shown:
            yield f'<section class="questions"><h2>{texts[heading]} <span class="count">{len(shown)}</span></h2>'
            for one in shown:
                yield article(one, sources, language)
            yield "</section>"
