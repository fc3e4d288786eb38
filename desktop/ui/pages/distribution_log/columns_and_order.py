"""How the log is looked at: which columns, and sorted by which of them, without a mouse as well."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from desktop.domain.filters import SortOrder
from desktop.ui import actions
from desktop.ui.dialogs.columns import ColumnsDialog
from desktop.ui.page import Page
from desktop.ui.tables.distributions import DISTRIBUTION_COLUMNS
from desktop.ui.tables.record_table import RecordTable


class ColumnsAndOrder(QObject):
    """The commands for the columns of a page's table and for its order. The header shows both."""

    def __init__(self, page: Page, table: RecordTable) -> None:
        super().__init__(page)
        self._page = page
        self._table = table
        board = page.context.actions
        columns = board.bind(actions.CHOOSE_COLUMNS, self.choose_columns, page)
        sort = board.bind(actions.SORT_ENTRIES, self.offer_sorting, page)
        reset = board.bind(actions.RESET_COLUMNS, table.reset_columns, page)
        table.offer_in_header([columns, reset, sort])

    @property
    def order(self) -> SortOrder:
        """The order that the header shows."""
        header = self._table.horizontalHeader()
        field = DISTRIBUTION_COLUMNS[header.sortIndicatorSection()].sort
        return SortOrder(field, header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder)

    @property
    def hidden_order(self) -> str:
        """By what the rows are sorted, when no header shows it: the column's title, else ""."""
        section = self._table.horizontalHeader().sortIndicatorSection()
        return DISTRIBUTION_COLUMNS[section].title if self._table.isColumnHidden(section) else ""

    def choose_columns(self) -> None:
        """Opens the list of all columns."""
        dialog = ColumnsDialog(self._table.placed_columns(), self._table.default_columns(), self._page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.submitted.connect(self._table.place_columns)
        dialog.open()

    def offer_sorting(self) -> None:
        """Opens the menu of all columns to sort by, in the order of the table."""
        header = self._table.horizontalHeader()
        menu = QMenu(self._page)
        menu.setObjectName("sortMenu")
        by, direction = QActionGroup(menu), QActionGroup(menu)
        for place in range(header.count()):
            section = header.logicalIndex(place)
            action = menu.addAction(DISTRIBUTION_COLUMNS[section].title)
            action.setCheckable(True)
            action.setChecked(section == header.sortIndicatorSection())
            action.triggered.connect(partial(self._sort_by, section))
            by.addAction(action)
        menu.addSeparator()
        for text, order in (
            ("Ascending", Qt.SortOrder.AscendingOrder),
            ("Descending", Qt.SortOrder.DescendingOrder),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(order == header.sortIndicatorOrder())
            action.triggered.connect(partial(self._turn, order))
            direction.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        below = self._page.findChild(QWidget, f"{actions.SORT_ENTRIES.id}Button") or header
        menu.popup(below.mapToGlobal(QPoint(0, below.height())))

    def _sort_by(self, section: int) -> None:
        self._table.setColumnHidden(section, False)  # by what the rows are sorted is seen in its header
        self._table.horizontalHeader().setSortIndicator(section, self._table.horizontalHeader().sortIndicatorOrder())

    def _turn(self, order: Qt.SortOrder) -> None:
        header = self._table.horizontalHeader()
        header.setSortIndicator(header.sortIndicatorSection(), order)
