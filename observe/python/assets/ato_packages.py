"""Finds the distributions of imported packages, for `ato_observer.py`.

`importlib.metadata.packages_distributions()` reads each distribution that is installed. Here a distribution with the
name of the package is taken at once, and the lists of files of the others are read only if it is missing.
"""
import os
import re

# Set by the observer: its functions.
observer = globals()["observer"]

#: Folder: its modification time and what is in it, as (normalised name, version, path).
_known = {}


def note(tops):
    """Writes a line for the distribution of each package, given as (folder, name)."""
    for folder in {folder for folder, _ in tops}:
        names = {name for where, name in tops if where == folder}
        for name, version in sorted(distributions(folder, names)):
            observer.once(
                ("package", name),
                '{"is":"package","name":%s,"version":%s}' % (observer.quote("pypi:" + name), observer.quote(version)),
            )


def distributions(folder, names):
    """Returns the distributions in a folder that have one of these packages."""
    found, missing = set(), set()
    installed = listing(folder)
    by_name = {name: (name, version) for name, version, _ in installed}
    for name in names:
        plain = name.split("/")[-1].split(".")[0] if "/" not in name else name.replace("/", "-")
        same = by_name.get(normalised(plain))
        if same is not None:
            found.add(same)
        elif not name.endswith((".libs", ".pth")):
            missing.add(name)
    if missing:
        for name, version, path in installed:
            if has_one(path, missing):
                found.add((name, version))
    return {(name, version or version_in(folder, name)) for name, version in found}


def normalised(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def listing(folder):
    changed = os.stat(folder).st_mtime_ns
    known = _known.get(folder)
    if known is not None and known[0] == changed:
        return known[1]
    found = []
    for entry in os.listdir(folder):
        base, _, kind = entry.rpartition(".")
        if kind not in ("dist-info", "egg-info"):
            continue
        parts = base.split("-")
        version = parts[1] if len(parts) > 1 else ""
        found.append((normalised(parts[0]), version, folder + entry))
    _known[folder] = (changed, found)
    return found


def version_in(folder, name):
    """Returns the version that the metadata of a distribution states."""
    for other, _, path in listing(folder):
        if other == name:
            for file in ("/METADATA", "/PKG-INFO", ""):
                text = text_of(path + file)
                found = re.search(rb"^Version:[ \t]*(\S+)", text, re.M)
                if found:
                    return found.group(1).decode("ascii", "replace")
    return "unknown"


def has_one(path, names):
    """Tells whether the files of a distribution include one of these packages."""
    tops = text_of(path + "/top_level.txt")
    if tops and not any("/" in name for name in names):
        return any(line.decode("utf-8", "replace").strip() in names for line in tops.split(b"\n")) \
            or any(name.partition(".")[0].encode() in tops.split() for name in names)
    files = b"\n" + (text_of(path + "/RECORD") or text_of(path + "/installed-files.txt").replace(b"../", b""))
    return any(
        b"\n" + name.encode("utf-8", "surrogateescape") + end in files for name in names for end in (b"/", b",", b"\n")
    )


def text_of(path):
    try:
        return observer.contents(path)
    except OSError:
        return b""
