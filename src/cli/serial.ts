// The recurrences in plain JavaScript: what every time of the bench is a ratio to.
import type { Complex, Dims, MatrixDims, Real, Tensor } from "../index.js";

// Time outer, channels inner, the state in its own array; outputs are given. To be fast, a thread calls these with
// arrays of one kind only: see serial-thread.ts.

/** `h = a h' + b`; a, b, h: [batch, length, channels]; state: [batch, channels], updated. */
export function serialLinear({ batch, length, channels }: Dims, a: Real, b: Real, state: Real, h: Real): void {
  let i = 0;
  for (let n = 0; n < batch; n++) {
    const end = (n + 1) * channels;
    for (let t = 0; t < length; t++) {
      for (let s = n * channels; s < end; s++, i++) {
        const next = a[i]! * state[s]! + b[i]!;
        state[s] = next;
        h[i] = next;
      }
    }
  }
}

/** The same, complex; `a` may also be [channels]. */
export function serialComplex({ batch, length, channels }: Dims, a: Complex, b: Complex, state: Complex, h: Complex): void {
  const { re: aRe, im: aIm } = a;
  const { re: bRe, im: bIm } = b;
  const { re: stateRe, im: stateIm } = state;
  const { re: hRe, im: hIm } = h;
  const pitch = aRe.length === channels ? 0 : channels;
  let i = 0;
  for (let n = 0; n < batch; n++) {
    const end = (n + 1) * channels;
    for (let t = 0; t < length; t++) {
      let gate = (n * length + t) * pitch;
      for (let s = n * channels; s < end; s++, i++, gate++) {
        const re = aRe[gate]! * stateRe[s]! - aIm[gate]! * stateIm[s]! + bRe[i]!;
        const im = aRe[gate]! * stateIm[s]! + aIm[gate]! * stateRe[s]! + bIm[i]!;
        stateRe[s] = re;
        stateIm[s] = im;
        hRe[i] = re;
        hIm[i] = im;
      }
    }
  }
}

/** `h = A h' + b`; A: [batch, length, n, n]; b, h: [batch, length, n]; state: [batch, n], updated. */
export function serialMatrix({ batch, length, n }: MatrixDims, A: Real, b: Real, state: Real, h: Real): void {
  let [row, entry] = [0, 0];
  for (let sequence = 0; sequence < batch; sequence++) {
    const first = sequence * n;
    for (let t = 0; t < length; t++, row += n) {
      for (let i = 0; i < n; i++) {
        let sum = b[row + i]!;
        for (let j = 0; j < n; j++, entry++) sum += A[entry]! * state[first + j]!;
        h[row + i] = sum;
      }
      for (let i = 0; i < n; i++) state[first + i] = h[row + i]!;
    }
  }
}

/** A layer of S5 over whole sequences, from zero states; `u`, `y`: [batch, length, dModel], `y` the same array each time. */
export function serialS5(parameters: Readonly<Record<string, Tensor>>, { batch, length }: { batch: number; length: number }, array: (size: number) => Real): (u: Real) => Real {
  const { Lambda_re, B, C, D } = parameters as Record<"Lambda_re" | "B" | "C" | "D", Tensor>;
  const states = Lambda_re.data.length;
  const planes = (size: number): Complex => ({ re: array(size), im: array(size) });
  const [pole, input, output] = [planes(states), planes(B.data.length / 2), planes(C.data.length / 2)];
  discretize(parameters, pole, input);
  for (let i = 0; i < output.re.length; i++) {
    output.re[i] = 2 * C.data[2 * i]!; // each state stands for a conjugate pair
    output.im[i] = 2 * C.data[2 * i + 1]!;
  }
  const [driven, x, state] = [planes(batch * length * states), planes(batch * length * states), planes(batch * states)];
  const y = array(batch * length * D.data.length);
  return (u) => {
    state.re.fill(0);
    state.im.fill(0);
    project(input, u, driven, D.data.length);
    serialComplex({ batch, length, channels: states }, pole, driven, state, x);
    readOut(output, x, D.data, u, y);
    return y;
  };
}

/** Zero-order hold: poles become `exp(Lambda dt)`, rows of the input matrix B times `(exp(Lambda dt) - 1) / Lambda`. */
function discretize({ Lambda_re, Lambda_im, log_step, B }: Readonly<Record<string, Tensor>>, pole: Complex, input: Complex): void {
  const width = input.re.length / pole.re.length;
  for (let p = 0; p < pole.re.length; p++) {
    const [re, im, dt] = [Lambda_re!.data[p]!, Lambda_im!.data[p]!, Math.exp(log_step!.data[p]!)];
    const size = Math.exp(re * dt);
    const [aRe, aIm] = [size * Math.cos(im * dt), size * Math.sin(im * dt)];
    const norm = re * re + im * im;
    const gainRe = ((aRe - 1) * re + aIm * im) / norm;
    const gainIm = (aIm * re - (aRe - 1) * im) / norm;
    pole.re[p] = aRe;
    pole.im[p] = aIm;
    for (let i = p * width; i < (p + 1) * width; i++) {
      const [bRe, bIm] = [B!.data[2 * i]!, B!.data[2 * i + 1]!];
      input.re[i] = gainRe * bRe - gainIm * bIm;
      input.im[i] = gainRe * bIm + gainIm * bRe;
    }
  }
}

/** Every row of `u`, [rows, width], times a complex matrix [states, width]. */
function project({ re: mRe, im: mIm }: Complex, u: Real, { re: outRe, im: outIm }: Complex, width: number): void {
  const rows = u.length / width;
  let k = 0;
  for (let row = 0; row < rows; row++) {
    const first = row * width;
    for (let entry = 0; entry < mRe.length; k++) {
      let [re, im] = [0, 0];
      for (let i = 0; i < width; i++, entry++) {
        re += mRe[entry]! * u[first + i]!;
        im += mIm[entry]! * u[first + i]!;
      }
      outRe[k] = re;
      outIm[k] = im;
    }
  }
}

/** `y = Re(M x) + D u` for every row: M [width, states], D [width]. */
function readOut({ re: mRe, im: mIm }: Complex, { re: xRe, im: xIm }: Complex, D: Real, u: Real, y: Real): void {
  const width = D.length;
  const states = mRe.length / width;
  const rows = y.length / width;
  let k = 0;
  for (let row = 0; row < rows; row++) {
    const first = row * states;
    let entry = 0;
    for (let i = 0; i < width; i++, k++) {
      let [fromRe, fromIm] = [0, 0];
      for (let p = 0; p < states; p++, entry++) {
        fromRe += mRe[entry]! * xRe[first + p]!;
        fromIm += mIm[entry]! * xIm[first + p]!;
      }
      y[k] = fromRe - fromIm + D[i]! * u[k]!;
    }
  }
}
