"""Which framework a script speaks: by its calls, by its own training loops, or as a configuration by its globals."""

from __future__ import annotations

from epochlint.dialects.loops import LoopView
from epochlint.dialects.names import same_method, same_name
from epochlint.dialects.recognition import Anchor, best_anchors
from epochlint.dialects.thing_views import CallView, ThingView
from epochlint.scripts.facts import Call, Reference, Script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.knowledge.catalogue import Framework, Signature


def anchors_in_script(script: Script, frameworks: tuple[Framework, ...]) -> Iterator[Anchor]:
    """Yield an anchor for each object and call that a signature names, in the order of the file."""
    by_calls = [
        anchor
        for framework in frameworks
        for signature in framework.signatures
        if signature.calls
        for anchor in _anchors_of_calls(script, framework, signature)
    ]
    by_calls.extend(_anchors_of_instances(script, frameworks))
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
    for call in script.calls:
        wanted = _matching(call, signature, script)
        if wanted:
            whole = _view_of(script, call, signature)
            if signature.where and not _is_where(whole, call, signature):
                continue
            view = whole.part(signature.root) if signature.root else whole
            if view is not None:
                yield Anchor(framework.name, signature, view, f"calls {wanted}", called=wanted.rpartition(".")[2])


def _anchors_of_instances(script: Script, frameworks: tuple[Framework, ...]) -> Iterator[Anchor]:
    """Yield anchors for objects that no call in sight makes: a parser filled them in from a file or from the command
    line. An object is read as what it is, not as one of what it is derived from, if both are known."""
    made = {call.result for call in script.calls if call.result is not None}
    signatures = [(one, signature) for one in frameworks for signature in one.signatures if not signature.root]
    for instance in script.instances:
        for name in instance.types if instance.id not in made else ():
            speaking = [
                (framework, signature, wanted)
                for framework, signature in signatures
                for wanted in signature.calls
                if same_name(name, wanted)
            ]
            for framework, signature, wanted in speaking:
                view = ThingView(script, Reference(instance.id), instance.place)
                yield Anchor(framework.name, signature, view, f"makes {wanted}", called=wanted.rpartition(".")[2])
            if speaking:
                break


def _view_of(script: Script, call: Call, signature: Signature) -> ThingView:
    """Return the object that a constructor makes, or the call itself."""
    if call.result is not None and call.receiver is None:
        return ThingView(script, Reference(call.result), call.place)
    return CallView(script, call, signature.positional)


def _is_where(view: ThingView, call: Call, signature: Signature) -> bool:
    """Tell whether a call passes what the signature asks for; if nobody can see, one of its arguments must tell."""
    from epochlint.dialects.routines import passes

    passed = passes(view, signature.where)
    return (
        bool({argument.name for argument in call.arguments} & set(signature.arguments_any))
        if passed is None
        else passed
    )


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
    owner, _, method = callee.rpartition(".")
    function = owner.rpartition(".")
    return bool(function[0]) and function[2][:1].islower() and not method[:1].isupper()


def _likely_receiver(call: Call, signature: Signature, script: Script) -> bool:
    """Tell whether a method called on an unknown object is the framework's: by an argument only it has, and an
    import."""
    named = {argument.name for argument in call.arguments}
    return bool(named & set(signature.arguments_any)) and bool(set(script.imports) & set(signature.imports_any))


def anchors_in_module(script: Script, frameworks: tuple[Framework, ...]) -> tuple[Anchor, ...]:
    """Return the anchors of a Python file that is a configuration: its global names are the keys."""
    if script.globals is None:
        return ()
    return best_anchors("python", ThingView(script, script.globals, script.globals.place), frameworks, "assigns")
