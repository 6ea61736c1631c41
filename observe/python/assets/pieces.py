"""Splits Python modules into pieces and hashes each. It runs none of their code.

Run by `python -I -S`. It reads a JSON list of modules, each as base64, from standard input, and writes one line
of JSON a module, in their order: {"at": 0, "facts": {...}} or {"at": 0, "failure": "..."}. A line is written
before the next module is parsed, so that a module that ends the parser costs the others nothing.

The hash of a piece is that of a text made here from the syntax tree. The text is the same under every version of
Python that can parse the module: comments, layout, documentation, annotations and names of local variables that
nothing can see are not part of it. Works with Python 3.8 and later, with the standard library alone.
"""

import ast
import base64
import hashlib
import json
import re
import sys
import threading

VERSION = "ato-pyast-v1"

# The fields that count, by the kind of node. A node or a field that is not listed is syntax that is not known.
FIELDS = {
    "FunctionDef": "decorator_list args returns type_params body",
    "AsyncFunctionDef": "decorator_list args returns type_params body",
    "ClassDef": "decorator_list bases keywords type_params body",
    "Return": "value",
    "Delete": "targets",
    "Assign": "targets value",
    "TypeAlias": "name type_params value",
    "TypeVar": "name bound default_value",
    "ParamSpec": "name default_value",
    "TypeVarTuple": "name default_value",
    "AugAssign": "target op value",
    "AnnAssign": "target annotation value",
    "For": "target iter body orelse",
    "AsyncFor": "target iter body orelse",
    "While": "test body orelse",
    "If": "test body orelse",
    "With": "items body",
    "AsyncWith": "items body",
    "withitem": "context_expr optional_vars",
    "Match": "subject cases",
    "match_case": "pattern guard body",
    "MatchValue": "value",
    "MatchSingleton": "value",
    "MatchSequence": "patterns",
    "MatchMapping": "keys patterns rest",
    "MatchClass": "cls patterns kwd_attrs kwd_patterns",
    "MatchStar": "name",
    "MatchAs": "pattern name",
    "MatchOr": "patterns",
    "Raise": "exc cause",
    "Try": "body handlers orelse finalbody",
    "TryStar": "body handlers orelse finalbody",
    "ExceptHandler": "type name body",
    "Assert": "test msg",
    "Import": "names",
    "ImportFrom": "module level names",
    "Global": "names",
    "Nonlocal": "names",
    "Expr": "value",
    "Break": "",
    "Continue": "",
    "BoolOp": "op values",
    "NamedExpr": "target value",
    "BinOp": "left op right",
    "UnaryOp": "op operand",
    "Lambda": "args body",
    "IfExp": "test body orelse",
    "Dict": "keys values",
    "Set": "elts",
    "ListComp": "elt generators",
    "SetComp": "elt generators",
    "DictComp": "key value generators",
    "GeneratorExp": "elt generators",
    "comprehension": "target iter ifs is_async",
    "Await": "value",
    "Yield": "value",
    "YieldFrom": "value",
    "Compare": "left ops comparators",
    "Call": "func args keywords",
    "FormattedValue": "value conversion format_spec",
    "JoinedStr": "values",
    "Interpolation": "value str conversion format_spec",
    "TemplateStr": "values",
    "Constant": "value",
    "Attribute": "value attr",
    "Subscript": "value slice",
    "Starred": "value",
    "Name": "id",
    "List": "elts",
    "Tuple": "elts",
    "Slice": "lower upper step",
    "keyword": "arg value",
    "alias": "name asname",
    "arguments": "posonlyargs args vararg kwonlyargs kw_defaults kwarg defaults",
    "arg": "arg annotation",
}
for _operator in (
    "And Or Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv Invert Not UAdd USub Eq "
    "NotEq Lt LtE Gt GtE Is IsNot In NotIn"
).split():
    FIELDS[_operator] = ""
FIELDS = {name: tuple(fields.split()) for name, fields in FIELDS.items()}

# The fields that hold nodes, by the kind of node.
_PLAIN = {"id", "attr", "name", "rest", "kwd_attrs", "level", "module", "conversion", "is_async", "op", "ops", "str"}
INNER = {name: tuple(one for one in fields if one not in _PLAIN) for name, fields in FIELDS.items()}
INNER["Constant"] = INNER["Global"] = INNER["Nonlocal"] = INNER["MatchSingleton"] = ()
INNER["TypeAlias"] = FIELDS["TypeAlias"]

# Fields that change nothing.
IGNORED = {"ctx", "kind", "name", "simple", "type_comment", "type_ignores", "names"}

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

# Decorators that give a function back which does the same, and note it nowhere.
HARMLESS = set(
    "property staticmethod classmethod setter getter deleter cached_property abstractmethod abstractproperty wraps "
    "lru_cache cache contextmanager asynccontextmanager dataclass total_ordering jit njit no_grad inference_mode "
    "enable_grad override final runtime_checkable unique compile".split()
)
# Of these, `dataclass` reads annotations, but of a class.

# Packages that read the annotations of functions.
READ_ANNOTATIONS = set(
    "attr attrs beartype cattrs cyclopts dacite defopt fastapi hydra_zen injector inspect jsonargparse marshmallow_dataclass "
    "plac plum pydantic simple_parsing sqlmodel strawberry typeguard typer tyro".split()
)
ANNOTATION_WORDS = {"get_type_hints", "__annotations__", "get_annotations"}
# Packages that read documentation.
READ_DOCS = {"docopt", "docopt_subcommands", "ply", "sly", "fire", "click", "typer", "tyro", "defopt", "plac"}
# Of these, the last ones show the documentation in their help alone.
READ_DOCS -= {"fire", "click", "typer", "tyro", "defopt", "plac"}
DOC_WORDS = {"__doc__", "getdoc"}

# A function that uses one of these may see the names of its variables.
SEES_NAMES = set(
    "locals eval exec vars dir query evaluate sql _getframe currentframe stack trace formula".split()
)

# Names through which code that is not named may be used.
DYNAMIC_NAMES = set("globals locals eval exec compile __import__ import_module dir Fire".split())
DYNAMIC_ATTRIBUTES = set(
    "import_module __dict__ getmembers modules instantiate locate import_string get_class get_method get_object "
    "__subclasses__ __globals__ Fire run_module run_path iter_modules walk_packages spec_from_file_location "
    "read_pickle".split()
)
# Modules that find code by its name; of `importlib`, `import_module` is a word of its own.
DYNAMIC_MODULES = set("pickle cPickle dill cloudpickle joblib shelve runpy pkgutil pydoc".split())

# What holds values that were given by name, and no code.
NAMESPACES = {"args", "arg", "opt", "opts", "options", "namespace", "ns", "self", "config", "cfg", "params", "flags"}

PURE_CALLS = set(
    "int float str bool complex bytes len min max abs round sum range tuple frozenset sorted pow divmod ord chr "
    "list dict set object slice".split()
)
MUTABLE = {"list", "dict", "set", "object", "sorted"}
PURE_MEMBERS = set(
    "compile getLogger Path PurePath TypeVar ParamSpec NewType namedtuple Fraction Decimal sqrt log log2 log10 exp "
    "radians degrees floor ceil dirname basename".split()
)
# Versions of Python know other letters, so that all characters beyond ASCII count as such.
IDENTIFIER = re.compile("[A-Za-z_\x80-\U0010ffff][0-9A-Za-z_\x80-\U0010ffff]*")
REFERENCE = re.compile("[0-9A-Za-z_\x80-\U0010ffff.:/-]{1,200}\\Z")


class UnknownSyntax(Exception):
    """A node, or a field of one, that this file does not know."""


def children(node):
    """Lists the nodes in the fields of a node."""
    fields = INNER.get(type(node).__name__)
    found = []
    for field in node._fields if fields is None else fields:
        value = getattr(node, field, None)
        if isinstance(value, list):
            found.extend(one for one in value if isinstance(one, ast.AST))
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(root):
    """Lists a node and what is below it."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(children(node))


def last_name(node):
    """Returns the last name of `a.b.c`, `a.b.c(...)`, `a.b.c[...]`; None if it has none."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def is_harmless(decorator):
    return last_name(decorator) in HARMLESS


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_documentation(statements):
    return bool(statements) and isinstance(statements[0], ast.Expr) and is_text(statements[0].value)


class Habits:
    """What a module does that decides what of its text counts."""

    def __init__(self, tree):
        packages, words = set(), set()
        self.typing = set()
        for node in walk(tree):
            if isinstance(node, ast.Import):
                packages.update(one.name.split(".")[0] for one in node.names)
                self.typing.update(
                    one.asname or one.name for one in node.names if one.name in ("typing", "typing_extensions")
                )
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                packages.add(node.module.split(".")[0])
                if node.module in ("typing", "typing_extensions"):
                    words.update("%s=%s" % (one.asname or one.name, one.name) for one in node.names)
            elif isinstance(node, ast.Name):
                words.add(node.id)
            elif isinstance(node, ast.Attribute):
                words.update((node.attr, "." + node.attr))
        imported = dict(word.split("=") for word in words if "=" in word)
        self.checking = {local for local, name in imported.items() if name == "TYPE_CHECKING"}
        self.overload = {local for local, name in imported.items() if name == "overload"}
        self.annotations = bool(packages & READ_ANNOTATIONS or words & ANNOTATION_WORDS)
        self.documentation = bool(packages & READ_DOCS or words & DOC_WORDS)
        # Whether it asks functions or classes for their names, so that these count.
        self.names = bool(words & {".__name__", ".__qualname__"})

    def is_checking(self, test):
        """Whether it is TYPE_CHECKING, which is false in every program that runs."""
        return self._is_typing(test, "TYPE_CHECKING", self.checking)

    def is_overload(self, decorator):
        return self._is_typing(decorator, "overload", self.overload)

    def _is_typing(self, node, name, local):
        if isinstance(node, ast.Name):
            return node.id in local
        return (
            isinstance(node, ast.Attribute)
            and node.attr == name
            and isinstance(node.value, ast.Name)
            and node.value.id in self.typing
        )


class Tidy(ast.NodeTransformer):
    """Takes out of a tree what changes nothing, and writes what versions of Python write differently as one."""

    def __init__(self, habits):
        self.habits = habits
        self.keeps_fields = False

    def visit_Module(self, node):
        return self._scope(node, False)

    def visit_FunctionDef(self, node):
        if any(self.habits.is_overload(one) for one in node.decorator_list):
            return None
        if not self.habits.annotations and all(is_harmless(one) for one in node.decorator_list):
            node.returns = None
            for one in parameters(node.args):
                one.annotation = None
            node.type_params = []
        return self._scope(node, False)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        node.body_line = span(node.body[0])[0]
        bases = [one for one in node.bases if not (isinstance(one, ast.Name) and one.id == "object")]
        if not self.habits.annotations:
            node.type_params = []
        return self._scope(node, bool(bases or node.keywords or node.decorator_list or self.habits.annotations))

    def _scope(self, node, keeps_fields):
        documentation = node.body[0] if self.habits.documentation and is_documentation(node.body) else None
        before, self.keeps_fields = self.keeps_fields, keeps_fields
        self.generic_visit(node)
        self.keeps_fields = before
        if documentation is not None:
            node.body.insert(0, documentation)
        return node

    def visit_Expr(self, node):
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Pass(self, node):
        return None

    def visit_AnnAssign(self, node):
        if self.keeps_fields and isinstance(node.target, ast.Name):
            return self.generic_visit(node)
        if node.value is None:
            return None
        plain = ast.copy_location(ast.Assign(targets=[node.target], value=node.value), node)
        return self.generic_visit(plain)

    def visit_TypeAlias(self, node):
        return self.generic_visit(node) if self.habits.annotations else None

    def visit_ImportFrom(self, node):
        return None if node.module == "__future__" and not node.level else node

    def visit_If(self, node):
        self.generic_visit(node)
        return node.orelse if self.habits.is_checking(node.test) else node

    def visit_With(self, node):
        self.generic_visit(node)
        first = node.items[0]
        if len(node.items) == 1 and isinstance(first.context_expr, ast.Tuple) and first.optional_vars is None:
            # Python 3.8 takes items in parentheses for a tuple, which no context is.
            node.items = [ast.withitem(context_expr=one, optional_vars=None) for one in first.context_expr.elts]
        return node

    visit_AsyncWith = visit_With

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        values = []
        for one in node.values:
            same = isinstance(one, ast.BoolOp) and type(one.op) is type(node.op)
            values.extend(one.values if same else [one])
        node.values = values
        return node

    def visit_JoinedStr(self, node):
        self.generic_visit(node)
        node.values = joined(node.values)
        if all(is_text(one) for one in node.values):
            text = node.values[0].value if node.values else ""
            return ast.copy_location(ast.Constant(value=text), node)
        return node

    def visit_TemplateStr(self, node):
        self.generic_visit(node)
        node.values = joined(node.values)
        return node

    def visit_FormattedValue(self, node):
        self.generic_visit(node)
        spec = node.format_spec
        if is_text(spec) and spec.value == "":
            node.format_spec = None
        return node

    def visit_Index(self, node):
        # Python 3.8.
        return self.visit(node.value)

    def visit_ExtSlice(self, node):
        # Python 3.8.
        self.generic_visit(node)
        return ast.Tuple(elts=node.dims, ctx=ast.Load())


def joined(values):
    """Joins the texts of an f-string that follow each other."""
    result = []
    for one in values:
        parts = one.values if isinstance(one, ast.JoinedStr) else [one]
        for part in parts:
            if is_text(part) and result and is_text(result[-1]):
                result[-1] = ast.copy_location(ast.Constant(value=result[-1].value + part.value), result[-1])
            elif not (is_text(part) and part.value == ""):
                result.append(part)
    return result


def parameters(args):
    """Lists the parameters of a function."""
    others = [one for one in (args.vararg, args.kwarg) if one is not None]
    return list(args.posonlyargs) + list(args.args) + list(args.kwonlyargs) + others


class Scope:
    """The names that a function, a class or a comprehension binds."""

    def __init__(self, kind, parent):
        self.kind = kind
        self.parent = parent
        self.bound = set()
        # The bound names that others can see, so that they count.
        self.seen = set()
        self.globals = set()
        self.nonlocals = set()

    def bind(self, nodes):
        """Finds the names that statements or expressions bind in this scope."""
        stack = list(nodes)
        while stack:
            node = stack.pop()
            if isinstance(node, FUNCTIONS + (ast.ClassDef,)):
                self.bound.add(node.name)
                self.seen.add(node.name)
                stack.extend(node.decorator_list)
                if isinstance(node, ast.ClassDef):
                    stack.extend(node.bases + node.keywords)
                else:
                    stack.extend(outside_of(node.args))
            elif isinstance(node, ast.Lambda):
                stack.extend(outside_of(node.args))
            elif isinstance(node, COMPREHENSIONS):
                stack.append(node.generators[0].iter)
                self._bind_walrus(node)
            else:
                self._bind_one(node)
                stack.extend(children(node))

    def _bind_one(self, node):
        kind = type(node).__name__
        if kind == "Name":
            if not isinstance(node.ctx, ast.Load):
                self.bound.add(node.id)
        elif kind == "Import":
            for one in node.names:
                self.bound.add(one.asname or one.name.split(".")[0])
                if one.asname is None:
                    self.seen.add(one.name.split(".")[0])
        elif kind == "ImportFrom":
            self.bound.update(one.asname or one.name for one in node.names)
        elif kind in ("ExceptHandler", "MatchAs", "MatchStar"):
            if node.name is not None:
                self.bound.add(node.name)
        elif kind == "MatchMapping":
            if node.rest is not None:
                self.bound.add(node.rest)
        elif kind == "Global":
            self.globals.update(node.names)
        elif kind == "Nonlocal":
            self.nonlocals.update(node.names)

    def _bind_walrus(self, comprehension):
        stack = list(children(comprehension))
        while stack:
            node = stack.pop()
            if isinstance(node, ast.NamedExpr):
                self.bound.add(node.target.id)
            if not isinstance(node, ast.Lambda):
                stack.extend(children(node))

    def bind_targets(self, generators):
        for one in generators:
            self.bound.update(
                node.id for node in walk(one.target) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
            )

    def bind_parameters(self, args):
        named = list(args.args) + list(args.kwonlyargs)
        self.bound.update(one.arg for one in parameters(args))
        self.seen.update(one.arg for one in named)


def outside_of(args):
    """What of the parameters is evaluated where the function is defined."""
    defaults = list(args.defaults) + [one for one in args.kw_defaults if one is not None]
    return defaults + [one.annotation for one in parameters(args) if one.annotation is not None]


# What was checked, by the class of the node.
CHECKED = {}


def checked(kind):
    """Returns the fields of a kind of node that count."""
    known = FIELDS.get(kind.__name__)
    if known is None:
        raise UnknownSyntax(kind.__name__)
    for field in kind._fields:
        if field not in known and field not in IGNORED:
            raise UnknownSyntax("%s.%s" % (kind.__name__, field))
    return known


def quoted(text):
    return json.dumps(text, ensure_ascii=True)


def seen_names(nodes):
    """The words of strings: a query or an expression in one may name a variable. None if every name is seen."""
    words = set()
    for root in nodes:
        for node in walk(root):
            kind = type(node)
            if kind is ast.Constant:
                if isinstance(node.value, str):
                    words.update(IDENTIFIER.findall(node.value))
            elif kind is ast.Name:
                if node.id in SEES_NAMES:
                    return None
            elif kind is ast.Attribute and node.attr in SEES_NAMES:
                return None
    return words


class Writer:
    """Writes the canonical text of nodes, and notes the names that they use."""

    def __init__(self, nodes, own=()):
        self.out = []
        self.uses = set()
        self.is_dynamic = False
        self.own = own
        self._ids = {}
        # The names of variables that something else than the code may see.
        self._seen = seen_names(nodes)

    def text(self):
        return " ".join(self.out)

    def all(self, nodes, scope=None):
        for one in nodes:
            self.one(one, scope)

    def one(self, node, scope):
        kind = type(node).__name__
        special = getattr(self, "_" + kind, None)
        if special is None:
            return self._fields(node, scope)
        self._check(node)
        return special(node, scope)

    def _check(self, node):
        kind = type(node)
        known = CHECKED.get(kind)
        if known is None:
            known = CHECKED[kind] = checked(kind)
        return known

    def _fields(self, node, scope):
        fields = self._check(node)
        self.out.append("(" + type(node).__name__)
        for field in fields:
            self._value(getattr(node, field, None), scope)
        self.out.append(")")

    def _value(self, value, scope):
        if isinstance(value, ast.AST):
            self.one(value, scope)
        elif isinstance(value, list):
            self.out.append("[")
            for one in value:
                self._value(one, scope)
            self.out.append("]")
        elif isinstance(value, str):
            self.out.append(quoted(value))
        else:
            self.out.append(repr(value))

    # Names.

    def name(self, name, scope):
        """Writes a name that stands for a variable."""
        self.out.append(self._resolve(name, scope))

    def _resolve(self, name, scope):
        first = True
        while scope is not None:
            if scope.kind == "class":
                if first and (name in scope.bound or name in scope.globals):
                    if name in scope.globals:
                        self.uses.add(name)
                    return name
            elif name in scope.globals:
                break
            elif name in scope.bound and name not in scope.nonlocals:
                return self._local(name, scope)
            first = False
            scope = scope.parent
        self.uses.add(name)
        if name in DYNAMIC_NAMES:
            self.is_dynamic = True
        return "%%%d" % self.own.index(name) if name in self.own else name

    def _local(self, name, scope):
        if self._seen is None or name in scope.seen or name in self._seen or name.startswith("__"):
            return name
        key = (id(scope), name)
        return "$%d" % self._ids.setdefault(key, (len(self._ids), scope))[0]

    def _Name(self, node, scope):
        self.name(node.id, scope)

    def _Attribute(self, node, scope):
        self.uses.add(node.attr)
        if node.attr in DYNAMIC_ATTRIBUTES and last_name(node.value) not in NAMESPACES:
            self.is_dynamic = True
        if node.attr == "load" and last_name(node.value) == "torch":
            # What was pickled names its classes.
            self.is_dynamic = True
        self.out.append("(.")
        self.one(node.value, scope)
        self.out.append(node.attr + " )")

    def _keyword(self, node, scope):
        if node.arg is not None:
            self.uses.add(node.arg)
        if node.arg == "allow_pickle":
            self.is_dynamic = True
        self._fields(node, scope)

    def _Global(self, node, scope):
        self.uses.update(node.names)
        self.out.append("(Global " + " ".join(sorted(set(node.names))) + " )")

    def _Nonlocal(self, node, scope):
        parent = scope.parent if scope is not None else None
        self.out.append("(Nonlocal")
        for one in sorted(self._resolve(one, parent) for one in set(node.names)):
            self.out.append(one)
        self.out.append(")")

    def _ExceptHandler(self, node, scope):
        self.out.append("(ExceptHandler")
        self._value(node.type, scope)
        self._optional(node.name, scope)
        self._value(node.body, scope)
        self.out.append(")")

    def _optional(self, name, scope):
        if name is None:
            self.out.append("-")
        else:
            self.name(name, scope)

    def _MatchAs(self, node, scope):
        self.out.append("(MatchAs")
        self._value(node.pattern, scope)
        self._optional(node.name, scope)
        self.out.append(")")

    def _MatchStar(self, node, scope):
        self.out.append("(MatchStar")
        self._optional(node.name, scope)
        self.out.append(")")

    def _MatchMapping(self, node, scope):
        self.out.append("(MatchMapping")
        self._value(node.keys, scope)
        self._value(node.patterns, scope)
        self._optional(node.rest, scope)
        self.out.append(")")

    def _MatchClass(self, node, scope):
        self.uses.update(node.kwd_attrs)
        self._fields(node, scope)

    def _MatchSingleton(self, node, scope):
        self.out.append("(MatchSingleton " + repr(node.value) + " )")

    # Imports below the level of the module.

    def _Import(self, node, scope):
        self.out.append("(Import")
        for one in node.names:
            self._imported(one.name.split("."))
            self.out.append(quoted(one.name))
            self._optional(one.asname, scope)
        self.out.append(")")

    def _ImportFrom(self, node, scope):
        self.out.append("(ImportFrom %d %s" % (node.level or 0, quoted(node.module or "")))
        self._imported((node.module or "").split("."))
        for one in node.names:
            self.uses.add(one.name)
            if one.name in DYNAMIC_NAMES:
                self.is_dynamic = True
            self.out.append(quoted(one.name))
            if one.name != "*":
                self.name(one.asname or one.name, scope)
        self.out.append(")")

    def _imported(self, parts):
        self.uses.update(parts)
        if is_dynamic_import(parts):
            self.is_dynamic = True

    # Values.

    def _Constant(self, node, scope):
        value = node.value
        kind = type(value).__name__
        if isinstance(value, str):
            self._note_string(value)
            written = quoted(value)
        elif isinstance(value, bytes):
            written = value.hex()
        elif isinstance(value, int) and not isinstance(value, bool):
            # Decimal digits of a long number take too long.
            written = hex(value)
        elif isinstance(value, float):
            written = repr(value)
        elif isinstance(value, complex):
            written = repr(value.real) + "," + repr(value.imag)
        elif value is None or value is Ellipsis or isinstance(value, bool):
            written = repr(value)
        else:
            raise UnknownSyntax("a constant of the type " + kind)
        self.out.append("(%s %s )" % (kind, written))

    def _note_string(self, text):
        if REFERENCE.match(text):
            self.uses.update(IDENTIFIER.findall(text))

    def _Call(self, node, scope):
        called = last_name(node.func)
        is_named = isinstance(node.func, ast.Name)
        if called == "getattr" and is_named and len(node.args) > 1:
            self._dynamic_unless_text(node.args[1:2])
        elif called in ("attrgetter", "methodcaller"):
            self._dynamic_unless_text(node.args[:1] if called == "methodcaller" else node.args)
        elif called == "vars" and is_named:
            if [last_name(one) in NAMESPACES for one in node.args] != [True]:
                self.is_dynamic = True
        self._fields(node, scope)

    def _dynamic_unless_text(self, nodes):
        if not all(is_text(one) for one in nodes):
            self.is_dynamic = True
        for one in nodes:
            if is_text(one):
                self.uses.update(IDENTIFIER.findall(one.value))

    # Scopes.

    def _FunctionDef(self, node, scope):
        self.out.append("(" + type(node).__name__)
        self.name(node.name, scope)
        self.function(node, scope)
        self.out.append(")")

    _AsyncFunctionDef = _FunctionDef

    def function(self, node, scope):
        """Writes a function without its name."""
        self._value(node.decorator_list, scope)
        inner = Scope("function", scope)
        inner.bind_parameters(node.args)
        inner.bind(node.body)
        self._arguments(node.args, scope, inner)
        self._value(node.returns, scope)
        self._value(getattr(node, "type_params", []), scope)
        self._value(node.body, inner)

    def _Lambda(self, node, scope):
        inner = Scope("function", scope)
        inner.bind_parameters(node.args)
        inner.bind([node.body])
        self.out.append("(Lambda")
        self._arguments(node.args, scope, inner)
        self.one(node.body, inner)
        self.out.append(")")

    def _arguments(self, args, scope, inner):
        self._check(args)
        count = len(args.posonlyargs)
        placed = list(args.posonlyargs) + list(args.args)
        defaults = [None] * (len(placed) - len(args.defaults)) + list(args.defaults)
        self.out.append("(arguments")
        for at, (one, default) in enumerate(zip(placed, defaults)):
            self._parameter("/" if at < count else "", one, scope, inner)
            self._default(default, scope)
        if args.vararg is not None:
            self._parameter("*", args.vararg, scope, inner)
        # The order of parameters that are given by name changes nothing but what is evaluated first.
        for one, default in zip(args.kwonlyargs, args.kw_defaults):
            self._parameter("=", one, scope, inner)
            self._default(default, scope)
        if args.kwarg is not None:
            self._parameter("**", args.kwarg, scope, inner)
        self.out.append(")")

    def _parameter(self, kind, one, scope, inner):
        self._check(one)
        self.out.append("(arg" + kind)
        self.name(one.arg, inner)
        if one.annotation is not None:
            self.one(one.annotation, scope)
        self.out.append(")")

    def _default(self, default, scope):
        if default is not None:
            self.out.append("(default")
            self.one(default, scope)
            self.out.append(")")

    def _ClassDef(self, node, scope):
        self.out.append("(ClassDef")
        self.name(node.name, scope)
        self._value(node.decorator_list, scope)
        self._value(node.bases, scope)
        self._value(node.keywords, scope)
        self._value(getattr(node, "type_params", []), scope)
        self._value(node.body, class_scope(node, scope))
        self.out.append(")")

    def _comprehension_of(self, node, scope, *results):
        inner = Scope("function", scope)
        inner.bind_targets(node.generators)
        self.out.append("(" + type(node).__name__)
        for at, one in enumerate(node.generators):
            self._check(one)
            self.out.append("(async" if one.is_async else "(for")
            self.one(one.iter, inner if at else scope)
            self.one(one.target, inner)
            self._value(one.ifs, inner)
            self.out.append(")")
        for one in results:
            self.one(one, inner)
        self.out.append(")")

    def _ListComp(self, node, scope):
        self._comprehension_of(node, scope, node.elt)

    _SetComp = _ListComp
    _GeneratorExp = _ListComp

    def _DictComp(self, node, scope):
        self._comprehension_of(node, scope, node.key, node.value)


def is_dynamic_import(parts):
    return parts[0] in DYNAMIC_MODULES


def class_scope(node, parent):
    scope = Scope("class", parent)
    scope.bind(node.body)
    return scope


def hash_of(text):
    digest = hashlib.sha256((VERSION + ":" + text).encode("ascii", "backslashreplace")).hexdigest()
    return VERSION + ":" + digest


class Order:
    """Tells whether it matters when an expression is evaluated."""

    def __init__(self, body):
        counts = {}
        for name in bound_names(body):
            counts[name] = counts.get(name, 0) + 1
        self.bound = set(counts)
        self.once = {name for name, count in counts.items() if count == 1}
        self.modules = set()
        self.constants = set()
        for node in body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self.modules.update((one.asname or one.name).split(".")[0] for one in node.names)
            elif isinstance(node, ast.Assign) and self._is_constant(node.value):
                names = [one.id for one in node.targets if isinstance(one, ast.Name)]
                self.constants.update(name for name in names if name in self.once)

    def _is_constant(self, node):
        """Whether it is a value that nothing can change."""
        kind = type(node).__name__
        if kind == "Constant":
            return True
        if kind == "Name":
            return node.id in self.constants or (node.id in PURE_CALLS and node.id not in self.bound)
        if kind == "Attribute":
            return self._is_of_module(node)
        if kind == "Call":
            return last_name(node.func) not in MUTABLE and self._is_pure_call(node)
        parts = {
            "Tuple": "elts",
            "UnaryOp": "operand",
            "BinOp": "left right",
            "BoolOp": "values",
            "Compare": "left comparators",
            "IfExp": "test body orelse",
            "JoinedStr": "values",
            "FormattedValue": "value format_spec",
        }.get(kind)
        return parts is not None and all(
            self._is_constant(one) for field in parts.split() for one in listed(getattr(node, field))
        )

    def _is_of_module(self, node):
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.modules and node.id in self.once

    def _is_pure_call(self, node):
        name = last_name(node.func)
        if isinstance(node.func, ast.Name):
            is_known = (name in PURE_CALLS and name not in self.bound) or (name in PURE_MEMBERS and name in self.modules)
        else:
            is_known = name in PURE_MEMBERS and self._is_of_module(node.func)
        given = list(node.args) + [one.value for one in node.keywords]
        return is_known and all(self.is_pure(one, inside=True) for one in given)

    def is_pure(self, node, inside=False):
        """Whether it certainly does not matter."""
        kind = type(node).__name__
        if node is None or kind == "Lambda" or self._is_constant(node):
            return True
        if kind == "Call":
            return self._is_pure_call(node)
        if kind == "Name":
            return not inside and node.id in self.once
        if kind in ("List", "Set", "Tuple"):
            return all(self.is_pure(one, inside) for one in node.elts)
        if kind == "Dict":
            return all(one is not None and self.is_pure(one, inside) for one in node.keys + node.values)
        return False

    def runs_function(self, node):
        return not all(is_harmless(one) for one in node.decorator_list) or not all(
            self.is_pure(one) for one in list(node.args.defaults) + [one for one in node.args.kw_defaults if one]
        )

    def runs_class(self, node):
        heads = node.bases + [one.value for one in node.keywords]
        return not all(is_harmless(one) for one in node.decorator_list) or not all(self.is_pure(one) for one in heads)


def listed(value):
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def bound_names(body):
    """Lists the names that the statements of a module bind, each as often as it is bound."""
    stack = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, FUNCTIONS + (ast.ClassDef,)):
            yield node.name
            for inner in walk(node):
                if isinstance(inner, ast.Global):
                    for name in inner.names:
                        yield name
                        yield name
            continue
        one = Scope("module", None)
        one._bind_one(node)
        for name in one.bound:
            yield name
        if not isinstance(node, (ast.Lambda,) + COMPREHENSIONS):
            stack.extend(children(node))


class Module:
    """The pieces of a module."""

    def __init__(self, tree, lines):
        self.lines = lines
        self.pieces = []
        self.order = []
        self.imports = []
        self.unknown = []
        self.habits = Habits(tree)
        self.tree = Tidy(self.habits).visit(tree)
        self.timing = Order(self.tree.body)

    def read(self):
        for node in self.tree.body:
            self._statement(node)
        return {
            "pieces": merged(self.pieces),
            "order": self.order,
            "imports": self.imports,
            "unknown": self.unknown,
        }

    def _statement(self, node):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node)
        elif isinstance(node, FUNCTIONS):
            self._function(node)
        elif isinstance(node, ast.ClassDef):
            self._class(node, node.name)
            if self.timing.runs_class(node) or self._runs_body(node) or node.name not in self.timing.once:
                self._place(node.name)
        elif isinstance(node, ast.Assign) and all(isinstance(one, ast.Name) for one in node.targets):
            for one in node.targets:
                self._variable(node, one.id, node.value)
        elif isinstance(node, ast.Assign) and is_list_of_names(node):
            self._parts(node)
        else:
            self._other(node)

    def _import(self, node):
        is_from = isinstance(node, ast.ImportFrom)
        if is_from and node.names[0].name == "*" and self.pieces:
            # It may take the place of what has one of these names.
            self._place("* after " + " ".join(sorted({one["name"] for one in self.pieces if "owner" not in one})))
        self.order.append({"import": len(self.imports)})
        self.imports.append(
            {
                "module": (node.module or "") if is_from else None,
                "level": (node.level or 0) if is_from else 0,
                "names": [[one.name, one.asname] for one in node.names],
                "lines": span(node),
            }
        )
        names = [one.name for one in node.names]
        modules = [node.module or ""] if is_from else names
        if any(is_dynamic_import(one.split(".")) for one in modules) or (is_from and DYNAMIC_NAMES & set(names)):
            self.imports[-1]["dynamic"] = True

    def _place(self, name):
        self.order.append({"place": name})

    def _hashed(self, nodes, write, own=()):
        """Writes nodes; what is not known is written as its text."""
        writer = Writer(nodes, own)
        try:
            write(writer)
            return writer.text(), writer.uses, writer.is_dynamic
        except UnknownSyntax as unknown:
            text = "\n".join(self._source(*span(one)) for one in nodes)
            self.unknown.append({"line": span(nodes[0])[0], "what": str(unknown)})
            return "source " + quoted(text), set(IDENTIFIER.findall(text)), True

    def _source(self, start, end):
        lines = self.lines[start - 1 : end]
        indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
        return "\n".join(line[min(indents or [0]) :].rstrip() for line in lines)

    def _add(self, name, kind, hashed, lines, **more):
        text, uses, is_dynamic = hashed
        piece = {"name": name, "kind": kind, "hash": hash_of(text), "lines": [lines], "uses": sorted(uses)}
        if is_dynamic:
            piece["dynamic"] = True
        piece.update((key, value) for key, value in more.items() if value)
        self.pieces.append(piece)

    def _function(self, node):
        # The name of a decorated function may be what it is registered under.
        own = () if node.decorator_list or self.habits.names else (node.name,)

        def write(writer):
            writer.out.append(type(node).__name__)
            writer.name(node.name, None)
            writer.uses.discard(node.name)
            writer.function(node, None)

        hashed = self._hashed([node], write, own)
        runs = self.timing.runs_function(node)
        always = runs or bool(node.decorator_list) or is_dunder(node.name)
        self._add(node.name, "function", hashed, span(node), always=always)
        runs = runs or node.name not in self.timing.once
        if runs:
            self._place(node.name)

    def _variable(self, node, name, value):
        is_function = isinstance(value, ast.Lambda)

        def write(writer):
            writer.out.append("value")
            writer.one(value, None)

        text, uses, is_dynamic = self._hashed([value], write, (name,))
        runs = not self.timing.is_pure(value) or name not in self.timing.once
        if name == "__all__":
            uses = set()
        kind = "function" if is_function else "variable"
        self._add(name, kind, (text, uses - {name}, is_dynamic), span(node), always=runs or is_dunder(name))
        if runs:
            self._place(name)

    def _parts(self, node):
        """Several names that take parts of one value."""
        names = [one.id for one in node.targets[0].elts]
        value = node.value
        used = {one.id for one in walk(value) if isinstance(one, ast.Name)}
        is_split = (
            isinstance(value, ast.Tuple)
            and len(value.elts) == len(names)
            and not any(isinstance(one, ast.Starred) for one in value.elts)
            and not used & set(names)
        )
        for at, name in enumerate(names):
            if is_split:
                self._variable(node, name, value.elts[at])
                continue

            def write(writer, at=at):
                writer.out.append("part %d of %d" % (at, len(names)))
                writer.one(value, None)

            self._add(name, "variable", self._hashed([value], write, tuple(names)), span(node), always=True)
            self._place(name)

    def _other(self, node):
        is_main = is_main_test(node)
        text, uses, is_dynamic = self._hashed([node], lambda writer: writer.one(node, None))
        entry = {"hash": hash_of(text), "lines": span(node), "uses": sorted(uses)}
        if is_dynamic:
            entry["dynamic"] = True
        if is_main:
            entry["main"] = True
        self.order.append(entry)

    # Classes.

    def _runs_body(self, node):
        return any(self._is_ordered(one) for one in node.body)

    def _is_ordered(self, member):
        """Whether it matters when a member of a class is evaluated."""
        if isinstance(member, FUNCTIONS):
            return self.timing.runs_function(member)
        if isinstance(member, ast.ClassDef):
            return self.timing.runs_class(member) or self._runs_body(member)
        if is_field(member):
            return not self.timing.is_pure(member.value)
        return True

    def _class(self, node, name, owner=None):
        is_plain = not (node.bases or node.keywords or node.decorator_list or owner or self.habits.names)
        own = (node.name,) if is_plain else ()
        scope = class_scope(node, None)
        others = []
        sequence = []
        rebound = set(bound_names([one for one in node.body if not is_member(one)]))
        for member in node.body:
            if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
                sequence.append("field " + member.target.id)
            if not self._member(member, name, scope, own):
                others.append(member)
                sequence.append(member)
            elif named(member) in rebound or (not isinstance(member, ast.AnnAssign) and self._is_ordered(member)):
                sequence.append("place " + named(member))
        if len(sequence) == 1 and not others and not sequence[0].startswith("field "):
            sequence = []

        def write(writer):
            writer.out.append("class")
            writer.name(node.name, None)
            writer.uses.discard(node.name)
            writer._value(node.decorator_list, None)
            writer._value(node.bases, None)
            writer._value(node.keywords, None)
            writer._value(getattr(node, "type_params", []), None)
            for one in sequence:
                if isinstance(one, str):
                    writer.out.append(one)
                else:
                    writer.one(one, scope)

        heads = node.decorator_list + node.bases + node.keywords + others
        hashed = self._hashed(heads or [node], write, own) if heads else self._written(write, own)
        lines = [span(node)[0], self._head_end(node)]
        bases = [last_name(one) for one in node.bases]
        self._add(
            name,
            "class",
            hashed,
            lines,
            owner=owner,
            bases=bases,
            always=bool(node.decorator_list or node.keywords or is_dunder(node.name)),
        )
        self.pieces[-1]["lines"].extend(span(one) for one in others)
        # The head comes before its members.
        members = [one for one in self.pieces if one.get("owner") == name]
        if members:
            self.pieces.insert(self.pieces.index(members[0]), self.pieces.pop())

    def _head_end(self, node):
        """The last line of what stands before the body of a class."""
        end = max(node.lineno, node.body_line - 1)
        while end > node.lineno and self.lines[end - 1].strip()[:1] in ("", "#"):
            end -= 1
        return end

    def _written(self, write, own):
        return self._hashed([], write, own)

    def _member(self, member, name, scope, own):
        """Adds a member as a piece; says whether it is one."""
        if isinstance(member, FUNCTIONS):

            def write(writer):
                writer.out.append(type(member).__name__ + " " + quoted(member.name))
                writer.function(member, scope)

            hashed = self._hashed([member], write, own)
            self._add(name + "." + member.name, "method", hashed, span(member), owner=name)
            return True
        if isinstance(member, ast.ClassDef):
            self._class(member, name + "." + member.name, name)
            return True
        if is_field(member):
            field = named(member)

            def write_field(writer):
                writer.out.append("field " + quoted(field))
                writer._value(getattr(member, "annotation", None), scope)
                writer._value(member.value, scope)

            parts = [one for one in (getattr(member, "annotation", None), member.value) if one is not None]
            hashed = self._hashed(parts, write_field, own)
            self._add(name + "." + field, "method", hashed, span(member), owner=name)
            return True
        return False


def is_dunder(name):
    return name.startswith("__") and name.endswith("__")


def is_field(node):
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name)
    return isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)


def is_member(node):
    return isinstance(node, FUNCTIONS + (ast.ClassDef,)) or is_field(node)


def named(member):
    if isinstance(member, ast.AnnAssign):
        return member.target.id
    return member.targets[0].id if isinstance(member, ast.Assign) else member.name


def is_list_of_names(node):
    target = node.targets[0]
    return (
        len(node.targets) == 1
        and isinstance(target, (ast.Tuple, ast.List))
        and all(isinstance(one, ast.Name) for one in target.elts)
        and len({one.id for one in target.elts}) == len(target.elts)
    )


def is_main_test(node):
    """Whether it is `if __name__ == "__main__":` without another branch."""
    if not isinstance(node, ast.If) or node.orelse or not isinstance(node.test, ast.Compare):
        return False
    test = node.test
    if len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = [test.left, test.comparators[0]]
    return any(isinstance(one, ast.Name) and one.id == "__name__" for one in sides) and any(
        is_text(one) and one.value == "__main__" for one in sides
    )


def span(node):
    decorators = [one.lineno for one in getattr(node, "decorator_list", [])]
    return [min([node.lineno] + decorators), node.end_lineno]


def merged(pieces):
    """Joins pieces of one name: a getter and its setter, a name that is bound twice."""
    known = {}
    for one in pieces:
        first = known.setdefault(one["name"], one)
        if first is one:
            continue
        first["hash"] = hash_of(first["hash"] + " " + one["hash"])
        first["lines"] = first["lines"] + one["lines"]
        first["uses"] = sorted(set(first["uses"]) | set(one["uses"]))
        for key in ("dynamic", "always"):
            if one.get(key):
                first[key] = True
        if one.get("bases"):
            first["bases"] = first.get("bases", []) + one["bases"]
    return list(known.values())


def failure_of(error):
    if isinstance(error, (RecursionError, MemoryError)):
        return "is nested too deeply to be parsed"
    if isinstance(error, SyntaxError) and error.lineno:
        return "cannot be parsed by Python %s: line %d: %s" % (version(), error.lineno, error.msg)
    text = str(error).split("\n")[0]
    return "cannot be parsed by Python %s: %s" % (version(), text or type(error).__name__)


def version():
    return "%d.%d" % sys.version_info[:2]


def decoded_lines(source):
    """The lines, for the text of syntax that is not known."""
    text = source.decode("utf-8", "backslashreplace")
    return re.split("\r\n|\r|\n", text)


def newline_map(source):
    """The lines by line feeds alone, by the lines of Python, where a carriage return alone ends one, too."""
    if not re.search(b"\r(?!\n)", source):
        return None
    numbers, line = [0], 1
    for end in re.findall(b"\r\n|\r|\n", source):
        numbers.append(line)
        line += end != b"\r"
    return numbers + [line]


def remapped(facts, numbers):
    def lines(pair):
        return [numbers[min(one, len(numbers) - 1)] for one in pair]

    for one in facts["pieces"]:
        one["lines"] = [lines(pair) for pair in one["lines"]]
    for one in facts["order"] + facts["imports"]:
        if "lines" in one:
            one["lines"] = lines(one["lines"])
    return facts


def facts_of(source):
    """Reads a module from its bytes."""
    tree = compile(source, "<module>", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    facts = Module(tree, decoded_lines(source)).read()
    numbers = newline_map(source)
    return facts if numbers is None else remapped(facts, numbers)


def answer(at, source):
    try:
        return {"at": at, "facts": facts_of(source)}
    except (SyntaxError, ValueError, RecursionError, MemoryError, UnicodeError, OverflowError) as error:
        return {"at": at, "failure": failure_of(error)}


def main(sources):
    for at, source in enumerate(sources):
        line = json.dumps(answer(at, base64.b64decode(source)), ensure_ascii=True, separators=(",", ":"))
        sys.stdout.buffer.write(line.encode("ascii") + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    import warnings

    # A warning on an escape or on a comparison is not what the file says.
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(12000)
    threading.stack_size(64 * 1024 * 1024)
    _work = threading.Thread(target=main, args=(json.load(sys.stdin.buffer),))
    _work.start()
    _work.join()
