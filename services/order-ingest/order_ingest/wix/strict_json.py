"""JSON as RFC 8259 has it, refused with a reason instead of one of Python's four exceptions."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Final, NoReturn

from pydantic_core import from_json

from bonfire.errors import Reason
from order_ingest.wix.refusal import WixRefused


def parse_json(text: bytes | str) -> Any:
    """The value; of a duplicate key the last one, as every JSON library of Wix's does.

    Lone surrogates survive, since a guest's emoji that a shop page cut in half is no reason to
    lose an order. Refuses NOT_UTF8, TOO_DEEP and NOT_JSON (also NaN and numbers of 4 301 digits).
    """
    with suppress(ValueError, TypeError):  # then the decoder below reads it, or says why not
        return from_json(text, allow_inf_nan=False)
    try:
        return _DECODER.decode(text if isinstance(text, str) else text.decode())
    except UnicodeDecodeError:
        raise WixRefused(Reason.NOT_UTF8, "The text is not UTF-8.") from None
    except RecursionError:
        raise WixRefused(Reason.TOO_DEEP, "The JSON is nested too deeply.") from None
    except ValueError:
        raise WixRefused(Reason.NOT_JSON, "The text is not JSON.") from None


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant)
