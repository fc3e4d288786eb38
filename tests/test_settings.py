"""Which database and evidence folder a run uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.domain.errors import StorageTrouble
from desktop.settings import read_settings


def test_evidence_lies_beside_the_database_file(tmp_path: Path) -> None:
    settings = read_settings(str(tmp_path / "log.db"))
    assert settings.database_url == f"sqlite:///{tmp_path / 'log.db'}"
    assert settings.storage_folder == tmp_path / "log-evidence"


def test_the_command_line_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'environment.db'}")
    monkeypatch.setenv("SILQEQMS_STORAGE", str(tmp_path / "kept"))
    assert read_settings().database_url == f"sqlite:///{tmp_path / 'environment.db'}"
    assert read_settings().storage_folder == tmp_path / "kept"
    assert read_settings(f"sqlite:///{tmp_path / 'asked.db'}").database_url == f"sqlite:///{tmp_path / 'asked.db'}"
    assert read_settings(storage=str(tmp_path / "asked")).storage_folder == tmp_path / "asked"


def test_a_label_never_shows_a_password() -> None:
    settings = read_settings("postgresql://quality:very%20secret@server.example:5432/silq?sslmode=require")
    assert settings.database_label == "server.example:5432/silq"


@pytest.mark.parametrize("wrong", ["mysql://server/db", "sqlite://", "sqlite:///:memory:", "sqlite:///what?.db"])
def test_a_database_that_cannot_be_meant_is_refused_in_a_sentence(wrong: str) -> None:
    with pytest.raises(StorageTrouble):
        read_settings(wrong)
