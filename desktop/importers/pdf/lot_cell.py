"""The lot cell of a packing slip: a note about the whole shipment, repeated on every row, of which each row takes
the lot of its own item code.

    SKU: 21600101003 LOT: SLQ-12345678 SKU: 21800101003 LOT: SLQ-87654321
    21600101003 - X3 SLQ-12345678          21600101003: X7 SLQ-12345678, X1 SLQ-12345679
    LN: SLQ-12345678 (x4)                  Lot: 12345678                 SLQ 1610-123456
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from desktop.domain.lots import normalise_lot
from desktop.domain.products import ProductTable, fold_code


class LotEntry(NamedTuple):
    """One lot of the cell. `code` is the item code it was printed for, "" for none, and `sku` what the code stands for;
    `quantity` is how many, None when that is not told.

    `note` tells what was changed to read the lot, `doubt` why it may be read wrong; both are "" mostly.
    """

    code: str
    lot: str
    quantity: int | None
    printed: str
    sku: str = ""
    note: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class LotCell:
    """What a cell says. `remarks` are words that are neither code, lot nor count; `doubt` is why to look twice."""

    entries: tuple[LotEntry, ...] = ()
    codes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    doubt: str = ""


class Row(NamedTuple):
    """What a row of the slip is matched by; `quantity` is as written, None when it has none."""

    code: str
    sku: str
    quantity: int | None
    cell: LotCell


class Share(NamedTuple):
    """A lot of a row and how many of the row's quantity; None when that is not told."""

    lot: str
    quantity: int | None
    notes: tuple[str, ...] = ()
    problem: str = ""


@dataclass(slots=True)
class _Reading:
    """The cell as far as it was read."""

    table: ProductTable
    text: str
    code: str = ""
    label: str = ""  # "sku" or "lot" right before this token
    count: int | None = None
    last_lot: int = -1  # the entry that a count behind it belongs to
    counts_follow: bool | None = None
    entries: list[LotEntry] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


_DASHES = str.maketrans("\u2012\u2013\u2014\u2212\u2018\u2019", "----''")
_LOT_DIGITS = (5, 8, 11)
_END = r"(?:(?![A-Za-z0-9])|(?=LOT|SKU|LN\b))"  # words may stand without a space between them
_SILQ_LOT = rf"SLQ\s*[:#;.]?\s*-?\s*(?:(?P<size>\d{{4}})\s*-\s*(?P<serial>\d{{5,7}})|(?P<digits>\d{{5,14}})){_END}"
_SMALL_WORDS = frozenset(
    [
        "and",
        "of",
        "the",
        "for",
        "lot",
        "lots",
        "sku",
        "slq",
        "qty",
        "x",
        "ea",
        "each",
        "pcs",
        "no",
        "number",
        "ref",
        "code",
        "item",
    ]
)


def read_lot_cell(text: str, table: ProductTable) -> LotCell:
    """What a lot cell says; its lines are joined, its hyphens folded."""
    reading = _Reading(table, text)
    for match in _tokens(tuple(table.devices), tuple(table.others)).finditer(text.translate(_DASHES)):
        _take(reading, match.lastgroup or "", match)
    if reading.count is not None:
        reading.doubts.append("a count stands behind the last lot and belongs to none")
    return LotCell(
        tuple(reading.entries), tuple(reading.codes), tuple(reading.remarks), "; ".join(dict.fromkeys(reading.doubts))
    )


@lru_cache(maxsize=8)
def _tokens(devices: tuple[str, ...], others: tuple[str, ...]) -> re.Pattern[str]:
    def alternatives(codes: Sequence[str]) -> str:
        longest_first = sorted(codes, key=len, reverse=True)
        # A code may be wrapped or written with a space or plus before its letters.
        spelled = [re.sub(r"(?<=\d)(?=[A-Za-z])", r"[\\s+-]*", re.escape(code)) for code in longest_first]
        return "|".join(spelled) or "(?!)"

    return re.compile(
        rf"(?P<other>(?<![A-Za-z0-9])(?:{alternatives(others)})(?![A-Za-z0-9]))"
        rf"|(?P<silq>(?<![A-Za-z0-9]){_SILQ_LOT})"
        rf"|(?P<silqlike>(?<![A-Za-z0-9])SLQ[\s:#-]*\d[\w-]*)"
        rf"|(?P<code>(?<![A-Za-z0-9-])(?:{alternatives(devices)}){_END}(?!-\d))"
        r"|(?P<skuword>(?<![A-Za-z])(?:SKU|ITEM|CODE|REF)S?\b\s*(?:NO\b\.?|NUMBER\b|\#)?\s*[:#]?)"
        r"|(?P<lotword>(?<![A-Za-z])(?:LOTS?|LN|L/N|BATCH)\b\s*(?:NUMBERS?\b|NOS?\b\.?|NR\b\.?|\#)?\s*[:#.]?)"
        r"|(?P<times>(?<![A-Za-z0-9])\(?\s*[X×]\s*(?P<times_n>\d{1,4})\s*\)?(?![A-Za-z0-9-])"
        r"|(?<![A-Za-z0-9-])\(?\s*(?P<n_times>\d{1,4})\s*[X×]\s*\)?(?![A-Za-z0-9])"
        r"|\(\s*(?P<paren>\d{1,4})\s*\)|\bQTY\b\s*[:.]?\s*(?P<qty>\d{1,4})(?![A-Za-z0-9-]))"
        r"|(?P<sized>(?<![A-Za-z0-9])\d{4}\s*-\s*\d{5,7}(?![A-Za-z0-9-]))"
        rf"|(?P<number>(?<![A-Za-z0-9])\d{{5,14}}{_END})"
        r"|(?P<word>[^\s,;]+)",
        re.IGNORECASE,
    )


def _take(reading: _Reading, kind: str, match: re.Match[str]) -> None:
    label, reading.label = reading.label, ""
    printed = reading.text[match.start() : match.end()].strip()
    if kind in ("code", "other"):
        reading.codes.append(printed)
        if label == "lot":
            return  # a code where the lot should be is no lot, and no heading either
        if reading.count is not None:
            reading.doubts.append(f"a count stands before {printed}")
            reading.count = None
        reading.code, reading.counts_follow = fold_code(printed), None
    elif kind == "skuword":
        reading.label = "sku"
    elif kind == "lotword":
        reading.label = "lot"
    elif kind == "times":
        _take_count(reading, match)
        reading.label = label
    elif kind == "silq":
        lot = f"SLQ{size}-{match.group('serial')}" if (size := match.group("size")) else f"SLQ-{match.group('digits')}"
        doubt = _odd_length(match.group("digits"))
        _add(reading, lot, printed, doubt=doubt)
    elif kind == "sized" and label == "lot":
        _add(reading, "SLQ" + re.sub(r"\s", "", match.group()), printed)
    elif kind == "number" and (label == "lot" or (label != "sku" and _follows_code(reading))):
        _add(reading, f"SLQ-{printed}", printed, doubt=_odd_length(printed))
    elif kind in ("number", "sized") and label == "sku":
        reading.codes.append(printed)
        reading.code, reading.counts_follow = fold_code(printed), None
    elif kind == "silqlike":
        _add(reading, normalise_lot(printed), printed, doubt=f"“{printed}” is not written like a lot")
    elif label == "sku" and any(char.isdigit() for char in printed):
        reading.codes.append(printed)
        reading.code, reading.counts_follow = fold_code(printed.strip(":-.,()")), None
    else:
        if kind in ("number", "sized") and len(printed) in _LOT_DIGITS[1:]:
            reading.doubts.append(f"“{printed}” may be a lot")
        word = printed.strip(" -:.,;()/&+")
        if len(word) > 1 and word.lower() not in _SMALL_WORDS:
            reading.remarks.append(printed)
        else:
            reading.label = label  # a dash or bracket between the word LOT and its number


def _take_count(reading: _Reading, match: re.Match[str]) -> None:
    count = int(next(match.group(name) for name in ("times_n", "n_times", "paren", "qty") if match.group(name)))
    behind = reading.last_lot >= 0 and reading.entries[reading.last_lot].code == reading.code
    if reading.counts_follow is None:
        reading.counts_follow = behind
    if reading.counts_follow and behind and reading.entries[reading.last_lot].quantity is None:
        reading.entries[reading.last_lot] = reading.entries[reading.last_lot]._replace(quantity=count)
    elif reading.count is None and not reading.counts_follow:
        reading.count = count
    else:
        reading.doubts.append(f"the count {count} belongs to no lot")


def _add(reading: _Reading, lot: str, printed: str, doubt: str = "") -> None:
    lot = normalise_lot(lot)
    note = "" if printed == lot else f"Lot number {lot} read from “{printed}”"
    sku = reading.table.sku(reading.code) or ""
    reading.entries.append(LotEntry(reading.code, lot, reading.count, printed, sku, note, doubt))
    reading.last_lot = len(reading.entries) - 1
    reading.count = None


def _follows_code(reading: _Reading) -> bool:
    """Whether a bare number stands right behind an item code and can only be its lot."""
    return bool(reading.code) and not any(entry.code == reading.code for entry in reading.entries)


def _odd_length(digits: str | None) -> str:
    if digits is None or len(digits) in _LOT_DIGITS:
        return ""
    return f"The lot has {len(digits)} digits; slips print lots of 8 or 11"


def share_lots(rows: Sequence[Row]) -> list[list[Share]]:
    """The lots of each device row of a slip: its own, never a neighbour's. Every row has at least one share."""
    own = [_own_entries(rows, at) for at in range(len(rows))]
    shares: list[list[Share]] = [[] for _ in rows]
    for at, (entries, problem) in enumerate(own):
        if shares[at]:
            continue
        if not entries:
            shares[at] = [Share("", rows[at].quantity, problem=problem)]
            continue
        group = [other for other in range(at, len(rows)) if own[other][0] == entries]
        for number, found in zip(group, _shares([rows[other] for other in group], entries), strict=True):
            shares[number] = found
    return shares


def _own_entries(rows: Sequence[Row], at: int) -> tuple[list[LotEntry], str]:
    """The entries that are for the row, or why there are none."""
    row, cell = rows[at], rows[at].cell
    own = [entry for entry in cell.entries if entry.code and entry.code == row.code]
    if not own:
        # Another spelling of the code, 1610 for 21600101003 say, unless that spelling is another row's.
        others = {other.code for other in rows}
        own = [entry for entry in cell.entries if entry.sku == row.sku and row.sku and entry.code not in others]
    if own:
        return own, ""
    loose = [entry for entry in cell.entries if not entry.code]
    if loose and len(rows) == 1 and len(loose) == len(cell.entries):
        return loose, ""
    if not cell.entries:
        return [], "The row has no lot: its lot cell names none"
    if loose and len(rows) > 1:
        return [], f"The slip has {len(rows)} device rows and the lot cell does not say which lot is of {row.code}"
    return [], f"The row has no lot of its own: the lot cell names none for {row.code}"


def _shares(rows: Sequence[Row], entries: Sequence[LotEntry]) -> list[list[Share]]:
    """The lots of rows that share their entries: one row, or several of the same code."""
    total = sum(row.quantity or 0 for row in rows) if all(row.quantity is not None for row in rows) else None
    counts = _counts(entries, total)
    doubts = "; ".join(dict.fromkeys(entry.doubt for entry in entries if entry.doubt))
    problem = f"{doubts[0].upper()}{doubts[1:]}" if doubts else ""
    if rows[0].cell.doubt:
        problem = "; ".join(filter(None, (problem, f"The lot cell is not read for certain: {rows[0].cell.doubt}")))
    notes = {
        lot: tuple(dict.fromkeys(entry.note for entry in entries if entry.lot == lot and entry.note)) for lot in counts
    }
    told = sum(count or 0 for count in counts.values())
    whole = all(count is not None for count in counts.values())
    wrong_sum = ""
    if total is not None and told != total and any(counts.values()):
        wrong_sum = f"The counts in the lot cell add up to {told}, the quantity is {total}"
    problem = "; ".join(filter(None, (problem, wrong_sum)))
    if len(counts) == 1:
        (lot,) = counts
        return [[Share(lot, row.quantity, notes[lot], problem)] for row in rows]
    if whole and not wrong_sum and len(rows) == 1:
        return [[Share(lot, count, notes[lot], problem) for lot, count in counts.items()]]
    if whole and sorted(count or 0 for count in counts.values()) == sorted(row.quantity or 0 for row in rows):
        left = dict(counts)
        shares = []
        for row in rows:
            lot = next(lot for lot, count in left.items() if count == row.quantity)
            shares.append([Share(lot, left.pop(lot), notes[lot], problem)])
        return shares
    if len(rows) == len(counts):
        unsure = f"{len(rows)} rows of {rows[0].code} and {len(counts)} lots: check which lot is of which row"
        problem = "; ".join(filter(None, (problem, unsure)))
        return [[Share(lot, row.quantity, notes[lot], problem)] for row, lot in zip(rows, counts, strict=True)]
    if not wrong_sum:
        unsure = f"The lot cell names {len(counts)} lots for {rows[0].code or 'the row'} and not how many of each"
        problem = "; ".join(filter(None, (problem, unsure)))
    return [[Share(lot, None, notes[lot], problem) for lot in counts] for _ in rows]


def _counts(entries: Sequence[LotEntry], total: int | None) -> dict[str, int | None]:
    """How many of each lot, in the order printed. An entry that is printed twice counts once, unless twice is right."""
    every: dict[str, int | None] = {}
    for entry in entries:
        before = every.get(entry.lot)
        every[entry.lot] = entry.quantity if before is None else before + (entry.quantity or 0)
    if sum(count or 0 for count in every.values()) == total:
        return every
    once: dict[str, int | None] = {}
    for lot, count in dict.fromkeys((entry.lot, entry.quantity) for entry in entries):
        before = once.get(lot)
        once[lot] = count if before is None else before + (count or 0)
    return once
