"""One file per subject: columns and constraints, no behaviour. Importing this package fills `Base.metadata`."""

from desktop.db.tables.approvals import ApprovalRow
from desktop.db.tables.audit import AuditEventRow
from desktop.db.tables.customers import CustomerRow
from desktop.db.tables.distributions import DistributionEntryRow, ImportBatchRow
from desktop.db.tables.import_layouts import ImportLayoutRow
from desktop.db.tables.settings import SettingRow
from desktop.db.tables.stored_files import StoredFileRow
from desktop.db.tables.tracing_reports import ReportChangeRow, SignatureRow, TracingReportRow
from desktop.db.tables.users import PermissionRow, RolePermissionRow, RoleRow, UserRoleRow, UserRow

__all__ = [
    "ApprovalRow",
    "AuditEventRow",
    "CustomerRow",
    "DistributionEntryRow",
    "ImportBatchRow",
    "ImportLayoutRow",
    "PermissionRow",
    "ReportChangeRow",
    "RolePermissionRow",
    "RoleRow",
    "SettingRow",
    "SignatureRow",
    "StoredFileRow",
    "TracingReportRow",
    "UserRoleRow",
    "UserRow",
]
