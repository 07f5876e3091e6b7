"""ggml by its C interface: its shared libraries, and a graph that is computed again and again."""

import ctypes
import os
import sys
import weakref
from ctypes import c_char_p, c_int, c_int64, c_size_t, c_void_p
from pathlib import Path

import numpy as np

from contestant import Absent

REMEDY = "bench/peers/README.md says how to build it"
TYPES = {"float32": 0, "int32": 26}
MOST_TENSORS = 64


class Parameters(ctypes.Structure):
    """ggml_init_params."""

    _fields_ = [("size", c_size_t), ("memory", c_void_p), ("without_data", ctypes.c_bool)]


# What a function gives and what it takes; of the operators, after their context.
BASE = {
    "ggml_version": [c_char_p],
    "ggml_init": [c_void_p, Parameters],
    "ggml_free": [None, c_void_p],
    "ggml_tensor_overhead": [c_size_t],
    "ggml_graph_overhead": [c_size_t],
    "ggml_new_tensor": [c_void_p, c_void_p, c_int, c_int, c_void_p],
    "ggml_get_data": [c_void_p, c_void_p],
    "ggml_new_graph": [c_void_p, c_void_p],
    "ggml_build_forward_expand": [None, c_void_p, c_void_p],
    "ggml_threadpool_params_init": [None, c_void_p, c_int],
    "ggml_backend_alloc_ctx_tensors": [c_void_p, c_void_p, c_void_p],
    "ggml_backend_graph_compute": [c_int, c_void_p, c_void_p],
    "ggml_backend_buffer_free": [None, c_void_p],
    "ggml_backend_free": [None, c_void_p],
}
CPU = {
    "ggml_backend_cpu_init": [c_void_p],
    "ggml_backend_cpu_set_n_threads": [None, c_void_p, c_int],
    "ggml_backend_cpu_set_threadpool": [None, c_void_p, c_void_p],
    "ggml_threadpool_new": [c_void_p, c_void_p],
    "ggml_threadpool_free": [None, c_void_p],
}
OPERATORS = {
    "add": [c_void_p] * 2,
    "add_inplace": [c_void_p] * 2,
    "mul": [c_void_p] * 2,
    "swiglu_split": [c_void_p] * 2,
    "reshape_3d": [c_void_p, *[c_int64] * 3],
    "view_2d": [c_void_p, c_int64, c_int64, c_size_t, c_size_t],
    "ssm_scan": [*[c_void_p] * 7, c_int64],
}


def library(name: str) -> ctypes.CDLL:
    folder = os.environ.get("GGML_LIBRARIES")
    if not folder:
        raise Absent("GGML_LIBRARIES does not say where its libraries are", REMEDY)
    form = {"win32": "{}.dll", "darwin": "lib{}.dylib"}.get(sys.platform, "lib{}.so")
    try:
        return ctypes.CDLL(str(Path(folder, form.format(name)).absolute()))
    except OSError as cause:
        raise Absent(str(cause), REMEDY) from cause


def function(owner: ctypes.CDLL, name: str, result, *arguments):
    try:
        found = owner[name]
    except AttributeError as cause:
        raise Absent(f"another ggml than we know, without {name}", REMEDY) from cause
    found.restype, found.argtypes = result, arguments
    return found


base, cpu = library("ggml-base"), library("ggml-cpu")
ggml = {name: function(base, name, *types) for name, types in BASE.items()}
ggml |= {name: function(cpu, name, *types) for name, types in CPU.items()}
operators = {name: function(base, f"ggml_{name}", c_void_p, c_void_p, *types) for name, types in OPERATORS.items()}

VERSION = ggml["ggml_version"]().decode()


class Graph:
    """Tensors, threads that wait for work, and memory that is allocated once.

    ggml names the axes of a tensor from the innermost: a C array's the other way round.
    """

    def __init__(self, threads: int):
        size = MOST_TENSORS * ggml["ggml_tensor_overhead"]() + ggml["ggml_graph_overhead"]()
        self.context = ggml["ggml_init"](Parameters(size, None, True))
        self.backend = ggml["ggml_backend_cpu_init"]()
        parameters = ctypes.create_string_buffer(4096)  # larger than ggml_threadpool_params
        ggml["ggml_threadpool_params_init"](parameters, threads)
        self.pool = ggml["ggml_threadpool_new"](parameters)
        ggml["ggml_backend_cpu_set_n_threads"](self.backend, threads)
        ggml["ggml_backend_cpu_set_threadpool"](self.backend, self.pool)
        self.inputs: list[tuple[int, np.ndarray]] = []

    def given(self, array: np.ndarray) -> int:
        """A tensor of an array's axes and numbers."""
        array = np.ascontiguousarray(array)
        axes = (c_int64 * array.ndim)(*reversed(array.shape))
        tensor = ggml["ggml_new_tensor"](self.context, TYPES[array.dtype.name], array.ndim, axes)
        self.inputs.append((tensor, array))
        return tensor

    def apply(self, operator: str, *arguments: int) -> int:
        return operators[operator](self.context, *arguments)

    def computing(self, result: int):
        """What computes the tensor; it gives the address of its numbers."""
        graph = ggml["ggml_new_graph"](self.context)
        ggml["ggml_build_forward_expand"](graph, result)
        memory = ggml["ggml_backend_alloc_ctx_tensors"](self.context, self.backend)
        if not memory:
            raise MemoryError("ggml allocates nothing")
        weakref.finalize(self, release, memory, self.backend, self.pool, self.context)
        for tensor, array in self.inputs:
            ctypes.memmove(ggml["ggml_get_data"](tensor), array.ctypes.data, array.nbytes)
        self.inputs.clear()
        compute, address = ggml["ggml_backend_graph_compute"], ggml["ggml_get_data"](result)

        def run() -> int:
            if status := compute(self.backend, graph):
                raise RuntimeError(f"ggml_backend_graph_compute: status {status}")
            return address

        return run


def release(memory: int, backend: int, pool: int, context: int) -> None:
    ggml["ggml_backend_buffer_free"](memory)
    ggml["ggml_backend_free"](backend)
    ggml["ggml_threadpool_free"](pool)
    ggml["ggml_free"](context)
