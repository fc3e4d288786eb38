"""Files on a disk: an error is a sentence, and a file is written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from desktop.domain.errors import StorageTrouble
from desktop.domain.files import file_trouble, whole_file


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full. Free some space and try again"),
        (errno.EDQUOT, "your share of the disk is used up. Free some space and try again"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "it is not allowed, or another program has the file open"),
        (errno.ENOENT, "the folder does not exist"),
        (errno.EIO, "the disk reported an error"),
        (errno.ELOOP, os.strerror(errno.ELOOP)),
    ],
)
def test_an_error_of_the_system_is_a_sentence(number: int, reason: str) -> None:
    with pytest.raises(StorageTrouble) as told, file_trouble("save “x.csv”"):
        raise OSError(number, os.strerror(number))
    assert str(told.value) == f"Could not save “x.csv”: {reason}."


def test_an_error_without_a_reason_is_a_sentence_too() -> None:
    with pytest.raises(StorageTrouble, match="the system gave no reason"), file_trouble("save “x.csv”"):
        raise OSError


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(ZeroDivisionError), file_trouble("save “x.csv”"):
        raise ZeroDivisionError


def test_a_file_takes_its_place_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    target.write_bytes(b"before")
    with whole_file(target) as file:
        file.write(b"after")
        assert target.read_bytes() == b"before"
        file.seek(0)
        assert file.read() == b"after"
    assert target.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("exception", [OSError, ZeroDivisionError, KeyboardInterrupt])
def test_a_file_that_is_given_up_leaves_nothing(tmp_path: Path, exception: type[BaseException]) -> None:
    def given_up() -> None:
        with whole_file(tmp_path / "x.csv") as file:
            file.write(b"half")
            raise exception

    with pytest.raises((exception, StorageTrouble)):
        given_up()
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_no_disk_takes_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "none" / "x.csv", tmp_path / "folder", tmp_path / ("x" * 300)):
        with pytest.raises(StorageTrouble, match="Could not save"), whole_file(target):
            pass
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
