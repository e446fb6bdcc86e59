"""Which rules run: chosen by name, code, family, pattern or `all`, in options and in comments alike."""

from __future__ import annotations

from epochlint.errors import UsageError, did_you_mean
from epochlint.findings.own_rules import FAMILY, OWN_RULES
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from epochlint.knowledge.index import RuleEntry

    Given = tuple[str, str]

EXACT, FAMILY_WIDE, EVERYTHING = 3, 2, 1
DIGITS = "0123456789"


@record
class Choice:
    """The rules that a selector means. `weight` says how exactly: a name beats a family, a family `all`."""

    names: frozenset[str]
    weight: int


class RuleBook:
    """All rules by the words that may stand for them: those of the catalogue, and those about the linter itself."""

    def __init__(self, rules: Iterable[RuleEntry]) -> None:
        self._codes: dict[str, str] = {rule.code.lower(): rule.name for rule in OWN_RULES}
        self._families: dict[str, set[str]] = {FAMILY: {rule.name for rule in OWN_RULES}}
        self._aliases: dict[str, str] = {}
        for entry in rules:
            self._codes[entry.code.lower()] = entry.name
            self._families.setdefault(entry.family, set()).add(entry.name)
            self._aliases.update(dict.fromkeys(entry.aliases, entry.name))
        self.names = frozenset(self._codes.values())

    def choice(self, selector: str) -> Choice | None:
        """Return what a selector means; None if it means nothing."""
        word = selector.strip().lower()
        if word == "all":
            return Choice(self.names, EVERYTHING)
        name = self._codes.get(word) or self._aliases.get(word) or word
        if name in self.names:
            return Choice(frozenset({name}), EXACT)
        if word in self._families and word:
            return Choice(frozenset(self._families[word]), FAMILY_WIDE)
        if any(character in word for character in "*?["):
            return self._matching(word)
        if self._begins_codes(word):
            names = frozenset(name for code, name in self._codes.items() if code.startswith(word))
            return Choice(names, FAMILY_WIDE) if names else None
        return None

    def _begins_codes(self, word: str) -> bool:
        """Tell whether a word may be the beginning of a code: letters and a digit, or a pack's letters."""
        letters = word.rstrip(DIGITS)
        if not letters.isalpha() or len(letters) < 2:
            return False
        ours = OWN_RULES[0].code.lower().rstrip(DIGITS)
        return letters != word or (word != ours and any(code.rstrip(DIGITS) == word for code in self._codes))

    def _matching(self, pattern: str) -> Choice | None:
        from fnmatch import fnmatchcase

        names = frozenset(
            name for code, name in self._codes.items() if fnmatchcase(name, pattern) or fnmatchcase(code, pattern)
        )
        return Choice(names, FAMILY_WIDE) if names else None

    def suggestion(self, selector: str) -> str:
        """Return ` (did you mean …?)` for a selector that means nothing, or nothing if no word is close."""
        return did_you_mean(selector, (*self.names, *self._families, *(code.upper() for code in self._codes)))

    def selected(
        self, select: tuple[Given, ...] | None = None, extend: tuple[Given, ...] = (), ignore: tuple[Given, ...] = ()
    ) -> frozenset[str]:
        """Return the names of the rules that run. Without `select` these are all rules.

        Where a rule is both chosen and ignored the more exact of the two words counts, and `ignore` if both are
        alike: so `--select EL2 --ignore EL201` and `--ignore EL2 --select EL201` both mean what they say. Raises
        UsageError about a word that means nothing.
        """
        chosen: dict[str, int] = dict.fromkeys(self.names, 0) if select is None else {}
        for word in (*(select or ()), *extend):
            _raise_weights(chosen, self._demand(word))
        ignored: dict[str, int] = {}
        for word in ignore:
            _raise_weights(ignored, self._demand(word))
        return frozenset(name for name, weight in chosen.items() if weight > ignored.get(name, -1))

    def meant_by(self, words: tuple[Given, ...]) -> frozenset[str]:
        """Return the names of all rules that any of the words means; UsageError about one that means nothing."""
        return frozenset[str]().union(*(self._demand(word).names for word in words))

    def _demand(self, given: Given) -> Choice:
        word, origin = given
        choice = self.choice(word)
        if choice is None:
            raise UsageError(f"{origin}: there is no rule {word!r}{self.suggestion(word)}; `epochlint rules` lists all")
        return choice


def _raise_weights(weights: dict[str, int], choice: Choice) -> None:
    for name in choice.names:
        weights[name] = max(weights.get(name, 0), choice.weight)
