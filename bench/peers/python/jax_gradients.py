"""Scans there and back in jax: what `vjp` makes of `lax.scan`."""

import jax
import jax.numpy as jnp
from jax import lax

import jax_selective
from cases import Case
from gradient_cases import SELECTIVE
from jax_way import Way


def linear(unroll: int):
    def function(case: Case, a, b, dh):
        def scan(a, b):
            step = lambda h, now: (now[0] * h + now[1],) * 2
            return lax.scan(step, jnp.zeros_like(b[0]), (a, b), unroll=unroll)[1]

        return jax.vjp(scan, a, b)[1](dh)

    return function


def selective(way: Way):
    """In the order in which the arrays are given."""

    def function(case: Case, *inputs):
        *given, dy = inputs
        return jax.vjp(lambda *given: way.function(case, *given), *given)[1](dy)

    return function


GIVEN = ["u", "dt", "z", "A", "B", "C", "D", "dtBias"]


def in_order(gradients):
    named = dict(zip(GIVEN, gradients))
    return [jax.device_get(named[name]) for name in SELECTIVE]


WAYS = {
    "linear-gradient": [Way(linear(unroll)) for unroll in (1, 8)],
    "selective-gradient": [
        Way(selective(way), lambda inputs: [inputs[name] for name in [*GIVEN, "dy"]], in_order)
        for way in jax_selective.WAYS
    ],
}
