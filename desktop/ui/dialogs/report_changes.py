"""What happened to the lines of a report after it was made, and the way to a report that says it as it is now."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.domain.reports import ReportChange, TracingReport
from desktop.ui.formats import counted
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.report_changes import CHANGE_COLUMNS
from desktop.ui.tables.short_list import ShortListModel
from desktop.ui.widgets.named import muted, named


class ReportChangesDialog(QDialog):
    """Lists the changes, oldest first. `supersede` asks for a report with the same filter from the log of today."""

    supersede = Signal()

    def __init__(
        self, report: TracingReport, changes: Sequence[ReportChange], supersede: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("reportChangesDialog")
        self.setWindowTitle("Changes since the report was made")
        self.resize(960, 440)
        lines = counted(report.changes, "line", "lines")
        title = QLabel(f"{report.reference}: {lines} changed since", textFormat=Qt.TextFormat.PlainText)
        title.setProperty("heading", True)
        stays = muted(
            QLabel(
                "The report stays as it is: it says what the log said when it was made. A superseding report has the "
                "same filter and says what the log says now.",
                wordWrap=True,
            )
        )
        model = ShortListModel(CHANGE_COLUMNS)
        model.show(changes)
        self._model = model  # a view does not keep its model
        table = RecordTable("reportChangeTable", "Changes since the report was made")
        table.setModel(model)
        table.set_columns(CHANGE_COLUMNS)
        make = named(QPushButton("Make a &superseding report", autoDefault=False), "supersedeNow")
        make.setProperty("primary", True)
        make.setEnabled(supersede.isEnabled())
        make.setToolTip(supersede.toolTip())
        make.clicked.connect(self._supersede)
        close = named(QPushButton("Close"), "changesClose")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(make)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(stays)
        column.addWidget(table, 1)
        column.addLayout(buttons)
        table.setFocus()

    def _supersede(self) -> None:
        self.accept()
        self.supersede.emit()
