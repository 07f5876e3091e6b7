"""Recurrences by `jax.lax.associative_scan`, in the logarithm of their length, and a layer by the Fourier transform."""

import jax.numpy as jnp
from jax import lax

from cases import Case
from jax_way import Way, joined, parts
from operators import then, then_planar


def then_matrix(first, second):
    (a, b), (next_a, next_b) = first, second
    return next_a @ a, jnp.einsum("...ij,...j->...i", next_a, b) + next_b


def scan(operator):
    def function(case: Case, *inputs):
        added = inputs[len(inputs) // 2 :]
        full = lambda gate: jnp.broadcast_to(gate, added[0].shape) if case.gates == "channels" else gate
        gates = [full(gate) for gate in inputs[: len(added)]]
        states = lax.associative_scan(operator, (*gates, *added), axis=1, reverse=case.reverse)
        return states[len(added) :]

    return function


def complex_scan(case: Case, a, b):
    return scan(then)(case, a, b)[0]


def layer(case: Case, a, b, c, u):
    gates = jnp.broadcast_to(a, (case.length, case.n))
    states = lax.associative_scan(then, (gates, b * u[:, None]))[1]
    return (states @ c).real


def convolution(case: Case, a, b, c, u):
    """The kernel Re(c a^t b), its powers from two short tables, then a product of spectra."""
    width = 1 << (case.length.bit_length() + 1) // 2
    rows = -(-case.length // width)
    inner = powers(a, width)
    outer = powers(inner[-1] * a, rows)
    kernel = ((outer * (b * c)) @ inner.T).real.reshape(-1)[: case.length]
    size = 2 * case.length
    spectrum = jnp.fft.rfft(kernel, size) * jnp.fft.rfft(u, size)
    return jnp.fft.irfft(spectrum, size)[: case.length]


def powers(a, count: int):
    """a^0, a^1, ...: [count, n]."""
    gates = jnp.broadcast_to(a, (count - 1, *a.shape))
    return jnp.concatenate([jnp.ones_like(a)[None], jnp.cumprod(gates, axis=0)])


WAYS = {
    "linear": [Way(scan(then))],
    "complex": [Way(complex_scan, joined, parts)],
    "matrix": [Way(scan(then_matrix))],
    "ssm": [Way(layer, joined)],
}
PLANAR_WAYS = {"complex": [Way(scan(then_planar))]}
CONVOLUTION_WAYS = {"ssm": [Way(convolution, joined)]}
