"""Facilities that earlier shipments went to."""

from __future__ import annotations

from sqlalchemy import func, select

from desktop.db.base import storable
from desktop.domain.facilities import ADDRESS_FIELDS, KnownFacility
from desktop.domain.filters import DistributionFilter
from desktop.domain.permissions import Permission
from desktop.services.access import requires
from desktop.services.log_query import ENTRY, conditions
from desktop.services.unit_of_work import Workspace, reading


@requires(Permission.DISTRIBUTION_LOG_VIEW)
def known_facilities(workspace: Workspace, text: str, limit: int = 12) -> tuple[KnownFacility, ...]:
    """The facilities whose name holds every word of `text`, those with most lines first; none for a blank text."""
    words = storable(text).split()
    if not words:
        return ()
    # The filter's own conditions, because they are what the log has an index for.
    wanted = [
        *conditions(DistributionFilter(text=text)),
        *(ENTRY.facility_name.icontains(word, autoescape=True) for word in words),
    ]
    lines = func.count()
    spelled = (
        select(ENTRY.facility_name, lines, func.max(ENTRY.id), func.max(ENTRY.ship_date))
        .where(*wanted)
        .group_by(ENTRY.facility_name)
        .order_by(lines.desc(), ENTRY.facility_name)
        .limit(limit)
    )
    with reading(workspace) as session:
        found = session.execute(spelled).all()
        columns = [getattr(ENTRY, name) for name in ADDRESS_FIELDS]
        latest = select(ENTRY.id, *columns).where(ENTRY.id.in_([row[2] for row in found]))
        addresses = {row[0]: row[1:] for row in session.execute(latest)}
    return tuple(
        KnownFacility(
            name,
            count,
            shipped,
            {field: value or "" for field, value in zip(ADDRESS_FIELDS, addresses[latest_id], strict=True)},
        )
        for name, count, latest_id, shipped in found
    )
