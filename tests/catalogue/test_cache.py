"""The stored catalogue never changes an answer: it is the one that would be built, or it is not used."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

import pytest
from pydantic import ValidationError

from parapet.catalogue import Catalogue, cache, load, loading
from parapet.catalogue.catalogue import Document
from parapet.catalogue.entries import SECTIONS
from parapet.scenario.check import check_file

ROOT = Path(__file__).resolve().parents[2]
HANGAR = """\
assets:
  hangar:
    name: Hangar
    kind: template
    value: {low: 1, nominal: 2, high: 3, unit: "1", grade: notional, note: guess}
    radius: {low: 10, nominal: 20, high: 30, unit: m, grade: notional, note: guess}
    hardness: medium
"""


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache folder, and nothing kept in memory."""
    monkeypatch.setenv("PARAPET_CACHE_DIR", str(tmp_path / "cache"))
    loading._load.cache_clear()
    yield tmp_path / "cache" / "catalogue"
    loading._load.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "mine.yaml").write_text(HANGAR, encoding="utf-8")
    return folder


def load_again(*folders: Path) -> Catalogue:
    """As another process would."""
    loading._load.cache_clear()
    return load(*folders)


def nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the catalogue was built")

    monkeypatch.setattr(loading, "_checked", refuse)


def test_a_stored_catalogue_is_the_one_that_was_built(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = load(folder)
    nothing_is_built(monkeypatch)
    again = load_again(folder)
    assert again is not built and again == built
    for entry in built.entries():
        same = again.get(entry.section, entry.id)
        assert type(same) is type(entry) and repr(same) == repr(entry)
        assert same.model_fields_set == entry.model_fields_set
        assert list(same.figures()) == list(entry.figures())
        assert same.model_dump() == entry.model_dump()
    assert again.documents["assets"]["hangar"].file == folder / "mine.yaml"
    for section in SECTIONS:
        assert isinstance(getattr(again, section), MappingProxyType)
    with pytest.raises(ValidationError, match="frozen"):
        again.radars["92n6e"].name = "x"
    change = {"systems.s400-full.fire_units.count": 5, "radars.91n6e.modes.air.reference_range": "300 km"}
    assert again.replace(change) == built.replace(change)
    (folder / "mine.yaml").write_text(HANGAR + "\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="was built"):
        load_again(folder)


def test_findings_are_the_same_with_a_built_and_with_a_stored_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "wrong.yaml"
    text = (ROOT / "examples" / "raid-80.yaml").read_text(encoding="utf-8")
    wrong.write_text(
        text.replace("system: s400", "system: s500").replace("threat: ", "threat: x"), encoding="utf-8"
    )
    files = [ROOT / "examples" / "raid-80.yaml", ROOT / "examples" / "patriot.yaml", wrong]
    built = [check_file(file) for file in files]
    loading._load.cache_clear()
    nothing_is_built(monkeypatch)
    assert [check_file(file) for file in files] == built
    assert any("Did you mean" in finding.message for finding in built[-1][1])


def test_changed_data_are_read_although_size_and_time_are_the_same(folder: Path) -> None:
    file = folder / "mine.yaml"
    times = (file.stat().st_atime_ns, file.stat().st_mtime_ns)
    before = load(folder)
    file.write_text(HANGAR.replace("nominal: 20", "nominal: 25"), encoding="utf-8")
    os.utime(file, ns=times)
    after = load_again(folder)
    assert (before.assets["hangar"].si("radius"), after.assets["hangar"].si("radius")) == (20, 25)
    assert before.hash != after.hash


def test_other_code_does_not_find_it(folder: Path, stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(folder)
    monkeypatch.setattr(cache, "_code", lambda: "another version")
    load_again(folder)
    assert len(list(stored.iterdir())) == 2


def other_figure(text: bytes) -> bytes:
    """What a careless hand would do: right JSON, another number."""
    assert b'"figure", 10.0, 20.0' in text
    return text.replace(b'"figure", 10.0, 20.0', b'"figure", 10.0, 21.0')


def other_shape(text: bytes) -> bytes:
    """A file that is whole by its own word, of some other program."""
    foreign = json.dumps({"hash": "1", "documents": [], "sources": {}, "entries": {}}).encode()
    return cache._digest(foreign) + b"\n" + foreign


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: b"",
        lambda text: text[: len(text) // 2],
        lambda text: b"{half a",
        other_figure,
        other_shape,
    ],
    ids=["empty", "cut short", "no JSON", "another figure", "another shape"],
)
def test_a_broken_file_is_built_anew(folder: Path, stored: Path, spoil: Callable[[bytes], bytes]) -> None:
    built = load(folder)
    (file,) = stored.iterdir()
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    assert load_again(folder) == built
    assert file.read_bytes() == whole


def test_no_folder_to_write_to(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = load(folder)
    (tmp_path / "a-file").write_text("no folder")
    monkeypatch.setenv("PARAPET_CACHE_DIR", str(tmp_path / "a-file"))
    assert load_again(folder) == built

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setenv("PARAPET_CACHE_DIR", str(tmp_path / "other"))
    monkeypatch.setattr(cache.tempfile, "mkstemp", refuse)
    assert load_again(folder) == built


def test_what_json_would_change_is_not_stored(stored: Path) -> None:
    whole = load()
    (file,) = stored.iterdir()
    file.unlink()
    old = whole.documents["assets"]["radar"]
    assets = {**whole.documents["assets"], "radar": Document(old.file, {**old.raw, 7: "a number as a key"})}
    odd = dataclasses.replace(whole, documents={**whole.documents, "assets": assets})
    cache.write("odd", odd, (loading.DATA_FOLDER,))
    assert not list(stored.iterdir())
    cache.write("even", whole, (loading.DATA_FOLDER,))
    assert [path.name for path in stored.iterdir()] == ["even.json"]


def test_only_the_newest_are_kept(stored: Path) -> None:
    whole = load()
    for i in range(cache.FILES_MAX + 3):
        (stored / f"old{i}.json").write_text("{}")
        os.utime(stored / f"old{i}.json", ns=(i, i))
    cache.write("newest", whole, (loading.DATA_FOLDER,))
    left = {path.stem for path in stored.iterdir()}
    assert len(left) == cache.FILES_MAX and "newest" in left and "old0" not in left
