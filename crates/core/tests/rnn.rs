//! The nonlinear recurrence against its definition, on every engine.

mod support;

use ssm_scan_core::{
    Dims, Real,
    rnn::{Rnn, reference},
};
use support::{Random, engines};

fn random<F: Real>(random: &mut Random, count: usize, size: f64) -> Vec<F> {
    (0..count).map(|_| F::of(size * random.normal())).collect()
}

fn wide<F: Real>(x: &[F]) -> Vec<f64> {
    x.iter().map(|x| x.wide()).collect()
}

fn rnn<F: Real>() {
    let mut numbers = Random(1);
    for [batch, length, n] in [
        [0, 3, 2],
        [2, 0, 3],
        [2, 3, 0],
        [1, 1, 1],
        [3, 9, 7],
        [2, 20, 8],
        [5, 40, 33],
        [4, 50, 64],
    ] {
        let dims = Dims { batch, length, channels: n };
        let x: Vec<F> = random(&mut numbers, dims.signal(), 1.0);
        let weight: Vec<F> = random(&mut numbers, n * n, 0.8 / (n.max(1) as f64).sqrt());
        let bias: Vec<F> = random(&mut numbers, n, 0.5);
        let entering: Vec<F> = random(&mut numbers, batch * n, 1.0);
        let reset: Vec<u8> = (0..batch * length).map(|_| u8::from(numbers.is_so(0.1))).collect();
        let (mut all, mut last) = (Vec::new(), wide(&entering));
        for s in (0..batch).filter(|_| dims.signal() > 0) {
            let own = |data: &[F], size: usize| wide(&data[s * size..(s + 1) * size]);
            let fresh = |t| reset[s * length + t] != 0;
            let h = reference(
                &own(&x, length * n),
                &wide(&weight),
                &wide(&bias),
                &own(&entering, n),
                fresh,
            );
            last[s * n..(s + 1) * n].copy_from_slice(&h[(length - 1) * n..]);
            all.extend(h);
        }
        for engine in engines() {
            let (mut h, mut state) = (vec![F::nan(); dims.signal()], entering.clone());
            let call = Rnn::new(dims, &x, [&weight, &bias], Some(&reset)).unwrap();
            call.run(engine, &mut state, &mut h).unwrap();
            for (got, want) in [(&h, &all), (&state, &last)] {
                let apart = got.iter().zip(want).map(|(got, want)| (got.wide() - want).abs());
                let off = apart.fold(0.0, f64::max) / F::epsilon().wide();
                assert!(got.len() == want.len() && off < 30.0, "{off} units of {dims:?}");
            }
        }
    }
}

#[test]
fn states_are_their_definition() {
    rnn::<f32>();
    rnn::<f64>();
}

#[test]
fn buffers_of_other_lengths_are_refused_by_name() {
    let dims = Dims { batch: 1, length: 2, channels: 3 };
    let refusal = Rnn::new(dims, &[0.0; 6], [&[0.0; 8], &[0.0; 3]], None).unwrap_err().to_string();
    assert!(
        refusal.contains("`weight_hh_l0`") && refusal.contains('8') && refusal.contains('9'),
        "{refusal}"
    );
    let rnn = Rnn::new(dims, &[0.0; 6], [&[0.0; 9], &[0.0; 3]], None).unwrap();
    let refusal = rnn.run(&engines()[0], &mut [0.0; 2], &mut [0.0; 6]).unwrap_err().to_string();
    assert!(
        refusal.contains("`state`") && refusal.contains('2') && refusal.contains('3'),
        "{refusal}"
    );
}
