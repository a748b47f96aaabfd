"""Reads ``sources.bib``: the pages that were opened, and the textbooks behind the models."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENTRY = re.compile(r"^@(\w+)\{\s*([\w:.-]+)\s*,(.*?)^\}", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*?)\}\s*,?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """One bibliography entry; `fields` holds title, author, year, url and so on as written."""

    key: str
    kind: str
    fields: dict[str, str]

    @property
    def url(self) -> str:
        """The address, or nothing."""
        return self.fields.get("url", "")

    def __str__(self) -> str:
        parts = [self.fields.get(name, "") for name in ("author", "title", "year", "url")]
        return ", ".join(part for part in parts if part)


def sources_in(text: str) -> dict[str, Source]:
    """The entries of a bib text by key; one field per line, values in braces."""
    return {
        key: Source(key, kind.lower(), {name.lower(): value for name, value in _FIELD.findall(body)})
        for kind, key, body in _ENTRY.findall(text)
    }
