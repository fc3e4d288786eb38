"""Who received a lot, when and how many: the question of a recall."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from desktop.db.base import storable
from desktop.domain.distributions import DistributionEntry, fold_facility
from desktop.domain.filters import DistributionFilter
from desktop.domain.lots import normalise_lot
from desktop.domain.permissions import Permission
from desktop.importers.scanned_code import ScannedCode, read_scanned_code
from desktop.services.access import requires
from desktop.services.log_query import ENTRY, conditions, fetch_entries, select_entries
from desktop.services.settings import lot_rule
from desktop.services.unit_of_work import Workspace, reading


@dataclass(frozen=True, slots=True)
class LotTrace:
    """Every line of one lot by ship date, how many facilities received it, and how many single units."""

    lot: str
    facilities: int
    units: int
    lines: tuple[DistributionEntry, ...]


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def read_code(workspace: Workspace, typed: str) -> ScannedCode:
    """The lot that was typed or scanned: plain, or in a GS1 code. What the rule accepts or the log has is a lot."""
    with reading(workspace) as session:
        rule = lot_rule(session)

        def is_lot(lot: str) -> bool:
            logged = select(ENTRY.id).where(ENTRY.lot_number == storable(lot)).limit(1)
            return rule.accepts(lot) or session.scalar(logged) is not None

        return read_scanned_code(typed, is_lot)


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def trace(workspace: Workspace, lot_number: str) -> LotTrace:
    """Who received a lot; the lot is normalised as on entry. Nothing found is an answer, with no lines."""
    lot = normalise_lot(lot_number)
    if not lot:  # no lot in a filter means any
        return LotTrace(lot, 0, 0, ())
    with reading(workspace) as session:
        query = select_entries().where(*conditions(session, DistributionFilter(lot_number=lot)))
        lines = fetch_entries(session, query.order_by(ENTRY.ship_date, ENTRY.order_number, ENTRY.id))
    facilities = {fold_facility(line.facility_name) for line in lines}
    return LotTrace(lot, len(facilities), sum(line.quantity for line in lines), lines)
