// What `ssm-scan --help` says.

export const help = `ssm-scan: parallel scans and state-space-model layers, computed by Rust

Usage: ssm-scan <command> [file] [options]

Commands:
  run FILE          runs the layer saved in FILE (safetensors) over an input, in pieces joined by
                    the layer's state; a bidirectional layer in one piece
  generate          continues a text with the Mamba or Mamba-2 model in a folder (or behind an
                    http(s) address): config.json, model.safetensors or its shards, and
                    tokenizer.json; without that, tokens are bytes
  train             trains a model; saves the best one, and itself, so that the same command goes on
                    after an interruption of any kind
  gradients         how far gradients reach back in time, layer by layer, before any training
  inspect FILE      what is in a safetensors file: metadata, tensors, totals
  info              backends, CPU features, threads, versions
  bench             times workloads on every backend and in plain JavaScript; every result is
                    checked against float64 first, and one that is wrong ends with exit code 1

Options of run:
  --input FILE      npy [length, dModel] or [batch, length, dModel], or wav with dModel channels
  --output FILE     npy, of the same axes
  --chunk N         steps of a piece (default: as many as fit a few megabytes)

Options of generate:
  --model DIR       the folder or the address
  --prompt TEXT     what is continued
  --max-tokens N    at most so many tokens (default: 256)
  --weights FORMAT  float32 (the default), bfloat16 or float16, in memory
  --temperature T   0 (the default) takes the most probable token each time
  --top-k N         only the N most probable tokens
  --top-p P         only the most probable tokens that together have probability P
  --repetition-penalty R
                    makes tokens that there were less probable, where above 1
  --seed N          of the choices (default: 0)

Options of train (defaults, where none is said, are the task's):
  --out DIR         the folder of the model, the checkpoint and the log (JSON, a line an entry);
                    of a training that has begun there no more need be said
  --task NAME       smnist, pmnist (images of digits, pixel by pixel; in an order of their own),
                    text (next bytes), selective-copying, induction-heads
  --text FILE       plain, or packed by gzip (default: the Jargon File of Debian's jargon-text)
  --length N        steps of an example, where it is no image; --tokens N to be copied
  --layer NAME      S5Ssm, Lru, MinGru, Mamba and others that can be trained; of text, Mamba and
                    Mamba2 make a language model, which generate continues texts with
  --weights FORMAT  float32 (the default), bfloat16 or float16, of a language model's file
  --d-model N, --layers N, --state-size N
                    the model's size
  --norm NAME       layer, batch or rms, before each layer
  --activation NAME after each: none, gelu, half_glu1, half_glu2, full_glu
  --dropout P       the share of features left out in training
  --epochs N, --batch N, --lr RATE, --warmup EPOCHS, --weight-decay RATE, --clip NORM
                    of AdamW: its rate rises over the warm-up, then falls to 0
  --system-rate X   times --lr for the parameters of recurrences
  --patience N      ends after N epochs without a better validation (default: never)
  --examples N      of an epoch; --held N of the validation, and of the test
  --seed N          of everything random (default: 0)
  --threads N       of the native backend (default: every core)
  --save-every S    seconds between checkpoints (default: 60)

Options of gradients:
  --length N        steps (default: 10000); --d-model N (8), --state-size N (64), --seed N (0)
  --layer NAME      only this one
  --csv FILE, --svg FILE
                    writes all distances as a table, or as a picture

Options of inspect:
  --json            prints JSON

Options of info:
  --json            prints JSON

Options of bench:
  --backend NAME    native, wasm or all (the default: those that load)
  --threads N       threads of the native backend (default: every core)
  --filter TEXT     only workloads whose names contain TEXT
  --json            prints JSON

  -h, --help        prints this
  -v, --version     prints the version`;
