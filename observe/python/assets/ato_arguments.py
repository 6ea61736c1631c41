"""Takes what argparse, click, Typer, fire, absl and Hydra make of arguments, for `ato_libraries.py`."""
import os
import sys

# Set by the observer: its functions.
observer = globals()["observer"]
libraries = observer.part("ato_libraries")
around, like, replace = libraries.around, libraries.like, libraries.replace


def wrap(name, module):
    """Wraps the parser of a module."""
    SPECIAL[name](module)


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


SPECIAL = {
    "click.core": wrap_click,
    "typer._click.core": wrap_click,
    "fire.core": wrap_fire,
    "absl.flags._flagvalues": wrap_absl,
    "hydra.core.utils": wrap_hydra,
    "omegaconf.omegaconf": wrap_omegaconf,
}
