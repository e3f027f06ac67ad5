import pytest

from bonfire.config import Technology
from print_agent.ticket import Profile
from print_agent.ticket.blocks import Huge
from print_agent.ticket.row import Row
from print_agent.ticket.typeset import typeset


def shown(profile: Profile) -> list[str]:
    rows = typeset([Huge("10417")], profile)
    return ["".join(span.text for span in row.spans) for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize("columns", [33, 40])
def test_needles_print_the_order_number_between_bars(columns):
    above, number, below = shown(Profile(columns=columns, technology=Technology.IMPACT))
    assert above == below == "=" * columns
    assert number.strip() == "10417"


def test_a_thermal_printer_prints_the_order_number_alone():
    (number,) = shown(Profile())
    assert number.strip() == "10417"
