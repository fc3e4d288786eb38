"""Every command of the window once, and the one function that says whether it can be used now, and why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop.domain.permissions import Permission
from desktop.ui.icons import icon


class Needs(Enum):
    """What must be there before a command can do anything: something shown, one selected row, or some."""

    NOTHING = "nothing"
    SOMETHING_SHOWN = "something shown"
    ONE_SELECTED = "one selected"
    SOME_SELECTED = "some selected"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do.

    `page` is the id of the page it belongs to, None for the window. `shortcut` is written as Qt's portable text.
    `noun` says in reasons what is selected or shown: an entry, a report. `second_list` names a list of the page other
    than its main one, when the selection there is what counts.
    """

    id: str
    text: str
    icon: str
    page: str | None = None
    shortcut: str = ""
    permission: Permission | None = None
    needs: Needs = Needs.NOTHING
    noun: str = "an entry"
    second_list: str = ""

    @property
    def decided_by(self) -> str | None:
        """The id of the situation that decides whether the command can be used."""
        return f"{self.page}/{self.second_list}" if self.second_list else self.page

    @property
    def shortcut_text(self) -> str:
        """The shortcut as this system writes it."""
        return QKeySequence(self.shortcut).toString(QKeySequence.SequenceFormat.NativeText)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a page shows and what is selected there, as counts of rows."""

    shown: int = 0
    selected: int = 0


LOG = "distribution_log"

NEW_SHIPMENT = Command(
    "new_shipment", "New shipment…", "add", LOG, "Ctrl+N", permission=Permission.DISTRIBUTION_LOG_CREATE
)
IMPORT_FILE = Command("import_file", "Import…", "import", LOG, "Ctrl+I", permission=Permission.DISTRIBUTION_LOG_CREATE)
SHOW_IMPORTS = Command(
    "show_imports", "Imports…", "import", LOG, "Ctrl+Shift+I", permission=Permission.DISTRIBUTION_LOG_VIEW
)
EXPORT_ENTRIES = Command(
    "export_entries",
    "Export…",
    "export",
    LOG,
    "Ctrl+E",
    permission=Permission.DISTRIBUTION_LOG_EXPORT,
    needs=Needs.SOMETHING_SHOWN,
)
COPY_ENTRIES = Command("copy_entries", "Copy", "copy", LOG, "Ctrl+C", needs=Needs.SOME_SELECTED)
COPY_WITHOUT_HEADER = Command(
    "copy_without_header", "Copy without header", "copy", LOG, "Ctrl+Shift+C", needs=Needs.SOME_SELECTED
)
COPY_CELL = Command("copy_cell", "Copy the cell", "copy", LOG, needs=Needs.SOME_SELECTED)
REFRESH_LOG = Command("refresh_log", "Refresh", "refresh", LOG, "F5")
FIND_ENTRIES = Command("find_entries", "Find in the log", "search", LOG, "Ctrl+F")
CLEAR_FILTER = Command("clear_filter", "Clear the filter", "clear_filter", LOG, "Ctrl+Shift+F")
SAVE_FILTER = Command("save_filter", "Save the filter…", "bookmark", LOG, "Ctrl+S")
SAVED_FILTERS = Command("saved_filters", "Saved filters", "bookmark", LOG, "Ctrl+L")
CHOOSE_COLUMNS = Command("choose_columns", "Columns…", "columns", LOG, "Ctrl+Shift+L")
RESET_COLUMNS = Command("reset_columns", "Columns as at first", "columns", LOG)
SORT_ENTRIES = Command("sort_entries", "Sort by", "sort", LOG, "Ctrl+Shift+O")

EDIT_ENTRY = Command(
    "edit_entry",
    "Edit…",
    "edit",
    LOG,
    "F2",
    permission=Permission.DISTRIBUTION_LOG_EDIT,
    needs=Needs.ONE_SELECTED,
)
EDIT_SELECTED = Command(
    "edit_selected",
    "Edit selected…",
    "edit",
    LOG,
    "Shift+F2",
    permission=Permission.DISTRIBUTION_LOG_EDIT,
    needs=Needs.SOME_SELECTED,
)
DELETE_ENTRIES = Command(
    "delete_entries",
    "Delete…",
    "delete",
    LOG,
    "Del",
    permission=Permission.DISTRIBUTION_LOG_DELETE,
    needs=Needs.SOME_SELECTED,
)
UNDO_CHANGE = Command(
    "undo_change", "Undo the last change", "undo", LOG, "Ctrl+Z", permission=Permission.DISTRIBUTION_LOG_EDIT
)
ENTRY_EVIDENCE = "evidence"

ATTACH_EVIDENCE = Command(
    "attach_evidence",
    "Attach evidence…",
    "attach",
    LOG,
    "Ctrl+Shift+A",
    permission=Permission.DISTRIBUTION_LOG_EDIT,
    needs=Needs.ONE_SELECTED,
)
PASTE_EVIDENCE = Command(
    "paste_evidence",
    "Paste evidence",
    "import",
    LOG,
    "Ctrl+V",
    permission=Permission.DISTRIBUTION_LOG_EDIT,
    needs=Needs.ONE_SELECTED,
)
OPEN_EVIDENCE = Command(
    "open_evidence",
    "Open evidence",
    "eye",
    LOG,
    "Ctrl+O",
    needs=Needs.ONE_SELECTED,
    noun="an entry with evidence",
    second_list=ENTRY_EVIDENCE,
)
SAVE_EVIDENCE = Command(
    "save_evidence",
    "Save a copy…",
    "export",
    LOG,
    "Ctrl+Shift+S",
    needs=Needs.ONE_SELECTED,
    noun="an entry with evidence",
    second_list=ENTRY_EVIDENCE,
)
SHOW_HISTORY = Command("show_history", "History of the entry", "history", LOG, "Ctrl+H", needs=Needs.ONE_SELECTED)

REPORTS = "tracing_reports"
APPROVAL_MAILS = "approvals"
DRAFT_REPORTS = "drafts"
STALE_REPORTS = "stale"

GENERATE_REPORT = Command(
    "generate_report", "Generate report…", "report", REPORTS, "Ctrl+G", permission=Permission.TRACING_REPORTS_GENERATE
)
ATTACH_MAIL = Command(
    "attach_mail",
    "Attach approval mail…",
    "approval",
    REPORTS,
    "Ctrl+Shift+A",
    permission=Permission.APPROVALS_UPLOAD,
    needs=Needs.ONE_SELECTED,
    noun="a report",
)
PASTE_MAIL = Command(
    "paste_mail",
    "Paste approval mail",
    "import",
    REPORTS,
    "Ctrl+V",
    permission=Permission.APPROVALS_UPLOAD,
    needs=Needs.ONE_SELECTED,
    noun="a report",
)
COPY_REQUEST = Command(
    "copy_request",
    "Copy approval request",
    "copy",
    REPORTS,
    "Ctrl+Shift+C",
    permission=Permission.TRACING_REPORTS_VIEW,
    needs=Needs.ONE_SELECTED,
    noun="a report",
)
EXPORT_REPORT = Command(
    "export_report",
    "Export report CSV…",
    "export",
    REPORTS,
    "Ctrl+E",
    permission=Permission.TRACING_REPORTS_DOWNLOAD,
    needs=Needs.ONE_SELECTED,
    noun="a report",
)
SAVE_REPORT_AS_PDF = Command(
    "save_report_as_pdf",
    "Save as PDF…",
    "export",
    REPORTS,
    "Ctrl+P",
    permission=Permission.TRACING_REPORTS_DOWNLOAD,
    needs=Needs.ONE_SELECTED,
    noun="a report",
)
INSPECTION_PACK = Command(
    "inspection_pack",
    "Inspection pack…",
    "pack",
    REPORTS,
    "Ctrl+Shift+P",
    permission=Permission.AUDIT_VIEW,
    needs=Needs.ONE_SELECTED,
    noun="a report",
)
FINALISE_REPORT = Command(
    "finalise_report",
    "Finalise…",
    "success",
    REPORTS,
    "Ctrl+Shift+S",
    permission=Permission.TRACING_REPORTS_FINALIZE,
    needs=Needs.ONE_SELECTED,
    noun="a draft report",
    second_list=DRAFT_REPORTS,
)
REPORT_CHANGES = Command(
    "report_changes",
    "Changes since…",
    "warning",
    REPORTS,
    "Ctrl+Shift+D",
    permission=Permission.TRACING_REPORTS_VIEW,
    needs=Needs.ONE_SELECTED,
    noun="a stale report",
    second_list=STALE_REPORTS,
)
SUPERSEDE_REPORT = Command(
    "supersede_report",
    "Make a superseding report",
    "report",
    REPORTS,
    "Ctrl+Shift+G",
    permission=Permission.TRACING_REPORTS_GENERATE,
    needs=Needs.ONE_SELECTED,
    noun="a stale report",
    second_list=STALE_REPORTS,
)
OPEN_MAIL = Command(
    "open_mail",
    "Open mail…",
    "eye",
    REPORTS,
    "Ctrl+O",
    permission=Permission.APPROVALS_VIEW,
    needs=Needs.ONE_SELECTED,
    noun="an approval mail",
    second_list=APPROVAL_MAILS,
)
REFRESH_REPORTS = Command("refresh_reports", "Refresh", "refresh", REPORTS, "F5")

TRACE = "trace_lot"

FREEZE_TRACE = Command(
    "freeze_trace",
    "Freeze as tracing report",
    "report",
    TRACE,
    "Ctrl+G",
    permission=Permission.TRACING_REPORTS_GENERATE,
    needs=Needs.SOMETHING_SHOWN,
)
EXPORT_TRACE = Command(
    "export_trace",
    "Export lines…",
    "export",
    TRACE,
    "Ctrl+E",
    permission=Permission.DISTRIBUTION_LOG_EXPORT,
    needs=Needs.SOMETHING_SHOWN,
)
COPY_CONSIGNEES = Command(
    "copy_consignees", "Copy consignees", "copy", TRACE, "Ctrl+C", needs=Needs.SOMETHING_SHOWN, noun="a consignee"
)

CUSTOMERS = "customers"

NEW_CUSTOMER = Command(
    "new_customer", "New customer…", "add", CUSTOMERS, "Ctrl+N", permission=Permission.DISTRIBUTION_LOG_EDIT
)
EDIT_CUSTOMER = Command(
    "edit_customer",
    "Edit…",
    "edit",
    CUSTOMERS,
    "F2",
    permission=Permission.DISTRIBUTION_LOG_EDIT,
    needs=Needs.ONE_SELECTED,
    noun="a customer",
)
LINK_FACILITIES = Command(
    "link_facilities",
    "Link facilities…",
    "link",
    CUSTOMERS,
    "Ctrl+L",
    permission=Permission.DISTRIBUTION_LOG_EDIT,
    needs=Needs.ONE_SELECTED,
    noun="a customer",
)
CUSTOMERS_FROM_FACILITIES = Command(
    "customers_from_facilities",
    "Create from facilities…",
    "customers",
    CUSTOMERS,
    "Ctrl+Shift+N",
    permission=Permission.DISTRIBUTION_LOG_EDIT,
)
SHOW_IN_LOG = Command(
    "show_in_log", "Show in log", "log", CUSTOMERS, "Ctrl+J", needs=Needs.ONE_SELECTED, noun="a customer"
)
FIND_CUSTOMERS = Command("find_customers", "Find customers", "search", CUSTOMERS, "Ctrl+F")
REFRESH_CUSTOMERS = Command("refresh_customers", "Refresh", "refresh", CUSTOMERS, "F5")
LINK_ENTRIES = Command(
    "link_entries",
    "Link customer…",
    "link",
    LOG,
    "Ctrl+J",
    permission=Permission.DISTRIBUTION_LOG_EDIT,
    needs=Needs.SOME_SELECTED,
)

ADMINISTRATION = "administration"

ADD_PERSON = Command("add_person", "Add person…", "add", ADMINISTRATION, "Ctrl+N", permission=Permission.USERS_MANAGE)
ADD_REP = Command("add_rep", "Add rep…", "person", ADMINISTRATION, "Ctrl+Shift+N", permission=Permission.USERS_MANAGE)
EDIT_PERSON = Command(
    "edit_person",
    "Edit person…",
    "edit",
    ADMINISTRATION,
    "F2",
    permission=Permission.USERS_MANAGE,
    needs=Needs.ONE_SELECTED,
    noun="a person",
)
DEACTIVATE_PERSON = Command(
    "deactivate_person",
    "Deactivate…",
    "sign_out",
    ADMINISTRATION,
    "Ctrl+D",
    permission=Permission.USERS_MANAGE,
    needs=Needs.ONE_SELECTED,
    noun="a person",
)
REACTIVATE_PERSON = Command(
    "reactivate_person",
    "Reactivate",
    "success",
    ADMINISTRATION,
    "Ctrl+Shift+D",
    permission=Permission.USERS_MANAGE,
    needs=Needs.ONE_SELECTED,
    noun="a person",
)
CHANGE_LOT_RULE = Command(
    "change_lot_rule",
    "Change the lot rule…",
    "edit",
    ADMINISTRATION,
    "Ctrl+R",
    permission=Permission.SETTINGS_MANAGE,
)
REFRESH_ADMINISTRATION = Command("refresh_administration", "Refresh", "refresh", ADMINISTRATION, "F5")

INTEGRITY = "integrity"

VERIFY = Command("verify", "Verify everything", "success", INTEGRITY, "F9", permission=Permission.AUDIT_VIEW)

TRACE_LOT = Command("trace_lot", "Trace a lot", "trace", shortcut="Ctrl+T", permission=Permission.DISTRIBUTION_LOG_VIEW)
FIND_COMMAND = Command("find_command", "Find a command…", "command", shortcut="Ctrl+K")
SYSTEM_LOOK = Command("system_look", "Colours as the system", "look")
LIGHT_LOOK = Command("light_look", "Light colours", "look")
DARK_LOOK = Command("dark_look", "Dark colours", "look")
SIGN_OUT = Command("sign_out", "Sign out", "sign_out", shortcut="Ctrl+Shift+Q")
QUIT = Command("quit", "Quit", "quit", shortcut="Ctrl+Q")

COMMANDS = (
    NEW_SHIPMENT,
    IMPORT_FILE,
    SHOW_IMPORTS,
    EXPORT_ENTRIES,
    COPY_ENTRIES,
    COPY_WITHOUT_HEADER,
    COPY_CELL,
    REFRESH_LOG,
    FIND_ENTRIES,
    CLEAR_FILTER,
    EDIT_ENTRY,
    EDIT_SELECTED,
    DELETE_ENTRIES,
    UNDO_CHANGE,
    ATTACH_EVIDENCE,
    PASTE_EVIDENCE,
    OPEN_EVIDENCE,
    SAVE_EVIDENCE,
    SHOW_HISTORY,
    SAVE_FILTER,
    SAVED_FILTERS,
    CHOOSE_COLUMNS,
    RESET_COLUMNS,
    SORT_ENTRIES,
    GENERATE_REPORT,
    ATTACH_MAIL,
    PASTE_MAIL,
    COPY_REQUEST,
    EXPORT_REPORT,
    SAVE_REPORT_AS_PDF,
    INSPECTION_PACK,
    FINALISE_REPORT,
    REPORT_CHANGES,
    SUPERSEDE_REPORT,
    OPEN_MAIL,
    REFRESH_REPORTS,
    FREEZE_TRACE,
    EXPORT_TRACE,
    COPY_CONSIGNEES,
    LINK_ENTRIES,
    NEW_CUSTOMER,
    EDIT_CUSTOMER,
    LINK_FACILITIES,
    CUSTOMERS_FROM_FACILITIES,
    SHOW_IN_LOG,
    FIND_CUSTOMERS,
    REFRESH_CUSTOMERS,
    ADD_PERSON,
    ADD_REP,
    EDIT_PERSON,
    DEACTIVATE_PERSON,
    REACTIVATE_PERSON,
    CHANGE_LOT_RULE,
    REFRESH_ADMINISTRATION,
    VERIFY,
    TRACE_LOT,
    FIND_COMMAND,
    SYSTEM_LOOK,
    LIGHT_LOOK,
    DARK_LOOK,
    SIGN_OUT,
    QUIT,
)


def why_not(command: Command, permissions: frozenset[Permission], situation: Situation) -> str | None:
    """Why the command cannot be used now, as a sentence for its tooltip; None when it can."""
    if command.permission is not None and command.permission not in permissions:
        return f"Your account does not have the permission “{command.permission.label}”"
    if command.needs is Needs.SOMETHING_SHOWN and not situation.shown:
        return "Nothing is shown"
    if command.needs in (Needs.ONE_SELECTED, Needs.SOME_SELECTED) and not situation.selected:
        return f"Select {command.noun} first"
    if command.needs is Needs.ONE_SELECTED and situation.selected > 1:
        return "Select only one"
    return None


class ActionBoard(QObject):
    """Makes the actions of one signed-in person's window and keeps them enabled, disabled and explained."""

    def __init__(self, permissions: frozenset[Permission], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.permissions = permissions
        self._actions: dict[Command, QAction] = {}
        self._situations: dict[str | None, Situation] = {}

    def bind(self, command: Command, handler: Callable[[], object], widget: QWidget) -> QAction:
        """The action of a command, done by `handler`.

        Its shortcut works in the whole window for a command of the window, and inside `widget` for one of a page.
        """
        action = QAction(icon(command.icon), command.text, widget)
        action.setObjectName(command.id)
        if command.shortcut:
            action.setShortcut(QKeySequence(command.shortcut))
        action.setShortcutContext(
            Qt.ShortcutContext.WindowShortcut if command.page is None else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        action.triggered.connect(lambda _checked=False: handler())
        widget.addAction(action)
        self._actions[command] = action
        self._decide(command)
        return action

    def action(self, command: Command) -> QAction:
        """The action that was bound for the command."""
        return self._actions[command]

    def set_situation(self, page: str | None, situation: Situation, second_list: str = "") -> None:
        """Called by a page whenever what it shows or what is selected changes, in its main list or another one."""
        decided = f"{page}/{second_list}" if second_list else page
        self._situations[decided] = situation
        for command in self._actions:
            if command.decided_by == decided:
                self._decide(command)

    def why_not(self, command: Command) -> str | None:
        """Why this person cannot use the command now; None when they can."""
        return why_not(command, self.permissions, self._situations.get(command.decided_by, Situation()))

    def paint_icons(self) -> None:
        """Draws every icon again, in the colours that are now in use."""
        for command, action in self._actions.items():
            action.setIcon(icon(command.icon))

    def _decide(self, command: Command) -> None:
        reason = self.why_not(command)
        action = self._actions[command]
        action.setEnabled(reason is None)
        name = command.text.rstrip("…")
        with_shortcut = f"{name} ({command.shortcut_text})" if command.shortcut else name
        action.setToolTip(with_shortcut if reason is None else f"{with_shortcut}\n{reason}")
