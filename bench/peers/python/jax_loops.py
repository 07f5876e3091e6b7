"""Recurrences by `jax.lax.scan`: a compiled loop over time."""

import jax
import jax.numpy as jnp
from jax import lax

from cases import Case
from jax_way import Way


def real(state, gate, added):
    return (gate[0] * state[0] + added[0],)


def planar(state, gate, added):
    (re, im), (a_re, a_im), (b_re, b_im) = state, gate, added
    return a_re * re - a_im * im + b_re, a_re * im + a_im * re + b_im


def by_product(state, gate, added):
    return (gate[0] @ state[0] + added[0],)


def by_sums(state, gate, added):
    return ((gate[0] * state[0]).sum(-1) + added[0],)


def halves(inputs):
    middle = len(inputs) // 2
    return inputs[:middle], inputs[middle:]


def sequence(step, case: Case, gates, added):
    """One sequence, time first; a gate for each channel is the same at all times."""
    start = tuple(jnp.zeros_like(array[0]) for array in added)
    if case.gates == "channels":
        return lax.scan(lambda state, now: (step(state, gates, now),) * 2, start, added, reverse=case.reverse)[1]
    return lax.scan(lambda state, now: (step(state, *now),) * 2, start, (gates, added), reverse=case.reverse)[1]


def one_by_one(step):
    """Sequence after sequence."""

    def function(case: Case, *inputs):
        gates, added = halves(inputs)
        if case.gates == "channels":
            return lax.map(lambda added: sequence(step, case, gates, added), added)
        return lax.map(lambda inputs: sequence(step, case, *inputs), (gates, added))

    return function


def side_by_side(step):
    """All sequences at once, time moved to the front."""

    def function(case: Case, *inputs):
        gates, added = halves(inputs)
        time_first = lambda arrays: tuple(jnp.moveaxis(array, 1, 0) for array in arrays)
        moved = gates if case.gates == "channels" else time_first(gates)
        states = sequence(step, case, moved, time_first(added))
        return tuple(jnp.moveaxis(array, 0, 1) for array in states)

    return function


def in_place(step):
    """All sequences at once, each row read and written where it is."""

    def function(case: Case, *inputs):
        gates, added = halves(inputs)

        def at(carried, t):
            state, out = carried
            row = lambda arrays: tuple(array[:, t] for array in arrays)
            state = step(state, gates if case.gates == "channels" else row(gates), row(added))
            return (state, tuple(array.at[:, t].set(now) for array, now in zip(out, state))), None

        start = tuple(jnp.zeros_like(array[:, 0]) for array in added)
        out = tuple(jnp.zeros_like(array) for array in added)
        return lax.scan(at, (start, out), jnp.arange(case.length), reverse=case.reverse)[0][1]

    return function


def layer(case: Case, a_re, a_im, b_re, b_im, c_re, c_im, u):
    def step(state, u):
        state = planar(state, (a_re, a_im), (b_re * u, b_im * u))
        return state, jnp.sum(c_re * state[0] - c_im * state[1])

    return lax.scan(step, (jnp.zeros_like(a_re), jnp.zeros_like(a_im)), u)[1]


def layouts(step) -> list[Way]:
    return [Way(layout(step)) for layout in (one_by_one, side_by_side, in_place)]


WAYS = {
    "linear": layouts(real),
    "complex": layouts(planar),
    "matrix": [Way(one_by_one(by_product)), Way(one_by_one(by_sums)), Way(side_by_side(jax.vmap(by_product)))],
    "ssm": [Way(layer)],
}
