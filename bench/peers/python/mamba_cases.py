"""The inputs and results of Mamba's operators and of a language model, by name."""

HEAD_DIM = 64
VOCABULARY = 50_280
DEPTH = 24
CONV_WIDTH = 4
JUDGED = 8  # tokens of a prompt after which its logits are judged

Shapes = dict[str, tuple[int, ...]]


def selective(length: int, channels: int, n: int) -> Shapes:
    return {
        **dict.fromkeys(["u", "dt", "z"], (length, channels)),
        "A": (channels, n),
        **dict.fromkeys(["B", "C"], (length, n)),
        **dict.fromkeys(["D", "dtBias"], (channels,)),
    }


def ssd(length: int, channels: int, n: int) -> Shapes:
    heads = channels // HEAD_DIM
    return {
        "x": (length, heads, HEAD_DIM),
        "dt": (length, heads),
        "A": (heads,),
        **dict.fromkeys(["B", "C"], (length, n)),
    }


def matrices(channels: int, n: int) -> Shapes:
    """Of a layer: those that rows are multiplied with."""
    inner, rank = 2 * channels, -(-channels // 16)
    return {
        "in_proj.weight": (2 * inner, channels),
        "x_proj.weight": (rank + 2 * n, inner),
        "dt_proj.weight": (inner, rank),
        "out_proj.weight": (channels, inner),
    }


def model(length: int, channels: int, n: int) -> Shapes:
    inner = 2 * channels
    mixer = {
        **matrices(channels, n),
        "conv1d.weight": (inner, 1, CONV_WIDTH),
        **dict.fromkeys(["conv1d.bias", "dt_proj.bias", "D"], (inner,)),
        "A_log": (inner, n),
    }
    layer = {"norm.weight": (channels,), **{f"mixer.{name}": shape for name, shape in mixer.items()}}
    return {
        "backbone.embeddings.weight": (VOCABULARY, channels),
        **{f"backbone.layers.{i}.{name}": shape for i in range(DEPTH) for name, shape in layer.items()},
        "backbone.norm_f.weight": (channels,),
        "ids": (length,),
    }


SHAPES = {"selective": selective, "ssd": ssd, "mamba-prefill": model, "mamba-decode": model}

TRUTHS = {"selective": ["y"], "ssd": ["y"], "mamba-prefill": ["logits"], "mamba-decode": ["logits"]}
