"""From a page to one HTML file that needs nothing else: no script, no font, no picture from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib import resources

import jinja2
from markupsafe import Markup, escape

from parapet import __version__
from parapet.report.page import Page

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _own(name: str) -> str:
    return resources.files("parapet.report").joinpath(name).read_text(encoding="utf-8")


def _lines(text: str) -> Markup:
    """Text with its line breaks kept, escaped."""
    return Markup("<br>").join(escape(line) for line in str(text).split("\n"))


def _data_uri(svg: str) -> str:
    """A picture as an address that holds it; as a picture it can neither run nor load anything.

    Characters that XML does not allow are replaced: one of them, in a name of an old study, and nothing would be seen.
    """
    svg = _NOT_XML.sub("\ufffd", svg)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def html(page: Page) -> str:
    """The page as HTML, every text escaped; a policy in its head forbids scripts and anything from outside.

    Pinned by ``tests/report/test_rendering.py``.
    """
    counts = {"figure": 0, "table": 0}

    def number(_: object, what: str) -> int:
        counts[what] += 1
        return counts[what]

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {"lines": _lines, "data_uri": _data_uri, "number": number}
    style = _own("style.css")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    template = environment.from_string(_own("template.html.j2"))
    return template.render(page=page, style=Markup(style), style_hash=digest, version=__version__) + "\n"
