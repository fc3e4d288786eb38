"""Where a benchmark keeps what it made: shared between runs, and scratch for one run."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """The files of one size of log in `folder`."""

    folder: Path
    rows: int

    @property
    def template(self) -> Path:
        """A database at head with an administrator and an empty log."""
        return self.folder / "template.db"

    @property
    def csv(self) -> Path:
        """The lines as a record CSV."""
        return self.folder / f"lines-{self.rows}.csv"

    @property
    def more_csv(self) -> Path:
        """As many lines of other orders, on the same days."""
        return self.folder / f"more-lines-{self.rows}.csv"

    @property
    def more_table_csv(self) -> Path:
        """Those as every column of the table, with ids that follow."""
        return self.folder / f"more-table-{self.rows}.csv"

    @property
    def table_csv(self) -> Path:
        """The lines as every column of the table, without a header."""
        return self.folder / f"table-{self.rows}.csv"

    @property
    def log(self) -> Path:
        """A database with the lines in its log; not to be written to."""
        return self.folder / f"log-{self.rows}.db"

    def scratch(self, name: str) -> Path:
        """A file for one run, removed first when it is left over from another."""
        path = self.folder / "scratch" / name
        path.parent.mkdir(exist_ok=True)
        for leftover in path.parent.glob(f"{path.stem}*"):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        return path

    def copy_of_log(self, name: str) -> Path:
        """The filled database, to write to."""
        target = self.scratch(name)
        source, copy = sqlite3.connect(self.log), sqlite3.connect(target)
        source.backup(copy)
        source.close()
        copy.close()
        return target
