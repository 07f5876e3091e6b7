//! Headers of safetensors files: what tensors there are, and where.

mod json;

use crate::Error;
use json::Header;
use safetensors::{
    Dtype, SafeTensorError,
    tensor::{Metadata, TensorInfo},
};

/// Data begin at a multiple of this, so that arrays of any dtype can be views of them.
const ALIGNMENT: usize = 8;

/// Judges a header, without its length, that `data` bytes of the file follow; returns its text.
pub fn read(header: &[u8], data: u64) -> Result<String, Error> {
    let taken = taken(header)?;
    if taken != data {
        let message =
            format!("the tensors take {taken} bytes, the file has {data} after its header");
        return Err(Error::File(message));
    }
    Ok(String::from_utf8_lossy(header).into_owned())
}

/// The first bytes of a file with this header: its length, itself, and spaces.
pub fn write(header: &str) -> Result<Vec<u8>, Error> {
    taken(header.as_bytes())?;
    let length = header.len().next_multiple_of(ALIGNMENT);
    let mut bytes = (length as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.resize(size_of::<u64>() + length, b' ');
    Ok(bytes)
}

/// The bytes that the tensors of a header take; once, because a parser is large.
#[inline(never)]
fn taken(header: &[u8]) -> Result<u64, Error> {
    let Header { mut tensors } = serde_json::from_slice(header)
        .map_err(|error| Error::File(format!("the header lists no tensors: {error}")))?;
    tensors.sort_by_key(|(_, info)| info.data_offsets);
    check(&tensors).map(|bytes| bytes as u64)
}

/// The bytes that tensors take, which stand in the order of their data; one that stands wrongly is named.
fn check(tensors: &[(String, TensorInfo)]) -> Result<usize, Error> {
    let metadata = Metadata::new(None, tensors.to_vec());
    metadata
        .map(|metadata| metadata.data_len())
        .map_err(|error| Error::File(explain(tensors, &error).unwrap_or_else(|| error.to_string())))
}

/// What is wrong, with both numbers.
fn explain(tensors: &[(String, TensorInfo)], error: &SafeTensorError) -> Option<String> {
    let mut due = 0;
    for (name, TensorInfo { dtype, shape, data_offsets: (start, end) }) in tensors {
        match error {
            SafeTensorError::InvalidOffset(_) if end < start => {
                return Some(format!(
                    "`{name}` ends at byte {end} of the data, before its start {start}"
                ));
            }
            SafeTensorError::InvalidOffset(_) if *start != due => {
                return Some(format!(
                    "`{name}` starts at byte {start} of the data, expected {due}: tensors leave no gaps and do not overlap"
                ));
            }
            SafeTensorError::InvalidOffset(_) => {}
            _ if bytes(*dtype, shape) != Some(end.wrapping_sub(*start)) => {
                let expected = bytes(*dtype, shape)
                    .map_or("more than can be counted".into(), |bytes| bytes.to_string());
                return Some(format!(
                    "`{name}` has {} bytes, expected {expected} for {shape:?} of {dtype}",
                    end - start
                ));
            }
            _ => {}
        }
        due = *end;
    }
    None
}

/// The bytes of a tensor, where they are whole and can be counted.
fn bytes(dtype: Dtype, shape: &[usize]) -> Option<usize> {
    let elements = shape.iter().try_fold(1_usize, |product, axis| product.checked_mul(*axis))?;
    let bits = elements.checked_mul(dtype.bitsize())?;
    (bits % 8 == 0).then_some(bits / 8)
}
