"""Small files that ask for much: of time, of memory, or of both."""

import io
import zipfile

import docx


def word(n_paragraphs=1_500_000):
    """Return a .docx whose text unpacks to a thousand times its size."""
    made = io.BytesIO()
    docx.Document().save(made)
    packed = io.BytesIO()
    body = "<w:p><w:r><w:t>a</w:t></w:r></w:p>" * n_paragraphs
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "word/document.xml":
                data = data.replace(b"<w:sectPr", body.encode() + b"<w:sectPr", 1)
            new.writestr(entry, data)
    return packed.getvalue()


def pdf(n_pages=50_000, words=3_000):
    """Return a PDF that refers to one page again and again."""
    stream = b"BT /F1 12 Tf " + b"(Polisen hjalper dig.) Tj " * words + b"ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (n_pages, b"3 0 R " * n_pages),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"xref\n0 6\n0000000000 65535 f \n%strailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(made),
    )


def html(n_attributes=900_000):
    """Return a page with one element of very many attributes."""
    attributes = " ".join(f"a{number}=b" for number in range(n_attributes))
    return f"<html><body><p {attributes}>Polisen hjälper dig.</p></body></html>".encode()
