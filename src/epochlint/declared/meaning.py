"""What a name means: the vocabulary, read together with what stands around the name and what is said of it."""

from __future__ import annotations

import re

from epochlint.declared.setting import GIVEN
from epochlint.declared.words import spelled, words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from epochlint.declared.setting import Named

_DURATION = re.compile(r"(\d+(?:\.\d+)?)([a-z]+)\Z")
_ASSIGNED = ("constant", "attribute", "item")


class Meaning:
    """Tells the quantity of names in one file, which trains or not."""

    def __init__(self, vocabulary: dict[str, Any], words: Iterable[str], modules: Iterable[str]) -> None:
        self._names: dict[str, tuple[str, str]] = vocabulary["names"]
        self._more = vocabulary
        self.trains = not self._list("training").isdisjoint(words)
        evaluates = not self.trains and not self._list("evaluating").isdisjoint(words)
        self._of_any_job = self._list("beside_training") if evaluates else frozenset()
        self._over_all = not self._list("global_with").isdisjoint(modules)

    def quantity(self, site: Named, said: str, siblings: frozenset[str]) -> str:
        """Return the quantity of what is declared at a place; empty if it is none."""
        name = spelled(site.name).rpartition(".")[2]
        quantity, level = self._names.get(name, ("", "likely"))
        if not quantity and name in self._more.get("beside", {}):
            quantity, level = self._beside(name, siblings), "likely"
        if not siblings.isdisjoint(self._more.get("not_beside", {}).get(name, ())):
            return ""
        meant, quantity = quantity, self._within(name, quantity, level, site, siblings)
        sure = level == "sure" and quantity not in self._of_any_job
        if not quantity or not (sure or self.trains):
            return ""
        if level == "weak" and (site.how == "argument" or (site.how == "parameter" and quantity != meant)):
            return ""
        if level != "sure":
            quantity = self._worded(quantity, said)
        return self._whole_step(quantity, name, said, siblings)

    def knows(self, name: str) -> str:
        """Return what a name means by itself."""
        return self._names.get(spelled(name), ("", ""))[0]

    def option(self, name: str) -> str:
        """Return what the option of a training command means."""
        return self._names.get(spelled(name).rpartition(".")[2], ("", ""))[0]

    def number(self, quantity: str, value: float, how: str) -> str:
        """Return the quantity that a number of this size can be; empty if it cannot be meant."""
        if 0 < value < 1:
            quantity = self._more.get("fractions", {}).get(quantity, quantity)
        if value % 1 and quantity not in self._list("fractional"):
            return ""
        if value == 0 and quantity in self._list("above_zero"):
            return ""
        if value < 0 and how in _ASSIGNED:
            return ""
        if value == 0 and how in _ASSIGNED and quantity not in self._list("from_zero"):
            return ""
        return quantity

    def duration(self, site: Named, text: str) -> tuple[str, int | float] | None:
        """Return quantity and number of a text such as 10ep."""
        about = self._more.get("durations", {})
        found = _DURATION.match(text)
        unit = about.get("units", {}).get(found[2]) if found else None
        if found is None or unit is None:
            return None
        open_ended = spelled(site.name) in about.get("names", ())
        quantity = unit if open_ended else self.quantity(site, "", frozenset())
        return (quantity, float(found[1]) if "." in found[1] else int(found[1])) if quantity else None

    # --- what is around a name --------------------------------------------------------------------------------------

    def _beside(self, name: str, siblings: frozenset[str]) -> str:
        about = self._more["beside"][name]
        words = {word for one in siblings for word in one.split("_")}
        return about["quantity"] if not words.isdisjoint(about["words"]) else ""

    def _within(self, name: str, quantity: str, level: str, site: Named, siblings: frozenset[str]) -> str:
        """Return what the names around a name make of it; the nearest that has a say counts."""
        flags = [f"{name} {flag}" for flag in sorted(siblings) if "=" in flag]
        for around in site.around:
            words = words_of(around.removeprefix(GIVEN))
            for change in self._more.get("within", ()):
                if words.isdisjoint(change["words"]):
                    continue
                changed = change.get("names", {})
                meant = next((changed[one] for one in (*flags, name, quantity) if one in changed), None)
                drops = change.get("drops", ())
                if meant is not None or (not changed and not drops):
                    return str(meant or quantity)
                if _drops(drops, quantity, level, around):
                    return ""
        return quantity

    def _worded(self, quantity: str, said: str) -> str:
        """Return what the description of a setting makes of it."""
        for change in self._more.get("wording", ()):
            if any(words in said for words in change["words"]):
                if change.get("drops") == "all":
                    return ""
                changed = change.get("names", {})
                if quantity in changed:
                    return str(changed[quantity])
        return quantity

    def _whole_step(self, quantity: str, name: str, said: str, siblings: frozenset[str]) -> str:
        """Tell the batch of a whole step from the one of a device: beside the latter, the other name is the whole."""
        whole = self._over_all or not siblings.isdisjoint(self._list("global_beside"))
        plain = quantity == "micro_batch_size" and name not in self._list("global_beside")
        return "global_batch_size" if plain and whole and not self._says_micro(said) else quantity

    def _says_micro(self, said: str) -> bool:
        first: dict[str, Any] = next(iter(self._more.get("wording", ())), {})
        return any(words in said for words in first.get("words", ()))

    def _list(self, key: str) -> frozenset[str]:
        return frozenset(self._more.get(key, ()))


def _drops(drops: str | list[str], quantity: str, level: str, around: str) -> bool:
    """Tell whether a change drops a name; what a call is given says too little to drop what it is about."""
    if drops == "all":
        return level != "sure" and not around.startswith(GIVEN)
    return level == "weak" if drops == "weak" else quantity in drops
