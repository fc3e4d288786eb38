"""The evidence store keeps what it was given, whole, once, and notices every changed bit."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.domain.errors import EvidenceAltered, StorageTrouble
from desktop.storage.evidence_store import EvidenceStore, check_key
from tests.storage.store_process import content_of

PROJECT = Path(__file__).parents[2]
KEY = "tracing_reports/2025-03/0f3a_20250331T120000000000Z.csv"
CONTENT = b"Ship Date,Order #\r\n2025-03-04,SO-0000901\r\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither these permissions nor limits")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
def store(folder: Path) -> EvidenceStore:
    return EvidenceStore(folder)


@contextmanager
def process(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.storage.store_process", *map(str, arguments)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=PROJECT, **pipes) as started:  # type: ignore[call-overload]
        try:
            yield started
        finally:
            started.kill()


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), cwd=PROJECT, capture_output=True, text=True, check=False)


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# Keys


@given(st.text(min_size=1, max_size=300))
@example("a/../b")
@example("CON")
@example("a" * 201)
def test_an_accepted_key_means_the_same_file_on_every_system(key: str) -> None:
    try:
        check_key(key)
    except ValueError:
        return
    parts = tuple(key.split("/"))
    assert PurePosixPath(key).parts == parts
    assert PureWindowsPath(key).parts == parts
    assert not PureWindowsPath(key).is_reserved()
    assert not {".", ".."} & set(parts)
    assert all(len(part.encode()) <= 200 for part in parts)


@given(st.lists(st.from_regex(r"[0-9A-Za-z][0-9A-Za-z_. -]{0,60}[0-9A-Za-zé]", fullmatch=True), min_size=1, max_size=4))
def test_ordinary_keys_are_accepted(parts: list[str]) -> None:
    check_key("/".join(f"x{part}" for part in parts))


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "a//b",
        "a/",
        "..",
        "a/../b",
        "./a",
        ".partial-0",
        "a\\b",
        "C:/a",
        "a:stream",
        "a\nb",
        "a\x00b",
        "a\u202eb",
        "a\udcff",
        "nul",
        "COM1.csv",
        "a/lpt².eml",
        "a.",
        "a ",
        "é" * 101,
        'a"b',
        "a*",
    ],
)
def test_a_bad_key_is_a_bug(store: EvidenceStore, folder: Path, key: str) -> None:
    with pytest.raises(ValueError, match="Key "):
        store.put(key, CONTENT)
    with pytest.raises(ValueError, match="Key "):
        store.remove_uncommitted(key)
    assert not folder.exists()


def test_a_record_that_names_a_file_outside_is_altered_evidence(store: EvidenceStore, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(CONTENT)
    store.put(KEY, CONTENT)
    with pytest.raises(EvidenceAltered, match="cannot be a file of the evidence store"):
        store.read("../secret", SHA256)


# Keeping and giving back


@given(content=st.binary(max_size=3_000), pieces=st.lists(st.integers(0, 3_000), max_size=5))
def test_what_is_kept_is_given_back(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, pieces: list[int]
) -> None:
    store = EvidenceStore(tmp_path_factory.mktemp("evidence"))
    with store.writer("piece by piece") as writer:
        for start, stop in zip([0, *sorted(pieces)], [*sorted(pieces), len(content)], strict=True):
            writer.write(content[start:stop])
    stored = store.put("at once", content)
    assert (stored.sha256, stored.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (writer.stored.sha256, writer.stored.size) == (stored.sha256, stored.size)
    assert store.read("piece by piece", stored.sha256) == store.read("at once", stored.sha256) == content
    store.verify("at once", stored.sha256)


@posix_only
def test_only_the_owner_may_read(store: EvidenceStore, folder: Path) -> None:
    store.put(KEY, CONTENT)
    assert (folder / KEY).stat().st_mode & 0o777 == 0o600
    assert {path.stat().st_mode & 0o777 for path in (folder, *(folder / KEY).parents[:2])} == {0o700}


def test_nothing_is_overwritten(store: EvidenceStore, folder: Path) -> None:
    store.put(KEY, CONTENT)
    with pytest.raises(StorageTrouble, match="never overwritten"):
        store.put(KEY, b"other")
    assert store.read(KEY, SHA256) == CONTENT
    assert files_in(folder) == [KEY]


def test_a_key_taken_while_writing_is_not_overwritten(store: EvidenceStore, folder: Path) -> None:
    def overtaken() -> None:
        with store.writer(KEY) as writer:
            writer.write(b"other")
            store.put(KEY, CONTENT)

    with pytest.raises(StorageTrouble, match="never overwritten"):
        overtaken()
    assert store.read(KEY, SHA256) == CONTENT
    assert files_in(folder) == [KEY]


def test_a_disk_without_hard_links_keeps_the_promises(
    store: EvidenceStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_names: object, **_options: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    test_a_key_taken_while_writing_is_not_overwritten(store, folder)


@pytest.mark.parametrize("exception", [RuntimeError, KeyboardInterrupt])
def test_an_exception_while_writing_leaves_nothing(
    store: EvidenceStore, folder: Path, exception: type[BaseException]
) -> None:
    writers = []

    def interrupted() -> None:
        with store.writer(KEY) as writer:
            writers.append(writer)
            writer.write(CONTENT)
            raise exception

    with pytest.raises(exception):
        interrupted()
    assert files_in(folder) == []
    with pytest.raises(RuntimeError, match="not kept yet"):
        _ = writers[0].stored


def test_a_half_written_file_is_a_left_over_and_no_key(store: EvidenceStore) -> None:
    store.put("a/b", CONTENT)
    with store.writer("a/c") as writer:
        writer.write(CONTENT)
        assert list(store.keys()) == ["a/b"]
        assert len(list(store.leftovers())) == 1
    assert list(store.keys()) == ["a/b", "a/c"]
    assert list(store.leftovers()) == []


def test_keys_name_every_file_whoever_put_it_there(store: EvidenceStore, folder: Path) -> None:
    assert list(store.keys()) == []
    store.put("b/c", CONTENT)
    store.put("a", CONTENT)
    (folder / ".DS_Store").write_bytes(b"")
    assert list(store.keys()) == [".DS_Store", "a", "b/c"]


def test_an_uncommitted_file_is_taken_out(store: EvidenceStore, folder: Path) -> None:
    store.put(KEY, CONTENT)
    store.remove_uncommitted(KEY)
    store.remove_uncommitted(KEY)
    assert files_in(folder) == []
    store.put(KEY, CONTENT)


def test_a_store_below_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageTrouble, match="Could not keep a file in the evidence store"):
        EvidenceStore(tmp_path / "file" / "evidence").put(KEY, CONTENT)


# Noticing


def flips_are_noticed(folder: Path, trials: int) -> None:
    store = EvidenceStore(folder / "evidence")
    source = random.Random(20250331)  # noqa: S311
    content = source.randbytes(20_000)
    stored = store.put(KEY, content)
    path, target = folder / "evidence" / KEY, folder / "export.csv"
    for _ in range(trials):
        changed = bytearray(content)
        changed[source.randrange(len(content))] ^= 1 << source.randrange(8)
        path.write_bytes(changed)
        for look in (
            lambda: store.read(KEY, stored.sha256),
            lambda: store.verify(KEY, stored.sha256),
            lambda: store.export(KEY, stored.sha256, target),
        ):
            with pytest.raises(EvidenceAltered, match="was altered"):
                look()
    assert files_in(folder) == [f"evidence/{KEY}"]
    path.write_bytes(content)
    assert store.read(KEY, stored.sha256) == content


def test_every_flipped_bit_is_noticed(tmp_path: Path) -> None:
    flips_are_noticed(tmp_path, 200)


@pytest.mark.slow
def test_every_flipped_bit_of_a_thousand_is_noticed(tmp_path: Path) -> None:
    flips_are_noticed(tmp_path, 1_000)


def test_missing_cut_and_longer_files_are_noticed(store: EvidenceStore, folder: Path, tmp_path: Path) -> None:
    store.put(KEY, CONTENT)
    path, target = folder / KEY, tmp_path / "export.csv"
    for changed in (b"", CONTENT[:-1], CONTENT + b"\n"):
        path.write_bytes(changed)
        with pytest.raises(EvidenceAltered, match="was altered"):
            store.read(KEY, SHA256)
    path.unlink()
    for key in (KEY, "no/such/folder", f"{KEY}/below"):
        with pytest.raises(EvidenceAltered, match="is missing"):
            store.read(key, SHA256)
        with pytest.raises(EvidenceAltered, match="is missing"):
            store.verify(key, SHA256)
        with pytest.raises(EvidenceAltered, match="is missing"):
            store.export(key, SHA256, target)
    assert not target.exists()


# Copies for people


def test_an_export_takes_the_place_of_the_target_only_when_verified(
    store: EvidenceStore, folder: Path, tmp_path: Path
) -> None:
    store.put(KEY, CONTENT)
    target = tmp_path / "export.csv"
    target.write_bytes(b"before")
    (folder / KEY).write_bytes(b"altered")
    with pytest.raises(EvidenceAltered):
        store.export(KEY, SHA256, target)
    assert target.read_bytes() == b"before"
    (folder / KEY).write_bytes(CONTENT)
    store.export(KEY, SHA256, target)
    assert target.read_bytes() == CONTENT
    assert files_in(tmp_path) == [f"evidence/{KEY}", "export.csv"]


def test_an_export_never_reaches_into_the_store(store: EvidenceStore, folder: Path) -> None:
    store.put(KEY, CONTENT)
    store.put("other", b"other")
    with pytest.raises(StorageTrouble, match="outside the evidence store"):
        store.export(KEY, SHA256, folder / "tracing_reports" / ".." / "other")
    assert files_in(folder) == ["other", KEY]


def test_a_target_that_cannot_be_written_is_a_sentence(store: EvidenceStore, tmp_path: Path) -> None:
    store.put(KEY, CONTENT)
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageTrouble, match=r"Could not save “x\.csv”: the folder does not exist"):
        store.export(KEY, SHA256, tmp_path / "none" / "x.csv")
    with pytest.raises(StorageTrouble, match="Could not save “folder”"):
        store.export(KEY, SHA256, tmp_path / "folder")
    assert list((tmp_path / "folder").iterdir()) == []


@posix_only
def test_a_target_folder_that_may_not_be_written_is_a_sentence(store: EvidenceStore, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    store.put(KEY, CONTENT)
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(StorageTrouble, match="it is not allowed"):
        store.export(KEY, SHA256, tmp_path / "locked" / "x.csv")


# Bad days


@posix_only
def test_a_file_larger_than_allowed_leaves_nothing(folder: Path) -> None:
    done = run(sys.executable, "-m", "tests.storage.store_process", "limit", folder, 100_000)
    assert done.stdout.startswith("Could not keep a file in the evidence store: the file is larger"), done
    assert files_in(folder) == ["small"]


@posix_only
def test_a_full_disk_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    alone = ("unshare", "--user", "--map-root-user", "--mount")
    try:
        possible = run(*alone, "true").returncode == 0
    except FileNotFoundError:
        possible = False
    if not possible:
        pytest.skip("a disk of one's own needs unshare and user namespaces")
    (tmp_path / "disk").mkdir()
    done = run(*alone, sys.executable, "-m", "tests.storage.store_process", "disk", folder, tmp_path / "disk")
    assert done.stdout.splitlines() == [
        "Could not keep a file in the evidence store: the disk is full. Free some space and try again.",
        "Could not save “copy.csv”: the disk is full. Free some space and try again.",
        "Could not save “export.csv”: the disk is full. Free some space and try again.",
        "Could not save “export.xlsx”: the disk is full. Free some space and try again.",
        "left: []",
    ], done


def kills_leave_whole_files(folder: Path, kills: int) -> None:
    store = EvidenceStore(folder)
    source = random.Random(1)  # noqa: S311
    acknowledged: list[str] = []
    for number in range(kills):
        with process("keep", folder, number * 10_000) as started:
            assert started.stdout is not None
            for _ in range(source.randrange(1, 20)):
                acknowledged.append(started.stdout.readline().strip())
            # At any moment of the writing of the next file.
            try:
                started.wait(source.uniform(0, 0.01))
            except subprocess.TimeoutExpired:
                started.kill()
            acknowledged += started.stdout.read().split()
        kept = set(store.keys())
        assert kept >= set(acknowledged)
        for key in kept:
            assert (folder / key).read_bytes() == content_of(key)


def test_a_killed_process_leaves_whole_files_only(folder: Path) -> None:
    kills_leave_whole_files(folder, 8)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_process_killed_often_leaves_whole_files_only(folder: Path) -> None:
    kills_leave_whole_files(folder, 100)


def test_of_two_processes_exactly_one_wins_each_key(store: EvidenceStore, folder: Path) -> None:
    with process("race", folder, "one") as one, process("race", folder, "two") as two:
        for contender in (one, two):
            assert contender.stdout is not None
            assert contender.stdout.readline() == "ready\n"
        for contender in (one, two):
            assert contender.stdin is not None
            contender.stdin.write("go\n")
            contender.stdin.flush()
        won = {author: contender.communicate()[0].split() for author, contender in (("one", one), ("two", two))}
    assert sorted(won["one"] + won["two"]) == sorted(store.keys())
    assert len(list(store.keys())) == 100
    for author, keys in won.items():
        assert all((folder / key).read_bytes() == content_of(key, author) for key in keys)
    assert list(store.leftovers()) == []
