"""What an upload may hold: files, not too many, and none of them stays where its client goes away."""

import asyncio
import os
from pathlib import Path

import pytest

pytest.importorskip("gradio", reason="needs gradio: pip install nmt-rag[demo]")

import gradio as gr
from gradio.data_classes import FileData, ListFiles
from gradio.route_utils import MultiPartException
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect

from nmt_rag.interfaces.page.serving.receiving import MAX_FILES, FilesOnly, as_sent, keep_nothing


def part(head, body=b""):
    return b"--B\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + body + b"\r\n"


def file(number, body=b"x"):
    return part(b'name="files"; filename="%d.txt"' % number, body)


def taken_in(folder, chunks, *, error=None):
    """Return the names and sizes of what is taken in."""

    async def stream():
        for chunk in chunks:
            yield chunk
        if error:
            raise error

    headers = Headers({"content-type": "multipart/form-data; boundary=B"})
    reader = FilesOnly(headers, stream(), max_files=1000, max_fields=1000, upload_dir=folder, max_file_size=1_000)
    form = asyncio.run(reader.parse())
    found = [(one.filename, one.size) for one in form.getlist("files")]
    for one in form.getlist("files"):
        one.file.close()
    return found


def test_files_are_taken_in(tmp_path):
    assert taken_in(tmp_path, [file(1), file(2, b"abc"), b"--B--\r\n"]) == [("1.txt", 1), ("2.txt", 3)]


@pytest.mark.parametrize("text", [b"", b"a" * 100_000])
def test_text_is_not_kept(tmp_path, text):
    with pytest.raises(MultiPartException, match="Too many fields"):
        taken_in(tmp_path, [file(1), part(b'name="x"', text), b"--B--\r\n"])
    assert list(tmp_path.iterdir()) == []


def test_not_a_thousand_files_are_open_for_one_request(tmp_path):
    with pytest.raises(MultiPartException, match="Too many files"):
        taken_in(tmp_path, [*map(file, range(MAX_FILES + 1)), b"--B--\r\n"])
    assert list(tmp_path.iterdir()) == []
    assert len(taken_in(tmp_path, [*map(file, range(MAX_FILES)), b"--B--\r\n"])) == MAX_FILES


def test_who_goes_away_leaves_nothing(tmp_path):
    with pytest.raises(ClientDisconnect):
        taken_in(tmp_path, [file(1), file(2)[:-3]], error=ClientDisconnect())
    assert list(tmp_path.iterdir()) == []


def test_two_files_of_one_name_and_content_lie_apart(tmp_path):
    """Gradio names the folder of a file after the digest of its content."""

    async def stream():
        for chunk in [file(1), file(1), b"--B--\r\n"]:
            yield chunk

    def digests():
        headers = Headers({"content-type": "multipart/form-data; boundary=B"})
        form = asyncio.run(FilesOnly(headers, stream(), upload_dir=tmp_path, max_file_size=1_000).parse())
        for one in form.getlist("files"):
            one.file.close()
        return [one.sha.hexdigest() for one in form.getlist("files")]

    assert len({*digests(), *digests()}) == 4


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ("ärende 7:3.txt", "ärende 7:3.txt"),
        ('Vad "gäller"?.txt', 'Vad "gäller"?.txt'),
        ("<img src=x>.txt", "<img src=x>.txt"),
        ("../../hemligt.txt", "hemligt.txt"),
        ("C:\\akt\\a.txt", "a.txt"),
        ("..", "kept.txt"),
        ("", "kept.txt"),
        (None, "kept.txt"),
        ("två\nrader.txt", "kept.txt"),
        ("noll\0.txt", "kept.txt"),
        ("gpj.\u202etxt", "kept.txt"),
        ("å" * 200 + ".txt", "kept.txt"),
    ],
)
def test_a_file_has_the_name_that_it_was_sent_with(tmp_path, sent, named):
    folder = tmp_path / "apart"
    folder.mkdir()
    kept = folder / "kept.txt"
    kept.write_text("Polisen.", encoding="utf-8")
    assert as_sent(FileData(path=str(kept), orig_name=sent)) == str(folder / named)
    assert [path.name for path in folder.iterdir()] == [named]
    assert list(tmp_path.iterdir()) == [folder]


async def test_no_name_of_a_file_is_kept_and_no_empty_file_made(tmp_path, monkeypatch):
    """In an event loop, as Gradio would make one and leave it open; what is changed in Gradio is put back."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    for part, name in (
        (gr.route_utils, "GradioMultiPartParser"),
        (gr.File, "_process_single_file"),
        (gr.blocks.Block, "temp_files"),
        (gr.Blocks, "upload_file_set"),
    ):
        monkeypatch.setattr(part, name, getattr(part, name, None), raising=False)
    keep_nothing()
    with gr.Blocks() as blocks:
        files, other = gr.File(file_count="multiple"), gr.Textbox()
    own = str(tmp_path / "a.txt")
    Path(own).touch()
    there = os.listdir(tmp_path)
    assert list(map(str, files.preprocess(ListFiles(root=[FileData(path=own)] * 3)))) == [own] * 3
    assert os.listdir(tmp_path) == there
    for block in (files, other):
        assert block.move_resource_to_block_cache(own) == own
    blocks.upload_file_set.update([own])
    assert not any([files.temp_files, other.temp_files, blocks.upload_file_set, *blocks.temp_file_sets])
