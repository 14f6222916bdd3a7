"""What is trained on, made ahead by other processes, so that a GPU need not wait."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import count
from typing import TypeVar

Made = TypeVar("Made")

_making: list[Callable[[int], object]] = []
"""What the worker processes do: they are forked, so that nothing of it is copied."""


def made_ahead(
    make: Callable[[int], Made], first: int = 0, workers: int = 0, each: int = 1
) -> Generator[Made, None, None]:
    """What is made of one number after the other, from the first on, without end.

    Args:
        make: gives what belongs to a number.
        first: the first number.
        workers: so many other processes make what comes next; none: each is made when it is asked for.
        each: so many for each of them are made ahead.
    """
    if not workers:
        yield from map(make, count(first))
    _making.append(make)
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("fork"))
    ahead: deque[Future[Made]] = deque()
    try:
        for number in count(first):
            ahead.append(pool.submit(_made, number))
            if len(ahead) > workers * each:
                yield ahead.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
        _making.remove(make)


def _made(number: int) -> object:
    return _making[-1](number)
