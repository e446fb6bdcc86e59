"""Imports: names of libraries with aliases resolved, and other files of the repository."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    "source",
    [
        "import lab.data\nlab.data.Loader([1])",
        "import lab.data as d\nd.Loader([1])",
        "import lab as l\nl.data.Loader([1])",
        "from lab import data\ndata.Loader([1])",
        "from lab.data import Loader as L\nL([1])",
        "import laboratory as l\nl.data.Loader([1])",
        "from lab.data import *\nLoader([1])",
        "def f():\n    from lab.data import Loader\n    Loader([1])\nf()",
        "try:\n    from lab.data import Loader\nexcept ImportError:\n    from other import Loader\nLoader([1])",
        "import lab\nL = lab.data.Loader\nL([1])",
        "from lab.data import Loader\ndef make(cls):\n    return cls([1])\nmake(Loader)",
    ],
)
def test_names_are_resolved(read: Any, source: str) -> None:
    reading = read(source)
    assert reading.call("lab.data.Loader").arguments[0].name == "dataset"
    assert reading.told("lab.data.Loader", "length") == 1


def test_imports_are_listed(read: Any) -> None:
    assert read("import a.b\nfrom c.d import e\nfrom . import f\nimport os").script.imports == ("a", "c", "os")


FILES = {
    "train.py": "import lab\nfrom conf import N, Options, make\nimport pkg.sub as s\nfrom pkg import helper\nlab.show(a=N, b=Options().n, c=make(3), d=s.M, e=helper.twice(4), f=s.NAME)",
    "conf.py": "from pkg.sub import M\nN = M + 1\nclass Options:\n    n = 5\ndef make(k):\n    return k * N\n",
    "pkg/__init__.py": "",
    "pkg/sub.py": "from .helper import twice\nM = twice(10)\nNAME = __name__\n",
    "pkg/helper.py": "def twice(x):\n    return 2 * x\n",
}


def test_files_of_the_repository_are_interpreted(read_files: Any) -> None:
    reading = read_files(FILES)
    assert [reading.value(name) for name in "abcdef"] == [21, 5, 63, 20, 8, "pkg.sub"]
    assert reading.number("a").place.path == "conf.py"
    assert reading.call("conf.make").function == ""


def test_a_file_in_a_folder_above(read_files: Any) -> None:
    files = {"src/tools/train.py": "from common import N\nimport lab\nlab.show(x=N)", "src/common.py": "N = 4"}
    assert read_files(files, "src/tools/train.py").value() == 4


def test_a_module_of_a_package_that_is_called_as_a_library_is_not_the_library(read_files: Any) -> None:
    script = "import lab\nfrom lab import N\nlab.show(x=N)"
    inside = {"backend/train.py": script, "backend/lab.py": "N = 4", "backend/__init__.py": ""}
    assert read_files(inside, "backend/train.py").value() != 4
    beside = {"backend/train.py": "from common import N\nimport lab\nlab.show(x=N)", "backend/common.py": "N = 4"}
    assert read_files({**beside, "backend/__init__.py": ""}, "backend/train.py").value() == 4


def test_circular_imports_end(read_files: Any) -> None:
    files = {"train.py": "import a, lab\nlab.show(x=a.N)", "a.py": "import b\nN = 3", "b.py": "import a\nM = 1"}
    assert read_files(files).value() == 3


def test_a_relative_import_that_is_not_there(read_files: Any) -> None:
    reading = read_files({"pkg/train.py": "from .tools import run\nrun(3)"}, "pkg/train.py")
    assert reading.script.calls[0].callee == "pkg.tools.run"


def test_star_import_of_a_file(read_files: Any) -> None:
    files = {"train.py": "from conf import *\nimport lab\nlab.show(x=N)", "conf.py": "N = 3\n_hidden = 4"}
    assert read_files(files).value() == 3


def test_the_main_guard(read_files: Any) -> None:
    files = {
        "train.py": "import conf, lab\nif __name__ == '__main__':\n    lab.show(x=conf.N)",
        "conf.py": "N = 1\nif __name__ == '__main__':\n    N = 2\n",
    }
    assert read_files(files).value() == 1


def test_moving_a_constant_to_another_file_changes_nothing(read_files: Any) -> None:
    inside = read_files({"train.py": "import lab\nN = 30\nlab.show(x=N // 4)"})
    outside = read_files({"train.py": "import lab\nfrom conf import N\nlab.show(x=N // 4)", "conf.py": "N = 30\n"})
    assert inside.value() == outside.value() == 7
    assert inside.form() == outside.form() == "floor(N / 4)"
