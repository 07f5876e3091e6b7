//! One channel, one run of steps, backwards: its states are found again, from those that some steps start from.

mod step;

use super::{
    SisoSsm,
    kernel::{self, LANES, Plane, fill},
};
use crate::Real;
use fearless_simd::{Level, Simd, dispatch};
use std::ops::Range;

/// So many steps' states are kept at once, and so many terms are added up before they go into an `f64`.
const PART: usize = 32;

type Planes<F> = [Plane<F>; 2];

/// A channel's system, what goes back through it, and its gradients so far.
pub(super) struct Channel<F> {
    system: kernel::Channel<F>,
    /// The gradient of a state, of what follows it.
    carry: Planes<F>,
    /// Those of `Re(q_r . x)`.
    slopes: Vec<F>,
    /// Sums of some steps: of a, b, c, then of p and of q.
    sums: [Planes<F>; 5],
    /// Sums of all others, as they stand in the channel's part of all gradients.
    exact: Vec<f64>,
    /// The states before each of some steps and after the last.
    before: Vec<Planes<F>>,
    /// Those before every [`PART`] steps.
    starts: Vec<Planes<F>>,
    /// Inputs, the gradients of outputs, then those of inputs, in time order.
    u: Vec<F>,
    dy: Vec<F>,
    du: Vec<F>,
}

impl<F: Real> Channel<F> {
    pub(super) fn new(ssm: &SisoSsm<'_, F>) -> Self {
        let system = kernel::Channel::new(ssm);
        let zeros =
            |planes: &Planes<F>| planes.each_ref().map(|x| vec![[F::zero(); LANES]; x.len()]);
        let (one, low) = (zeros(&system.x), zeros(&system.p));
        Self {
            carry: one.clone(),
            slopes: vec![F::zero(); ssm.systems.rank],
            sums: [one.clone(), one.clone(), one, low.clone(), low],
            exact: Vec::new(),
            before: Vec::new(),
            starts: Vec::new(),
            u: Vec::new(),
            dy: Vec::new(),
            du: Vec::new(),
            system,
        }
    }

    /// Gets ready for a channel; `part` is its part of all gradients.
    pub(super) fn load(&mut self, ssm: &SisoSsm<'_, F>, channel: usize, part: &[F]) {
        let states = ssm.systems.states;
        self.system.load(ssm, channel);
        for (carry, given) in self.carry.iter_mut().zip(part.chunks_exact(states)) {
            fill(carry, given);
        }
        self.exact.clear();
        self.exact.resize(part.len(), 0.0);
    }

    /// The gradients of the run's inputs, in time order.
    pub(super) fn signal(&self) -> &[F] {
        &self.du
    }

    /// Nothing goes further back.
    pub(super) fn forget(&mut self) {
        self.carry.iter_mut().for_each(|plane| plane.fill([F::zero(); LANES]));
    }

    /// Writes what was found into the channel's part of all gradients.
    pub(super) fn store(&self, ssm: &SisoSsm<'_, F>, part: &mut [F]) {
        let states = ssm.systems.states;
        part.iter_mut().zip(&self.exact).for_each(|(part, &exact)| *part = F::of(exact));
        for (carry, part) in self.carry.iter().zip(part.chunks_exact_mut(states)) {
            part.copy_from_slice(&carry.as_flattened()[..states]);
        }
    }

    /// Goes back through `rows`, which begin with the states `entering`.
    pub(super) fn run(
        &mut self,
        ssm: &SisoSsm<'_, F>,
        level: Level,
        (column, rows, reverse): (usize, &Range<usize>, bool),
        [u, dy]: [&[F]; 2],
        entering: Option<[&[F]; 2]>,
    ) {
        let channels = ssm.dims.channels;
        for (signal, given) in [(&mut self.u, u), (&mut self.dy, dy)] {
            signal.clear();
            signal.extend(rows.clone().map(|row| given[row * channels + column]));
            if reverse {
                signal.reverse();
            }
        }
        self.dy.iter_mut().for_each(|dy| *dy *= ssm.systems.scale);
        for (plane, x) in self.system.x.iter_mut().enumerate() {
            fill(x, entering.map_or(&[], |planes| planes[plane]));
        }
        let shifted = ssm.readout.shifted;
        dispatch!(level, simd => self.walk(simd, ssm.systems.states, shifted));
    }

    #[inline(always)]
    fn walk<S: Simd>(&mut self, simd: S, states: usize, shifted: bool) {
        let u = std::mem::take(&mut self.u);
        self.du.clear();
        self.du.resize(u.len(), F::zero());
        self.starts.clear();
        for part in u.chunks(PART) {
            self.starts.push(self.system.x.clone());
            part.iter().for_each(|&u| self.system.step(simd, u));
            self.system.flush();
        }
        let starts = std::mem::take(&mut self.starts);
        for (part, start) in starts.iter().enumerate().rev() {
            let steps = part * PART..((part + 1) * PART).min(u.len());
            self.system.x.clone_from(start);
            self.before.clear();
            for &u in &u[steps.clone()] {
                self.before.push(self.system.x.clone());
                self.system.step(simd, u);
            }
            self.before.push(self.system.x.clone());
            for (k, t) in steps.enumerate().rev() {
                self.du[t] = self.step(simd, k, [u[t], self.dy[t]], shifted);
            }
            self.add_up(states);
        }
        (self.u, self.starts) = (u, starts);
    }
}
