"""Wraps functions of modules that the audit hook does not show, for `ato_observer.py`.

These are generators of random numbers, and what starts processes. Each is wrapped when its module has been imported.
Readers in native code are in `ato_readers.py`, parsers of arguments in `ato_arguments.py`: few programs need them.
"""
import os
import sys
from _thread import get_ident

# Set by the observer: its functions.
observer = globals()["observer"]

#: Functions that take a seed.
SEEDS = {
    "random": "seed Random.__init__",
    "numpy.random": "seed default_rng",
    "torch": "manual_seed",
    "tensorflow": "random.set_seed",
    "jax.random": "key PRNGKey",
}

#: Variables that numerical libraries read in native code.
NATIVE_VARIABLES = (
    "OMP_NUM_THREADS MKL_NUM_THREADS OPENBLAS_NUM_THREADS NUMEXPR_NUM_THREADS OPENBLAS_CORETYPE MKL_CBWR MKL_DYNAMIC "
    "CUDA_VISIBLE_DEVICES CUBLAS_WORKSPACE_CONFIG NVIDIA_TF32_OVERRIDE"
).split()

#: Modules with nothing that `ato_readers.py` wraps.
NOT_READING = frozenset("argparse random subprocess multiprocessing.util numpy numpy.random jax.random".split())

#: Modules that parse arguments. The way from argparse to `ato_arguments.py` is in this file.
PARSING = frozenset("click.core typer._click.core fire.core absl.flags._flagvalues hydra.core.utils omegaconf.omegaconf".split())


def wrap(name, module):
    """Wraps what the tables list of a module."""
    if name in PARSING:
        observer.part("ato_arguments").wrap(name, module)
        return
    if name not in NOT_READING:
        observer.part("ato_readers").wrap(name, module)
    for attribute in SEEDS.get(name, "").split():
        replace(module, attribute, before=seed_of("%s.%s" % (name, attribute)))
    special = SPECIAL.get(name)
    if special is not None:
        special(module)


# ---------------------------------------------------------------------------------------------------- replacing


def replace(module, attribute, before=None, after=None):
    """Puts a function around another one, which looks at its arguments or its result."""
    *way, last = attribute.split(".")
    owner = module
    for step in way:
        owner = getattr(owner, step, None)
    if owner is None:
        return
    original = getattr(owner, last, None)
    if original is None or type(original) is Stand or last in vars(owner) and type(owner) is Stand:
        return
    if isinstance(original, type) and type(original.__dict__.get("__init__")) is type(replace):
        owner, last, original = original, "__init__", original.__init__
        inner, before = before, lambda args, options: inner(args[1:], options)
    if isinstance(original, type):
        wrapper = Stand(original, before)
    else:
        wrapper = around(original, before, after)
    if isinstance(owner, type) and type(raw_member(owner, last)).__name__ in STATIC:
        wrapper = staticmethod(wrapper)
    try:
        setattr(owner, last, wrapper)
    except (TypeError, AttributeError):
        if not stand_in(module, way, last, wrapper):
            observer.gap("%s.%s reads files in native code" % (module.__name__, attribute))
        return
    home = sys.modules.get(getattr(original, "__module__", None) or "")
    if not isinstance(owner, type) and type(wrapper) is not Stand and getattr(home, last, None) is not original:
        # It is a method of a hidden object, e.g. random.seed: it is pickled by its name in this module.
        wrapper.__module__, wrapper.__qualname__ = getattr(owner, "__name__", None), last
    if type(wrapper) is Stand and not str(getattr(home, "__file__", "")).endswith(".py"):
        return  # native code takes the class from there
    if home is not None and home is not owner and getattr(home, last, None) is original:
        setattr(home, last, wrapper)


def stand_in(module, way, last, wrapper):
    """Puts a stand in the place of a class in native code, so that a member of it can be replaced."""
    if not way or not isinstance(wrapper, staticmethod):
        return False
    owner = module
    for step in way[:-1]:
        owner = getattr(owner, step)
    base = getattr(owner, way[-1])
    stand = base if type(base) is Stand else Stand(base, ignore)
    stand.__dict__[last] = wrapper.__func__
    setattr(owner, way[-1], stand)
    return True


def ignore(args, options):
    pass


#: Members of a class that are called without an object.
STATIC = ("staticmethod", "classmethod", "classmethod_descriptor", "builtin_function_or_method")


def raw_member(owner, name):
    for kind in owner.__mro__:
        if name in kind.__dict__:
            return kind.__dict__[name]
    return None


def around(original, before, after):
    guarded = observer.guarded

    def wrapper(*args, **options):
        if before is not None:
            guarded(before, args, options)
        result = original(*args, **options)
        if after is not None:
            guarded(after, result, args, options)
        return result

    return like(wrapper, original)


def like(wrapper, original):
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        try:
            setattr(wrapper, name, getattr(original, name))
        except (AttributeError, TypeError):
            pass
    wrapper.__dict__.update(getattr(original, "__dict__", None) or {})
    wrapper.__wrapped__ = original
    return wrapper


class Stand:
    """Stands for a class in native code, of which it makes instances. A subclass would crash some libraries."""

    def __init__(self, base, before):
        self.__dict__.update(_base=base, _before=before)

    def __call__(self, *args, **options):
        observer.guarded(self._before, args, options)
        return self._base(*args, **options)

    @property
    def __class__(self):
        return type(self._base)

    def __getattr__(self, name):
        return getattr(self._base, name)

    def __setattr__(self, name, value):
        setattr(self._base, name, value)

    def __instancecheck__(self, instance):
        return isinstance(instance, self._base)

    def __subclasscheck__(self, other):
        return issubclass(other, self._base)

    def __mro_entries__(self, bases):
        return (self._base,)

    def __repr__(self):
        return repr(self._base)

    def __eq__(self, other):
        return other is self or other is self._base

    def __hash__(self):
        return hash(self._base)

    def __or__(self, other):
        return self._base | other

    def __ror__(self, other):
        return other | self._base

    def __dir__(self):
        return dir(self._base)

    def __reduce__(self):
        from copy import copy

        return copy, (self._base,)


# ---------------------------------------------------------------------------------------------------- seeds


#: Functions that make a generator of their own, which is one of the program only if the program calls them.
OF_CALLER = ("numpy.random.default_rng", "jax.random.key", "jax.random.PRNGKey", "random.Random.__init__")

#: A program that gives more generators a seed of their own computes these seeds.
MOST_GENERATORS = 8


def seed_of(name):
    is_own = name in OF_CALLER
    position = 1 if name.endswith(".__init__") else 0
    most = MOST_GENERATORS + 1 if is_own else 1
    line = '{"is":"seed","name":%s,%s"value":' % (
        observer.quote(name.replace(".__init__", "")), '"isOwn":true,' if is_own else "",
    )

    def before(args, options):
        once = observer.state.once
        value = args[position] if len(args) > position else next(iter(options.values()), None)
        if ("seed", name, most) in once:
            return
        if value is None and position:
            return  # copying and unpickling a generator makes it without a seed
        text = None if value is None else observer.part("ato_arguments").plain_text(value)
        if ("seed", name, "is", text) in once:
            return
        frame = observer.outer_frame()
        if frame is not None and frame.f_code.co_filename.endswith("/torch/utils/data/_utils/worker.py"):
            return  # derived from the seed of the program
        if is_own and (observer.is_installed(frame) or type(args[0] if args else None).__name__ == "SystemRandom"):
            return
        if value is None:
            if is_own or ("seed", name, 1) not in once:
                observer.once(("seed", name, None), line + "null}")
            return
        once.add(("seed", name, "is", text))
        count = next(i for i in range(1, most + 1) if ("seed", name, i) not in once)
        observer.once(("seed", name, count), "%s%s}" % (line, observer.quote(text)))

    return before


def note_native_variables(_):
    for name in NATIVE_VARIABLES:
        key = os.environ.encodekey(name)
        if key in observer.state.start:
            observer.names.note(key)


# ---------------------------------------------------------------------------------------------------- arguments


_parsing = {}


def wrap_argparse(module):
    kind = module.ArgumentParser
    for name in ("parse_known_args", "parse_known_intermixed_args"):
        original = kind.__dict__.get(name)
        if original is not None:
            setattr(kind, name, like(outermost(original), original))


def outermost(original):
    def parse(self, *args, **options):
        ident = get_ident()
        depth = _parsing.get(ident, 0)
        _parsing[ident] = depth + 1
        try:
            result = original(self, *args, **options)
        finally:
            if depth:
                _parsing[ident] = depth
            else:
                _parsing.pop(ident, None)
        if not depth:
            observer.guarded(parsed, result, self)
        return result

    return parse


def parsed(result, parser):
    observer.part("ato_arguments").parsed(result, parser)


# ---------------------------------------------------------------------------------------------------- processes


def wrap_fork_exec(module):
    import _posixsubprocess

    original = _posixsubprocess.fork_exec
    if not getattr(original, "__ato__", False):
        _posixsubprocess.fork_exec = fork_exec_of(original)
    if hasattr(module, "_fork_exec"):
        module._fork_exec = _posixsubprocess.fork_exec


def fork_exec_of(original):
    guarded = observer.guarded

    def fork_exec(*args):
        env = args[5] if len(args) > 5 else None
        if env is not None:
            args = (*args[:5], guarded(full_list, env) or env, *args[6:])
        pid = original(*args)
        guarded(observer.child, observer.program_of(args[0]), pid)
        return pid

    fork_exec.__ato__ = True
    return fork_exec


def full_list(env):
    """Returns a list of variables with what a child needs to be observed."""
    known = dict(one.split(b"=", 1) for one in env if b"=" in one)
    added = observer.for_child(known)
    return [
        one for one in env if os.fsdecode(one.split(b"=", 1)[0]) not in added
    ] + [os.fsencode("%s=%s" % pair) for pair in added.items()]


SPECIAL = {
    "argparse": wrap_argparse,
    "subprocess": wrap_fork_exec,
    "multiprocessing.util": wrap_fork_exec,
    "numpy": note_native_variables,
}
