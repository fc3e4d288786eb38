"""A date that may be blank, typed as YYYY-MM-DD or chosen from a calendar. There is no default date."""

from __future__ import annotations

import re
from datetime import date

from PySide6.QtCore import QDate, QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QTextCharFormat
from PySide6.QtWidgets import (
    QCalendarWidget,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from desktop.ui.formats import shown_date
from desktop.ui.icons import icon
from desktop.ui.theme import tokens_in_use
from desktop.ui.widgets.named import named

_WRITTEN = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


class DateField(QLineEdit):
    """`date_changed` follows every change of the value (a date, or None for blank or unreadable text)."""

    date_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText("YYYY-MM-DD")
        self._calendar_action = QAction("Choose from a calendar", self)
        self._calendar_action.triggered.connect(self.open_calendar)
        self._calendar_action.setShortcut(Qt.Modifier.ALT | Qt.Key.Key_Down)
        self._calendar_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._calendar_action.setToolTip("Choose from a calendar (Alt+Down)")
        self.addAction(self._calendar_action, QLineEdit.ActionPosition.TrailingPosition)
        self._calendar_action.setIcon(icon("calendar"))
        self._told: date | None = None
        self.textChanged.connect(self._tell)

    @property
    def value(self) -> date | None:
        """The date, or None when the field is blank or holds something else (`is_readable` tells which)."""
        match = _WRITTEN.fullmatch(self.text().strip())
        if match is None:
            return None
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            return None

    @property
    def is_readable(self) -> bool:
        """False for text that is no date."""
        return not self.text().strip() or self.value is not None

    def set_value(self, value: date | None) -> None:
        """Shows a date, or nothing."""
        self.setText(shown_date(value))
        self._told = self.value  # also when nobody was told, because the signals are blocked

    def open_calendar(self) -> None:
        """Opens a calendar below the field, on its date or on today."""
        calendar = named(QCalendarWidget(), "calendar", "Calendar")
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setFirstDayOfWeek(self.locale().firstDayOfWeek())
        tokens = tokens_in_use()
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            calendar.setWeekdayTextFormat(day, QTextCharFormat())  # Qt's red is hard to read on a dark ground
        for name, picture in (("qt_calendar_prevmonth", "previous"), ("qt_calendar_nextmonth", "next")):
            if (button := calendar.findChild(QToolButton, name)) is not None:
                button.setIcon(icon(picture, tokens.on_accent))
        if self.value is not None:
            calendar.setSelectedDate(QDate(self.value.year, self.value.month, self.value.day))
        menu = named(QMenu(self), "calendarMenu")
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(calendar)
        menu.addAction(holder)
        for chosen in (calendar.clicked, calendar.activated):
            chosen.connect(lambda day: self.set_value(date(day.year(), day.month(), day.day())))
            chosen.connect(menu.close)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))
        calendar.setFocus()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_calendar_action"):
            self._calendar_action.setIcon(icon("calendar"))

    def _tell(self) -> None:
        if self.value != self._told:
            self._told = self.value
            self.date_changed.emit(self._told)


class DateWithToday(QWidget):
    """A date field with a button for today, where today is what is usually meant but never assumed."""

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = DateField()
        self.today = named(QPushButton("Today"), "todayButton", "Enter today’s date")
        self.today.setToolTip(f"Enter today’s date, {shown_date(today)}")
        self.today.setAutoDefault(False)  # else Enter in another field of the form would press it
        self.today.clicked.connect(lambda: self.field.set_value(today))
        self.setFocusProxy(self.field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addWidget(self.today)
