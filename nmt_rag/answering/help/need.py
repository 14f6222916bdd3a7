"""Whether a question sounds as if whoever asks, or somebody they know, needs help now.

It looks at words alone, and rather speaks up once too often: all that follows from it is a box with numbers to call
(`nmt_rag.answering.help.numbers`), and that what is there for those who buy or hit is left out of the answer
(`nmt_rag.answering.help.doers`). Patterns have no å, ä and ö, as many people write in haste.
"""

from __future__ import annotations

import re
from typing import Literal

from nmt_rag.answering import question
from nmt_rag.swedish import tongues

Need = Literal["life", "help"]

_PLAIN = str.maketrans("åäöéüæø’", "aaoeuao'")
_NEAR = (
    r"(?:mig|mej|oss|henne|honom|hen|dem|dom|sig|min|mitt|mina|var|vara|sin|sina|barnen|me|us|her|him|them|my|our|"
    r"(?:en |ett )?barn)"
)
"""Whom something is done to."""
_SELF = re.compile(
    r"\b(?:jag|ja|mig|mej|min|mitt|mina|vi|oss|me|my|we|us|our|im|i'm|nan|nagon|ngn|someone|somebody|tvingd|harifran|"
    r"(?:en|ett|a) (?:kompis|van|vaninna|granne|kollega|elev|flicka|pojke|tjej|kille|barn|friend|girl|boy|child)s?|"
    r"hennes|her)\b|"
    r"\b(?:om|nar|ifall|fast) man (?:sjalv )?(?:har |hade )?(?:ar|blir|blev|blivit|varit|salt|tvingats)\b"
)
_I = re.compile(r"\bi\b")
"""In Swedish a preposition."""
_I_AM = re.compile(r"\bi (?:am|was|got|have|had|must|need|owe|run|sell|want|cant|can't|work|came|feel)\b")

_LIFE = re.compile(
    r"\bsjalvmord|\bsuicid(?!prevention|ologi)|\bkms\b|"
    r"\b(?:vill|orkar|pallar) (?:verkligen )?(?:inte|ej) (?:leva|finnas)\b(?! over)|\borkar (?:inte|ej) (?:mer|"
    r"langre)\b|"
    r"\bvill (?:bara |verkligen )?(?:do|forsvinna|somna)\b|\btank\w* (?:pa att )?(?:ta|do)\b|"
    r"\b(?:tanker|tankt|vill|ska) (?:pa att )?hoppa(?! (?:over|av|pa|in)\b)|\bta(?:r)? (?:mitt|sitt|livet)(?: eget)? "
    r"?(?:liv|av)\b|\bgora slut pa (?:mig|sig|allt)[ .!?]*$|"
    r"\bska(?:r|da|dar) mig(?: sjalv)?\b|\bskurit mig\b(?! pa)|\bhoppa framfor\b|\b(?:battre|lika bra) (?:om|"
    r"att) jag (?:var dod|dor|"
    r"ar dod|dog)\b|"
    r"\bonskar (?:att )?jag (?:var|vore) dod\b|\b(?:massa|manga|alla|for manga|all (?:the|my)|"
    r"too many) (?:\w+ )?(?:tablett\w*|piller\w*|pills)\b|"
    r"\bwan(?:t|ts|na)(?: to)? die\b|\bkill(?:ing)? (?:myself|himself|herself)\b|\b(?:end|take|took|taking) (?:my|"
    r"her|his|their)"
    r"(?: own)? life\b|\b(?:don'?t|do not) wan(?:t|na)(?: to)? live\b|\bending it all\b|\bbetter off dead\b|"
    r"\bno reason to live\b|"
    r"\b(?:vill|orkar|hoppas|onskar) (?:att )?(?:jag )?(?:inte|aldrig)(?: behover)? vakn\w+|\bslippa? (?:leva|vakna)\b|"
    r"\b(?:never|not|n't)(?: (?:want|wan)(?: to|na)?)? wake up\b(?! (?:early|at))|"
    r"\bjag (?:star|sitter) (?:pa|vid|uppe pa) (?:bron|broracket|taket|racket|sparet|kanten)\b|"
    r"\bi(?:'m| am) (?:standing )?on (?:the|a) (?:bridge|ledge|roof|tracks)\b|"
    r"\bavskedsbrev\w*|\bsuicide (?:note|letter)\b|\b(?:allt|det) ska (?:ta slut|vara (?:over|slut))\b|"
    r"\bwish i (?:was|were|wasn't|weren't|had never been) (?:dead|alive|born)\b|\btrott pa (?:livet|att leva)\b|"
    r"\bforsvinn\w* for (?:alltid|gott)\b|\b(?:battre|lika bra) (?:om|att) jag (?:forsvinner|inte (?:fanns|finns)|"
    r"ar borta|"
    r"vore borta)\b|\b(?:battre|better)(?: off)? (?:utan mig|without me)\b|"
    r"\bcut(?:ting)? myself\b|\bcan'?t go on\b|\bhurt(?:ing)? myself\b"
)
_CRY = re.compile(
    r"(?:(?:snalla|please|pls|plz|akut|asso|assa)[ ,]*)*(?:hjalp|hjelp|radda|help|save|sos)(?: (?:mig|oss|me|us|please|"
    r"pls|plz))*\b(?! (?:med|till|att|from|with)\b).{0,40}|"
    r"(?:(?:hej|hi|hello)[ ,!]*)?(?:(?:jag|vi|i|we) )?(?:behover|vill ha|soker|need|want) (?:typ |er |any )?"
    r"(?:rad|stod|hjalp|help|support|advice)(?: (?:och|eller|and|or) (?:rad|stod|hjalp|help|support|advice))?"
    r"(?: nu| now)?[ !.?]*|"
    r"(?:(?:hej|hi|hello)[ ,!]*)?(?:finns(?: det)?|var finns|hur far (?:man|jag)|is there|"
    r"where (?:is|can i (?:get|find))) (?:det )?(?:nagon |nan |any )?"
    r"(?:hjalp|stod|skyddat boende|help|support|shelter)\b.{0,30}|"
    r".{0,25}\b(?:prata|tala|snacka|talk|speak) (?:med|to|with) (?:nagon|nan|ngn|someone|somebody|anyone)\b.{0,20}|"
    r".{0,25}\b(?:far|kan|vill|can|may|want to) (?:jag|man|vi|i|we|you) (?:(?:vara|be|fa|get) )?(?:hjalp |stod |prata |"
    r"talk |help |support )?(?:med nagon |to someone )?(?:anonym\w*|(?:utan att|without) (?:uppge|saga|lamna|giving|"
    r"saying|telling) (?:\w+ )?(?:namn\w*|name|vem jag ar|who i am))[ ?!.]*|"
    r"(?:(?:hej|hi|hello)[ ,!]*)?(?:(?:finns det|ar det|is there) )?(?:(?:kan|kunde|can|could) )?(?:nagon|nan|ngn|ni|"
    r"du|vem|someone|somebody|anyone|you|who)(?: (?:som|who|that))?(?: (?:kan|can|could))? (?:hjalpa?|help) (?:mig|"
    r"oss|me|us)\b(?! (?:med|till|att|from|with|to)\b).{0,20}|"
    r"(?:(?:hej|hi|hello)[ ,!]*)?(?:vem|var|vart|who|where) (?:kan|ska|skall|far|can|should|do) (?:jag|vi|man|i|we) "
    r"(?:ringa|vanda (?:mig|oss|sig)|ga|kontakta|call|go|turn to|contact)(?: nu| now)?[ ?!.]*|"
    r"(?:(?:hej|hi|hello)[ ,!]*)?(?:kan|far|can) (?:jag|man|vi|i|we) (?:ringa|call) (?:nagonstans|nagon|nan|ngn|"
    r"someone|somebody|anyone|somewhere)\b.{0,20}|"
    r"(?:.{0,30}\b)?(?:hjalp|stod|prata|rad|help|support|talk)\b.{0,20} (?:utan att|without) (?:min |mina |my |"
    r"the )?\w+ "
    r"(?:far (?:veta|reda pa)|vet|marker|knowing|finding out|finds out|being told)\b.{0,15}|"
    r"(?:kan|far|can) (?:min|mitt|mina|var|vart|vara|my|our) .{1,30} (?:fa|get) (?:hjalp|stod|help|support)[ ?!.]*|"
    r"(?:jag|i) (?:vill|maste|want to|wanna|have to) (?:bara |just )?(?:sluta|komma bort|komma (?:loss|ut)|ta mig ut|"
    r"stop|get out|get away)(?: nu| now| med (?:det|allt)(?: har)?)?[ !.]*|"
    r"(?:(?:snalla|please)[ ,]*)?(?:(?:kom|skynda|come|hurry)(?: (?:er|dig|up))?|svara|answer)"
    r"(?:[ ,]+(?:fort|snabbt|nu|hit|snalla|genast|quick\w*|fast|please|now|here|asap))*[ !.]*|"
    r"(?:where|var|vart) (?:is|are|finns|ligger)(?: there)? (?:a |the |en |ett |nagon |narmaste |nearest )*"
    r"(?:women'?s )?(?:shelters?|refuge|kvinnojour\w*|tjejjour\w*|mansjour\w*)\b.{0,25}|"
    r"(?:can|could|kan|kunde) (?:someone|somebody|anyone|you|nagon|nan|ngn|ni|du) (?:please |snalla )?(?:komma|come|"
    r"hamta|get|pick)\b"
    r".{0,20}|(?:ringer ni|kan (?:ni|nagon|nan|ngn|du) ringa|can (?:you|someone|anyone) call) (?:efter )?(?:the |an |"
    r"en )?"
    r"(?:polis\w*|ambulans\w*|112|police|ambulance)\b.{0,20}|"
    r"(?:ring|larma|call)(?: the)? (?:polisen|police|112)\b.{0,20}"
)
_HARM = re.compile(
    r"\btving(?:a(?:r|s|d|t|de|ts)?|\w{0,3})\b(?! (?:(?:jag|man|vi|du) )?(?:fram|igenom|ner)\b)"
    r"(?!(?<=tvingar) (?:jag|vi|man|du) (?!mig|oss|henne|honom))"
    r"(?!(?: att)? (?:uppdatera|installera|logga|starta om|byta losenord|klicka)\b)|\btvang\b|\btvungen\b|"
    r"\bforc(?:ed?|es|ing)\b"
    r"(?! to (?:update|upgrade|install|restart|reinstall|click|log|download|(?:use|change|reset) (?:my |a |an |the )?"
    r"(?:\w+ )?(?:password|app|program|browser|software|account|system|pin|code)s?)\b)|"
    r"\b(?:hota(?:r|d|t|s|de)?|hotr)\b|"
    rf"\bthreat\w*|\b(?:slar|slog|slagit|sparka\w*|strypt?\w*|skada\w*|dranker|hits?|beats?|chok\w+|hurts?|"
    rf"kicks?) {_NEAR}\b|"
    r"\bstryp\w+|\b(?:slagen|beaten|choked)\b|\bmisshandl\w*|\bvaldt\w*|\bvald(?:sam)?\b|\boverfall\w*|\bovergrepp\w*|"
    r"\bofreda\w*|\btafsa\w*|"
    r"\brape[ds]?\b|\babus\w+|\bassault\w*|\bviolent\b|\btouch(?:es|ed|ing)? (?:me|my|her|him)\b|\bror (?:mig|min)\b|"
    r"\butnyttja(?:s|d|t|ts|r mig|de mig)\b|\bexploit(?:ed|s me|ing me)\b|\b(?:ar|blir|blev|blivit|varit|"
    r"har) (?:\w+ )?utsat\w*|\butsatts\b|\butsatt for\b|"
    r"\b(?:ar|blir|blev|blivit|varit) (?:jag )?(?:ett )?(?:\w+ )?offer\b|\bmanniskohandel (?:det )?jag\b|\b(?:am i|"
    r"i am|i'm) a victim\b|"
    r"\b(?:am|are|is|was|were|been|being|got) traffick\w*|\bhallick\w*|\bpimp\w*|\bbordell\w*|\bbrothel\b|"
    r"\b(?:salj(?:er|a)|salt|salde) (?:sex|mig|sig|min kropp|sin kropp)\b|\b(?:ar|blir|blev|blivit) (?:sald|kopt)\b|"
    r"\bkopt(?:e)? mig\b|"
    r"\bsold (?:me|us|her|him|my (?:sister|daughter|friend))\b|\b(?:been|was|am|being) sold\b|\bsell(?:s|"
    r"ing)? (?:sex|me|my body|myself)\b|"
    r"\b(?:betalt?|ersattning|pengar|betalning|paid|money) (?:for|mot) (?:att ha )?sex\b|\bmot betalning\b|"
    r"\bsex for money\b|"
    r"\bligga med (?:hans|andra|man|folk|dem|dom|kunder)\b|\bsex med (?:hans|andra man|dem|kunder|hans vanner)\b|"
    r"\b(?:sex|sleep) with (?:his|other men|men|them|customers)\b|\bprostituera(?:r|s|d|t|ts)?\b|\bes[ck]ort\w*|"
    r"\bsugar\w+|"
    r"\b(?:nakenbild\w*|nudes?|naked|sexbild\w*|sex video|sextortion|utpress\w*|blackmail\w*)\b|"
    r"\b(?:inlast|inspar\w*|inlasta|instangd|fangen|fanga\w*|trapped|locked (?:me|us|up|in))\b|\blas(?:er|te|"
    r"t) in (?:mig|oss|henne)\b|"
    r"\bfar inte (?:ga|lamna|aka|sluta|komma|ut|traffa|ha kontakt)\b|\b(?:not allowed|can'?t|cannot|won'?t let me|"
    r"don'?t let me) (?:to )?"
    r"(?:leave|go out)\b|\b(?:keep|keeps) (?:me|us|my passport)\b|"
    r"\b(?:ta(?:git|r)|tog|har|tar) (?:mitt|vart|vara|mina|alla) (?:pass|papper|id)\b|\b(?:took|take[ns]?|has|"
    r"have) my passport\b|"
    r"\b(?:skyldig (?:dem|dom|honom|henne|pengar)|jobba\w* av (?:en |min )?skuld\w*|owe them|pay (?:a |the |"
    r"my )?debt)\b|"
    r"\b(?:ingen|utan) lon\b|\bno (?:pay|money|salary)\b|\b(?:dont|don'?t|doesn'?t) pay me\b|"
    r"\bbortgift\w*|\bgifta bort\b|\bgiftas mot\b|\bmarry me to\b|\bforced marriage\b|\bkonsstymp\w*|\bheders\w+|"
    r"\bdoda (?:mig|oss|henne|min)\b|\bdodar (?:mig|min)\b|\bkill (?:me|my|us|her)\b|"
    r"\b(?:livradd(?! att (?:jag|vi) (?!ska do|dor))|radd for (?:honom|henne|min|mitt|mina|dem|dom|de|pappa|mamma|"
    r"polisen|mannen|att (?:ga|aka|komma|vara|bli|sova|prata|beratta|"
    r"anmala|lamna|saga))|(?:ar|e) (?:sa |jatte)?radd[ .!?]*$|"
    r"tors inte|vagar inte)|"
    r"\b(?:scared|afraid|terrified)(?: of (?:him|her|them|my (?!spider)\w+)| to (?:go|leave)|[ .!?]*$)|\bi(?:'m|"
    r" am) (?:not safe|in danger)\b|"
    r"\bstalk\w*|\bforfolj\w*|\brymma\b|\brym(?:t|de)\b|\bgomma (?:mig|oss)\b|\bgommer (?:mig|oss)\b|"
    r"\brun(?:ning)? away\b|"
    r"\bescape(?: from|[ .!?]*$)|"
    r"\bskyddat boende\b|\bkvinnojour\w*|\bdroga(?:d|t|de)\b|\bdrugged\b|\bvuxen man\b|\baldre man\b|"
    r"\blurad(?:es|e mig)?\b|\btricked\b|"
    r"\bmot min vilja\b|"
    r"\btigga at\b|\bmake (?:me|us) (?:beg|work|have|sex)\b|\bmig ur det har\b|\bbestammer over mig\b|"
    r"\bkontrollerar (?:mig|min|allt|henne|hennes)\b|"
    r"\bbestammer (?:vem|vilka|vad|nar|over|allt)\b|\b(?:tar|tog|tagit|takes?|took|keeps?) (?:hela |alla |allt |all )?"
    r"(?:av )?(?:min|mina|mitt|"
    r"hennes|hans|"
    r"deras|my|her|his|their|all)(?: all)? (?:lon|pengar|mobil|telefon|bankkort|pass|money|salary|wages|phone|"
    r"passport)\b|"
    r"\b(?:ingenstans|nagonstans) att (?:bo|sova|ta vagen)\b|\b(?:var|vart) (?:kan|ska|far) (?:jag|vi) (?:sova|bo|ta "
    r"vagen)\b(?!.{0,20}\b(?:billig\w*|hotell\w*|vandrarhem\w*|camp\w*|semester\w*))|"
    r"\b(?:trygg|saker|safe)t? (?:plats|stalle|place|somewhere)\b|\bsomewhere safe\b|\bplace to (?:sleep|hide)\b|"
    r"\b(?:utkastad|utslangd|kicked out|thrown out)\b|\b(?:kasta|slang|kor)\w* ut (?:mig|oss|henne|honom)\b|"
    r"\bnowhere to (?:go|sleep|live|stay)\b|\bwhere can (?:i|we) (?:sleep|stay|hide)\b"
    r"(?!.{0,20}\b(?:cheap\w*|hotels?|hostels?|holiday|near the|close to the))|"
    r"\b(?:i|we) (?:report|testify against|tell (?:the )?police (?:on|about)) (?:them|him|her|my)\b|"
    r"\b(?:om|nar) (?:jag|vi) (?:anmaler|polisanmaler|vittnar mot|berattar om) (?:dem|dom|honom|henne|min)\b|"
    r"\b(?:utvisa[ds]?|deporte?d?)\b|\b(?:far|fa|get|have) (?:skydd\b|protection)|\bsover (?:i (?:en |min )?(?:bil\w*|"
    r"trapp\w*|kallar\w*|"
    r"talt)|pa (?:gatan|stan|tag\w*)|ute|utomhus)\b|\bsleep(?:ing)? (?:in (?:my|the) car|on the street|outside|"
    r"rough)\b|"
    r"\b(?:behalla|behaller) (?:mitt|mina|vara|hennes|hans) (?:pass|papper|id)\b|\b(?:vill|maste) bort (?:fran|"
    r"harifran)\b|"
    r"\b(?:ta|tar|tog|tagit|ha|haft|ta emot) (?:\w+ )?kunder\b|\bkrav\w+ (?:\w+ )?sex\b|\bdemand\w* sex\b|"
    r"\b(?:far|fick|fatt) (?:inget|ingen|inte|aldrig) (?:nagot )?(?:betalt|betalning|lon|mat|sova|pengar)\b|\b(?:not|"
    r"never|n't) "
    r"(?:get |been )?paid\b|\b(?:vaktar|overvakar|bevakar|sparar|foljer efter) (?:mig|oss|henne|honom)\b|"
    r"\bbeing (?:watched|followed)\b|\b(?:watch\w*|follow\w*|track\w*) (?:me|us|her) (?:all|everywhere|always)\b|"
    r"\b(?:bild\w*|film\w*|video\w*|klipp\w*|photos?|pictures?)\b.{0,40}\b(?:pa|av|of) (?:mig|oss|me|us)\b|"
    r"\b(?:ar|e|sitter) fast (?:i|hos|pa|har)\b(?! (?:en |ett )?(?:ko|kon|trafik\w*|hiss\w*|fraga\w*|uppgift\w*|"
    r"steg\w*))|"
    r"\bstuck (?:with (?:him|them)|in (?:a|an|the|this) (?:flat|house|room|apartment|hotel))\b|"
    r"\b(?:kommer|kom|gar|gick|smyger|smog) in (?:i|till) (?:mitt|min|mig|hennes|honom)\b|"
    r"\bcomes? (?:in)?to my (?:room|bed)\b|"
    r"\b(?:han|killen|mannen|he|boyfriend) (?:ar|e|is) (?:[2-9]\d)\b|\bblamark\w*|\bbruis\w+|"
    r"\b(?:legat|lag|ligga|sex|sova|sov|sleep|slept)\b.{0,25}\b(?:mot|for) (?:pengar|betalning|presenter|mat|droger|"
    r"alkohol|"
    r"saker|husrum|money|gifts|drugs|food)\b|"
    r"\b(?:vill|vagar|kan|tors) inte (?:ga|komma|aka|vara) hem(?:ma)?\b|\b(?:don'?t want|afraid|"
    r"can'?t)(?: to)? go home\b|"
    r"\bvad (?:hander|kommer handa) med (?:mig|oss|henne)\b|\bwhat (?:will|would|is going to|can) happen to (?:me|us|"
    r"her)\b|"
    r"\bpapperslos\w*|\bundocumented\b|\bno visa\b|\b(?:visum|visumet|visa) (?:gar ut|has expired|expires|expired)\b|"
    r"\bsom (?:offer|brottsoffer|utsatt|malsagande)\b|\bas a victim\b|\bsponsor\b|"
    r"\b(?:skickar|ger|lamnar|betalar|send|give|pay) (?:\w+ )?(?:alla|allt|hela|all) (?:\w+ )?(?:pengar\w*|lon\w*|"
    r"money|salary)\b|"
    r"\b(?:ta|tar|tog) (?:mina|vara|mitt|hennes) barn\b|\btakes? (?:my|her|our) (?:kids?|child|children|baby)\b|"
    r"\bom (?:jag|vi) (?:berattar|vittnar|samarbetar)\b|\bif (?:i|we) (?:tell|testify|talk to the police)\b|"
    r"\b(?:skicka\w*|send|sends|sent) (?:mig|oss|henne|honom|me|us|her|him) (?:tillbaka|hem|back|home)\b|"
    r"\b(?:letar|jagar|soker) (?:de |han |dom )?efter (?:mig|oss|henne)\b|\blooking for (?:me|us|her)\b|"
    r"\bwhat (?:happened|they did|he did) to (?:me|us|her|him)\b|\bvad (?:som )?(?:hande|hant|de gjorde|"
    r"han gjorde) (?:med )?"
    r"(?:mig|oss|henne)\b|"
    r"\b(?:nagon|nan|ngn|han|de|dom|man|vuxna?|someone|somebody|he|they)\b.{0,15}\b(?:betala\w*|pays?|paid)\b.{0,12} "
    r"(?:for att|to) (?:traffa|ligga|fa ligga|ha sex|meet|see|sleep)\b"
)
_NOT_TOLD = re.compile(
    r"\b(?:skriver|skriva|forskar|laser|pluggar|studerar|forela\w*|foredrag|uppsats\w*|artikel\w*|reportage|podd\w*|"
    r"seminari\w*|skolarbete|utbild\w*|kurs|kursen|material\w*|broschyr\w*|statistik\w*|writing|write|studying|study|"
    r"research\w*|essay|thesis|article|lecture|presentation|course|training|statistics)\b.{0,25}?\b(?:om|kring|on|"
    r"about|av|i)\b"
    r"(?!.*\b(?:mig|mej|min|mitt|mina|me|my|jag|i (?:am|was|have))\b).*|"
    r"\b(?:kommunen|staten|skatteverket|forsakringskassan|hyresvarden|banken|(?:bostadsratts)?foreningen|the (?:bank|"
    r"landlord|council))\b (?:\w+ )?(?:tvinga\w*|force\w*).*|"
    r"\b(?:undrar|veta|forklara|beratta|wonder|explain|know)\b.{0,15}\b(?:vad|what)\b(?!.*\b(?:mig|min|mitt|mina|me|"
    r"my)\b).{3,40}"
    r" (?:ar|betyder|innebar|is|means)[ ?.!]*$"
)
"""What somebody writes, learns or asks the meaning of, or an office demands: it is left out of what is heard."""
_LEAVES = re.compile(
    r"\b(?:jag|mig|vi|oss|hon|henne|han|honom|i|me|my|we|us|she|her|he|him)\b.{0,40}"
    r"\b(?:lamna\w*|slutar?|ur|ifran|bort fran|leave|leaving|quit|exit|out of|away from)\b.{0,15}"
    r"\b(?:prostitution\w*|sexhandel\w*|sexindustri\w*|sexarbete\w*|sex (?:trade|industry|work))\b"
)
"""Out of prostitution."""
_SEES = re.compile(
    r"\b(?:halls?|ar|verkar|sitter|blir|vara|hitta\w*(?: en)?) (?:\w+ ){0,3}(?:inlast|instangd|fangen|fangslad)\w*|"
    r"\b(?:held|kept|locked) (?:captive|prisoner|in|up|against)\b|"
    r"\b(?:jag|vi|personal\w*|i|we|staff)\b.{0,30}\b(?:misstank\w+|anar|suspect\w*|suspicion)\b.{0,60}"
    r"\b(?:sexhandel\w*|koppleri\w*|manniskohandel\w*|prostitution\w*|traffick\w*|saljs|sald|tvingas|utnyttjas|sold|"
    r"forced)\b|"
    r"\b(?:varje|var) (?:natt|kvall|dag)\b.{0,20}\b(?:nya|olika|flera|frammande|manga) (?:man|gubbar|herrar)\b|"
    r"\b(?:nya|olika|flera|frammande|manga) (?:man|gubbar|herrar) (?:varje|var) (?:natt|kvall|dag)\b|"
    r"\b(?:new|different|strange) men (?:every|each) (?:night|day)\b|\bevery (?:night|day)\b.{0,20}\b(?:new|"
    r"different) men\b|"
    r"\b(?:gast|gasten|flicka|flickan|kvinna|kvinnan|tjej|tjejen|kollega|boende|granne|girl|woman|guest)\b.{0,40}"
    r"\b(?:saljs|tvingas|utnyttjas|(?:tio|manga|olika|flera) man|different men|men a day|(?:be|is) a victim|forced)\b"
)
"""What somebody sees or suspects of another."""
_SEEKS_SEX = re.compile(
    r"\b(?:var|vart|hur|where|how|vill|want to|skulle vilja|soker|looking for)\b.{0,30}"
    r"\b(?:kopa|salja|boka|buy|sell|hitta\w*|finns|fa\w* (?:jag |man )?tag pa|find|finding)\b.{0,25}"
    r"\b(?:sex|sexuella tjanster|sexual services|prostituera\w*|prostitutes?|horor|hora|hookers?|es[ck]ort\w*|"
    r"(?:tjejer|kvinnor|man|killar|girls|women) (?:som saljer|who sell|selling))\b(?! och vill)|"
    r"\b(?:vem|vilka|who) (?:saljer|sells?) (?:sex|sexuella tjanster|sexual services)\b|"
    r"^(?:kan|far|gar det att|can|is it possible to) (?:(?:jag|man|vi|i|you|we) )?(?:kopa|boka|"
    r"buy) sex\b.{0,4}\b(?:pa|i|av|hos|via|"
    r"genom|in|at|from)\b|"
    r"\b(?:vad|hur mycket|what|how much)\b.{0,15}\b(?:kostar|cost|costs|tar)\b.{0,10}\b(?:sex|prostituera\w*|"
    r"prostitutes?|"
    r"horor|hora|hookers?|es[ck]ort\w*)\b"
)
"""Whoever looks for sex to buy or a place to sell it; «jag köper sex och vill sluta» does not."""
_OTHER_WISH = re.compile(
    r"\b(?:slut\w*|hjalp\w*|stod\w*|rad|radgivning|skydd\w*|mottagning\w*|samtal\w*|vard|straff\w*|\w*laglig\w*|"
    r"brott\w*|"
    r"stop\w*|quit|help|support|advice|protection|\w*legal)\b"
)
_PERSON = re.compile(
    r"\bjag\b.{0,25}\b(?:dem|dom)\b|\bi\b.{0,25}\bthem\b|"
    r"\b(?:han|hon|honom|henne|hennes|nan|ngn|mig|mej|oss|he|she|him|her|me|us|(?:min|mitt|mina|var|"
    r"vart|vara|my|our|"
    r"hans|en) "
    r"(?:\w+ )?(?:man|fru|sambo|pojkvan|flickvan|kille|tjej|ex\w*|partner|mamma|pappa|mor|far|foraldrar|syster|bror|"
    r"syskon|"
    r"dotter|son|barn|\w+aring\w*|kompis\w*|van|vanner|vaninna|granne|chef|arbetsgivare|slakt\w*|kusin|klient\w*|"
    r"elev\w*|"
    r"patient\w*|husband|wife|boyfriend|girlfriend|boss|mother|father|mum|mom|dad|parents|sister|brother|daughter|"
    r"child|"
    r"children|kids?|friend|neighbou?r|client|pupil|patient))s?\b"
)
"""Of whom is told; «min dator» is nobody."""
_THING = re.compile(
    r"^(?:(?:min|mitt|mina|var|vart|the|my|our) )?(?:\w+ )?(?:dator\w*|skrivar\w*|mobil\w*|telefon\w*|skarm\w*|bil|"
    r"bilen|"
    r"cykel\w*|tvattmaskin\w*|natverk\w*|internet\w*|wifi|bankid|app|appen|program\w*|fil|filen|printer|computer|"
    r"laptop|"
    r"phone|screen|car|bike|browser|software|file)\b|"
    r"\b(?:oppna|ladda\w*|skriva ut|logga in|installera|spara|lasa|hitta\w*|open|download|print|install|log in|save|"
    r"read)\b.{0,20}"
    r"\b(?:\w*filen?|\w*filer|pdf\w*|\w*sidan|webb\w*|appen|konto\w*|lank\w*|blankett\w*|dokument\w*|files?|page|app|"
    r"account|"
    r"link|form|document|website)\b|"
    r"^(?:my|the|this|these) (?!husband|boyfriend|father|dad|boss|wife|partner|uncle|brother|man\b)\w+ (?:is|"
    r"are) killing me\b"
)
"""What is told of is a thing: «My printer is killing me», «Jag kan inte öppna filen»."""
_CALM = re.compile(r"\b(?:fyller|heter|alskar|gillar|tycker om|studerar|likes?|loves?|enjoys?)\b")
"""What somebody is told to do that needs no help."""
_HIM = re.compile(r"\b(?:han|honom|he|him)\b")
_MY_OWN = re.compile(r"\b(?:jag|mig|mej|min|mitt|mina|i'm|me|my)\b")
_KIN = re.compile(
    r"\b(?:min|mitt|mina|var|vart|vara|en|my|our|a) (?:\w+ )?(?:son|dotter|barn\w*|mamma|pappa|mor|far|elev|klient|"
    r"brukare|"
    r"patient|anstalld|kollega|medarbetare|hund|katt|child|kid|mother|father|pupil|client|student|colleague|dog|cat)\b"
)
_AFRAID_OF = (
    r"(?! (?:for|of) (?!att|de\b|dem|dom|honom|henne|han|hon|min|mitt|mina|var|vara|pappa|mamma|polis|man\b|mannen|"
    r"\w*chef|\w*van|\w+s \w|him|her|them|his|my|our|the (?:man|men|police)|what|being|going|telling|people)\w)"
)
"""What somebody is afraid of is no person: «rädd för spindlar»."""
_HARD = re.compile(
    rf"\b(?:inte|aldrig|ingen|inget|inga|ensam|radd{_AFRAID_OF}|ledsen|orolig|oroar|gravid|hemlos|trott(?! pa (?!allt|"
    rf"honom|dem|det har))|ont(?! i (?:rygg|huvud|nack|kna|hals|tand))|sjuk|"
    rf"gratit|grater|mar|"
    r"(?:maste|must|have to) (?:\w+ )?(?:jobba|arbeta|betala|sova|ligga|lyda|gomma|fly|bort|ut|harifran|tigga|stjala|"
    r"salja|ge|gora allt|"
    r"traffa|traffas|work|pay|sleep|obey|hide|run|beg|steal|sell|leave|give|do what)|"
    rf"mardrom\w*|hungrig|skyldig|not|never|nobody|nothing|alone|(?:scared|afraid){_AFRAID_OF}|sad|worried|pregnant|"
    rf"homeless|"
    r"hungry|"
    r"can't|cannot)\b"
)
"""What makes a sentence about oneself one that somebody may need help with."""
_MINE = re.compile(r"\b(?:jag|ja|vi|i|im|i'm|we)\b")
_ASKS = re.compile(
    r"\?|\b(?:undrar|beratta (?:om|for)|forklara|fragar|tell me|wonder)\b|"
    r"^(?:(?:hej|hi|hello|men|och|but|and)[ ,!]*)?(?:vem|vems|vad|vilken|vilket|vilka|vart|nar|hur|varfor|kan|far|"
    r"finns|"
    r"who|whom|whose|what|where|when|how|why|which|can|could|is|are|do|does|am|may|should)\b|"
    r"\b(?:vem|vad|vart|hur|who|what|where|how) (?:ska|kan|gor|bor|far|should|can|do|to)\b|"
    r"^var (?:kan|far|ligger|finns|ar|har|sitter|ska|i|pa|hittar)\b"
)
_BUYS = re.compile(
    r"\b(?:jag|i|min (?:man|sambo|kille|pojkvan|partner)|my (?:husband|boyfriend|partner))\b.*"
    r"\b(?:kop(?:er|t|a|te)|sexkop\w*|buy(?:s|ing)?|bought|(?:boka\w*|book\w*|betala\w*|pay\w*|visit\w*) (?:for )?"
    r"(?:es[ck]ort\w*|prostitut\w*|sex))\b(?! mig)|"
    r"\b(?:kop(?:a|er|t|te)|buy(?:ing)?|bought) sex\b|\b(?:gar|gatt|gick) till (?:horor|prostituerade)\b|"
    r"\bes[ck]ortsid\w*"
)
_OF_BUYING = re.compile(
    r"\b(?:es[ck]ort\w*|prostitu\w*|bordell\w*|brothel\w*|om jag berattar|if i tell|"
    r"(?:betala\w*|pay\w*|money) (?:for|mot) (?:att ha )?sex)\b"
)
"""What is no sign of harm where somebody tells that they buy."""


def of(text: str) -> Need | None:
    """Return ``"life"`` where a question speaks of suicide, ``"help"`` where it tells of coercion, violence or fear.

    Args:
        text: a question, in Swedish or English.
    """
    asked = plain(text)
    if _LIFE.search(asked):
        return "life"
    asked = _NOT_TOLD.sub("", asked)
    if _BUYS.search(asked):
        asked = _OF_BUYING.sub("", asked)
    told = (_SELF.search(asked) or _english_i(asked)) and _HARM.search(asked)
    cries = _CRY.fullmatch(asked) and not _BUYS.search(asked)
    return "help" if told or cries or _LEAVES.search(asked) or _SEES.search(asked) else None


def seeks_sex(text: str) -> bool:
    """Tell whether somebody asks where sex is sold or bought: no text of help is an answer to that."""
    asked = plain(text)
    return _SEEKS_SEX.search(asked) is not None and _OTHER_WISH.search(asked) is None


def tells(text: str) -> bool:
    """Tell whether somebody cries for help, or tells of themselves or of another, and asks nothing: «han låser in mig».

    Whoever says that they buy sex is left out: there is nothing that they need to be kept from. So is who tells of a
    thing: «min dator slog av sig».
    """
    asked = plain(text)
    if _BUYS.search(asked):
        return False
    if _CRY.fullmatch(asked):
        return True
    if _THING.search(asked) or (_CALM.search(asked) and not _HARD.search(asked)):
        return False
    mine = (_MINE.search(asked) is not None or _english_i(asked)) and _HARD.search(asked) is not None
    told = _PERSON.search(asked) is not None or mine
    return told and _ASKS.search(asked) is None


def heard(text: str, *, answered: bool) -> Need | None:
    """Return what the box is shown for, or None where none is.

    Where a question is not answered, somebody who tells and asks nothing may need it, too; and so does whoever writes
    in a language that cannot be answered: better once too often.
    """
    found = of(text)
    if found is None and ((not answered and (tells(text) or _speaks_of_him(text))) or tongues.is_foreign(text)):
        return "help"
    return found


def _speaks_of_him(text: str) -> bool:
    """Tell whether somebody asks of themselves and a «him» that no one has named: it is one in their life.

    Whoever buys sex is left out, and who asks for a child, a parent or somebody they meet in their work.
    """
    asked = plain(text)
    mine = _MY_OWN.search(asked) is not None or _english_i(asked)
    return (
        mine
        and _HIM.search(asked) is not None
        and not (_BUYS.search(asked) or _KIN.search(asked) or _THING.search(asked))
    )


def _english_i(asked: str) -> bool:
    return _I_AM.search(asked) is not None or (_I.search(asked) is not None and question.language_of(asked) == "en")


def plain(text: str) -> str:
    """Return a question in lower case without å, ä and ö, as the patterns take it."""
    return question.clean(text).lower().translate(_PLAIN)
