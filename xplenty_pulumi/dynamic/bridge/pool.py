"""As many calls at once as the engine sends: the host has four workers for everything, `check` and Cancel included."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

WORKERS = 128
"""More than the engine sends at once, so that its Cancel finds a free one; a thread is made only when it is needed."""


def lift_pool() -> bool:
    """Let the host answer as many calls at once as the engine sends, and return whether that worked.

    Called on one of the host's worker threads, or in its process.
    """
    for find in (_pool_of_this_worker, _pool_of_main):
        pool = find()
        if isinstance(pool, ThreadPoolExecutor) and isinstance(getattr(pool, "_max_workers", None), int):
            pool._max_workers = max(pool._max_workers, WORKERS)  # noqa: SLF001 - there is no public way
            _wake_workers(pool)
            return True
    return False


def _wake_workers(pool: ThreadPoolExecutor) -> None:
    """Have a worker started for each call that is queued already: a pool starts one only when something comes in.

    A destroy sends all its calls at once, before the first of them has lifted the pool.
    """
    waiting = getattr(pool, "_work_queue", None)
    for _ in range(waiting.qsize() if waiting is not None else 0):
        pool.submit(_nothing)


def _nothing() -> None:
    """What a worker is started for that then does the work that is queued before it."""


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
