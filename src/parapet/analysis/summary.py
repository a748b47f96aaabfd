"""The result of a battle for a person: tables, channels, damage and the story of the most telling threats."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from parapet.analysis import outcomes
from parapet.analysis.timeline import Moment, moments_of, telling_threats
from parapet.analysis.why import threat_ladder
from parapet.engine import codes

if TYPE_CHECKING:
    from parapet.analysis.battle_result import Battle

WIDTH = 100

NOT_MODELLED = (
    "Links not modelled: terrain masking, ground and sea clutter, multipath, rain, jamming, anti-radiation "
    "weapons and friendly traffic. Leaving them out favours the defender."
)
"""The line under every result; the trust page holds the reasons."""
BALLISTIC_CAVEAT = (
    "Ballistic missiles fall here without decoys and without turning on the way down: far more are stopped than "
    "on record (docs/trust.md)."
)

_OUTCOME_STYLE = {"killed": "green", "leaked": "bold red"}


def _count(n: int, style: str = "") -> Text:
    return Text(str(n), style=style if n else "dim")


def _spread_km(ranges_m: Sequence[float]) -> str:
    """Smallest, middle and largest, in km."""
    if not ranges_m:
        return "-"
    middle = outcomes.median(ranges_m) or 0.0
    return "/".join(f"{value / 1000.0:.0f}" for value in (min(ranges_m), middle, max(ranges_m)))


def _table(title: str, **options: object) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        header_style="dim",
        **options,  # type: ignore[arg-type]
    )


def types_table(rows: Sequence[outcomes.TypeRow]) -> Table:
    """Threats by type along the chain, with first detection ranges."""
    table = _table("Threats", show_footer=len(rows) > 1)
    columns = ("launched", "detected", "tracked", "engaged", "killed", "leaked", "other")
    sums = {name: sum(getattr(row, name) for row in rows) for name in columns}
    table.add_column("type", footer="all", no_wrap=True)
    for name in columns:
        table.add_column(name, footer=str(sums[name]), justify="right", no_wrap=True)
    table.add_column("seen at, km\nmin/mid/max", justify="right", no_wrap=True)
    for row in rows:
        styles = {"killed": "green", "leaked": "bold red"}
        cells = [_count(getattr(row, name), styles.get(name, "")) for name in columns]
        table.add_row(row.type, *cells, _spread_km(row.detection_ranges_m))
    return table


def rounds_table(rows: Sequence[outcomes.RoundsRow]) -> Table:
    """Rounds by type."""
    table = _table("Rounds")
    table.add_column("type", no_wrap=True)
    for name in ("fired", "left", "kills", "misses", "other"):
        table.add_column(name, justify="right")
    table.add_column("median\nmiss", justify="right")
    for row in rows:
        miss = "-" if row.miss_median_m is None else f"{row.miss_median_m:.1f} m"
        table.add_row(
            row.interceptor,
            _count(row.fired),
            _count(row.left),
            _count(row.kills, "green"),
            _count(row.misses),
            _count(row.other),
            miss,
        )
    return table


def channels_table(peaks: dict[str, int], capacity: dict[str, int]) -> Table:
    """The most channels in use at any one time, against what there is."""
    table = _table("Channels")
    table.add_column("in use at one time", no_wrap=True)
    table.add_column("peak", justify="right")
    table.add_column("of", justify="right")

    def full(n: int, of: int) -> Text:
        return Text(str(n), style="bold yellow" if of and n >= of else "")

    targets, missiles = peaks["targets_engaged"], peaks["missiles_guided"]
    table.add_row(
        "target channels", full(targets, capacity["target_channels"]), str(capacity["target_channels"])
    )
    table.add_row(
        "missile channels", full(missiles, capacity["missile_channels"]), str(capacity["missile_channels"])
    )
    table.add_row("distinct threats engaged", str(peaks["distinct_threats_engaged"]), "")
    return table


def damage_table(rows: Sequence[outcomes.AssetRow], n_defended: int) -> RenderableType:
    """Assets that were hit; one line if none was."""
    hit = [row for row in rows if row.n_hits or row.health < 1.0]
    if not hit:
        return Text(
            f"No damage: {n_defended} defended assets are untouched." if n_defended else "Nothing was hit."
        )
    table = _table("Damage")
    table.add_column("asset", no_wrap=True)
    table.add_column("hits", justify="right")
    table.add_column("left", justify="right")
    table.add_column("lost at", justify="right")
    for row in hit:
        style = "bold red" if row.health <= 0.0 else ("yellow" if row.health < 1.0 else "")
        lost = "-" if row.lost_s is None else f"{row.lost_s:.0f} s"
        table.add_row(row.name, str(row.n_hits), Text(f"{100.0 * row.health:.0f} %", style=style), lost)
    return table


class Chain:
    """The kill chain of one threat: moments side by side, broken between moments only; equal ones are counted."""

    def __init__(self, moments: Sequence[Moment], note: Text | None = None) -> None:
        self.note = note
        self.pieces: list[Text] = []
        k = 0
        while k < len(moments):
            moment = moments[k]
            n = 1
            while k + n < len(moments) and moments[k + n].short == moment.short:
                n += 1
            piece = Text()
            if moment.kind != "mark":
                piece.append(f"{moment.t_s:.0f} s ", style="cyan")
            piece.append(moment.short + (f" x{n}" if n > 1 else ""), style=_moment_style(moment))
            self.pieces.append(piece)
            k += n

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(max((len(piece) for piece in self.pieces), default=1), options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        line = Text()
        for piece in self.pieces:
            if line and len(line) + 3 + len(piece) > options.max_width:
                yield line
                line = Text()
            if line:
                line.append(" · ", style="dim")
            line.append_text(piece)
        yield line
        if self.note:
            yield self.note


def _moment_style(moment: Moment) -> str:
    if moment.kind == "end":
        return "bold red" if "leaked" in moment.text else "bold green" if "killed" in moment.text else "bold"
    return "bold red" if moment.kind == "damage" else ""


def _thinned(moments: Sequence[Moment], n_max: int = 16) -> list[Moment]:
    """The moments that tell; of a long story the first and the last ones with a mark between."""
    shown = [moment for moment in moments if moment.short != "acquired"]
    if len(shown) <= n_max:
        return shown
    head, tail = shown[: n_max - 6], shown[-5:]
    text = f"... {len(shown) - len(head) - len(tail)} more ..."
    return [*head, Moment(head[-1].t_s, "mark", text, text), *tail]


def timeline_table(battle: Battle, n: int = 5) -> RenderableType:
    """Kill chains of the most telling threats: leakers that did damage first, then leakers, then closest shaves."""
    played = battle.played
    chosen = telling_threats(battle.threat_rows, battle.shot_rows, played, n)
    if not chosen:
        return Text("")
    table = _table("The most telling threats", show_header=False, show_lines=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for i in chosen:
        row = battle.threat_rows[i]
        who = Text(row.name + "\n")
        who.append(row.outcome, style=_OUTCOME_STYLE.get(row.outcome, "yellow"))
        note = None if row.outcome == "killed" else _held_up(battle, i)
        table.add_row(who, Chain(_thinned(moments_of(played, i)), note))
    return table


def _held_up(battle: Battle, i_threat: int) -> Text | None:
    """What kept a threat from being shot at for longest."""
    spent: dict[str, float] = {}
    for interval in threat_ladder(battle.played, i_threat):
        if interval.code != codes.WHY_ENGAGED:
            spent[interval.reason] = spent.get(interval.reason, 0.0) + interval.end_s - interval.start_s
    longest = sorted(spent.items(), key=lambda item: -item[1])[:2]
    parts = [f"{reason} {seconds:.0f} s" for reason, seconds in longest if seconds >= 0.5]
    return Text("held up by: " + ", ".join(parts), style="dim italic") if parts else None


def headline(totals: dict[str, int]) -> Text:
    """One sentence: raid, outcome, rounds."""
    n = totals["threats"]
    text = Text(f"{n} threat{'' if n == 1 else 's'}: ")
    parts: list[tuple[str, str]] = []
    for word in outcomes.OUTCOMES:
        number = totals[word.replace(" ", "_")]
        if number or word in ("killed", "leaked"):
            parts.append((f"{number} {word}", _OUTCOME_STYLE.get(word, "")))
    for k, (part, style) in enumerate(parts):
        text.append(", " if k else "")
        text.append(part, style=style)
    text.append(f". {totals['rounds_fired']} rounds fired.")
    if totals["false_tracks"]:
        n_false = totals["false_tracks"]
        text.append(f" {n_false} false track{'' if n_false == 1 else 's'}.")
    return text


def render(battle: Battle) -> RenderableType:
    """The whole summary as one renderable, made for 100 columns."""
    played = battle.played
    totals = battle.totals
    capacity = outcomes.capacity(played)
    head = Text(battle.title, style="bold")
    minutes = played.duration_s / 60.0
    head.append(f"\nseed {played.seed}, run {played.run}, {minutes:.1f} minutes of battle", style="dim")
    if played.wall_s > 0.0:
        head.append(f" in {played.wall_s:.2f} s", style="dim")
    parts: list[RenderableType] = [head, headline(totals)]
    if not capacity["fire_units"]:
        parts.append(Text("No fire unit was ready: this is the undefended baseline.", style="yellow"))
    type_rows = outcomes.type_rows(battle.threat_rows)
    if type_rows:
        parts.append(types_table(type_rows))
        by_luck = sum(row.outcome == "killed" and row.n_rounds == 0 for row in battle.threat_rows)
        if by_luck:
            note = f"{by_luck} of the killed by rounds fired at a neighbour: nothing was fired at them."
            parts.append(Text(note, style="dim"))
    if capacity["fire_units"]:
        side = Table.grid(padding=(0, 4))
        rounds = outcomes.rounds_rows(played, battle.shot_rows)
        side.add_row(rounds_table(rounds), channels_table(battle.peaks, capacity))
        parts.append(side)
    kinds = [int(kind) for kind in played.world.assets.kind]
    n_defended = sum(kind == codes.ASSET_DEFENDED for kind in kinds)
    parts.append(damage_table(outcomes.asset_rows(played), n_defended))
    parts.append(timeline_table(battle))
    parts.append(Text(NOT_MODELLED, style="dim"))
    if (played.world.threats.kind == codes.KIND_BALLISTIC).any() and capacity["fire_units"]:
        parts.append(Text(BALLISTIC_CAVEAT, style="dim"))
    return Group(*(line for part in parts for line in (part, Text(""))))


def text_of(battle: Battle, width: int = WIDTH) -> str:
    """The summary as plain text."""
    console = Console(
        file=StringIO(), width=width, color_system=None, force_terminal=False, legacy_windows=False
    )
    console.print(render(battle))
    out = console.file
    assert isinstance(out, StringIO)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()).rstrip() + "\n"
