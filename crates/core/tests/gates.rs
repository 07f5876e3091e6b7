//! Gates against their definition, on every engine.

mod support;

use ssm_scan_core::{
    Real,
    gates::{Kind, MinGates, RgLruGates, RgLruWeights, reference},
};
use support::{Random, engines};

/// Around vectors and around what is too little for a matrix product; and one for all threads.
const SHAPES: [[usize; 2]; 9] =
    [[0, 3], [1, 1], [3, 7], [5, 8], [6, 9], [7, 17], [40, 64], [3, 0], [4_000, 33]];

fn random<F: Real>(random: &mut Random, count: usize, size: f64) -> Vec<F> {
    (0..count).map(|_| F::of(size * random.normal())).collect()
}

fn wide<F: Real>(x: &[F]) -> Vec<f64> {
    x.iter().map(|x| x.wide()).collect()
}

/// Every number within some units of the last place, `scale` at the least being what they are units of.
fn expect_close<F: Real>(name: &str, got: &[F], want: &[f64], scale: f64) {
    assert_eq!(got.len(), want.len());
    for (i, (got, want)) in got.iter().zip(want).enumerate() {
        let off = (got.wide() - want).abs() / (want.abs().max(scale) * F::epsilon().wide());
        assert!(off < 16.0, "{name}[{i}]: {got:?} is {off} units from {want}");
    }
}

fn min_gates<F: Real>(kind: Kind, define: fn(&[f64]) -> [Vec<f64>; 2], parts: usize) {
    let mut numbers = Random(1);
    for [rows, width] in SHAPES {
        let x: Vec<F> = random(&mut numbers, rows * width * parts, 3.0);
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for row in wide(&x).chunks((width * parts).max(1)) {
            let [gate, input] = define(row);
            a.extend(gate);
            b.extend(input);
        }
        for engine in engines() {
            let mut out = [vec![F::nan(); rows * width], vec![F::nan(); rows * width]];
            let call = MinGates::new(kind, rows, width, &x).unwrap();
            call.run(engine, out.each_mut().map(Vec::as_mut_slice)).unwrap();
            expect_close("a", &out[0], &a, 0.0);
            expect_close("b", &out[1], &b, 0.0);
        }
    }
}

#[test]
fn gates_of_min_gru_are_their_definition() {
    min_gates::<f32>(Kind::Gru, reference::min_gru, 2);
    min_gates::<f64>(Kind::Gru, reference::min_gru, 2);
}

#[test]
fn gates_of_min_lstm_are_their_definition() {
    min_gates::<f32>(Kind::Lstm, reference::min_lstm, 3);
    min_gates::<f64>(Kind::Lstm, reference::min_lstm, 3);
}

#[test]
fn gates_of_numbers_at_the_ends_are_finite() {
    let ends = [-1e30_f32, -200.0, -88.0, 0.0, 88.0, 200.0, 1e30];
    let pairs = || ends.into_iter().flat_map(|f| ends.map(|i| (f, i)));
    for (f, i) in pairs() {
        let mut out = [[f32::NAN]; 2];
        let row = [1.0, f, i];
        let call = MinGates::new(Kind::Lstm, 1, 1, &row).unwrap();
        call.run(&engines()[0], out.each_mut().map(|out| &mut out[..])).unwrap();
        let [[a], [b]] = out;
        assert!((a + b / 1.5 - 1.0).abs() < 1e-6, "{a} and {b} of {f} and {i}");
        assert!(f != i || a == 0.5, "{a} of {f} and {i}");
    }
}

/// Weights of RG-LRU, by the order of [`RgLruWeights`].
struct Weights<F>([Vec<F>; 5]);

impl<F: Real> Weights<F> {
    fn new(numbers: &mut Random, [heads, size]: [usize; 2]) -> Self {
        let width = heads * size;
        let counts = [width, width * size, width, width * size, width];
        Self(counts.map(|count| random(numbers, count, 1.0)))
    }

    fn borrowed(&self) -> RgLruWeights<'_, F> {
        let [p, input, input_bias, recurrent, recurrent_bias] = &self.0;
        RgLruWeights {
            recurrent_param: p,
            input_gate_weight: input,
            input_gate_bias: input_bias,
            recurrent_gate_weight: recurrent,
            recurrent_gate_bias: recurrent_bias,
        }
    }

    /// A gate of a row before its sigmoid, of channel `c`.
    fn gate(&self, which: usize, size: usize, x: &[f64], c: usize) -> f64 {
        let head = c / size * size;
        let weight = |i: usize| self.0[which][(head + i) * size + c - head].wide();
        self.0[which + 1][c].wide() + (0..size).map(|i| x[head + i] * weight(i)).sum::<f64>()
    }
}

fn rg_lru<F: Real>() {
    let mut numbers = Random(2);
    for [rows, heads, size] in
        [[0, 2, 3], [1, 1, 1], [5, 3, 4], [6, 2, 5], [7, 1, 17], [900, 4, 16]]
    {
        let width = heads * size;
        let x: Vec<F> = random(&mut numbers, rows * width, 1.0);
        let weights = Weights::<F>::new(&mut numbers, [heads, size]);
        let fresh: Vec<u8> = (0..rows).map(|_| u8::from(numbers.is_so(0.2))).collect();
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for (row, &fresh) in wide(&x).chunks(width).zip(&fresh) {
            for c in 0..width {
                let [r, i] = [3, 1].map(|which| weights.gate(which, size, row, c));
                let [gate, input] =
                    reference::rg_lru(row[c], weights.0[0][c].wide(), r, i, fresh != 0);
                a.push(gate);
                b.push(input);
            }
        }
        for engine in engines() {
            let mut out = [vec![F::nan(); rows * width], vec![F::nan(); rows * width]];
            let call =
                RgLruGates::new(rows, [heads, size], &x, weights.borrowed(), Some(&fresh)).unwrap();
            call.run(engine, out.each_mut().map(Vec::as_mut_slice)).unwrap();
            expect_close("a", &out[0], &a, 1.0);
            expect_close("b", &out[1], &b, 1.0);
        }
    }
}

#[test]
fn gates_of_rg_lru_are_their_definition() {
    rg_lru::<f32>();
    rg_lru::<f64>();
}

#[test]
fn a_state_that_hardly_decays_takes_in_what_it_should() {
    let p: [f32; 3] = [-20.0, -12.0, -6.0];
    let [zero, square] = [[0.0; 3], [0.0; 3]];
    let weights = RgLruWeights {
        recurrent_param: &p,
        input_gate_weight: &square,
        input_gate_bias: &zero,
        recurrent_gate_weight: &square,
        recurrent_gate_bias: &zero,
    };
    let mut out = [[f32::NAN; 3]; 2];
    let call = RgLruGates::new(1, [3, 1], &[1.0; 3], weights, None).unwrap();
    call.run(&engines()[0], out.each_mut().map(|out| &mut out[..])).unwrap();
    for (p, b) in p.into_iter().zip(out[1]) {
        let [_, want] = reference::rg_lru(1.0, p.into(), 0.0, 0.0, false);
        assert!((f64::from(b) / want - 1.0).abs() < 1e-6, "{b} of {p}, not {want}");
    }
}

#[test]
fn buffers_of_other_lengths_are_refused_by_name() {
    let refusal = MinGates::new(Kind::Gru, 2, 3, &[0.0; 11]).unwrap_err().to_string();
    assert!(
        refusal.contains("`x`") && refusal.contains("11") && refusal.contains("12"),
        "{refusal}"
    );
    let weights = Weights::<f32>::new(&mut Random(3), [2, 3]);
    let wrong = RgLruWeights { input_gate_bias: &[0.0; 5], ..weights.borrowed() };
    let refusal = RgLruGates::new(1, [2, 3], &[0.0; 6], wrong, None).unwrap_err().to_string();
    assert!(refusal.contains("`input_gate_bias`") && refusal.contains('5'), "{refusal}");
    let refusal = RgLruGates::new(1, [2, 3], &[0.0; 6], weights.borrowed(), Some(&[]));
    assert!(refusal.unwrap_err().to_string().contains("`fresh`"));
}
