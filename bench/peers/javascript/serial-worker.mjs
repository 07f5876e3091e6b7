// The thread of one case of plain JavaScript: answers a number of runs with the mean of their milliseconds.
import { performance } from "node:perf_hooks";
import { URL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { inputsOf, kindOf, sizeOf } from "./cases.mjs";
import { linearAnyway, selective, ssm } from "./recurrences.mjs";

const WARM_MS = 100;

const { serialLinear, serialComplex, serialMatrix } = await import(
  new URL("../../../dist/cli/serial.js", import.meta.url)
);

const { size, directory } = workerData;
const { run, results } = recurrence({ batch: 1, ...size }, { ...inputsOf(size, directory) });

// Engines compile a loop once it has run for a while.
for (const began = performance.now(); performance.now() - began < WARM_MS; ) run();

parentPort.on("message", (request) => {
  parentPort.postMessage(request === "results" ? results : timed(request.runs));
});

function timed(runs) {
  const began = performance.now();
  for (let i = 0; i < runs; i++) run();
  return (performance.now() - began) / runs;
}

function recurrence(size, inputs) {
  const Kind = kindOf(size);
  const { a, b } = inputs;
  const outputs = sizeOf(size);
  const states = size.batch * (size.n ?? size.channels);
  const planes = (count) => ({ re: new Kind(count), im: new Kind(count) });
  const pair = (name) => ({ re: inputs[`${name}.re`], im: inputs[`${name}.im`] });
  const real = (loop) => {
    const [state, h] = [new Kind(states), new Kind(outputs)];
    const run = () => loop(size, a, b, state.fill(0), h);
    return { run, results: [h] };
  };
  switch (size.operator) {
    case "linear":
      return real(size.reverse || size.gates === "channels" ? linearAnyway : serialLinear);
    case "matrix":
      return real(serialMatrix);
    case "complex": {
      const [gates, added, state, h] = [pair("a"), pair("b"), planes(states), planes(outputs)];
      const run = () => {
        state.re.fill(0);
        state.im.fill(0);
        serialComplex(size, gates, added, state, h);
      };
      return { run, results: [h.re, h.im] };
    }
    case "ssm": {
      const [poles, input, output, state] = [pair("a"), pair("b"), pair("c"), planes(size.n)];
      const y = new Kind(outputs);
      const run = () => {
        state.re.fill(0);
        state.im.fill(0);
        ssm(poles, input, output, state, inputs.u, y);
      };
      return { run, results: [y] };
    }
    case "selective": {
      const [state, y] = [new Kind(size.channels * size.n), new Kind(outputs)];
      const run = () => selective(size, inputs, state.fill(0), y);
      return { run, results: [y] };
    }
    default:
      throw new Error(`no operator named ${size.operator}`);
  }
}
