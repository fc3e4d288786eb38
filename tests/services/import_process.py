"""A process whose children import files and are killed, or starved of space, on the way.

Run as `python -m tests.services.import_process DATABASE STORAGE`. It imports the product once and forks for each line
of stdin, so that a run costs milliseconds. A line is `CSV HOW POINT`:

- `plain 0`: nothing happens to the child;
- `seconds S`: it is killed S seconds after its start, wherever it is;
- `steps N`: it kills itself at step N of the database's own machine;
- `bytes N`: no file of its can grow beyond N bytes, as on a full disk.

Printed for each: how the child ended (`done`, `killed`, `refused` with a sentence, or `failed`) and its seconds.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import time
import traceback
from itertools import count
from pathlib import Path

from sqlalchemy import event

from desktop.db.engine import SessionFactory, open_engine
from desktop.domain.errors import KnownTrouble
from desktop.domain.users import Actor
from desktop.services import imports
from desktop.services.unit_of_work import Workspace
from desktop.storage.evidence_store import EvidenceStore

_STEPS_PER_CALL = 100
_REFUSED, _FAILED = 3, 4


def main() -> None:
    """One child after the other, until there is no line any more."""
    database, storage = sys.argv[1:]
    for line in sys.stdin:
        csv, how, point = line.rsplit(maxsplit=2)
        start = time.perf_counter()
        child = os.fork()
        if child == 0:
            os._exit(_import(database, storage, Path(csv), how, float(point)))
        handle = os.pidfd_open(child)
        ended, _, _ = select.select([handle], [], [], float(point) if how == "seconds" else None)
        if not ended:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(handle)
        code = os.waitstatus_to_exitcode(status)
        said = {0: "done", -signal.SIGKILL: "killed", _REFUSED: "refused"}.get(code, f"failed:{code}")
        print(said, time.perf_counter() - start, flush=True)  # noqa: T201


def _import(database: str, storage: str, csv: Path, how: str, point: float) -> int:
    engine = open_engine(database)
    if how == "steps":
        calls = count(1)

        def step() -> None:
            if next(calls) * _STEPS_PER_CALL > point:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(engine, "connect", lambda driver, _: driver.set_progress_handler(step, _STEPS_PER_CALL))
    if how == "bytes":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(point), int(point)))
    workspace = Workspace(SessionFactory(engine), EvidenceStore(Path(storage)), Actor(1, "Ada Admin"))
    try:
        imports.import_lines(workspace, csv, imports.preview(workspace, csv))
    except KnownTrouble as trouble:
        print("refused:", trouble, file=sys.stderr, flush=True)  # noqa: T201
        return _REFUSED
    except Exception:  # noqa: BLE001  a bug: the test shows it whole
        traceback.print_exc()
        return _FAILED
    return 0


if __name__ == "__main__":
    main()
