from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bonfire import contracts
from bonfire.contracts import schemas
from bonfire.messages import MESSAGES, Message, decode
from bonfire.order import Order

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "docs" / "contracts"
GOLDEN = sorted((ROOT / "tests" / "contract" / "golden").glob("*.json"))
LATER = [path for path in GOLDEN if ".later-" in path.name]

golden = pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)


def test_the_committed_schemas_are_those_of_the_models():
    committed = {p.name: p.read_text("utf-8") for p in CONTRACTS.glob("*.schema.json")}

    assert committed == schemas(), "run: python -m bonfire.contracts docs/contracts"


def test_the_command_writes_every_schema(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["contracts", str(tmp_path)])

    contracts.main()

    assert {p.name: p.read_text("utf-8") for p in tmp_path.iterdir()} == schemas()


@pytest.mark.parametrize("name", sorted(schemas()))
def test_every_schema_is_itself_valid(name):
    Draft202012Validator.check_schema(json.loads(schemas()[name]))


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.SCHEMA)
@pytest.mark.parametrize("kind", ["minimal", "later-fields"])
def test_every_message_has_a_golden_file_of_each_kind(message, kind):
    assert f"{_stem(message.SCHEMA)}.{kind}.json" in [path.name for path in GOLDEN]


@golden
def test_every_golden_message_is_read_as_what_its_name_says(path):
    message = decode(path.read_bytes())

    assert path.name.startswith(f"{_stem(message.SCHEMA)}.")


@golden
def test_every_golden_message_survives_being_written_and_read_again(path):
    message = decode(path.read_bytes())

    assert decode(message.encode()) == message


@pytest.mark.parametrize("path", sorted(set(GOLDEN) - set(LATER)), ids=lambda path: path.name)
def test_nothing_that_a_golden_message_says_is_lost(path):
    said = json.loads(path.read_bytes())

    assert _missing(said, json.loads(decode(path.read_bytes()).encode())) == []


@golden
def test_every_golden_message_fits_the_exported_schema(path):
    message = decode(path.read_bytes())

    _validator(message).validate(json.loads(path.read_bytes()))


@golden
def test_what_is_written_fits_the_exported_schema(path):
    message = decode(path.read_bytes())

    _validator(message).validate(json.loads(message.encode()))


def test_fields_of_a_later_version_are_ignored_at_every_depth():
    folder = GOLDEN[0].parent
    later = decode((folder / "print-job-1.later-fields.json").read_bytes())

    assert later == decode((folder / "print-job-1.full.json").read_bytes())


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.SCHEMA)
def test_the_exported_schema_insists_on_the_field_schema_as_decode_does(message):
    exported = json.loads(schemas()[f"{_stem(message.SCHEMA)}.schema.json"])

    assert "schema" in exported["required"]


def test_an_order_as_a_shop_may_send_it_fits_the_exported_schema():
    order = {"id": "1", "number": "17", "items": [{"name": "Suppe", "price": {"amount": "4.50"}}]}
    validator = Draft202012Validator(json.loads(schemas()["order-1.schema.json"]))

    validator.validate(order)
    assert not validator.is_valid({"number": "17"})
    assert Order.model_validate(order).items[0].name == "Suppe"


def _stem(schema: str) -> str:
    return schema.removeprefix("bonfire.").replace("/", "-")


def _validator(message: Message) -> Draft202012Validator:
    schema = json.loads(schemas()[f"{_stem(message.SCHEMA)}.schema.json"])
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _missing(said: Any, kept: Any, where: str = "") -> list[str]:
    """The places where `kept` does not have what `said` has."""
    if isinstance(said, dict):
        return [
            place
            for key, value in said.items()
            for place in _missing(value, kept.get(key), f"{where}.{key}")
        ]
    if isinstance(said, list) and len(said) == len(kept or ()):
        pairs = enumerate(zip(said, kept, strict=True))
        return [place for i, (a, b) in pairs for place in _missing(a, b, f"{where}[{i}]")]
    return [] if said == kept else [where]
