"""What the shell reader knows of a script's words is what bash makes of them, for generated scripts."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from epochlint.sources.documents import Command
from epochlint.sources.shell_reader import read_shell

BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="no bash here")

# Prints each call of `show` as one record: its arguments behind unit separators.
PRELUDE = r"""show() { local word; for word in "$@"; do printf '\x1f%s' "$word"; done; printf '\x1e'; }
"""

names = st.sampled_from(["A", "B", "N", "X"])
# Variables that only ever hold integers: an error in an expression makes bash drop the rest of the statement around it.
integers = st.sampled_from(["I", "J"])
arrays = st.sampled_from(["L", "M"])
plain = st.sampled_from(["8", "16", "a", "--lr", "1e-4", "x=y", "0", "b.c/d", ","])
texts = st.one_of(
    plain,
    st.sampled_from(
        ["'a b'", '"a  b"', '""', "a\\ b", "'$A'", '"\\$A \\" q"', "$'t\\tq'", "a'b'\"c\"", '"it\'s"', "'#'", "x#y"]
    ),
)


def arithmetic(depth: int = 0) -> st.SearchStrategy[str]:
    leaves = st.one_of(
        st.integers(-20, 99).map(str), integers, integers.map(lambda name: f"${name}"), st.sampled_from(["010", "0x1f"])
    )
    if depth == 2:
        return leaves
    inner = arithmetic(depth + 1)
    return st.one_of(
        leaves,
        st.tuples(inner, st.sampled_from(["+", "-", "*", "<", ">=", "==", "&", "|", "^", "&&", "||"]), inner).map(
            lambda parts: f"{parts[0]} {parts[1]} ({parts[2]})"
        ),
        st.tuples(inner, st.sampled_from(["/", "%", "<<"]), st.integers(1, 9)).map(lambda p: f"({p[0]}) {p[1]} {p[2]}"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]}) ? ({parts[1]}) : ({parts[2]})"),
        st.tuples(st.sampled_from(["-", "!", "~", "+"]), inner).map(lambda parts: f"{parts[0]}({parts[1]})"),
        st.tuples(inner, st.integers(0, 5)).map(lambda parts: f"({parts[0]}) ** {parts[1]}"),
    )


expansions = st.one_of(
    names.map(lambda name: f"${name}"),
    names.map(lambda name: f"${{{name}}}"),
    integers.map(lambda name: f"${name}"),
    st.tuples(names, st.sampled_from([":-", "-", ":+", "+"]), plain).map(lambda p: f"${{{p[0]}{p[1]}{p[2]}}}"),
    st.tuples(names, st.sampled_from([":-", "-"])).map(lambda p: f'${{{p[0]}{p[1]}"q r"}}'),
    st.tuples(names, names).map(lambda p: f"${{{p[0]}:-${{{p[1]}:-z}}}}"),
    names.map(lambda name: f"${{#{name}}}"),
    st.tuples(names, st.sampled_from(["%", "#", "%%", "##"]), plain).map(lambda p: f"${{{p[0]}{p[1]}{p[2]}}}"),
    arithmetic().map(lambda text: f"$(({text}))"),
    st.sampled_from(["$(echo q r)", "`echo z`", "$1", "$2", "$#", "${1:-w}", "${3-v}", "$@", "$*"]),
    arrays.map(lambda name: f"${{{name}[@]}}"),
    arrays.map(lambda name: f"${{{name}[1]}}"),
    arrays.map(lambda name: f"${{#{name}[@]}}"),
    arrays.map(lambda name: f"${name}"),
)
words = st.one_of(
    texts,
    expansions,
    expansions.map(lambda text: f'"{text}"'),
    st.tuples(plain, expansions).map("".join),
    st.tuples(plain, expansions, plain).map(lambda parts: f'{parts[0]}"{parts[1]} "{parts[2]}'),
    st.tuples(expansions, expansions).map("".join),
)
word_lists = st.lists(words, max_size=4).map(" ".join)


class Numbers:
    """Numbers the `show` commands of one script."""

    def __init__(self) -> None:
        self.count = 0

    def show(self, text: str) -> str:
        self.count += 1
        return f"show {self.count} {text}"


@st.composite
def statements(draw: st.DrawFn, numbers: Numbers, depth: int = 0) -> str:
    """One statement, on one line or several."""
    name, other = draw(names), draw(names)
    value = draw(words)
    simple: list[Callable[[], str]] = [
        lambda: f"{name}={value}",
        lambda: f"{name}={value}",
        lambda: f"{name}+={value}",
        lambda: f"export {name}={value}",
        lambda: f"declare {name}={value}",
        lambda: f"unset {name}",
        lambda: f": ${{{name}:=7}}",
        lambda: f"{draw(arrays)}=({draw(word_lists)})",
        lambda: f"{draw(arrays)}+=({draw(word_lists)})",
        lambda: f"set -- {draw(word_lists)}",
        lambda: "shift",
        lambda: f"(( {draw(integers)} = {draw(arithmetic())} ))",
        lambda: f"{draw(integers)}=$(( {draw(arithmetic())} ))",
        lambda: f"{draw(integers)}={draw(st.integers(0, 64))}",
        lambda: f"(( {draw(integers)}++ ))",
        lambda: f"let {draw(integers)}+=2",
        lambda: f"read {name} <<< {value}",
        lambda: f"eval '{name}=5'",
        lambda: f'eval "{name}=$(({draw(arithmetic())}))"',
        lambda: f"printf -v {name} %s 3",
        lambda: f'[ -z "${name}" ] && {name}=6',
        lambda: f"[[ -n ${name} ]] || {name}=6",
        lambda: f"{name}={draw(plain)} {other}=${name}",
        lambda: f"true && {name}={draw(plain)}",
        lambda: f"false || {name}={draw(plain)}",
        lambda: f"cat > /dev/null <<EOF\n{name}=9 '\" $(( ${{{name}}}\nEOF",
        lambda: f"echo a | {name}={draw(plain)}",
        lambda: f"IFS=, \n{other}={value}\nIFS=$' \\t\\n'",
    ]
    shows: list[Callable[[], str]] = [
        lambda: numbers.show(draw(word_lists)),
        lambda: numbers.show(draw(word_lists)),
        lambda: numbers.show(f'"${name}" ${name} "{{${other}}}" "${{L[@]}}" "$@"'),
        lambda: f"{name}=1 {numbers.show(draw(word_lists))} > /dev/stdout 2>&1  # a comment",
        lambda: f"true && {numbers.show(draw(word_lists))}",
        lambda: f"{numbers.show(draw(word_lists))} \\\n   {draw(words)}; {numbers.show(draw(words))}",
    ]
    if depth == 2:
        return draw(st.sampled_from(simple + shows))()

    def block() -> str:
        lines = draw(st.lists(statements(numbers, depth + 1), min_size=1, max_size=3))
        return "\n".join(lines)

    condition = draw(
        st.sampled_from(["true", "false", f'[ -z "${name}" ]', f'[ "${name}" = 8 ]', f"[[ ${other} == a* ]]"])
    )
    counter = f"i{depth}"
    compound: list[Callable[[], str]] = [
        lambda: f"if {condition}; then\n{block()}\nfi",
        lambda: f"if {condition}; then\n{block()}\nelif true; then\n{block()}\nelse\n{block()}\nfi",
        lambda: f"for {name} in {draw(word_lists)}; do\n{block()}\ndone",
        lambda: f"for {name} in one; do\n{block()}\ndone",
        lambda: f"for (( {counter} = 0; {counter} < 2; {counter}++ )); do\n{block()}\ndone",
        lambda: (
            f"{counter}=0\nwhile [ ${counter} -lt 2 ]; do\n{counter}=$(({counter}+1))\n{block()}\n"
            f"{draw(st.sampled_from(['break', 'continue', ':']))}\n{block()}\ndone"
        ),
        lambda: f"case ${name} in\n8|16) {block()}\n;;\na*)\n{block()};;\n*) {block()}\nesac",
        lambda: f"case ${name} in 8) {block()}\n;; esac",
        lambda: f"(\n{block()}\n)",
        lambda: f"{{ {block()}\n}}",
        lambda: (
            f"f{depth}() {{\nlocal {other}=5\n{block()}\n{draw(st.sampled_from(['return', ':']))}\n{block()}\n}}\n"
            f"f{depth} {draw(word_lists)}\nf{depth} q"
        ),
        lambda: f"if {condition}; then\n{block()}\nexit 0\nfi",
        lambda: f"{{ {block()}\n}} | cat",
        lambda: f"{condition} && {{\n{block()}\n}} || {{ {block()}\n}}",
    ]
    return draw(st.sampled_from(simple + shows + compound))()


@st.composite
def scripts(draw: st.DrawFn) -> str:
    numbers = Numbers()
    given = [f"{name}={draw(texts)}" for name in "ABNX"]
    given += [f"L=({draw(texts)} {draw(texts)})", "M=()", f"set -- {draw(texts)} {draw(texts)}"]
    kept = [line for line in given if draw(st.integers(0, 9))] + [f"{name}={draw(st.integers(0, 64))}" for name in "IJ"]
    lines = draw(st.lists(statements(numbers), min_size=2, max_size=8))
    return "\n".join([*kept, *lines, numbers.show('"$A" "$B" "$N" "$X" $I $J $A "${L[@]}" ${M[@]} "$#"')]) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shell")
    (folder / "prelude").write_text(PRELUDE)
    (folder / "empty").mkdir()
    return folder


def run(script: str, folder: Path) -> list[list[str]]:
    """Return the arguments of each call of `show` that bash makes."""
    environment = {"PATH": os.environ["PATH"], "BASH_ENV": str(folder / "prelude"), "LC_ALL": "C.UTF-8"}
    (folder / "script.sh").write_text(script)
    done = subprocess.run(
        [str(BASH), "--norc", str(folder / "script.sh")],
        cwd=folder / "empty", env=environment, capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL,
        check=False,
    )  # fmt: skip
    return [record.split("\x1f")[1:] for record in done.stdout.split("\x1e")[:-1]]


def agrees(command: Command, arguments: list[str]) -> bool:
    """Tell whether the words of a command are those that bash gave, up to the first one that is not known."""
    for index, word in enumerate(command.words[1:]):
        if not word.known:
            return True
        if index >= len(arguments) or arguments[index] != word.text:
            return False
    return len(arguments) == len(command.words) - 1


@given(script=scripts())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_known_words_are_what_bash_makes_of_them(script: str, folder: Path) -> None:
    read = [command for command in read_shell("x.sh", script).commands if command.words[0].text == "show"]
    for arguments in run(script, folder):
        same = [command for command in read if command.words[1].text == arguments[0]]
        assert same, f"command {arguments} was not seen in\n{script}"
        assert any(agrees(command, arguments) for command in same), f"{arguments} is not among {same} in\n{script}"
