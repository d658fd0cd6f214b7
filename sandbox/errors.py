"""Calendly's error answers."""

from __future__ import annotations

from typing import Any

TITLES = {
    400: ("Invalid Argument", "The supplied parameters are invalid."),
    401: ("Unauthenticated", "The access token is invalid"),
    403: ("Permission Denied", "You do not have permission to access this resource."),
    404: ("Resource Not Found", "The server could not find the requested resource."),
    405: ("Method Not Allowed", "The method is not allowed for this resource."),
    409: ("Already Exists", "The resource already exists"),
    424: ("External Calendar Error", "There is a problem accessing your calendar."),
    429: ("Too Many Requests", "You have reached the rate limit."),
    500: (
        "Internal Server Error",
        "The server encountered an unexpected condition that prevented it from fulfilling the request.",
    ),
    503: ("Service Unavailable", "The service is temporarily unavailable."),
}


class ApiError(Exception):
    """An error answer of the API."""

    def __init__(self, status: int, message: str | None = None, **members: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = error_body(status, message, **members)


def error_body(status: int, message: str | None = None, **members: Any) -> dict[str, Any]:
    """``{"title", "message", ...}`` for a status."""
    title, usual = TITLES.get(status, ("Error", f"The request failed with {status}."))
    return {"title": title, "message": message or usual, **members}


def invalid(parameter: str, message: str) -> ApiError:
    """A 400 that names a parameter."""
    return ApiError(400, details=[{"parameter": parameter, "message": message}])


def denied(message: str) -> ApiError:
    return ApiError(403, message)


def insufficient_scope(scope: str) -> ApiError:
    error = ApiError(403, "This operation requires the scopes listed in the 'required_scopes' array.")
    error.body = {**error.body, "title": "Insufficient scope", "required_scopes": [scope]}
    return error
