"""Changes to a script that change nothing about the training it describes.

Each takes and returns the files of a project by path; a project to which a change does not apply comes back as it was.
"""

from __future__ import annotations

import ast
import json
import keyword
import random
import re
from collections.abc import Iterable

Files = dict[str, str]
SCRIPT = "train.py"
_SETTINGS = "choices"  # the module that constants are moved to
_COUNTED = {"epoch", "epochs", "step", "steps", "iters", "updates", "batches", "samples", "rows"}


# --- other names ------------------------------------------------------------------------------------------------------


def rename(files: Files) -> Files:
    """Give every variable, function, class, parameter, field, key and flag that the user named another name."""
    tree = ast.parse(files[SCRIPT])
    chosen = _Chosen(tree, cli="LightningCLI" in files[SCRIPT])
    new = {name: _another(name, number) for number, name in enumerate(sorted(chosen.names))}
    keys = {name: _another(name, number) for number, name in enumerate(sorted(chosen.keys))}
    changed = {SCRIPT: ast.unparse(_Rename(chosen, new, keys).visit(tree)) + "\n"}
    for path in chosen.files & files.keys():
        changed[path] = _with_keys(path, files[path], keys)
    return {**files, **changed}


def _another(name: str, number: int) -> str:
    """Return another name that says the same about what is counted: `total_steps` becomes `n7_steps`."""
    words = name.lower().split("_")
    counted = [word for word in words if word in _COUNTED and "per" not in words]
    return "_".join([f"n{number}", *counted])


class _Chosen(ast.NodeVisitor):
    """Finds the names that the user is free to choose.

    Not free are methods, and what a framework looks up by name: parameters and fields of classes with its base.
    """

    def __init__(self, tree: ast.Module, cli: bool) -> None:
        self.names: set[str] = set()
        self.keys: set[str] = set()  # of the user's own dicts and configuration files
        self.fields: set[str] = set()  # of dataclasses
        self.attributes: set[str] = set()  # of the user's plain classes and data sets
        self.flags: set[str] = set()  # of the command line
        self.callables: set[str] = set()
        self.files: set[str] = set()
        self._cli = cli
        self._kept: set[str] = set()
        self._configs: set[str] = set()
        self.visit(tree)
        self.names -= self._kept

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.names.add(node.id)

    def visit_alias(self, node: ast.alias) -> None:
        if node.asname:
            self.names.add(node.asname)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.names.add(node.name)
        self.callables.add(node.name)
        self.names.update(argument.arg for argument in node.args.args)
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        is_dataclass = any("dataclass" in ast.unparse(one) for one in node.decorator_list)
        if not self._cli:
            self.names.add(node.name)
        if is_dataclass:
            fields = {
                one.target.id
                for one in node.body
                if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
            }
            self.fields |= fields
            self.names |= fields
        elif bases <= {"Dataset", "IterableDataset"}:
            self.callables.add(node.name)
            for inner in ast.walk(node):
                if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store):
                    self.attributes.add(inner.attr)
                if isinstance(inner, ast.FunctionDef) and inner.name == "__init__":
                    self.names.update(argument.arg for argument in inner.args.args[1:])
        for method in node.body:
            if isinstance(method, ast.FunctionDef):
                if not bases <= {"Dataset", "IterableDataset"} or method.name != "__init__":
                    self._kept.update(argument.arg for argument in method.args.args)
                for inner in method.body:
                    self.visit(inner)

    def visit_Assign(self, node: ast.Assign) -> None:
        target = node.targets[0]
        if isinstance(target, ast.Name) and re.search(r"\.(safe_load|loads)\(", ast.unparse(node.value)):
            self._configs.add(target.id)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        name, key = node.value, node.slice
        if isinstance(name, ast.Name) and name.id in (*self._configs, "CONFIG") and isinstance(key, ast.Constant):
            self.keys.add(str(key.value))
            if name.id in self._configs:
                self.files |= {"config.yaml", "config.json"}
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument":
            self.flags.add(str(ast.literal_eval(node.args[0])).lstrip("-").replace("-", "_"))
        self.generic_visit(node)


class _Rename(ast.NodeTransformer):
    def __init__(self, chosen: _Chosen, new: dict[str, str], keys: dict[str, str]) -> None:
        self.chosen = chosen
        self.new = new
        self.keys = keys

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.new.get(node.id, node.id)
        return node

    def visit_alias(self, node: ast.alias) -> ast.alias:
        node.asname = self.new.get(node.asname, node.asname) if node.asname else None
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self.new.get(node.arg, node.arg)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.name = self.new.get(node.name, node.name)
        self.generic_visit(node)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.name = self.new.get(node.name, node.name)
        self.generic_visit(node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        if owner == "args" and node.attr in self.chosen.flags:
            node.attr = self._flag(node.attr)
        elif owner == "cfg" and node.attr in self.chosen.fields:
            node.attr = self.new.get(node.attr, node.attr)
        elif owner == "self" and node.attr in self.chosen.attributes:
            node.attr = self.new.get(node.attr, "a_" + node.attr[::-1])
        self.generic_visit(node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.Subscript:
        if isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Constant) and node.slice.value in self.keys:
            node.slice.value = self.keys[node.slice.value]
        self.generic_visit(node)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        target = node.targets[0]
        if isinstance(target, ast.Name) and target.id == "CONFIG" and isinstance(node.value, ast.Dict):
            for key in node.value.keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    key.value = self.keys.get(key.value, key.value)
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument":
            flag = node.args[0]
            if isinstance(flag, ast.Constant):
                flag.value = "--" + self._flag(str(flag.value).lstrip("-").replace("-", "_"))
        if isinstance(node.func, ast.Name) and node.func.id in self.chosen.callables:
            for given in node.keywords:
                given.arg = self.new.get(given.arg, given.arg) if given.arg else None
        self.generic_visit(node)
        return node

    def _flag(self, name: str) -> str:
        return _another(name, sorted(self.chosen.flags).index(name))


def _with_keys(path: str, text: str, keys: dict[str, str]) -> str:
    if path.endswith(".json"):
        return json.dumps({keys.get(key, key): value for key, value in json.loads(text).items()}, indent=2) + "\n"
    return re.sub(r"^(\w+):", lambda found: keys.get(found[1], found[1]) + ":", text, flags=re.MULTILINE)


# --- another order ----------------------------------------------------------------------------------------------------


def reorder(files: Files) -> Files:
    """Put statements that do not depend on one another into another order."""
    tree = ast.parse(files[SCRIPT])
    uses = {one.name: _loaded(one) for one in tree.body if isinstance(one, ast.FunctionDef | ast.ClassDef)}
    choose = random.Random(len(files[SCRIPT]))
    for block in _blocks(tree):
        block[:] = _shuffled(block, uses, choose)
    return {**files, SCRIPT: ast.unparse(tree) + "\n"}


def _blocks(tree: ast.Module) -> Iterable[list[ast.stmt]]:
    yield tree.body
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.body


def _shuffled(block: list[ast.stmt], uses: dict[str, set[str]], choose: random.Random) -> list[ast.stmt]:
    """Reorder the statements between those that must stay where they are, keeping every dependence."""
    done: list[ast.stmt] = []
    movable: list[ast.stmt] = []
    for statement in block:
        if isinstance(statement, ast.Assign | ast.FunctionDef | ast.ClassDef) and _binds_names(statement):
            movable.append(statement)
        else:
            done += [*_any_order(movable, uses, choose), statement]
            movable = []
    return done + _any_order(movable, uses, choose)


def _any_order(statements: list[ast.stmt], uses: dict[str, set[str]], choose: random.Random) -> list[ast.stmt]:
    left, order = list(statements), []
    while left:
        free = [
            one for place, one in enumerate(left) if not any(_depend(one, earlier, uses) for earlier in left[:place])
        ]
        chosen = choose.choice(free)
        left.remove(chosen)
        order.append(chosen)
    return order


def _depend(later: ast.stmt, earlier: ast.stmt, uses: dict[str, set[str]]) -> bool:
    """Tell whether two statements may not change places; an object handed to a call may be changed by it."""
    reads = [_reads(one, uses) for one in (later, earlier)]
    writes = [_bound(one) | _handed_over(one) for one in (later, earlier)]
    return bool(writes[1] & (reads[0] | writes[0]) or reads[1] & writes[0])


def _binds_names(statement: ast.stmt) -> bool:
    """Tell whether a statement does no more than to give names; a decorator may register what it is given."""
    if isinstance(statement, ast.FunctionDef) and statement.decorator_list:
        return False
    return not isinstance(statement, ast.Assign) or all(isinstance(one, ast.Name) for one in statement.targets)


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    assert isinstance(statement, ast.Assign)
    return {one.id for one in statement.targets if isinstance(one, ast.Name)}


def _loaded(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}


def _reads(statement: ast.stmt, uses: dict[str, set[str]]) -> set[str]:
    """Return the names a statement needs; a definition needs only what is evaluated when it is made."""
    if isinstance(statement, ast.FunctionDef):
        return set()
    if isinstance(statement, ast.ClassDef):
        return {name for part in (*statement.bases, *statement.decorator_list) for name in _loaded(part)}
    found, new = set[str](), _loaded(statement)
    while new:
        found |= new
        new = {used for name in new for used in uses.get(name, ())} - found
    return found


def _handed_over(statement: ast.stmt) -> set[str]:
    """Return the names of objects that calls may change; a constant's name is written in capitals and cannot be."""
    if not isinstance(statement, ast.Assign):
        return set()
    calls = [one for one in ast.walk(statement) if isinstance(one, ast.Call)]
    names = {name for call in calls for part in (*call.args, *call.keywords) for name in _loaded(part)}
    owners = {
        call.func.value.id
        for call in calls
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    }
    return {name for name in names | owners if not name.isupper()} - {"torch", "np", "keras", "nn", "tf", "L", "os"}


# --- another module ---------------------------------------------------------------------------------------------------


def move_constants(files: Files) -> Files:
    """Move the constants of the script to a module of their own, and import them by name or with the module."""
    tree = ast.parse(files[SCRIPT])
    moved = [one for one in tree.body if isinstance(one, ast.Assign) and _is_constant(one)]
    if not moved:
        return files
    names = sorted(name for one in moved for name in _bound(one))
    tree.body = [one for one in tree.body if one not in moved]
    if len(names) % 2:
        line = f"from {_SETTINGS} import {', '.join(names)}"
    else:
        line = f"import {_SETTINGS}"
        tree = ast.fix_missing_locations(_Qualify(set(names)).visit(tree))
    first = next(place for place, one in enumerate(tree.body) if isinstance(one, ast.Import | ast.ImportFrom))
    tree.body.insert(first, ast.parse(line).body[0])
    constants = "\n".join(ast.unparse(one) for one in moved) + "\n"
    return {**files, SCRIPT: ast.unparse(tree) + "\n", f"{_SETTINGS}.py": constants}


def _is_constant(statement: ast.Assign) -> bool:
    """Tell whether a statement gives one name, that is no keyword of ours, a literal."""
    try:
        ast.literal_eval(statement.value)
    except ValueError:
        call = statement.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "dict"):
            return False
    target = statement.targets[0]
    return isinstance(target, ast.Name) and target.id.isupper() and not keyword.iskeyword(target.id)


class _Qualify(ast.NodeTransformer):
    """Reads names from the module they were moved to."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.names:
            return node
        return ast.Attribute(ast.Name(_SETTINGS, ast.Load()), node.id, node.ctx)
