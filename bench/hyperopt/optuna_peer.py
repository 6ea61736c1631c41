"""Runs Optuna on the test functions of functions.ts, with the same budgets and seeds.

    python -m venv /tmp/optuna && /tmp/optuna/bin/pip install optuna cmaes torch scipy
    /tmp/optuna/bin/python bench/hyperopt/optuna_peer.py --seeds 20 > peer.json

`--methods tpe,gp` runs only these samplers. The Gaussian process takes hours for many seeds.

Prints one JSON object: the regrets of each seed by function and method, and the milliseconds of one ask
and tell by storage, sampler and number of trials.
"""

import argparse
import json
import math
import os
import random
import statistics
import tempfile
import time

import numpy as np
import optuna

ALPHA = np.array([1, 1.2, 3, 3.2])
A = np.array(
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ]
)
P = np.array(
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ]
)
OPTIMIZERS = ["sgd", "momentum", "adam", "lion"]
ACTIVATIONS = ["relu", "tanh", "gelu"]


def floats(trial, count, low, high):
    return [trial.suggest_float(f"x{i + 1}", low, high) for i in range(count)]


def branin(trial):
    x = trial.suggest_float("x1", -5, 10)
    y = trial.suggest_float("x2", 0, 15)
    bowl = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return bowl**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def hartmann(x, shift):
    return -float(((ALPHA - shift) * np.exp(-(A * (x - P) ** 2).sum(axis=1))).sum())


def hartmann6(trial):
    return hartmann(np.array(floats(trial, 6, 0, 1)), 0)


def rosenbrock4(trial):
    x = floats(trial, 4, -5, 10)
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def ackley5(trial):
    x = np.array(floats(trial, 5, -20, 32.768))
    waves = np.cos(2 * math.pi * x).mean()
    return float(-20 * math.exp(-0.2 * math.sqrt((x**2).mean())) - math.exp(waves) + 20 + math.e)


def mixed(trial):
    lr = trial.suggest_float("lr", 1e-5, 1, log=True)
    width = trial.suggest_int("width", 4, 512, log=True)
    depth = trial.suggest_int("depth", 1, 8)
    optimizer = OPTIMIZERS.index(trial.suggest_categorical("optimizer", OPTIMIZERS))
    activation = ACTIVATIONS.index(trial.suggest_categorical("activation", ACTIVATIONS))
    dropout = trial.suggest_float("dropout", 0, 0.8) - 0.25
    rate = (math.log10(lr) - [-0.5, -1.2, -2.8, -3.6][optimizer]) / 1.5
    wide = math.log2(width / 96) / 3
    deep = (depth - [3, 4, 6][activation]) / 4
    return (
        rate**2
        + wide**2
        + deep**2
        + 2 * dropout**2
        + [0.3, 0.12, 0, 0.05][optimizer]
        + [0.1, 0.15, 0][activation]
        + 0.5 * abs(rate * deep)
    )


def ones(trial):
    total = sum(int(trial.suggest_categorical(f"c{i}", ["0", "1"])) for i in range(8))
    return -(total + sum(trial.suggest_float(f"f{i}", 0, 1) for i in range(8))) / 16


FUNCTIONS = {
    "branin": (branin, 0.397887),
    "hartmann6": (hartmann6, -3.32237),
    "rosenbrock4": (rosenbrock4, 0),
    "ackley5": (ackley5, 0),
    "mixed": (mixed, 0),
    "counting-ones-8+8": (ones, -1),
}
SAMPLERS = {
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "sobol": lambda seed: optuna.samplers.QMCSampler(seed=seed, scramble=True),
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed),
    "cma-es": lambda seed: optuna.samplers.CmaEsSampler(seed=seed),
    "gp": lambda seed: optuna.samplers.GPSampler(seed=seed, deterministic_objective=True),
}


def regrets(seeds, first_seed, budget, methods):
    for problem, (function, optimum) in FUNCTIONS.items():
        for method in methods:
            make = SAMPLERS[method]
            found = []
            for seed in range(first_seed, first_seed + seeds):
                study = optuna.create_study(sampler=make(seed))
                study.optimize(function, n_trials=budget)
                found.append(study.best_value - optimum)
            yield {"problem": problem, "method": method, "regrets": found}


def full_fidelity(method, seed, units):
    """Every trial runs to 81; Optuna's random and TPE."""
    study = optuna.create_study(sampler=SAMPLERS[method](seed))
    study.optimize(hartmann6, n_trials=units // 81)
    return study.best_value


def pruned(pruner, method, seed, units):
    """Trials report at 1, 3, 9, 27 and 81 and may be pruned there; a unit is one step of one trial."""
    noise = random.Random(seed)
    study = optuna.create_study(sampler=SAMPLERS[method](seed), pruner=pruner())
    spent, best = 0, math.inf
    while spent < units:
        trial = study.ask()
        x = np.array(floats(trial, 6, 0, 1))
        reached = 0
        for z in (1, 3, 9, 27, 81):
            spent += z - reached
            reached = z
            u = math.log(z) / math.log(81)
            value = hartmann(x, 0.5 * (1 - u)) + 0.1 * (1 - u) * noise.gauss(0, 1)
            trial.report(value, z)
            if z == 81 and spent <= units:
                best = min(best, value)
            if z < 81 and trial.should_prune():
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                break
        else:
            study.tell(trial, value)
    return best


PRUNERS = {
    "asha": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3),
    "hyperband": lambda: optuna.pruners.HyperbandPruner(
        min_resource=1, max_resource=81, reduction_factor=3
    ),
}


def fidelity_regrets(seeds, first_seed, units):
    optimum = -3.32237
    ways = {f"{m} at 81": lambda s, m=m: full_fidelity(m, s, units) for m in ("random", "tpe")}
    for name, pruner in PRUNERS.items():
        for method in ("random", "tpe"):
            ways[f"{name} stopping + {method}"] = lambda s, p=pruner, m=method: pruned(p, m, s, units)
    for name, run in ways.items():
        # Where nothing reached 81, nothing was found.
        found = [run(seed) - optimum for seed in range(first_seed, first_seed + seeds)]
        found = [value if math.isfinite(value) else None for value in found]
        yield {"problem": "hartmann6-fidelity", "method": name, "regrets": found}


def overhead(storage, sampler, trials, repeats):
    """Milliseconds of one ask (with six suggestions) and tell, after `trials` trials."""
    with tempfile.TemporaryDirectory() as folder:
        url = None if storage == "memory" else "sqlite:///" + os.path.join(folder, "study.db")
        study = optuna.create_study(storage=url, sampler=SAMPLERS["random"](0))
        space = {f"x{i + 1}": optuna.distributions.FloatDistribution(0, 1) for i in range(6)}
        noise = random.Random(1)
        study.add_trials(
            [
                optuna.trial.create_trial(
                    params=(x := {name: noise.random() for name in space}),
                    distributions=space,
                    value=hartmann(np.array(list(x.values())), 0),
                )
                for _ in range(trials)
            ]
        )
        study.sampler = SAMPLERS[sampler](0)
        times = []
        for _ in range(repeats + 2):
            start = time.perf_counter()
            trial = study.ask()
            x = floats(trial, 6, 0, 1)
            asked = time.perf_counter() - start
            value = hartmann(np.array(x), 0)
            start = time.perf_counter()
            study.tell(trial, value)
            times.append(asked + time.perf_counter() - start)
        # The first ones fill caches.
        return 1000 * statistics.median(times[2:])


OVERHEADS = [
    ("memory", "random", (100, 1000, 10_000), 20),
    ("memory", "tpe", (100, 1000, 10_000), 10),
    ("sqlite", "random", (100, 1000), 5),
    ("sqlite", "tpe", (100, 1000), 5),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--budget", type=int, default=100)
    parser.add_argument("--units", type=int, default=1902)
    parser.add_argument("--methods", default=",".join(SAMPLERS))
    parser.add_argument("--one-fidelity", action="store_true")
    parser.add_argument("--no-overhead", action="store_true")
    options = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    seeds, first = options.seeds, options.first_seed
    found = [*regrets(seeds, first, options.budget, options.methods.split(","))]
    if not options.one_fidelity:
        found += fidelity_regrets(seeds, first, options.units)
    costs = [
        {"storage": storage, "sampler": sampler, "trials": n, "ms": overhead(storage, sampler, n, repeats)}
        for storage, sampler, counts, repeats in ([] if options.no_overhead else OVERHEADS)
        for n in counts
    ]
    print(json.dumps({"optuna": optuna.__version__, "regrets": found, "overhead": costs}))


if __name__ == "__main__":
    main()
