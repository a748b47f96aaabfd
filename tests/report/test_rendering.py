"""The file stands alone, runs nothing, asks for nothing, and shows names as they were written."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from xml.etree import ElementTree

import pytest
from tests.report.conftest import MARKUP, NASTY, Seen

from parapet.report import rendering, report

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "nav", "p", "ol", "ul", "li", "a", "main", "header", "h1", "h2", "h3",
    "section", "dl", "div", "dd", "dt", "small", "b", "span", "figure", "img", "figcaption", "table", "caption", "thead",
    "tbody", "tfoot", "tr", "th", "td", "pre", "footer", "br",
}  # fmt: skip


@pytest.fixture(scope="module", params=["battle", "study"])
def text(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    assert report(request.getfixturevalue(request.param), path) == path
    return path.read_text(encoding="utf-8")


def test_nothing_runs_and_nothing_is_asked_for(text):
    seen = Seen(text)
    assert {tag for tag, _ in seen.tags} <= ALLOWED
    for tag, attributes in seen.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcset")], tag
        for name in ("src", "href"):
            value = attributes.get(name)
            assert value is None or value.startswith(("#", "data:image/svg+xml;base64,")), value
    assert "url(" not in text and "@import" not in text


def test_policy_forbids_scripts_and_names_the_style(text):
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    style = text.split("<style>", 1)[1].split("</style>", 1)[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    parts = dict(part.strip().split(" ", 1) for part in policy.replace("&#39;", "'").split(";"))
    assert parts == {
        "default-src": "'none'", "img-src": "data:", "style-src": f"'sha256-{digest}'", "base-uri": "'none'",
        "form-action": "'none'",
    }  # fmt: skip


def test_names_are_shown_as_written(text):
    seen = Seen(text)
    assert NASTY in seen.text and f"{MARKUP} or not?" in seen.text
    assert f"<h1>{NASTY}" not in text and "49" not in re.findall(r"<h1>(.*?)</h1>", text)[0]


def test_pictures_are_whole_and_hold_no_script(text):
    pictures = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', text)
    assert len(pictures) >= 3
    for picture in pictures:
        svg = base64.b64decode(picture).decode("utf-8")
        tree = ElementTree.fromstring(svg)  # well formed whatever the names hold
        tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
        assert not tags & {"script", "foreignObject", "image", "a"}
        assert not [a for e in tree.iter() for a in e.attrib if a.rpartition("}")[2].startswith("on")]
        assert "<dc:date>" not in svg
    alts = [attributes.get("alt") for tag, attributes in Seen(text).tags if tag == "img"]
    assert len(alts) == len(pictures) and all(alts)


def test_every_link_of_the_contents_leads_somewhere(text):
    seen = Seen(text)
    targets = {attributes["id"] for _, attributes in seen.tags if "id" in attributes}
    links = [a["href"][1:] for tag, a in seen.tags if tag == "a"]
    assert links and set(links) == targets


def test_the_same_battle_gives_the_same_file(battle, tmp_path):
    one, other = report(battle, tmp_path / "a.html"), report(battle, tmp_path / "b.html")
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.slow
def test_a_browser_finds_nothing_to_run(battle, tmp_path):
    """The page in a real browser: no script has run, and printing it gives a PDF of several pages."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium on the path: apt-get install chromium")
    path = report(battle, tmp_path / "report.html")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    probe = tmp_path / "probe.html"
    probe.write_text(
        path.read_text(encoding="utf-8").replace("</main>", "<script>document.title='RAN'</script></main>")
    )
    done = subprocess.run(
        [browser, *options, "--dump-dom", probe.as_uri()], capture_output=True, text=True, timeout=120
    )
    assert "<main>" in done.stdout and "<title>RAN" not in done.stdout  # the policy holds
    subprocess.run(
        [browser, *options, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'x.pdf'}", path.as_uri()],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    assert (tmp_path / "x.pdf").read_bytes().count(b"/Type /Page\n") > 4 or b"/Count" in (
        tmp_path / "x.pdf"
    ).read_bytes()


def test_letters_that_xml_does_not_allow_do_not_break_a_picture():
    """A study stored before scenarios refused them may still hold one."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><text>a\x01b\ufffe\tc</text></svg>'
    data = base64.b64decode(rendering._data_uri(svg).partition(",")[2])
    assert ElementTree.fromstring(data)[0].text == "a\ufffdb\ufffd\tc"
