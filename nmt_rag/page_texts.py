"""What the web demo says, in Swedish and in English; nothing here is ever generated."""

from __future__ import annotations

from nmt_rag import messages, page_view_texts

EMERGENCY = {
    "sv": "Vid akut fara: ring 112. Polisen om det inte är akut: 114\u00a014. Stöd till dig som är utsatt för våld "
    "eller "
    "tvång: Kvinnofridslinjen, 020-50\u00a050\u00a050. Stöd till yrkesverksamma som möter utsatta personer: "
    "020-390\u00a0000 (Jämställdhetsmyndigheten).",
    "en": "In immediate danger: call 112. Police if it is not urgent: 114\u00a014. Support for you who are exposed to "
    "violence or coercion: Kvinnofridslinjen, 020-50\u00a050\u00a050. Support for professionals who meet people in "
    "vulnerable situations: 020-390\u00a0000 (Swedish Gender Equality Agency).",
}
EXAMPLES_DOCUMENT = "deltagande-myndigheter"
"""The document that the examples are about; without it in the index they are not shown."""
EXAMPLES = {
    "sv": (
        "Vilken myndighet beslutar om betänketid?",
        "Vad gör NOA?",
        "Vem är KAST till för?",
        "Vad är skillnaden mellan Mikamottagningen och KAST?",
        "När arbetar Ungdomsjouren?",
        "Vilket straff får man för människohandel?",
    ),
    "en": (
        "Which agency decides on a reflection period?",
        "What does NOA do?",
        "Who is KAST for?",
        "What is the difference between Mikamottagningen and KAST?",
        "When does Ungdomsjouren work?",
        "What is the penalty for human trafficking?",
    ),
}
SWEDISH = {
    "title": "Fråga källan",
    "lead": "Varje svar är ett ordagrant citat, och källan visas bredvid. Svaren skrivs inte av AI. Dina frågor sparas "
    "inte.",
    "covers_one": "Här får du svar ur texten «{title}».",
    "covers_one_of": "Här får du svar ur texten «{title}» från {publisher}.",
    "covers": "Här får du svar ur {documents} dokument.",
    "question": "Din fråga",
    "placeholder_other": "Skriv en fråga om det som källorna tar upp",
    "placeholder": "Till exempel: Vad gör NOA?",
    "ask": "Sök svar",
    "switch": "In English",
    "leave": "Lämna sidan snabbt",
    "asked": "Du frågade",
    "open": "Öppna källan",
    "open_new": "öppnas i en ny flik",
    "show": "Visa i källan",
    "copy": "Kopiera med källa",
    "copied": "Kopierat",
    "source": "Källa",
    "sources": "Källan",
    "nearest": messages.NEAREST["sv"],
    "related": "Ligger nära frågan, men ingår inte i svaret",
    "turn": "Prova att ställa frågan på ett annat sätt, eller vänd dig direkt till någon av de myndigheter eller "
    "verksamheter som nämns i källorna.",
    "turn_own": "Prova att ställa frågan på ett annat sätt.",
    "clear": "Troligt svar. Läs meningen och se om den svarar på din fråga.",
    "some": "Osäkert svar. Läs meningen i sitt sammanhang innan du litar på den.",
    "answer": "Svaret",
    "and": " och ",
    "quote": "Antal citat",
    "cut": "Texten är lång. Här visas den del där citatet står.",
    "many": "Ställ en fråga, så visas källan här.",
    "waiting": "Svaret visas här.",
    "question_too_long": "Frågan är för lång. Skriv högst 2\u00a0000 tecken.",
    "error": "Det gick inte att söka just nu. Försök igen.",
    "save": "Spara som fil",
    "print": "Skriv ut",
    "share": "Kopiera länk till frågan",
    "back": "Till svaret",
    "pick": "Välj en mening i texten för att se vem den handlar om och få en länk till just den meningen.",
    "before": "Föregående mening",
    "after": "Nästa mening",
    "open_sentence": "Öppna meningen",
    "about": "Gäller",
    "nobody": "Gäller ingen särskild myndighet eller verksamhet",
    "found": "Så hittades svaret",
    "searched": "Så gick sökningen till",
    "found_lead": "Sökningen jämför frågan med varje mening på två sätt: efter ord och efter betydelse. Här är de "
    "meningar som "
    "kom högst. Poängen går från 0 till 1.",
    "score": "Poäng",
    "meaning": "betydelse",
    "words": "ord",
    "place": "plats",
    "matched": "Ord ur frågan",
    "none": "inga",
    "encoder": "Sökmodell",
    "words_only": "ingen, bara orden",
    "generation": "Indexets version",
    "accessibility": "Tillgänglighet",
    "decimal": ",",
}
ENGLISH = {
    "title": "Ask the source",
    "lead": "Each answer is a word-for-word quote, in Swedish, and its source is shown beside it. No AI writes the "
    "answers. "
    "Your questions are not stored.",
    "covers_one": "Here you get answers from the text “{title}”.",
    "covers_one_of": "Here you get answers from the text “{title}” by {publisher}.",
    "covers": "Here you get answers from {documents} documents.",
    "question": "Your question",
    "placeholder_other": "Write a question about what the sources cover",
    "placeholder": "For example: What does NOA do?",
    "ask": "Find answer",
    "switch": "På svenska",
    "leave": "Leave this page quickly",
    "asked": "You asked",
    "open": "Open the source",
    "open_new": "opens in a new tab",
    "show": "Show in the source",
    "copy": "Copy with source",
    "copied": "Copied",
    "source": "Source",
    "sources": "The source",
    "nearest": messages.NEAREST["en"],
    "related": "Close to the question, but not part of the answer",
    "turn": "Try asking in another way, or turn directly to one of the authorities or services named in the sources.",
    "turn_own": "Try asking in another way.",
    "clear": "Likely answer. Read the sentence and see whether it answers your question.",
    "some": "Less certain answer: read the sentence in its context before you rely on it.",
    "answer": "The answer",
    "and": " and ",
    "quote": "Number of quotes",
    "cut": "The text is long. This is the part where the quote stands.",
    "many": "Ask a question, and the source will appear here.",
    "waiting": "The answer will appear here.",
    "question_too_long": "The question is too long. Please write at most 2,000 characters.",
    "error": "The search is not working just now. Please try again.",
    "save": "Save as a file",
    "print": "Print",
    "share": "Copy a link to the question",
    "back": "To the answer",
    "pick": "Choose a sentence in the text to see whom it is about and to get a link to that very sentence.",
    "before": "Previous sentence",
    "after": "Next sentence",
    "open_sentence": "Open the sentence",
    "about": "About",
    "nobody": "About no authority or service in particular",
    "found": "How the answer was found",
    "searched": "How the search went",
    "found_lead": "The search compares the question with each sentence in two ways: by words and by meaning. These "
    "sentences "
    "came highest. The score goes from 0 to 1.",
    "score": "Score",
    "meaning": "meaning",
    "words": "words",
    "place": "place",
    "matched": "Words of the question",
    "none": "none",
    "encoder": "Search model",
    "words_only": "none, words only",
    "generation": "Index generation",
    "accessibility": "Accessibility (in Swedish)",
    "decimal": ".",
}
TEXTS = {"sv": SWEDISH | page_view_texts.SWEDISH, "en": ENGLISH | page_view_texts.ENGLISH}
