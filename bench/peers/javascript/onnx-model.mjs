// Writes an ONNX model: as much of the format as a graph with a `Scan` needs. Field numbers are those of onnx.proto.
import { Buffer } from "node:buffer";

const INT = 2;
const GRAPH = 5;
const INTS = 7;
const ELEMENTS = { float32: 1, float64: 11 };

/** A model of one graph: `{ name, nodes, inputs, outputs }`. */
export const model = (graph) =>
  Uint8Array.from([...number(1, 8), ...message(8, number(2, 16)), ...message(7, graphOf(graph))]);

/** A node; an attribute is an integer, a list of integers, or a graph. */
export const node = (operator, inputs, outputs, attributes = {}) => [
  ...inputs.flatMap((name) => text(1, name)),
  ...outputs.flatMap((name) => text(2, name)),
  ...text(4, operator),
  ...Object.entries(attributes).flatMap((attribute) => message(5, attributeOf(attribute))),
];

/** The name, kind and dimensions of an input or an output. */
export const value = (name, dtype, dims) => {
  const shape = dims.flatMap((size) => message(1, number(1, size)));
  const tensor = [...number(1, ELEMENTS[dtype]), ...message(2, shape)];
  return [...text(1, name), ...message(2, message(1, tensor))];
};

const graphOf = ({ name, nodes, inputs, outputs }) => [
  ...nodes.flatMap((one) => message(1, one)),
  ...text(2, name),
  ...inputs.flatMap((one) => message(11, one)),
  ...outputs.flatMap((one) => message(12, one)),
];

function attributeOf([name, content]) {
  if (typeof content === "number") return [...text(1, name), ...number(3, content), ...number(20, INT)];
  if (Array.isArray(content)) {
    return [...text(1, name), ...content.flatMap((one) => number(8, one)), ...number(20, INTS)];
  }
  return [...text(1, name), ...message(6, graphOf(content)), ...number(20, GRAPH)];
}

const number = (field, content) => [...varint(field << 3), ...varint(content)];
const message = (field, bytes) => [...varint((field << 3) | 2), ...varint(bytes.length), ...bytes];
const text = (field, content) => message(field, [...Buffer.from(content)]);

function varint(content) {
  const bytes = [];
  let rest = content;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}
