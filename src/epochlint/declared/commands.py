"""Options in the shell commands of a notebook: `!python train.py --epochs 100 -bs 32`."""

from __future__ import annotations

import re

from epochlint.declared.setting import Declared
from epochlint.declared.words import words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.declared.meaning import Meaning
    from epochlint.sources.documents import Command, Document, Word

_OPTION = re.compile(r"--?([A-Za-z][\w.-]*)(?:=(.*))?\Z")
_TRAINS = frozenset({"train", "training", "finetune", "pretrain", "tune", "dreambooth", "trainer"})


def settings_of_commands(document: Document, meaning: Meaning) -> Iterator[Declared]:
    for command in document.commands:
        if any(not _TRAINS.isdisjoint(words_of(word.text)) for word in command.words):
            yield from _options(command, meaning)


def _options(command: Command, meaning: Meaning) -> Iterator[Declared]:
    for word, behind in zip(command.words, (*command.words[1:], None), strict=True):
        option = _OPTION.match(word.text)
        if option is None:
            continue
        given: Word | None = word if option[2] is not None else behind
        value = _number(option[2] if option[2] is not None else behind.text if behind else "")
        quantity = meaning.option(option[1]) if value is not None else ""
        quantity = quantity and meaning.number(quantity, value or 0, "command")
        if quantity and value is not None and given is not None:
            yield Declared(quantity, option[1], value, "", given.place, "command", "command")


def _number(text: str) -> int | float | None:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None
