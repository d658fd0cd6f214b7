"""Contacts and the definitions of their custom fields: ``/contacts``, ``/contacts/custom_field_definitions``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.transport import Operation


class Contact(Resource):
    """A contact of the user's. ``custom_fields`` holds every defined field; one not set is null, or [] for tags."""

    uri: str = ""
    app_url: str = ""
    emails: list[dict[str, Any]] = []
    name: str | None = None
    phone_numbers: list[dict[str, Any]] = []
    timezone: str | None = None
    job_title: str | None = None
    company: str | None = None
    country: str | None = None
    state: str | None = None
    city: str | None = None
    linkedin: str | None = None
    custom_fields: list[dict[str, Any]] = []
    created_at: str = ""
    updated_at: str = ""
    first_email_date: str | None = None
    last_email_date: str | None = None
    next_meeting_date: str | None = None
    last_meeting_date: str | None = None
    last_interaction_date: str | None = None


class ContactCustomFieldDefinition(Resource):
    """A custom field. ``options`` belong to single_select, ``currency`` to currency, ``source`` to invitee_question."""

    uri: str = ""
    label: str = ""
    field_type: str = ""
    options: list[dict[str, Any]] = []
    currency: str | None = None
    source: dict[str, Any] | None = None
    created_at: str = ""
    updated_at: str = ""


class Contacts:
    """Operations on contacts."""

    LIST = Operation("GET", "/contacts")
    CREATE = Operation("POST", "/contacts", write=True)
    RETRIEVE = Operation("GET", "/contacts/{uuid}")
    UPDATE = Operation("PATCH", "/contacts/{uuid}", write=True, repeatable=True)
    DELETE = Operation("DELETE", "/contacts/{uuid}", write=True, repeatable=True)

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(
        self,
        *,
        email: Sequence[str] | None = None,
        phone_number: str | None = None,
        name: str | None = None,
        timezone: str | None = None,
        job_title: str | None = None,
        company: str | None = None,
        country: str | None = None,
        state: str | None = None,
        city: str | None = None,
        contact_list: str | None = None,
        exclude: str | None = None,
        sort: str | None = None,
        count: int | None = None,
        page_token: str | None = None,
    ) -> Page[Contact]:
        """The user's contacts. Scope ``contacts:read``.

        Args:
            email: addresses, of which a contact has one.
            phone_number, timezone, job_title, company, country, state, city: exact values.
            name: a part of it.
            contact_list: only the contacts on this List, or in this View.
            exclude: ``custom_fields`` leaves them out.
            sort: ``created_at`` or ``updated_at``, with ``:asc`` or ``:desc``.
            count, page_token: one page.
        """
        params = {
            "email": ",".join(email) if email else None,
            "phone_number": phone_number,
            "name": name,
            "timezone": timezone,
            "job_title": job_title,
            "company": company,
            "country": country,
            "state": state,
            "city": city,
            "contact_list": self._api.optional_uri(contact_list, "contact_lists"),
            "exclude": exclude,
            "sort": sort,
            "count": count,
            "page_token": page_token,
        }
        return self._api.list(self.LIST, "/contacts", params, Contact)

    def create(self, fields: Mapping[str, Any]) -> Document[Contact]:
        """Create a contact. Scope ``contacts:write``.

        Args:
            fields: as Calendly names them; ``name`` and ``emails``, of which exactly one is primary, are required.

        Raises:
            AlreadyExistsError: another contact has one of the addresses.
        """
        return self._api.write(self.CREATE, "/contacts", fields, Contact)

    def retrieve(self, contact: str, *, exclude: str | None = None) -> Document[Contact]:
        """A contact by UUID or URI; ``exclude`` as in ``list``. Scope ``contacts:read``."""
        params = {"exclude": exclude} if exclude else None
        return self._api.retrieve(self.RETRIEVE, self._path(contact), Contact, params=params)

    def update(self, contact: str, fields: Mapping[str, Any]) -> Document[Contact]:
        """Change a contact. Scope ``contacts:write``.

        Args:
            contact: its UUID or URI.
            fields: as Calendly names them. ``emails`` and ``phone_numbers`` replace all there are;
                ``custom_fields`` that are not named keep their values.
        """
        return self._api.write(self.UPDATE, self._path(contact), fields, Contact)

    def delete(self, contact: str) -> str:
        """Delete a contact, given by UUID or URI; returns its URI. Scope ``contacts:write``."""
        return self._api.delete(self.DELETE, self._path(contact))

    def _path(self, contact: str) -> str:
        return self._api.path(contact, "contacts")


class ContactCustomFieldDefinitions:
    """Operations on the definitions of contacts' custom fields."""

    LIST = Operation("GET", "/contacts/custom_field_definitions")
    CREATE = Operation("POST", "/contacts/custom_field_definitions", write=True)
    RETRIEVE = Operation("GET", "/contacts/custom_field_definitions/{uuid}")

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self) -> Page[ContactCustomFieldDefinition]:
        """All of them, on one page. Scope ``contacts:read``."""
        return self._api.whole_list(self.LIST, "/contacts/custom_field_definitions", {}, ContactCustomFieldDefinition)

    def create(
        self, *, label: str, field_type: str, options: Sequence[str] | None = None, currency: str | None = None
    ) -> Document[ContactCustomFieldDefinition]:
        """Define a custom field. Scope ``contacts:write``.

        Args:
            label: its name.
            field_type: text, number, currency, tags, date or single_select.
            options: the labels to choose from, in order; for single_select only.
            currency: ISO code; for currency only.

        Raises:
            AlreadyExistsError: another field has the label, in whichever case.
        """
        document = {
            "label": label,
            "field_type": field_type,
            "options": None if options is None else [{"label": option} for option in options],
            "currency": currency,
        }
        path = "/contacts/custom_field_definitions"
        return self._api.write(self.CREATE, path, document, ContactCustomFieldDefinition)

    def retrieve(self, custom_field_definition: str) -> Document[ContactCustomFieldDefinition]:
        """A definition by UUID or URI. Scope ``contacts:read``."""
        path = self._api.path(custom_field_definition, "contacts/custom_field_definitions")
        return self._api.retrieve(self.RETRIEVE, path, ContactCustomFieldDefinition)
