"""Facilities of earlier shipments, offered while one is typed: the spelling in a list, the address with one key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QPushButton

from desktop.domain.distributions import fold_facility
from desktop.domain.facilities import KnownFacility
from desktop.ui.formats import counted, shown_date
from desktop.ui.theme import Tone
from desktop.ui.widgets.named import named
from desktop.ui.widgets.notice import Notice

_MILLISECONDS = 200
_FEWEST_LETTERS = 2


class FacilityOffers(QObject):
    """`typed` follows the text once typing pauses; `offer` shows what was found for it. Nothing is filled in by itself.

    When the name is that of a known facility, `notice` says where its last shipment went; `address_taken` carries the
    address by field names when the person takes it.
    """

    typed = Signal(str)
    address_taken = Signal(object)

    def __init__(self, editor: QLineEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        self._found: Sequence[KnownFacility] = ()
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.activated.connect(lambda _name: self._say_where())
        if (popup := completer.popup()) is not None:
            named(popup, "facilityOffers", "Facilities of earlier shipments")
        editor.setCompleter(completer)
        self._completer = completer
        self.notice = Notice("facilityKnown", Tone.INFO)
        self.take = named(QPushButton("&Use this address"), "useAddressButton", "Use this address")
        self.take.setAutoDefault(False)
        self.take.clicked.connect(self._take)
        self.notice.column.addWidget(self.take, 0, Qt.AlignmentFlag.AlignLeft)
        self._timer = QTimer(self, singleShot=True, interval=_MILLISECONDS)
        self._timer.timeout.connect(self._tell)
        editor.textEdited.connect(self._follow)

    @property
    def names(self) -> list[str]:
        """The spellings that are offered now."""
        return self._names.stringList()

    def offer(self, text: str, found: Sequence[KnownFacility]) -> None:
        """Shows what was found for a text, if that is still what is typed."""
        if text != self._editor.text().strip():
            return
        self._found = found
        self._names.setStringList([facility.name for facility in found])
        self._say_where()
        others = [facility for facility in found if facility.name != text]
        if others and self._editor.hasFocus():
            self._completer.complete()

    def _follow(self, _text: str) -> None:
        self._say_where()
        self._timer.start()

    def _tell(self) -> None:
        text = self._editor.text().strip()
        if len(text) >= _FEWEST_LETTERS:
            self.typed.emit(text)

    def _known(self) -> KnownFacility | None:
        typed = fold_facility(self._editor.text())
        return next((facility for facility in self._found if fold_facility(facility.name) == typed), None)

    def _say_where(self) -> None:
        known = self._known()
        where = "" if known is None else known.in_one_line()
        if known is None or not where:
            self.notice.say("")
            return
        lines = counted(known.lines, "line", "lines")
        self.notice.say(f"{lines} in the log, last shipped {shown_date(known.last_shipped)} to {where}.")

    def _take(self) -> None:
        if (known := self._known()) is not None:
            self.address_taken.emit(known.address)
            self.notice.say("")
