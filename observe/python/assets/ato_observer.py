"""Writes down what this Python process reads: files, variables, modules, packages, arguments, seeds.

It is loaded by sitecustomize in each process, so it imports only what Python has loaded anyway. Its lines are those
of `internal/observation.ts`. It must not be noticed by the program: it prints nothing, raises nothing, and leaves
no trace in `sys.modules`, `sys.path` or `os.environ`.
"""
import os
import sys
from _thread import get_ident
from stat import S_ISCHR, S_ISDIR, S_ISREG
from time import time

try:
    from _json import encode_basestring_ascii as quote
except ImportError:
    from json.encoder import py_encode_basestring_ascii as quote

# Programs replace functions, e.g. to test with a false file system.
_open, _write, _read, _close = os.open, os.write, os.read, os.close
_stat, _fstat, _getcwd, _getpid = os.stat, os.fstat, os.getcwd, os.getpid
_fsdecode, _join, _normpath, _isabs = os.fsdecode, os.path.join, os.path.normpath, os.path.isabs
_getframe = sys._getframe
CODE = type(_isabs.__code__)

MOST_TO_HASH = 64 * 2**20
MOST_READS = 500_000
MOST_OPENS = 100_000
HIDDEN = ("ATO_PYTHONPATH", "ATO_OBSERVE", "ATO_LAUNCH")
ADDED = ("PYTHONPATH", "NODE_OPTIONS")

#: Threads that are in the observer: what it opens itself is not an observation.
busy = set()


class State:
    """What this process has written down. There is one: `state`."""

    def __init__(self):
        self.folder = ""  # for observations
        self.assets = ""  # with this file
        self.fd = -1
        self.fd_is = None
        self.pid = 0
        self.has_torn_line = False
        self.reads = {}  # path: (size, mtime), or None if it has been hashed
        self.writes = set()
        self.lists = set()
        self.made = set()  # folders that this process made: the names in them are its own
        self.once = set()  # lines that are written once
        self.modules = {}  # path: SHA-256
        self.opens = set()  # arguments of calls that are known
        self.folders = set()
        self.excluded = ()  # beginnings of paths
        self.installed = ()  # those of them with nothing but code and packages
        self.code_folders = set()  # with modules that need not be looked at again, unless they are watched
        self.native_folders = set()  # the same, for native modules
        self.library = ""
        self.start = {}  # the environment as it was
        self.inherited = {}  # the variables of Ato, as they are in the real environment
        self.kept = set()  # those of the user that Ato has added to
        self.option = ""  # what it has added to NODE_OPTIONS
        self.tops = set()  # (folder, name) of imported packages whose version is not known yet
        self.known_tops = set()
        self.spaces = {}  # (folder, name): whether it is a namespace
        self.parts = {}  # the other files of the observer


state = State()

# Set by `ato_loader.py`: loads a file of the observer.
module_of = globals()["module_of"]


def guarded(work, *args):
    """Calls a function so that the program does not notice what it raises, nor what it opens."""
    ident = get_ident()
    if ident in busy:
        return None
    busy.add(ident)
    try:
        return work(*args)
    except BaseException as error:
        if is_of_program(error):
            raise
        not_followed(work, error)
        return None
    finally:
        busy.discard(ident)


def not_followed(work, error):
    """Says that something was missed, unless the program's own call fails for the same reason."""
    if isinstance(error, (OSError, ValueError)):
        return
    try:
        gap("the observer could not follow %s (%s)" % (getattr(work, "__name__", "a call"), type(error).__name__))
    except Exception:
        pass


def is_of_program(error):
    """Tells whether a signal handler of the program raised it, while the observer ran."""
    if not isinstance(error, Exception):
        return True
    from _signal import NSIG, getsignal

    codes = set()
    for number in range(1, NSIG):
        try:
            handler = getsignal(number)
        except (OSError, ValueError):
            continue
        if callable(handler):
            codes.update((code_of(handler), code_of(getattr(type(handler), "__call__", None))))
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code in codes:
            return True
        trace = trace.tb_next
    return False


def code_of(function):
    return getattr(getattr(function, "__func__", function), "__code__", None)


# ---------------------------------------------------------------------------------------------------- lines


def note(line):
    """Appends a line, in one call."""
    if _getpid() != state.pid:
        begin_process()
    data = (line + "\n").encode("ascii")
    if state.has_torn_line:
        data = b'\n{"is":"gap","what":"some observations could not be written"}\n' + data
    try:
        state.has_torn_line = _write(descriptor(), data) < len(data)
    except OSError:
        state.has_torn_line = True


def descriptor():
    """Returns the open file. A program can close it with all others, and then open one with the same number."""
    if state.fd >= 0:
        try:
            now = _fstat(state.fd)
            if (now.st_dev, now.st_ino) == state.fd_is:
                return state.fd
        except OSError:
            pass
    fd = _open(state.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o600)
    state.fd = out_of_the_way(fd)
    now = _fstat(state.fd)
    state.fd_is = (now.st_dev, now.st_ino)
    return state.fd


def out_of_the_way(fd):
    """Gives the file a number that the program does not expect for a file of its own, nor for its output."""
    for number in (873, 211):
        try:
            _fstat(number)
        except OSError:
            try:
                os.dup2(fd, number, inheritable=False)
            except OSError:
                continue
            _close(fd)
            return number
    if fd > 2:
        return fd
    _close(fd)
    raise OSError("no number is free")


def now_ms():
    return int(time() * 1000)


def once(key, line):
    """Writes a line unless one with this key is there."""
    if key in state.once:
        return
    state.once.add(key)
    note(line)


def gap(what):
    once(("gap", what), '{"is":"gap","what":%s}' % quote(what))


def begin_process():
    """Starts the file of this process, also after a fork."""
    pid = _getpid()
    if state.fd >= 0 and state.pid != pid:
        try:
            now = _fstat(state.fd)
            if (now.st_dev, now.st_ino) == state.fd_is:
                _close(state.fd)
        except OSError:
            pass
    state.fd, state.pid, state.has_torn_line = -1, pid, False
    state.file = "%s/%d-%s.jsonl" % (state.folder, pid, os.urandom(6).hex())
    words = process_words()
    entry = entry_path()
    note(
        '{"is":"process","pid":%d,"parent":%d,"language":"python","version":%s,"executable":%s,"argv":[%s],'
        '"cwd":%s%s,"at":%d}' % (
            pid, os.getppid(), quote("%d.%d.%d" % sys.version_info[:3]), quote(sys.executable or ""),
            ",".join(quote(word) for word in words), quote(state.cwd),
            ',"entry":' + quote(entry) if entry else "", now_ms(),
        )
    )


def process_words():
    words = getattr(sys, "orig_argv", None)
    if words is not None:
        return words[1:]
    try:
        return [_fsdecode(word) for word in contents("/proc/self/cmdline").split(b"\0")[1:-1]]
    except OSError:
        return list(getattr(sys, "argv", []))


def entry_path():
    """Returns the path of the script, if that is a file."""
    words = state.argv
    if not words or words[0] in ("", "-", "-c", "-m"):
        return None
    path = _normpath(_join(state.cwd, words[0]))
    try:
        if S_ISDIR(_stat(path).st_mode):
            path = _join(path, "__main__.py")
            _stat(path)
        return path
    except OSError:
        return None


# ---------------------------------------------------------------------------------------------------- files


def absolute(path):
    """Returns an absolute path as text, or None if it is not a path."""
    if type(path) is not str:
        if isinstance(path, int) or path is None:
            return None
        path = _fsdecode(path)
    if not path:
        return None
    whole = path if _isabs(path) else _join(_getcwd(), path)
    plain = _normpath(whole)
    if plain[:2] == "//":
        plain = plain[1:]
    if ".." in whole:
        # a/../b is b only if a is not a link
        try:
            if not os.path.samestat(_stat(whole), _stat(plain)):
                return os.path.realpath(whole)
        except OSError:
            return os.path.realpath(whole)
    return plain


def is_excluded(path):
    return path.startswith(state.excluded) and not path.startswith("/dev/shm/") \
        or "/site-packages/" in path or "/dist-packages/" in path


def on_open(path, mode, flags):
    text = path if type(path) is str else None
    if text is not None and (text, flags) in state.opens:
        return
    if isinstance(path, int):
        return
    reads, writes = verb_of(mode, flags)
    if text is not None and not writes and path.startswith(state.excluded) and path.endswith((".pyc", ".py", ".so")) \
            and ".." not in path:
        return  # most of what Python imports
    if mode is None and not _isabs(path) and from_folder(path, reads, writes):
        return
    whole = absolute(path)
    if whole is None:
        return
    is_certain = True
    if reads:
        is_certain = saw_read(whole, will_change=writes, caller=True)
    if writes:
        saw_write(whole)
    if text is not None and is_certain:
        if len(state.opens) >= MOST_OPENS:
            state.opens.clear()
        state.opens.add((text, flags))


def verb_of(mode, flags):
    """Tells whether an open reads what is there, and whether it writes."""
    if not flags and isinstance(mode, str):
        return "r" in mode, "r" not in mode or "+" in mode
    access = flags & 3
    unnamed = getattr(os, "O_TMPFILE", 0)
    if getattr(os, "O_PATH", 0) & flags or unnamed and flags & unnamed == unnamed:
        return False, False
    if access == os.O_RDONLY:
        return True, bool(flags & os.O_TRUNC)
    is_new = flags & (os.O_TRUNC | os.O_EXCL)
    return access == os.O_RDWR and not is_new, True


def from_folder(path, reads, writes):
    """Takes an open that is relative to the descriptor of a folder, which the event does not tell."""
    frame = outer_frame()
    if frame is None or not any(type(one) is tuple and "dir_fd" in one for one in frame.f_code.co_consts):
        return False
    found = False
    for name in os.listdir("/proc/self/fd"):
        try:
            if S_ISDIR(_fstat(int(name)).st_mode):
                whole = absolute(_join(os.readlink("/proc/self/fd/" + name), _fsdecode(path)))
                _stat(whole if not writes else os.path.dirname(whole))
                found = True
                if reads:
                    saw_read(whole, is_guess=True, will_change=writes)
                if writes:
                    saw_write(whole)
        except OSError:
            continue
    return found


def outer_frame():
    """Returns the frame of the program that called, or None if Python itself did."""
    frame = _getframe()
    while frame is not None and frame.f_code.co_filename.startswith(state.assets):
        frame = frame.f_back
    return frame


def is_installed(frame):
    """Tells whether a frame is one of the standard library or of an installed package."""
    if frame is None:
        return True
    name = frame.f_code.co_filename
    return package_of(name) is not None or name.startswith(state.library) or name.startswith("<frozen ")


#: Modules of the standard library that read sources to show them.
SHOWING = ("/linecache.py", "/tokenize.py", "/inspect.py", "/traceback.py")


def is_code(path):
    """Tells whether Python itself opens a file, as code or to show a line of it."""
    frame = outer_frame()
    if frame is None:
        return True
    if not path.endswith((".py", ".pyc", ".so", ".pyd", ".pyi", ".pyw", ".zip", ".egg", ".whl", ".pyz")):
        return False
    name = frame.f_code.co_filename
    return path in state.modules or name.endswith(SHOWING) or is_import(name)


def is_import(name):
    """Tells whether a file name is one of Python's code that imports, or runs a module."""
    return name.startswith(("<frozen importlib", "<frozen zipimport", "<frozen runpy")) or \
        name.endswith(("/runpy.py", "/pkgutil.py", "/zipimport.py", "/imp.py"))


def saw_read(path, is_guess=False, will_change=False, caller=False):
    """Writes down the first read of a file. Returns whether later calls need not be looked at."""
    if path in state.reads or path in state.writes:
        if path in state.reads and will_change:
            complete(path)
        return True
    if is_excluded(path):
        if path.startswith(("/dev/fd/", "/dev/stdin", "/proc/self/fd/")):
            gap("what is read from %s is not recorded" % path)
        return True
    if is_console_script(path):
        return True
    try:
        seen = _stat(path)
    except OSError:
        return False  # it is not there, now
    if S_ISDIR(seen.st_mode) or (caller and is_code(path)):
        return False
    if len(state.reads) >= MOST_READS:
        gap("more than %d files were read by one process" % MOST_READS)
        return True
    known = ""
    if S_ISREG(seen.st_mode):
        known = ',"size":%d,"mtime":"%d"' % (seen.st_size, seen.st_mtime_ns)
        state.reads[path] = (seen.st_size, seen.st_mtime_ns)
        if will_change:
            known += hashed(path)
    else:
        state.reads[path] = None
    settle()
    note('{"is":"read","path":%s%s%s,"at":%d}' % (quote(path), known, ',"isGuess":true' if is_guess else "", now_ms()))
    return True


def saw_write(path):
    """Writes down that a file is about to change."""
    if path in state.reads:
        complete(path)
    if path in state.writes:
        return
    state.writes.add(path)
    if is_excluded(path) or path.startswith(state.folder):
        return
    settle()
    note('{"is":"write","path":%s,"at":%d}' % (quote(path), now_ms()))


def complete(path):
    """Hashes a file that was read before it changes, so that its content at that time stays known."""
    known = state.reads[path]
    if known is None:
        return
    digest = hashed(path)
    if digest:
        note('{"is":"read","path":%s,"size":%d,"mtime":"%d"%s,"at":%d}' % (quote(path), *known, digest, now_ms()))


def hashed(path):
    """Returns the member with the hash of a file, if it still is what was read and not too large."""
    known = state.reads[path]
    state.reads[path] = None
    try:
        now = _stat(path)
        if known is None or (now.st_size, now.st_mtime_ns) != known or now.st_size > MOST_TO_HASH:
            return ""
        return ',"sha256":"%s"' % sha256(contents(path, now.st_size))
    except OSError:
        return ""


def contents(path, most=None):
    """Returns the bytes of a file."""
    fd = _open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
    try:
        parts = []
        while True:
            part = _read(fd, 2**20)
            if not part:
                return b"".join(parts)
            parts.append(part)
    finally:
        _close(fd)


def sha256(data):
    try:
        if len(data) > 2**18:
            # of OpenSSL: faster, and slower to load
            from _hashlib import openssl_sha256 as function
        elif sys.version_info >= (3, 12):
            from _sha2 import sha256 as function
        else:
            from _sha256 import sha256 as function
    except ImportError:
        from hashlib import sha256 as function
    return function(data).hexdigest()


def on_list(path=None):
    path = _getcwd() if path is None else path
    if type(path) is str and path in state.folders:
        return
    frame = outer_frame()
    if frame is None or is_import(frame.f_code.co_filename):
        return
    whole = absolute(path)
    if whole in state.made or whole is not None and not os.path.isdir(whole):
        return  # like existence, a folder that is not there is not seen
    if whole in (sys.prefix + "/bin", sys.base_prefix + "/bin"):
        return  # Jupyter looks for its commands on the path
    if type(path) is str and len(state.folders) < MOST_OPENS:
        state.folders.add(path)
    if whole is None or whole in state.lists or is_excluded(whole + "/"):
        return
    state.lists.add(whole)
    note('{"is":"list","path":%s,"at":%d}' % (quote(whole), now_ms()))


def on_chdir(path):
    # Relative paths mean other files from now on.
    state.opens.clear()
    state.folders.clear()


def on_make_folder(path, mode=None, dir_fd=-1, *_):
    """A folder that is not there yet has only names that the program gives."""
    whole = absolute(path) if dir_fd == -1 else None
    if whole is not None and not os.path.lexists(whole):
        state.made.add(whole)


def on_remove_folder(path, *_):
    state.made.discard(absolute(path))


def changes(path, *_):
    whole = absolute(path)
    if whole is not None:
        saw_write(whole)


def moves(source, target, *_):
    changes(source)
    changes(target)
    # What is in a folder comes along with it.
    below = absolute(target)
    state.made = {
        one for one in state.made if one != below and not one.startswith((below or "") + "/")
    }
    # A file of this name is another one now.
    state.opens.clear()


def links(source, target, *_):
    changes(target)


def on_database(path, *_):
    """A database that is there is read, and may change at once."""
    if isinstance(path, (str, bytes, os.PathLike)):
        path = _fsdecode(path)
        if path.startswith("file:"):
            from urllib.parse import unquote
            path = unquote(path[5:].partition("?")[0])
            path = path[2:] if path.startswith("///") else path
        if path in ("", ":memory:"):
            return
        whole = absolute(path)
        if os.path.exists(whole):
            saw_read(whole, is_guess=True, will_change=True)
        else:
            saw_write(whole)


# ---------------------------------------------------------------------------------------------------- children


def child(program, pid=None):
    state.made.clear()  # it can fill them
    program = _fsdecode(program) if isinstance(program, (bytes, os.PathLike)) else str(program)
    note('{"is":"child",%s"program":%s}' % ('"pid":%d,' % pid if pid else "", quote(program[:4000])))


def program_of(words):
    """Returns the program that words start: for a shell, what it is given to do."""
    words = [_fsdecode(word) for word in words[:3]]
    is_shell = len(words) == 3 and words[1] == "-c" and words[0].rpartition("/")[2] in ("sh", "bash")
    return words[2] if is_shell else words[0]


def on_exec_program(path, args, env):
    child(program_of(args), _getpid())


# ---------------------------------------------------------------------------------------------------- environment


class EnvironmentReads:
    """Tells reads by name from enumerations, which take each variable in turn and mean none."""

    def __init__(self):
        self.known = set()
        self.codes = None
        self.loop = None  # the frame that enumerates, its instruction, the names, and what it has read

    def prepare(self):
        from _collections_abc import ItemsView, KeysView, MutableMapping, ValuesView

        kind = type(os.environ)
        self.passes = {kind.__iter__.__code__, KeysView.__iter__.__code__}
        self.codes = {
            one.__code__ for one in (ItemsView.__iter__, ValuesView.__iter__, MutableMapping.popitem, MutableMapping.update)
        }

    def enumerates(self, data):
        self.give_up()
        frame = outer_frame()
        while frame is not None and frame.f_code in self.passes:
            frame = frame.f_back
        if frame is not None:
            self.loop = [id(frame), frame.f_lasti, list(dict.keys(data)), []]

    def read(self, key):
        frame = outer_frame()  # __getitem__ of os.environ
        if frame is not None:
            frame = frame.f_back
        while frame is not None and frame.f_code.co_name in ("get", "__contains__") and \
                "_collections_abc" in frame.f_code.co_filename:
            frame = frame.f_back
        if frame is not None and (frame.f_code in self.codes or self.is_in_loop(frame, key)):
            return
        self.give_up()
        self.note(key)

    def is_in_loop(self, frame, key):
        """Tells whether a loop over all names is reading each of them, in turn."""
        if self.loop is None or self.loop[0] != id(frame):
            return False
        _, instruction, order, taken = self.loop
        if frame.f_lasti == instruction:  # dict(os.environ)
            return True
        self.pass_known(order, taken)
        if len(taken) == len(order) or order[len(taken)] != key:
            return False
        taken.append(key)
        self.pass_known(order, taken)
        if len(taken) == len(order) and len(order) > 2:
            self.loop = None
        return True

    def pass_known(self, order, taken):
        while len(taken) < len(order) and order[len(taken)] in self.known:
            taken.append(None)

    def give_up(self):
        """What looked like an enumeration and has ended early was reads by name."""
        loop, self.loop = self.loop, None
        for key in loop[3] if loop else ():
            if key is not None:
                self.note(key)

    def note(self, key):
        if key in self.known:
            return
        self.known.add(key)
        name = os.environ.decodekey(key)
        if name in HIDDEN:
            return
        value = state.start.get(key)
        text = "null" if value is None else quote(os.environ.decodevalue(value))
        note('{"is":"env","name":%s,"value":%s,"at":%d}' % (quote(name), text, now_ms()))


names = EnvironmentReads()


def make_data(values, names=names, known=names.known, get=dict.__getitem__, items=dict.__iter__):
    """Returns what `os.environ` keeps its variables in. Only a read by name is one: see `EnvironmentReads`."""

    class Data(dict):
        __slots__ = ()

        def __getitem__(self, key):
            if key not in known:
                guarded(names.read, key)
            return get(self, key)

        def __iter__(self):
            guarded(names.enumerates, self)
            return items(self)

        def __setitem__(self, key, value):
            dict.__setitem__(self, key, value)
            if key in state.kept:
                guarded(keep, key, value)

        def __delitem__(self, key):
            dict.__delitem__(self, key)
            if key in state.kept:
                guarded(keep, key, None)

        def __reduce_ex__(self, version):
            return dict, (dict(dict.items(self)),)

    return Data(dict.items(values))


def hide_environment():
    """Shows the program the environment that it has without Ato. The real one, which children get, stays."""
    environ = os.environ
    data = make_data(environ._data)
    hide(data)
    environ._data = data
    if hasattr(os, "environb"):
        os.environb._data = data
    state.start = dict(dict.items(data))
    names.prepare()
    if hasattr(os, "reload_environ"):
        original = os.reload_environ

        def reload_environ():
            original()
            guarded(hide, os.environ._data)

        reload_environ.__doc__, reload_environ.__module__ = original.__doc__, original.__module__
        os.reload_environ = reload_environ


def hide(data):
    """Takes what Ato has added out of the variables that the program sees."""
    environ = os.environ
    for name in HIDDEN + ADDED:
        key = environ.encodekey(name)
        value = data.get(key)
        if value is None:
            continue
        value = state.inherited[name] = environ.decodevalue(value)
        shown = None if name in HIDDEN else without_ours(name, value)
        if name in ADDED and shown != value:
            state.kept.add(key)
        if shown is None:
            dict.__delitem__(data, key)
        else:
            dict.__setitem__(data, key, environ.encodevalue(shown))


def without_ours(name, value):
    """Returns a variable without what Ato has added to it, or None if it was not set."""
    if name == "PYTHONPATH":
        entries = value.split(os.pathsep)
        others = [entry for entry in entries if entry.replace("\\", "/") != state.assets[:-1]]
        return os.pathsep.join(others) if others else state.inherited.get("ATO_PYTHONPATH")
    ours = os.path.dirname(state.assets[:-1]) + "/observer.cjs"
    for option in ("--require " + ours, '--require "%s"' % ours, "--require=" + ours, '--require="%s"' % ours):
        if option in value:
            state.option = option
            return value.replace(option + " ", "").replace(option, "").strip(" ") or None
    return value


def with_ours(name, value):
    """Returns a variable with what Ato adds to it, for children."""
    if name == "PYTHONPATH":
        return state.assets[:-1] + (os.pathsep + value if value else "")
    return state.option + (" " + value if value else "")


def keep(key, value):
    """The program has changed a variable that Ato adds to: its children need both."""
    environ = os.environ
    value = None if value is None else environ.decodevalue(value)
    os.putenv(key, environ.encodevalue(with_ours(environ.decodekey(key), value)))


def for_child(env):
    """Returns what the environment of a child lacks so that it is observed, if it is meant to inherit."""
    encoded = {os.fsencode(key): os.fsencode(value) for key, value in env.items()}
    if b"ATO_OBSERVE" in encoded:
        return {}
    mine = {os.fsencode(key) for key in dict.keys(os.environ._data)}
    if len(mine & set(encoded)) * 2 < len(mine):
        return {}  # it was cleaned on purpose
    added = {name: state.inherited[name] for name in HIDDEN if name in state.inherited}
    for key in state.kept:
        name, value = os.environ.decodekey(key), encoded.get(os.fsencode(key))
        added[name] = with_ours(name, None if value is None else _fsdecode(value))
    return added


# ---------------------------------------------------------------------------------------------------- modules

#: Native code that reads files through Python's own `open`, is wrapped, or reads no files that a program names.
HARMLESS = frozenset(
    """
    numpy scipy sklearn pandas PIL matplotlib kiwisolver contourpy fontTools yaml _yaml ruamel markupsafe msgpack
    regex psutil tornado cffi _cffi_backend cryptography bcrypt nacl orjson ujson rapidjson simplejson charset_normalizer
    numexpr bottleneck coverage google protobuf upb wrapt lazy_object_proxy multidict yarl frozenlist aiohttp propcache
    httptools greenlet sqlalchemy pydantic_core pydantic xxhash blake3 zstandard brotli _brotli lz4 snappy cramjam
    statsmodels patsy numba llvmlite numcodecs blosc2 pywt shapely debugpy jiter rpds editdistance Levenshtein rapidfuzz
    murmurhash cymem preshed ml_dtypes optree dm_tree tree setproctitle mypy mypyc black line_profiler websockets
    argon2 _argon2_cffi_bindings Cython gmpy2 hiredis joblib skimage torchgen functorch jaxlib
    pyarrow h5py cv2 polars _polars_runtime_32 _polars_runtime_64 _polars_runtime xgboost lightgbm soundfile
    _soundfile _soundfile_data netCDF4 cftime tables safetensors torch torchvision
    nvidia cuda triton flash_attn flash_attn_2_cuda xformers bitsandbytes zmq shap hdbscan pycocotools tokenizers
    _sentencepiece sentencepiece google_crc32c
    """.split()
)


def on_import(name, filename=None, *_):
    """Takes a native module that is about to be loaded."""
    if filename is None or type(filename) is not str:
        return
    path = absolute(filename)
    if path is None or path.startswith(state.library) or "/lib-dynload/" in path:
        if name in ("_gdbm", "_dbm"):
            gap("%s can read files in native code" % name)
        return
    top = name.partition(".")[0] or name
    found = package_of(path)
    if found is not None:
        if add_top(*found) and path == filename:
            state.native_folders.add(path.rpartition("/")[0])
        top = found[1].split("/")[0].split(".")[0]
    native(top)


def native(top):
    if top.replace(".libs", "") in HARMLESS or top.endswith("__mypyc") or top.lower() in ("scikit_learn", "pillow", "opencv_python_headless"):
        return
    gap("%s can read files in native code" % top)


def on_library(name):
    """Takes a library that is loaded with ctypes."""
    if not isinstance(name, (str, bytes)):
        return
    name = _fsdecode(name)
    if "/" not in name or name.startswith(("/lib", "/usr/lib", "/usr/local/cuda", "/System", state.library)):
        return
    whole = absolute(name)
    if whole.startswith(tuple(one for one in state.excluded if one.endswith("/lib/"))) and package_of(whole) is None:
        return
    found = package_of(whole)
    native(found[1].split("/")[0] if found else whole.rpartition("/")[2])


def package_of(path):
    """Returns the folder of packages and the path in it, for a file that was installed."""
    for mark in ("/site-packages/", "/dist-packages/"):
        at = path.rfind(mark)
        if at >= 0:
            at += len(mark)
            return path[:at], path[at:]
    return None


def add_top(folder, inside):
    """Notes the package of a file, so that its version is looked up later.

    Returns whether all files in the folder of this one are of this package.
    """
    first, _, rest = inside.partition("/")
    if (folder, first) in state.known_tops:
        return rest != ""
    if rest:
        is_space = state.spaces.get((folder, first))
        if is_space is None:
            is_space = state.spaces[folder, first] = not os.path.exists(folder + first + "/__init__.py")
        if is_space:
            first, _, rest = "/".join(inside.split("/")[:2]), "", rest.partition("/")[2]
            if (folder, first) in state.known_tops:
                return rest != ""
    state.known_tops.add((folder, first))
    state.tops.add((folder, first))
    return rest != ""


def on_exec(code):
    """Takes code that is about to run: a module, or what the program compiled itself."""
    if type(code) is not CODE or code.co_name != "<module>":
        return
    path = code.co_filename
    if path[:1] == "<" or path.startswith(state.assets):
        return
    watch_module(path)
    found = package_of(path)
    if found is None and not path.startswith(state.library):
        local_module(path)
    elif found is None or add_top(*found):
        state.code_folders.add(path.rpartition("/")[0])


def local_module(path):
    """Writes down a module of the program, and keeps its bytes."""
    path = absolute(path)
    if path is None or is_excluded(path) or is_console_script(path):
        return
    name = module_name(outer_frame(), path)
    try:
        data = contents(path)
    except OSError:
        without_source(path)
        return
    digest = sha256(data)
    if state.modules.get(path) == digest and ("module", path, name) in state.once:
        return
    state.modules[path] = digest
    state.once.add(("module", path, name))
    store(digest, data)
    note('{"is":"module","path":%s,"name":%s,"sha256":"%s","at":%d}' % (quote(path), quote(name), digest, now_ms()))


def is_console_script(path):
    """Tells whether pip has written a script, e.g. torchrun, which only calls a package."""
    folder, _, name = path.rpartition("/")
    return "." not in name and folder in (sys.prefix + "/bin", sys.base_prefix + "/bin")


def store(digest, data):
    """Keeps the bytes of a module, which can change on disk while it runs."""
    try:
        fd = _open("%s/%s" % (state.folder, digest), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    try:
        while data:
            data = data[_write(fd, data):]
    finally:
        _close(fd)


def without_source(path):
    if "/ipykernel_" in path:
        gap("cells of a notebook are not recorded")
        return
    head = path
    while head not in ("", "/"):
        head = os.path.dirname(head)
        if os.path.isfile(head):
            gap("the modules in %s are not recorded" % head)
            return
    gap("the module %s has no source file" % path)


def importing(frame):
    """Returns the module that a frame of the import system executes, or None."""
    while frame is not None and frame.f_code.co_name == "_call_with_frames_removed":
        frame = frame.f_back
    if frame is None or frame.f_code.co_name != "exec_module":
        return None
    return frame.f_locals.get("module")


def module_name(frame, path):
    module = importing(frame)
    if module is not None:
        return str(module.__name__)
    if frame is not None and frame.f_code.co_filename.rpartition("/")[2].startswith(("runpy.py", "<frozen runpy>")):
        name = frame.f_locals.get("mod_name")
        if isinstance(name, str):
            return name
    if frame is None or frame.f_back is None:
        return "__main__"
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    if isinstance(main, str) and absolute(main) == path:
        return "__main__"
    return path.rpartition("/")[2].partition(".")[0]


#: What is to be done when a module has been imported: the modules that `ato_libraries.py` wraps functions of.
WATCHED = frozenset(
    """
    argparse random subprocess multiprocessing.util dbm
    numpy numpy.random torch tensorflow jax.random click.core typer._click.core fire.core absl.flags._flagvalues hydra.core.utils
    omegaconf.omegaconf
    pyarrow pyarrow.fs pyarrow.csv pyarrow.json pyarrow.feather pyarrow.dataset pyarrow.parquet pyarrow.orc h5py._hl.files cv2
    polars xgboost.core lightgbm.basic catboost.core datasets.load soundfile netCDF4 tables.file safetensors safetensors.torch safetensors.numpy
    torchvision.io torchaudio tokenizers sentencepiece ipykernel.kernelapp IPython.terminal.ipapp
    """.split()
)


class Watch(type(sys.__spec__)):
    """The class of a spec while its module is imported: the end of the import is an assignment to the spec."""

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        if name == "_initializing" and not value:
            self.__class__ = Watch.__base__
            guarded(finished, self.name)


Watch.__name__, Watch.__qualname__ = Watch.__base__.__name__, Watch.__base__.__qualname__
Watch.__module__ = Watch.__base__.__module__


#: How the files of watched modules end.
WATCHED_FILES = frozenset(name.rpartition(".")[2] for name in WATCHED)
#: Names of files that may be watched modules.
WATCHED_NAMES = frozenset(name + ".py" for name in WATCHED_FILES) | {"__init__.py"}


def watch_module(path):
    """Sees to it that a module of the list is wrapped when it has been imported."""
    folder, _, file = path.rpartition("/")
    name = file[:-3] if file != "__init__.py" else folder.rpartition("/")[2]
    if name not in WATCHED_FILES:
        return
    module = importing(outer_frame())
    spec = getattr(module, "__spec__", None)
    if spec is not None and spec.name in WATCHED and type(spec) is Watch.__base__:
        spec.__class__ = Watch


def finished(name):
    """Wraps the functions of a module that has been imported."""
    if name in sys.modules:
        part("ato_libraries").wrap(name, sys.modules[name])


def part(name):
    """Loads another file of the observer, which few programs need."""
    module = state.parts.get(name)
    if module is None:
        module = state.parts[name] = module_of(name, observer=this)
    return module


class This:
    """The functions of this file, for its other parts."""

    def __getattr__(self, name):
        return globals()[name]


this = This()


def settle():
    """Writes the versions of the packages that were imported since the last time."""
    if state.tops:
        tops, state.tops = state.tops, set()
        try:
            part("ato_packages").note(tops)
        except OSError:
            pass


# ---------------------------------------------------------------------------------------------------- events


def on_stdin(*_):
    gap("the program was read from standard input and is not recorded")


def on_input(*_):
    if os.isatty(0):
        gap("what is typed is not recorded")


def saw_input():
    gap("what is read from standard input is not recorded")


class Watched:
    """A built-in function that is given a file: it notes that standard input is read. It is no method in a class."""

    def __init__(self, function):
        self.__dict__.update(function=function, __doc__=function.__doc__, __name__=function.__name__)

    def __call__(self, file, *args, **options):
        if type(file) is int and file == 0:
            guarded(saw_input)
        return self.function(file, *args, **options)

    def __getattr__(self, name):
        return getattr(self.function, name)

    def __repr__(self):
        return repr(self.function)


def watch_input():
    """Sees the first read of standard input, unless it is a file, a terminal or nothing."""
    mode = _fstat(0).st_mode
    if S_ISREG(mode):
        saw_read(os.readlink("/proc/self/fd/0"), is_guess=True)
    if S_ISREG(mode) or S_ISCHR(mode) or type(sys.stdin).__module__ != "_io":
        return
    import builtins
    import io

    class FileIO(io.FileIO):
        __module__ = "_io"

        def readinto(self, buffer):
            guarded(saw_input)
            return io.FileIO.readinto(self, buffer)

        def read(self, size=-1):
            guarded(saw_input)
            return io.FileIO.read(self, size)

        def readall(self):
            guarded(saw_input)
            return io.FileIO.readall(self)

    raw = FileIO(0, "rb", closefd=False)
    raw.name = "<stdin>"
    old = sys.stdin
    text = io.TextIOWrapper(
        io.BufferedReader(raw), encoding=old.encoding, errors=old.errors, newline="\n", line_buffering=old.line_buffering
    )
    text.mode = "r"
    if sys.__stdin__ is old:
        sys.__stdin__ = text
    sys.stdin = text
    os.read = Watched(os.read)
    builtins.open = io.open = Watched(open)


def on_network(_, address, *rest):
    if isinstance(address, tuple) and address:
        gap("what was read from the network (%s) is not recorded" % str(address[0])[:200])


def on_hook(hook, kind, value, trace):
    """Takes the frames of the observer out of a traceback that is about to be printed."""
    seen = set()
    while value is not None and id(value) not in seen:
        seen.add(id(value))
        trace = value.__traceback__
        while trace is not None:
            while trace.tb_next is not None and trace.tb_next.tb_frame.f_code.co_filename.startswith(state.assets):
                trace.tb_next = trace.tb_next.tb_next
            trace = trace.tb_next
        value = value.__cause__ or value.__context__


HANDLERS = {
    "open": on_open,
    "exec": on_exec,
    "import": on_import,
    "os.listdir": on_list,
    "os.scandir": on_list,
    "os.chdir": on_chdir,
    "os.mkdir": on_make_folder,
    "os.rmdir": on_remove_folder,
    "os.rename": moves,
    "os.remove": changes,
    "os.truncate": changes,
    "os.link": links,
    "os.symlink": links,
    "os.system": child,
    "os.exec": on_exec_program,
    "sqlite3.connect": on_database,
    "ctypes.dlopen": on_library,
    "cpython.run_stdin": on_stdin,
    "builtins.input": on_input,
    "socket.connect": on_network,
    "sys.excepthook": on_hook,
}


def make_hook():
    """Returns the hook. A large import has some 60,000 events: what is none, or nothing new, is left at once."""
    handlers, opens, take, kind, watched = HANDLERS, state.opens, guarded, CODE, WATCHED_NAMES
    plain = getattr(os, "O_CLOEXEC", None)  # the flags of an open that only reads
    installed, code_folders, native_folders = state.installed, state.code_folders, state.native_folders

    def hook(event, args):
        if event == "builtins.id" or event not in handlers:  # most are the first
            return
        if event == "exec":
            code = args[0] if args else None
            if type(code) is kind:
                path = code.co_filename
                if path[:1] == "<":
                    return
                folder, _, name = path.rpartition("/")
                if folder in code_folders and name not in watched:
                    return
        elif event == "import":
            path = args[1] if len(args) > 1 else None
            if path is None or type(path) is str and path.rpartition("/")[0] in native_folders:
                return
        elif event == "open":
            if len(args) == 3:
                path, _, flags = args
                if type(path) is str and (
                    path[-4:] == ".pyc" and flags == plain and path.startswith(installed) and ".." not in path
                    or (path, flags) in opens
                ):
                    return
        elif event == "os.listdir":
            path = args[0] if args else None
            if type(path) is str and path.startswith(installed) and ".." not in path:
                return
        take(handlers[event], *args)

    return hook


def after_fork():
    """A forked process continues with a file of its own."""
    busy.clear()
    guarded(begin_process)


def at_exit():
    guarded(settle)


def start(assets):
    """Observes this process from here on."""
    folder = os.environ.get("ATO_OBSERVE")
    if not folder or not os.path.isdir(folder):
        return
    state.folder, state.assets = folder, assets + "/"
    state.library = os.path.dirname(os.__file__) + "/"
    try:
        state.cwd = _getcwd()
    except OSError:
        state.cwd = "/"
    state.argv = list(getattr(sys, "argv", ()))
    state.excluded = excluded()
    state.installed = tuple(one for one in state.excluded if one[:5] != "/dev/")
    hide_environment()
    begin_process()
    import atexit

    atexit.register(at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=after_fork)
    sys.addaudithook(make_hook())
    guarded(look_around)


def excluded():
    """Returns the beginnings of paths that are never inputs."""
    found = {state.library, state.folder + "/", os.path.dirname(state.assets.rstrip("/")) + "/"}
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix}:
        # A project can be the folder of its own virtual environment.
        is_environment = os.path.exists(prefix + "/pyvenv.cfg")
        inner = ("/lib/python", "/lib64/python", "/share/jupyter/") if is_environment else ("/lib/", "/lib64/", "/bin/", "/include/")
        found.update(prefix.rstrip("/") + one for one in inner)
    return tuple(found) + ("/proc/", "/sys/", "/dev/", "/etc/")


def look_around():
    """Takes what was there before the observer."""
    for name in WATCHED & set(sys.modules):
        finished(name)
    wrap_environment_of_children()
    if b"PYTHONHASHSEED" in state.start:
        names.note(b"PYTHONHASHSEED")
    if state.argv and os.path.isfile(state.argv[0]) and entry_path() and not entry_path().endswith(".py"):
        with_archive(entry_path())
    try:
        watch_input()
    except OSError:
        pass


def with_archive(path):
    fd = _open(path, os.O_RDONLY)
    try:
        start = _read(fd, 2**12)
    finally:
        _close(fd)
    if start[:4] == b"PK\3\4" or start[:2] == b"#!" and b"\nPK\3\4" in start:
        gap("the modules in %s are not recorded" % path)


def wrap_environment_of_children():
    """Gives children that are started with a copy of `os.environ` what they need to be observed."""
    def full(env):
        try:
            added = for_child(env)
        except Exception:
            return env
        return {**env, **added} if added else env

    def starter(name, original):
        def start_child(*args, **options):
            try:
                if "env" in options:
                    options["env"] = full(options["env"])
                elif len(args) > 2:
                    args = (*args[:2], full(args[2]), *args[3:])
            except Exception:
                pass
            result = original(*args, **options)
            if name != "execve":
                guarded(child, program_of(args[1] if len(args) > 1 else options["argv"]), result)
            return result

        start_child.__name__ = start_child.__qualname__ = name
        start_child.__doc__, start_child.__module__ = original.__doc__, original.__module__
        start_child.__text_signature__ = getattr(original, "__text_signature__", None)
        return start_child

    for name in ("execve", "posix_spawn", "posix_spawnp"):
        original = getattr(os, name, None)
        if original is not None:
            wrapped = starter(name, original)
            setattr(os, name, wrapped)
            if original in os.supports_fd:
                os.supports_fd.add(wrapped)
