"""Made-up pages about schools, children, debts and shelters, and what holds for every answer to a question of them."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema

from nmt_rag.answering import messages
from nmt_rag.answering.quoting import N_RELATED
from nmt_rag.citations import quoted
from nmt_rag.types import Answer, Document

VALIDATOR = jsonschema.Draft202012Validator(
    json.loads((files("nmt_rag.interfaces") / "schemas" / "answer-1.json").read_text(encoding="utf-8"))
)

CHILDREN = Document(
    "barn",
    "Stöd till unga i Lövhult",
    """# Stöd till unga i Lövhult

I Lövhult ges stödet till unga i samverkan mellan följande aktörer:

Alla är välkomna hit. 😀

## Elevhälsan

Elevhälsan arbetar förebyggande mot mobbning i klassrummet. Elevhälsan erbjuder samtal med kurator och psykolog.
Elevhälsan skriver en orosanmälan när någon far illa.

## Barnahus

Barnahus samordnar förhör och läkarundersökningar under ett och samma tak. Barnahus öppnade 2014 i Västervik.

## Kvinnojouren Linnea

Kvinnojouren Linnea erbjuder skyddat boende åt kvinnor. Jouren har 12 platser. Kvinnojouren Linnea följer med till
rättegången som stödperson.

## Skolinspektionen

Skolinspektionen granskar skolor för att göra skolgången trygg. Skolinspektionen prövar klagomål om kränkningar.

## Socialnämnden

Socialnämnden beslutar om placering i familjehem.
""",
    url="https://example.se/unga",
)
DEBTS = Document(
    "skulder",
    "Hjälp i Ekby",
    """# Hjälp i Ekby

Många söker hjälp. Här står vart man vänder sig.

## Budgetrådgivningen

Budgetrådgivningen upprättar en hushållsbudget. Ett samtal hos Budgetrådgivningen kostar 50 kronor.

## Kronofogdemyndigheten

Kronofogdemyndigheten beslutar om skuldsanering. Läs mer om Kronofogdemyndigheten på webbplatsen.

## Familjerådgivningen

"""
    + " ".join(
        f"Familjerådgivningen samtalar om {theme}."
        for theme in "svartsjuka bröllop skilsmässa sparande arv otrohet flytten sorgen resor semester".split()
    )
    + "\n",
)
COUNCILS = Document(
    "samråd",
    "Stöd och hjälp i Sävby",
    """# Stöd och hjälp i Sävby

## Möten

Terminsmötet hålls i maj mellan följande aktörer:

### Ungdomsmottagningen

Ungdomsmottagningen informerar om preventivmedel.

### Skolpsykologenheten

Skolpsykologenheten bedömer inlärning.

## Vittnesstöd

Vittnesstödet ges av följande organisationer:

### Brottsofferjouren

Brottsofferjouren möter vittnen i domstolen.

### Mansjouren

Mansjouren möter män i kris.
""",
)
DOCUMENTS = {document.id: document for document in (CHILDREN, DEBTS, COUNCILS)}
SHELTER = "Kvinnojouren Linnea erbjuder skyddat boende åt kvinnor."
PLACEMENT = "Socialnämnden beslutar om placering i familjehem."
DEBT = "Kronofogdemyndigheten beslutar om skuldsanering."


def checked(answer):
    """Return an answer after a look at what holds for each: the schema, exact quotes, and all or nothing."""
    row = json.loads(json.dumps(answer.to_dict()))
    VALIDATOR.validate(row)
    assert Answer.from_dict(row) == answer
    for one in (*answer.citations, *answer.related):
        assert DOCUMENTS[one.document_id].text[one.start : one.end] == one.quote
    places = {(citation.document_id, citation.start) for citation in answer.citations}
    assert len(places) == len(answer.citations)
    assert not places & {(related.document_id, related.start) for related in answer.related}
    assert len(answer.related) <= N_RELATED
    if answer.answered:
        assert answer.abstention is None
        assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
        assert [(s.text, s.citations) for s in answer.statements] == [(c.quote, (c.marker,)) for c in answer.citations]
        for citation in answer.citations:
            assert f"{quoted(citation.quote, citation.reading)} [{citation.marker}]" in answer.text
            assert citation.source_sha256 == DOCUMENTS[citation.document_id].sha256
            assert (citation.title, citation.verdict) == (DOCUMENTS[citation.document_id].title, "exact")
            assert citation.heading[0] == citation.title
    else:
        assert (answer.citations, answer.statements, answer.actors) == ((), (), ())
        assert answer.text == answer.abstention.message
        assert answer.abstention.message == messages.abstention(answer.abstention.reason, answer.language)
    return answer


def quotes(answer):
    """Return what an answer quotes, each on one line."""
    return [" ".join(citation.quote.split()) for citation in answer.citations]
