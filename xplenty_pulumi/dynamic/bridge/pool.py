"""As many calls at once as the engine sends: the host has four workers for everything, `check` and Cancel included."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

WORKERS = 1_100
"""More than the engine sends at once, so that its Cancel finds a free one; a thread is made only when it is needed."""
DESCRIPTORS = 8_192
"""More than so many calls need: the host opens an event loop for each answer, which takes three."""


def lift_pool() -> bool:
    """Let the host answer as many calls at once as the engine sends, and return whether that worked.

    Called on one of the host's worker threads, or in its process.
    """
    for find in (_pool_of_this_worker, _pool_of_main):
        pool = find()
        if isinstance(pool, ThreadPoolExecutor) and isinstance(getattr(pool, "_max_workers", None), int):
            pool._max_workers = max(pool._max_workers, WORKERS)  # noqa: SLF001 - there is no public way
            _bear_a_limit_of_threads(pool)
            lift_descriptors()
            _start_workers_for_what_is_queued(pool)
            return True
    return False


def lift_descriptors() -> None:
    """Let this process have more files open, as far as its user may: the host loses an answer that finds none free.

    The usual limit is 256 on macOS and 1,024 on Linux, and any process may raise it.
    """
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - Windows has none

        limit, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = DESCRIPTORS if highest == resource.RLIM_INFINITY else min(highest, DESCRIPTORS)
        if limit != resource.RLIM_INFINITY and limit < wanted:
            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, highest))


def _bear_a_limit_of_threads(pool: Any) -> None:
    """Leave a call in the queue for the workers that there are, where the machine gives no thread for another one.

    The host's server ends on any failure to take a call, and then neither answers nor hears a Cancel any more.
    """
    if not hasattr(pool, "_adjust_thread_count"):
        return
    start = pool._adjust_thread_count  # noqa: SLF001 - there is no public way

    def start_if_possible() -> None:
        with suppress(RuntimeError):
            start()

    pool._adjust_thread_count = start_if_possible  # noqa: SLF001


def _start_workers_for_what_is_queued(pool: Any) -> None:
    """Start a worker for each call that came in before the pool was lifted, as a destroy sends all of them at once.

    A pool starts one only when something comes in, and lets a worker that takes one queued call after the other count
    as idle. So work that is submitted to wake more of them would make later calls wait for the first ones to end.
    """
    if not all(hasattr(pool, name) for name in ("_work_queue", "_threads", "_shutdown_lock", "_adjust_thread_count")):
        return
    with pool._shutdown_lock:  # noqa: SLF001 - there is no public way
        wanted = min(len(pool._threads) + pool._work_queue.qsize(), pool._max_workers)  # noqa: SLF001
        for _ in range(2 * WORKERS):
            if len(pool._threads) >= wanted:  # noqa: SLF001
                return
            pool._adjust_thread_count()  # noqa: SLF001


def _pool_of_this_worker() -> object:
    """The pool that this thread works for: its first argument is a weak reference to it."""
    arguments = getattr(threading.current_thread(), "_args", None) or (None,)
    return arguments[0]() if callable(arguments[0]) else None


def _pool_of_main() -> object:
    """The pool of the server that the host's `main` holds while it waits for its end."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001 - there is no public way
    while frame is not None:
        if frame.f_code.co_name == "main" and "server" in frame.f_locals:
            state = getattr(frame.f_locals["server"], "_state", None)
            return getattr(state, "thread_pool", None)
        frame = frame.f_back
    return None
