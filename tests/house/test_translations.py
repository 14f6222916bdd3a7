"""What is said on screen lies in files: both languages say the same things, with the same places to fill in."""

import re
from pathlib import Path

import pytest

import nmt_rag
from nmt_rag import translations

ROOT = Path(nmt_rag.__file__).parent
FILES = sorted(path for path in ROOT.rglob("*.sv.toml"))


def flat(found, above=()):
    for key, value in found.items():
        if isinstance(value, dict):
            yield from flat(value, (*above, key))
        else:
            yield (*above, key), value


def test_there_are_such_files_for_page_report_messages_and_judges():
    assert [path.relative_to(ROOT).as_posix() for path in FILES] == [
        "answering/judging/texts.sv.toml",
        "answering/messages.sv.toml",
        "interfaces/page/texts.sv.toml",
        "interfaces/report/texts.sv.toml",
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_both_languages_say_the_same_with_the_same_places_to_fill_in(path):
    package = "nmt_rag." + path.parent.relative_to(ROOT).as_posix().replace("/", ".")
    found = translations.texts(package, path.name.partition(".")[0])
    swedish, english = (dict(flat(found[language])) for language in ("sv", "en"))
    assert swedish.keys() == english.keys()
    for key, text in swedish.items():
        if isinstance(text, str):
            places = [sorted(set(re.findall(r"\{\w*\}", one))) for one in (text, english[key])]
            assert places[0] == places[1], key
        else:
            assert len(text) == len(english[key])
            assert all(isinstance(one, str) and one for one in text)


def test_a_file_that_is_not_there_is_an_error():
    with pytest.raises(FileNotFoundError):
        translations.texts("nmt_rag.answering", "nothing")
