"""Which framework a command speaks: by the program that it starts, or by the options that it gives to a script."""

from __future__ import annotations

from epochlint.dialects.commands import CommandView
from epochlint.dialects.recognition import Anchor, weight
from epochlint.sources.documents import Command, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.knowledge.catalogue import Framework


def anchor_of_command(
    command: Command, arguments: tuple[Word, ...] | None, frameworks: tuple[Framework, ...]
) -> Anchor | None:
    """Return the anchor of a command: by the program that it starts, or by the options of the script that it launches.

    `arguments` are what a launched script is given, None where nothing is launched.
    """
    words = [word.text for word in command.words]
    launched = CommandView(arguments, command.place) if arguments is not None else None
    found = []
    for framework in frameworks:
        for signature in framework.signatures:
            start = max((len(program.split()) for program in signature.programs if _begins(words, program)), default=0)
            if start:
                view = CommandView(command.words[start:], command.place)
                found.append(Anchor(framework.name, signature, view, f"runs {' '.join(words[:start])}", len(words)))
            elif launched is not None and not signature.programs and "shell" in signature.kinds:
                matched = weight(launched, signature)
                if matched:
                    flags = ", ".join(f"--{key.replace('_', '-')}" for key in signature.keys_all or signature.keys_any)
                    found.append(Anchor(framework.name, signature, launched, f"has the options {flags}", matched))
    return max(found, key=lambda anchor: anchor.weight, default=None)


def _begins(words: list[str], program: str) -> bool:
    parts = program.split()
    return words[: len(parts)] == parts
