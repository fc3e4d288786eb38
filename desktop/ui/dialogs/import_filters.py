"""Which lines of an import's review are shown: by state, by kind of problem, by text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QToolButton, QWidget

from desktop.domain.distributions import FIELD_LABELS
from desktop.domain.import_review import ImportCounts, LineState
from desktop.ui.dialogs.import_bulk import WHOLE_ROW
from desktop.ui.formats import counted, shown_number
from desktop.ui.icons import icon
from desktop.ui.tables.import_lines import STATE_ICONS, STATE_LABELS, STATE_TONES
from desktop.ui.theme import tokens_in_use
from desktop.ui.widgets.named import named
from desktop.ui.widgets.search_field import SearchField


class ReviewFilters(QWidget):
    """`changed` follows a choice of state or kind, `searched` a text; `state`, `kind` and `text` say what is wanted."""

    changed = Signal()
    searched = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons = {state: self._make_button(state) for state in (None, *LineState)}
        self._kinds = named(QComboBox(), "importKindFilter", "Kind of problem")
        self._kinds.setToolTip("Show the problems of one kind")
        self._kinds.activated.connect(lambda _index: self.changed.emit())
        self._kinds.hide()
        self.search = named(SearchField("Search the lines", picture="search"), "importSearch", "Search the lines")
        self.search.setToolTip("Lines that hold these words (Ctrl+F)")
        self.search.setFixedWidth(200)
        self.search.settled.connect(self.searched)
        QShortcut(
            QKeySequence.StandardKey.Find,
            parent or self,
            self.search.setFocus,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for button in self._buttons.values():
            row.addWidget(button)
        row.addWidget(self._kinds)
        row.addStretch(1)
        row.addWidget(self.search)
        self._paint()

    @property
    def state(self) -> LineState | None:
        """The state that is wanted; None for all lines."""
        return next((state for state in LineState if self._buttons[state].isChecked()), None)

    @property
    def kind(self) -> str | None:
        """The kind of problem that is wanted: a field, or WHOLE_ROW; None for all."""
        chosen = self._kinds.currentData()
        return str(chosen) if self.state is LineState.PROBLEM and chosen is not None else None

    @property
    def text(self) -> str:
        """What is searched for."""
        return self.search.text().strip()

    def reset(self) -> None:
        """All lines, without telling."""
        self._buttons[None].setChecked(True)
        self.search.set_text_silently("")
        self.set_kinds({})

    def choose(self, state: LineState | None, _checked: bool = True) -> None:
        """Wants the lines of one state, or all."""
        self._buttons[state].setChecked(True)
        self._show_kinds()
        self.changed.emit()

    def set_counts(self, counts: ImportCounts) -> None:
        """Says how many lines there are of each state."""
        for state, button in self._buttons.items():
            count = counts.lines if state is None else getattr(counts, state.value)
            label = "All" if state is None else STATE_LABELS[state]
            button.setText(f"&{label} {shown_number(count)}")
            lines = counted(count, "line", "lines")
            button.setAccessibleName(f"Show all {lines}" if state is None else f"Show {label.lower()}: {lines}")
            button.setToolTip(f"{button.accessibleName()} (Alt+{label[0]})")
            button.setEnabled(count > 0 or button.isChecked() or state is None)

    def set_kinds(self, kinds: Mapping[str, Sequence[int]]) -> None:
        """Offers these kinds of problem; the one that is chosen stays when there still is one."""
        chosen = self._kinds.currentData()
        self._kinds.clear()
        self._kinds.addItem("Every kind of problem", None)
        for kind, indexes in kinds.items():
            label = "Shape of the row" if kind == WHOLE_ROW else FIELD_LABELS[kind]
            self._kinds.addItem(f"{label}: {shown_number(len(indexes))}", kind)
        self._kinds.setCurrentIndex(
            max(0, next((at for at in range(1, self._kinds.count()) if self._kinds.itemData(at) == chosen), 0))
        )
        self._show_kinds()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_buttons"):
            self._paint()

    def _show_kinds(self) -> None:
        self._kinds.setVisible(self.state is LineState.PROBLEM and self._kinds.count() > 2)

    def _make_button(self, state: LineState | None) -> QToolButton:
        button = named(QToolButton(), f"importFilter_{'all' if state is None else state.value}")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setChecked(state is None)
        button.clicked.connect(partial(self.choose, state))
        self._group.addButton(button)
        return button

    def _paint(self) -> None:
        tokens = tokens_in_use()
        for state, button in self._buttons.items():
            tone = None if state is None else STATE_TONES[state]
            picture = "log" if state is None else STATE_ICONS[state]
            button.setIcon(icon(picture, tokens.muted if tone is None else tokens.tone(tone)[0]))
