"""The examples: right, described, quickly, and without the engine."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from rich.console import Console

from parapet.disposition.yaml_data import is_dispute
from parapet.scenario import json_schema
from parapet.scenario.check import check_file, load
from parapet.scenario.describe import describe, summary
from parapet.scenario.schema import Scenario

ROOT = Path(__file__).parents[2]
EXAMPLES = [file for file in sorted((ROOT / "examples").glob("*.yaml")) if not is_dispute(file)]


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_has_no_error_and_no_warning(file: Path) -> None:
    scenario, findings = check_file(file)
    assert scenario is not None
    assert [str(finding) for finding in findings if finding.severity != "note"] == []
    assert scenario.question


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_can_be_described(file: Path) -> None:
    scenario, used, _ = load(file)
    text = io.StringIO()
    Console(file=text, width=140).print(describe(scenario, used))
    for group in scenario.raid:
        assert group.name in text.getvalue()
    assert scenario.title in text.getvalue()


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_fits_the_exported_schema(file: Path) -> None:
    validator = jsonschema.Draft202012Validator(json_schema.json_schema())
    assert list(validator.iter_errors(yaml.safe_load(file.read_text(encoding="utf-8")))) == []


def test_the_summary_counts_channels_and_rounds() -> None:
    scenario, used, _ = load(ROOT / "examples/saturation.yaml")
    text = summary(scenario, used)
    assert "8 fire units" in text
    assert "hold 80 targets and guide 160 rounds" in text
    assert "200 threats" in text
    scenario, used, _ = load(ROOT / "examples/dormant.yaml")
    assert "undefended baseline" in summary(scenario, used)


def test_ankara_and_raid_80_have_the_size_they_are_named_for() -> None:
    assert load(ROOT / "examples/ankara.yaml")[0].n_threats == 27
    assert load(ROOT / "examples/raid-80.yaml")[0].n_threats == 80


def test_the_exported_schema_is_current() -> None:
    file = ROOT / json_schema.SCHEMA_FILE
    assert file.read_text(encoding="utf-8") == json_schema.text(), (
        "run: python -m parapet.scenario.json_schema"
    )
    jsonschema.Draft202012Validator.check_schema(json.loads(file.read_text(encoding="utf-8")))


def test_every_key_of_the_format_is_explained() -> None:
    page = json_schema.reference()
    for key in ("boresights", "antenna_mast", "turn_away", "from_bearing", "max_engagements_per_track"):
        assert f"| `{key}` |" in page
    for block, texts in json_schema.attribute_texts().items():
        assert texts or block == "_Block"
    assert set(json_schema.json_schema()["properties"]) == {
        field.alias or name for name, field in Scenario.model_fields.items()
    }


def test_check_and_describe_import_neither_numba_nor_polars() -> None:
    code = (
        "import sys\n"
        "from parapet.scenario.check import load\n"
        "from parapet.scenario.describe import describe\n"
        f"scenario, used, _ = load({str(ROOT / 'examples/ankara.yaml')!r})\n"
        "describe(scenario, used)\n"
        "print([name for name in ('numba', 'polars', 'scipy', 'matplotlib') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
