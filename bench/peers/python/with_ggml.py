"""ggml: its `ssm_scan` on the CPU, with what Mamba has around it."""

import ctypes
import os

import numpy as np

import mamba_cases
from cases import Case
from contestant import Contestant, Prepared, Unsupported
from ggml_graph import VERSION as VERSION
from ggml_graph import Graph


def scan(graph: Graph, case: Case, x: int, dt: int, A: np.ndarray, B: np.ndarray, C: np.ndarray, heads: int) -> int:
    """From rest, of one sequence; it takes the softplus of dt. y, then the last states."""
    state = graph.given(np.zeros((heads, case.channels // heads, case.n), np.float32))
    shared = [graph.given(each[:, None]) for each in (B, C)]
    sequence = graph.given(np.zeros(1, np.int32))
    return graph.apply("ssm_scan", state, x, dt, graph.given(A), *shared, sequence, 1)


def selective(graph: Graph, case: Case, inputs: dict[str, np.ndarray]) -> int:
    """A head is one channel."""
    tensor = lambda name: graph.given(inputs[name])
    u, dt = tensor("u"), graph.apply("add", tensor("dt"), tensor("dtBias"))
    x = graph.apply("reshape_3d", u, 1, case.channels, case.length)
    found = scan(graph, case, x, dt, inputs["A"], inputs["B"], inputs["C"], case.channels)
    y = graph.apply("view_2d", found, case.channels, case.length, 4 * case.channels, 0)
    y = graph.apply("add_inplace", y, graph.apply("mul", u, tensor("D")))
    return graph.apply("swiglu_split", tensor("z"), y)


def ssd(graph: Graph, case: Case, inputs: dict[str, np.ndarray]) -> int:
    """Step sizes are given as what they are the softplus of."""
    before = np.log(np.expm1(inputs["dt"].astype(np.float64))).astype(np.float32)
    x, dt, A = graph.given(inputs["x"]), graph.given(before), inputs["A"][:, None]
    return scan(graph, case, x, dt, A, inputs["B"], inputs["C"], case.channels // mamba_cases.HEAD_DIM)


GRAPHS = {"selective": selective, "ssd": ssd}


def cores() -> int:
    """Those that the process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def on_threads(threads: int):
    def prepare(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
        if case.operator not in GRAPHS or case.dtype != "float32":
            raise Unsupported(f"not for {case.operator}, {case.dtype}")
        graph = Graph(threads)
        run = graph.computing(GRAPHS[case.operator](graph, case, inputs))
        numbers = ctypes.c_float * (case.length * case.channels)
        return Prepared(run, lambda address: [np.array(numbers.from_address(address))])

    return prepare


CONTESTANTS = [
    Contestant("ggml ssm_scan", "all", on_threads(cores())),
    Contestant("ggml ssm_scan 1T", 1, on_threads(1)),
]
