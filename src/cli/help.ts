// What `ssm-scan --help` says.

export const help = `ssm-scan: parallel scans and state-space-model layers, computed by Rust

Usage: ssm-scan <command> [options]

Commands:
  info              backends, CPU features, threads, versions
  bench             times workloads on every backend and in plain JavaScript; every result is
                    checked against float64 first, and one that is wrong ends with exit code 1

Options of info:
  --json            prints JSON

Options of bench:
  --backend NAME    native, wasm or all (the default: those that load)
  --threads N       threads of the native backend (default: every core)
  --filter TEXT     only workloads whose names contain TEXT
  --json            prints JSON

  -h, --help        prints this
  -v, --version     prints the version`;
