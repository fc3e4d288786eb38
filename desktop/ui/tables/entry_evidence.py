"""The evidence files of one entry, the latest first, and where an imported entry came from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.entry_life import EvidenceFile, Origin
from desktop.ui.formats import plain_tool_tip, shown_size, shown_time
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.alarm import Alarm
from desktop.ui.widgets.detail_list import DetailList
from desktop.ui.widgets.named import muted, named

NO_EVIDENCE = "No evidence file yet. Drop one here, paste it, or attach it: a packing slip, a photo, a mail."
_FILE_LABELS = ("File", "Size", "Attached", "By", "Why", "SHA-256")
_ORIGIN_LABELS = ("Import", "File", "Line", "Imported", "By", "SHA-256")
_ROWS_SHOWN = 6
_FILE = Qt.ItemDataRole.UserRole
_HEX_IN_A_LINE = 16
_LONG_WORD = re.compile(r"[^\s-]{12}(?=[^\s-])")


class EntryEvidence(QWidget):
    """`file_selected` follows the marked file of the list; `file_activated` is Enter or a double click on one."""

    file_selected = Signal()
    file_activated = Signal()

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Sequence[EvidenceFile] = ()
        self.alarm = Alarm(
            "evidenceAlarm",
            "It is not shown. Tell quality, and compare with the last backup: the audit trail has the finding.",
        )
        self._none = named(muted(QLabel(wordWrap=True)), "noEvidence")
        self._files = self._make_list()
        self._details = DetailList("evidenceDetails", _FILE_LABELS)
        self._origin_caption = QLabel("Where the entry came from")
        self._origin_caption.setProperty("section", True)
        self._by_hand = named(muted(QLabel("Entered by hand.")), "enteredByHand")
        self._origin = DetailList("entryOrigin", _ORIGIN_LABELS)
        buttons = QVBoxLayout()
        buttons.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(4)
        attach, *others = [ActionButton(action) for action in actions]
        buttons.addWidget(attach)
        for button in others:
            row.addWidget(button)
        buttons.addLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        for widget in (self.alarm, self._none, self._files, self._details):
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addSpacing(8)
        for widget in (self._origin_caption, self._by_hand, self._origin):
            column.addWidget(widget)
        column.addStretch(1)
        self.clear()

    @property
    def selected(self) -> EvidenceFile | None:
        """The file that is marked."""
        item = self._files.currentItem()
        return None if item is None else item.data(0, _FILE)

    @property
    def current(self) -> EvidenceFile | None:
        """The file that counts: the one attached last."""
        return next((file for file in self._shown if file.current), None)

    @property
    def details(self) -> dict[str, str]:
        """What is shown of the marked file, by label."""
        return dict(zip(_FILE_LABELS, self._details.values, strict=True)) if self.selected is not None else {}

    @property
    def origin(self) -> dict[str, str]:
        """What is shown of the import, by label."""
        return dict(zip(_ORIGIN_LABELS, self._origin.values, strict=True)) if not self._origin.isHidden() else {}

    def show_altered(self, file: EvidenceFile, finding: str) -> None:
        """Says in red, before anything else, that a file is not what was attached."""
        self.alarm.raise_alarm(_breakable(f"“{file.filename}” is not what was attached"), _breakable(finding))

    def clear(self) -> None:
        """Nothing is known yet."""
        self.alarm.clear()
        self._shown = ()
        self._files.clear()
        for widget in (self._none, self._files, self._details, self._origin_caption, self._by_hand, self._origin):
            widget.hide()
        self.file_selected.emit()

    def show_files(self, files: Sequence[EvidenceFile], origin: Origin | None) -> None:
        """Shows the files, the latest marked, and where the entry came from."""
        self.alarm.clear()
        self._shown = tuple(files)
        self._files.blockSignals(True)
        self._files.clear()
        for file in files:
            item = QTreeWidgetItem([file.filename, "current" if file.current else "replaced"])
            item.setData(0, _FILE, file)
            item.setToolTip(0, plain_tool_tip(file.filename))
            if file.current:
                font = item.font(0)
                font.setWeight(QFont.Weight.DemiBold)
                item.setFont(0, font)
            self._files.addTopLevelItem(item)
        if (latest := self._files.topLevelItem(0)) is not None:
            self._files.setCurrentItem(latest)
        self._files.blockSignals(False)
        rows = min(len(files), _ROWS_SHOWN)
        self._files.setFixedHeight(self._files.header().sizeHint().height() + rows * self._row_height() + 6)
        self._files.setVisible(bool(files))
        self._none.setText("" if files else NO_EVIDENCE)
        self._none.setVisible(not files)
        self._origin_caption.show()
        self._by_hand.setVisible(origin is None)
        self._origin.setVisible(origin is not None)
        if origin is not None:
            self._origin.set_values(
                (
                    str(origin.batch_id),
                    origin.file_name,
                    None if origin.line is None else str(origin.line),
                    shown_time(origin.imported_at),
                    origin.imported_by,
                    _in_lines(origin.sha256),
                )
            )
        self._show_selected()

    def _make_list(self) -> QTreeWidget:
        files = named(QTreeWidget(), "evidenceFiles", "Evidence files of the entry")
        files.setRootIsDecorated(False)
        files.setUniformRowHeights(True)
        files.setFrameShape(QFrame.Shape.NoFrame)
        files.setHeaderLabels(["File", "State"])
        files.header().setSectionsMovable(False)
        files.header().setStretchLastSection(False)
        files.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        files.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        files.currentItemChanged.connect(lambda: self._show_selected())
        files.itemActivated.connect(lambda: self.file_activated.emit())
        return files

    def _row_height(self) -> int:
        return max(self._files.sizeHintForRow(0), 0)

    def _show_selected(self) -> None:
        file = self.selected
        self._details.setVisible(file is not None)
        if file is not None:
            self._details.set_values(
                (
                    file.filename,
                    shown_size(file.size),
                    shown_time(file.attached_at),
                    file.attached_by,
                    file.reason,
                    _in_lines(file.sha256),
                )
            )
        self.file_selected.emit()


def _breakable(text: str) -> str:
    """A text whose long words, such as hashes and keys, can be broken at the edge of a narrow pane."""
    return _LONG_WORD.sub("\\g<0>\N{ZERO WIDTH SPACE}", text)


def _in_lines(sha256: str) -> str:
    """A hash as a narrow pane can show it whole: four lines of sixteen digits."""
    return "\n".join(sha256[start : start + _HEX_IN_A_LINE] for start in range(0, len(sha256), _HEX_IN_A_LINE))
