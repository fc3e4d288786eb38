"""The first start: who administers, and where the records will live. There is no default password."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.domain.errors import KnownTrouble, RuleBroken
from desktop.domain.permissions import Role
from desktop.domain.users import MINIMUM_PASSWORD_LENGTH, NewUser, check_new_user
from desktop.ui.theme import Tone
from desktop.ui.widgets.detail_list import DetailList
from desktop.ui.widgets.fit_height import fit_height
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice
from desktop.ui.widgets.password_field import PasswordField


class FirstStartDialog(QDialog):
    """Emits `submitted` with a `NewUser` in the role of administrator.

    `database` and `evidence` say where the records and the evidence files will be kept.
    """

    submitted = Signal(object)

    def __init__(self, database: str, evidence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("firstStartDialog")
        self.setWindowTitle("Welcome — SilqeQMS")
        self.setFixedWidth(520)
        title = QLabel("Welcome to SilqeQMS")
        title.setProperty("heading", True)
        intro = muted(QLabel(wordWrap=True))
        intro.setText("This database is new. Enter who administers it; everybody else is added by that person later.")
        places = DetailList("places", ("Records", "Evidence files"))
        places.set_values((database, evidence))
        self._notice = Notice("firstStartProblem", Tone.PROBLEM)
        self._name = QLineEdit()
        self._email = QLineEdit()
        self._password = PasswordField()
        self._password.setPlaceholderText(f"At least {MINIMUM_PASSWORD_LENGTH} characters")
        self._repeated = PasswordField()
        self._fields = {
            "name": FormField("name", "Your name", self._name),
            "email": FormField("email", "E-mail", self._email),
            "password": FormField("password", "Password", self._password),
            "repeated": FormField("repeated", "Password again", self._repeated),
        }
        quit_button = named(QPushButton("Quit"), "quitButton")
        quit_button.setAutoDefault(False)
        quit_button.clicked.connect(self.reject)
        self._create = named(QPushButton("Create administrator"), "createButton")
        self._create.setProperty("primary", True)
        self._create.setDefault(True)
        self._create.clicked.connect(self._submit)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        for widget in (title, intro, places, self._notice, self._fields["name"], self._fields["email"]):
            column.addWidget(widget)
        passwords = QHBoxLayout()
        passwords.addWidget(self._fields["password"], 1)
        passwords.addWidget(self._fields["repeated"], 1)
        column.addLayout(passwords)
        column.addSpacing(6)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(quit_button)
        buttons.addWidget(self._create)
        column.addLayout(buttons)
        self._name.setFocus()

    def problem(self, field: str) -> str:
        """What is said to be wrong with `name`, `email`, `password` or `repeated`; "" when nothing is."""
        return self._fields[field].problem

    def set_busy(self, busy: bool) -> None:
        """While the account is made nothing can be changed or sent again."""
        for widget in (*self._fields.values(), self._create):
            widget.setEnabled(not busy)

    def show_trouble(self, trouble: KnownTrouble) -> None:
        """Says what is wrong, beside the fields where that is known."""
        self.set_busy(False)
        problems = trouble.problems if isinstance(trouble, RuleBroken) else ()
        messages = {problem.field: problem.message for problem in problems if problem.field in self._fields}
        self._notice.say("" if messages else str(trouble))
        self._show_problems(messages)

    def _submit(self) -> None:
        new = NewUser(self._email.text().strip(), self._name.text().strip(), (Role.ADMIN,), self._password.text())
        messages: dict[str, str] = {}
        try:
            check_new_user(new)
        except RuleBroken as broken:
            messages = {str(problem.field): problem.message for problem in broken.problems}
        if self._repeated.text() != self._password.text():
            messages["repeated"] = "The two passwords differ"
        self._notice.say("")
        self._show_problems(messages)
        if not messages:
            self.set_busy(True)
            self.submitted.emit(new)

    def _show_problems(self, messages: dict[str, str]) -> None:
        for name, field in self._fields.items():
            field.set_problem(messages.get(name))
        fit_height(self)
        for name, field in self._fields.items():
            if name in messages:
                field.editor.setFocus()
                return
