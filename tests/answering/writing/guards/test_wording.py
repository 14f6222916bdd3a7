"""Own words against one sentence of a source: shortenings that say no more, and lies made by shortening."""

import json
import re
from pathlib import Path

import pytest

from nmt_rag.answering.writing import proof
from nmt_rag.answering.writing.proof import Dropped, Released, Shown
from nmt_rag.documents import actors, passages
from nmt_rag.types import Document

PAIRS = Path(__file__).parents[3] / "data" / "support_pairs.jsonl"


def judged(source, own, quote=None):
    """What becomes of own words beside a quote (the whole sentence, if none is given) from a source of one sentence."""
    document = Document(id="källa", title="", text=f"{source}\n")
    passage = max(passages.split(document), key=lambda one: len(one.text))
    names = actors.Names(actors.find(document, [], [source, own]))
    sentence = f"{own} «{quote or passage.text}» [1]"
    return proof.check(sentence, [Shown(1, passage, 0.9)], names)


def says(verdict, own):
    """Whether own words are released, and not only the quote beside them."""
    if isinstance(verdict, Released) and verdict.dropped:
        assert own not in re.sub(r"«[^«»]*»", "", verdict.text)
    return isinstance(verdict, Released) and verdict.dropped is None


# Each source with shortenings that are true of it, and with lies that use its own words only.
SOURCES = {
    "Handläggare på Migrationsverket kan upptäcka offer och myndighetens roll är bland annat att utreda och fatta "
    "beslut i ärenden som rör betänketid samt uppehållstillstånd.": (
        [
            "Migrationsverket beslutar om betänketid.",
            "Migrationsverket fattar beslut i ärenden som rör betänketid.",
        ],
        [
            "Migrationsverket fattar beslut i ärenden.",
            "Migrationsverket beslutar mot betänketid.",
            "Migrationsverket upptäcker offer.",
        ],
    ),
    "Polisverket upprättar en anmälan och inleder en förundersökning samt håller ett första förhör med offret.": (
        [
            "Polisverket upprättar en anmälan.",
            "Polisverket inleder en förundersökning.",
            "Polisverket håller ett första förhör med offret.",
            "Polisverket upprättar en anmälan och håller ett första förhör med offret.",
        ],
        [
            "Polisverket håller ett förhör med offret.",
            "Polisverket håller ett första förhör om offret.",
            "Polisverket anmäler offret.",
            "Offret upprättar en anmälan.",
            "Offret håller ett första förhör.",
        ],
    ),
    "Åklagarverket leder förundersökningen och Polisverket håller förhör med offret.": (
        ["Åklagarverket leder förundersökningen.", "Polisverket håller förhör med offret."],
        [
            "Åklagarverket håller förhör med offret.",
            "Polisverket leder förundersökningen.",
            "Åklagarverket leder Polisverket.",
            "Offret håller förhör.",
        ],
    ),
    "Föreningen ansöker om bidrag och nämnden beslutar om bidraget inom två veckor.": (
        ["Nämnden beslutar om bidraget inom två veckor."],
        [
            "Föreningen beslutar om bidraget.",
            "Föreningen ansöker och beslutar om bidraget.",
            "Nämnden beslutar om bidraget två veckor.",
            "Föreningen får bidrag.",
        ],
    ),
    "Stödverket ger bidrag till vuxna som har uppehållstillstånd.": (
        ["Stödverket ger bidrag till vuxna som har uppehållstillstånd."],
        [
            "Stödverket ger bidrag till vuxna.",
            "Stödverket ger vuxna uppehållstillstånd.",
            "Stödverket har uppehållstillstånd.",
        ],
    ),
    "Stödverket ger bidrag till skadade djur och unga flyktingar.": (
        ["Stödverket ger bidrag till skadade djur.", "Stödverket ger bidrag till skadade djur och unga flyktingar."],
        [
            "Stödverket ger bidrag till djur.",
            "Stödverket ger bidrag till flyktingar.",
            "Stödverket ger djur till flyktingar.",
        ],
    ),
    "Stödverket ger tolk om den sökande begär det.": ([], ["Stödverket ger tolk.", "Den sökande ger tolk."]),
    "Stödverket ger tolk till vuxna om de är medborgare.": (
        [],
        ["Stödverket ger tolk.", "Stödverket ger tolk till vuxna."],
    ),
    "Sökande ska ha svenskt medborgarskap eller uppehållstillstånd.": (
        ["Sökande ska ha svenskt medborgarskap eller uppehållstillstånd."],
        [
            "Sökande ska ha svenskt medborgarskap.",
            "Sökande ska ha uppehållstillstånd.",
            "Sökande har svenskt medborgarskap.",
        ],
    ),
    "Stödverket föreslår att bidraget höjs till 5 000 kronor.": (
        ["Stödverket föreslår att bidraget höjs till 5 000 kronor."],
        [
            "Bidraget höjs till 5 000 kronor.",
            "Stödverket höjer bidraget.",
            "Bidraget är 5 000 kronor.",
            "Bidraget höjs.",
        ],
    ),
    "Stödverket har 12 platser och 5 anställda i Malmö.": (
        ["Stödverket har 12 platser.", "Stödverket har 12 platser och 5 anställda i Malmö."],
        [
            "Stödverket har 12 anställda.",
            "Stödverket har 5 platser.",
            "Stödverket har 12 platser i Malmö och 5 anställda.",
            "Stödverket har Malmö.",
        ],
    ),
    "Utredningen ska vara klar inom fyra månader och kostar högst 900 kronor.": (
        ["Utredningen ska vara klar inom fyra månader."],
        [
            "Utredningen ska vara klar om fyra månader.",
            "Utredningen kostar 900 kronor.",
            "Utredningen är klar inom fyra månader.",
            "Utredningen ska kosta 900 kronor.",
        ],
    ),
    "Offret bistås av Stödverket.": (
        [],
        ["Offret bistår Stödverket.", "Stödverket bistås av offret.", "Offret bistår.", "Stödverket bistås."],
    ),
    "Stödverkets ordförande leder arbetet mot hot.": (
        ["Stödverkets ordförande leder arbetet mot hot."],
        [
            "Stödverket leder arbetet för hot.",
            "Ordförande leder hot.",
            "Stödverket leder hot.",
            "Ordförande leder arbetet med hot.",
        ],
    ),
    "Stödverket beslutade 2010 om nya regler.": (
        ["Stödverket beslutade 2010 om nya regler."],
        ["Stödverket beslutar om nya regler.", "Stödverket beslutade om regler.", "Stödverket har 2010 regler."],
    ),
    "Jouren bistår offret, dock inte ekonomiskt.": (
        [],
        ["Jouren bistår offret.", "Jouren bistår offret ekonomiskt.", "Jouren bistår inte offret."],
    ),
    "Stödet gäller bara barn, men Stödverket gör undantag.": ([], ["Stödet gäller barn.", "Stödverket gäller barn."]),
    "Kan jag få hjälp av Stödverket?": ([], ["Jag kan få hjälp av Stödverket.", "Stödverket kan få hjälp."]),
    "Stödverket skyddar barn från våld i hemmet.": (
        ["Stödverket skyddar barn från våld i hemmet.", "Stödverket skyddar barn från våld."],
        [
            "Stödverket skyddar våld.",
            "Stödverket skyddar barn med våld.",
            "Stödverket skyddar barn i hemmet från våld.",
            "Barn skyddar Stödverket.",
        ],
    ),
    "Stödverket skyddar barn mot våld och hot.": (
        ["Stödverket skyddar barn mot våld och hot.", "Stödverket skyddar barn mot våld."],
        [
            "Stödverket skyddar barn mot",
            "Stödverket skyddar barn och hot.",
            "Stödverket skyddar hot.",
            "Stödverket skyddar våld och hot.",
        ],
    ),
    "Stödverkets kontor, som ligger i Malmö, täcker in hela landet.": (
        ["Stödverkets kontor täcker in hela landet."],
        ["Stödverket ligger i landet.", "Malmö täcker in hela landet.", "Stödverkets kontor täcker in Malmö."],
    ),
    "Stödverket bedriver inte någon egen rådgivning utan stödjer kommunerna.": (
        ["Stödverket bedriver inte någon egen rådgivning."],
        [
            "Stödverket bedriver egen rådgivning.",
            "Stödverket bedriver inte någon rådgivning.",
            "Stödverket stödjer inte kommunerna.",
            "Stödverket bedriver inte kommunerna.",
            "Stödverket stödjer kommunerna.",
        ],
    ),
    "Jouren stödjer alla utom män.": ([], ["Jouren stödjer alla.", "Jouren stödjer män.", "Jouren stödjer alla män."]),
    "Det är frivilligt att delta i samtalen.": (
        ["Det är frivilligt att delta i samtalen."],
        ["Det är ofrivilligt att delta.", "Det är fritt att delta."],
    ),
    "Jouren är avgiftsfri och öppen dygnet runt.": (
        ["Jouren är avgiftsfri och öppen dygnet runt."],
        ["Jouren är fri.", "Jouren har avgift."],
    ),
}


@pytest.mark.parametrize(("source", "own"), [(source, own) for source, (true, _) in SOURCES.items() for own in true])
def test_a_shortening_that_says_no_more_is_released(source, own):
    verdict = judged(source, own)
    assert isinstance(verdict, Released), verdict
    assert verdict.text == f"{own} «{source}»"


@pytest.mark.parametrize(("source", "own"), [(source, own) for source, (_, lies) in SOURCES.items() for own in lies])
def test_a_lie_in_the_sources_own_words_is_dropped(source, own):
    assert not says(judged(source, own), own)


@pytest.mark.parametrize(
    ("source", "own"),
    [
        ("Socialtjänsten och polisen samverkar om barn, och polisen utreder brott.", "Socialtjänsten utreder brott."),
        ("Nämnden får avslå ansökan om uppgifter saknas.", "Nämnden får avslå ansökan."),
        (
            "Nämnden ger inte tillstånd till den som saknar pass.",
            "Nämnden ger tillstånd till den som saknar pass.",
        ),
        ("Barn under 18 år får gratis tandvård.", "Barn får gratis tandvård."),
        ("Barn under 18 år får gratis tandvård.", "18 år får gratis tandvård."),
        ("Alla barn utom nyfödda vaccineras.", "Alla barn vaccineras."),
        ("Stödet upphör när barnet fyller 18 år.", "Stödet fyller 18 år."),
        ("Stödet upphör när barnet fyller 18 år.", "Stödet upphör."),
        ("Myndigheten ska verka för att våld mot barn upphör.", "Myndigheten ska verka för våld mot barn."),
        ("Myndigheten ska verka för att våld mot barn upphör.", "Myndigheten ska verka för att våld."),
        ("Lagen förbjuder arbetsgivare att säga upp gravida.", "Lagen säger upp gravida."),
        ("Lagen förbjuder arbetsgivare att säga upp gravida.", "Arbetsgivare säger upp gravida."),
        ("Domstolen friade mannen från misstanken om mord.", "Domstolen friade mannen från mord."),
        ("Domstolen friade mannen från misstanken om mord.", "Mannen misstanken om mord."),
        ("Polisen varnar för att öppna länken.", "Polisen öppnar länken."),
        ("Polisen varnar för att öppna länken.", "Polisen är för att öppna länken."),
        ("I stället för böter döms till fängelse.", "Böter döms till fängelse."),
        ("I stället för böter döms till fängelse.", "För böter döms till fängelse."),
        ("Straffet är böter eller fängelse i högst sex månader.", "Straffet är fängelse i högst sex månader."),
        ("Straffet är böter eller fängelse i högst sex månader.", "Straffet är böter."),
        ("Straffet är böter eller fängelse i högst sex månader.", "Straffet är fängelse i sex månader."),
        ("Från och med 2025 gäller inte regeln längre.", "2025 gäller regeln."),
        ("Regeln gäller fram till 2025.", "Regeln gäller 2025."),
        ("Regeln gäller till och med den 31 mars 2025.", "Regeln gäller den 31 mars 2025."),
        ("Kommunen betalar hälften av hyran.", "Kommunen betalar hyran."),
        ("Ungefär 40 procent av kvinnorna och 10 procent av männen får stöd.", "40 procent av männen får stöd."),
        ("Ungefär 40 procent av kvinnorna och 10 procent av männen får stöd.", "40 procent av kvinnorna får stöd."),
        ("Den som är under 15 år kan inte dömas.", "Den som är under 15 år kan dömas."),
        ("Ansökan prövas av nämnden efter samråd med polisen.", "Ansökan prövas av polisen."),
        ("Ansökan prövas av nämnden efter samråd med polisen.", "Nämnden prövas."),
        (
            "Beslut kan överklagas till rätten, men inte till regeringen.",
            "Beslut kan överklagas till regeringen.",
        ),
        (
            "Beslut kan överklagas till rätten, men inte till regeringen.",
            "Beslut kan överklagas till rätten.",
        ),
        ("Det är osäkert om stödet betalas ut.", "Stödet betalas ut."),
        ("Det finns ingen skyldighet för kommunen att erbjuda boende.", "Kommunen ska erbjuda boende."),
        ("Det saknas skyldighet för kommunen att erbjuda boende.", "Kommunen erbjuder boende."),
        ("Kommunen är fri att neka bistånd till personer utan barn.", "Kommunen är fri till bistånd."),
        ("Om tre år avskaffas avgiften.", "Tre år avskaffas avgiften."),
        ("Om tre år avskaffas avgiften.", "Avgiften avskaffas."),
        ("Regeringen har lagt ned Stödverket.", "Regeringen har Stödverket."),
        ("Regeringen har lagt ned Stödverket.", "Regeringen har lagt Stödverket."),
        ("Kvinnan anmälde mannen till polisen.", "Kvinnan anmälde polisen."),
        ("Kvinnan anmälde mannen till polisen.", "Mannen anmälde polisen."),
        ("Kvinnan anmälde mannen till polisen.", "Mannen till polisen."),
        ("Offret hjälper polisen mot gärningsmannen.", "Offret hjälper gärningsmannen."),
        ("Offret hjälper polisen mot gärningsmannen.", "Polisen mot gärningsmannen."),
        ("Mannen som misshandlade kvinnan fick skydd av polisen.", "Kvinnan fick skydd av polisen."),
        ("Chefen för enheten beslutar om bidrag.", "Enheten beslutar om bidrag."),
        ("Chefen för enheten beslutar om bidrag.", "Chefen beslutar om bidrag."),
        ("Skyddet mot hot i Malmö är svagt.", "Skyddet mot Malmö är svagt."),
        ("Stödverket saknar rätt att besluta om tvång.", "Stödverket har rätt att besluta om tvång."),
        ("Stödverket saknar rätt att besluta om tvång.", "Stödverket beslutar om tvång."),
        ("Stödverket tillåter undantag från regeln att barn ska skiljas från vuxna.", "Stödverket tillåter barn."),
        ("Hälsa anges som skäl av få kvinnor.", "Hälsa anges som skäl av kvinnor."),
        ("Få kvinnor anger hälsa som skäl.", "Kvinnor anger hälsa som skäl."),
        ("Varannan kvinna anger hälsa.", "Kvinna anger hälsa."),
        ("Det är olagligt att sälja och köpa organ.", "Det är lagligt att sälja organ."),
        ("Det är förbjudet att köpa sex men inte att sälja.", "Det är förbjudet att sälja."),
        ("Det är förbjudet att köpa sex men inte att sälja.", "Det är förbjudet att köpa sex."),
        (
            "Kommunen kan enligt lagen ta ut en avgift för hemtjänst och ska då pröva betalningsförmågan.",
            "Kommunen ska ta ut en avgift för hemtjänst.",
        ),
        (
            "Kommunen kan enligt lagen ta ut en avgift för hemtjänst och ska då pröva betalningsförmågan.",
            "Kommunen tar ut en avgift för hemtjänst.",
        ),
        (
            "Polisen och Tullverket delar ansvaret, men Tullverket leder arbetet vid gränsen.",
            "Polisen leder arbetet vid gränsen.",
        ),
        (
            "Vårdnadshavaren företräder barnet, som har rätt att få komma till tals.",
            "Vårdnadshavaren har rätt att få komma till tals.",
        ),
        ("Hovrätten ändrade tingsrättens dom och frikände båda.", "Tingsrätten frikände båda."),
        ("Hovrätten ändrade tingsrättens dom och frikände båda.", "Hovrätten ändrade dom."),
        ("Av de anmälda brotten klaras ungefär hälften upp.", "De anmälda brotten klaras upp."),
        ("Så gott som alla ansökningar avslås.", "Alla ansökningar avslås."),
        ("Bara den som har fyllt 18 år får rösta.", "Den som har fyllt 18 år får rösta."),
        ("Personnummer krävs inte, men underlättar.", "Personnummer krävs."),
        ("Personnummer krävs inte, men underlättar.", "Personnummer underlättar."),
        ("Tidigare ansvarade länsstyrelsen för tillsynen.", "Länsstyrelsen ansvarade för tillsynen."),
        ("Tidigare ansvarade länsstyrelsen för tillsynen.", "Länsstyrelsen ansvarar för tillsynen."),
        ("Länsstyrelsen lämnade över tillsynen till Stödverket.", "Länsstyrelsen lämnade över Stödverket."),
        ("Länsstyrelsen lämnade över tillsynen till Stödverket.", "Stödverket lämnade över tillsynen."),
        ("Länsstyrelsen lämnade över tillsynen till Stödverket.", "Länsstyrelsen lämnade tillsynen till Stödverket."),
        ("Stödet söks hos kommunen, inte hos Stödverket.", "Stödet söks hos Stödverket."),
        ("Stödet söks hos kommunen, inte hos Stödverket.", "Stödet söks inte hos kommunen."),
        ("Den enskilde betalar själv resan men får ersättning i efterhand.", "Den enskilde betalar resan."),
        ("Den enskilde betalar själv resan men får ersättning i efterhand.", "Den enskilde får resan."),
        ("Flickor löper tre gånger så stor risk som pojkar.", "Pojkar löper tre gånger så stor risk."),
        ("Flickor löper tre gånger så stor risk som pojkar.", "Flickor löper stor risk."),
        ("Beslutet vinner laga kraft om det inte överklagas.", "Beslutet vinner laga kraft."),
        ("Handläggningen tar normalt fyra veckor.", "Handläggningen tar fyra veckor."),
        ("Handläggningen tar fyra till sex veckor.", "Handläggningen tar fyra veckor."),
        ("Handläggningen tar fyra till sex veckor.", "Handläggningen tar sex veckor."),
        ("Föräldrarna har ansvaret, även när barnet bor hos andra.", "Barnet bor hos andra."),
        ("Föräldrarna har ansvaret, även när barnet bor hos andra.", "Föräldrarna bor hos andra."),
        ("Socialnämnden utreder, Polisverket anmäler och Skolverket följer upp.", "Socialnämnden anmäler."),
        ("Socialnämnden utreder, Polisverket anmäler och Skolverket följer upp.", "Socialnämnden följer upp."),
        ("Socialnämnden utreder, Polisverket anmäler och Skolverket följer upp.", "Polisverket utreder."),
        ("Man behöver läkarintyg från dag åtta.", "Man behöver läkarintyg."),
        ("Man behöver läkarintyg från dag åtta.", "Man behöver läkarintyg åtta."),
        ("Ingen får utsättas för hot.", "Får utsättas för hot."),
        ("Verksamheten riktar sig till män över 25 år.", "Verksamheten riktar sig till män."),
        ("Verksamheten riktar sig till män över 25 år.", "Verksamheten riktar sig till 25 år."),
        (
            "Jouren tar emot besök måndagar och torsdagar mellan 9 och 12.",
            "Jouren tar emot besök måndagar mellan 9 och 12.",
        ),
        ("Jouren tar emot besök måndagar och torsdagar mellan 9 och 12.", "Jouren tar emot besök torsdagar."),
        ("Det räcker att en av föräldrarna samtycker.", "Föräldrarna samtycker."),
        ("Det räcker att en av föräldrarna samtycker.", "En av föräldrarna samtycker."),
        ("Regeringen avser att ge Stödverket i uppdrag att utreda saken.", "Stödverket utreder saken."),
        ("Regeringen avser att ge Stödverket i uppdrag att utreda saken.", "Regeringen utreder saken."),
        ("Regeringen avser att ge Stödverket i uppdrag att utreda saken.", "Regeringen avser att utreda saken."),
        ("Stödverket har inlett, men avbrutit, en utredning.", "Stödverket har inlett en utredning."),
        ("Skolan ska motverka mobbning och anmäla brott.", "Skolan ska motverka brott."),
        ("Skolan ska motverka mobbning och anmäla brott.", "Skolan ska anmäla mobbning."),
        ("Mottagningen är stängd i juli och öppen i augusti.", "Mottagningen är öppen i juli."),
        ("Mottagningen är stängd i juli och öppen i augusti.", "Mottagningen är stängd i augusti."),
        ("Mottagningen är stängd i juli och öppen i augusti.", "Mottagningen är öppen."),
    ],
)
def test_a_lie_made_by_leaving_out_is_dropped(source, own):
    assert not says(judged(source, own), own)


@pytest.mark.parametrize(
    ("source", "label", "quote"),
    [
        (
            "Åklagarverket leder förundersökningen och Polisverket håller förhör med offret.",
            "Åklagarverket:",
            "håller förhör med offret",
        ),
        ("Stödverket föreslår att bidraget höjs till 5 000 kronor.", "Stödverket:", "bidraget höjs till 5 000 kronor"),
        ("Stödverket ger bidrag till vuxna som har uppehållstillstånd.", "Stödverket:", "ger bidrag till vuxna"),
        ("Stödverket ger tolk till vuxna om de är medborgare.", "Stödverket:", "ger tolk till vuxna"),
        ("Sökande ska ha svenskt medborgarskap eller uppehållstillstånd.", "", "ska ha svenskt medborgarskap"),
        ("Utredningen kostar högst 900 kronor per år.", "", "900 kronor per år"),
        ("Jouren bistår offret, dock inte ekonomiskt.", "", "Jouren bistår offret"),
        ("Stödverket bedriver inte någon rådgivning för barn.", "Stödverket:", "någon rådgivning för barn"),
        ("Stödverket ger bidrag till svårt skadade djur.", "Stödverket:", "djur"),
        ("Kan jag få hjälp av Stödverket?", "", "jag få hjälp av Stödverket"),
        ("Polisverket bör också göra en riskbedömning.", "Polisverket:", "göra en riskbedömning"),
    ],
)
def test_a_quote_cut_so_that_it_says_another_thing_is_dropped(source, label, quote):
    assert isinstance(judged(source, label, quote), Dropped)


@pytest.mark.parametrize(
    ("own", "quote"),
    [
        ("Nämnden beviljar:", "betänketid hos Migrationsverket"),  # the quote would be read as what is granted
        ("Nämnden beviljar", "betänketid hos Migrationsverket"),
        ("Nämnden beviljar bidrag", "betänketid hos Migrationsverket"),
    ],
)
def test_own_words_that_are_not_in_the_quote_are_dropped(own, quote):
    source = "Nämnden beviljar bidrag och informerar om betänketid hos Migrationsverket."
    assert not says(judged(source, own, quote), own)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (
            "# Stöd\n\n## Det här gör kommunen inte\n\nKommunen betalar hyran åt unga.\n",
            "Kommunen betalar hyran åt unga.",
        ),
        (
            "# Stöd\n\nStödet ges inte till\n- barn under tolv år i Malmö\n- djur i nöd i Malmö\n",
            "barn under tolv år i Malmö",
        ),
    ],
)
def test_what_a_heading_or_the_beginning_of_a_list_negates_is_dropped(text, quote):
    found = passages.split(Document(id="källa", title="Stöd", text=text))
    shown = [Shown(number, passage, 0.9) for number, passage in enumerate(found, 1)]
    number = next(one.number for one in shown if one.passage.text == quote)
    assert proof.check(f"«{quote}» [{number}]", shown, actors.Names([])) == Dropped("qualifier")


def test_no_labelled_statement_is_released_that_its_quote_does_not_support():
    released = {"supported": 0, "not supported": 0}
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        released[pair["label"]] += says(judged(pair["quote"], pair["statement"]), pair["statement"])
    assert released == {"supported": 0, "not supported": 0}  # free paraphrase: only its quotes are
