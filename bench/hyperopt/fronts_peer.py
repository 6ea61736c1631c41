"""Runs Optuna on the problems of front_problems.ts, with the same budgets and seeds.

    python -m venv /tmp/optuna && /tmp/optuna/bin/pip install optuna
    /tmp/optuna/bin/python bench/hyperopt/fronts_peer.py --seeds 20 > peer.json

Prints one JSON object: the hypervolumes of the feasible trials at each budget, by seed, method and problem.
"""

import argparse
import json
import math

import numpy as np
import optuna
from optuna._hypervolume import compute_hypervolume


def zdt(shape):
    def evaluate(x):
        g = 1 + 9 * sum(x[1:]) / (len(x) - 1)
        return [x[0], g * shape(x[0], g)], []

    return {"ranges": [(0, 1)] * 10, "reference": [1.1, 6], "evaluate": evaluate}


def dtlz2(x):
    g = sum((z - 0.5) ** 2 for z in x[2:])
    a, b = x[0] * math.pi / 2, x[1] * math.pi / 2
    cos, sin = math.cos, math.sin
    return [(1 + g) * cos(a) * cos(b), (1 + g) * cos(a) * sin(b), (1 + g) * sin(a)], []


def bnh(p):
    x, y = p
    return [4 * x**2 + 4 * y**2, (x - 5) ** 2 + (y - 5) ** 2], [
        (x - 5) ** 2 + y**2 - 25,
        7.7 - (x - 8) ** 2 - (y + 3) ** 2,
    ]


def srn(p):
    x, y = p
    return [2 + (x - 2) ** 2 + (y - 1) ** 2, 9 * x - (y - 1) ** 2], [
        x**2 + y**2 - 225,
        x - 3 * y + 10,
    ]


PROBLEMS = {
    "zdt1": zdt(lambda f, g: 1 - math.sqrt(f / g)),
    "zdt2": zdt(lambda f, g: 1 - (f / g) ** 2),
    "zdt3": zdt(lambda f, g: 1 - math.sqrt(f / g) - f / g * math.sin(10 * math.pi * f)),
    "dtlz2": {"ranges": [(0, 1)] * 7, "reference": [1.5] * 3, "evaluate": dtlz2},
    "bnh": {"ranges": [(0, 5), (0, 3)], "reference": [140, 50], "evaluate": bnh},
    "srn": {"ranges": [(-20, 20)] * 2, "reference": [250, 50], "evaluate": srn},
}

SAMPLERS = {
    "NSGAIISampler": optuna.samplers.NSGAIISampler,
    "TPESampler": optuna.samplers.TPESampler,
}


def volumes(problem, make, seed, budgets):
    constrained = len(problem["evaluate"]([1.0] * len(problem["ranges"]))[1]) > 0
    found, result = [], []

    def objective(trial):
        x = [trial.suggest_float(f"x{i}", low, high) for i, (low, high) in enumerate(problem["ranges"])]
        losses, constraints = problem["evaluate"](x)
        trial.set_user_attr("constraints", constraints)
        if all(g <= 0 for g in constraints):
            found.append(losses)
        if trial.number + 1 in budgets:
            reference = np.array(problem["reference"], dtype=float)
            inside = [losses for losses in found if all(np.array(losses) < reference)]
            result.append(compute_hypervolume(np.array(inside), reference) if inside else 0)
        return losses

    extra = {"constraints_func": lambda trial: trial.user_attrs["constraints"]} if constrained else {}
    study = optuna.create_study(
        directions=["minimize"] * len(problem["reference"]), sampler=make(seed=seed, **extra)
    )
    study.optimize(objective, n_trials=max(budgets))
    return result


def main():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--budgets", default="100,300,1000")
    parser.add_argument("--problems", default=",".join(PROBLEMS))
    parser.add_argument("--methods", default=",".join(SAMPLERS))
    options = parser.parse_args()
    budgets = [int(budget) for budget in options.budgets.split(",")]
    print(
        json.dumps(
            {
                name: {
                    method: [
                        volumes(PROBLEMS[name], SAMPLERS[method], options.first_seed + seed, budgets)
                        for seed in range(options.seeds)
                    ]
                    for method in options.methods.split(",")
                }
                for name in options.problems.split(",")
            }
        )
    )


main()
