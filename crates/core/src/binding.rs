//! What the bindings share: how the numbers of JavaScript become dimensions and options.

pub mod flag;

use crate::{
    Dims, Error, Options, Real,
    causal_conv1d::{ACTIVATIONS, Activation},
    dense::{FORMATS, Format},
    diagonal_ssm::{Sampling, Transition, Weights},
    discretize::Method,
    fft_conv::Reach,
    gates::Kind,
    hippo::{MEASURES, Measure, Update},
    matmul::Operand,
    norm::Statistics,
    oscillator,
    pointwise::{FUNCTIONS, Function},
    selective_scan,
    siso_ssm::{Readout, Systems},
    ssd::{self, Steps},
    system::{RULES, Rule},
};

/// Axis sizes; JavaScript's numbers were checked to be whole and not negative.
pub fn dims(batch: f64, length: f64, channels: f64) -> Dims {
    Dims { batch: batch as usize, length: length as usize, channels: channels as usize }
}

/// Options of a scan.
pub fn options<'a>(
    flags: u32,
    reset: Option<&'a [u8]>,
    cu_seqlens: Option<&'a [i32]>,
    lengths: Option<&'a [i32]>,
) -> Options<'a> {
    Options {
        reverse: flags & flag::REVERSE != 0,
        reset,
        cu_seqlens,
        lengths,
        deterministic: Some(flags & flag::DETERMINISTIC != 0),
    }
}

/// Which inputs a convolution's kernel reaches.
pub fn reach(flags: u32) -> Reach {
    Reach { reverse: flags & flag::REVERSE != 0, shifted: flags & flag::SHIFTED != 0 }
}

/// Sizes of a selective scan; `groups` is 0 where left out.
pub fn selective_sizes(states: f64, groups: f64) -> selective_scan::Sizes {
    let groups = groups as usize;
    selective_scan::Sizes { states: states as usize, groups: (groups > 0).then_some(groups) }
}

/// Sizes of Mamba-2: `[batch, length, heads, head_dim, states, groups]`.
pub fn ssd_sizes(sizes: [f64; 6]) -> ssd::Sizes {
    let [batch, length, heads, head_dim, states, groups] = sizes.map(|size| size as usize);
    ssd::Sizes { batch, length, heads, head_dim, states, groups }
}

/// What becomes of a readout.
pub fn readout(flags: u32) -> Readout {
    Readout { shifted: flags & flag::SHIFTED != 0, adds: flags & flag::ADDS != 0 }
}

/// How poles become discrete.
pub fn method(flags: u32) -> Method {
    if flags & flag::BILINEAR != 0 { Method::Bilinear } else { Method::Zoh }
}

/// Systems of `[states, rank, scale]`, each array as a real plane and an imaginary one.
pub fn systems<'a, F: Real>(
    [states, rank, scale]: [f64; 3],
    [a, b, c, p, q]: [[&'a [F]; 2]; 5],
    skip: Option<&'a [F]>,
) -> Systems<'a, F> {
    let [states, rank] = [states, rank].map(|size| size as usize);
    Systems { states, rank, a, b, c, p, q, scale: F::of(scale), skip }
}

/// The input and output weights of diagonal systems, of `[pitch, first, scale]`.
pub fn weights<'a, F: Real>(
    [pitch, first, scale]: [f64; 3],
    [input, output]: [&'a [F]; 2],
    skip: Option<&'a [F]>,
) -> Weights<'a, F> {
    let [pitch, first] = [pitch, first].map(|column| column as usize);
    Weights { input, output, pitch, first, scale: F::of(scale), skip }
}

/// Discrete poles with their gains, or continuous ones with their step sizes `[log_step, dt]`.
pub fn transition<'a, F>(
    flags: u32,
    rescale: f64,
    poles: [&'a [F]; 2],
    gain: [Option<&'a [F]>; 2],
    steps: [Option<&'a [F]>; 2],
) -> Result<Transition<'a, F>, Error> {
    match (gain, steps) {
        ([Some(re), Some(im)], _) => Ok(Transition::Fixed { a: poles, gain: [re, im] }),
        (_, [Some(log_step), Some(dt)]) => Ok(Transition::Sampled(Sampling {
            method: method(flags),
            lambda: poles,
            log_step,
            rescale,
            dt,
            shifted: flags & flag::SHIFTED != 0,
        })),
        _ => Err(Error::Layout("poles need either `gain` or `log_step` and `dt`".into())),
    }
}

/// The function of a pointwise call.
pub fn function(kind: u32) -> Result<Function, Error> {
    numbered(&FUNCTIONS, kind)
}

/// What is done to the sums of a short convolution.
pub fn activation(kind: u32) -> Result<Activation, Error> {
    numbered(&ACTIVATIONS, kind)
}

/// How the steps of Mamba-2 are taken.
pub fn steps(flags: u32, limit: [f64; 2], chunk: f64) -> Steps {
    Steps { softplus: flags & flag::SOFTPLUS != 0, limit, chunk: chunk as usize }
}

/// The measure of a HiPPO system.
pub fn measure(kind: u32) -> Result<Measure, Error> {
    numbered(&MEASURES, kind)
}

/// How a system becomes discrete.
pub fn rule(kind: u32) -> Result<Rule, Error> {
    numbered(&RULES, kind)
}

/// What a sample does to a memory: the discrete system given, or LegS by a rule.
pub fn update<'a>(kind: u32, system: [Option<&'a [f64]>; 2]) -> Result<Update<'a>, Error> {
    match system {
        [Some(a), Some(b)] => Ok(Update::Fixed([a, b])),
        _ => Ok(Update::Scaled(rule(kind)?)),
    }
}

/// How the weights of a dense layer are kept.
pub fn format(kind: u32) -> Result<Format, Error> {
    numbered(&FORMATS, kind)
}

fn numbered<T: Copy>(all: &[T], kind: u32) -> Result<T, Error> {
    let refuse = || Error::Layout(format!("`kind` must be below {}, got {kind}", all.len()));
    all.get(kind as usize).copied().ok_or_else(refuse)
}

/// How oscillators take a step.
pub fn oscillation(kind: u32) -> Result<oscillator::Method, Error> {
    numbered(&oscillator::METHODS, kind)
}

/// What rows are normalised by: the `mean` and `var` of features where these are given.
pub fn statistics<'a, F>(flags: u32, features: [Option<&'a [F]>; 2]) -> Statistics<'a, F> {
    match features {
        [Some(mean), Some(var)] => Statistics::Batch { mean, var },
        _ if flags & flag::RMS != 0 => Statistics::Rms,
        _ => Statistics::Layer,
    }
}

/// The kind of gates whose rows have so many parts.
pub fn gates(parts: u32) -> Result<Kind, Error> {
    match parts {
        2 => Ok(Kind::Gru),
        3 => Ok(Kind::Lstm),
        _ => Err(Error::Layout(format!("`parts` must be 2 or 3, got {parts}"))),
    }
}

/// The factors of a product.
pub fn factors<'a, F>(flags: u32, [a, b]: [&'a [F]; 2]) -> [Operand<'a, F>; 2] {
    let marks = [flag::TRANSPOSED, flag::TRANSPOSED_SECOND];
    [(a, marks[0]), (b, marks[1])]
        .map(|(data, mark)| Operand { data, transposed: flags & mark != 0 })
}
