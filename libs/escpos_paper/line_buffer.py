"""The line that is being composed: it is on no paper yet."""

from __future__ import annotations

from collections.abc import Sequence

from escpos_paper.block import Align, Run, Style


class LineBuffer:
    """Runs of text that wait for something to print them. All positions are in dots."""

    def __init__(self, width_dots: int) -> None:
        self._paper_dots = width_dots
        self._margin_dots = 0
        self._width_dots = width_dots
        self._runs: list[Run] = []
        self._x_dots = 0

    @property
    def is_empty(self) -> bool:
        return not self._runs

    @property
    def height_dots(self) -> int:
        """Height of the tallest character."""
        return max((run.style.cell_dots[1] for run in self._runs), default=0)

    def clear(self) -> None:
        self._runs = []
        self._x_dots = 0

    def add(self, text: str, style: Style) -> str:
        """Take what fits; returns the rest, which belongs on the next line."""
        cell = style.cell_dots[0]
        room = (self._width_dots - self._x_dots) // cell
        if room < len(text):
            # A character wider than the whole line is printed alone and clipped: the alternative
            # is a line that never ends.
            room = max(room, 0) if self._x_dots else max(room, 1)
            text, rest = text[:room], text[room:]
        else:
            rest = ""
        if text:
            self._append(text, style)
            self._x_dots += len(text) * cell
        return rest

    def _append(self, text: str, style: Style) -> None:
        x_dots = self._x_dots + self._margin_dots
        last = self._runs[-1] if self._runs else None
        if last and last.style == style and last.x_dots + last.width_dots == x_dots:
            self._runs[-1] = Run(last.text + text, style, last.x_dots)
        else:
            self._runs.append(Run(text, style, x_dots))

    def take(self, align: Align) -> tuple[Run, ...]:
        """The runs where they go on the paper; the buffer is empty afterwards."""
        runs = tuple(self._runs)
        room = max(self._width_dots - self._x_dots, 0)
        self.clear()
        if align is Align.LEFT or not room:
            return runs
        shift = room // 2 if align is Align.CENTER else room
        return tuple(run._replace(x_dots=run.x_dots + shift) for run in runs)

    def move_to(self, x_dots: int) -> None:
        """Continue at this distance from the left margin; beyond the line it is ignored."""
        if x_dots <= self._width_dots:
            self._x_dots = x_dots

    def tab(self, stops_dots: Sequence[int]) -> None:
        """Continue at the next stop, if there is one left on the line."""
        later = [stop for stop in stops_dots if self._x_dots < stop < self._width_dots]
        if later:
            self._x_dots = min(later)

    def set_margin(self, dots: int) -> None:
        self._margin_dots = min(dots, self._paper_dots)
        self._width_dots = min(self._width_dots, self._paper_dots - self._margin_dots)

    def set_width(self, dots: int) -> None:
        """The width of the lines from the margin on; never beyond the paper."""
        self._width_dots = min(dots, self._paper_dots - self._margin_dots)
