"""Loads every config below a folder with mmengine, and writes the results, one JSON line for each file.

    python peer.py FOLDER OUT.jsonl
"""
import json
import os
import sys
import time
import types
import warnings

warnings.filterwarnings("ignore")

from mmengine.config import Config  # noqa: E402


def text(key):
    return key if isinstance(key, str) else repr(key)


def typed(value):
    """Write a value with the distinctions that JSON lacks: ints and floats, lists and tuples; keys keep their order."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return f"i{value}"
    if isinstance(value, float):
        return f"f{value!r}"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, list):
        return f"[{','.join(map(typed, value))}]"
    if isinstance(value, tuple):
        return f"({','.join(map(typed, value))})"
    if isinstance(value, dict):
        items = (f"{json.dumps(text(k))}:{typed(v)}" for k, v in value.items())
        return f"{{{','.join(items)}}}"
    return f"<{type(value).__name__}>"


def plain(value):
    """Write a value as an ADict has it: tuples are lists, ints and floats are not distinguished; keys are sorted."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, int):
        return f"{float(value)!r}" if abs(value) < 2**53 else f"i{value}"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(plain, value))}]"
    if isinstance(value, dict):
        # In JavaScript, keys such as "4" come first, regardless of when they were set.
        items = (f"{json.dumps(k)}:{v}" for k, v in sorted((text(k), plain(v)) for k, v in value.items()))
        return f"{{{','.join(items)}}}"
    return f"<{type(value).__name__}>"


def main(folder, out):
    files = sorted(
        os.path.join(root, name)
        for root, _, names in os.walk(folder)
        for name in names
        if name.endswith(".py")
    )
    spent = 0.0
    with open(out, "w", encoding="utf-8") as sink:
        for file in files:
            record = {"file": os.path.relpath(file, folder)}
            begin = time.perf_counter()
            try:
                config = Config.fromfile(file, import_custom_modules=False)
                spent += time.perf_counter() - begin
                data = config.to_dict()
                # Functions at the top level are not data; mmengine keeps them only in the newer style.
                data = {k: v for k, v in data.items() if not isinstance(v, types.FunctionType)}
                record.update(typed=typed(data), plain=plain(data))
            except BaseException as error:  # noqa: B902: a config may raise anything
                spent += time.perf_counter() - begin
                record["error"] = f"{type(error).__name__}: {error}"[:300]
            sink.write(json.dumps(record) + "\n")
    print(json.dumps({"files": len(files), "seconds": spent}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
