"""Users, organizations, and how users belong to them."""

from __future__ import annotations

from sandbox.rows.base import SEEDED, Row

_SHOWN = (
    "uri",
    "name",
    "slug",
    "email",
    "scheduling_url",
    "timezone",
    "avatar_url",
    "locale",
    "created_at",
    "updated_at",
)


def user_row(
    uri: str, name: str, organization: str, *, timezone: str, time_notation: str, email: str = "", slug: str = ""
) -> Row:
    slug = slug or name.lower().replace(" ", "-")
    return {
        "uri": uri,
        "name": name,
        "slug": slug,
        "email": email or f"{slug}@example.com",
        "scheduling_url": f"https://calendly.com/{slug}",
        "timezone": timezone,
        "time_notation": time_notation,
        "avatar_url": None,
        "created_at": SEEDED,
        "updated_at": SEEDED,
        "current_organization": organization,
        "resource_type": "User",
        "locale": "en",
    }


def organization_row(uri: str, name: str, *, single: bool = False) -> Row:
    return {
        "uri": uri,
        "name": name,
        "kind": "single" if single else "multiple",
        "plan": "enterprise",
        "stage": "paid",
        "created_at": SEEDED,
        "updated_at": SEEDED,
    }


def membership_row(uri: str, user: Row, role: str, *, created: str = SEEDED) -> Row:
    return {
        "uri": uri,
        "role": role,
        "user": {name: user[name] for name in _SHOWN},
        "organization": user["current_organization"],
        "created_at": created,
        "updated_at": created,
    }


def invitation_row(uri: str, organization: str, email: str, *, created: str = SEEDED) -> Row:
    return {
        "uri": uri,
        "organization": organization,
        "email": email,
        "status": "pending",
        "created_at": created,
        "updated_at": created,
        "last_sent_at": created,
    }


def team_row(uri: str, name: str, organization: str) -> Row:
    slug = name.lower().replace(" ", "-")
    return {
        "uri": uri,
        "name": name,
        "organization": organization,
        "scheduling_url": f"https://calendly.com/{slug}",
    }


def group_row(uri: str, name: str, organization: str) -> Row:
    return {
        "uri": uri,
        "name": name,
        "organization": organization,
        "created_at": SEEDED,
        "updated_at": SEEDED,
        "member_count": 0,
    }


def relationship_row(uri: str, role: str, owner: Row, group: Row) -> Row:
    """``owner`` is a membership or an invitation, with its type."""
    return {
        "uri": uri,
        "role": role,
        "owner": owner,
        "organization": group["organization"],
        "group": group["uri"],
        "created_at": SEEDED,
        "updated_at": SEEDED,
    }
