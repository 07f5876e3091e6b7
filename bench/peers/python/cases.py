"""A case of the bench: its inputs and its truth, read from the files that the bench wrote."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

import gradient_cases
import layers
import mamba_cases

TRUTHS = {"linear": ["h"], "complex": ["h.re", "h.im"], "matrix": ["h"], "ssm": ["y"], **layers.TRUTHS, **mamba_cases.TRUTHS, **gradient_cases.TRUTHS}

SHAPES = {**layers.SHAPES, **mamba_cases.SHAPES}


@dataclass(frozen=True)
class Case:
    operator: str  # "linear", "complex", "matrix", "ssm" or a layer's or a model's name
    length: int
    batch: int = 1
    channels: int = 1
    n: int = 1  # the size of matrices; the states of "ssm"; of a layer both of each conjugate pair, or those of a channel
    dtype: str = "float32"
    gates: str = "full"  # "full", or "channels": one gate for each channel
    reverse: bool = False
    weights: str = "float32"  # what matrices of a model are kept in

    @staticmethod
    def of(given: dict) -> "Case":
        known = {field.name for field in fields(Case)}
        return Case(**{name: value for name, value in given.items() if name in known})

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The inputs by name."""
        if self.operator in gradient_cases.SHAPES:
            return gradient_cases.SHAPES[self.operator](self)
        if self.operator in SHAPES:
            return SHAPES[self.operator](self.length, self.channels, self.n)
        sequence = (self.batch, self.length)
        match self.operator:
            case "matrix":
                return {"a": (*sequence, self.n, self.n), "b": (*sequence, self.n)}
            case "ssm":
                vectors = ["a.re", "a.im", "b.re", "b.im", "c.re", "c.im"]
                return {**dict.fromkeys(vectors, (self.n,)), "u": (self.length,)}
        rows = (*sequence, self.channels)
        gates = rows if self.gates == "full" else (self.channels,)
        if self.operator == "linear":
            return {"a": gates, "b": rows}
        return {"a.re": gates, "a.im": gates, "b.re": rows, "b.im": rows}


def load(case: Case, directory: str) -> dict[str, np.ndarray]:
    """The inputs by name, in the case's precision."""
    suffix = {"float32": "f32", "float64": "f64"}[case.dtype]
    return {
        name: np.fromfile(Path(directory, f"{name}.{suffix}"), case.dtype).reshape(shape)
        for name, shape in case.shapes.items()
    }


def error(case: Case, results: list[np.ndarray], directory: str) -> float:
    """The largest difference from the truth, over the largest truth."""
    difference = size = 0.0
    for name, result in zip(TRUTHS[case.operator], results, strict=True):
        truth = np.fromfile(Path(directory, f"truth.{name}.f64"))
        if result.size != truth.size:
            raise ValueError(f"`{name}` has {result.size} elements, expected {truth.size}")
        if not np.isfinite(result).all():
            raise ValueError(f"`{name}` is not finite everywhere")
        difference = max(difference, float(np.abs(result.reshape(-1) - truth).max()))
        size = max(size, float(np.abs(truth).max()))
    return difference / (size or 1.0)
