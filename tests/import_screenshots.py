"""The screens of the import, for `tests.screenshots`: every step with a messy file, what is asked, errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import xlsxwriter
from PySide6.QtWidgets import QAbstractButton, QDialog, QWidget

from desktop.ui.actions import SHOW_IMPORTS
from desktop.ui.pages.distribution_log import DistributionLogPage

_HEADER = "Ship Date,Order #,Facility,SKU,Lot,Qty,City,Rep,Remark"
_MESSY = (
    _HEADER,
    "2026-03-04,SO-1,Cedar Clinic,211610SPT,SLQ-12345,5,Toledo,Ada Admin,",
    "2026-03-05,SO-3,Lakeside Urology,211410SPT,SLQ-1234,4,Salem,A. Admin,",
    "2026-03-05,,Lakeside Urology,211410SPT,slq-12350,4,Salem,,",
    "2026-03-05,,Lakeside Urology,211810SPT,SLQ–12351,2.5,Salem,,",
    '2026-03-06,1.23E+05,Prairie Medical Center,2118,SLQ-12352,"1,000",Moline,Nobody Known,',
    "45720,SO-9,=HYPERLINK(1),211810SPT,SLQ-12353,12,Moline,,",
    "2026-03-07,SO-10,Prairie Medical Center,211810SPT",
)
_BOTH_WAYS = ("Ship Date,Order #,Facility,SKU,Lot,Qty", "3/4/2026,SO-1,Cedar Clinic,211610SPT,SLQ-12345,5")
_TWO_LOTS = ("Ship Date,Order #,Facility,SKU,Lot,Lot Number", "2026-03-04,SO-1,Cedar Clinic,211610SPT,SLQ-12345,SLQ-7")


class ImportScreens:
    """Opens the import on the log's page; `shoot` takes the picture of a widget, `idle` waits until nothing works.

    `order` is an order number that the log does not have, so that there is something to import.
    """

    def __init__(
        self,
        page: DistributionLogPage,
        folder: Path,
        order: str,
        shoot: Callable[[QWidget, str], None],
        idle: Callable[[], None],
    ) -> None:
        self._page = page
        self._order = order
        self._folder = folder
        self._shoot = shoot
        self._idle = idle

    def take_all(self) -> None:
        """Every step, and the list of imports."""
        self._messy()
        for name, lines in (("import-dates", _BOTH_WAYS), ("import-missing-column", _TWO_LOTS)):
            self._shoot(self._open(_written(self._folder / f"{name}.csv", lines)), name)
            self._close()
        workbook = self._folder / "office.xlsx"
        with xlsxwriter.Workbook(str(workbook)) as book:
            for month in ("March", "April"):
                sheet = book.add_worksheet(month)
                for at, line in enumerate(_MESSY[:3]):
                    sheet.write_row(at, 0, line.split(","))
        dialog = self._open(workbook)
        self._click(dialog, "importChangeColumns")
        self._shoot(dialog, "import-workbook")
        self._close()
        damaged = self._folder / "picture.csv"
        damaged.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
        self._shoot(self._open(damaged), "import-unreadable")
        self._close()
        self._page.context.actions.action(SHOW_IMPORTS).trigger()
        self._idle()
        self._shoot(self._dialog(), "imports")
        self._close()

    def _messy(self) -> None:
        lines = tuple(line.replace("SO-1,", f"{self._order},") for line in _MESSY)
        dialog = self._open(_written(self._folder / "messy.csv", lines))
        self._shoot(dialog, "import-file")
        self._click(dialog, "importChangeColumns")
        self._shoot(dialog, "import-columns")
        self._click(dialog, "importNext")
        self._shoot(dialog, "import-review")
        self._click(dialog, "importFilter_problem")
        self._shoot(dialog, "import-problems")
        for tool, name in (("importFill", "fill"), ("importOrders", "order-number"), ("importReps", "link-rep")):
            self._click(dialog, tool)
            asked = next(found for found in dialog.findChildren(QDialog) if found.isVisible())
            self._shoot(asked, f"import-{name}")
            asked.reject()
        self._click(dialog, "importNow")
        self._shoot(dialog, "import-done")
        self._click(dialog, "importUndoAll")
        self._shoot(next(found for found in dialog.findChildren(QDialog) if found.isVisible()), "import-undo")
        self._close()
        self._shoot(self._open(self._folder / "messy.csv"), "import-again")
        self._close()

    def _open(self, path: Path) -> QDialog:
        self._page.import_file(path)
        self._idle()
        return self._dialog()

    def _dialog(self) -> QDialog:
        return next(found for found in self._page.findChildren(QDialog) if found.isVisible())

    def _close(self) -> None:
        for dialog in self._page.findChildren(QDialog):
            dialog.blockSignals(True)
            dialog.hide()
            dialog.deleteLater()
        self._idle()

    def _click(self, dialog: QDialog, name: str) -> None:
        button = dialog.findChild(QAbstractButton, name)
        if not isinstance(button, QAbstractButton) or not button.isEnabled():
            raise LookupError(name)
        button.click()
        self._idle()


def _written(path: Path, lines: tuple[str, ...]) -> Path:
    path.write_bytes("\r\n".join(lines).encode())
    return path
