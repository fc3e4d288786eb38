"""Invented packing slips, sales orders and carrier labels, with what must be read from them.

They follow the layouts that were measured on real ones: positions, wrapping, soft hyphens, spellings and gaps. What is
varied comes from a seed. The truth is made first and printed afterwards, so that it owes nothing to the reader.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from tests.support.pdf_writer import SOFT_HYPHEN, TRUETYPE, Sheet, width_of, write_pdf

FRENCH = ("14", "16", "18")
PEOPLE = ("Jane Roe", "Dr. Omar Finch", "Priya Lund", "Sam O'Dell", "Ana-Maria Voss", "T. Quill", "Lee Marsh")
FACILITIES = (
    "Lakeside Urology Clinic",
    "Fernmere Medical Center",
    "Thornwick Hospital",
    "Ashby-Cole Health System",
    "VA Medical Center Elmstead",
    "Brookhollow Surgical Supply, Inc.",
    "Northgate Regional Hospital & Clinics",
    "Quillmont University Hospital",
)
STREETS = (
    "120 Harbor Street",
    "4501 N. Juniper Ave",
    "77B Old Mill Road",
    "9 Cedar Pkwy West",
    "15200 Sycamore Blvd",
    "P.O. Box 3311",
    "2200 Highway 12 South",
)
MORE = ("Suite 210", "Bldg 4, Dock 2", "Receiving Dept", "Floor 3", "Room 12-B")
CITIES = (
    ("Elmstead", "OH", "44001"),
    ("Port Alder", "WA", "98005"),
    ("St. Corbin", "MN", "55101"),
    ("Winslow-Hart", "NC", "27003"),
    ("Fort Dell", "TX", "75002"),
    ("Mirefield", "CA", "94004"),
)
PACKS = {10: ("10-Pack", "Box of 10"), 1: ("single catheter", "1 Unit")}


@dataclass(frozen=True)
class Line:
    """What must be read from a line; `lot` "" and `quantity` None where the document does not tell: a problem then.

    `flagged` says that the line must have a problem, `may_be_flagged` that it may have one though it is read right.
    """

    item_code: str
    sku: str
    lot: str
    quantity: int | None
    flagged: bool = False
    may_be_flagged: bool = False


@dataclass
class SlipTruth:
    """What must be read from one slip."""

    order_number: str
    ship_date: date | None
    facility: str
    contact: str
    address1: str
    address2: str
    city: str
    state: str
    zip: str
    email: str
    lines: list[Line] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    tracking: str = ""
    printed_order: str = ""
    printed_address: list[str] = field(default_factory=list)
    po: str = ""
    order_date: str = ""
    printed_date: str = ""


@dataclass
class SlipRow:
    """One row as it is printed."""

    code: str
    description: str
    quantity: str
    lot_cell: str = ""


def code_of(french: str, chance: random.Random) -> str:
    """One of the spellings of a size's item code."""
    return chance.choice(
        (f"2{french}00101003", f"2{french}00101004", f"21{french}10SPT", f"2{french}10SPT", f"{french}10")
    )


def sku_of(french: str) -> str:
    """The SKU of a size."""
    return f"21{french}10SPT"


def a_lot(chance: random.Random, french: str) -> tuple[str, str]:
    """A lot as it must be read, and as it is printed."""
    digits = "".join(chance.choices("0123456789", k=chance.choice((8, 8, 11))))
    while digits[:2] == f"2{french}"[:2] and len(digits) == 11:
        digits = "".join(chance.choices("3456789", k=11))
    shape = chance.random()
    if shape < 0.62:
        return f"SLQ-{digits}", f"SLQ-{digits}"
    if shape < 0.70:
        return f"SLQ-{digits}", f"slq-{digits}"
    if shape < 0.76:
        return f"SLQ-{digits}", f"SLQ:{digits}"
    if shape < 0.82:
        return f"SLQ-{digits}", f"SLQ\u2013{digits}"
    serial = digits[:6]
    return f"SLQ{french}10-{serial}", f"SLQ{french}10-{serial}" if shape < 0.92 else f"SLQ {french}10-{serial}"


def an_address(chance: random.Random) -> dict[str, object]:
    """Person, facility, street, more, city: three to six lines."""
    city, state, postal = chance.choice(CITIES)
    if chance.random() < 0.5:
        postal = f"{postal}-{chance.randrange(1000, 9999)}"
    person = chance.choice(PEOPLE) if chance.random() < 0.75 else ""
    facility, street = chance.choice(FACILITIES), chance.choice(STREETS)
    more = chance.sample(MORE, chance.choice((0, 0, 1, 2)))
    case = str.upper if chance.random() < 0.3 else str
    lines = [*filter(None, (person, facility, street)), *more, f"{city}, {state} {postal} US"]
    lines = [case(line) for line in lines]
    return {
        "contact": case(person),
        "facility": case(facility),
        "address1": case(street),
        "address2": ", ".join(map(case, more)),
        "city": case(city),
        "state": state,
        "zip": postal,
        "printed_address": lines,
    }


ORDER_SPELLINGS = ("SO 0000{n}", "SO 000{n}", "0000{n}", "90{n}", "S0 0000{n}", "RMA 0000{n}")


def an_order_number(chance: random.Random) -> tuple[str, str]:
    """As it must be kept, and as it is printed."""
    printed = chance.choice(ORDER_SPELLINGS).format(n=chance.randrange(100, 999))
    return printed.replace("S0 ", "SO "), printed


def a_slip(chance: random.Random, *, rows: int | None = None) -> tuple[SlipTruth, list[SlipRow]]:
    """A slip as it must be read, and its rows as printed."""
    kept, printed = an_order_number(chance)
    shipped = date(2025, 1, 1) + timedelta(days=chance.randrange(500))
    email = "buyer@lakeside.example.org" if chance.random() < 0.6 else ""
    dated = chance.random() >= 0.06
    truth = SlipTruth(
        order_number=kept,
        ship_date=shipped if dated else None,
        email=email,
        printed_order=printed,
        po=f"PO{chance.randrange(10_000, 99_999)}" if chance.random() < 0.6 else "",
        order_date=_us(shipped - timedelta(days=3)) if chance.random() < 0.9 else "",
        printed_date=_us(shipped) if dated else "",
        **an_address(chance),  # type: ignore[arg-type]
    )
    return truth, _slip_rows(chance, truth, rows or chance.choice((1, 1, 1, 1, 2, 2, 3)))


def _us(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def _slip_rows(chance: random.Random, truth: SlipTruth, count: int) -> list[SlipRow]:
    frenches = chance.sample(FRENCH, min(count, 3))
    rows: list[SlipRow] = []
    pieces: list[str] = []
    word = chance.choice(("SKU: {code} LOT: {lot}", "{code} LOT: {lot}", "{code} - {lot}", "SKU: {code} Lot: {lot}"))
    counted = chance.random() < 0.35
    missing = chance.randrange(len(frenches)) if len(frenches) > 1 and chance.random() < 0.08 else -1
    lone = len(frenches) == 1 and chance.random() < 0.5
    for at, french in enumerate(frenches):
        code = code_of(french, chance)
        pack = chance.choice((10, 10, 1))
        quantity = chance.choice((1, 2, 3, 5, 8, 12, 40))
        description = f"Silq ClearTract {french} Fr 2{'-'}Way Catheter, {chance.choice(PACKS[pack])}"
        if chance.random() < 0.04:
            description, pack = f"Silq ClearTract {french} Fr Catheter", 0
        rows.append(SlipRow(code, description, str(quantity)))
        units = quantity * pack or None
        if at == missing:
            truth.lines.append(Line(code, sku_of(french), "", units, flagged=True))
            continue
        lot, printed = a_lot(chance, french)
        if lone:
            shape = chance.random()
            if shape < 0.06:
                piece, lot = chance.choice(("", code, "see order")), ""
            elif shape < 0.12:
                digits = "".join(chance.choices("3456789", k=chance.choice((8, 11))))
                piece, lot = f"LOT: {digits}", f"SLQ-{digits}"
            elif shape < 0.16:
                digits = "".join(chance.choices("3456789", k=chance.choice((6, 9))))
                piece, lot = f"SLQ-{digits}", f"SLQ-{digits}"
            else:
                form = chance.choice(
                    ("{lot}", "Lot: {lot}", "LOT: {lot}", "lot : {lot}", "LN: {lot} (x{n})", "{lot} ship first")
                )
                piece = form.format(lot=printed, n=quantity)
            pieces.append(piece)
            truth.lines.append(Line(code, sku_of(french), lot, units, flagged=not lot or not pack, may_be_flagged=True))
        elif counted and quantity >= 2 and chance.random() < 0.5:
            other, other_printed = a_lot(chance, french)
            first = chance.randrange(1, quantity)
            pieces.append(f"{code}: X{first} {printed}, X{quantity - first} {other_printed}")
            for number, own in ((first, lot), (quantity - first, other)):
                truth.lines.append(Line(code, sku_of(french), own, number * pack or None, flagged=not pack))
        else:
            piece = f"{code} - X{quantity} {printed}" if counted else word.format(code=code, lot=printed)
            pieces.append(piece)
            truth.lines.append(Line(code, sku_of(french), lot, units, flagged=not pack))
    if chance.random() < 0.25:
        other = chance.choice(("SLQ-4007", "NRE"))
        rows.insert(chance.randrange(len(rows) + 1), SlipRow(other, "Instructions leaflet", str(chance.choice((1, 2)))))
        truth.ignored.append(other)
    cell = " ".join(pieces)
    for row in rows:
        row.lot_cell = cell
    return rows


@dataclass(frozen=True)
class SlipLook:
    """How a slip is laid out, in points; `middle` centres the cells of a row."""

    lot_x: float = 330.0
    qty_x: float = 545.0
    item_x: float = 37.0
    description_x: float = 135.0
    font: str = TRUETYPE
    size: float = 7.5
    pitch: float = 10.0
    row_gap: float = 3.0
    middle: bool = False
    note: str = ""
    headers: tuple[str, str, str, str] = ("Item", "Description", "Lot number", "Qty")
    labels: tuple[str, str, str, str, str] = ("Order #", "Customer P.O.", "Date", "Customer e-mail", "Ship Date")
    soft_hyphens: bool = True
    # Beyond what was measured:
    align: tuple[str, str, str, str] = ("left", "left", "left", "left")
    headers_centred: bool = False
    two_line_header: bool = False
    labels_left: bool = False
    ship_to_above: bool = False
    extra: str = ""
    jitter: float = 0.0
    foot: str = ""
    note_gap: float = 2.0


def odd_look(chance: random.Random, rows: Sequence[SlipRow]) -> SlipLook:
    """A layout that nobody has seen: alignment, headers, labels, notes and pitches in other ways."""
    look = slip_look(chance, rows)
    return replace(
        look,
        lot_x=min(look.lot_x, 280.0 if max(len(row.lot_cell) for row in rows) > 90 else 400.0),
        qty_x=chance.uniform(500, 552),
        align=(
            "left",
            "left",
            chance.choice(("left", "left", "centre", "right")),
            chance.choice(("left", "right", "centre")),
        ),
        headers_centred=chance.random() < 0.25,
        two_line_header=chance.random() < 0.2,
        labels_left=chance.random() < 0.3,
        ship_to_above=chance.random() < 0.2,
        extra=chance.choice(("", "", "Unit", "Weight")),
        jitter=chance.choice((0.0, 0.0, 0.6, 1.2)),
        row_gap=chance.choice((0.5, 2.0, 4.0, 10.0)),
        pitch=chance.choice((8.5, 10.0, 12.0)),
        foot=chance.choice(("", "Page 1 of 1", "Silq Devices Example 555-0100 www.example.com")),
        note=chance.choice(
            (
                "",
                "Please keep refrigerated SLQ-11112222",
                "21600101003 was shipped on order SO 0000900 already, lot SLQ-99998888 replaced it.",
                "Thank you!",
            )
        ),
        note_gap=chance.choice((1.0, 1.6, 3.0)),
        labels=chance.choice(
            (
                ("Order #", "Customer P.O.", "Date", "Customer e-mail", "Ship Date"),
                ("Order #:", "Customer P.O.:", "Date:", "Customer e-mail:", "Ship Date:"),
                ("Order No.", "PO #", "Order Date", "E-mail", "Date Shipped"),
            )
        ),
    )


def slip_look(chance: random.Random, rows: Sequence[SlipRow]) -> SlipLook:
    """A layout within what was measured, and a little beyond; a long lot cell gets the width to fit half a page."""
    widest = max(len(row.lot_cell) for row in rows)
    font, size = chance.choice(((TRUETYPE, 7.5), ("Helvetica", 8.5), ("Times-Roman", 9.0), (TRUETYPE, 7.0)))
    return SlipLook(
        lot_x=chance.uniform(260, 465 if widest < 80 else 400),
        qty_x=chance.uniform(538, 552),
        item_x=37 + chance.uniform(-4, 4),
        description_x=135 + chance.uniform(-8, 8),
        font=font,
        size=size,
        pitch=chance.choice((9.5, 10, 10, 11)),
        row_gap=chance.choice((2.0, 3.0, 6.0)),
        middle=chance.random() < 0.3,
        note=chance.choice(("", "", "", "Thank you for your order. Call 555-0100 with questions about lot 12345678.")),
        headers=chance.choice(
            (
                ("Item", "Description", "Lot number", "Qty"),
                ("Item", "Description", "Lot number", "Qty"),
                ("Item", "Description", "Lot #", "Quantity"),
                ("Item #", "Description", "Lot No.", "Qty."),
            )
        ),
        soft_hyphens=font == TRUETYPE,
    )


def wrap(text: str, width: float, font: str, size: float) -> list[str]:
    """Lines as a browser breaks them: at spaces and after hyphens; a longer word stands out."""
    lines = [""]
    for word in text.split():
        parts = [part + "-" for part in word.split("-")]
        parts[-1] = parts[-1].removesuffix("-")
        for at, part in enumerate(filter(None, parts)):
            joined = lines[-1] + (" " if lines[-1] and at == 0 else "") + part
            if lines[-1] and width_of(joined, font, size) > width:
                lines.append(part)
            else:
                lines[-1] = joined
    return [line for line in lines if line]


def draw_slip(sheet: Sheet, top: float, truth: SlipTruth, rows: Sequence[SlipRow], look: SlipLook) -> float:
    """A slip with its title's baseline at `top`; returns the y of its last line."""
    font, size = look.font, look.size

    def say(text: str) -> str:
        return text.replace("-", SOFT_HYPHEN) if look.soft_hyphens else text

    def put(text: str, x: float, y: float) -> None:
        sheet.add(say(text), x, y, font=font, size=size)

    sheet.centred(say("Packing Slip"), 306, top, font=font, size=15)
    for number, line in enumerate(("Silq Devices Example", "1 Invented Way", "Testville, CA 90001 US")):
        put(line, 37, top + 12 + 10 * number)
    if look.ship_to_above:
        put("Ship To:", 74, top + 67)
    else:
        sheet.right("Ship To:", 102, top + 77, font=font, size=size)
    for number, line in enumerate(truth.printed_address):
        put(line, 74 if look.ship_to_above else 106, top + 77 + 10 * number)
    values = (truth.printed_order, truth.po, truth.order_date, truth.email, truth.printed_date)
    for label, value, offset in zip(look.labels, values, (79, 91, 104, 116, 129), strict=True):
        if look.labels_left:
            put(label, 340, top + offset)
        else:
            sheet.right(say(label), 407, top + offset, font=font, size=size)
        put(value, 412, top + offset)
    end = _draw_table(sheet, top + 155, rows, look, say)
    if look.foot and end < top + 310:
        put(look.foot, 250, top + 340)
    return end


def _draw_table(sheet: Sheet, top: float, rows: Sequence[SlipRow], look: SlipLook, say: Callable[[str], str]) -> float:
    font, size = look.font, look.size
    chance = random.Random(len(rows) + int(look.lot_x * 100))  # noqa: S311
    columns = [look.item_x, look.description_x, look.lot_x, look.qty_x]
    parts = [part for row in rows for part in row.lot_cell.replace("-", "- ").split()]
    widest = max((width_of(part, font, size) for part in parts), default=0)
    if look.extra:
        columns[3] = min(columns[3], 520.0)
        sheet.add(look.extra, columns[3] + 48, top, font=font, size=size)
    columns[2] = min(columns[2], columns[3] - widest - 4)
    ends = [columns[1] - 4, columns[2] - 4, columns[3] - 4, columns[3] + 36]

    def cell(text: str, at: int, y: float, align: str) -> None:
        room = ends[at] - columns[at] - width_of(say(text), font, size)
        shift = {"left": 0.0, "centre": room / 2, "right": room}[align]
        sheet.add(say(text), columns[at] + max(shift, 0.0), y, font=font, size=size)

    for at, name in enumerate(look.headers):
        align = "centre" if look.headers_centred and at in (2, 3) else look.align[at]
        first, _, second = name.partition(" ")
        if at == 2 and look.two_line_header and second:
            cell(first, at, top, align)
            cell(second, at, top + 9, align)
        else:
            cell(name, at, top, align)
    y = top + 12 + (9 if look.two_line_header else 0)
    for row in rows:
        cells = [
            wrap(row.code, ends[0] - columns[0], font, size),
            wrap(row.description, ends[1] - columns[1], font, size),
            wrap(row.lot_cell, ends[2] - columns[2], font, size),
            [row.quantity],
        ]
        height = max(map(len, cells))
        for at, lines in enumerate(cells):
            offset = (height - len(lines)) * look.pitch / 2 if look.middle else 0.0
            offset += chance.uniform(-look.jitter, look.jitter)
            for number, line in enumerate(lines):
                cell(line, at, y + offset + number * look.pitch, look.align[at])
        if look.extra:
            sheet.add("EA", columns[3] + 48, y, font=font, size=size)
        y += height * look.pitch + look.row_gap
    if look.note:
        y += look.note_gap * look.pitch - look.row_gap
        sheet.add(say(look.note), look.item_x, y, font=font, size=size)
    return y


# --- Sales orders -----------------------------------------------------------------------------------------------------


@dataclass
class OrderedTruth:
    """What must be read from a line of an order; `units` is None where the pack is not told."""

    page: int
    item_code: str
    sku: str
    ordered: str
    units: int | None


@dataclass
class OrderTruth:
    """What must be read from an order."""

    order_number: str
    order_date: str
    zip: str
    facility: str
    pages: int
    lines: list[OrderedTruth] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def draw_order(sheets: list[Sheet], chance: random.Random, *, rows: int | None = None, per_page: int = 9) -> OrderTruth:
    """Adds the pages of one order to `sheets`; several when its rows do not fit."""
    font, size = chance.choice((("Helvetica", 8.0), ("Times-Roman", 9.0), ("Courier", 7.0)))
    address = an_address(chance)
    lines = [str(line).removesuffix(" US") for line in address["printed_address"]][:5]  # type: ignore[index, attr-defined]
    lines[-1] = f"{address['city']}, {address['state']} {address['zip']}"
    count = rows or chance.choice((1, 2, 3, 4, 12))
    number = f"{chance.randrange(100, 99_999):07d}"
    day = date(2025, 1, 1) + timedelta(days=chance.randrange(500))
    pages = -(-count // per_page)
    first = len(sheets) + 1
    truth = OrderTruth(number, _us(day), str(address["zip"]), str(address["facility"]), pages)
    salesperson = {3: 220.0, 4: 232.0}.get(len(lines), 243.0) if len(lines) > 2 else 220.0
    total = 0
    made = [_ordered_row(chance) for _ in range(count)]
    blanket = chance.random() < 0.15
    for page in range(pages):
        sheet = Sheet()
        sheets.append(sheet)

        def put(text: str, x: float, y: float, sheet: Sheet = sheet) -> None:
            sheet.add(text, x, y, font=font, size=size)

        sheet.centred("SALES ORDER", 456, 50, font=font, size=14)
        if pages > 1:
            put(f"PAGE: {page + 1}", 540, 30)
        for at, line in enumerate(("Silq Devices Example", "1 Invented Way", "Testville, CA 90001", "555-0100")):
            put(line, 18, 40 + 11 * at)
        for at, (label, value) in enumerate(
            (
                ("ORDER NUMBER:", number),
                ("ORDER DATE:", _us(day)),
                ("CUSTOMER NUMBER:", f"00-C{chance.randrange(1000):04d}"),
            )
        ):
            put(label, 343, 70 + 12 * at)
            put(value, 456, 70 + 12 * at)
        put("SOLD TO:", 18, 140)
        put("SHIP TO:", 343, 140)
        for at, line in enumerate(("Accounts Payable Office", "PO Box 12", "Payville, NY 10001")):
            put(line, 18, 153 + 11 * at)
        for at, line in enumerate(lines):
            put(line, 343, 153 + 11 * at)
        put("Salesperson:", 18, salesperson)
        put("0001 House", 80, salesperson)
        values = (f"PO-{chance.randrange(10_000)}" if chance.random() < 0.7 else "", "FEDEX GROUND", "", "Net 30")
        for x, label, value in zip(
            (80, 230, 350, 500), ("CUSTOMER P.O.", "SHIP VIA", "F.O.B.", "TERMS"), values, strict=True
        ):
            sheet.centred(label, x, salesperson + 20, font=font, size=size)
            if value:
                sheet.centred(value, x, salesperson + 32, font=font, size=size)
        y = salesperson + 56
        if blanket:
            put("BLANKET ORDER: RELEASE AS NEEDED", 90, y - 12)
        put("ITEM CODE", 18, y)
        put("ITEM DESCRIPTION", 90, y)
        put("UNIT", 315, y)
        for text, x in (("ORDERED", 403), ("PRICE", 459), ("AMOUNT", 532)):
            sheet.right(text, x, y, font=font, size=size)
        put("Date Due", 538, y)
        y += 16
        for code, sku, descriptions, unit, ordered, price, units in made[page * per_page : (page + 1) * per_page]:
            amount = ordered * price  # ten thousandths times cents
            total += amount
            put(code, 18, y)
            put(descriptions[0], 90, y)
            put(unit, 315, y)
            sheet.right(f"{ordered / 10_000:,.4f}", 403, y, font=font, size=size)
            sheet.right(f"{price / 100:,.2f}", 459, y, font=font, size=size)
            sheet.right(f"{amount / 1_000_000:,.2f}", 532, y, font=font, size=size)
            put(_us(day + timedelta(days=20)), 536, y)
            for at, more in enumerate(descriptions[1:], 1):
                put(more, 90, y + 11 * at)
            y += 11 * len(descriptions) + chance.choice((3, 6))
            if sku:
                truth.lines.append(OrderedTruth(first + page, code, sku, f"{ordered / 10_000:,.4f}", units))
            else:
                truth.ignored.append(code)
        if page + 1 < pages:
            put("CONTINUED", 480, 740)
        else:
            for at, (label, value) in enumerate(
                (
                    ("NET ORDER:", f"{total / 1_000_000:,.2f}"),
                    ("FREIGHT:", "0.00"),
                    ("ORDER TOTAL:", f"{total / 1_000_000:,.2f}"),
                )
            ):
                put(label, 380, 690 + 12 * at)
                sheet.right(value, 532, 690 + 12 * at, font=font, size=size)
    return truth


def _ordered_row(chance: random.Random) -> tuple[str, str, list[str], str, int, int, int | None]:
    if chance.random() < 0.12:
        kilos = chance.random() < 0.5
        code = "NRE" if kilos else "SLQ-4007"
        return code, "", ["Engineering charge" if kilos else "Leaflet"], "KG" if kilos else "EACH", 25_000, 1_200, None
    french = chance.choice(FRENCH)
    pack = chance.choice((10, 10, 1, 0))
    quantity = chance.choice((1, 2, 5, 40, 1_200))
    words = chance.choice(PACKS[pack]) if pack else ""
    long = (
        f"Silq ClearTract {french} Fr Two Way Catheter with a balloon of 10 cc and a long description {words}".strip()
    )
    descriptions = chance.choice(
        (
            [f"Silq {french} Fr catheter {words}".strip()],
            [f"Silq {french} Fr catheter", long],
            ["Silq catheter", "for hospitals", words or "plain"],
        )
    )
    return (
        code_of(french, chance),
        sku_of(french),
        descriptions,
        chance.choice(("EACH", "BOX")),
        quantity * 10_000,
        chance.choice((5_500, 12_000, 0, 733)),
        quantity * pack or None,
    )


# --- Carrier labels ---------------------------------------------------------------------------------------------------


@dataclass
class LabelTruth:
    """What must be read from a label; `tracking` is "" where it must not be trusted."""

    tracking: str
    zip: str
    ship_date: date


def draw_label(
    sheet: Sheet,
    chance: random.Random,
    truth: SlipTruth | None = None,
    *,
    x: float = 60,
    y: float = 360,
    barcode: str = "right",
) -> LabelTruth:
    """A label reading upward, its lower left corner at (x, y); for the recipient of a slip when one is given."""
    address = an_address(chance) if truth is None else {
        "contact": truth.contact, "facility": truth.facility, "address1": truth.address1, "address2": truth.address2,
        "city": truth.city, "state": truth.state, "zip": truth.zip,
    }  # fmt: skip
    shipped = truth.ship_date if truth is not None and truth.ship_date else date(2026, 1, 2)
    tracking = "".join(chance.choices("0123456789", k=12))
    size = chance.choice((7.0, 8.0))

    def put(text: str, along: float, across: float, height: float = size) -> None:
        sheet.add(text, x + across, y - along, size=height, turned=90)

    months = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
    put("ORIGIN ID:TSTA (555) 555-0100", 0, 0)
    put(f"SHIP DATE: {shipped.day:02d}{months[shipped.month - 1]}{shipped.year % 100:02d}", 170, 0)
    for at, line in enumerate(
        ("SHIPPING DEPT", "SILQ DEVICES EXAMPLE", "1 INVENTED WAY", "TESTVILLE, CA 90001", "UNITED STATES US")
    ):
        put(line, 0, 9 * (at + 1))
    put("ACTWGT: 1.00 LB", 170, 9)
    put("BILL SENDER", 170, 36)
    put("TO", 0, 64)
    lines = [str(address["contact"]), str(address["facility"]), str(address["address1"]), str(address["address2"])]
    across = 64.0
    for line in filter(None, lines):
        put(line.upper(), 16, across, size + 2)
        across += 11
    put(f"{str(address['city']).upper()} {address['state']} {str(address['zip'])[:5]}", 16, across, size + 3)
    put("(555) 555-0101", 16, across + 11)
    reference = f"REF: {truth.printed_order}" if truth is not None else "REF: 7"
    put(reference, 120, across + 11)
    put("TRK#", 0, 150, size)
    put(f"{tracking[:4]} {tracking[4:8]} {tracking[8:]}", 30, 150, size + 4)
    put("0201", 0, 158, size - 1)
    put("** 2DAY **", 200, 150)
    put(f"{str(address['zip'])[:5]}", 200, 170, size + 5)
    if barcode != "none":
        shown = tracking if barcode == "right" else f"{(int(tracking) + 7) % 10**12:012d}"
        put(f"9622 0019 0 (000 000 0000) 0 00 {shown[:4]} {shown[4:8]} {shown[8:]}", 10, 250)
    return LabelTruth("" if barcode == "wrong" else tracking, str(address["zip"])[:5], shipped)


def write_mixed_file(path: Path) -> str:
    """A slip of two devices and a leaflet under its label, an order, a page of neither; returns the tracking number."""
    chance = random.Random(4)  # noqa: S311
    truth = SlipTruth(
        "SO 0000901", date(2026, 1, 2), "Lakeside Urology", "Jane Roe", "12 Harbor St", "Suite 4", "Port Alder", "WA",
        "98005", "", printed_order="SO 0000901", printed_date="1/2/2026", order_date="12/30/2025",
        printed_address=["Jane Roe", "Lakeside Urology", "12 Harbor St", "Suite 4", "Port Alder, WA 98005 US"],
    )  # fmt: skip
    cell = "21600101003: X2 SLQ-12345, X1 SLQ-12346 1810 - X5 SLQ-12345678"
    rows = [
        SlipRow("21600101003", "16 Fr catheter, 10-Pack", "3", cell),
        SlipRow("1810", "18 Fr catheter, single catheter", "5", cell),
        SlipRow("SLQ-4007", "Leaflet", "1", cell),
    ]
    first, letter = Sheet(), Sheet()
    draw_slip(first, 417, truth, rows, SlipLook())
    tracking = draw_label(first, chance, truth).tracking
    letter.add("Dear customer", 60, 100)
    sheets = [first]
    draw_order(sheets, chance, rows=2)
    write_pdf(path, [*sheets, letter])
    return tracking
