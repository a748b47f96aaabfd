"""Who goes with whom: plots with tracks, rounds with tracks.

Every kernel writes into arrays that the caller made. Plots and tracks: `assignment`, a rectangular linear
assignment by shortest augmenting paths in which any row may stay alone at a price. Weapons and targets:
`marginal_weapons` (greedy by marginal return) and `exact_weapons` (branch and bound, small problems).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from parapet._jit import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def assignment(
    cost: Floats, n_rows: int, n_cols: int, cost_alone: float, col_of_row: Ints, row_of_col: Ints, u: Floats,
    v: Floats, shortest: Floats, previous: Ints, is_scanned: Ints,
) -> float:  # fmt: skip
    """Total cost of the cheapest pairing of rows with columns; the pairing goes into ``col_of_row``.

    Parameters
    ----------
    cost : float array, at least (n_rows, n_cols); ``math.inf`` (or anything not below inf) forbids a pair.
    cost_alone : finite price of a row that stays without a column. A pair dearer than this is never made.
    col_of_row, row_of_col : int64 arrays, at least n_rows and n_cols long, written: the partner, or -1.
    u : float scratch array, at least n_rows long.
    v, shortest : float scratch arrays, at least n_cols long.
    previous, is_scanned : int64 scratch arrays, at least n_cols long.

    Rows may outnumber columns and the other way round; no rows cost 0. The work grows as rows x rows x
    columns at worst, far less when most pairs are forbidden. Source: shortest augmenting paths, Jonker and
    Volgenant, Computing 38, 1987; Crouse, IEEE Trans. AES 52(4), 2016. Each row's own "alone" column has dual
    value 0 and is always a free end of the search, so it is never stored. Pinned by
    ``test_assignment.test_equals_scipy``.
    """
    for j in range(n_cols):
        row_of_col[j] = -1
        v[j] = 0.0
    for i in range(n_rows):
        # a row whose cheapest choice is still free takes it at once; the searches below settle the rest
        cheapest = cost_alone
        j_cheapest = -1
        for j in range(n_cols):
            if cost[i, j] < cheapest:
                cheapest = cost[i, j]
                j_cheapest = j
        u[i] = cheapest
        col_of_row[i] = -2
        if j_cheapest < 0:
            col_of_row[i] = -1
        elif row_of_col[j_cheapest] < 0:
            col_of_row[i] = j_cheapest
            row_of_col[j_cheapest] = i
    total = 0.0
    for i_start in range(n_rows):
        if col_of_row[i_start] > -2:
            continue
        col_of_row[i_start] = -1
        for j in range(n_cols):
            shortest[j] = math.inf
            is_scanned[j] = 0
        i = i_start
        length = 0.0
        best_alone = math.inf
        i_alone = -1
        j_end = -1
        while True:
            alone = length + cost_alone - u[i]
            if alone < best_alone:
                best_alone = alone
                i_alone = i
            lowest = math.inf
            j_lowest = -1
            base = length - u[i]
            for j in range(n_cols):
                if is_scanned[j] == 0:
                    reach = base + cost[i, j] - v[j]
                    if reach < shortest[j]:
                        shortest[j] = reach
                        previous[j] = i
                    if shortest[j] < lowest or (
                        shortest[j] == lowest and j_lowest >= 0 and row_of_col[j] < 0
                    ):
                        lowest = shortest[j]
                        j_lowest = j
            if j_lowest < 0 or best_alone <= lowest:
                length = best_alone
                break
            length = lowest
            is_scanned[j_lowest] = 1
            if row_of_col[j_lowest] < 0:
                j_end = j_lowest
                break
            i = row_of_col[j_lowest]
        u[i_start] += length
        for j in range(n_cols):
            if is_scanned[j] == 1:
                slack = length - shortest[j]
                v[j] -= slack
                if row_of_col[j] >= 0:
                    u[row_of_col[j]] += slack
        j = j_end
        if j < 0 and i_alone != i_start:
            j = col_of_row[i_alone]
            col_of_row[i_alone] = -1
        while j >= 0:
            i = previous[j]
            row_of_col[j] = i
            j_next = col_of_row[i]
            col_of_row[i] = j
            if i == i_start:
                break
            j = j_next
    for i in range(n_rows):
        j = col_of_row[i]
        total += cost_alone if j < 0 else cost[i, j]
    return total


@kernel
def marginal_weapons(
    value: Floats, p_kill: Floats, n_weapons: int, n_targets: int, target_of_weapon: Ints, survivor: Floats
) -> float:
    """Expected value left when each shot goes where it saves most; the shots go into ``target_of_weapon``.

    Parameters
    ----------
    value : float array (n_targets), what each target would destroy, 0 and up.
    p_kill : float array (n_weapons, n_targets), 0 to 1; 0 forbids a shot.
    target_of_weapon : int64 array (n_weapons), written: the target, or -1 where no shot saves anything.
    survivor : float array (n_targets), written: probability that the target survives.

    After each shot the survival of its target is updated. Optimal when a target's kill probability is the
    same for every weapon; otherwise a good start. Ties: lowest weapon, then lowest target. Source: den
    Broeder, Ellison and Emerling, Operations Research 7, 1959. Pinned by
    ``test_assignment.test_marginal_return_is_optimal_for_equal_p``.
    """
    for t in range(n_targets):
        survivor[t] = 1.0
    for w in range(n_weapons):
        target_of_weapon[w] = -1
    for _ in range(n_weapons):
        best = 0.0
        w_best = -1
        t_best = -1
        for w in range(n_weapons):
            if target_of_weapon[w] < 0:
                for t in range(n_targets):
                    gain = value[t] * survivor[t] * p_kill[w, t]
                    if gain > best:
                        best = gain
                        w_best = w
                        t_best = t
        if w_best < 0:
            break
        target_of_weapon[w_best] = t_best
        survivor[t_best] *= 1.0 - p_kill[w_best, t_best]
    left = 0.0
    for t in range(n_targets):
        left += value[t] * survivor[t]
    return left


@kernel
def exact_weapons(
    value: Floats, p_kill: Floats, n_weapons: int, n_targets: int, target_of_weapon: Ints, choice: Ints,
    left: Floats, floor_share: Floats,
) -> float:  # fmt: skip
    """Least expected value that can be left; the best shots go into ``target_of_weapon``.

    Parameters
    ----------
    value, p_kill, target_of_weapon : as in `marginal_weapons`. Every weapon fires.
    choice : int64 scratch array, at least n_weapons + 1 long.
    left, floor_share : float scratch arrays, at least (n_weapons + 1, n_targets).

    Depth-first search; a branch is cut when even all remaining weapons fired at *every* target at once would
    not beat the best found. Exact; meant for up to about 10 x 10. Source: relaxation bound as in Ahuja,
    Kumar, Jha and Orlin, Operations Research 55, 2007. Pinned by ``test_assignment.test_published_optimum``.
    """
    for w in range(n_weapons):
        target_of_weapon[w] = -1
    if n_targets <= 0:
        return 0.0
    for t in range(n_targets):
        left[0, t] = value[t]
        floor_share[n_weapons, t] = 1.0
    for k in range(n_weapons):
        w = n_weapons - 1 - k
        for t in range(n_targets):
            floor_share[w, t] = floor_share[w + 1, t] * (1.0 - p_kill[w, t])
    best = math.inf
    depth = 0
    choice[0] = -1
    while depth >= 0:
        if depth == n_weapons:
            total = 0.0
            for t in range(n_targets):
                total += left[depth, t]
            if total < best:
                best = total
                for w in range(n_weapons):
                    target_of_weapon[w] = choice[w]
            depth -= 1
            continue
        choice[depth] += 1
        if choice[depth] >= n_targets:
            depth -= 1
            continue
        bound = 0.0
        for t in range(n_targets):
            share = left[depth, t]
            if t == choice[depth]:
                share *= 1.0 - p_kill[depth, t]
            left[depth + 1, t] = share
            bound += share * floor_share[depth + 1, t]
        if bound < best:
            depth += 1
            choice[depth] = -1
    return best
