"""Compiler flags, the folder of compiled code and the names of engine and machine."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import numba
import numpy as np
import pytest

from parapet import _jit

IS_BOUNDS_CHECKED = os.environ.get("NUMBA_BOUNDSCHECK") == "1"


@_jit.kernel
def _ratio(a: float, b: float) -> float:
    return a / b


@_jit.kernel
def _element(values: np.ndarray, i: int) -> float:
    return values[i]


def _in_new_process(code: str, **variables: str) -> str:
    """What a fresh Python prints; variables with an empty text are taken away."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("NUMBA_")}
    environment |= variables
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


FOLDER = "import parapet._jit as j; print(j.CACHE_FOLDER)"


def test_kernel_divides_like_ieee_and_never_raises():
    if numba.config.DISABLE_JIT:
        pytest.skip("plain Python raises on a division by zero")
    assert _ratio(1.0, 0.0) == math.inf
    assert math.isnan(_ratio(0.0, 0.0))


def test_kernel_keeps_name_and_docstring():
    @_jit.kernel
    def twice(x: float) -> float:
        """Two times."""
        return x + x

    assert twice.__name__ == "twice"
    assert twice.__doc__ == "Two times."


@pytest.mark.skipif(not IS_BOUNDS_CHECKED, reason="only `make test-slow` checks indices")
def test_planted_index_error_is_raised():
    with pytest.raises(IndexError):
        _element(np.zeros(3), 3)


def test_engine_id_and_platform_id_are_short_names_that_stay():
    assert re.fullmatch(r"[0-9a-f]{16}", _jit.engine_id())
    assert re.fullmatch(r"[0-9a-f]{16}", _jit.platform_id())
    assert _jit.engine_id() == _jit.engine_id()


def test_canary_is_a_thousand_values_that_agree_with_the_library():
    values = _jit.canary_values()
    assert values.size == 1000
    assert np.isfinite(values).all()
    x = 0.37 * np.arange(1, 51)
    np.testing.assert_allclose(values[:, 1], np.sin(x), rtol=1e-13)
    np.testing.assert_allclose(values[:, 15], [math.erfc(v) for v in x], rtol=1e-12)
    # An angle whose sine is in every table: 18 * 0.37 = 6.66 rad.
    assert values[17, 1] == pytest.approx(0.3679, abs=1e-4)


def test_engine_id_sees_every_kernel_source():
    package = Path(_jit.__file__).parent
    sources = {path.relative_to(package).as_posix() for path in _jit._kernel_sources()}
    expected = {
        path.relative_to(package).as_posix()
        for f in ("physics", "engine")
        for path in (package / f).rglob("*.py")
    }
    assert sources == expected | {"_jit.py"}


def test_edited_source_gives_another_digest(tmp_path, monkeypatch):
    package = tmp_path / "parapet"
    (package / "physics").mkdir(parents=True)
    (package / "engine").mkdir()
    (package / "_jit.py").write_text("")
    (package / "physics" / "a.py").write_text("X = 1\n")
    monkeypatch.setattr(_jit, "__file__", str(package / "_jit.py"))
    before = _jit._source_digest()
    (package / "physics" / "a.py").write_bytes(b"X = 1\r\n")
    assert _jit._source_digest() == before  # line ends do not make another engine
    (package / "physics" / "a.py").write_text("X = 2\n")
    assert _jit._source_digest() != before


def test_only_variables_that_change_code_make_another_engine(monkeypatch):
    key = _jit._cache_key()
    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")
    assert _jit._cache_key() == key
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "0" if IS_BOUNDS_CHECKED else "1")
    assert _jit._cache_key() != key


def test_folder_is_chosen_by_key_and_a_users_place_is_honoured(tmp_path):
    home = {"XDG_CACHE_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)}
    plain = Path(_in_new_process(FOLDER, **home))
    assert tmp_path in plain.parents
    chosen = Path(_in_new_process(FOLDER, NUMBA_CACHE_DIR=str(tmp_path / "mine"), **home))
    assert chosen.parent == tmp_path / "mine"
    assert chosen.name == plain.name


def test_child_process_with_other_flags_does_not_inherit_the_folder(tmp_path):
    parent = Path(_in_new_process(FOLDER, NUMBA_CACHE_DIR=str(tmp_path)))
    same = Path(_in_new_process(FOLDER, NUMBA_CACHE_DIR=str(parent)))
    other = Path(_in_new_process(FOLDER, NUMBA_CACHE_DIR=str(parent), NUMBA_BOUNDSCHECK="1"))
    assert same == parent
    assert other.parent == parent.parent
    assert other.name != parent.name


def test_folder_that_cannot_be_made_is_no_error(tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    _in_new_process(FOLDER, NUMBA_CACHE_DIR=str(in_the_way))


def test_three_newest_folders_stay_and_strangers_are_left_alone(tmp_path):
    stranger = tmp_path / "somebody-elses"
    stranger.mkdir()
    folders = [tmp_path / f"engine-{i}" for i in range(6)]
    for i, folder in enumerate(folders):
        folder.mkdir()
        (folder / _jit._MARK).touch()
        os.utime(folder, (1e9 + i, 1e9 + i))
    os.utime(stranger, (1.0, 1.0))
    _jit._drop_old_folders(folders[5])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "engine-3",
        "engine-4",
        "engine-5",
        "somebody-elses",
    ]


def test_folder_in_use_is_not_removed(tmp_path):
    folders = [tmp_path / f"engine-{i}" for i in range(6)]
    for folder in folders:
        folder.mkdir()
        (folder / _jit._MARK).touch()
    _jit._drop_old_folders(folders[5])
    assert len(list(tmp_path.iterdir())) == 6


def test_cache_is_cold_before_the_first_call_and_warm_after(tmp_path):
    code = """
        import parapet._jit as j
        print(j.is_cache_cold("_jit"), end=" ")
        j.platform_id()
        print(j.is_cache_cold("_jit"), j.is_cache_cold("nothing_like_it"))
    """
    assert _in_new_process(code, NUMBA_CACHE_DIR=str(tmp_path)) == "True False True"
    assert _in_new_process(code, NUMBA_CACHE_DIR=str(tmp_path)) == "False False True"
    assert _in_new_process(code, NUMBA_CACHE_DIR=str(tmp_path), NUMBA_DISABLE_JIT="1") == "False False False"


@pytest.mark.slow
def test_warm_cache_does_not_hide_the_check_of_indices(tmp_path):
    (tmp_path / "planted.py").write_text(
        "from parapet._jit import kernel\n@kernel\ndef peek(values, i):\n    return values[i]\n"
    )
    code = """
        import numpy as np, planted
        try:
            planted.peek(np.zeros(3), 3)
            print("silent")
        except IndexError:
            print("raised")
    """
    place = {
        "NUMBA_CACHE_DIR": str(tmp_path / "cache"),
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(_jit.__file__).parents[1]}",
    }
    assert _in_new_process(code, **place) == "silent"
    assert _in_new_process(code, NUMBA_BOUNDSCHECK="1", **place) == "raised"
