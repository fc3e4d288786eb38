"""One person: added with roles and perhaps a password, added as a rep, or given another name or other roles."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.domain.errors import KnownTrouble, RuleBroken
from desktop.domain.permissions import Role
from desktop.domain.users import (
    MINIMUM_PASSWORD_LENGTH,
    Account,
    NewUser,
    StaleAccount,
    check_name,
    check_new_user,
    role_labels,
)
from desktop.ui.dialogs.form_dialog import FormDialog
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.password_field import PasswordField

_WIDTH = 540
_WHAT_ROLES_DO = {
    Role.ADMIN: "everything",
    Role.QUALITY: "everything",
    Role.OPS: "log, reports and approvals; no signing or administration",
    Role.READONLY: "looks, and downloads reports",
    Role.REP: "is named as rep, does nothing",
}


@dataclass(frozen=True, slots=True)
class EditedPerson:
    """What is wanted of an account that is there: its name and its roles."""

    name: str
    roles: tuple[Role, ...]


class PersonDialog(FormDialog):
    """Emits `submitted` with a `NewUser`, or with an `EditedPerson` when `account` is given.

    `rep` adds somebody who is named as rep and never signs in: no roles and no password are asked for.
    """

    submitted = Signal(object)

    def __init__(self, account: Account | None = None, *, rep: bool = False, parent: QWidget | None = None) -> None:
        title = f"Edit {account.name}" if account is not None else "Add a rep" if rep else "Add a person"
        super().__init__("personDialog", title, "Save" if account is not None else "Add", _WIDTH, parent)
        self._account = account
        self._rep = rep
        self._name = QLineEdit()
        self._email = QLineEdit()
        self._password = PasswordField()
        self._password.setPlaceholderText("Leave empty for somebody who never signs in")
        self.roles = {role: named(QCheckBox(f"{role.label}: {_WHAT_ROLES_DO[role]}"), f"role-{role}") for role in Role}
        chooser = QWidget()
        column = QVBoxLayout(chooser)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        for box in self.roles.values():
            column.addWidget(box)
        self.fields["name"] = FormField("name", "Name", self._name)
        if account is None:
            self.fields["email"] = FormField("email", "E-mail", self._email)
        if not rep:
            self.fields["roles"] = FormField("roles", "Roles", chooser)
        if account is None and not rep:
            label = f"Password (at least {MINIMUM_PASSWORD_LENGTH} characters)"
            self.fields["password"] = FormField("password", label, self._password)
        if rep:
            words = "A rep can be named in entries and reports. Nobody can sign in with this account."
            self.body.addWidget(muted(QLabel(words, wordWrap=True)))
        for field in self.fields.values():
            self.body.addWidget(field)
        if account is not None:
            self._name.setText(account.name)
            for role, box in self.roles.items():
                box.setChecked(role.value in account.roles)
        self._name.setFocus()
        self.fit()

    def submit(self) -> None:
        name = self._name.text().strip()
        roles = (Role.REP,) if self._rep else tuple(role for role, box in self.roles.items() if box.isChecked())
        if self._account is not None:
            problems = check_name(name)
            wanted: NewUser | EditedPerson = EditedPerson(name, roles)
        else:
            wanted = NewUser(self._email.text().strip(), name, roles, self._password.text() or None)
            try:
                check_new_user(wanted)
                problems = ()
            except RuleBroken as broken:
                problems = broken.problems
        self.show_problems(problems)
        if not problems:
            self.set_busy(True)
            self.submitted.emit(wanted)

    def show_trouble(self, trouble: KnownTrouble) -> None:
        super().show_trouble(trouble)
        if isinstance(trouble, StaleAccount):
            theirs = trouble.theirs
            roles = role_labels(theirs.roles) or "no role"
            state = "active" if theirs.is_active else "deactivated"
            self.notice.say(f"{trouble} It says now: {theirs.name}, {roles}, {state}. Close this and look again.")
            self.yes_button.setEnabled(False)
            self.fit()
