"""jax_s5.py FOLDER: trains classifiers of S5 in jax, each from the files of a folder in FOLDER, and writes what came of it.

initial.safetensors has the parameters, batches.safetensors u [steps, batch, length, features] and labels [steps, batch],
training.json the rest. theirs.safetensors gets loss [steps], norm [steps], that of gradients
before they are cut, and all parameters at the end, running statistics among them. The dtype is that of the files.
"""

import json
import sys
from functools import partial
from math import cos, pi
from pathlib import Path

import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file, save_file

# The reference's rule: what a system is made of has a rate of its own and does not decay, norms and biases do not decay.
SYSTEM = ("Lambda_re", "Lambda_im", "B", "log_step")
STILL = ("norm.scale", "norm.bias", "bias")


def combine(earlier, later):
    """Two stretches of x <- a x + b, one after the other."""
    (a, b), (c, d) = earlier, later
    return c * a, c * b + d


def as_complex(pairs):
    return pairs[..., 0] + 1j * pairs[..., 1]


def ssm(own, u):
    """A sequence [length, features], by zero-order hold."""
    poles = own["Lambda_re"] + 1j * own["Lambda_im"]
    kept = jnp.exp(poles * jnp.exp(own["log_step"][:, 0]))
    weights = ((kept - 1) / poles)[:, None] * as_complex(own["B"])
    gates = jnp.broadcast_to(kept, (len(u), kept.size))
    _, states = jax.lax.associative_scan(combine, (gates, jax.vmap(lambda now: weights @ now)(u)))
    readout = as_complex(own["C"])
    return jax.vmap(lambda state: 2 * (readout @ state).real)(states) + own["D"] * u


def norm(own, x, kind):
    """Normal features, and the mean and the variance that running statistics follow."""
    axes, epsilon = ((0, 1), 1e-5) if kind == "batch" else (-1, 1e-6)
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    y = (x - mean) / jnp.sqrt(variance + epsilon) * own["norm.scale"] + own["norm.bias"]
    return y, {"mean": mean.reshape(-1), "var": variance.reshape(-1)}


def block(own, x, options):
    """[batch, length, features]: prenorm, S5, half_glu1, the way round them."""
    y, statistics = norm(own, x, options["norm"])
    g = jax.nn.gelu(jax.vmap(partial(ssm, {name[4:]: array for name, array in own.items() if name.startswith("seq.")}))(y))
    return x + g * jax.nn.sigmoid(g @ own["out2.kernel"] + own["out2.bias"]), statistics


def loss_of(parameters, statistics, options, u, labels):
    """The mean cross-entropy, and what running statistics come to."""
    x = u @ parameters["params.encoder.encoder.kernel"] + parameters["params.encoder.encoder.bias"]
    after = {}
    for i in range(options["nLayers"]):
        start = f"params.encoder.layers_{i}."
        own = {name.removeprefix(start): array for name, array in parameters.items() if name.startswith(start)}
        x, found = block(own, x, options)
        for what, values in found.items():
            name = f"batch_stats.encoder.layers_{i}.norm.{what}"
            if name in statistics:
                after[name] = options["bnMomentum"] * statistics[name] + (1 - options["bnMomentum"]) * values
    logits = x.mean(1) @ parameters["params.decoder.kernel"] + parameters["params.decoder.bias"]
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], 1).mean(), after


def rate_at(step, training):
    """A straight rise, then half a cosine down to 0."""
    peak, steps, warmup = training["learningRate"], training["steps"], training["warmup"]
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * (1 + cos(pi * (step - warmup) / (steps - warmup))) / 2


def adamw(name, parameter, gradient, mean, square, rate, count, training):
    """Decay apart from the gradient's means: Loshchilov and Hutter."""
    decay = training["weightDecay"]
    if name.endswith(SYSTEM):
        rate, decay = rate * training["systemRate"], 0.0
    elif name.endswith(STILL):
        decay = 0.0
    mean = 0.9 * mean + 0.1 * gradient
    square = 0.999 * square + 0.001 * gradient**2
    unit = (mean / (1 - 0.9**count)) / (jnp.sqrt(square / (1 - 0.999**count)) + 1e-8)
    return parameter - rate * (unit + decay * parameter), mean, square


def train(folder):
    training = json.loads((folder / "training.json").read_text())
    options = training["model"]
    all_of = load_file(folder / "initial.safetensors")
    statistics = {name: array for name, array in all_of.items() if name.startswith("batch_stats")}
    parameters = {name: array for name, array in all_of.items() if name not in statistics}
    batches = load_file(folder / "batches.safetensors")

    @jax.jit
    def step(parameters, statistics, means, squares, rate, count, u, labels):
        (loss, statistics), gradients = jax.value_and_grad(loss_of, has_aux=True)(parameters, statistics, options, u, labels)
        length = jnp.sqrt(sum((gradient**2).sum() for gradient in gradients.values()))
        cut = jnp.minimum(1, training["clip"] / length)
        moved = {
            name: adamw(name, parameter, cut * gradients[name], means[name], squares[name], rate, count, training)
            for name, parameter in parameters.items()
        }
        parameters, means, squares = ({name: three[k] for name, three in moved.items()} for k in range(3))
        return parameters, statistics, means, squares, loss, length

    means = squares = {name: np.zeros_like(array) for name, array in parameters.items()}
    losses, norms = [], []
    for k, (u, labels) in enumerate(zip(batches["u"], batches["labels"].astype(int))):
        parameters, statistics, means, squares, loss, length = step(
            parameters, statistics, means, squares, rate_at(k, training), k + 1, u, labels
        )
        losses.append(float(loss))
        norms.append(float(length))
    found = {"loss": np.array(losses), "norm": np.array(norms)}
    found |= {name: np.ascontiguousarray(array) for name, array in {**parameters, **statistics}.items()}
    save_file(found, folder / "theirs.safetensors")


for folder in sorted(Path(sys.argv[1]).iterdir()):
    train(folder)
