"""Linking the entries that are selected in the log to a customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt

from desktop.domain.changes import Changes
from desktop.domain.customers import Customer, Match
from desktop.domain.progress import Progress
from desktop.services import customer_links, customers, distributions
from desktop.services.customer_links import MOST_AT_ONCE
from desktop.ui.dialogs.link_customer import CustomerChosen, LinkEntriesDialog
from desktop.ui.formats import counted
from desktop.ui.page import Page
from desktop.ui.tasks import Lane
from desktop.ui.theme import Tone
from desktop.ui.widgets.banner import Message

_LOOKED_AT = 500  # entries whose facilities are named


@dataclass(frozen=True, slots=True)
class _Offered:
    facilities: tuple[str, ...]
    matches: tuple[Match, ...]
    customers: tuple[Customer, ...]


def link_customer(page: Page, keys: Sequence[int]) -> None:
    """Reads what the facility of the first entry may belong to, then asks; nothing is chosen beforehand."""
    context, ids = page.context, tuple(keys)
    workspace = context.workspace
    if len(ids) > MOST_AT_ONCE:
        context.say(Message(Tone.WARNING, f"At most {MOST_AT_ONCE:,} entries can be linked at once."))
        return

    def read(_progress: Progress) -> _Offered:
        found = distributions.entries(workspace, ids[:_LOOKED_AT])
        facilities = tuple(dict.fromkeys(entry.facility_name for entry in found))
        if not found:
            return _Offered((), (), ())
        first = found[0]
        matches = customer_links.likely_matches(workspace, first.facility_name, first.city, first.zip)
        return _Offered(facilities, matches, customers.list_customers(workspace))

    def ask(offered: _Offered) -> None:
        if not offered.facilities:
            context.say(Message(Tone.INFO, "These entries are no longer in the log."))
            return
        if not offered.customers:
            context.say(Message(Tone.INFO, "There is no customer yet: add one under Customers."))
            return
        dialog = LinkEntriesDialog(len(ids), offered.facilities, offered.matches, offered.customers, page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def link(chosen: CustomerChosen) -> None:
            def done(changes: Changes) -> None:
                dialog.accept()
                context.say(Message(Tone.SUCCESS, f"{counted(len(changes.ids), 'entry', 'entries')} linked."))
                context.changes.announce(changes)

            context.tasks.submit(
                lambda progress: customer_links.link_entries(
                    workspace, ids, chosen.customer_id, chosen.reason, progress
                ),
                done,
                dialog.show_trouble,
                owner=dialog,
            )

        dialog.submitted.connect(link)
        dialog.open()

    context.tasks.submit(read, ask, lane=Lane.READ, owner=page)
