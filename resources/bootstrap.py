"""Set SilqeQMS Desktop up in .venv and start it, with nothing but Python 3.11 or later.

    python3 resources/bootstrap.py demo         open the product on invented data
    python3 resources/bootstrap.py test [...]   run the quick tests; arguments go to pytest
    python3 resources/bootstrap.py run [...]    the product itself; arguments as for silqeqms
    python3 resources/bootstrap.py dev          only set up, with the developers' tools too

On Windows write `py resources\\bootstrap.py demo`. What is there already is not installed again.
Packages come through pip, with the settings it has on this machine, and must have the hashes in
resources/requirements. The Linux libraries that Qt needs are installed through apt-get when this runs as root;
otherwise the command to paste is printed.
"""

# An older Python has to read this file as far as the sentence below: no newer syntax, no newer imports above it.
import ctypes
import hashlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(
        "SilqeQMS Desktop needs Python 3.11 or later; this is {}.{}. "
        "Install a newer one and use it for this command.".format(*sys.version_info[:2])
    )

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
ON_WINDOWS = os.name == "nt"
VENV_SCRIPTS = VENV / ("Scripts" if ON_WINDOWS else "bin")
VENV_PYTHON = VENV_SCRIPTS / ("python.exe" if ON_WINDOWS else "python")
STAMP = VENV / "silqeqms-set-up.json"
PYTHON = "{}.{}".format(*sys.version_info[:2])

# What each command installs, and what an installed list holds besides itself (the lists are locked to agree).
LIST_OF = {"demo": "run", "run": "run", "test": "test", "dev": "dev"}
HELD_BY = {"run": ["run"], "test": ["run", "test"], "dev": ["run", "test", "dev"]}

# Shared library -> Debian package. The package names are those of Debian 12; later ones still answer to them.
LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
}
X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
}
WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
FONT_PACKAGE = "fonts-dejavu-core"

# Debian's pip as a wheel: what its own `venv` uses.
PIP_WHEEL_FOLDER = Path("/usr/share/python-wheels")
PIP_WHEEL_PACKAGE = "python3-pip-whl"


class SetUpTrouble(Exception):
    """Why the set-up cannot go on, in a sentence that says what to do."""


def main(arguments):
    """Do one command; returns the exit code: that of what was started, or 2 when the set-up could not go on."""
    if not arguments or arguments[0] not in LIST_OF:
        asked_for_help = arguments[:1] in (["-h"], ["--help"])
        print(__doc__.strip(), file=sys.stdout if asked_for_help else sys.stderr)
        return 0 if asked_for_help else 2
    command, rest = arguments[0], arguments[1:]
    try:
        provide_system_packages(window_wanted=command in ("demo", "run"))
        provide_packages(LIST_OF[command])
        return start(command, rest)
    except SetUpTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"Set-up stopped: {error.strerror or error}: {error.filename or VENV}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def start(command, rest):
    """Run what was asked for with the environment's Python; returns its exit code."""
    if command == "dev":
        print(f"Set up. Tools are in {VENV_SCRIPTS}.")
        return 0
    environment = dict(os.environ)
    if command == "test":
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        return run([VENV_PYTHON, "-m", "pytest", *rest], environment, cwd=ROOT)
    if (command == "demo" or not rest) and not has_display(environment, sys.platform):
        raise SetUpTrouble(
            "Set-up is complete, but there is no display to open a window on "
            "(neither DISPLAY nor WAYLAND_DISPLAY is set): run this in a desktop session."
        )
    demo = ["--demo"] if command == "demo" else []
    # -P: a folder called `desktop` in the current directory must not be taken for the product.
    return run([VENV_PYTHON, "-P", "-m", "desktop", *demo, *rest], environment)


def run(command, environment=None, cwd=None, quiet=False):
    """Run a program to its end and return its exit code; on Ctrl+C it ends in its own way before we do.

    A quiet one is heard only when it fails.
    """
    interrupts = []
    before = signal.signal(signal.SIGINT, lambda *_: interrupts.append(True))
    try:
        ended = subprocess.run(
            [str(part) for part in command],
            env=environment,
            cwd=cwd,
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    if interrupts:
        raise KeyboardInterrupt
    if quiet and ended.returncode != 0:
        print(ended.stdout.decode(errors="replace"), file=sys.stderr)
    return ended.returncode if ended.returncode >= 0 else 128 - ended.returncode


def has_display(environment, system):
    """Whether Qt can open a window, or was told of a platform that needs none."""
    return system != "linux" or any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


# --- System libraries ------------------------------------------------------------------------------------------------


def provide_system_packages(window_wanted):
    """Make sure of Qt's libraries and a font: by apt-get as root, else by saying what is missing."""
    if sys.platform != "linux":
        return
    refuse_old_c_library()
    wanted = libraries_for(os.environ, window_wanted)
    missing = {library: package for library, package in wanted.items() if not loads(library)}
    packages = list(missing.values())
    if not has_font():
        packages.append(FONT_PACKAGE)
    if not packages:
        return
    if shutil.which("apt-get") is None:
        what = [*missing, *(["a font"] if FONT_PACKAGE in packages else [])]
        raise SetUpTrouble(f"Qt needs what this system lacks: {', '.join(what)}. Install it, then run this again.")
    if os.geteuid() != 0:
        raise SetUpTrouble(
            f"Some system packages are missing. Paste this, then run the command again:\n{pasteable(packages)}"
        )
    install_system_packages(packages)


def refuse_old_c_library():
    """PySide6's wheels for Linux need glibc 2.34, and pip's own words for that help nobody."""
    name, version = platform.libc_ver()
    if name == "glibc" and tuple(int(part) for part in version.split(".")[:2]) < (2, 34):
        raise SetUpTrouble(
            f"Qt needs glibc 2.34 or later (Debian 12, Ubuntu 22.04, RHEL 9); this system has {version}."
        )


def libraries_for(environment, window_wanted):
    """The libraries (name -> Debian package) that Qt loads for the tests, or for a window on this display."""
    asked_for = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    if not window_wanted and not asked_for:
        asked_for = "offscreen"
    if asked_for.startswith("wayland") or (
        not asked_for and environment.get("WAYLAND_DISPLAY") and not environment.get("DISPLAY")
    ):
        return {**LIBRARIES, **WAYLAND_LIBRARIES}
    if asked_for in ("", "xcb"):
        return {**LIBRARIES, **X11_LIBRARIES}
    return LIBRARIES


def loads(library):
    """Whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font():
    """Whether there is any outline font: without one every character is drawn as a box."""
    return any(
        name.lower().endswith((".ttf", ".otf", ".ttc"))
        for folder in FONT_FOLDERS
        for _, _, names in os.walk(Path(folder).expanduser())
        for name in names
    )


def pasteable(packages):
    """The one line that installs system packages."""
    return f"sudo apt-get install -y {' '.join(packages)}"


def install_system_packages(packages):
    """apt-get install as root; on a machine that has no or old package lists, after fetching them."""
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    has_lists = any(Path("/var/lib/apt/lists").glob("*_Packages*"))
    if has_lists and run(install, environment) == 0:
        return
    if run(["apt-get", "update", "-q"], environment) != 0 or run(install, environment) != 0:
        raise SetUpTrouble(
            "apt-get could not install the system packages; its lines above say why. "
            f"Once that is mended, run this again, or: {pasteable(packages)}"
        )


# --- Python packages -------------------------------------------------------------------------------------------------


def provide_packages(name):
    """Bring .venv to what resources/requirements/NAME.txt says; nothing is done when it is there already."""
    requirements = ROOT / "resources" / "requirements" / f"{name}.txt"
    stamp = read_stamp()
    if stamp.get(name) == digest(requirements) and stamp.get("python") == PYTHON and VENV_PYTHON.exists():
        return
    print(f"Setting up {VENV} from {requirements.name}. The first time this fetches about 100 MB.", flush=True)
    if venv_version() != PYTHON:
        code = run([sys.executable, "-m", "venv", "--without-pip", "--clear", VENV], quiet=True)
        if code != 0:
            raise SetUpTrouble(f"Python could not make the environment {VENV}; its lines above say why.")
    install = ["install", "--no-input", "--disable-pip-version-check", "--only-binary", ":all:", "--require-hashes"]
    if run([*pip_command(), *install, "-r", requirements]) != 0:
        raise SetUpTrouble(
            "The packages could not be installed; pip's lines above say why. "
            "It uses pip's own settings on this machine. Run the command again to go on."
        )
    add_the_product()
    held = {other: digest(requirements.with_name(f"{other}.txt")) for other in HELD_BY[name]}
    STAMP.write_text(json.dumps({"python": PYTHON, **held}, indent=2) + "\n", encoding="utf-8")


def read_stamp():
    """What the last complete set-up installed: the Python version and the SHA-256 of each list; {} before one."""
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def digest(file):
    """The SHA-256 of a requirements list, whatever line ends the checkout gave it."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def venv_version():
    """The Python version of .venv as "3.11"; None when there is no environment or its Python does not start."""
    try:
        return ask_venv("'{}.{}'.format(*sys.version_info[:2])")
    except (OSError, subprocess.CalledProcessError):
        return None


def ask_venv(expression):
    """The value of a Python expression in the environment, as text."""
    question = f"import sys, sysconfig, importlib.util; print({expression})"
    return subprocess.run(
        [str(VENV_PYTHON), "-c", question], check=True, capture_output=True, encoding="utf-8"
    ).stdout.strip()


def debian_pip_wheel(folder):
    """Debian's pip wheel in a folder, or None."""
    return next(iter(sorted(folder.glob("pip-*.whl"))), None)


def pip_command():
    """The command that runs pip for .venv; puts a pip in there first where that can be done.

    Stock Debian has neither pip nor ensurepip, and no registry may be asked without pip. So it comes, in this order,
    from the environment itself, Python's own ensurepip, Debian's wheel if installed, a pip of the system's Python
    (which then works on .venv from outside), and Debian's wheel taken out of its package.
    """
    in_venv = [VENV_PYTHON, "-m", "pip"]
    if ask_venv("importlib.util.find_spec('pip') is not None") == "True":
        return in_venv
    if find_spec("ensurepip") and run([VENV_PYTHON, "-m", "ensurepip", "--upgrade", "--default-pip"], quiet=True) == 0:
        return in_venv
    wheel = debian_pip_wheel(PIP_WHEEL_FOLDER)
    if wheel is None and find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", VENV_PYTHON]
    with tempfile.TemporaryDirectory() as folder:
        wheel = wheel or wheel_from_debian_package(Path(folder))
        # A wheel is a zip archive that Python can run from.
        installed = run([VENV_PYTHON, wheel / "pip", "install", "--no-index", "--no-deps", wheel], quiet=True)
    if installed != 0:
        raise SetUpTrouble(f"pip could not be put into {VENV}; the lines above say why.")
    return in_venv


def wheel_from_debian_package(folder):
    """Fetch Debian's pip wheel into a folder without installing its package: that needs no root and changes nothing."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise SetUpTrouble("This Python has neither pip nor ensurepip: install pip for it, then run this again.")
    download = ["apt-get", "download", "-q", PIP_WHEEL_PACKAGE]
    fetched = run(download, cwd=folder, quiet=True)
    if fetched != 0 and os.geteuid() == 0 and run(["apt-get", "update", "-q"], quiet=True) == 0:
        run(download, cwd=folder, quiet=True)
    for package in folder.glob("*.deb"):
        run(["dpkg-deb", "-x", package, folder], quiet=True)
    wheel = debian_pip_wheel(folder / PIP_WHEEL_FOLDER.relative_to("/"))
    if wheel is None:
        raise SetUpTrouble(
            f"This Python has no pip. Paste this, then run the command again:\n{pasteable([PIP_WHEEL_PACKAGE])}"
        )
    return wheel


def add_the_product():
    """Let the environment import the checkout and give it the `silqeqms` command, without building anything."""
    site_packages = Path(ask_venv("sysconfig.get_path('purelib')"))
    # Relative, so that the folder can be moved and its name may hold any character.
    (site_packages / "silqeqms.pth").write_text(os.path.relpath(ROOT, site_packages) + "\n", encoding="ascii")
    if ON_WINDOWS:
        (VENV_SCRIPTS / "silqeqms.cmd").write_text('@"%~dp0python.exe" -P -m desktop %*\r\n', encoding="ascii")
        return
    command = VENV_SCRIPTS / "silqeqms"
    command.write_text(
        '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -P -m desktop "$@"\n', encoding="ascii"
    )
    command.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
