"""Administration: people and their roles, and the settings that change how the product judges."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QTabWidget, QVBoxLayout, QWidget

from desktop.domain.changes import Changes, Subject
from desktop.domain.errors import KnownTrouble
from desktop.domain.lots import LotRule
from desktop.domain.permissions import Permission
from desktop.domain.progress import Progress
from desktop.domain.settings import Setting
from desktop.domain.users import Account, NewUser
from desktop.services import settings, users
from desktop.ui import actions
from desktop.ui.actions import Situation
from desktop.ui.dialogs.lot_rule import LotRuleDialog, LotRuleWanted
from desktop.ui.dialogs.person import EditedPerson, PersonDialog
from desktop.ui.formats import counted, shown_time
from desktop.ui.page import Page, PageContext, PageSpec
from desktop.ui.prompter import Question
from desktop.ui.tables.accounts import ACCOUNT_COLUMNS
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.short_list import ShortListModel
from desktop.ui.tasks import Lane
from desktop.ui.theme import Tone
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.banner import Message
from desktop.ui.widgets.detail_list import DetailList
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.view_states import ViewStates

_PEOPLE_COMMANDS = (actions.EDIT_PERSON, actions.DEACTIVATE_PERSON, actions.REACTIVATE_PERSON)
_WHAT_THE_RULE_DOES = (
    "Every lot that is typed, edited or imported must match this rule as a whole. It is a setting because the lots "
    "printed on slips can be longer than five digits. A change needs a reason and shows first how many lots of the "
    "log would match."
)


def page_spec() -> PageSpec:
    """How the page registers itself."""
    return PageSpec(
        actions.ADMINISTRATION,
        "Administration",
        "administration",
        Permission.USERS_MANAGE,
        AdministrationPage,
        other_permission=Permission.SETTINGS_MANAGE,
    )


class AdministrationPage(Page):
    """A tab for people and one for settings, each for whoever may change it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.setObjectName("administrationPage")
        held = context.actions.permissions
        self._has_people = Permission.USERS_MANAGE in held
        self._has_settings = Permission.SETTINGS_MANAGE in held
        self._stale = True
        self._model = ShortListModel(ACCOUNT_COLUMNS)
        self._rule = LotRule()
        self._bind_commands()
        self._build()
        context.changes.changed.connect(self._follow_changes)
        self._people.retry.connect(self.load)
        self._settings.retry.connect(self.load)
        self.table.selectionModel().selectionChanged.connect(self._tell_situation)
        self._model.modelReset.connect(self._tell_situation)
        self.table.activated.connect(lambda _index: self.context.actions.action(actions.EDIT_PERSON).trigger())
        self._tell_situation()

    def enter(self) -> None:
        if self._stale:
            self.load()
        self._tell_situation()
        self.table.setFocus()

    def load(self) -> None:
        """Reads people and settings again; the selected person stays selected."""
        self._stale = False
        workspace, submit = self.context.workspace, self.context.tasks.submit
        if self._has_people:
            self._people.show_loading()
            submit(
                lambda _progress: users.accounts(workspace),
                self._show_people,
                lambda trouble: self._people.show_error(str(trouble)),
                lane=Lane.READ,
                owner=self,
            )
        if self._has_settings:
            self._settings.show_loading()
            submit(
                lambda _progress: settings.list_settings(workspace),
                self._show_settings,
                lambda trouble: self._settings.show_error(str(trouble)),
                lane=Lane.READ,
                owner=self,
            )

    # How it is built.

    def _bind_commands(self) -> None:
        for command, handler in (
            (actions.ADD_PERSON, lambda: self._open_person(None, rep=False)),
            (actions.ADD_REP, lambda: self._open_person(None, rep=True)),
            (actions.EDIT_PERSON, self._edit),
            (actions.DEACTIVATE_PERSON, self._ask_to_deactivate),
            (actions.REACTIVATE_PERSON, self._reactivate),
            (actions.CHANGE_LOT_RULE, self._change_lot_rule),
            (actions.REFRESH_ADMINISTRATION, self.load),
        ):
            self.context.actions.bind(command, handler, self)

    def _build(self) -> None:
        self.tabs = named(QTabWidget(), "administrationTabs", "People and settings")
        self.tabs.setDocumentMode(True)
        people, settings_tab = self._make_people(), self._make_settings()
        for tab, title, shown in (
            (people, "&People", self._has_people),
            (settings_tab, "&Settings", self._has_settings),
        ):
            if shown:
                self.tabs.addTab(tab, title)
            else:
                tab.setParent(self)
                tab.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.addWidget(self.tabs)

    def _make_people(self) -> QWidget:
        action = self.context.actions.action
        self.table = RecordTable("peopleTable", "People")
        self.table.setModel(self._model)
        self.table.set_columns(ACCOUNT_COLUMNS)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.table.remember(self.context.settings, "administration/people")
        self.table.setSortingEnabled(True)
        self.table.addActions([action(command) for command in _PEOPLE_COMMANDS])
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._people = ViewStates(self.table)
        tools = QHBoxLayout()
        tools.setContentsMargins(12, 8, 12, 8)
        tools.setSpacing(8)
        tools.addWidget(ActionButton(action(actions.ADD_PERSON), primary=True))
        for command in (actions.ADD_REP, *_PEOPLE_COMMANDS):
            tools.addWidget(ActionButton(action(command)))
        tools.addStretch(1)
        tools.addWidget(ActionButton(action(actions.REFRESH_ADMINISTRATION)))
        tab = QWidget()
        column = QVBoxLayout(tab)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(tools)
        column.addWidget(self._people, 1)
        return tab

    def _make_settings(self) -> QWidget:
        heading = QLabel("Lot rule")
        heading.setProperty("heading", True)
        self.rule = DetailList("lotRule", ("Pattern", "As people read it", "Changed", "By"))
        card = QWidget()
        card.setProperty("surface", True)
        card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        button = QHBoxLayout()
        button.addWidget(ActionButton(self.context.actions.action(actions.CHANGE_LOT_RULE), primary=True))
        button.addStretch(1)
        words = muted(QLabel(_WHAT_THE_RULE_DOES, wordWrap=True))
        words.setMaximumWidth(720)
        column = QVBoxLayout(card)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        for widget in (heading, words, self.rule):
            column.addWidget(widget)
        column.addLayout(button)
        column.addStretch(1)
        self._settings = ViewStates(card)
        return self._settings

    # What is shown.

    @property
    def selected(self) -> Account | None:
        """The account that is selected."""
        rows = self.table.selectionModel().selectedRows()
        return self._model.row_object(rows[0].row()) if rows else None

    def _show_people(self, found: tuple[Account, ...]) -> None:
        selected = self.selected
        self._model.show(found)
        place = None if selected is None else self._model.row_where(lambda account: account.id == selected.id)
        if found:
            self.table.select_rows([place or 0])
        self._people.show_content()
        self._tell_situation()

    def _show_settings(self, found: tuple[Setting, ...]) -> None:
        (rule,) = found
        self._rule = LotRule(rule.value)
        changed = "never: it is the default" if rule.changed_at is None else shown_time(rule.changed_at)
        self.rule.set_values((rule.value, self._rule.in_words, changed, rule.changed_by))
        self._settings.show_content()

    def _tell_situation(self) -> None:
        board, selected = self.context.actions, self.selected
        board.set_situation(actions.ADMINISTRATION, Situation(len(self._model.rows), int(selected is not None)))
        if selected is not None and self._has_people:
            # What is so already is no choice.
            unusable = actions.REACTIVATE_PERSON if selected.is_active else actions.DEACTIVATE_PERSON
            board.action(unusable).setEnabled(False)
        rows = len(self._model.rows)
        self.status_changed.emit(counted(rows, "person", "people") if rows else "", selected.name if selected else "")

    def _follow_changes(self, changes: Changes) -> None:
        if not changes.subjects & {Subject.USERS, Subject.SETTINGS}:
            return
        self._stale = True
        if self.isVisible():
            self.load()

    # What is done.

    def _open_person(self, account: Account | None, *, rep: bool) -> None:
        workspace = self.context.workspace
        dialog = PersonDialog(account, rep=rep, parent=self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def save(wanted: NewUser | EditedPerson) -> None:
            def work(_progress: Progress) -> Changes:
                if isinstance(wanted, NewUser):
                    return users.add_user(workspace, wanted)
                if account is None:
                    raise ValueError("an account that is not there is not edited")
                return users.edit_user(workspace, account, wanted.name, wanted.roles)

            def done(changes: Changes) -> None:
                dialog.accept()
                verb = "added" if isinstance(wanted, NewUser) else "saved"
                self._finish(f"{wanted.name} is {verb}.", changes)

            self.context.tasks.submit(work, done, dialog.show_trouble, owner=dialog)

        dialog.submitted.connect(save)
        dialog.open()

    def _edit(self) -> None:
        if (account := self.selected) is not None:
            self._open_person(account, rep=False)

    def _ask_to_deactivate(self) -> None:
        account = self.selected
        if account is None:
            return
        question = Question(
            "Deactivate",
            f"Deactivate {account.name}?",
            "Nobody can sign in with this account from now on, and it cannot be chosen as rep. What was done in its "
            "name stays as it is. It can be made active again.",
            "Deactivate",
            destructive=True,
        )
        workspace = self.context.workspace
        self.context.prompter.confirm(
            self,
            question,
            lambda: self.context.tasks.submit(
                lambda _progress: users.deactivate_user(workspace, account),
                lambda changes: self._finish(f"{account.name} is deactivated.", changes),
                self._refuse,
                owner=self,
            ),
        )

    def _reactivate(self) -> None:
        account = self.selected
        if account is None:
            return
        workspace = self.context.workspace
        self.context.tasks.submit(
            lambda _progress: users.reactivate_user(workspace, account),
            lambda changes: self._finish(f"{account.name} is active again.", changes),
            self._refuse,
            owner=self,
        )

    def _change_lot_rule(self) -> None:
        workspace, submit = self.context.workspace, self.context.tasks.submit
        dialog = LotRuleDialog(self._rule.pattern, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def look(pattern: str) -> None:
            submit(
                lambda _progress: settings.lot_rule_effect(workspace, pattern),
                dialog.show_effect,
                lambda trouble: dialog.show_effect_trouble(pattern, trouble),
                lane=Lane.READ,
                owner=dialog,
            )

        def change(wanted: LotRuleWanted) -> None:
            def done(changes: Changes) -> None:
                dialog.accept()
                self._finish(f"The lot rule is {wanted.pattern} from now on.", changes)

            submit(
                lambda _progress: settings.change_lot_rule(workspace, wanted.pattern, wanted.reason),
                done,
                dialog.show_trouble,
                owner=dialog,
            )

        dialog.effect_asked.connect(look)
        dialog.submitted.connect(change)
        dialog.open()

    def _finish(self, said: str, changes: Changes) -> None:
        self.context.say(Message(Tone.SUCCESS, said))
        self.context.changes.announce(changes)

    def _refuse(self, trouble: KnownTrouble) -> None:
        self.context.say(Message(Tone.PROBLEM, f"{trouble}."))
        self.load()
