"""The saved filters of the log: the button that names the one in use, and its menu."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from desktop.domain.periods import FilterChoice
from desktop.ui import actions
from desktop.ui.dialogs.name_filter import FilterName, NameFilterDialog
from desktop.ui.page import Page
from desktop.ui.prompter import Question
from desktop.ui.tables.filter_bar import FilterBar
from desktop.ui.tables.saved_filters import SavedFilters
from desktop.ui.theme import Tone
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.banner import Message


class FilterMenu(QObject):
    """Puts a person's saved filters into the filter row, and what is there among the saved ones.

    The button says which saved filter is in use, with a star once it was changed. Only the conditions are saved, not
    sort order and columns: those are how a person likes to look at the log, whatever they look for.
    """

    def __init__(self, page: Page, bar: FilterBar, saved: SavedFilters) -> None:
        super().__init__(page)
        self._page = page
        self._bar = bar
        self._saved = saved
        self._name: str | None = None
        board = page.context.actions
        self._action = board.bind(actions.SAVED_FILTERS, self.open, page)
        self._save_action = board.bind(actions.SAVE_FILTER, self.save, page)
        self.button = ActionButton(self._action)
        bar.changed.connect(self._follow)
        self._follow()

    @property
    def name(self) -> str | None:
        """The saved filter that is in use, changed or not."""
        return self._name

    @property
    def is_changed(self) -> bool:
        """Whether the filter differs from the saved one it began as."""
        return self._name is not None and self._saved.get(self._name) != self._bar.choice

    def open(self) -> None:
        """Shows the menu below the button."""
        menu = QMenu(self.button)
        menu.setObjectName("savedFiltersMenu")
        for name in self._saved.names:
            entry = self._add(menu, _plain(name), partial(self.use, name))
            entry.setCheckable(True)
            entry.setChecked(name == self._name)
        if not self._saved.names:
            self._add(menu, "No filter is saved yet", lambda: None).setEnabled(False)
        menu.addSeparator()
        menu.addAction(self._save_action)
        if self._name is not None:
            name = self._name
            shown = f"“{_plain(name)}”"
            self._add(menu, f"Rename {shown}…", partial(self.rename, name))
            self._add(menu, f"Delete {shown}…", partial(self.delete, name))
            begin = self._add(menu, f"Begin with {shown}", lambda: self._begin_with(name))
            begin.setCheckable(True)
            begin.setChecked(self._saved.first == name)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))

    def use(self, name: str) -> None:
        """Looks for what the saved filter asks for."""
        self._name = name
        self._bar.set_choice(self._saved.get(name))

    def save(self) -> None:
        """Asks for a name for the filter that is in use."""
        choice = self._bar.choice
        if choice == FilterChoice():
            self._say("Nothing is filtered: choose something in the filter row first.")
            return
        name = self._name or ""
        dialog = NameFilterDialog(
            self._bar.value.in_words(),
            self._saved.names,
            name,
            at_start=bool(name) and self._saved.first == name,
            parent=self._page,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.submitted.connect(partial(self._keep, choice))
        dialog.open()

    def rename(self, name: str) -> None:
        """Asks for another name of a saved filter."""
        dialog = NameFilterDialog(
            self._saved.get(name).on(self._page.context.workspace.today()).in_words(),
            self._saved.names,
            name,
            renames=True,
            parent=self._page,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.submitted.connect(lambda given: self._rename(name, given.name))
        dialog.open()

    def delete(self, name: str) -> None:
        """Drops a saved filter once that is confirmed; the filter row stays as it is."""
        question = Question(
            "Saved filters",
            f"Delete the saved filter “{name}”?",
            "Only the saved filter goes. No entry of the log is touched.",
            "Delete the filter",
            destructive=True,
        )
        self._page.context.prompter.confirm(self._page, question, lambda: self._delete(name))

    def _keep(self, choice: FilterChoice, given: FilterName) -> None:
        self._saved.save(given.name, choice)
        if given.at_start:
            self._saved.begin_with(given.name)
        elif self._saved.first == given.name:
            self._saved.begin_with(None)
        self._name = given.name
        self._follow()
        self._say(f"Saved the filter “{given.name}”.")

    def _rename(self, name: str, new: str) -> None:
        self._saved.rename(name, new)
        if self._name == name:
            self._name = new
        self._follow()

    def _delete(self, name: str) -> None:
        self._saved.delete(name)
        if self._name == name:
            self._name = None
        self._follow()

    def _begin_with(self, name: str) -> None:
        self._saved.begin_with(None if self._saved.first == name else name)

    def _follow(self) -> None:
        choice = self._bar.choice
        self._name = self._saved.name_of(choice) or (None if choice == FilterChoice() else self._name)
        if self._name is None:
            self._action.setText(actions.SAVED_FILTERS.text)
        else:
            self._action.setText(f"{_plain(self._name)}{'*' if self.is_changed else ''}")

    def _add(self, menu: QMenu, text: str, chosen: object) -> QAction:
        action = menu.addAction(text)
        action.triggered.connect(lambda _checked=False: chosen())  # type: ignore[operator]
        return action

    def _say(self, text: str) -> None:
        self._page.context.say(Message(Tone.INFO, text))


def _plain(name: str) -> str:
    """A name in a menu or on a button: Qt would take `&` for the mark of a key."""
    return name.replace("&", "&&")
