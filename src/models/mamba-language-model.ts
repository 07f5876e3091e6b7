// A language model of Mamba or Mamba-2 blocks, without files and text.
import { type Real, type Resident, type Tensor, zeros } from "../arrays.js";
import { engine } from "../backend/current.js";
import { copyState, type Frame, initialState } from "../layers/frame.js";
import type { LoadOptions } from "../layers/layer.js";
import { Packing } from "../layers/packing.js";
import { loadInto, type Parameters, parametersFrom } from "../layers/parameters.js";
import { dense, norm } from "../layers/rows.js";
import { Scratch } from "../layers/scratch.js";
import { random } from "../random.js";
import { embed } from "./embedding.js";
import { languageArguments, type LanguageForwardOptions, stepIds } from "./language-arguments.js";
import { MambaBlocks, type State } from "./mamba-blocks.js";
import { type LanguageConfig, languageConfig, languageParameters, type MambaLanguageModelOptions } from "./language-config.js";

/** What `forward` gives. */
export interface LanguageResult {
  /** [batch, length, vocabSize], zero in padding; [batch, vocabSize] where only the last are asked for. */
  logits: Real;
  state: State;
  /** Where asked for: what leaves each block, and then the last norm; nLayers + 1 times [batch, length, dModel], zero in padding. */
  hidden?: Real[];
}

/**
 * `embeddings`, then `nLayers` blocks `h + mixer(norm(h))`, then `norm_f` and `lm_head`, which may be the embeddings themselves;
 * all norms are by root mean squares. Parameters have transformers' names. (transformers `MambaForCausalLM`, `Mamba2ForCausalLM`,
 * `FalconMambaForCausalLM`.) States are a plain object: `layers.0.conv`, `layers.0.ssm` and so on.
 */
export class MambaLanguageModel {
  /** The options, complete. */
  readonly options: LanguageConfig;
  readonly #frame: Frame;
  readonly #parameters: Parameters;
  readonly #blocks: MambaBlocks;
  readonly #scratch: Scratch;

  /** With random weights, or with the given ones, which then are the model's own. */
  constructor(options: MambaLanguageModelOptions, weights?: Parameters) {
    this.options = languageConfig(options);
    const { layer, nLayers, normEps, dtype, seed, vocabSize } = this.options;
    this.#parameters = weights ?? parametersFrom(engine(), dtype, languageParameters(this.options, random(seed)));
    this.#scratch = new Scratch(dtype);
    this.#blocks = new MambaBlocks(layer, nLayers, normEps, this.#parameters, this.#scratch);
    this.#frame = { name: "MambaLanguageModel", dModel: 1, dOutput: vocabSize, dtype, state: this.#blocks.state, cannot: {} };
  }

  /** ids: [batch, length]. Sequences may come in pieces, joined by `state`. */
  forward(ids: Int32Array, dims: { batch: number; length: number }, options?: LanguageForwardOptions): LanguageResult {
    const { batch, length, state, starts, lengths, reset, logits, hidden } = languageArguments(this.#frame, ids, dims, options);
    const backend = engine();
    const { dtype, dModel, vocabSize } = this.options;
    const isPadded = starts !== undefined || lengths !== undefined;
    const packing = new Packing({ batch, length, starts, lengths });
    const { total } = packing;
    const own = isPadded ? packing.pack(ids, 1, new Int32Array(total)) : ids;
    const ownReset = isPadded && reset ? packing.pack(reset, 1, new Uint8Array(total)) : reset;
    const leaving = copyState(this.#frame, batch, undefined);
    const seen: Real[] = [];
    const keep = (h: Resident) => seen.push(this.#unpacked(packing, h, dModel));
    const shape = isPadded ? { batch: 1, length: total, cuSeqlens: packing.cuSeqlens } : { batch, length };
    const h = this.#blocks.run(this.#embedded(own), { engine: backend, ...shape, reset: ownReset, state, watch: hidden ? keep : undefined }, leaving);
    if (hidden) keep(this.#normal(h));
    const more = hidden ? { hidden: seen } : {};
    if (logits === "none") return { logits: zeros(dtype, 0), state: leaving, ...more };
    if (logits === "last") return { logits: this.#last(packing, h, batch), state: leaving, ...more };
    return { logits: this.#unpacked(packing, this.#head(h), vocabSize), state: leaving, ...more };
  }

  /** One token of each sequence: ids [batch], logits [batch, vocabSize]. Moves the state in place; with `out` next to nothing is allocated. */
  step(ids: Int32Array, state: State, options?: { out?: Real }): { logits: Real; state: State } {
    const { batch, logits } = stepIds(this.#frame, ids, state, options);
    this.#head(this.#blocks.step(engine(), batch, this.#embedded(ids), state), logits);
    return { logits, state };
  }

  initialState(batch: number): State {
    return initialState(this.#frame, batch);
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadInto("MambaLanguageModel", this.#parameters, parameters, options);
  }

  #array(name: string, length: number): Resident {
    return this.#scratch.array(engine(), name, length);
  }

  #embedded(ids: Int32Array): Resident {
    const h = this.#array("h", ids.length * this.options.dModel);
    embed(this.#parameters["backbone.embeddings.weight"]!, ids, this.options.dModel, h);
    return h;
  }

  #normal(h: Resident): Resident {
    const { dModel: width, normEps: epsilon } = this.options;
    const normal = this.#array("normal h", h.length);
    norm(engine(), { kind: "rms", rows: h.length / width, width, epsilon }, { x: h, scale: this.#parameters["backbone.norm_f.weight"]!.resident }, normal);
    return normal;
  }

  /** Logits of rows that left the last block. */
  #head(h: Resident, logits?: Real): Real {
    const { dModel, vocabSize, dtype, tieEmbeddings } = this.options;
    const rows = h.length / dModel;
    const y = logits ?? zeros(dtype, rows * vocabSize, "logits");
    const weight = this.#parameters[tieEmbeddings ? "backbone.embeddings.weight" : "lm_head.weight"]!.weight;
    dense(engine(), { rows, inputs: dModel, outputs: vocabSize }, { x: this.#normal(h), weight }, y);
    return y;
  }

  /** Those of each sequence's last valid step; zero where there is none. */
  #last({ cuSeqlens }: Packing, h: Resident, batch: number): Real {
    const { dModel, vocabSize } = this.options;
    const rows = this.#array("last h", batch * dModel);
    const [to, from] = [rows.data, h.data];
    to.fill(0);
    for (let n = 0; n < batch; n++) {
      const end = cuSeqlens[n + 1]!;
      if (end > cuSeqlens[n]!) to.set(from.subarray((end - 1) * dModel, end * dModel), n * dModel);
    }
    return this.#head(rows, zeros(this.options.dtype, batch * vocabSize, "logits"));
  }

  /** As the caller has sequences, padding zero. */
  #unpacked(packing: Packing, packed: Resident | Real, width: number): Real {
    const values = ArrayBuffer.isView(packed) ? packed : packed.data;
    const { padded } = packing;
    if (values.length === padded * width && !ArrayBuffer.isView(packed)) return values.slice();
    if (values.length === padded * width) return values as Real;
    const whole = zeros(this.options.dtype, padded * width);
    packing.unpack(values as Real, width, whole);
    return whole;
  }
}
