"""The scorecard in a few sentences, made from its results, with their conditions; no result is typed here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parapet.disposition.scorecard import Scorecard
from parapet.disposition.scorecard_law import Table
from parapet.disposition.scorecard_military import Battle, Raid
from parapet.disposition.scorecard_words import (
    caveat,
    condition,
    day,
    mean_of,
    number,
    otherwise,
    range_of,
    values_of,
    whole_percent,
)
from parapet.disposition.show_money import span
from parapet.disposition.truth import NO, UNKNOWN, YES

Sentence = tuple[str, str]
"""A heading of one or two words, and the text."""

HOLDER = "tr"


def prose(card: Scorecard) -> list[Sentence]:
    """Heading and text for each side of the dispute."""
    found: list[Sentence] = [*_law(card), _consents(card)]
    if card.military is not None:
        found.append(_battles(card))
    if card.watched:
        found.append(_exposure(card))
    found.append(_money(card))
    if card.stability is not None:
        found.append(_stability(card))
    found.append(("Conditions", conditions(card)))
    return found


def leads(card: Scorecard) -> list[str]:
    """What to know first, one sentence each: the law, the gap, the key, the way."""
    tables = card.now.tables
    gate = {name: row["ndaa2020-1245"] for name, row in tables.gates.items()}
    yes, unknown, _, never = _split(card, gate)
    found = []
    if never:
        text = f"No reading of the law lets the F-35 come back with {_titles(card, never, 'or')}"
        text += f"; it may with {_titles(card, yes, 'or')}" if yes else ""
        text += f", and with {_titles(card, unknown)} only {_hints(card, gate, unknown)}" if unknown else ""
        found.append(text + ".")
    military = card.military
    if military is not None:
        base = {raid.id: military.block.baseline for raid in military.raids}
        bare = [name for name in yes if military.variants[name] == military.block.baseline]
        best = min(military.variants, key=lambda name: _leaked(military.raids, military.variants[name]))
        text = (
            f"What opens that door takes the defence away: {_through(military.raids, base)}"
            if bare
            else (f"Without it {_through(military.raids, base)}")
        )
        on = {raid.id: military.variants[best] for raid in military.raids}
        found.append(f"{text}; {card.shorts[best]}, {_through(military.raids, on)}.")
    russia = {name: row["ru"] for name, row in tables.consents.items() if "ru" in row}
    must, perhaps, _, _ = _split(card, russia)
    if must:
        text = f"Russia holds a key: it must consent to {_titles(card, must)}"
        found.append(text + (f", and on some readings to {_titles(card, perhaps)}." if perhaps else "."))
    if card.stability is not None:
        rows = {name: values_of(card.outcomes(name), "reached") for name in card.titles}
        led = [name for name in card.titles if max(rows[name]) > 0.0]
        told = " and ".join(
            f"{card.shorts[name]} ({whole_percent(rows[name])} of the orders)" for name in led
        )
        found.append(f"One side at a time, matters end with {told}; every other way out takes a package.")
    return found


def _hints(card: Scorecard, tables: dict[str, Table], names: Sequence[str]) -> str:
    ways = [condition(tables[name], card.chosen, card.letters) for name in names]
    return "; ".join(way or "if what is open falls well" for way in ways)


def _leaked(raids: Iterable[Raid], variant: str) -> float:
    return sum(raid.battles[variant].leaked.value / raid.threats for raid in raids)


def _through(raids: Iterable[Raid], variants: dict[str, str]) -> str:
    """``44 of 44 cruise missiles and drones and 10 of 10 ballistic missiles get through``."""
    return (
        " and ".join(f"{told(r.battles[variants[r.id]], r)} {_lower(r.title)}" for r in raids)
        + " get through"
    )


def conditions(card: Scorecard) -> str:
    """What all of it stands on."""
    now = card.now
    readings = "; ".join(f"{card.letters[name]} {answer}" for name, answer in card.chosen.items())
    text = f"Record as of {day(now.as_of)}, papers before Congress on {day(now.submission)}; readings {readings}."
    if now.as_of > card.dispute.ledger.last_day:
        text += f" The ledger ends on {day(card.dispute.ledger.last_day)} and knows nothing later."
    if card.military is not None:
        runs = sorted({raid.runs for raid in card.military.raids})
        text += (
            f" Battles: invented raids, {' and '.join(map(str, runs))} runs of each variant, 95 % intervals."
        )
    if card.stability is not None:
        text += (
            f" Stability: what can be by the law of that record; preferences and status quo assumed as of "
            f"{card.stability.as_of}, whatever the day; {card.stability.orders} of "
            f"{number(card.stability.n_orders)} plausible orders; shares of orders are no probabilities."
        )
    return text


def _titles(card: Scorecard, names: Iterable[str], last: str = "and") -> str:
    """``operating it, hand-over and dismantling``; all options but one or two by their exceptions."""
    names = list(names)
    rest = [name for name in card.titles if name not in names]
    if 0 < len(rest) <= 2 and len(names) > 3:
        return (
            f"all but {_titles(card, rest)}" if last == "and" else f"anything but {_titles(card, rest, 'or')}"
        )
    words = [card.shorts[name] for name in names]
    return ", ".join(words[:-1]) + (f" {last} " if len(words) > 1 else "") + words[-1] if words else "none"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _split(card: Scorecard, tables: dict[str, Table]) -> tuple[list[str], list[str], list[str], list[str]]:
    """Options whose answer is yes, unknown, no under the chosen readings only, and no under every reading."""
    values = {name: table.look_up(card.chosen).value for name, table in tables.items()}
    never = [name for name, table in tables.items() if all(answer.value is NO for answer in table.answers)]
    yes, unknown, no = (
        [name for name, value in values.items() if value is truth] for truth in (YES, UNKNOWN, NO)
    )
    return yes, unknown, [name for name in no if name not in never], never


def _new_sanctions(card: Scorecard, names: Iterable[str]) -> str:
    """Ways by which the old sanctions may go and new ones are called for, or nothing."""
    by_words: dict[str, list[str]] = {}
    for name in names:
        words = caveat(card.now.tables.gates[name]["caatsa-231"], card.chosen, card.letters)
        if words:
            by_words.setdefault(words.removeprefix(",\nbut new ones").strip(), []).append(name)
    return "".join(
        f" With {_titles(card, found)} the same act calls for new sanctions{' ' + words if words else ''}."
        for words, found in by_words.items()
    )


def _law(card: Scorecard) -> list[Sentence]:
    tables = card.now.tables
    found: list[Sentence] = []
    for instrument, heading, subject in (
        ("ndaa2020-1245", "F-35", "The F-35 gate (section 1245)"),
        ("caatsa-relief", "Sanctions", "The CAATSA sanctions"),
    ):
        mine = {name: row[instrument] for name, row in tables.gates.items()}
        first = next(iter(card.now.options.options.values())).verdicts[instrument]
        if not first.is_in_force:
            found.append((heading, f"{subject}: {first.short} is not in force on {day(card.now.as_of)}."))
            continue
        yes, unknown, no, never = _split(card, mine)
        verb = "is open" if instrument == "ndaa2020-1245" else "may be lifted"
        parts = [f"{subject} {verb} for {_count(card, yes)}" + (f" ({_titles(card, yes)})" if yes else "")]
        for name in unknown:
            hint = condition(mine[name], card.chosen, card.letters)
            if hint:
                shut = otherwise(mine[name], card.chosen) is NO
                hint += ", otherwise shut" if shut else ", otherwise not settled"
            parts.append(f"{_titles(card, [name])}: {hint or 'hangs on what nobody has settled'}")
        if no:
            parts.append(f"shut under the readings chosen: {_titles(card, no)}")
        if never:
            parts.append(f"shut under every reading: {_titles(card, never)}")
        text = "; ".join(parts) + "."
        if instrument == "caatsa-relief":
            text += _new_sanctions(card, [*yes, *unknown])
            days = [
                row["lift-caatsa"].look_up(card.chosen)
                for row in tables.counterparts.values()
                if "lift-caatsa" in row
            ]
            sure = sorted({one.earliest for one in days if one.earliest})
            if sure:
                text += f" First lawful day with papers on {day(card.now.submission)}: {day(sure[0])}"
                text += f" (review of {card.now.options.review.days} days)."
        found.append((heading, text))
    return found


def _count(card: Scorecard, names: Sequence[str]) -> str:
    return f"{len(names)} of {len(card.titles)} options" if names else "no option"


def _consents(card: Scorecard) -> Sentence:
    texts = []
    for actor, data in card.dispute.data.actors.items():
        mine = {name: row[actor] for name, row in card.now.tables.consents.items() if actor in row}
        if actor == HOLDER or not mine:
            continue
        yes, unknown, _, _ = _split(card, mine)
        if yes or unknown:
            text = f"{data.name} must consent to {len(yes)} of {len(card.titles)}"
            text += f" ({_titles(card, yes)})" if yes else ""
            text += f", and perhaps to {_titles(card, unknown)}" if unknown else ""
            texts.append(text + ".")
    return "Consent", " ".join(texts) or "Nobody else has to consent."


def told(battle: Battle, raid: Raid) -> str:
    """``6.6 of 44 get through``."""
    return f"{mean_of(battle.leaked)} of {raid.threats}"


def _battles(card: Scorecard) -> Sentence:
    military = card.military
    assert military is not None
    texts = []
    shooting = {name for name, variant in military.variants.items() if variant != military.block.baseline}
    silent = [name for name in military.variants if name not in shooting]
    leaks = " and ".join(f"{told(r.battles[r.baseline], r)} {_lower(r.title)}" for r in military.raids)
    texts.append(f"Without it {leaks} get through: and so it is with {_titles(card, silent)}.")
    for name, variant in military.variants.items():
        if name in shooting:
            mine = {raid.id: variant for raid in military.raids}
            texts.append(f"{_capital(card.shorts[name])}: {_leaks(military.raids, mine)}.")
    for one in military.block.instead:
        texts.append(f"{one.title}: {_leaks(military.raids, one.variants)}.")
    ready, end = military.block.days_to_ready, military.block.ends.get(military.block.days_to_ready.option)
    if end is not None:
        texts.append(
            f"{_capital(card.shorts[ready.option])} is worth nothing, or as much as “{end.variant}” if {end.when} "
            f"({ready.low:g} to {ready.high:g} days, {ready.grade})."
        )
    return "Battle", " ".join(texts)


def _leaks(raids: Iterable[Raid], variants: dict[str, str]) -> str:
    """``6.6 of 44 (37.4 fewer, 35.6 to 39.1) and 4.1 of 10 (...) get through``."""
    parts = []
    for raid in raids:
        battle = raid.battles[variants[raid.id]]
        text = told(battle, raid)
        if battle.fewer is not None:
            d = battle.fewer.difference
            is_all = not battle.rounds.value
            text += f" ({d.value:.1f} fewer" + ("" if is_all else f", {d.low:.1f} to {d.high:.1f}") + ")"
        parts.append(text)
    return " and ".join(parts) + " get through"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _exposure(card: Scorecard) -> Sentence:
    texts = []
    for option, rows in card.watched.items():
        if any(row.state == "operational" for row in rows):
            for row in rows:
                looks = row.looks
                texts.append(
                    f"{row.title}, switched on: {number(looks['nominal'])} looks a month expose the airframe at its "
                    f"nominal signature, {range_of(looks['low'], looks['high'])} over the doubt in it."
                )
        elif any(row.state == "dormant" and row.if_on for row in rows):
            most = max(rows, key=lambda row: (row.if_on or {}).get("high", 0.0))
            assert most.if_on is not None
            texts.append(
                f"{_capital(card.shorts[option])}: none while it is off; up to {number(most.if_on['high'])} a month if "
                "it is switched on."
            )
    texts.append("Collection that needs no emission of these radars is not counted.")
    return "Exposure", " ".join(texts)


def _money(card: Scorecard) -> Sentence:
    money = card.now.money
    refund, loan, offset = money["refund"], money["loan"], money["offset"]
    return (
        "Money",
        f"A refund in cash would be {span(refund)}, and {span(loan)} of the loan cancelled ({refund.grade}; how much "
        f"is repaid is not public). That is {span(offset)} of Russian gas; from {day(money.start)} the contract has "
        f"{money.months_left:.1f} months left. For the cost of the sanctions: {span(money['sanctions'])}.",
    )


def _stability(card: Scorecard) -> Sentence:
    rows = {name: card.outcomes(name) for name in card.titles}
    reached = {name: values_of(outcomes, "reached") for name, outcomes in rows.items()}
    start = [name for name, outcomes in rows.items() if all(one.is_status_quo for one in outcomes)]
    texts = []
    for name in start:
        texts.append(
            f"{_capital(card.shorts[name])} (where things stand) holds in {whole_percent(reached[name])} of the orders."
        )
    led = [name for name in card.titles if name not in start and max(reached[name]) > 0.0]
    for name in led:
        texts.append(
            f"Improvements, one side at a time, lead to {_titles(card, [name])} in {whole_percent(reached[name])}."
        )
    shut = [name for name in card.titles if name not in start and max(reached[name]) == 0.0]
    if shut:
        texts.append(
            f"In no order looked at do they lead to {_titles(card, shut, 'or')}: that takes a joint move."
        )
    losing = [f"{_titles(card, names)}: {who}" for who, names in _by_losers(card, rows, shut).items()]
    if losing:
        texts.append(f"Who loses by the best one: {'; '.join(losing)}.")
    return "Bargaining", " ".join(texts)


def _by_losers(card: Scorecard, rows: dict[str, list], names: Sequence[str]) -> dict[str, list[str]]:  # type: ignore[type-arg]
    """Options by who loses by the best joint move there."""
    found: dict[str, list[str]] = {}
    for name in names:
        losers = {one.package.loses if one.package else ("nobody gains",) for one in rows[name]}
        words = ", or ".join(sorted(" and ".join(one) or "nobody" for one in losers))
        found.setdefault(words, []).append(name)
    return found
