//! Headers of safetensors files: what is written is read, and what is wrong is named with both numbers.

use proptest::prelude::*;
use ssm_scan_core::{Error, tensor_header};

fn refusal(header: &str, data: u64) -> String {
    let error = tensor_header::read(header.as_bytes(), data).expect_err("a refusal");
    assert_eq!(error.code(), "file");
    error.to_string()
}

fn two(first: &str, second: &str) -> String {
    format!(
        r#"{{"a":{{"dtype":"F32","shape":[2],{first}}},"b":{{"dtype":"F64","shape":[1],{second}}}}}"#
    )
}

fn written(header: &str) -> Result<(String, u64), Error> {
    let bytes = tensor_header::write(header)?;
    let (length, json) = bytes.split_first_chunk::<8>().expect("a length");
    assert_eq!(bytes.len() % 8, 0);
    assert_eq!(u64::from_le_bytes(*length), json.len() as u64);
    Ok((String::from_utf8(json.to_vec()).expect("text"), json.len() as u64))
}

#[test]
fn tensors_stand_in_any_order() {
    let header = two(r#""data_offsets":[8,16]"#, r#""data_offsets":[0,8]"#).replacen(
        '{',
        r#"{"__metadata__":{"z":"1","a":"\"\\u00e9 é"},"#,
        1,
    );
    assert_eq!(tensor_header::read(header.as_bytes(), 16).as_ref(), Ok(&header));
}

#[test]
fn a_file_may_be_empty() {
    assert_eq!(tensor_header::read(b"{}  ", 0).as_deref(), Ok("{}  "));
}

#[test]
fn headers_that_lie_are_refused() {
    let right = r#""data_offsets":[0,8]"#;
    assert_eq!(
        refusal(&two(right, r#""data_offsets":[12,20]"#), 20),
        "`b` starts at byte 12 of the data, expected 8: tensors leave no gaps and do not overlap"
    );
    assert_eq!(
        refusal(&two(right, r#""data_offsets":[4,12]"#), 12),
        "`b` starts at byte 4 of the data, expected 8: tensors leave no gaps and do not overlap"
    );
    assert_eq!(
        refusal(&two(right, r#""data_offsets":[8,4]"#), 8),
        "`b` ends at byte 4 of the data, before its start 8"
    );
    assert_eq!(
        refusal(&two(right, r#""data_offsets":[8,12]"#), 12),
        "`b` has 4 bytes, expected 8 for [1] of F64"
    );
    assert_eq!(
        refusal(&two(right, r#""data_offsets":[8,16]"#), 12),
        "the tensors take 16 bytes, the file has 12 after its header"
    );
    let huge =
        r#"{"a":{"dtype":"F32","shape":[4294967295,4294967295,4294967295],"data_offsets":[0,8]}}"#;
    assert!(refusal(huge, 8).starts_with("`a` has 8 bytes, expected more than can be counted"));
    let half = r#"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}"#;
    assert!(refusal(half, 1).starts_with("`a` has 1 bytes"));
}

#[test]
fn what_is_no_header_is_refused() {
    let right = r#""data_offsets":[0,8]"#;
    let says = |header: &str, part: &str| {
        let message = refusal(header, 8);
        assert!(message.starts_with("the header lists no tensors: "), "{message}");
        assert!(message.contains(part), "{message}");
    };
    says("", "EOF");
    says("[]", "expected an object of tensors");
    says("{\"a\":1}", "`a`: invalid type");
    says(r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x"#, "trailing characters");
    says(&two(right, right).replace("F64", "F99"), "`b`: unknown variant `F99`");
    says(&two(right, right).replace("\"b\"", "\"a\""), "`a` is named twice");
    says(&two(right, "\"dtype\":\"F64\""), "`b`: duplicate field `dtype`");
    says(&two(right, r#""data_offsets":[-1,8]"#), "`b`: invalid value");
    says(&two(right, r#""data_offsets":[0,1,2]"#), "`b`: ");
    says(&two(right, r#""data_offsets":[0.5,8]"#), "`b`: invalid type");
    says(&two(right, r#""data_offsets":[0,1e99]"#), "`b`: ");
    says(&two(right, r#""start":0"#), "missing field `data_offsets`");
    says(r#"{"__metadata__":{"a":1}}"#, "`__metadata__`: invalid type");
    says(r#"{"__metadata__":{"a":"1","a":"2"}}"#, "`a` is named twice");
    says(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)), "");
}

#[test]
fn what_is_written_begins_data_at_a_multiple_of_8() {
    for pad in 0..9 {
        let header = format!(r#"{{"__metadata__":{{"k":"{}"}}}}"#, "é".repeat(pad));
        let (json, _) = written(&header).expect("a header");
        assert_eq!(json.trim_end(), header);
    }
    assert_eq!(tensor_header::write("{").expect_err("a refusal").code(), "file");
}

proptest! {
    #[test]
    fn bytes_of_any_kind_are_judged_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0_usize..90, byte in any::<u8>()) {
        let _ = tensor_header::read(&bytes, 8);
        let mut header = two(r#""data_offsets":[0,8]"#, r#""data_offsets":[8,16]"#).into_bytes();
        header[at] = byte;
        let _ = tensor_header::read(&header, 16);
    }
}
