"""The options of a command as a view: `--epochs 3`, `--epochs=3`, `epochs=3`, `--betas 0.9 0.95`."""

from __future__ import annotations

from epochlint.dialects.views import View, Written
from epochlint.expressions.values import UNKNOWN, Known, Unknown, Value
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.expressions.values import Scalar
    from epochlint.places import Place
    from epochlint.sources.documents import Word

_WORDS = {"true": True, "false": False, "none": None, "null": None}


@record
class Flag:
    """One option of a command: the word that names it and the words that are its values."""

    name: str
    word: Word
    values: tuple[Word, ...] = ()
    assigned: bool = False  # written as `name=value`, where the words for None and for lists are read as such


def flags_in(words: tuple[Word, ...]) -> tuple[tuple[Flag, ...], bool]:
    """Return the options among words, in their order, and whether every word was understood.

    A word that cannot be read may stand for any option. Names have underscores, as in the program.
    """
    flags: list[Flag] = []
    complete = True
    is_open = False  # whether words without dashes belong to the last flag
    for word in words:
        text = word.text
        name, equals, value = text.lstrip("-").partition("=")
        if text.startswith("--") and name:
            values = (_part(word, value),) if equals else ()
            flags.append(Flag(_named(name), word, values))
            is_open = not equals
        elif (
            equals and not text.startswith("-") and name.replace(".", "_").replace("-", "_").lstrip("+~").isidentifier()
        ):
            flags.append(Flag(_named(name.lstrip("+~")), word, (_part(word, value),), assigned=True))
            is_open = False
        elif is_open:
            last = flags.pop()
            flags.append(Flag(last.name, last.word, (*last.values, word)))
        else:
            complete = complete and word.known
    return tuple(flags), complete


def _named(name: str) -> str:
    return name.replace("-", "_")


def _part(word: Word, value: str) -> Word:
    from epochlint.records import replace

    return replace(word, text=value)


class CommandView(View):
    """A command as the anchor of a run: its options are the parts; of an option given twice the last one counts."""

    def __init__(self, words: tuple[Word, ...], place: Place) -> None:
        flags, self._complete = flags_in(words)
        self._flags = {flag.name: flag for flag in flags}
        self.place = place

    def part(self, name: str) -> View | None:
        flag = self._flags.get(name)
        if flag is not None:
            return FlagView(flag)
        inside = {key[len(name) + 1 :]: flag for key, flag in self._flags.items() if key.startswith(name + ".")}
        return _Section(inside, self._complete, self.place) if inside else None

    def names(self) -> tuple[str, ...]:
        return tuple(self._flags)

    def elements(self) -> tuple[View, ...] | None:
        return None

    def written(self) -> Written:
        return Written(UNKNOWN, self.place, self.place, "command", "", False, None)

    @property
    def complete(self) -> bool:
        return self._complete


class _Section(CommandView):
    """The options of a command under one name: of `trainer.max_epochs=3`, `trainer` has `max_epochs`."""

    def __init__(self, flags: dict[str, Flag], complete: bool, place: Place) -> None:
        self._flags = flags
        self._complete = complete
        first = next(iter(flags.values())).word
        self.place = first.given_at or first.place or place


class FlagView(View):
    """The value of one option."""

    def __init__(self, flag: Flag) -> None:
        self.flag = flag
        self.place = flag.word.given_at or flag.word.place

    def part(self, name: str) -> View | None:  # noqa: ARG002 - a word has no parts
        return None

    def names(self) -> tuple[str, ...]:
        return ()

    def elements(self) -> tuple[View, ...] | None:
        return None

    def written(self) -> Written:
        values = self.flag.values
        if not values:
            return Written(Known(True), self.place, self.place, "command", "", False, None)
        text = " ".join(word.text for word in values)
        overridable = any(word.overridable for word in values)
        return Written(value_of(self.flag), values[0].place, self.place, "command", text, overridable, None)


def value_of(flag: Flag) -> Value:
    """Return the value of an option: a switch is True, several words are a list."""
    unknown = next((word for word in flag.values if not word.known), None)
    if unknown is not None:
        return Unknown(unknown.why_unknown)
    if not flag.values:
        return Known(True)
    found = tuple(_scalar(word.text, flag.assigned) for word in flag.values)
    if len(found) > 1:
        return Known(found)
    listed = _listed(flag.values[0].text) if flag.assigned else None
    return Known(found[0] if listed is None else listed)


def _listed(text: str) -> tuple[Scalar, ...] | None:
    """Return the items of a list of plain values in brackets, `[0,1]`; None for any other text."""
    if text[:1] + text[-1:] not in ("[]", "()"):
        return None
    items = [item.strip().strip("'\"") for item in text[1:-1].split(",") if item.strip()]
    return None if any("[" in item or "(" in item for item in items) else tuple(_scalar(item, True) for item in items)


def _scalar(text: str, python: bool) -> Scalar:
    """Read a word as a number or a truth value where it is one; None is a word of Python only."""
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    word = _WORDS.get(text.lower(), text)
    return text if word is None and not python else word
