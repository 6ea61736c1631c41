"""Runs random search under Optuna's pruners on the tables of curves.ts, with many more seeds than Optuna itself can.

    /tmp/peers/bin/python bench/hyperopt/pruners_replayed.py --check 10
    /tmp/peers/bin/python bench/hyperopt/pruners_replayed.py --seeds 1000 --out replayed.json

Optuna spends most of its time on its records. Here its pruners decide by the same rules on bare lists, and the
configs are drawn from the same distributions. `--check N` draws the configs of N seeds with Optuna, lets Optuna and
the replay decide, and fails unless each regret is the same on each table. The rows are read by `curves.ts --peer`.
"""

import argparse
import bisect
import json
import sys

import numpy as np
import optuna

from curves_peers import OPTUNA_PRUNERS, OPTUNA_SAMPLERS, Ledger, optuna_value, run_optuna, tables_of

ETA = 3
# Complete trials before the first can be pruned.
STARTUP = 5
# As many configs as a search draws at once.
BATCH = 400


class SuccessiveHalvingRule:
    """`SuccessiveHalvingPruner(min_resource=lowest, reduction_factor=3)`: at a rung, a loss has to be among the best third."""

    def __init__(self, table):
        self.rungs = {table.lowest * ETA**k: [] for k in range(3)}

    def should_prune(self, losses, fidelity):
        rung = self.rungs.get(fidelity)
        if rung is None:
            return False
        loss = losses[fidelity - 1]
        bisect.insort(rung, loss)
        return loss > rung[max(len(rung) // ETA, 1) - 1]

    def complete(self, losses):
        pass


class MedianRule:
    """`MedianPruner()`: the best loss so far has to be at most the median of the complete trials at this epoch."""

    def __init__(self, table):
        self.columns = [[] for _ in range(table.max)]
        self.best = None

    def should_prune(self, losses, fidelity):
        if fidelity == 1:
            self.best = losses[0]
        self.best = min(self.best, losses[fidelity - 1])
        column = self.columns[fidelity - 1]
        return len(column) >= STARTUP and self.best > median(column)

    def complete(self, losses):
        for column, loss in zip(self.columns, losses):
            bisect.insort(column, loss)


def median(column):
    """The median of sorted numbers, rounded as `numpy.percentile` rounds it."""
    low, high = column[(len(column) - 1) // 2], column[len(column) // 2]
    return high - (high - low) * 0.5


RULES = {"asha-stopping": SuccessiveHalvingRule, "median": MedianRule}


def replay(table, budgets, rows, rule):
    """Runs the configs in `rows`, an iterator, as `run_optuna` does."""
    ledger = Ledger(table, budgets)
    while not ledger.is_spent:
        row = next(rows)
        losses = table.losses[row]
        fidelity, loss = 0, None
        for fidelity, loss in enumerate(losses, 1):
            if loss is None or (fidelity < table.max and rule.should_prune(losses, fidelity)):
                break
        else:
            rule.complete(losses)
        ledger.end(fidelity, fidelity, loss, row)
    return ledger.close()


def rows_of_optuna(table, seed):
    """The rows of the configs that Optuna draws."""
    study = optuna.create_study(sampler=OPTUNA_SAMPLERS["random"](optuna, seed))
    while True:
        trial = study.ask()
        yield table.find({name: optuna_value(trial, name, p) for name, p in table.parameters.items()})


def draw(random, parameter):
    """Draws numbers as Optuna's random sampler does: each whole number has the range that is rounded to it."""
    if parameter["kind"] in ("category", "ordinal"):
        return random.integers(len(parameter["choices"]), size=BATCH)
    half = 0.5 if parameter["kind"] == "int" else 0
    low, high = parameter["low"] - half, parameter["high"] + half
    if parameter["log"]:
        numbers = np.exp(random.uniform(np.log(low), np.log(high), BATCH))
    else:
        numbers = random.uniform(low, high, BATCH)
    if half == 0:
        return numbers
    return np.clip(np.rint(numbers), parameter["low"], parameter["high"]).astype(int)


def rows_drawn(table, seed):
    """The rows of configs that are drawn without Optuna."""
    random = np.random.default_rng(seed)
    while True:
        columns = [draw(random, parameter) for parameter in table.parameters.values()]
        if table.kind == "grid":
            rows = np.zeros(BATCH, int)
            for column, parameter in zip(columns, table.parameters.values()):
                rows = rows * len(parameter["choices"]) + positions(table, column, parameter)
        else:
            squares = np.zeros((BATCH, len(table.rows)))
            for at, (column, parameter) in enumerate(zip(columns, table.parameters.values())):
                squares += distances(column, table.rows[:, at], parameter)
            rows = squares.argmin(axis=1)
        yield from (int(row) for row in rows)


def positions(table, column, parameter):
    """The numbers of the choices that are next to what was drawn."""
    if parameter["kind"] in ("category", "ordinal"):
        return column
    return np.array([table.position(parameter, value) for value in column])


def distances(column, others, parameter):
    kind = parameter["kind"]
    if kind == "category":
        return (column[:, None] != others[None, :]).astype(float)
    if kind == "ordinal":
        places = column / (len(parameter["choices"]) - 1)
    elif parameter["log"]:
        places = np.log(column / parameter["low"]) / np.log(parameter["high"] / parameter["low"])
    else:
        places = (column - parameter["low"]) / (parameter["high"] - parameter["low"])
    return (places[:, None] - others[None, :]) ** 2


def check(tables, budgets, seeds):
    """Returns how many regrets differ from Optuna's."""
    wrong = 0
    for table in tables:
        for name, rule in RULES.items():
            real = run_optuna(OPTUNA_SAMPLERS["random"], OPTUNA_PRUNERS[name])
            for seed in seeds:
                expected = real(table, budgets, seed)
                found = replay(table, budgets, rows_of_optuna(table, seed), rule(table))
                wrong += sum(a != b for a, b in zip(expected, found))
        print(f"{table.name}: {wrong} regrets differ so far", file=sys.stderr)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", choices=("tune", "held-out", "all"), default="all")
    parser.add_argument("--names", default="")
    parser.add_argument("--budgets", default="5,10,20,40")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--check", type=int, help="compare with Optuna on so many seeds")
    parser.add_argument("--out")
    options = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    budgets = [int(budget) for budget in options.budgets.split(",")]
    tables = list(tables_of(options.tables, [name for name in options.names.split(",") if name]))
    if options.check is not None:
        sys.exit(1 if check(tables, budgets, range(options.check)) else 0)
    rows = []
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    for table in tables:
        for name, rule in RULES.items():
            found = [replay(table, budgets, rows_drawn(table, seed), rule(table)) for seed in seeds]
            for at, budget in enumerate(budgets):
                rows.append(
                    {
                        "table": table.name,
                        "use": table.use,
                        "scheduler": name,
                        "sampler": "random",
                        "by": f"Optuna {optuna.__version__}",
                        "budget": budget,
                        "firstSeed": options.first_seed,
                        "regrets": [regrets[at] for regrets in found],
                    }
                )
        print(table.name, file=sys.stderr)
    if options.out:
        with open(options.out, "w") as file:
            json.dump(rows, file)


if __name__ == "__main__":
    main()
