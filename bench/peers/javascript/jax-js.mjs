// jax-js on its WebAssembly backend: a scan by pairs, each level compiled, because it has no scan of its own.
import { blockUntilReady, defaultDevice, init, jit, numpy as np } from "@jax-js/jax";
import { padded, unpadded, Unsupported } from "./cases.mjs";
import { meanOf } from "./timing.mjs";

const MOST_ELEMENTS = 2 ** 23; // beyond, a run takes seconds

if (!(await init("wasm")).includes("wasm")) throw new Error("its WebAssembly backend does not start");
defaultDevice("wasm");

async function prepare(size, inputs) {
  const { operator, dtype, batch = 1, length, channels, gates, reverse } = size;
  if (operator !== "linear" || gates === "channels" || reverse) {
    throw new Unsupported("real gates for each element, forward only");
  }
  if (dtype === "float64" && !("Float16Array" in globalThis)) throw new Unsupported("float64 needs a newer Node");
  if (batch * length * channels > MOST_ELEMENTS) throw new Unsupported("takes seconds");
  const a = padded(inputs.a, size, 1);
  const b = padded(inputs.b, size, 0);
  const shape = [batch, a.length, channels];
  const arrays = [a, b].map(({ values }) => np.array(values, { shape, dtype }));
  const run = () => blockUntilReady(scan(...arrays.map((array) => array.ref)));
  return {
    time: (runs) => meanOf(async () => (await run()).dispose(), runs),
    read: async () => [unpadded(await (await run()).data(), size)],
    end: () => arrays.forEach((array) => array.dispose()),
  };
}

/** Every function of jax-js takes its arguments over: `ref` keeps one for later. */
function scan(a, b) {
  if (a.shape[1] === 1) {
    a.dispose();
    return b;
  }
  const odd = scan(...join(a.ref, b.ref));
  return spread(a, b, odd);
}

/** What two neighbouring rows do together: [batch, length / 2, channels]. */
const join = jit((a, b) => {
  const [firstA, secondA] = pairs(a);
  const [firstB, secondB] = pairs(b);
  return [secondA.ref.mul(firstA), secondA.mul(firstB).add(secondB)];
});

/** All states from those of the odd rows. */
const spread = jit((a, b, odd) => {
  const [batch, length, channels] = a.shape;
  const [firstA, secondA] = pairs(a);
  const [firstB, secondB] = pairs(b);
  secondA.dispose();
  secondB.dispose();
  const before = np.pad(odd.ref, [[0, 0], [1, 0], [0, 0]]).slice([], [0, length / 2], []);
  const even = firstA.mul(before).add(firstB);
  return np.stack([even, odd], 2).reshape([batch, length, channels]);
});

/** The even and the odd rows. */
function pairs(rows) {
  const [batch, length, channels] = rows.shape;
  const joined = rows.reshape([batch, length / 2, 2, channels]);
  return [joined.ref.slice([], [], 0, []), joined.slice([], [], 1, [])];
}

export const contestants = [{ name: "jax-js", threads: 1, prepare }];
