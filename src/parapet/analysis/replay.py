"""One run of a stored study as a `Battle`, held against the row that was stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from parapet.errors import InputError, StoreError

if TYPE_CHECKING:
    from parapet.analysis.battle_result import Battle
    from parapet.study.result import Study


def replay(
    study: Study,
    run: int,
    cell: str | int = 0,
    sample: int = 0,
    record: str = "events",
    progress: Callable[..., Any] | None = None,
) -> tuple[Battle, str]:
    """The battle, and one sentence on whether it equals the stored row.

    Raises
    ------
    StoreError
        If engine or catalogue have changed, or the battle is not the stored one.
    """
    from parapet.analysis.battle_result import Battle
    from parapet.study.rows import KEYS, MEASURED

    number = study.cell_number(cell)
    played = study.played(run, number, sample, record, progress)
    name = study.manifest["cells"][number]["name"]
    title = study.title if study.n_cells == 1 else f"{study.title} ({name})"
    battle = Battle(played, title, "")
    what = f"run {run} of cell {number} ({name})" + (f", outer sample {sample}" if sample else "")
    try:
        stored = study.row(run, number, sample)
    except InputError:
        return battle, f"{what}: not stored in this study, played all the same."
    again = outcome_row(study, played)
    different = [
        f"{column}: {stored[column]} stored, {again[column]} now"
        for column in stored
        if column not in (*KEYS, *MEASURED) and stored[column] != again[column]
    ]
    if different:
        hint = (
            ""
            if played.platform_id in study.manifest["platform_ids"]
            else " This machine's arithmetic is another one."
        )
        raise StoreError(f"{study.folder}: {what} came out differently: {'; '.join(different)}.{hint}")
    return battle, f"{what}: equal to the stored row, to the bit."


def outcome_row(study: Study, played: Any) -> dict[str, Any]:
    """The row of the table ``runs`` that a played battle gives (keys and measured time left at 0)."""
    from parapet.engine.compile import Compiled
    from parapet.study.rows import fill_run, run_dtype

    rows = np.zeros(1, run_dtype(study.manifest["interceptors"]))
    compiled = Compiled(played.world, played.names, played.sizes)
    fill_run(rows[0], compiled, played.state, played.log)
    assert rows.dtype.names is not None
    return {name: rows[name][0].item() for name in rows.dtype.names}
