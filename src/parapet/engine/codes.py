"""Numbers that stand for words in the engine: append-only, so that old results stay readable.

Every group is a set of integer constants for the kernels and, where a person may see them, a dictionary of words.
"""

from __future__ import annotations

# --- what a threat is and how it ends ------------------------------------------------------------------------
KIND_AIR = 0
KIND_BALLISTIC = 1

WAITING = 0
FLYING = 1
KILLED = 2
LEAKED = 3
CRASHED = 4
LEFT = 5
OUTCOME_WORDS = {
    WAITING: "not launched",
    FLYING: "airborne",
    KILLED: "killed",
    LEAKED: "leaked",
    CRASHED: "crashed",
    LEFT: "left",
}

BEHAVIOUR_STRAIGHT = 0
BEHAVIOUR_TURN_AWAY = 1
BEHAVIOUR_WEAVE = 2

TARGET_AIRCRAFT = 0
TARGET_MISSILE = 1
TARGET_BALLISTIC = 2

# --- sensors --------------------------------------------------------------------------------------------------
RADAR_ROTATING = 0
RADAR_SECTOR = 1
N_MODE = 2
N_BAND = 5
BANDS = {"VHF": 0, "L": 1, "S": 2, "C": 3, "X": 4}

# --- tracks ---------------------------------------------------------------------------------------------------
TRACK_FREE = 0
TRACK_TENTATIVE = 1
TRACK_FIRM = 2

CLASS_UNKNOWN = 0
CLASS_AIR = 1
CLASS_BALLISTIC = 2

# --- fire channels --------------------------------------------------------------------------------------------
CHANNEL_FREE = 0
CHANNEL_ACQUIRING = 1
CHANNEL_TRACKING = 2
CHANNEL_ASSESSING = 3
CHANNEL_SEARCH_TRACK = 4  # the fire unit guides on the command post's search track (40N6E by uplink)

POLICY_MARGINAL = 0
POLICY_OPTIMAL = 1
POLICY_NEAREST = 2
POLICY_OWN = 3
MODE_SHOOT_LOOK_SHOOT = 0
MODE_SALVO = 1

# --- rounds ---------------------------------------------------------------------------------------------------
GUIDANCE_COMMAND = 0
GUIDANCE_TVM = 1
GUIDANCE_ACTIVE = 2

ROUND_FREE = 0
ROUND_MIDCOURSE = 1
ROUND_HOMING = 2
ROUND_COASTING = 3
ROUND_ARRIVED = 4  # passed its closest approach in this tick, to be settled

SHOT_FLYING = 0
SHOT_KILLED = 1
SHOT_MISSED = 2
SHOT_FAILED = 3
SHOT_LOST_TRACK = 4
SHOT_NO_TARGET = 5
SHOT_SELF_DESTRUCTED = 6
SHOT_DEAD_TARGET = 7
SHOT_WORDS = {
    SHOT_FLYING: "in flight",
    SHOT_KILLED: "killed",
    SHOT_MISSED: "missed",
    SHOT_FAILED: "round failed",
    SHOT_LOST_TRACK: "track lost",
    SHOT_NO_TARGET: "no target found",
    SHOT_SELF_DESTRUCTED: "self-destructed",
    SHOT_DEAD_TARGET: "target already dead",
}

# --- assets ---------------------------------------------------------------------------------------------------
ASSET_DEFENDED = 0
ASSET_POST = 1
ASSET_RADAR = 2
ASSET_LAUNCHER = 3
HARDNESS = {"soft": 0, "medium": 1, "hard": 2}

# --- events ---------------------------------------------------------------------------------------------------
EVENT_THREAT_LAUNCHED = 1
EVENT_FIRST_DETECTION = 2
EVENT_TRACK_BEGUN = 3
EVENT_TRACK_FIRM = 4
EVENT_TRACK_DROPPED = 5
EVENT_DESIGNATED = 6
EVENT_ACQUIRED = 7
EVENT_ACQUISITION_FAILED = 8
EVENT_FIRE_TRACK_LOST = 9
EVENT_ROUND_LAUNCHED = 10
EVENT_ROUND_HOMING = 11
EVENT_INTERCEPT = 12
EVENT_KILL_ASSESSED = 13
EVENT_THREAT_KILLED = 14
EVENT_THREAT_LEAKED = 15
EVENT_ASSET_DAMAGED = 16
EVENT_REASON = 17
EVENT_THREAT_CRASHED = 18
EVENT_THREAT_LEFT = 19
EVENT_CHANNEL_RELEASED = 20
EVENT_POST_LOST = 21
EVENT_RELOADED = 22
EVENT_READY = 23
EVENT_CLASSIFIED = 24
EVENT_TURNED_AWAY = 25
EVENT_RADAR_TURNED = 26
EVENT_RADAR_FULL = 27
EVENT_WORDS = {
    EVENT_THREAT_LAUNCHED: "threat launched",
    EVENT_FIRST_DETECTION: "first detection",
    EVENT_TRACK_BEGUN: "track begun",
    EVENT_TRACK_FIRM: "track firm",
    EVENT_TRACK_DROPPED: "track dropped",
    EVENT_DESIGNATED: "designated",
    EVENT_ACQUIRED: "acquired",
    EVENT_ACQUISITION_FAILED: "acquisition failed",
    EVENT_FIRE_TRACK_LOST: "fire-control track lost",
    EVENT_ROUND_LAUNCHED: "round launched",
    EVENT_ROUND_HOMING: "round homing",
    EVENT_INTERCEPT: "intercept",
    EVENT_KILL_ASSESSED: "kill assessed",
    EVENT_THREAT_KILLED: "threat killed",
    EVENT_THREAT_LEAKED: "threat leaked",
    EVENT_ASSET_DAMAGED: "asset damaged",
    EVENT_REASON: "reason changed",
    EVENT_THREAT_CRASHED: "threat crashed",
    EVENT_THREAT_LEFT: "threat left",
    EVENT_CHANNEL_RELEASED: "channel released",
    EVENT_POST_LOST: "command post lost",
    EVENT_RELOADED: "launcher reloaded",
    EVENT_READY: "fire unit ready",
    EVENT_CLASSIFIED: "track classified",
    EVENT_TURNED_AWAY: "threat turned away",
    EVENT_RADAR_TURNED: "engagement radar turned",
    EVENT_RADAR_FULL: "radar keeps all the tracks it can",
}

# --- the ladder of reasons (ordered: a later rung is further along the chain) ------------------------------------
WHY_NOT_LAUNCHED = 0
WHY_BELOW_HORIZON = 1
WHY_TERRAIN_MASKED = 2
WHY_OUTSIDE_SECTOR = 3
WHY_BELOW_NOISE = 4
WHY_JAMMED = 5
WHY_NO_FIRM_TRACK = 6
WHY_NOT_HOSTILE = 7
WHY_OUT_OF_RADAR_RANGE = 8
WHY_NOT_ACQUIRED = 9
WHY_FIRE_TRACK_LOST = 10
WHY_NO_SOLUTION = 11
WHY_NO_LINE_OF_SIGHT = 12
WHY_NO_CHANNEL = 13
WHY_NO_ROUND = 14
WHY_LAUNCHER_BUSY = 15
WHY_REACTION_TIME = 16
WHY_DOCTRINE = 17
WHY_ENGAGED = 18
WHY_KILLED = 19
WHY_LEAKED = 20
WHY_UNIT_NOT_READY = 21
WHY_OVER = 22
WHY_WORDS = {
    WHY_NOT_LAUNCHED: "not launched",
    WHY_BELOW_HORIZON: "below horizon",
    WHY_TERRAIN_MASKED: "terrain masked",
    WHY_OUTSIDE_SECTOR: "outside sector or elevation",
    WHY_BELOW_NOISE: "below noise",
    WHY_JAMMED: "jammed",
    WHY_NO_FIRM_TRACK: "seen, no firm track",
    WHY_NOT_HOSTILE: "not hostile by rules",
    WHY_OUT_OF_RADAR_RANGE: "out of engagement radar's range",
    WHY_NOT_ACQUIRED: "designated, not acquired",
    WHY_FIRE_TRACK_LOST: "lost by engagement radar",
    WHY_NO_SOLUTION: "no kinematic solution",
    WHY_NO_LINE_OF_SIGHT: "no line of sight at intercept",
    WHY_NO_CHANNEL: "no channel",
    WHY_NO_ROUND: "no round",
    WHY_LAUNCHER_BUSY: "launcher busy",
    WHY_REACTION_TIME: "reaction time",
    WHY_DOCTRINE: "held by doctrine",
    WHY_ENGAGED: "engaged",
    WHY_KILLED: "killed",
    WHY_LEAKED: "leaked",
    WHY_UNIT_NOT_READY: "fire unit dormant, not ready or out of action",
    WHY_OVER: "ended otherwise",
}

# --- recording levels -----------------------------------------------------------------------------------------
RECORD_OUTCOMES = 0
RECORD_EVENTS = 1
RECORD_FULL = 2
RECORDING = {"outcomes": RECORD_OUTCOMES, "events": RECORD_EVENTS, "full": RECORD_FULL}

# --- status of a finished call of the engine ----------------------------------------------------------------------
STATUS_OK = 0
STATUS_EVENTS_FULL = 1
STATUS_SHOTS_FULL = 2
STATUS_SAMPLES_FULL = 3
STATUS_NOT_FINITE = 4
STATUS_PLOTS_FULL = 5
STATUS_TRACKS_FULL = 6
STATUS_ROUNDS_FULL = 7
STATUS_WORDS = {
    STATUS_OK: "ok",
    STATUS_EVENTS_FULL: "the event log is full",
    STATUS_SHOTS_FULL: "the shot log is full",
    STATUS_SAMPLES_FULL: "the sample log is full",
    STATUS_NOT_FINITE: "a number is not finite",
    STATUS_PLOTS_FULL: "the plot buffer is full",
    STATUS_TRACKS_FULL: "the track file is full",
    STATUS_ROUNDS_FULL: "the table of rounds in flight is full",
}
