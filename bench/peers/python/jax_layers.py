"""S5 in jax, as its reference writes it: a whole sequence by `associative_scan`, and one step of a stack."""

import jax
import jax.numpy as jnp
import numpy as np

from cases import Case
from jax_way import Way
from layers import DEPTH
from operators import then


def discretized(system):
    """By zero-order hold: the poles, and the weights of the input."""
    poles = system["Lambda_re"] + 1j * system["Lambda_im"]
    kept = jnp.exp(poles * jnp.exp(system["log_step"]))
    return kept, ((kept - 1) / poles)[:, None] * as_complex(system["B"])


def as_complex(pairs):
    return pairs[..., 0] + 1j * pairs[..., 1]


def sequence(case: Case, system):
    poles, weights = discretized(system)
    u = system["u"]
    gates = jnp.broadcast_to(poles, (case.length, poles.size))
    added = jax.vmap(lambda now: weights @ now)(u)
    _, states = jax.lax.associative_scan(then, (gates, added))
    readout = as_complex(system["C"])
    return jax.vmap(lambda state: 2 * (readout @ state).real)(states) + system["D"] * u


def stack_step(layers, states, u):
    """One step of all layers; what is fixed has been computed."""
    after = []
    for (poles, weights, readout, skip, scale, bias), state in zip(layers, states):
        mean = u.mean()
        norm = (u - mean) * jax.lax.rsqrt(((u - mean) ** 2).mean() + 1e-6) * scale + bias
        state = poles * state + weights @ norm
        u = u + jax.nn.gelu(2 * (readout @ state).real + skip * norm)
        after.append(state)
    return after, u


def prepared_stack(inputs: dict[str, np.ndarray]):
    """Layers, states at rest and the input."""
    named = {name: jnp.asarray(array) for name, array in inputs.items()}
    layers = []
    for i in range(DEPTH):
        own = {name.split(".", 1)[1]: array for name, array in named.items() if name.startswith(f"layers_{i}.")}
        system = {name.removeprefix("seq."): array for name, array in own.items()}
        layers.append((*discretized(system), as_complex(system["C"]), system["D"], own["norm.scale"], own["norm.bias"]))
    return layers, [jnp.zeros_like(poles) for poles, *_ in layers], named["u"][0]


SEQUENCE_WAYS = [Way(sequence, lambda inputs: [inputs])]
