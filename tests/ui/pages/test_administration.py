"""The administration page: people, reps, and the lot rule with its effect said before."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.permissions import Permission, Role
from desktop.domain.users import NewUser
from desktop.services import settings, users
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.dialogs.lot_rule import LotRuleDialog
from desktop.ui.dialogs.person import PersonDialog
from desktop.ui.pages.administration import AdministrationPage, page_spec
from tests.support.databases import ADMIN
from tests.ui.conftest import Desk, log_shipment

OpenPage = Callable[[Desk], AdministrationPage]


@pytest.fixture
def open_page(qtbot: QtBot) -> Iterator[OpenPage]:
    def make(desk: Desk) -> AdministrationPage:
        page = page_spec().make(desk.context)
        assert isinstance(page, AdministrationPage)
        qtbot.addWidget(page)
        page.resize(1100, 700)
        page.show()
        page.enter()
        return page

    return make


def trigger(page: AdministrationPage, command: actions.Command) -> None:
    page.context.actions.action(command).trigger()


def dialog_of(page: AdministrationPage) -> QDialog:
    return next(dialog for dialog in page.findChildren(QDialog) if dialog.isVisible())


def type_into(dialog: QDialog, **texts: str) -> None:
    for name, text in texts.items():
        field = dialog.findChild(QLineEdit, name)
        assert field is not None, name
        field.setText(text)


def press(dialog: QDialog) -> None:
    button = dialog.findChild(QPushButton, "yesButton")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def rows(page: AdministrationPage) -> list[tuple[str, ...]]:
    model = page.table.model()
    columns = range(model.columnCount())
    return [tuple(model.index(row, place).data() for place in columns) for row in range(model.rowCount())]


def select(page: AdministrationPage, name: str) -> None:
    page.table.selectRow([row[0] for row in rows(page)].index(name))


def test_a_rep_is_added_without_password_and_a_person_with_roles(open_page: OpenPage, desk: Desk) -> None:
    page = open_page(desk)
    trigger(page, actions.ADD_REP)
    type_into(dialog_of(page), name="Rita Rep", email="rita@example.com")
    press(dialog_of(page))
    assert desk.said[-1].text == "Rita Rep is added."
    assert ("Rita Rep", "rita@example.com", "Sales Representative", "no", "yes") in rows(page)
    trigger(page, actions.ADD_PERSON)
    dialog = dialog_of(page)
    assert isinstance(dialog, PersonDialog)
    type_into(dialog, name="Olaf Ops", email="olaf", password="short")
    press(dialog)
    assert (dialog.problem("email"), dialog.problem("password")) == (
        "E-mail address is not complete",
        "Password must have at least 10 characters",
    )
    box = dialog.findChild(QCheckBox, "role-ops")
    assert box is not None
    box.click()
    type_into(dialog, email="rita@example.com", password="long enough to keep")
    press(dialog)
    assert "There is an account with this e-mail address already" in dialog.problem("email")
    type_into(dialog, email="olaf@example.com")
    press(dialog)
    assert ("Olaf Ops", "olaf@example.com", "Operations", "yes", "yes") in rows(page)


def test_name_and_roles_are_edited_and_an_account_is_deactivated_and_made_active_again(
    open_page: OpenPage, desk: Desk, workspace: Workspace
) -> None:
    users.add_user(workspace, NewUser("rita@example.com", "Rita Rep", (Role.REP,)))
    page = open_page(desk)
    select(page, "Rita Rep")
    trigger(page, actions.EDIT_PERSON)
    dialog = dialog_of(page)
    type_into(dialog, name="Rita Renamed")
    box = dialog.findChild(QCheckBox, "role-readonly")
    assert box is not None
    box.click()
    press(dialog)
    assert ("Rita Renamed", "rita@example.com", "Read Only, Sales Representative", "no", "yes") in rows(page)
    assert not page.context.actions.action(actions.REACTIVATE_PERSON).isEnabled()
    trigger(page, actions.DEACTIVATE_PERSON)
    assert desk.prompter.asked == ["Deactivate Rita Renamed?"]
    assert users.find_account(workspace, "rita@example.com").is_active
    desk.prompter.yes = True
    trigger(page, actions.DEACTIVATE_PERSON)
    assert not users.find_account(workspace, "rita@example.com").is_active
    assert not page.context.actions.action(actions.DEACTIVATE_PERSON).isEnabled()
    trigger(page, actions.REACTIVATE_PERSON)
    assert desk.said[-1].text == "Rita Renamed is active again."
    assert users.find_account(workspace, "rita@example.com").is_active


def test_the_last_administrator_stays_and_the_page_says_why(
    open_page: OpenPage, desk: Desk, workspace: Workspace
) -> None:
    page = open_page(desk)
    desk.prompter.yes = True
    select(page, ADMIN.name)
    trigger(page, actions.DEACTIVATE_PERSON)
    assert "is the last administrator who can sign in" in desk.said[-1].text
    trigger(page, actions.EDIT_PERSON)
    dialog = dialog_of(page)
    box = dialog.findChild(QCheckBox, "role-admin")
    assert box is not None
    box.click()
    press(dialog)
    assert "is the last administrator" in dialog.problem("roles")  # type: ignore[attr-defined]
    assert users.find_account(workspace, ADMIN.email).roles == ("admin",)


def test_a_stale_edit_says_what_the_account_is_now(open_page: OpenPage, desk: Desk, workspace: Workspace) -> None:
    users.add_user(workspace, NewUser("rita@example.com", "Rita Rep", (Role.REP,)))
    page = open_page(desk)
    select(page, "Rita Rep")
    trigger(page, actions.EDIT_PERSON)
    dialog = dialog_of(page)
    assert isinstance(dialog, PersonDialog)
    seen = users.find_account(workspace, "rita@example.com")
    users.edit_user(workspace, seen, "Rita Other", [Role.REP])
    type_into(dialog, name="Rita Mine")
    press(dialog)
    assert "It says now: Rita Other, Sales Representative, active" in dialog.notice.text
    assert users.find_account(workspace, "rita@example.com").name == "Rita Other"


def test_the_lot_rule_is_changed_after_its_effect_was_shown(
    open_page: OpenPage, desk: Desk, workspace: Workspace, qtbot: QtBot
) -> None:
    log_shipment(workspace, "SO-1")
    page = open_page(desk)
    assert page.rule.values == ("SLQ-[0-9]{5}", "SLQ-#####", "never: it is the default", "—")
    trigger(page, actions.CHANGE_LOT_RULE)
    dialog = dialog_of(page)
    assert isinstance(dialog, LotRuleDialog)
    assert dialog.effect == "This is the rule in force."
    assert not dialog.yes_button.isEnabled()
    type_into(dialog, pattern="SLQ-.*", reason="The slips print longer lots.")
    qtbot.waitUntil(lambda: dialog.problem("pattern") != "")
    assert "would take any character" in dialog.problem("pattern")
    assert not dialog.yes_button.isEnabled()
    type_into(dialog, pattern="SLQ-[0-9]{8,11}")
    assert not dialog.yes_button.isEnabled()  # nothing can be sent before its effect is known
    qtbot.waitUntil(lambda: dialog.yes_button.isEnabled())
    assert dialog.effect == "0 lots of the log would match, in 0 entries."
    assert "1 lot would not match, in 1 entry: SLQ-12345." in dialog.warning
    assert "Verify judges every entry by the current rule, so it will name them" in dialog.warning
    type_into(dialog, reason="")
    press(dialog)
    assert dialog.problem("reason") == "Say why: a reason is required"
    type_into(dialog, pattern="SLQ-[0-9]{5,11}", reason="The slips print longer lots.")
    qtbot.waitUntil(lambda: dialog.yes_button.isEnabled())
    assert (dialog.effect, dialog.warning) == ("1 lot of the log would match, in 1 entry.", "")
    press(dialog)
    assert settings.list_settings(workspace)[0].value == "SLQ-[0-9]{5,11}"
    assert page.rule.values[0] == "SLQ-[0-9]{5,11}"


@pytest.mark.parametrize(
    ("permission", "tab"), [(Permission.USERS_MANAGE, "&People"), (Permission.SETTINGS_MANAGE, "&Settings")]
)
def test_each_tab_is_for_whoever_may_change_it(
    open_page: OpenPage, desk_for: Callable[..., Desk], permission: Permission, tab: str
) -> None:
    held = frozenset({permission})
    assert page_spec().is_for(held)
    assert not page_spec().is_for(frozenset({Permission.DISTRIBUTION_LOG_VIEW}))
    page = open_page(desk_for(held))
    assert [page.tabs.tabText(place) for place in range(page.tabs.count())] == [tab]
