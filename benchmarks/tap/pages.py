"""tap-calendly, the Singer tap for Calendly: its stream of scheduled events."""

import os

from tap_calendly.client import CalendlyStream
from tap_calendly.tap import TapCalendly

CalendlyStream.url_base = os.environ["CALENDLY_API_URL"]


def pages():
    """Each event as a separate page, as the tap returns them."""
    stream = TapCalendly(config={"calendly_api_token": "x" * 300}).streams["events"]
    for event in stream.get_records(None):
        yield [event]
