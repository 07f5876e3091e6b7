"""The inputs and results of scans there and back and of a step of training, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mamba_cases

if TYPE_CHECKING:
    from cases import Case

DEPTH = 3
CLASSES = 10

Shapes = dict[str, tuple[int, ...]]


def linear(case: Case) -> Shapes:
    return dict.fromkeys(["a", "b", "dh"], (case.length, case.channels))


def selective(case: Case) -> Shapes:
    return {**mamba_cases.selective(case.length, case.channels, case.n), "dy": (case.length, case.channels)}


def training(case: Case) -> Shapes:
    """A classifier of S5, its parameters by the reference's names, and a batch."""
    features, states = case.channels, case.n // 2
    block = {
        **dict.fromkeys(["norm.scale", "norm.bias", "out2.bias", "seq.D"], (features,)),
        "out2.kernel": (features, features),
        **dict.fromkeys(["seq.Lambda_re", "seq.Lambda_im"], (states,)),
        "seq.log_step": (states, 1),
        "seq.B": (states, features, 2),
        "seq.C": (features, states, 2),
    }
    return {
        "params.encoder.encoder.kernel": (1, features),
        "params.encoder.encoder.bias": (features,),
        **{f"params.encoder.layers_{i}.{name}": shape for i in range(DEPTH) for name, shape in block.items()},
        "params.decoder.kernel": (features, CLASSES),
        "params.decoder.bias": (CLASSES,),
        "u": (case.batch, case.length, 1),
        "labels": (case.batch,),
    }


SHAPES = {"linear-gradient": linear, "selective-gradient": selective, "s5-training": training}

SELECTIVE = ["u", "dt", "A", "B", "C", "D", "z", "dtBias"]

TRUTHS = {
    "linear-gradient": ["da", "db"],
    "selective-gradient": [f"d{name}" for name in SELECTIVE],
    "s5-training": ["logits"],
}
