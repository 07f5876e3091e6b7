"""S5's classifier in jax, as its reference writes it, and a step of training: AdamW on the gradients of a batch."""

import jax
import jax.numpy as jnp
import numpy as np

from cases import Case
from contestant import Prepared, Unsupported
from gradient_cases import DEPTH
from jax_layers import as_complex, discretized
from operators import then

RATE, DECAY, PAST, PAST_SQUARES, EPSILON = 1e-3, 0.01, 0.9, 0.999, 1e-8
SYSTEM = ("Lambda_re", "Lambda_im", "B", "log_step")


def s5(system, u):
    """[batch, length, features]."""
    system = {**system, "log_step": system["log_step"][:, 0]}
    poles, weights = discretized(system)
    readout = as_complex(system["C"])

    def one(u):
        gates = jnp.broadcast_to(poles, (len(u), poles.size))
        _, states = jax.lax.associative_scan(then, (gates, u @ weights.T))
        return 2 * (states @ readout.T).real + system["D"] * u

    return jax.vmap(one)(u)


def block(own, x):
    mean, variance = x.mean((0, 1)), x.var((0, 1))
    unit = (x - mean) * jax.lax.rsqrt(variance + 1e-5) * own["norm.scale"] + own["norm.bias"]
    y = s5({name.removeprefix("seq."): array for name, array in own.items()}, unit)
    g = jax.nn.gelu(y)
    return x + g * jax.nn.sigmoid(g @ own["out2.kernel"] + own["out2.bias"])


def logits_of(parameters, u):
    x = u @ parameters["params.encoder.encoder.kernel"] + parameters["params.encoder.encoder.bias"]
    for i in range(DEPTH):
        prefix = f"params.encoder.layers_{i}."
        x = block({name.removeprefix(prefix): array for name, array in parameters.items() if name.startswith(prefix)}, x)
    return x.mean(1) @ parameters["params.decoder.kernel"] + parameters["params.decoder.bias"]


def loss(parameters, u, labels):
    logits = logits_of(parameters, u)
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], 1).mean(), logits


def moved(name, count, parameter, gradient, mean, square):
    is_system = name.endswith(SYSTEM)
    rate, decay = (RATE / 4, 0.0) if is_system else (RATE, DECAY)
    mean = PAST * mean + (1 - PAST) * gradient
    square = PAST_SQUARES * square + (1 - PAST_SQUARES) * gradient**2
    step = mean / (1 - PAST**count) / (jnp.sqrt(square / (1 - PAST_SQUARES**count)) + EPSILON)
    return parameter - rate * (decay * parameter + step), mean, square


def step(parameters, means, squares, count, u, labels):
    (_, logits), gradients = jax.value_and_grad(loss, has_aux=True)(parameters, u, labels)
    after = {
        name: moved(name, count, parameter, gradients[name], means[name], squares[name])
        for name, parameter in parameters.items()
    }
    return *({name: three[k] for name, three in after.items()} for k in range(3)), logits


def prepare(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    if case.operator != "s5-training":
        raise Unsupported(f"not for {case.operator}")
    given = {name: jnp.asarray(array) for name, array in inputs.items()}
    u, labels = given.pop("u"), given.pop("labels").astype(int)
    zeros = {name: jnp.zeros_like(array) for name, array in given.items()}
    state = [given, zeros, zeros]
    count = 0
    compiled = jax.jit(step)

    def run():
        nonlocal state, count
        count += 1
        *state, logits = jax.block_until_ready(compiled(*state, count, u, labels))
        return logits

    return Prepared(run, lambda logits: [np.asarray(logits)])
