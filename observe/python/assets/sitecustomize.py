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
        module = _module_of(folder, "ato_observer")
        module.module_of = _module_of
        module.start(folder)
    except Exception:
        # The program comes first: without an observer it runs as it does without Ato.
        pass


def _module_of(folder, name, **names):
    """Runs a file of the observer as a module that no other one can import, with these names in it."""
    path = folder + "/" + name + ".py"
    module = type(sys)(name)
    module.__file__ = path
    module.__dict__.update(names)
    exec(_code_of(folder, name, path), module.__dict__)
    return module


def _code_of(folder, name, path):
    """Returns the code of a file. It is kept in `compiled`, which all runs of this user share.

    Python's own cache does not serve: each run has a folder of its own, and the user may have switched the cache off
    or moved it. The name of the shared folder depends on the text of all files.
    """
    import _imp
    import marshal

    magic = sys.modules["_frozen_importlib_external"].MAGIC_NUMBER
    kept = "%s/compiled/%s.%s.%d" % (folder, name, magic.hex(), sys.flags.optimize)
    try:
        data = _contents(kept)
        # A disk can be damaged.
        if _imp.source_hash(0, data[8:]) == data[:8]:
            code = marshal.loads(data[8:])
            _imp._fix_co_filename(code, path)
            return code
    except Exception:
        pass
    code = compile(_contents(path), path, "exec", dont_inherit=True)
    data = marshal.dumps(code)
    try:
        _keep(kept, _imp.source_hash(0, data) + data)
    except Exception:
        # It is compiled again next time.
        pass
    return code


def _contents(path):
    import os

    fd = os.open(path, os.O_RDONLY)
    try:
        return os.read(fd, os.fstat(fd).st_size)
    finally:
        os.close(fd)


def _keep(path, data):
    """Writes a file in one step: another process finds all of it, or nothing."""
    import os

    draft = "%s.%s" % (path, os.urandom(6).hex())
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        is_whole = os.write(fd, data) == len(data)
    finally:
        os.close(fd)
    if is_whole:
        os.replace(draft, path)
    else:
        os.remove(draft)


try:
    _load()
finally:
    del _load

# If there is none, this raises what Python expects, and nothing is left in sys.modules.
import sitecustomize  # noqa: E402, F401
