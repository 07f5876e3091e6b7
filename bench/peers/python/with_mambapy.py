"""mambapy: `pscan`, a Blelloch scan in place, on copies that it makes."""

import numpy as np
import torch
from mambapy.pscan import pscan

from cases import Case
from contestant import Contestant, Prepared, Unsupported, fastest


def prepare(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
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
