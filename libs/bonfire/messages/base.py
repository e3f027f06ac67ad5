"""What every message has, and the headers that travel beside it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

from pydantic import ConfigDict, Field

from bonfire.order import Value

JobId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]

# Headers of an AMQP message. The job id is the idempotency key; AMQP's own `message_id` is not,
# since that one must be new for every publish.
JOB_ID: Final = "x-job-id"
GENERATION: Final = "x-generation"
LOCATION: Final = "x-location"
TRACE_ID: Final = "x-trace-id"


class Message(Value):
    """What every message has: its schema, which says how to read the rest."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_by_name=True)
    SCHEMA: ClassVar[str]

    def encode(self) -> bytes:
        return self.model_dump_json(by_alias=True, exclude_defaults=False).encode()
