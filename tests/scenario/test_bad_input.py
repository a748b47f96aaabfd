"""Bad input: each mistake gives one clear message with its line, what was got and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from parapet import catalogue
from parapet.errors import Finding, ScenarioError
from parapet.scenario import check as check_module
from parapet.scenario import names
from parapet.scenario.check import catalogue_for, check_file, load
from parapet.scenario.check_raid import MAX_THREATS, memory_bytes
from parapet.scenario.read import read

GOOD = """\
parapet: 1
title: A small battle
duration: 20 min
environment: {ground_elevation: 800 m}
assets:
  - name: City
    template: city-centre
    place: {lat: 39.93, lon: 32.86}
systems:
  - name: North
    system: s400-turkiye-2
    place: {lat: 40.079, lon: 32.566}
    boresights: [90, 180]
raid:
  - name: som
    threat: som
    count: 4
    speed: 280 m/s
    route:
      - {bearing: 170, distance: 150 km, agl: 50 m}
    aim: City
  - name: scud
    threat: scud-b
    launch: {bearing: 120, distance: 250 km}
    aim: City
"""


def findings_of(tmp_path: Path, text: str, severity: str = "error") -> list[Finding]:
    file = tmp_path / "battle.yaml"
    file.write_text(text, encoding="utf-8")
    _, findings = check_file(file)
    return [finding for finding in findings if finding.severity == severity]


def test_the_good_one_has_no_findings(tmp_path: Path) -> None:
    for severity in ("error", "warning", "note"):
        assert findings_of(tmp_path, GOOD, severity) == []


LETTERS = {
    "\\u0001": "U+0001, a control character", "\\t": "U+0009, a control character", "\\e": "U+001B, a control character",
    "\\x7f": "U+007F", "\\x85": "U+0085", "\\u202e": "U+202E, which turns the direction", "\\u2067": "U+2067",
    "\\u2028": "U+2028, a line break", "\\ufffe": "U+FFFE, which is no character",
}  # fmt: skip
"""As written in double quotes in YAML, and what is said of them."""


@pytest.mark.parametrize(("letter", "words"), LETTERS.items(), ids=lambda value: value.strip("\\")[:8])
@pytest.mark.parametrize(
    ("old", "new", "line", "path"),
    [
        ("title: A small battle", 'title: "A small{} battle"', 2, "title"),
        ("  - name: City", '  - name: "Ci{}ty"', 6, "assets[0].name"),
        ("  - name: North", '  - name: "Nor{}th"', 10, "systems[0].name"),
        ("  - name: som", '  - name: "so{}m"', 15, "raid[0].name"),
    ],
)
def test_letters_that_cannot_be_shown(
    tmp_path: Path, old: str, new: str, line: int, path: str, letter: str, words: str
) -> None:
    (found,) = findings_of(tmp_path, GOOD.replace(old, new.format(letter)))
    assert (found.line, found.path) == (line, path) and found.column in (1, 5)
    assert words in found.message and found.message.endswith("Take it out.")


def test_letters_of_prose(tmp_path: Path) -> None:
    """Question and notes may have lines and tabs, and no letter that cannot be shown."""
    for key in ("question", "notes"):
        good = GOOD.replace("duration:", f'{key}: "one\\n\\ttwo, مرحبا 🚀 d’où\\u00a0?"\nduration:')
        assert findings_of(tmp_path, good) == []
        (found,) = findings_of(tmp_path, GOOD.replace("duration:", f'{key}: "one\\u0007"\nduration:'))
        assert (found.line, found.column, found.path) == (3, 1, key) and "U+0007" in found.message
    assert findings_of(tmp_path, GOOD.replace("A small battle", "Mürted, Ａé‍ – \u200f\u0627")) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "words"),
    [
        # unknown keys
        ("    count: 4", "    cout: 4", 17, "raid[0].cout", ["unknown key 'cout'", "Did you mean 'count'?"]),
        ("duration: 20 min", "duratoin: 20 min", 3, "duratoin", ["Did you mean 'duration'?"]),
        ("    count: 4", "    zzz: 4", 17, "raid[0].zzz", ["unknown key 'zzz'", "Known here: name, threat"]),
        # wrong units
        ("speed: 280 m/s", "speed: 280 km", 18, "raid[0].speed", ["'km' measures length", "'250 m/s'"]),
        ("speed: 280 m/s", "speed: 280", 18, "raid[0].speed", ["280 without a unit", "'250 m/s'"]),
        ("agl: 50 m}", "agl: 50 metrs}", 20, "raid[0].route[0].agl", ["'metrs' is not a unit", "'metres'"]),
        ("lat: 39.93", "lat: 139.93", 8, "assets[0].place.lat", ["139.93", "from -90 to 90 deg"]),
        ("duration: 20 min", "duration: -5 s", 3, "duration", ["'-5 s'", "from 1 s to 24 h"]),
        # unknown ids and names
        ("threat: som", "threat: sam", 16, "raid[0].threat", ["no threat 'sam'", "Did you mean 'som'?"]),
        ("s400-turkiye-2", "s400-turkye-2", 11, "systems[0].system", ["no system", "Did you mean 's400-turkiye-2'?"]),
        ("city-centre", "city", 7, "assets[0].template", ["no asset 'city'", "city-centre"]),
        ("city-centre", "soft", 7, "assets[0].template", ["'soft' is a word for hardness"]),
        ("agl: 50 m}\n    aim: City", "agl: 50 m}\n    aim: Citi", 21, "raid[0].aim.of", ["'Citi'", "'City'"]),
        # the raid's ways
        ("    route:\n      - {bearing: 170, distance: 150 km, agl: 50 m}\n", "", 15, "raid[0]",
         ["has no route", "'ring'"]),
        ("    launch: {bearing: 120, distance: 250 km}\n", "", 22, "raid[1]", ["has no launch point", "ballistic"]),
        ("distance: 250 km}\n    aim: City", "distance: 250 km, of: City}", 22, "raid[1]", ["has no aim point"]),
        ("distance: 250 km}", "distance: 900 km}", 25, "raid[1].aim", ["900 km", "'scud-b' can reach"]),
        ("    count: 4", "    launch: City", 17, "raid[0].launch", ["route and launch", "one of them"]),
        # aim point outside the model, or below ground
        ("agl: 50 m}\n    aim: City", "agl: 50 m}\n    aim: {lat: -39, lon: 32}", 21, "raid[0].aim",
         ["from the first site", "latitude and longitude"]),
        ("agl: 50 m}\n    aim: City", "agl: 50 m}\n    aim: {lat: 39.9, lon: 32.8, altitude: 100 m}", 21,
         "raid[0].aim.altitude", ["the aim point is at 100 m", "below the ground at 800 m"]),
        ("agl: 50 m}", "altitude: 50 m}", 20, "raid[0].route[0].altitude", ["50 m, below the ground at 800 m", "agl"]),
        # the motion model
        ("280 m/s", "34000 km/h", 18, "raid[0].speed", ["9,444 m/s is outside this motion model", "'som' flies"]),
        ("280 m/s", "900 m/s", 18, "raid[0].speed", ["900 m/s", "Was km/h meant?"]),
        ("agl: 50 m}", "agl: 90 km}", 20, "raid[0].route[0].agl", ["too high", "'som' flies up to"]),
        ("    count: 4", "    behaviour: {weave: {load: 50 g, period: 9 s}}", 17, "raid[0].behaviour.weave.load",
         ["50.0 g"]),
        ("    count: 4", "    arrival: 10 s", 17, "raid[0].arrival", ["before the battle begins", "Arrive later"]),
        ("    count: 4", "    trajectory: lofted", 17, "raid[0].trajectory", ["not ballistic"]),
        ("threat: scud-b", "threat: scud-b\n    speed: 2 km/s", 24, "raid[1].speed", ["Leave it out"]),
        # what the launcher cannot hold
        ("    boresights", "    loads: {48n6e3: 400}\n    boresights", 13, "systems[0].loads",
         ["needs 400 tubes", "hold 32"]),
        ("    boresights", "    loads: {pac-3-mse: 4}\n    boresights", 13, "systems[0].loads.pac-3-mse",
         ["cannot hold 'pac-3-mse'", "They hold: "]),
        ("    boresights", "    loads: {48n6e4: 4}\n    boresights", 13, "systems[0].loads.48n6e4",
         ["no interceptor", "48n6e"]),
        ("    boresights", "    launchers: 1\n    boresights", 13, "systems[0].launchers", ["1 launchers hold 4"]),
        # system
        ("[90, 180]", "[90, 180, 270]", 13, "systems[0].boresights", ["got 3, expected 2"]),
        ("    boresights", "    antenna_mast: 30 m\n    boresights", 13, "systems[0].antenna_mast",
         ["got 30 m", "24 m, 39 m"]),
        ("    boresights", "    status: asleep\n    boresights", 13, "systems[0].status",
         ["'asleep'", "operational, dormant"]),
        # names
        ("- name: scud", "- name: City", 22, "raid[1].name", ["'City' is taken in line 6"]),
        ("- name: scud", "- name: som", 22, "raid[1].name", ["'som' is taken in line 15"]),
        ("- name: scud", "- name: som-01\n    count: 1", 22, "", []),
        ("- name: scud", "- name: a/b", 22, "raid[1].name", ["'a/b'", "without '/'"]),
        # shapes
        ("    count: 4", "    count: 2.5", 17, "raid[0].count", ["2.5", "whole number"]),
        ("    count: 4", "    count: 0", 17, "raid[0].count", ["0", "at least 1"]),
        ("[90, 180]", "90", 13, "systems[0].boresights", ["got 90", "expected a list"]),
        ("    count: 4", "    spacing: 3 km", 17, "raid[0].spacing", ["'3 km'", "lateral, along"]),
        ("    threat: som\n", "", 15, "raid[0].threat", ["'threat' is missing", "catalogue id"]),
        ("parapet: 1\n", "", 1, "", ["'parapet: 1'", "missing"]),
        ("parapet: 1\n", "parapet: 2\n", 1, "parapet", ["format 2", "'parapet: 1'"]),
        ("    count: 4", "    count: 4\n    count: 5", 18, "raid[0].count", ["twice", "line 17"]),
        ("    count: 4", "\tcount: 4", 17, "", ["not valid YAML", "spaces"]),
        ("title: A small battle", "title: !!python/name:os.system x", 2, "title", ["tag"]),
        # places
        ("{lat: 39.93, lon: 32.86}", "{lat: 39.93}", 8, "assets[0].place", ["'lon' is missing"]),
        ("{lat: 39.93, lon: 32.86}", "{of: City, bearing: 3, distance: 1 km}", 8, "assets[0].place", ["from itself"]),
        ("{lat: 40.079, lon: 32.566}", "{of: City, bearing: 3}", 12, "systems[0].place", ["'distance' is missing"]),
        ("{bearing: 170, distance: 150 km, agl: 50 m}", "{bearing: 170, agl: 50 m}", 20, "raid[0].route[0]",
         ["'distance'"]),
        # the user's own catalogue
        ("raid:", "catalogue: nowhere\nraid:", 14, "catalogue", ["no folder", "nowhere"]),
        ("raid:", "catalogue_overrides: {systems.s400-turkiye-2.fire_unitz.count: 3}\nraid:", 14,
         "catalogue_overrides.systems.s400-turkiye-2.fire_unitz.count", ["fire_unit"]),
        # environment
        ("{ground_elevation: 800 m}", "{wind: [{altitude: 2 km, speed: 9 m/s, direction_from: 90}, {altitude: 1 km, "
         "speed: 9 m/s, direction_from: 90}], ground_elevation: 800 m}", 4, "environment.wind[1].altitude", ["go up"]),
    ],
)  # fmt: skip
def test_one_mistake_one_message(
    tmp_path: Path, old: str, new: str, line: int, path: str, words: list[str]
) -> None:
    assert GOOD.count(old) >= 1
    findings = findings_of(tmp_path, GOOD.replace(old, new, 1))
    if not words:
        assert findings == []
        return
    assert len(findings) == 1, [str(finding) for finding in findings]
    finding = findings[0]
    assert (finding.line, finding.path) == (line, path), str(finding)
    assert finding.column >= 1
    assert finding.file.endswith("battle.yaml")
    for word in words:
        assert word in finding.message, finding.message


def test_all_findings_come_in_one_list_schema_and_meaning_together(tmp_path: Path) -> None:
    text = (
        GOOD.replace("duration: 20 min", "duration: 20 km")
        .replace("[90, 180]", "[90]")
        .replace("threat: som", "threat: sam")
        .replace("distance: 150 km", "distance: 150 deg")
        .replace("- name: scud", "- name: City")
        .replace("  - name: North\n", "  - nmae: North\n")
    )
    found = [(finding.line, finding.path) for finding in findings_of(tmp_path, text)]
    assert found == [
        (3, "duration"),
        (10, "systems[0].nmae"),
        (16, "raid[0].threat"),
        (20, "raid[0].route[0].distance"),
        (22, "raid[1].name"),
    ]


def test_a_broken_item_does_not_shift_the_lines_of_those_after_it(tmp_path: Path) -> None:
    text = GOOD.replace("    threat: som\n", "").replace("threat: scud-b", "threat: scud-x")
    found = [(finding.line, finding.path) for finding in findings_of(tmp_path, text)]
    assert found == [(15, "raid[0].threat"), (22, "raid[1].threat")]


def test_a_member_may_not_take_the_name_of_an_asset(tmp_path: Path) -> None:
    (finding,) = findings_of(tmp_path, GOOD.replace("City", "som-02"))
    assert (finding.line, finding.path) == (15, "raid[0].name")
    assert "'som-02'" in finding.message and "taken" in finding.message


def test_neither_asset_nor_fire_unit(tmp_path: Path) -> None:
    text = "parapet: 1\ntitle: x\nduration: 1 min\nraid: []\n"
    findings = findings_of(tmp_path, text)
    assert len(findings) == 1
    assert "neither an asset nor a fire unit" in findings[0].message


def test_a_speed_above_all_models_is_said_with_its_place(tmp_path: Path) -> None:
    (finding,) = findings_of(tmp_path, GOOD.replace("280 m/s", "34000 km/h"))
    assert str(finding).startswith(
        f"{tmp_path}/battle.yaml:18:5 raid[0].speed: 9,444 m/s is outside this motion model"
    )


def test_more_threats_than_the_limit(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, GOOD.replace("count: 4", "count: 4000"))
    assert [(finding.line, finding.path) for finding in findings] == [(17, "raid[0].count")]
    assert "4,001 threats" in findings[0].message
    assert f"the limit is {MAX_THREATS:,}" in findings[0].message
    assert f"{memory_bytes(4001) / 2**30:.1f} GiB" in findings[0].message


def test_a_hash_collision_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # 64 bits do not collide in a test, so the number is cut to the length of the name.
    monkeypatch.setattr(names, "name_id", lambda text: 7 if text in ("som-02", "City") else hash(text))
    (finding,) = findings_of(tmp_path, GOOD)
    assert finding.line == 15
    assert "same 64-bit number" in finding.message
    assert "'som-02'" in finding.message and "'City'" in finding.message


def test_a_file_that_is_not_there_offers_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "ankara.yaml").write_text(GOOD, encoding="utf-8")
    scenario, findings = check_file(tmp_path / "ankra.yaml")
    assert scenario is None
    assert "there is no such file" in findings[0].message
    assert "ankara.yaml" in findings[0].message


@pytest.mark.parametrize(
    "content", [b"", b"just text", b"- a\n- b\n", b"parapet: 1\n\xff\n", b"a: &a [*a]\n", b"\x00"]
)
def test_odd_files_give_findings_not_tracebacks(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "odd.yaml"
    file.write_bytes(content)
    scenario, findings = check_file(file)
    assert scenario is None
    assert findings and findings[0].file == str(file)


def test_aliases_cannot_blow_up_memory(tmp_path: Path) -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    file = tmp_path / "bomb.yaml"
    file.write_text("\n".join(rows), encoding="utf-8")
    scenario, findings = check_file(file)
    assert scenario is None
    assert any("too large" in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("old", "new", "line", "severity", "word"),
    [
        ("    boresights", "    status: dormant\n    boresights", 9, "note", "every system is dormant"),
        (
            "    boresights",
            "    ready_after: 5 min\n    boresights",
            13,
            "warning",
            "operational from the start",
        ),
        ("    count: 4", "    time: 30 min", 17, "warning", "after the battle ends"),
        ("duration: 20 min", "duration: 2 min", 15, "note", "cannot reach the aim"),
        ("    boresights", "    elevation: 1200 m\n    boresights", 13, "note", "smooth ground at 800 m"),
    ],
)
def test_what_is_odd_but_allowed_is_no_error(
    tmp_path: Path, old: str, new: str, line: int, severity: str, word: str
) -> None:
    text = GOOD.replace(old, new, 1)
    assert findings_of(tmp_path, text) == []
    findings = findings_of(tmp_path, text, severity)
    assert [(finding.line, word in finding.message) for finding in findings] == [(line, True)]


def test_no_fire_unit_at_all_is_a_valid_baseline(tmp_path: Path) -> None:
    start, end = GOOD.index("systems:"), GOOD.index("raid:")
    text = GOOD[:start] + GOOD[end:]
    assert findings_of(tmp_path, text) == []
    assert "undefended baseline" in findings_of(tmp_path, text, "note")[0].message


def test_load_raises_with_everything_and_exit_code_2(tmp_path: Path) -> None:
    file = tmp_path / "battle.yaml"
    file.write_text(GOOD.replace("threat: som", "threat: sam").replace("280 m/s", "280 km"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(file)
    assert caught.value.exit_code == 2
    assert [finding.line for finding in caught.value.findings] == [16, 18]


def test_overrides_change_the_catalogue_of_this_scenario_only(tmp_path: Path) -> None:
    file = tmp_path / "battle.yaml"
    text = GOOD.replace("raid:", "catalogue_overrides: {systems.s400-turkiye-2.fire_units.count: 3}\nraid:")
    file.write_text(text.replace("[90, 180]", "[90, 180, 270]"), encoding="utf-8")
    scenario, used, findings = load(file)
    assert findings == []
    assert used.systems["s400-turkiye-2"].si("fire_units.count") == 3.0
    assert catalogue.load().systems["s400-turkiye-2"].si("fire_units.count") == 2.0
    assert catalogue_for(scenario).hash == used.hash


def test_check_of_a_scenario_made_by_read_finds_the_same(tmp_path: Path) -> None:
    file = tmp_path / "battle.yaml"
    file.write_text(GOOD.replace("threat: som", "threat: sam"), encoding="utf-8")
    findings = check_module.check(read(file), catalogue.load())
    assert [(finding.line, finding.column, finding.path) for finding in findings] == [
        (16, 5, "raid[0].threat")
    ]
