"""The scorecard as a result and a command; bad input; the typed table of the documentation."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest
from rich.console import Console
from tests.disposition.cards import FILE, NO_LIFT, ROOT, RUNS, TESTED, small_dispute

from parapet import cli
from parapet.disposition import scorecard as scorecards
from parapet.disposition.dispute import load_dispute
from parapet.disposition.reference import options_table
from parapet.disposition.scorecard_blocks import read_blocks
from parapet.disposition.scorecard_page import write_page
from parapet.disposition.scorecard_prose import conditions, prose
from parapet.disposition.scorecard_show import render
from parapet.disposition.scorecard_words import values_of
from parapet.errors import InputError


def spoken(capsys, *arguments):
    """Exit code, output and error text of a command."""
    code = cli.main(list(arguments))
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def test_json_has_every_option_with_every_column(card):
    data = json.loads(json.dumps(card.to_dict(), allow_nan=False))
    assert "Not legal advice" in data["notice"]
    assert [row["option"] for row in data["options"]] == list(card.titles)
    for row in data["options"]:
        for key in ("consents", "gates", "given", "battles", "exposure", "money", "stability"):
            assert row[key], (row["option"], key)
        assert set(row["battles"]) == {"cruise", "ballistic"}
    assert data["military"]["raids"][0]["runs"] == RUNS
    assert data["readings"] == dict(card.chosen)


def test_exposure_follows_the_state_of_the_radars(card):
    seen = {option: rows[0] for option, rows in card.watched.items()}
    assert seen["operate"].looks == seen["operate"].if_on
    assert set(seen["dormant"].looks.values()) == {0.0}
    assert seen["dormant"].if_on == seen["operate"].looks
    assert seen["hand-over"].if_on is None
    stored = seen["incirlik"]
    found = card.exposures["incirlik"]
    assert stored.if_on == {level: found.total(level, as_is=False) for level in ("low", "nominal", "high")}
    assert stored.if_on["high"] > 0.0 == stored.looks["high"]
    assert stored.looks == {level: found.total(level) for level in stored.looks}  # the file says the same


def test_first_day_is_the_one_asked_for_and_none_stands_twice(card):
    days = [(one.as_of, one.submission) for one in card.dates]
    assert days[0] == (card.dispute.data.as_of, card.dispute.data.submission)
    assert len(days) == len(set(days)) == 4


def test_json_says_on_which_law_the_shares_stand(card):
    card = dataclasses.replace(card, chosen={**card.chosen, **TESTED})
    data = card.to_dict()
    assert data["stability"]["law"] == {"as_of": data["as_of"], "submission": data["submission"]}
    assert data["stability"]["preferences_as_of"] == card.stability.as_of
    for told, dated in zip(data["dates"], card.dates, strict=True):
        for option in card.titles:
            for kind in ("reached", "lasting"):
                values = values_of(card.outcomes(option, dated), kind)
                assert told["stability"][option][kind] == [min(values), max(values)]
    shares = {told["as_of"]: told["stability"]["incirlik"]["lasting"] for told in data["dates"]}
    assert shares[data["as_of"]] == [0.0, 1.0] and shares[NO_LIFT.isoformat()] == [0.0, 0.0]


def test_json_terminal_and_prose_follow_the_day(card):
    chosen = {**card.chosen, **TESTED}
    own = dataclasses.replace(card, chosen=chosen)
    (dated,) = (one for one in card.dates if one.as_of == NO_LIFT)
    then = dataclasses.replace(own, dates=(dated, *card.dates))
    rows = [{row["option"]: row["stability"] for row in one.to_dict()["options"]} for one in (own, then)]
    lifting = [any("lift" in s["label"] for one in row["incirlik"] for s in one["states"]) for row in rows]
    assert lifting == [True, False]
    texts = [dict(prose(one))["Bargaining"] for one in (own, then)]
    same = "all but operating it and keeping it dormant: Türkiye and Russia."
    assert texts[1].endswith(same) and not texts[0].endswith(same)
    assert all(
        f"assumed as of {card.stability.as_of}, whatever the day" in conditions(one) for one in (own, then)
    )
    shown = []
    for one in (own, then):
        console = Console(width=100, file=io.StringIO())
        console.print(render(one))
        shown.append(console.file.getvalue())
    assert "lasts 0 to 100 %" in shown[0] and "lasts 0 to 100 %" not in shown[1]


def test_terminal_page_fits_a_hundred_columns(card):
    console = Console(width=100, file=io.StringIO())
    console.print(render(card))
    text = console.file.getvalue()
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 100
    assert "Not legal advice" in text and "…" not in text


def test_write_page_gives_its_size(card, tmp_path):
    path = tmp_path / "deep" / "card.html"
    assert write_page(card, path) == path.stat().st_size < 3e6


def test_command_writes_page_and_json(card, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(scorecards, "make_scorecard", lambda *_, **__: card)
    out = tmp_path / "card.html"
    code, told, err = spoken(capsys, "scorecard", str(FILE), "--out", str(out), "--json")
    assert code == 0 and json.loads(told)["title"] == card.dispute.data.title
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>") and str(out) in err


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--out", "card.pdf"], "expected a name that ends in .html"),
        (["--runs", "1"], "--runs: got 1, expected at least 2"),
        (["--reading", "incirlik"], "expected NAME=ANSWER"),
        (["--reading", "incirlik_is_posession=no"], "Did you mean 'incirlik_is_possession'"),
        (["--reading", "incirlik_is_possession=maybe"], "expected yes, no or open"),
        (["--as-of", "2026-02-30"], "February 2026 has 28 days"),
        (["--submission", "2020-01-01"], "lies before the day of the record"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_options_are_told_in_one_line(capsys, arguments, message):
    code, _, err = spoken(capsys, "scorecard", str(FILE), *arguments)
    assert code == 2 and message in err and len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("    variant: operate\n", "    variant: oprate\n", "there is no variant of"),
        ("  baseline: without", "  baseline: bare", "there is no variant of"),
        ("    dormant: {variant: operate, when", "    asleep: {variant: operate, when", "there is no option 'asleep'"),
        ("turkiye-cruise.yaml", "turkiye-crusie.yaml", "there is no file"),
        ("variants: {cruise: patrol, ballistic: without}", "variants: {cruise: patrol}", "against the raid 'ballistic' is missing"),
        ("    operate: {presets: [near, far], state: operational}\n", "", "the option 'operate' is missing here"),
        ("    destroy: {presets: [near, far]", "    destroy: {presets: [near, fra]", "there is no preset 'fra'. Did you mean 'far'"),
        ("state: operational", "state: sleeping", "expected"),
        ("dormant: dormant,", "dormant: sleeping,", "there is no value of an option in"),
        ("readmit-f35: f35}", "readmit-f53: f35}", "there is no counterpart 'readmit-f53'"),
        ("assumptions: [f35_needs_lift]", "assumptions: [refund_is_significant_transaction]", "is a reading of the law"),
        ("as_of: 2025-12-17, submission: 2026-01-05", "as_of: 2025-12-17, submission: 2025-01-05", "lies before"),
        ("    high: 30", "    high: 0.5", "low lies above high"),
        ("  baseline: without", "  basline: without", "unknown key 'basline'"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_wrong_blocks_are_told_with_file_and_line(tmp_path, old, new, message):
    file = small_dispute(tmp_path, (old, new))
    with pytest.raises(InputError) as caught:
        read_blocks(load_dispute(file))
    told = [finding for finding in caught.value.findings if message in finding.message]
    assert told, [finding.message for finding in caught.value.findings]
    assert told[0].file == str(file) and told[0].line


def test_a_dispute_without_the_blocks_has_a_scorecard_too(tmp_path):
    text = FILE.read_text(encoding="utf-8")
    file = tmp_path / "bare.yaml"
    file.write_text(text[: text.index("# What the scorecard adds")], encoding="utf-8")
    card = scorecards.make_scorecard(file, store=tmp_path / "store")
    assert card.military is None and card.stability is None and not card.watched
    assert write_page(card, tmp_path / "bare.html") > 1000
    assert not (tmp_path / "store").exists()
    assert card.to_dict()["options"][0]["battles"] == {}


def test_the_table_in_the_documentation_is_the_programs():
    text = (ROOT / "docs" / "disposition.md").read_text(encoding="utf-8")
    assert options_table(FILE) in text
