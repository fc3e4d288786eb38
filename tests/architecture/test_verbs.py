"""Nobody does what their role does not allow: every verb of the services, tried by every role.

A verb is a public function of `desktop.services` whose first parameter is a `Workspace`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

import desktop.services
from desktop.domain.errors import PermissionDenied, SignInRefused
from desktop.domain.permissions import ROLE_PERMISSIONS, Permission, Role
from desktop.services.unit_of_work import Workspace
from tests.services import records

Verb = Callable[..., Any]

# What comes before anybody is signed in, or after; and the tools that verbs are made of, which only verbs may use.
OPEN_TO_EVERYONE = {
    "installation.install",
    "sign_in.confirm_password",
    "sign_in.sign_in",
    "sign_in.sign_out",
    "users.create_first_administrator",
    "users.needs_first_administrator",
    "users.seed_roles",
}
TOOLS = {"evidence.altered_is_audited", "evidence.audited_access", "unit_of_work.reading", "unit_of_work.unit_of_work"}


def functions() -> Iterator[tuple[str, Verb]]:
    """Every public function that takes a workspace, as `module.name`, where it is defined."""
    for module in pkgutil.iter_modules(desktop.services.__path__):
        loaded = importlib.import_module(f"desktop.services.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if not name.startswith("_") and function.__module__ == loaded.__name__ and takes_workspace(function):
                yield f"{module.name}.{name}", function


def takes_workspace(function: Verb) -> bool:
    parameters = list(inspect.signature(function).parameters.values())
    return bool(parameters) and parameters[0].annotation in (Workspace, Workspace.__name__)


FUNCTIONS = dict(functions())
VERBS = {name: function for name, function in FUNCTIONS.items() if name not in TOOLS}
GUARDED = {name: verb for name, verb in VERBS.items() if getattr(verb, "permission", None) is not None}


def test_every_verb_declares_the_permission_it_needs() -> None:
    undeclared = [name for name, verb in VERBS.items() if not hasattr(verb, "permission")]
    assert not undeclared, f"neither @requires nor @open_to_everyone: {', '.join(undeclared)}"
    assert {type(verb.permission) for verb in GUARDED.values()} == {Permission}  # type: ignore[attr-defined]


def test_only_these_verbs_are_open_to_everyone() -> None:
    assert VERBS.keys() - GUARDED.keys() == OPEN_TO_EVERYONE
    assert FUNCTIONS.keys() >= TOOLS


# What a verb does needs the permission of its name in the plan; those that only look need to see.
EXPECTED = {
    "distributions.create_shipment": "distribution_log.create",
    "distributions.export_csv": "distribution_log.export",
    "distributions.export_workbook": "distribution_log.export",
    "distributions.first_entries": "distribution_log.view",
    "distributions.ordered_keys": "distribution_log.view",
    "distributions.entries": "distribution_log.view",
    "distributions.totals": "distribution_log.view",
    "distributions.check_new_shipment": "distribution_log.create",
    "entry_edits.entry_to_edit": "distribution_log.edit",
    "entry_edits.check_edit": "distribution_log.edit",
    "entry_edits.edit_entry": "distribution_log.edit",
    "entry_edits.edit_field": "distribution_log.edit",
    "entry_edits.undo_edit": "distribution_log.edit",
    "entry_edits.delete_entries": "distribution_log.delete",
    "entry_edits.undo_delete": "distribution_log.delete",
    "entry_evidence.attach": "distribution_log.edit",
    "entry_evidence.list_evidence": "distribution_log.view",
    "entry_evidence.open_evidence": "distribution_log.view",
    "entry_evidence.export_evidence": "distribution_log.view",
    "audit_trail.history_of_entry": "distribution_log.view",
    "audit_trail.origin_of_entry": "distribution_log.view",
    "facilities.known_facilities": "distribution_log.view",
    "customers.list_customers": "distribution_log.view",
    "customers.customer_names": "distribution_log.view",
    "imports.preview": "distribution_log.create",
    "imports.import_lines": "distribution_log.create",
    "imports.review_again": "distribution_log.create",
    "imports.undo_import": "distribution_log.delete",
    "imports.list_imports": "distribution_log.view",
    "imports.export_source": "distribution_log.export",
    "tracing_reports.list_reports": "tracing_reports.view",
    "tracing_reports.open_report": "tracing_reports.view",
    "tracing_reports.generate": "tracing_reports.generate",
    "inspection_packs.write_pack": "audit.view",
    "report_rendition.save_as_pdf": "tracing_reports.download",
    "tracing_reports.finalize": "tracing_reports.finalize",
    "report_changes.list_changes": "tracing_reports.view",
    "tracing_reports.export_report": "tracing_reports.download",
    "approvals.list_approvals": "approvals.view",
    "approvals.open_mail": "approvals.view",
    "approvals.export_mail": "approvals.view",
    "approvals.attach": "approvals.upload",
    "lot_trace.read_code": "distribution_log.view",
    "lot_trace.trace": "distribution_log.view",
    "customers.get_customer": "distribution_log.view",
    "customers.create_customer": "distribution_log.edit",
    "customers.edit_customer": "distribution_log.edit",
    "customer_links.likely_matches": "distribution_log.view",
    "customer_links.unlinked_facilities": "distribution_log.view",
    "customer_links.facilities_of": "distribution_log.view",
    "customer_links.link_entries": "distribution_log.edit",
    "customer_links.link_facilities": "distribution_log.edit",
    "customer_links.create_from_facilities": "distribution_log.edit",
    "settings.list_settings": "settings.manage",
    "settings.lot_rule_effect": "settings.manage",
    "settings.change_lot_rule": "settings.manage",
    "users.accounts": "users.manage",
    "users.find_account": "users.manage",
    "users.add_user": "users.manage",
    "users.edit_user": "users.manage",
    "users.deactivate_user": "users.manage",
    "users.reactivate_user": "users.manage",
    "integrity.verify": "audit.view",
}


def test_a_verb_asks_for_the_permission_that_fits_it() -> None:
    declared = {name: verb.permission.value for name, verb in GUARDED.items()}  # type: ignore[attr-defined]
    assert EXPECTED.items() <= declared.items()


def try_verb(verb: Verb, workspace: Workspace) -> str:
    """What becomes of a person who calls a verb: "allowed", or the words of the refusal.

    It is called without its arguments. The permission is asked for before they are used, so that who may call it gets
    as far as Python's own complaint that they are missing, or, where none are needed, to the verb's result.
    """
    try:
        verb(workspace)
    except PermissionDenied as denied:
        return str(denied)
    except TypeError as incomplete:
        if not re.search(r"missing \d+ required positional argument", str(incomplete)):
            raise
    return "allowed"


@pytest.mark.parametrize("role", Role)
def test_a_role_may_call_a_verb_exactly_when_it_holds_its_permission(workspace: Workspace, role: Role) -> None:
    person = workspace.signed_in(records.person(workspace, role))
    held = ROLE_PERMISSIONS[role]
    for name, verb in GUARDED.items():
        permission: Permission = verb.permission  # type: ignore[attr-defined]
        was = records.dump(workspace)
        said = try_verb(verb, person)
        if permission in held:
            assert said == "allowed", name
        else:
            assert said == f"Your account does not have the permission “{permission.label}” ({permission.value}).", name
            assert records.dump(workspace) == was, f"{name} left something behind although it was refused"


def test_a_person_without_a_role_may_call_no_verb(workspace: Workspace) -> None:
    nobody = workspace.signed_in(records.person(workspace, None))
    was = records.dump(workspace)
    for name, verb in GUARDED.items():
        assert try_verb(verb, nobody) != "allowed", name
    assert records.dump(workspace) == was


def test_what_somebody_is_said_to_hold_counts_for_nothing(workspace: Workspace) -> None:
    """The database is asked, not the value that the window carries around."""
    rep = records.person(workspace, Role.REP)
    boastful = replace(rep, permissions=frozenset(Permission))
    for name, verb in GUARDED.items():
        assert try_verb(verb, workspace.signed_in(boastful)) != "allowed", name


@pytest.mark.parametrize("user_id", [None, 4711])
def test_who_is_not_a_person_of_this_database_may_call_no_verb(workspace: Workspace, user_id: int | None) -> None:
    stranger = workspace.signed_in(replace(workspace.person, user_id=user_id))
    was = records.dump(workspace)
    for verb in GUARDED.values():
        for someone, said in ((stranger, "not active"), (workspace.signed_out(), "Sign in first")):
            with pytest.raises(SignInRefused, match=said):
                try_verb(verb, someone)
    assert records.dump(workspace) == was


def test_the_database_of_a_verb_on_postgresql_is_asked_too(workspace_on: Workspace) -> None:
    readonly = workspace_on.signed_in(records.person(workspace_on, Role.READONLY))
    refused = {name for name, verb in GUARDED.items() if try_verb(verb, readonly) != "allowed"}
    assert refused == {
        name
        for name, verb in GUARDED.items()
        if verb.permission not in ROLE_PERMISSIONS[Role.READONLY]  # type: ignore[attr-defined]
    }
