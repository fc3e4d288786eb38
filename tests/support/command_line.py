"""Running commands inside the test's process, as `silqeqms` would run them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desktop.cli import main


@dataclass(frozen=True)
class Ran:
    """What came of one command."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document of stdout; anything else there fails."""
        return json.loads(self.out)

    @property
    def refusal(self) -> str:
        """The one sentence of a command that was refused; anything else fails."""
        assert (self.code, self.out) == (2, ""), self
        sentence = self.err.removesuffix("\n")
        assert sentence
        assert "\n" not in sentence
        assert "Traceback" not in sentence
        return sentence


@dataclass
class CommandLine:
    """One person at one database; `capsys` and `monkeypatch` are pytest's."""

    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    database: str
    storage: Path
    user: str
    password: str

    def __call__(self, *arguments: object) -> Ran:
        """Run one command on the database, in the person's name."""
        self.monkeypatch.setenv("SILQEQMS_USER", self.user)
        self.monkeypatch.setenv("SILQEQMS_PASSWORD", self.password)
        return self.plainly("--database", self.database, "--storage", self.storage, *arguments)

    def json(self, *arguments: object) -> Any:
        """Run one command that must be done and well; returns its JSON document."""
        ran = self(*arguments, "--json")
        assert (ran.code, ran.err) == (0, ""), ran
        return ran.document

    def plainly(self, *arguments: object) -> Ran:
        """Run one command with these arguments and nothing else."""
        for variable in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
            self.monkeypatch.setenv(variable, str(self.storage.parent / "home"))
        code = main([str(argument) for argument in arguments])
        captured = self.capsys.readouterr()
        return Ran(code, captured.out, captured.err)


def write_csv(path: Path, rows: Iterable[str], header: str | None = None) -> Path:
    """A CSV file with the required columns, or those of `header`."""
    lines = [header or "Ship Date,Order Number,Facility Name,SKU,Lot Number,Quantity", *rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def write_mail(path: Path, subject: str, text: str) -> Path:
    """A mail as a mail program saves it."""
    head = [
        "From: Maren Oakes <maren.oakes@example.org>",
        "To: quality@example.com",
        f"Subject: {subject}",
        "Date: Tue, 04 Feb 2025 09:30:00 +0100",
        "Content-Type: text/plain; charset=utf-8",
    ]
    path.write_bytes("\r\n".join([*head, "", *text.splitlines(), ""]).encode())
    return path
