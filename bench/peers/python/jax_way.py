"""A way to write a recurrence in jax: a function to compile, what it is called with, how its result is read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np


def planes(inputs: dict[str, np.ndarray]) -> Iterable[np.ndarray]:
    """The inputs as the files have them."""
    return inputs.values()


def joined(inputs: dict[str, np.ndarray]) -> Iterable[np.ndarray]:
    """Every pair of a real and an imaginary plane as one complex array."""
    for name, array in inputs.items():
        if name.endswith(".re"):
            yield array + 1j * inputs[f"{name[:-3]}.im"]
        elif not name.endswith(".im"):
            yield array


def arrays(result) -> list[np.ndarray]:
    """A real result, or the planes of one, as they are."""
    return [np.asarray(array) for array in (result if isinstance(result, tuple | list) else [result])]


def parts(result) -> list[np.ndarray]:
    """A complex result's planes."""
    return [np.asarray(result).real, np.asarray(result).imag]


@dataclass(frozen=True)
class Way:
    """`function` takes the case, then `arguments` of the inputs."""

    function: Callable
    arguments: Callable[[dict[str, np.ndarray]], Iterable[np.ndarray]] = planes
    read: Callable[..., list[np.ndarray]] = arrays
