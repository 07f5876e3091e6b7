"""transformers_models.py FOLDER: writes random models of transformers into FOLDER/theirs/*, and what they and FOLDER/ours/* compute.

Each model's folder gets a truth.safetensors: ids [2, 21], logits, the loss, and text: the ids' first 5 with 16 more, greedily;
`long` ids [1, 300] and their last logits. Where padding on the left is exact, `padded` are the logits behind `starts` steps of
it. The models in SPEAKERS have a tokenizer too, and a text.json: a prompt, its ids, and what `generate` makes of it.
"""

import json
import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    FalconMambaConfig,
    FalconMambaForCausalLM,
    Mamba2Config,
    Mamba2ForCausalLM,
    MambaConfig,
    MambaForCausalLM,
    PreTrainedTokenizerFast,
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

SPEAKERS = {"mamba-text": (MambaConfig, MambaForCausalLM), "mamba2-text": (Mamba2Config, Mamba2ForCausalLM)}

PROMPT_TEXT = "Scans, 3 of them: état, 状態, \U0001f30a\n"


@torch.no_grad()
def make(folder, config, kind, saving, dtype):
    model = kind(config)
    for name, parameter in model.named_parameters():
        # What blocks add outweighs the token itself, which a tied head would repeat for ever.
        parameter.add_((0.6 if name.endswith("out_proj.weight") else 0.1) * torch.randn_like(parameter))
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
    long = torch.randint(config.vocab_size, (1, 300))
    truth |= {"long": long, "long_logits": model(long).logits[:, -1]}
    if not config.use_bias:
        starts = torch.tensor([4, 0])
        mask = (torch.arange(LENGTH) >= starts[:, None]).long()
        truth |= {"starts": starts, "padded": model(ids, attention_mask=mask).logits}
    save_file({name: tensor.contiguous() for name, tensor in truth.items()}, folder / "truth.safetensors")


@torch.no_grad()
def speak(folder, config, kind):
    end = "<|endoftext|>"
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=[end], initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator([__doc__, PROMPT_TEXT], trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=end)
    fast.save_pretrained(folder)
    own = {**heads, "n_groups": 2} if kind is Mamba2ForCausalLM else {}
    own["tie_word_embeddings"] = False
    make(folder, config(**{**sizes, **own, "vocab_size": len(fast), "eos_token_id": fast.eos_token_id}), kind, {}, torch.float32)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    ids = fast(PROMPT_TEXT, return_tensors="pt").input_ids
    made = model.generate(ids, max_new_tokens=40, do_sample=False, pad_token_id=fast.eos_token_id)[0, ids.shape[1] :]
    text = fast.decode(made, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    (folder / "text.json").write_text(json.dumps({"prompt": PROMPT_TEXT, "ids": ids[0].tolist(), "text": text}))


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    root = Path(sys.argv[1])
    for name, parts in MODELS.items():
        make(root / "theirs" / name, *parts)
    for name, parts in SPEAKERS.items():
        speak(root / "theirs" / name, *parts)
    for folder in sorted([*root.glob("theirs/*"), *root.glob("ours/*")]):
        compute(folder)


main()
