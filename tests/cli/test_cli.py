"""The command line, in front of a session made by hand."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

import epochlint
import epochlint.errors
from epochlint.cli import main
from epochlint.configuration.options import Options
from epochlint.findings.finding import Edit, Finding, TextEdit
from epochlint.findings.own_rules import internal_error
from epochlint.knowledge.catalogue import Framework
from epochlint.places import Place
from epochlint.plan.plan import Outcome, Plan, Rate
from epochlint.records import replace
from epochlint.results import CheckResult, PlanResult, Summary
from epochlint.runs.run import Run

PLACE = Place("train.py", 1, 13, 1, 16)
WARNING = Finding(
    "EL201", "steps-override-epochs", "warning", "certain", "max_steps 500 beats 20 epochs", PLACE, label="500 steps"
)
NOTE = replace(WARNING, severity="note", message="a smaller last batch", code="EL501", name="short-last-batch")
SUMMARY = Summary(1, 1, (("torch", 1),))


class Session(ModuleType):
    """Answers what a test has laid down, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__("epochlint.session")
        self.findings: tuple[Finding, ...] = ()
        self.summary = SUMMARY
        self.plans: tuple[tuple[Run, Plan], ...] = ()
        self.asked: list[tuple[tuple[str, ...], Options, str | None]] = []
        self.then: Callable[[], None] = lambda: None

    def check(self, paths: tuple[str, ...], options: Options, stdin: str | None = None) -> CheckResult:
        self.asked.append((paths, options, stdin))
        self.then()
        return CheckResult(self.findings, self.summary, lambda path, _line: _first_line(path))

    def plan(self, paths: tuple[str, ...], options: Options, stdin: str | None = None) -> PlanResult:
        self.asked.append((paths, options, stdin))
        self.then()
        return PlanResult(self.plans, self.findings, self.summary, lambda path, _line: _first_line(path))

    @property
    def options(self) -> Options:
        return self.asked[-1][1]


def _first_line(path: str) -> str:
    file = Path(path)
    return file.read_text().split("\n")[0] if file.exists() else "max_steps = 500"


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Session]:
    fake = Session()
    monkeypatch.setitem(sys.modules, "epochlint.session", fake)
    monkeypatch.setattr(epochlint, "session", fake, raising=False)
    for name in ("epochlint.cli.checking", "epochlint.cli.planning"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    yield fake
    for name in ("epochlint.cli.checking", "epochlint.cli.planning"):
        sys.modules.pop(name, None)


Captured = pytest.CaptureFixture[str]

# --- without a session ---------------------------------------------------------------------------------------------


def test_alone_it_prints_a_short_help(capsys: Captured) -> None:
    assert main([]) == 0
    out, err = capsys.readouterr()
    assert "epochlint check [PATH ...]" in out
    assert len(out.splitlines()) < 15
    assert err == ""


@pytest.mark.parametrize("arguments", [["--version"], ["-V"]])
def test_the_version(arguments: list[str], capsys: Captured) -> None:
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"epochlint {epochlint.__version__}\n"


@pytest.mark.parametrize("command", ["check", "plan", "explain", "rules", "frameworks"])
def test_every_command_has_help(command: str, capsys: Captured) -> None:
    for arguments in ([command, "--help"], [command, "-h"], ["help", command]):
        assert main(arguments) == 0
        assert f"usage: epochlint {command} [options]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc"], "there is no command 'chekc' (did you mean 'check'?)"),
        (["zzz"], "commands are check, plan, explain, rules, frameworks"),
        (["--select", "EL2"], "options stand behind a command: epochlint check --select"),
        (["."], "to check this path say: epochlint check ."),
        (["check", "--slect", "EL2"], "there is no option --slect (did you mean '--select'?)"),
        (["check", "--sel", "EL2"], "there is no option --sel"),
        (["check", "--output-format", "jsn"], "'jsn' is not one of full, concise, json, github (did you mean 'json'?)"),
        (["plan", "--output-format", "concise"], "'concise' is not one of full, json"),
        (["check", "--fail-on", "warn"], "(did you mean 'warning'?)"),
        (["check", "--assume", "world_size"], "'world_size' should be NAME=VALUE"),
        (["check", "--assume", "=3"], "should be NAME=VALUE"),
        (["check", "--select"], "--select: expected one argument"),
        (["check", "no/such/file.py"], "there is no file or folder 'no/such/file.py'"),
        (["check", "--config", "a", "--isolated", "x", "--nope"], "there is no option --nope"),
        (["explain"], "required: NAME"),
        (["rules", "extra"], "new, test"),
        (["explain", "a\x1b[2J\nb"], "'a\\x1b[2J\\nb'"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(arguments: list[str], said: str, capsys: Captured) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("epochlint: ")
    assert err.count("\n") == 1
    assert said in err


# --- check: what is asked for --------------------------------------------------------------------------------------


def test_options_reach_the_session(session: Session) -> None:
    for name in "ab":
        Path(name).touch()
    arguments = (
        "check a b --select EL2,warmup-* --select EL301 --extend-select all --ignore EL201 --assume world_size=8 "
        "--assume some-package==4.57 --fail-on error --strict --show-notes --exclude vendored --force-exclude"
    )
    assert main(arguments.split()) == 0
    paths, options, stdin = session.asked[0]
    assert (paths, stdin) == (("a", "b"), None)
    assert options == Options(
        select=(("EL2", "--select"), ("warmup-*", "--select"), ("EL301", "--select")),
        extend_select=(("all", "--extend-select"),),
        ignore=(("EL201", "--ignore"),),
        assume=(("world_size", "8", "--assume"), ("some-package", "4.57", "--assume")),
        fail_on="error",
        strict=True,
        show_notes=True,
        exclude=("vendored",),
        force_exclude=True,
    )


def test_without_a_path_it_is_the_working_directory(session: Session) -> None:
    main(["check"])
    assert session.asked[0] == ((".",), Options(), None)


def test_the_configuration_counts_where_the_command_line_says_nothing(session: Session, tmp_path: Path) -> None:
    (tmp_path / "epochlint.toml").write_text('fail-on = "error"\nstrict = true\nignore = ["EL2"]\n')
    (tmp_path / "other.toml").write_text("show-notes = true\n")
    main(["check", "--fail-on", "warning"])
    assert (session.options.fail_on, session.options.strict) == ("warning", True)
    main(["check", "--config", "other.toml"])
    assert (session.options.fail_on, session.options.show_notes) == ("warning", True)
    main(["check", "--isolated"])
    assert session.options == Options()


def test_a_broken_configuration_is_status_2(session: Session, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "epochlint.toml").write_text("\nselct = []\n")
    assert main(["check"]) == 2
    assert capsys.readouterr().err.startswith(
        "epochlint: epochlint.toml:2: unknown key 'selct' (did you mean 'select'?)"
    )
    assert not session.asked


def stdin_of(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_standard_input(session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "epochlint.toml").write_text("strict = true\n")
    stdin_of("\ufeffmax_steps = 5  # ü\n".encode(), monkeypatch)
    assert main(["check", "-", "--stdin-filename", "sub/train.py"]) == 0
    paths, options, stdin = session.asked[0]
    assert (paths, stdin) == ((), "max_steps = 5  # ü\n")
    assert (options.stdin_filename, options.strict) == ("sub/train.py", True)


@pytest.mark.parametrize(
    ("arguments", "data", "said"),
    [
        (["check", "-", "a.py"], b"", "cannot be combined"),
        (["check", "a.py", "--stdin-filename", "b.py"], b"", "goes with -"),
        (["check", "-"], b"x = 1", "needs --stdin-filename"),
        (["check", "-", "--stdin-filename", "a.py"], b"x = '\xff'", "is not UTF-8 (byte 6)"),
        (["check", "-", "--stdin-filename", "a.py", "--fix"], b"x = 1", "standard input cannot be repaired"),
    ],
)
@pytest.mark.usefixtures("session")
def test_standard_input_that_cannot_be(
    arguments: list[str], data: bytes, said: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    stdin_of(data, monkeypatch)
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


# --- check: what comes out -----------------------------------------------------------------------------------------

LIKELY = replace(WARNING, certainty="likely")
ERROR = replace(WARNING, severity="error")


@pytest.mark.parametrize(
    ("findings", "arguments", "status"),
    [
        ((), "", 0),
        ((WARNING,), "", 1),
        ((ERROR,), "--fail-on error", 1),
        ((WARNING,), "--fail-on error", 0),
        ((NOTE,), "--show-notes", 0),
        ((LIKELY,), "", 0),
        ((LIKELY,), "--strict", 1),
        ((WARNING,), "--exit-zero", 0),
        ((WARNING, internal_error(PLACE, ValueError("x"))), "--exit-zero", 2),
        ((internal_error(PLACE, ValueError("x")),), "--output-format json", 2),
    ],
)
def test_the_exit_status(session: Session, findings: tuple[Finding, ...], arguments: str, status: int) -> None:
    session.findings = findings
    assert main(["check", *arguments.split()]) == status


def test_the_default_format_shows_the_line_and_ends_with_a_summary(session: Session, capsys: Captured) -> None:
    session.findings = (WARNING, NOTE)
    main(["check"])
    assert capsys.readouterr().out == (
        "warning[steps-override-epochs]: max_steps 500 beats 20 epochs\n"
        " --> train.py:1:13\n"
        "  |\n"
        "1 | max_steps = 500\n"
        "  |             ^^^ 500 steps\n"
        "  |\n"
        "\n"
        "Checked 1 file: 1 run (torch 1), 1 warning, 1 note not shown (--show-notes)\n"
    )


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        ("--output-format concise -q", "train.py:1:13: warning[steps-override-epochs] max_steps 500 beats 20 epochs\n"),
        (
            "--output-format github --quiet",
            "::warning file=train.py,line=1,col=13,endColumn=16,title=steps-override-epochs (EL201)::"
            "max_steps 500 beats 20 epochs\n",
        ),
    ],
)
def test_other_formats(session: Session, arguments: str, out: str, capsys: Captured) -> None:
    session.findings = (WARNING, NOTE)
    main(["check", *arguments.split()])
    assert capsys.readouterr().out == out


def test_colours_are_there_when_asked_for(session: Session, capsys: Captured) -> None:
    session.findings = (WARNING,)
    main(["check", "--color", "always"])
    assert "\x1b[1;33mwarning" in capsys.readouterr().out
    main(["check"])
    assert "\x1b" not in capsys.readouterr().out


def test_json_has_the_notes_and_nothing_else_is_printed(session: Session, capsys: Captured) -> None:
    session.findings = (WARNING, NOTE)
    assert main(["check", "--output-format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [finding["severity"] for finding in document["findings"]] == ["warning", "note"]
    assert document["summary"]["runs"] == 1


@pytest.mark.parametrize("command", ["check", "plan"])
def test_a_run_can_be_required(session: Session, command: str, capsys: Captured) -> None:
    session.summary = Summary(3)
    assert main([command]) == 0
    assert "no training run recognised" in capsys.readouterr().out
    assert main([command, "--require-run"]) == 2
    assert "epochlint: no training run is recognised (--require-run)" in capsys.readouterr().err


# --- repairing -----------------------------------------------------------------------------------------------------


def repairable(safety: str = "safe") -> Finding:
    return replace(WARNING, fix=Edit("write 50", safety, (TextEdit(PLACE, "50"),)))


def test_a_diff_is_shown_and_nothing_written(session: Session, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "train.py").write_text("max_steps = 500\n")
    session.findings = (repairable(),)
    assert main(["check", "--diff"]) == 1
    assert capsys.readouterr().out.splitlines()[2:] == ["@@ -1 +1 @@", "-max_steps = 500", "+max_steps = 50"]
    assert (tmp_path / "train.py").read_text() == "max_steps = 500\n"
    session.findings = (repairable("unsafe"),)
    assert main(["check", "--diff"]) == 0
    assert main(["check", "--diff", "--unsafe-fixes"]) == 1


@pytest.mark.parametrize(
    ("safety", "arguments", "made"),
    [("safe", ["--fix"], True), ("unsafe", ["--fix"], False), ("unsafe", ["--unsafe-fixes"], True)],
)
def test_fixes_are_written_and_the_rest_is_reported(
    session: Session, tmp_path: Path, safety: str, arguments: list[str], made: bool, capsys: Captured
) -> None:
    (tmp_path / "train.py").write_text("max_steps = 500\n")

    def look_again() -> None:
        again = len(session.asked) == 2
        session.findings = () if again else (repairable(safety),)

    session.then = look_again
    assert main(["check", *arguments]) == (0 if made else 1)
    assert (tmp_path / "train.py").read_text() == ("max_steps = 50\n" if made else "max_steps = 500\n")
    assert ("1 repaired in 1 file" in capsys.readouterr().err) is made


def test_why_a_file_is_not_edited_is_told(session: Session, capsys: Captured) -> None:
    session.findings = (repairable(),)
    assert main(["check", "--fix"]) == 1
    assert capsys.readouterr().err == "epochlint: train.py is not edited: No such file or directory\n"


# --- plan ----------------------------------------------------------------------------------------------------------

RUN = Run("train.py:1", Framework("torch", "PyTorch"), PLACE, (), ())
PLAN = Plan((), (), (), Rate(None, None, None), Outcome("raises", "ValueError", "no"), "")


def test_a_plan_is_printed_and_its_outcome_is_no_failure(session: Session, capsys: Captured) -> None:
    Path("train.py").touch()
    session.plans = ((RUN, PLAN),)
    assert main(["plan", "train.py"]) == 0
    assert capsys.readouterr().out.startswith("Plan of train.py:1 (torch)\nDoes not train: raises ValueError: no\n")
    assert main(["plan", "train.py", "--output-format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["outcome"]["kind"] == "raises"


def test_a_calculator_takes_no_path(session: Session, capsys: Captured) -> None:
    assert main(["plan", "--framework", "torch", "--assume", "epochs=3"]) == 0
    Path("train.py").touch()
    paths, options, _ = session.asked[0]
    assert (paths, options.framework) == ((), "torch")
    assert main(["plan", "train.py", "--framework", "torch"]) == 2
    assert "--framework is for planning without files" in capsys.readouterr().err


# --- failures ------------------------------------------------------------------------------------------------------


def fail_with(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_a_mistake_of_our_own_is_one_line(session: Session, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    session.then = fail_with(ZeroDivisionError("a\nb"))
    assert main(["check"]) == 2
    assert capsys.readouterr().err == (
        "epochlint: internal error: ZeroDivisionError: a b (please report; EPOCHLINT_TRACEBACK=1 shows where)\n"
    )
    monkeypatch.setenv("EPOCHLINT_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        main(["check"])


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (RecursionError("deep"), 2, "internal error: RecursionError"),
        (KeyboardInterrupt(), 130, "epochlint: interrupted\n"),
        (OSError(28, "No space left on device"), 2, "cannot write: No space left on device"),
        (epochlint.errors.UsageError("wrong"), 2, "epochlint: wrong\n"),
    ],
)
def test_other_ends(session: Session, error: BaseException, status: int, said: str, capsys: Captured) -> None:
    session.then = fail_with(error)
    assert main(["check"]) == status
    assert said in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_failure_of_ours() -> None:
    code = f"import sys; sys.path[:] = {sys.path!r}\nfrom epochlint.cli import main\nsys.exit(main())"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) in (0, 141)


def test_output_is_utf8_whatever_the_locale_says() -> None:
    code = f"import sys; sys.path[:] = {sys.path!r}\nfrom epochlint.cli import main\nmain(['-V']); print('8 × \\udc80')"
    environment = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout.splitlines()[1] == "8 × \\udc80".encode()


def test_the_version_imports_next_to_nothing() -> None:
    code = (
        f"import sys; sys.path[:] = {sys.path!r}\nfrom epochlint.cli import main\nmain(['--version'])\n"
        "print([name for name in ('argparse', 're', 'typing', 'json', 'epochlint.records') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


# --- the catalogue -------------------------------------------------------------------------------------------------


def test_explaining_a_rule_by_name_code_and_other_case(capsys: Captured) -> None:
    texts = []
    for word in ("steps-override-epochs", "EL201", "el201"):
        assert main(["explain", word]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] == texts[2]
    assert texts[0].startswith("EL201 steps-override-epochs\n")
    assert "Reported" in texts[0]
    assert "Not reported" in texts[0]
    assert "# epochlint: ignore[steps-override-epochs]" in texts[0]


def test_explaining_a_rule_about_the_linter_and_a_quantity(capsys: Captured) -> None:
    assert main(["explain", "EL902"]) == 0
    assert capsys.readouterr().out.startswith("EL902 unused-suppression\n")
    assert main(["explain", "dataset_size"]) == 0
    assert "--assume dataset_size=N" in capsys.readouterr().out


def test_what_cannot_be_explained_gets_a_suggestion(capsys: Captured) -> None:
    assert main(["explain", "steps-overide-epochs"]) == 2
    assert "did you mean 'steps-override-epochs'?" in capsys.readouterr().err
    assert main(["frameworks", "transformer"]) == 2
    assert "did you mean 'transformers'?" in capsys.readouterr().err


def test_rules_and_frameworks_are_listed(capsys: Captured) -> None:
    assert main(["rules"]) == 0
    out = capsys.readouterr().out
    assert "EL201" in out
    assert "EL904" in out
    assert main(["rules", "--output-format", "json"]) == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    assert [rule["code"] for rule in rules] == sorted(rule["code"] for rule in rules)
    assert main(["frameworks"]) == 0
    assert "transformers" in capsys.readouterr().out
    assert main(["frameworks", "transformers"]) == 0
    out = capsys.readouterr().out
    assert "per_device_train_batch_size" in out
    assert "steps_per_epoch" in out


def test_two_projects_at_a_time_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "other"):
        (tmp_path / name / ".git").mkdir(parents=True)
        (tmp_path / name / "train.yaml").write_text("output_dir: out\nmax_steps: 5\n")
    assert main(["check", str(tmp_path / "one"), str(tmp_path / "other")]) == 2
    assert f"{tmp_path / 'other'} lies outside of {tmp_path / 'one'}" in capsys.readouterr().err


def test_a_script_on_which_epochlint_fails_does_not_take_the_others_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> tuple[()]:
        raise ZeroDivisionError

    monkeypatch.setattr("epochlint.dialects.endings.endings", fail)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text("import torch\nopt = torch.optim.SGD([], 0.1)\n")
    (tmp_path / "train.yaml").write_text(
        "output_dir: out\nper_device_train_batch_size: 8\nmax_steps: 500\nwarmup_steps: 900\n"
    )
    assert main(["check", "--output-format", "concise"]) == 2
    told = capsys.readouterr().out
    assert "train.py:1:1: error[internal-error]" in told
    assert "train.yaml:4:15: warning[warmup-exceeds-run]" in told
