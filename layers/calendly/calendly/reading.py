"""Reads an answer strictly and without reading ahead.

The standard library is lenient: it accepts a stream that ends within the headers, drops bytes that follow an answer,
and reads without limit if a chunk claims to be -1 bytes long.
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
        stream: the socket's unbuffered stream.
        ended: called at the end of the answer, with whether more bytes follow it in the buffer.
    """

    def __init__(self, stream: io.RawIOBase, ended: Callable[[bool], None]) -> None:
        self._source = _Source(stream)
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
    """A stream that can be stopped, so that peeking into the buffer does not fill it."""

    def __init__(self, stream: io.RawIOBase) -> None:
        self._stream = stream
        self.is_stopped = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        return None if self.is_stopped else self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


def gunzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decompress piece by piece, so that a compression bomb never expands further than the caller reads.

    urllib3 does this as well, but accepts a truncated stream.

    Raises:
        zlib.error: the data is not gzip, or is damaged.
        EOFError: the stream is truncated.
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
