"""Mamba's operators in torch by the formulas of their references, and what a model's products take alone."""

import numpy as np
import torch
import torch.nn.functional as F

import mamba_cases
from cases import Case
from contestant import Contestant, Prepared, Unsupported, fastest
from gradient_cases import SELECTIVE

CHUNK = 64


def tensors(inputs: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(array) for name, array in inputs.items()}


def channels_first(inputs: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    """A selective scan's arrays as the reference has them: [batch, channels or states, length]."""
    given = tensors(inputs)
    return {
        name: tensor.T[None].contiguous() if name in ("u", "dt", "z", "B", "C") else tensor
        for name, tensor in given.items()
    }


def selective_scan(u, dt, z, A, B, C, D, dtBias):
    """All gates and inputs are written out, then time goes by in a loop."""
    delta = F.softplus(dt + dtBias[:, None])
    gates = torch.exp(torch.einsum("bdl,dn->bdln", delta, A))
    added = torch.einsum("bdl,bnl,bdl->bdln", delta, B, u)
    h = A.new_zeros((u.shape[0], *A.shape))
    found = []
    for t in range(u.shape[2]):
        h = gates[:, :, t] * h + added[:, :, t]
        found.append(torch.einsum("bdn,bn->bd", h, C[:, :, t]))
    return (torch.stack(found, dim=2) + u * D[:, None]) * F.silu(z)


def prepare_gradient(inputs: dict[str, np.ndarray], scan) -> Prepared:
    """A scan of arrays by name there and back."""
    dy = torch.from_numpy(inputs["dy"]).T[None]
    given = {name: tensor.requires_grad_() for name, tensor in channels_first(inputs).items() if name != "dy"}

    def run():
        return torch.autograd.grad(scan(**given), [given[name] for name in SELECTIVE], dy)

    def read(found):
        named = zip(SELECTIVE, found)
        return [(one[0].T if name in ("u", "dt", "z", "B", "C") else one).numpy() for name, one in named]

    return Prepared(run, read)


def prepare_selective(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    if case.operator == "selective-gradient":
        return prepare_gradient(inputs, selective_scan)
    if case.operator != "selective":
        raise Unsupported(f"not for {case.operator}")
    given = channels_first(inputs)

    @torch.no_grad()
    def run():
        return selective_scan(**given)

    return Prepared(run, lambda y: [y[0].T.numpy()])


def segment_sums(logs):
    """out[..., i, j] = the sum of logs after j up to i; minus infinity where j is later than i."""
    length = logs.shape[-1]
    spread = logs[..., None].expand(*logs.shape, length)
    below = torch.ones(length, length, dtype=torch.bool).tril(-1)
    sums = spread.masked_fill(~below, 0).cumsum(-2)
    return sums.masked_fill(~torch.ones(length, length, dtype=torch.bool).tril(), -torch.inf)


def ssd_minimal_discrete(x, logs, B, C):
    """x: [batch, length, heads, p], logs: [batch, length, heads], B, C: [batch, length, heads or 1, n]; in chunks."""
    x, logs, B, C = (tensor.unflatten(1, (-1, CHUNK)) for tensor in (x, logs, B, C))
    logs = logs.permute(0, 3, 1, 2)
    sums = logs.cumsum(-1)
    within = segment_sums(logs).exp()
    y = torch.einsum("bclhn,bcshn,bhcls,bcshp->bclhp", C, B, within, x)
    to_end = torch.exp(sums[..., -1:] - sums)
    states = torch.einsum("bclhn,bhcl,bclhp->bchpn", B, to_end, x)
    states = torch.cat([torch.zeros_like(states[:, :1]), states], dim=1)
    between = segment_sums(F.pad(sums[..., -1], (1, 0))).exp()
    states = torch.einsum("bhzc,bchpn->bzhpn", between, states)[:, :-1]
    entered = torch.einsum("bclhn,bchpn,bhcl->bclhp", C, states, sums.exp())
    return (y + entered).flatten(1, 2)


def prepare_ssd(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    if case.operator != "ssd":
        raise Unsupported(f"not for {case.operator}")
    given = {name: tensor if name == "A" else tensor[None] for name, tensor in tensors(inputs).items()}
    heads = case.channels // mamba_cases.HEAD_DIM

    def ready(copies: int) -> Prepared:
        B, C = (given[name][:, :, None].repeat(1, 1, copies, 1) for name in ("B", "C"))

        @torch.no_grad()
        def run():
            x, dt = given["x"], given["dt"]
            return ssd_minimal_discrete(x * dt[..., None], given["A"] * dt, B, C)

        return Prepared(run, lambda y: [y.numpy()])

    return fastest([ready(1), ready(heads)])


def on_one_thread(prepare):
    def alone(run):
        def function(*arguments):
            all_threads = torch.get_num_threads()
            torch.set_num_threads(1)
            try:
                return run(*arguments)
            finally:
                torch.set_num_threads(all_threads)

        return function

    def function(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
        ready = alone(prepare)(case, inputs)
        return Prepared(alone(ready.run), ready.read)

    return function


def prepare_products(case: Case, _) -> Prepared:
    """A model's products alone: of all rows with each layer's matrices, of one with the head's."""
    if case.operator not in ("mamba-prefill", "mamba-decode"):
        raise Unsupported(f"not for {case.operator}")
    layer = mamba_cases.matrices(case.channels, case.n).values()
    noise = lambda shape: torch.empty(shape).uniform_(-0.04, 0.04)
    weights = [noise(shape) for _ in range(mamba_cases.DEPTH) for shape in layer]
    rows = {width: noise((case.length, width)) for width in {weight.shape[1] for weight in weights}}
    head = noise((mamba_cases.VOCABULARY, case.channels))

    @torch.no_grad()
    def run():
        for weight in weights:
            F.linear(rows[weight.shape[1]], weight)
        return F.linear(rows[case.channels][-1:], head)

    return Prepared(run, None)


def prepare_read(case: Case, _) -> Prepared:
    """Reading as many bytes as a model's weights have."""
    if case.operator != "mamba-decode":
        raise Unsupported(f"not for {case.operator}")
    shapes = mamba_cases.model(case.length, case.channels, case.n)
    narrow = 2 if case.weights == "bfloat16" else 4
    is_matrix = lambda name: name.endswith(("proj.weight", "embeddings.weight"))
    count = sum(int(np.prod(shape)) * (narrow if is_matrix(name) else 4) for name, shape in shapes.items()) // 4
    numbers = torch.ones(count)

    def run():
        return numbers.sum()

    return Prepared(run, None)


CONTESTANTS = [
    Contestant("torch selective_scan_ref", "all", prepare_selective),
    Contestant("torch ssd_minimal_discrete", "all", prepare_ssd),
    Contestant("torch ssd_minimal_discrete 1T", 1, on_one_thread(prepare_ssd)),
    Contestant("torch matmul", "all", prepare_products, reads=False),
    Contestant("torch read", "all", prepare_read, reads=False),
]
