"""The training settings that a script or notebook declares, known by their names.

Names are the weakest evidence: what is found here is listed by `plan` and never reaches a rule.
"""

from __future__ import annotations

import _ast as ast

from epochlint.declared.commands import settings_of_commands
from epochlint.declared.meaning import Meaning
from epochlint.declared.numbers import Numbers, last_part
from epochlint.declared.rhythms import intervals, is_aside, rounds, walk
from epochlint.declared.setting import Declared
from epochlint.declared.sites import Site, Sites
from epochlint.declared.words import spelled
from epochlint.records import replace
from epochlint.scripts.sites import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from epochlint.places import Place
    from epochlint.sources.documents import Document

_DECLARED = ("option", "field", "parameter")
_ASSIGNED = ("constant", "attribute", "item", "field")


def declared_in_script(document: Document, vocabulary: dict[str, Any]) -> tuple[Declared, ...]:
    """Return what a document declares, in the order of the file, nothing twice."""
    if document.tree is None or not vocabulary:
        return ()
    found = [*_File(document, vocabulary).settings()]
    found.sort(key=lambda one: (one.place.cell or 0, one.place.line, one.place.column))
    unique = {(one.quantity, one.value, one.place.cell, one.place.line): one for one in reversed(found)}
    return tuple(reversed(unique.values()))


class _File:
    def __init__(self, document: Document, vocabulary: dict[str, Any]) -> None:
        assert document.tree is not None
        self._document = document
        self._vocabulary = vocabulary
        self._source = Source(document, "")
        self._nodes = list(walk(document.tree))
        self._numbers = Numbers(self._nodes)
        self._meaning = Meaning(vocabulary, _words(self._nodes), _modules(self._nodes))
        self._siblings: dict[int, frozenset[str]] = {}

    def settings(self) -> Iterator[Declared]:
        assert self._document.tree is not None
        sites = list(Sites(self._vocabulary).of(self._document.tree))
        groups: dict[int, set[str]] = {}
        for site in sites:
            name, flag = spelled(site.name), site.value.value if isinstance(site.value, ast.Constant) else None
            groups.setdefault(site.group, set()).update(
                [name, f"{name}={str(flag).lower()}"][: 1 + isinstance(flag, bool)]
            )
        for site in sites:
            yield from self._setting(site, frozenset(groups[site.group]))
        if self._meaning.trains:
            yield from self._unnamed()
        yield from settings_of_commands(self._document, self._meaning)

    def _setting(self, site: Site, siblings: frozenset[str]) -> Iterator[Declared]:
        if isinstance(site.value, ast.Constant) and isinstance(site.value.value, str):
            timed = self._meaning.duration(site.named, site.value.value)
            if timed is not None:
                yield self._declared(site, *timed)
            return
        value = self._numbers.value(site.value)
        counted = site.how in _ASSIGNED and spelled(site.name) in self._numbers.counters
        if value is None or counted:
            return
        quantity = self._meaning.quantity(site.named, self._said(site), siblings)
        quantity = quantity and self._meaning.number(quantity, value, site.how)
        if not quantity:
            return
        if isinstance(site.value, ast.Name):
            known = self._meaning.knows(site.value.id)
            if known == quantity or (known and site.how not in _ASSIGNED):
                return  # passed on: it is told where it is set
            if not known:
                written = self._numbers.assigned(site.value.id)
                if written is not None:
                    site = replace(site, name=site.value.id, value=written, start=written, end=written, how="constant")
        yield self._declared(site, quantity, value)

    def _declared(self, site: Site, quantity: str, value: int | float) -> Declared:
        plain = isinstance(site.value, ast.Constant)
        origin = "declared-default" if site.how in _DECLARED else "literal" if plain else "computed"
        text = "" if plain or site.value is None else self._source.text(site.value)
        place = _from_to(self._source.place(site.start), self._source.place(site.end))
        return Declared(quantity, site.name, value, text, place, origin, site.how)

    def _said(self, site: Site) -> str:
        """Return what is said of a setting: its help text, its docstring, the comment behind it."""
        line = self._source.line(getattr(site.end, "end_lineno", 0) or 0)
        comment = line[getattr(site.end, "end_col_offset", 0) or 0 :].partition("#")[2]
        return f"{site.said} {comment}".lower()

    def _unnamed(self) -> Iterator[Declared]:
        aside = self._inside([node for node in self._nodes if isinstance(node, ast.With) and is_aside(node)])
        nested = self._inside([node for node in self._nodes if isinstance(node, ast.For | ast.While)])
        for node in self._nodes:
            if id(node) in aside:
                continue
            if isinstance(node, ast.If):
                for quantity, number in intervals(node, self._vocabulary):
                    value = self._numbers.value(number)
                    if value is not None and value > 1:
                        place = self._source.place(number)
                        yield Declared(quantity, "", value, self._source.text(node.test), place, "literal", "condition")
            elif isinstance(node, ast.For) and (
                found := rounds(node, id(node) in nested, self._numbers, self._vocabulary)
            ):
                quantity, stop, value = found
                origin = "literal" if isinstance(stop, ast.Constant) else "computed"
                text = self._source.text(node.iter)
                yield Declared(quantity, "", value, text, self._source.place(stop), origin, "loop")

    def _inside(self, nodes: list[ast.With] | list[ast.For | ast.While]) -> set[int]:
        """Return the identities of everything in these blocks, the blocks themselves not included."""
        return {id(below) for node in nodes for statement in node.body for below in walk(statement)}


def _from_to(start: Place, end: Place) -> Place:
    return replace(start, end_line=end.end_line, end_column=end.end_column) if end.end_line >= start.line else start


def _words(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that the code of a file uses, as they are compared."""
    words: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Name | ast.Attribute | ast.Call):
            words.add(last_part(node))
        elif isinstance(node, ast.keyword | ast.arg):
            words.add(spelled(node.arg or ""))
        elif isinstance(node, ast.alias):
            words.update(spelled(node.name).split("."))
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            words.add(spelled(node.name))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 40:
            words.add(spelled(node.value).rpartition(".")[2])
    return words


def _modules(nodes: Iterable[ast.AST]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found
