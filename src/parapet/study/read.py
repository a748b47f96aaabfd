"""A study file (or a plain scenario, a study with one cell) as a `StudyFile`, or the full list of what is wrong."""

from __future__ import annotations

import math
import re
from pathlib import Path as FilePath
from typing import Any

from parapet.errors import Finding, InputError, ScenarioError, UnitError, sorted_findings
from parapet.scenario.document import Document, Path, parse_document, text_of_file
from parapet.scenario.read import did_you_mean, reading
from parapet.study.factors import CATALOGUE, PathError, labels, leaves
from parapet.study.schema import DESIGNS, FORMAT, RECORDS, RUNS, Design, Doubt, Factor, StudyFile
from parapet.study.statistics import parse_until
from parapet.units import dimension_of

KEYS = (
    "parapet-study", "title", "question", "notes", "base", "variants", "factors", "design", "doubt", "runs", "seed",
    "until", "record",
)  # fmt: skip
DOUBT_KEYS = ("samples", "figures", "except", "groups", "alternatives")
FACTOR_KEYS = ("levels", "low", "high", "scale", "count", "label")
MAX_CELLS = 20_000

_NUMBER_AND_UNIT = re.compile(r"^\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(\S.*?)?\s*$")


def read(path: str | FilePath) -> StudyFile:
    """The study in a file, its paths checked against the base scenario.

    Raises
    ------
    ScenarioError
        With every finding in the study file, or in the base scenario.
    """
    file = str(path)
    try:
        text = text_of_file(path, "a study or scenario file such as studies/doctrine.yaml")
    except InputError as error:
        raise ScenarioError(error.findings) from None
    if not text.strip():
        words = "the file is empty. A study begins with 'parapet-study: 1', a scenario with 'parapet: 1'."
        raise ScenarioError([Finding("error", words, file, 1, 1)])
    document = parse_document(text, file)
    if isinstance(document.data, dict) and "parapet-study" not in document.data:
        return _plain(document, text)
    return _Reader(document, text).study()


def is_study(path: str | FilePath) -> bool:
    """Whether a file says that it is a study; False also if it cannot be read."""
    try:
        document = parse_document(text_of_file(path, "a study or scenario file"), str(path))
    except InputError:
        return False
    return isinstance(document.data, dict) and "parapet-study" in document.data


def _plain(document: Document, text: str) -> StudyFile:
    """A scenario file: one cell."""
    result = reading(document.file)
    if result.findings or result.scenario is None:
        raise ScenarioError(result.findings)
    scenario = result.scenario
    return StudyFile(
        document.file, text, document, document, scenario.title, scenario.question, {"": {}}, (), Design(), None, RUNS,
        scenario.seed, "", "outcomes", is_plain=True,
    )  # fmt: skip


class _Reader:
    def __init__(self, document: Document, text: str) -> None:
        self.document = document
        self.text = text
        self.findings: list[Finding] = list(document.findings)
        self.data: dict[str, Any] = document.data if isinstance(document.data, dict) else {}
        self.base = Document("")

    def wrong(self, path: Path, message: str) -> None:
        self.findings.append(self.document.finding("error", path, message))

    def stop_if_wrong(self) -> None:
        if self.findings:
            raise ScenarioError(sorted_findings(self.findings))

    def study(self) -> StudyFile:
        if not self.data and not self.findings:
            self.wrong((), "expected keys such as 'parapet-study: 1' and 'base:'.")
        self.stop_if_wrong()
        version = self.data["parapet-study"]
        if version != FORMAT or isinstance(version, bool):
            text = f"got format {version!r}, this version of Parapet reads 'parapet-study: {FORMAT}'."
            self.wrong(("parapet-study",), text)
            self.stop_if_wrong()
        for key in self.data:
            if key not in KEYS:
                hint = did_you_mean(key, KEYS) or f" Known here: {', '.join(KEYS)}."
                self.wrong((key,), f"unknown key {key!r}.{hint}")
        self._base()
        self.stop_if_wrong()
        base_seed = self.base.data.get("seed", 1)
        study = StudyFile(
            self.document.file, self.text, self.document, self.base,
            title=self._word("title", str(self.base.data.get("title", "")) or "untitled"),
            question=self._word("question", ""),
            variants=self._variants(),
            factors=self._factors(),
            design=self._design(),
            doubt=self._doubt(),
            runs=self._whole(("runs",), self.data.get("runs", RUNS), 1),
            seed=self._whole(("seed",), self.data.get("seed", base_seed), 0),
            until=self._word("until", ""),
            record=self._word("record", "outcomes"),
        )  # fmt: skip
        if study.record not in RECORDS:
            hint = did_you_mean(study.record, RECORDS)
            self.wrong(("record",), f"got {study.record!r}, expected one of {', '.join(RECORDS)}.{hint}")
        if study.until:
            try:
                parse_until(study.until)
            except InputError as error:
                self.wrong(("until",), error.findings[0].message)
        self._clashes(study)
        self.stop_if_wrong()
        return study

    def _word(self, key: str, default: str) -> str:
        value = self.data.get(key, default)
        if not isinstance(value, str):
            self.wrong((key,), f"got {value!r}, expected text.")
            return default
        return value.strip()

    def _whole(self, path: Path, value: Any, least: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.wrong(path, f"got {value!r}, expected a whole number of at least {least}.")
            return least
        return value

    def _block(self, key: str) -> dict[str, Any]:
        value = self.data.get(key) or {}
        if not isinstance(value, dict):
            self.wrong((key,), f"got {value!r}, expected keys.")
            return {}
        return value

    def _base(self) -> None:
        name = self.data.get("base")
        if not isinstance(name, str) or not name:
            self.wrong(
                ("base",) if "base" in self.data else (), "'base' is missing: the path of a scenario file."
            )
            return
        file = FilePath(self.document.file).parent / name
        result = reading(file)
        if not file.is_file():
            self.wrong(("base",), f"{result.findings[0].message} ({str(file)!r})")
            return
        # A variant may mend what is wrong in the base, but a base that cannot be read at all has no paths.
        if result.scenario is None or result.document.data is None:
            self.findings += result.findings
        self.base = result.document

    def _path(self, where: Path, path: str) -> bool:
        """Whether a path leads somewhere; a finding if not. Catalogue paths are checked when cells are made."""
        if path.startswith(CATALOGUE):
            return True
        try:
            found = leaves(self.base.data, path)
        except PathError as error:
            self.wrong(where, str(error))
            return False
        if found[0].place[0] in ("parapet", "seed", "catalogue", "recording"):
            self.wrong(where, f"{path!r} cannot be varied in a study.")
            return False
        return True

    def _variants(self) -> dict[str, dict[str, Any]]:
        variants: dict[str, dict[str, Any]] = {}
        for name, settings in self._block("variants").items():
            where: Path = ("variants", name)
            merged: dict[str, Any] = {}
            blocks = settings if isinstance(settings, list) else [settings or {}]
            for i, block in enumerate(blocks):
                inner: Path = (*where, i) if isinstance(settings, list) else where
                if not isinstance(block, dict):
                    self.wrong(
                        inner, f"got {block!r}, expected 'path: value', e.g. 'raid[cruise].count: 40'."
                    )
                    continue
                for path, value in block.items():
                    if self._path((*inner, path), path):
                        merged[path] = value
            variants[name] = merged
        return variants or {"": {}}

    def _factors(self) -> tuple[Factor, ...]:
        given = self._block("factors")
        good = [path for path in given if self._path(("factors", path), path)]
        try:
            short = labels(good)
        except PathError as error:
            self.wrong(("factors",), str(error))
            return ()
        return tuple(f for path in good if (f := self._factor(path, given[path], short[path])) is not None)

    def _factor(self, path: str, value: Any, label: str) -> Factor | None:
        where: Path = ("factors", path)
        is_whole = not path.startswith(CATALOGUE) and leaves(self.base.data, path)[0].is_whole
        if isinstance(value, list):
            value = {"levels": value}
        if not isinstance(value, dict):
            self.wrong(
                where, f"got {value!r}, expected levels such as [20, 40, 60] or {{low: 0.5, high: 0.9}}."
            )
            return None
        for key in value:
            if key not in FACTOR_KEYS:
                hint = did_you_mean(key, FACTOR_KEYS) or f" Known here: {', '.join(FACTOR_KEYS)}."
                self.wrong((*where, key), f"unknown key {key!r}.{hint}")
                return None
        label = str(value.get("label", label))
        if "levels" in value:
            levels = value["levels"]
            if not isinstance(levels, list) or not levels:
                self.wrong(where, "expected at least one level, e.g. [20, 40].")
                return None
            if len({repr(level) for level in levels}) < len(levels):
                self.wrong(where, "a level stands here twice.")
                return None
            return Factor(path, tuple(levels), is_whole=is_whole, label=label)
        ends = [self._number((*where, key), value.get(key), key) for key in ("low", "high")]
        if ends[0] is None or ends[1] is None:
            return None
        (low, unit), (high, unit_high) = ends[0], ends[1]
        is_log = value.get("scale", "linear") == "log"
        if value.get("scale", "linear") not in ("linear", "log"):
            self.wrong((*where, "scale"), f"got {value['scale']!r}, expected linear or log.")
        if unit != unit_high:
            self.wrong(where, f"low is in {unit or 'no unit'} and high in {unit_high or 'no unit'}; use one.")
        if not low < high or (is_log and low <= 0.0):
            self.wrong(
                where, f"got low {low:g} and high {high:g}; low must be below high{' and above 0' * is_log}."
            )
        count = self._whole((*where, "count"), value.get("count", 5), 2)
        return Factor(path, (), low, high, unit, is_log, is_whole, count, label)

    def _number(self, where: Path, value: Any, key: str) -> tuple[float, str] | None:
        match = (
            _NUMBER_AND_UNIT.match(str(value)) if value is not None and not isinstance(value, bool) else None
        )
        if match is None:
            self.wrong(where, f"got {key}: {value!r}, expected a number or a text such as '12 km'.")
            return None
        unit = match.group(2) or ""
        if unit:
            try:
                dimension_of(unit)
            except UnitError as error:
                self.wrong(where, error.findings[0].message)
                return None
        return float(match.group(1)), unit

    def _design(self) -> Design:
        value = self.data.get("design", "grid")
        where: Path = ("design",)
        block = {"kind": value} if isinstance(value, str) else value
        if not isinstance(block, dict):
            self.wrong(where, f"got {value!r}, expected one of {', '.join(DESIGNS)}.")
            return Design()
        for key in block:
            if key not in ("kind", "size"):
                self.wrong(
                    (*where, key),
                    f"unknown key {key!r}.{did_you_mean(key, ('kind', 'size'))} Known here: kind, size.",
                )
        kind = block.get("kind", "grid")
        if kind not in DESIGNS:
            self.wrong(
                where, f"got {kind!r}, expected one of {', '.join(DESIGNS)}.{did_you_mean(kind, DESIGNS)}"
            )
            return Design()
        size = 0
        if kind not in ("grid", "one_at_a_time"):
            if "size" not in block:
                self.wrong(where, f"{kind} needs a size: 'design: {{kind: {kind}, size: 64}}'.")
            size = self._whole((*where, "size"), block.get("size", 64), 1)
        if kind in ("sobol", "saltelli") and size & (size - 1):
            near = 2 ** round(math.log2(max(size, 1)))
            self.wrong(
                (*where, "size"), f"got {size}; Sobol sequences are balanced for powers of two, e.g. {near}."
            )
        if not self.data.get("factors") and "design" in self.data:
            self.wrong(where, "there are no factors to combine. Add 'factors:'.")
        return Design(kind, size)

    def _doubt(self) -> Doubt | None:
        if self.data.get("doubt") is None:
            return None
        block = self._block("doubt")
        where: Path = ("doubt",)
        for key in block:
            if key not in DOUBT_KEYS:
                hint = did_you_mean(key, DOUBT_KEYS) or f" Known here: {', '.join(DOUBT_KEYS)}."
                self.wrong((*where, key), f"unknown key {key!r}.{hint}")
        samples = self._whole((*where, "samples"), block.get("samples", 0), 1)
        given = block.get("groups") or {}
        if not isinstance(given, dict):
            self.wrong((*where, "groups"), "expected names with lists of figures.")
            given = {}
        groups = {str(name): self._patterns((*where, "groups", name), value) for name, value in given.items()}
        return Doubt(
            samples,
            self._patterns((*where, "figures"), block.get("figures", "all")),
            self._patterns((*where, "except"), block.get("except", [])),
            groups,
            self._alternatives(block.get("alternatives") or {}),
        )

    def _patterns(self, where: Path, value: Any) -> tuple[str, ...]:
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            self.wrong(where, f"got {value!r}, expected figures such as [interceptors.48n6e3.*].")
            return ()
        return tuple("*" if item == "all" else item.removeprefix(CATALOGUE) for item in items)

    def _alternatives(self, given: Any) -> dict[str, tuple[tuple[Any, float], ...]]:
        where: Path = ("doubt", "alternatives")
        if not isinstance(given, dict):
            self.wrong(where, "expected paths with lists of values.")
            return {}
        result = {}
        for path, values in given.items():
            if not self._path((*where, path), path):
                continue
            if isinstance(values, dict):
                pairs = [(_read_key(key), weight) for key, weight in values.items()]
            else:
                pairs = [(value, 1.0) for value in values] if isinstance(values, list) else []
            is_number = all(
                isinstance(w, int | float) and not isinstance(w, bool) and w > 0 for _, w in pairs
            )
            if len(pairs) < 2 or not is_number:
                text = "expected two or more values, [36, 80], or values with weights, {36: 1, 80: 3}."
                self.wrong((*where, path), text)
                continue
            total = sum(weight for _, weight in pairs)
            result[path] = tuple((value, weight / total) for value, weight in pairs)
        return result

    def _clashes(self, study: StudyFile) -> None:
        """A path is set by one part of the study only."""
        factor_paths = {factor.path for factor in study.factors}
        for name, settings in study.variants.items():
            for path in factor_paths & settings.keys():
                self.wrong(("variants", name, path), f"{path!r} is a factor as well. Set it in one place.")
        for path in study.doubt.alternatives if study.doubt else ():
            if path in factor_paths or any(path in settings for settings in study.variants.values()):
                text = f"{path!r} is varied by the study as well. Set it in one place."
                self.wrong(("doubt", "alternatives", path), text)


def _read_key(key: str) -> Any:
    """A mapping's key as the value it stands for: keys are text in the file, counts are meant."""
    for kind in (int, float):
        try:
            return kind(key)
        except ValueError:
            continue
    return key
