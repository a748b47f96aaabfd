"""Writing to the log: append, and keep counting past the end so that an overflow is seen."""

from __future__ import annotations

from parapet._jit import inner


@inner
def tell(log, t_s, code, a, b, c, value):
    """Append one event (fields by code: see ``state.EVENT``). Past the end of the table only the count grows."""
    n = log.count[0]
    log.count[0] = n + 1
    if n < log.event.size:
        row = log.event[n]
        row.t_s = t_s
        row.code = code
        row.a = a
        row.b = b
        row.c = c
        row.value = value


@inner
def next_shot(log):
    """Row for a new shot, or -1 when the table is full (the count grows all the same)."""
    n = log.count[1]
    log.count[1] = n + 1
    if n < log.shot.size:
        return n
    return -1


@inner
def sample(log, t_s, family, i, x_m, y_m, z_m, vx_mps, vy_mps, vz_mps, sigma_m, a, b):
    """Append one sample of a position (fields: see ``state.SAMPLE``)."""
    n = log.count[2]
    log.count[2] = n + 1
    if n < log.sample.size:
        row = log.sample[n]
        row.t_s = t_s
        row.family = family
        row.i = i
        row.x_m = x_m
        row.y_m = y_m
        row.z_m = z_m
        row.vx_mps = vx_mps
        row.vy_mps = vy_mps
        row.vz_mps = vz_mps
        row.sigma_m = sigma_m
        row.a = a
        row.b = b
