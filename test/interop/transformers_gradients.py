"""transformers_gradients.py FOLDER: what torch finds through transformers' models in the folders of FOLDER, in float32.

Each folder gets a truth.safetensors: for the ids of ids.safetensors the logits, the loss, which is the mean cross-entropy of
the next ids, and the gradients of it, `grad.` and the parameter's name.
"""

import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM
from transformers.utils import logging

logging.set_verbosity_error()
logging.disable_progress_bar()
torch.set_num_threads(1)

for folder in sorted(Path(sys.argv[1]).iterdir()):
    model, found = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    wrong = {what: names for what, names in found.items() if names}
    if wrong:
        sys.exit(f"{folder}: {wrong}")
    ids = load_file(folder / "ids.safetensors")["ids"].long()
    # In training: nothing is cached, and these models have no dropout.
    result = model.train()(ids, labels=ids)
    result.loss.backward()
    truth = {"logits": result.logits.detach(), "loss": result.loss.detach().reshape(1)}
    truth |= {f"grad.{name}": parameter.grad for name, parameter in model.named_parameters()}
    save_file({name: tensor.contiguous() for name, tensor in truth.items()}, folder / "truth.safetensors")
