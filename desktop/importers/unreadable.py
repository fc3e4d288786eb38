"""How the parts of an importer say that nothing of a file can be read."""

from __future__ import annotations

from desktop.domain.imports import FileProblem, FileProblemKind


class Unreadable(Exception):
    """Ends the reading of a file; it never leaves an importer, which hands `problem` over instead of rows."""

    def __init__(self, kind: FileProblemKind, message: str) -> None:
        self.problem = FileProblem(kind, message)
        super().__init__(message)
