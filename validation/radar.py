"""What radars see: definitions, horizon, and the way from the first plot to the firm track, without a battle."""

from __future__ import annotations

import math

from parapet.analysis.claims_physics import Firsts, Sight, firsts
from parapet.catalogue import Catalogue
from validation.rows import DEFINITION, PREDICTED, Row, against, number

TOPIC = "Radars"
SEARCH = (("91n6e", "air"), ("96l6e", "air"))
HEIGHTS_M = (10e3, 20e3)
CLOSING_MPS = 250.0
RCS_M2 = 4.0


def rows(catalogue: Catalogue) -> list[Row]:
    """Published detection ranges and horizons."""
    found = []
    for name in ("91n6e", "96l6e", "92n6e", "an-mpq-65"):
        radar = catalogue.radars[name]
        sight = Sight(radar)
        mode = radar.modes[0]
        rcs = mode.reference_signature.nominal
        found.append(
            against(
                TOPIC,
                f"{radar.name}: range at Pd 0.5, {rcs:g} m2 at 10 km",
                mode.reference_range,
                "km",
                1e3,
                sight.noise_range_m(10e3, rcs),
                DEFINITION,
                "The published range is the reference of the radar.",
            )
        )
    big = catalogue.radars["91n6e"]
    sight = Sight(big)
    law_m = big.modes[0].reference_range.nominal * 0.1**0.25
    found.append(
        against(
            TOPIC,
            "91N6E: 0.4 m2 by the fourth-power law from 4 m2",
            big.modes[1].reference_range,
            "km",
            1e3,
            law_m,
            PREDICTED,
            "The two printed points do not lie on one law; the model keeps both, each as its own mode.",
        )
    )
    nan = math.nan
    bomber = sight.needed_rcs_m2(570e3, 20e3)
    found.append(
        Row(
            TOPIC,
            "91N6E: signature seen at the printed 570 km (“bomber-size”), 20 km height",
            "m2",
            10.0,
            100.0,
            "general knowledge: 570 km; 10 to 100 m2 is the usual class",
            bomber,
            PREDICTED,
            "The print names no signature.",
        )
    )
    found.append(
        Row(
            TOPIC,
            "91N6E: least height of a target at 600 km",
            "km",
            nan,
            nan,
            "read: almanar-s400 prints 600 km, no height",
            sight.needed_height_m(600e3) / 1e3,
            PREDICTED,
            "Smooth earth, 4/3 radius.",
        )
    )
    low = catalogue.radars["96l6e"]
    for mast, least, most, source in (
        (None, 25.0, 35.0, "derived: two horizons, rounded"),
        (24.0, 36.0, 36.0, "derived: two horizons"),
        (39.0, 42.0, 42.0, "derived: two horizons"),
    ):
        label = "no mast" if mast is None else f"{mast:.0f} m mast"
        found.append(
            Row(
                TOPIC,
                f"Cruise missile at 15 m over the horizon, {label}",
                "km",
                least,
                most,
                source,
                Sight(low, mast).horizon_m(15.0) / 1e3,
                DEFINITION,
                "Geometry, no radar in it.",
            )
        )
    found.append(
        Row(
            TOPIC,
            "Target at 25 m, 24 m mast",
            "km",
            41.0,
            41.0,
            "second-hand (a study of the 40V6M mast prints about 41)",
            Sight(low, 24.0).horizon_m(25.0) / 1e3,
            DEFINITION,
            "Geometry, no radar in it.",
        )
    )
    fire = Sight(catalogue.radars["92n6e"])
    liner = catalogue.threats["airliner"].aspects("X").front.nominal
    found.append(
        Row(
            TOPIC,
            f"92N6E: range against a large target (airliner, {liner:g} m2, 10 km)",
            "km",
            250.0,
            340.0,
            "second-hand: armyrecognition",
            fire.range_m(10e3, liner)[0] / 1e3,
            PREDICTED,
            "“Large” is not said in m2; scaled from an estimate for 1 m2.",
        )
    )
    return found


def approaches(catalogue: Catalogue) -> list[tuple[str, float, Sight, Firsts]]:
    """First plot and firm track of each search radar at each height."""
    found = []
    for name, _ in SEARCH:
        sight = Sight(catalogue.radars[name])
        for height in HEIGHTS_M:
            found.append((name, height, sight, firsts(sight, height, RCS_M2, CLOSING_MPS)))
    return found


def table(
    chains: list[tuple[str, float, Sight, Firsts]],
    played: dict[tuple[str, float], tuple[list[float], list[float]]],
) -> list[str]:
    """The table of detection and track ranges; `played` holds ranges from battles by (radar, height)."""
    out = [
        f"A target of {RCS_M2:g} m2 (Swerling 1) comes straight in at {CLOSING_MPS:.0f} m/s. *One look*: the "
        "range where a "
        "single look sees it with probability one half. *First plot* and *firm track* (three hits in five looks) are "
        "passed by 10, 50 and 90 % of approaches. *Chain*: by the probabilities of successive looks. *Battle*: "
        "counted.",
        "",
        "| radar | height | one look, noise alone | horizon | limit | first plot, chain | firm track, chain | "
        "first plot, battle | firm track, battle |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, height, sight, chain in chains:
        plots, firms = played.get((name, height), ([], []))
        _, limit = sight.range_m(height, RCS_M2)
        out.append(
            f"| {sight.radar.name} | {height / 1e3:.0f} km | {sight.noise_range_m(height, RCS_M2) / 1e3:.0f} km | "
            f"{sight.horizon_m(height) / 1e3:.0f} km | {limit} | {_three(chain.plot_m)} | {_three(chain.firm_m)} | "
            f"{_shares(plots)} | {_shares(firms)} |"
        )
    return out


def _three(values: tuple[float, float, float]) -> str:
    return " / ".join(f"{value / 1e3:.0f}" for value in values)


def _shares(values: list[float]) -> str:
    """10, 50 and 90 % of ranges, far to near, with their number."""
    if not values:
        return "not played"
    ordered = sorted(values, reverse=True)
    picked = [ordered[min(int(share * len(ordered)), len(ordered) - 1)] for share in (0.1, 0.5, 0.9)]
    return " / ".join(number(value / 1e3) for value in picked) + f" (n = {len(ordered)})"
