"""Reads what the pane shows of the selected entry, once the selection has come to rest."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from desktop.domain.distributions import DistributionEntry
from desktop.domain.errors import KnownTrouble
from desktop.domain.progress import Progress
from desktop.services import audit_trail, distributions, entry_evidence
from desktop.services.unit_of_work import Workspace
from desktop.ui.page import PageContext
from desktop.ui.tables.entry_pane import EntryFacts, EntryPane
from desktop.ui.tasks import Lane

_MILLISECONDS = 120  # rows that are only passed with the arrow keys are painted, but not read


class EntryReading(QObject):
    """Keeps the pane on one entry. What is read late, for an entry that is no longer the one, is dropped."""

    def __init__(self, context: PageContext, pane: EntryPane, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._pane = pane
        self._entry_id: int | None = None
        self._number = 0
        self._timer = QTimer(self, singleShot=True, interval=_MILLISECONDS)
        self._timer.timeout.connect(self.read_now)
        pane.retry.connect(self.read_now)

    def show(self, entry_id: int, known: DistributionEntry | None) -> None:
        """Shows an entry: what is `known` of it at once, the rest when it was read."""
        self._number += 1
        self._entry_id = entry_id
        if known is not None:
            self._pane.show_entry(known)
        self._timer.start()

    def show_selected(self, count: int) -> None:
        """Shows no entry."""
        self._number += 1
        self._entry_id = None
        self._timer.stop()
        self._pane.show_selected(count)

    def read_now(self) -> None:
        """Reads the entry, again when it was read before."""
        self._timer.stop()
        if self._entry_id is None:
            return
        self._number += 1
        number, entry_id, workspace = self._number, self._entry_id, self._context.workspace

        def read(_progress: Progress) -> EntryFacts | None:
            return read_facts(workspace, entry_id)

        def done(facts: EntryFacts | None) -> None:
            if number != self._number:
                return
            if facts is None:
                self.show_selected(0)
            else:
                self._pane.show_facts(facts)

        def failed(trouble: KnownTrouble) -> None:
            if number == self._number:
                self._pane.show_trouble(str(trouble))

        self._context.tasks.submit(read, done, failed, lane=Lane.READ, owner=self)


def read_facts(workspace: Workspace, entry_id: int) -> EntryFacts | None:
    """Everything the pane shows of an entry; None when it is gone."""
    found = distributions.entries(workspace, [entry_id])
    if not found:
        return None
    (entry,) = found
    return EntryFacts(
        entry,
        distributions.shipment_lines(workspace, entry.order_number, entry.ship_date),
        entry_evidence.list_evidence(workspace, entry_id),
        audit_trail.origin_of_entry(workspace, entry_id),
        audit_trail.history_of_entry(workspace, entry_id),
    )
