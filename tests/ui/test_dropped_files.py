"""Files that are dropped, pasted or chosen: each is read once or answered with a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from desktop.ui.dropped_files import (
    MAX_FILE_BYTES,
    MAX_TOTAL_BYTES,
    NO_FILE,
    ONLY_A_LINK,
    DroppedFile,
    RefusedFile,
    read_dropped,
    read_files,
)
from tests.support.drags import files, windows_virtual_files


def mail(folder: Path, name: str, content: bytes = b"Subject: yes\r\n\r\n") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def sparse(folder: Path, name: str, size: int) -> Path:
    path = folder / name
    path.touch()
    os.truncate(path, size)
    return path


def test_files_arrive_with_their_names_and_bytes_in_the_order_of_the_drop(tmp_path: Path) -> None:
    paths = [mail(tmp_path, "b ü.eml", b"2"), mail(tmp_path, "a.eml", b"1")]
    assert read_dropped(files(*paths)).files == (DroppedFile("b ü.eml", b"2"), DroppedFile("a.eml", b"1"))


@pytest.mark.parametrize(
    ("formats", "sentence"),
    [
        ({}, NO_FILE),
        ({"text/plain": b"selected words"}, NO_FILE),
        ({"chromium/x-renderer-taint": b"1", "text/html": b"<a>mail</a>"}, NO_FILE),
        ({"application/x-moz-file-promise": b"", "text/x-moz-message": b"imap-message://1"}, NO_FILE),
        ({"text/uri-list": b"https://mail.example.com/message/1\r\n"}, ONLY_A_LINK),
        ({"text/uri-list": b"imap://mail.example.com/1\r\nhttp://mail.example.com/2\r\n"}, ONLY_A_LINK),
    ],
)
def test_what_holds_no_file_is_answered_with_what_to_do(formats: dict[str, bytes], sentence: str) -> None:
    mime = QMimeData()
    for name, data in formats.items():
        mime.setData(name, data)
    arrived = read_dropped(mime)
    assert arrived.files == ()
    assert arrived.refused == (RefusedFile("", sentence),)
    assert "save the message as .eml and drop the file" in sentence.lower()


def test_a_file_beside_links_and_private_types_is_the_file(tmp_path: Path) -> None:
    """Thunderbird on Linux offers its copy of the message and several types of its own."""
    mime = QMimeData()
    mime.setUrls([QUrl("https://mail.example.com"), QUrl.fromLocalFile(str(mail(tmp_path, "m.eml")))])
    mime.setData("application/x-moz-file-promise", b"")
    arrived = read_dropped(mime)
    assert [file.filename for file in arrived.files] == ["m.eml"]
    assert arrived.refused == ()


def test_one_that_is_too_large_is_refused_by_its_size_and_the_others_are_read(tmp_path: Path) -> None:
    paths = [sparse(tmp_path, "huge.eml", MAX_FILE_BYTES + 1), mail(tmp_path, "m.eml")]
    arrived = read_files(paths)
    assert [file.filename for file in arrived.files] == ["m.eml"]
    assert arrived.refused == (RefusedFile("huge.eml", "The file is too large: 25.1 MB, and a mail may have 25 MB."),)


def test_a_terabyte_is_not_read(tmp_path: Path) -> None:
    arrived = read_files([sparse(tmp_path, "disk.img", 1 << 40)])
    assert arrived.refused[0].sentence.startswith("The file is too large: 1,048,576.0 MB")


def test_all_files_together_are_bounded_too(tmp_path: Path) -> None:
    one = sparse(tmp_path, "large.eml", MAX_FILE_BYTES)
    arrived = read_files([one] * (MAX_TOTAL_BYTES // MAX_FILE_BYTES + 1))
    assert len(arrived.files) == MAX_TOTAL_BYTES // MAX_FILE_BYTES
    assert [refused.sentence for refused in arrived.refused] == [
        "More than 250 MB at once: drop this file again, with fewer others."
    ]


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()
    arrived = read_files([tmp_path / "mails", tmp_path / "gone.eml"])
    assert arrived.files == ()
    assert arrived.refused == (
        RefusedFile("mails", "This is a folder. Drop the e-mails that are in it."),
        RefusedFile("gone.eml", "The file could not be read: No such file or directory."),
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read_files([tmp_path / "pipe"]).refused == (RefusedFile("pipe", "This is not a file that can be read."),)


def test_windows_virtual_files_are_read_by_number_and_their_names_lose_any_path() -> None:
    mime = windows_virtual_files([("Re: yes.eml", b"1"), ("..\\..\\evil/run.eml", b"2"), ("message.msg", b"")])
    arrived = read_dropped(mime)
    assert arrived.files == (DroppedFile("Re: yes.eml", b"1"), DroppedFile("run.eml", b"2"))
    assert arrived.refused == (RefusedFile("message.msg", NO_FILE),)


@pytest.mark.parametrize("length", [0, 3, 4, 100, 595])
def test_a_damaged_list_of_virtual_files_holds_no_file(length: int) -> None:
    mime = QMimeData()
    mime.setData('application/x-qt-windows-mime;value="FileGroupDescriptorW"', b"\x01" * length)
    assert read_dropped(mime).refused == (RefusedFile("", NO_FILE),)
