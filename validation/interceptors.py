"""Rounds: burnout, time, arrival, apogee, reach and impulse, from single flights to known points."""

from __future__ import annotations

import math

from parapet.analysis.claims_physics import Rounds, lossless_burnout_mps, vacuum_range_m
from parapet.catalogue import Catalogue
from validation.rows import DEFINITION, FITTED, PREDICTED, Row, against

TOPIC = "Interceptors"
NAMES = ("48n6e3", "48n6e2", "40n6e", "9m96e2", "9m96e", "gem-t", "pac-3-mse")
HEIGHT_M = 10e3


def rows(catalogue: Catalogue) -> list[Row]:
    """Published figures of the rounds."""
    found: list[Row] = []
    nan = math.nan
    for name in NAMES:
        entry = catalogue.interceptors[name]
        rounds = Rounds(entry)
        reach = rounds.kinematic_reach_m(HEIGHT_M)
        far = rounds.to(entry.si("range_air"), HEIGHT_M)
        label = entry.name
        if entry.has("burnout_speed"):
            note = "Own speed at the end of all burning."
            if name == "9m96e2":
                note = "The print contradicts itself (see its vacuum range): mass and range were kept."
            elif entry.si("sustain_time") > 0.0:
                note += " Boost and sustain; mass and range were kept."
            published = entry.figure("burnout_speed")
            speed = far.burnout_mps
            found.append(
                against(TOPIC, f"{label}: burnout speed", published, "m/s", 1.0, speed, FITTED, note)
            )
        found.append(
            against(
                TOPIC,
                f"{label}: kinematic reach at 10 km",
                entry.figure("range_air"),
                "km",
                1e3,
                reach,
                FITTED,
                "Point known beforehand, 800 m/s and 8 g left; motor and time aboard fitted to it.",
            )
        )
        found.append(
            Row(
                TOPIC,
                f"{label}: specific impulse",
                "s",
                210.0,
                270.0,
                "specification: what solid motors have",
                entry.si("boost_specific_impulse"),
                FITTED,
                f"With the fitted propellant the rocket equation gives {lossless_burnout_mps(entry):,.0f} m/s "
                "without "
                f"gravity and air; flown: {far.burnout_mps:,.0f} m/s.",
            )
        )
    e3 = catalogue.interceptors["48n6e3"]
    rounds = Rounds(e3)
    far = rounds.to(250e3, HEIGHT_M)
    at_100 = rounds.to(100e3, HEIGHT_M)
    mean = e3.figure("mean_speed")
    burn = e3.si("eject_time") + e3.si("boost_time")
    found += [
        against(
            TOPIC,
            "48N6E3: apogee of the shot to 250 km",
            e3.figure("apogee"),
            "km",
            1e3,
            far.apogee_m,
            FITTED,
            "The loft was chosen so that long shots arc like this.",
        ),
        Row(
            TOPIC,
            "48N6E3: time to 100 km",
            "s",
            100e3 / mean.high,
            100e3 / mean.low,
            "derived from model: mean 1,300 to 1,700 m/s",
            at_100.time_s,
            PREDICTED,
            "Print: about 67 s, a straight line at the mean speed to full range; the flight turns over and climbs.",
        ),
        against(
            TOPIC,
            "48N6E3: mean speed to 250 km",
            mean,
            "m/s",
            1.0,
            250e3 / far.time_s,
            PREDICTED,
            f"{far.time_s:.0f} s of flight, loft and turn-over included.",
        ),
        Row(
            TOPIC,
            "48N6E3: time aboard until self-destruct",
            "s",
            100.0,
            180.0,
            "second-hand: greatest flight time",
            e3.si("max_flight_time"),
            FITTED,
            f"Set so that it may fly the {far.time_s:.0f} s to 250 km.",
        ),
        Row(
            TOPIC,
            "48N6E3: arrival speed at 100 km",
            "m/s",
            nan,
            nan,
            "no public figure found",
            at_100.arrival_mps,
            PREDICTED,
        ),
        Row(
            TOPIC,
            "48N6E3: arrival speed at 250 km",
            "m/s",
            nan,
            nan,
            "no public figure found",
            far.arrival_mps,
            PREDICTED,
            f"{far.load_factor:.0f} g left.",
        ),
        Row(
            TOPIC,
            "48N6E3: mean acceleration of the boost",
            "g",
            16.0,
            16.0,
            "derived: 1,900 m/s in 12 s",
            far.burnout_mps / e3.si("boost_time") / 9.80665,
            FITTED,
            "“100 g” is a marketing figure.",
        ),
        Row(
            TOPIC,
            "48N6E3: time to burnout",
            "s",
            11.0,
            13.5,
            "second-hand: 11 to 12 s after ignition at 1.0 to 1.5 s",
            burn,
            DEFINITION,
        ),
    ]
    e40 = catalogue.interceptors["40n6e"]
    long_shot = Rounds(e40).to(380e3, HEIGHT_M)
    found.append(
        against(
            TOPIC,
            "40N6E: mean speed to 380 km",
            e40.figure("mean_speed"),
            "m/s",
            1.0,
            380e3 / long_shot.time_s,
            PREDICTED,
            f"Apogee {long_shot.apogee_m / 1e3:.0f} km, arrives with {long_shot.arrival_mps:,.0f} m/s.",
        )
    )
    small = catalogue.interceptors["9m96e2"]
    printed = small.figure("burnout_speed")
    shot = Rounds(small).to(120e3, HEIGHT_M)
    found += [
        Row(
            TOPIC,
            "9M96E2: vacuum range at the printed speed",
            "km",
            120.0,
            135.0,
            "second-hand: 120; 135 general knowledge",
            vacuum_range_m(printed.high) / 1e3,
            DEFINITION,
            "**The printed figures contradict each other**: 1,000 m/s cannot coast 120 km even without air.",
        ),
        against(
            TOPIC,
            "9M96E2: mean speed to 120 km",
            small.figure("mean_speed"),
            "m/s",
            1.0,
            120e3 / shot.time_s,
            PREDICTED,
        ),
    ]
    mse = catalogue.interceptors["pac-3-mse"]
    best = Rounds(mse).to(100e3, HEIGHT_M)
    found.append(
        against(
            TOPIC,
            "PAC-3 MSE: mean speed to 100 km",
            mse.figure("mean_speed"),
            "m/s",
            1.0,
            100e3 / best.time_s,
            PREDICTED,
        )
    )
    gem = catalogue.interceptors["gem-t"]
    last = Rounds(gem).to(160e3, HEIGHT_M)
    found.append(
        Row(
            TOPIC,
            "GEM-T: flight time to 160 km",
            "s",
            9.0,
            gem.si("max_flight_time"),
            "read: defensepost-patriot (9 s to three and a half minutes)",
            last.time_s,
            PREDICTED,
        )
    )
    return found


def table(catalogue: Catalogue) -> list[str]:
    """Single flights to a point at 10 km height."""
    out = [
        "| round | ground range | time | burnout | apogee | arrival | load factor left |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in NAMES:
        rounds = Rounds(catalogue.interceptors[name])
        full = rounds.entry.si("range_air")
        for share in (0.25, 0.5, 1.0):
            shot = rounds.to(full * share, HEIGHT_M)
            if not shot.has_arrived:
                out.append(
                    f"| {rounds.entry.name} | {full * share / 1e3:.0f} km | does not get there | | | | |"
                )
                continue
            out.append(
                f"| {rounds.entry.name} | {full * share / 1e3:.0f} km | {shot.time_s:.0f} s | "
                f"{shot.burnout_mps:,.0f} m/s | "
                f"{shot.apogee_m / 1e3:.0f} km | {shot.arrival_mps:,.0f} m/s | {shot.load_factor:.0f} g |"
            )
    return out
