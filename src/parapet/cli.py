"""The command line: one call of the library per command, and one door where errors become words.

Nothing heavy is imported here; a command imports what it needs. ``check`` and ``describe`` import neither Numba nor
Polars.
"""

from __future__ import annotations

import gc
import io
import json
import os
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

# Looking for plugins that nobody has installed takes a tenth of a second at every start.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

import typer

from parapet.errors import Finding, InputError, ParapetError

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(
    name="parapet",
    help="An open laboratory for long-range air and missile defence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
catalogue_app = typer.Typer(help="What things are: every figure with its doubt and its source.", no_args_is_help=True)
app.add_typer(catalogue_app, name="catalogue")

ScenarioFile = Annotated[Path, typer.Argument(metavar="FILE", help="A scenario file (YAML).", show_default=False)]
Playable = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="A scenario file (YAML), or the folder of a stored study.", show_default=False),
]
StudyFolder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a stored study.", show_default=False)]
CellName = Annotated[
    str | None,
    typer.Option("--cell", metavar="NAME", help="Of a stored study: a cell, by name or number.", show_default=False),
]
Sample = Annotated[int, typer.Option("--sample", min=0, help="Of a stored study with doubt: which outer sample.")]
Seed = Annotated[
    int | None,
    typer.Option("--seed", min=0, help="Seed of the draws; the scenario's if left out.", show_default=False),
]
RunNumber = Annotated[int, typer.Option("--run", min=0, help="Which of the runs of that seed.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Also write JSON and Parquet there.", show_default=False),
]
Record = Annotated[
    str | None,
    typer.Option("--record", help="outcomes, events or full; the scenario's if left out.", show_default=False),
]
Kind = Annotated[
    str | None,
    typer.Argument(help="radars, interceptors, systems, threats or assets.", show_default=False),
]
Engine = Annotated[bool, typer.Option("--engine", help="Also name the engine and this machine's arithmetic.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]

#: Wrong use of the command line (an unknown option, a missing argument).
_WrongUse: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")

WIDTH_MIN = 100
COMPILE_S = 45
"""About how long the engine takes to compile, for the progress line only."""


def _console(is_error: bool = False) -> Console:
    from rich.console import Console

    console = Console(stderr=is_error, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = Console(stderr=is_error, highlight=False, width=WIDTH_MIN)
    return console


def _say(text: str) -> None:
    """A line on the error channel: for a person, never part of the result."""
    print(text, file=sys.stderr, flush=True)


def _say_findings(findings: Iterable[Finding], is_to_stdout: bool = False) -> None:
    """Findings in the one form that every command uses."""
    for finding in findings:
        print(str(finding), file=sys.stdout if is_to_stdout else sys.stderr, flush=True)


def _print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


class _Progress:
    """Says what the engine does: a bar on a terminal, single lines elsewhere."""

    def __init__(self, duration_s: float) -> None:
        self.duration_s = duration_s
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> _Progress:
        from parapet._jit import is_cache_cold

        if is_cache_cold():
            _say(f"compiling the engine, once, about {COMPILE_S} s (kept for the next time) ...")
        if sys.stderr.isatty():
            from rich.progress import BarColumn, Progress, TextColumn

            self.bar = Progress(
                TextColumn("playing"), BarColumn(), TextColumn("{task.completed:.0f} of {task.total:.0f} s"),
                console=_console(is_error=True), transient=True,
            )  # fmt: skip
            self.bar.start()
            self.task = self.bar.add_task("playing", total=self.duration_s)
        else:
            _say(f"playing {self.duration_s:.0f} s of battle ...")
        return self

    def __call__(self, share: float) -> None:
        """This share of the battle has been played."""
        if self.bar is not None:
            self.bar.update(self.task, completed=share * self.duration_s)

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()


def _battle(
    file: Path, seed: int | None, run: int, record: str | None, cell: str | None = None, sample: int = 0
) -> Any:
    """The battle of a file or of a stored study, played with progress; warnings and notes are said first."""
    from parapet.analysis import play

    if file.is_dir():
        return _replayed(file, seed, run, record, cell, sample)
    if cell is not None or sample:
        raise InputError(f"--cell and --sample are for stored studies (a folder); {str(file)!r} is none.")
    scenario, catalogue, findings = play.load(file)
    _say_findings(findings)
    with _Progress(scenario.duration_s) as progress:
        return play.play(scenario, catalogue, seed, run, record, progress)


def _replayed(folder: Path, seed: int | None, run: int, record: str | None, cell: str | None, sample: int) -> Any:
    """One run of a stored study, played again and held against what was stored."""
    from parapet.analysis.replay import replay
    from parapet.study.result import Study

    study = Study(folder)
    if seed not in (None, study.seed):
        raise InputError(f"--seed: got {seed}, the study has seed {study.seed}. Leave it out.")
    if cell is None and study.n_cells > 1:
        names = "".join(f"\n  {one['cell']}: {one['name']}" for one in study.manifest["cells"][:12])
        raise InputError(f"{folder} has {study.n_cells} cells; say which with --cell (number or name).{names}")
    with _Progress(study.duration_s(cell or 0)) as progress:
        battle, verdict = replay(study, run, cell or 0, sample, record or "events", progress)
    _say(verdict)
    return battle


@app.command()
def run(
    file: Playable,
    seed: Seed = None,
    run: RunNumber = 0,
    as_json: Json = False,
    out: Out = None,
    record: Record = None,
    cell: CellName = None,
    sample: Sample = 0,
) -> None:
    """Play a scenario, or one run of a stored study again, and say what was stopped, what leaked and why."""
    if record not in (None, "outcomes", "events", "full"):
        raise InputError(f"--record: got {record!r}, expected 'outcomes', 'events' or 'full'.")
    if out is not None and out.exists() and not out.is_dir():
        raise InputError(f"--out: {str(out)!r} is a file, expected a folder.")
    battle = _battle(file, seed, run, record, cell, sample)
    if out is not None:
        written = battle.to_parquet(out)
        battle.to_json(out / "battle.json")
        (out / "summary.txt").write_text(battle.summary(), encoding="utf-8")
        _say(f"wrote battle.json, summary.txt and {len(written)} tables to {out}")
    if as_json:
        sys.stdout.write(battle.to_json())
    else:
        _console().print(battle)
        again = ("" if seed is None else f" --seed {seed}") + ("" if not run else f" --run {run}")
        again += "" if cell is None else f" --cell {shlex.quote(cell)}"
        again += "" if not sample else f" --sample {sample}"
        _say(f"Ask why: parapet why {shlex.quote(str(file))} THREAT{again}")


@app.command()
def why(
    file: Playable,
    threat: Annotated[str, typer.Argument(metavar="THREAT", help="Name of a threat, e.g. som-07.", show_default=False)],
    seed: Seed = None,
    run: RunNumber = 0,
    unit: Annotated[str | None, typer.Option("--unit", help="As this fire unit sees it.", show_default=False)] = None,
    as_json: Json = False,
    cell: CellName = None,
    sample: Sample = 0,
) -> None:
    """Say why a threat was, or was not, shot at: the reasons in time order, with the key events."""
    from parapet.analysis import play
    from parapet.analysis.why import find_name

    if file.is_dir():
        battle = _battle(file, seed, run, "events", cell, sample)
    else:
        scenario, catalogue, findings = play.load(file)
        find_name(threat, play.threat_names(scenario), "threat")  # before anything takes time
        _say_findings(finding for finding in findings if finding.severity == "warning")
        with _Progress(scenario.duration_s) as progress:
            battle = play.play(scenario, catalogue, seed, run, "events", progress)
    story = battle.why(threat, unit)
    if as_json:
        _print_json(story.to_dict())
        return
    console = _console()
    console.print(story.headline, style="bold", markup=False)
    for kind, text in story.lines():
        mark, style = ("    * ", "cyan") if kind == "event" else ("  ", "")
        console.print(mark + text, style=style, markup=False)
    if not story.intervals:
        console.print("  never launched in this battle")


@app.command()
def export(
    file: Playable,
    format: Annotated[
        str,
        typer.Option(
            "--format", metavar="F", help="acmi, kml, kmz, geojson, czml, dis, asterix, csv or parquet.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="PATH", help="File; for csv and parquet a new folder.", show_default=False),
    ] = None,
    live: Annotated[
        str | None,
        typer.Option("--live", metavar="URL", help="dis, asterix: send to udp://127.0.0.1:PORT.", show_default=False),
    ] = None,
    speed: Annotated[float, typer.Option("--speed", help="Of --live: times as fast as the battle.")] = 1.0,
    seed: Seed = None,
    run: RunNumber = 0,
    as_json: Json = False,
    cell: CellName = None,
    sample: Sample = 0,
) -> None:
    """Play a battle and write it for another tool: Tacview, Google Earth, a GIS, Cesium, DIS, ASTERIX, or tables."""
    from parapet.export import check_live, check_target, send
    from parapet.export import export as write

    if (out is None) == (live is None):
        raise InputError("export: say either where to write (--out PATH) or where to send (--live URL).")
    if out is not None:  # before anything takes time
        check_target(format, out)
        written = write(_battle(file, seed, run, "full", cell, sample), format, out)
    else:
        assert live is not None
        check_live(format, live, speed)
        battle = _battle(file, seed, run, "full", cell, sample)
        _say(f"sending {battle.played.duration_s:.0f} s of battle to {live} at {speed:g} x; Ctrl-C stops it")
        written = send(battle, format, live, speed)
    if written.note:
        _say(f"warning: {written.note}")
    if as_json:
        _print_json(written.to_dict())
    else:
        print(written)


@app.command()
def report(
    file: Playable,
    out: Annotated[Path, typer.Option("--out", metavar="PATH", help="HTML file to write.")] = Path("report.html"),
    seed: Seed = None,
    run: Annotated[
        int | None,
        typer.Option("--run", min=0, help="One battle: of a stored study this run of it.", show_default=False),
    ] = None,
    cell: CellName = None,
    sample: Sample = 0,
) -> None:
    """Write one self-contained HTML file on a battle or a stored study: set-up, answer, why, assumptions."""
    from parapet import report as reports

    path = reports.check_target(out)  # before anything takes time
    if file.is_dir() and run is None:
        if seed is not None or cell is not None or sample:
            raise InputError("report: --seed, --cell and --sample choose one battle; say which with --run too.")
        from parapet.study.result import Study

        text = reports.study_html(Study(file))
    else:
        battle = _battle(file, seed, run or 0, "full", cell, sample)
        again = f"run {shlex.quote(str(file))}" + ("" if file.is_dir() else f" --seed {battle.seed}")
        again += f" --run {run}" if run else ""
        again += "" if cell is None else f" --cell {shlex.quote(cell)}"
        again += f" --sample {sample}" if sample else ""
        text = reports.battle_html(battle, *_played_from(file, battle, cell, sample), again)
    reports.write(text, path)
    print(f"wrote {path} ({len(text.encode()):,} bytes)")


def _played_from(file: Path, battle: Any, cell: str | None, sample: int) -> tuple[Any, Any]:
    """Scenario and catalogue that a battle was played with."""
    from parapet.scenario import check as checks

    if not file.is_dir():
        return battle.played.scenario, checks.catalogue_for(battle.played.scenario)
    from parapet.study.design import checked
    from parapet.study.result import Study

    study = Study(file)
    asked, cells, samples = study.plan()
    ready = checked(asked, cells[study.cell_number(cell or 0)], samples[sample])
    return ready.scenario, ready.catalogue


@app.command()
def replay(
    file: Playable,
    run: RunNumber = 0,
    seed: Seed = None,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="FOLDER", help="Write it there; opens without Parapet.", show_default=False),
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only say where it is.")] = False,
    cell: CellName = None,
    sample: Sample = 0,
) -> None:
    """Show a battle on a globe in the browser: played now, served on this machine only, or saved as a folder."""
    from parapet import web
    from parapet.web.page import page_files
    from parapet.web.saving import check_folder

    page_files()  # before anything takes time
    if save is not None:
        check_folder(save)
        print(f"wrote the replay: open {web.save_replay(_battle(file, seed, run, 'full', cell, sample), save)}")
        return
    battle = _battle(file, seed, run, "full", cell, sample)
    try:
        server = web.replay_server(battle, port)
    except OSError as error:
        text = f"--port: {port} on 127.0.0.1: {error.strerror}. Leave --port out to take a free one."
        raise InputError(text) from None
    print(f"replay of {battle.title!r} at {server.url} (end with Ctrl-C)", flush=True)
    if not no_browser:
        import webbrowser

        webbrowser.open(server.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        _say("ended")
    finally:
        server.server_close()


@app.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Scenario, study and dispute files.", show_default=False)
    ],
    deep: Annotated[bool, typer.Option("--deep", help="Also compile: are the aim points within reach?")] = False,
    as_json: Json = False,
) -> None:
    """List everything that is wrong with scenario, study and dispute files, without playing them."""
    from parapet.disposition.yaml_data import is_dispute
    from parapet.scenario import check as checks
    from parapet.scenario.document import has_key

    all_findings: list[Finding] = []
    for file in files:
        if is_dispute(file):
            all_findings += _dispute_findings(file, is_said=not as_json)
            continue
        what = how = ""
        if has_key(file, "parapet-study"):
            what, findings = _study_findings(file, deep)
            how = f": parapet study {shlex.quote(str(file))} --out DIR"
        else:
            scenario, findings = checks.check_file(file)
            if deep and scenario is not None:
                findings = [*findings, *_deep_findings(scenario, checks.catalogue_for(scenario))]
        all_findings += findings
        if not as_json:
            _say_findings(findings, is_to_stdout=True)
            n_errors = sum(finding.severity == "error" for finding in findings)
            n_other = len(findings) - n_errors
            verdict = f"{what}can be played" if not n_errors else f"{n_errors} error{'s' if n_errors > 1 else ''}"
            print(f"{file}: {verdict}" + (f", {n_other} to look at" if n_other else "") + ("" if n_errors else how))
    if as_json:
        names = ("severity", "message", "file", "line", "column", "path")
        _print_json([{name: getattr(finding, name) for name in names} for finding in all_findings])
    if any(finding.severity == "error" for finding in all_findings):
        raise typer.Exit(2)


def _dispute_findings(file: Path, is_said: bool) -> list[Finding]:
    """What is wrong with a dispute file; says so, or what it is."""
    from parapet.disposition.dispute import load_dispute

    try:
        data = load_dispute(file).data
        told = f"a dispute with {len(data.options)} options, can be read: parapet options {shlex.quote(str(file))}"
        findings: list[Finding] = []
    except InputError as error:
        findings = error.findings
        told = f"{len(findings)} error{'s' if len(findings) > 1 else ''}"
    if is_said:
        _say_findings(findings, is_to_stdout=True)
        print(f"{file}: {told}")
    return findings


def _study_findings(file: Path, is_deep: bool) -> tuple[str, list[Finding]]:
    """What a study file is, and what is wrong with it, its base and its cells."""
    from parapet.errors import sorted_findings
    from parapet.study import design, doubt
    from parapet.study.read import read

    try:
        asked = read(file)
        ready = design.check_cells(asked, design.cells(asked))
        if asked.doubt is not None:
            doubt.figures_drawn(asked, [(one.scenario, design.unchanged_catalogue(one)) for one in ready])
    except InputError as error:
        return "", error.findings
    findings = [finding for one in ready for finding in one.findings]
    if is_deep:
        findings += [finding for one in ready for finding in _deep_findings(one.scenario, one.catalogue)]
    n = f"{len(ready):,} cells" if len(ready) > 1 else "1 cell"
    return f"a study with {n}, ", sorted_findings(findings)


def _deep_findings(scenario: Any, catalogue: Any) -> list[Finding]:
    """What only the compiler finds."""
    from parapet.engine import compile as compiler

    try:
        return compiler.compile_scenario(scenario, catalogue).notes
    except InputError as error:
        return error.findings


@app.command()
def describe(file: ScenarioFile) -> None:
    """Say in words and tables what will be fought, without playing it."""
    from parapet.scenario import check as checks
    from parapet.scenario.describe import describe as described

    scenario, catalogue, findings = checks.load(file)
    _say_findings(findings)
    _console().print(described(scenario, catalogue))


@catalogue_app.command("list")
def catalogue_list(
    kind: Kind = None,
) -> None:
    """List what the catalogue knows."""
    from parapet import catalogue

    _console().print(catalogue.list_entries(kind))


@catalogue_app.command("show")
def catalogue_show(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of an entry, e.g. 48n6e3.", show_default=False)],
) -> None:
    """Show every figure of one entry: low, nominal, high, unit, grade and source."""
    from parapet import catalogue

    _console().print(catalogue.describe(name))


@app.command()
def study(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A study or scenario file (YAML).", show_default=False)],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder that keeps the study.", show_default=False)
    ],
    runs: Annotated[
        int | None,
        typer.Option("--runs", min=1, help="Runs of each cell; the file's if left out, else 100.", show_default=False),
    ] = None,
    seed: Seed = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Threads; one per processor if left out.", show_default=False)
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="RULE", help="Stop when sure: 'leaked +- 0.5'.", show_default=False),
    ] = None,
    record: Annotated[
        str | None, typer.Option("--record", help="outcomes, threats or shots: tables to keep.", show_default=False)
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="WHERE", help="Dask: tcp://host:8786 or local:4.", show_default=False),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say only what is wrong.")] = False,
    json_lines: Annotated[bool, typer.Option("--json-lines", help="Print progress as one JSON object a line.")] = False,
) -> None:
    """Play many battles, store them, and say what they tell. The same command goes on where it was stopped."""
    if quiet and json_lines:
        raise InputError("study: --quiet says nothing and --json-lines says everything; leave one of them out.")
    from parapet.study.play import study as play_study
    from parapet.study.telling import Teller

    if cluster:
        from parapet.study.cluster import hush

        hush()
    with Teller("json" if json_lines else "quiet" if quiet else "person", _console(is_error=True), COMPILE_S) as teller:
        try:
            found = play_study(
                file, runs=runs, out=out, seed=seed, workers=workers, until=until, record=record, progress=teller.tell,
                cluster=cluster, say=teller.say,
            )  # fmt: skip
        except KeyboardInterrupt:
            teller.close()
            _say(f"interrupted; finished runs are stored in {out}. The same command goes on from there.")
            raise typer.Exit(130) from None
    if not quiet and not json_lines:
        _console().print(found)


@app.command()
def estimate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A scenario or study file (YAML).", show_default=False)],
    as_json: Json = False,
) -> None:
    """Estimate the leakers of a scenario, or of every cell of a study, in closed form, and say what that leaves out."""
    from parapet.scenario import check as checks
    from parapet.study.estimate import estimate as estimated
    from parapet.study.read import is_study

    if is_study(file):
        _estimate_cells(file, as_json)
        return
    scenario, catalogue, findings = checks.load(file)
    _say_findings(finding for finding in findings if finding.severity == "warning")
    found = estimated(scenario, catalogue)
    if as_json:
        _print_json(found.as_dict())
        return
    console = _console()
    console.print(scenario.title, style="bold", markup=False)
    head = f"{found.n_threats} threats: {found.expected_leakers:.3g} expected to leak"
    lines = [f"{head}, P(no leaker) {found.p_no_leaker:.3g}"]
    lines += [
        f"  {group.name}: {group.n_engageable} of {group.n} can be met, {group.n_chances:.1f} times in turn; "
        f"a shot kills with {group.p_kill_shot:.2f}; {group.expected_leakers:.3g} leak"
        for group in found.groups
    ]
    lines += [
        f"  {system.name}: {system.n_channels} channels for {system.offered:.1f} targets at once on average, "
        f"{100.0 * system.p_blocked:.0f} % find none; {system.rounds_fired:.0f} rounds fired of "
        f"{system.rounds_loaded}" + (f", {system.rounds_wanted:.0f} wanted" if system.is_dry else "")
        for system in found.systems
    ]
    for line in lines:
        console.print(line, markup=False)
    console.print("It leaves out:", style="dim")
    for reason in found.reasons:
        console.print(f"- {reason}", style="dim", markup=False)


def _estimate_cells(file: Path, as_json: bool) -> None:
    """The closed form of every cell of a study file."""
    from parapet.study.estimate_cells import as_data, estimate_cells, render

    asked, rows, warnings = estimate_cells(file)
    for text in warnings:
        _say(text)
    if as_json:
        _print_json(as_data(asked, rows))
    else:
        _console().print(render(asked, rows))


@app.command()
def show(
    folder: StudyFolder,
    as_json: Json = False,
    figures: Annotated[
        Path | None,
        typer.Option("--figures", metavar="DIR", help="Also draw its figures there, SVG and PNG.", show_default=False),
    ] = None,
    column: Annotated[str, typer.Option("--column", help="What the figures show.")] = "leaked",
) -> None:
    """Say what a stored study tells: every cell with its intervals, and the spread over the doubt in the data."""
    from parapet.study.result import Study
    from parapet.study.show import as_data

    found = Study(folder)
    if found.n_runs:
        found.column_name(column)
    if figures is not None:  # before the table, which a pipe may cut short
        from parapet.study.pictures import draw, why_none

        paths = draw(found, figures, column)
        _say(f"drew {', '.join(path.name for path in paths)} in {figures}" if paths else why_none(found))
    if as_json:
        _print_json(as_data(found))
    else:
        _console().print(found)


@app.command()
def compare(
    folder: StudyFolder,
    variants: Annotated[
        tuple[str, str] | None,
        typer.Option("--variants", metavar="A B", help="Two variants, or two cells.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Hold variants or cells against each other, run by run under the same draws."""
    from parapet.study.compare import compare_rows, render_comparison
    from parapet.study.result import Study

    found = Study(folder)
    rows = compare_rows(found, variants)
    if as_json:
        _print_json({"title": found.title, "differences": rows})
    else:
        _console().print(render_comparison(found, rows))


AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="What was known on that day, e.g. 2025-12-31.", show_default=False),
]
Readings = Annotated[
    list[str] | None,
    typer.Option("--reading", metavar="NAME=ANSWER", help="yes, no or open; repeatable.", show_default=False),
]
Submission = Annotated[
    str | None,
    typer.Option("--submission", metavar="DATE", help="Day the papers go to Congress.", show_default=False),
]
DisputeFile = Annotated[Path, typer.Argument(metavar="FILE", help="A dispute file (YAML).", show_default=False)]


@app.command()
def ledger(
    as_of: AsOf = None,
    conflicts: Annotated[bool, typer.Option("--conflicts", help="Which statements contradict each other.")] = False,
    forecasts: Annotated[bool, typer.Option("--forecasts", help="What was foretold, and what came of it.")] = False,
    as_json: Json = False,
    picture: Annotated[
        Path | None,
        typer.Option("--picture", metavar="FILE", help="Also draw it: .svg, .png or .pdf.", show_default=False),
    ] = None,
) -> None:
    """Say who said what in a dispute, when and where, what contradicts it, and how forecasts fared."""
    from parapet.disposition import show_ledger
    from parapet.disposition.statements import load_ledger
    from parapet.disposition.when import parse_day

    day = parse_day(as_of, "--as-of") if as_of else None
    known = load_ledger()
    if picture is not None:
        from parapet.disposition.picture import draw_time_line

        _say(f"drew {draw_time_line(known, picture, day)}")
    if as_json:
        _print_json(show_ledger.as_data(known, day))
        return
    if conflicts or forecasts:
        pages = [show_ledger.conflict_page] * conflicts + [show_ledger.forecast_page] * forecasts
        for page in pages:
            _console().print(page(known, day))
    else:
        _console().print(show_ledger.time_line(known, day))


@app.command()
def options(
    file: DisputeFile,
    as_of: AsOf = None,
    reading: Readings = None,
    submission: Submission = None,
    option: Annotated[
        str | None, typer.Option("--option", metavar="ID", help="All of one option.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Say of each way out of a dispute whose consent it needs, which legal gates it clears, and from when."""
    from parapet.disposition.options import parsed_readings, weigh_options
    from parapet.disposition.show_options import options_page

    found = weigh_options(file, as_of, parsed_readings(reading or []), submission)
    if as_json:
        data = found.to_dict()
        if option is not None:
            data["options"] = [found[option].to_dict()]
        _print_json(data)
    else:
        _console().print(options_page(found, option))


@app.command()
def money(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A dispute file (YAML).", show_default=False)
    ] = None,
    gas_price: Annotated[
        tuple[float, float] | None,
        typer.Option("--gas-price", metavar="LOW HIGH", help="Dollars per 1000 m3.", show_default=False),
    ] = None,
    repaid: Annotated[
        tuple[float, float] | None,
        typer.Option("--repaid", metavar="LOW HIGH", help="Share of the Russian loan repaid.", show_default=False),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Day an offset begins.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what the parts of a dispute cost, as ranges with grade and source: refund, offset, payments, replacement."""
    from parapet.disposition.dispute import load_dispute
    from parapet.disposition.money import weigh_money
    from parapet.disposition.show_money import money_page
    from parapet.disposition.statements import load_ledger

    dispute = load_dispute(file) if file is not None else None
    begin = start or (dispute.data.submission if dispute else None)
    found = weigh_money(begin, gas_price, repaid)
    if as_json:
        _print_json(found.to_dict())
    else:
        _console().print(money_page(found, load_ledger(), dispute.data.title if dispute else ""))


@app.command()
def bargain(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A dispute file (YAML).", show_default=False)],
    orders: Annotated[
        int, typer.Option("--orders", metavar="N", min=0, help="Plausible orders of preferences to look at.")
    ] = 1000,
    reading: Annotated[
        list[str] | None,
        typer.Option("--reading", metavar="NAME=VALUE", help="A reading of the rules.", show_default=False),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", metavar="NAME", help="Both ways of this reading; 'all' for all.", show_default=False),
    ] = None,
    order: Annotated[
        int | None,
        typer.Option("--order", metavar="INDEX", min=0, help="Show this plausible order.", show_default=False),
    ] = None,
    seed: Seed = None,
    sources: Annotated[bool, typer.Option("--sources", help="Also print where each preference is from.")] = False,
    as_json: Json = False,
) -> None:
    """Say what a dispute can come to: what is stable, what is reached, who gains by a package, who loses."""
    from parapet.disposition.bargaining import bargain as solve
    from parapet.disposition.bargaining import over_readings
    from parapet.disposition.bargaining_file import parsed_readings
    from parapet.disposition.bargaining_show import render, render_readings

    chosen = parsed_readings(reading or [])
    if vary:
        results = over_readings(file, None if vary == ["all"] else vary, readings=chosen)
        if as_json:
            _print_json([one.to_dict() for one in results])
        else:
            _console().print(render_readings(results))
        return
    found = solve(file, orders=orders, readings=chosen, order=order, seed=1 if seed is None else seed)
    if as_json:
        _print_json(found.to_dict())
    else:
        _console().print(render(found, sources))


@app.command()
def exposure(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An exposure file (YAML).", show_default=False)],
    figure: Annotated[
        Path | None,
        typer.Option("--figure", metavar="DIR", help="Also draw it there, SVG and PNG.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say how much the radars of a site see of an aircraft that flies near it, month after month."""
    from parapet._jit import is_cache_cold
    from parapet.analysis.exposure import exposure as work

    if figure is not None and figure.exists() and not figure.is_dir():
        raise InputError(f"--figure: {str(figure)!r} is a file, expected a folder.")
    if is_cache_cold("exposure_kernels"):
        _say("compiling, once, a few seconds ...")
    found = work(file)
    if as_json:
        _print_json(found.to_dict())
    else:
        _console().print(found)
    if figure is not None:
        from parapet.analysis.exposure_figures import draw

        paths = draw(found, figure, file.stem)
        _say(f"drew {', '.join(path.name for path in paths)} in {figure}")


@app.command()
def scorecard(
    file: DisputeFile,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the page (HTML) there.", show_default=False),
    ] = None,
    as_of: AsOf = None,
    reading: Readings = None,
    submission: Submission = None,
    runs: Annotated[
        int | None,
        typer.Option("--runs", metavar="N", help="Runs of each battle; else the study files'.", show_default=False),
    ] = None,
    store: Annotated[
        Path, typer.Option("--store", metavar="DIR", help="Folder of the stored studies; used again.")
    ] = Path("out/turkiye"),
    as_json: Json = False,
) -> None:
    """Hold every way out of a dispute side by side: law, consents, battle, exposure, money, stability; one page."""
    from parapet.disposition.options import parsed_readings
    from parapet.disposition.scorecard import make_scorecard
    from parapet.disposition.scorecard_page import check_target, write_page
    from parapet.disposition.scorecard_show import render
    from parapet.study.telling import Teller

    chosen = parsed_readings(reading or [])
    if out is not None:
        check_target(out)  # before anything takes time
    with Teller("person", _console(is_error=True), COMPILE_S) as teller:
        card = make_scorecard(file, as_of, chosen, submission, runs, store, teller.tell, teller.say)
    if as_json:
        _print_json(card.to_dict())
    else:
        _console().print(render(card))
    if out is not None:
        size = write_page(card, out)
        _say(f"wrote {out} ({size / 1e6:.1f} MB): open it in a browser, it needs nothing else")


@app.command()
def claims(
    key: Annotated[str, typer.Argument(help="Only this claim, e.g. 4800-m-s; left out, all.")] = "",
    as_json: Json = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write its battles as scenario files into this folder instead.")
    ] = None,
) -> None:
    """Hold the sentences of the public debate against the model."""
    from importlib import import_module

    import_module("parapet.analysis.claims").main(as_json, key=key, out=out)


@app.command()
def schema(
    what: Annotated[str, typer.Argument(help="scenario, battle or dispute.")] = "scenario",
) -> None:
    """Print a JSON Schema: of scenario or dispute files (for editors), or of the JSON of a battle."""
    if what == "scenario":
        from parapet.scenario.json_schema import text

        sys.stdout.write(text())
    elif what == "battle":
        from parapet.analysis.battle_schema import battle_schema

        _print_json(battle_schema())
    elif what == "dispute":
        from parapet.disposition.dispute import DisputeData

        _print_json(DisputeData.model_json_schema())
    else:
        raise InputError(f"schema: got {what!r}, expected 'scenario', 'battle' or 'dispute'.")


@app.command()
def version(
    engine: Engine = False,
) -> None:
    """Print the version."""
    from parapet import __version__

    print(f"parapet {__version__}")
    if engine:
        from parapet._jit import engine_id, platform_id

        print(f"engine {engine_id()}\nplatform {platform_id()}")


def _app_of(arguments: list[str]) -> typer.Typer:
    """The app with only the command that is asked for; all of it where that is not plain.

    Typer reads the signatures of all commands that an app has, which takes longer than some commands do.
    """
    names = {(one.name or getattr(one.callback, "__name__", "")): one for one in app.registered_commands}
    asked = names.get(arguments[0]) if arguments else None
    if asked is None:
        return app
    small = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    small.callback()(lambda: None)  # so that it stays an app with commands
    small.registered_commands.append(asked)
    return small


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code is 0, 1 (a battle failed), 2 (wrong input) or 130 (interrupted).

    With the variable ``PARAPET_DEBUG`` set, errors come with their traceback.
    """
    gc.set_threshold(50_000)  # a start makes many objects and hardly any garbage
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter is no reason to stop
    try:
        asked = _app_of(sys.argv[1:] if arguments is None else arguments)
        result = asked(arguments, prog_name="parapet", standalone_mode=False)
        code = result if isinstance(result, int) else 0
        sys.stdout.flush()
    except ParapetError as error:
        if os.environ.get("PARAPET_DEBUG"):
            raise
        if isinstance(error, InputError):
            _say_findings(error.findings)
        else:
            _say(f"parapet: {error}")
        code = error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        _say("interrupted")
        code = 130
    except _WrongUse as error:
        error.show()  # type: ignore[attr-defined]
        code = error.exit_code  # type: ignore[attr-defined]
    except BrokenPipeError:
        # The reader has seen enough; say nothing more, also not when Python closes the channel.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        if os.environ.get("PARAPET_DEBUG") or error.filename is None:
            raise
        _say(f"{error.filename}: {error.strerror}.")
        code = 2
    return code


if __name__ == "__main__":
    sys.exit(main())
