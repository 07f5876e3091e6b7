//! Random numbers from a seed.

/// The splitmix64 generator.
#[derive(Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn uniform(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// With mean 0 and variance 1.
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform(f64::EPSILON, 1.0).ln()).sqrt();
        radius * self.uniform(0.0, std::f64::consts::TAU).cos()
    }

    /// A whole number from 0 to `last`.
    pub(crate) fn upto(&mut self, last: usize) -> usize {
        (self.next() % (last as u64 + 1)) as usize
    }

    pub(crate) fn is_so(&mut self, probability: f64) -> bool {
        self.uniform(0.0, 1.0) < probability
    }
}
