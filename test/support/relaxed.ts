// What makes Node know the relaxed SIMD instructions: a flag in Node 20, nothing in those that know them anyway.
import { knowsRelaxedSimd } from "../../src/backend/relaxed.js";

export const relaxedSimd: string[] = knowsRelaxedSimd() ? [] : ["--experimental-wasm-relaxed-simd"];
