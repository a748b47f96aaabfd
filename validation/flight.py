"""Ballistic missiles: time, apogee, speeds, and whether the published pair of speed and range agrees."""

from __future__ import annotations

import math

from parapet.analysis.claims_physics import flight, path, range_of_speed_m
from parapet.catalogue import Catalogue
from parapet.physics import ballistic
from validation.rows import DEFINITION, PREDICTED, Row, against

TOPIC = "Ballistic missiles"
CASES = (
    ("scud-b", 300e3, "minimum_energy"),
    ("scud-c", 550e3, "minimum_energy"),
    ("iskander-m", 400e3, "depressed"),
    ("shahab-3", 1000e3, "minimum_energy"),
    ("shahab-3", 1300e3, "minimum_energy"),
    ("mrbm-3500", 1000e3, "minimum_energy"),
    ("mrbm-3500", 2900e3, "minimum_energy"),
    ("mrbm-3500", 3500e3, "minimum_energy"),
)


def fastest_falling_mps(catalogue: Catalogue, threat: str, range_m: float, trajectory: str) -> float:
    """Greatest speed on the way down: what is meant by re-entry speed here."""
    states = path(catalogue, threat, range_m, trajectory)
    if not states:
        return math.nan
    top = max(range(len(states)), key=lambda i: states[i].height_m)
    return max(state.speed_mps for state in states[top:])


def rows(catalogue: Catalogue) -> list[Row]:
    """Published figures of Scud-B, Iskander-M and Shahab-3, and the 4.8 km/s pair."""
    found = []
    scud = catalogue.threats["scud-b"]
    s = flight(catalogue, "scud-b", 300e3)
    found.append(
        Row(
            TOPIC,
            "Scud-B to 300 km: time of flight",
            "s",
            270.0,
            330.0,
            "specification: about 5 minutes",
            s.flight_time_s,
            PREDICTED,
        )
    )
    found.append(
        against(TOPIC, "Scud-B to 300 km: apogee", scud.figure("apogee"), "km", 1e3, s.apogee_m, PREDICTED)
    )
    found.append(
        against(
            TOPIC,
            "Scud-B to 300 km: burnout speed",
            scud.figure("burnout_speed"),
            "m/s",
            1.0,
            s.burnout_speed_mps,
            PREDICTED,
            "The cutoff follows from the range; the motor was given enough propellant for it, not tuned to a speed.",
        )
    )
    falling = fastest_falling_mps(catalogue, "scud-b", 300e3, "minimum_energy")
    found.append(
        against(
            TOPIC,
            "Scud-B: re-entry speed (greatest on the way down)",
            scud.figure("reentry_speed"),
            "m/s",
            1.0,
            falling,
            PREDICTED,
        )
    )
    found.append(
        Row(
            TOPIC,
            "Scud-B: speed at the ground",
            "m/s",
            math.nan,
            math.nan,
            "no public figure found",
            s.impact_speed_mps,
            PREDICTED,
            "The whole body falls; its ballistic coefficient is notional.",
        )
    )
    isk = catalogue.threats["iskander-m"]
    i = flight(catalogue, "iskander-m", 400e3, "depressed")
    found.append(
        against(
            TOPIC,
            "Iskander-M to 400 km, depressed: apogee",
            isk.figure("apogee"),
            "km",
            1e3,
            i.apogee_m,
            PREDICTED,
        )
    )
    found.append(
        against(
            TOPIC,
            "Iskander-M to 400 km, depressed: burnout speed",
            isk.figure("burnout_speed"),
            "m/s",
            1.0,
            i.burnout_speed_mps,
            PREDICTED,
            "Print: 1,150 mean, 2,100 to 2,600 peak.",
        )
    )
    found.append(
        against(
            TOPIC,
            "Iskander-M: speed near the target",
            isk.figure("reentry_speed"),
            "m/s",
            1.0,
            i.impact_speed_mps,
            PREDICTED,
            "It glides and steers in truth; flown here as a falling body.",
        )
    )
    sh = catalogue.threats["shahab-3"]
    for range_m in (1000e3, 1300e3):
        found.append(
            against(
                TOPIC,
                f"Shahab-3 to {range_m / 1e3:,.0f} km: re-entry speed (greatest on the way down)",
                sh.figure("reentry_speed"),
                "m/s",
                1.0,
                fastest_falling_mps(catalogue, "shahab-3", range_m, "minimum_energy"),
                PREDICTED,
            )
        )
    speed, _, apogee, time = ballistic.minimum_energy_speed_mps(1000e3)
    found.append(
        Row(
            TOPIC,
            "Airless minimum-energy flight to 1,000 km: speed",
            "m/s",
            3016.1,
            3016.1,
            "closed form (Wheelon)",
            speed,
            DEFINITION,
            f"Apogee {apogee / 1e3:.1f} km, {time:.1f} s.",
            5e-4,
        )
    )
    pair_km = range_of_speed_m(4800.0) / 1e3
    found.append(
        Row(
            TOPIC,
            "Range class of a target of 4.8 km/s",
            "km",
            3500.0,
            3500.0,
            "read: domainb-s400",
            pair_km,
            PREDICTED,
            "**The published pair, 4.8 km/s and 3,500 km, does not agree with itself**: airless minimum energy; "
            f"3,500 km needs {ballistic.minimum_energy_speed_mps(3500e3)[0]:,.0f} m/s.",
        )
    )
    for range_m in (2900e3, 3500e3):
        m = flight(catalogue, "mrbm-3500", range_m)
        found.append(
            Row(
                TOPIC,
                f"Generic missile to {range_m / 1e3:,.0f} km: burnout speed",
                "m/s",
                4800.0,
                4800.0,
                "read: domainb-s400 (4.8 km/s for 3,500 km)",
                m.burnout_speed_mps if m.code == ballistic.SOLVED else math.nan,
                PREDICTED,
                "Speed relative to the turning earth at cutoff, already some way up."
                if m.code == ballistic.SOLVED
                else ballistic.REASONS[m.code],
            )
        )
    return found


def table(catalogue: Catalogue) -> list[str]:
    """All flights."""
    out = [
        "| missile | range | shape | time | apogee | cutoff | burnout | fastest falling | at the ground | "
        "solver's miss |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for threat, range_m, shape in CASES:
        s = flight(catalogue, threat, range_m, shape)
        name = catalogue.threats[threat].name
        if s.code != ballistic.SOLVED:
            out.append(
                f"| {name} | {range_m / 1e3:,.0f} km | {shape} | {ballistic.REASONS[s.code]} | | | | | | |"
            )
            continue
        falling = fastest_falling_mps(catalogue, threat, range_m, shape)
        out.append(
            f"| {name} | {range_m / 1e3:,.0f} km | {shape.replace('_', ' ')} | {s.flight_time_s:.0f} s | "
            f"{s.apogee_m / 1e3:.0f} km | {s.cutoff_s:.0f} s | {s.burnout_speed_mps:,.0f} m/s | {falling:,.0f} m/s | "
            f"{s.impact_speed_mps:,.0f} m/s | {s.miss_m:.0f} m |"
        )
    return out
