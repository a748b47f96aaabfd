"""A stored study as Python sees it: its tables, what they say, and any run of it played again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from parapet.errors import InputError, StoreError
from parapet.scenario.read import did_you_mean
from parapet.study import rows as tables
from parapet.study.store import read_manifest, read_single

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console, ConsoleOptions, RenderResult

    from parapet.engine.runner import Played
    from parapet.study.design import Cell
    from parapet.study.schema import StudyFile


class Study:
    """A study on the disk.

    Attributes
    ----------
    folder
        Where it is stored.
    manifest
        What was asked, of which engine, on which machine.

    Examples
    --------
    >>> found = parapet.Study("out/saturation")              # doctest: +SKIP
    >>> found.values("leaked", cell=0).mean()                # doctest: +SKIP
    """

    def __init__(self, folder: str | Path) -> None:
        """Open a stored study; raises `StoreError` if the folder holds none."""
        self.folder = Path(folder)
        self.manifest = read_manifest(self.folder)
        self._tables: dict[str, pl.DataFrame] = {}

    # ----------------------------------------------------------------------------------------------- tables ----

    @property
    def title(self) -> str:
        """Title of the study."""
        return str(self.manifest["title"])

    @property
    def seed(self) -> int:
        """Seed of all draws."""
        return int(self.manifest["seed"])

    @property
    def runs(self) -> pl.DataFrame:
        """One row per run, sorted by cell, sample and run; columns are described in ``manifest["columns"]``."""
        return self._table("runs")

    @property
    def threats(self) -> pl.DataFrame:
        """One row per threat and run; empty unless the study records ``threats``."""
        return self._table("threats")

    @property
    def shots(self) -> pl.DataFrame:
        """One row per round fired; empty unless the study records ``shots``."""
        return self._table("shots")

    @property
    def cells(self) -> pl.DataFrame:
        """One row per cell: number, name, variant and one column per factor."""
        return self._single("cells")

    @property
    def inputs(self) -> pl.DataFrame:
        """What was drawn for each outer sample; empty without doubt."""
        return self._single("inputs")

    def _files(self, name: str) -> list[Path]:
        """The parts of a table that count."""
        files = sorted((self.folder / name).glob("part-*.parquet"))
        if name == "runs":
            return files
        done = {path.name for path in (self.folder / "runs").glob("part-*.parquet")}
        return [path for path in files if path.name in done]

    def _read(self, name: str, columns: list[str] | None = None) -> pl.DataFrame:
        """A table from its parts, or some columns of it; empty if there is none."""
        import polars as pl

        try:
            frames = [pl.read_parquet(path, columns=columns) for path in self._files(name)]
            return pl.concat(frames) if frames else pl.DataFrame()
        except (OSError, pl.exceptions.PolarsError) as error:
            raise self._is_damaged(name, error) from None

    def _is_damaged(self, name: str, error: Exception) -> StoreError:
        return StoreError(
            f"{self.folder / name}: a part is damaged ({str(error).splitlines()[0]}). Give the study's command "
            "again: the part is set aside and its runs are played anew."
        )

    def _table(self, name: str) -> pl.DataFrame:
        if name not in self._tables:
            frame = self._read(name)
            # threats of a run stay in the order of the raid
            order = [*tables.KEYS, *(["shot"] if name == "shots" else [])]
            self._tables[name] = frame.sort(order, maintain_order=True) if frame.width else frame
        return self._tables[name]

    def column(self, name: str) -> pl.DataFrame:
        """``cell``, ``sample``, ``run`` and one column of `runs`, sorted; only these are read, however large the store.

        Raises
        ------
        InputError
            If there is no such column; offers the closest one.
        """
        if "runs" in self._tables:
            return self._tables["runs"].select(*tables.KEYS, self.column_name(name))
        kept = f"runs.{name}"
        if kept not in self._tables:
            frame = self._read("runs", [*tables.KEYS, self.column_name(name)])
            self._tables[kept] = frame.sort(*tables.KEYS) if frame.width else frame
        return self._tables[kept]

    @property
    def n_runs(self) -> int:
        """Runs stored, of all cells and outer samples."""
        if "runs" in self._tables:
            return self._tables["runs"].height
        return self._read("runs", ["run"]).height

    def _single(self, name: str) -> pl.DataFrame:
        import polars as pl

        if name not in self._tables:
            path = self.folder / f"{name}.parquet"
            try:
                is_there = name != "inputs" or self.n_samples > 0
                self._tables[name] = read_single(path) if is_there else pl.DataFrame()
            except ValueError as error:
                raise StoreError(
                    f"{path}: {error}. Give the study's command again: the table is written anew, and no run is lost."
                ) from None
        return self._tables[name]

    @property
    def n_cells(self) -> int:
        """Cells of the study."""
        return len(self.manifest["cells"])

    @property
    def n_samples(self) -> int:
        """Outer samples besides the nominal one; 0 without doubt."""
        doubt = self.manifest["plan"]["doubt"]
        return int(doubt["samples"]) if doubt else 0

    def cell_number(self, cell: str | int) -> int:
        """The number of a cell given by number or name.

        Raises
        ------
        InputError
            If there is none; offers the closest name.
        """
        names = [one["name"] for one in self.manifest["cells"]]
        if isinstance(cell, str) and cell in names:
            return names.index(cell)
        if isinstance(cell, int) or cell.isdigit():
            if 0 <= int(cell) < len(names):
                return int(cell)
            raise InputError(f"cell: got {cell}, the study has cells 0 to {len(names) - 1}.")
        shown = "; ".join(names[:12]) + ("; ..." if len(names) > 12 else "")
        raise InputError(f"no cell is called {cell!r}.{did_you_mean(cell, names) or f' There are: {shown}.'}")

    def column_name(self, name: str) -> str:
        """The name of a column of `runs`; raises `InputError` with the closest one if there is none."""
        names = self._names()
        known = [one for one in names if one not in tables.KEYS]
        if name not in known:
            raise InputError(
                f"no column is called {name!r}.{did_you_mean(name, known) or ' Known: ' + ', '.join(known) + '.'}"
            )
        return name

    def _names(self) -> list[str]:
        """Columns of `runs`, by its first part."""
        import polars as pl

        files = self._files("runs")
        try:
            return list(pl.read_parquet_schema(files[0])) if files else []
        except (OSError, pl.exceptions.PolarsError) as error:
            raise self._is_damaged("runs", error) from None

    def values(self, column: str = "leaked", cell: str | int = 0, sample: int = 0) -> NDArray[np.float64]:
        """One number per run of a cell, by run number; runs missing in between are left out."""
        import polars as pl

        number = self.cell_number(cell)
        chosen = self.column(column).filter((pl.col("cell") == number) & (pl.col("sample") == sample))
        return chosen[column].to_numpy().astype(np.float64)

    # ----------------------------------------------------------------------------------------------- replay ----

    def plan(self) -> tuple[StudyFile, list[Cell], list[dict[str, Any]]]:
        """The study, its cells and the settings of its outer samples, from what is stored."""
        from parapet.study.design import Cell
        from parapet.study.doubt import settings_in
        from parapet.study.schema import from_plan

        m = self.manifest
        asked = from_plan(m["plan"], m["base_file"], m["title"], str(self.folder / "manifest.json"))
        cells = [Cell(c["cell"], c["name"], c["variant"], c["levels"], c["settings"]) for c in m["cells"]]
        samples = [{}] if asked.doubt is None else settings_in(self.inputs, asked.doubt)
        return asked, cells, samples

    def played(
        self, run: int, cell: str | int = 0, sample: int = 0, record: str = "events", progress: Any = None
    ) -> Played:
        """One run of the study played again alone, equal to the stored one to the bit.

        Raises
        ------
        StoreError
            If the engine or the catalogue is not the stored one any more, or (never yet seen) the result differs.
        """
        from parapet._jit import engine_id
        from parapet.engine import runner
        from parapet.study.design import checked

        parapet = self.manifest["sessions"][0]["packages"]["parapet"]
        if engine_id() != self.manifest["engine_id"]:
            raise StoreError(
                f"{self.folder}: was played by engine {self.manifest['engine_id']}, this is {engine_id()}; a replay "
                f"would be another battle. The Parapet that wrote it was {parapet}."
            )
        asked, cells, samples = self.plan()
        number = self.cell_number(cell)
        if not 0 <= sample < len(samples):
            raise InputError(f"sample: got {sample}, the study has outer samples 0 to {len(samples) - 1}.")
        if run < 0:
            raise InputError(f"run: got {run}, expected 0 or more.")
        self._check_catalogue(asked, cells[number])
        ready = checked(asked, cells[number], samples[sample])
        return runner.play(ready.scenario, ready.catalogue, self.seed, run, record, progress)

    def _check_catalogue(self, asked: StudyFile, cell: Cell) -> None:
        """The entries this cell uses must say what they said; others may have changed."""
        from parapet.study import design
        from parapet.study.doubt import entries_used
        from parapet.study.provenance import as_lines, differences, entry_hashes

        ready = design.checked(asked, cell)
        now = entry_hashes(design.unchanged_catalogue(ready), entries_used(ready.scenario, ready.catalogue))
        stored = self.manifest["catalogue"]["entries"]
        found = differences({name: stored.get(name) for name in now}, now, "catalogue")
        if found:
            raise StoreError(
                f"{self.folder}: the catalogue has changed since; a replay would be another battle:{as_lines(found)}"
            )

    def duration_s(self, cell: str | int = 0) -> float:
        """Seconds of battle of a cell."""
        from parapet.study.design import checked

        asked, cells, _ = self.plan()
        return checked(asked, cells[self.cell_number(cell)]).scenario.duration_s

    def row(self, run: int, cell: str | int = 0, sample: int = 0) -> dict[str, Any]:
        """The stored row of a run.

        Raises
        ------
        InputError
            If it was not played.
        """
        import polars as pl

        number = self.cell_number(cell)
        found = self.runs.filter(
            (pl.col("cell") == number) & (pl.col("sample") == sample) & (pl.col("run") == run)
        )
        if not found.height:
            stored = self.runs.filter((pl.col("cell") == number) & (pl.col("sample") == sample)).height
            raise InputError(f"run {run} of cell {number} is not stored; {stored:,} runs of it are.")
        return found.row(0, named=True)

    # ------------------------------------------------------------------------------------------------ looks ----

    def summary(self, width: int = 100) -> str:
        """What the study says, as plain text."""
        from parapet.study.show import text_of

        return text_of(self, width)

    def __repr__(self) -> str:
        n = self.n_runs
        cells = f"{self.n_cells} cell{'s' if self.n_cells != 1 else ''}"
        doubt = f", {self.n_samples} outer samples" if self.n_samples else ""
        return f"<Study {self.title!r}, seed {self.seed}: {cells}{doubt}, {n:,} runs in {self.folder}>"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from parapet.study.show import render

        yield render(self)
