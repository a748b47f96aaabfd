"""Small studies for tests: battles of milliseconds, on a scenario written here."""

from __future__ import annotations

from pathlib import Path

BASE = """\
parapet: 1
title: Two jets against one fire unit
seed: 3
duration: 120 s
environment: {ground_elevation: 0 m}
assets:
  - {name: Town, template: city-centre, place: {lat: 40.0, lon: 32.0}}
systems:
  - name: guard
    system: s400-fire-unit
    place: {of: Town, bearing: 0, distance: 2 km}
    boresights: [0]
    launchers: 2
    loads: {48n6e3: 4, 9m96e2: 8}
raid:
  - name: jet
    threat: generic-target
    count: 2
    interval: 3 s
    route: [{bearing: 0, distance: 28 km, altitude: 4 km}]
    aim: Town
"""

STUDY = """\
parapet-study: 1
title: A small study
base: base.yaml
variants:
  salvo:
    systems[guard].doctrine.mode: salvo
  look:
    systems[guard].doctrine.salvo: 1
factors:
  raid[jet].count: [1, 3]
runs: 6
seed: 11
"""

DOUBT = """\
parapet-study: 1
title: Doubt in one figure and one count
base: base.yaml
doubt:
  samples: 3
  figures: [interceptors.48n6e3.lethal_radius_*, interceptors.48n6e3.p_reliability, threats.f-16c-block-70.*]
  alternatives: {"catalogue.systems.s400-fire-unit.fire_units.n_target_channels": [1, 10]}
runs: 3
seed: 5
"""


def written(folder: Path, study: str = STUDY, base: str = BASE) -> Path:
    """The study file, with its base scenario beside it."""
    if "f-16c" in study:  # the generic target is exact, nothing of it is in doubt
        base = base.replace("generic-target", "f-16c-block-70")
    (folder / "base.yaml").write_text(base, encoding="utf-8")
    file = folder / "study.yaml"
    file.write_text(study, encoding="utf-8")
    return file
