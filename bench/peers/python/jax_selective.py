"""Mamba's selective scan by `lax.scan`: states of a channel side by side, or channels of a state."""

import jax
import jax.numpy as jnp
from jax import lax

from cases import Case
from jax_way import Way


def scan(by_channels: bool, unroll: int):
    def function(case: Case, u, dt, z, A, B, C, D, bias):
        delta = jax.nn.softplus(dt + bias)
        poles = A.T if by_channels else A
        # Axes of a state: [n, channels] or [channels, n].
        row, column, axis = (0, 1, 0) if by_channels else (1, 0, 1)
        across = lambda of_channels: jnp.expand_dims(of_channels, row)
        along = lambda of_states: jnp.expand_dims(of_states, column)

        def step(h, now):
            delta, u, B, C = now
            h = jnp.exp(across(delta) * poles) * h + across(delta * u) * along(B)
            return h, (h * along(C)).sum(axis)

        y = lax.scan(step, jnp.zeros_like(poles), (delta, u, B, C), unroll=unroll)[1]
        return (y + D * u) * jax.nn.silu(z)

    return function


WAYS = [Way(scan(by_channels, unroll)) for by_channels in (False, True) for unroll in (1, 8)]
