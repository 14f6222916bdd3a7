"""A saved e-mail (.eml) → its subject, who wrote to whom and when, and its text. Attachments are named and left out."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from typing import cast

from nmt_rag.documents.decoding import clean, one_line
from nmt_rag.documents.formats import FileDraft, Remark
from nmt_rag.errors import CorpusError
from nmt_rag.swedish import blocks

_NAMED, _NAME_LENGTH = 5, 80
"""At most this many attachments are named, each in at most this many characters; the others are counted."""
_WEB_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_QUOTED = re.compile(r"^(?P<mark>>(?: ?>)*+)[^\n]*+(?:\n(?P=mark)(?! ?>)[^\n]*+)*+", re.MULTILINE)
"""Lines of another e-mail, quoted as deep as the first of them."""
_PLAIN_SHARE = 0.5
"""A plain part with less than this share of the characters that the HTML shows, web addresses apart, only says where
to see it."""
_LONGEST_HEADER = 5_000
"""A header's characters from here on are not read: the standard library takes the square of its length."""
_SHOWN = (("From", "Från"), ("To", "Till"), ("Cc", "Kopia"), ("Date", "Datum"))


class _Bounded(email.policy.EmailPolicy):
    """What the standard library does by default, with headers of bounded length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Return a header's name and value as they stand."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_LONGEST_HEADER]


def read_eml(data: bytes) -> FileDraft:
    """Return the text of an e-mail: its plain part, unless its HTML shows far more, or else its HTML.

    Raises:
        CorpusError: the file is no e-mail, or its text cannot be decoded.
    """
    try:
        message = cast(EmailMessage, email.message_from_bytes(_with_readable_head(data), policy=_Bounded()))
        if not any(message[name] for name in ("From", "Subject", "Date")):
            raise CorpusError("the file is no e-mail (it has no sender, subject or date): save it anew as .eml")
        subject = _line(message["Subject"])
        heads = [f"{shown}: {_line(message[name])}" for name, shown in _SHOWN if message[name]]
        body = message.get_body(("plain", "html"))
        text, notes = _text(body) if isinstance(body, EmailMessage) else ("", ())
        page = message.get_body(("html",))
        if isinstance(page, EmailMessage) and page is not body and _are_alternatives(message, body, page):
            shown, more_notes = _text(page)
            if len(_WEB_ADDRESS.sub("", text)) < _PLAIN_SHARE * len(shown):
                text, notes = shown, more_notes
        attached = _listed([part.get_filename() or part.get_content_type() for part in message.iter_attachments()])
    except CorpusError:
        raise
    except Exception as error:  # a damaged message makes the standard library raise nearly anything
        raise CorpusError(f"the e-mail cannot be read ({one_line(error)}): save it anew as .eml") from error
    parts = [f"# {subject}" if subject else "", "\n\n".join(heads), text.strip()]
    told = f"attachments were left out: {attached}; save them as files and add those"
    return FileDraft(
        "\n\n".join(part for part in parts if part),
        subject,
        notes=(*notes, *((Remark("attachments", attached, told),) if attached else ())),
    )


def _are_alternatives(message: EmailMessage, *bodies: object) -> bool:
    """Tell whether bodies of an e-mail are said to be the same text in several formats."""
    alternatives = (part for part in message.walk() if part.get_content_type() == "multipart/alternative")
    return any(all(any(one is body for one in part.walk()) for body in bodies) for part in alternatives)


def _line(value: object) -> str:
    return " ".join(clean(str(value or "")).split())


def _with_readable_head(data: bytes) -> bytes:
    """Return an e-mail whose head, where old programs wrote it in Windows-1252, is UTF-8."""
    end = re.search(rb"\r?\n\r?\n", data)
    head = data[: end.start()] if end else data
    try:
        head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace").encode() + data[len(head) :]
    return data


def _text(body: EmailMessage) -> tuple[str, tuple[Remark, ...]]:
    """Return the text of an e-mail's body, and what is to be said about it."""
    from nmt_rag.documents.web import charsets, html

    source, notes = charsets.decode_declared(bytes(body.get_payload(decode=True)), body.get_content_charset(""))
    if body.get_content_type() != "text/html":
        return _QUOTED.sub(_unwrapped, clean(source)), notes
    draft = html.read_source(source, notes)
    return draft.text, draft.notes


def _unwrapped(quoted: re.Match[str]) -> str:
    """Return quoted lines with each paragraph on one line: the mark before each line parts its words."""
    lines_told = [line[len(quoted["mark"]) :] for line in quoted[0].split("\n")]
    if any(line.startswith("     ") or line.strip() == "--" for line in lines_told):
        return quoted[0]  # code, or a signature: its lines are its own
    text = "\n".join(map(str.strip, lines_told))
    lines, end = list[str](), 0
    for block in blocks.blocks(text):
        apart = "\n" if lines and "\n\n" in text[end : block.start] else ""
        lines.append(f"{apart}{quoted['mark']} {' '.join(text[block.start : block.end].split())}")
        end = block.end
    return "\n".join(lines)


def _listed(names: list[str]) -> str:
    """Return the names of attachments in one line."""
    shown = [_line(name)[:_NAME_LENGTH] for name in names[:_NAMED]]
    return ", ".join(shown) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
