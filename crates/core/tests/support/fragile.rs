//! A number that panics where it meets a certain other one: the only way to make a kernel panic.

use num_traits::{Float, Num, NumCast, One, ToPrimitive, Zero};
use ssm_scan_core::Real;
use std::{num::FpCategory, ops};

/// An `f64` that panics when it is multiplied by 13.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub(crate) struct Fragile(pub(crate) f64);

/// Methods that do what those of `f64` do.
macro_rules! as_f64 {
    ($($name:ident($($argument:ident),*) -> $result:ident)*) => {
        $(
            fn $name(self $(, $argument: Self)*) -> as_f64!(@type $result) {
                as_f64!(@wrap $result, self.0.$name($($argument.0),*))
            }
        )*
    };
    (@type Self) => { Self };
    (@type bool) => { bool };
    (@wrap Self, $value:expr) => { Self($value) };
    (@wrap bool, $value:expr) => { $value };
}

macro_rules! operators {
    ($($operator:ident $function:ident $assign:ident $assigning:ident)*) => {
        $(
            impl ops::$operator for Fragile {
                type Output = Self;

                fn $function(self, other: Self) -> Self {
                    let is_product = stringify!($operator) == "Mul";
                    assert!(!is_product || self.0 != 13.0 && other.0 != 13.0, "met a 13");
                    Self(ops::$operator::$function(self.0, other.0))
                }
            }

            impl ops::$assign for Fragile {
                fn $assigning(&mut self, other: Self) {
                    *self = ops::$operator::$function(*self, other);
                }
            }
        )*
    };
}

operators! {
    Add add AddAssign add_assign
    Sub sub SubAssign sub_assign
    Mul mul MulAssign mul_assign
    Div div DivAssign div_assign
    Rem rem RemAssign rem_assign
}

impl ops::Neg for Fragile {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Zero for Fragile {
    fn zero() -> Self {
        Self(0.0)
    }

    fn is_zero(&self) -> bool {
        self.0 == 0.0
    }
}

impl One for Fragile {
    fn one() -> Self {
        Self(1.0)
    }
}

impl Num for Fragile {
    type FromStrRadixErr = <f64 as Num>::FromStrRadixErr;

    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        f64::from_str_radix(text, radix).map(Self)
    }
}

impl ToPrimitive for Fragile {
    fn to_i64(&self) -> Option<i64> {
        self.0.to_i64()
    }

    fn to_u64(&self) -> Option<u64> {
        self.0.to_u64()
    }
}

impl NumCast for Fragile {
    fn from<T: ToPrimitive>(x: T) -> Option<Self> {
        x.to_f64().map(Self)
    }
}

impl Float for Fragile {
    as_f64! {
        is_nan() -> bool is_infinite() -> bool is_finite() -> bool is_normal() -> bool
        is_sign_positive() -> bool is_sign_negative() -> bool
        floor() -> Self ceil() -> Self round() -> Self trunc() -> Self fract() -> Self
        abs() -> Self signum() -> Self recip() -> Self sqrt() -> Self cbrt() -> Self
        exp() -> Self exp2() -> Self exp_m1() -> Self
        ln() -> Self log2() -> Self log10() -> Self ln_1p() -> Self
        sin() -> Self cos() -> Self tan() -> Self asin() -> Self acos() -> Self atan() -> Self
        sinh() -> Self cosh() -> Self tanh() -> Self asinh() -> Self acosh() -> Self atanh() -> Self
        mul_add(a, b) -> Self powf(n) -> Self log(base) -> Self max(other) -> Self
        min(other) -> Self hypot(other) -> Self atan2(other) -> Self
    }

    fn nan() -> Self {
        Self(f64::NAN)
    }

    fn infinity() -> Self {
        Self(f64::INFINITY)
    }

    fn neg_infinity() -> Self {
        Self(f64::NEG_INFINITY)
    }

    fn neg_zero() -> Self {
        Self(-0.0)
    }

    fn min_value() -> Self {
        Self(f64::MIN)
    }

    fn max_value() -> Self {
        Self(f64::MAX)
    }

    fn min_positive_value() -> Self {
        Self(f64::MIN_POSITIVE)
    }

    fn classify(self) -> FpCategory {
        self.0.classify()
    }

    fn powi(self, n: i32) -> Self {
        Self(self.0.powi(n))
    }

    fn abs_sub(self, other: Self) -> Self {
        Self((self.0 - other.0).max(0.0))
    }

    fn sin_cos(self) -> (Self, Self) {
        (self.sin(), self.cos())
    }

    fn integer_decode(self) -> (u64, i16, i8) {
        self.0.integer_decode()
    }
}

impl Real for Fragile {
    fn of(x: f64) -> Self {
        Self(x)
    }

    fn wide(self) -> f64 {
        self.0
    }
}
