"""How alike a facility and a customer are. It only orders what a person is offered: nothing is ever linked by it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain.customers import Customer, Facility
from desktop.domain.distributions import fold_facility

LIKELY = 75  # of 100; below it names have little more in common than “Medical Center”

_SAME_PLACE, _SAME_CITY, _OTHER_PLACE = 10, 5, -10
_OTHER_NUMBER = -30  # “Clinic 12” and “Clinic 17” are two
# What the same institution is written with and without, on the labels of different shippers.
_SHORT_FORMS = {
    "ctr": "center",
    "centre": "center",
    "dept": "department",
    "hosp": "hospital",
    "med": "medical",
    "mt": "mount",
    "st": "saint",
    "univ": "university",
}
_NOT_A_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two are, of 100, and what agrees or does not, in words."""

    score: int
    why: str


class Matcher:
    """Compares one name and place with many."""

    def __init__(self, name: str, city: str | None, zip_code: str | None) -> None:
        self._name = _words(name)
        self._city = _folded(city)
        self._zip = _zip(zip_code)

    def scores(self, names: Sequence[str]) -> list[float]:
        """How alike each of `names` is, of 100, the place left out: for thousands at once."""
        from rapidfuzz import fuzz

        compare = fuzz.token_sort_ratio
        # A word more ("…, Receiving") is less of a difference than another word.
        within = fuzz.token_set_ratio
        wanted = self._name
        several = " " in wanted
        numbers = _numbers(wanted)
        found = []
        for name in names:
            words = _words(name)
            score = compare(wanted, words)
            if several and " " in words and score < 100:
                score = max(score, 0.9 * within(wanted, words))
            if numbers and (other := _numbers(words)) and other != numbers:
                score += _OTHER_NUMBER
            found.append(score)
        return found

    def likeness(self, score: float, city: str | None, zip_code: str | None) -> Likeness:
        """The score of a name with what is known of the place."""
        most = 100 if score == 100 else 99
        why = ["same name" if score == 100 else f"name {score:.0f} % alike"]
        other_city, other_zip = _folded(city), _zip(zip_code)
        if self._zip and self._zip == other_zip:
            score += _SAME_PLACE
            why.append("same zip")
        elif self._city and self._city == other_city:
            score += _SAME_CITY
            why.append("same city")
        elif (self._zip and other_zip) or (self._city and other_city):
            score += _OTHER_PLACE
            why.append("another city" if self._city and other_city else "another zip")
        return Likeness(round(min(most, score)), ", ".join(why))


def matcher_of(place: Customer | Facility) -> Matcher:
    """Compares a customer or a facility with many of the other kind."""
    return Matcher(place.name, place.city, place.zip)


def _words(name: str) -> str:
    """The words of a name for comparing: without case and punctuation, short forms written out."""
    words = _NOT_A_WORD.sub(" ", fold_facility(name).replace("'", "").replace("’", "")).split()
    return " ".join(_SHORT_FORMS.get(word, word) for word in words)


def _numbers(words: str) -> set[str]:
    return {word.lstrip("0") for word in words.split() if word.isdecimal()}


def _folded(text: str | None) -> str:
    return fold_facility(text or "")


def _zip(text: str | None) -> str:
    """The first five signs: what ZIP and ZIP+4 have in common."""
    return _folded(text)[:5]
