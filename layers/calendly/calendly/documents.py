"""Calendly's answers, unchanged, with a typed view.

Calendly adds fields nearly every week. A document therefore keeps the parsed JSON untouched in ``body``, and models are
a view that is created on access.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Generic, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)


class Resource(BaseModel):
    """A model of something Calendly sent.

    It accepts everything and drops nothing: unknown fields are kept, and so are values that do not have the declared
    type, such as a new enum value or an unexpected null. ``to_json`` returns exactly what was received, in its order.
    """

    model_config = ConfigDict(extra="allow", strict=True, defer_build=True, protected_namespaces=())

    _order: tuple[str, ...] = PrivateAttr(())

    @field_validator("*", mode="wrap")
    @classmethod
    def _keep_what_does_not_fit(cls, value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        try:
            return validate(value)
        except ValidationError:
            return value

    @model_validator(mode="wrap")
    @classmethod
    def _remember_the_order(cls, value: Any, build: ModelWrapValidatorHandler[Self]) -> Self:
        model = build(value)
        if isinstance(value, dict):
            model._order = tuple(value)
        return model

    @model_serializer(mode="wrap")
    def _in_order(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        dumped = dump(self)
        # A value of another type was kept, and is not a model.
        order = self._order if isinstance(self, Resource) else ()
        place = {name: number for number, name in enumerate(order)}
        return dict(sorted(dumped.items(), key=lambda each: place.get(each[0], len(place)))) if place else dumped

    def to_json(self) -> dict[str, Any]:
        """The JSON object this was made from."""
        return self.model_dump(by_alias=True, exclude_unset=True, warnings="none")


def to_timestamp(moment: datetime) -> str:
    """A time in Calendly's format: UTC with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


R = TypeVar("R", bound=Resource)


class Document(Generic[R]):
    """A single resource: ``{"resource": {...}}``.

    Attributes:
        body: the JSON object as Calendly sent it.
        status: Calendly's HTTP status.
    """

    def __init__(self, body: dict[str, Any], model: type[R], status: int = 200) -> None:
        self.body = body
        self.status = status
        self._model = model

    @cached_property
    def resource(self) -> R:
        return self._model.model_validate(self.body["resource"])


class Page(Generic[R]):
    """A list or one page of it: ``{"collection": [...], "pagination": {...}}``.

    Lists that Calendly does not page have no ``pagination``.

    Attributes:
        body: the JSON object as Calendly sent it.
        model: of the rows.
        is_cut: whether rows were taken out of it, so that it has fewer than were asked for.
    """

    status = 200
    is_cut = False

    def __init__(self, body: dict[str, Any], model: type[R]) -> None:
        self.body = body
        self.model = model

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The members of the collection, as Calendly sent them."""
        rows: list[dict[str, Any]] = self.body["collection"]
        return rows

    @property
    def next_page_token(self) -> str | None:
        """The opaque token of the next page; None at the end.

        Older answers only have the ``next_page`` URL, whose query contains the same token.
        """
        pagination = self.body.get("pagination")
        if not isinstance(pagination, dict):
            return None
        token = pagination.get("next_page_token")
        if token is None and isinstance(pagination.get("next_page"), str):
            from urllib.parse import parse_qs, urlsplit

            token = parse_qs(urlsplit(pagination["next_page"]).query).get("page_token", [None])[0]
        return str(token) if token else None

    def only(self, is_wanted: Callable[[dict[str, Any]], bool]) -> Page[R]:
        """The page without the rows that are not wanted."""
        rows = [row for row in self.rows if is_wanted(row)]
        if len(rows) == len(self.rows):
            return self
        body = {**self.body, "collection": rows}
        if isinstance(body.get("pagination"), dict):
            body["pagination"] = {**body["pagination"], "count": len(rows)}
        page = Page(body, self.model)
        page.is_cut = True
        return page

    def __iter__(self) -> Iterator[R]:
        return (self.model.model_validate(row) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)
