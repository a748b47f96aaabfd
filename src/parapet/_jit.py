"""The one place where kernels get their compiler flags, and where the folder of compiled code is chosen.

Importing this module is what imports Numba; nothing above it may do so on the way to ``parapet --help``.

Numba's own cache looks at one source file at a time, so after an edit in ``physics/`` a cached engine would keep
the old answer, and it ignores some variables that change code (``NUMBA_BOUNDSCHECK``). Therefore the folder is
keyed here by everything that can change a result: the sources of all kernels, the numerical libraries, the
processor and the ``NUMBA_*`` variables. Edited kernels get a fresh folder; the three newest are kept.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import inspect
import math
import os
import platform
import re
import shutil
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import platformdirs

N_CACHE_FOLDERS_KEPT = 3
"""How many folders of compiled code stay on disk: today's, and two to go back to."""

_CACHE_AGE_MIN_S = 3600.0
"""A folder used within this time is never removed: another process may be writing to it."""

_MARK = "parapet-kernels"
"""An empty file in every folder that was made here; nothing without it is ever removed."""

_LIBRARIES = ("numba", "llvmlite", "numpy")

_FLAGS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "cache": True, "_nrt": False}
"""No kernel allocates, so none needs Numba's reference counts: they took a quarter of a battle, and more on two threads,
which count on the same arrays of the World."""

# Variables that say where or how loudly, not what code comes out.
_NOT_CODE = frozenset(
    {
        "NUMBA_CACHE_DIR",
        "NUMBA_CACHE_LOCATOR_CLASSES",
        "NUMBA_NUM_THREADS",
        "NUMBA_THREADING_LAYER",
        "NUMBA_THREADING_LAYER_PRIORITY",
        "NUMBA_WARNINGS",
        "NUMBA_DEBUG_CACHE",
        "NUMBA_COLOR_SCHEME",
        "NUMBA_SHOW_HELP",
        "NUMBA_FULL_TRACEBACKS",
        "NUMBA_DISABLE_PERFORMANCE_WARNINGS",
        "NUMBA_DISABLE_ERROR_MESSAGE_HIGHLIGHTING",
    }
)


def _kernel_sources() -> list[Path]:
    """Files whose text can change what a kernel computes, in a fixed order."""
    package = Path(__file__).resolve().parent
    folders = (package / "physics", package / "engine")
    found = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    return [*found, Path(__file__).resolve()]


def _source_digest() -> str:
    package = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for path in _kernel_sources():
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(b"\0")
        # Line ends are made equal, so a checkout on another system is the same engine.
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
        digest.update(b"\0")
    return digest.hexdigest()


def _code_variables() -> list[tuple[str, str]]:
    """The ``NUMBA_*`` variables that change compiled code, sorted."""
    return sorted((k, v) for k, v in os.environ.items() if k.startswith("NUMBA_") and k not in _NOT_CODE)


def _library_versions() -> list[tuple[str, str]]:
    return [(name, version(name)) for name in _LIBRARIES]


def _processor_name() -> str:
    """Name of the processor, as far as the system tells it without loading a compiler."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _short_hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


_SOURCE_DIGEST = _source_digest()


def _cache_key() -> str:
    """Name of the folder of compiled code: a hash of everything that can change what a kernel computes."""
    return _short_hash(
        _SOURCE_DIGEST,
        _library_versions(),
        sys.version_info[:3],
        platform.machine(),
        _processor_name(),
        sorted(_FLAGS.items()),
        _code_variables(),
    )


def _drop_old_folders(newest: Path) -> None:
    """Remove our folders of compiled code beyond the newest few; what cannot be removed stays."""
    now_s = time.time()
    try:
        ours = [path for path in newest.parent.iterdir() if path != newest and (path / _MARK).exists()]
        ours.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in ours[N_CACHE_FOLDERS_KEPT - 1 :]:
            if now_s - path.stat().st_mtime > _CACHE_AGE_MIN_S:
                shutil.rmtree(path, ignore_errors=True)
    except OSError:
        return  # another process is clearing at the same time


def _choose_cache_folder() -> Path:
    """Point Numba at the folder of this engine and say which it is. Must run before Numba is imported.

    A user's own ``NUMBA_CACHE_DIR`` is honoured as the place, but the key still names a folder below it: a folder
    without the key would bring old answers back. A child process inherits its parent's folder, key included, and
    may run with other flags; the mark left in each folder tells that case apart.
    """
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        root = Path(chosen).parent if (Path(chosen) / _MARK).exists() else Path(chosen)
    else:
        root = Path(platformdirs.user_cache_dir("parapet", appauthor=False))
    folder = root.absolute() / _cache_key()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).touch()
        os.utime(folder)
    except OSError:
        # A read-only home: Numba then looks for a place of its own, or compiles each time.
        return folder
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    _drop_old_folders(folder)
    return folder


CACHE_FOLDER = _choose_cache_folder()
"""Where this engine's compiled code lies."""

# Numba paints every message it thinks of while it tries signatures, seen or not: seconds of a cold start.
os.environ.setdefault("NUMBA_DISABLE_ERROR_MESSAGE_HIGHLIGHTING", "1")

import numba
import numpy as np
from llvmlite.binding import Linkage
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_machinery import LoweringPass, register_pass
from numba.core.errors import NumbaExperimentalFeatureWarning
from numba.core.typed_passes import NativeLowering
from numba.core.types import unliteral

# For the case that somebody imported Numba before Parapet: it has read the variable already.
_config: Any = numba.config
_config.CACHE_DIR = os.environ.get("NUMBA_CACHE_DIR", "")

# Policies are addresses of functions in the World (engine/policy.py). Numba calls that experimental at every compilation.
warnings.filterwarnings("ignore", category=NumbaExperimentalFeatureWarning)

P = ParamSpec("P")
R = TypeVar("R")


class _InnerLibrary(JITCodeLibrary):
    """Code that is only ever linked into the kernel that calls it: no machine code and no passes of its own.

    Numba would optimise and emit every function once by itself and once more inside each caller above it, and copy what
    it calls into it each time. What a kernel runs is linked and optimised once, whole, when that kernel is finished.
    """

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def finalize(self) -> None:
        self._finalized = True

    def _get_module_for_linking(self) -> Any:
        """With all that it calls, for callers that are not kernels of ours."""
        if self._shared_module is None:
            for library in dict.fromkeys(self._linking_libraries):
                self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        return super()._get_module_for_linking()

    def alone(self) -> Any:
        """Without what it calls."""
        whole, self._shared_module = self._shared_module, None
        module = super()._get_module_for_linking()
        self._shared_module = whole
        return module


class _KernelLibrary(JITCodeLibrary):
    """Code of a kernel with all its inner parts: those called from one place only become part of their caller.

    The optimiser does not dare by itself, because any other module might call them too. The stages of a battle are
    handed hundreds of numbers each, which a call copies one by one.
    """

    def finalize(self) -> None:
        others = []
        waiting = self._linking_libraries
        seen = set(waiting)
        while waiting:
            library = waiting.pop(0)
            if not isinstance(library, _InnerLibrary):
                others.append(library)
                continue
            self._final_module.link_in(library.alone(), preserve=True)
            parts = [part for part in dict.fromkeys(library._linking_libraries) if part not in seen]
            seen.update(parts)
            waiting += parts
        self._linking_libraries = others
        super().finalize()

    def _optimize_final_module(self) -> None:
        module = self._final_module
        n_named = Counter(_CALL_OR_DEFINITION.findall(str(module)))
        for function in module.functions:
            if not function.is_declaration and function.linkage == Linkage.linkonce_odr:
                if n_named[function.name] <= 2:
                    function.linkage = "internal"
        super()._optimize_final_module()


_CALL_OR_DEFINITION = re.compile(r'@"?([\w.$]+)"?\(')


class _KernelCompiler(Compiler):
    def compile_extra(self, func: Any) -> Any:
        """Compile without looking for garbage: there are millions of objects, all alive."""
        was_enabled = gc.isenabled()
        gc.disable()
        try:
            return super().compile_extra(func)
        finally:
            if was_enabled:
                gc.enable()

    def define_pipelines(self) -> list[Any]:
        state = self.state
        state.library = _KernelLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()  # or it could not be stored
        pipelines: list[Any] = super().define_pipelines()
        return pipelines


@register_pass(mutates_CFG=False, analysis_only=True)
class _RegisterInner(LoweringPass):
    """Tell Numba where callers find the function that was lowered: what its own pass does after emitting code."""

    _name = "parapet_register_inner"

    def __init__(self) -> None:
        LoweringPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        # Where the door for Python would be, Numba wants a builtin of its own for every function: it is the key.
        # This one takes no arguments, so that calling it fails.
        no_door = [state["cr"].fndesc].clear
        state["cr"] = state["cr"]._replace(cfunc=no_door)
        state.targetctx.insert_user_function(no_door, state["cr"].fndesc, [state.library])
        return False


class _InnerCompiler(Compiler):
    def define_pipelines(self) -> list[Any]:
        state = self.state
        state.library = _InnerLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        pipelines: list[Any] = super().define_pipelines()
        for pipeline in pipelines:
            pipeline.add_pass_after(_RegisterInner, NativeLowering)
            pipeline.finalize()
        return pipelines


_njit: Any = numba.njit(**_FLAGS, pipeline_class=_KernelCompiler)

_INNER_FLAGS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "_nrt": False,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": _InnerCompiler,
}
_njit_inner: Any = numba.njit(**_INNER_FLAGS)


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """Compiled form of a function that only other kernels call.

    It has no door for Python, is not cached by itself and is optimised only as part of the kernels that call it: doors,
    machine code and separate passes for every function would make the first battle wait three times as long.
    From Python (tests) call ``entry(function)``.
    """
    compiled: Any = _njit_inner(function)
    if not _config.DISABLE_JIT:
        find = compiled.get_call_template

        def get_call_template(args: Any, kws: Any) -> Any:
            """One compiled form for all constants: Numba would make one for each event or stream number passed."""
            return find(tuple(map(unliteral, args)), {name: unliteral(kind) for name, kind in kws.items()})

        compiled.get_call_template = get_call_template
    return compiled  # type: ignore[no-any-return]


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compiled form of a function: releases the GIL, never raises, cached on disk, IEEE arithmetic kept.

    Called from Python it is compiled with a door and cached; called from another kernel it is an ``inner`` part of it.
    """
    compiled: Any = _njit(function)
    if not _config.DISABLE_JIT:
        part: Any = inner(function)
        compiled.get_call_template = part.get_call_template
        compiled.get_overload = part.get_overload
    return compiled  # type: ignore[no-any-return]


def address_of(function: Callable[..., float], n_arguments: int, is_cached: bool = True) -> Any:
    """A function of floats as an address that a kernel can be given and call: other functions need no new compilation.

    Raises
    ------
    numba.core.errors.NumbaError
        If it does not compile to a function of ``n_arguments`` floats that returns a float.
    """
    if _config.DISABLE_JIT:
        return function
    signature = numba.float64(*[numba.float64] * n_arguments)
    make: Any = numba.cfunc
    return make(
        signature, nopython=True, cache=is_cached, error_model="numpy", pipeline_class=_KernelCompiler
    )(function)


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """A door for Python to an ``inner`` kernel, compiled on first use and not cached; for tests and tools."""
    if _config.DISABLE_JIT:
        return function
    names = ", ".join(inspect.signature(function).parameters)
    scope: dict[str, Any] = {"function": function}
    exec(f"def door({names}):\n    return function({names})", scope)
    build: Any = numba.njit
    compiled: Callable[P, R] = build(
        nogil=True, error_model="numpy", _nrt=False, pipeline_class=_KernelCompiler
    )(scope["door"])
    return compiled


def compiled_for(function: Callable[..., R], *arguments: Any) -> Callable[..., R]:
    """The machine code of a kernel for arguments of the same types as these, called without looking at types again.

    Numba looks at every array of a World at every call, which takes longer than a small battle does. Types are not
    checked any more: only for callers whose arguments cannot change type.
    """
    if _config.DISABLE_JIT:
        return function
    kinds = tuple(numba.typeof(argument) for argument in arguments)
    dispatcher: Any = function
    dispatcher.compile(kinds)
    found: Callable[..., R] = dispatcher.overloads[kinds].entry_point
    return found


@functools.cache
def engine_id() -> str:
    """Name of the engine that computed a result, 16 hex digits.

    Two results with the same name were computed by the same kernel sources, the same numerical libraries and the
    same compiler flags. Stored with every result; results of different engines are never mixed.
    Pinned by ``tests/test_jit.py``.
    """
    return _short_hash(_SOURCE_DIGEST, _library_versions(), sorted(_FLAGS.items()), _code_variables())


@functools.cache
def platform_id() -> str:
    """Name of the arithmetic of this machine, 16 hex digits.

    A hash of 1,000 values of the functions that kernels use, computed by a kernel on first use. The same engine on
    a machine with another name may differ in the last digits: that is recorded and warned of.
    Pinned by ``tests/test_jit.py``.
    """
    return hashlib.sha256(canary_values().astype("<f8").tobytes()).hexdigest()[:16]


def is_cache_cold(module: str = "battle") -> bool:
    """Whether the first call of a kernel of this module must compile it, which takes seconds to a minute.

    ``module`` is the last part of a module's name. False when compilation is switched off.
    """
    if _config.DISABLE_JIT:
        return False
    return next(CACHE_FOLDER.rglob(f"{module}.*.nbi"), None) is None


_N_CANARY_ROWS = 50


def canary_values() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The 1,000 values behind `platform_id`, 50 rows of 20 functions."""
    values = np.zeros((_N_CANARY_ROWS, 20), dtype=np.float64)
    _fill_canary(values)
    return values


@kernel
def _fill_canary(out: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    for i in range(out.shape[0]):
        x = 0.37 * (i + 1)  # 0.37 to 18.5: angles of some turns, exponents of some decades
        u = (i + 0.5) / out.shape[0]  # inside 0 to 1
        out[i, 0] = math.sqrt(x)
        out[i, 1] = math.sin(x)
        out[i, 2] = math.cos(x)
        out[i, 3] = math.tan(x)
        out[i, 4] = math.asin(u)
        out[i, 5] = math.acos(u)
        out[i, 6] = math.atan(x)
        out[i, 7] = math.atan2(u, x)
        out[i, 8] = math.exp(-x)
        out[i, 9] = math.expm1(u)
        out[i, 10] = math.log(x)
        out[i, 11] = math.log10(x)
        out[i, 12] = math.log1p(u)
        out[i, 13] = math.pow(x, u)
        out[i, 14] = math.erf(u)
        out[i, 15] = math.erfc(x)
        out[i, 16] = math.tanh(u)
        out[i, 17] = math.sinh(u)
        out[i, 18] = math.cosh(u)
        out[i, 19] = x * u - 0.1  # differs where multiply and subtract are fused
