// A linear recurrence with one complex pole, to twice the digits of f64: serial, each rounding error carried along.

/** An unevaluated sum of two numbers, the second far below the first. */
type Double = [high: number, low: number];

/** x + y exactly. */
function exactSum(x: number, y: number): Double {
  const sum = x + y;
  const part = sum - x;
  return [sum, x - (sum - part) + (y - part)];
}

/** x * y exactly, by halves of 26 bits. */
function exactProduct(x: number, y: number): Double {
  const product = x * y;
  const [a, b] = [x * 134217729, y * 134217729];
  const [xh, yh] = [a - (a - x), b - (b - y)];
  const [xl, yl] = [x - xh, y - yh];
  return [product, xl * yl - (product - xh * yh - xl * yh - xh * yl)];
}

function plus([x, xs]: Double, [y, ys]: Double): Double {
  const [high, low] = exactSum(x, y);
  return exactSum(high, low + xs + ys);
}

function times([x, xs]: Double, a: number): Double {
  const [high, low] = exactProduct(x, a);
  return exactSum(high, low + xs * a);
}

/** All states of `h = a h' + b u`, and 0 before: their real and imaginary parts. */
export function compensated(a: readonly [number, number], b: readonly [number, number], u: ArrayLike<number>): { re: Float64Array; im: Float64Array } {
  const states = { re: new Float64Array(u.length), im: new Float64Array(u.length) };
  let [re, im]: [Double, Double] = [[0, 0], [0, 0]];
  for (let t = 0; t < u.length; t++) {
    const [x, y] = [re, im];
    re = plus(plus(times(x, a[0]), times(y, -a[1])), exactProduct(b[0], u[t]!));
    im = plus(plus(times(x, a[1]), times(y, a[0])), exactProduct(b[1], u[t]!));
    [states.re[t], states.im[t]] = [re[0], im[0]];
  }
  return states;
}
