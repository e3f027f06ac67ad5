"""The example that owners copy, and the manual: both are true."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import pytest

from bonfire.config import (
    Config,
    Defaults,
    Location,
    Mail,
    MailLanguage,
    MenuSection,
    Monitoring,
    Organisation,
    Person,
    Printer,
    PrinterSettings,
    Route,
    Station,
    Technology,
    TicketSettings,
    Wix,
    load,
    parse,
    wording,
)
from bonfire.config.table import Table
from bonfire.messages import Document, Language

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "bonfire.example.toml"
MANUAL = (ROOT / "docs" / "configuration.md").read_text("utf-8")
README = ROOT / "samples" / "wix" / "README.md"
TABLES: dict[str, type[Table]] = {
    "## `[organisation]`": Organisation,
    "## `[defaults]`": Defaults,
    "## `[wix]`": Wix,
    "## `[[locations]]`": Location,
    "### `[[locations.stations]]`": Station,
    "### `[[locations.printers]]`": Printer,
    "### `ticket`": TicketSettings,
    "### `[[locations.routes]]`": Route,
    "### `[[locations.menu_sections]]`": MenuSection,
    "## `[[people]]`": Person,
    "## `[mail]`": Mail,
    "## `[monitoring]`": Monitoring,
}
EVERY_TABLE = pytest.mark.parametrize(("heading", "table"), TABLES.items())
EXAMPLES = re.findall(r"```toml\n(# Example \d.*?)```", MANUAL, re.DOTALL)
ADDED = re.findall(r"```toml\n(# Added to example 1\n.*?)```", MANUAL, re.DOTALL)


def section(heading: str) -> str:
    """What the manual says under it, up to the next heading."""
    (found,) = re.findall(rf"^{re.escape(heading)}.*?(?=^##|\Z)", MANUAL, re.DOTALL | re.MULTILINE)
    return str(found)


def explained(heading: str) -> Mapping[str, str]:
    """The keys of the section's table, each with what stands under "default"."""
    _, _, rows = section(heading).partition("| key | default | meaning |\n|---|---|---|\n")
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", rows, re.MULTILINE))


def words_of(annotation: Any) -> Iterator[str]:
    """Of each enumeration in a type."""
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        yield from annotation
    for inner in get_args(annotation):
        yield from words_of(inner)


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


def test_all_that_is_switched_off_in_the_example_can_be_switched_on():
    text = re.sub(r"^#(?=[\[a-z])", "", EXAMPLE.read_text("utf-8"), flags=re.MULTILINE)

    example = parse(tomllib.loads(text))

    place = example.locations[0]
    assert {one.document for one in place.stations} == set(Document)
    assert [one.technology for one in place.printers].count(Technology.IMPACT) == 1
    assert {one.ticket.text_size for one in place.stations} == {"M", "L"}
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


def test_the_example_calls_the_sections_of_the_menu_as_the_example_orders_do():
    listed = re.findall(
        r"^\| section \*(\w+)\* .*`([0-9a-f-]{36})`", README.read_text("utf-8"), re.M
    )

    sections = [(one.name, one.id) for one in load(EXAMPLE).locations[0].menu_sections]

    assert sections == listed != []


def test_the_manual_explains_every_table():
    assert set(TABLES.values()) == set(wording.TABLES.values()) - {Config, PrinterSettings}


@EVERY_TABLE
def test_the_manual_explains_every_key_of_a_table_and_no_other(heading, table):
    assert list(explained(heading)) != []
    assert set(explained(heading)) == set(table.model_fields)


@EVERY_TABLE
def test_the_manual_knows_the_defaults(heading, table):
    for key, said in explained(heading).items():
        field = table.model_fields[key]
        if said == "required":
            assert field.is_required(), key
        if literal := re.fullmatch(r"`(.*)`", said):
            value = tomllib.loads(f"it = {literal[1]}")["it"]
            default = field.default
            if isinstance(default, Table):
                default = default.model_dump(exclude_unset=True)
            assert value == (list(default) if isinstance(default, tuple) else default), key


@EVERY_TABLE
def test_the_manual_explains_every_word_that_a_key_may_have(heading, table):
    text = section(heading)
    known = {word for field in table.model_fields.values() for word in words_of(field.annotation)}
    if table is Location:  # as its default
        text += section("## `[defaults]`")

    assert [word for word in known if f'`"{word}"`' not in text] == []


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_of_the_manual_loads_without_warnings(number):
    assert EXAMPLES[number].startswith(f"# Example {number + 1}\n")
    assert parse(tomllib.loads(EXAMPLES[number])).warnings == ()


@pytest.mark.parametrize("addition", ADDED, ids=range(len(ADDED)))
def test_what_the_manual_adds_to_the_first_example_loads_without_warnings(addition):
    alone = parse(tomllib.loads(EXAMPLES[0]))
    grown = parse(tomllib.loads(EXAMPLES[0] + addition))

    assert len(grown.locations[0].stations) > len(alone.locations[0].stations)
    assert grown.warnings == ()


def test_the_manual_has_examples_of_what_people_ask_for():
    grown = [parse(tomllib.loads(EXAMPLES[0] + one)).locations[0] for one in ADDED]
    stations = [station for place in grown for station in place.stations]
    french = parse(tomllib.loads(EXAMPLES[-1]))

    assert {one.document for one in stations} == set(Document)
    assert any(one.technology is Technology.IMPACT for place in grown for one in place.printers)
    assert any(one.columns == 32 for place in grown for one in place.printers)
    assert french.locations[0].language is Language.FRENCH
    assert french.people[0].language is MailLanguage.ENGLISH
