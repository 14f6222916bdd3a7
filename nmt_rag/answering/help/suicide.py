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
_PAINLESS = (
    r"(?:utan (?:att det (?:gor ont|kanns)|smarta|plagor)|smartfritt|snabb\w*|enkl\w*|latt\w*|without pain|painless\w*|"
    r"quick\w*|fast|easily)"
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
_SOMEBODY_OR_I = rf"(?:jag|{_SOMEBODY[3:]}"
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
            r"\b(?:inte|ej|not|n't) (?:\w+ )?(?:vart|varda?|worth) (?:att )?(?:leva|living)\b|\b(?:hatar|hate) (?:mitt "
            r"liv|livet|my life)\b|\b(?:kan|gar) inte (?:\w+ )?leva (?:sa har|sahar|med mig sjalv)\b",
            r"\b(?:inget|ingenting|inte nagot|nothing|not anything)(?: kvar| left| mer)? (?:att leva for|to live "
            r"for)\b",
            # dying
            r"\b(?:bestamt mig for|redo|beredd) att do\b|\bready to die\b|\btar? (?:man|jag) (?:livet av (?:sig|mig)|"
            r"(?:sitt|mitt)(?: eget)? liv)\b|\bwan(?:t|na)(?: to)? disappear[ .!]*$|\bwant (?:it all|everything|"
            r"this all) to (?:end|stop)\b|\bkora (?:rakt )?(?:in i|mot) (?:en |ett )?(?:bergvagg\w*|lastbil|berg|"
            r"trad)\b",
            rf"\bjag (?:tanker|ska|vill|kommer att) (?:bara )?ta (?:alla |mina )?{_PILLS} (?:i kvall|i natt|och do)\b",
            r"\blangta\w* (?:efter|till) (?:att (?:fa )?do|doden)\b|\btank\w* pa doden\b(?! som)|\b(?:think\w*|"
            r"thoughts) (?:about|of) (?:death|dying)\b|\bplan\w* (?:(?:pa )?att do|min dod|sin dod|to die|my (?:own )?"
            r"death)\b",
            rf"\bvill {_ADVERB}sluta andas\b",
            rf"\bhur (?:kan |ska |far )?(?:dor|do|jag|man|jag do|man do)\b.{{0,12}}{_PAINLESS}|\bsatt(?:et)? att "
            rf"do(?: pa)?\b|"
            rf"\bhow (?:to|can i|do i|does one|do you) die\b(?: {_PAINLESS}|[ .!?]*$)|\bpainless (?:death|way)\b",
            rf"\b(?:vill|ville) {_ADVERB}(?:do|forsvinna|somna)\b|\bskulle vilja {_ADVERB}(?:do|forsvinna|somna in)\b|"
            rf"\btank\w* (?:pa att )?do\b|"
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
            r"sitter) (?:pa|vid|uppe pa) (?:bron|en bro|ett tak|broracket|taket|racket|sparet|kanten)\b|\bi(?:'m|"
            r" am) (?:standing )?on (?:the|a) (?:bridge|ledge|roof|tracks)\b",
            rf"\b{_SOMEBODY_OR_I} (?:\w+ ){{0,2}}?(?:hangt|hangde|hanga|hanger|skjutit|skot|skjuta) (?:sig|mig)\b(?! "
            rf"(?:"
            r"pa (?!vind)|i (?:fot|hand|ben)|ut|fram|upp|over|av|med|kvar|undan|om|in|runt|at|fast))|\b(?:hang(?:s|ed|"
            r"ing)?|hung|shot|shoots?|shooting) (?:myself|himself|herself)\b(?! (?:an?\b|in (?:the|his|her|my) "
            r"(?:foot|leg|hand)))|\b(?:har|knutit|gjort|gjorde|(?:knyt\w*|gor|gora)(?: (?:jag|man|upp))?) (?:en "
            r")?snara\b(?! \w)|\bnoose\b|^jag har ett rep[ .!]*$",
            r"\b(?:skar|skara|skurit|cut|cuts|slit|slashed) (?:upp )?(?:(?:sina|mina|my|her|his|the) )?(?:handled\w*|"
            r"pulsad\w*|wrists?)\b",
            r"\bend (?:it all|everything)\b|\bwan(?:t|na)(?: to)? end it\b(?! (?:with|by))|\bvill (?:bara )?(?:fa )?"
            r"(?:det |allt )?att (?:det|allt) (?:ska )?(?:tar|ta) slut\b(?! pa)|\bsagt (?:hejda|adjo|farval)[ .!]*$",
            # pills and poison
            rf"\b(?:{_TAKEN}|(?:jag|hon|han) at) (?:\w+ ){{0,2}}?(?:hel|hela|helt|burk\w*|kartor|karta\w*|ask\w*|"
            rf"bottle|box|packe?t?) (?:(?:full|med|of|\w*burk|karta|ask) )*{_PILLS}|{_PILLS} (?:\w+ )?for att (?:fa "
            rf")?do\b|\b{_PILLS} to (?:die|kill)\b|\bdo(?:r|tt)? (?:(?:jag|man|hon|han|du) )?(?:(?:av|pa) )(?:\w+ "
            rf"){{0,3}}?{_PILLS}|\b{_PILLS} (?:\w+ ){{0,3}}?(?:dor (?:jag|man)|(?:jag|man) dor|(?:jag|man) ska do)\b|"
            rf"\b(?:die|overdose) (?:from|of|on|by) (?:\w+ ){{0,3}}?{_PILLS}",
            r"\bjag (?:\w+ ){0,2}?(?:drack|druckit|dricka|dricker) (?:\w+ ){0,2}?(?:propplosare|klorin|blekmedel|"
            r"kylarvatska|t-sprit|maskindiskmedel|rattgift|gift|lut|tandvatska)\b|"
            r"\bi (?:\w+ ){0,2}?(?:drank|drunk|drink) (?:\w+ ){0,2}?(?:bleach|drain cleaner|antifreeze|poison)\b",
            # pills, by their number
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
            r"\b(?:bast|battre|lattare|skonare) (?:for alla )?(?:om|att) jag (?:inte (?:fanns|finns|levde)|(?:var|"
            r"vore|ar) (?:borta|dod)|forsvann|dog)\b|\b(?:ingen|inte nagon|knappast nagon) (?:skulle|kommer(?: att)?) "
            r"(?:ens |ju )?sakna mig\b|\b(?:nobody|no one|noone) (?:(?:would|will|'d|even) )*(?:miss me|cares? if i "
            r"(?:die|died|was gone|am gone|disappear))\b|\bingen (?:bryr|skulle bry) sig (?:om|ifall) jag (?:dor|dog|"
            r"forsvinner|forsvann|inte fanns)\b",
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
_ENDS = r"(?=[ .!?]*$|[.,!]| (?:nu|och|jag|men|and|but|now)\b)"
WEARY = re.compile(
    "|".join(
        (
            rf"(?<!vi )\b(?:vill|orkar) inte (?:(?:langre|mer) )?(?:vara|va) (?:med|har|kvar)(?: (?:har|langre|"
            rf"mer))+{_ENDS}|\binte (?:(?:langre|mer) )?vill (?:vara|va) (?:med|har|kvar)(?: (?:har|langre|"
            rf"mer))+{_ENDS}",
            r"\b(?:don'?t|doesn'?t|do not|does not|no longer|not) wan(?:ts?|na)(?: to)? be (?:here|around|on this "
            rf"earth|in this world)(?: any ?(?:more|longer))?{_ENDS}",
            rf"\b(?:kan|tal|klarar)(?: bara)? inte (?:mer|langre){_ENDS}|\btrott pa allt{_ENDS}|\bvill inte "
            rf"mer{_ENDS}|\b(?:jag har gett upp|i(?:'ve| have)? "
            rf"gi(?:ve|ven) up(?: on life)?)[ .!]*$",
            rf"\bingen mening(?: (?:langre|kvar|med det))?{_ENDS}|\bno (?:more )?point(?: (?:to|in|of) (?:anything|"
            rf"life|going on|it))?(?: any ?(?:more|longer))?{_ENDS}|\b(?:tired of|done with) (?:everything|it "
            rf"all){_ENDS}",
            r"\b(?:can'?t|cannot|can not) live (?:like this|any ?(?:more|longer)|with myself)\b",
        )
    )
)
"""Of weariness, which may be of life or of what another does: where violence is told of, too, it is that."""
FACTS = re.compile(
    r"\b(?:hur (?:manga|vanlig\w*|ofta|stor andel)|how (?:many|common|often))\b(?! (?:\w+ )?(?:\w*tablett\w*|"
    r"\w*piller\w*|alvedon\w*|gram\w*|mg|dos\w*|pills|tablets))|\b(?:antal\w*|andel\w*|statistik\w*|number of|"
    r"statistics|rates?)\b(?! (?:\w+ )?(?:tablett|piller|pill|tablet)\w*)|\b(?:vad|what) (?:ar|innebar|betyder|menas "
    r"med|is|does) (?:ett |en |a )?(?:sjalvmord\w*|sjalvskad\w*|suicid\w*|self-?harm\w*)(?: mean)?[ ?.!]*$|^vad gor "
    r"(?:\w+ )?\w*(?:vard|polis|kommun|skol|region|social|myndighet|ambulans|psykiatri|stat|sjukhus)\w*\b|^what (?:do|"
    r"does) the (?:police|schools?|health|council|hospital|state|authorit)|^(?:vem|vilka|vilken \w+|who|which \w+) "
    r"(?:har ansvar\w*|ansvarar|utred\w*|arbetar|samordnar|is responsible)\b|\b(?:forebygg\w*|prevent\w*|motverka\w*|"
    r"nollvision\w*|handlingsplan\w*)\b|\blex maria\b|\b(?:olagligt?|lagligt?|straffbart|ett brott|legal|illegal|a "
    r"crime)\b|\b(?:forskning\w*|bok|boken|bocker\w*|film\w*|roman\w*|utstallning\w*|\w*artikel\w*|research|books?|"
    r"films?|movies?) (?:\w+ ){0,3}?(?:om|handlar om|about|on)\b|\butbilda\w* (?:\w+ )?personal\w*|"
    r"\bsuicid(?:risk)?(?:skal|utredning|bedomning)\w*|\bsuicidriskskal\w*|\bskillnad\w* mellan\b|\bhur (?:pratar "
    r"(?:skolan|larare\w*)|rapporterar)\b"
)
"""What asks for numbers, a meaning, or who works with it."""
PERSONAL = re.compile(
    r"\b(?:jag|ja|mig|mej|min|mitt|mina|han|hon|hen|honom|henne|he|she|him|her|me|my|myself|i (?:am|want|feel|"
    r"have))\b|\bi'm\b"
)
"""Somebody of whom is told: then even a matter of fact may be a cry."""
WRITTEN = re.compile(
    r"\b(?:uppsats\w*|skolarbete\w*|artikel\w*|forelas\w*|forskar|essay|thesis|research|article|"
    r"lecture|statistik\w*|statistics|forskning)\b.{0,30}\b(?:om|kring|on|about|av) (?:\w+ )?(?:sjalvmord|suicid|"
    r"sjalvskad|self-?harm)\w*"
)
"""What is written of it."""
