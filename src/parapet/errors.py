"""Every way Parapet says no.

::

    ParapetError                 anything Parapet raises on purpose
    ├── InputError               what a person wrote cannot be used; holds all findings      exit code 2
    │   ├── ScenarioError        a scenario file
    │   ├── CatalogueError       a catalogue entry, or a name that no catalogue knows
    │   └── UnitError            a number without a unit, or with the wrong one
    ├── RunError                 a battle could not be played or trusted to its end          exit code 1
    └── StoreError               stored results cannot be read, or must not be mixed         exit code 1
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

Severity = Literal["error", "warning", "note"]

_RANK: dict[str, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about an input file: where, what is wrong, what was got, what would be right.

    Attributes
    ----------
    severity
        ``error`` (cannot be played), ``warning`` (can, but look) or ``note`` (fine, and worth knowing).
    message
        One or more full sentences.
    file, line, column
        Where it stands, lines and columns counted from 1; 0 when unknown.
    path
        The place in the document, e.g. ``raid[0].speed``.
    """

    severity: Severity
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    path: str = ""

    @property
    def where(self) -> str:
        """``file:line:column``, as far as it is known."""
        if not self.file:
            return ""
        if not self.line:
            return self.file
        if not self.column:
            return f"{self.file}:{self.line}"
        return f"{self.file}:{self.line}:{self.column}"

    def __str__(self) -> str:
        head = " ".join(part for part in (self.where, self.path) if part)
        text = self.message if self.severity == "error" else f"{self.severity}: {self.message}"
        return f"{head}: {text}" if head else text


def sorted_findings(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in the order of the file, errors first on one line; repeated ones said once."""
    unique = dict.fromkeys(findings)
    return sorted(
        unique, key=lambda f: (f.file, f.line or 1_000_000_000, f.column, _RANK[f.severity], f.path)
    )


class ParapetError(Exception):
    """Anything Parapet raises on purpose; `exit_code` is what the command line ends with."""

    exit_code: ClassVar[int] = 1


class InputError(ParapetError):
    """What a person wrote cannot be used.

    Parameters
    ----------
    findings
        All that was found, or one sentence (made into a single finding of severity ``error``).
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, findings: str | Sequence[Finding]) -> None:
        if isinstance(findings, str):
            findings = [Finding("error", findings)]
        self.findings: list[Finding] = list(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))

    def __reduce__(self) -> tuple[type[InputError], tuple[list[Finding]]]:
        return type(self), (self.findings,)


class ScenarioError(InputError):
    """A scenario cannot be played as it is written."""


class CatalogueError(InputError):
    """A catalogue entry is wrong, or nothing in the catalogue has that name."""


class UnitError(InputError):
    """A number stands without a unit, or with one that does not measure this."""


class RunError(ParapetError):
    """A battle could not be played to its end, or its result cannot be trusted."""


class StoreError(ParapetError):
    """Stored results cannot be read, or must not be mixed with others."""
