"""Two people changed the same entry: both versions side by side, and a decision for each field in which they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.entry_edits import ENTRY_LABELS, EditableEntry, EntryValues, differing
from desktop.ui.formats import or_blank, shown_time
from desktop.ui.theme import Tone
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice

Names = Mapping[str, str]


class StaleEntryDialog(QDialog):
    """Emits `decided` with the `EntryValues` of the decision, once there is one for each field.

    Where only one side changed a field since it was read, that side is chosen; where both did, nobody is. The names
    are the values of each side as people read them, rep and customer by name.
    """

    decided = Signal(object)

    def __init__(
        self,
        read: EntryValues,
        mine: EntryValues,
        theirs: EditableEntry,
        names: tuple[Names, Names, Names],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("staleEntryDialog")
        self.setWindowTitle("Changed by somebody else")
        self._mine = mine
        self._theirs = theirs.values
        self._groups: dict[str, QButtonGroup] = {}
        notice = Notice("staleNotice", Tone.WARNING)
        self._undecided = muted(QLabel())
        self._undecided.setObjectName("undecided")
        self._save = named(QPushButton("Save these values"), "decideButton", "Save these values")
        self._save.setProperty("primary", True)
        self._save.clicked.connect(lambda: self.decided.emit(self.decision))
        cancel = named(QPushButton("Back to the form"), "backButton", "Back to the form")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        all_mine = named(QPushButton("All mine"), "allMineButton", "Keep mine in every field")
        all_theirs = named(QPushButton("All theirs"), "allTheirsButton", "Take theirs in every field")
        for button, place in ((all_mine, 0), (all_theirs, 1)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, place=place: self._choose_all(place))
        content = QWidget()
        content.setProperty("surface", True)
        grid = self._make_grid(read, names)
        content.setLayout(grid)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(all_mine)
        buttons.addWidget(all_theirs)
        buttons.addWidget(self._undecided, 1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 12)
        column.setSpacing(10)
        column.addWidget(notice)
        column.addWidget(scroll, 1)
        column.addLayout(buttons)
        self.resize(780, 420)
        notice.say(_who_changed(theirs))
        self._count_undecided()
        self._focus_first()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields in which the two versions differ, from top to bottom."""
        return tuple(self._groups)

    @property
    def decision(self) -> EntryValues:
        """Theirs, with mine where mine was chosen."""
        kept = {name: getattr(self._mine, name) for name, group in self._groups.items() if group.checkedId() == 0}
        return replace(self._theirs, **kept)

    def choose(self, field: str, *, mine: bool) -> None:
        """Decides one field."""
        self._groups[field].button(0 if mine else 1).setChecked(True)

    def _make_grid(self, read: EntryValues, names: tuple[Names, Names, Names]) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(12, 10, 12, 10)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for place, title in enumerate(("", "When you opened it", "Mine", "Theirs, as it is now")):
            caption = QLabel(title)
            caption.setProperty("section", True)
            grid.addWidget(caption, 0, place)
            grid.setColumnStretch(place, 0 if place == 0 else 1)
        was, mine, theirs = names
        for row, name in enumerate(differing(self._mine, self._theirs), start=1):
            grid.addWidget(QLabel(ENTRY_LABELS[name]), row, 0, Qt.AlignmentFlag.AlignTop)
            before = muted(QLabel(or_blank(was[name]), wordWrap=True, textFormat=Qt.TextFormat.PlainText))
            grid.addWidget(before, row, 1, Qt.AlignmentFlag.AlignTop)
            group = QButtonGroup(self)
            for place, (side, value) in enumerate((("mine", mine[name]), ("theirs", theirs[name]))):
                button = named(QRadioButton(or_blank(value).replace("&", "&&")), f"{name}_{side}")
                button.setAccessibleName(f"{ENTRY_LABELS[name]}, {side}: {or_blank(value)}")
                button.setToolTip("")
                button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
                group.addButton(button, place)
                grid.addWidget(button, row, 2 + place, Qt.AlignmentFlag.AlignTop)
            group.idToggled.connect(self._count_undecided)
            self._groups[name] = group
            was_value = getattr(read, name)
            if getattr(self._theirs, name) == was_value:
                group.button(0).setChecked(True)
            elif getattr(self._mine, name) == was_value:
                group.button(1).setChecked(True)
        if not self._groups:
            nothing = QLabel("Both versions say the same: nothing is left to decide.")
            grid.addWidget(nothing, 1, 0, 1, 4)
        grid.setRowStretch(len(self._groups) + 1, 1)
        return grid

    def _choose_all(self, place: int) -> None:
        for group in self._groups.values():
            group.button(place).setChecked(True)

    def _count_undecided(self) -> None:
        open_ones = [ENTRY_LABELS[name] for name, group in self._groups.items() if group.checkedId() < 0]
        self._undecided.setText(f"Both changed: decide {', '.join(open_ones)}" if open_ones else "")
        self._save.setEnabled(bool(self._groups) and not open_ones)

    def _focus_first(self) -> None:
        for group in self._groups.values():
            if group.checkedId() < 0:
                group.button(0).setFocus()
                return
        self._save.setFocus()


def _who_changed(theirs: EditableEntry) -> str:
    if theirs.changed is None:
        return "This entry was changed after you opened it. Nothing was saved yet."
    who, when, why = theirs.changed
    text = f"{who} changed this entry at {shown_time(when)}, after you opened it"
    return f"{text}: “{why}”. Nothing of yours was saved yet." if why else f"{text}. Nothing of yours was saved yet."
