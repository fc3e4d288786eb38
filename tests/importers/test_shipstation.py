"""Shipment exports of ShipStation: which rows are lines, where their lots come from, what is said of the others."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.distributions import LineChecker
from desktop.domain.import_review import ImportChoices
from desktop.domain.imports import LINE_FIELDS, DateOrder, FileKind, FileProblemKind, ParsedFile
from desktop.domain.lots import LotRule
from desktop.importers.read_file import read_file
from desktop.importers.shipstation import without_time

SAMPLES = Path(__file__).parents[1] / "samples" / "shipstation"
HEADER = (
    "Order - Number",
    "Date - Shipped Date",
    "Ship To - Company",
    "Item - SKU",
    "Item - Qty",
    "Notes - Internal",
    "Shipment - Void Flag",
)
SKU = "SKU must be one of: 211810SPT, 211610SPT, 211410SPT"
LOT = "Lot number must match format: SLQ-#####"
TIME_LEFT_OUT = "The time of day of the ship dates was left out."
SOME_LOTS = (
    "The file has no column for lots: one was taken from the notes where it is the only one, and the order is of one "
    "kind of device. Fill in the others."
)
NO_LOTS = "The file has no column for lots, and its notes hold none: fill them in."


def item(order: str = "SO-1", sku: str = "211810SPT", notes: str = "SLQ-12345", void: str = "FALSE") -> tuple[str, ...]:
    return (order, "2025-04-02", "Lakeside Urology", sku, "4", notes, void)


def read(folder: Path, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> ParsedFile:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    (folder / "export.csv").write_text(text.getvalue(), newline="")
    parsed = read_file(folder / "export.csv")
    assert parsed.kind is FileKind.SHIPSTATION
    return parsed


def lots(parsed: ParsedFile) -> list[str]:
    return [row.values[LINE_FIELDS.index("lot_number")] for row in parsed.rows]


def problems(parsed: ParsedFile) -> dict[int, list[str]]:
    checker = LineChecker.of(parsed, today=date(2026, 1, 1), lot_rule=LotRule())
    return {
        row.line: [problem.message for problem in (*row.problems, *checker.check(row.values).problems)]
        for row in parsed.rows
    }


def test_an_export() -> None:
    parsed = read_file(SAMPLES / "export.csv")
    assert (parsed.kind, parsed.date_order, parsed.file_problem) == (FileKind.SHIPSTATION, DateOrder.MDY, None)
    assert problems(parsed) == {
        2: [],
        6: [],
        7: [LOT],
        8: [LOT],
        9: [LOT],
        10: [SKU, LOT],
        12: ["The void flag of this row is neither true nor false"],
    }
    assert lots(parsed) == ["SLQ-12345", "slq–23456", "", "", "", "", "SLQ-12345"]
    assert parsed.notes == (
        "1 row of voided labels was skipped.",
        "1 row without an item was skipped.",
        "2 rows of items that are not devices were skipped: SLQ-4007 (1), NRE (1).",
        TIME_LEFT_OUT,
        SOME_LOTS,
    )
    first = dict(zip(LINE_FIELDS, parsed.rows[0].values, strict=True))
    assert first == dict.fromkeys(LINE_FIELDS, "") | {
        "ship_date": "4/2/2025",
        "order_number": "SO-2001",
        "facility_name": "Lakeside Urology",
        "sku": "211810SPT",
        "lot_number": "SLQ-12345",
        "quantity": "10",
        "address1": "1 Example Street",
        "city": "Springfield",
        "state": "IL",
        "zip": "62701",
        "country": "US",
        "contact_name": "Pat Example",
        "contact_phone": "555-0100",
        "tracking_number": "000000000017",
    }
    assert "lot_number" not in parsed.columns
    assert parsed.sample_rows[2][12:15] == ("", "", "")  # as it stands, the row without an item too


def test_an_order_in_two_shipments_is_two_lines_and_its_dates_are_asked_for() -> None:
    parsed = read_file(SAMPLES / "two_shipments.csv")
    assert [(row.values[1], row.values[5]) for row in parsed.rows] == [("SO-2011", "10"), ("SO-2011", "4")]
    assert parsed.date_order is None
    chosen = read_file(SAMPLES / "two_shipments.csv", ImportChoices(date_order=DateOrder.MDY))
    assert problems(chosen) == {2: [], 3: []}


def test_a_column_for_lots_that_a_person_added_is_the_only_source_of_lots() -> None:
    parsed = read_file(SAMPLES / "lots_added.csv")
    assert lots(parsed) == ["SLQ-12345", ""]
    assert parsed.notes == (TIME_LEFT_OUT,)
    assert parsed.columns["lot_number"] == "Lot Number"


def test_each_line_has_an_id_of_its_own_once_its_lot_is_known() -> None:
    parsed = read_file(SAMPLES / "lots_added.csv")
    assert [row.values[LINE_FIELDS.index("ss_shipment_id")] for row in parsed.rows] == ["700000001"] * 2
    checker = LineChecker.of(parsed, today=date(2026, 1, 1), lot_rule=LotRule())
    corrected = list(parsed.rows[1].values)
    corrected[LINE_FIELDS.index("lot_number")] = "slq-23456"
    found = [checker.check(values).line.ss_shipment_id for values in (parsed.rows[0].values, corrected)]
    assert found == ["700000001:211810SPT:SLQ-12345", "700000001:211810SPT:SLQ-23456"]


def test_another_required_column_must_be_there() -> None:
    parsed = read_file(SAMPLES / "no_quantity.csv")
    assert parsed.file_problem == (FileProblemKind.MISSING_COLUMN, "The column “Quantity” is missing.")
    assert parsed.sample_rows == (("SO-2031", "4/2/2025", "Lakeside Urology", "211810SPT"),)


@pytest.mark.parametrize(
    ("notes", "lot"),
    [
        ("SLQ-12345", "SLQ-12345"),
        ("Lot: SLQ-12345.", "SLQ-12345"),
        ("lot slq-12345 (x4), again SLQ-12345", "slq-12345"),
        ("SLQ\u00ad12345 \u2013 thanks", "SLQ\u00ad12345"),
        ("SLQ-12345678901", "SLQ-12345678901"),
        ("SLQ-12345 and SLQ-23456", ""),
        ("SLQ-123", ""),
        ("XSLQ-12345", ""),
        ("SLQ-12345A", ""),
        ("211810SPT", ""),
        ("leave at the dock", ""),
        ("", ""),
    ],
)
def test_only_one_clear_lot_is_taken_from_the_notes(tmp_path: Path, notes: str, lot: str) -> None:
    parsed = read(tmp_path, item(notes=notes))
    assert lots(parsed) == [lot]
    assert parsed.notes == ((SOME_LOTS if lot else NO_LOTS),)


def test_one_lot_for_two_kinds_of_device_is_no_one_s_lot_wherever_the_rows_are(tmp_path: Path) -> None:
    others = [item(f"SO-{number}") for number in range(10, 2_000)]
    rows = [item("SO-1"), *others, item("SO-1", "211610SPT")]
    parsed = read(tmp_path, *rows)
    assert lots(parsed) == ["", *["SLQ-12345"] * len(others), ""]
    assert [row.line for row in parsed.rows] == list(range(2, len(rows) + 2))
    assert [row.record for row in parsed.rows] == list(range(1, len(rows) + 1))


def test_a_voided_device_or_a_leaflet_is_no_second_kind(tmp_path: Path) -> None:
    parsed = read(tmp_path, item(), item(sku="211610SPT", void="true"), item(sku="SLQ-4007"))
    assert lots(parsed) == ["SLQ-12345"]


@pytest.mark.parametrize("sku", ["211810", "211810spt", "211810-SPT", "Box 211810SPT", "211 810 SPT", ""])
def test_what_may_be_a_device_is_never_skipped(tmp_path: Path, sku: str) -> None:
    assert problems(read(tmp_path, item(sku=sku))) == {2: [SKU]}


def test_shipment_rows_without_a_line_are_no_error(tmp_path: Path) -> None:
    parsed = read(tmp_path, item(void="TRUE"), ("SO-1", "2025-04-02", "Lakeside", "", "", "", ""))
    assert (len(parsed.rows), parsed.file_problem) == (0, None)
    assert parsed.notes == (
        "The file holds no rows below its header.",
        "1 row of voided labels was skipped.",
        "1 row without an item was skipped.",
        NO_LOTS,
    )


def test_a_row_out_of_shape_stays_as_a_problem_even_if_voided(tmp_path: Path) -> None:
    parsed = read(tmp_path, (*item(void="TRUE"), "more"), item())
    assert problems(parsed) == {2: ["The row has 8 cells, the header has 7"], 3: []}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("4/2/2025 4:00:00 AM", "4/2/2025"),
        ("4/12/2025 12:30 pm", "4/12/2025"),
        ("04/02/2025 16:00", "04/02/2025"),
        ("4/2/2025 4:00:00\u202fAM", "4/2/2025"),
        ("2025-04-02T04:00:00", "2025-04-02"),
        ("2025-04-02 04:00:00.0000000", "2025-04-02"),
        ("4/2/2025", "4/2/2025"),
        ("4/2/2025 soon", "4/2/2025 soon"),
        ("45749.5", "45749.5"),
        ("", ""),
    ],
)
def test_date_times(text: str, day: str) -> None:
    assert without_time(text) == day


KINDS = st.lists(
    st.tuples(
        st.sampled_from(["SO-1", "SO-2", ""]),
        st.sampled_from(["211810SPT", "211610SPT", "SLQ-4007", "NRE", ""]),
        st.sampled_from(["SLQ-12345", "SLQ-23456", "SLQ-12345 SLQ-23456", ""]),
        st.sampled_from(["TRUE", "FALSE", ""]),
    ),
    max_size=12,
)


@given(KINDS)
def test_every_row_is_a_line_or_counted(tmp_path: Path, kinds: list[tuple[str, str, str, str]]) -> None:
    parsed = read(tmp_path, *(item(*kind) for kind in kinds))
    skipped = sum(int(note.split()[0]) for note in parsed.notes if "skipped" in note)
    assert len(parsed.rows) + skipped == len(kinds)
    devices = [kind for kind in kinds if kind[3] != "TRUE" and kind[1] not in ("SLQ-4007", "NRE")]
    assert [row.values[1] for row in parsed.rows] == [kind[0] for kind in devices]
    for (order, _, notes, _), lot in zip(devices, lots(parsed), strict=True):
        alone = len({kind[1] for kind in devices if kind[0] == order}) == 1
        assert lot == (notes if alone and len(notes) == 9 else "")
