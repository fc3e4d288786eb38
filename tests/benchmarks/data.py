"""A log of any size, the same every time: made from a seed, by the proportions of six years of a small maker.

A million lines are 5,000 facilities, 400,000 orders, 1,500 lots, three SKUs, six years.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from desktop.domain.products import SKUS
from desktop.domain.reports import RECORD_COLUMNS

FIRST_DAY = date(2020, 1, 2)
_DAYS = 6 * 365
_CITIES = (("Springfield", "IL"), ("Riverton", "WY"), ("Fairview", "OK"), ("Georgetown", "TX"), ("Madison", "WI"))
_KINDS = ("Medical Center", "Urology Clinic", "Veterans Hospital", "Surgical Supply", "Home Health")


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """`count` lines as the texts of the record CSV's columns, by ship date."""
    chance = random.Random(20250101)  # noqa: S311  repeatable, not secret
    facilities = [_facility(number, chance) for number in range(max(1, count // 200))]
    lots = [f"SLQ-{10_000 + number}" for number in range(max(3, count * 3 // 2_000))]
    order, left = 0, 0
    facility = facilities[0]
    day = FIRST_DAY
    for number in range(count):
        if left == 0:
            order, left = order + 1, chance.choice((1, 2, 2, 3, 4))
            facility = chance.choice(facilities)
            day = FIRST_DAY + timedelta(days=number * _DAYS // count)
        left -= 1
        name, address, city, state, zip_code, contact, phone = facility
        yield (
            day.isoformat(),
            f"SO {order:07d}",
            name,
            city,
            state,
            SKUS[number % 3],
            lots[min(len(lots) - 1, number * len(lots) // count + chance.randrange(3))],
            str(chance.choice((5, 10, 10, 20, 30, 50))),
            "",
            "csv_import",
            address,
            "",
            zip_code,
            "USA",
            contact,
            phone,
            "",
            f"{700_000_000_000 + number}",
        )


def write_csv(path: Path, count: int) -> None:
    """A record CSV of `count` lines."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.header for column in RECORD_COLUMNS])
        writer.writerows(rows(count))


def write_more(lines: Path, path: Path, *, header: bool, ids: int) -> None:
    """The lines of a CSV file as those of other orders, so that all of them are new beside the first.

    `ids` is added to the ids of a file that has them.
    """
    with (
        lines.open(encoding="utf-8", newline="") as source,
        path.open("w", encoding="utf-8", newline="") as file,
    ):
        rows_of_file = csv.reader(source)
        writer = csv.writer(file)
        if header:
            writer.writerow(next(rows_of_file))
        for row in rows_of_file:
            at = 2 if ids else 1
            row[at] = row[at].replace("SO ", "PO ")
            row[0] = str(int(row[0]) + ids) if ids else row[0]
            writer.writerow(row)


def _facility(number: int, chance: random.Random) -> tuple[str, ...]:
    city, state = chance.choice(_CITIES)
    return (
        f"{city} {chance.choice(_KINDS)} {number:04d}",
        f"{chance.randrange(1, 9_999)} Example Street",
        city,
        state,
        f"{chance.randrange(10_000, 99_999)}",
        f"Receiving {number:04d}",
        f"(555) 555-01{number % 100:02d}",
    )
