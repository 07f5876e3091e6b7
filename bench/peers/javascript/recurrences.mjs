// Recurrences in plain JavaScript that the package's own bench has no loop for.

/** `h = a h' + b`, forward or in reverse; b, h: [batch, length, channels]; a: the same, or [channels]. */
export function linearAnyway({ batch, length, channels, gates, reverse }, a, b, state, h) {
  const pitch = gates === "channels" ? 0 : channels;
  const step = reverse ? -1 : 1;
  for (let n = 0; n < batch; n++) {
    let t = n * length + (reverse ? length - 1 : 0);
    for (let count = 0; count < length; count++, t += step) {
      let i = t * channels;
      let gate = t * pitch;
      const end = (n + 1) * channels;
      for (let s = n * channels; s < end; s++, i++, gate++) {
        const next = a[gate] * state[s] + b[i];
        state[s] = next;
        h[i] = next;
      }
    }
  }
}

/** `x = a x' + b u`, `y = Re(sum of c x)`; a, b, c, state: [n], complex; u, y: [length]. */
export function ssm({ re: aRe, im: aIm }, { re: bRe, im: bIm }, { re: cRe, im: cIm }, state, u, y) {
  const { re: xRe, im: xIm } = state;
  for (let t = 0; t < u.length; t++) {
    let sum = 0;
    for (let n = 0; n < xRe.length; n++) {
      const re = aRe[n] * xRe[n] - aIm[n] * xIm[n] + bRe[n] * u[t];
      const im = aRe[n] * xIm[n] + aIm[n] * xRe[n] + bIm[n] * u[t];
      xRe[n] = re;
      xIm[n] = im;
      sum += cRe[n] * re - cIm[n] * im;
    }
    y[t] = sum;
  }
}

/**
 * Mamba's scan, one group: `d = softplus(dt + dtBias)`, `h = exp(d A) h' + d u B`, `y = (C h + D u) silu(z)`; u, dt, z, y: [length, channels];
 * A, state: [channels, n]; B, C: [length, n]; D, dtBias: [channels].
 */
export function selective({ length, channels, n }, { u, dt, A, B, C, D, z, dtBias }, state, y) {
  for (let t = 0; t < length; t++) {
    for (let c = 0; c < channels; c++) {
      const i = t * channels + c;
      const x = dt[i] + dtBias[c];
      const step = x > 20 ? x : Math.log1p(Math.exp(x));
      const added = step * u[i];
      let sum = D[c] * u[i];
      for (let s = 0, own = c * n, at = t * n; s < n; s++, own++, at++) {
        const h = Math.exp(step * A[own]) * state[own] + added * B[at];
        state[own] = h;
        sum += C[at] * h;
      }
      y[i] = (sum * z[i]) / (1 + Math.exp(-z[i]));
    }
  }
}
