"""The sign-in: the first window a person sees."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.domain.errors import KnownTrouble
from desktop.ui.theme import Tone
from desktop.ui.widgets.fit_height import fit_height
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice
from desktop.ui.widgets.password_field import PasswordField


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What was typed. The password is not in the `repr`, so it cannot reach a log."""

    email: str
    password: str = field(repr=False)


class SignInDialog(QDialog):
    """Emits `submitted` with a `SignInRequest`. Checking a password takes a moment on purpose: `set_busy` meanwhile.

    `database` is what people call the database; `email` fills in who signed in last.
    """

    submitted = Signal(object)

    def __init__(self, database: str, email: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("signInDialog")
        self.setWindowTitle("Sign in — SilqeQMS")
        self.setFixedWidth(400)
        title = QLabel("SilqeQMS")
        title.setProperty("heading", True)
        place = muted(QLabel(database, wordWrap=True, textFormat=Qt.TextFormat.PlainText))
        self._notice = Notice("signInProblem", Tone.PROBLEM)
        self._email = QLineEdit(email)
        self._password = PasswordField()
        self._email_field = FormField("email", "E-mail", self._email)
        self._password_field = FormField("password", "Password", self._password)
        self._quit = named(QPushButton("Quit"), "quitButton")
        self._quit.setAutoDefault(False)
        self._quit.clicked.connect(self.reject)
        self._sign_in = named(QPushButton("Sign in"), "signInButton")
        self._sign_in.setProperty("primary", True)
        self._sign_in.setDefault(True)
        self._sign_in.clicked.connect(self._submit)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._quit)
        buttons.addWidget(self._sign_in)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(place)
        column.addWidget(self._notice)
        column.addWidget(self._email_field)
        column.addWidget(self._password_field)
        column.addSpacing(6)
        column.addLayout(buttons)
        (self._password if email else self._email).setFocus()

    @property
    def problem(self) -> str:
        """What is said to be wrong with the sign-in; "" when nothing is."""
        return self._notice.text

    def set_busy(self, busy: bool) -> None:
        """While the password is checked nothing can be changed or sent again."""
        for widget in (self._email_field, self._password_field, self._sign_in):
            widget.setEnabled(not busy)
        self._sign_in.setText("Signing in…" if busy else "Sign in")

    def set_opening(self, opening: bool) -> None:
        """While the database is being opened a person can type already, but not sign in yet."""
        self._sign_in.setEnabled(not opening)
        self._sign_in.setText("Opening…" if opening else "Sign in")

    def show_trouble(self, trouble: KnownTrouble) -> None:
        """Says why nobody was signed in; the password is there to be corrected."""
        self.set_busy(False)
        self._notice.say(str(trouble))
        fit_height(self)
        self._password.setFocus()
        self._password.selectAll()

    def _submit(self) -> None:
        email, password = self._email.text().strip(), self._password.text()
        self._notice.say("")
        self._email_field.set_problem(None if email else "Enter your e-mail address")
        self._password_field.set_problem(None if password else "Enter your password")
        fit_height(self)
        if not email:
            self._email.setFocus()
        elif not password:
            self._password.setFocus()
        else:
            self.set_busy(True)
            self.submitted.emit(SignInRequest(email, password))
