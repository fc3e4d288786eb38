"""One place on a page that shows its rows, or that they are being read, or that there are none, or what went wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.named import named

_MILLISECONDS_BEFORE_LOADING = 300


class ViewStates(QStackedWidget):
    """Shows `content` at first. What was shown stays until the next state is known; only slow reading is said."""

    retry = Signal()

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._loading = self._make_loading()
        button = named(QPushButton("Try again"), "retryButton", "Try again")
        button.clicked.connect(self.retry)
        self._error = EmptyState("errorState", "problem", "This could not be read", "", [button])
        for widget in (content, self._loading, self._error):
            self.addWidget(widget)
        self._timer = QTimer(self, singleShot=True, interval=_MILLISECONDS_BEFORE_LOADING)
        self._timer.timeout.connect(lambda: self.setCurrentWidget(self._loading))

    @property
    def error(self) -> str:
        """The sentence of the error state; "" when it is not shown."""
        return self._error.sentence if self.currentWidget() is self._error else ""

    def show_content(self) -> None:
        """Shows the rows."""
        self._show(self._content)

    def show_loading(self) -> None:
        """Says that rows are being read, if that takes longer than a moment."""
        if self.currentWidget() is not self._loading and not self._timer.isActive():
            self._timer.start()

    def show_empty(self, state: EmptyState) -> None:
        """Shows why there are no rows."""
        if self.indexOf(state) < 0:
            self.addWidget(state)
        self._show(state)

    def show_error(self, sentence: str) -> None:
        """Shows what went wrong, with the button whose click is `retry`."""
        self._error.set_sentence(sentence)
        self._show(self._error)

    def _show(self, widget: QWidget) -> None:
        self._timer.stop()
        self.setCurrentWidget(widget)

    def _make_loading(self) -> QWidget:
        page = named(QWidget(), "loadingState", "Reading…")
        page.setProperty("surface", True)
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar = named(QProgressBar(maximum=0, textVisible=False), "loadingBar", "Reading…")
        bar.setFixedWidth(240)
        column = QVBoxLayout(page)
        column.addStretch(2)
        column.addWidget(QLabel("Reading…"), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        return page
