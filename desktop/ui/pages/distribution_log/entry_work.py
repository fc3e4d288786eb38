"""Entering, editing and deleting entries from the log's page, and undoing it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog

from desktop.domain.changes import Changes, Subject
from desktop.domain.distributions import DistributionEntry, NewShipment
from desktop.domain.entry_edits import (
    MOST_AT_ONCE,
    EditableEntry,
    EntryEdit,
    EntryValues,
    EntryVersion,
    FieldEdit,
    StaleEntries,
    StaleEntry,
)
from desktop.domain.errors import KnownTrouble
from desktop.domain.progress import Progress
from desktop.domain.users import Person
from desktop.services import customers, distributions, entry_edits, facilities, users
from desktop.services.distributions import RepeatsFound
from desktop.services.unit_of_work import Workspace
from desktop.ui import actions
from desktop.ui.dialogs.edit_entry import EditEntryDialog
from desktop.ui.dialogs.edit_selected import EditSelectedDialog
from desktop.ui.dialogs.entry_form import Choices
from desktop.ui.dialogs.new_shipment import NewShipmentDialog
from desktop.ui.dialogs.reason import ReasonDialog
from desktop.ui.dialogs.stale_entry import StaleEntryDialog
from desktop.ui.formats import counted, shown_date
from desktop.ui.page import Page
from desktop.ui.prompter import Question
from desktop.ui.tasks import Lane
from desktop.ui.theme import Tone
from desktop.ui.widgets.banner import Message

T = TypeVar("T")

_NAMED = 4


@dataclass(frozen=True, slots=True)
class Selection:
    """What the page tells of its selection, and how it is asked to follow entries that were written."""

    keys: Callable[[], array[int]]
    follow: Callable[[Sequence[int]], None]


class EntryWork(QObject):
    """The commands that write entries: each opens a dialog, saves in a worker, and says so in the banner."""

    def __init__(self, page: Page, selection: Selection) -> None:
        super().__init__(page)
        self._page = page
        self._context = page.context
        self._selection = selection
        self._undo: Callable[[Workspace], Changes] | None = None
        self._is_opening = False
        for command, handler in (
            (actions.NEW_SHIPMENT, self.new_shipment),
            (actions.EDIT_ENTRY, self.edit),
            (actions.EDIT_SELECTED, self.edit_selected),
            (actions.DELETE_ENTRIES, self.delete),
            (actions.UNDO_CHANGE, self.undo),
        ):
            self._context.actions.bind(command, handler, page)

    # New shipment.

    def new_shipment(self) -> None:
        """Opens the form for a shipment entered by hand."""
        workspace = self._context.workspace
        self._open_after(lambda: users.people(workspace), self._open_new)

    def _open_new(self, people: tuple[Person, ...]) -> None:
        dialog = NewShipmentDialog(self._context.workspace.today(), people, self._page)
        dialog.submitted.connect(partial(self._save_new, dialog))
        dialog.check_asked.connect(partial(self._check_new, dialog))
        dialog.facility_typed.connect(partial(self._find_facilities, dialog))
        discard = _discard("New shipment", "What you entered for this shipment is dropped.")
        dialog.discard_asked.connect(lambda: self._context.prompter.confirm(dialog, discard, dialog.reject))
        self._open(dialog)

    def _check_new(self, dialog: NewShipmentDialog, shipment: NewShipment) -> None:
        workspace = self._context.workspace
        self._context.tasks.submit(
            lambda _progress: distributions.check_new_shipment(workspace, shipment),
            lambda checked: dialog.show_checked(shipment, checked),
            lane=Lane.READ,
            owner=dialog,
        )

    def _find_facilities(self, dialog: NewShipmentDialog, text: str) -> None:
        workspace = self._context.workspace
        self._context.tasks.submit(
            lambda _progress: facilities.known_facilities(workspace, text),
            lambda found: dialog.offer_facilities(text, found),
            lane=Lane.READ,
            owner=dialog,
        )

    def _save_new(self, dialog: NewShipmentDialog, shipment: NewShipment) -> None:
        workspace = self._context.workspace

        def save(_progress: Progress) -> tuple[Changes, Sequence[DistributionEntry]]:
            changes = distributions.create_shipment(workspace, shipment)
            return changes, distributions.entries(workspace, changes.ids)

        def saved(found: tuple[Changes, Sequence[DistributionEntry]]) -> None:
            changes, entries = found
            lines = counted(len(entries), "line", "lines")
            text = f"Saved {lines} of order {entries[0].order_number}, {entries[0].facility_name}."
            if dialog.wants_another:
                dialog.start_next(text)
            else:
                dialog.accept()
                self._say(Tone.SUCCESS, text)
            self._selection.follow(changes.ids)
            self._context.changes.announce(changes)

        self._context.tasks.submit(save, saved, partial(_refused, dialog), owner=dialog)

    # One entry.

    def edit(self) -> None:
        """Opens the form for the selected entry, as it is at this moment."""
        keys, workspace = self._selection.keys(), self._context.workspace
        if len(keys) == 1:
            self._open_after(
                lambda: (entry_edits.entry_to_edit(workspace, keys[0]), *_choices(workspace)), self._open_edit
            )

    def _open_edit(self, read: tuple[EditableEntry, Choices, Choices]) -> None:
        entry, people, companies = read
        dialog = EditEntryDialog(self._context.workspace.today(), entry, people, companies, self._page)
        dialog.submitted.connect(partial(self._save_edit, dialog))
        dialog.check_asked.connect(partial(self._check_edit, dialog))
        discard = _discard("Edit entry", "What you changed of this entry is dropped.")
        dialog.discard_asked.connect(lambda: self._context.prompter.confirm(dialog, discard, dialog.reject))
        self._open(dialog)

    def _check_edit(self, dialog: EditEntryDialog, values: EntryValues) -> None:
        workspace = self._context.workspace
        self._context.tasks.submit(
            lambda _progress: entry_edits.check_edit(workspace, values),
            lambda checked: dialog.show_checked(values, checked),
            lane=Lane.READ,
            owner=dialog,
        )

    def _save_edit(self, dialog: EditEntryDialog, edit: EntryEdit) -> None:
        workspace = self._context.workspace

        def save(_progress: Progress) -> tuple[Changes, Sequence[DistributionEntry]]:
            changes = entry_edits.edit_entry(workspace, edit)
            return changes, distributions.entries(workspace, changes.ids)

        def saved(found: tuple[Changes, Sequence[DistributionEntry]]) -> None:
            changes, entries = found
            dialog.accept()
            self._selection.follow(changes.ids)
            order = f" of order {entries[0].order_number}" if entries else ""
            self._say_done(f"Changed the entry{order}.", _undo_edit(entries))
            self._context.changes.announce(changes)

        def refused(trouble: KnownTrouble) -> None:
            if isinstance(trouble, StaleEntry):
                dialog.set_busy(False)
                self._open_stale(dialog, edit.values, trouble.theirs)
            else:
                _refused(dialog, trouble)

        self._context.tasks.submit(save, saved, refused, owner=dialog)

    def _open_stale(self, form: EditEntryDialog, mine: EntryValues, theirs: EditableEntry) -> None:
        read = form.read
        names = (
            form.form.names(read.values),
            form.form.names(mine),
            {
                **form.form.names(theirs.values),
                "rep_id": theirs.entry.rep_name or "",
                "customer_id": theirs.entry.customer_name or "",
            },
        )
        dialog = StaleEntryDialog(read.values, mine, theirs, names, form)

        def decided(values: EntryValues) -> None:
            dialog.accept()
            form.take_decision(theirs, values)

        dialog.decided.connect(decided)
        self._open(dialog)

    # Several entries.

    def edit_selected(self) -> None:
        """Opens the dialog that gives the selected entries the same value in one field."""
        keys, workspace = self._selection.keys(), self._context.workspace
        if self._are_too_many(keys):
            return
        self._open_after(
            lambda: (distributions.entries(workspace, keys), *_choices(workspace)), self._open_edit_selected
        )

    def _open_edit_selected(self, read: tuple[Sequence[DistributionEntry], Choices, Choices]) -> None:
        dialog = EditSelectedDialog(*read, self._page)
        dialog.submitted.connect(partial(self._save_selected, dialog))
        self._open(dialog)

    def _save_selected(self, dialog: EditSelectedDialog, edit: FieldEdit) -> None:
        workspace = self._context.workspace
        ids = [entry.entry_id for entry in edit.entries]

        def save(progress: Progress) -> tuple[Changes, Sequence[DistributionEntry]]:
            changes = entry_edits.edit_field(workspace, edit, progress)
            return changes, distributions.entries(workspace, changes.ids)

        def saved(found: tuple[Changes, Sequence[DistributionEntry]]) -> None:
            changes, entries = found
            dialog.accept()
            same = len(ids) - len(changes.ids)
            rest = f" {counted(same, 'entry', 'entries')} had it already." if same else ""
            self._say_done(f"Changed {counted(len(changes.ids), 'entry', 'entries')}.{rest}", _undo_edit(entries))
            self._context.changes.announce(changes)

        def refused(trouble: KnownTrouble) -> None:
            if isinstance(trouble, StaleEntries):
                self._context.tasks.submit(
                    lambda _progress: distributions.entries(workspace, ids),
                    partial(dialog.show_stale, trouble),
                    lane=Lane.READ,
                    owner=dialog,
                )
            else:
                _refused(dialog, trouble)

        self._context.tasks.submit(save, saved, refused, dialog.show_progress, owner=dialog)

    def delete(self) -> None:
        """Asks why the selected entries are to be deleted, and says what goes with them."""
        keys, workspace = self._selection.keys(), self._context.workspace
        if self._are_too_many(keys):
            return
        self._open_after(lambda: distributions.entries(workspace, keys), self._open_delete)

    def _open_delete(self, entries: Sequence[DistributionEntry]) -> None:
        if not entries:
            self._say(Tone.INFO, "These entries are not there any more.")
            return
        what = counted(len(entries), "entry", "entries")
        units = sum(entry.quantity for entry in entries)
        sentence = f"Delete {what}, {counted(units, 'unit', 'units')}?"
        listed = [_in_one_line(entry) for entry in entries[:_NAMED]]
        if len(entries) > _NAMED:
            listed.append(f"and {counted(len(entries) - _NAMED, 'more entry', 'more entries')}")
        kept = "Every column stays in the audit trail; reports that were made stay as they are."
        dialog = ReasonDialog("Delete entries", sentence, "\n".join([*listed, "", kept]), f"Delete {what}", self._page)
        dialog.submitted.connect(partial(self._do_delete, dialog, entries))
        self._open(dialog)

    def _do_delete(self, dialog: ReasonDialog, entries: Sequence[DistributionEntry], reason: str) -> None:
        workspace = self._context.workspace
        seen = [EntryVersion(entry.id, entry.version) for entry in entries]

        def deleted(changes: Changes) -> None:
            dialog.accept()
            units = sum(entry.quantity for entry in entries)
            what = f"{counted(len(entries), 'entry', 'entries')}, {counted(units, 'unit', 'units')}"
            ids = changes.ids
            self._say_done(f"Deleted {what}.", lambda space: entry_edits.undo_delete(space, ids))
            self._context.changes.announce(changes)

        def refused(trouble: KnownTrouble) -> None:
            if isinstance(trouble, StaleEntries):
                # What would be deleted is no longer what was shown: it is looked at again, and asked for again.
                dialog.accept()
                self._say(Tone.WARNING, "\n".join([str(trouble), *map(_in_one_line, trouble.now[:_NAMED])]))
                self._context.changes.announce(Changes.of(Subject.DISTRIBUTIONS))
            else:
                dialog.show_trouble(trouble)

        self._context.tasks.submit(
            lambda progress: entry_edits.delete_entries(workspace, seen, reason, progress),
            deleted,
            refused,
            owner=dialog,
        )

    # Undo.

    def undo(self) -> None:
        """Takes back the last edit or deletion of this window, as an act of its own in the audit trail."""
        if self._undo is None:
            self._say(Tone.INFO, "There is nothing to undo: nothing was changed or deleted here since you signed in.")
            return
        undo, workspace, self._undo = self._undo, self._context.workspace, None

        def undone(changes: Changes) -> None:
            self._say(Tone.SUCCESS, f"Undone for {counted(len(changes.ids), 'entry', 'entries')}.")
            self._selection.follow(changes.ids)
            self._context.changes.announce(changes)

        self._context.tasks.submit(
            lambda _progress: undo(workspace),
            undone,
            lambda trouble: self._say(Tone.PROBLEM, f"Not undone. {trouble}"),
            owner=self,
        )

    def _say_done(self, text: str, undo: Callable[[Workspace], Changes]) -> None:
        self._undo = undo
        self._context.say(Message(Tone.SUCCESS, text, "Undo", lambda: self.undo() if self._undo is undo else None))

    # What they share.

    def _are_too_many(self, keys: Sequence[int]) -> bool:
        if len(keys) > MOST_AT_ONCE:
            self._say(Tone.WARNING, f"More than {MOST_AT_ONCE:,} entries are selected: select fewer at once.")
        return not keys or len(keys) > MOST_AT_ONCE

    def _open_after(self, read: Callable[[], T], open_dialog: Callable[[T], object]) -> None:
        """Opens a dialog with what was read; the key pressed again meanwhile opens no second one."""
        if self._is_opening:
            return
        self._is_opening = True

        def done(found: T) -> None:
            self._is_opening = False
            open_dialog(found)

        def failed(trouble: KnownTrouble) -> None:
            self._is_opening = False
            self._say(Tone.PROBLEM, str(trouble))

        self._context.tasks.submit(lambda _progress: read(), done, failed, lane=Lane.READ, owner=self)

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _say(self, tone: Tone, text: str) -> None:
        self._context.say(Message(tone, text))


def _choices(workspace: Workspace) -> tuple[Choices, Choices]:
    """Reps and customers to choose from."""
    people = [(person.id, person.name) for person in users.people(workspace)]
    return people, customers.customer_names(workspace)


def _undo_edit(entries: Sequence[DistributionEntry]) -> Callable[[Workspace], Changes]:
    made = [EntryVersion(entry.id, entry.version) for entry in entries]
    return lambda workspace: entry_edits.undo_edit(workspace, made)


def _refused(dialog: NewShipmentDialog | EditEntryDialog | EditSelectedDialog, trouble: KnownTrouble) -> None:
    if isinstance(trouble, RepeatsFound):
        dialog.show_repeats(trouble.existing)
    else:
        dialog.show_trouble(trouble)


def _in_one_line(entry: DistributionEntry) -> str:
    return (
        f"{shown_date(entry.ship_date)}, order {entry.order_number}, {entry.facility_name}, {entry.sku}, "
        f"{entry.lot_number}, {counted(entry.quantity, 'unit', 'units')}"
    )


def _discard(title: str, detail: str) -> Question:
    return Question(title, "Close without saving?", detail, "Close without saving", destructive=True)
