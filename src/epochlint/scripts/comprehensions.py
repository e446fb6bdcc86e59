"""Comprehensions: run element by element where these are few and known, once for all of them otherwise."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts.containers import MORE, Mapping, Sequence
from epochlint.scripts.iterating import elements_of, pass_over
from epochlint.scripts.recording import InLoop, Loop
from epochlint.scripts.scope import Scope
from epochlint.scripts.syntax import names_in_target
from epochlint.scripts.things import Datum, Opaque, Scalar
from epochlint.scripts.truths import truth_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

MOST_ELEMENTS = 64

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp


class _Run:
    """The running of one comprehension; `certain` turns false where an element may or may not be there."""

    def __init__(
        self, machine: Machine, generators: list[ast.comprehension], scope: Scope, visit: Callable[[Scope], None]
    ) -> None:
        self.machine = machine
        self.generators = generators
        self.visit = visit
        self.scope = Scope("comprehension", scope.name, scope.source, scope)
        self.certain = True
        self.length: Scalar | None = None

    def go(self, index: int = 0) -> None:
        if index == len(self.generators):
            self.visit(self.scope)
            return
        generator = self.generators[index]
        site = (self.scope.source, generator.iter)
        iterable = self.machine.evaluate(generator.iter, self.scope)
        over = pass_over(self.machine, iterable, site)
        if over.known is not None and len(over.known) <= MOST_ELEMENTS and self.certain:
            for element in over.known:
                if self.machine.exhausted:
                    self.certain = False
                    return
                self._bind(generator.target, element)
                self._filtered(generator, index)
            return
        if len(self.generators) == 1 and not generator.ifs:
            self.length = over.length
        self.certain = False
        recorder = self.machine.recorder
        loop = Loop(len(recorder.loops), over.kind, site, self.machine.function_name, self.machine.frames)
        if over.length is not None:
            loop.iterations, loop.length = over.length.value, over.length
        loop.over, loop.start, loop.targets = over.over, over.start, names_in_target(generator.target)
        loop.target = (self.scope.source, generator.target)
        recorder.loops.append(loop)
        calls, outer = len(recorder.calls), self.machine.frames
        self.machine.frames = (*outer, InLoop(loop))
        self._bind(generator.target, over.element(loop, loop.targets))
        for test in generator.ifs:
            self.machine.evaluate(test, self.scope)
        self.go(index + 1)
        self.machine.frames = outer
        if len(recorder.calls) == calls and recorder.loops and recorder.loops[-1] is loop:
            recorder.loops.pop()

    def _filtered(self, generator: ast.comprehension, index: int) -> None:
        for test in generator.ifs:
            held = truth_of(self.machine, self.machine.evaluate(test, self.scope))
            if held is False:
                return
            if held is None:
                self.certain = False
        self.go(index + 1)

    def _bind(self, target: ast.expr, value: Datum) -> None:
        if isinstance(target, ast.Name):
            self.scope.bind(target.id, value, self.machine.trail)
        elif isinstance(target, ast.Tuple | ast.List):
            sites: list[Site] = [(self.scope.source, one) for one in target.elts]
            items = elements_of(self.machine, value, len(sites), (self.scope.source, target), exact=True, sites=sites)
            for one, item in zip(target.elts, items, strict=False):
                self._bind(one, item)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, Opaque((self.scope.source, target)))


def evaluate_comprehension(machine: Machine, node: Comprehension, scope: Scope) -> Datum:
    elements: list[Datum] = []
    run = _Run(machine, node.generators, scope, lambda inner: elements.append(machine.evaluate(node.elt, inner)))
    run.go()
    site: Site = (scope.source, node)
    kind = {ast.SetComp: "set", ast.ListComp: "list"}.get(type(node), "generator")
    if run.certain and len(elements) <= 4 * MOST_ELEMENTS:
        return Sequence(
            "list" if kind == "generator" else kind, tuple(elements), site, kind != "set" or len(elements) < 2
        )
    made = machine.new_object((kind,), site)
    if elements:
        made.element = _any_of_many(elements[0]) if len(elements) == 1 else Opaque(site)
    if run.length is not None and kind != "set":
        made.properties["length"] = run.length
    return made


def _any_of_many(element: Datum) -> Datum:
    """Return what stands for each of many elements: of a list it is not known what is put into one of them later."""
    if isinstance(element, Sequence) and element.kind in ("list", "set"):
        return Sequence(element.kind, element.items, element.site, complete=False)
    return element


def evaluate_dict_comprehension(machine: Machine, node: ast.DictComp, scope: Scope) -> Datum:
    made = Mapping({}, (scope.source, node))

    def visit(inner: Scope) -> None:
        key = machine.evaluate(node.key, inner)
        value = machine.evaluate(node.value, inner)
        if isinstance(key, Scalar) and key.known:
            made.slots[key.plain] = value
            made.key_sites[key.plain] = key.site
        else:
            made.slots[MORE] = True

    run = _Run(machine, node.generators, scope, visit)
    run.go()
    if not run.certain:
        made.slots.clear()
        made.slots[MORE] = True
    return made
