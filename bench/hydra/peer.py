"""Composes cases with hydra-core and writes what comes out, one JSON line a case.

    python peer.py CASES.jsonl OUT.jsonl
"""
import datetime
import json
import os
import sys
import time
import warnings

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from omegaconf import Container, DictConfig, ListConfig, OmegaConf

warnings.simplefilter("ignore")
sys.setrecursionlimit(3000)
FIXED = datetime.datetime(2024, 1, 2, 3, 4, 5)


def canonical(value):
    """Values with their types: an int is not a float."""
    if isinstance(value, dict):
        return {"map": {text_of(k): canonical(v) for k, v in value.items()}}
    if isinstance(value, (list, tuple)):
        return {"list": [canonical(v) for v in value]}
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    return {"other": repr(value)}


def text_of(key):
    return str(key).lower() if isinstance(key, bool) else str(key)


def resolved(node, path, out):
    """What each interpolation stands for, or that it has no value."""
    if isinstance(node, Container) and not node._is_interpolation():
        keys = node.keys() if isinstance(node, DictConfig) else range(len(node))
        for key in list(keys):
            child = node._get_node(key)
            resolved(child, path + [text_of(key)], out)
        return
    if not node._is_interpolation():
        return
    try:
        target = node._dereference_node()
        if isinstance(target, Container):
            value = OmegaConf.to_container(target, resolve=True)
        else:
            value = target._value()
            if isinstance(value, Container):
                value = OmegaConf.to_container(value, resolve=True)
        out[json.dumps(path, separators=(",", ":"), ensure_ascii=False)] = canonical(value)
    except Exception as error:
        out[json.dumps(path, separators=(",", ":"), ensure_ascii=False)] = {"error": type(error).__name__}


def run(case):
    GlobalHydra.instance().clear()
    base = case.get("versionBase") or None
    with initialize_config_dir(config_dir=case["dir"], version_base=base):
        OmegaConf.register_new_resolver(
            "now", lambda pattern: FIXED.strftime(pattern), replace=True
        )
        config = compose(config_name=case["name"], overrides=case["overrides"])
        values = {}
        resolved(config, [], values)
        return {
            "raw": canonical(OmegaConf.to_container(config, resolve=False)),
            "values": values,
        }


def main():
    cases_file, out_file = sys.argv[1:]
    with open(cases_file) as cases, open(out_file, "w") as out:
        start = time.perf_counter()
        for line in cases:
            case = json.loads(line)
            try:
                result = run(case)
            except Exception as error:
                text = str(error).strip()[:600]
                result = {"error": type(error).__name__, "message": text}
            out.write(json.dumps(result) + "\n")
        print(f"{time.perf_counter() - start:.3f}")


main()
