"""torch: its `associative_scan`, compiled for the CPU, the kernels of S4, and Mamba's operators."""

import shutil

import numpy as np
import torch
from torch._higher_order_ops.associative_scan import associative_scan

from cases import Case
from contestant import Contestant, Prepared, Unsupported
import torch_layers
import torch_mamba
from operators import then, then_planar

if not any(map(shutil.which, ["c++", "g++", "clang++", "cl"])):
    raise RuntimeError("torch.compile needs a C++ compiler, and none is on PATH")


# In planes: the compiler does not take complex tensors.
OPERATORS = {"linear": then, "complex": then_planar}


def prepare(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    if case.operator not in OPERATORS:
        raise Unsupported(f"not for {case.operator}")
    operator = OPERATORS[case.operator]
    shape = (case.batch, case.length, case.channels)
    tensors = [torch.from_numpy(np.broadcast_to(array, shape).copy()) for array in inputs.values()]

    def scan(*tensors):
        # "pointwise", the other mode, is for GPUs.
        return associative_scan(operator, tensors, dim=1, reverse=case.reverse, combine_mode="generic")

    torch._dynamo.reset()  # or a second shape would be compiled for any shape, which is slower
    compiled = torch.compile(scan, dynamic=False)

    @torch.no_grad()
    def run():
        return compiled(*tensors)[len(tensors) // 2 :]

    return Prepared(run, lambda states: [state.numpy() for state in states])


def prepare_kernel(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    if case.operator not in torch_layers.KERNELS:
        raise Unsupported(f"not for {case.operator}")
    return torch_layers.prepare(case, inputs)


CONTESTANTS = [
    Contestant("torch.compile associative_scan", "all", prepare),
    Contestant("torch naive", "all", prepare_kernel),
    *torch_mamba.CONTESTANTS,
]
