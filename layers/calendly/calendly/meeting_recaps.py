"""What Calendly's notetaker made of meetings: ``/meeting_recaps`` and their transcripts."""

from __future__ import annotations

from typing import Any

from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.transport import Operation


class MeetingRecapAttendee(Resource):
    """Somebody who was there."""

    host: bool = False
    user_email: str = ""
    user_name: str = ""


class MeetingRecap(Resource):
    """A recap. ``status`` is Available, Processing or Unavailable; its texts, in Markdown, are not in lists."""

    uri: str = ""
    app_url: str = ""
    event: str | None = None
    status: str = ""
    name: str | None = None
    location: Any = None
    start_time: str | None = None
    end_time: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    attendees: list[MeetingRecapAttendee] | None = None
    summary_md: str | None = None
    action_items_md: str | None = None
    discussion_md: str | None = None
    transcript: str | None = None
    share_link: str | None = None


class Transcript(Resource):
    """What was said: ``text`` has lines such as ``Speaker: words``."""

    uri: str = ""
    text: str = ""


class MeetingRecaps:
    """Operations on meeting recaps, which are their user's own."""

    LIST = Operation("GET", "/meeting_recaps")
    RETRIEVE = Operation("GET", "/meeting_recaps/{uuid}")
    TRANSCRIPT = Operation("GET", "/meeting_recaps/{uuid}/transcript")
    UPDATE = Operation("PATCH", "/meeting_recaps/{uuid}", write=True, repeatable=True)
    DELETE = Operation("DELETE", "/meeting_recaps/{uuid}", write=True, repeatable=True)

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(
        self,
        *,
        event: str | None = None,
        start_time: str | None = None,
        end_time: str | None = None,
        status: str | None = None,
        attendee: str | None = None,
        count: int | None = None,
        page_token: str | None = None,
    ) -> Page[MeetingRecap]:
        """Recaps of the user's meetings. Scope ``meeting_recaps:read``."""
        params = {
            "event": self._api.optional_uri(event, "scheduled_events"),
            "start_time": start_time,
            "end_time": end_time,
            "status": status,
            "attendee": attendee,
            "count": count,
            "page_token": page_token,
        }
        return self._api.list(self.LIST, "/meeting_recaps", params, MeetingRecap)

    def retrieve(self, meeting_recap: str) -> Document[MeetingRecap]:
        """A recap by UUID or URI, with its texts. Scope ``meeting_recaps:read``."""
        return self._api.retrieve(self.RETRIEVE, self._path(meeting_recap), MeetingRecap)

    def transcript(self, meeting_recap: str) -> Document[Transcript]:
        """The transcript of a recap, given by UUID or URI. Scope ``meeting_recaps:read``."""
        return self._api.retrieve(self.TRANSCRIPT, f"{self._path(meeting_recap)}/transcript", Transcript)

    def update(
        self,
        meeting_recap: str,
        *,
        summary_md: str | None = None,
        action_items_md: str | None = None,
        discussion_md: str | None = None,
    ) -> Document[MeetingRecap]:
        """Replace texts of a recap; an empty one takes the text away. Scope ``meeting_recaps:write``."""
        texts = {"summary_md": summary_md, "action_items_md": action_items_md, "discussion_md": discussion_md}
        # Calendly takes null for a text, and does not say what an empty one comes to.
        cleared = [name for name, text in texts.items() if text == ""]
        return self._api.write(self.UPDATE, self._path(meeting_recap), texts, MeetingRecap, cleared=cleared)

    def delete(self, meeting_recap: str) -> str:
        """Delete a recap, given by UUID or URI; returns its URI. Scope ``meeting_recaps:write``."""
        return self._api.delete(self.DELETE, self._path(meeting_recap))

    def _path(self, meeting_recap: str) -> str:
        return self._api.path(meeting_recap, "meeting_recaps")
