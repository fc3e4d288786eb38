"""The sides of the benchmarks without a window: import, report, trace."""

from __future__ import annotations

import csv
import hashlib
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from desktop.db.engine import SessionFactory, open_engine
from desktop.domain.filters import DistributionFilter
from desktop.domain.reports import RECORD_COLUMNS
from desktop.domain.users import NewUser
from desktop.services import imports, lot_trace, search_index, sign_in, tracing_reports, users
from desktop.services.unit_of_work import Workspace
from desktop.storage.evidence_store import EvidenceStore
from tests.benchmarks.data import FIRST_DAY, write_csv, write_more
from tests.benchmarks.places import Places

_ADMIN = NewUser("bench@example.com", "Bench", (), "benchmark password")
_TRACES = 200
_EMPTY, _FILLED = "into an empty log", "into a log of as many lines"
_NEW, _KNOWN = "new lines", "lines that the log has"
_RECORD = """SELECT ship_date, order_number, facility_name, city, state, sku, lot_number, quantity, u.display_name,
 source, address1, address2, zip, country, contact_name, contact_phone, contact_email, tracking_number
 FROM distribution_log_entries e LEFT JOIN users u ON u.id = e.rep_id
 ORDER BY ship_date, order_number, sku, lot_number, e.id"""


def prepare_ours(places: Places) -> dict[str, float]:
    """The template, the CSV and the filled database, each made once for a folder."""
    from desktop.db.upgrade import bring_to_head

    if not places.template.exists():
        bring_to_head(f"sqlite:///{places.template}")
        workspace = _workspace(places.template)
        users.seed_roles(workspace)
        users.create_first_administrator(workspace, _ADMIN)
        workspace.sessions.close()
    if not places.csv.exists():
        write_csv(places.csv, places.rows)
    if not places.log.exists():
        unfinished = places.log.with_suffix(".unfinished")
        shutil.copy(places.template, unfinished)
        _import(unfinished, places.csv)
        _index(unfinished)
        unfinished.rename(places.log)
    if not places.table_csv.exists():
        # For the shell: the very columns of the table, so that it imports without any work on values.
        _shell(places.log, f".mode csv\n.once {places.table_csv}\nSELECT * FROM distribution_log_entries;")
    if not places.more_table_csv.exists():
        write_more(places.csv, places.more_csv, header=True, ids=0)
        write_more(places.table_csv, places.more_table_csv, header=False, ids=places.rows)
    return {}


def signed_in(database: Path) -> Workspace:
    """The workspace of the benchmark's administrator."""
    workspace = _workspace(database)
    return workspace.signed_in(sign_in.sign_in(workspace, _ADMIN.email, _ADMIN.password or ""))


def import_ours(places: Places) -> dict[str, float]:
    """Preview and import into an empty and into a filled log: checked, compared, audited, the source file kept."""
    empty = places.scratch("import.db")
    shutil.copy(places.template, empty)
    into_empty = _timed(lambda: _import(empty, places.csv))
    filled = places.copy_of_log("import.db")
    return {_EMPTY: into_empty, _FILLED: _timed(lambda: _import(filled, places.more_csv))}


def import_other(places: Places) -> dict[str, float]:
    """The sqlite3 shell's `.import` into the same table with the same indexes: no check, no audit."""
    empty = places.scratch("shell.db")
    shutil.copy(places.template, empty)
    into_empty = _timed(lambda: _shell(empty, _shell_import(places.table_csv)))
    filled = places.copy_of_log("shell.db")
    return {_EMPTY: into_empty, _FILLED: _timed(lambda: _shell(filled, _shell_import(places.more_table_csv)))}


def _shell_import(table_csv: Path) -> str:
    # The shell writes "" for NULL, which the partial index refuses; ours puts nothing into it either.
    return f"""PRAGMA synchronous=FULL;
DROP INDEX uq_distribution_log_ss_shipment_id;
.import --csv {table_csv} distribution_log_entries
"""


def pandas_ours(places: Places) -> dict[str, float]:
    """Preview and import into an empty log."""
    target = places.scratch("import.db")
    shutil.copy(places.template, target)
    return {_EMPTY: _timed(lambda: _import(target, places.csv))}


def pandas_other(places: Places) -> dict[str, float]:
    """`pandas.read_csv` of the same file and `to_sql` into the same table: no check, no audit."""
    target = places.scratch("pandas.db")
    shutil.copy(places.template, target)
    fields = {column.header: column.field for column in RECORD_COLUMNS}

    def work() -> None:
        import pandas

        connection = sqlite3.connect(target)
        connection.execute("PRAGMA synchronous=FULL")
        lines = pandas.read_csv(places.csv, dtype=str).rename(columns=fields).drop(columns="rep_name")
        lines["quantity"] = lines["quantity"].astype(int)
        lines.to_sql("distribution_log_entries", connection, if_exists="append", index=False, chunksize=10_000)
        connection.commit()
        connection.close()

    return {_EMPTY: _timed(work)}


def preview_ours(places: Places) -> dict[str, float]:
    """A file to counts: read, checked, compared with the log, nothing written."""
    workspace = signed_in(places.copy_of_log("preview.db"))
    seconds = {}
    for name, file, new in ((_NEW, places.more_csv, places.rows), (_KNOWN, places.csv, 0)):
        found = []
        seconds[name] = _timed(lambda file=file, found=found: found.append(imports.preview(workspace, file)))
        if found[0].counts.new != new:
            raise RuntimeError(f"{found[0].counts} of {file.name}")
    return seconds


def preview_other(places: Places) -> dict[str, float]:
    """`csv.reader` over the same files."""

    def work(path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            for _ in csv.reader(file):
                pass

    return {_NEW: _timed(lambda: work(places.more_csv)), _KNOWN: _timed(lambda: work(places.csv))}


def report_ours(places: Places) -> dict[str, float]:
    """All lines to a stored, hashed, re-read report."""
    workspace = signed_in(places.copy_of_log("report.db"))
    wanted = DistributionFilter(date_from=FIRST_DAY, date_to=FIRST_DAY.replace(year=FIRST_DAY.year + 7))
    return {"all lines": _timed(lambda: tracing_reports.generate(workspace, wanted))}


def report_other(places: Places) -> dict[str, float]:
    """The same query by the sqlite3 shell's `-csv`, and the SHA-256 of its file."""
    target = places.scratch("report.csv")

    def work() -> None:
        _shell(places.log, f".mode csv\n.once {target}\n{_RECORD};")
        with target.open("rb") as file:
            hashlib.file_digest(file, "sha256")

    return {"all lines": _timed(work)}


def trace_ours(places: Places) -> dict[str, float]:
    """One lot, all consignees, `_TRACES` times."""
    workspace = signed_in(places.copy_of_log("trace.db"))
    lots = _some_lots(places)
    lot_trace.trace(workspace, lots[0])
    return {"one lot": _timed(lambda: [lot_trace.trace(workspace, lot) for lot in lots]) / len(lots)}


def trace_other(places: Places) -> dict[str, float]:
    """The bare indexed query for the same columns, by the sqlite3 module."""
    lots = _some_lots(places)
    connection = sqlite3.connect(places.log)
    query = """SELECT e.*, u.display_name, c.name FROM distribution_log_entries e LEFT JOIN users u ON u.id = e.rep_id
     LEFT JOIN customers c ON c.id = e.customer_id WHERE lot_number = ? ORDER BY ship_date, order_number, e.id"""
    connection.execute(query, (lots[0],)).fetchall()
    return {"one lot": _timed(lambda: [connection.execute(query, (lot,)).fetchall() for lot in lots]) / len(lots)}


def _some_lots(places: Places) -> list[str]:
    connection = sqlite3.connect(places.log)
    lots = [lot for (lot,) in connection.execute("SELECT DISTINCT lot_number FROM distribution_log_entries ORDER BY 1")]
    return lots[:: max(1, len(lots) // _TRACES)][:_TRACES]


def _index(database: Path) -> None:
    """The search index, as it stands some time after the window was opened."""
    workspace = signed_in(database)
    while search_index.index_part(workspace):
        pass
    workspace.sessions.close()


def _import(database: Path, csv_file: Path) -> None:
    workspace = signed_in(database)
    reviewed = imports.preview(workspace, csv_file)
    _, receipt = imports.import_lines(workspace, csv_file, reviewed)
    if receipt.imported != reviewed.counts.lines:
        raise RuntimeError(f"{receipt.imported} of {reviewed.counts.lines} lines were imported")
    workspace.sessions.close()


def _workspace(database: Path) -> Workspace:
    store = EvidenceStore(database.with_suffix(".evidence"))
    return Workspace(SessionFactory(open_engine(f"sqlite:///{database}")), store)


def _shell(database: Path, script: str) -> None:
    subprocess.run(["sqlite3", "-batch", database], input=script, text=True, check=True, capture_output=True)


def _timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
