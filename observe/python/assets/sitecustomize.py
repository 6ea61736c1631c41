"""Loads Ato's observer, and then the sitecustomize module that Python finds without this folder.

Python compiles this file in each run, so it is short.
"""
import sys


def _load():
    folder = __file__.replace("\\", "/").rpartition("/")[0]
    # With this folder in sys.path, the program would see it, and the import below would find this file again.
    sys.path[:] = [
        entry for entry in sys.path if entry.replace("\\", "/") != folder
    ]
    sys.path_importer_cache.pop(folder, None)
    # Python 2 empties a module that nothing refers to.
    globals()["_self"] = sys.modules.pop("sitecustomize", None)
    if sys.version_info < (3, 8) or sys.implementation.name != "cpython":
        return
    try:
        module_of = _loader(folder)["module_of"]
        module_of("ato_observer", module_of=module_of).start(folder)
    except Exception:
        # The program comes first: without an observer it runs as it does without Ato.
        pass


def _loader(folder):
    """Runs `ato_loader.py`, which is kept compiled like the files that it loads."""
    import _imp
    import marshal

    magic = sys.modules["_frozen_importlib_external"].MAGIC_NUMBER
    path, ending = folder + "/ato_loader.py", ".%s.%d" % (magic.hex(), sys.flags.optimize)
    names = {"__name__": "ato_loader", "__file__": path, "folder": folder, "ending": ending}
    try:
        with open(folder + "/compiled/ato_loader" + ending, "rb") as file:
            data = file.read()
        if _imp.source_hash(0, data[8:]) != data[:8]:
            raise ValueError
        code = marshal.loads(data[8:])
        _imp._fix_co_filename(code, path)
        exec(code, names)
    except Exception:
        with open(path, "rb") as file:
            exec(compile(file.read(), path, "exec", dont_inherit=True), names)
        names["keep_code"]("ato_loader", path)
    return names


try:
    _load()
finally:
    del _load

# If there is none, this raises what Python expects, and nothing is left in sys.modules.
import sitecustomize  # noqa: E402, F401
