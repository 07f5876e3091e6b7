"""transformers_models.py FOLDER: writes random models of transformers into FOLDER/theirs/*, and what they and FOLDER/ours/* compute.

Each model's folder gets a truth.safetensors: ids [2, 21], logits, the loss, and text: the ids' first 5 with 16 more, greedily.
Where padding on the left is exact, `padded` are the logits behind `starts` steps of it.
"""

import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from safetensors.torch import save_file
from transformers import (
    AutoModelForCausalLM,
    FalconMambaConfig,
    FalconMambaForCausalLM,
    Mamba2Config,
    Mamba2ForCausalLM,
    MambaConfig,
    MambaForCausalLM,
)
from transformers.utils import logging

logging.set_verbosity_error()
logging.disable_progress_bar()

BATCH, LENGTH, PROMPT, NEW = 2, 21, 5, 16

sizes = {"vocab_size": 37, "hidden_size": 24, "num_hidden_layers": 3}
heads = {"num_heads": 6, "head_dim": 8, "state_size": 6, "chunk_size": 8}

# name: (configuration, class, arguments of save_pretrained, the dtype of the files)
MODELS = {
    "mamba": (MambaConfig(**sizes, state_size=4, eos_token_id=[3, 5]), MambaForCausalLM, {}, torch.float32),
    "mamba-odd": (
        MambaConfig(
            **sizes,
            state_size=5,
            expand=3,
            conv_kernel=3,
            time_step_rank=3,
            use_bias=True,
            use_conv_bias=False,
            layer_norm_epsilon=1e-3,
            tie_word_embeddings=False,
        ),
        MambaForCausalLM,
        {},
        torch.float32,
    ),
    "mamba-shards-16": (MambaConfig(**sizes), MambaForCausalLM, {"max_shard_size": "12KB"}, torch.bfloat16),
    "falcon": (FalconMambaConfig(**sizes, mixer_rms_eps=1e-3), FalconMambaForCausalLM, {}, torch.float32),
    "falcon-odd": (
        FalconMambaConfig(**sizes, state_size=7, time_step_rank=4, use_bias=True, tie_word_embeddings=False),
        FalconMambaForCausalLM,
        {},
        torch.float16,
    ),
    "mamba2": (Mamba2Config(**sizes, **heads, n_groups=1), Mamba2ForCausalLM, {}, torch.float32),
    "mamba2-groups": (
        Mamba2Config(**sizes, **heads, n_groups=2, use_bias=True, layer_norm_epsilon=1e-3, tie_word_embeddings=True),
        Mamba2ForCausalLM,
        {},
        torch.float32,
    ),
    "mamba2-limits": (
        # Files of transformers 4 have the last two, which nothing reads.
        Mamba2Config(
            **sizes,
            **heads,
            n_groups=3,
            time_step_limit=(0.02, 0.2),
            use_conv_bias=False,
            conv_kernel=2,
            norm_before_gate=True,
            rms_norm=True,
        ),
        Mamba2ForCausalLM,
        {},
        torch.float32,
    ),
    "mamba2-shards-16": (Mamba2Config(**sizes, **heads, n_groups=2), Mamba2ForCausalLM, {"max_shard_size": "12KB"}, torch.float16),
}


@torch.no_grad()
def make(folder, config, kind, saving, dtype):
    model = kind(config)
    for parameter in model.parameters():
        parameter.add_(0.1 * torch.randn_like(parameter))
    model.to(dtype).save_pretrained(folder, **saving)


@torch.no_grad()
def compute(folder):
    model, found = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    wrong = {what: names for what, names in found.items() if names}
    if wrong:
        sys.exit(f"{folder}: {wrong}")
    model.eval()
    config = model.config
    ids = torch.randint(config.vocab_size, (BATCH, LENGTH))
    result = model(ids, labels=ids)
    truth = {"ids": ids, "logits": result.logits, "loss": result.loss.reshape(1)}
    text = ids[:, :PROMPT]
    # Without a cache: transformers' single steps forget time_step_limit.
    for _ in range(NEW):
        text = torch.cat([text, model(text, use_cache=False).logits[:, -1].argmax(-1, keepdim=True)], dim=1)
    truth["text"] = text
    if not config.use_bias:
        starts = torch.tensor([4, 0])
        mask = (torch.arange(LENGTH) >= starts[:, None]).long()
        truth |= {"starts": starts, "padded": model(ids, attention_mask=mask).logits}
    save_file({name: tensor.contiguous() for name, tensor in truth.items()}, folder / "truth.safetensors")


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    root = Path(sys.argv[1])
    for name, parts in MODELS.items():
        make(root / "theirs" / name, *parts)
    for folder in sorted([*root.glob("theirs/*"), *root.glob("ours/*")]):
        compute(folder)


main()
