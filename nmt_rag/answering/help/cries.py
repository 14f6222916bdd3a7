"""What is a cry for help and nothing else, and what only asks where to turn: patterns of text without å, ä and ö.

`nmt_rag.answering.help.need` matches a whole question with them.
"""

import re

_GREETING = r"(?:(?:hej|hi|hello)[ ,!]*)?"
_TALK = r"\b(?:prata|tala|snacka|talk|speak) (?:med|to|with) (?:nagon|nan|ngn|someone|somebody|anyone)\b.{0,20}"
CRY = re.compile(
    r"(?:(?:snalla|please|pls|plz|akut|asso|assa)[ ,]*)*(?:hjalp|hjelp|radda|help|save|sos)(?: (?:mig|oss|me|us|please|"
    r"pls|plz))*\b(?! (?:med|till|att|from|with)\b).{0,40}|"
    rf"{_GREETING}(?:(?:jag|vi|i|we) )?(?:behover|vill ha|soker|need|want) (?:typ |er |any )?"
    r"(?:rad|stod|hjalp|help|support|advice)(?: (?:och|eller|and|or) (?:rad|stod|hjalp|help|support|advice))?"
    r"(?: nu| now)?[ !.?]*|"
    rf".{{0,25}}{_TALK}|"
    rf"{_GREETING}(?:(?:finns det|ar det|is there) )?(?:(?:kan|kunde|can|could) )?(?:nagon|nan|ngn|"
    r"someone|somebody|anyone)(?: (?:som|who|that))?(?: (?:kan|can|could))? (?:hjalpa?|help) (?:mig|"
    r"oss|me|us)\b(?! (?:med|till|att|from|with|to)\b).{0,20}|"
    r"(?:.{0,30}\b)?(?:hjalp|stod|prata|rad|help|support|talk)\b.{0,20} (?:utan att|without) (?:min |mina |my |"
    r"the )?\w+ "
    r"(?:far (?:veta|reda pa)|vet|marker|knowing|finding out|finds out|being told)\b.{0,15}|"
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
"""A cry for help, and nothing else."""
TURNS = re.compile(
    rf"{_GREETING}(?:finns(?: det)?|var finns|hur far (?:man|jag)|is there|"
    r"where (?:is|can i (?:get|find))) (?:det )?(?:nagon |nan |any )?"
    r"(?:hjalp|stod|skyddat boende|help|support|shelter)\b.{0,30}|"
    rf"{_GREETING}(?:kan|far|finns|vem|var|vart|hur|can|could|may|is|who|where) .{{0,20}}{_TALK}|"
    r".{0,25}\b(?:far|kan|vill|can|may|want to) (?:jag|man|vi|i|we|you) (?:(?:vara|be|fa|get) )?(?:hjalp |stod |prata |"
    r"talk |help |support )?(?:med nagon |to someone )?(?:anonym\w*|(?:utan att|without) (?:uppge|saga|lamna|giving|"
    r"saying|telling) (?:\w+ )?(?:namn\w*|name|vem jag ar|who i am))[ ?!.]*|"
    rf"{_GREETING}(?:(?:finns det|ar det|is there) )?(?:(?:kan|kunde|can|could) )?(?:ni|du|vem|you|who)"
    r"(?: (?:som|who|that))?(?: (?:kan|can|could))? (?:hjalpa?|help) (?:mig|oss|me|us)\b"
    r"(?! (?:med|till|att|from|with|to)\b).{0,20}|"
    rf"{_GREETING}(?:vem|var|vart|who|where) (?:kan|ska|skall|far|can|should|do) (?:jag|vi|man|i|we) "
    r"(?:ringa|vanda (?:mig|oss|sig)|ga|kontakta|call|go|turn to|contact)(?: nu| now)?[ ?!.]*|"
    rf"{_GREETING}(?:kan|far|can) (?:jag|man|vi|i|we) (?:ringa|call) (?:nagonstans|nagon|nan|ngn|"
    r"someone|somebody|anyone|somewhere)\b.{0,20}|"
    r"(?:kan|far|can) (?:min|mitt|mina|var|vart|vara|my|our) .{1,30} (?:fa|get) (?:hjalp|stod|help|support)[ ?!.]*"
)
"""A question of where to turn that tells of nothing: after a question about something else it goes on from that."""
ILL = re.compile(
    r"\b(?:han|hon|hen|he|she|\w*bebis\w*|baby|barn\w*|son|dotter|daughter|child|fru|man|mamma|pappa|mormor|"
    r"morfar|farmor|farfar|sambo|kompis|wife|husband|mum|mom|dad|friend|someone|nagon) (?:\w+ )?(?:andas inte|"
    r"slutat andas|slutade andas|inte andas|(?:ar |is )?(?:medvetslos|unconscious)|gar inte att vacka|(?:is )?not "
    r"breathing|isn'?t breathing|stopped breathing|won'?t wake up)\b|"
    r"\b(?:barn\w*|bebis\w*|son|dotter|\w+aring\w*|baby|child|daughter) (?:\w+ )?(?:druckit|drack|drank|"
    r"drunk) (?:\w+ )?(?:propplosare|klorin|blekmedel|kylarvatska|maskindiskmedel|lut|bleach|drain cleaner)\b|"
    r"^(?:jag|hon|han) bloder(?: (?:mycket|kraftigt|ymnigt))?[ .!]*$"
)
"""Somebody who does not breathe or wake, or a child who has drunk poison: whoever tells needs 112 first of all."""
