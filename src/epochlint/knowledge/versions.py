"""Releases of packages: their order, what a specifier admits, and where a framework changes.

A subset of PEP 440: `>=`, `<=`, `<`, `>`, `==`, `==1.2.*`, `!=`, `~=`, joined by commas. Pre-releases are sorted before
their release and have no other special place: what a framework did in 4.52.0rc1 is decided by order alone. Local parts
(`+cu121`) do not count.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from epochlint.knowledge.catalogue import Framework, Versions

Key = tuple[int, tuple[int, ...], tuple[int, int], int, int]  # epoch, release, pre-release, post, dev
Clause = tuple[str, str]  # operator and release
Cut = tuple[Key, int, str]  # something changes before (0) or after (2) this release

_OPERATORS = ("===", "==", "~=", "!=", "<=", ">=", "<", ">")
_PRE = {"a": 1, "alpha": 1, "b": 2, "beta": 2, "c": 3, "rc": 3, "pre": 3, "preview": 3}
_NO_PRE = (9, 0)
_DEV_ONLY = (0, 0)
_LATE = 1 << 60
_LONGEST = 100  # characters: no real release number comes near
_MOST_KEYS = 4_096
_keys: dict[str, Key | None] = {}  # of texts that were read: the same few come over and over
_readable: dict[str, tuple[Clause, ...]] = {}  # of specifiers, likewise
_BEFORE_ALL = "0"


def is_release(text: str) -> bool:
    """Tell whether a text is a release number, such as `4.52.0rc1`."""
    return _key(text) is not None


def is_specifier(text: str) -> bool:
    """Tell whether every part of a specifier can be read; the empty one admits everything."""
    return all(_key(_stem(release)) is not None for _, release in _clauses(text))


def compare(left: str, right: str) -> int:
    """Return -1, 0 or 1. A text that is no release number comes before all that are."""
    one, other = _key(left), _key(right)
    if one is None or other is None:
        return (one is not None) - (other is not None)
    return (one > other) - (one < other)


def admits(specifier: str, version: str) -> bool:
    """Tell whether a specifier admits a release; a bare release (`4.52`) means `==`.

    A part of the specifier that cannot be read restricts nothing. What is no release number is admitted only where
    nothing is asked.
    """
    clauses = _readable.get(specifier)
    if clauses is None:
        clauses = tuple([clause for clause in _clauses(specifier) if _key(_stem(clause[1])) is not None])
        if len(_readable) < _MOST_KEYS:
            _readable[specifier] = clauses
    key = _key(version)
    return all(key is not None and _clause_admits(operator, release, key) for operator, release in clauses)


def cover_all(specifiers: Iterable[str]) -> bool:
    """Tell whether each release there can be is admitted by one of some specifiers."""
    texts = tuple(specifiers)
    cuts = {cut for text in texts for cut in _cuts(text)}
    return all(any(admits(text, release) for text in texts) for release in _representatives(cuts))


def boundaries(framework: Framework, package: str = "", pinned: str = "") -> tuple[str, ...]:
    """Return one release for each stretch of supported releases in which nothing in the framework's file changes.

    In ascending order; the newest release stands for the last stretch. `package` is the framework's own unless given.
    `pinned` is a specifier to which a user narrows the releases; if it admits none that is supported, what it admits is
    returned. Empty if the file names no release of the package and nothing is pinned.
    """
    package = package or framework.package
    supported, newest = _supported(framework, package)
    cuts = {*_own_cuts(framework, package), *_cuts(supported), *_cuts(pinned)}
    stretches = _representatives(cuts) if cuts else []
    admitted = [release for release in stretches if admits(pinned, release)]
    known = [
        release for release in admitted if admits(supported, release) and (not newest or compare(release, newest) < 0)
    ]
    if newest and admits(pinned, newest):
        if known and not _change_between(cuts, known[-1], newest):
            known.pop()
        known.append(newest)
    return tuple(known or admitted)


def _supported(framework: Framework, package: str) -> tuple[str, str]:
    """Return the specifier of the supported releases of a package, and the newest one."""
    if package == framework.package:
        return framework.supported, framework.newest
    for requirement in framework.requires:
        if requirement.package == package:
            return requirement.releases, requirement.newest
    return "", ""


def packages_of(framework: Framework) -> tuple[str, ...]:
    """Return the packages whose releases matter to a framework, its own first."""
    named = [package for versions in _versions_in(framework) for package, _ in versions]
    return tuple(dict.fromkeys(package for package in (framework.package, *named) if package))


def changes(framework: Framework, package: str, older: str, newer: str) -> tuple[str, ...]:
    """Return the releases after one and up to another at which something in the framework's file changes, ascending."""
    between = _representatives(_own_cuts(framework, package))
    return tuple(release for release in between if compare(older, release) < 0 <= compare(newer, release))


def known_releases(framework: Framework, package: str) -> str:
    """Return the specifier of the releases whose data are known; empty where the file does not tell."""
    supported, newest = _supported(framework, package)
    return ",".join(part for part in (supported, f"<={newest}" if newest else "") if part)


# --- release numbers -------------------------------------------------------------------------------------------------


def _key(text: str) -> Key | None:
    """Return what orders a release number, or None for a text that is none."""
    if text in _keys:
        return _keys[text]
    key = _read_key(text)
    if len(_keys) < _MOST_KEYS:
        _keys[text] = key
    return key


def _read_key(text: str) -> Key | None:
    text = text.strip().lower().partition("+")[0].removeprefix("v")
    if not text or len(text) > _LONGEST or not text.isascii():
        return None
    epoch, mark, rest = text.rpartition("!")
    if mark and not epoch.isdigit():
        return None
    words = _words(rest)
    release: list[int] = []
    while words and words[0].isdigit():
        release.append(int(words.pop(0)))
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    suffixes: dict[str, int] = {}
    while words:
        word = words.pop(0)
        kind = "pre" if word in _PRE else {"post": "post", "rev": "post", "r": "post", "dev": "dev"}.get(word, "")
        if not kind or kind in suffixes:
            return None
        number = int(words.pop(0)) if words and words[0].isdigit() else 0
        suffixes[kind] = number + (_LATE * _PRE[word] if kind == "pre" else 0)
    if not release:
        return None
    pre = divmod(suffixes["pre"], _LATE) if "pre" in suffixes else _NO_PRE
    if "dev" in suffixes and "pre" not in suffixes and "post" not in suffixes:
        pre = _DEV_ONLY
    return (int(epoch or 0), tuple(release), pre, suffixes.get("post", -1), suffixes.get("dev", _LATE))


def _words(text: str) -> list[str]:
    """Split `4.52.0rc1` into digits and letters; a character that has no place in a release is a word of its own."""
    words: list[str] = []
    fresh = True
    for character in text:
        if character in "._-":
            fresh = True
            continue
        if not fresh and words[-1].isdigit() == character.isdigit() and character.isalnum():
            words[-1] += character
        else:
            words.append(character)
        fresh = False
    return words


def _clauses(specifier: str) -> Iterator[Clause]:
    for part in specifier.split(","):
        part = part.strip()
        if part:
            operator = next((one for one in _OPERATORS if part.startswith(one)), "")
            yield operator or "==", part[len(operator) :].strip()


def _stem(release: str) -> str:
    return release.removesuffix(".*")


def _clause_admits(operator: str, release: str, key: Key) -> bool:
    bound = _key(_stem(release))
    assert bound is not None, "unreadable clauses are left out before"
    if operator in ("==", "===", "!="):
        equal = _has_prefix(key, _stem(release)) if release.endswith(".*") else key == bound
        return equal == (operator != "!=")
    if operator == "~=":
        return key >= bound and _has_prefix(key, _without_last(release))
    if operator == ">=":
        return key >= bound
    if operator == "<=":
        return key <= bound
    return key > bound if operator == ">" else key < bound


def _numbers(release: str) -> list[int]:
    numbers = []
    for word in _words(release.strip().lower().removeprefix("v").rpartition("!")[2]):
        if not word.isdigit():
            break
        numbers.append(int(word))
    return numbers


def _has_prefix(key: Key, prefix: str) -> bool:
    numbers = _numbers(prefix)
    padded = [*key[1], *([0] * len(numbers))]
    return padded[: len(numbers)] == numbers


def _without_last(release: str) -> str:
    return ".".join(str(number) for number in (_numbers(release)[:-1] or _numbers(release)))


def _after_prefix(prefix: str) -> str:
    numbers = _numbers(prefix)
    return ".".join(str(number) for number in (*numbers[:-1], numbers[-1] + 1))


# --- where something changes -----------------------------------------------------------------------------------------


def _own_cuts(framework: Framework, package: str) -> set[Cut]:
    """Return where the data of a framework change; many came with the same release, and each specifier is read once."""
    specifiers = {text for versions in set(_versions_in(framework)) for name, text in versions if name == package}
    return {cut for text in specifiers for cut in _cuts(text)}


def _cuts(specifier: str) -> Iterator[Cut]:
    """Yield the releases before or after which a specifier's answer may change."""
    for operator, release in _clauses(specifier):
        stem = _stem(release)
        key = _key(stem)
        if key is None:
            continue
        if release.endswith(".*") or operator == "~=":
            end = _after_prefix(stem if release.endswith(".*") else _without_last(release))
            end_key = _key(end)
            yield (key, 0, stem)
            if end_key is not None:
                yield (end_key, 0, end)
            continue
        if operator not in ("<=", ">"):
            yield (key, 0, stem)
        if operator not in ("<", ">="):
            yield (key, 2, stem)


def _representatives(cuts: Iterable[Cut]) -> list[str]:
    """Return one release from each stretch between cuts, in ascending order."""
    releases = [_BEFORE_ALL]
    ordered = sorted({(key, side): (key, side, text) for key, side, text in cuts}.values())
    for index, (_, side, text) in enumerate(ordered):
        following = ordered[index + 1][0] if index + 1 < len(ordered) else None
        releases.append(text if side == 0 else _just_after(text, following))
    return releases


def _just_after(release: str, following: Key | None) -> str:
    """Return a release after the given one and before the next change: 4.52.1, or 4.52.0.1 if 4.52.1 is that change."""
    base = ".".join(str(number) for number in _numbers(release))
    while True:
        candidate = f"{base}.1"
        key = _key(candidate)
        if key is None or following is None or key < following:
            return candidate
        base += ".0"


def _change_between(cuts: Iterable[Cut], older: str, newer: str) -> bool:
    low, high = _key(older), _key(newer)
    return low is None or high is None or any((low, 1) < (key, side) < (high, 1) for key, side, _ in cuts)


def _versions_in(framework: Framework) -> Iterator[Versions]:
    for group in (
        framework.options, framework.let, framework.plan, framework.overrides, framework.ignored, framework.refusals,
        framework.events, framework.schedules,
    ):  # fmt: skip
        yield from (entry.versions for entry in group)
    for component in framework.components:
        for part in (component.options, component.events, component.refusals, component.ignored):
            yield from (entry.versions for entry in part)
