"""Facilities that earlier shipments went to."""

from __future__ import annotations

from sqlalchemy import func, select

from desktop.domain.distributions import fold_facility
from desktop.domain.facilities import ADDRESS_FIELDS, KnownFacility
from desktop.domain.permissions import Permission
from desktop.services.access import requires
from desktop.services.log_query import ENTRY
from desktop.services.unit_of_work import Workspace, reading

_COUNTED = 200


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def known_facilities(workspace: Workspace, text: str, limit: int = 12) -> tuple[KnownFacility, ...]:
    """The facilities whose name holds every word of `text`, without case; none for a blank text.

    Those with most lines come first; of many, only the first by name are counted, those that begin with `text` before
    the others. The address is that of the line which was entered last.
    """
    wanted = fold_facility(text)
    if not wanted:
        return ()
    with reading(workspace) as session:
        # A log has a few thousand names at most, and they are in an index: comparing them here folds every alphabet.
        names = session.scalars(select(ENTRY.facility_name).distinct())
        folded = sorted((fold_facility(name), name) for name in names)
        found = [pair for pair in folded if all(word in pair[0] for word in wanted.split())]
        found.sort(key=lambda pair: not pair[0].startswith(wanted))
        lines = func.count()
        spelled = (
            select(ENTRY.facility_name, lines, func.max(ENTRY.id), func.max(ENTRY.ship_date))
            .where(ENTRY.facility_name.in_([name for _, name in found[:_COUNTED]]))
            .group_by(ENTRY.facility_name)
            .order_by(lines.desc(), ENTRY.facility_name)
            .limit(limit)
        )
        counted = session.execute(spelled).all()
        columns = [getattr(ENTRY, name) for name in ADDRESS_FIELDS]
        latest = select(ENTRY.id, *columns).where(ENTRY.id.in_([row[2] for row in counted]))
        addresses = {row[0]: row[1:] for row in session.execute(latest)}
    return tuple(
        KnownFacility(
            name,
            count,
            shipped,
            {field: value or "" for field, value in zip(ADDRESS_FIELDS, addresses[entry_id], strict=True)},
        )
        for name, count, entry_id, shipped in counted
    )
