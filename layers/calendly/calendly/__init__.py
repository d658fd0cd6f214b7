"""A client for Calendly's API v2. It knows nothing of AWS.

Example:
    >>> from calendly import Calendly, Deadline, StaticToken, Transport
    >>> calendly = Calendly(Transport(), StaticToken(token), deadline=Deadline(30))
    >>> calendly.users.retrieve("me").resource.name
"""

from calendly.client import Calendly, StaticToken, TokenSource, pages
from calendly.deadline import Deadline
from calendly.documents import Document, Page, Resource
from calendly.transport import Operation, Transport

__all__ = [
    "Calendly",
    "Deadline",
    "Document",
    "Operation",
    "Page",
    "Resource",
    "StaticToken",
    "TokenSource",
    "Transport",
    "pages",
]
