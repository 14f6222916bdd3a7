"""A question heads its answer, in whatever layout a page has it: it is context of the answer and no passage."""

# ruff: noqa: E501 - the pages are easier to read on one line each

import json

import pytest

from nmt_rag.documents import loading, passages
from nmt_rag.types import Document

Q1, A1 = "Hur länge sparas mina uppgifter?", "Uppgifterna gallras efter fem år."
Q2, A2 = "Vem lämnar ut handlingar?", "Registrator lämnar ut allmänna handlingar."

PAGES = {
    "details": f"<details><summary>{Q1}</summary><p>{A1}</p></details><details><summary>{Q2}</summary>{A2}</details>",
    "summary-heading": f"<details><summary><h3>{Q1}</h3></summary>{A1}</details><details><summary><h3>{Q2}</h3></summary>{A2}</details>",
    "summary-span": f"<details><summary><span>{Q1}</span></summary><div><p>{A1}</p></div></details><details open><summary><b>{Q2}</b></summary><div>{A2}</div></details>",
    "dl": f"<dl><dt>{Q1}</dt><dd>{A1}</dd><dt>{Q2}</dt><dd><p>{A2}</p></dd></dl>",
    "dl-div": f"<dl><div><dt>{Q1}</dt><dd>{A1}</dd></div><div><dt>{Q2}</dt><dd>{A2}</dd></div></dl>",
    "strong": f"<p><strong>{Q1}</strong></p><p>{A1}</p><p><strong>{Q2}</strong></p><p>{A2}</p>",
    "strong-br": f"<p><strong>{Q1}</strong><br>{A1}</p><p><strong>{Q2}</strong><br>{A2}</p>",
    "strong-inline": f"<p><strong>{Q1}</strong> {A1}</p><p><b>{Q2}</b> {A2}</p>",
    "plain": f"<p>{Q1}</p><p>{A1}</p><p>{Q2}</p><p>{A2}</p>",
    "plain-br": f"<div>{Q1}<br>{A1}</div><div>{Q2}<br/>{A2}</div>",
    "role-button": f"<div role=button>{Q1}</div><div>{A1}</div><div role=button aria-expanded=false>{Q2}</div><div hidden>{A2}</div>",
    "button": f"<button aria-controls=p1 aria-expanded=false>{Q1}</button><div id=p1 hidden>{A1}</div>"
    f"<button aria-controls=p2>{Q2}</button><div id=p2 style='display: none'><p>{A2}</p></div>",
    "heading-button": f"<h3><button aria-controls=p1>{Q1}</button></h3><div id=p1 hidden><p>{A1}</p></div>"
    f"<h3><button aria-controls=p2>{Q2}</button></h3><div id=p2 hidden><p>{A2}</p></div>",
    "list": f"<ul><li>{Q1} {A1}</li><li>{Q2} {A2}</li></ul>",
    "list-strong": f"<ul><li><strong>{Q1}</strong> {A1}</li><li><strong>{Q2}</strong><br>{A2}</li></ul>",
    "list-paragraphs": f"<ol><li><p>{Q1}</p><p>{A1}</p></li><li><p>{Q2}</p><p>{A2}</p></li></ol>",
    "headings": f"<h2>{Q1}</h2><p>{A1}</p><h2>{Q2}</h2><p>{A2}</p>",
    "tabs": f"<div role=tablist><a role=tab href='#a'>{Q1}</a></div><div role=tabpanel id=a>{A1}</div><p>{Q2}</p><p>{A2}</p>",
    "contents": f"<ul><li><a href='#a'>{Q1}</a></li><li><a href='#b'>{Q2}</a></li></ul><h2>Svar</h2><p id=a>{Q1}</p><p>{A1}</p><p id=b>{Q2}</p><p>{A2}</p>",
}

TEXTS = {
    "headings": f"## {Q1}\n\n{A1}\n\n## {Q2}\n\n{A2}\n",
    "bold": f"**{Q1}**\n\n{A1}\n\n**{Q2}**\n\n{A2}\n",
    "bold-line": f"**{Q1}**\n{A1}\n\n__{Q2}__\n{A2}\n",
    "bold-inline": f"**{Q1}** {A1}\n\n**{Q2}** {A2}\n",
    "plain": f"{Q1}\n{A1}\n\n{Q2}\n{A2}\n",
    "plain-blank": f"{Q1}\n\n{A1}\n\n{Q2}\n\n{A2}\n",
    "inline": f"{Q1} {A1}\n\n{Q2} {A2}\n",
    "one-paragraph": f"{Q1} {A1} {Q2} {A2}\n",
    "one-bold-paragraph": f"**{Q1}** {A1} {Q2} {A2}\n",
    "list": f"- {Q1} {A1}\n- {Q2} {A2}\n",
    "list-lines": f"- {Q1}\n  {A1}\n- {Q2}\n  {A2}\n",
    "numbers": f"1. {Q1}\n{A1}\n2. {Q2}\n{A2}\n",
    "prefixes": f"Fråga: {Q1}\nSvar: {A1}\n\nFråga: {Q2}\nSvar: {A2}\n",
    "contents": f"- {Q1}\n- {Q2}\n\n**{Q1}**\n{A1}\n\n**{Q2}**\n{A2}\n",
}


def bare(text):
    return text.removeprefix("Svar: ")


def heads(found):
    return [passage.heading[-1].removeprefix("Fråga: ") for passage in found]


@pytest.mark.parametrize("layout", PAGES)
@pytest.mark.parametrize("main", ["<main><h1>Frågor och svar</h1>{}</main>", "<h1>Frågor</h1>{}", "<body>{}"])
def test_a_question_on_a_web_page_heads_its_answer(tmp_path, layout, main):
    path = tmp_path / "faq.html"
    path.write_text(f"<!doctype html><html lang=sv>{main.format(PAGES[layout])}</html>", encoding="utf-8")
    (document,) = loading.load_file(path)
    found = passages.split(document)
    assert [passage.text for passage in found] == [A1, A2]
    assert heads(found) == [Q1, Q2]
    assert all(f"{question}\n" in passage.context for question, passage in zip((Q1, Q2), found, strict=True))


@pytest.mark.parametrize("layout", TEXTS)
@pytest.mark.parametrize("top", ["# Frågor och svar\n\n", "Vi svarar på frågor om arkivet.\n\n", ""])
@pytest.mark.parametrize("suffix", [".md", ".txt", ".jsonl"])
def test_a_question_in_a_text_heads_its_answer(tmp_path, layout, top, suffix):
    text = top + TEXTS[layout]
    path = tmp_path / f"faq{suffix}"
    path.write_text(json.dumps({"text": text}) if suffix == ".jsonl" else text, encoding="utf-8")
    (document,) = loading.load_file(path)
    found = [one for one in passages.split(document) if one.text != "Vi svarar på frågor om arkivet."]
    assert [bare(passage.text) for passage in found] == [A1, A2]
    assert heads(found) == [Q1, Q2]


def test_what_follows_an_answer_is_not_headed_by_its_question(tmp_path):
    path = tmp_path / "faq.html"
    path.write_text(
        f"<main><h1>Arkivet</h1><details><summary>{Q1}</summary>{A1}</details><p>Arkivet ligger på Storgatan 4.</p>"
        f"<dl><dt>{Q2}</dt><dd>{A2}</dd></dl><p>Besök oss gärna.</p></main>",
        encoding="utf-8",
    )
    (document,) = loading.load_file(path)
    assert [(one.text, one.heading[1:]) for one in passages.split(document)] == [
        (A1, (Q1,)),
        ("Arkivet ligger på Storgatan 4.", ()),
        (A2, (Q2,)),
        ("Besök oss gärna.", ()),
    ]


def test_a_list_of_questions_to_ask_stays_citable():
    text = "# Samtalet\n\nStäll frågor som\n- Har du ditt pass?\n- Får du behålla din lön?\n\nRing sedan jouren.\n"
    found = passages.split(Document("d", "Samtalet", text))
    assert [one.text for one in found] == [
        *("Ställ frågor som", "Har du ditt pass?", "Får du behålla din lön?", "Ring sedan jouren."),
    ]


def test_a_bold_line_without_text_below_it_stays_citable():
    found = passages.split(Document("d", "Sidan", "# Sidan\n\nText står här.\n\n**Ring 112 vid fara!**\n"))
    assert [one.text for one in found] == ["Text står här.", "Ring 112 vid fara!"]
