"""Changing the lot rule: what it would say of the lots in the log is shown before it can be confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from desktop.domain.errors import KnownTrouble
from desktop.domain.imports import Problem
from desktop.domain.settings import LotRuleEffect
from desktop.ui.dialogs.form_dialog import FormDialog
from desktop.ui.formats import counted
from desktop.ui.theme import Tone
from desktop.ui.widgets.form_field import FormField
from desktop.ui.widgets.named import muted, named
from desktop.ui.widgets.notice import Notice

_WIDTH = 560
_MILLISECONDS_BEFORE_LOOKING = 250
_HELP = (
    "The whole lot is matched. [0-9] is a digit, {5} means five times, {8,11} eight to eleven times, "
    "[A-Z] a capital, | means or, ( ) groups."
)
_OTHERS_STAY = (
    "They stay in the log as they are. Verify judges every entry by the current rule, so it will name them, and they "
    "cannot be edited or linked until their lot is corrected or the rule takes it again."
)


@dataclass(frozen=True, slots=True)
class LotRuleWanted:
    """The rule to put in force, and why."""

    pattern: str
    reason: str


class LotRuleDialog(FormDialog):
    """Emits `effect_asked` with a pattern once typing pauses, and `submitted` with a `LotRuleWanted`.

    Whoever opened it answers by `show_effect` or `show_effect_trouble`; only a rule whose effect is shown can be sent.
    """

    effect_asked = Signal(str)
    submitted = Signal(object)

    def __init__(self, current: str, parent: QWidget | None = None) -> None:
        super().__init__("lotRuleDialog", "Change the lot rule", "Change the rule", _WIDTH, parent)
        self._current = current
        self._shown: LotRuleEffect | None = None
        self._pattern = QLineEdit(current)
        self._reason = QLineEdit(placeholderText="It is kept in the audit trail")
        self.fields["pattern"] = FormField("pattern", "Lot rule", self._pattern)
        self.fields["reason"] = FormField("reason", "Reason", self._reason)
        self._effect = named(
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), "lotRuleEffect", "What the rule would mean"
        )
        self._effect.setProperty("section", True)
        self._others = Notice("lotRuleOthers", Tone.WARNING)
        self.body.addWidget(named(QLabel(f"In force now: {current}", textFormat=Qt.TextFormat.PlainText), "lotRuleNow"))
        self.body.addWidget(self.fields["pattern"])
        self.body.addWidget(muted(QLabel(_HELP, wordWrap=True)))
        self.body.addWidget(self._effect)
        self.body.addWidget(self._others)
        self.body.addWidget(self.fields["reason"])
        self._timer = QTimer(self, singleShot=True, interval=_MILLISECONDS_BEFORE_LOOKING)
        self._timer.timeout.connect(lambda: self.effect_asked.emit(self._pattern.text().strip()))
        self._pattern.textChanged.connect(self._follow)
        self._pattern.selectAll()
        self._pattern.setFocus()
        self._follow()

    @property
    def effect(self) -> str:
        """What is said of the lots in the log."""
        return self._effect.text()

    @property
    def warning(self) -> str:
        """What is said of the lots that would not match; "" when all would."""
        return self._others.text

    def show_effect(self, effect: LotRuleEffect) -> None:
        """Says what a rule would mean; an answer to an earlier question is dropped."""
        if effect.pattern != self._pattern.text().strip():
            return
        self._shown = effect
        lots = counted(effect.matching_lots, "lot", "lots")
        entries = counted(effect.matching_entries, "entry", "entries")
        self._effect.setText(f"{lots} of the log would match, in {entries}.")
        others = ""
        if effect.other_lots:
            listed = ", ".join(effect.examples)
            more = " and more" if effect.other_lots > len(effect.examples) else ""
            others = (
                f"{counted(effect.other_lots, 'lot', 'lots')} would not match, in "
                f"{counted(effect.other_entries, 'entry', 'entries')}: {listed}{more}. {_OTHERS_STAY}"
            )
        self._others.say(others)
        self.yes_button.setEnabled(True)
        self.fit()

    def show_effect_trouble(self, pattern: str, trouble: KnownTrouble) -> None:
        """Says why a pattern cannot be the lot rule."""
        if pattern == self._pattern.text().strip():
            self._effect.setText(" ")
            self.show_trouble(trouble)
            self.yes_button.setEnabled(False)

    def submit(self) -> None:
        if self._shown is None:
            return
        reason = self._reason.text().strip()
        problems = () if reason else (Problem("reason", "", "Say why: a reason is required"),)
        self.show_problems(problems)
        if not problems:
            self.set_busy(True)
            self.submitted.emit(LotRuleWanted(self._shown.pattern, reason))

    def _follow(self) -> None:
        """Something else is typed: what was said of the last pattern is taken back."""
        self._shown = None
        self.yes_button.setEnabled(False)
        self.show_problems(())
        self._others.say("")
        is_current = self._pattern.text().strip() == self._current
        self._effect.setText("This is the rule in force." if is_current else "Looking at the lots of the log…")
        if is_current:
            self._timer.stop()
        else:
            self._timer.start()
        self.fit()
