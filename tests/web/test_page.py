"""The page as it stands in the sources, as it is built where it is, and as the wheel takes it along."""

from __future__ import annotations

import json
import re
import shutil
import zipfile

import pytest
from tests.web.conftest import ROOT

from parapet.errors import InputError
from parapet.web import page


def test_the_policy_is_strict():
    rules = dict(
        rule.strip().split(" ", 1) for rule in page.policy((ROOT / "web/index.html").read_bytes()).split(";")
    )
    assert rules["default-src"] == "'none'" and rules["connect-src"] == "'none'"
    assert rules["script-src"] == "'self'" and rules["style-src"] == "'self'"
    assert (
        rules["worker-src"] == "blob:" and rules["base-uri"] == "'none'" and rules["form-action"] == "'none'"
    )
    assert rules["img-src"] == "'self' data: blob:"
    assert set(rules) == {
        "default-src", "connect-src", "script-src", "style-src", "worker-src", "base-uri", "form-action", "img-src",
    }  # fmt: skip


def test_a_page_without_policy_is_refused():
    with pytest.raises(InputError, match="no Content-Security-Policy"):
        page.policy(b"<!doctype html>")


def test_no_html_is_made_from_text():
    """The page puts text in as text: none of the doors by which text becomes markup or code is used."""
    doors = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|setHTML|"
        r"createContextualFragment|DOMParser|javascript:"
    )
    sources = sorted((ROOT / "web/src").glob("*.js"))
    assert len(sources) > 8
    for path in sources:
        assert not doors.search(path.read_text(encoding="utf-8")), path.name
    html = (ROOT / "web/index.html").read_text(encoding="utf-8")
    assert not re.search(r"\son\w+=|style=|<script(?![^>]*\bsrc=)|https?://", html)


def test_the_lock_names_no_host():
    lock = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert len(packages) > 20
    assert not [name for name, one in packages.items() if "resolved" in one]
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
    wanted = json.loads((ROOT / "web/package.json").read_text(encoding="utf-8"))
    pinned = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned.values())
    assert "omit-lockfile-registry-resolved=true" in (ROOT / "web/.npmrc").read_text()


def test_a_page_that_is_not_built_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="make web"):
        page.page_files(tmp_path)


def test_the_wheel_takes_the_built_page_along(tmp_path):
    """Files that the repository ignores, but the wheel must hold."""
    pytest.importorskip("hatchling")
    from hatchling.builders.wheel import WheelBuilder

    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path / name)
    package = tmp_path / "src/parapet"
    (package / "web/static").mkdir(parents=True)
    shutil.copy(ROOT / "src/parapet/__init__.py", package / "__init__.py")
    for name in page.PAGE_FILES:
        (package / "web/static" / name).write_text(name)
    (package / "web/static.pyc").write_text("ignored")
    wheel = next(WheelBuilder(str(tmp_path)).build(directory=str(tmp_path / "dist"), versions=["standard"]))
    names = zipfile.ZipFile(wheel).namelist()
    assert {f"parapet/web/static/{name}" for name in page.PAGE_FILES} <= set(names)
    assert "parapet/web/static.pyc" not in names  # so what is ignored otherwise still is


@pytest.mark.skipif(not page.STATIC.is_dir(), reason="the page has not been built (make web)")
def test_the_built_page_names_no_place_outside():
    files = page.page_files()
    html = files["index.html"].decode()
    assert not re.search(r"https?://|//[a-z]", html)
    assert re.findall(r'(?:src|href)="([^"]*)"', html) == [
        "data:,", "./replay.css", "./battle.js", "./replay.js", "licences.txt",
    ]  # fmt: skip
    assert b"url(" not in files["replay.css"] and b"@import" not in files["replay.css"]
    assert b"new Function(" not in files["replay.js"]
    for who in (b"CesiumJS", b"milsymbol", b"Natural Earth"):
        assert who in files["licences.txt"]
