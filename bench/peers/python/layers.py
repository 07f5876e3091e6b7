"""The inputs and results of the bench's layers, by the names of the reference's parameters."""


def s4(length: int, features: int, n: int) -> dict[str, tuple[int, ...]]:
    half = n // 2
    kernel = {
        "inv_dt": (features,),
        **dict.fromkeys(["A_real", "A_imag"], (features, half)),
        "B": (features, half, 2),
        "C": (features, half, 2),
    }
    return {f"layer.kernel.{name}": shape for name, shape in kernel.items()}


def s4_dplr(length: int, features: int, n: int) -> dict[str, tuple[int, ...]]:
    return {**s4(length, features, n), "layer.kernel.P": (features, n // 2, 2)}


def s5(length: int, features: int, n: int) -> dict[str, tuple[int, ...]]:
    half = n // 2
    return {
        **dict.fromkeys(["Lambda_re", "Lambda_im", "log_step"], (half,)),
        "B": (half, features, 2),
        "C": (features, half, 2),
        "D": (features,),
        "u": (length, features),
    }


DEPTH = 4


def s5_step(length: int, features: int, n: int) -> dict[str, tuple[int, ...]]:
    system = s5(length, features, n)
    u = system.pop("u")
    layer = {f"seq.{name}": shape for name, shape in system.items()}
    layer |= dict.fromkeys(["norm.scale", "norm.bias"], (features,))
    return {**{f"layers_{i}.{name}": shape for i in range(DEPTH) for name, shape in layer.items()}, "u": u}


SHAPES = {"s4-kernel": s4_dplr, "s4d-kernel": s4, "s5": s5, "s5-step": s5_step}

TRUTHS = {"s4-kernel": ["kernel"], "s4d-kernel": ["kernel"], "s4d": ["y"], "s4d-convolution": ["y"], "s5": ["y"], "s5-step": ["y"]}
