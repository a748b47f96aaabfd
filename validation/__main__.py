"""`python -m validation`: write `docs/trust.md`, `docs/claims.md` and their figures."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from parapet import catalogue as catalogues
from parapet.analysis.claims import claims
from parapet.analysis.claims_text import markdown
from validation import coverage, figures, page
from validation.battles import Played, play

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None) -> int:
    """Compute everything; what needs no battle is written first, so that a page stands even if battles fail."""
    parser = argparse.ArgumentParser(prog="python -m validation", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few runs: to see that it works")
    parser.add_argument(
        "--runs", type=int, default=200, help="runs of examples/ankara.yaml; the rest in proportion"
    )
    parser.add_argument("--no-battles", action="store_true", help="only what needs no battle")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="folder of the pages")
    options = parser.parse_args(arguments)
    begin = time.perf_counter()

    def say(text: str) -> None:
        print(f"{time.perf_counter() - begin:6.1f} s  {text}", file=sys.stderr, flush=True)

    catalogue = catalogues.load()
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    say("sums, flights, detection")
    played = Played()
    done = page.sums(catalogue, options.quick)
    found = page.rows(done, played)
    page.write(catalogue, done, found, played, out / "trust.md", options.quick)
    say("figures")
    figures.draw(catalogue, done.chains, out / "figures", played.firsts)
    for path in coverage.draw(out / "figures"):
        if path.suffix == ".svg":  # the pages show the PNG
            path.unlink()
    say("claims without battles")
    (out / "claims.md").write_text(
        markdown(claims(has_battles=False), page.CLAIMS_HEAD_SUMS), encoding="utf-8"
    )
    if not options.no_battles:
        say("claims with battles")
        try:
            (out / "claims.md").write_text(markdown(claims(), page.CLAIMS_HEAD), encoding="utf-8")
        except Exception as error:  # the page without battles stands
            say(f"  failed: {type(error).__name__}: {error}")
            played.mistakes.append(f"claims: {error}")
        for _ in play(played, 10 if options.quick else options.runs, say):
            found = page.rows(done, played)
            page.write(catalogue, done, found, played, out / "trust.md", options.quick)
        figures.draw(catalogue, done.chains, out / "figures", played.firsts)
    for line in page.summary(found):
        print(line)
    say(f"wrote {out / 'trust.md'} and {out / 'claims.md'}")
    return 1 if played.mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
