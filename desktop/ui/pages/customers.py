"""Customers: who the facilities of the log belong to, and what was shipped to each."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QSplitter, QVBoxLayout

from desktop.domain.changes import Changes, Subject
from desktop.domain.customers import Customer, FacilityUse, NewCustomer
from desktop.domain.distributions import DistributionEntry
from desktop.domain.errors import KnownTrouble
from desktop.domain.filters import DistributionFilter, SortOrder
from desktop.domain.permissions import Permission
from desktop.domain.progress import Progress
from desktop.services import customer_links, customers, distributions
from desktop.ui import actions
from desktop.ui.actions import Situation
from desktop.ui.dialogs.customer import CustomerDialog
from desktop.ui.dialogs.link_customer import FacilitiesChosen, FacilitiesDialog
from desktop.ui.formats import counted
from desktop.ui.page import Page, PageContext, PageSpec
from desktop.ui.tables.customer_pane import CustomerPane
from desktop.ui.tables.customers import CUSTOMER_COLUMNS
from desktop.ui.tables.record_table import RecordTable
from desktop.ui.tables.short_list import ShortListModel
from desktop.ui.tasks import Lane
from desktop.ui.theme import Tone
from desktop.ui.widgets.action_button import ActionButton
from desktop.ui.widgets.banner import Message
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.hairline import hairline
from desktop.ui.widgets.named import named
from desktop.ui.widgets.panes import remember_panes
from desktop.ui.widgets.search_field import SearchField
from desktop.ui.widgets.view_states import ViewStates

_LATEST = 20
_SHOWN_HERE = {Subject.CUSTOMERS, Subject.DISTRIBUTIONS, Subject.IMPORTS}


def page_spec() -> PageSpec:
    """How the page registers itself."""
    return PageSpec(actions.CUSTOMERS, "Customers", "customers", Permission.DISTRIBUTION_LOG_VIEW, CustomersPage)


class CustomersPage(Page):
    """The list with its search, and the selected customer. Lists are read in a worker, counts and all."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.setObjectName("customersPage")
        self._is_loaded = False
        self._stale = True
        self._asked = 0
        self._to_select: int | None = None
        self._model = ShortListModel(CUSTOMER_COLUMNS)
        self._bind_commands()
        self._build()
        context.changes.changed.connect(self._follow_changes)
        self._states.retry.connect(self.load)
        self.search.settled.connect(lambda _text: self.load())
        self.table.selectionModel().selectionChanged.connect(self._follow_selection)
        self._model.modelReset.connect(self._follow_selection)
        self.table.activated.connect(lambda _index: self._board.action(actions.EDIT_CUSTOMER).trigger())
        self._tell_situation()

    def enter(self) -> None:
        if self._stale:
            self.load()
        self._tell_situation()
        self.table.setFocus()

    def load(self) -> None:
        """Reads the list again; the selected customer stays selected."""
        self._stale = False
        self._asked += 1
        number, workspace, text = self._asked, self.context.workspace, self.search.text().strip()
        if not self._is_loaded:
            self._states.show_loading()
        self.context.tasks.submit(
            lambda _progress: customers.list_customers(workspace, text),
            lambda found: self._show_list(found) if number == self._asked else None,
            lambda trouble: self._say_unreadable(trouble) if number == self._asked else None,
            lane=Lane.READ,
            owner=self,
        )

    # How it is built.

    @property
    def _board(self) -> actions.ActionBoard:
        return self.context.actions

    def _bind_commands(self) -> None:
        for command, handler in (
            (actions.NEW_CUSTOMER, lambda: self._open_customer(None)),
            (actions.EDIT_CUSTOMER, self._edit),
            (actions.LINK_FACILITIES, self._ask_for_facilities),
            (actions.CUSTOMERS_FROM_FACILITIES, lambda: self._offer_facilities(None)),
            (actions.SHOW_IN_LOG, self._show_in_log),
            (actions.FIND_CUSTOMERS, lambda: self.search.setFocus()),
            (actions.REFRESH_CUSTOMERS, self.load),
        ):
            self._board.bind(command, handler, self)

    def _build(self) -> None:
        action = self._board.action
        self.search = named(SearchField("Name, city or contact", picture="search"), "customerSearch", "Find customers")
        self.table = RecordTable("customerTable", "Customers")
        self.table.setModel(self._model)
        self.table.set_columns(CUSTOMER_COLUMNS)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.table.remember(self.context.settings, "customers/columns")
        self.table.setSortingEnabled(True)
        menu = (actions.EDIT_CUSTOMER, actions.LINK_FACILITIES, actions.SHOW_IN_LOG)
        self.table.addActions([action(command) for command in menu])
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._no_match = EmptyState("noCustomerMatch", "search", "No customer matches", "Try another word.")
        self._states = ViewStates(self.table)
        self.pane = CustomerPane([ActionButton(action(command)) for command in menu])
        self._splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self._splitter.setObjectName("customersSplitter")
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self._states)
        self._splitter.addWidget(self.pane)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setSizes([620, 500])
        remember_panes(self._splitter, self.context.settings, "customers/panes")
        self._whole = ViewStates(self._splitter)
        self._nobody = EmptyState(
            "noCustomers",
            "customers",
            "No customers yet",
            "A customer is who a facility of the log belongs to. Entries are linked to customers by people, never "
            "automatically, and keep their facility name as shipped.",
            [
                ActionButton(action(actions.CUSTOMERS_FROM_FACILITIES), primary=True),
                ActionButton(action(actions.NEW_CUSTOMER)),
            ],
        )
        tools = QHBoxLayout()
        tools.setContentsMargins(12, 10, 12, 10)
        tools.setSpacing(8)
        tools.addWidget(ActionButton(action(actions.NEW_CUSTOMER), primary=True))
        tools.addWidget(ActionButton(action(actions.CUSTOMERS_FROM_FACILITIES)))
        tools.addWidget(self.search, 1)
        tools.addWidget(ActionButton(action(actions.REFRESH_CUSTOMERS)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(tools)
        column.addWidget(hairline())
        column.addWidget(self._whole, 1)

    # The list.

    @property
    def selected(self) -> Customer | None:
        """The customer that is selected in the list."""
        rows = self.table.selectionModel().selectedRows()
        return self._model.row_object(rows[0].row()) if rows else None

    def _show_list(self, found: tuple[Customer, ...]) -> None:
        self._is_loaded = True
        shown = self.pane.customer
        wanted = self._to_select if self._to_select is not None else (shown.id if shown is not None else None)
        self._to_select = None
        self._model.show(found)
        place = self._model.row_where(lambda customer: customer.id == wanted)
        if place is None and found:
            place = 0
        if place is not None:
            self.table.select_rows([place])
        if found:
            self._states.show_content()
            self._whole.show_content()
        elif self.search.text().strip():
            self._states.show_empty(self._no_match)
            self._whole.show_content()
        else:
            self._whole.show_empty(self._nobody)
        self._tell_situation()

    def _say_unreadable(self, trouble: KnownTrouble) -> None:
        if self._is_loaded:
            self.context.say(Message(Tone.PROBLEM, str(trouble)))
        else:
            self._states.show_error(str(trouble))

    def _follow_changes(self, changes: Changes) -> None:
        if not changes.subjects & _SHOWN_HERE:
            return
        self._stale = True
        if self.isVisible():
            self.load()

    def _follow_selection(self) -> None:
        customer = self.selected
        self._tell_situation()
        self.pane.show_customer(customer)
        if customer is None or not customer.entries:
            self.pane.show_shipped((), ())
            return
        workspace, wanted = self.context.workspace, DistributionFilter(customer_id=customer.id)

        def read(_progress: Progress) -> tuple[tuple[FacilityUse, ...], tuple[DistributionEntry, ...]]:
            facilities = customer_links.facilities_of(workspace, customer.id)
            return facilities, distributions.first_entries(workspace, wanted, SortOrder(), _LATEST)

        def show(shipped: tuple[tuple[FacilityUse, ...], tuple[DistributionEntry, ...]]) -> None:
            if self.pane.customer is not None and self.pane.customer.id == customer.id:
                self.pane.show_shipped(*shipped)

        self.context.tasks.submit(read, show, lane=Lane.READ, owner=self)

    def _tell_situation(self) -> None:
        selected, shown = self.selected, len(self._model.rows)
        self._board.set_situation(actions.CUSTOMERS, Situation(shown, int(selected is not None)))
        words = "" if selected is None else f"{selected.name}: {counted(selected.entries, 'entry', 'entries')}"
        self.status_changed.emit(counted(shown, "customer", "customers") if shown else "", words)

    # What is done.

    def _show_in_log(self) -> None:
        if (customer := self.selected) is not None:
            self.log_asked.emit(DistributionFilter(customer_id=customer.id, customer_name=customer.name))

    def _edit(self) -> None:
        if (customer := self.selected) is not None:
            self._open_customer(customer)

    def _open_customer(self, customer: Customer | None) -> None:
        workspace = self.context.workspace
        dialog = CustomerDialog(customer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def save(new: NewCustomer, version: int) -> None:
            def work(_progress: Progress) -> Changes:
                if customer is None:
                    return customers.create_customer(workspace, new)
                return customers.edit_customer(workspace, customer.id, version, new)

            said = f"{new.name.strip()} is {'added' if customer is None else 'saved'}."
            self.context.tasks.submit(work, partial(self._done, dialog, said), dialog.show_trouble, owner=dialog)

        dialog.submitted.connect(save)
        dialog.open()

    def _ask_for_facilities(self) -> None:
        if (customer := self.selected) is not None:
            self._offer_facilities(customer)

    def _offer_facilities(self, customer: Customer | None) -> None:
        """Opens the dialog at once: in a log of a million entries it takes a moment to find the facilities."""
        workspace = self.context.workspace
        dialog = FacilitiesDialog(customer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def link(chosen: FacilitiesChosen) -> None:
            def work(progress: Progress) -> Changes:
                if customer is not None:
                    return customer_links.link_facilities(
                        workspace, chosen.facilities, customer.id, chosen.reason, progress
                    )
                return customer_links.create_from_facilities(
                    workspace, chosen.facilities, chosen.reason, progress, keep_same_name=chosen.keep_same_name
                )

            def done(changes: Changes) -> None:
                count = len(changes.ids)
                if customer is None:
                    said = f"{counted(count, 'customer', 'customers')} made and their entries linked."
                else:
                    said = f"{counted(count, 'entry', 'entries')} linked to {customer.name}."
                self._done(dialog, said, changes, selects=customer is None)

            self.context.tasks.submit(work, done, dialog.show_trouble, owner=dialog)

        dialog.submitted.connect(link)
        dialog.open()
        self.context.tasks.submit(
            lambda _progress: customer_links.unlinked_facilities(workspace, customer),
            dialog.show_facilities,
            dialog.show_trouble,
            lane=Lane.READ,
            owner=dialog,
        )

    def _done(
        self, dialog: CustomerDialog | FacilitiesDialog, said: str, changes: Changes, *, selects: bool = True
    ) -> None:
        dialog.accept()
        if selects and changes.ids:
            self._to_select = changes.ids[0]
        self.context.say(Message(Tone.SUCCESS, said))
        self.context.changes.announce(changes)
