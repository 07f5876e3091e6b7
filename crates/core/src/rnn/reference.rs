//! The recurrence by its definition, in `f64`.

/// All states of one sequence, `[length, n]`; `state` (`[n]`) enters, and a `reset` clears it.
pub fn reference(
    x: &[f64],
    weight: &[f64],
    bias: &[f64],
    state: &[f64],
    reset: impl Fn(usize) -> bool,
) -> Vec<f64> {
    let n = state.len();
    let mut h = state.to_vec();
    let mut all = Vec::new();
    for (t, x) in x.chunks(n).enumerate() {
        if reset(t) {
            h.fill(0.0);
        }
        let row =
            |i: usize| weight[i * n..(i + 1) * n].iter().zip(&h).map(|(w, h)| w * h).sum::<f64>();
        h = (0..n).map(|i| (x[i] + row(i) + bias[i]).tanh()).collect();
        all.extend(&h);
    }
    all
}
