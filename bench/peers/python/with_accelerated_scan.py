"""accelerated-scan: its reference, the part that runs without a GPU."""

import numpy as np
import torch
from accelerated_scan.ref import scan

from cases import Case
from contestant import Contestant, Prepared, Unsupported


def prepare(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    if case.operator != "linear" or case.length == 1:
        raise Unsupported("real numbers, two rows or more")
    rows = (case.batch, case.length, case.channels)

    def time_last(array: np.ndarray) -> torch.Tensor:
        """[batch, channels, length], which it asks for."""
        return torch.from_numpy(np.broadcast_to(array, rows).swapaxes(1, 2).copy())

    gates, added = time_last(inputs["a"]), time_last(inputs["b"])

    @torch.no_grad()
    def run():
        return scan(gates, added, reverse=case.reverse)

    return Prepared(run, lambda states: [states.numpy().swapaxes(1, 2)])


CONTESTANTS = [Contestant("accelerated-scan ref", "all", prepare)]
