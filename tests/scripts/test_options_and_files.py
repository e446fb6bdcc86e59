"""Options that a script declares, and configuration files that it loads."""

from __future__ import annotations

from typing import Any

import pytest

PARSER = """import argparse
from lab import show
def parse(rest=None):
    parser = argparse.ArgumentParser(description="x")
    parser.add_argument("--epochs", "-e", type=int, default=20, help="h")
    parser.add_argument("--batch-size", type=int, default="8")
    parser.add_argument("--lr", type=float, default=1e-4)
    parser.add_argument("--name", default=None)
    parser.add_argument("--fp16", action="store_true")
    parser.add_argument("--no-cuda", action="store_false", dest="cuda")
    parser.add_argument("--shuffle", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("data")
    parser.add_argument("out", nargs="?", default="runs")
    group = parser.add_argument_group("more")
    group.add_argument("--warmup", type=int, default=10)
    sub = parser.add_subparsers(dest="command").add_parser("train")
    sub.add_argument("--depth", type=int, default=3)
    parser.set_defaults(warmup=11)
    return parser.parse_args(rest)
args = parse()
"""


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("epochs", 20),
        ("batch_size", 8),
        ("lr", 1e-4),
        ("name", None),
        ("fp16", False),
        ("cuda", True),
        ("shuffle", True),
        ("out", "runs"),
        ("warmup", 11),
        ("depth", 3),
    ],
)
def test_argparse_defaults(read: Any, option: str, value: object) -> None:
    reading = read(f"{PARSER}show(x=args.{option}, y=vars(args)['{option}'])")
    assert reading.value("x") == value
    assert reading.value("y") == value
    assert reading.number().overridable


def test_argparse_default_has_its_place_and_origin(read: Any) -> None:
    number = read(f"{PARSER}show(x=args.epochs)").number()
    assert (number.origin, number.place.line, number.text) == ("declared-default", 5, "20")


def test_required_options_are_symbols(read: Any) -> None:
    reading = read(f"{PARSER}show(x=args.steps // 2, y=args.data)")
    assert reading.value() == "floor(args.steps / 2)"
    assert type(reading.thing("y")).__name__ == "Opaque"


def test_arguments_written_in_the_script(read: Any) -> None:
    source = PARSER.replace("args = parse()", 'args = parse(["--epochs", "3", "--lr=0.5", "--fp16", "data"])')
    reading = read(f"{source}show(x=args.epochs, y=args.lr, z=args.fp16)")
    assert (reading.value(), reading.value("y"), reading.value("z")) == (3, 0.5, True)
    assert not reading.number().overridable


def test_known_arguments(read: Any) -> None:
    source = "import argparse\nfrom lab import show\np = argparse.ArgumentParser()\np.add_argument('--n', type=int, default=4)\nargs, rest = p.parse_known_args()\nargs.n *= 2\nshow(x=args.n)"
    assert read(source).value() == 8


def test_options_added_in_a_loop(read: Any) -> None:
    source = "import argparse\nfrom lab import show\np = argparse.ArgumentParser()\nfor n, d in (('a', 1), ('b', 2)):\n    p.add_argument(f'--{n}', default=d)\nargs = p.parse_args()\nshow(x=args.b)"
    assert read(source).value() == 2


def test_click_options(read: Any) -> None:
    source = "import click\nfrom lab import show\n@click.command()\n@click.option('--epochs', '-e', default=3, type=int)\n@click.option('--fast', is_flag=True)\n@click.argument('path')\ndef main(epochs, fast, path):\n    show(x=epochs, y=fast)\nif __name__ == '__main__':\n    main()"
    reading = read(source)
    assert (reading.value(), reading.value("y")) == (3, False)
    assert reading.number().overridable


def test_parsers_of_dataclasses(read_files: Any) -> None:
    source = """import lab
from dataclasses import dataclass
from lab import show
@dataclass
class Options:
    epochs: int = 3
    size: int = 8
options = lab.cli(Options)
own, theirs = lab.Parser((Options, lab.Settings)).parse()
mine, library = lab.Parser([Options, lab.Settings]).parse_file("c.json")
show(a=options.epochs, b=own.size, c=mine.epochs)
lab.fit(library)
"""
    reading = read_files({"train.py": source, "c.json": '{"epochs": 7, "warmup": 5}'})
    assert [reading.value(name) for name in "abc"] == [3, 8, 7]
    assert reading.number("a").overridable
    made = [one for one in reading.script.instances if one.types == ("lab.Settings",)]
    assert [[one.name for one in instance.arguments] for instance in made] == [[], ["warmup"]]
    assert made[1].arguments[0].place.path == "c.json"


CONFIG = "train:\n  epochs: 3\n  lr: 1e-4\n  name: '1e-4'\n  sizes: [1, 2]\nall: ${train.epochs}\n"


@pytest.mark.parametrize(
    "load",
    [
        "import yaml\nwith open('c.yaml') as f:\n    c = yaml.safe_load(f)",
        "import yaml\nc = yaml.load(open('c.yaml'), Loader=yaml.FullLoader)",
        "import yaml, pathlib\nc = yaml.safe_load(pathlib.Path('c.yaml').read_text())",
        "import yaml, os\nc = yaml.safe_load(open(os.path.join(os.path.dirname(__file__), 'c.yaml')).read())",
        "import yaml\ndef load(path='c.yaml'):\n    with open(path) as f:\n        return yaml.safe_load(f)\nc = load()",
        "import yaml, argparse\np = argparse.ArgumentParser()\np.add_argument('--config', default='c.yaml')\nc = yaml.safe_load(open(p.parse_args().config))",
    ],
)
def test_yaml_files(read_files: Any, load: str) -> None:
    source = f"from lab import show\n{load}\nshow(x=c['train']['epochs'], y=c['train']['lr'], z=c['train']['sizes'], w=c['all'])"
    reading = read_files({"train.py": source, "c.yaml": CONFIG})
    assert (reading.value(), reading.value("y"), reading.value("z")) == (3, "1e-4", [1, 2])
    assert reading.value("w") == "${train.epochs}"
    number = reading.number()
    assert (number.origin, number.place.path, number.place.line, number.place.column) == ("literal", "c.yaml", 2, 11)
    assert [path for path, _ in reading.script.reads] == ["c.yaml"]


def test_a_loader_that_reads_numbers_and_references(read_files: Any) -> None:
    source = "import lab\nc = lab.load('c.yaml')\nlab.show(x=c.train.lr, y=c.all, z=c.train.name)"
    reading = read_files({"train.py": source, "c.yaml": CONFIG})
    assert (reading.value(), reading.value("y"), reading.value("z")) == (1e-4, 3, "1e-4")


@pytest.mark.parametrize(
    ("name", "text", "load"),
    [
        ("c.json", '{"n": 3, "deep": {"m": [4]}}', "import json\nc = json.load(open('c.json'))"),
        ("c.json", '{"n": 3, "deep": {"m": [4]}}', "import json\nfrom pathlib import Path\nc = json.loads(Path('c.json').read_text())"),
        ("c.toml", "n = 3\n[deep]\nm = [4]", "import tomllib\nwith open('c.toml', 'rb') as f:\n    c = tomllib.load(f)"),
        ("conf/c.json", '{"n": 3, "deep": {"m": [4]}}', "import json\nfrom pathlib import Path\nc = json.load((Path('conf') / 'c.json').open())"),
    ],
)  # fmt: skip
def test_other_files(read_files: Any, name: str, text: str, load: str) -> None:
    reading = read_files({"train.py": f"from lab import show\n{load}\nshow(x=c['n'], y=c['deep']['m'][0])", name: text})
    assert (reading.value(), reading.value("y")) == (3, 4)
    assert reading.number().place.path == name


def test_the_whole_file_as_an_argument(read_files: Any) -> None:
    source = "import json, lab\nlab.start(model=None, config=json.load(open('ds.json')))"
    reading = read_files({"train.py": source, "ds.json": '{"a": {"b": 2}}'})
    assert reading.value("config", "lab.start") == {"a": {"b": 2}}


def test_entries_passed_on_have_the_place_of_the_entry(read_files: Any) -> None:
    source = "import yaml\nfrom lab import show\nshow(**yaml.safe_load(open('c.yaml')))"
    reading = read_files({"train.py": source, "c.yaml": "x: 3\n"})
    argument = reading.argument("lab.show", "x")
    assert (argument.place.path, argument.place.line, argument.place.end_column) == ("c.yaml", 1, 2)


def test_a_file_that_is_not_there(read_files: Any) -> None:
    reading = read_files(
        {"train.py": "import yaml\nfrom lab import show\nc = yaml.safe_load(open('none.yaml'))\nshow(x=c['n'])"}
    )
    assert type(reading.thing()).__name__ == "Opaque"


def test_a_configuration_in_python(read_files: Any) -> None:
    files = {
        "train.py": "import lab\nc = lab.load('conf/c.py')\nlab.show(x=c.data.size, y=c.epochs, z=c.data.rows, w=c.other)",
        "conf/c.py": "_base_ = ['base.py']\nN = 4\nepochs = N * 3\ndata = dict(size=8)\nother = dict(_delete_=True, q=1)\n",
        "conf/base.py": "import lab\nepochs = 1\ndata = dict(size=1, rows=100)\nother = dict(p=3)\ndef f():\n    pass\n",
    }
    reading = read_files(files)
    assert [reading.value(name) for name in "xyz"] == [8, 12, 100]
    assert "p" not in reading.value("w")
    own = read_files(files, "conf/c.py").script.globals
    assert own is not None
    assert {key for key, _ in own.entries} == {"epochs", "data", "other", "N"}
