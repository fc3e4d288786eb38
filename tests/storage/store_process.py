"""Another process that writes into an evidence store: to be killed, starved of space, or raced with.

Run as `python -m tests.storage.store_process MODE FOLDER ARGUMENT`; prints one line for each thing done.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from desktop.domain.errors import StorageTrouble
from desktop.storage.evidence_store import EvidenceStore


def content_of(key: str, author: str = "") -> bytes:
    """What is written under a key, so that a reader can tell whole from half: 1 byte to 400 KB."""
    source = random.Random(f"{key} {author}")  # noqa: S311
    return source.randbytes(source.choice([1, 5_000, 400_000]))


def keep_until_killed(store: EvidenceStore, first: str) -> None:
    """Keeps file after file; a printed key is acknowledged."""
    number = int(first)
    while True:
        key = f"tracing_reports/2025-03/{number:06d}.csv"
        content = content_of(key)
        with store.writer(key) as writer:
            for start in range(0, len(content), 50_000):
                writer.write(content[start : start + 50_000])
        _say(key)
        number += 1


def race(store: EvidenceStore, author: str) -> None:
    """Waits for a line, then tries to be the first under every key; prints the keys that were won."""
    _say("ready")
    sys.stdin.readline()
    for number in range(100):
        key = f"approvals/{number}/mail.eml"
        try:
            store.put(key, content_of(key, author))
        except StorageTrouble:
            continue
        _say(key)


def keep_too_much(store: EvidenceStore, limit: str) -> None:
    """Keeps a small file, then one larger than a file may be; prints what is said of it."""
    import resource

    store.put("small", b"small")
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    _say_trouble(lambda: store.put("large", bytes(2 * int(limit))))


def fill_disk(store: EvidenceStore, folder: str) -> None:
    """On a new small disk, mounted for this process only: too much for it, in all three ways of writing."""
    from desktop.reports.record_csv import write_record_csv
    from desktop.reports.workbook import write_workbook

    disk = Path(folder)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], check=True)
    small = EvidenceStore(disk / "evidence")
    randomness = random.Random(1)  # noqa: S311
    stored = store.put("large", bytes(1_000_000))
    rows = [(randomness.randbytes(1_000).hex(),) * 18 for _ in range(300)]
    _say_trouble(lambda: small.put("large", bytes(1_000_000)))
    _say_trouble(lambda: store.export("large", stored.sha256, disk / "copy.csv"))
    _say_trouble(lambda: write_record_csv(rows, disk / "export.csv"))
    _say_trouble(lambda: write_workbook(rows, disk / "export.xlsx"))
    _say(f"left: {sorted(path.name for path in disk.rglob('*') if path.is_file())}")


def _say_trouble(work: Callable[[], object]) -> None:
    try:
        work()
    except StorageTrouble as trouble:
        _say(str(trouble))
    else:
        _say("no trouble")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    mode = {"keep": keep_until_killed, "race": race, "limit": keep_too_much, "disk": fill_disk}[sys.argv[1]]
    mode(EvidenceStore(Path(sys.argv[2])), sys.argv[3])
