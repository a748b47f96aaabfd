"""The page: every figure is the result's, nothing can break out, nothing is asked of others, and switching works."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import os
import random
import re
import shutil
import subprocess

import lxml.html
import pytest
from tests.disposition.cards import NO_LIFT, RUNS, TESTED

from parapet.disposition.options import weigh_options
from parapet.disposition.scorecard_law import ANSWERS, GATES
from parapet.disposition.scorecard_page import GIVEN, _View, link, page
from parapet.disposition.scorecard_prose import leads, prose
from parapet.disposition.scorecard_stability import day_rows, stability_words, state_rows
from parapet.disposition.scorecard_words import consent, gate, given, mean_of, range_of, share_of
from parapet.disposition.show_money import span
from parapet.disposition.yaml_data import NOTICE

CHROMIUM = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }} \" '"


@pytest.fixture(scope="module")
def html(card):
    return page(card)


@pytest.fixture(scope="module")
def tree(html):
    return lxml.html.document_fromstring(html)


def words(element):
    """Text of an element with single spaces."""
    return " ".join(" ".join(element.itertext()).split())


def same(text):
    return " ".join(text.split())


# ------------------------------------------------------------------------------------------------ closed in ----


def test_page_asks_nobody_for_anything(tree):
    assert not tree.xpath("//*[@src] | //link | //iframe | //object | //embed | //form | //base")
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert not tree.xpath("//*[@style] | //*[@*[starts-with(name(), 'on')]]")


def test_policy_allows_exactly_the_style_and_script_on_the_page(tree):
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    scripts = [one for one in tree.xpath("//script") if one.get("type") != "application/json"]
    assert len(scripts) == 1 and len(tree.xpath("//style")) == 1
    for kind, element in (("script-src", scripts[0]), ("style-src", tree.xpath("//style")[0])):
        digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert (
        "eval" not in scripts[0].text
        and "innerHTML" not in scripts[0].text
        and "fetch" not in scripts[0].text
    )


def test_markup_in_data_stays_text(card):
    ledger = card.dispute.ledger
    first = ledger.statements[0]
    statement = first.model_copy(
        update={"text": EVIL, "note": EVIL, "sources": (*first.sources, "javascript://x%0aalert(3)")}
    )
    ledger = dataclasses.replace(ledger, statements=(statement, *ledger.statements[1:]), _by_id={})
    option = card.dispute.data.options[0].model_copy(update={"title": EVIL, "short": EVIL, "does": (EVIL,)})
    data = card.dispute.data.model_copy(
        update={"title": EVIL, "options": (option, *card.dispute.data.options[1:])}
    )
    labels = (dataclasses.replace(card.dates[0], label=EVIL), *card.dates[1:])
    evil = dataclasses.replace(
        card, dispute=dataclasses.replace(card.dispute, data=data, ledger=ledger), dates=labels, command=EVIL
    )
    text = page(evil)
    made = lxml.html.document_fromstring(text)
    assert "<img src=x" not in text and "<script>alert(1)" not in text and '49 "' not in text
    assert not made.xpath("//img")
    assert len(made.xpath("//script")) == 2
    assert not [href for href in made.xpath("//a/@href") if not href.startswith(("#", "https://", "http://"))]
    assert made.xpath("//h1")[0].text_content() == EVIL
    data = json.loads(made.xpath("//script[@id='data']")[0].text)
    assert data["dates"][0]["label"] == EVIL


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "", "file:///etc/passwd", " https://x"]
)
def test_only_web_addresses_are_linked(address):
    assert link(address) == ""


def test_every_place_that_is_pointed_to_is_there_once(tree):
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    for href in tree.xpath("//a/@href[starts-with(., '#')]"):
        assert href[1:] in ids, href


def test_it_says_that_it_is_no_advice_and_what_is_assumed(tree):
    for part in ("//header", "//footer"):
        text = words(tree.xpath(part)[0])
        assert "Not legal advice" in text and "assum" in text
    assert NOTICE in words(tree.xpath("//footer")[0])


# ------------------------------------------------------------------------------------- figures and evidence ----


def test_every_cell_leads_to_its_evidence(card, tree):
    rows = tree.xpath("//table[@class='card']/tbody/tr")
    assert len(rows) == len(card.titles)
    for option, row in zip(card.titles, rows, strict=True):
        cells = row.xpath("./td")
        assert len(cells) == 1 + len(GATES) + len(GIVEN) + 5
        for cell in cells:
            (target,) = cell.xpath("./a/@href")
            (section,) = tree.xpath(f"//section[@id='{target[1:]}']")
            assert target.startswith(f"#e-{option}-")
            assert len(words(section)) > 60
            assert section.xpath(".//code[starts-with(., 'parapet ')]"), target


def test_cells_of_law_are_those_of_the_program(card, tree):
    asked = weigh_options(card.dispute)
    for element in tree.xpath("//*[@data-cell]"):
        kind, option, name = element.get("data-cell").split("/")
        tables = card.now.tables
        dealing = tables.gates[option]["caatsa-231"] if name in ("caatsa-relief", "lift-caatsa") else None
        if kind == "gate":
            value = asked[option].verdicts[name].value
            cell = gate(
                tables.gates[option][name],
                card.chosen,
                card.letters,
                asked[option].verdicts[name].is_in_force,
                dealing,
            )
        elif kind == "given":
            value = asked[option].counterparts[name].value
            cell = given(tables.counterparts[option][name], card.chosen, card.letters, dealing)
        else:
            value = asked[option].consent(name).needed
            cell = consent(tables.consents[option][name], card.chosen, card.letters)
        assert element.get("class") == f"c v-{value}" == f"c v-{cell.value}"
        assert words(element) == same(cell.text)


def test_figures_in_cells_are_those_of_the_studies(card, tree):
    for option, row in zip(card.titles, tree.xpath("//table[@class='card']/tbody/tr"), strict=True):
        coverage, leakers, seen, money, stable = (words(cell) for cell in row.xpath("./td")[-5:])
        battles = [raid.battles[card.military.variants[option]] for raid in card.military.raids]
        assert coverage == " ".join(share_of(one.engaged) for one in battles)
        assert leakers == " ".join(mean_of(one.leaked) for one in battles)
        looks = card.watched[option][0].looks
        assert seen.startswith(range_of(looks["low"], looks["high"]))
        with_figure = [one for one in card.sums(option) if one.low is not None]
        assert with_figure and span(with_figure[0]).replace("bn to $", "–") in money
        told = stability_words(card.outcomes(option))
        assert stable == same(" ".join(told.values()))


def test_evidence_of_battles_has_study_interval_and_command(card, tree):
    for option in card.titles:
        section = words(tree.xpath(f"//section[@id='e-{option}-battle']")[0])
        for raid in card.military.raids:
            assert raid.command in section and raid.engine in section
            battle = raid.battles[card.military.variants[option]]
            assert f"{mean_of(battle.leaked)} of {raid.threats}" in section
            if battle.fewer is not None:
                d = battle.fewer.difference
                assert f"{d.value:.1f} {d.low:.1f} to {d.high:.1f}" in same(section)
        assert f"{RUNS} runs of each" in section
    dormant = words(tree.xpath("//section[@id='e-dormant-battle']")[0])
    assert "1 to 30 days, assumed" in dormant
    on = card.military.raids[0].battles["operate"]
    assert f"{mean_of(on.leaked)} of 44" in dormant and "44 of 44" in dormant  # both ends


def test_evidence_of_money_has_grade_and_source(card, tree):
    for option in card.titles:
        rows = tree.xpath(f"//section[@id='e-{option}-money']//tr")
        for one, row in zip(card.sums(option), rows, strict=True):
            text = words(row)
            assert one.title in text and span(one) in text and one.grade in text
            assert row.xpath(".//*[@class='source']")


def test_evidence_of_law_has_clause_wording_and_statements(card, tree):
    section = tree.xpath("//section[@id='e-incirlik-ndaa2020-1245']")[0]
    text = words(section)
    assert "wording not verified" in text and "1245(b)" in text
    assert "Does Türkiye still possess the S-400" in text
    (statement,) = section.xpath(".//li[contains(@class, 'st')]/a[starts-with(@href, '#s-')]")
    assert tree.xpath(f"//tr[@id='{statement.get('href')[1:]}']//a[@class='source']/@href")


def test_evidence_of_another_day_waits_hidden(card, tree):
    hidden = tree.xpath("//*[@data-dates][@hidden]")
    shown = tree.xpath("//*[@data-dates][not(@hidden)]")
    assert hidden and shown
    assert all("0" in one.get("data-dates").split() for one in shown)
    assert not any("0" in one.get("data-dates").split() for one in hidden)
    numbers = {int(k) for one in hidden + shown for k in one.get("data-dates").split()}
    assert numbers == set(range(len(card.dates)))


def test_without_script_nothing_that_needs_it_is_shown(tree):
    assert tree.xpath("//section[@id='switchboard'][@hidden]") and tree.xpath("//aside[@hidden]")
    assert tree.xpath("//noscript") and tree.xpath("//section[@id='readings']")


def test_time_line_has_a_mark_for_every_statement(card, tree):
    marks = tree.xpath("//svg[contains(@class, 'time')]/a")
    assert len(marks) == len(card.dispute.ledger.statements)
    assert len(tree.xpath("//table[@class='statements']//tr")) == len(marks)


def test_prose_says_what_the_result_says(card, tree):
    text = words(tree.xpath("//section[@id='summary']")[0])
    for heading, sentence in prose(card):
        assert heading in text and same(sentence) in text
    for sentence in leads(card):
        assert same(sentence) in words(tree.xpath("//section[@id='leads']")[0])
    on = card.military.raids[0].battles["operate"]
    assert f"{mean_of(on.leaked)} of 44" in text
    assert span(card.now.money["refund"]) in text
    assert "shut under every reading: operating it and keeping it dormant" in text
    assert f"{RUNS} runs" in text and "assumed" in text


def test_prose_follows_the_readings(card):
    shut = dataclasses.replace(card, chosen={**card.chosen, "s1245_bars_past_deliveries": "yes"})
    text = dict(prose(shut))["F-35"]
    assert "open for no option" in text
    yes = dataclasses.replace(card, chosen={**card.chosen, "incirlik_is_possession": "no"})
    assert "open for 6 of 8 options (all but operating it and keeping it dormant)" in dict(prose(yes))["F-35"]
    assert "Incirlik" in leads(card)[0] and "Incirlik" not in leads(yes)[0]


# ----------------------------------------------------------------------------------------------- switchboard ----


def dom(path, fragment, profile):
    """The page as the browser has it after its script ran."""
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
        "--virtual-time-budget=4000", "--dump-dom", f"file://{path}{fragment}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=120, env={**os.environ, "LANG": "C.UTF-8"})
    return lxml.html.document_fromstring(done.stdout.decode())


def day_words(card, option):
    return [[same(row[key]) for key in ("reached", "lasting", "losers")] for row in day_rows(card, option)]


def test_days_stand_side_by_side_with_what_does_not_change(card, tree):
    for option in card.titles:
        (body,) = tree.xpath(f"//tbody[@data-days='{option}']")
        rows = body.xpath("./tr")
        assert [[words(cell) for cell in row.xpath("./td")] for row in rows] == day_words(card, option)
        for row, dated in zip(rows, card.dates, strict=True):
            assert dated.label in words(row.xpath("./th")[0])
        assert [row.get("class") for row in rows] == ["on", None, None, None]
        section = words(tree.xpath(f"//section[@id='e-{option}-stability']")[0])
        assert f"assumed as of {card.stability.as_of}, whatever day is chosen" in section


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_browser_looks_stability_up_by_the_day(card, html, tmp_path):
    file = tmp_path / "card.html"
    file.write_text(html, encoding="utf-8")
    number = next(k for k, dated in enumerate(card.dates) if dated.as_of == NO_LIFT)
    answers = "&".join(f"{name}={answer}" for name, answer in TESTED.items())
    told = []
    for k in (0, number):
        tree = dom(file, f"#?date={k}&{answers}", tmp_path / "profile")
        told.append(words(tree.xpath("//*[@data-stable='incirlik/lasting']")[0]))
    assert told == ["lasts 0 to 100 %", "lasts 0 %"]


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
@pytest.mark.parametrize("seed", range(4))
def test_the_browser_says_what_the_program_says(card, html, tmp_path, seed):
    draw = random.Random(seed)
    file = tmp_path / "card.html"
    file.write_text(html, encoding="utf-8")
    number = draw.randrange(len(card.dates))
    chosen = {name: draw.choice(ANSWERS) for name in card.letters}
    assumed = {name: draw.choice(ANSWERS) for name in card.stability.assumptions}
    answers = "&".join(f"{name}={answer}" for name, answer in {**chosen, **assumed}.items())
    tree = dom(file, f"#?date={number}&{answers}", tmp_path / "profile")
    dated = card.dates[number]
    other = dataclasses.replace(card, chosen={**chosen, **assumed}, dates=(dated,))
    view = _View(other)
    elements = tree.xpath("//*[@data-cell]")
    assert len(elements) > 100
    for element in elements:
        cell = view.cell(*element.get("data-cell").split("/"))
        assert (element.get("class"), words(element)) == (f"c v-{cell.value}", same(cell.text)), element.get(
            "data-cell"
        )
    for option in card.titles:
        told = stability_words(other.outcomes(option))
        for key, text in told.items():
            (element,) = tree.xpath(f"//*[@data-stable='{option}/{key}']")
            assert words(element) == same(text)
        rows = [[words(cell) for cell in row] for row in tree.xpath(f"//tbody[@data-states='{option}']/tr")]
        days = tree.xpath(f"//tbody[@data-days='{option}']/tr")
        every = dataclasses.replace(other, dates=card.dates)
        assert [[words(cell) for cell in row.xpath("./td")] for row in days] == day_words(every, option)
        assert [row.get("class") == "on" for row in days] == [k == number for k in range(len(days))]
        keys = ("label", "stable", "nash", "reached", "gains", "loses", "n")
        assert rows == [[same(row[key]) for key in keys] for row in state_rows(other.outcomes(option))]
    assert not tree.xpath("//section[@id='switchboard'][@hidden]")
    for element in tree.xpath("//*[@data-dates]"):
        assert ("hidden" in element.attrib) == (str(number) not in element.get("data-dates").split())
    for kind, name in [("gate", g) for g in GATES] + [("given", g) for g in GIVEN]:
        (element,) = tree.xpath(f"//*[@data-count='{kind}/{name}']")
        assert words(element) == view.counts(kind, name)
    assert re.sub(r"\s+", " ", tree.xpath("//*[@id='as-of']")[0].text) == same(view.day(dated.as_of))
