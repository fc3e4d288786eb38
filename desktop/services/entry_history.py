"""What the audit trail says every entry must be, and which entries say something else.

An entry entered by hand has its whole content in its events. The lines of an import have one digest in the import's
event: it covers what the file said of them, in the order of their ids. What the product itself set is the same for all
of them and follows from that event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.db.bulk import IMPORTED_COLUMNS
from desktop.db.tables import AuditEventRow, DistributionEntryRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.services.unit_of_work import snapshot

_IMPORTS = (AuditAction.LOG_IMPORT_CSV, AuditAction.LOG_IMPORT_PDF)
_ALWAYS_TEXT = frozenset({"ship_date", "order_number", "facility_name", "sku", "lot_number"})
_ROWS_PER_FETCH = 2_000


class LinesDigest:
    """The SHA-256 of an import's lines, in the order in which they were written, and of how many they are.

    A line is its values as text, each but the last followed by a unit separator, the last by a record separator. NULL
    is nothing, an empty text is NUL. No value that the rules accept holds one of these three; as the number of lines
    is part of the digest, a value that was given one afterwards cannot make up for a line that is gone.
    """

    def __init__(self) -> None:
        self.lines = 0
        self._sha256 = hashlib.sha256()

    def add(self, columns: Mapping[str, Sequence[object]]) -> None:
        """The next lines, column by column, as they are written: no text of an import is empty."""
        texts = [_texts(name, columns[name]) for name in IMPORTED_COLUMNS]
        self._add(texts, len(columns["import_line"]))

    def add_kept(self, kept: Mapping[str, Any]) -> None:
        """The next line, as the columns of a kept row: dates as ISO text."""
        texts = [["" if kept[name] is None else str(kept[name]) or "\x00"] for name in IMPORTED_COLUMNS]
        self._add(texts, 1)

    def _add(self, texts: Sequence[Sequence[str]], lines: int) -> None:
        self.lines += lines
        if lines:
            rows = "\x1e".join(map("\x1f".join, zip(*texts, strict=True)))
            self._sha256.update(rows.encode(errors="surrogatepass") + b"\x1e")

    def hexdigest(self) -> str:
        """Of all lines so far."""
        whole = self._sha256.copy()
        whole.update(str(self.lines).encode())
        return whole.hexdigest()


def _texts(name: str, column: Sequence[object]) -> Sequence[str]:
    """The values of a column as text; None is nothing."""
    if name in _ALWAYS_TEXT:
        return cast(Sequence[str], column)
    return ["" if value is None else str(value) for value in column] if any(column) else [""] * len(column)


def contradictions(session: Session) -> Iterator[str]:
    """One sentence for each entry, or import, that is not what the audit trail says."""
    said: dict[int, Mapping[str, Any] | None] = {}
    as_imported: dict[int, Mapping[str, Any]] = {}
    digests: dict[int, str] = {}
    set_by_import: dict[int, Mapping[str, Any]] = {}
    undone: set[int] = set()
    events = select(
        AuditEventRow.action,
        AuditEventRow.entity_id,
        AuditEventRow.before_json,
        AuditEventRow.after_json,
        AuditEventRow.metadata_json,
        AuditEventRow.created_at,
        AuditEventRow.actor_user_id,
    ).where(
        AuditEventRow.entity_type.in_([EntityType.ENTRY.value, EntityType.IMPORT.value]),
        AuditEventRow.entity_id.is_not(None),
    )
    for action, entity_id, before, after, details, moment, user_id in session.execute(
        events.order_by(AuditEventRow.position)
    ):
        record = int(entity_id)
        if action in _IMPORTS:
            digests[record] = details["rows_digest"]
            set_by_import[record] = {
                "source": details["source"],
                "created_at": moment.isoformat(),
                "updated_at": moment.isoformat(),
                "created_by_user_id": user_id,
                "updated_by_user_id": user_id,
                "customer_id": None,
                "evidence_file_storage_key": None,
                "version": 1,
            }
        elif action == AuditAction.LOG_UNDO_IMPORT:
            undone.add(record)
        elif before is not None or after is not None:  # who only opened its evidence changed nothing of it
            if record not in said and before is not None:
                as_imported[record] = before
            said[record] = after

    found: dict[int, LinesDigest] = {}
    removed = sorted(
        (record, before) for record, before in as_imported.items() if said[record] is None and before["import_batch_id"]
    )
    waiting = iter([*removed, (None, {})])
    next_removed, removed_before = next(waiting)
    kept_ids: set[int] = set()
    in_log: set[int] = set()
    rows = session.scalars(
        select(DistributionEntryRow).order_by(DistributionEntryRow.id).execution_options(yield_per=_ROWS_PER_FETCH)
    )
    for row in rows:
        # A deleted line takes its place in its import's digest as it was before its first change.
        while next_removed is not None and next_removed < row.id:
            found.setdefault(removed_before["import_batch_id"], LinesDigest()).add_kept(removed_before)
            next_removed, removed_before = next(waiting)
        current = snapshot(row)
        if row.id in said:
            kept_ids.add(row.id)
            after = said[row.id] or {}
            # A column that a later version added is not in what was said before.
            if after != {name: current.get(name) for name in after} or not after:
                yield f"Entry {row.id} is not what its history says"
        elif row.import_batch_id is None:
            yield f"Entry {row.id} has no history: it was added outside the product"
        elif not set_by_import.get(row.import_batch_id, {}).items() <= current.items():
            yield f"Entry {row.id} is not what its history says"
        if row.import_batch_id is not None:
            in_log.add(row.import_batch_id)
            first = as_imported.get(row.id, current)
            found.setdefault(row.import_batch_id, LinesDigest()).add_kept(first)
        session.expunge(row)
    while next_removed is not None:
        found.setdefault(removed_before["import_batch_id"], LinesDigest()).add_kept(removed_before)
        next_removed, removed_before = next(waiting)

    for record, after in said.items():
        if after is not None and record not in kept_ids:
            yield f"Entry {record} is missing: it was removed outside the product"
    for batch_id in sorted(digests.keys() | found.keys()):
        if batch_id in undone:
            if batch_id in in_log:
                yield f"Import {batch_id} was undone, but the log has lines of it"
        elif batch_id not in digests:
            yield f"Lines of import {batch_id} have no history: they were added outside the product"
        elif batch_id not in found or found[batch_id].hexdigest() != digests[batch_id]:
            yield f"Import {batch_id}: a line was changed, added or removed outside the product"
