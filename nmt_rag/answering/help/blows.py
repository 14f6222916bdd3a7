"""Blows and coercion in other words than those of `nmt_rag.answering.help.phrases`: who does what to whom.

Patterns of text without å, ä and ö; `phrases.HARM` holds them. The subject is somebody else, never «jag».
"""

from __future__ import annotations

_ME = r"(?:mig|mej|oss|me|us)"
_THEM = (
    r"(?:mig|mej|oss|me|us|henne|honom|dem|dom|barnen|her|him|them|(?:(?:min|mitt|mina|var|vart|sin|sitt|sina|hans|"
    r"my|our|his) )?(?:\w+ )?(?:mamma|pappa|fru|man|sambo|tjej|kille|flickvan|pojkvan|son|dotter|barn|bebis|bror|"
    r"syster|mum|mom|dad|wife|husband|girlfriend|boyfriend|partner|child|kids?|baby|brother|sister)\b)"
)
_OTHER = (
    r"(?:han|hon|de|dom|nagon|nan|ngn|mannen|killen|(?:min|mitt|my) (?:\w+ )?(?:man|fru|sambo|pojkvan|flickvan|kille|"
    r"tjej|ex\w*|partner|chef|pappa|mamma|styvpappa|bror|son|husband|wife|boyfriend|girlfriend|boss|dad|father)|he|she|"
    r"they|someone|somebody)"
)
_OVER_ME = r"(?:chef\w*|boss|arbetsgivar\w*|hyresvard\w*|larar\w*|tranar\w*|ledare\w*|landlord|employer|coach|teacher)"
_KIN = (
    r"(?:bror|pappa|styvpappa|styvfar|farbror|morbror|morfar|farfar|kusin|brother|dad|father|stepfather|uncle|cousin)"
)
_NOT_I = r"\b(?<!jag )(?<!jag har )(?<!vi )(?<!i )"
KNOCKS = (
    r"(?:knuffa\w*|putta\w*|nyp(?:er|t|te)|nop|lugga\w*|orfila\w*|daska\w*|smiska\w*|smiskt|push(?:es|ed|ing)?|"
    r"shov(?:es|ed|ing)|shove|slap(?:s|ped|ping)?|punch(?:es|ed|ing)?|grabb?(?:s|ed|ing)|drags|dragged|strangl\w*|"
    r"chok(?:es|ed|ing)|kick(?:s|ed|ing)?)"
)
"""What hands do, besides the verbs of `phrases`."""
TOLD = "|".join(
    (
        rf"\b{KNOCKS}(?: (?:ofta|alltid|ibland|jamt))? {_THEM}\b(?! (?:to|att|ahead|forward|up the|frame?at)\b)",
        r"\b(?:tog|tar|tagit) (?:ett )?stryp(?:tag|grepp) pa\b|\b(?:skaka\w*|shook|shak(?:es|ing)) (?:(?:min|mitt|"
        r"vart|var|my|our|the) )?(?:lilla |little )?(?:bebis\w*|barn(?:et|en)?|son|dotter|baby|child|daughter)\b|"
        r"\bjag (?:har |hade )?(?:slagit|slog|skadat|skadade|misshandlat) (?:nagon|nan|ngn|en (?:person|kompis|tjej|"
        r"kille|man|kvinna))\b",
        rf"\b{_OTHER} (?:\w+ ){{0,2}}?(?:biter|bet|bitit|bites|bit) {_ME}\b",
        rf"\b(?:kasta\w*|slang(?:er|de|t)|throws?|threw|throwing) (?:\w+ ){{0,3}}?(?:pa|mot|efter|at) {_THEM}",
        rf"\b(?:drar|dra|drog|dragit|sliter|slet|slitit|rycker|ryckte|ryckt|pull\w*|yank\w*|drag\w*) {_THEM} (?:i|"
        r"by)(?: (?:mitt|the|my|her))? (?:har\w*|arm\w*|ben\w*|hair|arms?|legs?)\b|\b(?:drar|drog|pull\w*) (?:i "
        r")?(?:mitt|my|hennes|her) (?:har|hair)\b",
        rf"\bspotta\w* (?:pa {_THEM}|{_ME} i)|\b(?:spits?|spat|spitting) (?:on|at) {_THEM}|\b(?:spits?|spat) in my\b",
        rf"\b{_OTHER} (?:\w+ ){{0,2}}?(?:(?:slar|slog|slagit|har|hade) sonder|krossa\w*|smash(?:es|ed)|"
        r"breaks|broke) (?:\w+ )?(?:min|mitt|mina|vara|vart|allt|saker\w*|mobil\w*|dorr\w*|inred\w*|mobl\w*|my|our|"
        r"things|everything|the (?:door|phone|furniture))\b",
        rf"\b{_OTHER} (?:\w+ )?(?:slar|slog|sparkar|beats|hits|kicks) (?:(?:min|var|my|our|the) )?(?:hund|hunden|katt|"
        r"katten|dog|cat)\b|\b(?:far|fick|fatt|get|gets|got) (?:\w+ )?(?:stryk|smisk|a beating)\b(?! (?:i|mot|av) "
        r"(?:\w*match\w*|\w*lag\w*|derby\w*|\w*final\w*))",
        r"\b(?:sa arg|so angry|so mad) (?:att|that)? ?(?:jag|i) (?:\w+ )?(?:slar|slog|knuffar|sparkar|hit|hits|"
        r"push)\b|\b(?:kan inte|svart att|cannot|can'?t) (?:kontrollera|styra|control) (?:min|mina|mitt|my) (?:ilska|"
        r"aggress\w*|vrede|humor|temper|anger|rage)\b|\b(?:forgrep|forgripit|forgriper) (?:mig|sig) pa\b",
        r"\b(?:blev|blir|blivit) (?:\w+ )?(?:knuffad|puttad|nypt|fasthallen|(?:sparkad|biten) av (?:min|mitt|honom|"
        r"henne))\b|"
        rf"\b(?:haller|holl|hallit) fast {_ME}|\b(?:holds?|held|holding) (?:me|us) down\b",
        # sex that nobody agreed to
        r"\b(?:sex|samlag|legat|lag|slept|had it off) (?:med|with) (?:mig|oss|me|us)\b.{0,30}\b(?:full|berusad|packad|"
        r"sov|sover|somnat|drunk|asleep|sleeping|passed out|unconscious|nej|ville inte|inte ville)\b",
        r"\b(?:vakna\w*|woke)\b.{0,25}\b(?:sex med mig|sex with me|ovanpa mig|i mig|inside me|on top of me)\b",
        r"\b(?:nagon|nan|ngn|someone|somebody) (?:har |had )?(?:haft|hade|had)? ?sex (?:med mig|with me)\b|\bvakna\w* "
        r"naken\b|\bwoke up naked\b",
        rf"\b{_KIN} (?:\w+ )?(?:legat|lag|ligger|haft sex|hade sex|har sex|had sex|has sex|slept) (?:med|with) "
        r"(?:mig|me)\b",
        r"\b(?:fast|fastan|trots att|although|even though|even when|though) (?:jag|i) (?:sa|sade|sager|said|say) "
        r"(?:nej|stopp|no|stop)\b|\bligger med (?:hans|andra|man|kunder|dem|dom)\b",
        rf"{_NOT_I}(?:ror|rorde|rort) (?:\w+ )?vid (?:mig|oss)\b|\b{_OVER_ME}\b.{{0,15}}\b(?:vill ha|kraver|wants?) "
        r"(?:\w+ )?sex\b|\b(?:styvpappa|pappa|morfar|farfar|bror|farbror|morbror|larare|tranare|han|nagon) tar pa "
        r"mig(?=[ .!?]*$| (?:nar|och|pa natt\w*|dar|ibland|overallt)\b)",
        r"\b(?:traffa|mota|meet) (?:mig|me|henne)\b.{0,15}\bhotel\w*|\blagger ut (?:mig|oss|henne) pa\b",
        r"\b(?:dansa\w*|posera\w*|danc(?:e|ing)|pose)\b.{0,10}\b(?:naken|nakna|naked)\b|\b(?:strippa\w*|kla(?:r)? av "
        r"(?:mig|oss)|strip|undress)\b.{0,10}\b(?:for|at|infor|in front of) (?:man|mannen|honom|dem|dom|andra|kunder|"
        r"men|him|them|customers)\b",
        r"\b(?:larare|tranare|ledare|chef|teacher|coach|boss) (?:\w+ )?(?:skicka(?:r|de|t)|sends?|sent) (?:\w+ "
        r")?(?:nakna )?"
        r"(?:bild\w*|meddelande\w*|pictures|photos|messages)(?=[ .!?]*$| (?:pa sig|till mig|av sig|pa natt|to me|of "
        r"him|at night)\b)",
        # held, watched, and taken somewhere
        rf"\b(?:{_OTHER}|foraldrar\w*|familj\w*|parents|family) (?:later (?:mig|oss|henne) (?:inte|aldrig)|(?:won'?t|"
        r"will not|doesn'?t|does not|never|don'?t|do not) lets? (?:me|us|her) (?:see|go|leave|out|talk|meet|call|have|"
        r"eat|"
        rf"sleep|work|visit|keep|come|use my))\b",
        r"\b(?:vet inte|vet ej|don'?t know|do not know|no idea) (?:var|vart|where) (?:jag ar|vi ar|i am|i'm|we are)"
        r"(?=[ .!?,]*$|[,.!]| (?:nagonstans|och|men|nu|and|but|now)\b)",
        rf"\b{_OTHER} (?:\w+ )?(?:tagit|tog|tar|fort|forde|kort|brought|took|taken) (?:mig|oss|me|us) (?:hit|here)\b",
        rf"\b{_OTHER} (?:\w+ )?(?:star|stod|vantar|sitter|is|stands|waits|waiting) (?:\w+ )?(?:utanfor|outside) (?:min|"
        r"mitt|var|vart|my|our)\b|\bis (?:always )?following (?:me|us|her)\b(?! on)",
        rf"\b{_OTHER}\b.{{0,25}}\b(?:sparsandare|gps\w*|airtag\w*|tracker)\b.{{0,10}}\b(?:i|pa|in|on) (?:min|mitt|"
        rf"my)\b",
        r"\bradd hemma\b|\b(?:scared|afraid) at home\b|\b(?:var|vart|hur|where|how) (?:kan|ska|can) (?:(?:jag|vi|hon) "
        r"fly|(?:i|we|she) "
        r"flee)\b(?! \w*fisk)|\bvanara\w*|\bbr(?:ing|ought) shame\b|\bskam over (?:familj|slakt)\w*|\bskicka\w* (?:mig|"
        r"oss|henne) (?:utomlands|till (?:mitt |hennes )?hemland\w*)|\bsend(?:s|ing)? (?:me|us|her) abroad\b",
        # paid nothing, or made to hand it over
        r"\b(?:jobba\w*|arbeta\w*|plocka\w*|stada\w*|diska\w*|work\w*|clean\w*|pick\w*)\b.{0,40}\b(?:(?:far|fick|fatt) "
        r"(?:inga|inte nagra) pengar(?! (?:fran (?!chef|arbetsg|honom|dem|dom|agent)|i bidrag))|(?:do not|don'?t|does "
        r"not|doesn'?t|never) (?:give|gives) (?:me|us) (?:any "
        r")?money)\b",
        r"\b(?:agent\w*|chef\w*|han|hon|de|dom|boss|he|they) (?:tar|tog|takes?|took) (?:nastan )?(?:alla|all)(?: "
        r"the)? (?:pengar\w*|money)\b|\b(?:maste|tvungen att|have to|must) (?:ge|give) (?:honom|henne|dem|dom|him|her|"
        r"them) (?:\w+ )?(?:pengar\w*|money|lon\w*)\b(?! tillbaka)|\b(?:chef\w*|boss|arbetsgivar\w*|employer|agent\w*|"
        r"han|de|dom|he|they) (?:\w+ ){0,3}?(?:maste|must|have to) (?:betala|pay) (?:tillbaka|back) (?:\w+ "
        r")?(?:resa\w*|biljett\w*|ticket|trip)\b",
    )
)
"""What is done to somebody, by kind; part of `phrases.HARM`."""
HEARD = (
    r"\b(?:pappa|mamma|styvpappa|styvfar|plastpappa|dad|daddy|mum|mom|stepdad|stepfather) (?:har )?(?:\w+ )?(?:slar|"
    r"slog|slagit|sparka\w*|knuffa\w*|hotar|misshandla\w*|hits?|beats?|hurts?|pushes) (?:pa )?(?:mamma|pappa|mum|mom|"
    r"dad|barnen|syskon\w*|lillebror|lillasyster)\b|\b(?:hor|horde|hort|hear|heard|hearing)\b.{0,25}\b(?:slag|"
    r"slagsmal|skrik|skriker|rop pa hjalp|screams?|screaming|beating|hitting|fighting|cries for "
    r"help)\b.{0,30}\b(?:grann\w*|lagenhet\w*|ovanfor|under|vaggen|huset|neighbou?rs?|flat|apartment|next door|"
    r"upstairs|wall)\b"
)
"""What a child, or a neighbour, sees and hears; part of `phrases.SEES`."""
