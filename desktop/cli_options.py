"""What can be typed after `silqeqms`: commands, options, and the values that are understood."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from desktop import __version__
from desktop.domain.distributions import SKU_MESSAGE, Source, read_ship_date
from desktop.domain.errors import KnownTrouble, RuleBroken
from desktop.domain.filters import MissingField, month_days
from desktop.domain.import_review import ConflictDecision
from desktop.domain.imports import DateOrder
from desktop.domain.lots import normalise_lot
from desktop.domain.permissions import Role
from desktop.domain.products import SKUS
from desktop.domain.reports import Meaning
from desktop.domain.settings import LOT_RULE

Options = argparse.Namespace
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction["Parser"]


class WrongUsage(KnownTrouble):
    """The command line cannot be understood."""


class Parser(argparse.ArgumentParser):
    """Raises `WrongUsage`, one sentence, where argparse would print and leave."""

    def error(self, message: str) -> NoReturn:
        """Called by argparse for whatever it does not understand."""
        raise WrongUsage(f"{message[:1].upper()}{message[1:]} (see {self.prog} --help)")


def read_options(argv: Sequence[str] | None) -> Options:
    """The command (None for the window) and its options. Raises `WrongUsage`; `--help` and `--version` leave."""
    options = _parser().parse_args(argv)
    if options.command is None and options.json:
        raise WrongUsage("--json needs a command (see silqeqms --help)")
    if options.command is not None and options.demo:
        raise WrongUsage("--demo opens the window and takes no command")
    return options


def _parser() -> Parser:
    parser = Parser(
        prog="silqeqms",
        description="Distribution log, tracing reports and approval evidence. Without a command the window opens.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"SilqeQMS Desktop {__version__}")
    parser.add_argument("--demo", action="store_true", help="open the window on a throw-away database of demo data")
    parser.set_defaults(command=None)
    _add_common(parser)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")

    init = _add_command(commands, "init", "make or upgrade the database; add roles and the first administrator")
    init.add_argument("--admin-email", metavar="EMAIL", help="of the first administrator, if there is none yet")
    init.add_argument("--admin-name", metavar="NAME", help="else what stands before the @ of the address")

    imports = _add_command(commands, "import", "log the shipments that files list")
    imports.add_argument("files", nargs="+", type=Path, metavar="FILE")
    imports.add_argument("--dry-run", action="store_true", help="only say what would be imported")
    imports.add_argument(
        "--conflicts",
        choices=[decision.value for decision in ConflictDecision],
        help="lines that differ from a logged one in quantity only: leave them out, or log them as well",
    )
    imports.add_argument(
        "--date-order",
        choices=[order.value for order in DateOrder],
        help="of dates such as 03/04/2026, where a file does not prove it",
    )
    undo = _add_command(commands, "undo-import", "take the lines of one import out of the log again")
    undo.add_argument("batch", type=int, metavar="BATCH", help="the number of the import")
    undo.add_argument("--reason", required=True, metavar="TEXT")

    export = _add_command(commands, "export", "write log lines as CSV or workbook")
    export.add_argument("--out", required=True, type=_export_path, metavar="FILE", help="ends in .csv or .xlsx")
    _add_filter(export)

    report = _add_command(commands, "report", "generate a tracing report")
    report.add_argument("--allow-empty", action="store_true", help="make a report without lines, on purpose")
    _add_filter(report)
    _add_command(commands, "reports", "list the tracing reports")

    finalize = _add_command(commands, "finalize", "sign a draft report: nobody can change it any more")
    finalize.add_argument("reference", metavar="REFERENCE", help="such as TR-000123-9F3A2C41")
    finalize.add_argument(
        "--meaning", required=True, choices=[meaning.value for meaning in Meaning], help="what your signature means"
    )

    approve = _add_command(commands, "approve", "attach approval mails to a tracing report")
    approve.add_argument("reference", metavar="REFERENCE", help="such as TR-000123-9F3A2C41")
    approve.add_argument("mails", nargs="+", type=Path, metavar="MAIL.eml")

    pack = _add_command(commands, "pack", "everything about one report in one zip that can be verified without us")
    pack.add_argument("reference", metavar="REFERENCE", help="such as TR-000123-9F3A2C41")
    pack.add_argument("--out", required=True, type=_zip_path, metavar="FILE.zip")

    trace = _add_command(commands, "trace", "who received a lot")
    trace.add_argument("lot", type=_lot, metavar="LOT")
    _add_command(commands, "verify", "check database, audit chain, stored files and rules")

    people = _add_parser(commands, "user", "people").add_subparsers(metavar="COMMAND", title="commands", required=True)
    user = _add_command(people, "add", "add a person; the password comes from SILQEQMS_NEW_PASSWORD", group="user ")
    user.add_argument("--email", required=True, metavar="EMAIL")
    user.add_argument("--name", required=True, metavar="NAME")
    user.add_argument(
        "--role",
        required=True,
        action="append",
        choices=[role.value for role in Role],
        dest="roles",
        help="may be given more than once",
    )
    user.add_argument("--no-password", action="store_true", help="nobody can sign in with the account: a rep, say")
    leaving = _add_command(people, "deactivate", "let nobody sign in with an account any more", group="user ")
    leaving.add_argument("--email", required=True, metavar="EMAIL")
    roles = _add_command(people, "roles", "the roles of a person; with --role exactly these from now on", group="user ")
    roles.add_argument("--email", required=True, metavar="EMAIL")
    roles.add_argument("--role", action="append", choices=[role.value for role in Role], dest="roles")

    settings = _add_parser(commands, "settings", "what changes how lots are judged").add_subparsers(
        metavar="COMMAND", title="commands", required=True
    )
    _add_command(settings, "list", "every setting as it is in force", group="settings ")
    change = _add_command(settings, "set", "change a setting, with a reason", group="settings ")
    change.add_argument("key", choices=[LOT_RULE], metavar="KEY", help=LOT_RULE)
    change.add_argument("value", metavar="PATTERN", help="such as SLQ-[0-9]{8,11}")
    change.add_argument("--reason", required=True, metavar="TEXT")
    return parser


def _add_command(commands: Commands, name: str, words: str, *, group: str = "") -> Parser:
    command = _add_parser(commands, name, words)
    command.set_defaults(command=f"{group}{name}")
    return command


def _add_parser(commands: Commands, name: str, words: str) -> Parser:
    parser = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
    # Any other default would overwrite what was given before the command.
    _add_common(parser, default=argparse.SUPPRESS)
    return parser


def _add_common(parser: Parser, *, default: str | None = None) -> None:
    common = parser.add_argument_group("common options")
    common.add_argument("--json", action="store_true", default=default or False, help="print one JSON document")
    common.add_argument("--database", default=default, metavar="URL", help="URL or SQLite file; else DATABASE_URL")
    common.add_argument("--storage", default=default, metavar="DIR", help="the evidence store's folder")
    common.add_argument(
        "--user", default=default, metavar="EMAIL", help="who you are; the password comes from SILQEQMS_PASSWORD"
    )


def _add_filter(parser: Parser) -> None:
    lines = parser.add_argument_group("which lines")
    lines.add_argument("--month", type=_month, metavar="YYYY-MM")
    lines.add_argument("--from", type=_day, dest="date_from", metavar="DATE", help="YYYY-MM-DD, included")
    lines.add_argument("--to", type=_day, dest="date_to", metavar="DATE", help="YYYY-MM-DD, included")
    lines.add_argument("--source", choices=[source.value for source in Source])
    lines.add_argument("--rep", metavar="EMAIL")
    lines.add_argument("--customer", metavar="NAME")
    lines.add_argument("--sku", type=_sku, metavar="SKU", help=", ".join(SKUS))
    lines.add_argument("--lot", type=_lot, metavar="LOT")
    lines.add_argument("--text", default="", metavar="WORDS", help="in facility, order, tracking number or city")
    lines.add_argument("--facility", metavar="NAME", help="the whole name, as recorded")
    lines.add_argument("--order", metavar="NUMBER", help="the whole order number")
    lines.add_argument(
        "--missing",
        choices=[missing.value for missing in MissingField],
        help="only lines without it; recall_contact is an address or a phone",
    )


def _month(text: str) -> str:
    try:
        month_days(text)
    except RuleBroken as broken:
        raise argparse.ArgumentTypeError(str(broken)) from broken
    return text


def _day(text: str) -> date:
    # A filter may ask for days to come.
    reading = read_ship_date(text, None, today=date.max)
    if not isinstance(reading.value, date):
        raise argparse.ArgumentTypeError(f"“{text}” is not a date written as YYYY-MM-DD")
    return reading.value


def _sku(text: str) -> str:
    if text not in SKUS:
        raise argparse.ArgumentTypeError(SKU_MESSAGE)
    return text


def _lot(text: str) -> str:
    lot_number = normalise_lot(text)
    if not lot_number:
        raise argparse.ArgumentTypeError("a lot is needed, not an empty text")
    return lot_number


def _zip_path(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != ".zip":
        raise argparse.ArgumentTypeError(f"“{text}” must end in .zip")
    return path


def _export_path(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise argparse.ArgumentTypeError(f"“{text}” must end in .csv or .xlsx")
    return path
