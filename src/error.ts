/** What went wrong, for programs; the message says it for people. */
export type ErrorCode = "shape" | "dtype" | "backend" | "option" | "file" | "disposed" | "unsupported";

/** Every error that this library throws on purpose. */
export class ScanError extends Error {
  override readonly name = "ScanError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
