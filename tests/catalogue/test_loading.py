"""Wrong data files give one clear message each; folders, copies, the hash and the clock."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from parapet import catalogue
from parapet.catalogue import load, loading
from parapet.catalogue.sources import sources_in
from parapet.errors import CatalogueError

ASSET = """\
hangar:
  name: Hangar
  kind: template
  value: {low: 1, nominal: 2, high: 3, unit: "1", grade: notional, note: guess}
  radius: {low: 10, nominal: 20, high: 30, unit: m, grade: notional, note: guess}
  hardness: medium
"""


def folder_with(tmp_path: Path, text: str, name: str = "assets.yaml") -> Path:
    (tmp_path / name).write_text(textwrap.dedent(text), encoding="utf-8")
    return tmp_path


def message_of(folder: Path) -> str:
    with pytest.raises(CatalogueError) as caught:
        load(folder)
    assert len(caught.value.findings) == 1, str(caught.value)
    return str(caught.value)


def test_an_extra_folder_adds_entries(tmp_path: Path) -> None:
    more = load(folder_with(tmp_path, ASSET))
    assert more.assets["hangar"].si("radius") == 20
    assert "hangar" not in load().assets
    assert more.hash != load().hash


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("unit: m, ", "", 5, ["assets.hangar.radius", "has no unit"]),
        ("unit: m,", "unit: kg,", 5, ["assets.hangar.radius", "measures mass", "expected length"]),
        ("unit: m,", "unit: metr,", 5, ["assets.hangar.radius", "is not a unit"]),
        ("unit: m, grade: notional", "unit: m", 5, ["assets.hangar.radius", "has no grade"]),
        ("m, grade: notional", "m, grade: guess", 5, ["got grade 'guess'", "second-hand"]),
        ("m, grade: notional, note: guess", "m, grade: notional", 5, ["no note"]),
        ("low: 10", "low: 25", 5, ["low <= nominal <= high does not hold"]),
        ("low: 10, ", "", 5, ["has no 'low'"]),
        ("nominal: 20", "nominal: many", 5, ["'many'", "expected a number"]),
        ("nominal: 2,", "nominal: 1e3,", 4, ["'1e3'", "1.0e-6"]),
        ("high: 30, unit: m", "high: 30, unit: m, sigma: 2", 5, ["unknown key 'sigma'"]),
        ("high: 30, unit: m", "hihg: 30, unit: m", 5, ["unknown key 'hihg'", "Did you mean 'high'"]),
        ("unit: m, grade: notional, note: guess", "unit: m, grade: read", 5, ["'read' but no source"]),
        ("unit: m, grade: notional", "unit: m, source: tass-1075050, grade: notional", 5, ["and a source"]),
        ("unit: m, grade: notional, note: guess", "unit: m, grade: read, source: tass-107505", 5,
         ["not in sources.bib", "Did you mean 'tass-1075050'"]),
        ("unit: m, grade: notional, note: guess", "unit: m, grade: read, source: 'https://tass.com'", 5,
         ["source is a URL", "pointer"]),
        ("unit: m, grade: notional", "unit: m, pointer: tass, grade: notional", 5, ["expected a URL"]),
        ("unit: m, grade: notional", "unit: m, fit: tuned, grade: notional", 5, ["got fit 'tuned'", "fitted"]),
        ("high: 30, unit: m", "high: 30000, unit: km", 5, ["outside the plausible range", "Is the unit right?"]),
        ("  hardness: medium", "  hardness: tough", 6, ["assets.hangar.hardness", "'tough'", "'medium'"]),
        ("  hardness: medium", "", 1, ["assets.hangar", "hardness"]),
        ("  radius:", "  raduis:", 5, ["unknown key", "Did you mean 'radius'"]),
        ("  name: Hangar\n", "", 1, ["assets.hangar.name", "is missing"]),
        ("  name: Hangar\n", "  name: Hangar\n  name: Shed\n", 3, ["stands here twice"]),
        ("hangar:", "airbase:", 0, ["assets.airbase", "already used", "catalogue_overrides"]),
        ("hangar:", "hangar: [", 3, ["not valid YAML"]),
        ("  name: Hangar\n", "  name: Hangar\n  id: shed\n", 3, ["leave it out"]),
    ],
)  # fmt: skip
def test_a_wrong_entry_gives_one_message(
    tmp_path: Path, old: str, new: str, line: int, words: list[str]
) -> None:
    assert old in ASSET
    text = message_of(folder_with(tmp_path, ASSET.replace(old, new, 1)))
    assert f"assets.yaml:{line}" in text if line else "assets.yaml" in text
    for word in words:
        assert word in text, text


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    text = ASSET.replace("unit: m, ", "").replace("hardness: medium", "hardness: tough")
    with pytest.raises(CatalogueError) as caught:
        load(folder_with(tmp_path, text))
    assert [finding.line for finding in caught.value.findings] == [5, 6]


def test_an_unknown_section_and_a_wrong_form(tmp_path: Path) -> None:
    assert "Did you mean 'assets'" in message_of(folder_with(tmp_path, "asset:\n  x: {}\n", "mine.yaml"))
    (tmp_path / "mine.yaml").unlink()
    assert "expected a mapping id: entry" in message_of(folder_with(tmp_path, "", "threats.yaml"))


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="is not a folder"):
        load(tmp_path / "nowhere")


def test_a_folder_brings_its_own_sources(tmp_path: Path) -> None:
    (tmp_path / "sources.bib").write_text("@misc{mine,\n  title = {Mine},\n}\n", encoding="utf-8")
    text = ASSET.replace("unit: m, grade: notional, note: guess", "unit: m, grade: read, source: mine")
    assert load(folder_with(tmp_path, text)).assets["hangar"].figure("radius").source == "mine"


def test_a_system_must_name_things_that_exist() -> None:
    with pytest.raises(CatalogueError, match=r"'92n6' is not among the radars. Did you mean '92n6e'"):
        load().replace({"systems.s400-full.fire_units.engagement_radar": "92n6"})
    with pytest.raises(CatalogueError, match=r"'48n6e9' is not among the interceptors. Did you mean"):
        load().replace({"systems.s400-full.fire_units.load.48n6e9": 2})


def test_a_load_the_launchers_cannot_hold() -> None:
    with pytest.raises(CatalogueError, match=r"load fills 8.25 launchers, the fire unit has 8"):
        load().replace({"systems.s400-full.fire_units.load.48n6e3": 21})


def test_a_radar_needs_the_keys_of_its_kind() -> None:
    with pytest.raises(CatalogueError, match=r"a rotating_search radar also needs: period"):
        load().replace({"radars.91n6e.period": None})


def test_unknown_names_get_a_hint() -> None:
    with pytest.raises(CatalogueError, match=r"no radar is called '92N6'. Did you mean '92n6e'"):
        load().get("radar", "92N6")
    with pytest.raises(CatalogueError, match="It is one of the threats"):
        load().get("systems", "tomahawk")
    with pytest.raises(CatalogueError, match="Did you mean 'shahed-136'"):
        load().find("shahed-163")
    with pytest.raises(CatalogueError, match=r"'radras' is no kind of entry. Did you mean 'radars'"):
        load().get("radras", "x")
    entry = load().find("92n6e")
    with pytest.raises(CatalogueError, match=r"has no 'half_secter'. Did you mean 'half_sector'"):
        entry.figure("half_secter")
    with pytest.raises(CatalogueError, match="period is not given"):
        entry.figure("period")
    with pytest.raises(CatalogueError, match="is no figure"):
        entry.figure("band")
    assert entry.si("period", 7.0) == 7.0
    assert not entry.has("period")


def test_paths_reach_inside() -> None:
    whole = load()
    assert whole.find("radars.91n6e").si("modes.1.reference_range") == 230e3
    assert whole.find("s400-full").si("fire_units.load.48n6e3") == 20
    assert whole.find("92n6e").si("mast_height.1") == 39


def test_replace_makes_a_changed_copy() -> None:
    before = load()
    old_hash = before.hash
    after = before.replace(
        {
            "systems.s400-full.fire_units.count": 5,
            "system.s400-full.fire_units.n_target_channels": 7,
            "systems.s400-full.fire_units.n_missile_channels": 13,
            "radars.91n6e.modes.air.reference_range": "300 km",
            "interceptors.48n6e3.range_air.nominal": 245,
            "systems.s400-full.fire_units.load": {},
            "systems.s400-full.fire_units.load.48n6e2": 4,
            "systems.s400-fire-unit.fire_units.load.40n6e": None,
            "threats.tomahawk.swerling": 0,
        }
    )
    system = after.systems["s400-full"]
    assert (system.si("fire_units.count"), system.si("fire_units.n_target_channels")) == (5, 7)
    assert list(system.fire_units.load) == ["48n6e2"]
    assert "40n6e" not in after.systems["s400-fire-unit"].fire_units.load
    assert after.radars["91n6e"].si("modes.air.reference_range") == 300e3
    assert after.interceptors["48n6e3"].figure("range_air").nominal == 245e3
    assert after.interceptors["48n6e3"].figure("range_air").low == 240e3
    assert after.threats["tomahawk"].swerling == 0
    changed = system.figure("fire_units.count")
    assert (changed.grade, changed.source, changed.low, changed.high) == ("notional", "", 5, 5)
    assert after.hash != old_hash
    assert before.hash == old_hash and before.systems["s400-full"].si("fire_units.count") == 8
    assert load() is before


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("systems.s400-full", 5, "is no path to a figure"),
        ("systems.s400-ful.fire_units.count", 5, "Did you mean 's400-full'"),
        ("systems.s400-full.fire_unit.count", 5, "Did you mean 'fire_units'"),
        ("systems.s400-full.fire_units.count", "many", "expected a number"),
        ("radars.91n6e.modes.air.reference_range", "300 kg", "measures mass"),
        ("radars.91n6e.modes.air.reference_rnge", "300 km", "unknown key. Did you mean 'reference_range'"),
        ("interceptors.48n6e3.launch_mass.low", 3000, "does not hold"),
    ],
)
def test_replace_refuses_what_leads_nowhere(path: str, value: object, message: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        load().replace({path: value})
    assert message in str(caught.value)


def test_the_hash_does_not_depend_on_where_files_lie(tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(loading.DATA_FOLDER, copy)
    folders = (copy,)
    assert loading._load(folders, loading._stamp(folders)).hash == load().hash


def test_the_catalogue_cannot_be_changed() -> None:
    whole = load()
    with pytest.raises(TypeError):
        whole.radars["mine"] = whole.radars["91n6e"]  # type: ignore[index]
    with pytest.raises(ValueError, match="frozen"):
        whole.radars["91n6e"].band = "X"
    with pytest.raises(AttributeError):
        whole.radars["91n6e"].period.nominal = 1.0  # type: ignore[union-attr, misc]


def test_grades_share_sums_to_one() -> None:
    shares = load().grades_share()
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares["read"] > 0.03 and shares["notional"] < 0.8
    assert load().grades_share("radars")["read"] < 1.0


def test_neither_numba_nor_polars_is_imported() -> None:
    code = (
        "import sys, parapet.catalogue as c; c.load(); c.describe('92n6e'); "
        "sys.exit(' '.join(m for m in ('numba', 'polars', 'numpy') if m in sys.modules) or None)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_sources_are_parsed() -> None:
    found = sources_in("@book{zarchan,\n  author = {Zarchan, P.},\n  title = {Tactical {and} so on},\n}\n")
    assert found["zarchan"].fields["title"] == "Tactical {and} so on"
    assert load().sources["domainb-s400"].url.startswith("https://domain-b.com")
    assert "zarchan" in load().sources


def test_entries_can_be_shown() -> None:
    from rich.console import Console

    console = Console(width=160, record=True, file=io.StringIO())
    console.print(catalogue.list_entries())
    for name in ("91n6e", "40n6e", "s400-turkiye-2", "threats.shahab-3", "assets.radar", "scud-b"):
        console.print(catalogue.describe(name))
    text = console.export_text()
    for words in ("40n6e", "390 km", "general knowledge", "said to stand at", "Figures by grade"):
        assert words.lower() in text.lower()
    with pytest.raises(CatalogueError, match="Did you mean 'radars'"):
        catalogue.list_entries("radrs")
