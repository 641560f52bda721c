"""Threads that read from one engine at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNT = 8  # more are no faster on one engine


@contextmanager
def readers() -> Iterator[ThreadPoolExecutor]:
    """Lend threads. An error or an interrupt waits for none of them."""
    pool = ThreadPoolExecutor(COUNT)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
