"""A battle or a study as one self-contained document for people who were not there.

Light to import; drawing and templates are loaded when a report is made.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from parapet.errors import InputError

if TYPE_CHECKING:
    from parapet.analysis.battle_result import Battle
    from parapet.catalogue import Catalogue
    from parapet.scenario.schema import Scenario
    from parapet.study.result import Study


def check_target(out: str | Path) -> Path:
    """The path to write to, or an error before anything was played.

    Raises
    ------
    InputError
        No HTML suffix, a folder in the way, or a folder that is missing.
    """
    path = Path(out)
    if path.is_dir():
        raise InputError(
            f"--out: {str(path)!r} is a folder; a report is one file, e.g. {str(path / 'report.html')!r}."
        )
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"--out: got {path.name!r}, expected a name that ends in .html.")
    if not path.parent.is_dir():
        raise InputError(f"--out: the folder {str(path.parent)!r} does not exist.")
    return path


def battle_html(battle: Battle, scenario: Scenario, catalogue: Catalogue, command: str) -> str:
    """The report of a battle (recorded at level ``full``) as HTML.

    Parameters
    ----------
    scenario, catalogue : what was played.
    command : what plays it again, without the program's name: ``run examples/ankara.yaml --seed 7``.

    Raises
    ------
    InputError
        If the battle holds no positions.
    """
    from parapet.export.making import scene
    from parapet.report import battle_page
    from parapet.report.rendering import html

    return html(battle_page.page(battle, scenario, catalogue, scene(battle), command))


def study_html(study: Study) -> str:
    """The report of a stored study as HTML.

    Raises
    ------
    InputError
        If no run is stored yet.
    """
    from parapet.report import study_page
    from parapet.report.rendering import html

    return html(study_page.page(study))


def report(source: Battle | Study, out: str | Path = "report.html") -> Path:
    """Write the report of a battle (recorded at level ``full``) or of a study; returns where it stands.

    Raises
    ------
    InputError
        If the path is none for a report, or the battle holds no positions. Pinned by ``tests/report``.
    """
    from parapet.analysis.battle_result import Battle
    from parapet.scenario import check as checks

    path = check_target(out)
    if isinstance(source, Battle):
        scenario = source.played.scenario  # type: ignore[attr-defined]
        file = shlex.quote(source.file or "FILE")
        command = f"run {file} --seed {source.seed}" + (f" --run {source.run}" if source.run else "")
        text = battle_html(source, scenario, checks.catalogue_for(scenario), command)
    else:
        text = study_html(source)
    write(text, path)
    return path


def write(text: str, path: Path) -> None:
    """Put the file there whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


__all__ = ["battle_html", "check_target", "report", "study_html", "write"]
