"""The ledger: what stands in it, what is refused, and what was known when."""

from __future__ import annotations

import re
import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from parapet.disposition.statements import Pattern, Sum, load_ledger
from parapet.disposition.yaml_data import DATA_FOLDER
from parapet.errors import InputError

LEDGER = load_ledger()

#: Every dated row of the compiled time line, by a statement that holds it.
ROW_NAMES = """
erdogan-signatures caatsa-enacted erdogan-deposit signed-in-2017 nearly-a-decade rostec-terms loan-signed first-f35
ndaa2019-enacted patriot-notified failed-patriot-talks f35-paid-125 first-delivery f35-paid-140 removal-2019
graham-activation second-battery operational-2020 turn-it-off not-yet-on sanctions-not-yet get-rid-of radar-tests
ndaa2020-enacted thune-buy usaf-buys-eight second-batch live-firing sanctions-imposed ndaa2021-enacted
nato-not-integrated removal-2021 ukraine-idea ukraine-refused f16-notified wallander-offer hand-over-rebuffed
dormant-offered pentagon-no-change lavrov-consent mod-firm stakes-will-mount f16-scaled-down f16-down-payment
fidan-rubio trump-call visits-coming sanctions-late-2020 biden-talks-stalled caatsa-illogical non-operational-offer
delegation-next-week akturk-sequence f16-limited-progress erdogan-closed forty-members state-reply-august
nefes-buy-back trump-almost-immediately trump-something-for-us netanyahu-small-chance barrack-operability
barrack-4-6-months fidan-work-started fidan-second-term sanctions-remain heart-of-talks clear-and-permanent refused-all
transfer-not-on-table botas-renewal barrack-nor-possess raised-with-putin state-letter explored-return
offset-one-option lifted-next-year peskov-denial trump-gift-hints legally-investigated
"""
ROWS = re.findall(r"\S+", ROW_NAMES)


def test_every_row_of_the_time_line_is_in_it():
    assert len(ROWS) == len(set(ROWS)) >= 66
    assert [name for name in ROWS if name not in LEDGER] == []


def test_statements_are_attributed_and_in_order():
    for one in LEDGER.statements:
        assert one.sources and one.text and one.actor in LEDGER.vocabulary.actors
        assert all(LEDGER.source_text(key) for key in one.sources)
        assert date(2015, 1, 1) <= one.date.first and one.date.last <= date(2026, 12, 31)
    firsts = [one.date.first for one in LEDGER.statements]
    assert firsts == sorted(firsts)


def test_claim_and_denial_of_december_2025_both_stand():
    claim, denial = LEDGER["raised-with-putin"], LEDGER["peskov-denial"]
    assert (claim.status, denial.status) == ("claim", "claim")
    assert (claim.subject, claim.predicate) == (denial.subject, denial.predicate)
    assert set(claim.object) == set(denial.object)
    assert denial.denied and not claim.denied
    assert denial.answers == ("raised-with-putin",)
    assert claim.known.first == date(2025, 12, 17) and denial.known.first == date(2025, 12, 18)


def test_the_two_sums_of_1_4_billion_are_two_subjects():
    f35, f16 = LEDGER["f35-paid-140"], LEDGER["f16-down-payment"]
    assert f35.sum == f16.sum
    assert f35.subject != f16.subject


def test_as_of_shows_only_what_was_known():
    day = date(2025, 12, 17)
    known = LEDGER.until(day)
    assert "raised-with-putin" in known and "peskov-denial" not in known
    assert "signed-in-2017" not in LEDGER.until(date(2017, 12, 31))  # told in 2024
    assert "lavrov-consent" not in LEDGER.until(date(2024, 9, 27))
    assert "nefes-buy-back" in known
    with pytest.raises(InputError, match="as of 2025-12-17"):
        known["peskov-denial"]


def test_a_month_is_known_at_its_end():
    assert "radar-tests" not in LEDGER.until(date(2019, 11, 29))
    assert "radar-tests" in LEDGER.until(date(2019, 11, 30))


def test_more_days_never_take_statements_away():
    days = [date(2017, 1, 1), date(2019, 7, 12), date(2020, 12, 14), date(2024, 1, 26), date(2025, 12, 18)]
    sets = [{one.id for one in LEDGER.until(day).statements} for day in days]
    assert all(a < b for a, b in pairwise(sets))


def test_matching_leaves_forecasts_out():
    found = LEDGER.matching(Pattern(subject="s400", predicate="operated", object="operational-use"))
    assert [one.id for one in found] == ["not-in-use"]


def test_sums_overlap_within_their_rounding():
    def of(low, high):
        return Sum(low=low, high=high, unit="USD bn")

    assert of(2.0, None).overlaps(of(2.5, 2.5))
    assert not of(1.25, 1.25).overlaps(of(1.4, 1.4))
    assert of(1.0, 1.2).overlaps(of(1.2, 1.5))
    assert str(of(2.0, None)) == "2 USD bn or more"


# --- bad input ------------------------------------------------------------------------------------------------------

GOOD = """ledger: 1
statements:
  - id: one
    date: 2017-07-25
    actor: tr
    text: Something was said
    subject: tr
    predicate: considers
    object: dormant
    status: claim
    tag: S
    sources: ["https://example.org/a"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("vocabulary.yaml", "sources.yaml"):
        shutil.copy(DATA_FOLDER / name, tmp_path / name)
    return tmp_path


def test_a_ledger_of_ones_own(folder: Path):
    (folder / "ledger.yaml").write_text(GOOD, encoding="utf-8")
    assert [one.id for one in load_ledger(folder).statements] == ["one"]


FORECAST = "{says: it comes, outcome: {subject: tr, predicate: considers}}"


@pytest.mark.parametrize(
    "old, new, line, said",
    [
        (
            '    sources: ["https://example.org/a"]\n',
            "",
            3,
            "'sources' is missing: a statement without a source",
        ),
        ('["https://example.org/a"]', "[]", 12, "a statement without a source cannot stand"),
        ('["https://example.org/a"]', "[reuters-2091]", 12, "Did you mean 'reuters-2019'?"),
        ("2017-07-25", "2017-02-30", 4, "February 2017 has 28 days"),
        ("2017-07-25", "next week", 4, "expected a date such as"),
        ("status: claim", "status: rumour", 10, "expected 'fact', 'claim' or 'forecast'"),
        ("status: claim", "status: forecast", 3, "has a block 'forecast:'"),
        ("status: claim", f"status: claim\n    forecast: {FORECAST}", 3, "has a block 'forecast:'"),
        ("actor: tr", "actor: tk", 5, "there is no actor 'tk'. Known: tr, us-exec"),
        ("predicate: considers", "predicate: considrs", 8, "Did you mean 'considers'?"),
        ("object: dormant", "at: 2017", 9, "takes no 'at', it is told with 'object'"),
        ("subject: tr", "subject: turkey", 7, "there is no subject 'turkey'"),
        ("tag: S", "tag: Q", 11, "expected 'T', 'S', 'M' or 'I'"),
        ("tag: S", "tag: S\n    answers: [two]", 12, "there is no statement 'two'"),
        ("    tag: S\n", "    tag: S\n    colour: red\n", 12, "unknown key 'colour'"),
        ("ledger: 1\n", "", 1, "'ledger: 1'. It is missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(folder: Path, old, new, line, said):
    assert old in GOOD
    file = folder / "ledger.yaml"
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_ledger(folder)
    found = [(finding.line, str(finding)) for finding in caught.value.findings]
    assert any(at == line and said in text and str(file) in text for at, text in found), found


def test_an_id_used_twice_and_a_missing_ledger(folder: Path):
    with pytest.raises(InputError, match="no file ledger"):
        load_ledger(folder)
    item = GOOD.split("statements:\n")[1]
    (folder / "ledger.yaml").write_text(GOOD + item, encoding="utf-8")
    with pytest.raises(InputError, match="'one' is used twice"):
        load_ledger(folder)


def test_all_findings_come_at_once(folder: Path):
    text = GOOD.replace("2017-07-25", "2017-02-30").replace("status: claim", "status: rumour")
    (folder / "ledger.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_ledger(folder)
    assert len(caught.value.findings) == 2
