"""Loads Ato's observer, and then the sitecustomize module that Python finds without this folder."""
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
        from importlib._bootstrap_external import SourceFileLoader

        path = folder + "/ato_observer.py"
        module = type(sys)("ato_observer")
        module.__file__ = path
        exec(SourceFileLoader("ato_observer", path).get_code("ato_observer"), module.__dict__)
        module.start(folder)
    except Exception:
        # The program comes first: without an observer it runs as it does without Ato.
        pass


try:
    _load()
finally:
    del _load

# If there is none, this raises what Python expects, and nothing is left in sys.modules.
import sitecustomize  # noqa: E402, F401
