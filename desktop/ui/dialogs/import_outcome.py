"""What an import would do with the lines of a file, counted and in words."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.import_review import ConflictDecision, ImportChoices
from desktop.ui.formats import counted
from desktop.ui.tables.import_lines import Review


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every line is counted once."""

    new: int = 0
    kept: int = 0
    duplicates: int = 0
    skipped: int = 0
    undecided: int = 0
    problems: int = 0

    @classmethod
    def of(cls, review: Review, choices: ImportChoices) -> Outcome:
        """The outcome with these decisions."""
        decided = [choices.conflict_decisions.get(record, choices.conflicts) for record in review.conflicts.values()]
        counts = review.preview.counts
        return cls(
            new=counts.new,
            kept=decided.count(ConflictDecision.KEEP),
            duplicates=counts.duplicate,
            skipped=decided.count(ConflictDecision.SKIP),
            undecided=decided.count(None),
            problems=counts.problem,
        )

    @property
    def imported(self) -> int:
        """How many lines an import writes."""
        return self.new + self.kept

    @property
    def left_out(self) -> int:
        """How many lines a person could still bring in."""
        return self.problems + self.undecided

    def in_words(self) -> str:
        """Everything that is not imported, and why; "" when every line is."""
        sentences: list[str] = []
        if self.left_out:
            parts = []
            if self.problems:
                parts.append(counted(self.problems, "problem", "problems"))
            if self.undecided:
                parts.append(counted(self.undecided, "undecided conflict", "undecided conflicts"))
            verb = "is" if self.left_out == 1 else "are"
            sentences.append(f"{counted(self.left_out, 'line', 'lines')} {verb} left out: {', '.join(parts)}.")
        if self.duplicates:
            verb = "is" if self.duplicates == 1 else "are"
            sentences.append(f"{counted(self.duplicates, 'duplicate', 'duplicates')} {verb} in the log already.")
        if self.skipped:
            verb = "is" if self.skipped == 1 else "are"
            sentences.append(f"{counted(self.skipped, 'conflict', 'conflicts')} {verb} skipped.")
        return " ".join(sentences)
