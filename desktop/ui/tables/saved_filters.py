"""The filters that a person gave a name, kept among the settings of their window."""

from __future__ import annotations

import json

from PySide6.QtCore import QSettings

from desktop.domain.errors import KnownTrouble
from desktop.domain.periods import FilterChoice

_LAST = "log/filter"
_NAMED = "log/saved_filters"
_FIRST = "log/first_filter"


class SavedFilters:
    """Names are compared without case. What cannot be read (any more) is left out, never an error."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._named: dict[str, FilterChoice] = {}
        for name, stored in _read(settings.value(_NAMED)).items():
            choice = _as_choice(stored)
            if choice is not None:
                self._named[name] = choice

    @property
    def names(self) -> tuple[str, ...]:
        """By name, as a menu lists them."""
        return tuple(sorted(self._named, key=str.casefold))

    @property
    def first(self) -> str | None:
        """The name of the filter that the log begins with; None when it begins with the last one."""
        name = str(self._settings.value(_FIRST, ""))
        return name if name in self._named else None

    def get(self, name: str) -> FilterChoice:
        """The filter of that name. Raises `KeyError`."""
        return self._named[name]

    def name_of(self, choice: FilterChoice) -> str | None:
        """The name of this very filter, None when it has none."""
        return next((name for name in self.names if self._named[name] == choice), None)

    def save(self, name: str, choice: FilterChoice) -> None:
        """Keeps a filter under a name, in place of the one that had it."""
        self._forget(name)
        self._named[name] = choice
        self._write()

    def rename(self, name: str, new: str) -> None:
        """Gives a filter another name."""
        choice, is_first = self._named[name], self.first == name
        self._forget(name)
        self.save(new, choice)
        if is_first:
            self.begin_with(new)

    def delete(self, name: str) -> None:
        """Drops a filter."""
        if self.first == name:
            self.begin_with(None)
        self._forget(name)
        self._write()

    def begin_with(self, name: str | None) -> None:
        """The log begins with this filter from now on, or with the last one (None)."""
        self._settings.setValue(_FIRST, name or "")

    def keep_last(self, choice: FilterChoice) -> None:
        """Remembers the filter that is in use."""
        self._settings.setValue(_LAST, json.dumps(choice.to_json()))

    def to_begin_with(self) -> FilterChoice:
        """The filter that was chosen for the start, or else the last one that was in use."""
        if self.first is not None:
            return self._named[self.first]
        return _as_choice(_read(self._settings.value(_LAST))) or FilterChoice()

    def _forget(self, name: str) -> None:
        for other in [other for other in self._named if other.casefold() == name.casefold()]:
            if self._settings.value(_FIRST) == other and other != name:
                self._settings.setValue(_FIRST, name)  # written with other letters, it is still the first
            del self._named[other]

    def _write(self) -> None:
        kept = {name: choice.to_json() for name, choice in self._named.items()}
        self._settings.setValue(_NAMED, json.dumps(kept))


def _read(stored: object) -> dict[str, object]:
    try:
        read = json.loads(str(stored or "{}"))
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _as_choice(stored: object) -> FilterChoice | None:
    if not isinstance(stored, dict) or "filter" not in stored:
        return None
    try:
        choice = FilterChoice.from_json(stored)
        choice.filter.dates()
    except (TypeError, ValueError, KeyError, AttributeError, KnownTrouble):
        return None
    return choice
