"""Tables on a PDF page: rows whose cells stand side by side in columns that recur."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.parse.pdf_columns import pieces
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


def find_tables(lines: list[Line]) -> Iterator[Line | list[TableRow]]:
    """The page in its order: lines, and tables in the place of their lines."""
    rows: list[_Row] = []
    for row in _rows(lines):
        if not row.is_table_row:
            yield from _flush(rows)
            rows = []
            yield from row.lines
            continue
        above = row.take_lines_above()
        if above or (rows and not _same_table(rows[-1], row)):
            yield from _flush(rows)
            rows = []
            yield from above
        rows.append(row)
    yield from _flush(rows)


@dataclass(slots=True)
class _Row:
    """A row that is being read: its cells, and the lines of the page that it is made of."""

    cells: list[list[Line]]
    lines: list[Line]

    def takes(self, line: Line) -> bool:
        """Add ``line`` if each of its pieces is the next line of a cell or stands in a column of its own; tells whether it was."""
        parts = pieces(line)
        homes = [self._cell_above(piece) for piece in parts]
        for piece, home in zip(parts, homes, strict=True):
            if home is None and any(_overlap(piece, cell) for cell in self.cells):
                return False
        new = [piece for piece, home in zip(parts, homes, strict=True) if home is None]
        if len(parts) > 1 and homes[0] is self.cells[0] and len(self.cells) > 1:
            return False  # the first column begins again: a next row
        if len(new) == len(parts) and not self._beside(line):
            return False
        if not new and len(parts) == 1 and homes[0] is self.cells[0] and len(self.cells) > 1:
            return False
        for piece, home in zip(parts, homes, strict=True):
            if home is not None:
                home.append(piece)
        self.cells.extend([piece] for piece in new)
        self.cells.sort(key=lambda cell: cell[0].left)
        self.lines.append(line)
        return True

    def _cell_above(self, piece: Line) -> list[Line] | None:
        return next((cell for cell in self.cells if len(cell) < MOST_LINES_IN_CELL and _is_under(piece, cell)), None)

    def _beside(self, line: Line) -> bool:
        """Whether it stands next to what was read, or above it and may yet reach down to it."""
        top = min(piece.top for cell in self.cells for piece in cell)
        bottom = max(piece.bottom for cell in self.cells for piece in cell)
        right = max(piece.right for cell in self.cells for piece in cell)
        if min(bottom, line.bottom) - max(top, line.top) > 0.3 * line.height:
            return True
        return line.left > right and top - MOST_LINES_IN_CELL * line.height < line.top < top

    @property
    def is_table_row(self) -> bool:
        """Whether it has several cells, and each stands beside another."""
        extents = [(min(line.top for line in cell), max(line.bottom for line in cell)) for cell in self.cells]
        return len(extents) > 1 and all(
            any(other != place and min(bottom, ends) > max(top, begins) for other, (begins, ends) in enumerate(extents))
            for place, (top, bottom) in enumerate(extents)
        )

    def take_lines_above(self) -> list[Line]:
        """Take out the lines on top of the first cell that are wider than its column: they stand above the table."""
        first, others = self.cells[0], [line for cell in self.cells[1:] for line in cell]
        top, left = min(line.top for line in others), min(line.left for line in others)
        above = []
        while len(first) > 1 and first[0].right > left and first[0].bottom <= top + 0.3 * first[0].height:
            above.append(first.pop(0))
        self.lines = [line for line in self.lines if line not in above]
        return above

    def finished(self) -> TableRow:
        """The row as it is given out."""
        return TableRow(self.lines[0].page, self.cells, bold=all(cell[0].bold for cell in self.cells))


def _rows(lines: list[Line]) -> Iterator[_Row]:
    row: _Row | None = None
    for line in lines:
        if row is not None and row.takes(line):
            continue
        if row is not None:
            yield row
        row = _Row([[piece] for piece in pieces(line)], [line])
    if row is not None:
        yield row


def _flush(rows: list[_Row]) -> Iterator[Line | list[TableRow]]:
    if len(rows) >= FEWEST_ROWS:
        yield _in_columns([row.finished() for row in rows])
    else:
        for row in rows:
            yield from row.lines


def _is_under(line: Line, cell: list[Line]) -> bool:
    """Whether ``line`` is the next line of ``cell``."""
    last = cell[-1]
    near = 0 < line.top - last.top < 1.6 * max(last.height, line.height)
    middle = abs((line.left + line.right) - (last.left + last.right)) / 2
    return near and min(abs(line.left - cell[0].left), middle) <= ALIGNED_POINTS


def _overlap(piece: Line, cell: list[Line]) -> bool:
    return any(piece.left < line.right - 1 and line.left < piece.right - 1 for line in cell)


def _same_table(before: _Row, after: _Row) -> bool:
    """Whether two rows follow each other in one table: near, and at least two columns begin or end at the same place."""
    last = max(line.bottom for cell in before.cells for line in cell)
    first = min(line.top for cell in after.cells for line in cell)
    height = after.cells[0][0].height
    if not -0.5 * height <= first - last <= 2.5 * height:
        return False
    common = sum(any(_aligned(_extent(cell), _extent(other)) for other in before.cells) for cell in after.cells)
    return common >= 2 and _shares_gap(before, after)


def _shares_gap(before: _Row, after: _Row) -> bool:
    """Whether a gap of one row stands under a gap of the other: wide spaces in justified text seldom do."""
    return any(
        min(right, other_right) - max(left, other_left) >= NARROWEST_GAP_POINTS
        for left, right in _gaps(after)
        for other_left, other_right in _gaps(before)
    )


def _gaps(row: _Row) -> list[tuple[float, float]]:
    extents = [_extent(cell) for cell in row.cells]
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
