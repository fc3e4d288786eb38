"""What is done with an import beyond writing it: its problem rows are saved, and it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from desktop.domain.changes import Changes
from desktop.domain.import_review import ImportPreview, ImportReceipt
from desktop.ui.dialogs.import_work import Doing, ImportWork, Job
from desktop.ui.dialogs.reason import ReasonDialog
from desktop.ui.formats import counted
from desktop.ui.prompter import FileType, Prompter
from desktop.ui.theme import Tone

CSV_FILE = FileType("CSV file", ("csv",))


class FollowUp(QObject):
    """Asks where to and why, and does it as the dialog's job; `say` shows what came of it."""

    def __init__(
        self, dialog: QWidget, work: ImportWork, prompter: Prompter, job: Job, say: Callable[[str, Tone], object]
    ) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._work = work
        self._prompter = prompter
        self._job = job
        self._say = say

    def save_problem_rows(self, preview: ImportPreview, source: Path) -> None:
        """Saves the problem rows of a file where the person wants them; never over the file itself."""
        name = f"{source.stem}-problems.csv"
        save_to = partial(self._save_to, preview, source)
        self._prompter.save_file(self._dialog, "Save problem rows", name, (CSV_FILE,), save_to)

    def _save_to(self, preview: ImportPreview, source: Path, path: Path) -> None:
        if path.resolve() == source.resolve():
            self._say(f"{path.name} is the file that is being imported: choose another name.", Tone.PROBLEM)
            return
        save = self._work.save_problem_rows

        def saved(rows: int) -> None:
            told = f"{counted(rows, 'problem row', 'problem rows')} saved to {path.name}."
            self._say(f"{told} Correct them there and import that file.", Tone.SUCCESS)

        self._job.start(
            Doing.SAVING,
            f"Saving {path.name}…",
            lambda _progress: save(preview, path),
            saved,
            lambda trouble: self._say(str(trouble), Tone.PROBLEM),
        )

    def ask_undo(self, receipt: ImportReceipt, on_undone: Callable[[Changes, int], object]) -> None:
        """Takes an import back once a reason was given; says first how much that is."""
        batch_id, undo = receipt.batch_id, self._work.undo
        if batch_id is None or undo is None:
            return
        lines, units = counted(receipt.imported, "line", "lines"), counted(receipt.units, "unit", "units")
        asked = ReasonDialog(
            "Undo import",
            f"Undo import {batch_id}?",
            f"This takes {lines} with {units} out of the log. The import, its source file and your reason are kept.",
            "Undo import",
            self._dialog,
        )
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def undone(result: tuple[Changes, int]) -> None:
            asked.accept()
            on_undone(*result)

        def undo_for(reason: str) -> None:
            self._job.start(
                Doing.UNDOING,
                "Undoing the import…",
                lambda _progress: undo(batch_id, reason),
                undone,
                asked.show_trouble,
            )

        asked.submitted.connect(undo_for)
        asked.open()
