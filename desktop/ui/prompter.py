"""The only place that asks, warns, opens or saves. Tests answer in its stead.

Nothing blocks: every dialog is opened, and the answer comes by a callback that is called only for a real answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QSettings, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

_FOLDER_KEY = "prompter/last_folder"


class FileType(NamedTuple):
    """A kind of file in a file dialog: its name and its endings without the dot; no ending means any file."""

    name: str
    endings: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """As Qt writes it: `CSV file (*.csv)`."""
        return f"{self.name} ({' '.join(f'*.{ending}' for ending in self.endings) or '*'})"


ANY_FILE = FileType("All files", ())


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose answer changes something: what is asked, what will change, and the word on the button."""

    title: str
    text: str
    detail: str
    yes: str
    destructive: bool = False


class Prompter:
    """Asks with the platform's own dialogs; the folder of the last file is remembered."""

    def __init__(self, settings: QSettings | None = None) -> None:
        self._settings = settings
        self._folder = str(settings.value(_FOLDER_KEY, "")) if settings is not None else ""

    def open_files(
        self,
        parent: QWidget,
        title: str,
        types: Sequence[FileType],
        on_chosen: Callable[[tuple[Path, ...]], object],
        *,
        many: bool = False,
    ) -> None:
        """Asks for one existing file, or for several."""
        mode = QFileDialog.FileMode.ExistingFiles if many else QFileDialog.FileMode.ExistingFile
        dialog = self._file_dialog(parent, title, types, mode)
        dialog.filesSelected.connect(lambda names: on_chosen(tuple(Path(name) for name in names)))
        dialog.open()

    def save_file(
        self,
        parent: QWidget,
        title: str,
        suggested_name: str,
        types: Sequence[FileType],
        on_chosen: Callable[[Path], object],
    ) -> None:
        """Asks where to write a file; the ending is added, and replacing a file is confirmed by the dialog."""
        dialog = self._file_dialog(parent, title, types, QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(types[0].endings[0])
        endings = {kind.pattern: kind.endings[0] for kind in types}
        dialog.filterSelected.connect(lambda pattern: dialog.setDefaultSuffix(endings.get(pattern, "")))
        dialog.selectFile(suggested_name)
        dialog.fileSelected.connect(lambda name: on_chosen(Path(name)))
        dialog.open()

    def confirm(self, parent: QWidget, question: Question, on_yes: Callable[[], object]) -> None:
        """Asks before something is changed; Cancel is what Enter and Esc choose when the change is destructive."""
        box = QMessageBox(QMessageBox.Icon.Warning, question.title, question.text, parent=parent)
        box.setObjectName("questionBox")
        box.setInformativeText(question.detail)
        yes = box.addButton(question.yes, QMessageBox.ButtonRole.AcceptRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel if question.destructive else yes)
        box.setEscapeButton(cancel)
        box.buttonClicked.connect(lambda button: on_yes() if button is yes else None)
        box.finished.connect(box.deleteLater)
        box.open()

    def warn(self, parent: QWidget, title: str, sentence: str) -> None:
        """Says what went wrong, where a banner would be overlooked."""
        box = QMessageBox(QMessageBox.Icon.Warning, title, sentence, QMessageBox.StandardButton.Close, parent)
        box.setObjectName("warningBox")
        box.finished.connect(box.deleteLater)
        box.open()

    def show_folder(self, folder: Path) -> None:
        """Opens a folder in the system's file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def show_file(self, file: Path) -> bool:
        """Opens a file with the system's own program for its kind; False when there is none."""
        return QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))

    def _file_dialog(
        self, parent: QWidget, title: str, types: Sequence[FileType], mode: QFileDialog.FileMode
    ) -> QFileDialog:
        dialog = QFileDialog(parent, title, self._folder)
        dialog.setObjectName("fileDialog")
        dialog.setFileMode(mode)
        dialog.setNameFilters([kind.pattern for kind in types])
        dialog.accepted.connect(lambda: self._remember(dialog.directory().absolutePath()))
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _remember(self, folder: str) -> None:
        self._folder = folder
        if self._settings is not None:
            self._settings.setValue(_FOLDER_KEY, folder)
