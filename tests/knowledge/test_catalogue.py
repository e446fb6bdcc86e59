from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from epochlint.knowledge.errors import CatalogueError
from epochlint.knowledge.loading import check_sources
from epochlint.knowledge.store import Catalogue

Write = Callable[[str, str], Path]
WriteRule = Callable[..., Path]

SOURCE = Path(__file__).resolve().parents[2] / "src"


@pytest.fixture
def folder(write: Write, write_rule: WriteRule, tmp_path: Path) -> Path:
    """A small catalogue: two frameworks, a schedule, APIs, a launcher and two rules."""
    write(
        "frameworks/trainer.yaml",
        """
        aliases: {other.trainer: trainer}
        recognise:
          - {calls: [trainer.Config, trainer.Model.fit], arguments_any: [epochs], imports_any: [trainer]}
          - keys: {all: [train.batch_size, common], any: [x]}
        options: {batch_size: {type: integer, default: 8, quantity: micro_batch_size}}
        plan: [{global_batch_size: micro_batch_size}]
        schedule: {clock: steps, option: batch_size, names: {a: warm}}
        """,
    )
    write(
        "frameworks/child.yaml",
        "extends: trainer\nrecognise: [{keys: {all: [common, child_key]}}, {loop: true, words: [backward]}]",
    )
    write("schedules/warm.yaml", "calls: [lib.WarmSchedule]\nparameters: {length: {unit: ticks}}\nrate: base")
    write(
        "apis/lib.yaml",
        """
        aliases: {old.lib: lib}
        apis:
          lib.data.Loader: {role: loader, positional: [data]}
          lib.Set.take: {returns: lib.Set}
          lib.init: {role: distributed}
        """,
    )
    write("launchers/run.yaml", "commands: [run]\nprocesses: n\ncounting: [n]")
    write_rule("too-long", "EL201", more="frameworks: [trainer]\n")
    write_rule("too-short", "EL202", "total_steps < 2", more="aliases: [very-short]\n")
    return tmp_path / "catalogue"


@pytest.fixture
def catalogue(folder: Path, tmp_path: Path) -> Catalogue:
    return Catalogue.from_folders([str(folder)], cache=str(tmp_path / "cache"))


def test_what_is_in_it(catalogue: Catalogue) -> None:
    assert catalogue.errors == ()
    assert catalogue.framework_names == ("child", "trainer")
    assert catalogue.framework("trainer").options[0].name == "batch_size"
    assert catalogue.framework("child").options[0].name == "batch_size"
    assert catalogue.framework("child").plan[0].expression == catalogue.framework("trainer").plan[0].expression
    assert catalogue.schedule("warm").calls == ("lib.WarmSchedule",)
    assert [launcher.name for launcher in catalogue.launchers] == ["run"]
    with pytest.raises(KeyError):
        catalogue.framework("nothing")


def test_records_survive_the_stored_form(catalogue: Catalogue, folder: Path, tmp_path: Path) -> None:
    again = Catalogue.from_folders([str(folder)], cache=str(tmp_path / "cache"))
    for name in catalogue.framework_names:
        assert again.framework(name) == catalogue.framework(name)
        assert hash(again.framework(name)) == hash(catalogue.framework(name))
    for name in ("too-long", "too-short"):
        assert again.rule(name) == catalogue.rule(name)
        assert again.rule_page(name) == catalogue.rule_page(name)


@pytest.mark.parametrize(
    ("called", "names"),
    [
        ("trainer.Config", ("trainer",)),
        ("trainer.deep.inside.Config", ("trainer",)),
        ("other.trainer.Config", ("trainer",)),
        ("Config", ("trainer",)),
        ("unrelated.Config", ()),
        ("?.fit", ("trainer",)),
        ("trainer.Model.fit", ("trainer",)),
        ("trainer.Other", ()),
    ],
)
def test_frameworks_are_found_by_calls(catalogue: Catalogue, called: str, names: tuple[str, ...]) -> None:
    assert catalogue.frameworks_for_call(called) == names


def test_frameworks_are_found_by_the_most_telling_key(catalogue: Catalogue) -> None:
    assert catalogue.frameworks_for_key("child_key") == ("child",)
    assert catalogue.frameworks_for_key("train") == ("trainer",)
    assert catalogue.frameworks_for_key("common") == ()
    assert catalogue.index.loop_frameworks() == ("child",)
    assert catalogue.index.frameworks_with_option("batch_size") == ("child", "trainer")
    assert catalogue.schedules_for_call("lib.anywhere.WarmSchedule") == ("warm",)


def test_apis_are_found_by_name(catalogue: Catalogue) -> None:
    for called in ("lib.data.Loader", "lib.Loader", "old.lib.data.Loader"):
        api = catalogue.api(called)
        assert api is not None, called
        assert api.positional == ("data",)
    assert catalogue.api("unrelated.Loader") is None
    assert catalogue.api("Loader") is None
    assert catalogue.canonical("old.lib.data.Loader") == "lib.data.Loader"
    assert catalogue.api("lib.Set.take") is not None
    assert catalogue.api("lib.deep.Set.take") is not None
    assert catalogue.api("lib.Other.take") is None
    assert catalogue.role("lib.data.Loader") == "loader"
    assert catalogue.role("lib.Set.take") == ""


def test_rules_are_found_by_name_code_and_former_name(catalogue: Catalogue) -> None:
    for name in ("too-short", "EL202", "el202", "very-short"):
        assert catalogue.rule(name).code == "EL202"
    with pytest.raises(KeyError):
        catalogue.rule("EL999")
    assert catalogue.rule_page("EL202").family == "steps"


def test_rules_of_a_framework_hold_for_those_that_extend_it(catalogue: Catalogue) -> None:
    assert [rule.name for rule in catalogue.rules_about("run", "trainer")] == ["too-long", "too-short"]
    assert [rule.name for rule in catalogue.rules_about("run", "child")] == ["too-long", "too-short"]
    assert [rule.name for rule in catalogue.rules_about("run", "other")] == ["too-short"]
    assert catalogue.rules_about("loader", "trainer") == ()


def test_rules_whose_names_are_there(catalogue: Catalogue) -> None:
    assert [rule.name for rule in catalogue.rules_for({"run"}, {"total_steps"})] == ["too-long", "too-short"]
    assert catalogue.rules_for({"run"}, {"epochs"}) == ()
    assert catalogue.rules_for({"loader"}, {"total_steps"}) == ()


@pytest.mark.parametrize(
    ("data", "kind", "answer"),
    [
        (b"from trainer import Config", "python", True),
        (b"model.fit(x, epochs=3)", "python", True),
        (b"import trainer\nmodel.fit(x)", "python", True),
        (b"model.fit(x)", "python", False),
        (b"tree = Loader(things)", "python", True),
        (b"WarmSchedule()", "notebook", True),
        (b"loss.backward()", "python", True),
        (b"print('hello')", "python", False),
        (b"train:\n  batch_size: 3", "yaml", True),
        (b"fruit: apple", "yaml", False),
        (b'{"child_key": 1}', "json", True),
        (b"run train.py", "shell", True),
        (b"ls", "shell", False),
    ],
)
def test_the_prefilter_keeps_what_could_matter(catalogue: Catalogue, data: bytes, kind: str, answer: bool) -> None:
    assert catalogue.index.concerns(data, kind) is answer


def test_edited_files_are_compiled_again(folder: Path, tmp_path: Path, write: Write) -> None:
    def default_of_batch_size() -> object:
        return (
            Catalogue.from_folders([str(folder)], cache=str(tmp_path / "cache")).framework("trainer").options[0].default
        )

    assert default_of_batch_size() == 8
    path = folder / "frameworks" / "trainer.yaml"
    path.write_text(path.read_text().replace("default: 8", "default: 16"))
    assert default_of_batch_size() == 16
    write("frameworks/third.yaml", "")
    assert "third" in Catalogue.from_folders([str(folder)], cache=str(tmp_path / "cache")).framework_names


def test_a_damaged_cache_is_made_anew(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    Catalogue.from_folders([str(folder)], cache=str(cache))
    (file,) = cache.glob("*.bin")
    whole = file.read_bytes()
    for damaged in (b"", b"rubbish", whole[:100], whole[: len(whole) // 2], whole[:-40] + b"\xff" * 40):
        file.write_bytes(damaged)
        catalogue = Catalogue.from_folders([str(folder)], cache=str(cache))
        assert catalogue.framework("trainer").name == "trainer"
        assert catalogue.rule_page("too-short").code == "EL202"
        assert catalogue.rule_page("too-long").code == "EL201"


def test_no_writable_cache_is_no_error(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setenv("LOCALAPPDATA", str(blocked))
    catalogue = Catalogue.from_folders([str(folder)], cache=str(blocked / "below"))
    assert catalogue.framework("trainer").name == "trainer"


def test_the_cache_is_kept_out_of_version_control(folder: Path, tmp_path: Path) -> None:
    Catalogue.from_folders([str(folder)], cache=str(tmp_path / "cache"))
    assert (tmp_path / "cache" / ".gitignore").read_text() == "*\n"


def test_the_stored_form_does_not_depend_on_the_run(folder: Path) -> None:
    program = (
        "import sys, zlib; from epochlint.knowledge import codec, container\n"
        "from epochlint.knowledge.compile import compile_catalogue\n"
        "from epochlint.knowledge.folders import sources_in\n"
        "parts, errors = compile_catalogue(sources_in([sys.argv[1]]))\n"
        "print(len(errors), zlib.crc32(container.pack(parts, codec.SHAPE)))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, str(folder)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(SOURCE)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(outputs) == 1
    assert outputs.pop().startswith("0 ")


# --- wrong files -----------------------------------------------------------------------------------------------------


def test_all_wrong_files_are_reported(folder: Path, write: Write, write_rule: WriteRule) -> None:
    write("frameworks/broken.yaml", "optoins: {}")
    write("schedules/broken.yaml", "rate: 1 +")
    write(
        "frameworks/dangling.yaml",
        "options: {x: {reads: nowhere}}\nschedule: {option: x, names: {a: nothing}, clock: steps}",
    )
    refusal = "{name: n, phase: train, when: x > 1, error: E, rule: nothing}"
    refusing = f"components: {{c: {{calls: [a.B], refuses: [{refusal}]}}}}"
    write("frameworks/refusing.yaml", "options: {x: {}}\n" + refusing)
    write_rule("twice", "EL202", more="frameworks: [nobody]\n")
    write_rule("renamed", "EL203", more="aliases: [too-long]\n")
    errors = [str(error) for error in check_sources([str(folder)])]
    assert [error.partition(": ")[0].rpartition(":")[0] or error for error in errors] == [
        "frameworks/broken.yaml",
        "frameworks/dangling.yaml",
        "frameworks/dangling.yaml",
        "frameworks/refusing.yaml",
        "rules/steps/renamed.yaml",
        "rules/steps/twice.yaml",
        "rules/steps/twice.yaml",
        "schedules/broken.yaml",
    ]
    assert "there is no framework file 'nowhere'" in errors[1]
    assert "there is no schedule file 'nothing'" in errors[2]
    assert "there is no rule 'nothing'" in errors[3]
    assert "too-long is used by rules/steps/too-long.yaml too" in errors[4]
    assert "EL202 is used by rules/steps/too-short.yaml too" in errors[5]
    assert "there is no framework file 'nobody'" in errors[6]


def test_a_wrong_file_is_left_out_and_the_rest_stays(folder: Path, tmp_path: Path, write: Write) -> None:
    write("frameworks/broken.yaml", "optoins: {}")
    for _ in range(2):  # compiled, then opened
        catalogue = Catalogue.from_folders([str(folder)], cache=str(tmp_path / "cache"))
        (error,) = catalogue.errors
        assert isinstance(error, CatalogueError)
        assert str(error).startswith("frameworks/broken.yaml:3: optoins: unknown key")
        assert "broken" not in catalogue.framework_names
        assert catalogue.framework("trainer").name == "trainer"


def test_two_files_of_one_name(folder: Path, write_rule: WriteRule) -> None:
    write_rule("too-long", "EL209")
    (folder / "rules" / "other").mkdir()
    (folder / "rules" / "steps" / "too-long.yaml").rename(folder / "rules" / "other" / "too-long.yaml")
    write_rule("too-long", "EL201")
    (error,) = check_sources([str(folder)])
    assert str(error) == "rules/steps/too-long.yaml: 'too-long' is the name of rules/other/too-long.yaml too"


# --- packs, and our own ----------------------------------------------------------------------------------------------


def test_a_rule_pack_stands_beside_our_own(
    write_rule: WriteRule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "user"))
    path = write_rule("house-rule", "ACME001")
    pack = tmp_path / "pack"
    pack.mkdir()
    path.rename(pack / "house-rule.yaml")
    before = set(pack.rglob("*"))
    catalogue = Catalogue.default([str(pack)])
    assert catalogue.rule("ACME001").name == "house-rule"
    assert set(Catalogue.default().framework_names) == set(catalogue.framework_names)
    assert set(pack.rglob("*")) == before, "nothing is written into a user's folder"


def test_a_pack_may_extend_our_frameworks_and_must_not_take_our_codes(
    write_rule: WriteRule, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "user"))
    ours = Catalogue.default()
    parent = ours.framework(ours.framework_names[-1])
    write("frameworks/house-trainer.yaml", f"extends: {parent.name}\nrecognise: [{{calls: [house.Trainer]}}]")
    write_rule("house-rule", "ACME001", more=f"frameworks: [{parent.name}]\n")
    write_rule("house-copy", ours.index.rules[0].code)
    catalogue = Catalogue.default([str(tmp_path / "catalogue")])
    child = catalogue.framework("house-trainer")
    assert child.options == parent.options
    assert child.plan == parent.plan
    assert catalogue.frameworks_for_call("house.Trainer") == ("house-trainer",)
    assert "house-rule" in [rule.name for rule in catalogue.rules_about("run", "house-trainer")]
    (error,) = set(map(str, catalogue.errors)) - set(map(str, ours.errors))
    assert f"{ours.index.rules[0].code} is used by rules/" in error


def test_a_wrong_rule_pack_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "user"))
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "x.yaml").write_text("code: 5")
    ours = Catalogue.default().errors
    (error,) = set(map(str, Catalogue.default([str(pack)]).errors)) - set(map(str, ours))
    assert error.startswith(f"{pack.as_posix()}/x.yaml:1: ")
    with pytest.raises(CatalogueError, match="nowhere: there is no such folder"):
        Catalogue.default([str(tmp_path / "nowhere")])


# --- the work done at the start --------------------------------------------------------------------------------------


def work_at_start(folder: Path, cache: Path) -> tuple[int, int]:
    """Return parts opened and records built for opening a catalogue and finding one framework by a call."""
    Catalogue.from_folders([str(folder)], cache=str(cache))
    catalogue = Catalogue.from_folders([str(folder)], cache=str(cache))
    assert (catalogue.parts_opened, catalogue.records_built) == (0, 0)
    (name,) = catalogue.frameworks_for_call("trainer.Config")
    catalogue.framework(name)
    catalogue.rules_about("run", name)
    assert catalogue.index.concerns(b"trainer.Config()", "python")
    return catalogue.parts_opened, catalogue.records_built


def test_the_work_at_the_start_does_not_grow_with_the_catalogue(
    folder: Path, tmp_path: Path, write: Write, write_rule: WriteRule
) -> None:
    before = work_at_start(folder, tmp_path / "cache")
    for number in range(100):
        write(
            f"frameworks/dummy{number}.yaml",
            f"recognise: [{{calls: [dummy{number}.Config]}}]\noptions: {{batch_size: {{type: integer}}}}\n",
        )
    for number in range(200):
        path = write_rule(f"dummy-{number}", f"DUMMY{number:03}")
        path.write_text(path.read_text().replace("about: run", f"about: dummy{'x' * (number % 20)}"))
    assert work_at_start(folder, tmp_path / "cache") == before


def test_opening_a_fresh_catalogue_imports_nothing_heavy(folder: Path, tmp_path: Path) -> None:
    cache = str(tmp_path / "cache")
    Catalogue.from_folders([str(folder)], cache=cache)
    program = (
        "import sys; from epochlint.knowledge.store import Catalogue\n"
        "catalogue = Catalogue.from_folders([sys.argv[1]], cache=sys.argv[2])\n"
        "catalogue.framework('child'); catalogue.rules_about('run', 'child'); catalogue.api('lib.Loader')\n"
        "catalogue.index.concerns(b'x', 'python'); catalogue.rule_page('too-long'); catalogue.launchers\n"
        "assert catalogue.errors == ()\n"
        "heavy = {'jsonschema', 'yaml', 'ast', 'dataclasses', 'json', 'pathlib', 'epochlint.knowledge.compile'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), cache],
        env={**os.environ, "PYTHONPATH": str(SOURCE)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_what_our_own_signatures_match_passes_the_prefilter() -> None:
    catalogue = Catalogue.default()
    for name in catalogue.framework_names:
        for signature in catalogue.framework(name).signatures:
            for call in signature.calls:
                root, last = call.partition(".")[0], call.rpartition(".")[2]
                script = f"import {root}\nrun = {root}.{last}()" if root != last else f"from {root} import *\n{last}()"
                text = f"{script}\n{' '.join(signature.words[:1])}".encode()
                assert catalogue.index.concerns(text, "python"), call
                assert name in catalogue.frameworks_for_call(call)
            for key in signature.keys_any or signature.keys_all[:1]:
                keys = (*signature.keys_all, key)
                text = "\n".join(": {".join(one.split(".")) for one in keys).encode()
                for kind in signature.kinds or ("yaml", "json", "toml"):
                    assert catalogue.index.concerns(text, kind), keys
                found = {one for each in keys for one in catalogue.frameworks_for_key(each.partition(".")[0])}
                assert name in found, keys
