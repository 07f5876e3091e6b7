//! Arguments that live where the kernels run.

use crate::error::coded;
use bytemuck::Pod;
use ssm_scan_core::Engine;
use wasm_bindgen::prelude::*;

/// An array in this module's memory, so that no call has to copy its arguments.
///
/// Its elements are of whatever type a call takes them for. JavaScript makes views of it, anew after
/// every call that may have grown the memory.
#[wasm_bindgen]
#[derive(Default)]
pub struct Buffer {
    words: Vec<u64>,
    bytes: usize,
    is_given: bool,
}

#[wasm_bindgen]
impl Buffer {
    /// An argument that is left out until [`resize`](Self::resize) is called.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes room for `bytes`; the contents are the caller's to write. Memory is kept for later
    /// calls.
    pub fn resize(&mut self, bytes: usize) -> Result<(), JsValue> {
        let words = bytes.div_ceil(size_of::<u64>());
        if words > self.words.len() {
            if words > self.words.capacity() {
                // Nothing of the old contents is needed, so both need not exist at once.
                self.words = Vec::new();
                self.bytes = 0;
            }
            self.words.try_reserve_exact(words - self.words.len()).map_err(|_| {
                coded("backend", &format!("the WebAssembly memory has no room for {bytes} bytes"))
            })?;
            self.words.resize(words, 0);
        }
        self.bytes = bytes;
        self.is_given = true;
        Ok(())
    }

    /// Where the contents start, in bytes.
    #[wasm_bindgen(getter)]
    pub fn offset(&self) -> usize {
        self.words.as_ptr() as usize
    }
}

impl Buffer {
    /// The elements of an input.
    pub(crate) fn read<T: Pod>(&self) -> &[T] {
        &bytemuck::cast_slice(&self.words)[..self.bytes / size_of::<T>()]
    }

    /// The elements of an input that may be left out.
    pub(crate) fn read_optional<T: Pod>(&self) -> Option<&[T]> {
        self.is_given.then(|| self.read())
    }

    /// The elements of an output.
    pub(crate) fn write<T: Pod>(&mut self) -> &mut [T] {
        &mut bytemuck::cast_slice_mut(&mut self.words)[..self.bytes / size_of::<T>()]
    }
}

/// The engine of this module: one thread.
pub(crate) fn engine() -> Result<Engine, JsValue> {
    Engine::new(1, false).map_err(crate::error::thrown)
}

/// Evaluates an expression with `F` as `f64` where `wide`, else as `f32`.
macro_rules! with_real {
    ($wide:expr, $F:ident => $body:expr) => {
        if $wide {
            type $F = f64;
            $body
        } else {
            type $F = f32;
            $body
        }
    };
}
pub(crate) use with_real;
