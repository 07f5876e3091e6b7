"""jax: `lax.scan`, `lax.associative_scan` and, for a layer, a convolution; each compiled by `jit`."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

import jax_gradients
import jax_layers
import jax_loops
import jax_selective
import jax_training
import jax_trees
from cases import Case
from contestant import Contestant, Prepared, Unsupported, fastest


def prepare(ways: dict, case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    """`ways`, for each operator, gives the functions of a case's inputs to choose the fastest from."""
    if case.operator not in ways:
        raise Unsupported(f"not for {case.operator}")
    wide = case.dtype == "float64"

    def ready(way) -> Prepared:
        with jax.enable_x64(wide):
            arguments = jax.tree.map(jnp.asarray, list(way.arguments(inputs)))
        function = jax.jit(partial(way.function, case))

        def run():
            return jax.block_until_ready(function(*arguments))

        def run_wide():
            with jax.enable_x64(True):
                return run()

        return Prepared(run_wide if wide else run, way.read)

    return fastest([ready(way) for way in ways[case.operator]])


def prepare_step(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    if case.operator != "s5-step":
        raise Unsupported(f"not for {case.operator}")
    layers, states, u = jax_layers.prepared_stack(inputs)
    step = jax.jit(jax_layers.stack_step)

    def run():
        nonlocal states
        states, y = jax.block_until_ready(step(layers, states, u))
        return y

    return Prepared(run, lambda y: [np.asarray(y)])


CONTESTANTS = [
    Contestant("jax lax.scan", "all", partial(prepare, {**jax_loops.WAYS, "selective": jax_selective.WAYS, **jax_gradients.WAYS})),
    Contestant("jax associative_scan", "all", partial(prepare, {**jax_trees.WAYS, "s5": jax_layers.SEQUENCE_WAYS})),
    Contestant("jax associative_scan planar", "all", partial(prepare, jax_trees.PLANAR_WAYS)),
    Contestant("jax convolution", "all", partial(prepare, jax_trees.CONVOLUTION_WAYS)),
    Contestant("jax step", "all", prepare_step),
    Contestant("jax training", "all", jax_training.prepare),
]
