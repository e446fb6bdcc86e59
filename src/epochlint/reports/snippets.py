"""Source lines with what stands in them underlined, the way compilers show them."""

from __future__ import annotations

from epochlint.findings.lines import line_at
from epochlint.records import record
from epochlint.reports.terminal import ELLIPSIS, safe, safe_path, shortened, shown_line, width, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.places import Place
    from epochlint.reports.colour import Palette
    from epochlint.reports.terminal import ShownLine
    from epochlint.results import Lines

SMALLEST_TEXT = 20  # columns left for the text of a line, however narrow the terminal


@record
class Annotation:
    """A place to underline, with a few words. The primary one is underlined by `^`, in the colour of the severity."""

    place: Place
    label: str
    colour: str
    primary: bool = False


class Frame:
    """The gutter on the left, wide enough for every line number of one finding."""

    def __init__(self, annotations: tuple[Annotation, ...], palette: Palette, columns: int) -> None:
        self.digits = max(len(str(annotation.place.line)) for annotation in annotations)
        self.palette = palette
        self.columns = max(columns - self.digits - 3, SMALLEST_TEXT)

    def edge(self, text: str = "", number: int | None = None) -> str:
        """Return a line that begins with the gutter; a line number can stand in it."""
        left = "" if number is None else str(number)
        gutter = self.palette.paint(f"{left:>{self.digits}} |", "gutter")
        return f"{gutter} {text}" if text else gutter

    def arrow(self, place: Place) -> str:
        return " " * self.digits + self.palette.paint("--> ", "gutter") + where(place)

    def remark(self, kind: str, text: str, colour: str = "bold") -> Iterator[str]:
        """Yield the lines of `= help: text`, wrapped under themselves; without a kind just `= text`."""
        head = f"{kind}: " if kind else ""
        sign = self.palette.paint("=", "gutter")
        lines = wrapped(safe(text), max(self.columns - len(head), SMALLEST_TEXT))
        yield f"{' ' * self.digits} {sign} {self.palette.paint(head[:-1], colour)}{head[-1:]}{lines[0]}"
        for line in lines[1:]:
            yield " " * (self.digits + 3 + len(head)) + line


def where(place: Place) -> str:
    """Return `path:line:column`, in a notebook `path:cell 3:line:column`."""
    cell = f"cell {place.cell}:" if place.cell is not None else ""
    return f"{safe_path(place.path)}:{cell}{place.line}:{place.column}"


def snippets(annotations: tuple[Annotation, ...], line_of: Lines, frame: Frame) -> Iterator[str]:
    """Yield the snippets of a finding, one for each file, that of the first annotation first."""
    groups: dict[tuple[str, int | None], list[Annotation]] = {}
    for annotation in annotations:
        groups.setdefault((annotation.place.path, annotation.place.cell), []).append(annotation)
    for index, group in enumerate(groups.values()):
        if index:
            yield frame.edge()
        yield frame.arrow(group[0].place)
        rows = list(_rows(group, line_of, frame))
        if rows:
            yield frame.edge()
            yield from rows
    yield frame.edge()


def _rows(group: list[Annotation], line_of: Lines, frame: Frame) -> Iterator[str]:
    by_line: dict[int, list[Annotation]] = {}
    for annotation in group:
        by_line.setdefault(annotation.place.line, []).append(annotation)
    previous = 0
    for number in sorted(by_line):
        if previous and number == previous + 2:
            text = shown_line(line_at(line_of, group[0].place, previous + 1)).text
            yield frame.edge(shortened(text, frame.columns), previous + 1)
        elif previous and number > previous + 2:
            yield frame.palette.paint("." * 3, "gutter")
        previous = number
        line = shown_line(line_at(line_of, group[0].place, number))
        yield from _line_with_marks(line, number, by_line[number], frame)


def _line_with_marks(line: ShownLine, number: int, annotations: list[Annotation], frame: Frame) -> Iterator[str]:
    if not line.text.strip():
        for annotation in annotations:
            if annotation.label:
                yield frame.edge(frame.palette.paint(safe(annotation.label), annotation.colour), number)
        return
    spans = [_columns(line, annotation.place) for annotation in annotations]
    begin, end = _window(line, spans, frame.columns)
    yield frame.edge(_cut(line, begin, end), number)
    for annotation, (start, stop) in zip(annotations, spans, strict=True):
        left = min(max(start, begin), end - 1) - begin
        right = max(min(stop, end) - begin, left + 1)
        yield from _mark(annotation, left, right, frame)


def _columns(line: ShownLine, place: Place) -> tuple[int, int]:
    """Return the columns, from 0, that a place takes in its first line; at least one."""
    start = line.column(place.column)
    stop = line.column(place.end_column) if place.end_line == place.line else width(line.text.rstrip())
    return start, max(stop, start + 1)


def _window(line: ShownLine, spans: list[tuple[int, int]], columns: int) -> tuple[int, int]:
    """Return the part of a line that is shown: all of it, or what there is room for around the first place."""
    total = max(width(line.text), spans[0][1])
    if total <= columns:
        return 0, total
    first = min(start for start, _ in spans)
    last = max(stop for _, stop in spans)
    if last - first > columns - 4:
        first, last = spans[0]
    if last <= columns - 2:
        return 0, columns
    begin = min(max(first - columns // 3, last + 2 - columns), max(first - 2, 0))
    return begin, begin + columns


def _cut(line: ShownLine, begin: int, end: int) -> str:
    total = width(line.text)
    if begin == 0 and end >= total:
        return line.text.rstrip()
    left = ELLIPSIS if begin else ""
    right = ELLIPSIS if end < total else ""
    return left + line.window(begin + len(left), end - len(right)).rstrip() + right


def _mark(annotation: Annotation, left: int, right: int, frame: Frame) -> Iterator[str]:
    """Yield the underline with its label: beside it if there is room, else below it, as far right as it fits."""
    palette, label = frame.palette, safe(annotation.label)
    underline = " " * left + palette.paint(("^" if annotation.primary else "-") * (right - left), annotation.colour)
    if not label:
        yield frame.edge(underline)
    elif right + 1 + width(label) <= frame.columns:
        yield frame.edge(f"{underline} {palette.paint(label, annotation.colour)}")
    else:
        yield frame.edge(underline)
        lines = wrapped(label, frame.columns)
        indent = max(min(left, frame.columns - max(width(line) for line in lines)), 0)
        for line in lines:
            yield frame.edge(" " * indent + palette.paint(line, annotation.colour))
