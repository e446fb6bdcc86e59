"""Shell scripts: commands, words with their places, and what is honestly unknown."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epochlint.sources.documents import Command, Word, split_lines
from epochlint.sources.shell_reader import read_shell


def commands(text: str) -> tuple[Command, ...]:
    document = read_shell("run.sh", text)
    assert not document.problems
    return document.commands


def texts(text: str) -> list[str]:
    """The words of the last command; what is not known in angle brackets."""
    return [word.text if word.known else f"<{word.text}>" for word in commands(text)[-1].words]


def word(text: str, index: int) -> Word:
    return commands(text)[-1].words[index]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("torchrun --n 2 \\\n    train.py  # eight", ["torchrun", "--n", "2", "train.py"]),
        ("run 'a b' \"c d\" e\\ f a'b'\"c\"", ["run", "a b", "c d", "e f", "abc"]),
        ("run a > log 2>&1 < in &> all >> more 3>&- b", ["run", "a", "b"]),
        ("N=8\nrun $N ${N} \"$N\" '$N' \\$N x$N.y", ["run", "8", "8", "8", "$N", "$N", "x8.y"]),
        ("run ${N:-8} ${N-8}", ["run", "8", "8"]),
        ("N=${N:-8}\nrun $((N * 2))", ["run", "16"]),
        ('run $N "$N" ${N:+8} ${#N}', ["run", "<$N>", "<$N>", "<${N:+8}>", "<${#N}>"]),
        ('unset N\nrun $N "$N" ${N:-8} ${N:+8}', ["run", "", "8"]),
        ("run $(nproc) `nproc` <(cat x)", ["run", "<$(nproc)>", "<`nproc`>", "<<(cat x)>"]),
        ('A=(--x 1 "two words")\nA+=(--y)\nrun "${A[@]}"', ["run", "--x", "1", "two words", "--y"]),
        ('A=(a b)\nrun ${A[1]} $A ${#A[@]} "${A[*]}"', ["run", "b", "a", "2", "a b"]),
        ('A=()\nrun "${A[@]}" x', ["run", "x"]),
        ("F='--a 1\n --b 2'\nrun $F \"$F\"", ["run", "--a", "1", "--b", "2", "--a 1\n --b 2"]),
        (
            "run $(( 7 / 2 )) $(( -7 / 2 )) $(( -7 % 3 )) $((2**10)) $((0x10 + 010))",
            ["run", "3", "-3", "-1", "1024", "24"],
        ),
        ("run $((1 / 0)) $((N + 1))", ["run", "<$((1 / 0))>", "<$((N + 1))>"]),
        ("run *.json data/x? ~/x", ["run", "<*.json>", "<data/x?>", "<~/x>"]),
        (
            "run a={1,2} {1..3} [a,b] x=[0.9,0.95] --f=*.py",
            ["run", "<a={1,2}>", "<{1..3}>", "[a,b]", "x=[0.9,0.95]", "--f=*.py"],
        ),
        ("M=out/model.bin\nrun ${M%.bin} ${M#out/} ${M##*/}", ["run", "out/model", "model.bin", "<${M##*/}>"]),
        ("run $'a\\tb' $\"c\"", ["run", "a\tb", "c"]),
        ('run "$@" $1 ${2:-3}', ["run", "<$@>", "<$1>", "3"]),
    ],
)
def test_words(script: str, expected: list[str]) -> None:
    assert texts(script) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("if x; then N=1; else N=1; fi", "1"),
        ("if x; then N=1; else N=2; fi", "<$N>"),
        ("N=1\nif x; then N=2; fi", "<$N>"),
        ("N=1\nif x; then N=2; exit 1; fi", "1"),
        ("N=1\nx || { N=2; exit 1; }", "1"),
        ("N=1\nx && N=2", "<$N>"),
        ("N=1\nfor i in 1 2; do N=2; done", "<$N>"),
        ("N=1\nfor i in 1 2; do M=2; done", "1"),
        ("N=1\nwhile x; do (( N++ )); done", "<$N>"),
        ("N=1\n( N=2 )", "1"),
        ("N=1\nx | { N=2; cat; }", "<$N>"),
        ("N=1\ncase $x in a) N=1;; b) N=2;; esac", "<$N>"),
        ("case $x in a) N=3;; *) N=3;; esac", "3"),
        ("f() { N=4; }\nN=1\nf", "4"),
        ("f() { local N=4; }\nN=1\nf", "1"),
        ("f() { N=$1; return; N=9; }\nf 5", "5"),
        ("N=1\nsource config.sh", "<1>"),
        ('N=1\nif [ -f "$F" ]; then source "$F"; fi', "<1>"),
        ("N=1\nsource ~/venv/bin/activate", "1"),
        ("N=1\nread N", "<$N>"),
        ('N=1\neval "N=2"', "2"),
        ('N=1\neval "$(cmd)"', "<$N>"),
        ('N=1\neval "$(conda shell.bash hook)"', "1"),
        ("N=1\nexport $(grep -v x .env)", "<$N>"),
        ("RANDOM=3\nN=$RANDOM", "<$RANDOM>"),
        ("declare -i N=1\nN=2+3", "<$N>"),
        ("N=1\ndeclare -n M=N\nM=2", "<$N>"),
        ("readonly N=1", "1"),
        ("N=1\ncat <<EOF\nN=2\n$(foo 'x\nEOF\n:", "1"),
        ("N=1\nX=$(cat <<'EOF'\nit's )\nEOF\n)", "1"),
        ('[ -z "$N" ] && N=6', "6"),
        ("if [[ -z ${N:-} ]]; then N=6; fi", "6"),
        ('[ -n "$N" ] || N=6', "6"),
        ('N=1\n[ -z "$N" ] && N=6', "1"),
        (": ${N:=6}", "6"),
        ("(( N = 2 * 3 ))", "6"),
        ("N=1 M=$N\nN=$M", "1"),
        ("N=1 env", "<$N>"),
        ("N=a\nN+=b", "ab"),
        ("N=1\nN[2]=3", "<$N>"),
    ],
)
def test_what_a_variable_holds_afterwards(script: str, expected: str) -> None:
    assert texts(f"{script}\nrun $N")[1:] == [expected]


def test_a_default_that_the_environment_may_change_is_overridable() -> None:
    script = "GPUS=${GPUS:-8}\nNODES=2\nrun $GPUS $NODES $((GPUS * NODES)) --n=$GPUS"
    assert [word.overridable for word in commands(script)[-1].words] == [False, True, False, True, True]


def test_a_word_stands_where_its_value_was_written() -> None:
    script = (
        'GPUS=8\nARGS=(\n  --a $GPUS\n  --b="x$GPUS"\n)\nMORE="\n  --c 1\n"\nrun "${ARGS[@]}" $MORE $GPUS --d=$GPUS 4\n'
    )
    words = commands(script)[-1].words
    places = [(word.text, word.place.line, word.place.column, word.place.end_column) for word in words]
    assert places == [
        ("run", 9, 1, 4),
        ("--a", 3, 3, 6),
        ("8", 1, 6, 7),
        ("--b=x8", 4, 3, 14),
        ("--c", 7, 3, 6),
        ("1", 7, 7, 8),
        ("8", 1, 6, 7),
        ("--d=8", 1, 6, 7),
        ("4", 9, 40, 41),
    ]
    given = [(word.given_at.column, word.given_at.end_column) if word.given_at else None for word in words]
    assert given == [None, (6, 16), (6, 16), (6, 16), (18, 23), (18, 23), (24, 29), (30, 39), None]


def test_columns_count_code_points_and_lines_end_with_carriage_returns_too() -> None:
    found = word("é='x'\r\nrun é😀 7\r\n", 2)
    assert (found.text, found.place.line, found.place.column) == ("7", 2, 8)


def test_environment_of_a_command() -> None:
    script = "export A=1\nB=2\nD=4 torchrun x.py\nexport B\nrun\nunset A\nset -a\nE=5\nrun"
    found = [{name: word.text for name, word in command.environment} for command in commands(script)]
    assert found == [{"A": "1", "D": "4"}, {"A": "1", "B": "2"}, {"B": "2", "E": "5"}]


def test_the_folder_a_command_runs_in() -> None:
    script = (
        'run\ncd examples\nrun\ncd ../conf && run\ncd "$(dirname "$0")/.."\nrun\ncd /data\nrun\n(cd ..; run)\ncd -; run'
    )
    assert [command.folder for command in commands(script)] == ["", "examples", "conf", "..", None, None, None]


def test_the_script_of_another_shell_is_read_with_the_words_before_it() -> None:
    script = 'N=2\nexport M=3\nLAUNCH="torchrun --n $N"\nsrun -N 4 bash -c "$LAUNCH train.py; python eval.py \\$M \\$N"'
    found = [[word.text for word in command.words] for command in commands(script)]
    assert found == [
        ["srun", "-N", "4", "torchrun", "--n", "2", "train.py"],
        ["srun", "-N", "4", "python", "eval.py", "3", "$N"],
    ]
    two = commands(script)[0].words[5]
    assert (two.place.line, two.place.column, two.place.end_column) == (1, 3, 4)


def test_what_starts_nothing_is_no_command() -> None:
    assert commands("echo torchrun train.py\n[ -f x ]\ntrue\nexport A=1\nprintf x\n:\ncd x") == ()


def test_after_exit_and_exec_nothing_runs() -> None:
    assert [command.words[0].text for command in commands("a\nexec b\nc")] == ["a", "exec"]
    assert [command.words[0].text for command in commands("a\nexit 0\nc")] == ["a"]


def test_functions_run_where_they_are_called() -> None:
    script = 'go() { run --n "$1" $#; }\nunused() { run never; }\ngo 1\ngo "2 3" x'
    assert [[word.text for word in command.words] for command in commands(script)] == [
        ["run", "--n", "1", "1"],
        ["run", "--n", "2 3", "2"],
    ]


def test_comments_without_the_interpreter_line() -> None:
    script = "#!/bin/bash\n#SBATCH --nodes=4\nrun a#b '# no' # yes\ncat <<E\n# no\nE\nA=( # in an array\n1)\n"
    found = read_shell("x.sh", script).comments
    assert [(comment.text, comment.span.line, comment.span.column, comment.own_line) for comment in found] == [
        ("SBATCH --nodes=4", 2, 1, True),
        ("yes", 3, 16, False),
        ("in an array", 7, 5, False),
    ]


@pytest.mark.parametrize(
    "script",
    [
        "if",
        "if x; then",
        "fi",
        "done; esac",
        "case",
        "case x in",
        "case x in a",
        "for",
        "for x in",
        "for ((",
        "((",
        "$((",
        "${",
        "${x",
        "${x:-",
        "$(",
        "`",
        "'",
        '"',
        "\\",
        "<<",
        "<<EOF",
        "a <<EOF\nb",
        "[[",
        "x=(",
        "f()",
        "f() {",
        "{",
        "(",
        ")",
        "&& x",
        "| x",
        ";;",
        "& &",
        "function",
        "x[",
        "x[1",
        "$[",
        "${a[",
        "${#",
        "select x",
        "while",
        "!",
        "time",
        "a=$'\\x",
    ],
)
def test_broken_scripts_are_read_as_far_as_they_go(script: str) -> None:
    assert read_shell("x.sh", f"run 1\n{script}").commands[0].words[1].text == "1"
    read_shell("x.sh", f"{script}\nrun 1\n")


@pytest.mark.parametrize(
    "script",
    [
        "(" * 5_000,
        '"$(' * 5_000,
        "${x:-" * 5_000,
        "if x; then\n" * 5_000,
        "A=xxxxxxxx\n" + "A=$A$A\n" * 100 + "run $A",
        "A=(1 2)\n" + 'A=("${A[@]}" "${A[@]}")\n' * 100 + 'run "${A[@]}"',
        "f() { f; f; }\nf\n",
        "f() { g; g; }\ng() { f; f; run; }\nf\n",
        "".join(f"f{i}() {{ f{i + 1}; f{i + 1}; }}\n" for i in range(50)) + "f50() { run; }\nf0\n",
        "eval 'eval \"eval x\"'\n" * 2_000,
        "if a; then N=1; fi\n" * 6_000,
        "".join(f"V{i}=1\n" for i in range(2_000)) + "if a; then N=1; fi\n" * 2_000,
        "a b\n" * 10_000,
        "run $(( " + "(" * 5_000 + "1" + ")" * 5_000 + " ))",
        "run $((" + "1+" * 100_000 + "1))",
        "run " + "x " * 300_000,
        "a <<E\n" * 50_000,
        "$(" * 100_000,
        "run " + "'" * 500_001,
        "for i in " + "x " * 100_000 + "; do run $i; done",
    ],
    ids=lambda script: script[:20],
)
def test_hostile_scripts_cost_little(script: str) -> None:
    start = time.process_time()
    read_shell("x.sh", script)
    assert time.process_time() - start < 10


fragments = st.sampled_from(
    [
        "a",
        "A=",
        "1",
        "$A",
        "${A",
        "}",
        "$((",
        "))",
        "$(",
        ")",
        "(",
        "'",
        '"',
        "`",
        "\\",
        "\n",
        " ",
        ";",
        "&&",
        "|",
        "&",
        "<<E",
        "\nE\n",
        "if ",
        "; then ",
        "; fi",
        "for i in ",
        "; do ",
        "; done",
        "case x in ",
        ";;",
        "esac",
        "{ ",
        "; }",
        "f() ",
        "[[ ",
        "]]",
        "=(",
        "#",
        ":-",
        "[@]",
        "bash -c ",
        "eval ",
        "+=",
        "é",
        "\r\n",
        "\x0c",
        "export ",
        "* ",
        "~",
        "((",
        "> ",
        "!",
    ]
)


@given(text=st.one_of(st.text(max_size=50), st.lists(fragments, max_size=30).map("".join)))
@settings(max_examples=800, deadline=None)
def test_any_text_is_read_with_places_inside_of_it(text: str) -> None:
    document = read_shell("x.sh", text)
    lines = split_lines(text)
    words = [word for command in document.commands for word in command.words]
    words += [word for command in document.commands for _, word in command.environment]
    places = [word.place for word in words] + [word.given_at for word in words if word.given_at]
    for place in (*places, *(command.place for command in document.commands)):
        assert 1 <= place.line <= place.end_line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1
        assert 1 <= place.end_column <= len(lines[place.end_line - 1]) + 1
    for comment in document.comments:
        assert lines[comment.span.line - 1][comment.span.column - 1] == "#"


def test_nesting_without_end_is_a_problem() -> None:
    (problem,) = read_shell("x.sh", "(" * 5_000).problems
    assert (problem.name, problem.fatal) == ("too-deep", True)
