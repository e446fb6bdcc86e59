"""The quick way for commit hooks says what the parser says."""

from __future__ import annotations

import pytest

from epochlint.cli.arguments import parse
from epochlint.cli.hook import parse_plain


@pytest.mark.parametrize(
    "arguments", [[], ["a.py"], ["a.py", "b.yaml"], ["--force-exclude", "a.py"], ["a.py", "--force-exclude"]]
)
def test_plain_arguments_are_parsed_as_by_the_parser(arguments: list[str]) -> None:
    plain = parse_plain("check", arguments)
    assert plain is not None
    assert vars(plain) == vars(parse("check", arguments))


@pytest.mark.parametrize(
    ("command", "arguments"),
    [("plan", ["a.py"]), ("check", ["--fix", "a.py"]), ("check", ["-"]), ("check", ["--"]), ("check", ["--help"])],
)
def test_anything_else_is_left_to_the_parser(command: str, arguments: list[str]) -> None:
    assert parse_plain(command, arguments) is None
