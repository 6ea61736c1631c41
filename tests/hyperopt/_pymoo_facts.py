"""Writes what pymoo and Optuna compute for small sets of losses: hypervolumes, fronts and crowding distances.

    pip install pymoo==0.6.2 optuna==5.0.0
    python tests/hyperopt/_pymoo_facts.py > tests/hyperopt/_pymoo_facts.json
"""

import json

import numpy as np
from optuna._hypervolume import compute_hypervolume
from pymoo.indicators.hv import HV
from pymoo.operators.survival.rank_and_crowding.metrics import calc_crowding_distance
from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

numbers = np.random.default_rng(5)
cases = []
for objectives, count in [(1, 5), (2, 1), (2, 12), (2, 40), (3, 12), (3, 30), (4, 15), (5, 12)]:
    losses = numbers.random((count, objectives)).round(2)
    # Some points repeat, and some are on or outside of the bounds.
    losses[-1] = losses[0]
    reference = np.full(objectives, 0.9)
    inside = losses[(losses < reference).all(axis=1)]
    fronts = NonDominatedSorting().do(losses)
    first = np.unique(losses[fronts[0]], axis=0)
    volumes = [HV(ref_point=reference)(losses)]
    volumes.append(compute_hypervolume(inside, reference) if len(inside) else 0)
    assert abs(volumes[0] - volumes[1]) < 1e-12, (objectives, count, volumes)
    crowding = None
    if objectives > 1 and len(first) > 2:
        given = calc_crowding_distance(first) * objectives
        crowding = [None if np.isinf(one) else float(one) for one in given]
    cases.append(
        {
            "losses": losses.tolist(),
            "reference": reference.tolist(),
            "hypervolume": float(volumes[0]),
            "fronts": [sorted(int(index) for index in front) for front in fronts],
            "first": first.tolist(),
            "crowding": crowding,
        }
    )
print(json.dumps(cases))
