"""`parapet replay`: what it says, saves, serves and refuses."""

from __future__ import annotations

import re
import threading
import urllib.request

import pytest
from tests.web.conftest import ROOT

from parapet import cli
from parapet.web import page
from parapet.web.serve import ReplayServer

FILE = str(ROOT / "examples" / "low-flyer.yaml")


def call(capsys, *words):
    code = cli.main(["replay", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_saves(built, capsys, tmp_path):
    code, out, _ = call(capsys, FILE, "--seed", "3", "--run", "1", "--save", str(tmp_path / "r"))
    assert code == 0 and str(tmp_path / "r" / "index.html") in out
    text = (tmp_path / "r" / "battle.js").read_text()
    assert '\\"seed\\":3,\\"run\\":1' in text


def test_serves_until_interrupted(built, capsys, monkeypatch):
    opened, answers = [], []
    monkeypatch.setattr("webbrowser.open", opened.append)
    serve = ReplayServer.serve_forever

    def once(self, *_):
        thread = threading.Thread(target=serve, args=(self, 0.01))
        thread.start()
        answers.append(urllib.request.urlopen(self.url + "battle.js", timeout=5).read(30))
        self.shutdown()
        thread.join()
        raise KeyboardInterrupt

    monkeypatch.setattr(ReplayServer, "serve_forever", once)
    code, out, err = call(capsys, FILE)
    url = re.search(r"http://127\.0\.0\.1:\d+/", out)
    assert code == 0 and url and opened == [url[0]] and answers == [b"globalThis.PARAPET_BATTLE = JS"]
    assert "Traceback" not in err
    code, out, _ = call(capsys, FILE, "--no-browser")
    assert code == 0 and len(opened) == 1


def test_refusals_come_before_anything_is_played(built, capsys, tmp_path):
    (tmp_path / "file").write_text("keep")
    code, out, err = call(capsys, FILE, "--save", str(tmp_path / "file"))
    assert code == 2 and "is a file" in err and "playing" not in err and not out
    (built / "replay.js").unlink()
    code, out, err = call(capsys, FILE)
    assert code == 2 and "make web" in err and "playing" not in err and not out


def test_a_taken_port(built, capsys):
    busy = ReplayServer(b"", 0)
    try:
        code, _, err = call(capsys, FILE, "--no-browser", "--port", str(busy.server_port))
    finally:
        busy.server_close()
    assert code == 2 and f"--port: {busy.server_port}" in err and "Leave --port out" in err


def test_a_run_of_a_stored_study(built, capsys, tmp_path):
    study = str(tmp_path / "study")
    assert cli.main(["study", FILE, "--out", study, "--runs", "2", "--workers", "1", "--quiet"]) == 0
    capsys.readouterr()
    assert call(capsys, study, "--run", "1", "--save", str(tmp_path / "a"))[0] == 0
    assert call(capsys, FILE, "--run", "1", "--save", str(tmp_path / "b"))[0] == 0
    assert (tmp_path / "a" / "battle.js").read_bytes() == (tmp_path / "b" / "battle.js").read_bytes()
    assert set(page.PAGE_FILES) <= {path.name for path in (tmp_path / "a").iterdir()}


@pytest.mark.parametrize("words", [["--port", "99999"], ["--run", "-1"]])
def test_wrong_use(built, words, capsys):
    assert call(capsys, FILE, *words)[0] == 2
