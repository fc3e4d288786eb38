"""Which regular expressions may be the lot rule, and the same rule as PostgreSQL writes it.

A rule is read before it is kept, because both engines must take and refuse the same lots, and because an expression
with many ways to match one lot could hold up an import for hours. What is understood: capitals, digits and signs;
classes such as [A-Z0-9]; groups; alternatives; and how often something stands there. Nothing else is.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn, TypeAlias

from desktop.domain.errors import RuleBroken
from desktop.domain.imports import Problem
from desktop.domain.lots import LONGEST_LOT

LONGEST_PATTERN = 200
# In how many ways a pattern may try one lot. Each way costs at most as many steps as the lot has characters.
MOST_WAYS = 10_000

_CAPITALS = frozenset(string.ascii_uppercase)
_DIGITS = frozenset(string.digits)
_SYNTAX = frozenset("\\[](){}*+?|^$.")
_NEVER_IN_A_LOT = frozenset("\\[]^")
_SIGNS = frozenset(string.punctuation + " ") - _NEVER_IN_A_LOT
_PLAIN_SIGNS = _SIGNS - _SYNTAX


@dataclass(frozen=True, slots=True)
class Characters:
    """One character, any of these."""

    any_of: frozenset[str]


@dataclass(frozen=True, slots=True)
class InTurn:
    """One after another."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of these."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """`least` to `most` times; `most` is None without an end."""

    part: Node
    least: int
    most: int | None


Node: TypeAlias = Characters | InTurn | OneOf | Repeated


@dataclass(frozen=True)
class LotPattern:
    """A pattern that may be the lot rule. Made by `read_lot_pattern`."""

    text: str
    node: Node

    @cached_property
    def has_no_end(self) -> bool:
        """Whether a lot of any length could match; then LONGEST_LOT ends it."""
        return _longest(self.node) is None

    @property
    def as_postgresql(self) -> str:
        """The same expression for PostgreSQL's `~`, matched whole, in ASCII digits."""
        return f"^({_written(self.node)})$"


def read_lot_pattern(text: str) -> LotPattern:
    """The pattern, understood. Raises `RuleBroken` with a sentence for what cannot be a lot rule."""
    if not text:
        _refuse(text, "Enter a pattern, such as SLQ-[0-9]{5}")
    if len(text) > LONGEST_PATTERN:
        _refuse(text, f"A lot rule has at most {LONGEST_PATTERN} characters")
    node = _Reader(text).read()
    longest = _longest(node)
    if _shortest(node) == 0:
        _refuse(text, "This rule would take an empty lot number")
    if max(_shortest(node), longest or 0) > LONGEST_LOT:
        _refuse(text, f"This rule asks for more than {LONGEST_LOT} characters; a lot has at most {LONGEST_LOT}")
    if _ways(node) > MOST_WAYS:
        _refuse(
            text,
            "Checking a lot by this rule could take too long, because one lot can match it in very many ways. "
            "Say more exactly how often each part stands there, as in [0-9]{8,11}",
        )
    return LotPattern(text, node)


def _refuse(text: str, sentence: str) -> NoReturn:
    raise RuleBroken([Problem("pattern", text, sentence)])


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0

    def read(self) -> Node:
        node = self._alternatives()
        if self._next == ")":
            self._refuse("has a “)” without its “(”")
        return node

    @property
    def _next(self) -> str:
        """The character to be read; "" at the end."""
        return self._text[self._place : self._place + 1]

    def _takes(self, sign: str) -> bool:
        if self._text.startswith(sign, self._place):
            self._place += len(sign)
            return True
        return False

    def _refuse(self, what: str) -> NoReturn:
        _refuse(self._text, f"The lot rule {what}")

    def _alternatives(self) -> Node:
        options = [self._in_turn()]
        while self._takes("|"):
            options.append(self._in_turn())
        return options[0] if len(options) == 1 else OneOf(tuple(options))

    def _in_turn(self) -> Node:
        parts = []
        while self._next not in ("", "|", ")"):
            parts.append(self._repeated())
        if not parts:
            self._refuse("has a “|” or “()” with nothing beside it")
        return parts[0] if len(parts) == 1 else InTurn(tuple(parts))

    def _repeated(self) -> Node:
        part = self._one()
        if self._takes("?"):
            times: tuple[int, int | None] = (0, 1)
        elif self._takes("*"):
            times = (0, None)
        elif self._takes("+"):
            times = (1, None)
        elif self._takes("{"):
            times = self._times()
        else:
            return part
        if self._next in ("?", "*", "+", "{"):
            self._refuse(f"says twice how often something stands there: take out “{self._next}”")
        return Repeated(part, *times)

    def _times(self) -> tuple[int, int | None]:
        """What stands after a brace: `5}`, `8,11}` or `8,}`."""
        inside, closed, _ = self._text[self._place :].partition("}")
        least, comma, most = inside.partition(",")
        numbers = (least, most) if most else (least,)
        if not closed or not all(number.isascii() and number.isdecimal() and len(number) < 4 for number in numbers):
            self._refuse("has a “{” that is not read as a number of times, as in {5} or {8,11}")
        self._place += len(inside) + 1
        times = (int(least), int(most) if most else None if comma else int(least))
        if times[1] is not None and times[1] < max(1, times[0]):
            self._refuse(f"has {{{inside}}}, which is no number of times")
        return times

    def _one(self) -> Node:
        sign = self._next
        self._place += 1
        if sign == "[":
            return self._class()
        if sign == "(":
            if self._next == "?" and not self._takes("?:"):
                self._refuse("has a “(?”, which looks around, refers back or sets an option: write it without")
            inner = self._alternatives()
            if not self._takes(")"):
                self._refuse("has a “(” without its “)”")
            return inner
        if sign == "\\":
            return Characters(self._escaped())
        if sign in ("^", "$"):
            self._refuse(f"matches the whole lot always: take out “{sign}”")
        if sign == ".":
            self._refuse(
                "has a “.”, which would take any character: write the characters that are meant, as in [A-Z0-9]"
            )
        if sign in ("?", "*", "+", "{"):
            self._refuse(f"has a “{sign}” with nothing before it")
        if sign in ("]", "}"):
            self._refuse(f"has a “{sign}” with nothing that it closes")
        return Characters(frozenset(self._allowed(sign, _PLAIN_SIGNS)))

    def _escaped(self) -> frozenset[str]:
        sign = self._next
        self._place += 1
        if sign == "d":
            return _DIGITS
        if sign not in _SIGNS or not sign or sign == " ":
            self._refuse(f"has “\\{sign}”, which is not understood: only \\d and signs such as \\. are")
        return frozenset(sign)

    def _allowed(self, sign: str, signs: frozenset[str]) -> str:
        if sign in string.ascii_lowercase:
            self._refuse(f"has the small letter “{sign}”: lots are kept in capitals")
        if sign not in _CAPITALS | _DIGITS | signs:
            self._refuse(f"has “{sign}”, which no lot can have")
        return sign

    def _class(self) -> Node:
        if self._next == "^":
            self._refuse("has a “[^”, which would take nearly any character: write the characters that are meant")
        found: set[str] = set()
        first = True
        while not self._takes("]"):
            for sign in self._members(first=first):
                if sign in found and sign in _SIGNS:
                    self._refuse(f"has “{sign}” twice between the same brackets")
                found.add(sign)
            first = False
        if not found:
            self._refuse("has brackets with nothing between them")
        return Characters(frozenset(found))

    def _members(self, *, first: bool) -> frozenset[str]:
        """The next character between brackets, or the next range."""
        sign = self._next
        self._place += 1
        if not sign:
            self._refuse("has a “[” without its “]”")
        if sign == "\\":
            return self._escaped()
        if sign == "-" and not first and self._next != "]":
            self._refuse("has a “-” between brackets that is no range: write it last, as in [A-Z0-9-]")
        self._allowed(sign, _SIGNS)
        if self._next != "-" or self._text[self._place + 1 : self._place + 2] in ("]", "") or sign == "-":
            return frozenset(sign)
        last = self._text[self._place + 1]
        self._place += 2
        kind = next((kind for kind in (_CAPITALS, _DIGITS) if sign in kind and last in kind), frozenset[str]())
        between = frozenset(other for other in kind if sign <= other <= last)
        if not between:
            self._refuse(f"has the range “{sign}-{last}”: only capitals or digits make one, as in A-Z or 0-9")
        return between


def _shortest(node: Node) -> int:
    if isinstance(node, Characters):
        return 1
    if isinstance(node, InTurn):
        return sum(map(_shortest, node.parts))
    if isinstance(node, OneOf):
        return min(map(_shortest, node.options))
    return node.least * _shortest(node.part)


def _longest(node: Node) -> int | None:
    if isinstance(node, Characters):
        return 1
    if isinstance(node, Repeated):
        inner = _longest(node.part)
        return None if inner is None or node.most is None else inner * node.most
    lengths = [_longest(part) for part in (node.parts if isinstance(node, InTurn) else node.options)]
    known = [length for length in lengths if length is not None]
    if len(known) < len(lengths):
        return None
    return sum(known) if isinstance(node, InTurn) else max(known)


def _ways(node: Node) -> int:
    """In how many ways a node can be tried; counting ends above MOST_WAYS."""
    if isinstance(node, Characters):
        return 1
    if isinstance(node, OneOf):
        return min(sum(map(_ways, node.options)), MOST_WAYS + 1)
    if isinstance(node, InTurn):
        product = 1
        for part in node.parts:
            product = min(product * _ways(part), MOST_WAYS + 1)
        return product
    inner, total, times = _ways(node.part), 0, 1
    for count in range((LONGEST_LOT if node.most is None else node.most) + 1):
        if count >= node.least:
            total = min(total + times, MOST_WAYS + 1)
        times = min(times * inner, MOST_WAYS + 1)
    return total


def _written(node: Node) -> str:
    if isinstance(node, Characters):
        return _written_characters(node.any_of)
    if isinstance(node, InTurn):
        return "".join(_grouped(part, OneOf) for part in node.parts)
    if isinstance(node, OneOf):
        return "|".join(map(_written, node.options))
    least, most = node.least, node.most
    if (least, most) == (0, 1):
        times = "?"
    elif most is None:
        times = {0: "*", 1: "+"}.get(least, f"{{{least},}}")
    else:
        times = f"{{{least}}}" if least == most else f"{{{least},{most}}}"
    return _grouped(node.part, OneOf, InTurn, Repeated) + times


def _grouped(node: Node, *kinds: type) -> str:
    return f"(?:{_written(node)})" if isinstance(node, kinds) else _written(node)


def _written_characters(any_of: frozenset[str]) -> str:
    """A character as it is where that is safe, else a class, in which nothing but `-` has a meaning."""
    if len(any_of) == 1 and not any_of & _SYNTAX:
        return next(iter(any_of))
    runs: list[list[str]] = []
    for sign in sorted(any_of - {"-"}):
        if runs and sign.isalnum() and ord(sign) == ord(runs[-1][-1]) + 1 and runs[-1][-1].isalnum():
            runs[-1].append(sign)
        else:
            runs.append([sign])
    written = ["".join(run) if len(run) < 3 else f"{run[0]}-{run[-1]}" for run in runs]
    return f"[{''.join(written)}{'-' if '-' in any_of else ''}]"
