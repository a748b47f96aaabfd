"""The house: locks, make targets, what importing costs, and rules that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

LOCKS = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")
TARGETS = ("demo", "test", "test-slow", "check", "bench", "validate", "docs", "clean")
KERNEL_FOLDERS = ("physics", "engine")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins(text: str) -> dict[str, set[str]]:
    """Name -> versions pinned in a lock (one name may have several, by marker)."""
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, flags=re.MULTILINE):
        pins.setdefault(_normal(name), set()).add(version)
    return pins


def _project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def _loaded_by(code: str, *suspects: str) -> str:
    """Which of the suspects a fresh Python has loaded after running the code."""
    check = f"{code}\nimport sys; print(*[m for m in {suspects!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1].strip()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_a_hash_for_everything_and_no_url(root, lock):
    text = (root / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash)", text, flags=re.MULTILINE), (
        "an option such as an index stands in the lock"
    )
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 5
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_locks_agree_with_each_other(root):
    runtime, build, dev = (_pins((root / lock).read_text(encoding="utf-8")) for lock in LOCKS)
    for other in (build, dev):
        for name in runtime.keys() & other.keys():
            assert other[name] == runtime[name], name
    for name in build.keys() & dev.keys():
        assert build[name] == dev[name], name


def test_every_declared_dependency_is_locked(root):
    project = _project(root)
    runtime, build, dev = (_pins((root / lock).read_text(encoding="utf-8")) for lock in LOCKS)

    def names(requirements):
        return {_normal(re.match(r"[A-Za-z0-9._-]+", r)[0]) for r in requirements if isinstance(r, str)}

    assert names(project["project"]["dependencies"]) <= runtime.keys()
    assert names(project["build-system"]["requires"]) <= build.keys()
    assert names(project["dependency-groups"]["dev"]) <= dev.keys()
    assert names(project["dependency-groups"]["docs"]) <= dev.keys()
    declared = (root / "requirements-build.in").read_text(encoding="utf-8").split()
    assert declared == project["build-system"]["requires"]


def test_python_311_is_enough(root):
    assert _project(root)["project"]["requires-python"] == ">=3.11"


def test_make_has_every_target_with_a_word_of_help(root):
    text = (root / "Makefile").read_text(encoding="utf-8")
    for target in TARGETS:
        assert re.search(rf"^{target}:.*## \S", text, flags=re.MULTILINE), target
    assert re.search(r"^\.DEFAULT_GOAL := help$", text, flags=re.MULTILINE)


def test_set_up_takes_hashed_wheels_only(root):
    text = (root / "Makefile").read_text(encoding="utf-8")
    assert "--require-hashes --only-binary :all:" in text
    assert "--no-deps --no-build-isolation -e ." in text


def test_ci_runs_make_test(root):
    script = root / ".ci" / "run"
    assert script.read_text(encoding="utf-8").rstrip().endswith("exec make test")
    assert script.stat().st_mode & 0o111


def test_papers_are_there_and_agree_on_version_and_licence(root):
    import parapet

    assert (root / "LICENSE").read_text(encoding="utf-8").count("Apache License") > 1
    assert _project(root)["project"]["license"] == "Apache-2.0"
    citation = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {parapet.__version__}\n" in citation
    assert "license: Apache-2.0\n" in citation
    assert f"## {parapet.__version__}" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_readme_names_files_that_exist(root):
    text = (root / "README.md").read_text(encoding="utf-8")
    # What a command writes, and what the line itself says is yet to come, need not be there.
    lines = [line for line in text.splitlines() if "writes `" not in line and "comes with" not in line]
    named = set(re.findall(r"`((?:src|examples|tests|docs|benchmarks)/[\w./-]+\.\w+)`", "\n".join(lines)))
    assert len(named) >= 8
    assert not [name for name in named if not (root / name).exists()]
    linked = {link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link}
    assert not [link for link in linked if not (root / link).exists()]


def test_importing_parapet_is_cheap():
    assert _loaded_by("import parapet", "numba", "polars", "scipy", "matplotlib") == ""


def test_help_is_cheap():
    code = """
import sys
sys.argv = ["parapet", "--help"]
from parapet.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
    assert _loaded_by(code, "numba", "llvmlite", "polars", "scipy", "matplotlib") == ""


def _kernel_files(root: Path) -> list[Path]:
    package = root / "src" / "parapet"
    return [path for folder in KERNEL_FOLDERS for path in sorted((package / folder).rglob("*.py"))]


def test_engine_and_physics_draw_no_numpy_random_numbers(root):
    files = _kernel_files(root)
    assert files
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                is_random = (
                    node.attr == "random"
                    and isinstance(node.value, ast.Name)
                    and node.value.id in {"np", "numpy"}
                )
                assert not is_random, f"{path}:{node.lineno}"
            if isinstance(node, ast.Import):
                assert not [
                    a for a in node.names if a.name.split(".")[0] == "random" or a.name == "numpy.random"
                ], path
            if isinstance(node, ast.ImportFrom):
                assert node.module not in {"random", "numpy.random"}, f"{path}:{node.lineno}"
                assert not (node.module == "numpy" and any(a.name == "random" for a in node.names)), path


def test_compiler_flags_stand_in_one_file(root):
    package = root / "src" / "parapet"
    for path in package.rglob("*.py"):
        if path.name == "_jit.py":
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"^\s*@(?:numba\.)?(?:n?jit|vectorize|guvectorize)\b", text, flags=re.MULTILINE
        ), path
        assert not re.search(r"\bfastmath\s*=|\bparallel\s*=\s*True|\bprange\(", text), path


def test_kernel_sources_avoid_functions_that_differ_without_compilation(root):
    """hypot, lgamma, sums and linear algebra of NumPy give other last digits with the compiler off."""
    for path in _kernel_files(root):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
            if not any(isinstance(d, ast.Name) and d.id == "kernel" for d in function.decorator_list):
                continue
            for node in ast.walk(function):
                where = f"{path}:{getattr(node, 'lineno', 0)}"
                if isinstance(node, ast.Attribute):
                    assert node.attr not in {"hypot", "lgamma", "linalg", "dot"}, where
                    is_np_sum = (
                        node.attr == "sum" and isinstance(node.value, ast.Name) and node.value.id == "np"
                    )
                    assert not is_np_sum, where
                assert not isinstance(node, ast.Raise), where
