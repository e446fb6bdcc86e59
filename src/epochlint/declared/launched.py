"""Training settings that commands give: flags and overrides of what they start, variables, processes."""

from __future__ import annotations

from epochlint.declared.meaning import Meaning
from epochlint.declared.setting import Declared, Named
from epochlint.declared.telling import number_of, trains
from epochlint.declared.words import spelled, words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeAlias

    from epochlint.places import Place
    from epochlint.sources.documents import Word

    Given: TypeAlias = "tuple[tuple[str, Word], ...]"  # names, which may have sections, each with the word of its value


def declared_by_command(
    program: str, flags: Given, variables: Given, processes: Given, vocabulary: dict[str, Any]
) -> Iterator[Declared]:
    """Yield what a command gives to the program that it starts.

    `variables` are those of its environment, `processes` the options of its launchers that count processes. What takes
    its value from a variable is told twice: where the variable is set, and where the command has it.
    """
    names = (*(name for name, _ in (*flags, *variables)), *words_of(program.removesuffix(".py")))
    meaning = Meaning(vocabulary, trains(vocabulary, names), ())
    siblings = frozenset(spelled(name).rpartition(".")[2] for name, _ in flags)
    for how, given in (("command", flags), ("constant", variables)):
        for name, word in given:
            value = number_of(word.text)
            *sections, last = name.split(".")
            quantity = meaning.quantity(Named(last, how, tuple(reversed(sections))), "", siblings)
            quantity = meaning.number(quantity, value, how) if quantity and value is not None else ""
            if quantity and value is not None:
                for place in _places(word):
                    yield Declared(quantity, name, value, word.text, place, "command", how)
    for name, word in processes if meaning.trains else ():
        value = number_of(word.text)
        if value is not None:
            for place in _places(word):
                yield Declared("world_size", name, value, word.text, place, "launcher", "command")


def _places(word: Word) -> Iterator[Place]:
    if word.given_at is not None:
        yield word.given_at
    yield word.place
