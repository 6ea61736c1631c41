"""Runs other packages on the tables of curves.ts, with the same budgets, seeds and rule for the best config.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install optuna smac syne-tune
    /tmp/peers/bin/python bench/hyperopt/curves_peers.py --seeds 10 --out peers.json

The file is rewritten after each method and table, and read by `curves.ts --peer=peers.json`. What is in the file
already is not run again.

All packages run one trial at a time. Each epoch is reported, and costs one unit; a trial that resumes costs only
the rest. A result counts for a budget if its job ended within it. A config that diverged fails, and costs what
it ran. Ordinal parameters are the numbers of their choices where a package has no such kind.
"""

import argparse
import importlib.metadata
import json
import logging
import math
import os
import shutil
import sys
import tempfile
import time
import warnings
from datetime import datetime

import numpy as np

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tables")


class Table:
    def __init__(self, data):
        self.__dict__.update(data)
        self.names = list(self.parameters)
        self.kinds = [self.parameters[name]["kind"] for name in self.names]
        self.is_category = np.array([kind == "category" for kind in self.kinds])
        last = [row[-1] for row in self.losses]
        finite = [loss for loss in last if loss is not None]
        self.least, self.greatest = min(finite), max(finite)
        self.full = [self.greatest if loss is None else loss for loss in last]
        self.lowest = self.max // 27
        if self.kind == "random":
            self.rows = np.array([self.coordinates(config) for config in self.configs])

    def place(self, parameter, value):
        low, high = parameter["low"], parameter["high"]
        if parameter["log"]:
            return math.log(value / low) / math.log(high / low)
        return (value - low) / (high - low)

    def coordinates(self, config):
        found = []
        for name, value in zip(self.names, config):
            parameter = self.parameters[name]
            if parameter["kind"] == "category":
                found.append(parameter["choices"].index(value))
            elif parameter["kind"] == "ordinal":
                found.append(parameter["choices"].index(value) / (len(parameter["choices"]) - 1))
            else:
                found.append(self.place(parameter, value))
        return found

    def position(self, parameter, value):
        choices = parameter["choices"]
        if parameter["kind"] in ("ordinal", "category"):
            return choices.index(value)
        at = self.place(parameter, value)
        return min(range(len(choices)), key=lambda i: abs(self.place(parameter, choices[i]) - at))

    def find(self, config):
        """The row that stands for a config: exact in a grid, otherwise the nearest."""
        values = [config[name] for name in self.names]
        if self.kind == "grid":
            row = 0
            for name, value in zip(self.names, values):
                parameter = self.parameters[name]
                row = row * len(parameter["choices"]) + self.position(parameter, value)
            return row
        apart = self.rows - np.array(self.coordinates(values))
        squares = np.where(self.is_category, apart != 0, apart * apart)
        return int(squares.sum(axis=1).argmin())


class Ledger:
    """Counts what a search spent, and takes down the regret at each budget."""

    def __init__(self, table, budgets):
        self.table = table
        self.limits = [budget * table.max for budget in budgets]
        self.regrets = []
        self.spent = 0
        self.best = None

    @property
    def is_spent(self):
        return len(self.regrets) == len(self.limits)

    def regret(self):
        loss = self.table.greatest if self.best is None else self.table.full[self.best[2]]
        return loss - self.table.least

    def end(self, cost, fidelity, loss, row):
        self.spent += cost
        while not self.is_spent and self.spent > self.limits[len(self.regrets)]:
            self.regrets.append(self.regret())
        if loss is None:
            return
        best = self.best
        if best is None or fidelity > best[0] or (fidelity == best[0] and loss < best[1]):
            self.best = (fidelity, loss, row)

    def close(self):
        while not self.is_spent:
            self.regrets.append(self.regret())
        return self.regrets


# Optuna.


def optuna_value(trial, name, parameter):
    if parameter["kind"] == "category":
        return trial.suggest_categorical(name, parameter["choices"])
    if parameter["kind"] == "ordinal":
        return parameter["choices"][trial.suggest_int(name, 0, len(parameter["choices"]) - 1)]
    suggest = trial.suggest_int if parameter["kind"] == "int" else trial.suggest_float
    return suggest(name, parameter["low"], parameter["high"], log=parameter["log"])


def run_optuna(sampler, pruner):
    def run(table, budgets, seed):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        study = optuna.create_study(sampler=sampler(optuna, seed), pruner=pruner(optuna, table))
        ledger = Ledger(table, budgets)
        while not ledger.is_spent:
            trial = study.ask()
            config = {n: optuna_value(trial, n, p) for n, p in table.parameters.items()}
            row = table.find(config)
            state = optuna.trial.TrialState.COMPLETE
            for fidelity, loss in enumerate(table.losses[row], 1):
                if loss is None:
                    state = optuna.trial.TrialState.FAIL
                    break
                trial.report(loss, fidelity)
                if fidelity < table.max and trial.should_prune():
                    state = optuna.trial.TrialState.PRUNED
                    break
            ledger.end(fidelity, fidelity, loss, row)
            if state == optuna.trial.TrialState.COMPLETE:
                study.tell(trial, loss)
            else:
                study.tell(trial, state=state)
        return ledger.close()

    return run


OPTUNA_SAMPLERS = {
    "TPE": lambda optuna, seed: optuna.samplers.TPESampler(seed=seed),
    "GP": lambda optuna, seed: optuna.samplers.GPSampler(seed=seed, deterministic_objective=True),
    "random": lambda optuna, seed: optuna.samplers.RandomSampler(seed=seed),
}
OPTUNA_PRUNERS = {
    "full": lambda optuna, table: optuna.pruners.NopPruner(),
    "asha-stopping": lambda optuna, table: optuna.pruners.SuccessiveHalvingPruner(
        min_resource=table.lowest, reduction_factor=3
    ),
    "hyperband": lambda optuna, table: optuna.pruners.HyperbandPruner(
        min_resource=table.lowest, max_resource=table.max, reduction_factor=3
    ),
    "median": lambda optuna, table: optuna.pruners.MedianPruner(),
}


# SMAC.


def smac_space(table, seed):
    from ConfigSpace import (
        CategoricalHyperparameter,
        ConfigurationSpace,
        OrdinalHyperparameter,
        UniformFloatHyperparameter,
        UniformIntegerHyperparameter,
    )

    space = ConfigurationSpace(seed=seed)
    for name, p in table.parameters.items():
        if p["kind"] == "category":
            space.add(CategoricalHyperparameter(name, p["choices"]))
        elif p["kind"] == "ordinal":
            space.add(OrdinalHyperparameter(name, p["choices"]))
        else:
            whole = p["kind"] == "int"
            kind = UniformIntegerHyperparameter if whole else UniformFloatHyperparameter
            space.add(kind(name, p["low"], p["high"], log=p["log"]))
    return space


def run_smac(family):
    def run(table, budgets, seed):
        import smac
        from smac.intensifier.successive_halving import SuccessiveHalving
        from smac.runhistory import StatusType, TrialValue

        logging.getLogger("smac").setLevel(logging.ERROR)
        folder = tempfile.mkdtemp()
        space = smac_space(table, seed)
        is_full = family == "full"
        scenario = smac.Scenario(
            space,
            deterministic=True,
            # Full trainings, or the jobs of halving: 4.4 of them cost about as much as one training.
            n_trials=math.ceil(budgets[-1] * (1 if is_full else 13.4)),
            seed=seed,
            output_directory=folder,
            **({} if is_full else {"min_budget": table.lowest, "max_budget": table.max}),
        )
        options = {"logging_level": False, "overwrite": True}
        if family == "full":
            facade = smac.HyperparameterOptimizationFacade
        else:
            facade = smac.MultiFidelityFacade
            if family == "halving":
                options["intensifier"] = SuccessiveHalving(scenario, eta=3, seed=seed)
        optimizer = facade(scenario, lambda config, seed=0, budget=0: 0, **options)
        ledger = Ledger(table, budgets)
        reached = {}
        while not ledger.is_spent:
            info = optimizer.ask()
            config = dict(info.config)
            row = table.find(config)
            to = table.max if is_full else int(round(info.budget))
            start = reached.get(info.config, 0)
            losses = table.losses[row][:to]
            failed = next((i for i in range(start, to) if losses[i] is None), None)
            end = to if failed is None else failed + 1
            loss = losses[-1] if failed is None else None
            ledger.end(end - start, end, loss, row)
            reached[info.config] = end
            if failed is None:
                optimizer.tell(info, TrialValue(cost=loss), save=False)
            else:
                crashed = TrialValue(cost=table.greatest, status=StatusType.CRASHED)
                optimizer.tell(info, crashed, save=False)
        shutil.rmtree(folder, ignore_errors=True)
        return ledger.close()

    return run


# Syne Tune.


def syne_space(table):
    from syne_tune import config_space as cs

    space = {}
    for name, p in table.parameters.items():
        if p["kind"] == "category":
            space[name] = cs.choice(p["choices"])
        elif p["kind"] == "ordinal":
            space[name] = cs.ordinal(p["choices"], kind="equal")
        elif p["kind"] == "int":
            space[name] = (cs.lograndint if p["log"] else cs.randint)(p["low"], p["high"])
        else:
            space[name] = (cs.loguniform if p["log"] else cs.uniform)(p["low"], p["high"])
    return space


def run_syne(make):
    def run(table, budgets, seed):
        from syne_tune.backend.trial_status import Trial
        from syne_tune.optimizer.scheduler import SchedulerDecision

        logging.getLogger("syne_tune").setLevel(logging.ERROR)
        np.random.seed(seed)
        scheduler = make(syne_space(table), table, seed)
        ledger = Ledger(table, budgets)
        count = 0
        while not ledger.is_spent:
            suggestion = scheduler.suggest()
            trial = Trial(count, suggestion.config, datetime(2020, 1, 1))
            count += 1
            scheduler.on_trial_add(trial)
            row = table.find(suggestion.config)
            for fidelity, loss in enumerate(table.losses[row], 1):
                if loss is None:
                    scheduler.on_trial_error(trial)
                    break
                result = {"loss": loss, "epoch": fidelity}
                decision = scheduler.on_trial_result(trial, result)
                if decision == SchedulerDecision.STOP:
                    scheduler.on_trial_remove(trial)
                    break
            else:
                scheduler.on_trial_complete(trial, result)
            ledger.end(fidelity, fidelity, loss, row)
        return ledger.close()

    return run


def syne_asha(name, brackets=1):
    def make(space, table, seed):
        from syne_tune.optimizer import baselines

        return getattr(baselines, name)(
            space,
            metric="loss",
            time_attr="epoch",
            max_t=table.max,
            grace_period=table.lowest,
            reduction_factor=3,
            brackets=brackets,
            random_seed=seed,
        )

    return run_syne(make)


class AtTheEnd:
    """Tells a scheduler for trials of one fidelity only the last loss, as its users would."""

    def __init__(self, inner, table):
        self.inner, self.last = inner, table.max

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def on_trial_result(self, trial, result):
        from syne_tune.optimizer.scheduler import SchedulerDecision

        return SchedulerDecision.CONTINUE


def syne_full(name):
    def make(space, table, seed):
        from syne_tune.optimizer import baselines

        inner = getattr(baselines, name)(space, metric="loss", random_seed=seed)
        return AtTheEnd(inner, table)

    return run_syne(make)


# The peers: (package, scheduler, sampler), the most important first.
METHODS = {
    **{
        ("optuna", pruner, "TPE"): run_optuna(OPTUNA_SAMPLERS["TPE"], make)
        for pruner, make in OPTUNA_PRUNERS.items()
    },
    ("syne-tune", "asha-stopping", "BOHB"): syne_asha("BOHB"),
    ("smac", "hyperband", "forest"): run_smac("hyperband"),
    ("smac", "halving", "forest"): run_smac("halving"),
    ("syne-tune", "asha-stopping", "CQR"): syne_asha("ASHACQR"),
    ("syne-tune", "hyperband", "BOHB"): syne_asha("BOHB", 4),
    ("syne-tune", "asha-stopping", "BORE"): syne_asha("ASHABORE"),
    ("optuna", "full", "GP"): run_optuna(OPTUNA_SAMPLERS["GP"], OPTUNA_PRUNERS["full"]),
    ("smac", "full", "forest"): run_smac("full"),
    ("syne-tune", "full", "CQR"): syne_full("CQR"),
    ("syne-tune", "full", "TPE"): syne_full("TPE"),
    ("syne-tune", "asha-stopping", "random"): syne_asha("ASHA"),
    **{
        ("optuna", pruner, "random"): run_optuna(OPTUNA_SAMPLERS["random"], make)
        for pruner, make in OPTUNA_PRUNERS.items()
    },
}
NAMES = {"optuna": "Optuna", "smac": "SMAC", "syne-tune": "Syne Tune"}


def tables_of(use, names):
    for file in sorted(os.listdir(HERE)):
        if not file.endswith(".json"):
            continue
        with open(os.path.join(HERE, file)) as text:
            table = Table(json.load(text))
        if use in ("all", table.use) and (not names or table.name in names):
            yield table


def key_of(row):
    return row["table"], row["scheduler"], row["by"], row["sampler"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", choices=("tune", "held-out", "all"), default="tune")
    parser.add_argument("--names", default="")
    parser.add_argument("--peers", default="", help="for example optuna or smac:halving")
    parser.add_argument("--budgets", default="5,10,20,40")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    budgets = [int(budget) for budget in options.budgets.split(",")]
    peers = [peer for peer in options.peers.split(",") if peer]
    rows = []
    if os.path.exists(options.out):
        with open(options.out) as file:
            rows = json.load(file)
    done = {key_of(row) for row in rows}
    tables = list(tables_of(options.tables, [n for n in options.names.split(",") if n]))
    for (package, scheduler, sampler), run in METHODS.items():
        if peers and not any(f"{package}:{scheduler}:{sampler}".startswith(p) for p in peers):
            continue
        by = f"{NAMES[package]} {importlib.metadata.version(package)}"
        for table in tables:
            if (table.name, scheduler, by, sampler) in done:
                continue
            start = time.process_time()
            seeds = range(options.first_seed, options.first_seed + options.seeds)
            try:
                found = [run(table, budgets, seed) for seed in seeds]
            except Exception as error:  # One package must not end the others.
                text = f"{type(error).__name__}: {error}"
                print(f"{by} {scheduler} {sampler} on {table.name}: {text}", file=sys.stderr)
                continue
            for at, budget in enumerate(budgets):
                rows.append(
                    {
                        "table": table.name,
                        "use": table.use,
                        "scheduler": scheduler,
                        "sampler": sampler,
                        "by": by,
                        "budget": budget,
                        "firstSeed": options.first_seed,
                        "regrets": [regrets[at] for regrets in found],
                    }
                )
            seconds = time.process_time() - start
            print(f"{by} {scheduler} {sampler} on {table.name}: {seconds:.1f} s", file=sys.stderr)
            with open(options.out + ".part", "w") as file:
                json.dump(rows, file)
            os.replace(options.out + ".part", options.out)


if __name__ == "__main__":
    main()
