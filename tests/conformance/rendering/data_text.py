"""Data sets of a known size, or hidden behind a reader of files: then the size is assumed."""

from __future__ import annotations

from typing import Any

from cases import number
from script_text import Script

_LOAD_ROWS = """
def load_rows(name):
    with open(os.path.join(os.environ["DATA_DIR"], name)) as handle:
        return [[float(value) for value in line.split(",")] for line in handle if line.strip()]
"""


class Data:
    """Source text for the data sets of one script; about a third of the scripts hide their size."""

    def __init__(self, script: Script, visible: bool = False) -> None:
        self.script = script
        self.id = script.id
        self.hidden = not visible and number(self.id, "hidden") % 3 == 0
        self._defined: set[str] = set()

    def define_once(self, name: str, text: str) -> None:
        if name not in self._defined:
            self._defined.add(name)
            self.script.define(text)

    def rows(self, size: int, part: str, quantity: str) -> str:
        """Return text for rows read from a file; their number is assumed."""
        self.script.imp("import os")
        self.define_once("load_rows", _LOAD_ROWS)
        self.script.case.assume[quantity] = size
        return f'load_rows("{part}.csv")'

    def torch(self, size: int, kind: str | None = "map", **how: Any) -> str:
        """Return text for a data set: `map` has a length, `iterable` has none, `iterable_len…` says one."""
        if kind in (None, "map"):
            return self.torch_map(size, **how)
        return self.torch_stream(size, with_length=str(kind).startswith("iterable_len"), **how)

    def torch_map(
        self, size: int, part: str = "train", quantity: str = "dataset_size", item: str = "dict", label: str = "labels"
    ) -> str:
        script = self.script
        script.imp("import torch")
        give = {
            "dict": f'{{"x": self.x[index], "{label}": self.y[index]}}',
            "pair": "self.x[index], self.y[index]",
            "single": "self.x[index]",
        }[item]
        if self.hidden:
            script.imp("from torch.utils.data import Dataset")
            x = "torch.tensor(rows, dtype=torch.float32).reshape(len(rows), 3)"
            self.define_once("map", _MAP.format(name="Rows", argument="rows", x=x, give=give))
            return f"Rows({self.rows(size, part, quantity)})"
        way = number(self.id, "data") % 3
        if way == 0 and item == "pair":
            script.imp("from torch.utils.data import TensorDataset")
            return f"TensorDataset(torch.randn({size}, 3), torch.randn({size}, 1))"
        script.imp("from torch.utils.data import Dataset")
        self.define_once("map", _MAP.format(name="Points", argument="size", x="torch.randn(size, 3)", give=give))
        if way == 1:
            return f"Points({size})"
        return f"Points({script.opt('train_size' if part == 'train' else 'val_size', size)})"

    def torch_stream(
        self,
        size: int,
        part: str = "train",
        quantity: str = "dataset_size",
        item: str = "dict",
        label: str = "labels",
        with_length: bool = False,
        declared: int | None = None,
    ) -> str:
        """Return text for a stream; `declared` is the length that it claims to have."""
        script = self.script
        script.imp("import torch", "from torch.utils.data import IterableDataset")
        script.case.assume[quantity] = size  # nobody reads the length of a stream from its source
        name = "Stream" + ("WithLength" if with_length else "")
        hidden = self.hidden and declared is None
        field = "rows" if hidden else "size"
        length = repr(declared) if declared is not None else ("len(self.rows)" if hidden else "self.size")
        give = {
            "dict": f'{{"x": x, "{label}": x.sum(0, keepdim=True)}}',
            "pair": "x, x.sum(0, keepdim=True)",
            "single": "x",
        }[item]
        text = _STREAM.format(
            name=name,
            field=field,
            rows="self.rows" if hidden else "range(self.size)",
            x="torch.tensor(row, dtype=torch.float32)" if hidden else "torch.tensor([float(row % 7), 1.0, -1.0])",
            give=give,
        )
        self.define_once(name, text + (_LENGTH.format(length=length) if with_length else ""))
        return f"{name}({self.rows(size, part, quantity) if hidden else size})"


_MAP = """
class {name}(Dataset):
    def __init__(self, {argument}):
        self.x = {x}
        self.y = self.x.sum(dim=1, keepdim=True)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return {give}
"""
_STREAM = """
class {name}(IterableDataset):
    def __init__(self, {field}):
        self.{field} = {field}

    def __iter__(self):
        for row in {rows}:
            x = {x}
            yield {give}
"""
_LENGTH = """
    def __len__(self):
        return {length}
"""
