"""Every stream of tap-calendly, with all its pages."""

from harness import TOKEN, operation, redirect

redirect()
from tap_calendly.tap import TapCalendly  # noqa: E402


def records(stream):
    """What a stream reads: once, or for every record of the stream that it is below."""
    if stream.parent_stream_type is None:
        return list(stream.get_records(None))
    parent = next(each for each in tap.streams.values() if isinstance(each, stream.parent_stream_type))
    contexts = [parent.get_child_context(record, None) for record in parent.get_records(None)]
    return [record for context in contexts for record in stream.get_records(context)]


tap = TapCalendly(config={"calendly_api_token": TOKEN, "start_date": "2020-01-01T00:00:00Z"})
operation("discover_streams", tap.discover_streams)
for name, stream in tap.streams.items():
    operation(f"stream {name}", lambda stream=stream: records(stream))
