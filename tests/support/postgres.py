"""A throw-away PostgreSQL server for tests: `TEST_POSTGRES_URL`, else one that is started from what is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MISSING = "PostgreSQL is not installed (Debian: apt-get install postgresql) and TEST_POSTGRES_URL is not set"


def find_binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest version first."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def server() -> Iterator[str | None]:
    """The URL of a server where databases can be made; None when there is no PostgreSQL."""
    if url := os.environ.get("TEST_POSTGRES_URL"):
        yield url
        return
    binaries = find_binaries()
    if binaries is None:
        yield None
        return
    # PostgreSQL refuses to run as root.
    user = "postgres" if os.name == "posix" and os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="silqeqms-postgres-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, "user": user}
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True,
            **quiet,
        )
        settings = f"-p {port} -k '' -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
        subprocess.run(
            [binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start"], check=True, **quiet
        )
        try:
            yield f"postgresql://tests@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=False, **quiet)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
