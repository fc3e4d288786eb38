"""The Distribution Log, by the traceability plan's names (its table 1), and the import batches its lines came with."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.db.base import Base


class DistributionEntryRow(Base):
    """One SKU and one lot of one shipment. `quantity` counts single units.

    `import_line` is the line of the source file where the record starts. `version` counts the states of the entry
    from 1, so that a stale edit is seen.
    """

    __tablename__ = "distribution_log_entries"
    __table_args__ = (
        CheckConstraint("sku IN ('211810SPT', '211610SPT', '211410SPT')", name="ck_distribution_log_sku"),
        # SQLite has no regular expressions: there the application alone enforces the lot rule.
        CheckConstraint("lot_number ~ '^(SLQ-[0-9]{5})$'", name="ck_distribution_log_lot").ddl_if("postgresql"),
        CheckConstraint("quantity > 0", name="ck_distribution_log_quantity"),
        # SQLite would accept text and 2.5 in an integer column.
        CheckConstraint("typeof(quantity) = 'integer'", name="ck_distribution_log_quantity_type").ddl_if("sqlite"),
        CheckConstraint(
            "source IN ('shipstation', 'manual', 'csv_import', 'pdf_import')", name="ck_distribution_log_source"
        ),
        Index(
            "uq_distribution_log_ss_shipment_id",
            "ss_shipment_id",
            unique=True,
            sqlite_where=text("ss_shipment_id IS NOT NULL"),
            postgresql_where=text("ss_shipment_id IS NOT NULL"),
        ),
        # The ship date behind it gives the entries of one SKU, say, in their usual order without sorting them.
        Index("idx_distribution_log_ship_date", "ship_date"),
        Index("idx_distribution_log_source", "source", "ship_date"),
        Index("idx_distribution_log_rep_id", "rep_id", "ship_date"),
        Index("idx_distribution_log_customer_id", "customer_id", "ship_date"),
        Index("idx_distribution_log_sku", "sku", "ship_date"),
        Index("idx_distribution_log_order_number", "order_number"),
        Index("idx_distribution_log_lot_number", "lot_number", "ship_date"),
        Index("idx_distribution_log_facility_name", "facility_name", "ship_date"),
        Index("idx_distribution_log_import_batch_id", "import_batch_id"),
        {"sqlite_autoincrement": True, "info": {"audited_as": "distribution_log_entry"}},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ship_date: Mapped[date] = mapped_column(Date)
    order_number: Mapped[str] = mapped_column(Text)
    facility_name: Mapped[str] = mapped_column(Text)
    rep_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    sku: Mapped[str] = mapped_column(Text)
    lot_number: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(Text)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"))
    address1: Mapped[str | None] = mapped_column(Text)
    address2: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(Text)
    zip: Mapped[str | None] = mapped_column(Text)
    # A country that was left blank on purpose stays blank: without evaluates_none the default would take its place.
    country: Mapped[str | None] = mapped_column(Text().evaluates_none(), server_default="USA")
    contact_name: Mapped[str | None] = mapped_column(Text)
    contact_phone: Mapped[str | None] = mapped_column(Text)
    contact_email: Mapped[str | None] = mapped_column(Text)
    tracking_number: Mapped[str | None] = mapped_column(Text)
    ss_shipment_id: Mapped[str | None] = mapped_column(Text)
    evidence_file_storage_key: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.current_timestamp())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.current_timestamp())
    created_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    updated_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    import_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batches.id"))
    import_line: Mapped[int | None] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class ImportBatchRow(Base):
    """One import of one source file, and what became of its lines. `rows_digest` covers the entries it wrote."""

    __tablename__ = "import_batches"
    __table_args__ = (
        Index("idx_import_batches_sha256", "sha256"),
        {"sqlite_autoincrement": True, "info": {"audited_as": "import_batch"}},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file_name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    storage_key: Mapped[str] = mapped_column(ForeignKey("stored_files.key"))
    kind: Mapped[str] = mapped_column(Text)
    imported_at: Mapped[datetime] = mapped_column()
    imported_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    lines: Mapped[int] = mapped_column(Integer)
    imported: Mapped[int] = mapped_column(Integer)
    duplicates: Mapped[int] = mapped_column(Integer)
    conflicts: Mapped[int] = mapped_column(Integer)
    problems: Mapped[int] = mapped_column(Integer)
    rows_digest: Mapped[str] = mapped_column(Text)
    undone_at: Mapped[datetime | None] = mapped_column()
    undone_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    undo_reason: Mapped[str | None] = mapped_column(Text)
