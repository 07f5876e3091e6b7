//! Views of JavaScript's typed arrays: the one place of this crate with `unsafe` code.

use crate::error::{Result, Thrown};
use napi::{
    Error, Status,
    bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue, ValueType},
    sys,
};
use std::{marker::PhantomData, ptr};

/// Elements of a typed array.
pub(crate) trait Element: Copy + 'static {
    /// The number that Node gives arrays of this type.
    const KIND: sys::napi_typedarray_type;
}

impl Element for f32 {
    const KIND: sys::napi_typedarray_type = sys::TypedarrayType::float32_array;
}

impl Element for f64 {
    const KIND: sys::napi_typedarray_type = sys::TypedarrayType::float64_array;
}

impl Element for i32 {
    const KIND: sys::napi_typedarray_type = sys::TypedarrayType::int32_array;
}

impl Element for u16 {
    const KIND: sys::napi_typedarray_type = sys::TypedarrayType::uint16_array;
}

impl Element for u8 {
    const KIND: sys::napi_typedarray_type = sys::TypedarrayType::uint8_array;
}

/// A typed array that JavaScript passed to a call; read and written through [`Arguments`] alone.
pub struct View<'a> {
    kind: sys::napi_typedarray_type,
    data: *mut u8,
    length: usize,
    call: PhantomData<&'a ()>,
}

impl View<'_> {
    /// Whether the elements are `f64`.
    pub(crate) fn is_wide(&self) -> bool {
        self.kind == f64::KIND
    }
}

impl TypeName for View<'_> {
    fn type_name() -> &'static str {
        "TypedArray"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ValidateNapiValue for View<'_> {}

impl FromNapiValue for View<'_> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let (mut kind, mut length, mut offset) = (0, 0, 0);
        let (mut data, mut buffer) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: `env` and `value` are those of the running call, and the rest are its own
        // variables.
        let status = unsafe {
            sys::napi_get_typedarray_info(
                env,
                value,
                &mut kind,
                &mut length,
                &mut data,
                &mut buffer,
                &mut offset,
            )
        };
        if status != sys::Status::napi_ok {
            return Err(Error::new(Status::InvalidArg, "expected a typed array"));
        }
        Ok(Self { kind, data: data.cast(), length, call: PhantomData })
    }
}

/// Evaluates an expression with `F` as the number type of a view's elements.
macro_rules! with_real {
    ($view:expr, $F:ident => $body:expr) => {
        if $view.is_wide() {
            type $F = f64;
            $body
        } else {
            type $F = f32;
            $body
        }
    };
}
pub(crate) use with_real;

/// The arrays of one call. Each is read or written from here, so that no two of them share memory
/// unless both are only read.
#[derive(Default)]
pub(crate) struct Arguments {
    seen: Vec<Seen>,
}

/// Memory that a call uses.
struct Seen {
    name: &'static str,
    start: usize,
    end: usize,
    is_written: bool,
}

impl Arguments {
    /// The elements of an input.
    pub(crate) fn read<'a, T: Element>(
        &mut self,
        name: &'static str,
        view: &'a View<'_>,
    ) -> Result<&'a [T]> {
        let data = self.claim::<T>(name, view, false)?;
        // SAFETY: Node says that `data` holds `length` elements of `T`, and `claim` that nothing
        // in this call writes to them. JavaScript does not run before the call has returned.
        Ok(unsafe { std::slice::from_raw_parts(data, view.length) })
    }

    /// The elements of an input that may be left out.
    pub(crate) fn read_optional<'a, T: Element>(
        &mut self,
        name: &'static str,
        view: &'a Option<View<'_>>,
    ) -> Result<Option<&'a [T]>> {
        view.as_ref().map(|view| self.read(name, view)).transpose()
    }

    /// The elements of each of some inputs.
    pub(crate) fn read_each<'a, T: Element, const N: usize>(
        &mut self,
        names: [&'static str; N],
        views: [&'a View<'_>; N],
    ) -> Result<[&'a [T]; N]> {
        let mut inputs = [&[][..]; N];
        for (input, (name, view)) in inputs.iter_mut().zip(names.into_iter().zip(views)) {
            *input = self.read(name, view)?;
        }
        Ok(inputs)
    }

    /// The elements of an output.
    pub(crate) fn write<'a, T: Element>(
        &mut self,
        name: &'static str,
        view: &'a mut View<'_>,
    ) -> Result<&'a mut [T]> {
        let data = self.claim::<T>(name, view, true)?;
        // SAFETY: as in `read`; `claim` found no other argument of this call in this memory.
        Ok(unsafe { std::slice::from_raw_parts_mut(data, view.length) })
    }

    /// Checks an array's type, and that its memory may be used as asked for.
    fn claim<T: Element>(
        &mut self,
        name: &'static str,
        view: &View<'_>,
        is_written: bool,
    ) -> Result<*mut T> {
        if view.kind != T::KIND {
            let message = format!("`{name}` is an array of the wrong type");
            return Err(Thrown::new("dtype", message));
        }
        if view.length == 0 {
            return Ok(ptr::NonNull::dangling().as_ptr());
        }
        let start = view.data.addr();
        let end = start + view.length * size_of::<T>();
        for other in self.seen.iter().filter(|other| is_written || other.is_written) {
            if start < other.end && other.start < end {
                let message = format!("`{name}` shares memory with `{}`", other.name);
                return Err(Thrown::new("shape", message));
            }
        }
        self.seen.push(Seen { name, start, end, is_written });
        Ok(view.data.cast())
    }
}
