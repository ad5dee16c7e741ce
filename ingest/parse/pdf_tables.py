"""Tables on a PDF page: rows whose cells stand side by side in columns that recur."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.parse.pdf_lines import Cell, Line

MOST_LINES_IN_CELL = 8
"""More lines one above the other are a column of the page, not a cell."""

ALIGNED_POINTS = 5.0
NARROWEST_GAP_POINTS = 4.0
FEWEST_ROWS = 2


@dataclass(slots=True)
class TableRow:
    """One row: the lines of each of its cells, from left to right."""

    page: int
    cells: list[list[Line]] = field(default_factory=list)
    bold: bool = False

    @property
    def filled(self) -> list[list[Line]]:
        """The cells that are not empty."""
        return [cell for cell in self.cells if cell]


def find_tables(lines: list[Line]) -> Iterator[Line | list[TableRow]]:
    """The page in its order: lines, and tables in the place of their lines."""
    rows: list[tuple[TableRow, list[Line]]] = []
    index = 0
    while index < len(lines):
        taken = _take_row(lines, index)
        if taken is None:
            yield from _flush(rows)
            rows = []
            yield lines[index]
            index += 1
            continue
        row, end = taken
        if rows and not _same_table(rows[-1][0], row):
            yield from _flush(rows)
            rows = []
        rows.append((row, lines[index:end]))
        index = end
    yield from _flush(rows)


def _flush(rows: list[tuple[TableRow, list[Line]]]) -> Iterator[Line | list[TableRow]]:
    if len(rows) >= FEWEST_ROWS:
        yield _in_columns([row for row, _ in rows])
    else:
        for _, lines in rows:
            yield from lines


def _take_row(lines: list[Line], start: int) -> tuple[TableRow, int] | None:
    """The row that begins with this line, and the index after it; None where it begins none."""
    first = lines[start]
    columns = [[piece] for piece in _pieces(first)]
    top, bottom = first.top, first.bottom
    index = end = start + 1
    under: list[Line] = []  # lines below the last cell that may be more of it
    while index < len(lines):
        line = lines[index]
        right = max(piece.right for piece in columns[-1] + under)
        if (
            line.left >= right - 1
            and line.top < max(bottom, *(piece.bottom for piece in under), bottom) - 0.3 * line.height
            and (line.top >= top - 1.2 * line.height)
        ):
            columns[-1].extend(under)
            columns.extend([piece] for piece in _pieces(line))
            bottom = max(bottom, line.bottom, *(piece.bottom for piece in under))
            top = min(top, line.top)
            under = []
            index = end = index + 1
            continue
        before = (columns[-1] + under)[-1]
        step = line.top - before.top
        close = 0 < step < 1.6 * max(before.height, line.height)
        if not close:
            break
        places = [_column_of(piece, columns) for piece in _pieces(line)]
        if len(columns) > 1 and not under and all(place is not None and place > 0 for place in places):
            for piece, place in zip(_pieces(line), places, strict=True):
                columns[place or 0].append(piece)
            bottom = max(bottom, line.bottom)
            index = end = index + 1
            continue
        aligned = len(line.cells) == 1 and abs(line.left - columns[-1][0].left) <= ALIGNED_POINTS
        if not aligned or len(columns[-1]) + len(under) >= MOST_LINES_IN_CELL:
            break
        under.append(line)
        index += 1
    if len(columns) < 2:
        return None
    row = TableRow(first.page, columns, bold=all(cell[0].bold for cell in columns))
    return row, end


def _pieces(line: Line) -> list[Line]:
    """A line of several cells as a line for each."""
    if len(line.cells) == 1:
        return [line]
    last = line.cells[-1]
    return [
        Line(line.page, [cell], cell.left, line.top, cell.right, line.bottom, line.size, line.bold, line.hyphenated and cell is last)
        for cell in line.cells
    ]


def _column_of(piece: Line, columns: list[list[Line]]) -> int | None:
    for place, column in enumerate(columns):
        if abs(piece.left - column[0].left) <= ALIGNED_POINTS:
            return place
    return None


def _same_table(before: TableRow, after: TableRow) -> bool:
    """Whether two rows follow each other in one table: near, and at least two columns begin or end at the same place."""
    last = max(line.bottom for cell in before.cells for line in cell)
    first = min(line.top for cell in after.cells for line in cell)
    height = after.cells[0][0].height
    if not -0.5 * height <= first - last <= 2.5 * height:
        return False
    common = sum(any(_aligned(_extent(cell), _extent(other)) for other in before.filled) for cell in after.filled)
    return common >= 2 and _shares_gap(before, after)


def _shares_gap(before: TableRow, after: TableRow) -> bool:
    """Whether a gap of one row stands under a gap of the other: wide spaces in justified text seldom do."""
    return any(
        min(right, other_right) - max(left, other_left) >= NARROWEST_GAP_POINTS
        for left, right in _gaps(after)
        for other_left, other_right in _gaps(before)
    )


def _gaps(row: TableRow) -> list[tuple[float, float]]:
    extents = [_extent(cell) for cell in row.filled]
    return [(one.right, other.left) for one, other in pairwise(extents)]


def _extent(lines: list[Line]) -> Cell:
    return Cell("", min(line.left for line in lines), max(line.right for line in lines))


def _aligned(one: Cell, other: Cell) -> bool:
    middle = abs((one.left + one.right) - (other.left + other.right)) / 2
    return min(abs(one.left - other.left), abs(one.right - other.right), middle) <= ALIGNED_POINTS


def _in_columns(rows: list[TableRow]) -> list[TableRow]:
    """The same rows with empty cells where a column has none, when the fullest rows show what the columns are."""
    most = max(len(row.cells) for row in rows)
    columns: list[Cell] = []
    for place in range(most):
        extents = [_extent(row.cells[place]) for row in rows if len(row.cells) == most]
        columns.append(Cell("", min(cell.left for cell in extents), max(cell.right for cell in extents)))
    if any(before.right > after.left + ALIGNED_POINTS for before, after in pairwise(columns)):
        return rows
    for row in rows:
        if len(row.cells) == most:
            continue
        placed: list[list[Line]] = [[] for _ in columns]
        for cell in row.cells:
            extent = _extent(cell)
            best = max(range(most), key=lambda place: min(columns[place].right, extent.right) - max(columns[place].left, extent.left))
            placed[best].extend(cell)
        row.cells = placed
    return rows
