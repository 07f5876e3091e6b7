//! Headers of safetensors files: what tensors there are, and where.

mod json;

use crate::Error;
use json::{Header, Pairs};
use safetensors::{
    Dtype, SafeTensorError,
    tensor::{Metadata, TensorInfo},
};
use serde::{Deserialize, Serialize};

/// Data begin at a multiple of this, so that arrays of any dtype can be views of them.
const ALIGNMENT: usize = 8;

/// What is read.
#[derive(Serialize)]
struct Listing<'a> {
    metadata: &'a Pairs,
    tensors: Vec<Listed<'a>>,
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    dtype: Dtype,
    shape: &'a [usize],
    start: usize,
    end: usize,
}

/// What is to be written.
#[derive(Deserialize)]
struct Wanted {
    metadata: Pairs,
    tensors: Vec<WantedTensor>,
}

#[derive(Deserialize)]
struct WantedTensor {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
}

/// Reads a header, without its length; `data` bytes of the file follow it. Returns the listing as JSON.
pub fn read(header: &[u8], data: u64) -> Result<String, Error> {
    let Header { metadata, mut tensors } = serde_json::from_slice(header)
        .map_err(|error| Error::File(format!("the header lists no tensors: {error}")))?;
    tensors.sort_by_key(|(_, info)| info.data_offsets);
    let taken = check(&tensors)? as u64;
    if taken != data {
        let message =
            format!("the tensors take {taken} bytes, the file has {data} after its header");
        return Err(Error::File(message));
    }
    let listed = tensors.iter().map(|(name, info)| Listed {
        name,
        dtype: info.dtype,
        shape: &info.shape,
        start: info.data_offsets.0,
        end: info.data_offsets.1,
    });
    text(&Listing { metadata: &metadata, tensors: listed.collect() })
}

/// The first bytes of a file of the tensors wanted: the header and its length.
pub fn write(wanted: &str) -> Result<Vec<u8>, Error> {
    let Wanted { metadata, tensors } = serde_json::from_str(wanted)
        .map_err(|error| Error::File(format!("no list of tensors to write: {error}")))?;
    let mut header = Header { metadata, tensors: Vec::new() };
    let mut start = 0_usize;
    for WantedTensor { name, dtype, shape } in tensors {
        let end = bytes(dtype, &shape).and_then(|bytes| start.checked_add(bytes));
        let end =
            end.ok_or_else(|| Error::File(format!("`{name}` ends beyond what can be counted")))?;
        header.tensors.push((name, TensorInfo { dtype, shape, data_offsets: (start, end) }));
        start = end;
    }
    check(&header.tensors)?;
    let mut json = text(&header)?.into_bytes();
    json.resize(json.len().next_multiple_of(ALIGNMENT), b' ');
    Ok([&(json.len() as u64).to_le_bytes()[..], &json].concat())
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

fn text(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::File(error.to_string()))
}
