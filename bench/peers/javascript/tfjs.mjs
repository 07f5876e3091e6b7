// tfjs on its WebAssembly backend: a scan by pairs, because no operator of it carries a state.
import * as tf from "@tensorflow/tfjs-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { fileURLToPath, URL } from "node:url";
import { padded, unpadded, Unsupported } from "./cases.mjs";
import { meanOf } from "./timing.mjs";

const MOST_ELEMENTS = 2 ** 23; // beyond, its memory may be full

setWasmPaths(fileURLToPath(new URL("./node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url)));
if (!(await tf.setBackend("wasm"))) throw new Error("its WebAssembly backend does not start");

async function prepare(size, inputs) {
  const { operator, dtype, batch = 1, length, channels, gates, reverse } = size;
  if (operator !== "linear" || dtype !== "float32" || gates === "channels" || reverse) {
    throw new Unsupported("real float32 gates for each element, forward only");
  }
  if (batch * length * channels > MOST_ELEMENTS) throw new Unsupported("larger than its memory");
  const a = padded(inputs.a, size, 1);
  const b = padded(inputs.b, size, 0);
  const shape = [batch, a.length, channels];
  const tensors = [tf.tensor(a.values, shape), tf.tensor(b.values, shape)];
  const run = () => tf.tidy(() => scan(...tensors));
  return {
    time: (runs) => meanOf(() => void run().dispose(), runs),
    read: () => {
      const h = run();
      const values = h.dataSync();
      h.dispose();
      return [unpadded(values, size)];
    },
    end: () => tf.dispose(tensors),
  };
}

/** All states of `h = a h' + b`, both [batch, length, channels], length a power of two. */
function scan(a, b) {
  const [batch, length, channels] = a.shape;
  if (length === 1) return b;
  return tf.tidy(() => {
    const [firstA, secondA] = pairs(a);
    const [firstB, secondB] = pairs(b);
    const odd = scan(tf.mul(secondA, firstA), tf.add(tf.mul(secondA, firstB), secondB));
    const before = tf.concat([tf.zeros([batch, 1, channels]), tf.slice(odd, [0, 0, 0], [-1, length / 2 - 1, -1])], 1);
    const even = tf.add(tf.mul(firstA, before), firstB);
    return tf.reshape(tf.concat([even, odd], 2), [batch, length, channels]);
  });
}

/** The even and the odd rows. */
function pairs(rows) {
  const [batch, length, channels] = rows.shape;
  const joined = tf.reshape(rows, [batch, length / 2, 2 * channels]);
  return [0, channels].map((from) => tf.slice(joined, [0, 0, from], [-1, -1, channels]));
}

export const contestants = [{ name: "tfjs", threads: 1, prepare }];
