"""Wraps functions of modules that the audit hook does not show, for `ato_observer.py`.

These are readers in native code, parsers of arguments, generators of random numbers, and what starts processes. Each
is wrapped when its module has been imported.
"""
import glob
import os
import sys
from _thread import get_ident

# Set by the observer: its functions.
observer = globals()["observer"]

#: Functions whose first argument names what they read: a path, several, a folder, or a pattern.
READERS = {
    "pyarrow": "memory_map OSFile",
    "pyarrow.csv": "read_csv open_csv",
    "pyarrow.json": "read_json open_json",
    "pyarrow.feather": "read_table read_feather",
    "pyarrow.dataset": "dataset parquet_dataset",
    "pyarrow.orc": "ORCFile.__init__ read_table",
    "pyarrow.parquet":
        "read_table read_pandas read_schema read_metadata ParquetFile.__init__ ParquetDataset.__init__",
    "cv2":
        "imread imreadmulti imreadanimation imcount haveImageReader readOpticalFlow VideoCapture FileStorage CascadeClassifier "
        "dnn.readNet dnn.readNetFromONNX dnn.readNetFromTensorflow dnn.readNetFromCaffe dnn.readNetFromTFLite "
        "samples.findFile",
    "polars":
        "read_csv read_csv_batched scan_csv read_parquet scan_parquet read_parquet_schema read_parquet_metadata read_ipc "
        "scan_ipc read_ipc_schema read_ipc_stream read_json read_ndjson scan_ndjson read_avro read_excel read_ods "
        "read_delta scan_delta read_lines scan_lines",
    "xgboost.core": "DMatrix.__init__ QuantileDMatrix.__init__ Booster.load_model",
    "lightgbm.basic": "Dataset.__init__",
    "soundfile": "SoundFile.__init__ info",
    "netCDF4": "Dataset MFDataset.__init__",
    "safetensors": "safe_open",
    "torchvision.io": "read_image read_file decode_image read_video VideoReader.__init__",
    "torchaudio": "load info",
    "torch": "from_file UntypedStorage.from_file jit.load _C.PyTorchFileReader",
    "tensorflow": "io.read_file io.gfile.GFile data.TFRecordDataset data.TextLineDataset data.FixedLengthRecordDataset",
    "tokenizers":
        "Tokenizer.from_file models.BPE.from_file models.BPE.read_file models.WordPiece.from_file "
        "models.WordPiece.read_file models.WordLevel.from_file models.WordLevel.read_file",
    "sentencepiece": "SentencePieceProcessor.LoadFromFile",
    "dbm": "open",
}

#: Functions that write to a path, and the number of the argument.
WRITERS = {
    "pyarrow.csv": {"write_csv": 1},
    "pyarrow.feather": {"write_feather": 1},
    "pyarrow.parquet": {"write_table": 1, "ParquetWriter.__init__": 1},
    "pyarrow.orc": {"write_table": 1},
    "cv2": {"imwrite": 0, "imwritemulti": 0, "VideoWriter": 0},
    "polars": {
        "DataFrame." + name: 1
        for name in "write_csv write_parquet write_ipc write_ipc_stream write_json write_ndjson write_avro".split()
    },
    "xgboost.core": {"Booster.save_model": 1},
    "lightgbm.basic": {"Booster.save_model": 1},
    "soundfile": {"write": 0},
    "torch": {"save": 1},
    "safetensors.torch": {"save_file": 1},
    "safetensors.numpy": {"save_file": 1},
}

#: Functions that take a seed.
SEEDS = {
    "random": "seed Random.__init__",
    "numpy.random": "seed default_rng",
    "torch": "manual_seed",
    "tensorflow": "random.set_seed",
    "jax.random": "key PRNGKey",
}

#: Names of arguments that hold a path.
WORDS = (
    "source sources path paths filename filenames fname file files where input_file path_or_paths uri name data fn "
    "model_file path_or_dataset f dest output_file fp filepath"
).split()

#: Variables that numerical libraries read in native code.
NATIVE_VARIABLES = (
    "OMP_NUM_THREADS MKL_NUM_THREADS OPENBLAS_NUM_THREADS NUMEXPR_NUM_THREADS OPENBLAS_CORETYPE MKL_CBWR MKL_DYNAMIC "
    "CUDA_VISIBLE_DEVICES CUBLAS_WORKSPACE_CONFIG NVIDIA_TF32_OVERRIDE"
).split()

MOST_IN_FOLDER = 10_000


def wrap(name, module):
    """Wraps what the tables above list of a module."""
    for attribute in READERS.get(name, "").split():
        replace(module, attribute, before=reader_of(attribute))
    for attribute, position in WRITERS.get(name, {}).items():
        replace(module, attribute, before=writer_of(position))
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


# ---------------------------------------------------------------------------------------------------- files


def argument(args, options, position):
    if len(args) > position:
        return args[position]
    for word in WORDS:
        if word in options:
            return options[word]
    return None


def reader_of(attribute):
    position = 1 if attribute.endswith((".__init__", "Booster.load_model", ".LoadFromFile")) else 0

    def before(args, options):
        read_paths(argument(args, options, position))

    return before


def writer_of(position):
    def before(args, options):
        path = argument(args, options, position)
        if isinstance(path, (str, bytes, os.PathLike)):
            observer.changes(path)

    return before


def read_paths(value):
    """Takes what a reader was given: a path, several, a folder, a pattern, a URL, or none of these."""
    if isinstance(value, (list, tuple, set)):
        for one in value:
            read_paths(one)
        return
    if not isinstance(value, (str, bytes, os.PathLike)):
        return
    path = os.fsdecode(value)
    if path.startswith("file://"):
        path = path[7:]
    elif "://" in path[:12]:
        observer.gap("what was read from the network (%s) is not recorded" % path.split("/")[2][:200].rpartition("@")[2])
        return
    if len(path) > 4096 or "\n" in path:
        return  # a text, e.g. JSON
    path = path.partition("?")[0] if "?format=" in path else path
    if os.path.isdir(path):
        read_folder(path)
    elif os.path.exists(path):
        observer.saw_read(observer.absolute(path))
    else:
        for one in glob.iglob(path, recursive=True):
            if os.path.isdir(one):
                read_folder(one)
            else:
                observer.saw_read(observer.absolute(one))


def read_folder(path):
    """Takes each file in a folder as one that may be read."""
    left = MOST_IN_FOLDER
    for folder, _, files in os.walk(path):
        for name in files:
            left -= 1
            if left < 0:
                observer.gap("the folder %s has more than %d files" % (path, MOST_IN_FOLDER))
                return
            observer.saw_read(observer.absolute(os.path.join(folder, name)), is_guess=True)


def with_mode(args, options):
    """Takes HDF5 files, which are opened for reading or for writing."""
    path = argument(args, options, 1)
    if not isinstance(path, (str, bytes, os.PathLike)):
        return
    mode = args[2] if len(args) > 2 else options.get("mode") or "r"
    whole = observer.absolute(path)
    if mode in ("r", "r+", "a"):
        observer.saw_read(whole, will_change=mode != "r")
    if mode != "r":
        observer.saw_write(whole)


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
        text = None if value is None else plain_text(value)
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


def config(source, values, options=()):
    text = '{"is":"config","source":%s,"values":%s' % (observer.quote(source), as_json(values))
    if options:
        text += ',"options":[%s]' % ",".join(map(observer.quote, options))
    observer.settle()
    observer.once(text, '%s,"at":%d}' % (text, observer.now_ms()))


def as_json(value, depth=0):
    """Returns plain data as JSON; what JSON lacks is text."""
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    kind = type(value)
    if kind is str:
        return observer.quote(value)
    if kind is int:
        return str(value) if abs(value) <= 2**53 else observer.quote(str(value))
    if kind is float:
        return repr(value) if value - value == 0 else observer.quote(repr(value))
    if depth > 20:
        return observer.quote("...")
    if isinstance(value, dict):
        return "{%s}" % ",".join(
            "%s:%s" % (observer.quote(plain_text(key)), as_json(one, depth + 1)) for key, one in value.items()
        )
    if isinstance(value, (list, tuple)):
        return "[%s]" % ",".join(as_json(one, depth + 1) for one in value)
    if isinstance(value, (set, frozenset)):
        return "[%s]" % ",".join(sorted(as_json(one, depth + 1) for one in value))
    enum = sys.modules.get("enum")
    if enum is not None and isinstance(value, enum.Enum):
        return as_json(value.value, depth + 1)
    if kind.__name__ == "Namespace":
        return as_json(vars(value), depth + 1)
    if kind.__module__ == "numpy" and getattr(value, "ndim", 1) == 0:
        return as_json(value.item(), depth + 1)
    return observer.quote(plain_text(value))


def plain_text(value):
    """Returns a text for a value that is the same in each process."""
    if type(value) is str:
        return value
    if isinstance(value, (bytes, os.PathLike)):
        return os.fsdecode(value)
    if isinstance(value, int):
        return str(value)
    if hasattr(value, "__qualname__"):
        return "%s.%s" % (getattr(value, "__module__", ""), value.__qualname__)
    if hasattr(value, "read") and hasattr(value, "name"):
        return str(value.name)
    text = str(value)[:4000]
    before, mark, after = text.partition(" at 0x")
    return before + ">" if mark and after.endswith(">") else text


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


#: Packages that parse arguments of their own with argparse.
OWN_PARSERS = (
    "/hydra/", "/fire/", "/_pytest/", "/pip/", "/coverage/", "/ipykernel", "/IPython/", "/traitlets/", "/torch/distributed/",
    "/accelerate/commands/", "/debugpy/", "/joblib/", "/loky/",
)


def parsed(result, parser):
    frame = observer.outer_frame()
    while frame is not None and frame.f_code.co_filename.endswith("/argparse.py"):
        frame = frame.f_back
    if frame is not None:
        found = observer.package_of(frame.f_code.co_filename)
        if found is not None and ("/" + found[1]).startswith(OWN_PARSERS):
            return
    config("argparse", dict(vars(result[0])), options_of(parser))


def options_of(parser):
    """Returns the options of a parser and of its subcommands, as they are typed: a value may have another name."""
    found = []
    for action in parser._actions:
        found += action.option_strings
        commands = action.choices
        for command in commands.values() if isinstance(commands, dict) else ():
            if hasattr(command, "_actions"):
                found += options_of(command)
    return found[:1000]


def wrap_click(module):
    def before(args, options):
        context = args[1] if len(args) > 1 else options["ctx"]
        contexts = []
        while context is not None:
            contexts.insert(0, context)
            context = context.parent
        values = {}
        for one in contexts:
            values.update(one.params)
        if len(contexts) > 1:
            values.setdefault("command", " ".join(str(one.info_name) for one in contexts[1:]))
        kind = type(contexts[-1].command).__module__
        config("typer" if kind.startswith("typer") else "click", values)

    replace(module, "Command.invoke", before=before)


def wrap_fire(module):
    def before(args, options):
        component, words = args[0], args[1]
        parse = module._MakeParseFn(component, module.decorators.GetMetadata(component))
        (positional, keywords), _, _, _ = parse(words)
        import inspect

        try:
            bound = inspect.signature(component).bind(*positional, **keywords)
            bound.apply_defaults()
            values = dict(bound.arguments)
        except (TypeError, ValueError):
            values = {"args": list(positional), **keywords}
        values.pop("self", None)
        config("fire", values)

    replace(module, "_CallAndUpdateTrace", before=before)


def wrap_absl(module):
    def after(result, args, options):
        flags = args[0]
        values = {}
        for name, ones in flags.flags_by_module_dict().items():
            if not name.startswith("absl."):
                values.update((flag.name, flag.value) for flag in ones)
        config("absl", values)

    replace(module, "FlagValues.__call__", after=after)


def wrap_hydra(module):
    def around_job(original):
        def run_job(*args, **options):
            if args:
                args = (around(args[0], composed, None), *args[1:])
            elif "task_function" in options:
                options["task_function"] = around(options["task_function"], composed, None)
            return original(*args, **options)

        return like(run_job, original)

    module.run_job = around_job(module.run_job)


def composed(args, options):
    """Takes the config that Hydra hands to the program."""
    from omegaconf import OmegaConf

    try:
        values = OmegaConf.to_container(args[0], resolve=True)
    except Exception:
        values = OmegaConf.to_container(args[0], resolve=False)
    config("hydra", values)


def wrap_omegaconf(module):
    def after(result, args, options):
        frame = observer.outer_frame()
        while frame is not None and frame.f_code.co_filename == module.__file__:
            frame = frame.f_back
        if observer.is_installed(frame):
            return  # e.g. Hydra reads words of its own
        words = args[0] if args else options.get("args_list")
        values = module.OmegaConf.to_container(result, resolve=False)
        config("omegaconf", values, sys.argv[1:] if words is None else words)

    replace(module, "OmegaConf.from_cli", after=after)


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


def wrap_file_system(module):
    def before(args, options):
        frame = observer.outer_frame()
        if frame is None or "/pyarrow/" not in frame.f_code.co_filename:
            observer.gap("pyarrow.fs can read files in native code")

    replace(module, "LocalFileSystem", before=before)


def wrap_trainers(module):
    """Trainers of tokenizers and of SentencePiece read their files in native code."""
    def before(args, options):
        observer.gap("what a tokenizer was trained with is not recorded")

    trainers = getattr(module, "trainers", None)
    for name in dir(trainers):
        if name.endswith("Trainer"):
            replace(module, "trainers." + name, before=before)
    replace(module, "SentencePieceTrainer._Train", before=before)
    replace(module, "Tokenizer.from_pretrained", before=lambda args, options: observer.gap(
        "what was read from the network (huggingface.co) is not recorded"
    ))


def no_cells(_):
    observer.gap("cells of a notebook are not recorded")


def no_lines(_):
    observer.gap("what is typed into IPython is not recorded")


SPECIAL = {
    "argparse": wrap_argparse,
    "click.core": wrap_click,
    "typer._click.core": wrap_click,
    "fire.core": wrap_fire,
    "absl.flags._flagvalues": wrap_absl,
    "hydra.core.utils": wrap_hydra,
    "omegaconf.omegaconf": wrap_omegaconf,
    "subprocess": wrap_fork_exec,
    "multiprocessing.util": wrap_fork_exec,
    "pyarrow.fs": wrap_file_system,
    "tokenizers": wrap_trainers,
    "sentencepiece": wrap_trainers,
    "numpy": note_native_variables,
    "h5py._hl.files": lambda module: replace(module, "File.__init__", before=with_mode),
    "tables.file": lambda module: replace(module, "File.__init__", before=with_mode),
    "ipykernel.kernelapp": no_cells,
    "IPython.terminal.ipapp": no_lines,
}
