"""Claims and the sums behind them: counts by hand, closed forms, a naive twin of the chain of looks."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta

from parapet import catalogue
from parapet.analysis import claims, claims_physics
from parapet.analysis.claims_battles import Battles, Share, flyer
from parapet.analysis.claims_text import (
    DOES_NOT_HOLD,
    HOLDS,
    HOLDS_ONLY_IF,
    NOT_JUDGED,
    SENTENCES,
    VERDICTS,
    Claim,
    Line,
    verdict_of,
)
from parapet.analysis.play import check, run
from parapet.errors import InputError
from parapet.scenario.read import read_text

KNOWN = catalogue.load()


@pytest.mark.parametrize(
    "system, units, targets, missiles, tubes",
    [
        ("s400-full", 8, 80, 160, 256),
        ("s400-original", 6, 36, 72, 192),
        ("s400-turkiye-4", 4, 40, 80, 64),
        ("s400-turkiye-2", 2, 20, 40, 64),
        ("s400-fire-unit", 1, 10, 20, 32),
    ],
)
def test_muster_counts_as_a_person_would(
    system: str, units: int, targets: int, missiles: int, tubes: int
) -> None:
    m = claims_physics.muster(KNOWN, system)
    assert (m.fire_units, m.target_channels, m.missile_channels, m.tubes) == (units, targets, missiles, tubes)


def test_sectors_bound_what_comes_from_one_side() -> None:
    """Eight boresights 45 deg apart, 60 deg to each side: two or three hold any direction; two of them leave gaps."""
    assert claims_physics.muster(KNOWN, "s400-full").targets_one_side == (20, 30)
    assert claims_physics.muster(KNOWN, "s400-turkiye-2").targets_one_side == (0, 10)


def test_verdict_follows_from_the_cases() -> None:
    yes, no, other = Line("a", "", True), Line("b", "", False), Line("c", "")
    assert verdict_of([yes, other]) == HOLDS
    assert verdict_of([yes, no]) == HOLDS_ONLY_IF
    assert verdict_of([no, other]) == DOES_NOT_HOLD
    assert verdict_of([other]) == NOT_JUDGED


def test_speed_and_range_class_do_not_agree() -> None:
    """Vis-viva by hand: lambda = v^2 R / mu, sin(half angle) = lambda / (2 - lambda)."""
    lam = 4800.0**2 * 6371e3 / 3.986004418e14
    by_hand = 2.0 * 6371e3 * math.asin(lam / (2.0 - lam))
    assert claims_physics.range_of_speed_m(4800.0) == pytest.approx(by_hand, rel=1e-4)
    assert by_hand < 0.9 * 3500e3


def test_horizon_of_a_cruise_missile() -> None:
    """4.12 (sqrt h1 + sqrt h2) km, the rule of thumb of the books; 25 to 35 km without mast."""
    for mast, expected in ((None, 7.0), (24.0, 24.0), (39.0, 39.0)):
        sight = claims_physics.Sight(KNOWN.radars["96l6e"], mast)
        rule_km = 4.12 * (math.sqrt(expected) + math.sqrt(15.0))
        assert sight.horizon_m(15.0) / 1e3 == pytest.approx(rule_km, rel=0.01)
    assert 25e3 < claims_physics.Sight(KNOWN.radars["96l6e"]).horizon_m(15.0) < 35e3


def test_published_point_comes_back() -> None:
    sight = claims_physics.Sight(KNOWN.radars["91n6e"])
    assert sight.noise_range_m(10e3, 4.0) == pytest.approx(390e3, rel=1e-3)
    assert sight.range_m(50.0, 4.0)[1] == "horizon"


class _Even:
    """A radar that sees every look with the same chance."""

    look_s = 10.0
    instrumented_m = 400e3

    def __init__(self, p: float) -> None:
        self.p = p

    def horizon_m(self, height_m: float) -> float:
        return 1e9

    def noise_range_m(self, height_m: float, rcs_m2: float) -> float:
        return 1e9

    def p_look(self, range_m: float, height_m: float, rcs_m2: float) -> float:
        return self.p


def test_chain_of_certain_looks_needs_three() -> None:
    found = claims_physics.firsts(_Even(1.0), 10e3, 1.0, 250.0, n_phases=1)  # type: ignore[arg-type]
    assert found.plot_m == (400e3, 400e3, 400e3)
    assert found.firm_m == (395e3, 395e3, 395e3)


def test_chain_agrees_with_its_naive_twin() -> None:
    p, n_looks, n = 0.4, 60, 20000
    hits = np.random.default_rng(5).random((n, n_looks)) < p
    firm = np.full(n, n_looks)
    for i in range(n):
        for k in range(n_looks):
            if hits[i, max(0, k - 4) : k + 1].sum() >= 3:
                firm[i] = k
                break
    found = claims_physics.firsts(_Even(p), 10e3, 1.0, 250.0, n_phases=1)  # type: ignore[arg-type]
    middle = 400e3 - 2500.0 * float(np.median(firm))
    assert found.firm_m[1] == pytest.approx(middle, abs=2501.0)


def test_every_claim_is_answered_without_a_battle(capsys: pytest.CaptureFixture[str]) -> None:
    claims.main(as_json=True, has_battles=False)
    found = json.loads(capsys.readouterr().out)
    assert [one["key"] for one in found] == list(SENTENCES)
    for one in found:
        assert one["verdict"] in VERDICTS
        assert one["condition"] and one["commands"] and one["lines"]
    verdict = {one["key"]: one["verdict"] for one in found}
    assert verdict["80-targets"] == HOLDS_ONLY_IF
    assert verdict["600-km"] == HOLDS_ONLY_IF
    assert verdict["400-km"] == HOLDS_ONLY_IF
    low = next(line for line in found[1]["lines"] if "15 m" in line["case"])
    assert low["is_met"] is False and low["values"]["first_plot_m"] < 35e3
    assert verdict["4800-m-s"] == NOT_JUDGED
    assert "by the sums" not in json.dumps(found).lower()


@pytest.fixture(scope="module")
def few() -> dict[str, Claim]:
    """All claims with few battles each."""
    return {one.key: one for one in claims.claims(n_runs=6)}


def test_claims_with_battles(few: dict[str, Claim]) -> None:
    assert list(few) == list(SENTENCES)
    dormant = few["switched-off"].lines[2]
    assert dormant.is_met is True and dormant.values["nothing_killed"] == 6
    text = claims.markdown(list(few.values()))
    assert all(one.sentence in text for one in few.values())


def test_a_case_is_met_only_beyond_doubt(few: dict[str, Claim]) -> None:
    """Two of three is no majority that stands: the low end of the interval must lie above one half."""
    assert not Share(2, 3).is_most
    assert not Share(35, 60).is_most
    assert Share(57, 60).is_most
    low, high = Share(57, 60).interval  # Clopper-Pearson, by SciPy's beta distribution
    assert (low, high) == pytest.approx((beta.ppf(0.025, 57, 4), beta.ppf(0.975, 58, 3)), abs=1e-9)
    for line in few["4800-m-s"].lines[1:]:
        share = Share(line.values["battles_killed"], line.values["battles"])
        assert line.is_met is share.is_most
        assert str(share) in line.answer


def test_answers_count_what_the_battles_say() -> None:
    """Every number again from battles that are played one by one, as the repeat command plays them."""
    question = flyer("appears", "A fighter", "f-16c-block-70", "120 km", "altitude: 9 km", "2 min")
    n = 4
    found = Battles(KNOWN, n).answer(question)
    played = [run(read_text(question.text), run=i) for i in range(n)]
    rows = [battle.threat_rows[0] for battle in played]
    assert found.killed == sum(row.outcome == "killed" for row in rows)
    assert found.rounds == sum(len(battle.shot_rows) for battle in played)
    assert found.launch_s == [row.first_launch_s - row.first_detection_s for row in rows]  # type: ignore[operator]
    kills = [shot.range_m for battle in played for shot in battle.shot_rows if shot.outcome == "killed"]
    assert sorted(found.kill_m) == pytest.approx(sorted(kills))  # type: ignore[type-var]
    assert all(150.0 < speed < 400.0 for speed in found.kill_mps)


def test_reaction_is_the_longer_of_two(few: dict[str, Claim]) -> None:
    """The clock of reaction starts at the firm search track: 10 s from there, 20 s with two turns of 5 s before."""
    lines = few["10-seconds"].lines
    assert lines[0].values["seconds"] == pytest.approx(10.0)
    assert lines[1].values["seconds"] == pytest.approx(20.0)
    spent = lines[2].values["seconds"] - lines[2].values["firm_track_s"]
    assert 10.0 <= spent <= 10.6


def test_battles_of_a_claim_are_written_as_scenarios(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claims.main(key="4800-m-s", out=tmp_path / "new")
    files = sorted((tmp_path / "new").glob("*.yaml"))
    said = capsys.readouterr().out
    assert len(files) == 3 and all(str(file) in said for file in files)
    for file in files:
        assert not [finding for finding in check(file) if finding.severity == "error"]
    for key in claims.TASKS:  # what a claim says one should run is among what it writes
        names = {file.stem for file in claims.write(tmp_path / key, (key,))}
        assert len(names) == claims.TASKS[key][1]


def test_repeat_commands_name_written_files(few: dict[str, Claim], tmp_path: Path) -> None:
    for one in few.values():
        names = {file.name for file in claims.write(tmp_path / one.key, (one.key,))}
        for command in one.commands:
            if command.startswith("parapet run"):
                assert command.split()[2].removeprefix("claims/") in names


def test_unknown_claim_is_told() -> None:
    with pytest.raises(InputError, match="4800-m-s"):
        claims.main(key="warp")


def test_rows_say_what_does_not_match() -> None:
    from validation.rows import PREDICTED, Row, wilson

    row = Row("t", "q", "km", 10.0, 20.0, "s", 25.0, PREDICTED)
    assert row.verdict == "**MISMATCH** +25 %"
    assert Row("t", "q", "km", 10.0, 20.0, "s", 15.0, PREDICTED).verdict == "agrees"
    assert Row("t", "q", "km", math.nan, math.nan, "s", 15.0, PREDICTED).verdict == "-"
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
