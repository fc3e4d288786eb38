"""The Qt binding itself: PySide6 6.12.0 lost a reference to None with every call that returns nothing (Python 3.11)."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject

_CALLS = 1_000


def test_calls_into_qt_keep_the_references_to_none() -> None:
    called = QObject()
    before = sys.getrefcount(None)
    for _ in range(_CALLS):
        called.setObjectName("anything")
    assert sys.getrefcount(None) > before - _CALLS // 2
