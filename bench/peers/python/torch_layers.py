"""The convolution kernels of S4 and S4D in torch, as their reference computes them where its extensions are not built."""

import numpy as np
import torch

from cases import Case
from contestant import Prepared


def systems(inputs: dict[str, np.ndarray]):
    tensors = {name.removeprefix("layer.kernel."): torch.from_numpy(array) for name, array in inputs.items()}
    poles = -tensors["A_real"].exp() - 1j * tensors["A_imag"]
    pairs = {name: torch.view_as_complex(tensors[name]) for name in ("B", "C", "P") if name in tensors}
    return tensors["inv_dt"].exp()[:, None], poles, pairs


def with_conjugates(tensor):
    return torch.cat([tensor, tensor.conj()], dim=-1)


def cauchy(numerators, nodes, poles):
    """Sums over states and their conjugates of v / (z - w): [..., states], [nodes], [..., states] -> [..., nodes]."""
    numerators, poles = with_conjugates(numerators), with_conjugates(poles)
    return (numerators.unsqueeze(-1) / (nodes - poles.unsqueeze(-1))).sum(-2)


def dplr_kernel(case: Case, inputs):
    step, poles, of = systems(inputs)
    roots = torch.exp(-2j * torch.pi * torch.arange(case.length // 2 + 1) / case.length).to(torch.complex64)
    nodes = 2 * (1 - roots) / (1 + roots)
    left = torch.stack([of["B"], of["P"]])
    right = torch.stack([of["C"], of["P"].conj()])
    sums = cauchy(left[:, None] * right[None] * step, nodes, poles * step)
    spectrum = sums[0, 0] - sums[0, 1] * sums[1, 0] / (1 + sums[1, 1])
    return torch.fft.irfft(spectrum * 2 / (1 + roots), n=case.length)


def diagonal_kernel(case: Case, inputs):
    """By zero-order hold; the Vandermonde matrix is written out."""
    step, poles, of = systems(inputs)
    exponents = poles * step
    weights = of["C"] * of["B"] * (exponents.exp() - 1) / poles
    powers = torch.exp(exponents.unsqueeze(-1) * torch.arange(case.length))
    return 2 * torch.einsum("hn,hnl->hl", weights, powers).real


KERNELS = {"s4-kernel": dplr_kernel, "s4d-kernel": diagonal_kernel}


def prepare(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    @torch.no_grad()
    def run():
        return KERNELS[case.operator](case, inputs)

    return Prepared(run, lambda kernel: [kernel.numpy()])
