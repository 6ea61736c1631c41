"""Trains models with scikit-learn and writes tables of learning curves for curves.ts.

    python -m venv /tmp/sklearn && /tmp/sklearn/bin/pip install scikit-learn
    OMP_NUM_THREADS=1 /tmp/sklearn/bin/python bench/hyperopt/make_tables.py [NAME ...]

Each table has the loss of 300 to 500 configs on a validation set after each epoch (or round of boosting). A
"grid" table has all combinations of some values. A "random" table has configs that were drawn at random. From
the epoch on in which a model diverged (a weight or prediction was not finite), its losses are null: the trial
failed there.

"use" tells what a table is for: a sampler may be tuned on "tune", and is judged on "held-out". This was decided
before any sampler ran on any table. The "fresh" tables came later: no sampler ran on them before it was done.
"""

import argparse
import itertools
import json
import math
import os
import random
import time
import warnings

import numpy as np
from sklearn import datasets
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
)
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import SGDClassifier, SGDRegressor
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tables")
DIVERGED = 1e9


# Data: features and targets for training, then for validation.


def split(x, y, train, held, scale_target=False):
    stratify = None if scale_target else y
    x, xv, y, yv = train_test_split(
        x, y, train_size=train, test_size=held, random_state=7, stratify=stratify
    )
    scaler = StandardScaler().fit(x)
    if scale_target:
        mean, deviation = y.mean(), y.std()
        y, yv = (y - mean) / deviation, (yv - mean) / deviation
    return scaler.transform(x), y, scaler.transform(xv), yv


def wine():
    return split(*datasets.load_wine(return_X_y=True), 89, 89)


def digits(train=400, held=600):
    return split(*datasets.load_digits(return_X_y=True), train, held)


def digits_389():
    x, y = datasets.load_digits(return_X_y=True)
    kept = np.isin(y, (3, 8, 9))
    return split(x[kept], y[kept], 200, 330)


def cancer(train=169):
    return split(*datasets.load_breast_cancer(return_X_y=True), train, 569 - train)


def diabetes():
    return split(*datasets.load_diabetes(return_X_y=True), 222, 220, scale_target=True)


def friedman():
    x, y = datasets.make_friedman1(n_samples=900, n_features=10, noise=1.0, random_state=3)
    return split(x, y, 300, 600, scale_target=True)


def reactance():
    """Friedman's third function: an angle of resistance and reactance, with noise."""
    x, y = datasets.make_friedman3(n_samples=900, noise=0.1, random_state=17)
    return split(x, y, 300, 600, scale_target=True)


def hastie():
    """Two classes by the length of a vector of ten normal numbers."""
    return split(*datasets.make_hastie_10_2(n_samples=1200, random_state=19), 400, 800)


def synthetic():
    x, y = datasets.make_classification(
        n_samples=900,
        n_features=20,
        n_informative=8,
        n_redundant=4,
        n_classes=4,
        n_clusters_per_class=2,
        flip_y=0.03,
        random_state=5,
    )
    return split(x, y, 300, 600)


def covertype():
    """Classes by height, slope and soil, with noise; the soil is one-hot, as in the covertype data."""
    noise = np.random.default_rng(11)
    rows = 1000
    soil = noise.integers(0, 8, rows)
    height = noise.normal(0.3 * (soil - 3.5), 1)
    numbers = np.column_stack([height, noise.normal(size=(rows, 6))])
    shade = np.sin(2 * numbers[:, 1]) + numbers[:, 2] * numbers[:, 3]
    score = height + 0.6 * shade + 0.5 * (soil % 3) + noise.normal(0, 0.3, rows)
    y = np.digitize(score, np.quantile(score, (0.45, 0.85)))
    return split(np.column_stack([numbers, np.eye(8)[soil]]), y, 400, 600)


# Losses.


def log_loss(probabilities, classes, y):
    at = np.searchsorted(classes, y)
    chosen = probabilities[np.arange(len(y)), at]
    return float(-np.log(np.clip(chosen, 1e-6, 1)).mean())


def error_rate(predicted, y):
    return float(np.mean(predicted != y))


def rmse(predicted, y):
    return float(np.sqrt(np.mean((predicted - y) ** 2)))


# Models: each returns the losses of one config.


def epochs(model, data, count, score, **first):
    x, y, xv, yv = data
    losses = []
    for epoch in range(count):
        try:
            model.partial_fit(x, y, **(first if epoch == 0 else {}))
            loss = score(model, xv, yv)
        except (ValueError, FloatingPointError):
            break
        if not math.isfinite(loss) or loss > DIVERGED:
            break
        losses.append(loss)
    return losses + [None] * (count - len(losses))


def proba_score(model, xv, yv):
    probabilities = model.predict_proba(xv)
    if not np.isfinite(probabilities).all():
        return math.nan
    return log_loss(probabilities, model.classes_, yv)


def error_score(model, xv, yv):
    return error_rate(model.predict(xv), yv)


def rmse_score(model, xv, yv):
    return rmse(model.predict(xv), yv)


def perceptron_options(c):
    known = ("alpha", "activation", "solver", "momentum", "beta_1")
    return {
        "hidden_layer_sizes": (int(c["width"]),) * int(c.get("depth", 1)),
        "learning_rate_init": c["lr"],
        "batch_size": int(c.get("batch", 50)),
        "random_state": 1,
        **{key: c[key] for key in known if key in c},
    }


def mlp_classifier(score):
    def run(c, data, count):
        model = MLPClassifier(**perceptron_options(c))
        return epochs(model, data, count, score, classes=np.unique(data[1]))

    return run


def mlp_regressor(c, data, count):
    return epochs(MLPRegressor(**perceptron_options(c)), data, count, rmse_score)


def sgd_classifier(c, data, count):
    model = SGDClassifier(random_state=1, **c)
    return epochs(model, data, count, error_score, classes=np.unique(data[1]))


def sgd_regressor(c, data, count):
    return epochs(SGDRegressor(random_state=1, **c), data, count, rmse_score)


def boosted_classifier(c, data, count):
    x, y, xv, yv = data
    model = GradientBoostingClassifier(n_estimators=count, random_state=1, **c).fit(x, y)
    return [log_loss(p, model.classes_, yv) for p in model.staged_predict_proba(xv)]


def boosted_regressor(c, data, count):
    x, y, xv, yv = data
    model = GradientBoostingRegressor(n_estimators=count, random_state=1, **c).fit(x, y)
    return [rmse(p, yv) for p in model.staged_predict(xv)]


def histogram_classifier(score):
    def run(c, data, count):
        x, y, xv, yv = data
        model = HistGradientBoostingClassifier(
            max_iter=count, early_stopping=False, random_state=1, **c
        ).fit(x, y)
        if score == "error":
            return [error_rate(p, yv) for p in model.staged_predict(xv)]
        return [log_loss(p, model.classes_, yv) for p in model.staged_predict_proba(xv)]

    return run


def kernel_classifier(c, data, count):
    """A linear model on random features of a Gaussian kernel, whose width is `gamma` times that of the features."""
    x, y, xv, yv = data
    kernel = RBFSampler(
        gamma=c["gamma"] / x.shape[1], n_components=int(c["components"]), random_state=1
    ).fit(x)
    known = {key: c[key] for key in ("alpha", "eta0", "loss", "learning_rate")}
    model = SGDClassifier(random_state=1, **known)
    seen = kernel.transform(x), y, kernel.transform(xv), yv
    return epochs(model, seen, count, error_score, classes=np.unique(y))


def forest_classifier(c, data, count):
    x, y, xv, yv = data
    model = ExtraTreesClassifier(n_estimators=count, random_state=1, **c).fit(x, y)
    each = np.array([tree.predict_proba(xv) for tree in model.estimators_])
    means = np.cumsum(each, axis=0) / np.arange(1, count + 1)[:, None, None]
    return [log_loss(p, model.classes_, yv) for p in means]


def ada_classifier(c, data, count):
    x, y, xv, yv = data
    tree = DecisionTreeClassifier(
        random_state=1, **{key: c[key] for key in ("max_depth", "min_samples_leaf", "max_features")}
    )
    model = AdaBoostClassifier(
        tree, n_estimators=count, learning_rate=c["learning_rate"], random_state=1
    ).fit(x, y)
    losses = [error_rate(p, yv) for p in model.staged_predict(xv)]
    # Boosting ends before if a tree has no error; more rounds would change nothing.
    return losses + losses[-1:] * (count - len(losses))


# Parameters.


def number(kind, low, high, log=False, choices=None):
    found = {"kind": kind, "low": low, "high": high, "log": log}
    return found if choices is None else {**found, "choices": choices}


def on_grid(kind, choices, log=False):
    """A number of which the table has only some values; others are taken for the nearest of them."""
    return number(kind, choices[0], choices[-1], log, choices)


def ordinal(*choices):
    return {"kind": "ordinal", "choices": list(choices)}


def category(*choices):
    return {"kind": "category", "choices": list(choices)}


def powers(low, high, count):
    return [float(f"{v:.4g}") for v in np.geomspace(low, high, count)]


TABLES = {
    "mlp-digits": {
        "use": "tune",
        "about": "MLPClassifier on 400 of the digits, one hidden layer or two",
        "metric": "error rate",
        "kind": "grid",
        "max": 27,
        "data": digits,
        "run": mlp_classifier(error_score),
        "parameters": {
            "lr": ordinal(*powers(1e-4, 1e-1, 7)),
            "width": ordinal(4, 8, 16, 32, 64),
            "depth": ordinal(1, 2),
            "batch": ordinal(16, 64, 200),
            "activation": category("relu", "tanh"),
        },
    },
    "mlp-wine": {
        "use": "tune",
        "about": "MLPClassifier on 89 of the wines",
        "metric": "log loss",
        "kind": "random",
        "max": 27,
        "count": 400,
        "data": wine,
        "run": mlp_classifier(proba_score),
        "parameters": {
            "lr": number("float", 1e-4, 0.3, True),
            "width": number("int", 2, 64, True),
            "depth": number("int", 1, 3),
            "alpha": number("float", 1e-6, 1, True),
            "batch": number("int", 4, 64, True),
            "activation": category("relu", "tanh", "logistic"),
        },
    },
    "sgd-diabetes": {
        "use": "tune",
        "about": "SGDRegressor on 222 of the diabetes patients",
        "metric": "root of the mean squared error, in deviations of the target",
        "kind": "grid",
        "max": 27,
        "data": diabetes,
        "run": sgd_regressor,
        "parameters": {
            "alpha": on_grid("float", powers(1e-6, 1, 6), True),
            "eta0": on_grid("float", powers(1e-5, 0.3, 9), True),
            "penalty": category("l1", "l2"),
            "loss": category("squared_error", "huber"),
            "learning_rate": category("constant", "invscaling"),
        },
    },
    "boosting-friedman": {
        "use": "tune",
        "about": "GradientBoostingRegressor on 300 rows of Friedman's first function",
        "metric": "root of the mean squared error, in deviations of the target",
        "kind": "grid",
        "unit": "rounds",
        "max": 81,
        "data": friedman,
        "run": boosted_regressor,
        "parameters": {
            "learning_rate": on_grid("float", powers(0.01, 1, 8), True),
            "max_depth": on_grid("int", [1, 2, 3, 5, 8]),
            "subsample": on_grid("float", [0.3, 0.6, 1.0]),
            "min_samples_leaf": on_grid("int", [1, 5, 20], True),
        },
    },
    "sgd-digits": {
        "use": "tune",
        "about": "SGDClassifier on 200 of the digits",
        "metric": "error rate",
        "kind": "random",
        "max": 27,
        "count": 400,
        "data": lambda: digits(200, 800),
        "run": sgd_classifier,
        "parameters": {
            "alpha": number("float", 1e-6, 1, True),
            "eta0": number("float", 1e-5, 1, True),
            "l1_ratio": number("float", 0, 1),
            "loss": category("hinge", "log_loss", "modified_huber", "squared_hinge"),
            "penalty": category("elasticnet", "l2"),
            "learning_rate": category("constant", "invscaling", "optimal"),
        },
    },
    "boosting-covertype": {
        "use": "tune",
        "about": "GradientBoostingClassifier on 400 rows with three classes, made up in the way of covertype",
        "metric": "log loss",
        "kind": "random",
        "unit": "rounds",
        "max": 54,
        "count": 320,
        "data": covertype,
        "run": boosted_classifier,
        "parameters": {
            "learning_rate": number("float", 0.005, 1, True),
            "max_depth": number("int", 1, 8),
            "subsample": number("float", 0.2, 1),
            "min_samples_leaf": number("int", 1, 50, True),
            "max_features": number("float", 0.1, 1),
        },
    },
    "hist-digits": {
        "use": "tune",
        "about": "HistGradientBoostingClassifier on 200 of the digits 3, 8 and 9",
        "metric": "log loss",
        "kind": "random",
        "unit": "rounds",
        "max": 27,
        "count": 350,
        "data": digits_389,
        "run": histogram_classifier("log loss"),
        "parameters": {
            "learning_rate": number("float", 0.005, 1, True),
            "max_leaf_nodes": number("int", 2, 31, True),
            "min_samples_leaf": number("int", 1, 40, True),
            "l2_regularization": number("float", 1e-4, 100, True),
            "max_features": number("float", 0.05, 1),
        },
    },
    "mlp-friedman": {
        "use": "held-out",
        "about": "MLPRegressor on 300 rows of Friedman's first function",
        "metric": "root of the mean squared error, in deviations of the target",
        "kind": "grid",
        "max": 27,
        "data": friedman,
        "run": mlp_regressor,
        "parameters": {
            "lr": on_grid("float", powers(1e-4, 0.1, 9), True),
            "width": on_grid("int", [4, 12, 32, 64], True),
            "depth": on_grid("int", [1, 2, 3]),
            "alpha": on_grid("float", [1e-4, 0.1], True),
            "activation": category("relu", "tanh"),
        },
    },
    "sgd-cancer": {
        "use": "held-out",
        "about": "SGDClassifier on 169 of the breast cancer patients",
        "metric": "error rate",
        "kind": "grid",
        "max": 27,
        "data": cancer,
        "run": sgd_classifier,
        "parameters": {
            "alpha": ordinal(*powers(1e-6, 1, 6)),
            "eta0": ordinal(*powers(1e-5, 1, 6)),
            "loss": category("hinge", "log_loss", "perceptron"),
            "penalty": category("l1", "l2"),
            "learning_rate": category("constant", "invscaling"),
        },
    },
    "hist-covertype": {
        "use": "held-out",
        "about": "HistGradientBoostingClassifier on 400 rows with three classes, made up in the way of covertype",
        "metric": "error rate",
        "kind": "grid",
        "unit": "rounds",
        "max": 27,
        "data": covertype,
        "run": histogram_classifier("error"),
        "parameters": {
            "learning_rate": ordinal(*powers(0.01, 1, 7)),
            "max_leaf_nodes": ordinal(2, 4, 8, 16),
            "min_samples_leaf": ordinal(2, 8, 25, 60),
            "max_features": ordinal(0.15, 0.5, 1.0),
        },
    },
    "mlp-cancer": {
        "use": "held-out",
        "about": "MLPClassifier on 169 of the breast cancer patients",
        "metric": "log loss",
        "kind": "random",
        "max": 27,
        "count": 320,
        "data": cancer,
        "run": mlp_classifier(proba_score),
        "parameters": {
            "lr": number("float", 1e-5, 0.3, True),
            "width": number("int", 2, 64, True),
            "alpha": number("float", 1e-6, 10, True),
            "batch": number("int", 4, 128, True),
            "activation": category("relu", "tanh", "logistic"),
            "solver": category("adam", "sgd"),
        },
    },
    "mlp-synthetic": {
        "use": "held-out",
        "about": "MLPClassifier on 300 rows of make_classification with four classes",
        "metric": "error rate",
        "kind": "random",
        "max": 27,
        "count": 320,
        "data": synthetic,
        "run": mlp_classifier(error_score),
        "parameters": {
            "lr": number("float", 1e-4, 0.3, True),
            "width": number("int", 4, 64, True),
            "depth": number("int", 1, 3),
            "alpha": number("float", 1e-6, 1, True),
            "batch": number("int", 16, 200, True),
        },
    },
    "sgd-synthetic": {
        "use": "held-out",
        "about": "SGDClassifier on 300 rows of make_classification with four classes",
        "metric": "error rate",
        "kind": "random",
        "max": 27,
        "count": 320,
        "data": synthetic,
        "run": sgd_classifier,
        "parameters": {
            "alpha": number("float", 1e-6, 1, True),
            "eta0": number("float", 1e-5, 1, True),
            "power_t": number("float", 0.05, 1),
            "l1_ratio": number("float", 0, 1),
            "loss": category("hinge", "log_loss", "modified_huber"),
            "penalty": category("elasticnet", "l2"),
            "learning_rate": category("constant", "invscaling"),
        },
    },
    "kernel-digits": {
        "use": "fresh",
        "about": "SGDClassifier on random features of 300 of the digits",
        "metric": "error rate",
        "kind": "random",
        "max": 27,
        "count": 360,
        "data": lambda: digits(300, 700),
        "run": kernel_classifier,
        "parameters": {
            "gamma": number("float", 0.01, 10, True),
            "components": number("int", 10, 300, True),
            "alpha": number("float", 1e-6, 0.1, True),
            "eta0": number("float", 1e-3, 10, True),
            "loss": category("hinge", "log_loss", "modified_huber"),
            "learning_rate": category("constant", "invscaling", "adaptive"),
        },
    },
    "forest-wine": {
        "use": "fresh",
        "about": "ExtraTreesClassifier on 89 of the wines",
        "metric": "log loss",
        "kind": "random",
        "unit": "trees",
        "max": 54,
        "count": 340,
        "data": wine,
        "run": forest_classifier,
        "parameters": {
            "max_depth": number("int", 1, 12),
            "min_samples_leaf": number("int", 1, 20, True),
            "max_features": number("float", 0.05, 1),
            "ccp_alpha": number("float", 1e-4, 0.1, True),
            "criterion": category("gini", "entropy"),
        },
    },
    "mlp-reactance": {
        "use": "fresh",
        "about": "MLPRegressor on 300 rows of Friedman's third function",
        "metric": "root of the mean squared error, in deviations of the target",
        "kind": "random",
        "max": 27,
        "count": 380,
        "data": reactance,
        "run": mlp_regressor,
        "parameters": {
            "lr": number("float", 1e-4, 0.1, True),
            "width": number("int", 4, 64, True),
            "depth": number("int", 1, 3),
            "alpha": number("float", 1e-6, 1, True),
            "batch": number("int", 8, 128, True),
            "beta_1": number("float", 0.5, 0.99),
            "activation": category("relu", "tanh"),
        },
    },
    "ada-hastie": {
        "use": "fresh",
        "about": "AdaBoostClassifier on 400 rows of the ten normal numbers of Hastie and others",
        "metric": "error rate",
        "kind": "grid",
        "unit": "rounds",
        "max": 54,
        "data": hastie,
        "run": ada_classifier,
        "parameters": {
            "learning_rate": on_grid("float", powers(0.01, 2, 8), True),
            "max_depth": on_grid("int", [1, 2, 3, 5, 8]),
            "min_samples_leaf": ordinal(1, 5, 20),
            "max_features": on_grid("float", [0.3, 0.6, 1.0]),
        },
    },
    "boosting-diabetes": {
        "use": "held-out",
        "about": "GradientBoostingRegressor on 222 of the diabetes patients",
        "metric": "root of the mean squared error, in deviations of the target",
        "kind": "random",
        "unit": "rounds",
        "max": 81,
        "count": 320,
        "data": diabetes,
        "run": boosted_regressor,
        "parameters": {
            "learning_rate": number("float", 0.005, 1, True),
            "max_depth": number("int", 1, 8),
            "subsample": number("float", 0.2, 1),
            "min_samples_leaf": number("int", 1, 60, True),
            "max_features": number("float", 0.1, 1),
            "loss": category("squared_error", "huber", "absolute_error"),
        },
    },
}


def draw(parameter, source):
    if parameter["kind"] == "category":
        return source.choice(parameter["choices"])
    low, high = parameter["low"], parameter["high"]
    whole = parameter["kind"] == "int"
    if whole:
        low, high = low - 0.5, high + 0.5
    if parameter["log"]:
        value = math.exp(source.uniform(math.log(low), math.log(high)))
    else:
        value = source.uniform(low, high)
    if not whole:
        return float(f"{value:.4g}")
    return min(max(round(value), parameter["low"]), parameter["high"])


def configs_of(name, table):
    parameters = table["parameters"].values()
    if table["kind"] == "grid":
        return [list(config) for config in itertools.product(*(p["choices"] for p in parameters))]
    source = random.Random(name)
    return [[draw(parameter, source) for parameter in parameters] for _ in range(table["count"])]


def short(loss):
    return None if loss is None else float(f"{loss:.5g}")


def make(name, folder):
    table = TABLES[name]
    data = table["data"]()
    configs = configs_of(name, table)
    names = list(table["parameters"])
    losses = [
        [short(loss) for loss in table["run"](dict(zip(names, config)), data, table["max"])]
        for config in configs
    ]
    written = {
        "name": name,
        "about": table["about"],
        "use": table["use"],
        "metric": table["metric"],
        "kind": table["kind"],
        "unit": table.get("unit", "epochs"),
        "max": table["max"],
        "parameters": table["parameters"],
        "configs": configs,
        "losses": losses,
    }
    with open(os.path.join(folder, name + ".json"), "w") as file:
        json.dump(written, file, separators=(",", ":"))
        file.write("\n")
    return describe(configs, losses)


def describe(configs, losses):
    ends = sorted(row[-1] for row in losses if row[-1] is not None)
    at = [ends[int(share * (len(ends) - 1))] for share in (0, 0.05, 0.25, 0.5, 0.75)]
    failed = len(losses) - len(ends)
    return f"{len(configs)} configs, {failed} diverged; least, 5 %, quartiles: {at}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--folder", default=HERE)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    os.makedirs(options.folder, exist_ok=True)
    for name in options.names or TABLES:
        start = time.process_time()
        text = make(name, options.folder)
        print(f"{name}: {text}; {time.process_time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
