"""What every table of the file has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A frozen value; a key that it does not know is a mistake of whoever wrote the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
