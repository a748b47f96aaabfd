"""A saved replay: whole, replaced by itself only, and nothing of others overwritten."""

from __future__ import annotations

import pytest

from parapet.errors import InputError
from parapet.web import page
from parapet.web.saving import check_folder, save


def test_saves_everything_and_again(built, tmp_path):
    target = tmp_path / "a" / "replay"
    opened = save(b"one", target)
    assert opened == target / "index.html"
    want = {*page.PAGE_FILES, "battle.js", "read-me.txt"}
    assert {path.name for path in target.iterdir()} == want
    assert (target / "battle.js").read_bytes() == b"one"
    save(b"two", target)
    assert (target / "battle.js").read_bytes() == b"two"
    assert {path.name for path in target.iterdir()} == want


def test_nothing_of_others_is_touched(built, tmp_path):
    (tmp_path / "file").write_text("keep")
    with pytest.raises(InputError, match="is a file"):
        save(b"", tmp_path / "file")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("keep")
    with pytest.raises(InputError, match=r"thesis\.txt"):
        save(b"", tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.txt"]
    (tmp_path / "odd" / "index.html").mkdir(parents=True)
    with pytest.raises(InputError, match=r"index\.html"):
        check_folder(tmp_path / "odd")


def test_a_page_that_is_not_built_leaves_no_folder(built, tmp_path):
    (built / "replay.js").unlink()
    with pytest.raises(InputError, match="make web"):
        save(b"", tmp_path / "new")
    assert not (tmp_path / "new").exists()
