//! Random calls, by a few numbers that a failing test can print.

use super::{Call, Operator, Planes, Random};
use proptest::{prelude::*, test_runner::RngSeed};
use ssm_scan_core::{Dims, Plan, Real};

/// Distributions of gates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Gates {
    Signed,
    Decays,
    NearOne,
    /// 1 % exact zeros.
    Zeros,
    Normal,
}

impl Gates {
    pub(crate) fn draw(self, random: &mut Random) -> f64 {
        match self {
            Self::Signed => random.uniform(-1.0, 1.0),
            Self::Decays => random.uniform(0.0, 1.0),
            Self::NearOne => random.uniform(0.99, 1.0),
            Self::Zeros => random.uniform(0.9, 1.0) * f64::from(u8::from(!random.is_so(0.01))),
            Self::Normal => random.normal(),
        }
    }
}

/// How many rows of gates there are.
#[derive(Clone, Copy, Debug)]
enum Spread {
    Full,
    Sequences,
    Everything,
}

/// What makes the sequences.
#[derive(Clone, Copy, Debug)]
enum Packing {
    Batch,
    Padded,
    Packed { sequences: usize },
}

#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) seed: u64,
    batch: usize,
    length: usize,
    channels: usize,
    gates: Gates,
    spread: Spread,
    packing: Packing,
    reverse: bool,
    /// How likely a step is a reset.
    reset: Option<f64>,
    has_state: bool,
    chunk: usize,
    block: usize,
}

pub(crate) fn config(cases: u32) -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..Default::default() };
    if config.rng_seed == RngSeed::Random {
        (config.rng_seed, config.cases) = (RngSeed::Fixed(42), cases);
    }
    config
}

impl Spec {
    pub(crate) fn any<O: Operator>() -> impl Strategy<Value = Self> {
        use Gates::{Decays, NearOne, Normal, Signed, Zeros};
        let packing = prop_oneof![
            2 => Just(Packing::Batch),
            1 => Just(Packing::Padded),
            1 => (0..6_usize).prop_map(|sequences| Packing::Packed { sequences }),
        ];
        let spread = [Spread::Full, Spread::Sequences, Spread::Everything];
        let reset = [None, None, Some(0.0), Some(0.02), Some(0.3), Some(1.0)];
        let what = (
            prop::sample::select(vec![Signed, Decays, NearOne, Zeros, Normal]),
            prop::sample::select(spread.to_vec()),
            packing,
            prop::sample::select(reset.to_vec()),
        );
        let how = (any::<bool>(), any::<bool>(), 1..=64_usize, 1..=20_usize);
        (any::<u64>(), 0..=4_usize, O::shapes(), what, how).prop_map(
            |(seed, batch, (length, channels), what, (reverse, has_state, chunk, block))| {
                let (gates, spread, packing, reset) = what;
                let batch = match packing {
                    Packing::Packed { .. } => 1,
                    _ if length > 1000 => batch.min(1),
                    _ => batch,
                };
                #[rustfmt::skip]
                let spec = Self {
                    seed, batch, length, channels, gates, spread, packing,
                    reverse, reset, has_state, chunk, block,
                };
                spec
            },
        )
    }

    pub(crate) fn random(&self) -> Random {
        Random(self.seed ^ 0x5851_F42D)
    }

    pub(crate) fn dims(&self) -> Dims {
        Dims { batch: self.batch, length: self.length, channels: self.channels }
    }

    /// Plans that do not cut time.
    pub(crate) fn uncut(&self) -> [Plan; 5] {
        let block = self.block;
        let groups = [1, 2, 1000].map(|group| Plan::Sequences { group });
        let blocks = [1, block].map(|block| Plan::Columns { block });
        [groups[0], groups[1], groups[2], blocks[0], blocks[1]]
    }

    /// Plans that do.
    pub(crate) fn cut(&self) -> [Plan; 2] {
        [self.chunk, 16].map(|chunk| Plan::Time { chunk })
    }

    /// The call without packing and padding.
    pub(crate) fn batched<O: Operator, F: Real>(&self) -> Call<F> {
        Self { packing: Packing::Batch, ..self.clone() }.call::<O, F>()
    }

    pub(crate) fn call<O: Operator, F: Real>(&self) -> Call<F> {
        let Self { batch, length, channels, .. } = *self;
        let (dims, random) = (self.dims(), &mut Random(self.seed));
        let (rows, constant) = match self.spread {
            Spread::Full => (dims.rows(), false),
            Spread::Sequences => (length, false),
            Spread::Everything => (1, true),
        };
        let mut a: Planes<F> = vec![vec![]; O::PLANES];
        for _ in 0..rows {
            let row = O::gates(random, self.gates, constant, channels);
            a.iter_mut().zip(row).for_each(|(a, row)| a.extend(row.into_iter().map(F::of)));
        }
        let cu_seqlens = match self.packing {
            Packing::Packed { sequences } if sequences > 0 || length == 0 => {
                let mut cuts: Vec<i32> =
                    (1..sequences).map(|_| random.upto(length) as i32).collect();
                cuts.extend(if sequences > 0 { vec![0, length as i32] } else { vec![0] });
                cuts.sort_unstable();
                Some(cuts)
            }
            _ => None,
        };
        let lengths = matches!(self.packing, Packing::Padded)
            .then(|| (0..batch).map(|_| random.upto(length) as i32).collect());
        let reset =
            self.reset.map(|p| (0..dims.rows()).map(|_| u8::from(random.is_so(p)) * 3).collect());
        let states = cu_seqlens.as_ref().map_or(batch, |bounds| bounds.len() - 1) * channels;
        let scale = if self.has_state { 1.0 } else { 0.0 };
        let mut noise = |count: usize, scale: f64| -> Planes<F> {
            let mut plane = || (0..count).map(|_| F::of(scale * random.normal())).collect();
            (0..O::PLANES).map(|_| plane()).collect()
        };
        Call {
            dims,
            a,
            b: noise(dims.signal(), 1.0),
            state: noise(states, scale),
            reverse: self.reverse,
            reset,
            cu_seqlens,
            lengths,
            deterministic: None,
        }
    }
}
