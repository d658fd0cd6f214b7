"""References to Calendly resources: a UUID or a full URI.

Calendly sends references as URIs (``https://api.calendly.com/users/AAAA``) and expects the last segment in its own
paths. Callers may give either.
"""

from __future__ import annotations

import re

PUBLIC_API = "https://api.calendly.com"
PUBLIC_AUTH = "https://auth.calendly.com"

GROUP_OWNERS = ("organization_memberships", "organizations/*/invitations")
"""What a group contains: members of the organization, and people invited to it."""

_COLLECTIONS = {"contacts/custom_field_definitions"}
"""Paths that look like those of a single resource and are not."""

# Calendly does not document the form of an id. Observed ids are UUIDs and runs of sixteen or more letters and digits,
# so a bare id must look like one of them. A full URI comes from Calendly, so any plain segment is accepted.
_BARE_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[A-Za-z0-9]{16,64}")
_SEGMENT = r"[A-Za-z0-9_-]{1,64}"

_PLAIN_PATH = re.compile(r"(/(?!\.{1,2}(/|\Z))[A-Za-z0-9._~-]+)+", re.ASCII)

# Calendly's examples use the singular in the URIs of this resource.
_SPELLINGS = {"user_availability_schedules": "user_availability_schedules?"}


class InvalidReferenceError(ValueError):
    """The text is not a reference to a resource of the expected kind."""


def parse(text: str, *kinds: str, api: str = PUBLIC_API) -> tuple[str, str]:
    """The kind and path of a reference, such as ``("users", "users/AAAA")``.

    Args:
        text: a UUID or a URI.
        kinds: the accepted kinds of resource, as in Calendly's paths. A ``*`` stands for an id, as in
            ``organizations/*/invitations``. A bare UUID is of the first kind.
        api: the API's base address; URIs below it and below Calendly's public address are accepted.

    Raises:
        InvalidReferenceError: its text says what was expected.
    """
    expected = f"a UUID or a URI such as {PUBLIC_API}/{kinds[0].replace('*', '<uuid>')}/<uuid>"
    if _BARE_ID.fullmatch(text):
        return kinds[0], f"{kinds[0]}/{text}"
    base = next((base for base in (PUBLIC_API, api) if text.startswith(base + "/")), None)
    if base is None:
        raise InvalidReferenceError(f"must be {expected}")
    path = text[len(base) + 1 :].rstrip("/")
    for kind in kinds:
        pattern = _SPELLINGS.get(kind, kind.replace("*", _SEGMENT))
        if re.fullmatch(f"{pattern}/({_SEGMENT})", path) and path not in _COLLECTIONS:
            return kind, f"{kind}/{path.rsplit('/', 1)[1]}" if kind in _SPELLINGS else path
    if re.fullmatch(f"[a-z_]+(/{_SEGMENT})+", path):
        raise InvalidReferenceError(f"is a URI of {path.split('/')[0]}; it must be {expected}")
    raise InvalidReferenceError(f"must be {expected}")


def plain_path(text: str) -> str:
    """The text, if it is a path on Calendly's own host that means the same to everybody who reads it.

    It has letters, digits, ``.``, ``_``, ``~`` and ``-`` between single slashes: no percent sign, no query, nothing
    that a parser or a proxy could take for a host or for a way up.

    Raises:
        InvalidReferenceError: saying what is expected.
    """
    if not _PLAIN_PATH.fullmatch(text):
        raise InvalidReferenceError("must be a path such as /users/me: no address, no query, and no //, .. or %")
    return text


def uuid_of(uri: str) -> str:
    """The last segment of a URI that Calendly sent."""
    return uri.rstrip("/").rsplit("/", 1)[-1]
