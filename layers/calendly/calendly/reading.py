"""Reading an answer strictly, and no more of it than is asked for.

The standard library is lenient: it takes a stream that ends within the headers for one with fewer headers, drops what
comes behind an answer, and reads without a bound where a chunk says that it is -1 bytes long.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPException
from typing import Any

PIECE = 65536
"""Bytes read or decompressed at once."""


class Reader(io.BufferedReader):
    """A buffer over a socket's stream, for one answer.

    Args:
        stream: the socket's, without a buffer.
        before_read: called before each read from it.
        ended: called when the answer is over, with whether something lies behind it in the buffer.
    """

    def __init__(self, stream: io.RawIOBase, before_read: Callable[[], None], ended: Callable[[bool], None]) -> None:
        self._source = _Source(stream, before_read)
        self._ended = ended
        super().__init__(self._source)

    def readline(self, size: int | None = -1) -> bytes:
        line = super().readline(size)
        if not line.endswith(b"\n") and len(line) != size:
            raise ConnectionResetError
        return line

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            raise HTTPException
        return super().read(size)

    def close(self) -> None:
        if not self.closed:
            self._source.is_stopped = True
            self._ended(bool(self.peek(1)))
        super().close()


class _Source(io.RawIOBase):
    """A stream that can be stopped, so that a look at what is in the buffer does not fill it."""

    def __init__(self, stream: io.RawIOBase, before_read: Callable[[], None]) -> None:
        self._stream = stream
        self._before_read = before_read
        self.is_stopped = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.is_stopped:
            return None
        self._before_read()
        return self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


def gunzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decompress piece by piece: of a few bytes that stand for gigabytes, no more is made than is asked for.

    urllib3 does so as well, but takes a stream that is cut off for a whole one.

    Raises:
        zlib.error: no gzip, or damaged.
        EOFError: the stream is cut off.
    """
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    is_whole = True
    for piece in pieces:
        rest, is_whole = piece, False
        while rest:
            yield stream.decompress(rest, PIECE)
            rest = stream.unconsumed_tail
            if stream.eof:
                # Another stream may follow.
                rest, is_whole = stream.unused_data, not stream.unused_data
                stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    if not is_whole:
        raise EOFError
