"""The picture of an exposure: which aspects are seen, and how much at which distance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from parapet.analysis.exposure_radar import LEVELS
from parapet.study.figures import COLOURS, INK, axes_of, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from parapet.analysis.exposure_result import BandExposure, Exposure

ELEVATION_SHOWN_DEG: Final = 45.0
"""Nothing on the ground is seen from much above the wings; a steep look from below is rare."""


def draw(found: Exposure, folder: Path | str, name: str) -> list[Path]:
    """Write ``name.svg`` and ``name.png``: aspect coverage by band, and exposure against distance."""
    bands = found.bands
    has_sweep = bool(found.sweep)
    figure = Figure(figsize=(4.1 * max(len(bands), 2), 6.6 if has_sweep else 3.4), layout="constrained")
    rows = figure.subfigures(
        2 if has_sweep else 1, 1, height_ratios=[1.0, 1.15] if has_sweep else None, squeeze=False
    )
    top: Any = rows[0, 0]
    axes = axes_of(top, 1, len(bands), sharey=True)
    most = max((float(one.maps["nominal"].max()) for one in bands), default=0.0)
    mesh = None
    for axis, one in zip(axes, bands, strict=True):
        mesh = _aspects(axis, one, found, max(most, 2.0)) or mesh
    axes[0].set_ylabel("radar above (+) or below\nthe wings, deg", color=INK, fontsize=9)
    if mesh is not None:
        bar = top.colorbar(mesh, ax=axes, shrink=0.9, pad=0.01)
        bar.set_label("looks a month", color=INK, fontsize=9)
        bar.ax.tick_params(labelsize=8, colors=INK, which="both")
        bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        bar.ax.yaxis.set_minor_formatter(NullFormatter())
    state = {one.state for one in found.radars}
    condition = "" if state == {"operational"} else ", if the radars worked"
    top.suptitle(
        f"{found.title}\nLooks at the airframe by aspect, nominal signature, without reflectors{condition}",
        fontsize=10.5, color=INK, x=0.01, ha="left",
    )  # fmt: skip
    if has_sweep:
        _distances(rows[1, 0], found)
    return save(figure, folder, name)


def _aspects(axis: Axes, one: BandExposure, found: Exposure, most: float) -> Any:
    table = one.maps["nominal"]
    azimuth = np.degrees(np.arange(table.shape[1] + 1) * found.bin_rad[0]) - 180.0
    elevation = np.degrees(np.arange(table.shape[0] + 1) * found.bin_rad[1]) - 90.0
    shown = np.ma.masked_less_equal(table, 0.0)
    axis.set_title(
        f"{one.band} band: {int((table > 0).sum())} of {found.n_bins:,} bins", fontsize=9.5, color=INK
    )
    axis.set_xlim(-180.0, 180.0)
    low = float(elevation[:-1][(table > 0).any(axis=1)].min()) if (table > 0).any() else 0.0
    axis.set_ylim(min(-ELEVATION_SHOWN_DEG, low), 15.0)
    axis.set_xticks([-180, -90, 0, 90, 180], ["tail", "left", "nose", "right", "tail"])
    if not (table > 0).any():
        axis.text(0.5, 0.5, "none", transform=axis.transAxes, ha="center", va="center", color=INK)
        return None
    least = max(min(float(table[table > 0].min()), most / 10.0), 1e-3)
    mesh = axis.pcolormesh(
        azimuth, elevation, shown, norm=LogNorm(least, most), cmap="viridis", rasterized=False
    )
    left = one.exposed_maps["nominal"]
    if found.has_reflectors:
        rows, columns = np.nonzero(left > 0)
        axis.plot(
            0.5 * (azimuth[columns] + azimuth[columns + 1]), 0.5 * (elevation[rows] + elevation[rows + 1]), ".",
            color=COLOURS[1], markersize=3,
        )  # fmt: skip
        text = "dots: still with reflectors" if rows.size else "with reflectors: none left"
        axis.text(0.02, 0.96, text, transform=axis.transAxes, fontsize=8, color=INK, va="top")
    return mesh


def _distances(figure: Any, found: Exposure) -> None:
    bands = list(dict.fromkeys(one.band for one in found.sweep))
    states = (("reflectors off", False), ("reflectors on", True)) if found.has_reflectors else (("", False),)
    axes = axes_of(figure, 1, len(states), sharey=True)
    most = max(
        (one.ladders["high"].without_reflectors for one in found.sweep), default=1.0
    )  # fmt: skip
    for axis, (word, is_on) in zip(axes, states, strict=True):
        for k, band in enumerate(bands):
            rows = [one for one in found.sweep if one.band == band]
            away = np.array([one.distance_m for one in rows]) / 1000.0
            curves = {
                level: np.array([
                    one.ladders[level].exposed if is_on else one.ladders[level].without_reflectors for one in rows
                ])
                for level in LEVELS
            }  # fmt: skip
            axis.fill_between(away, curves["low"], curves["high"], color=COLOURS[k], alpha=0.15, linewidth=0)
            axis.plot(
                away,
                curves["nominal"],
                color=COLOURS[k],
                marker="os^Dv"[k % 5],
                markersize=4,
                label=f"{band} band",
            )
        site, base = found.radars[0].site, next(iter(found.distances_m))
        here = found.distances_m[base] / 1000.0
        axis.axvline(here, color=INK, linewidth=1.0, linestyle=":")
        axis.text(
            here,
            1.0,
            f" {here:,.0f} km",
            transform=axis.get_xaxis_transform(),
            fontsize=8,
            color=INK,
            va="top",
        )
        axis.set_yscale("symlog", linthresh=10.0)
        axis.set_ylim(0.0, 3.0 * max(most, 10.0))
        axis.set_xlim(left=0.0)
        axis.set_xlabel(f"distance of {site} from the base, km", color=INK, fontsize=9)
        axis.set_title(word, fontsize=9.5, color=INK)
    axes[0].set_ylabel("looks at the airframe a month", color=INK, fontsize=9)
    axes[-1].legend(frameon=False, fontsize=8, loc="center right")
    figure.suptitle(
        f"Against distance: nominal, and low to high shaded; {found.snr_db:g} dB", fontsize=10.5, color=INK, x=0.01,
        ha="left",
    )  # fmt: skip
