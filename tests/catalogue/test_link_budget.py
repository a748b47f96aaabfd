"""A radar described by a link budget: the same law as the physics kernel's, and the same battle as its range gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from parapet.catalogue import Catalogue, load
from parapet.catalogue.entries import REFERENCE_SNR
from parapet.errors import CatalogueError
from parapet.physics import propagation

BUDGET = {
    "peak_power": (1.0, "MW"), "transmit_time": (0.25, "ms"), "transmit_gain": (40.0, "dB"), "receive_gain": (40.0, "dB"),
    "system_temperature": (900.0, "K"), "losses": (8.0, "dB"),
}  # fmt: skip


def figure(value: float, unit: str) -> dict[str, Any]:
    return {"low": value, "nominal": value, "high": value, "unit": unit, "grade": "notional", "note": "invented"}


def with_modes(tmp_path: Path, *, published: bool = False, budget: bool = True) -> Catalogue:
    """The catalogue with a copy of the 91N6E whose only mode is described another way."""
    raw = dict(load().documents["radars"]["91n6e"].raw)
    old = dict(raw["modes"][0])
    mode = {"name": "air", "elevation_min": old["elevation_min"], "elevation_max": old["elevation_max"]}
    if published:
        mode |= {key: old[key] for key in ("reference_range", "reference_signature")}
    if budget:
        mode["link_budget"] = {key: figure(*value) for key, value in BUDGET.items()}
    raw["modes"] = [mode]
    (tmp_path / "radars.yaml").write_text(yaml.safe_dump({"budget-radar": raw}), encoding="utf-8")
    return load(tmp_path)


def test_a_link_budget_is_the_range_equation(tmp_path: Path) -> None:
    radar = with_modes(tmp_path).radars["budget-radar"]
    frequency = radar.si("frequency")
    range_m, seen_m2 = radar.modes[0].reference(frequency)
    constant = propagation.radar_constant(1e6, 0.25e-3, 1e4, 1e4, 299792458.0 / frequency, 900.0, 10.0**0.8)
    for rcs_m2, far_m in ((4.0, 390e3), (0.1, 100e3)):
        law = REFERENCE_SNR * (rcs_m2 / seen_m2) * (range_m / far_m) ** 4
        assert law == pytest.approx(propagation.radar_snr(constant, rcs_m2, far_m), rel=1e-9)


def test_the_battle_takes_it(tmp_path: Path) -> None:
    """The signal-to-noise ratio in the engine: the range equation, less the air on the way there and back."""
    from tests.engine import stories, worlds

    from parapet._jit import entry
    from parapet.engine import sensing

    catalogue = with_modes(tmp_path)
    frequency = catalogue.radars["budget-radar"].si("frequency")
    text = "catalogue_overrides: {systems.s400-fire-unit.search_radars: [budget-radar]}\n" + stories.STORIES["jet"]
    compiled = stories.compiled(f"catalogue: {tmp_path}\n" + text)
    i_radar = compiled.names.radar_types.index("budget-radar")
    radar = compiled.world.radars[i_radar]
    far_m = 200e3
    x, y, z = worlds.at_distance(far_m, 0.0, 10e3, (0.6981317007977318, 0.5585053606381855, 0.0))
    level = entry(sensing.snr_at)(compiled.world, i_radar, 0, x, y, z, 0.0, 0.0, 0.0)
    constant = propagation.radar_constant(1e6, 0.25e-3, 1e4, 1e4, 299792458.0 / frequency, 900.0, 10.0**0.8)
    slant_m = ((x - radar.x_m) ** 2 + (y - radar.y_m) ** 2 + (z - radar.z_m) ** 2) ** 0.5
    loss_db = propagation.two_way_gas_loss_db(frequency, radar.height_m, 10e3, slant_m)
    wanted = propagation.radar_snr(constant, 4.0, slant_m) * 10.0 ** (-loss_db / 10.0)
    assert level == pytest.approx(wanted, rel=0.01)


@pytest.mark.parametrize(
    ("how", "words"),
    [({"published": True, "budget": True}, "instead of"), ({"published": False, "budget": False}, "reference_range")],
)
def test_a_mode_has_one_description(tmp_path: Path, how: dict[str, bool], words: str) -> None:
    with pytest.raises(CatalogueError, match=words):
        with_modes(tmp_path, **how)
