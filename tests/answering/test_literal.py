"""Which numbers of a statement its quote lacks, by the letter."""

import pytest

from nmt_rag.answering.judging.literal import missing_numbers


@pytest.mark.parametrize(
    ("statement", "quote", "missing"),
    [
        ("Det tar 3 veckor.", "Det tar tre veckor.", []),
        ("Det tar 3 veckor.", "Det tar tre månader.", ["3 veckor"]),
        ("Det tar 3 veckor.", "Tre kom, det tar fyra veckor.", ["3 veckor"]),
        ("Klockan 8.30 öppnar vi.", "Vi öppnar 08.30.", []),
        ("Ring 70-123 45.", "Ring 070-123 45.", ["70-123 45"]),
        ("Det kostar 1 500 kronor.", "Priset är 1500 kronor.", []),
        ("Det kostar 1\u202f500 kronor.", "Priset är 1\xa0500 kronor.", []),
        ("Det kostar 1 500 kronor.", "Priset är 1500 euro.", ["1 500 kronor"]),
        ("Det kostar 1500,50 kronor.", "Priset är 1500 kronor.", ["1500,50"]),
        ("Det kostar 15 kronor.", "Priset i kronor | 15", []),
        ("17 av 20 kom.", "20 kom.", ["17"]),
        ("17 av 20 kom.", "20 kom, 17 % av dem sent.", ["17 av"]),
        ("Det är -5 grader.", "Det är 5 grader.", ["-5"]),
        ("Det är −5 grader.", "Det är –5 grader.", []),
        ("Åren 2020-2024.", "Åren 2020–2024.", []),
        ("Många kom.", "20 kom.", []),
        ("Straffet är högst 1 år.", "Straffet är högst ett år.", []),
        ("Straffet är högst 1 vecka.", "Straffet är högst en vecka.", []),
        ("Straffet är högst 1 år.", "Straffet är högst en månad.", ["1 år"]),
        ("Straffet är högst 1 år.", "Straffet är ett av dem som är högst.", ["1"]),
        ("Straffet är högst ett år.", "Straffet är fängelse.", []),
        ("Svar inom 30 dagar.", "Svar inom trettio dagar.", []),
        ("Det kostar 100 kronor.", "Det kostar fem hundra kronor.", ["100"]),
        ("9" * 5_000 + " kom.", "20 kom.", ["9" * 5_000]),
    ],
)
def test_the_numbers_that_a_quote_lacks(statement, quote, missing):
    assert missing_numbers(statement, quote) == missing
    assert missing_numbers(quote, quote) == []
