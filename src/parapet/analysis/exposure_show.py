"""An `Exposure` for a person."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import TYPE_CHECKING, Final

from rich.console import Console, Group, RenderableType
from rich.text import Text

from parapet.analysis.exposure_radar import LEVELS
from parapet.analysis.exposure_result import NOT_MODELLED
from parapet.tables import table_of

if TYPE_CHECKING:
    from parapet.analysis.exposure_result import AtDistance, Exposure, Ladder

WIDTH: Final = 112
MAX_DISTANCES: Final = 14


def as_text(found: Exposure) -> str:
    """The result as plain text."""
    stream = StringIO()
    Console(file=stream, width=WIDTH, no_color=True, highlight=False).print(render(found))
    return stream.getvalue()


def render(found: Exposure) -> RenderableType:
    """The result for a terminal."""
    parts: list[RenderableType] = [
        *_head(found),
        _radars(found),
        Text(),
        _bands(found),
        Text(),
        _removed(found),
    ]
    if found.sweep:
        parts += [Text(), _sweep(found)]
    parts += [
        Text(),
        Text("Not modelled:", style="bold"),
        *(Text(f"- {one}", style="dim") for one in NOT_MODELLED),
    ]
    if found.claims:
        parts += [Text(), Text("What is said, side by side:", style="bold")]
        for who, says, source in found.claims:
            parts += [Text(f"- {who}: {says}."), Text(f"  {source}", style="dim")]
    return Group(*parts)


def _head(found: Exposure) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(found.title, style="bold")]
    if found.question:
        parts.append(Text(found.question, style="italic"))
    away = "; ".join(f"{name} {distance / 1000.0:,.0f} km" for name, distance in found.distances_m.items())
    reflectors = "on" if found.has_reflectors else "off"
    parts += [
        Text(f"{found.aircraft}, {found.sorties:,} sorties and {found.hours_flown:,.0f} hours a month, reflectors "
             f"{reflectors}. A look counts from {found.snr_db:g} dB."),
        Text(f"{away}. {_sites(found)}. Smooth ground at {found.ground_m:,.0f} m."),
    ]  # fmt: skip
    off = [f"{site} is {state}" for site, state in dict.fromkeys((r.site, r.state) for r in found.radars)
           if state != "operational"]  # fmt: skip
    if off:
        parts.append(
            Text(f"{' and '.join(off)}: what follows is what it would see if it radiated.", style="yellow")
        )
    head = "Looks a month that tell something of the airframe, low / nominal / high signature:"
    parts.append(Text(head, style="bold"))
    parts.append(Text(f"  as things stand: {_looks(found, True)}", style="bold"))
    if off:
        parts.append(Text(f"  if all radiated: {_looks(found, False)}", style="bold"))
    low, _, high = (found.total(level, as_is=False) for level in LEVELS)
    if high > 10.0 * low:
        parts.append(Text("  In this geometry the answer is the signature, of which no measurement is public."))
    parts.append(Text())
    return parts


def _looks(found: Exposure, as_is: bool) -> str:
    """``0 / 0 / 38k; with reflectors off 1,973 / 3,063 / 39k``."""
    words = _triple(*(found.total(level, as_is=as_is) for level in LEVELS))
    if found.has_reflectors:
        bare = _triple(*(found.total(level, as_is=as_is, reflectors=False) for level in LEVELS))
        words += f" with reflectors on, {bare} with them off"
    return words + "."


def _sites(found: Exposure) -> str:
    """``Mürted operational, half of the time``."""
    states = dict.fromkeys((one.site, one.state, one.share) for one in found.radars)
    return "; ".join(
        f"{site} {state}" + (f" {100.0 * share:.0f} % of the time" if 0.0 < share < 1.0 else "")
        for site, state, share in states
    )


def _n(value: float) -> str:
    if value >= 9999.5:
        return f"{value / 1000.0:,.0f}k"
    return f"{value:,.0f}" if value >= 9.95 or value == 0.0 else f"{value:.2g}"


def _triple(low: float, nominal: float, high: float) -> str:
    """Low, nominal and high as people write them beside each other."""
    texts = [_n(value) for value in (low, nominal, high)]
    return texts[0] if len(set(texts)) == 1 else " / ".join(texts)


def _km(distance_m: float) -> str:
    """Kilometres with one digit: two that are near each other should not look the same by rounding alone."""
    km = distance_m / 1000.0
    return f"{km:,.1f}" if km >= 9.95 else _n(km)


def _beyond(more_m: float) -> Text:
    """By how much a distance is beyond the horizon; in metres where kilometres would say nothing."""
    if more_m <= 0.0:
        return Text("-", style="dim")
    return Text(f"{more_m:,.0f} m" if more_m < 1000.0 else f"{more_m / 1000.0:,.1f} km")


def _radars(found: Exposure) -> RenderableType:
    table = table_of("The radars: how near the aircraft comes, and how far it would be seen in free space, km")
    table.add_column("site, radar", no_wrap=True)
    is_beyond = any(one.closest_m > one.horizon_m for one in found.radars)
    for head in ("closest", "horizon", *["beyond"] * is_beyond, "front", "side", "reflector"):
        table.add_column(head, justify="right", no_wrap=True)
    for one in found.radars:
        front, side = ([one.reach_m[level][k] / 1000.0 for level in LEVELS] for k in (0, 1))
        lens = [one.reflector_reach_m[level] / 1000.0 for level in LEVELS] if one.reflector_reach_m else []
        table.add_row(
            f"{one.site}, {one.name.split()[0]} ({one.band})", _km(one.closest_m), _km(one.horizon_m),
            *[_beyond(one.closest_m - one.horizon_m)] * is_beyond,
            _triple(*front), _triple(*side), _triple(*lens) if lens else "-",
        )  # fmt: skip
    note = "Front and side of the airframe, reflector alone: low / nominal / high. Horizon: for the highest route."
    if is_beyond:
        note += " Beyond: by how much the closest point of any flight lies beyond that horizon."
    return Group(table, Text(note, style="dim"))


def _bands(found: Exposure) -> RenderableType:
    table = table_of("What is seen in a month of working")
    table.add_column("band, reflectors", no_wrap=True)
    for head in ("looks at the airframe", "hours in view", "seen at all"):
        table.add_column(head, justify="right", no_wrap=True)
    seen = table_of("Aspect bins seen, by how long the two are together")
    seen.add_column("band, reflectors", no_wrap=True)
    for month in found.months:
        seen.add_column(f"{month} month{'s' * (month > 1)}", justify="right", no_wrap=True)
    for one in found.bands:
        for word, k in (("on", 0), ("off", 1)) if found.has_reflectors else (("off", 1),):
            ladders = [one.ladders[level] for level in LEVELS]
            looks = [ladder.without_reflectors if k else ladder.exposed for ladder in ladders]
            hours = _hours_off(found, one.band) if k else [one.hours[level] for level in LEVELS]
            echo = _triple(*(ladder.echo for ladder in ladders)) if k == 0 or not found.has_reflectors else ""
            table.add_row(f"{one.band}, {word}", _triple(*looks), _triple(*hours), echo)
            bins = (
                _triple(*(float(one.bins[month][level][k]) for level in LEVELS)) for month in found.months
            )
            seen.add_row(f"{one.band}, {word}", *bins)
    notes = [
        "Low / nominal / high signature; the low one beside the largest reflector, the high one beside the smallest."
    ]
    notes.append("Seen at all: anything is seen, the reflector included.")
    bins_note = [
        f"Of {found.n_bins:,} bins of {_degrees(found.bin_rad[0])} x {_degrees(found.bin_rad[1])} deg around the "
        f"aircraft; one counts from {found.bin_looks} look{'s' * (found.bin_looks > 1)}."
    ]
    if found.is_sampled:
        bins_note.append(
            "Later months are scaled up from the first sorties of each flight: their bins are a lower bound."
        )
    return Group(
        table,
        *(Text(note, style="dim") for note in notes),
        Text(),
        seen,
        *(Text(note, style="dim") for note in bins_note),
    )


def _degrees(angle_rad: float) -> str:
    return f"{angle_rad * 57.29577951308232:.3g}"


def _hours_off(found: Exposure, band: str) -> list[float]:
    """Hours in view in a month if no reflector were carried."""
    return [
        sum(r.ladders[level].without_reflectors * r.period_s for r in found.radars if r.band == band) / 3600.0
        for level in LEVELS
    ]


def _removed(found: Exposure) -> RenderableType:
    table = table_of("Of the looks in a month, what removes which share")
    table.add_column("band")
    table.add_column("signature")
    for head in (
        "looks",
        "range",
        "horizon",
        "range and\nhorizon",
        "sector,\nelevation",
        "reflector",
        "left",
    ):
        table.add_column(head, justify="right")
    for one in found.bands:
        for level in LEVELS:
            ladder = one.ladders[level]
            parts = (ladder.range, ladder.horizon, ladder.both, ladder.sector, ladder.masked, ladder.exposed)
            table.add_row(
                one.band, level, _n(ladder.scheduled), *(_share(part, ladder.scheduled) for part in parts)
            )  # fmt: skip
    note = (
        "Each look once: too weak or beyond the display only, below the horizon only, both, outside the sector only, "
        "outshone by the reflector, left."
    )
    return Group(table, Text(note, style="dim"))


def _share(part: float, whole: float) -> Text:
    if part <= 0.0:
        return Text("-", style="dim")
    share = 100.0 * part / whole
    return Text("<0.1 %" if share < 0.1 else f"{share:.1f} %")


def _sweep(found: Exposure) -> RenderableType:
    bands = list(dict.fromkeys(one.band for one in found.sweep))
    table = table_of(f"Looks at the airframe in a month, by distance of {found.radars[0].site} from the base")
    table.add_column("km", justify="right")
    for band in bands:
        if found.has_reflectors:
            table.add_column(f"{band}, on", justify="right")
        table.add_column(f"{band}, off", justify="right")
    rows: dict[float, dict[str, AtDistance]] = {}
    for one in found.sweep:
        rows.setdefault(one.distance_m, {})[one.band] = one
    for away_m in list(rows)[:: max(len(rows) // MAX_DISTANCES, 1)]:
        cells: list[Text] = []
        for band in bands:
            ladders = rows[away_m][band].ladders
            if found.has_reflectors:
                cells.append(_ladder_cell(ladders, True))
            cells.append(_ladder_cell(ladders, False))
        table.add_row(f"{away_m / 1000.0:,.0f}", *cells)
    note = "Nominal signature, high in brackets; reflectors on and off; routes from this base, without their spread."
    return Group(table, Text(note, style="dim"))


def _ladder_cell(ladders: Mapping[str, Ladder], is_on: bool) -> Text:
    nominal, high = (
        ladders[level].exposed if is_on else ladders[level].without_reflectors
        for level in ("nominal", "high")
    )
    if nominal == high == 0.0:
        return Text("-", style="dim")
    text = Text(_n(nominal))
    text.append(f" ({_n(high)})", style="dim")
    return text
