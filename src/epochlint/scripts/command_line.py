"""What a launch command gives a script: its words, as the values of the options that the script declares."""

from __future__ import annotations

from epochlint.scripts.containers import Sequence
from epochlint.scripts.things import Datum, Opaque, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.sites import Site
    from epochlint.sources.documents import Word

LAUNCHER = "launcher"  # the origin of values that a command gives
_NUMBERS = {"int": int, "float": float}


class CommandLine:
    """The options of one command by their names as written (`--batch-size`, `-b`); the last of a name counts."""

    def __init__(self, words: tuple[Word, ...]) -> None:
        self.words = words
        self.leading: tuple[Word, ...] = ()  # the words before the first option
        self._given: dict[str, tuple[Word, tuple[Word, ...]]] = {}
        name = ""
        for word in words:
            if _is_flag(word.text):
                name, equals, value = word.text.partition("=")
                self._given[name] = (word, (_part(word, value),) if equals else ())
            elif name:
                flag, values = self._given[name]
                self._given[name] = (flag, (*values, word))
            else:
                self.leading = (*self.leading, word)

    def value(
        self, flags: tuple[str, ...], kind: str = "", action: str = "store", several: bool = False
    ) -> Datum | None:
        """Return what the command gives an option, read as its type; None if it does not give it."""
        found = next((self._given[flag] for flag in flags if flag in self._given), None)
        if found is None:
            return None
        flag, values = found
        if kind == "literal" and action == "store" and not values:
            return constant(True, flag.place, LAUNCHER)
        if action in ("store_true", "store_false"):
            return constant(action == "store_true", flag.place, LAUNCHER)
        if action != "store" or (not values and not several):
            return Opaque(flag.place, f"{flag.text} may give anything")
        items = tuple(_read(word, kind) for word in values)
        return Sequence("list", items, flag.place) if several else items[0]

    def named(self, name: str) -> Datum | None:
        """Return what the command gives a parameter or field, whose option is spelled with either dash; `--no-name`
        says no."""
        for spelled in dict.fromkeys((name, name.replace("_", "-"))):
            value = self.value((f"--{spelled}",), "literal")
            if value is not None:
                return value
            head, dot, last = spelled.rpartition(".")
            for no in ("no-", "no_", "no"):
                denied = self._given.get(f"--{head}{dot}{no}{last}")
                if denied is not None and not denied[1]:
                    return constant(False, denied[0].place, LAUNCHER)
        return None

    def as_list(self, script: str, site: Site) -> Datum:
        """Return the words as Python's `sys.argv` has them."""
        return Sequence("list", (constant(script, site), *(_read(word, "") for word in self.words)), site)

    def read(self, word: Word) -> Datum:
        """Return a word as the value of a parameter whose type is that of an annotation, or is guessed."""
        return _read(word, "literal")


def _is_flag(text: str) -> bool:
    return text.startswith("-") and not text[1:2].isdigit() and text[1:2] not in ("", ".")


def _part(word: Word, value: str) -> Word:
    from epochlint.records import replace

    return replace(word, text=value)


def _read(word: Word, kind: str) -> Datum:
    """Return a word as argparse would convert it; what a function of the script makes of it is not known."""
    if not word.known:
        return Opaque(word.place, word.why_unknown)
    made = _converted(word.text, kind)
    if made is None:
        return Opaque(word.place, f"what is made of {word.text} is not known")
    value = constant(made, word.place, LAUNCHER)
    value.overridable = word.overridable
    return value


def _converted(text: str, kind: str) -> str | int | float | bool | None:
    if kind in ("", "str"):
        return text
    if kind == "bool":
        return bool(text)
    if kind == "literal":
        return _literal(text)
    try:
        return _NUMBERS[kind](text) if kind in _NUMBERS else None
    except ValueError:
        return None


def _literal(text: str) -> str | int | float | bool:
    """Read a word whose type is that of an annotation: a number or a truth value where it looks like one."""
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text.lower(), text)
