"""Evidence files from the log's page: attached by dialog, drop or paste; opened as a read-only copy; saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, QTemporaryDir
from PySide6.QtGui import QGuiApplication

from desktop.domain.changes import Changes
from desktop.domain.entry_life import MAX_EVIDENCE_BYTES, EvidenceFile
from desktop.domain.errors import EvidenceAltered, KnownTrouble
from desktop.services import entry_evidence
from desktop.services.entry_evidence import NewEvidence
from desktop.ui import actions
from desktop.ui.actions import ENTRY_EVIDENCE, LOG, Situation
from desktop.ui.dialogs.reason import ReasonDialog
from desktop.ui.dropped_files import DroppedFile, DroppedFiles, FilesWanted, read_dropped, read_files
from desktop.ui.page import Page
from desktop.ui.prompter import ANY_FILE, FileType
from desktop.ui.tables.entry_pane import EntryPane
from desktop.ui.tasks import Lane
from desktop.ui.theme import Tone
from desktop.ui.widgets.banner import Message
from desktop.ui.widgets.drop_mark import DropMark
from desktop.ui.widgets.drop_target import DropTarget

EVIDENCE = FilesWanted(
    MAX_EVIDENCE_BYTES,
    "evidence",
    "This is a folder. Drop a file of it.",
    "No file arrived: the other program handed over none. Save the file first and drop it then.",
    "A link arrived, not a file, and links are never fetched. Save the file first and drop it then.",
)
_NO_FILE_PASTED = "The clipboard holds no file. Copy the file in the file manager and paste it here."


class EvidenceWork(QObject):
    """The commands of the pane's evidence. A file from outside is only ever copied, never moved."""

    def __init__(self, page: Page, pane: Callable[[], EntryPane]) -> None:
        super().__init__(page)
        self._page = page
        self._context = page.context
        self._pane_of_page = pane
        self._copies: QTemporaryDir | None = None
        for command, handler in (
            (actions.ATTACH_EVIDENCE, self.ask_for_file),
            (actions.PASTE_EVIDENCE, self.paste),
            (actions.OPEN_EVIDENCE, self.open),
            (actions.SAVE_EVIDENCE, self.ask_where_to_save),
        ):
            self._context.actions.bind(command, handler, page)

    @property
    def pane(self) -> EntryPane:
        """The pane, which is made after the commands it shows."""
        return self._pane_of_page()

    def listen(self) -> None:
        """Begins to follow the pane: what is marked there, and what is dropped on it."""
        self._mark = DropMark("evidenceDropMark", self.pane)
        target = DropTarget(self.pane)
        target.hovered.connect(self._show_mark)
        target.dropped.connect(lambda mime, _place: self.take_dropped(mime))
        self.pane.evidence.file_selected.connect(self._tell_situation)
        self.pane.evidence.file_activated.connect(self.open)

    def ask_for_file(self) -> None:
        """Asks for the file to attach."""
        if self.pane.entry is not None:
            self._context.prompter.open_files(
                self._page, "Attach evidence", (ANY_FILE,), lambda paths: self._take(read_files(paths, EVIDENCE))
            )

    def paste(self) -> None:
        """Attaches the file that the clipboard holds."""
        self._take(read_dropped(QGuiApplication.clipboard().mimeData(), nothing=_NO_FILE_PASTED, wanted=EVIDENCE))

    def take_dropped(self, mime: QMimeData) -> None:
        """Attaches what was dropped on the pane."""
        self._take(read_dropped(mime, wanted=EVIDENCE))

    def open(self) -> None:
        """Opens a read-only copy of the marked file with the system's program for it, after re-hashing it."""
        file, entry = self.pane.evidence.selected, self.pane.entry
        if file is None or entry is None:
            return
        if not file.can_be_shown:
            text = f"“{file.filename}” is not opened from here: files of this kind can run. Save a copy instead."
            self._say(Tone.WARNING, text)
            return
        if self._copies is None:
            self._copies = QTemporaryDir()
        workspace, folder, entry_id = self._context.workspace, Path(self._copies.path()), entry.id
        self._context.tasks.submit(
            lambda _progress: entry_evidence.open_evidence(workspace, entry_id, file.storage_key, folder),
            partial(self._show_copy, file),
            partial(self._say_not_shown, entry_id, file),
            lane=Lane.WRITE,  # it writes to the audit trail
            owner=self,
        )

    def ask_where_to_save(self) -> None:
        """Asks where a copy of the marked file is to be saved."""
        file, entry = self.pane.evidence.selected, self.pane.entry
        if file is None or entry is None:
            return
        # The sender's own name is not offered: names from outside never become paths.
        name = file.storage_key.rpartition("/")[2]
        ending = name.rpartition(".")[2] if "." in name else ""
        kind = FileType("Evidence file", (ending,)) if ending else ANY_FILE
        self._context.prompter.save_file(
            self._page, "Save a copy of the evidence", name, (kind,), partial(self._save, entry.id, file)
        )

    def _take(self, arrived: DroppedFiles) -> None:
        """Attaches one file to the entry that is shown; whatever else arrived is answered."""
        entry = self.pane.entry
        if arrived.refused:
            refused = arrived.refused[0]
            self._say(Tone.PROBLEM, f"{refused.filename}: {refused.sentence}" if refused.filename else refused.sentence)
        elif entry is None:
            self._say(Tone.WARNING, "Select one entry first: evidence belongs to an entry.")
        elif reason := self._context.actions.why_not(actions.ATTACH_EVIDENCE):
            self._say(Tone.WARNING, f"Attach evidence: {reason}.")
        elif len(arrived.files) > 1:
            self._say(Tone.WARNING, "An entry has one evidence file at a time: drop one file.")
        else:
            self._attach(entry.id, arrived.files[0])

    def _attach(self, entry_id: int, file: DroppedFile) -> None:
        current = self.pane.evidence.current
        replaces = None if current is None else current.storage_key
        new = NewEvidence(entry_id, file.filename, file.content, replaces)
        if current is None:
            self._submit(new, None)
            return
        dialog = ReasonDialog(
            "Replace evidence",
            f"Replace “{current.filename}” by “{file.filename}”?",
            "The file that is there now stays in the history of the entry and can still be opened.",
            "Replace",
            self._page,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.submitted.connect(lambda reason: self._submit(replace(new, reason=reason), dialog))
        dialog.open()

    def _submit(self, new: NewEvidence, dialog: ReasonDialog | None) -> None:
        workspace = self._context.workspace

        def attached(changes: Changes) -> None:
            if dialog is not None:
                dialog.accept()
            self.pane.show_evidence()
            self._say(Tone.SUCCESS, f"Attached “{new.filename}” to the entry.")
            self._context.changes.announce(changes)

        def failed(trouble: KnownTrouble) -> None:
            if dialog is not None:
                dialog.show_trouble(trouble)
            else:
                self._say(Tone.PROBLEM, str(trouble))

        self._context.tasks.submit(
            lambda _progress: entry_evidence.attach(workspace, new), attached, failed, owner=dialog or self
        )

    def _show_copy(self, file: EvidenceFile, copy: Path) -> None:
        self._context.changes.announce(Changes.of())
        if not self._context.prompter.show_file(copy):
            text = f"This computer has no program that opens “{file.filename}”. Save a copy instead."
            self._say(Tone.WARNING, text)

    def _save(self, entry_id: int, file: EvidenceFile, path: Path) -> None:
        workspace = self._context.workspace

        def saved(changes: Changes) -> None:
            self._context.changes.announce(changes)
            show = partial(self._context.prompter.show_folder, path.parent)
            text = f"Saved a copy of the evidence as {path.name}."
            self._context.say(Message(Tone.SUCCESS, text, "Show in folder", show))

        self._context.tasks.submit(
            lambda _progress: entry_evidence.export_evidence(workspace, entry_id, file.storage_key, path),
            saved,
            partial(self._say_not_shown, entry_id, file),
            lane=Lane.WRITE,
            owner=self,
        )

    def _say_not_shown(self, entry_id: int, file: EvidenceFile, trouble: KnownTrouble) -> None:
        """Altered evidence is said in red where it would have been shown, and in a box that has to be closed."""
        if not isinstance(trouble, EvidenceAltered):
            self._say(Tone.PROBLEM, str(trouble))
            return
        entry = self.pane.entry
        if entry is not None and entry.id == entry_id:
            self.pane.show_evidence()
            self.pane.evidence.show_altered(file, str(trouble))
        self._context.changes.announce(Changes.of())
        self._context.prompter.warn(self._page, f"“{file.filename}” was not opened", str(trouble))

    def _tell_situation(self) -> None:
        is_marked = self.pane.evidence.selected is not None and self.pane.entry is not None
        self._context.actions.set_situation(LOG, Situation(shown=1, selected=int(is_marked)), ENTRY_EVIDENCE)

    def _show_mark(self, place: object) -> None:
        if place is None or self.pane.entry is None:
            self._mark.hide()
            return
        self._mark.setGeometry(self.pane.rect())
        self._mark.raise_()
        self._mark.show()

    def _say(self, tone: Tone, text: str) -> None:
        self._context.say(Message(tone, text))
