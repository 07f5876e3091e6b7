"""scipy: `lfilter`, where each channel has one gate, and a layer by `fftconvolve`."""

import numpy as np
from scipy.signal import fftconvolve, lfilter

from cases import Case
from contestant import Contestant, Prepared, Unsupported


def prepare_filter(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    if case.operator not in ("linear", "complex") or case.gates != "channels":
        raise Unsupported("one gate for each channel only")
    if case.operator == "linear":
        gates, added = inputs["a"], inputs["b"]
    else:
        gates, added = (inputs[f"{name}.re"] + 1j * inputs[f"{name}.im"] for name in ("a", "b"))
    if case.reverse:
        added = added[:, ::-1]
    states = np.empty_like(added)
    one = np.ones(1, added.dtype)

    def run() -> np.ndarray:
        for channel, gate in enumerate(gates):
            poles = np.array([1, -gate], added.dtype)
            states[:, :, channel] = lfilter(one, poles, added[:, :, channel], axis=1)
        return states

    def read(states: np.ndarray) -> list[np.ndarray]:
        forward = states[:, ::-1] if case.reverse else states
        return [forward] if case.operator == "linear" else [forward.real, forward.imag]

    return Prepared(run, read)


def prepare_convolution(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    if case.operator != "ssm":
        raise Unsupported("a layer only")
    a, b, c = (inputs[f"{name}.re"] + 1j * inputs[f"{name}.im"].astype(np.float64) for name in "abc")
    u = inputs["u"]

    def run() -> np.ndarray:
        return fftconvolve(u, kernel(a, b * c, case.length).astype(u.dtype))[: case.length]

    return Prepared(run, lambda y: [y])


def kernel(a: np.ndarray, gains: np.ndarray, length: int) -> np.ndarray:
    """Re(sum of gain a^t) for every t, as one product of two short tables of powers."""
    width = int(np.ceil(np.sqrt(length)))
    inner = a ** np.arange(width)[:, None]
    outer = gains * a ** (width * np.arange(-(-length // width)))[:, None]
    return (outer @ inner.T).real.reshape(-1)[:length]


CONTESTANTS = [
    Contestant("scipy lfilter", 1, prepare_filter),
    Contestant("scipy fftconvolve", 1, prepare_convolution),
]
