from __future__ import annotations

from pathlib import Path

import pytest

from epochlint.knowledge.container import BrokenContainerError, Container, pack, write

PARTS = {"one": {"a": (1, 2.5, "é", None)}, "two": [3, "x", frozenset({1})], "three": ()}


def stored(folder: Path, stamp: object = "stamp") -> Path:
    path = folder / "catalogue.bin"
    assert write(str(path), pack(PARTS, stamp))
    return path


def test_parts_come_back(tmp_path: Path) -> None:
    container = Container.open(str(stored(tmp_path)), "stamp")
    assert container is not None
    assert container.names() == ("one", "two", "three")
    assert {name: container.part(name) for name in container.names()} == PARTS
    assert "one" in container
    assert "four" not in container
    with pytest.raises(KeyError):
        container.part("four")


def test_another_stamp_is_not_opened(tmp_path: Path) -> None:
    assert Container.open(str(stored(tmp_path, "old")), "new") is None


def test_a_missing_file_is_not_opened(tmp_path: Path) -> None:
    assert Container.open(str(tmp_path / "nothing.bin"), "stamp") is None
    assert Container.open(str(tmp_path), "stamp") is None


def test_no_damaged_header_is_opened(tmp_path: Path) -> None:
    path = stored(tmp_path)
    whole = path.read_bytes()
    for size in (0, 1, 10, 30, 60, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert Container.open(str(path), "stamp") is None
    path.write_bytes(whole + b"x")
    assert Container.open(str(path), "stamp") is None
    for position in range(0, 36):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        path.write_bytes(bytes(damaged))
        assert Container.open(str(path), "stamp") is None
    path.write_bytes(b"\x00" * 500)
    assert Container.open(str(path), "stamp") is None


def test_a_damaged_part_is_told_from_a_missing_one(tmp_path: Path) -> None:
    path = stored(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-2] + b"\xff\xff")
    container = Container.open(str(path), "stamp")
    assert container is not None
    with pytest.raises(BrokenContainerError):
        container.part("three")


def test_an_open_catalogue_survives_its_replacement(tmp_path: Path) -> None:
    path = stored(tmp_path)
    container = Container.open(str(path), "stamp")
    assert container is not None
    assert write(str(path), pack({"one": "new"}, "stamp"))
    assert container.part("one") == PARTS["one"]
    assert [file.name for file in tmp_path.iterdir()] == ["catalogue.bin"]


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not write(str(tmp_path / "file" / "catalogue.bin"), b"x")
