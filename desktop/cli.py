"""The command line: each command is a thin call of one service. Without a command the window opens.

Exit codes: 0 done; 1 done, and what was asked about is not well; 2 refused or wrong usage, with one sentence on
stderr. With `--json` stdout holds one JSON document and nothing else: for `import` an object when one FILE was given,
a list of them when several were.
"""

from __future__ import annotations

import getpass
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from desktop import cli_output
from desktop.cli_options import Options, read_options
from desktop.cli_output import Answer, ImportedFile
from desktop.domain.distributions import Source
from desktop.domain.errors import FileRefused, KnownTrouble, NotFound, RuleBroken, SignInRefused, StorageTrouble
from desktop.domain.filters import DistributionFilter, MissingField
from desktop.domain.import_review import ConflictDecision, ImportChoices
from desktop.domain.imports import DateOrder, Problem
from desktop.domain.permissions import Role
from desktop.domain.reports import Meaning
from desktop.domain.users import NewUser, normalise_email
from desktop.settings import Settings, new_password_from_environment, read_settings, sign_in_from_environment

if TYPE_CHECKING:
    from desktop.services.unit_of_work import Workspace

_NOT_WELL = 1
_REFUSED = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command, or open the window; returns the exit code. Known trouble is one sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        # A console that lacks a character shows its code instead of ending the command.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = read_options(argv)
        return _open_window(options) if options.command is None else _run_command(options)
    except KnownTrouble as trouble:
        return _refuse(str(trouble))
    except KeyboardInterrupt:
        return _refuse("Stopped.")


def _open_window(options: Options) -> int:
    from desktop import app

    return app.run_demo() if options.demo else app.run(read_settings(options.database, options.storage))


def _run_command(options: Options) -> int:
    try:
        answer = _COMMANDS[options.command](options)
        lines = (f"{_printable(line)}\n" for line in answer.lines)
        _write(chain(answer.document, "\n") if options.json else lines)
    except KnownTrouble:
        raise
    except Exception as bug:  # noqa: BLE001  the last resort: logged whole, told in a sentence
        from desktop.logs import log, start_logging

        file = start_logging(read_settings(options.database, options.storage).state_folder / "logs")
        log.error("Unexpected trouble", exc_info=bug)
        return _refuse(f"Unexpected trouble, which is a bug ({type(bug).__name__}). Its details are in {file}.")
    if answer.trouble is not None:
        raise answer.trouble
    return 0 if answer.well else _NOT_WELL


def _refuse(sentence: str) -> int:
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(_printable(" ".join(sentence.split())) + "\n")
    return _REFUSED


def _write(pieces: Iterable[str]) -> None:
    """To stdout, which a program without a console does not have. Raises `StorageTrouble`."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.writelines(pieces)
        sys.stdout.flush()
    except OSError as error:
        # What is left in the stream would be tried again, and told as an exception, when Python ends.
        with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        raise StorageTrouble(f"The answer could not be written: {error.strerror}.") from error


def _printable(line: str) -> str:
    """Text from outside must not move the cursor or colour the console: what cannot be printed is shown as a code."""
    if line.isprintable():
        return line
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in line)


# --- Who asks, and of which database ----------------------------------------------------------------------------------


@contextmanager
def _opened(settings: Settings) -> Iterator[Workspace]:
    """The workspace of a database, nobody signed in."""
    from desktop.db.engine import SessionFactory, open_engine
    from desktop.services.unit_of_work import Workspace
    from desktop.storage.evidence_store import EvidenceStore

    sessions = SessionFactory(open_engine(settings.database_url))
    try:
        yield Workspace(sessions, EvidenceStore(settings.storage_folder))
    finally:
        sessions.close()


@contextmanager
def _signed_in(options: Options) -> Iterator[Workspace]:
    """The workspace that the common options name. Raises `KnownTrouble`; a database is never made or upgraded here."""
    from desktop.services.sign_in import sign_in

    settings = read_settings(options.database, options.storage)
    _refuse_unless_ready(settings)
    user, password = sign_in_from_environment()
    email = options.user or user
    if not email:
        raise SignInRefused("Say who you are: --user EMAIL, or SILQEQMS_USER.")
    with _opened(settings) as workspace:
        yield workspace.signed_in(sign_in(workspace, email, password or _ask_password(email)))


def _refuse_unless_ready(settings: Settings) -> None:
    from desktop.db.upgrade import HEAD_REVISION, current_revision

    database = settings.database_label
    if settings.database_url.startswith("sqlite") and not Path(database).exists():
        raise StorageTrouble(f"There is no database {database}: run “silqeqms init” first.")
    revision = current_revision(settings.database_url)
    if revision != HEAD_REVISION:
        found = "has no tables yet" if revision is None else f"is at revision {revision}, not at {HEAD_REVISION}"
        raise StorageTrouble(f"The database {database} {found}: run “silqeqms init” first.")


def _ask_password(email: str) -> str:
    """From the person at the keyboard, without echo. Raises `SignInRefused` when there is nobody."""
    return _prompt(f"Password of {email}: ", "SILQEQMS_PASSWORD")


def _choose_password(email: str, variable: str) -> str:
    """A new password, typed twice; `variable` is where it could have come from. Raises `SignInRefused`."""
    password = _prompt(f"New password of {email}: ", variable)
    if _prompt("The same again: ", variable) != password:
        raise SignInRefused("The two passwords are not the same.")
    return password


def _prompt(prompt: str, variable: str) -> str:
    if sys.stdin is None or not sys.stdin.isatty():
        raise SignInRefused(f"There is no password: set {variable}, or run this in a terminal.")
    try:
        return getpass.getpass(prompt)
    except EOFError as error:
        raise SignInRefused("There is no password.") from error


def _filter(workspace: Workspace, options: Options) -> DistributionFilter:
    """What the filter options ask for. Raises `NotFound` for an unknown person or customer, and `RuleBroken`."""
    if options.date_from and options.date_to and options.date_from > options.date_to:
        raise RuleBroken([Problem("date_to", str(options.date_to), "The date range ends before it begins")])
    rep_id = rep_name = customer_id = customer_name = None
    if options.rep is not None:
        from desktop.services.users import people

        wanted = normalise_email(options.rep)
        found = next((person for person in people(workspace, also_inactive=True) if person.email == wanted), None)
        if found is None:
            raise NotFound(f"Nobody here has the e-mail address “{options.rep}”.")
        rep_id, rep_name = found.id, found.name
    if options.customer is not None:
        from desktop.services.customers import find_customer

        customer = find_customer(workspace, options.customer)
        customer_id, customer_name = customer.id, customer.name
    return DistributionFilter(
        month=options.month,
        date_from=options.date_from,
        date_to=options.date_to,
        source=None if options.source is None else Source(options.source),
        rep_id=rep_id,
        rep_name=rep_name,
        customer_id=customer_id,
        customer_name=customer_name,
        sku=options.sku,
        lot_number=options.lot,
        text=options.text,
        order_number=options.order,
        facility_name=options.facility,
        missing=None if options.missing is None else MissingField(options.missing),
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileRefused(f"“{path}” cannot be read: {error.strerror}.") from error


# --- The commands -----------------------------------------------------------------------------------------------------


def _init(options: Options) -> Answer:
    from desktop.db.upgrade import bring_to_head
    from desktop.services import users
    from desktop.services.installation import install

    settings = read_settings(options.database, options.storage)
    before, revision = bring_to_head(settings.database_url)
    with _opened(settings) as workspace:
        created = install(workspace, before, revision) | {"users": 0}
        missing = users.needs_first_administrator(workspace)
        if missing and options.admin_email is not None:
            email = options.admin_email
            _, password = sign_in_from_environment()
            password = password or _choose_password(email, "SILQEQMS_PASSWORD")
            name = options.admin_name or email.partition("@")[0]
            users.create_first_administrator(workspace, NewUser(email, name, (Role.ADMIN,), password))
            created["users"], missing = 1, False
    return cli_output.initialised(revision, created, has_administrator=not missing)


def _add_user(options: Options) -> Answer:
    from desktop.services import users

    with _signed_in(options) as workspace:
        password = None
        if not options.no_password:
            password = new_password_from_environment() or _choose_password(options.email, "SILQEQMS_NEW_PASSWORD")
        roles = tuple(role for role in Role if role.value in options.roles)
        new = NewUser(normalise_email(options.email), options.name.strip(), roles, password)
        changes = users.add_user(workspace, new)
    return cli_output.user_added(changes.ids[0], new)


def _deactivate_user(options: Options) -> Answer:
    from desktop.services import users

    with _signed_in(options) as workspace:
        users.deactivate_user(workspace, users.find_account(workspace, options.email))
        return cli_output.account(users.find_account(workspace, options.email))


def _user_roles(options: Options) -> Answer:
    from desktop.services import users

    with _signed_in(options) as workspace:
        account = users.find_account(workspace, options.email)
        if options.roles is not None:
            wanted = [role for role in Role if role.value in options.roles]
            users.edit_user(workspace, account, account.name, wanted)
            account = users.find_account(workspace, options.email)
        return cli_output.account(account)


def _list_settings(options: Options) -> Answer:
    from desktop.services.settings import list_settings

    with _signed_in(options) as workspace:
        return cli_output.settings_listed(list_settings(workspace))


def _set_setting(options: Options) -> Answer:
    from desktop.services.settings import change_lot_rule, list_settings

    with _signed_in(options) as workspace:
        change_lot_rule(workspace, options.value, options.reason)
        return cli_output.settings_listed(list_settings(workspace))


def _import(options: Options) -> Answer:
    from desktop.services.imports import import_lines, preview

    conflicts = None if options.conflicts is None else ConflictDecision(options.conflicts)
    order = None if options.date_order is None else DateOrder(options.date_order)
    done: list[ImportedFile] = []
    trouble = None
    with _signed_in(options) as workspace:
        for path in options.files:
            _refuse_unless_readable(path)
        try:
            for path in options.files:
                reviewed = preview(workspace, path, ImportChoices(conflicts=conflicts, date_order=order))
                receipt = None
                if reviewed.file.file_problem is None and not options.dry_run:
                    _, receipt = import_lines(workspace, path, reviewed)
                done.append((reviewed, receipt))
        except KnownTrouble as known:
            if not done:
                raise
            trouble = known
    return cli_output.imported(done, several=len(options.files) > 1, conflicts=conflicts, trouble=trouble)


def _undo_import(options: Options) -> Answer:
    from desktop.services.imports import undo_import

    with _signed_in(options) as workspace:
        _, removed = undo_import(workspace, options.batch, options.reason)
    return cli_output.import_undone(options.batch, removed)


def _refuse_unless_readable(path: Path) -> None:
    """Before anything is imported: a name typed wrong must not leave half of the files imported."""
    try:
        path.open("rb").close()
    except OSError as error:
        raise FileRefused(f"“{path}” cannot be read: {error.strerror}.") from error


def _export(options: Options) -> Answer:
    from desktop.services import distributions

    with _signed_in(options) as workspace:
        write = distributions.export_csv if options.out.suffix.lower() == ".csv" else distributions.export_workbook
        receipt = write(workspace, _filter(workspace, options), options.out)
    return cli_output.exported(options.out.name, receipt)


def _report(options: Options) -> Answer:
    from desktop.services import tracing_reports

    with _signed_in(options) as workspace:
        wanted = _filter(workspace, options)
        changes = tracing_reports.generate(workspace, wanted, allow_empty=options.allow_empty)
        return cli_output.report_made(tracing_reports.get_report(workspace, changes.ids[0]))


def _reports(options: Options) -> Answer:
    from desktop.services.tracing_reports import list_reports

    with _signed_in(options) as workspace:
        return cli_output.reports_listed(list_reports(workspace))


def _finalize(options: Options) -> Answer:
    from desktop.services import tracing_reports

    with _signed_in(options) as workspace:
        report = tracing_reports.find_report(workspace, options.reference)
        # The password once more: signing is another act than signing in.
        _, password = sign_in_from_environment()
        password = password or _ask_password(f"{workspace.person.name}, to sign {report.reference}")
        tracing_reports.finalize(workspace, report.id, password, Meaning(options.meaning))
        return cli_output.report_signed(tracing_reports.get_report(workspace, report.id))


def _approve(options: Options) -> Answer:
    from desktop.services.approvals import MailFile, attach
    from desktop.services.tracing_reports import find_report

    with _signed_in(options) as workspace:
        report = find_report(workspace, options.reference)
        _, answers = attach(workspace, report.id, [MailFile(path.name, _read(path)) for path in options.mails])
    return cli_output.mails_attached(answers)


def _pack(options: Options) -> Answer:
    from desktop.services.inspection_packs import write_pack
    from desktop.services.tracing_reports import find_report

    with _signed_in(options) as workspace:
        report = find_report(workspace, options.reference)
        _, manifest_sha256 = write_pack(workspace, report.id, options.out)
    return cli_output.packed(report.reference, options.out.name, manifest_sha256)


def _trace(options: Options) -> Answer:
    from desktop.services.lot_trace import trace

    with _signed_in(options) as workspace:
        return cli_output.traced(trace(workspace, options.lot))


def _verify(options: Options) -> Answer:
    from desktop.services.integrity import verify

    with _signed_in(options) as workspace:
        return cli_output.verified(verify(workspace))


_COMMANDS: Mapping[str, Callable[[Options], Answer]] = {
    "init": _init,
    "import": _import,
    "undo-import": _undo_import,
    "export": _export,
    "report": _report,
    "reports": _reports,
    "finalize": _finalize,
    "approve": _approve,
    "pack": _pack,
    "trace": _trace,
    "verify": _verify,
    "user add": _add_user,
    "user deactivate": _deactivate_user,
    "user roles": _user_roles,
    "settings list": _list_settings,
    "settings set": _set_setting,
}
