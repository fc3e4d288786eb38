"""All or nothing: an import that is killed, or runs out of space, anywhere leaves none of its lines or all of them."""

from __future__ import annotations

import os
import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from desktop.services import imports
from desktop.services.unit_of_work import Workspace
from tests.services import records
from tests.services.tampering import database_file, evidence_folder, findings

ROOT = Path(__file__).parents[2]
LINES = 400
STEPS = 110_000  # a little more than the database's machine takes for such an import

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux: processes are forked and killed")


@dataclass
class Importing:
    """A log, and a process that imports file after file into it; each file has lines of its own."""

    workspace: Workspace
    folder: Path
    process: subprocess.Popen[str]
    files: int = 0
    ended: list[str] = field(default_factory=list)
    written: int = 0
    said: str = ""

    def next_file(self) -> Path:
        self.files += 1
        rows = [
            (
                "2026-01-05",
                f"SO {self.files:04d}-{number:04d}",
                "Lakeside Urology",
                "211810SPT",
                "SLQ-12345",
                number + 1,
            )
            for number in range(LINES)
        ]
        return records.csv_file(self.folder / f"{self.files:04d}.csv", rows)

    def run(self, how: str, point: float, file: Path | None = None) -> float:
        """Import a file in another process, to which something happens; what it left is whole. Returns its seconds."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{file or self.next_file()} {how} {point}\n")
        self.process.stdin.flush()
        said, seconds = self.process.stdout.readline().split()
        self.ended.append(said)
        self.check(said)
        return float(seconds)

    def check(self, said: str) -> None:
        """None of the lines or all of them, the database sound, every record with its file and its event."""
        database = sqlite3.connect(database_file(self.workspace))
        try:
            (lines,) = database.execute("SELECT count(*) FROM distribution_log_entries").fetchone()
            batches = database.execute("SELECT storage_key, imported FROM import_batches").fetchall()
            (events,) = database.execute(
                "SELECT count(*) FROM audit_events WHERE entity_type = 'import_batch'"
            ).fetchone()
            stored = [key for (key,) in database.execute("SELECT key FROM stored_files")]
            unsound = (
                database.execute("PRAGMA integrity_check").fetchall(),
                database.execute("PRAGMA foreign_key_check").fetchall(),
            )
        finally:
            database.close()
        assert lines - self.written in (0, LINES)
        assert lines - self.written == LINES or said != "done"
        assert lines == self.written or said != "refused"
        assert [imported for _, imported in batches] == [LINES] * (lines // LINES)
        assert events == len(batches)
        assert sorted(stored) == sorted(key for key, _ in batches)
        assert all((evidence_folder(self.workspace.store) / key).exists() for key in stored)
        assert unsound == ([("ok",)], [])
        self.written = lines


@contextmanager
def importing(workspace: Workspace, folder: Path) -> Iterator[Importing]:
    command = [sys.executable, "-m", "tests.services.import_process", workspace.sessions.engine.url.render_as_string()]
    with subprocess.Popen(
        [*command, str(evidence_folder(workspace.store))],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,  # a file would be short of space as well
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        found = Importing(workspace, folder, process)
        yield found
        process.stdin.close()
        found.said = process.stderr.read()
    assert process.returncode == 0, found.said


def kill_often(workspace: Workspace, folder: Path, runs: int) -> Importing:
    """Half of the runs are killed at a moment, half at a step of the database; what was not written is, at the end."""
    chance = random.Random(runs)  # noqa: S311
    with importing(workspace, folder) as process:
        seconds = process.run("plain", 0)
        assert process.ended == ["done"]
        for number in range(runs):
            if number % 2:
                process.run("steps", chance.uniform(0, STEPS))
            else:
                process.run("seconds", chance.uniform(0, 1.1 * seconds))
    assert process.ended.count("killed") > runs // 2
    assert set(process.ended) <= {"done", "killed"}
    for file in sorted(folder.glob("*.csv")):
        again = imports.preview(workspace, file)
        assert (again.counts.new, again.counts.duplicate) in ((0, LINES), (LINES, 0))
        imports.import_lines(workspace, file, again)
    assert imports.list_imports(workspace)[0].imported == LINES
    assert len(imports.list_imports(workspace)) == process.files
    # A file that no record knows is what a killed import may leave; nothing else is wrong.
    unknown = findings(workspace).get("stored files", "")
    assert findings(workspace).keys() <= {"stored files"}
    assert unknown.count("The file") == unknown.count("no record knows it")
    return process


def test_an_import_that_is_killed_leaves_none_of_its_lines_or_all(workspace: Workspace, tmp_path: Path) -> None:
    kill_often(workspace, tmp_path, 8)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_an_import_that_is_killed_often_leaves_none_of_its_lines_or_all(workspace: Workspace, tmp_path: Path) -> None:
    process = kill_often(workspace, tmp_path, 220)
    assert process.ended.count("killed") >= 200 * 0.6


@pytest.mark.parametrize("runs", [3, pytest.param(40, marks=pytest.mark.slow)])
def test_an_import_that_runs_out_of_space_leaves_nothing_and_says_so(
    workspace: Workspace, tmp_path: Path, runs: int
) -> None:
    chance = random.Random(runs)  # noqa: S311
    with importing(workspace, tmp_path) as process:
        file = process.next_file()
        sizes = [0.0, *(chance.uniform(1_000, 100_000) for _ in range(runs - 1))]
        for size in sizes:
            process.run("bytes", size, file)
        assert set(process.ended) == {"refused"}
        assert list(workspace.store.keys()) == []
        assert findings(workspace) == {}
        process.run("plain", 0, file)
    assert process.ended[-1] == "done"
    assert findings(workspace) == {}
    told = process.said.splitlines()
    assert len(told) == runs
    assert all(re.match("refused: .*(disk|file is larger)", line) for line in told), told
