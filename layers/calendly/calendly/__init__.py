"""A client for Calendly's API v2. It does not depend on AWS.

Example:
    >>> from calendly import Api, Calendly, Deadline, StaticToken, Transport
    >>> calendly = Calendly(Api(Transport(), StaticToken(token), deadline=Deadline(30)))
    >>> calendly.users.retrieve("me").resource.name
"""

from calendly.api import Api, StaticToken, TokenSource, each_page
from calendly.client import Calendly
from calendly.deadline import Deadline
from calendly.documents import Document, Page, Resource
from calendly.transport import Operation, Transport

__all__ = [
    "Api",
    "Calendly",
    "Deadline",
    "Document",
    "Operation",
    "Page",
    "Resource",
    "StaticToken",
    "TokenSource",
    "Transport",
    "each_page",
]
