//! Options that are refused, each with a sentence that names the argument and both numbers.

use ssm_scan_core::{Dims, Options, linear_scan::LinearScan};

fn options(batch: usize, length: usize, options: Options<'_>) -> String {
    let b = vec![0.0_f32; batch * length];
    let error = LinearScan::new(Dims { batch, length, channels: 1 }, &[0.0], &b, options)
        .expect_err("a refusal");
    assert_eq!(error.code(), "shape");
    error.to_string()
}

#[test]
fn bounds_of_packed_sequences_rise_from_0_to_the_length() {
    let packed = |batch, bounds: &[i32]| {
        options(batch, 5, Options { cu_seqlens: Some(bounds), ..Options::default() })
    };
    assert_eq!(packed(1, &[]), "`cuSeqlens` has 0 elements, expected at least 1");
    assert_eq!(packed(2, &[0, 5]), "`cuSeqlens` needs a batch of 1, got 2");
    assert_eq!(packed(1, &[1, 5]), "`cuSeqlens` must start at 0, got 1");
    assert_eq!(packed(1, &[-1, 5]), "`cuSeqlens` must start at 0, got -1");
    assert_eq!(packed(1, &[0, 3, 2, 5]), "`cuSeqlens` must rise, but 2 follows 3");
    assert_eq!(packed(1, &[0, -3, 5]), "`cuSeqlens` must rise, but -3 follows 0");
    assert_eq!(packed(1, &[0, 3]), "`cuSeqlens` must end at length 5, got 3");
    assert_eq!(packed(1, &[0, 7]), "`cuSeqlens` must end at length 5, got 7");
    assert_eq!(packed(1, &[0]), "`cuSeqlens` must end at length 5, got 0");
}

#[test]
fn lengths_are_one_for_each_sequence_and_within_it() {
    let padded =
        |lengths: &[i32]| options(2, 5, Options { lengths: Some(lengths), ..Options::default() });
    assert_eq!(padded(&[5]), "`lengths` has 1 elements, expected 2");
    assert_eq!(padded(&[5, 6]), "`lengths` must be 0 to length 5, got 6");
    assert_eq!(padded(&[-1, 5]), "`lengths` must be 0 to length 5, got -1");
}

#[test]
fn resets_are_one_for_each_step() {
    let reset = |marks: &[u8]| options(2, 5, Options { reset: Some(marks), ..Options::default() });
    assert_eq!(reset(&[0; 5]), "`reset` has 5 elements, expected 10");
    assert_eq!(reset(&[]), "`reset` has 0 elements, expected 10");
}
