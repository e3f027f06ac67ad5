"""The line that is being composed: it is on no paper yet."""

from __future__ import annotations

from collections.abc import Sequence

from escpos_paper.ticket import Align, Run, Style


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
        room = max((self._width_dots - self._x_dots) // cell, 0)
        if room == 0 and self._x_dots == 0:
            # One character is wider than the line: printing it clipped beats a line without end.
            room = 1
        if room:
            self._append(text[:room], style)
            self._x_dots += min(room, len(text)) * cell
        return text[room:]

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
        """Obeyed only at the beginning of a line, as by the printer."""
        if self.is_empty:
            self._margin_dots = min(dots, self._paper_dots)
            self._width_dots = min(self._width_dots, self._paper_dots - self._margin_dots)

    def set_width(self, dots: int) -> None:
        if self.is_empty:
            self._width_dots = min(dots, self._paper_dots - self._margin_dots)
