import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.kafka.counts import IntOrPercent, parse_int_or_percent
from kafkalint.kafka.quantities import parse_quantity

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.binary(max_size=4)
SUFFIXES = {
    "": 1,
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("0", "0"),
        ("100m", "0.1"),
        ("1.5Gi", str(3 * 2**29)),
        ("1Ei", str(2**60)),
        ("2Pi", str(2**51)),
        ("1E", "1e18"),
        ("1E3", "1000"),
        ("1e3", "1000"),
        ("1e+3", "1000"),
        ("12e-2", "0.12"),
        ("500u", "0.0005"),
        ("3n", "0.000000003"),
        ("+1k", "1000"),
        ("-1.5", "-1.5"),
        (".5", "0.5"),
        ("1.", "1"),
        ("1.G", "1e9"),
        ("007", "7"),
        (4, "4"),
        (-4, "-4"),
        (0.5, "0.5"),
        (1e22, "1e22"),
        (0.00001, "0.00001"),
        ("0.1n", "0.000000001"),
        ("-0.1n", "-0.000000001"),
        ("8Ei", str(2**63 - 1)),
        ("-9Ei", str(1 - 2**63)),
    ],
)
def test_quantities(raw, value):
    assert parse_quantity(raw) == Decimal(value)


@pytest.mark.parametrize(
    "raw",
    [
        *("", " 1", "1 ", "1GB", "1gi", "1K", "1ki", "1kI", "Gi", "-", ".", "1.2.3", "1e", "1e1.5", "1mi", "1e9999"),
        *("\u0661", "1\n", "0x10", "1_000", "NaN", "Infinity", "9" * 201, 10**1000),
        *(None, True, math.inf, math.nan, [], {}, b"1"),
    ],
)
def test_what_is_no_quantity(raw):
    assert parse_quantity(raw) is None


@given(st.integers(-(10**6), 10**6), st.sampled_from(sorted(SUFFIXES)))
def test_a_suffix_multiplies(number, suffix):
    assert parse_quantity(f"{number}{suffix}") == number * SUFFIXES[suffix]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**12), max_value=10**12))
def test_decimal_numbers_come_back(number):
    assert parse_quantity(format(number, "f")) == number


@given(st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False, min_value=1e-9, max_value=1e18))
def test_numbers_mean_what_their_text_means(number):
    assert parse_quantity(number) == parse_quantity(repr(number))


@given(SCALARS | st.lists(SCALARS, max_size=2))
def test_no_shape_of_input_raises(raw):
    quantity, limit = parse_quantity(raw), parse_int_or_percent(raw)
    assert quantity is None or quantity.is_finite()
    assert limit is None or isinstance(limit.scaled(7, round_up=True), int)


@pytest.mark.parametrize(
    ("raw", "limit"),
    [
        (1, IntOrPercent(1)),
        (0, IntOrPercent(0)),
        (-1, IntOrPercent(-1)),
        (2.0, IntOrPercent(2)),
        ("50%", IntOrPercent(50, is_percent=True)),
        ("0%", IntOrPercent(0, is_percent=True)),
        ("150%", IntOrPercent(150, is_percent=True)),
    ],
)
def test_int_or_percent(raw, limit):
    assert parse_int_or_percent(raw) == limit
    assert str(limit) == str(raw).removesuffix(".0")


@pytest.mark.parametrize(
    "raw",
    ["1", "", "%", "-5%", "5.5%", "50 %", "fifty", "9" * 5000 + "%", 2**31, 1.5, math.nan, math.inf, True, None, [1]],
)
def test_what_is_neither_int_nor_percent(raw):
    assert parse_int_or_percent(raw) is None


@given(st.integers(0, 100), st.integers(0, 10**6))
def test_percentages_round_as_kubernetes_rounds_them(percent, total):
    limit = IntOrPercent(percent, is_percent=True)
    assert limit.scaled(total, round_up=True) == math.ceil(float(percent) * float(total) / 100)
    assert limit.scaled(total, round_up=False) == math.floor(float(percent) * float(total) / 100)


@given(st.integers(-100, 100), st.integers(0, 100), st.booleans())
def test_a_count_is_what_it_is(count, total, up):
    assert IntOrPercent(count).scaled(total, round_up=up) == count
