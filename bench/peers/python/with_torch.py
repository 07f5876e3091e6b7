"""torch: its `associative_scan`, compiled for the CPU."""

import shutil

import numpy as np
import torch
from torch._higher_order_ops.associative_scan import associative_scan

from cases import Case
from contestant import Contestant, Prepared, Unsupported

if not any(map(shutil.which, ["c++", "g++", "clang++", "cl"])):
    raise RuntimeError("torch.compile needs a C++ compiler, and none is on PATH")


def then(first, second):
    (a, b), (next_a, next_b) = first, second
    return next_a * a, next_a * b + next_b


def then_planar(first, second):
    """Complex numbers in planes: the compiler does not take complex tensors."""
    (a_re, a_im, b_re, b_im), (c_re, c_im, d_re, d_im) = first, second
    return (
        c_re * a_re - c_im * a_im,
        c_re * a_im + c_im * a_re,
        c_re * b_re - c_im * b_im + d_re,
        c_re * b_im + c_im * b_re + d_im,
    )


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


CONTESTANTS = [Contestant("torch.compile associative_scan", "all", prepare)]
