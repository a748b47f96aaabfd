"""A scorecard that is quick to make: the example with few orders, few runs, one short exposure."""

from __future__ import annotations

from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = ROOT / "examples" / "turkiye.yaml"
RUNS = 3
TESTED = {
    "s1241_binds_2020_sanctions": "yes",
    "s1241_excludes_waiver": "yes",
    "incirlik_is_possession": "no",
    "refund_is_significant_transaction": "no",
}
NO_LIFT = date(2021, 3, 1)
"""A day of the card on which section 1241, read like that, lets no way out lift the sanctions: its year has not run."""


def small_dispute(folder: Path, *changes: tuple[str, str]) -> Path:
    """The example's file with absolute paths, made cheap, with some texts changed."""
    text = FILE.read_text(encoding="utf-8")
    every = (
        ("../studies/", f"{ROOT.as_posix()}/studies/"),
        ("file: disputes/", f"file: {ROOT.as_posix()}/examples/disputes/"),
        ("murted-eskisehir.yaml", "murted-malatya.yaml"),
        ("file: exposure/", f"file: {ROOT.as_posix()}/examples/exposure/"),
        ("orders: 300", "orders: 40"),
        ("assumptions: [congress_can_block, f35_needs_lift]", "assumptions: [f35_needs_lift]"),
        ("    - {label: Papers after the summer, as_of: 2026-07-31, submission: 2026-09-08}\n", ""),
        *changes,
    )
    for old, new in every:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path
