"""Ordinary words that sound like danger: they are left out of what is heard, and all else that is told stays.

Patterns of text without å, ä and ö; `nmt_rag.answering.help.need` and `askers` listen to what is left. Each names the
ordinary thing itself («en Ford Escort», «tvingar mig att använda BankID»), so that whoever also tells of a need is
still heard: «chefen tvingar mig att jobba övertid utan lön».
"""

from __future__ import annotations

import re

_BODY = (
    r"(?:kna(?:t|na)?|huvud(?:et)?|rygg(?:en)?|arm(?:en|bage\w*)?|hand(?:en|leden)?|fot(?:en|leden)?|ben(?:et)?|"
    r"ta(?:n)?|finger|fingret|fingrar|tumme(?:n)?|axel|axeln|nack(?:e|en)|hoft(?:en)?|tand(?:en)?|tander|oga(?:t)?|"
    r"nas(?:a|an)|revben(?:en)?|panna(?:n)?|lar(?:et)?|vad(?:en)?|head|back|knees?|arms?|hands?|foot|feet|legs?|toes?|"
    r"fingers?|thumb|shoulder|neck|hip|tooth|teeth|eyes?|nose|ribs?|elbow|ankle|wrist)"
)
_GAME = (
    r"(?:schack|kort|spel\w*|tennis|bordtennis|padel|badminton|fotboll|hockey|innebandy|golf|boule|bowling|"
    r"match\w*|fifa|chess|cards|games?|football|hockey|table tennis|ping pong|video games?)"
)
_OFFICE = (
    r"(?:skatteverket|kommunen|kronofogden|forsakringskassan|csn|banken|inkasso\w*|\w*myndigheten|lansstyrelsen|"
    r"(?:bostadsratts)?foreningen|(?:el|forsakrings|tele)bolaget|trafikverket|transportstyrelsen)"
)
_REFUGE = r"(?:kvinnojour\w*|tjejjour\w*|skydda(?:t|de) boende\w*)"
_DAYS = (
    r"(?:januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december|january|february|march|"
    r"may|june|july|august|october|\d)"
)
NO_HARM = re.compile(
    "|".join(
        (
            # whoever hurts themselves by accident, or wins a game
            r"\b(?:jag|vi|i|we) (?:(?:har|hade|nyss|precis|rakade|ar|radd|for|att|jag|ska|kan|kommer|ramlade|foll|och|"
            r"have|had|just|fell|and|might|accidentally|badly) )*(?:slog|slagit|sla|skada\w*|hit|hurt|injured|"
            rf"brot|brutit) (?:i )?(?:min|mitt|mina|my|our) (?:(?:vanstra|hogra|ena|bada|left|right|lower|upper) "
            rf")?{_BODY}\b",
            r"\b(?:ramla\w*|foll|fallit|halka\w*|snubbla\w*|fell|slipped)\b (?:\w+ )?(?:och|and) (?:jag |i )?(?:har )?"
            r"(?:slog|slagit|skada\w*|hit|hurt) (?:mig|me)\b",
            r"\b(?:slar|slog|slagit|sla|beats?|beaten) (?:mig|oss|honom|henne|dem|me|us|him|her|them|(?:min|mitt|mina|"
            rf"my|our) \w+) (?:\w+ )?(?:i|pa|at|in) (?:en |a |the )?{_GAME}\b",
            r"\b(?:skada\w*|hit|hits|damaged) (?:min|mitt|var|vart|my|our) (?:\w+ )?(?:cykel\w*|bil|bilen|soffa\w*|"
            r"staket\w*|brevlada\w*|garage\w*|car|bike|fence)\b",
            r"\b(?:push\w*|knuffa\w*|putta\w*) (?:\w+ ){1,3}?(?:i|pa|in|on) (?:(?:en|ett|a|the) )?(?:rullstol\w*|"
            r"barnvagn\w*|vagn\w*|gunga\w*|stroller|pram|buggy|wheelchair|swing)\b",
            # what anybody may be made to do, and who may say what follows
            r"\b(?:tving\w*|tvungen|forc\w*) (?:(?:mig|oss|man|kunder\w*|me|us) )?(?:(?:att|to) )?(?:(?:anvanda|"
            r"skaffa|ha|use) (?:\w+ )?(?:mobilt )?(?:bankid|e-leg\w*|swish|appen|kort)|betala (?:for )?(?:\w+ "
            r")?(?:\w*parkering\w*|p-avgift\w*|p-bot\w*|\w*skatt(?:en)?|moms|tull|kyrkoavgift\w*|tv-avgift\w*|"
            r"\w*faktura\w*)|ta (?:ut )?(?:min |var )?semester|(?:jobba|arbeta) (?:over|overtid)|work overtime|take "
            r"(?:my )?(?:holiday|vacation)|(?:ha|bara|anvanda|wear) (?:\w+ )?(?:uniform|arbetsklader|namnskylt|"
            r"munskydd)|byta (?:till )?(?:\w+ )?(?:kort|bank|elavtal|elmatare|schema))\b",
            rf"\b{_OFFICE} (?:\w+ )?hota\w* (?:(?:mig|oss|nu) )?med\b|\bhota\w* (?:(?:mig|oss) )?med (?:vite\w*|boter|"
            r"inkasso|utmatning|(?:en )?betalningsanmarkning)|\bjag (?:har )?hota\w* (?:\w+ ){1,2}med (?:facket|en "
            r"advokat|(?:att )?(?:en )?anmal\w*)\b",
            r"\butsatt\w* for (?:en |ett )?(?:bluff\w*|id-?(?:stold|kap\w*)\w*|identitets\w*|bedrageri\w*|skimning|"
            r"natfiske|phishing|buller\w*|trafikbuller|stold|inbrott|skadegorelse|drag|fukt|mogel)\b",
            # who works at a refuge, gives to it or opens one
            r"\b(?:volontar\w*|ideell\w*|praktik\w*|praktisera|jobb|tjanst) (?:\w+ )?(?:pa|i|hos|inom|at|"
            rf"for) (?:\w+ )?{_REFUGE}|\b(?:skank\w*|donera\w*|gava|bidrag\w*|\w+bidrag|starta\w*|oppna|driva|driver|"
            rf"bilda\w*)\b (?:\w+ ){{0,2}}?(?:(?:till|for|at|en|ett) ){{0,2}}{_REFUGE}",
            # children taken along, things let or served, clubs and cars
            r"\b(?:jag|vi) (?:ta|tar|tog) (?:mina|vara) barn (?:till|pa|med)\b",
            r"\b(?:servera\w*|hyra? ut|lana? ut) (?:\w+ )?(?:alkohol|mat|ol|vin|\w*rum|\w*bostad\w*|\w*lokal\w*|"
            r"stuga\w*|\w*lagenhet\w*|bil\w*|bat\w*|garage\w*) mot betalning\b",
            r"\bsponsor\w* (?:till|for|at|i|in|of) (?:(?:en|ett|var|vart|the|our|a) )?(?:\w+ )?(?:\w*forening\w*|"
            r"\w*lag(?:et)?|klubb\w*|evenemang\w*|event|club|team)\b|\bsponsor letter\b|\bford es[ck]ort\w*",
            r"\b(?:visum|visumet|visa) (?:gar ut|expires)\b(?: (?:(?:i|den|in|on) )?"
            rf"{_DAYS}|(?=.*\b(?:renew|extend|fornya|forlang)))",
        )
    )
)
"""What only sounds like violence or coercion."""
NO_WISH_TO_DIE = re.compile(
    r"\b(?:orkar|pallar)(?: bara)? inte (?:mer|langre) med (?:(?:alla|all|era|de|det|den|har|dessa) "
    r")*(?:\w*blankett\w*|papper\w*|byrakrati\w*|krangel|ko(?:er|n)?|\w*ansokning\w*|faktur\w*|mejl|reklam|\w*buller|"
    r"e-tjanst\w*|losenord\w*)|\bingen framtid (?:inom|i (?:branschen|yrket|foretaget|skolan)|som \w+)|\bhoppa "
    r"(?:fallskarm|bung\w+|hopprep|studsmatta|hage|langd\w*|hojd\w*)|\b(?:ta|take) (?:alla|all) (?:\w+ "
    r")?(?:tablett\w*|pills|tablets) (?:\w+ ){0,4}(?:eller|or) (?:\w+ ){0,3}(?:dela|sprida|split|spread)\b|\bvill do "
    r"(?:hemma|pa hospice)\b(?=.*\b(?:palliativ\w*|hospice|hemsjukvard|asih)\b)|\btrott pa livet (?:i "
    r"(?:stor)?sta(?:n|den|d)|pa landet)\b"
)
"""What speaks of no suicide: of forms, a trade, a sport, a dose, or where somebody who is ill wants to be cared for."""
