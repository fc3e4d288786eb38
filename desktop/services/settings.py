"""Settings that change how the product judges, each changed with a reason and audited."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desktop.db.base import storable
from desktop.db.lot_check import replace_lot_check
from desktop.db.tables import DistributionEntryRow, SettingRow, UserRow
from desktop.domain.audit import AuditAction, EntityType
from desktop.domain.changes import Changes, Subject
from desktop.domain.errors import RuleBroken
from desktop.domain.imports import Problem
from desktop.domain.lot_patterns import read_lot_pattern
from desktop.domain.lots import LONGEST_LOT, LotRule
from desktop.domain.permissions import Permission
from desktop.domain.settings import LOT_RULE, LotRuleEffect, Setting
from desktop.services.access import requires
from desktop.services.unit_of_work import Workspace, reading, unit_of_work

_EXAMPLES = 5


@requires(Permission.SETTINGS_MANAGE)
def list_settings(workspace: Workspace) -> tuple[Setting, ...]:
    """Every setting as it is in force."""
    with reading(workspace) as session:
        name = func.coalesce(func.nullif(UserRow.display_name, ""), UserRow.email)
        row = session.execute(
            select(SettingRow.value, SettingRow.updated_at, name)
            .outerjoin(UserRow, UserRow.id == SettingRow.updated_by_user_id)
            .where(SettingRow.key == LOT_RULE)
        ).first()
    return (Setting(LOT_RULE, LotRule().pattern) if row is None else Setting(LOT_RULE, *row),)


@requires(Permission.SETTINGS_MANAGE)
def lot_rule_effect(workspace: Workspace, pattern: str) -> LotRuleEffect:
    """What a pattern would say of the lots in the log. Raises `RuleBroken` for one that cannot be the lot rule."""
    rule = LotRule(read_lot_pattern(pattern.strip()).text)
    with reading(workspace) as session:
        return _effect(session, rule)


@requires(Permission.SETTINGS_MANAGE)
def change_lot_rule(workspace: Workspace, pattern: str, reason: str) -> Changes:
    """Put another lot rule in force, everywhere at once; entries that are in the log stay as they are.

    Raises `RuleBroken` without a reason, for the rule that is in force already, and for a pattern that cannot be one.
    """
    read = read_lot_pattern(pattern.strip())
    if not reason.strip():
        raise RuleBroken([Problem("reason", reason, "Say why: a reason is required")])
    with unit_of_work(workspace) as work:
        before = lot_rule(work.session)
        if before.pattern == read.text:
            raise RuleBroken([Problem("pattern", pattern, "This is the lot rule already")])
        effect = _effect(work.session, LotRule(read.text))
        longest = LONGEST_LOT if read.has_no_end else None
        replace_lot_check(work.session, read.as_postgresql, longest, holds_for_all=effect.other_entries == 0)
        work.session.merge(
            SettingRow(key=LOT_RULE, value=read.text, updated_at=work.now, updated_by_user_id=work.actor.user_id)
        )
        work.record(
            AuditAction.SETTING_CHANGE,
            EntityType.SETTING,
            LOT_RULE,
            reason=storable(reason).strip(),
            before={"value": before.pattern},
            after={"value": read.text},
            details={
                "matching_lots": effect.matching_lots,
                "matching_entries": effect.matching_entries,
                "other_lots": effect.other_lots,
                "other_entries": effect.other_entries,
            },
        )
        work.commit()
    return Changes.of(Subject.SETTINGS)


def lot_rule(session: Session) -> LotRule:
    """The lot rule in force: the setting, else the traceability plan's pattern."""
    setting = session.get(SettingRow, LOT_RULE)
    return LotRule() if setting is None else LotRule(setting.value)


def refuse_older_lot(rule: LotRule, entry: DistributionEntryRow) -> None:
    """Raises `RuleBroken` for an entry whose lot the rule in force does not take: it is about to be written.

    PostgreSQL's CHECK looks at every row that is written, whatever is changed of it; both engines refuse alike.
    """
    if not rule.accepts(entry.lot_number):
        message = f"Entry {entry.id} has lot {entry.lot_number}. {rule.message}. Correct the lot first"
        raise RuleBroken([Problem("lot_number", entry.lot_number, message)])


def _effect(session: Session, rule: LotRule) -> LotRuleEffect:
    lots = session.execute(
        select(DistributionEntryRow.lot_number, func.count())
        .group_by(DistributionEntryRow.lot_number)
        .order_by(DistributionEntryRow.lot_number)
    ).all()
    matching = [entries for lot_number, entries in lots if rule.accepts(lot_number)]
    others = [(lot_number, entries) for lot_number, entries in lots if not rule.accepts(lot_number)]
    return LotRuleEffect(
        rule.pattern,
        rule.in_words,
        len(matching),
        sum(matching),
        len(others),
        sum(entries for _, entries in others),
        tuple(lot_number for lot_number, _ in others[:_EXAMPLES]),
    )
