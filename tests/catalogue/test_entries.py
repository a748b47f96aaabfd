"""Every entry of the catalogue: complete, graded, quoted from a known source, plausible against independent numbers."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from parapet import units
from parapet.catalogue import GRADES, Entry, launchers_needed, load
from parapet.catalogue.reference import keys_of

CATALOGUE = load()
ENTRIES = list(CATALOGUE.entries())
NAMES = [f"{entry.section}.{entry.id}" for entry in ENTRIES]
REAL_ROUNDS = [r for r in CATALOGUE.interceptors.values() if r.id != "ideal-interceptor"]
BALLISTIC = [t for t in CATALOGUE.threats.values() if t.is_ballistic]
AIR = [t for t in CATALOGUE.threats.values() if not t.is_ballistic]

#: section, key -> limits written down apart from the schema, in the unit given
PLAUSIBLE = {
    ("radars", "instrumented_range"): (50, 5000, "km"),
    ("radars", "frequency"): (0.1, 20, "GHz"),
    ("radars", "antenna_height"): (2, 50, "m"),
    ("radars", "azimuth_beamwidth"): (0.1, 10, "deg"),
    ("radars", "p_false_alarm"): (0, 1e-4, "1"),
    ("radars", "period"): (1, 15, "s"),
    ("radars", "half_sector"): (30, 180, "deg"),
    ("radars", "track_revisit"): (0.05, 1.0, "s"),
    ("radars", "n_targets_tracked"): (50, 1000, "1"),
    ("interceptors", "launch_mass"): (50, 3000, "kg"),
    ("interceptors", "diameter"): (0.1, 0.7, "m"),
    ("interceptors", "length"): (3, 10, "m"),
    ("interceptors", "boost_time"): (3, 30, "s"),
    ("interceptors", "boost_specific_impulse"): (210, 270, "s"),
    ("interceptors", "load_factor_max"): (10, 60, "1"),
    ("interceptors", "range_air"): (20, 420, "km"),
    ("interceptors", "range_ballistic"): (0, 250, "km"),
    ("interceptors", "altitude_max"): (15, 60, "km"),
    ("interceptors", "warhead_mass"): (5, 200, "kg"),
    ("interceptors", "p_reliability"): (0.5, 1.0, "1"),
    ("interceptors", "unit_cost"): (0.1, 10, "MUSD"),
    ("interceptors", "cd_supersonic"): (0.15, 1.0, "1"),
    ("interceptors", "cd_hypersonic"): (0.15, 1.0, "1"),
    ("interceptors", "lethal_radius_aircraft"): (0.5, 60, "m"),
    ("systems", "reaction_time"): (0, 30, "s"),
    ("systems", "launch_interval"): (0, 10, "s"),
    ("systems", "fire_units.count"): (1, 8, "1"),
    ("systems", "fire_units.launchers"): (1, 100, "1"),
    ("threats", "speed"): (20, 700, "m/s"),
    ("threats", "speed_max"): (50, 700, "m/s"),
    ("threats", "altitude_min"): (5, 2000, "m"),
    ("threats", "altitude_max"): (3, 20, "km"),
    ("threats", "size"): (1, 80, "m"),
    ("threats", "signature.X.front"): (1e-4, 300, "m2"),
    ("threats", "unit_cost"): (0.01, 250, "MUSD"),
    ("threats", "range_max"): (100, 3500, "km"),
    ("threats", "burn_time"): (20, 200, "s"),
    ("threats", "specific_impulse"): (210, 300, "s"),
    ("threats", "ballistic_coefficient"): (500, 20000, "kg/m2"),
    ("assets", "radius"): (5, 10000, "m"),
}


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_every_figure_has_unit_grade_and_order(entry: Entry) -> None:
    figures = dict(entry.figures())
    assert figures or entry.section == "assets"
    for path, figure in figures.items():
        assert entry.figure(path) is figure
        assert figure.grade in GRADES
        assert units.dimension_of(figure.unit)
        assert figure.low <= figure.nominal <= figure.high
        assert figure.nominal == pytest.approx(units.to_si(figure.written[1], figure.unit))
        assert bool(figure.source) == (figure.grade == "read")
        assert not figure.source or CATALOGUE.sources[figure.source].url.startswith("http")
        if figure.grade in ("notional", "derived"):
            assert figure.note, path


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_every_entry_is_plausible(entry: Entry) -> None:
    for (section, path), (least, most, unit) in PLAUSIBLE.items():
        if section == entry.section and entry.has(path):
            low, high = units.to_si(least, unit), units.to_si(most, unit)
            assert low * (1 - 1e-9) <= entry.si(path) <= high * (1 + 1e-9), path


def test_the_order_of_the_issue_is_complete() -> None:
    wanted = {
        "radars": "91n6e 96l6e 92n6e an-mpq-65 ideal-radar",
        "interceptors": "48n6e3 48n6e2 9m96e 9m96e2 40n6e gem-t pac-3-mse ideal-interceptor",
        "systems": "s400-fire-unit s400-full s400-original s400-turkiye-2 s400-turkiye-4 patriot-battery",
        "threats": "f-35a f-16c-block-70 su-35 airliner tanker tomahawk som storm-shadow kalibr shahed-136 tb2 scud-b "
        "scud-c iskander-m shahab-3 mrbm-3500 mald generic-target",
        "assets": "soft medium hard airbase city-centre power-plant command-post radar launcher",
    }
    for section, names in wanted.items():
        assert set(names.split()) <= set(CATALOGUE.section(section))


def test_published_figures_are_carried_faithfully() -> None:
    """Numbers typed here from the compiled public record, not from the data files."""
    get = CATALOGUE.find
    assert get("91n6e").si("modes.air.reference_range") == 390e3
    assert get("91n6e").si("modes.air.reference_signature") == 4.0
    assert get("91n6e").si("modes.ballistic.reference_range") == 230e3
    assert get("91n6e").si("modes.ballistic.reference_signature") == 0.4
    assert get("91n6e").figure("modes.air.reference_range").grade == "general knowledge"
    assert get("48n6e3").si("range_air") == 250e3
    assert get("48n6e3").si("range_ballistic") == 60e3
    assert get("48n6e3").si("launch_mass") == 1835
    assert get("40n6e").figure("range_air").high == 400e3
    assert get("9m96e2").si("range_air") == 120e3 and get("9m96e2").si("launch_mass") == 420
    assert get("s400-full").si("reaction_time") == 10
    assert get("s400-turkiye-2").figure("n_rounds_total").source == "tass-1068300"
    assert get("f-35a").figure("signature.X.front").low == 0.0001
    assert get("f-35a").figure("signature.X.front").grade == "second-hand"
    assert get("tomahawk").si("signature.X.front") == 0.5
    assert get("shahed-136").si("speed") == 51
    assert get("scud-b").figure("range_max").grade == "general knowledge"
    assert get("su-35").figure("unit_cost").grade == "derived"
    assert get("mald").figure("speed").grade == "notional"
    assert get("mald").figure("unit_cost").grade == "derived"
    assert get("iskander-m").figure("range_max").grade == "read"
    assert get("pac-3-mse").si("unit_cost") == pytest.approx(4.2e6)


def test_channels_of_the_variants() -> None:
    for name, targets, missiles in (
        ("s400-full", 80, 160),
        ("s400-original", 36, 72),
        ("s400-turkiye-2", 20, 40),
    ):
        system = CATALOGUE.systems[name]
        n = system.si("fire_units.count")
        assert n * system.si("fire_units.n_target_channels") == targets
        assert n * system.si("fire_units.n_missile_channels") == missiles


def test_turkish_set_has_16_launchers_either_way() -> None:
    for name in ("s400-turkiye-2", "s400-turkiye-4"):
        system = CATALOGUE.systems[name]
        assert system.si("fire_units.count") * system.si("fire_units.launchers") == 16


@pytest.mark.parametrize("name", list(CATALOGUE.systems))
def test_loads_fit_the_launchers(name: str) -> None:
    units_of = CATALOGUE.systems[name].fire_units
    load_of = {key: figure.nominal for key, figure in units_of.load.items()}
    assert launchers_needed(load_of, CATALOGUE.interceptors) <= units_of.launchers.nominal


def test_packs_are_not_split() -> None:
    assert launchers_needed({"9m96e2": 16}, CATALOGUE.interceptors) == pytest.approx(1.0)
    assert launchers_needed({"9m96e2": 17}, CATALOGUE.interceptors) == pytest.approx(1.25)
    assert launchers_needed({"48n6e3": 3, "9m96e": 1}, CATALOGUE.interceptors) == pytest.approx(1.0)


@pytest.mark.parametrize("entry", REAL_ROUNDS, ids=[r.id for r in REAL_ROUNDS])
def test_rounds_can_be_built(entry: Entry) -> None:
    """Masses, impulse and drag hang together; what is left after burnout is a real structure."""
    burnt = entry.si("boost_propellant_mass") + entry.si("sustain_propellant_mass")
    empty = entry.si("launch_mass") - burnt
    assert 0.2 < empty / entry.si("launch_mass") < 0.75
    assert empty > entry.si("warhead_mass") * 1.5
    gained = entry.si("boost_specific_impulse") * 9.80665 * math.log(entry.si("launch_mass") / empty)
    assert 800 < gained < 3500
    assert entry.si("cd_transonic") > entry.si("cd_hypersonic") >= 0.15
    assert entry.si("range_min") < entry.si("range_air") and entry.si("altitude_min") < entry.si(
        "altitude_max"
    )
    is_seeing = entry.si("seeker_range_reference") > 0
    assert is_seeing == (entry.guidance == "active")  # type: ignore[attr-defined]
    assert (entry.si("receiver_angle_noise") > 0) == (entry.guidance == "tvm")  # type: ignore[attr-defined]


def test_only_40n6e_flies_on_the_search_track() -> None:
    assert [r.id for r in REAL_ROUNDS if r.si("is_search_track_uplink")] == ["40n6e"]


@pytest.mark.parametrize("entry", BALLISTIC, ids=[t.id for t in BALLISTIC])
def test_ballistic_missiles_have_the_speed_for_their_range(entry: Entry) -> None:
    """Rocket equation less usual losses against the least speed for the range over a round, airless earth."""
    gained = (
        entry.si("specific_impulse")
        * 9.80665
        * math.log(entry.si("launch_mass") / (entry.si("launch_mass") - entry.si("propellant_mass")))
    )
    half = entry.si("range_max") / 6.371e6 / 2
    needed = math.sqrt(2 * 3.986e14 / 6.371e6 * math.sin(half) / (1 + math.sin(half)))
    assert 1.05 * needed < gained < 1.75 * needed
    thrust_to_weight = (
        entry.si("propellant_mass")
        / entry.si("burn_time")
        * entry.si("specific_impulse")
        / entry.si("launch_mass")
    )
    assert thrust_to_weight > 1.3
    dry = entry.si("launch_mass") - entry.si("propellant_mass")
    assert dry > entry.si("warhead_mass")


@pytest.mark.parametrize("entry", AIR, ids=[t.id for t in AIR])
def test_air_threats_fly_within_their_own_limits(entry: Entry) -> None:
    assert entry.si("speed_min") < entry.si("speed") <= entry.si("speed_max")
    assert entry.si("altitude_min") <= entry.si("altitude") <= entry.si("altitude_max")


def test_bands_fall_back_on_the_nearest() -> None:
    raptor = CATALOGUE.threats["f-35a"]
    assert raptor.aspects("VHF").front.nominal == 0.3
    assert raptor.aspects("C") == raptor.aspects("X")
    assert CATALOGUE.threats["su-35"].aspects("L") == CATALOGUE.threats["su-35"].aspects("S")


def test_generic_target_is_the_same_from_everywhere() -> None:
    target = CATALOGUE.threats["generic-target"]
    assert {f.nominal for band in target.signature.values() for _, f in band.figures()} == {4.0}
    assert target.si("speed") == 250 and target.si("altitude") == 9000


def test_no_notional_figure_hides_a_url() -> None:
    for entry in ENTRIES:
        for path, figure in entry.figures():
            assert "://" not in figure.source, path
            assert figure.grade != "notional" or not figure.pointer, path


def test_every_key_has_a_meaning() -> None:
    for section in ("radars", "interceptors", "systems", "threats", "assets"):
        for key in keys_of(section):
            assert key.meaning, f"{section}.{key.path}"


def test_data_files_are_small_enough_to_read() -> None:
    folder = Path(load.__code__.co_filename).parent / "data"
    assert {path.name for path in folder.glob("*.yaml")} >= {"radars.yaml", "threats.yaml", "ideal.yaml"}
    for path in folder.glob("*.yaml"):
        assert "\t" not in path.read_text(encoding="utf-8")
