"""Loads the files of the observer, for `sitecustomize.py`, and keeps them compiled.

They are kept in the folder `compiled`, which all runs of this user share: its name depends on the text of all files.
Python's own cache does not serve, because each run has a folder of its own, and because the user may have switched
the cache off or moved it.
"""
import _imp
import marshal
import os
import sys

# Set by `sitecustomize.py`: where the observer's files are, and how the names of compiled ones end.
folder, ending = globals()["folder"], globals()["ending"]


def module_of(name, **names):
    """Runs a file of the observer as a module that no other one can import, with these names in it."""
    path = path_of(name)
    module = type(sys)(name)
    module.__file__ = path
    module.__dict__.update(names)
    exec(kept_code(name, path) or keep_code(name, path), module.__dict__)
    return module


def path_of(name):
    return "%s/%s.py" % (folder, name)


def place_of(name):
    return "%s/compiled/%s%s" % (folder, name, ending)


def kept_code(name, path):
    """Returns the code of a file if it was kept, and is whole: a disk can be damaged."""
    try:
        data = contents(place_of(name))
        if _imp.source_hash(0, data[8:]) != data[:8]:
            return None
        code = marshal.loads(data[8:])
        _imp._fix_co_filename(code, path)
        return code
    except Exception:
        return None


def keep_code(name, path):
    """Compiles a file and keeps its code. If that is not possible, it is compiled again next time."""
    code = compile(contents(path), path, "exec", dont_inherit=True)
    data = marshal.dumps(code)
    try:
        keep(place_of(name), _imp.source_hash(0, data) + data)
    except Exception:
        pass
    return code


def contents(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        return os.read(fd, os.fstat(fd).st_size)
    finally:
        os.close(fd)


def keep(path, data):
    """Writes a file in one step: another process finds all of it, or nothing."""
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
