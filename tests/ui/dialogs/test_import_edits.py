"""Every step of a review can be taken back, and taken again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.import_review import ConflictDecision, ImportChoices
from desktop.ui.dialogs.import_edits import Alike, Edit, EditHistory, apply

RECORDS = st.integers(1, 4)
DECISIONS = st.sampled_from([None, *ConflictDecision])
EDITS = st.builds(
    Edit,
    words=st.sampled_from(["Lot", "Rep"]),
    corrections=st.dictionaries(RECORDS, st.none() | st.sampled_from([("a",), ("b",)])),
    decisions=st.dictionaries(RECORDS, DECISIONS),
    reps=st.dictionaries(st.sampled_from(["", "ada"]), st.none() | st.integers(1, 3)),
    alike=st.none() | st.builds(Alike, DECISIONS),
)


def test_a_step_sets_and_takes_away() -> None:
    choices = ImportChoices(corrections={1: ("a",), 2: ("b",)}, reps={"ada": 1})
    edit = Edit("Lot", {1: None, 3: ("c",)}, {5: ConflictDecision.KEEP}, {"ada": 2}, Alike(ConflictDecision.SKIP))
    after, back = apply(choices, edit)
    assert after.corrections == {2: ("b",), 3: ("c",)}
    assert (after.conflict_decisions, after.conflicts) == ({5: ConflictDecision.KEEP}, ConflictDecision.SKIP)
    assert after.reps == {"ada": 2}
    assert apply(after, back)[0] == choices


@given(st.lists(EDITS, max_size=6), st.data())
def test_undo_and_redo_give_every_state_back(edits: list[Edit], data: st.DataObject) -> None:
    history = EditHistory()
    states = [ImportChoices()]
    for edit in edits:
        states.append(history.do(states[-1], edit))
    at = len(edits)
    for _ in range(data.draw(st.integers(0, 12))):
        if data.draw(st.booleans()):
            if history.undo_words:
                at -= 1
                assert history.undo(states[at + 1]) == states[at]
        elif history.redo_words:
            at += 1
            assert history.redo(states[at - 1]) == states[at]
        assert bool(history.undo_words) is (at > 0)
        assert bool(history.redo_words) is (at < len(edits))


def test_a_new_step_ends_what_could_be_taken_again() -> None:
    history = EditHistory()
    choices = history.do(ImportChoices(), Edit("Lot", {1: ("a",)}))
    choices = history.undo(choices)
    choices = history.do(choices, Edit("Rep", {2: ("b",)}))
    assert (history.undo_words, history.redo_words) == ("Rep", "")
    assert choices.corrections == {2: ("b",)}
