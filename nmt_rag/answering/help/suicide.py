"""Words that speak of suicide, of harming oneself, or of having lost all hope: patterns of text without å, ä and ö.

`nmt_rag.answering.help.need` decides by them. Facts about suicide («Hur många självmord sker per år?»), accidents («jag
skadade mig på jobbet») and what another does to whoever asks («han säger att han ska ta livet av mig») are left out.
"""

from __future__ import annotations

import re

_ADVERB = r"(?:(?:verkligen|bara|helst|hellre|ocksa|langre|ens|riktigt|nog|snart|nu) )*"
_ENDURES = r"(?:vill|ville|orkar|orkade|pallar|klarar)"
_LIVE = r"(?:leva|finnas|existera)\b(?! over| av| pa (?!det)| med (?!de)| ihop| tillsammans)"
"""To live at all, and not on benefits or together with somebody."""
_NO_MORE = (
    r"(?:mer|langre)\b(?! (?!(?:leva|finnas|vakna|kampa|fortsatta|ha|va|vara|ska|snalla|hemma|mamma|pappa)\b)"
    r"(?:\w+a|bo|ga|sta|se|do)\b)"
)
"""No strength left, and not only none to cook: «orkar inte längre laga mat»."""
_TAKEN = r"(?:tagit|tog|svalt|svalde|atit|tryckt i (?:mig|sig)|took|taken|swallowed|eaten|ate)"
_PILLS = (
    r"(?:\w*tabletter\w*|\w*piller\w*|alvedon\w*|panodil\w*|paracetamol\w*|ipren\w*|somnmedel\w*|pills|tablets|"
    r"painkillers|tylenol)"
)
_TOO_MANY = r"(?:for (?:mycket|manga)|massa|massor|mangder|alla|hela|too (?:many|much)|all|whole|lots?|loads?|bunch)"
_HURT = (
    r"(?! (?:pa (?!arm|ben|lar|mag|hand)\w|i (?:fing|tum|hand(?!led)|fot|kok|bil|trafik|skol)|(?:at|on|"
    r"in) (?!purpose)|(?:under|av|fran|mot|playing|shaving)\b|(?:nar|medan|om|when|while|if) (?:jag|han|hon|i|he|"
    r"she) (?:fall|fell|ramla|halka|trana|jobba|laga|cykla|spring|train|work|cook|play|slip)))"
)
"""Harm done on purpose, and not «på jobbet», «i fingret» or «om jag faller»."""
_SOMEBODY = (
    r"(?:han|hon|hen|son|dotter|barn\w*|\w*aring\w*|kompis\w*|van|vannen|vaninna\w*|tjej\w*|kille\w*|flickvan|pojkvan|"
    r"bror|syster|elev\w*|patient\w*|klient\w*|ungdom\w*|mamma|pappa|fru|sambo|kollega|flicka\w*|pojke\w*)"
)
_MEANS_TO = (
    r"(?:(?:vill|ska|skulle vilja|tanker|tankt|tankte|brukar|borjat|kommer|har|haft|lust|maste|kan|behover|lata|bli|"
    r"att|bara|ibland|ofta|pa|funderar|inte|radd|for|jag) )+"
)
OTHERS = re.compile(
    r"\b(?:han|hon|hen|de|dom|nagon|mannen|killen|he|she|they|someone|(?:min|mitt|mina|my) \w+)\b(?: (?!(?:jag|"
    r"i)\b)\w+){0,6} (?:doda\w*|skad\w*|skar\w*|skurit|ta livet av|tar livet av|kill\w*|hurt\w*|cut\w*) (?:mig|mej|"
    r"oss|me|us)\b"
)
"""What another does to whoever asks, or threatens to do: it is violence."""
LIFE = re.compile(
    "|".join(
        (
            # the word itself
            r"\b(?:sjalvmord|suicid|sjalvskad)(?!s?(?:prevent|forebygg|statistik|ologi|forskning))|\bkms\b|"
            r"\bself-?harm\w*|\bsuicide (?:note|letter)\b|\bavskedsbrev\w*",
            # not wanting to live, in the order of a main clause and of a subordinate one
            rf"\b{_ENDURES} (?:(?:jag|han|hon|hen) )?{_ADVERB}(?:inte|ej|aldrig) {_ADVERB}{_LIVE}",
            rf"\b(?:inte|ej|aldrig) {_ADVERB}{_ENDURES} {_ADVERB}{_LIVE}",
            r"\bingen (?:lust|vilja|ork) att leva\b|\btrott pa (?:livet|att leva)\b|\bslippa? (?:leva|vakna)\b",
            rf"\b(?:orkar|pallar) {_ADVERB}(?:inte|ej) {_NO_MORE}|\b(?<!som )(?:inte|ej) {_ADVERB}(?:orkar|"
            rf"pallar) {_NO_MORE}",
            r"^(?:(?:men|och) )?jag orkar (?:bara )?inte[ .!?]*$",
            r"\b(?:vill|orkar|hoppas|onskar) (?:att )?(?:jag )?(?:inte|aldrig)(?: behover)? vakn\w+|\b(?:inte|"
            r"aldrig) (?:vill|orkar) vakn\w+",
            r"\b(?:don'?t|doesn'?t|do not|does not|didn'?t|no longer|not) (?:really |even )?wan(?:ts?|"
            r"na)(?: to)? (?:live|be alive|exist)\b(?! (?:with|near|off|together|alone|in (?!this|pain|fear)))|"
            r"\bno (?:reason to live|point (?:in|of) living)\b|\bthe point of living\b|\btired of (?:living|life)\b",
            # dying
            rf"\b(?:vill|ville) {_ADVERB}(?:do|forsvinna|somna)\b|\btank\w* (?:pa att )?do\b|"
            r"\btank\w* pa att ta\b[ .!?]*$",
            r"(?<!nar )(?<!om )(?<!innan )(?<!ifall )(?<!dar )"
            rf"\b(?:jag (?:ska|kommer|haller pa)|kommer jag|ska jag)(?: att)? {_ADVERB}do\b(?! av| hemma)",
            r"(?<!nar )(?<!om )(?<!innan )(?<!ifall )(?<!dar )(?<!och )(?<!att )\bjag dor[ .!]*$",
            r"(?<!when )(?<!if )(?<!before )\b(?:i(?:'m| am)|am i) (?:going to|gonna|about to) die\b|\bi(?:'ll|"
            r" will) die\b",
            r"\bwan(?:t|ts|na)(?: to)? die\b",
            # taking one's life
            r"\bta(?:r|git)? (?:mitt|sitt)(?: eget)? liv\b|\btog (?:mitt|sitt)(?: eget)? liv\b|\b(?:ta|tar|tog|"
            r"tagit) livet av (?:mig|mej|sig|dig)\b|\bgora slut pa (?:mig|sig|allt)[ .!?]*$|\bkill(?:s|ed|"
            r"ing)? (?:myself|himself|herself|themselves)\b|\b(?:end|ended|ending|take|took|taking) (?:my|her|his|"
            r"their)(?: own)? life\b|\bending it all\b",
            r"\b(?:tanker|tankt|vill|ska) (?:pa att )?hoppa(?! (?:over|av|pa|in)\b)|\bhoppa framfor\b|\bjag (?:star|"
            r"sitter) (?:pa|vid|uppe pa) (?:bron|broracket|taket|racket|sparet|kanten)\b|\bi(?:'m|"
            r" am) (?:standing )?on (?:the|a) (?:bridge|ledge|roof|tracks)\b",
            # pills
            rf"\b{_TAKEN} (?:\w+ ){{0,3}}?{_TOO_MANY} (?:\w+ ){{0,3}}?(?:{_PILLS}|\w*medicin\w*|medication|meds)\b",
            rf"\b(?:tagit|tog|svalt|svalde|took|taken|swallowed) (?:\w+ ){{0,2}}?(?:manga|many|[1-9]\d+|tjugo|trettio|"
            rf"fyrtio|femtio|hundra) (?:\w+ )?{_PILLS}",
            r"(?<!om jag har )(?<!nar jag har )(?<!om man har )"
            rf"\b(?:tagit|tog|svalt|svalde|taken|took|swallowed) {_PILLS}"
            r"(?=[ .!?]*$|[ ,.!]+(?:for att (?:do|slippa)|nu|vad (?:ska|gor|hander)|hjalp|och (?:vill|jag|mar|ska|"
            r"angrar|alkohol|sprit|vin)|jag|and (?:want|i)|what (?:should|do|now)|help|to die)\b)",
            r"(?<!ska jag )(?<!far jag )(?<!maste jag )(?<!should i )(?<!can i )\b(?:ta|svalja|take|"
            r"swallow) (?:\w+ ){0,2}?"
            rf"{_TOO_MANY} (?:\w+ ){{0,2}}?{_PILLS}|\bmassa (?:\w+ )?{_PILLS}",
            r"\bsvalt (?:en )?(?:hel )?massa[ .!?]*$|\b(?:ta|tar|tagit|tog|take|takes|took|taken|taking) (?:en |"
            r"an )?over ?dos\w*|\boverdos(?:ed|erat|erade)\b",
            # harming oneself
            rf"\bskara? mig\b{_HURT}|\bskurit mig\b(?! pa){_HURT}|\b(?:skad\w*|slar|slog|branner) (?:mig|mej|sig|"
            rf"dig) sjalv\w*|\b(?:gor|gora|gjort|gjorde) (?:mig|mej|sig|dig) sjalv illa\b|\bskar (?:sonder )?(?:mina|"
            rf"sina) (?:arm|ben|handled)\w*|\bcut(?:s|ting)? (?:my|his|her) (?:arms?|wrists?|legs?)\b",
            rf"(?<!om )(?<!nar )\bjag {_ADVERB}(?:(?:ofta|ibland|brukar) )?skadar mig\b{_HURT}|"
            rf"\bjag {_MEANS_TO}skada mig\b{_HURT}",
            rf"\b{_SOMEBODY} (?:(?:har|borjat|borjade|vill|brukar|ofta|ibland|haller pa att) )*(?:skar|skara|"
            rf"skurit) sig\b{_HURT}",
            rf"\b(?:cut|cuts|cutting|hurt|hurts|hurting|harm|harms|harming) (?:myself|herself|himself|"
            rf"themselves)\b{_HURT}",
            # better off dead
            r"\b(?:battre|lika bra) (?:om|att) jag (?:var dod|dor|ar dod|dog|forsvinner|inte (?:fanns|finns)|ar borta|"
            r"vore borta)\b|\bonskar (?:att )?jag (?:var|vore) dod\b|\bforsvinn\w* for (?:alltid|gott)\b|\b(?:battre|"
            r"better)(?: off)? (?:utan mig|without me)\b|\bbetter off dead\b|\bwish i (?:was|were|wasn't|weren't|"
            r"had never been) (?:dead|alive|born)\b|\b(?:never|not|n't)(?: (?:want|wan)(?: to|"
            r"na)?)? wake up\b(?! (?:early|at))",
            # no hope
            r"\b(?:allt|det) ska (?:ta slut|vara (?:over|slut))\b|\b(?:ingen|nagon) (?:annan )?(?:vag ut|"
            r"utvag)(?: langre| kvar| for mig| ur det har| ur detta)*[ .!?]*$|\b(?:ser|har) (?:jag )?(?:ingen|"
            r"inte nagon) framtid\b|\b(?:allt|livet) (?:kanns|ar) (?:\w+ )?(?:hopplost|meningslost)\b|"
            r"\bkanner mig (?:\w+ )?hopplos\b|\bingen mening med (?:nagot|nagonting|livet|att leva)\b",
            r"\bno way out(?: for me| of this| anymore| left)*[ .!?]*$|\bfeel(?:ing)? (?:\w+ )?hopeless\b|"
            r"\bno (?:hope|future)(?: left| anymore| for me)*[ .!?]*$|\bcan'?t (?:do|take) (?:this|it) any ?more\b|"
            r"\bcan'?t go on\b(?! (?:holiday|vacation|leave|strike|a|the|my|to|with)\b)",
        )
    )
)
"""Of suicide, self-harm and lost hope, by kind."""
FACTS = re.compile(
    r"\b(?:hur (?:manga|vanlig\w*|ofta|stor andel)|how (?:many|common|often))\b(?! (?:\w+ )?(?:\w*tablett\w*|"
    r"\w*piller\w*|alvedon\w*|gram\w*|mg|dos\w*|pills|tablets))|\b(?:antal\w*|andel\w*|statistik\w*|number of|"
    r"statistics|rates?)\b(?! (?:\w+ )?(?:tablett|piller|pill|tablet)\w*)|\b(?:vad|what) (?:ar|innebar|betyder|"
    r"menas med|is|does) (?:ett |en |a )?(?:sjalvmord\w*|sjalvskad\w*|suicid\w*|self-?harm\w*)(?: mean)?[ ?.!]*$|"
    r"^vad gor (?:\w+ )?\w*(?:vard|polis|kommun|skol|region|social|myndighet|ambulans|psykiatri|stat|sjukhus)\w*\b|"
    r"^what (?:do|does) the (?:police|schools?|health|council|hospital|state|authorit)|^(?:vem|vilka|vilken \w+|who|"
    r"which \w+) (?:har ansvar\w*|ansvarar|utred\w*|arbetar|samordnar|is responsible)\b|\b(?:forebygg\w*|prevent\w*|"
    r"motverka\w*|nollvision\w*|handlingsplan\w*)\b"
)
"""What asks for numbers, a meaning, or who works with it."""
PERSONAL = re.compile(
    r"\b(?:jag|ja|mig|mej|min|mitt|mina|han|hon|hen|honom|henne|he|she|him|her|me|my|myself|i (?:am|want|feel|"
    r"have))\b|\bi'm\b"
)
"""Somebody of whom is told: then even a matter of fact may be a cry."""
WRITTEN = re.compile(
    r"\b(?:uppsats\w*|skolarbete\w*|artikel\w*|forelas\w*|forskar|essay|thesis|research|article|"
    r"lecture)\b.{0,30}\b(?:om|kring|on|about|av) (?:\w+ )?(?:sjalvmord|suicid|sjalvskad|self-?harm)\w*"
)
"""What is written of it."""
