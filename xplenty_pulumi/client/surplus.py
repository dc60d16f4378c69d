"""Bytes that came behind an answer: they belong to no call, and httpcore would read them as the next answer.

httpcore offers no way to see them, so this looks inside it. Where it is built differently than expected the connection
is closed too: a connection for each call is slow, and another's answer is wrong.
"""

import httpcore


def close_if_surplus(answer: httpcore.Response) -> None:
    """Close the connection of an answer that was read to its end, unless nothing more has come on it.

    To be called before the answer is closed: a closed connection counts as expired, so the pool never offers it again.
    """
    if _has_surplus(answer):
        answer.extensions["network_stream"].close()


def _has_surplus(answer: httpcore.Response) -> bool:
    """Whether more was read than the answer; true as well if that cannot be told."""
    stream: object = answer.stream
    for name in ("_stream", "_connection", "_h11_state", "trailing_data"):
        stream = getattr(stream, name, None)
    return not (isinstance(stream, tuple) and stream[:1] == (b"",))
