"""Runs Python ato's hyperopt on what stdin says, and prints what it did as JSON."""
import json
import sys
import types

torch = types.ModuleType("torch")
torch.distributed = types.ModuleType("torch.distributed")
sys.modules["torch"] = torch
sys.modules["torch.distributed"] = torch.distributed

from ato.adict import ADict  # noqa: E402
from ato.hyperopt.base import GridSpaceMixIn  # noqa: E402
from ato.hyperopt.hyperband import HyperBand  # noqa: E402
from ato.scope import Scope  # noqa: E402

sys.argv = sys.argv[:1]


def spaces_of(data):
    return ADict(**{name: ADict(**space) for name, space in data.items()})


def grid(data):
    names = list(data)
    configs = GridSpaceMixIn.prepare_distributions(ADict(), spaces_of(data))
    return [[config[name] for name in names] for config in configs]


def score(values, halved):
    """The same arithmetic as in the test: exact in doubles, with ties."""
    total = 0
    for index, value in enumerate(values):
        code = len(value) if isinstance(value, str) else int(value)
        total += (index + 1) * code
    return (total * 7 + 3) % 11 + halved * 0.5


def halving(case):
    Scope.initialize_registry()
    scope = Scope(config=ADict(base=1))
    search = HyperBand(
        scope,
        spaces_of(case["spaces"]),
        case["halvingRate"],
        case["numMinSamples"],
        mode=case["mode"],
    )
    names = list(case["spaces"])
    calls = []

    def objective(config):
        calls.append([[config[name] for name in names], config.__num_halved__])
        return score([config[name] for name in names], config.__num_halved__)

    result = search.main(objective)()
    return {
        "calls": calls,
        "config": [result.config[name] for name in names],
        "halved": result.config.__num_halved__,
        "metric": result.metric,
        "logs": [
            [
                [[config[name] for name in names], config.__num_halved__, config.__metric__]
                for config in rung
            ]
            for rung in result.logs
        ],
        "steps": search.compute_optimized_initial_training_steps(case["maxSteps"]),
        "generations": search.num_generations(),
    }


request = json.load(sys.stdin)
work = {"grid": grid, "halving": halving}[request["work"]]
json.dump([work(case) for case in request["cases"]], sys.stdout)
