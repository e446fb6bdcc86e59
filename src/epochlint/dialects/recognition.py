"""Which framework a document speaks: by the calls of a script, the keys of a configuration, or the options of a
command; never by a file name."""

from __future__ import annotations

from epochlint.dialects.bases import is_whole
from epochlint.dialects.commands import CommandView
from epochlint.dialects.loops import LoopView
from epochlint.dialects.names import same_method, same_name
from epochlint.dialects.views import CallView, NodeView, ThingView, View
from epochlint.records import record
from epochlint.scripts.facts import Call, Reference, Script
from epochlint.sources.documents import Command, MappingNode, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.knowledge.catalogue import Framework, Signature

# Keys by which a configuration says that another file completes it; what is absent in it may stand there.
INHERITING = ("_base_", "base_config", "defaults", "__base__", "_base", "base")

_CONFIG_KINDS = ("yaml", "json", "toml")


@record
class Anchor:
    """What a run hangs on: the view that holds its options, and why it was taken for one."""

    framework: str
    signature: Signature
    view: View
    evidence: str
    weight: int = 0
    called: str = ""  # the last part of the name of the call


def anchors_in_script(script: Script, frameworks: tuple[Framework, ...]) -> Iterator[Anchor]:
    """Yield an anchor for each object and call that a signature names, in the order of the file."""
    by_calls = [
        anchor
        for framework in frameworks
        for signature in framework.signatures
        if signature.calls
        for anchor in _anchors_of_calls(script, framework, signature)
    ]
    yield from by_calls
    # A loop that some framework wraps is that framework's; otherwise it speaks for itself.
    if script.training_loops and not any(anchor.signature.loop for anchor in by_calls):
        for framework, signature, evidence in _speaking_for_loops(script, frameworks):
            for loop in script.training_loops:
                yield Anchor(framework.name, signature, LoopView(script, loop), evidence)


def _speaking_for_loops(
    script: Script, frameworks: tuple[Framework, ...]
) -> tuple[tuple[Framework, Signature, str], ...]:
    """Return whose words a script's own loops are read in: those of a library that it calls for them, else the plain
    ones."""
    plain, beside = [], []
    for framework in frameworks:
        for signature in framework.signatures:
            if not signature.loop or signature.calls:
                continue
            called = next((name for name in signature.beside if _calls(script, name)), "")
            if called:
                beside.append((framework, signature, f"has a training loop and calls {called}"))
            elif not signature.beside:
                plain.append((framework, signature, "has a training loop"))
    return tuple(beside or plain)


def _calls(script: Script, wanted: str) -> bool:
    return any(same_name(callee, wanted) for call in script.calls for callee in call.callees or (call.callee,))


def _anchors_of_calls(script: Script, framework: Framework, signature: Signature) -> Iterator[Anchor]:
    made = {call.result for call in script.calls if call.result is not None}
    for call in script.calls:
        wanted = _matching(call, signature, script)
        if wanted:
            whole = _view_of(script, call, signature)
            view = whole.part(signature.root) if signature.root else whole
            if view is not None:
                yield Anchor(framework.name, signature, view, f"calls {wanted}", called=wanted.rpartition(".")[2])
    for instance in script.instances:
        # Objects that no call in sight makes: a parser filled them in from a file or from the command line.
        wanted = next((name for name in signature.calls if any(same_name(have, name) for have in instance.types)), "")
        if wanted and instance.id not in made and not signature.root:
            view = ThingView(script, Reference(instance.id), instance.place)
            yield Anchor(framework.name, signature, view, f"makes {wanted}", called=wanted.rpartition(".")[2])


def _view_of(script: Script, call: Call, signature: Signature) -> ThingView:
    """Return the object that a constructor makes, or the call itself."""
    if call.result is not None and call.receiver is None:
        return ThingView(script, Reference(call.result), call.place)
    return CallView(script, call, signature.positional)


def _matching(call: Call, signature: Signature, script: Script) -> str:
    for wanted in signature.calls:
        method = wanted.count(".") > 1 and wanted.split(".")[-2][:1].isupper()
        for callee in call.callees or (call.callee,):
            if callee.startswith("?.") or on_some_result(callee):
                same = callee.rpartition(".")[2] == wanted.rpartition(".")[2]
                if method and same and _likely_receiver(call, signature, script):
                    return wanted
            elif (same_method if method else same_name)(callee, wanted):
                return wanted
    return ""


def on_some_result(callee: str) -> bool:
    """Tell whether a method is called on what a function gave (`models.build_net.fit`): nobody knows of what class
    that is."""
    function = callee.rpartition(".")[0].rpartition(".")
    return bool(function[0]) and function[2][:1].islower()


def _likely_receiver(call: Call, signature: Signature, script: Script) -> bool:
    """Tell whether a method called on an unknown object is the framework's: by an argument only it has, and an
    import."""
    named = {argument.name for argument in call.arguments}
    return bool(named & set(signature.arguments_any)) and bool(set(script.imports) & set(signature.imports_any))


def anchors_in_config(root: NodeView, frameworks: tuple[Framework, ...]) -> tuple[Anchor, ...]:
    """Return the anchors of a configuration file: those signatures of which most keys are there.

    Where several frameworks' signatures match equally well, all are returned: nobody may decide between them here.
    """
    whole = _best_anchors(root.document.kind, root, frameworks, "has the keys")
    if whole:
        return whole
    # Many projects keep the options of the framework in a section of their own file.
    sections = (
        _best_anchors(root.document.kind, section, frameworks, f"has a section {name} with the keys")
        for name, section in _sections(root)
    )
    return tuple(anchor for anchors in sections for anchor in anchors)


def anchors_in_module(script: Script, frameworks: tuple[Framework, ...]) -> tuple[Anchor, ...]:
    """Return the anchors of a Python file that is a configuration: its global names are the keys."""
    if script.globals is None:
        return ()
    return _best_anchors("python", ThingView(script, script.globals, script.globals.place), frameworks, "assigns")


def _best_anchors(kind: str, root: View, frameworks: tuple[Framework, ...], because: str) -> tuple[Anchor, ...]:
    found = []
    for framework in frameworks:
        for signature in framework.signatures:
            weight = _weight(root, signature) if kind in (signature.kinds or _CONFIG_KINDS) else 0
            view = _down(root, signature.root)
            if weight and view is not None:
                keys = ", ".join(signature.keys_all or signature.keys_any)
                found.append(Anchor(framework.name, signature, view, f"{because} {keys}", weight))
    best = max((anchor.weight for anchor in found), default=0)
    return tuple(anchor for anchor in found if anchor.weight == best)


def anchor_of_command(
    command: Command, arguments: tuple[Word, ...] | None, frameworks: tuple[Framework, ...]
) -> Anchor | None:
    """Return the anchor of a command: by the program that it starts, or by the options of the script that it launches.

    `arguments` are what a launched script is given, None where nothing is launched.
    """
    words = [word.text for word in command.words]
    launched = CommandView(arguments, command.place) if arguments is not None else None
    found = []
    for framework in frameworks:
        for signature in framework.signatures:
            start = max((len(program.split()) for program in signature.programs if _begins(words, program)), default=0)
            if start:
                view = CommandView(command.words[start:], command.place)
                found.append(Anchor(framework.name, signature, view, f"runs {' '.join(words[:start])}", len(words)))
            elif launched is not None and not signature.programs and "shell" in signature.kinds:
                weight = _weight(launched, signature)
                if weight:
                    flags = ", ".join(f"--{key.replace('_', '-')}" for key in signature.keys_all or signature.keys_any)
                    found.append(Anchor(framework.name, signature, launched, f"has the options {flags}", weight))
    return max(found, key=lambda anchor: anchor.weight, default=None)


def _begins(words: list[str], program: str) -> bool:
    parts = program.split()
    return words[: len(parts)] == parts


def _sections(root: NodeView) -> Iterator[tuple[str, NodeView]]:
    """Yield the mappings one level below the root."""
    for name in root.names():
        part = root.part(name)
        if isinstance(part, NodeView) and isinstance(part.node, MappingNode):
            yield name, part


def keys_of(root: NodeView) -> tuple[str, ...]:
    """Return the keys that may tell a dialect: those of the root, and of its sections."""
    return tuple(dict.fromkeys((*root.names(), *(key for _, section in _sections(root) for key in section.names()))))


def _weight(root: View, signature: Signature) -> int:
    """Return how many keys of a signature are there; 0 where it does not match."""
    if not (signature.keys_all or signature.keys_any):
        return 0
    if any(_down(root, key) is None for key in signature.keys_all):
        return 0
    if any(_down(root, key) is not None for key in signature.keys_none):
        return 0
    some = sum(_down(root, key) is not None for key in signature.keys_any)
    if signature.keys_any and not some:
        return 0
    return len(signature.keys_all) + some


def _down(view: View, path: str) -> View | None:
    inner: View | None = view
    for part in path.split(".") if path else ():
        inner = inner.part(part) if inner is not None else None
    return inner


def inherits(root: NodeView) -> bool:
    """Tell whether a file that is not at hand completes this configuration, so that an absent key says nothing."""
    if not is_whole(root):
        return True
    node = root.node
    return isinstance(node, MappingNode) and any(node.entry(key) is not None for key in INHERITING)
