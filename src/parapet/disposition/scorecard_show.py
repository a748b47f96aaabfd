"""The scorecard for a terminal: one row for each option, then the sentences."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from parapet.disposition.scorecard import ASSUMED, Scorecard
from parapet.disposition.scorecard_prose import leads, prose
from parapet.disposition.scorecard_stability import stability_words
from parapet.disposition.scorecard_words import Cell, consent, gate, given, mean_of, unbroken
from parapet.disposition.show import STYLES, notice
from parapet.tables import table_of as table

HEADS = {"caatsa-relief": "relief", "ndaa2020-1245": "1245"}


def render(card: Scorecard) -> RenderableType:
    """The scorecard in a hundred columns."""
    now = card.now
    rows = table("")
    rows.add_column("option", overflow="fold", min_width=12)
    for head in ("Russia's\nconsent", *HEADS.values(), "F-35 again"):
        rows.add_column(head, overflow="fold", min_width=10 if head == "F-35 again" else None)
    raids = card.military.raids if card.military else ()
    for raid in raids:
        rows.add_column(f"{raid.id}\nof {raid.threats}", justify="right")
    rows.add_column("stability", overflow="fold")
    for one in card.dispute.data.options:
        tables, verdicts = now.tables, now.options[one.id].verdicts
        asked = tables.consents[one.id].get("ru")
        cells = [consent(asked, card.chosen, card.letters) if asked else Cell("none", "not needed")]
        cells += [
            gate(
                tables.gates[one.id][name],
                card.chosen,
                card.letters,
                verdicts[name].is_in_force,
                tables.gates[one.id]["caatsa-231"] if name == "caatsa-relief" else None,
            )
            for name in HEADS
        ]
        back = tables.counterparts[one.id].get("readmit-f35")
        cells.append(given(back, card.chosen, card.letters) if back else Cell("none", "-"))
        battles = [
            mean_of(raid.battles[card.military.variants[one.id]].leaked) for raid in raids if card.military
        ]
        words = stability_words(card.outcomes(one.id))
        rows.add_row(
            card.shorts[one.id][:1].upper() + card.shorts[one.id][1:],
            *(Text(unbroken(cell.text), STYLES.get(cell.value, "") if k else "") for k, cell in enumerate(cells)),
            *battles,
            Text(f"{words['reached']}\n{words['lasting']}"),
        )
    parts: list[RenderableType] = [Text(card.dispute.data.title, "bold")]
    parts += [Padding(Text(f"- {text}"), (0, 0, 0, 0)) for text in leads(card)]
    parts += [Text(""), rows, Text("")]
    for heading, text in prose(card):
        line = Text(f"{heading}. ", "bold")
        line.append(text, "dim" if heading == "Conditions" else "not bold")
        parts.append(line)
    return Group(*parts, Text(f"\n{ASSUMED}", "dim"), notice())
