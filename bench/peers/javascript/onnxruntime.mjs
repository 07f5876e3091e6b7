// onnxruntime-node: a recurrence as an ONNX `Scan`, whose body is one step.
import ort from "onnxruntime-node";
import { kindOf, Unsupported } from "./cases.mjs";
import { model, node, value } from "./onnx-model.mjs";
import { fastest, meanOf } from "./timing.mjs";

const MOST_STEPS = 2 ** 20; // a step takes 2 to 10 us

/** For each operator its step, from states `s*`, gates `a*` and inputs `b*` to states `h*`. */
const STEPS = {
  linear: { planes: [""], nodes: [node("Mul", ["a", "s"], ["p"]), node("Add", ["p", "b"], ["h"])] },
  matrix: { planes: [""], nodes: [node("MatMul", ["a", "s"], ["p"]), node("Add", ["p", "b"], ["h"])] },
  complex: {
    planes: [".re", ".im"],
    nodes: [
      ...[node("Mul", ["a.re", "s.re"], ["p"]), node("Mul", ["a.im", "s.im"], ["q"])],
      ...[node("Sub", ["p", "q"], ["r"]), node("Add", ["r", "b.re"], ["h.re"])],
      ...[node("Mul", ["a.re", "s.im"], ["v"]), node("Mul", ["a.im", "s.re"], ["w"])],
      ...[node("Add", ["v", "w"], ["x"]), node("Add", ["x", "b.im"], ["h.im"])],
    ],
  },
};

async function prepare(size, inputs) {
  const { operator, dtype, length } = size;
  if (!(operator in STEPS)) throw new Unsupported(`no step for ${operator}`);
  if (length > MOST_STEPS) throw new Unsupported("takes minutes");
  const graph = scan(size);
  const { planes } = STEPS[operator];
  const tensor = (data, dims) => new ort.Tensor(dtype, data, dims);
  const fresh = (dims) => tensor(new (kindOf(size))(dims.reduce((product, one) => product * one, 1)), dims);
  const feeds = {};
  const fetches = {};
  for (const plane of planes) {
    feeds[`start${plane}`] = fresh(graph.state);
    feeds[`A${plane}`] = tensor(inputs[`a${plane}`], graph.gates);
    feeds[`B${plane}`] = tensor(inputs[`b${plane}`], graph.added);
    fetches[`H${plane}`] = fresh(graph.added);
  }
  const start = async (threads) => {
    const session = await ort.InferenceSession.create(graph.bytes, { ...threads, logSeverityLevel: 3 });
    const run = () => session.run(feeds, fetches);
    return {
      time: (runs) => meanOf(run, runs),
      read: async () => {
        await run();
        return Object.values(fetches).map(({ data }) => data);
      },
      end: () => session.release(),
    };
  };
  return fastest([await start({}), await start({ intraOpNumThreads: 1 })]);
}

/** The model of a case, with the dimensions of its tensors; a batch of one has no dimension, so that time comes first. */
function scan({ operator, dtype, batch = 1, length, channels, n, gates, reverse = false }) {
  const { planes, nodes } = STEPS[operator];
  const axis = batch === 1 ? 0 : 1;
  const sequences = batch === 1 ? [] : [batch];
  const row = operator === "matrix" ? [n, 1] : [channels];
  const [state, added] = [
    [...sequences, ...row],
    [...sequences, length, ...row],
  ];
  const perChannel = gates === "channels";
  const oneGate = operator === "matrix" ? [...sequences, n, n] : state;
  const allGates = perChannel ? row : operator === "matrix" ? [...sequences, length, n, n] : added;
  const named = (letter) => planes.map((plane) => `${letter}${plane}`);
  const values = (letter, dims) => named(letter).map((name) => value(name, dtype, dims));
  // A gate for each channel is not cut into steps: the body sees the graph's own.
  const constant = perChannel ? planes.map((plane) => node("Identity", [`A${plane}`], [`a${plane}`])) : [];
  const body = {
    name: "step",
    nodes: [...constant, ...nodes, ...planes.map((plane) => node("Identity", [`h${plane}`], [`out${plane}`]))],
    inputs: [...values("s", state), ...(perChannel ? [] : values("a", oneGate)), ...values("b", state)],
    outputs: [...values("h", state), ...values("out", state)],
  };
  const scanned = [...(perChannel ? [] : named("A")), ...named("B")];
  const every = (list, content) => list.map(() => content);
  const attributes = {
    body,
    num_scan_inputs: scanned.length,
    scan_input_axes: every(scanned, axis),
    scan_output_axes: every(planes, axis),
    scan_input_directions: every(scanned, Number(reverse)),
    scan_output_directions: every(planes, Number(reverse)),
  };
  const bytes = model({
    name: "recurrence",
    nodes: [node("Scan", [...named("start"), ...scanned], [...named("end"), ...named("H")], attributes)],
    inputs: [...values("start", state), ...values("A", allGates), ...values("B", added)],
    outputs: [...values("end", state), ...values("H", added)],
  });
  return { bytes, state, gates: allGates, added };
}

export const contestants = [{ name: "onnxruntime Scan", threads: "all", prepare }];
