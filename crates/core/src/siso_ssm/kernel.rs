//! One stretch of one sequence: a channel after the other through every chunk of time.

use super::SisoSsm;
use crate::{Plan, Real, driver::Context, layout::Stretch, rows::RowsMut};
use fearless_simd::{Level, Simd, dispatch};
use std::ops::Range;

/// Numbers that are computed at once, always as many, so that bits do not depend on the CPU.
pub(super) const LANES: usize = 8;

/// After so many steps states that became subnormal are cleared.
const FLUSHED: usize = 16;

pub(super) type Plane<F> = Vec<[F; LANES]>;

/// A channel's system and state, filled up with zeros to whole lanes.
pub(super) struct Channel<F> {
    pub(super) a: [Plane<F>; 2],
    pub(super) b: [Plane<F>; 2],
    pub(super) c: [Plane<F>; 2],
    pub(super) p: [Plane<F>; 2],
    pub(super) q: [Plane<F>; 2],
    pub(super) x: [Plane<F>; 2],
    sums: Vec<F>,
    signal: Vec<F>,
}

/// Runs a stretch; `state` enters and leaves.
pub(super) fn run<F: Real>(
    ssm: &SisoSsm<'_, F>,
    context: Context<'_>,
    at: &Stretch,
    [re, im]: [&mut [F]; 2],
    out: &mut RowsMut<'_, F>,
) {
    let states = ssm.systems.states;
    let chunk = Plan::chunk(2 * ssm.dims.channels);
    let mut channel = Channel::new(ssm);
    for part in at.parts(chunk) {
        let runs = context.layout.runs(&part);
        for column in at.columns.clone() {
            let own = column - at.columns.start;
            let state = own * states..(own + 1) * states;
            channel.load(ssm, column);
            fill(&mut channel.x[0], &re[state.clone()]);
            fill(&mut channel.x[1], &im[state.clone()]);
            for (is_fresh, rows) in &runs {
                if *is_fresh {
                    channel.x.iter_mut().for_each(|plane| plane.fill([F::zero(); LANES]));
                }
                channel.run(ssm, context.level, column, rows, at.reverse);
                for (k, &value) in channel.signal.iter().enumerate() {
                    let row = if at.reverse { rows.end - 1 - k } else { rows.start + k };
                    let y = &mut out.row(row - at.rows.start)[own];
                    *y = if ssm.readout.adds { *y + value } else { value };
                }
            }
            re[state.clone()].copy_from_slice(&channel.x[0].as_flattened()[..states]);
            im[state].copy_from_slice(&channel.x[1].as_flattened()[..states]);
        }
    }
}

/// Copies `numbers` in, and zeros into the lanes that follow: there a NaN of the input would stay.
pub(super) fn fill<F: Real>(plane: &mut Plane<F>, numbers: &[F]) {
    let (own, rest) = plane.as_flattened_mut().split_at_mut(numbers.len());
    own.copy_from_slice(numbers);
    rest.fill(F::zero());
}

impl<F: Real> Channel<F> {
    pub(super) fn new(ssm: &SisoSsm<'_, F>) -> Self {
        let blocks = ssm.systems.states.div_ceil(LANES);
        let planes = |count: usize| [(); 2].map(|()| vec![[F::zero(); LANES]; count * blocks]);
        let rank = ssm.systems.rank;
        Self {
            a: planes(1),
            b: planes(1),
            c: planes(1),
            p: planes(rank),
            q: planes(rank),
            x: planes(1),
            sums: vec![F::zero(); rank],
            signal: Vec::new(),
        }
    }

    pub(super) fn load(&mut self, ssm: &SisoSsm<'_, F>, channel: usize) {
        let systems = &ssm.systems;
        let (states, rank) = (systems.states, systems.rank);
        let own = channel * states..(channel + 1) * states;
        let blocks = self.x[0].len();
        for plane in 0..2 {
            fill(&mut self.a[plane], &systems.a[plane][own.clone()]);
            fill(&mut self.b[plane], &systems.b[plane][own.clone()]);
            fill(&mut self.c[plane], &systems.c[plane][own.clone()]);
            for r in 0..rank {
                let from = (channel * rank + r) * states;
                let to = r * blocks * LANES;
                for (mine, given) in [(&mut self.p, systems.p), (&mut self.q, systems.q)] {
                    mine[plane].as_flattened_mut()[to..to + states]
                        .copy_from_slice(&given[plane][from..from + states]);
                }
            }
        }
    }

    /// The outputs of `rows`, in time order, into `self.signal`.
    fn run(
        &mut self,
        ssm: &SisoSsm<'_, F>,
        level: Level,
        column: usize,
        rows: &Range<usize>,
        reverse: bool,
    ) {
        let channels = ssm.dims.channels;
        let input = rows.clone().map(|row| ssm.u[row * channels + column]);
        self.signal.clear();
        if reverse {
            self.signal.extend(input.rev())
        } else {
            self.signal.extend(input)
        }
        let skip = ssm.systems.skip.map_or(F::zero(), |skip| skip[column]);
        let (scale, shifted) = (ssm.systems.scale, ssm.readout.shifted);
        dispatch!(level, simd => self.steps(simd, scale, skip, shifted));
    }

    /// Turns inputs into outputs.
    #[inline(always)]
    fn steps<S: Simd>(&mut self, simd: S, scale: F, skip: F, shifted: bool) {
        let mut signal = std::mem::take(&mut self.signal);
        for part in signal.chunks_mut(FLUSHED) {
            for value in part {
                let u = *value;
                let before = if shifted { dot(simd, &self.c, &self.x) } else { F::zero() };
                self.step(simd, u);
                let read = if shifted { before } else { dot(simd, &self.c, &self.x) };
                *value = scale * read + skip * u;
            }
            self.flush();
        }
        self.signal = signal;
    }

    /// Clears what became subnormal of the state.
    #[inline(always)]
    pub(super) fn flush(&mut self) {
        for plane in &mut self.x {
            plane.as_flattened_mut().iter_mut().for_each(|x| *x = x.flushed());
        }
    }

    #[inline(always)]
    pub(super) fn step<S: Simd>(&mut self, simd: S, u: F) {
        let Self { a, b, p, q, x, sums, .. } = self;
        let blocks = x[0].len();
        for (r, sum) in sums.iter_mut().enumerate() {
            let own = r * blocks..(r + 1) * blocks;
            *sum = dot(simd, &[&q[0][own.clone()], &q[1][own]], x);
        }
        let [re, im] = x;
        let planes = a[0].iter().zip(&a[1]).zip(b[0].iter().zip(&b[1]));
        for ((x, y), ((ar, ai), (br, bi))) in re.iter_mut().zip(im.iter_mut()).zip(planes) {
            for i in 0..LANES {
                let next = ar[i] * x[i] - ai[i] * y[i] + br[i] * u;
                y[i] = ar[i] * y[i] + ai[i] * x[i] + bi[i] * u;
                x[i] = next;
            }
        }
        for (r, &sum) in sums.iter().enumerate() {
            let own = r * blocks..(r + 1) * blocks;
            for (x, p) in [(&mut *re, &p[0][own.clone()]), (&mut *im, &p[1][own])] {
                for (x, p) in x.iter_mut().zip(p) {
                    x.iter_mut().zip(p).for_each(|(x, &p)| *x -= p * sum);
                }
            }
        }
    }
}

/// `Re(c . x)`.
#[inline(always)]
pub(super) fn dot<S: Simd, F: Real>(
    _: S,
    c: &[impl AsRef<[[F; LANES]]>; 2],
    x: &[Plane<F>; 2],
) -> F {
    let mut sums = [F::zero(); LANES];
    let states = x[0].iter().zip(&x[1]);
    for ((cr, ci), (x, y)) in c[0].as_ref().iter().zip(c[1].as_ref()).zip(states) {
        for i in 0..LANES {
            sums[i] += cr[i] * x[i] - ci[i] * y[i];
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}
