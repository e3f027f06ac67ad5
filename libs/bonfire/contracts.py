"""JSON Schemas of all that crosses a border. `python -m bonfire.contracts FOLDER` writes them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bonfire.messages import MESSAGES
from bonfire.order import Order, Value

ORDER: Final = "bonfire.order/1"
_MODELS: Final[Mapping[str, type[Value]]] = {
    ORDER: Order,
    **{message.SCHEMA: message for message in MESSAGES},
}


def schemas() -> dict[str, str]:
    """The text of every schema file, by its name. They say what a reader accepts."""
    return {
        f"{schema.removeprefix('bonfire.').replace('/', '-')}.schema.json": _text(schema, model)
        for schema, model in _MODELS.items()
    }


def _text(schema: str, model: type[Value]) -> str:
    described: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{schema.replace('/', ':')}",
        **model.model_json_schema(mode="validation"),
    }
    if "schema" in described["properties"]:  # it has a default, yet a reader insists on it
        described["required"] = ["schema", *described["required"]]
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bonfire.contracts",
        description="Write the JSON Schemas of orders and messages.",
    )
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
