"""What expressions come to."""

from __future__ import annotations

from typing import Any

import pytest

from epochlint.expressions.wording import text_of

HEAD = "import lab, math, os\nfrom lab import show, unknown\nN = 2000\nBATCH = 64\nNAMES = ['a', 'b']\nOPTIONS = {'lr': 0.1, 'deep': {'steps': 7}}\n"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("1e-4", 1e-4),
        ("True", True),
        ("None", None),
        ("'a' 'b'", "ab"),
        ("N", 2000),
        ("N // BATCH", 31),
        ("N / BATCH", 31.25),
        ("N % BATCH", 16),
        ("2 ** 10", 1024),
        ("2 ** 10 ** 10", "unknown"),
        ("'x' * 10 ** 9", "unknown"),
        ("1 << 4", 16),
        ("int(3e12)", 3_000_000_000_000),
        ("int(N / BATCH)", 31),
        ("int('12')", 12),
        ("float('1e-4')", 1e-4),
        ("round(2.5)", 2),
        ("round(2.567, 1)", 2.6),
        ("math.ceil(N / BATCH)", 32),
        ("math.floor(N / BATCH)", 31),
        ("math.prod([2, 3, 4])", 24),
        ("math.sqrt(16)", 4.0),
        ("min(N, 3, BATCH)", 3),
        ("max([1, 5, 2])", 5),
        ("sum([1, 2], 10)", 13),
        ("abs(-4)", 4),
        ("len(NAMES)", 2),
        ("len('abc')", 3),
        ("len(range(2, 11, 3))", 3),
        ("len(range(5, -1, -2))", 3),
        ("len(range(10**30))", 10**30),
        ("len(OPTIONS)", 2),
        ("divmod(7, 2)[1]", 1),
        ("N if BATCH > 32 else 5", 2000),
        ("0 or BATCH", 64),
        ("N and None", None),
        ("not N", False),
        ("1 < 2 < 3", True),
        ("1 < 2 > 3", False),
        ("'a' in NAMES", True),
        ("'lr' in OPTIONS", True),
        ("'q' not in OPTIONS", True),
        ("None is None", True),
        ("N is not None", True),
        ("f'run-{N}'", "run-2000"),
        ("f'run-{unknown()}'", "unknown"),
        ("OPTIONS['lr']", 0.1),
        ("OPTIONS['deep']['steps']", 7),
        ("OPTIONS.get('deep').get('none', 3)", 3),
        ("OPTIONS.get('lr', 5)", 0.1),
        ("NAMES[-1]", "b"),
        ("[1, 2, 3][1:]", [2, 3]),
        ("(1, 2) + (3,)", [1, 2, 3]),
        ("[0] * 3", [0, 0, 0]),
        ("{**OPTIONS, 'lr': 1}['lr']", 1),
        ("({'a': 1} | {'a': 2})['a']", 2),
        ("dict(a=1, **{'b': 2})", {"a": 1, "b": 2}),
        ("dict([('a', 1)])['a']", 1),
        ("dict(zip(NAMES, (1, 2)))['b']", 2),
        ("[n * 2 for n in (1, 2, 3) if n != 2]", [2, 6]),
        ("{k: 1 for k in NAMES}", {"a": 1, "b": 1}),
        ("[a + b for a in (1, 2) for b in (10, 20)]", [11, 21, 12, 22]),
        ("list(range(3))", [0, 1, 2]),
        ("[i for i, n in enumerate(NAMES, 1)]", [1, 2]),
        ("sum(x for x in (1, 2, 3))", 6),
        ("list(map(int, ['1', '2']))", [1, 2]),
        ("any([0, 1])", True),
        ("all([0, 1])", False),
        ("'a,b'.split(',')", ["a", "b"]),
        ("'-'.join(NAMES)", "a-b"),
        ("'RUN'.lower()", "run"),
        ("isinstance(N, int)", True),
        ("isinstance(OPTIONS, (list, dict))", True),
        ("(lambda a, b=2: a * b)(4)", 8),
        ("(y := 5) + y", 10),
        ("math.pi > 3", True),
        ("os.path.join('a', 'b')", "a/b"),
        ("1 // 0", "unknown"),
        ("math.log(4, 1)", "unknown"),
        ("unknown() > 3", "unknown"),
        ("N + None", "unknown"),
        ("getattr(lab, 'x', 3) is 3", "unknown"),
    ],
)
def test_expression(read: Any, expression: str, value: object) -> None:
    found = read(f"{HEAD}show(x={expression})").value()
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("statements", "value"),
    [
        ("a = b = 3\nx = a + b", 6),
        ("a, (b, c) = 1, (2, 3)\nx = c", 3),
        ("a, *b, c = 1, 2, 3, 4\nx = b", [2, 3]),
        ("a = 1\na += 2\na *= 3\nx = a", 9),
        ("x = 1\nx = 2", 2),
        ("x: int = 4", 4),
        ("d = {}\nd['a'] = 1\nd['a'] = 2\nx = d['a']", 2),
        ("d = {'a': 1}\nd.update(a=5, b=6)\nx = d", {"a": 5, "b": 6}),
        ("d = {'a': 1}\ndel d['a']\nx = d.get('a', 9)", 9),
        ("d = {'a': 1}\ne = d\ne['a'] = 2\nx = d['a']", 2),
        ("d = {'a': 1}\ne = dict(d)\ne['a'] = 2\nx = d['a']", 1),
        ("d = {}\nd.setdefault('a', 4)\nx = d['a']", 4),
        ("d = {'a': 1}\nd[unknown()] = 2\nx = d['a']", "opaque"),
        ("d = {'a': 1}\nd.update(unknown())\nx = d['a']", "opaque"),
        ("r = [1]\nr.append(2)\nr.extend((3, 4))\nr.insert(0, 0)\nx = r", [0, 1, 2, 3, 4]),
        ("r = [1, 2, 3]\nr.pop()\nx = len(r)", 2),
        ("r = []\nx = len(r)", "len(r)"),
        ("r = []\nunknown().walk(r.append)\nx = len(r)", "len(r)"),
        ("r = [[], []]\nfor row in unknown():\n    r[row.kind].append(row)\nx = len(r[0])", "len(r[0])"),
        ("r = []\nr.append(1)\nx = len(r)", 1),
        ("r = [1, 2]\nr[0] = 5\nx = r", [5, 2]),
        ("r = [1, 2]\nr[unknown()] = 5\nx = r[0]", "opaque"),
        ("r = [1]\nr.sort()\nx = len(r)", "len(r)"),
        ("import types\nn = types.SimpleNamespace(a=1)\nn.b = n.a + 1\nx = n.b", 2),
        ("import types\nn = types.SimpleNamespace(**{'a': 3})\nx = vars(n)['a']", 3),
        ("import types\nn = types.SimpleNamespace(a=1)\nsetattr(n, 'a', 5)\nx = getattr(n, 'a')", 5),
        ("import types\nn = types.SimpleNamespace(a=1)\nn.__dict__.update({'a': 8})\nx = n.a", 8),
        ("import copy\nd = {'a': [1]}\ne = copy.deepcopy(d)\ne['a'].append(2)\nx = d['a']", [1]),
        ("for k, v in {'a': 1, 'b': 2}.items():\n    globals()[k] = v\nx = a + b", 3),
        ("total = 0\nfor n in (1, 2, 3):\n    total += n\nx = total", 6),
        ("for n in (1, 2, 3):\n    if n == 2:\n        break\nx = n", 2),
        ("x = 0\nfor n in []:\n    x = 1\nelse:\n    x = 2", 2),
        ("import functools\nf = functools.partial(max, 5)\nx = f(3)", 5),
        ("assert unknown() == 3\nx = 1", 1),
        ("data = unknown()\nassert len(data) == 500\nx = len(data)", 500),
        ("match 3:\n    case 1:\n        x = 1\n    case 3:\n        x = 2\n    case _:\n        x = 4", 2),
    ],
)
def test_statements(read: Any, statements: str, value: object) -> None:
    reading = read(f"{HEAD}{statements}\nshow(x=x)")
    found = reading.value()
    assert ("opaque" if type(found).__name__ == "Opaque" else found) == value


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("len(data) // 64", "floor(len(data) / 64)"),
        ("math.ceil(len(data) / 64) * 3", "3 * ceil(len(data) / 64)"),
        ("int(len(data) / 64)", "floor(len(data) / 64)"),
        ("len(data) - len(data)", "0"),
        ("min(len(data), 100)", "min(100, len(data))"),
        ("len(data) * 2 / len(data)", "2"),
        ("len(data[:100])", "min(100, len(data))"),
        ("len([row for row in data])", "len(data)"),
        ("len(list(data))", "len(data)"),
        ("len(sorted(data))", "len(data)"),
        ("len(list(enumerate(data)))", "len(data)"),
    ],
)
def test_lengths_that_are_not_known_stay_symbols(read: Any, expression: str, text: str) -> None:
    from epochlint.expressions.wording import text_of

    reading = read(f"{HEAD}data = unknown()\nshow(x={expression})")
    assert text_of(reading.number().value) == text


def test_the_same_unknown_is_the_same_symbol(read: Any) -> None:
    reading = read(
        f"{HEAD}data = unknown()\nother = unknown()\nshow(x=len(data) - len(data), y=len(data) - len(other))"
    )
    assert reading.value("x") == 0
    assert reading.value("y") != 0


def test_names_of_different_things_are_told_apart(read: Any) -> None:
    source = f"{HEAD}def f(n):\n    return n\ndef g(n):\n    return n * 1\nshow(x=f(unknown()) - g(unknown()))"
    assert read(source).value() != 0


def test_form_keeps_the_names_that_a_known_number_was_made_of(read: Any) -> None:
    reading = read(f"{HEAD}steps = N // BATCH\nshow(x=steps)")
    assert reading.value() == 31
    assert reading.form() == "floor(N / BATCH)"


def test_form_of_a_known_length(read: Any) -> None:
    source = f"{HEAD}data = lab.data.Arrays(lab.zeros((128, 3)))\nloader = lab.data.Loader(data, 32)\nshow(x=3 * len(loader))"
    reading = read(source)
    assert reading.value() == 12
    assert reading.form() == "3 * len(loader)"


def test_python_types_are_kept_where_values_are_not_known(read: Any) -> None:
    reading = read(f"{HEAD}data = unknown()\nshow(a=len(data) / 2, b=len(data) // 2, c=str(data), d=len(data) > 2)")
    assert [reading.number(name).python_type for name in "abcd"] == ["float", "int", "str", "bool"]


def test_environment_gives_its_default(read: Any) -> None:
    reading = read(f"{HEAD}show(x=int(os.environ.get('STEPS', '500')), y=os.getenv('SIZE', 3), z=os.environ['WORLD'])")
    assert reading.value("x") == 500
    assert reading.number("x").overridable
    assert (reading.value("y"), reading.number("y").origin) == (3, "environment")
    assert type(reading.thing("z")).__name__ == "Opaque"


def test_flags(read: Any) -> None:
    source = (
        "from absl import flags\nfrom lab import show\nFLAGS = flags.FLAGS\nflags.DEFINE_integer('epochs', 3, 'help')\n"
    )
    reading = read(source + "def main(_):\n    show(x=FLAGS.epochs, y=flags.FLAGS.other)\n")
    assert reading.value("x") == 3
    assert reading.number("x").overridable
    assert type(reading.thing("y")).__name__ == "Opaque"


@pytest.mark.parametrize("filled", ["rows[index].append(1)", "for index in many:\n    rows[index].append(1)"])
def test_a_list_in_a_list_may_be_filled_by_an_index_that_is_not_known(read: Any, filled: str) -> None:
    source = (
        f"import lab\nfrom lab import index, many\nrows = [[], []]\n{filled}\nlab.show(x=len(rows[0]), y=len(rows))\n"
    )
    assert text_of(read(source).number("x").value) == "len(rows[0])"
    assert read(source).value("y") == 2


def test_an_element_of_a_comprehension_may_be_filled_later(read: Any) -> None:
    source = "import lab\nfrom lab import n, index\nrows = [[] for _ in range(n)]\nrows[index].append(1)\nfor one in rows:\n    lab.show(x=len(one))\n"
    length = read(source).number()
    assert text_of(length.value) == "len(one)"
