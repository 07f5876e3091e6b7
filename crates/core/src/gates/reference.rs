//! The gates by their definition, in `f64`.

/// Gates `a` and inputs `b` of a row of minGRU, `[hidden | gate]`.
pub fn min_gru(x: &[f64]) -> [Vec<f64>; 2] {
    let (hidden, gate) = x.split_at(x.len() / 2);
    let z = gate.iter().map(|&z| sigmoid(z));
    let b = z.zip(hidden).map(|(z, &v)| z * positive(v)).collect();
    [gate.iter().map(|&z| sigmoid(-z)).collect(), b]
}

/// Gates `a` and inputs `b` of a row of minLSTM, `[hidden | forget | input]`.
pub fn min_lstm(x: &[f64]) -> [Vec<f64>; 2] {
    let (hidden, gates) = x.split_at(x.len() / 3);
    let (forget, input) = gates.split_at(hidden.len());
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for ((&v, &f), &i) in hidden.iter().zip(forget).zip(input) {
        let (f, i) = (sigmoid(f), sigmoid(i));
        a.push(f / (f + i));
        b.push(i / (f + i) * positive(v));
    }
    [a, b]
}

/// Gates `a` and inputs `b` of a number `x` of RG-LRU, whose recurrence gate and input gate are `r` and `i`
/// before their sigmoids.
pub fn rg_lru(x: f64, p: f64, r: f64, i: f64, is_fresh: bool) -> [f64; 2] {
    let gated = sigmoid(i) * x;
    if is_fresh {
        return [0.0, gated];
    }
    let log = -8.0 * sigmoid(r) * softplus(p);
    [log.exp(), (-(2.0 * log).exp_m1()).sqrt() * gated]
}

/// `log(1 + exp(x))`.
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn positive(x: f64) -> f64 {
    if x >= 0.0 { x + 0.5 } else { sigmoid(x) }
}
