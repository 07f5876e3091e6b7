"""What is timed: a library's way of doing a case."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


class Unsupported(Exception):
    """A case that a contestant does not do; the message says why."""


class Absent(Exception):
    """A library that is not here and that the installation does not bring: why, and what gets it."""

    def __init__(self, cause: str, remedy: str):
        super().__init__(cause)
        self.remedy = remedy


@dataclass(frozen=True)
class Prepared:
    """A case with its inputs in place: `run` is what is timed, `read` gives its result's arrays in the truth's order.

    A limit, of which nobody knows the truth, has no `read`.
    """

    run: Callable[[], Any]
    read: Callable[[Any], list[np.ndarray]] | None


@dataclass(frozen=True)
class Contestant:
    """`prepare` takes a case and its inputs by name; it raises `Unsupported`. `threads` is a number or "all"."""

    name: str
    threads: int | str
    prepare: Callable[..., Prepared]
    reads: bool = True  # the inputs; otherwise there are none


def fastest(ways: list[Prepared]) -> Prepared:
    """The way that a library is quickest in: each is run once to be compiled, then three times."""
    return ways[0] if len(ways) == 1 else min(ways, key=least_time)


def least_time(way: Prepared) -> float:
    way.run()
    times = []
    for _ in range(3):
        began = time.perf_counter()
        way.run()
        times.append(time.perf_counter() - began)
    return min(times)
