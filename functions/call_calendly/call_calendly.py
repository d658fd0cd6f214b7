"""Call any endpoint of Calendly's API, also one that has no action yet.

The answer is Calendly's own, with its status. What changes something has to be allowed; what deletes something, or
people's data, has to be confirmed as well.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from actions.inputs import CreateInput, Plain
from actions.runtime import Answer, Connected, action
from calendly.references import plain_path


class CallCalendly(CreateInput):
    """What to call, and what to send."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: Annotated[str, Field(max_length=1024), AfterValidator(plain_path)] = Field(
        description="The path, such as /users/me: on Calendly's host, without a query."
    )
    query: dict[str, Plain | list[Plain]] | None = Field(
        default=None, description="Parameters by name: text, numbers, true or false, or lists of them."
    )
    body: dict[str, Any] | None = Field(default=None, description="The JSON body of a write.")
    allow_write: bool = Field(
        default=False,
        validate_default=True,
        description="Must be true for any method but GET, because it changes something.",
    )
    confirm: bool = Field(
        default=False,
        validate_default=True,
        description="Must be true for DELETE and for paths below /data_compliance/, because this cannot be undone.",
    )

    @field_validator("body")
    @classmethod
    def _goes_with_a_write(cls, body: dict[str, Any] | None, info: ValidationInfo) -> dict[str, Any] | None:
        if body is not None and info.data.get("method") == "GET":
            raise ValueError("can be given with a method that writes only; a GET takes query")
        return body

    @field_validator("allow_write")
    @classmethod
    def _is_allowed(cls, allowed: bool, info: ValidationInfo) -> bool:
        method = info.data.get("method", "GET")
        if method != "GET" and not (allowed or info.data.get("dry_run")):
            raise ValueError(f"must be true: {method} changes something. Try dry_run: true to see what would be sent.")
        return allowed

    @field_validator("confirm")
    @classmethod
    def _is_confirmed(cls, confirmed: bool, info: ValidationInfo) -> bool:
        method, path = info.data.get("method", "GET"), info.data.get("path", "").lower()
        final = method == "DELETE" or (method != "GET" and path.startswith("/data_compliance/"))
        if final and not (confirmed or info.data.get("dry_run")):
            raise ValueError("must be true: this cannot be undone. Try dry_run: true to see what would be sent.")
        return confirmed


@action(
    "POST /call_calendly",
    scope="",
    destroys=True,
    also_reads=True,
    example={"method": "GET", "path": "/users/me"},
)
def handler(input: CallCalendly, connected: Connected) -> Answer:
    response = connected.calendly.call(input.method, input.path, query=input.query, body=input.body)
    return connected.whole(response, written=input.method != "GET")
