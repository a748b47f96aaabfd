"""What a radar, an interceptor, a system, a threat and an asset are described by: every key, its meaning and limits.

The text under each key is its reference; the numbers in ``Quantity`` are plausible limits in SI units, wide enough
for any real thing and narrow enough to catch a mistaken unit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from parapet.catalogue.figure import Figure, Quantity, did_you_mean
from parapet.errors import CatalogueError

Count = Annotated[Figure, Quantity("ratio", 0.0, 1e9)]
Ratio = Annotated[Figure, Quantity("ratio", 0.0, 100.0)]
Probability = Annotated[Figure, Quantity("ratio", 0.0, 1.0)]
Length = Annotated[Figure, Quantity("length", 0.05, 150.0)]
Distance = Annotated[Figure, Quantity("length", 0.0, 5.0e6)]
Altitude = Annotated[Figure, Quantity("length", 0.0, 2.0e6)]
Miss = Annotated[Figure, Quantity("length", 0.0, 1000.0)]
Speed = Annotated[Figure, Quantity("speed", 0.0, 8000.0)]
Rate = Annotated[Figure, Quantity("acceleration", 0.0, 1000.0)]
Seconds = Annotated[Figure, Quantity("time", 0.0, 2000.0)]
Slew = Annotated[Figure, Quantity("angular_rate", 0.0, 10.0)]
Impulse = Annotated[Figure, Quantity("time", 100.0, 320.0)]
Delay = Annotated[Figure, Quantity("time", 0.0, 86400.0)]
Mass = Annotated[Figure, Quantity("mass", 0.0, 600000.0)]
Angle = Annotated[Figure, Quantity("angle", -1.6, 3.1416)]
Area = Annotated[Figure, Quantity("area", 1e-6, 10000.0)]
Money = Annotated[Figure, Quantity("money", 0.0, 1e10)]
BallisticCoefficient = Annotated[Figure, Quantity("areal_density", 10.0, 50000.0)]
Aspect = Literal["front", "side", "rear"]
Band = Literal["VHF", "L", "S", "C", "X"]
BANDS: tuple[Band, ...] = ("VHF", "L", "S", "C", "X")
SPEED_OF_LIGHT_MPS = 299_792_458.0
BOLTZMANN_JPK = 1.380649e-23
REFERENCE_SNR = math.log(1e-6) / math.log(0.5) - 1.0
"""Signal-to-noise at a published range: single look, Pd 0.5, Pfa 1e-6, Swerling 1 (12.77 dB)."""
NEAR_M = 1000.0
"""Where a link budget is turned into a range and the signature seen there."""


class Part(BaseModel):
    """A frozen group of figures and words; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def figures(self) -> Iterator[tuple[str, Figure]]:
        """Every figure with its dotted path, in the order of the keys."""
        for key in type(self).model_fields:
            yield from _figures_in(getattr(self, key), key)


def _figures_in(value: object, path: str) -> Iterator[tuple[str, Figure]]:
    if isinstance(value, Figure):
        yield path, value
    elif isinstance(value, Part):
        for key, figure in value.figures():
            yield f"{path}.{key}", figure
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _figures_in(item, f"{path}.{key}")
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from _figures_in(item, f"{path}.{getattr(item, 'name', i)}")


def _missing(keys: list[str], why: str) -> PydanticCustomError:
    names = ", ".join(keys)
    return PydanticCustomError("missing_keys", "{message}", {"message": f"{why} also needs: {names}."})


class Entry(Part):
    """One thing in the catalogue."""

    section: ClassVar[str] = ""

    id: str = ""
    """The name by which scenarios and other entries call it; given by the file, not written inside the entry."""
    name: str
    """What people call it."""
    note: str = ""
    """What a reader should know about the entry as a whole."""

    def figure(self, path: str) -> Figure:
        """The figure at a dotted path such as ``launch_mass``, ``signature.X.front`` or ``modes.air.reference_range``.

        Raises
        ------
        CatalogueError
            If nothing, or no figure, stands there; the message offers the closest key.
        """
        value: Any = self
        for i, key in enumerate(path.split(".")):
            here = ".".join(path.split(".")[:i])
            value = self._step(value, key, here)
        if not isinstance(value, Figure):
            what = "is not given" if value is None else f"is no figure (it is {value!r})"
            raise CatalogueError(f"{self.section}.{self.id}: {path} {what}.")
        return value

    def si(self, path: str, default: float | None = None) -> float:
        """The nominal value in SI units; `default` (if any) stands in for an optional figure that is not given."""
        if default is not None and not self.has(path):
            return default
        return self.figure(path).nominal

    def has(self, path: str) -> bool:
        """Whether a figure is given at this path."""
        try:
            self.figure(path)
        except CatalogueError:
            return False
        return True

    def _step(self, value: Any, key: str, here: str) -> Any:
        known: list[str]
        if isinstance(value, Part):
            known = list(type(value).model_fields)
            if key in known:
                return getattr(value, key)
        elif isinstance(value, Mapping):
            known = [str(name) for name in value]
            if key in value:
                return value[key]
        elif isinstance(value, tuple):
            known = [str(getattr(item, "name", i)) for i, item in enumerate(value)]
            if key in known:
                return value[known.index(key)]
            if key.isdigit() and int(key) < len(value):
                return value[int(key)]
        else:
            known = []
        where = f"{self.section}.{self.id}" + (f".{here}" if here else "")
        hint = did_you_mean(key, known) or (f" Known keys: {', '.join(known)}." if known else "")
        raise CatalogueError(f"{where} has no {key!r}.{hint}")


class LinkBudget(Part):
    """What one look is made of, where that is known better than a range: the radar equation for a matched filter."""

    peak_power: Annotated[Figure, Quantity("power", 1.0, 1e9)]
    """While the transmitter is on."""
    transmit_time: Annotated[Figure, Quantity("time", 1e-8, 10.0)]
    """Sum of the pulses that one look integrates coherently."""
    transmit_gain: Annotated[Figure, Quantity("decibel", 0.0, 80.0)]
    """Of the antenna towards the beam's middle."""
    receive_gain: Annotated[Figure, Quantity("decibel", 0.0, 80.0)]
    """The same on receive."""
    system_temperature: Annotated[Figure, Quantity("temperature", 10.0, 1e5)]
    """Noise of antenna and receiver."""
    losses: Annotated[Figure, Quantity("decibel", 0.0, 40.0)]
    """All of them, but not the air, which the battle adds by path."""

    def snr_at_1_m(self, frequency_hz: float) -> float:
        """Signal-to-noise ratio of 1 m2 at 1 m; equal to `parapet.physics.propagation.radar_constant`."""
        gains_db = self.transmit_gain.nominal + self.receive_gain.nominal - self.losses.nominal
        energy_j = self.peak_power.nominal * self.transmit_time.nominal
        wavelength_m = SPEED_OF_LIGHT_MPS / frequency_hz
        noise_j = BOLTZMANN_JPK * self.system_temperature.nominal
        spread: float = (4.0 * math.pi) ** 3 * noise_j
        return energy_j * math.pow(10.0, gains_db / 10.0) * wavelength_m**2 / spread


class Mode(Part):
    """What one mode sees: a published range (single look, Pd 0.5, Pfa 1e-6, Swerling 1, free space, losses included)
    or a link budget; both come down to one signal-to-noise law."""

    name: str
    """``air`` or ``ballistic``, or any other word."""
    reference_range: Distance | None = None
    """Slant range at which the reference signature is detected with probability one half."""
    reference_signature: Area | None = None
    """Radar cross section the range holds for."""
    link_budget: LinkBudget | None = None
    """Instead of a range and its signature."""
    elevation_min: Angle
    """Lowest elevation the mode searches."""
    elevation_max: Angle
    """Highest elevation the mode searches."""


    @model_validator(mode="after")
    def _is_one_of_two(self) -> Mode:
        published = [key for key in ("reference_range", "reference_signature") if getattr(self, key) is not None]
        if self.link_budget is None and len(published) < 2:
            missing = [key for key in ("reference_range", "reference_signature") if key not in published]
            raise _missing(missing, "a mode without a link_budget")
        if self.link_budget is not None and published:
            words = {"message": f"link_budget stands instead of {' and '.join(published)}. Keep one of the two."}
            raise PydanticCustomError("two_descriptions", "{message}", words)
        return self

    def reference(self, frequency_hz: float) -> tuple[float, float]:
        """A range, m, and the signature, m2, that it holds for: those published, or those of the link budget.

        A link budget holds no air, so its point lies near: at 1 km the air takes next to nothing.
        """
        if self.link_budget is None:
            assert self.reference_range is not None and self.reference_signature is not None
            return self.reference_range.nominal, self.reference_signature.nominal
        return NEAR_M, REFERENCE_SNR * NEAR_M**4 / self.link_budget.snr_at_1_m(frequency_hz)


class Radar(Entry):
    """A radar, described by the ranges published for its modes, or by their link budgets."""

    section: ClassVar[str] = "radars"

    kind: Literal["rotating_search", "sector_array"]
    """``rotating_search`` sweeps past all bearings; ``sector_array`` points its dwells inside a sector."""
    band: Band
    """Which signature of the threats it sees."""
    modes: tuple[Mode, ...] = Field(min_length=1)
    """Its published ranges or link budgets; each is the reference of its own mode."""
    frequency: Annotated[Figure, Quantity("frequency", 3e7, 4e10)]
    """Carrier frequency, for gas loss."""
    instrumented_range: Distance
    """Nothing is seen beyond it."""
    minimum_range: Distance
    """Nothing is seen inside it."""
    antenna_height: Annotated[Figure, Quantity("length", 0.0, 100.0)]
    """Phase centre above the ground, without mast."""
    mast_height: tuple[Annotated[Figure, Quantity("length", 1.0, 100.0)], ...] = ()
    """Antenna heights above the ground on the masts it can be lifted by."""
    azimuth_beamwidth: Annotated[Figure, Quantity("angle", 1e-4, 0.6)]
    """Width at half power."""
    elevation_beamwidth: Annotated[Figure, Quantity("angle", 1e-4, 0.8)]
    """Width at half power (of one stacked beam)."""
    range_resolution: Annotated[Figure, Quantity("length", 0.1, 5000.0)]
    """Width of a range cell."""
    range_error_floor: Annotated[Figure, Quantity("length", 0.0, 2000.0)]
    """One sigma that a strong echo still has."""
    angle_error_floor: Annotated[Figure, Quantity("angle", 0.0, 0.05)]
    """One sigma that a strong echo still has, azimuth and elevation."""
    p_false_alarm: Probability
    """Per cell and look."""
    false_alarm_cells: Annotated[Figure, Quantity("ratio", 0.0, 1e9)]
    """Cells looked at per scan (rotating) or per search frame (sector); times `p_false_alarm` = false plots."""
    n_targets_tracked: Count
    """Tracks it can keep."""
    period: Seconds | None = None
    """Time of one turn (rotating)."""
    half_sector: Angle | None = None
    """From boresight to the edge of the sector."""
    off_boresight_exponent: Ratio | None = None
    """Signal-to-noise falls as the cosine of the angle off boresight to this power (two-way)."""
    slew_rate: Slew | None = None
    """How fast the boresight can be turned."""
    search_revisit: Seconds | None = None
    """Time of one search frame over the sector."""
    track_revisit: Seconds | None = None
    """Time between looks at a target under engagement."""
    track_revisit_slow: Seconds | None = None
    """Time between looks at any other track."""
    dwell_time: Seconds | None = None
    """Radar time of one track look."""
    acquisition_dwell: Seconds | None = None
    """Radar time of one beam position of an acquisition scan."""
    dwell_budget: Probability | None = None
    """Share of the radar's time that track and acquisition looks may take before revisits stretch."""
    n_target_channels: Count | None = None
    """Targets engaged at once; a system entry may say otherwise."""
    n_missile_channels: Count | None = None
    """Rounds guided at once; a system entry may say otherwise."""
    uplink_range: Distance | None = None
    """Slant range to which commands reach a round."""

    @model_validator(mode="after")
    def _kind_is_complete(self) -> Radar:
        needed = {
            "rotating_search": ["period"],
            "sector_array": [
                "half_sector", "off_boresight_exponent", "slew_rate", "search_revisit", "track_revisit",
                "track_revisit_slow", "dwell_time", "acquisition_dwell", "dwell_budget", "n_target_channels",
                "n_missile_channels", "uplink_range",
            ],
        }[self.kind]  # fmt: skip
        missing = [key for key in needed if getattr(self, key) is None]
        if missing:
            raise _missing(missing, f"a {self.kind} radar")
        return self


class Interceptor(Entry):
    """A round: body, motor, drag, guidance and effect."""

    section: ClassVar[str] = "interceptors"

    guidance: Literal["tvm", "active", "command"]
    """Terminal guidance: track-via-missile, active seeker, or command to the end."""
    launch_mass: Mass
    """With all propellant."""
    diameter: Annotated[Figure, Quantity("length", 0.05, 2.0)]
    """Of the body; its circle is the reference area of all coefficients."""
    length: Length
    """Of the body."""
    eject_speed: Speed
    """Vertical speed out of the tube, before ignition (cold launch)."""
    eject_time: Seconds
    """From ejection to ignition; 0 for a hot launch."""
    boost_propellant_mass: Mass
    """Burnt during boost."""
    boost_time: Seconds
    """Length of the boost."""
    boost_specific_impulse: Annotated[Figure, Quantity("time", 0.0, 320.0)]
    """Effective, over the boost."""
    sustain_propellant_mass: Mass
    """Burnt after the boost; 0 without a sustainer."""
    sustain_time: Seconds
    """Length of the sustain phase; 0 without a sustainer."""
    sustain_specific_impulse: Annotated[Figure, Quantity("time", 0.0, 320.0)]
    """Effective, over the sustain phase; 0 without a sustainer."""
    cd_subsonic: Annotated[Figure, Quantity("ratio", 0.0, 2.0)]
    """Zero-lift drag coefficient below Mach 0.8."""
    cd_transonic: Annotated[Figure, Quantity("ratio", 0.0, 2.0)]
    """Zero-lift drag coefficient at its peak near Mach 1.1."""
    cd_supersonic: Annotated[Figure, Quantity("ratio", 0.0, 2.0)]
    """Zero-lift drag coefficient at Mach 3."""
    cd_hypersonic: Annotated[Figure, Quantity("ratio", 0.0, 2.0)]
    """Zero-lift drag coefficient at Mach 5 and above."""
    induced_drag_factor: Annotated[Figure, Quantity("ratio", 0.0, 1.0)]
    """k in Cd = Cd0 + k CL^2."""
    lift_coefficient_max: Annotated[Figure, Quantity("ratio", 0.1, 100.0)]
    """CL the round can hold, on the body's circle."""
    load_factor_max: Annotated[Figure, Quantity("ratio", 1.0, 1000.0)]
    """Structural limit in multiples of standard gravity (unit 1: 25 means 25 g)."""
    autopilot_lag: Annotated[Figure, Quantity("time", 0.0, 5.0)]
    """Time constant from commanded to achieved lateral acceleration."""
    navigation_constant: Annotated[Figure, Quantity("ratio", 2.0, 10.0)]
    """Of terminal proportional navigation."""
    max_flight_time: Seconds
    """The round destroys itself after it."""
    range_air: Distance
    """Published reach against aircraft."""
    range_ballistic: Distance
    """Published reach against ballistic missiles; 0 if it has none."""
    range_min: Distance
    """Nearest intercept."""
    altitude_min: Altitude
    """Lowest intercept above ground."""
    altitude_max: Altitude
    """Highest intercept above sea level."""
    target_speed_max: Speed
    """Fastest target it may be sent at."""
    warhead_mass: Mass
    """Of the warhead."""
    lethal_radius_aircraft: Miss
    """Miss distance at which an aircraft is killed with probability one half."""
    lethal_radius_missile: Miss
    """The same for cruise missiles, drones and decoys."""
    lethal_radius_ballistic: Miss
    """The same for ballistic missiles and their warheads."""
    p_reliability: Probability
    """That motor, link, seeker and fuze all work."""
    p_kill: Probability | None = None
    """If given, the exact kill probability of a round that arrives, whatever its miss (closed-form battles)."""
    seeker_range_reference: Distance
    """Range at which an active seeker locks on to 1 m2; 0 without one."""
    seeker_field_of_view: Annotated[Figure, Quantity("angle", 0.0, 3.1416)]
    """Full cone searched around the expected direction; 0 without a seeker."""
    seeker_angle_noise: Annotated[Figure, Quantity("angle", 0.0, 0.1)]
    """One sigma of the line of sight with a strong signal; 0 without a seeker."""
    receiver_angle_noise: Annotated[Figure, Quantity("angle", 0.0, 0.1)]
    """One sigma of the line of sight of the track-via-missile receiver with a strong signal; 0 without one."""
    uplink_latency: Annotated[Figure, Quantity("time", 0.0, 10.0)]
    """From measurement to command on board."""
    pack_size: Annotated[Figure, Quantity("ratio", 1.0, 32.0)]
    """Rounds in one tube position; packs are loaded as packs and fired singly."""
    launcher_share: Annotated[Figure, Quantity("ratio", 0.0, 1.0)]
    """Share of one launcher that one pack takes (four tubes: 0.25)."""
    is_search_track_uplink: Probability
    """1 if the round may fly on the command post's search track beyond the engagement radar's range, else 0."""
    is_missile_channel_freed_at_lock: Probability
    """1 if the missile channel is free again when the seeker locks on, else 0."""
    unit_cost: Money
    """One round."""
    loft_factor: Ratio | None = None
    """How steeply long shots climb: gravity of the planned arc while the motor burns, over true gravity."""
    loft_elevation_max: Angle | None = None
    """Steepest climb while the motor burns."""
    burnout_speed: Speed | None = None
    """Published greatest own speed; compared, not used."""
    mean_speed: Speed | None = None
    """Published mean speed over the range; compared, not used."""
    apogee: Altitude | None = None
    """Published apogee of long shots; compared, not used."""


class FireUnits(Part):
    """The fire units of a system, all alike."""

    count: Count
    """How many."""
    engagement_radar: str
    """Radar id."""
    local_radar: str | None = None
    """Radar id of each unit's own search radar, or null."""
    launchers: Count
    """Per fire unit."""
    tubes_per_launcher: Count
    """Tube positions."""
    load: dict[str, Count]
    """Rounds per fire unit, by interceptor id."""
    n_target_channels: Count
    """Targets engaged at once, per fire unit."""
    n_missile_channels: Count
    """Rounds guided at once, per fire unit."""
    boresight_spacing: Annotated[Figure, Quantity("angle", 0.0, 6.3)]
    """Angle from one unit's boresight to the next, when a scenario does not give boresights."""


class CommandPost(Part):
    """The command post."""

    name: str
    """What people call it."""


class System(Entry):
    """An air-defence system as a scenario puts it on a site."""

    section: ClassVar[str] = "systems"

    command_post: CommandPost
    """Who keeps the search picture and assigns."""
    search_radars: tuple[str, ...] = ()
    """Radar ids that feed the command post; none if the engagement radars search for themselves."""
    fire_units: FireUnits
    """What shoots."""
    reaction_time: Delay
    """From firm track to first launch at the earliest."""
    launch_interval: Delay
    """Between two rounds of one launcher."""
    reload_time: Delay
    """To fill an empty launcher."""
    kill_assessment_time: Delay
    """From intercept to the verdict."""
    time_to_ready: Delay
    """From the order to readiness, for a dormant system."""
    decision_period: Annotated[Figure, Quantity("time", 0.05, 60.0)]
    """Between two decisions of the command post."""
    command_delay: Annotated[Figure, Quantity("time", 0.0, 60.0)]
    """From a plot at a radar to the picture of the command post."""
    unit_cost: Money
    """The whole system without spare rounds."""
    n_rounds_total: Count | None = None
    """Rounds delivered with it, in tubes and in store; compared, not used."""


class Aspects(Part):
    """Radar cross section by the side seen."""

    front: Area
    """From the nose."""
    side: Area
    """From abeam."""
    rear: Area
    """From behind."""


class Lethality(Part):
    """What one hit does, by hardness of the asset."""

    soft: Probability
    """That a soft asset is destroyed."""
    medium: Probability
    """That a medium asset is destroyed."""
    hard: Probability
    """That a hard asset is destroyed."""


_AIR_KEYS = (
    "speed_min", "speed", "speed_max", "altitude_min", "altitude", "altitude_max", "load_factor_max",
    "climb_rate_max", "acceleration_max",
)  # fmt: skip
_BALLISTIC_KEYS = (
    "launch_mass", "propellant_mass", "burn_time", "specific_impulse", "diameter", "range_min", "range_max",
    "is_separating", "ballistic_coefficient",
)  # fmt: skip
_NEAREST_BANDS: dict[Band, tuple[Band, ...]] = {
    "VHF": ("VHF", "L", "S", "C", "X"),
    "L": ("L", "S", "C", "X", "VHF"),
    "S": ("S", "C", "X", "L", "VHF"),
    "C": ("C", "X", "S", "L", "VHF"),
    "X": ("X", "C", "S", "L", "VHF"),
}


class Threat(Entry):
    """Something that attacks."""

    section: ClassVar[str] = "threats"
    kind: Literal["aircraft", "cruise_missile", "drone", "decoy", "ballistic_missile"]
    """How it moves."""
    lethal_class: Literal["aircraft", "missile", "ballistic"] = Field(alias="class")
    """Which lethal radius of an interceptor applies (key ``class``)."""
    size: Length
    """Greatest length."""
    signature: dict[Band, Aspects]
    """Radar cross section by band; X is needed, other bands fall back on the nearest one given."""
    swerling: Literal[0, 1, 3]
    """Fluctuation case."""
    unit_cost: Money
    """One."""
    circular_error: Distance
    """Radius that holds half of the impacts."""
    warhead_mass: Mass
    """Payload that arrives."""
    lethality: Lethality
    """What a hit does."""
    speed_min: Speed | None = None
    """Slowest flight (air-breathing)."""
    speed: Speed | None = None
    """Cruise, when the scenario says nothing else."""
    speed_max: Speed | None = None
    """Fastest flight."""
    altitude_min: Altitude | None = None
    """Lowest flight above ground."""
    altitude: Altitude | None = None
    """Cruise, when the scenario says nothing else (above ground for low flyers)."""
    altitude_max: Altitude | None = None
    """Ceiling above sea level."""
    load_factor_max: Ratio | None = None
    """Turn limit in multiples of standard gravity (unit 1)."""
    climb_rate_max: Speed | None = None
    """Climb and descent."""
    acceleration_max: Rate | None = None
    """Along the flight path."""
    launch_mass: Mass | None = None
    """Ballistic: with all propellant, all stages taken as one."""
    propellant_mass: Mass | None = None
    """Ballistic: burnt at full range."""
    burn_time: Seconds | None = None
    """Ballistic: at full range; shorter ranges cut the motor off earlier."""
    specific_impulse: Impulse | None = None
    """Ballistic: effective, over the boost."""
    diameter: Length | None = None
    """Ballistic: of the body."""
    range_min: Distance | None = None
    """Ballistic: shortest range."""
    range_max: Distance | None = None
    """Ballistic: longest range."""
    is_separating: Probability | None = None
    """Ballistic: 1 if the warhead leaves the body after burnout, else 0."""
    ballistic_coefficient: BallisticCoefficient | None = None
    """Ballistic: mass over drag area of what re-enters (warhead, or the whole body)."""
    body_ballistic_coefficient: BallisticCoefficient | None = None
    """Ballistic, separating: of the empty body."""
    body_signature: dict[Band, Aspects] | None = None
    """Ballistic, separating: of the empty body."""
    apogee: Altitude | None = None
    """Ballistic: published apogee; compared, not used."""
    burnout_speed: Speed | None = None
    """Ballistic: published greatest speed; compared, not used."""
    reentry_speed: Speed | None = None
    """Ballistic: published speed at re-entry; compared, not used."""

    def aspects(self, band: str) -> Aspects:
        """The signature in a radar's band, or in the nearest band that is given."""
        return next(self.signature[near] for near in _NEAREST_BANDS[band] if near in self.signature)  # type: ignore[index]

    @property
    def is_ballistic(self) -> bool:
        """Whether it flies a ballistic path."""
        return self.kind == "ballistic_missile"

    @model_validator(mode="after")
    def _kind_is_complete(self, info: ValidationInfo) -> Threat:
        needed = list(_BALLISTIC_KEYS if self.is_ballistic else _AIR_KEYS)
        if self.is_separating is not None and self.is_separating.nominal > 0:
            needed += ["body_ballistic_coefficient", "body_signature"]
        missing = [key for key in needed if getattr(self, key) is None]
        if missing:
            raise _missing(missing, f"a {self.kind.replace('_', ' ')}")
        if "X" not in self.signature:
            raise _missing(["signature.X"], "a threat")
        return self


class Asset(Entry):
    """A hardness class, or a template of something worth defending."""

    section: ClassVar[str] = "assets"

    kind: Literal["hardness", "template"]
    """``hardness`` explains a word; ``template`` is a thing a scenario can place."""
    value: Count | None = None
    """Worth, on a scale of its own; only ratios matter."""
    radius: Distance | None = None
    """A hit within it counts."""
    hardness: Literal["soft", "medium", "hard"] | None = None
    """Which lethality applies."""

    @model_validator(mode="after")
    def _kind_is_complete(self) -> Asset:
        missing = [key for key in ("value", "radius", "hardness") if getattr(self, key) is None]
        if self.kind == "template" and missing:
            raise _missing(missing, "a template")
        return self


SECTIONS: dict[str, type[Entry]] = {cls.section: cls for cls in (Radar, Interceptor, System, Threat, Asset)}
"""Section name -> entry type."""
