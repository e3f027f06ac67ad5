from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bonfire.config import (
    Defaults,
    Location,
    Mail,
    Monitoring,
    Organisation,
    Person,
    Printer,
    PrinterSettings,
    Route,
    Station,
    Wix,
    load,
    parse,
)
from bonfire.config.table import Table

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "bonfire.example.toml"
MANUAL = ROOT / "docs" / "configuration.md"
README = ROOT / "samples" / "wix" / "README.md"
TABLES: list[type[Table]] = [
    Organisation,
    Defaults,
    PrinterSettings,
    Wix,
    Location,
    Station,
    Printer,
    Route,
    Person,
    Mail,
    Monitoring,
]


def test_the_example_loads_without_mistakes_and_without_warnings():
    example = load(EXAMPLE)

    assert example.organisation.name == "Gasthaus Bosco"
    assert [one.id for one in example.locations] == ["altstadt"]
    assert {one.id: one.name for one in example.locations[0].stations} == {
        "kitchen": "KÜCHE",
        "bar": "BAR",
    }
    assert [one.id for one in example.printers_of("altstadt")] == ["kitchen-1", "bar-1"]
    assert example.warnings == ()


def test_the_example_knows_every_id_of_the_example_orders():
    listed = re.findall(
        r"^\| (section|business location|app instance).*`([0-9a-f-]{36})`",
        README.read_text("utf-8"),
        re.MULTILINE,
    )
    text = EXAMPLE.read_text("utf-8")

    assert len(listed) >= 5
    assert [wix_id for _, wix_id in listed if wix_id not in text] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_the_manual_explains_every_key(table):
    manual = MANUAL.read_text("utf-8")

    assert [key for key in table.model_fields if f"| `{key}` |" not in manual] == []


def test_the_manual_explains_no_key_that_does_not_exist():
    explained = re.findall(r"^\| `(\w+)` \|", MANUAL.read_text("utf-8"), re.MULTILINE)
    known = {key for table in TABLES for key in table.model_fields}

    assert explained
    assert set(explained) - known == set()


@pytest.mark.parametrize("number", range(3))
def test_every_example_of_the_manual_loads_without_warnings(number):
    examples = re.findall(r"```toml\n(# Example .*?)```", MANUAL.read_text("utf-8"), re.DOTALL)

    assert len(examples) == 3
    assert parse(tomllib.loads(examples[number])).warnings == ()
