"""The lot rule is a setting: changed with a reason, honoured everywhere at once, and PostgreSQL's CHECK follows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from desktop.db.tables import SettingRow
from desktop.domain.customers import NewCustomer
from desktop.domain.entry_edits import EntryVersion, FieldEdit
from desktop.domain.errors import RuleBroken, StaleEdit
from desktop.domain.settings import LotRuleEffect, Setting
from desktop.services import customer_links, customers, entry_edits, entry_evidence, imports, integrity
from desktop.services.entry_evidence import NewEvidence
from desktop.services.settings import change_lot_rule, list_settings, lot_rule_effect
from desktop.services.unit_of_work import Workspace
from tests.services import records

LONG = "SLQ-[0-9]{8,11}"
BOTH = "SLQ-([0-9]{5}|[0-9]{8,11})"
WHY = "The lots printed on the slips are longer."


def test_a_new_rule_is_in_force_at_once_wherever_lots_are_checked(workspace_on: Workspace, tmp_path: Path) -> None:
    line = [("2026-01-05", "SO 2", "Lakeside", "211810SPT", "SLQ-123456789", "5")]
    file = records.csv_file(tmp_path / "lines.csv", line)
    with pytest.raises(RuleBroken, match="Lot number must match format: SLQ-#####"):
        records.log(workspace_on, ("211810SPT", "SLQ-123456789", 5))
    assert imports.preview(workspace_on, file).counts.problem == 1
    change_lot_rule(workspace_on, f" {BOTH} ", WHY)
    assert imports.preview(workspace_on, file).counts.new == 1
    records.log(workspace_on, ("211810SPT", "SLQ-123456789", 5))
    change_lot_rule(workspace_on, "SLQ-[0-9]{9}", WHY)
    with pytest.raises(RuleBroken, match="Lot number must match format: SLQ-#########"):
        records.log(workspace_on, ("211810SPT", "SLQ-12345", 5))


def test_an_import_reviewed_under_another_rule_is_not_written(workspace_on: Workspace, tmp_path: Path) -> None:
    line = [("2026-01-05", "SO 2", "Lakeside", "211810SPT", "SLQ-12345", "5")]
    file = records.csv_file(tmp_path / "lines.csv", line)
    reviewed = imports.preview(workspace_on, file)
    assert reviewed.counts.new == 1
    change_lot_rule(workspace_on, LONG, WHY)
    was = records.dump(workspace_on)
    with pytest.raises(StaleEdit, match="The lot rule changed since this file was reviewed"):
        imports.import_lines(workspace_on, file, reviewed)
    assert records.dump(workspace_on) == was


def test_a_change_is_audited_with_what_was_before_and_why(workspace_on: Workspace) -> None:
    assert list_settings(workspace_on) == (Setting("lot-rule", "SLQ-[0-9]{5}"),)
    records.log(workspace_on, ("211810SPT", "SLQ-12345", 5), ("211610SPT", "SLQ-12345", 5))
    change_lot_rule(workspace_on, BOTH, f" {WHY} ")
    change_lot_rule(workspace_on, LONG, WHY)
    first, second = records.events(workspace_on, "settings.change")
    assert (first.entity_type, first.entity_id, first.reason) == ("setting", "lot-rule", WHY)
    assert (first.before_json, first.after_json) == ({"value": "SLQ-[0-9]{5}"}, {"value": BOTH})
    assert (second.before_json, second.after_json) == ({"value": BOTH}, {"value": LONG})
    assert second.metadata_json == {"matching_lots": 0, "matching_entries": 0, "other_lots": 1, "other_entries": 2}
    (kept,) = list_settings(workspace_on)
    assert (kept.value, kept.changed_by) == (LONG, workspace_on.person.name)


@pytest.mark.parametrize(
    ("pattern", "reason", "field", "said"),
    [
        (LONG, " ", "reason", "a reason is required"),
        ("SLQ-[0-9]{5}", WHY, "pattern", "This is the lot rule already"),
        ("(A+)+", WHY, "pattern", "too long"),
        ("SLQ-[", WHY, "pattern", "without its"),
    ],
)
def test_what_is_refused_changes_nothing(
    workspace_on: Workspace, pattern: str, reason: str, field: str, said: str
) -> None:
    was = records.dump(workspace_on)
    with pytest.raises(RuleBroken, match=said) as refused:
        change_lot_rule(workspace_on, pattern, reason)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert records.dump(workspace_on) == was


def test_the_effect_is_said_before_anything_is_changed(workspace_on: Workspace) -> None:
    for number in range(7):
        records.log(workspace_on, ("211810SPT", f"SLQ-1234{number}", 5), ("211610SPT", f"SLQ-1234{number}", 5))
    was = records.dump(workspace_on)
    pattern = "SLQ-1234[0-1]"
    assert lot_rule_effect(workspace_on, pattern) == LotRuleEffect(
        pattern, pattern, 2, 4, 5, 10, ("SLQ-12342", "SLQ-12343", "SLQ-12344", "SLQ-12345", "SLQ-12346")
    )
    assert lot_rule_effect(workspace_on, "SLQ-[0-9]{5}").examples == ()
    with pytest.raises(RuleBroken, match="small letter"):
        lot_rule_effect(workspace_on, "slq")
    assert records.dump(workspace_on) == was


def test_after_a_tighter_rule_older_lots_stay_are_named_by_verify_and_must_be_corrected_first(
    workspace_on: Workspace,
) -> None:
    (entry,) = records.log(workspace_on, ("211810SPT", "SLQ-12345", 5))
    customer = customers.create_customer(workspace_on, NewCustomer("Lakeside")).ids[0]
    change_lot_rule(workspace_on, LONG, WHY)
    rules = next(check for check in integrity.verify(workspace_on).checks if check.name == "rules")
    assert rules.detail == f"Entry {entry}: lot SLQ-12345 does not match the lot rule"
    # The same on both engines, although PostgreSQL alone would refuse the row.
    with pytest.raises(RuleBroken, match=f"Entry {entry} has lot SLQ-12345"):
        customer_links.link_entries(workspace_on, [entry], customer, "They said so.")
    reno = FieldEdit((EntryVersion(entry, 1),), "city", "Reno", "They moved.")
    with pytest.raises(RuleBroken, match=f"Entry {entry} has lot SLQ-12345"):
        entry_edits.edit_field(workspace_on, reno)
    with pytest.raises(RuleBroken, match=f"Entry {entry} has lot SLQ-12345"):
        entry_evidence.attach(workspace_on, NewEvidence(entry, "slip.txt", b"SLQ-12345"))
    assert list(workspace_on.store.keys()) == []
    change_lot_rule(workspace_on, BOTH, WHY)
    assert integrity.verify(workspace_on).ok
    entry_edits.edit_field(workspace_on, reno)
    customer_links.link_entries(workspace_on, [entry], customer, "They said so.")


def test_a_setting_that_was_changed_past_the_product_is_found(workspace: Workspace) -> None:
    change_lot_rule(workspace, LONG, WHY)
    with workspace.sessions.writing() as session:
        session.merge(SettingRow(key="lot-rule", value="[A-Z]+", updated_at=workspace.clock()))
        session.commit()
    history = next(check for check in integrity.verify(workspace).checks if check.name == "history")
    assert history.detail == "Setting lot-rule is not what its history says"


def test_a_customer_that_was_changed_past_the_product_is_found(workspace: Workspace) -> None:
    kept = customers.create_customer(workspace, NewCustomer("Lakeside")).ids[0]
    customers.edit_customer(workspace, kept, 1, NewCustomer("Lakeside Urology"))
    assert integrity.verify(workspace).ok
    with workspace.sessions.writing() as session:
        session.execute(text("UPDATE customers SET name = 'Other'"))
        session.commit()
    history = next(check for check in integrity.verify(workspace).checks if check.name == "history")
    assert history.detail == f"Customer {kept} is not what its history says"
