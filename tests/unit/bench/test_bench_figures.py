import pytest

from bench.figures import Figure, percentile, significant


@pytest.mark.parametrize(
    ("value", "written"),
    [(2120.4, "2120"), (99.96, "100.0"), (8.914, "8.91"), (0.05049, "0.0505"), (0, "0")],
)
def test_a_value_is_written_with_the_digits_that_mean_something(value, written):
    assert significant(value) == written


def test_a_line_is_name_value_unit_and_then_what_a_person_compares_it_with():
    figure = Figure("first_byte_p50", 8.9, "ms", "<= 10", "320 webhooks")
    assert figure.line() == "first_byte_p50 8.90 ms (goal <= 10)  # 320 webhooks"


def test_a_ratio_has_no_unit():
    assert Figure("accepted_of_bare", 0.75, "").line() == "accepted_of_bare 0.750"


def test_a_percentile_is_one_of_the_values():
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert percentile(values, 0.5) == 3.0
    assert percentile(values, 0.99) == 5.0
    assert percentile(values, 0) == 1.0
    assert percentile([7.0], 0.5) == 7.0
