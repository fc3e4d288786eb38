"""The set-up script on a small stand-in project: a real environment, a real pip, a wheel of our own, no network."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "resources" / "bootstrap.py"
LISTS = ROOT / "resources" / "requirements"


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


bootstrap = load_script()


# --- The locked lists ------------------------------------------------------------------------------------------------


def locked(file: Path) -> dict[str, Requirement]:
    """The requirements of a locked list by name, without their hashes."""
    lines = re.sub(r"\\\n", " ", file.read_text(encoding="utf-8")).splitlines()
    requirements = [
        Requirement(line.split("--hash")[0].strip()) for line in lines if line and not line.lstrip().startswith("#")
    ]
    return {requirement.name: requirement for requirement in requirements}


@pytest.mark.parametrize("file", sorted(LISTS.glob("*.txt")), ids=lambda file: file.name)
def test_every_requirement_is_pinned_and_hashed_and_names_no_place(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert all(re.fullmatch(r"==[^*]+", str(requirement.specifier)) for requirement in locked(file).values())
    entries = [entry for entry in re.split(r"\n(?=[a-z0-9])", text) if not entry.startswith("#")]
    assert len(entries) == len(locked(file))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|^-|find-links", text, re.MULTILINE)
    assert f"-o resources/requirements/{file.name} pyproject.toml" in text.splitlines()[1]


def test_a_longer_list_holds_the_shorter_one_with_the_same_versions() -> None:
    run, test, dev = (locked(LISTS / f"{name}.txt") for name in ("run", "test", "dev"))

    assert {name: test[name].specifier for name in run} == {name: run[name].specifier for name in run}
    assert {name: dev[name].specifier for name in test} == {name: test[name].specifier for name in test}


@pytest.mark.parametrize(("extras", "name"), [((), "run"), (("postgres", "test"), "test"), (("dev",), "dev")])
def test_the_lists_satisfy_pyproject(extras: tuple[str, ...], name: str) -> None:
    """Fails when a dependency was added or a bound moved and the lists were not made again."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = {pin.name: next(iter(pin.specifier)).version for pin in locked(LISTS / f"{name}.txt").values()}
    wanted = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]

    for requirement in map(Requirement, wanted):
        if requirement.name != project["name"]:
            assert requirement.specifier.contains(pins[requirement.name.lower()]), requirement


# --- Before anything is installed ------------------------------------------------------------------------------------


def test_an_old_python_can_read_the_script_as_far_as_its_sentence() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_an_old_python_is_told_in_a_sentence() -> None:
    program = f"import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert result.returncode == 1
    assert result.stderr.startswith("SilqeQMS Desktop needs Python 3.11 or later; this is 3.9.")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["launch"], 2), (["-h"], 0), (["--help"], 0)])
def test_without_a_command_it_says_which_there_are(arguments: list[str], code: int) -> None:
    result = subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True)

    assert result.returncode == code
    said = result.stdout if code == 0 else result.stderr
    assert all(f"bootstrap.py {command}" in said for command in bootstrap.LIST_OF)


@pytest.mark.parametrize(
    ("environment", "window", "expected"),
    [
        ({}, False, set()),
        ({"DISPLAY": ":0"}, False, set()),
        ({"QT_QPA_PLATFORM": "xcb"}, False, {"x11"}),
        ({}, True, {"x11"}),
        ({"DISPLAY": ":0"}, True, {"x11"}),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, True, {"x11"}),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, {"wayland"}),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "wayland-egl"}, True, {"wayland"}),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen:size=800x600"}, True, set()),
    ],
)
def test_the_libraries_asked_for_are_those_of_the_display(
    environment: dict[str, str], window: bool, expected: set[str]
) -> None:
    wanted = bootstrap.libraries_for(environment, window)

    assert set(bootstrap.LIBRARIES) <= set(wanted)
    assert (set(bootstrap.X11_LIBRARIES) <= set(wanted)) == ("x11" in expected)
    assert (set(bootstrap.WAYLAND_LIBRARIES) <= set(wanted)) == ("wayland" in expected)


@pytest.mark.parametrize(
    ("environment", "system", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_a_window_needs_a_display_only_on_linux(environment: dict[str, str], system: str, expected: bool) -> None:
    assert bootstrap.has_display(environment, system) is expected


def test_missing_packages_can_be_pasted_as_one_line() -> None:
    assert bootstrap.pasteable(["libgl1", "libegl1"]) == "sudo apt-get install -y libgl1 libegl1"


# --- Setting up ------------------------------------------------------------------------------------------------------

WHEEL = "stand_in-1.0-py3-none-any.whl"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of the same shape in a folder with an awkward name: the script, a product, a list of one package."""
    folder = tmp_path / "un dossier é"
    (folder / "resources" / "requirements").mkdir(parents=True)
    shutil.copy(SCRIPT, folder / "resources")
    (folder / "desktop").mkdir()
    (folder / "desktop" / "__init__.py").touch()
    (folder / "desktop" / "__main__.py").write_text(
        "import sys, stand_in\nprint('started with', sys.argv[1:])\nsys.exit(7)\n"
    )
    with zipfile.ZipFile(tmp_path / WHEEL, "w") as wheel:
        wheel.writestr("stand_in.py", "")
        wheel.writestr("stand_in-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: stand-in\nVersion: 1.0\n")
        wheel.writestr("stand_in-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("stand_in-1.0.dist-info/RECORD", "")
    lock(folder, hashlib.sha256((tmp_path / WHEEL).read_bytes()).hexdigest())
    return folder


def lock(project: Path, digest: str) -> None:
    (project / "resources" / "requirements" / "run.txt").write_text(f"stand-in==1.0 --hash=sha256:{digest}\n")


def set_up(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the project's script with pip looking only into the folder of our wheel."""
    environment = os.environ | {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": project.parent.as_uri(),
        "QT_QPA_PLATFORM": "offscreen",
    }
    script = project / "resources" / "bootstrap.py"
    return subprocess.run(
        [sys.executable, str(script), *arguments], env=environment, cwd=project.parent, capture_output=True, text=True
    )


def test_it_sets_up_starts_the_product_and_is_quick_the_second_time(project: Path) -> None:
    first = set_up(project, "demo", "--theme", "dark")
    assert "started with ['--demo', '--theme', 'dark']" in first.stdout, first.stderr
    assert first.returncode == 7, "the exit code is the product's"

    second = set_up(project, "run", "verify")
    assert second.stdout == "started with ['verify']\n"

    # The command of the environment, from anywhere, even where another `desktop` lies about, and from a moved folder.
    (project.parent / "desktop").mkdir()
    moved = project.rename(project.parent / "moved")
    command = moved / ".venv" / ("Scripts/silqeqms.cmd" if os.name == "nt" else "bin/silqeqms")
    third = subprocess.run([str(command), "trace", "a lot"], cwd=moved.parent, capture_output=True, text=True)
    assert third.stdout == "started with ['trace', 'a lot']\n", third.stderr
    assert third.returncode == 7


def test_what_a_failed_set_up_left_is_mended_by_the_next_one(project: Path) -> None:
    """Left behind here: an environment whose Python does not start, then one without a package of the wrong hash."""
    folder = project / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    folder.mkdir(parents=True)
    python = folder / ("python.exe" if os.name == "nt" else "python")
    python.write_text("no program")
    python.chmod(0o755)
    good = (project / "resources" / "requirements" / "run.txt").read_text()
    lock(project, "0" * 64)

    refused = set_up(project, "run", "verify")
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1].startswith("The packages could not be installed")
    assert "started" not in refused.stdout
    assert "Traceback" not in refused.stderr

    (project / "resources" / "requirements" / "run.txt").write_text(good)
    assert "started with ['verify']" in set_up(project, "run", "verify").stdout


def test_a_folder_that_cannot_be_written_is_a_sentence(project: Path) -> None:
    (project / ".venv").write_text("a file where the folder should be")

    result = set_up(project, "run")

    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert str(project / ".venv") in result.stderr.splitlines()[-1]
