"""mambapy: `pscan`, a Blelloch scan in place, on copies that it makes."""

import numpy as np
import torch
from mambapy.pscan import pscan

from cases import Case
from contestant import Contestant, Prepared, Unsupported, fastest


def prepare_gradient(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    """There and back by its own backward pass, on copies that it makes."""

    def ready(shape: tuple[int, ...]) -> Prepared:
        gates, added, dh = (torch.from_numpy(inputs[name]).reshape(shape) for name in ("a", "b", "dh"))
        gates.requires_grad_()
        added.requires_grad_()

        def run():
            return torch.autograd.grad(pscan(gates, added), (gates, added), dh)

        return Prepared(run, lambda found: [one.numpy() for one in found])

    rows = (1, case.length, case.channels)
    return fastest([ready((*rows, 1)), ready((1, case.length, 1, case.channels))])


def prepare(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    if case.operator == "linear-gradient":
        return prepare_gradient(case, inputs)
    if case.operator != "linear" or case.reverse:
        raise Unsupported("real numbers, forward only")
    rows = (case.batch, case.length, case.channels)
    gates, added = np.broadcast_to(inputs["a"], rows).copy(), inputs["b"]

    def ready(shape: tuple[int, ...]) -> Prepared:
        tensors = [torch.from_numpy(array).reshape(shape) for array in (gates, added)]

        @torch.no_grad()
        def run():
            return pscan(*tensors)

        return Prepared(run, lambda states: [states.numpy()])

    # [batch, length, channels, states]: our channels can be either.
    return fastest([ready((*rows, 1)), ready((case.batch, case.length, 1, case.channels))])


CONTESTANTS = [Contestant("mambapy pscan", "all", prepare)]
