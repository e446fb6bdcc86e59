"""`epochlint rules new` and `rules test`: from nothing to a tested rule of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from epochlint.cli import main

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "lint").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.epochlint]\nrule-paths = ["lint"]\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_rule_works_as_it_is(folder: Path, capsys: Captured) -> None:
    assert main(["rules", "new", "batch-too-large", "--code", "TEAM001"]) == 0
    assert "lint/batch-too-large.yaml" in capsys.readouterr().out
    for path in ("lint", "lint/batch-too-large.yaml"):
        assert main(["rules", "test", path]) == 0
        assert capsys.readouterr().out == "TEAM001 batch-too-large: 2 bad and 2 good examples: passed\n"
    (folder / "train.yaml").write_text("output_dir: out\nnum_train_epochs: 1\nper_device_train_batch_size: 256\n")
    assert main(["check", "train.yaml", "--assume", "world_size=8", "--output-format", "concise"]) == 1
    assert "warning[batch-too-large] 2,048 samples a step" in capsys.readouterr().out


def test_examples_that_are_not_as_they_say_are_told(folder: Path, capsys: Captured) -> None:
    main(["rules", "new", "batch-too-large"])
    file = folder / "lint" / "batch-too-large.yaml"
    capsys.readouterr()
    file.write_text(file.read_text().replace("> 1024", "> 2048"))
    assert main(["rules", "test", "lint"]) == 1
    out = capsys.readouterr().out
    assert "MY001 batch-too-large: 2 bad and 2 good examples: failed\n" in out
    assert "  bad example 1: nothing is found at train.py:3 (nothing is found)\n" in out
    file.write_text(file.read_text().replace("> 2048", "> 1023"))
    assert main(["rules", "test", "lint"]) == 1
    assert "  good example 1: train.py:3: warning[batch-too-large] 1,024 samples" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["new", "Bad_Name"], "a name is lower-case words with hyphens"),
        (["new"], "a name is lower-case words with hyphens"),
        (["new", "warmup-exceeds-run"], "there is a rule 'warmup-exceeds-run' already"),
        (["test", "nowhere"], "there is no file or folder 'nowhere'"),
        (["test", "lint"], "there is no rule file in 'lint'"),
    ],
)
def test_wrong_use_is_one_line(arguments: list[str], said: str, capsys: Captured) -> None:
    assert main(["rules", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_broken_rule_file_is_one_error_with_its_line(folder: Path, capsys: Captured) -> None:
    (folder / "lint" / "broken.yaml").write_text("code: MY002\nname: [\n")
    assert main(["rules", "test", "lint"]) == 2
    assert "lint/broken.yaml:" in capsys.readouterr().err
