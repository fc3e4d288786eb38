"""The columns of the log, and its rows on the clipboard."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from desktop.domain.distributions import DistributionEntry, Source
from desktop.domain.filters import SortField
from desktop.domain.reports import RECORD_COLUMNS
from desktop.ui.formats import shown_time
from desktop.ui.tables.distributions import (
    DISTRIBUTION_COLUMNS,
    HIDDEN_AT_FIRST,
    SOURCE_LABELS,
    as_cell,
    as_tab_separated,
)

NOW = datetime(2025, 3, 4, 12, tzinfo=UTC)
ENTRY = DistributionEntry(
    id=1,
    ship_date=date(2025, 3, 4),
    order_number="SO-12344",
    facility_name="Cedar Clinic",
    sku="211610SPT",
    lot_number="SLQ-12345",
    quantity=1200,
    source=Source.CSV_IMPORT,
    rep_name=None,
    customer_name=None,
    address1=None,
    address2=None,
    city="Toledo",
    state="OH",
    zip=None,
    country=None,
    contact_name=None,
    contact_phone=None,
    contact_email=None,
    tracking_number="794600000001",
    ss_shipment_id=None,
    import_batch_id=None,
    import_line=None,
    created_at=NOW,
    updated_at=NOW,
    version=1,
)


def test_the_columns_are_those_of_the_log_and_each_can_be_sorted_by() -> None:
    assert [column.title for column in DISTRIBUTION_COLUMNS] == [
        "Ship Date", "Order #", "Facility", "City", "State", "SKU", "Lot", "Quantity", "Rep", "Source", "Tracking #",
        "Customer", "Address 1", "Address 2", "Zip", "Country", "Contact Name", "Contact Phone", "Contact Email",
        "Entered", "Changed",
    ]  # fmt: skip
    assert [column.sort for column in DISTRIBUTION_COLUMNS] == list(SortField)
    assert {column.field for column in RECORD_COLUMNS} <= {column.name for column in DISTRIBUTION_COLUMNS}
    shown = [column.title for column in DISTRIBUTION_COLUMNS if column.name not in HIDDEN_AT_FIRST]
    assert (shown[0], shown[-1], len(shown)) == ("Ship Date", "Tracking #", 11)
    assert [column.title for column in DISTRIBUTION_COLUMNS if column.align_right] == ["Quantity"]


def test_texts_are_for_people_and_natives_are_values() -> None:
    assert [column.text(ENTRY) for column in DISTRIBUTION_COLUMNS] == [
        "2025-03-04", "SO-12344", "Cedar Clinic", "Toledo", "OH", "211610SPT", "SLQ-12345", "1,200", "",
        "CSV import", "794600000001", "", "", "", "", "", "", "", "", shown_time(NOW), shown_time(NOW),
    ]  # fmt: skip
    natives = [column.native(ENTRY) for column in DISTRIBUTION_COLUMNS]
    assert natives[0] == date(2025, 3, 4)
    assert natives[7] == 1200
    assert natives[8] is None
    assert natives[9] is Source.CSV_IMPORT


def test_every_source_has_a_name() -> None:
    assert set(SOURCE_LABELS) == set(Source)


def test_the_clipboard_has_a_header_and_bare_numbers() -> None:
    copied = as_tab_separated([ENTRY], [DISTRIBUTION_COLUMNS[0], DISTRIBUTION_COLUMNS[7]])
    assert copied == "Ship Date\tQuantity\n2025-03-04\t1200\n"
    assert as_tab_separated([ENTRY], [DISTRIBUTION_COLUMNS[7]], header=False) == "1200\n"
    assert as_cell(ENTRY, DISTRIBUTION_COLUMNS[7]) == "1200"


@pytest.mark.parametrize(
    ("facility", "cell"),
    [
        ("Cedar\tClinic\nNorth", "Cedar Clinic North"),
        ('=HYPERLINK("http://example.com")', '\'=HYPERLINK("http://example.com")'),
        ("+1 Clinic", "'+1 Clinic"),
        ("@Home", "'@Home"),
        ("-Clinic", "'-Clinic"),
    ],
)
def test_a_value_stays_one_cell_and_is_never_run(facility: str, cell: str) -> None:
    copied = as_tab_separated([ENTRY._replace(facility_name=facility)], [DISTRIBUTION_COLUMNS[2]])
    assert copied == f"Facility\n{cell}\n"
