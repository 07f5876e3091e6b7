// Errors of the bindings, as ours.
import { type ErrorCode, ScanError } from "../error.js";
import type { Conversions, KernelName } from "./backend.js";

const codes: ReadonlySet<string> = new Set<ErrorCode>(["shape", "dtype", "backend", "option", "file", "disposed", "unsupported"]);

/** What a binding threw, as a ScanError that names the kernel. */
export function scanError(kernel: KernelName | keyof Conversions, cause: unknown): ScanError {
  if (cause instanceof ScanError) return cause;
  const { code, message } = cause as { code?: string; message: string };
  const isOurs = code !== undefined && codes.has(code);
  return new ScanError(isOurs ? (code as ErrorCode) : "backend", `${kernel}: ${message}`, { cause });
}
