"""transformers: its selective scan in torch, and its Mamba, which uses that on a CPU."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing is fetched

import numpy as np
import torch
from transformers import MambaConfig, MambaForCausalLM
from transformers.models.mamba.modeling_mamba import mamba_selective_scan

import mamba_cases
import torch_mamba
from cases import Case
from contestant import Contestant, Prepared, Unsupported


def named_scan(u, dt, z, A, B, C, D, dtBias):
    return mamba_selective_scan(u, dt, A, B, C, D=D, z=z, delta_bias=dtBias, delta_softplus=True)


def prepare_scan(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    if case.operator == "selective-gradient":
        return torch_mamba.prepare_gradient(inputs, named_scan)
    if case.operator != "selective":
        raise Unsupported(f"not for {case.operator}")
    given = torch_mamba.channels_first(inputs)
    arrays = [given[name] for name in ("u", "dt", "A", "B", "C")]
    more = {"D": given["D"], "z": given["z"], "delta_bias": given["dtBias"], "delta_softplus": True}

    @torch.no_grad()
    def run():
        return mamba_selective_scan(*arrays, **more)

    return Prepared(run, lambda y: [y[0].T.numpy()])


def model_of(case: Case, inputs: dict[str, np.ndarray]) -> MambaForCausalLM:
    config = MambaConfig(
        vocab_size=mamba_cases.VOCABULARY,
        hidden_size=case.channels,
        state_size=case.n,
        num_hidden_layers=mamba_cases.DEPTH,
        conv_kernel=mamba_cases.CONV_WIDTH,
    )
    with torch.device("meta"):
        model = MambaForCausalLM(config)
    weights = {name: tensor for name, tensor in torch_mamba.tensors(inputs).items() if name != "ids"}
    model.load_state_dict({**weights, "lm_head.weight": weights["backbone.embeddings.weight"]}, assign=True)
    return model.eval()


def prepare_model(case: Case, inputs: dict[str, np.ndarray]) -> Prepared:
    if case.operator not in ("mamba-prefill", "mamba-decode"):
        raise Unsupported(f"not for {case.operator}")
    if case.weights != "float32":
        raise Unsupported("in float32: computed in bfloat16 its logits are not right to three digits")
    model = model_of(case, inputs)
    ids = torch.from_numpy(inputs["ids"]).long()[None]

    @torch.no_grad()
    def after(some: torch.Tensor, cache=None):
        return model(some, cache_params=cache, use_cache=True, logits_to_keep=1)

    if case.operator == "mamba-prefill":
        return Prepared(lambda: after(ids), lambda _: [after(ids[:, : mamba_cases.JUDGED]).logits.numpy()])
    cache = after(ids).cache_params
    return Prepared(lambda: after(ids, cache), lambda result: [result.logits.numpy()])


CONTESTANTS = [
    Contestant("transformers scan", "all", prepare_scan),
    Contestant("transformers", "all", prepare_model),
]
