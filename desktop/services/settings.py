"""Settings that change how the product judges."""

from __future__ import annotations

from sqlalchemy.orm import Session

from desktop.db.tables import SettingRow
from desktop.domain.lots import LotRule

LOT_RULE = "lot-rule"


def lot_rule(session: Session) -> LotRule:
    """The lot rule in force: the setting, else the traceability plan's pattern."""
    setting = session.get(SettingRow, LOT_RULE)
    return LotRule() if setting is None else LotRule(setting.value)
