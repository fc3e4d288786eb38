"""A person for every rep that a file names and nobody here is called, and for the lines without one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.users import Person
from desktop.ui.dialogs.import_bulk import WrittenRep
from desktop.ui.formats import BLANK, shown_number
from desktop.ui.tables.import_lines import one_line
from desktop.ui.widgets.named import muted, named

WITHOUT_REP = "(lines without a rep)"
_NOBODY = "Nobody"
_SIZE = (560, 380)


class LinkRepDialog(QDialog):
    """Emits `submitted` with a person's id, or None for nobody, by what the file gives as rep, folded; only those that
    were changed.
    """

    submitted = Signal(object)

    def __init__(self, reps: Sequence[WrittenRep], people: Sequence[Person], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("linkRepDialog")
        self.setWindowTitle("Link rep")
        self.resize(*_SIZE)
        self._reps = tuple(reps)
        self._names = {person.id: person.name for person in people}
        self._linked: dict[str, int | None] = {rep.folded: rep.user_id for rep in reps}
        about = muted(QLabel("Nobody here is called as these lines say. Link a person, or import them without a rep."))
        about.setWordWrap(True)
        about.setTextFormat(Qt.TextFormat.PlainText)
        self._list = named(QTreeWidget(), "repList", "Reps as the file writes them")
        self._list.setHeaderLabels(["In the file", "Lines", "Linked to"])
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = self._list.header()
        header.setStretchLastSection(False)
        for section in (0, 2):
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._items: list[QTreeWidgetItem] = []
        for rep in self._reps:
            item = QTreeWidgetItem(self._list, [one_line(rep.written) or WITHOUT_REP, shown_number(rep.lines), ""])
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._items.append(item)
        self._list.itemSelectionChanged.connect(self._show_person)
        self._people = named(QComboBox(), "repPerson", "Person")
        self._people.addItem(_NOBODY, None)
        for person in people:
            self._people.addItem(person.name, person.id)
        self._people.activated.connect(self._choose)
        caption = QLabel("&Person for the selected:")
        caption.setBuddy(self._people)
        cancel = named(QPushButton("Cancel", autoDefault=False), "repCancel", "Cancel")
        cancel.clicked.connect(self.reject)
        self._link = named(QPushButton("Link", default=True), "repLink", "Link")
        self._link.setProperty("primary", True)
        self._link.clicked.connect(self._submit)
        person_row = QHBoxLayout()
        person_row.addWidget(caption)
        person_row.addWidget(self._people, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._link)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        column.addWidget(about)
        column.addWidget(self._list, 1)
        column.addLayout(person_row)
        column.addSpacing(4)
        column.addLayout(buttons)
        self._show_links()
        self._list.setCurrentIndex(self._list.model().index(0, 0))
        self._people.setFocus()

    def _selected(self) -> list[int]:
        return [self._list.indexOfTopLevelItem(item) for item in self._list.selectedItems()]

    def _show_person(self) -> None:
        persons = {self._linked[self._reps[row].folded] for row in self._selected()}
        self._people.setEnabled(bool(persons))
        self._people.setCurrentIndex(self._people.findData(persons.pop()) if len(persons) == 1 else -1)

    def _choose(self, index: int) -> None:
        for row in self._selected():
            self._linked[self._reps[row].folded] = self._people.itemData(index)
        self._show_links()

    def _changed(self) -> dict[str, int | None]:
        return {rep.folded: self._linked[rep.folded] for rep in self._reps if self._linked[rep.folded] != rep.user_id}

    def _show_links(self) -> None:
        for item, rep in zip(self._items, self._reps, strict=True):
            person = self._linked[rep.folded]
            item.setText(2, BLANK if person is None else self._names.get(person, BLANK))
        changed = bool(self._changed())
        self._link.setEnabled(changed)
        self._link.setToolTip("" if changed else "Choose a person first")

    def _submit(self) -> None:
        self.submitted.emit(self._changed())
        self.accept()
