"""What the language costs at start: nothing is imported that a run with known numbers does not need."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {
    "ast", "re", "enum", "typing", "fractions", "decimal", "dataclasses",
    "epochlint.expressions.algebra", "epochlint.expressions.parsing", "epochlint.expressions.symbolic",
}  # fmt: skip

SCRIPT = """
import sys
from epochlint.expressions.evaluate import evaluate
from epochlint.expressions.language import Expression, substitute_text
from epochlint.expressions.values import Known
expression = Expression("ceil(n / 8)", ("call", "ceil", ("/", ("name", "n"), ("value", 8))))
assert evaluate(expression, lambda name: Known(20)) == Known(3)
assert substitute_text(expression, lambda name: Known(20)) == "ceil(20 / 8)"
print(*sorted(sys.modules))
"""


def _modules(script: str) -> set[str]:
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_known_numbers_need_neither_the_parser_nor_the_algebra() -> None:
    bare = _modules("import sys; print(*sys.modules)")
    assert not (_modules(SCRIPT) - bare) & HEAVY
