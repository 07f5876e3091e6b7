//! The gradients of a chunk, from the state that enters it and the gradient of the one that leaves it.

use super::{
    super::{
        chunk::{Chunk, is_by_matrices, tiles},
        gates::Gates,
    },
    Call, Sums, matrix,
    room::Room,
    rows::dot,
    step,
};
use crate::{Real, cut::Piece, layout::Stretch, rows::RowsMut};
use fearless_simd::{Level, Simd, dispatch};

/// A chunk's gradients in the making.
pub(super) struct Pulling<'a, F> {
    pub(super) room: Room<F>,
    sums: Sums,
    x: RowsMut<'a, F>,
    dt: RowsMut<'a, F>,
    z: RowsMut<'a, F>,
}

/// What is known of a head at a step.
pub(super) struct Pulled<'a, F> {
    /// The gradient of `delta x`, `[head_dim]`.
    pub(super) inputs: &'a [F],
    /// What the state gives outputs, `[head_dim]`; read where there are gates.
    pub(super) y: &'a [F],
    /// The state that faded, times its gradient.
    pub(super) faded: F,
}

/// Computes a chunk's gradients.
pub(super) fn pull<F: Real>(
    call: Call<'_, F>,
    level: Level,
    [entering, leaving]: [&[F]; 2],
    Piece { at, out: [x, dt, z, mut b, mut c] }: Piece<'_, F, 5>,
) -> Sums {
    let (ssd, sizes) = (call.ssd, &call.ssd.sizes);
    let at = Stretch { columns: 0..sizes.heads, ..at };
    let chunk = Chunk { gates: Gates::new(ssd, level, &at), at };
    let zeros = |count| vec![0.0; count];
    let of_d = ssd.inputs.d.map_or(0, <[F]>::len);
    let sums = Sums { a: zeros(sizes.heads), d: zeros(of_d), dt_bias: zeros(sizes.heads) };
    let mut pulling = Pulling { room: Room::default(), sums, x, dt, z };
    let by_matrices = is_by_matrices(ssd, &chunk.at);
    let all: Vec<_> = tiles(ssd, &chunk.at.columns).collect();
    for group in 0..sizes.groups {
        pulling.room.load(call, &chunk, group);
        for heads in all.iter().filter(|heads| ssd.group(heads.start) == group) {
            let [entering, leaving] =
                [entering, leaving].map(|state| &state[chunk.state(ssd, heads)]);
            if by_matrices
                && matrix::run(call, level, &chunk, heads, [entering, leaving], &mut pulling)
            {
                continue;
            }
            for (k, head) in heads.clone().enumerate() {
                let own = chunk.state(ssd, &(0..1));
                let own = k * own.len()..(k + 1) * own.len();
                let borders = [&entering[own.clone()], &leaving[own]];
                let alone = head..head + 1;
                let is_done = by_matrices
                    && heads.len() > 1
                    && matrix::run(call, level, &chunk, &alone, borders, &mut pulling);
                if !is_done {
                    let pulling = &mut pulling;
                    dispatch!(level, simd => step::run(simd, call, &chunk, head, borders, pulling));
                }
            }
        }
        pulling.room.store(call, &chunk, group, [&mut b, &mut c]);
    }
    pulling.sums
}

impl<F: Real> Pulling<'_, F> {
    /// Writes the gradients of a head's inputs at a step.
    #[inline(always)]
    pub(super) fn settle<S: Simd>(
        &mut self,
        _: S,
        call: Call<'_, F>,
        chunk: &Chunk<F>,
        (head, step): (usize, usize),
        Pulled { inputs, y, faded }: Pulled<'_, F>,
    ) {
        let (ssd, size) = (call.ssd, call.ssd.sizes.head_dim);
        let t = chunk.at.row(step);
        let row = chunk.at.rows.start + t;
        let own = (row * ssd.sizes.heads + head) * size..(row * ssd.sizes.heads + head + 1) * size;
        let [x, g] = [ssd.inputs.x, call.g].map(|data| &data[own.clone()]);
        let delta = chunk.gates.delta(head - chunk.at.columns.start)[step];
        let columns = head * size..(head + 1) * size;
        let dx = &mut self.x.row(t)[columns.clone()];
        dx.iter_mut().zip(inputs).for_each(|(dx, &input)| *dx = delta * input);
        match ssd.skip(head) {
            [] => {}
            &[d] => {
                dx.iter_mut().zip(g).for_each(|(dx, &g)| *dx += d * g);
                self.sums.d[head] += dot(g, x).wide();
            }
            d => {
                dx.iter_mut().zip(g).zip(d).for_each(|((dx, &g), &d)| *dx += d * g);
                let sums = self.sums.d[columns.clone()].iter_mut();
                sums.zip(g.iter().zip(x)).for_each(|(sum, (&g, &x))| *sum += (g * x).wide());
            }
        }
        if let Some(slopes) = call.slopes {
            let dz = &mut self.z.row(t)[columns];
            dz.copy_from_slice(y);
            match ssd.skip(head) {
                [] => {}
                &[d] => dz.iter_mut().zip(x).for_each(|(y, &x)| *y += d * x),
                d => dz.iter_mut().zip(x).zip(d).for_each(|((y, &x), &d)| *y += d * x),
            }
            dz.iter_mut().zip(&slopes[own]).for_each(|(y, &slope)| *y *= slope);
        }
        self.sums.a[head] += (delta * faded).wide();
        let of_delta = dot(x, inputs) + ssd.inputs.a[head] * faded;
        let of_dt = of_delta * ssd.slope(row, head);
        self.sums.dt_bias[head] += of_dt.wide();
        self.dt.row(t)[head] = of_dt;
    }
}
