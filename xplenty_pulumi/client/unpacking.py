"""The body of an answer as it was before it was packed, in pieces of a bounded size."""

import zlib
from collections.abc import Iterable, Iterator

PIECE = 64 * 1024
_GZIP = zlib.MAX_WBITS | 16


class Undecodable(ValueError):
    """A body that is packed in another way than it says, or than was asked for; the text says how."""


def unpacked(chunks: Iterable[bytes], *, encoding: str) -> Iterator[bytes]:
    """Yield what the chunks hold, packed as the header Content-Encoding says: not at all, or once by gzip.

    A piece has at most 64 KiB however well it is packed, so a caller who stops has not more than that in memory. Raises
    Undecodable for any other encoding, such as gzip within gzip, for a body that is not whole, and for bytes behind it.
    """
    match encoding.strip().lower():
        case "" | "identity":
            yield from chunks
        case "gzip":
            yield from _unzipped(chunks)
        case _:
            raise Undecodable("the answer is packed in a way that was not asked for")


def _unzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unzip, is_empty = zlib.decompressobj(_GZIP), True
    try:
        for chunk in chunks:
            is_empty = is_empty and not chunk
            while chunk and not unzip.eof:
                yield unzip.decompress(chunk, PIECE)
                chunk = unzip.unconsumed_tail  # noqa: PLW2901 - what did not fit into the piece
            if chunk or unzip.unused_data:
                raise Undecodable("there are bytes behind the packed answer")
        yield unzip.flush()
    except zlib.error:
        raise Undecodable("the answer is not packed as it says") from None
    if not (unzip.eof or is_empty):
        raise Undecodable("the packed answer is not whole")
