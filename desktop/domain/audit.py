"""The audit trail: what is recorded of every act, and the hash chain that shows when a record was altered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

GENESIS_HASH = "0" * 64


class AuditAction(StrEnum):
    """What was done; the value is kept in `audit_events.action`."""

    LOG_CREATE = "distribution_log.create"
    LOG_UPDATE = "distribution_log.update"
    LOG_DELETE = "distribution_log.delete"
    LOG_IMPORT_CSV = "distribution_log.import_csv"
    LOG_IMPORT_PDF = "distribution_log.import_pdf"
    LOG_UNDO_IMPORT = "distribution_log.undo_import"
    EVIDENCE_ATTACH = "distribution_log.attach_evidence"
    EVIDENCE_OPEN = "distribution_log.open_evidence"
    EVIDENCE_DOWNLOAD = "distribution_log.download_evidence"
    LOG_EXPORT = "distribution_log.export"
    REPORT_GENERATE = "tracing_reports.generate"
    REPORT_FINALIZE = "tracing_reports.finalize"
    REPORT_OPEN = "tracing_reports.open"
    REPORT_DOWNLOAD = "tracing_reports.download"
    REPORT_PACK = "tracing_reports.pack"
    APPROVAL_UPLOAD = "approvals.upload"
    APPROVAL_OPEN = "approvals.open"
    APPROVAL_DOWNLOAD = "approvals.download"
    SIGN_IN = "auth.sign_in"
    SIGN_IN_FAILED = "auth.sign_in_failed"
    ACCOUNT_LOCKED = "auth.account_locked"
    SIGN_OUT = "auth.sign_out"
    USER_CREATE = "users.create"
    USER_UPDATE = "users.update"
    CUSTOMER_CREATE = "customers.create"
    CUSTOMER_UPDATE = "customers.update"
    SETTING_CHANGE = "settings.change"
    ROLES_SEEDED = "users.roles_seeded"
    DATA_MIGRATED = "data.migrate"
    DATA_VERIFIED = "data.verify"
    DATA_ALTERED = "data.altered"


class EntityType(StrEnum):
    """The kinds of record an event can be about; tables name theirs in `info["audited_as"]`."""

    ENTRY = "distribution_log_entry"
    IMPORT = "import_batch"
    REPORT = "tracing_report"
    APPROVAL = "approval_eml"
    USER = "user"
    ROLE = "role"
    SETTING = "setting"
    CUSTOMER = "customer"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One act as it is kept: who (id and name as it was), when (UTC), what, on what, before, after, why.

    `position` counts events from 1 without a gap. `event_hash` covers every other field and `previous_hash`.
    """

    position: int
    previous_hash: str
    created_at: datetime
    actor_user_id: int | None
    actor_name: str
    action: str
    entity_type: str
    entity_id: str | None
    reason: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    details: Mapping[str, Any] | None
    event_hash: str = ""

    def content(self) -> dict[str, Any]:
        """What the hash covers: everything but the hash itself, as JSON values."""
        return {
            "position": self.position,
            "previous_hash": self.previous_hash,
            "created_at": self.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor_user_id": self.actor_user_id,
            "actor_name": self.actor_name,
            "action": self.action,
            "entity_type": self.entity_type,
            "entity_id": self.entity_id,
            "reason": self.reason,
            "before": self.before,
            "after": self.after,
            "details": self.details,
        }

    def computed_hash(self) -> str:
        """The SHA-256 this event must carry: of its own canonical JSON, which includes the hash before it."""
        return hashlib.sha256(canonical_json(self.content())).hexdigest()


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: object) -> bytes:
    """The one JSON text of a value: keys sorted, no spaces, UTF-8, no NaN. Equal values give equal bytes."""
    # A file name that is not valid UTF-8 has lone surrogates; with a backslash they are JSON's own escapes.
    return _ENCODER.encode(value).encode(errors="backslashreplace")
