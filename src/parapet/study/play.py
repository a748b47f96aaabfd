"""`parapet.study`: from a study file to a stored study, begun or gone on with."""

from __future__ import annotations

import shutil
import sys
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from parapet.errors import InputError, StoreError
from parapet.study import design, doubt, provenance
from parapet.study import rows as tables
from parapet.study.read import read
from parapet.study.schema import RECORDS, StudyFile
from parapet.study.statistics import Until, parse_until
from parapet.study.store import FORMAT, KIND, Store

if TYPE_CHECKING:
    import polars as pl

    from parapet.study.execute import Tell
    from parapet.study.result import Study


def study(
    source: str | Path | StudyFile,
    runs: int | None = None,
    out: str | Path | None = None,
    seed: int | None = None,
    workers: int | None = None,
    until: str | None = None,
    record: str | None = None,
    progress: Tell | None = None,
    cluster: str | None = None,
    say: Callable[[str], None] | None = None,
) -> Study:
    """Play a study, or go on with a stored one, and give its results.

    Parameters
    ----------
    source
        Path of a study file or of a scenario file (a study with one cell).
    runs
        Runs of each cell (and of each outer sample, where there is doubt); with `until` the most there may be. Left
        out, the file's, else 100.
    out
        Folder of the store. If it holds this study already, only what is missing is played. Left out, a folder that
        goes with the result.
    seed
        Left out, the file's. Run number k of every cell has the same draws, so cells compare as pairs.
    workers
        Threads; left out, one for each processor. Never changes a result.
    until
        Stop each cell, with doubt each outer sample of it, when its interval is narrow enough: ``"leaked +- 0.5"``,
        ``"p(no leaker) +- 0.02"``.
    record
        ``outcomes``, ``threats`` or ``shots``: which tables are kept.
    cluster
        Play on Dask workers instead of threads: the address of a scheduler, ``"tcp://host:8786"``, or ``"local:4"``
        to start four worker processes here. Never changes a result. Needs ``parapet[cluster]``.
    progress
        Called about twice a second with a `parapet.study.execute.Progress`.
    say
        Called with warnings and notes, one sentence each; left out, they go to the error channel.

    Raises
    ------
    ScenarioError
        If the study or one of its cells cannot be played; holds all findings with their lines.
    StoreError
        If `out` holds another study, another process writes there, or the disk refuses.
    RunError
        If a battle cannot be trusted; finished runs are stored.

    Examples
    --------
    >>> found = parapet.study("studies/saturation.yaml", runs=200, out="out/saturation")   # doctest: +SKIP
    >>> found.runs.group_by("cell").agg(pl.col("leaked").mean())                           # doctest: +SKIP
    """
    from parapet.study.result import Study

    asked = read(source) if isinstance(source, str | Path) else source
    asked = _with(asked, runs, seed, until, record)
    rule = _rule(asked)
    n_workers = provenance.n_processors() if workers is None else workers
    if n_workers < 1:
        raise InputError(f"workers: got {n_workers}, expected at least 1.")
    is_kept = out is not None
    if out is None:
        out = tempfile.mkdtemp(prefix="parapet-study-")
    speak = say or _to_error_channel
    folder = Path(out)
    _Session(asked, rule, folder, n_workers, speak, cluster or "").play(progress)
    done = Study(folder)
    if not is_kept:  # the folder goes when nobody holds the study any more
        weakref.finalize(done, shutil.rmtree, folder, ignore_errors=True)
    return done


def _to_error_channel(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _with(
    asked: StudyFile, runs: int | None, seed: int | None, until: str | None, record: str | None
) -> StudyFile:
    """The study with what the call says instead of the file."""
    if runs is not None:
        if runs < 1:
            raise InputError(f"runs: got {runs}, expected at least 1.")
        asked = replace(asked, runs=runs)
    if seed is not None:
        if not 0 <= seed < 2**63:
            raise InputError(f"seed: got {seed}, expected a whole number from 0 to 2**63 - 1.")
        asked = replace(asked, seed=seed)
    if until is not None:
        asked = replace(asked, until=until)
    if record is not None:
        if record not in RECORDS:
            raise InputError(f"record: got {record!r}, expected one of {', '.join(RECORDS)}.")
        asked = replace(asked, record=record)
    return asked


def _rule(asked: StudyFile) -> Until | None:
    """When a cell has enough runs; with doubt, when an outer sample of it has: each is stopped by its own prefix."""
    return parse_until(asked.until) if asked.until else None


class _Session:
    """One call: prepare, compare with what is stored, play, store."""

    def __init__(
        self,
        asked: StudyFile,
        rule: Until | None,
        folder: Path,
        workers: int,
        say: Callable[[str], None],
        cluster: str,
    ) -> None:
        self.cluster = cluster
        self.asked = asked
        self.rule = rule
        self.folder = folder
        self.workers = workers
        self.say = say
        self.cells = design.cells(asked)
        self.ready = design.check_cells(asked, self.cells)
        self.interceptors = design.interceptors_of(self.ready)
        self.drawn: list[doubt.Drawn] = []
        if asked.doubt is not None:
            self.drawn = doubt.figures_drawn(
                asked, [(ready.scenario, design.unchanged_catalogue(ready)) for ready in self.ready]
            )
        self._tell_warnings()
        self._check_column()

    def _tell_warnings(self) -> None:
        told = {str(f) for ready in self.ready for f in ready.findings if f.severity == "warning"}
        for text in sorted(told):
            self.say(text)

    def _check_column(self) -> None:
        columns = tables.run_dtype(self.interceptors).names or ()
        known = [name for name in columns if name not in (*tables.KEYS, *tables.MEASURED)]
        if self.rule is not None and self.rule.column not in known:
            from parapet.scenario.read import did_you_mean

            hint = did_you_mean(self.rule.column, known) or f" Known: {', '.join(known)}."
            raise InputError(f"until {self.asked.until!r}: there is no column {self.rule.column!r}.{hint}")

    def play(self, tell: Tell | None) -> None:
        """Everything, under the store's lock."""
        with Store(self.folder, self.say) as store:
            self._play(store, tell)

    def _play(self, store: Store, tell: Tell | None) -> None:
        # from here on the engine is needed
        from parapet.study.blocks import Player, Todo
        from parapet.study.execute import Execution, Goal

        is_old = store.begin(self._manifest())
        samples = self._samples(store, is_old)
        player = Player(self.asked, self.cells, samples, self.interceptors)
        for cell in self.cells:
            player.compiled(
                (cell.number, 0)
            )  # what only the compiler refuses is said before anything is played
        schema = tables.runs_frame(np.zeros(0, player.dtype)).schema
        column = self.rule.column if self.rule else "leaked"
        parts = store.parts(schema, [column])
        if not is_old or store.single("cells", len(self.cells)) is None:
            store.write_table("cells.parquet", cells_frame(self.asked, self.cells, self.ready))
        store.save_manifest()
        goal = Goal(self.asked.runs, self.rule, column)
        # cell by cell, so that two workers do not build the same fly-out tables at once
        todo = Todo([(cell.number, k) for cell in self.cells for k in range(len(samples))])
        for part in parts:
            for (cell, sample), rows in part.group_by("cell", "sample"):
                todo.done((cell, sample), rows["run"].to_numpy(), goal.value(rows))
        del parts  # the store may be large
        most = max(todo.n_done(key, 2**62) for key in todo.keys)
        if most > self.asked.runs:
            self.say(f"runs: {self.asked.runs:,} asked, {most:,} stored. All of them are kept and shown.")
        player.warm_up()
        execution = Execution(player, store, goal, todo, [cell.name for cell in self.cells], tell)
        execution.run(self._workers(player, samples))
        self._finish(store, execution, player)

    def _workers(self, player: Any, samples: list[Mapping[str, Any]]) -> Any:
        """Threads of this process, or the cluster."""
        if not self.cluster:
            from parapet.study.execute import Threads

            return Threads(player, self.workers)
        from parapet.study.cluster import Cluster

        return Cluster(self.cluster, self.asked, self.cells, samples, self.interceptors, self.say)

    def _finish(self, store: Store, execution: Any, player: Any) -> None:
        if self.asked.doubt is not None and execution.n_played:
            told = flyout_words(player.n_flown, player.n_kept, player.flyout_s)
            self.say(f"{told} (kept for the next time)" if player.n_flown else told)
        store.manifest["sessions"][-1]["finished"] = {
            "date": provenance.now(),
            "runs_played": execution.n_played,
            "seconds": round(execution.progress().played / max(execution.progress().rate, 1e-9), 3),
            "compile_s": round(player.compile_s, 3),
            "flyout_s": round(player.flyout_s, 3),
            "flyout_built": player.n_flown,
            "flyout_cached": player.n_kept,
            "n_compiled": player.n_compiled,
            "store_s": round(execution.store_s, 3),
        }
        store.save_manifest()

    # --------------------------------------------------------------------------------------------- manifest ----

    def _manifest(self) -> dict[str, Any]:
        from parapet._jit import engine_id, platform_id
        from parapet.engine.runner import scenario_hash

        asked = self.asked
        entries: dict[str, str] = {}
        for ready in self.ready:
            used = doubt.entries_used(ready.scenario, ready.catalogue)
            # what a cell changes stands in the plan; here it is what the catalogue itself says
            entries |= {
                k: v
                for k, v in provenance.entry_hashes(design.unchanged_catalogue(ready), used).items()
                if k not in entries
            }
        return _plain({
            "format": FORMAT,
            "kind": KIND,
            "title": asked.title,
            "question": asked.question,
            "study_file": Path(asked.file).name,
            "study_text": asked.text,
            "base_file": str(Path(asked.base.file).absolute()),
            "seed": asked.seed,
            "record": asked.record,
            "runs": asked.runs,
            "until": asked.until,
            "engine_id": engine_id(),
            "platform_id": platform_id(),
            "platform_ids": [platform_id()],
            "plan": asked.plan(),
            "interceptors": self.interceptors,
            "factors": [{"path": factor.path, "label": factor.label} for factor in asked.factors],
            "cells": [
                {
                    "cell": cell.number, "name": cell.name, "variant": cell.variant, "levels": dict(cell.levels),
                    "settings": dict(cell.settings), "scenario_hash": scenario_hash(ready.scenario),
                    "catalogue_hash": ready.catalogue.hash,
                }
                for cell, ready in zip(self.cells, self.ready, strict=True)
            ],
            "catalogue": {
                "hash": design.unchanged_catalogue(self.ready[0]).hash,
                "entries": dict(sorted(entries.items())),
            },
            "columns": tables.DESCRIPTIONS,
            "sessions": [
                {
                    "date": provenance.now(), "command": provenance.command(), "machine": provenance.machine(),
                    "packages": provenance.packages(), "platform_id": platform_id(), "workers": self.workers,
                    "runs": asked.runs, "until": asked.until,
                }
            ],
        })  # fmt: skip

    def _samples(self, store: Store, is_old: bool) -> list[Mapping[str, Any]]:
        """Settings of the outer samples: drawn now, or read from the store."""
        if self.asked.doubt is None:
            return [{}]
        stored = store.single("inputs") if is_old else None
        if stored is not None:
            return list(doubt.settings_in(stored, self.asked.doubt))
        _, rows, n_refused = doubt.samples(self.asked, self.drawn, design.unchanged_catalogue(self.ready[0]))
        n_groups = len({row.group for row in rows})
        frame = doubt.inputs_frame(rows)
        digest = provenance.digest(frame)
        if store.manifest.get("doubt", {}).get("digest", digest) != digest:
            raise StoreError(
                f"{self.folder}: inputs.parquet cannot be used, and drawing it anew gives other figures than the "
                "stored runs were played with. Put a copy of it back from elsewhere, or write elsewhere with --out."
            )
        store.manifest["doubt"] = {
            "figures": len({row.figure for row in rows}), "groups": n_groups, "samples": self.asked.doubt.samples,
            "refused": n_refused, "digest": digest,
        }  # fmt: skip
        self.say(
            f"doubt: {len({row.figure for row in rows})} figures in {n_groups} independent groups, "
            f"{self.asked.doubt.samples} outer samples and the nominal one"
            + (f"; {n_refused} draws contradicted themselves and were drawn again" if n_refused else "")
        )
        store.write_table("inputs.parquet", frame)
        return list(doubt.settings_in(frame, self.asked.doubt))


def flyout_words(n_built: int, n_cached: int, seconds: float) -> str:
    """What the fly-out tables of outer samples took, in words."""
    if not n_built and not n_cached:
        return (
            "fly-out tables of outer samples: none made by this process; workers of a cluster make their own"
        )
    took = f"{seconds:.1f} s" if seconds < 10.0 else f"{seconds:,.0f} s"
    if not n_built:
        return f"fly-out tables of outer samples: all {n_cached:,} from the cache, {took}"
    kept = f", {n_cached:,} from the cache" if n_cached else ""
    return f"fly-out tables of outer samples: {n_built:,} built{kept}, {took} of all threads together"


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """The data as JSON gives them back, so that stored and new manifests compare."""
    import json

    result: dict[str, Any] = json.loads(json.dumps(data))
    return result


def cells_frame(
    asked: StudyFile, cells: Sequence[design.Cell], ready: Sequence[design.Checked]
) -> pl.DataFrame:
    """The table ``cells``: number, name, variant, one column per factor (by its label), and hashes."""
    import polars as pl

    from parapet.engine.runner import scenario_hash

    columns: dict[str, Any] = {
        "cell": pl.Series([cell.number for cell in cells], dtype=pl.Int32),
        "name": [cell.name for cell in cells],
        "variant": [cell.variant for cell in cells],
    }
    for factor in asked.factors:
        values = [cell.levels[factor.path] for cell in cells]
        numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
        is_float = numbers and any(isinstance(v, float) for v in values)
        label = factor.label if factor.label not in columns else factor.path
        columns[label] = (
            [float(v) for v in values] if is_float else values if numbers else [str(v) for v in values]
        )
    columns["scenario_hash"] = [scenario_hash(one.scenario) for one in ready]
    columns["catalogue_hash"] = [one.catalogue.hash for one in ready]
    return pl.DataFrame(columns)
