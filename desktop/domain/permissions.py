"""Permissions and the roles that hold them.

Source: the traceability plan (ten keys with their names; roles admin, quality, ops, readonly) and the
product's own five (finalising, people, audit, settings, backup) with the role rep.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class _Labelled(StrEnum):
    """A key with the label that people read."""

    label: str

    def __new__(cls, key: str, label: str) -> Self:
        member = str.__new__(cls, key)
        member._value_ = key
        member.label = label
        return member


class Permission(_Labelled):
    """What a verb may ask for; the value is the key in `permissions.key`."""

    DISTRIBUTION_LOG_VIEW = "distribution_log.view", "Distribution Log: view"
    DISTRIBUTION_LOG_CREATE = "distribution_log.create", "Distribution Log: create"
    DISTRIBUTION_LOG_EDIT = "distribution_log.edit", "Distribution Log: edit"
    DISTRIBUTION_LOG_DELETE = "distribution_log.delete", "Distribution Log: delete"
    DISTRIBUTION_LOG_EXPORT = "distribution_log.export", "Distribution Log: export"
    TRACING_REPORTS_VIEW = "tracing_reports.view", "Tracing Reports: view"
    TRACING_REPORTS_GENERATE = "tracing_reports.generate", "Tracing Reports: generate"
    TRACING_REPORTS_DOWNLOAD = "tracing_reports.download", "Tracing Reports: download"
    TRACING_REPORTS_FINALIZE = "tracing_reports.finalize", "Tracing Reports: finalize"
    APPROVALS_VIEW = "approvals.view", "Approvals: view"
    APPROVALS_UPLOAD = "approvals.upload", "Approvals: upload"
    USERS_MANAGE = "users.manage", "Users: manage"
    AUDIT_VIEW = "audit.view", "Audit Trail: view"
    SETTINGS_MANAGE = "settings.manage", "Settings: manage"
    DATA_BACKUP = "data.backup", "Data: back up and restore"


class Role(_Labelled):
    """The roles every installation starts with; the value is the key in `roles.key`."""

    ADMIN = "admin", "Administrator"
    QUALITY = "quality", "Quality"
    OPS = "ops", "Operations"
    READONLY = "readonly", "Read Only"
    REP = "rep", "Sales Representative"


_OUR_OWN = {
    Permission.TRACING_REPORTS_FINALIZE,
    Permission.USERS_MANAGE,
    Permission.AUDIT_VIEW,
    Permission.SETTINGS_MANAGE,
    Permission.DATA_BACKUP,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.QUALITY: frozenset(Permission),
    Role.OPS: frozenset(Permission) - _OUR_OWN,
    Role.READONLY: frozenset(
        {
            Permission.DISTRIBUTION_LOG_VIEW,
            Permission.TRACING_REPORTS_VIEW,
            Permission.TRACING_REPORTS_DOWNLOAD,
            Permission.APPROVALS_VIEW,
        }
    ),
    Role.REP: frozenset(),
}
