// What `ssm-scan --help` says.

export const help = `ssm-scan: parallel scans and state-space-model layers, computed by Rust

Usage: ssm-scan <command> [file] [options]

Commands:
  run FILE          runs the layer saved in FILE (safetensors) over an input, in pieces joined by
                    the layer's state; a bidirectional layer in one piece
  generate          continues a text with the Mamba or Mamba-2 model in a folder (or behind an
                    http(s) address): config.json, model.safetensors or its shards, and
                    tokenizer.json; without that, tokens are bytes
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
