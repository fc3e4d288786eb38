"""The verification checklist of the traceability plan, item by item, on both engines.

The expectations are written out from the plan's text, not from our tables, at the revision that adds its three tables.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from desktop.db.tables import PermissionRow, RolePermissionRow, RoleRow
from desktop.services.unit_of_work import Workspace
from tests.migrations import running
from tests.migrations.catalog import Catalog, catalog_of
from tests.services.records import postgresql_when_slow

REQUIRED, OPTIONAL = False, True
NOW = "CURRENT_TIMESTAMP"

# name -> (type, nullable, server default), as the plan writes them.
COLUMNS: dict[str, dict[str, tuple[str, bool, str | None]]] = {
    "distribution_log_entries": {
        "id": ("Integer", REQUIRED, None),
        "ship_date": ("Date", REQUIRED, None),
        "order_number": ("Text", REQUIRED, None),
        "facility_name": ("Text", REQUIRED, None),
        "rep_id": ("Integer", OPTIONAL, None),
        "sku": ("Text", REQUIRED, None),
        "lot_number": ("Text", REQUIRED, None),
        "quantity": ("Integer", REQUIRED, None),
        "source": ("Text", REQUIRED, None),
        "customer_id": ("Integer", OPTIONAL, None),
        "address1": ("Text", OPTIONAL, None),
        "address2": ("Text", OPTIONAL, None),
        "city": ("Text", OPTIONAL, None),
        "state": ("Text", OPTIONAL, None),
        "zip": ("Text", OPTIONAL, None),
        "country": ("Text", OPTIONAL, "'USA'"),
        "contact_name": ("Text", OPTIONAL, None),
        "contact_phone": ("Text", OPTIONAL, None),
        "contact_email": ("Text", OPTIONAL, None),
        "tracking_number": ("Text", OPTIONAL, None),
        "ss_shipment_id": ("Text", OPTIONAL, None),
        "evidence_file_storage_key": ("Text", OPTIONAL, None),
        "created_at": ("DateTime", REQUIRED, NOW),
        "updated_at": ("DateTime", REQUIRED, NOW),
        "created_by_user_id": ("Integer", OPTIONAL, None),
        "updated_by_user_id": ("Integer", OPTIONAL, None),
    },
    "tracing_reports": {
        "id": ("Integer", REQUIRED, None),
        "generated_at": ("DateTime", REQUIRED, NOW),
        "generated_by_user_id": ("Integer", OPTIONAL, None),
        "filters_json": ("JSON", REQUIRED, None),
        "report_storage_key": ("Text", REQUIRED, None),
        "report_format": ("Text", REQUIRED, "'csv'"),
        "status": ("Text", REQUIRED, "'draft'"),
        "created_at": ("DateTime", REQUIRED, NOW),
        "updated_at": ("DateTime", REQUIRED, NOW),
    },
    "approvals_eml": {
        "id": ("Integer", REQUIRED, None),
        "report_id": ("Integer", REQUIRED, None),
        "storage_key": ("Text", REQUIRED, None),
        "original_filename": ("Text", REQUIRED, None),
        "subject": ("Text", OPTIONAL, None),
        "from_email": ("Text", OPTIONAL, None),
        "to_email": ("Text", OPTIONAL, None),
        "email_date": ("DateTime", OPTIONAL, None),
        "uploaded_at": ("DateTime", REQUIRED, NOW),
        "uploaded_by_user_id": ("Integer", OPTIONAL, None),
        "notes": ("Text", OPTIONAL, None),
    },
}
TYPES = {
    "sqlite": {"Integer": "INTEGER", "Text": "TEXT", "Date": "DATE", "DateTime": "DATETIME", "JSON": "JSON"},
    "postgresql": {
        "Integer": "integer",
        "Text": "text",
        "Date": "date",
        "DateTime": "timestamp with time zone",
        "JSON": "jsonb",
    },
}
FOREIGN_KEYS = {
    "distribution_log_entries": {
        "rep_id": "users.id ON DELETE SET NULL",
        "customer_id": "customers.id ON DELETE SET NULL",
        "created_by_user_id": "users.id ON DELETE SET NULL",
        "updated_by_user_id": "users.id ON DELETE SET NULL",
    },
    "tracing_reports": {"generated_by_user_id": "users.id ON DELETE SET NULL"},
    "approvals_eml": {
        "report_id": "tracing_reports.id ON DELETE CASCADE",
        "uploaded_by_user_id": "users.id ON DELETE SET NULL",
    },
}
INDEXES = {
    "distribution_log_entries": {
        "idx_distribution_log_ship_date": "ship_date",
        "idx_distribution_log_source": "source",
        "idx_distribution_log_rep_id": "rep_id",
        "idx_distribution_log_customer_id": "customer_id",
        "idx_distribution_log_sku": "sku",
        "idx_distribution_log_order_number": "order_number",
    },
    "tracing_reports": {
        "idx_tracing_reports_generated_at": "generated_at",
        "idx_tracing_reports_status": "status",
    },
    "approvals_eml": {
        "idx_approvals_eml_report_id": "report_id",
        "idx_approvals_eml_uploaded_at": "uploaded_at",
    },
}
CHECKS = {
    "sqlite": {
        "ck_distribution_log_sku": "CHECK (sku IN ('211810SPT', '211610SPT', '211410SPT'))",
        "ck_distribution_log_quantity": "CHECK (quantity > 0)",
        "ck_distribution_log_quantity_type": "CHECK (typeof(quantity) = 'integer')",
        "ck_distribution_log_source": "CHECK (source IN ('shipstation', 'manual', 'csv_import', 'pdf_import'))",
        "ck_tracing_reports_format": "CHECK (report_format = 'csv')",
        "ck_tracing_reports_status": "CHECK (status IN ('draft', 'final'))",
    },
    "postgresql": {
        "ck_distribution_log_sku": (
            "CHECK ((sku = ANY (ARRAY['211810SPT'::text, '211610SPT'::text, '211410SPT'::text])))"
        ),
        "ck_distribution_log_lot": r"CHECK ((lot_number ~ '^SLQ-\d{5}$'::text))",
        "ck_distribution_log_quantity": "CHECK ((quantity > 0))",
        "ck_distribution_log_source": (
            "CHECK ((source = ANY (ARRAY['shipstation'::text, 'manual'::text, 'csv_import'::text,"
            " 'pdf_import'::text])))"
        ),
        "ck_tracing_reports_format": "CHECK ((report_format = 'csv'::text))",
        "ck_tracing_reports_status": "CHECK ((status = ANY (ARRAY['draft'::text, 'final'::text])))",
    },
}
PERMISSIONS = {
    "distribution_log.view": "Distribution Log: view",
    "distribution_log.create": "Distribution Log: create",
    "distribution_log.edit": "Distribution Log: edit",
    "distribution_log.delete": "Distribution Log: delete",
    "distribution_log.export": "Distribution Log: export",
    "tracing_reports.view": "Tracing Reports: view",
    "tracing_reports.generate": "Tracing Reports: generate",
    "tracing_reports.download": "Tracing Reports: download",
    "approvals.view": "Approvals: view",
    "approvals.upload": "Approvals: upload",
}
VIEW_ONLY = {"distribution_log.view", "tracing_reports.view", "tracing_reports.download", "approvals.view"}
OUR_OWN = {"tracing_reports.finalize", "users.manage", "audit.view", "settings.manage", "data.backup"}


@pytest.fixture
def at_the_plan(empty_database_url: str) -> Catalog:
    running.upgrade(empty_database_url, running.rep_revision())
    return catalog_of(empty_database_url)


def test_the_three_tables_have_exactly_the_columns_of_the_plan(at_the_plan: Catalog, engine_name: str) -> None:
    for table, columns in COLUMNS.items():
        found = {
            name: (kind, nullable, default and default.removesuffix("::text"))
            for name, (kind, nullable, default) in at_the_plan[table].columns.items()
            if not str(default).startswith("nextval(")
        }
        wanted = {
            name: (TYPES[engine_name][kind], nullable, default) for name, (kind, nullable, default) in columns.items()
        }
        if engine_name == "postgresql":
            del wanted["id"]  # numbered by a sequence
        assert found == wanted
        assert at_the_plan[table].numbers_are_never_reused


def test_foreign_keys_point_where_the_plan_says(at_the_plan: Catalog) -> None:
    assert {table: at_the_plan[table].foreign_keys for table in FOREIGN_KEYS} == FOREIGN_KEYS


def test_every_index_is_there_by_its_name(at_the_plan: Catalog, engine_name: str) -> None:
    for table, wanted in INDEXES.items():
        found = {
            name: sql.rpartition("(")[2].rstrip(")")
            for name, sql in at_the_plan[table].indexes.items()
            if "UNIQUE" not in sql and "gin" not in sql and not name.startswith("pk_")
        }
        assert found == wanted
    unique = at_the_plan["distribution_log_entries"].indexes["uq_distribution_log_ss_shipment_id"]
    assert unique.startswith("CREATE UNIQUE INDEX")
    assert unique.endswith("WHERE ss_shipment_id IS NOT NULL" if engine_name == "sqlite" else "IS NOT NULL)")
    gin = at_the_plan["tracing_reports"].indexes.get("idx_tracing_reports_filters_json")
    assert (gin is not None and "USING gin (filters_json)" in gin) == (engine_name == "postgresql")


def test_every_check_is_there_by_its_name(at_the_plan: Catalog, engine_name: str) -> None:
    found = {
        name: definition
        for table in COLUMNS
        for name, definition in at_the_plan[table].constraints.items()
        if definition.startswith("CHECK")
    }
    assert found == CHECKS[engine_name]


@postgresql_when_slow
def test_the_revision_downgrades_in_the_plans_order_and_upgrades_again(
    empty_database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    running.upgrade(empty_database_url, running.rep_revision())
    with caplog.at_level("INFO", logger="sqlalchemy.engine"):
        running.downgrade(empty_database_url, "-1")
    dropped = [message.split()[2] for message in caplog.messages if "DROP TABLE" in message]
    assert dropped == ["approvals_eml", "tracing_reports", "distribution_log_entries"]
    assert not COLUMNS.keys() & catalog_of(empty_database_url).keys()
    running.upgrade(empty_database_url, running.rep_revision())
    assert catalog_of(empty_database_url).keys() >= COLUMNS.keys()


def test_permissions_are_seeded_and_every_role_holds_what_the_plan_gives_it(workspace_on: Workspace) -> None:
    with workspace_on.sessions.reading() as session:
        names = dict(session.execute(select(PermissionRow.key, PermissionRow.name)).all())
        roles = dict(session.execute(select(RoleRow.key, RoleRow.name)).all())
        held: dict[str, set[str]] = {role: set() for role in roles}
        links = select(RoleRow.key, PermissionRow.key).join_from(RolePermissionRow, RoleRow).join(PermissionRow)
        for role, permission in session.execute(links):
            held[role].add(permission)
    assert PERMISSIONS.items() <= names.items()
    assert names.keys() == PERMISSIONS.keys() | OUR_OWN
    assert {"quality": "Quality", "ops": "Operations", "readonly": "Read Only"}.items() <= roles.items()
    everything = set(names)
    assert held == {
        "admin": everything,
        "quality": everything,
        "ops": set(PERMISSIONS),
        "readonly": VIEW_ONLY,
        "rep": set(),
    }
