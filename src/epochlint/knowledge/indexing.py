"""Making the tables of the index (see `index`) from the records of a catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from epochlint.knowledge.versions import packages_of
from epochlint.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from epochlint.knowledge.catalogue import Framework, Option, Signature
    from epochlint.knowledge.loading import Everything
    from epochlint.knowledge.rule import Rule

_SCRIPT_KINDS = ("python", "notebook")
_CONFIG_KINDS = ("yaml", "json", "toml")

Groups = dict[str, dict[str, set[str]]]  # kind of document: first word: words of which one must be there too


def tables(everything: Everything) -> dict[str, Any]:
    """Return the tables of the index, as plain data."""
    frameworks = everything.frameworks
    return {
        "calls": _calls(frameworks),
        "keys": _keys(frameworks),
        "options": _many((name, one.name) for one in frameworks for option in one.options for name in _names(option)),
        "packages": tuple(dict.fromkeys(package for one in frameworks for package in packages_of(one))),
        "loops": tuple(one.name for one in frameworks if any(signature.loop for signature in one.signatures)),
        "readers": _number_readers(everything),
        "schedules": _by_last((call, one.name) for one in everything.schedules for call in one.calls),
        "apis": _apis(everything),
        "aliases": {prefix: meaning for library in everything.libraries for prefix, meaning in library.aliases},
        "rules": tuple(_rule_entry(rule, page.family) for rule, page in everything.rules),
        "words": _words(everything),
        "names": {
            "framework": tuple(one.name for one in frameworks),
            "schedule": tuple(one.name for one in everything.schedules),
            "api": tuple(one.name for one in everything.libraries),
            "launcher": tuple(one.name for one in everything.launchers),
            "rule": tuple(rule.name for rule, _ in everything.rules),
        },
    }


def with_descendants(rule: Rule, ancestors: dict[str, tuple[str, ...]]) -> Rule:
    """Let a rule for some frameworks hold for those that extend them too."""
    if not rule.frameworks:
        return rule
    more = [name for name, above in ancestors.items() if any(one in above for one in rule.frameworks)]
    return replace(rule, frameworks=tuple(dict.fromkeys((*rule.frameworks, *more))))


def _names(option: Option) -> tuple[str, ...]:
    return (option.name, option.name.rpartition(".")[2], *option.aliases)


def _many(pairs: Iterable[tuple[str, Any]]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, dict[Any, None]] = {}
    for key, value in pairs:
        found.setdefault(key, {})[value] = None
    return {key: tuple(values) for key, values in found.items()}


def _by_last(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return last part of a dotted name: (root package, what it belongs to)."""
    return _many((dotted.rpartition(".")[2], (dotted.partition(".")[0], name)) for dotted, name in pairs)


def _calls(frameworks: list[Framework]) -> dict[str, tuple[tuple[str, str], ...]]:
    pairs = []
    for one in frameworks:
        for call in (call for signature in one.signatures for call in signature.calls):
            pairs.append((call, one.name))
            # A call by another name of the package: `tensorflow.keras.Model.fit` for `keras.Model.fit`.
            for prefix, meaning in one.aliases:
                if call == meaning or call.startswith(meaning + "."):
                    pairs.append((prefix + call[len(meaning) :], one.name))
    return _by_last(pairs)


def _keys(frameworks: list[Framework]) -> dict[str, tuple[str, ...]]:
    """Return top-level key: frameworks. A signature that needs several keys is found by the least common one."""
    signatures = [(one.name, signature) for one in frameworks for signature in one.signatures]
    uses: dict[str, int] = {}
    for _, signature in signatures:
        for key in {_top(key) for key in (*signature.keys_all, *signature.keys_any)}:
            uses[key] = uses.get(key, 0) + 1
    pairs: list[tuple[str, str]] = []
    for name, signature in signatures:
        needed = [_top(key) for key in signature.keys_all]
        telling = [min(needed, key=lambda key: uses[key])] if needed else [_top(key) for key in signature.keys_any]
        telling += [program.partition(" ")[0] for program in signature.programs]
        pairs.extend((key, name) for key in telling)
    return _many(pairs)


def _top(key: str) -> str:
    return key.partition(".")[0]


def _apis(everything: Everything) -> dict[str, tuple[tuple[str, str, str], ...]]:
    return _many(
        (api.name.rpartition(".")[2], (api.name, library.name, api.role))
        for library in everything.libraries
        for api in library.apis
    )


def _number_readers(everything: Everything) -> tuple[str, ...]:
    apis = (api for library in everything.libraries for api in library.apis)
    return tuple(
        dict.fromkeys(api.name.partition(".")[0] for api in apis if any(one == "coerces" for one, _ in api.gives))
    )


def _rule_entry(rule: Rule, family: str) -> tuple[Any, ...]:
    return (rule.code, rule.name, family, rule.about, rule.frameworks, tuple(sorted(rule.needs)), rule.aliases)


# --- words without which a file does not concern us ------------------------------------------------------------------


def _words(everything: Everything) -> dict[str, tuple[tuple[bytes, tuple[bytes, ...]], ...]]:
    groups: Groups = {}
    for framework in everything.frameworks:
        for signature in framework.signatures:
            for kind, first, other in _words_of_signature(framework, signature):
                groups.setdefault(kind, {}).setdefault(first, set()).add(other)
    for call in (*(call for one in everything.schedules for call in one.calls), *_telling_apis(everything)):
        for kind in _SCRIPT_KINDS:
            groups.setdefault(kind, {}).setdefault(call.rpartition(".")[2], set()).add("")
    for rule, _ in everything.rules:
        for word, others in rule.words:
            for kind in (*_SCRIPT_KINDS, *_CONFIG_KINDS) if rule.about == "configuration" else _SCRIPT_KINDS:
                groups.setdefault(kind, {}).setdefault(word, set()).update(others)
    for launcher in everything.launchers:
        for command in launcher.commands:
            groups.setdefault("shell", {}).setdefault(command.split()[-1], set()).add("")
    return {kind: _without_needless(firsts) for kind, firsts in groups.items()}


def _words_of_signature(framework: Framework, signature: Signature) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, word, second word or nothing): a file that has no such pair cannot match the signature."""
    pairs = [(word, "") for word in signature.words] or list(_words_of_calls(framework, signature))
    for kind in (signature.kinds if signature.keys_all and signature.words else None) or _SCRIPT_KINDS:
        yield from ((kind, word, other) for word, other in pairs)
    needed = signature.keys_all or signature.keys_any
    for key in [max(needed, key=len)] if signature.keys_all else needed:
        for kind in signature.kinds or (() if signature.programs else _CONFIG_KINDS):
            word = max(key.split("."), key=len)
            yield kind, word, ""
            if kind == "shell":
                yield kind, word.replace("_", "-"), ""
    for program in signature.programs:
        yield from ((kind, program.partition(" ")[0], "") for kind in ("shell", "notebook"))


def _words_of_calls(framework: Framework, signature: Signature) -> Iterator[tuple[str, str]]:
    for call in signature.calls:
        parts = call.split(".")
        method = len(parts) > 2 and parts[-2][:1].isupper()
        if method or not parts[-1][:1].isupper():
            # Methods and functions have everyday names: their package or a telling argument must be there too.
            for other in _packages(framework, parts[0]) | set(signature.arguments_any):
                yield parts[-1], other
        else:
            yield parts[-1], ""
    if not signature.calls and not signature.keys_all and not signature.keys_any:
        yield from ((package, "") for package in signature.imports_any)


def _packages(framework: Framework, root: str) -> set[str]:
    aliases = {prefix.partition(".")[0] for prefix, meaning in framework.aliases if meaning.partition(".")[0] == root}
    return {root, *aliases}


def _telling_apis(everything: Everything) -> Iterator[str]:
    """Yield APIs that say something about training even where no framework is in sight."""
    for library in everything.libraries:
        for api in library.apis:
            last = api.name.rpartition(".")[2]
            if last[:1].isupper() and (api.role in ("loader", "optimizer", "scheduler") or _has_units(api.parameters)):
                yield api.name


def _has_units(parameters: Iterable[Any]) -> bool:
    return any(parameter.unit is not None for parameter in parameters)


def _without_needless(firsts: dict[str, set[str]]) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
    """Leave out words that contain another word which is enough by itself."""
    enough = {word for word, others in firsts.items() if "" in others}
    enough = {word for word in enough if not any(other != word and other in word for other in enough)}
    found: list[tuple[bytes, tuple[bytes, ...]]] = []
    for word, others in firsts.items():
        if word in enough:
            found.append((word.encode(), ()))
        elif not any(one in word for one in enough):
            rest = sorted(other for other in others if other)
            found.append((word.encode(), tuple(other.encode() for other in rest)))
    return tuple(sorted(found))
