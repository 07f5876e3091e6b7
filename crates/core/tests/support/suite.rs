//! The tests that every operator has.

/// Tests an operator, with so many random calls a law, in both number types.
macro_rules! suite {
    ($operator:ident, $cases:literal) => {
        mod in_f32 {
            $crate::support::suite::suite!(@list $operator, f32, $cases);
        }
        mod in_f64 {
            $crate::support::suite::suite!(@list $operator, f64, $cases);
        }
    };
    (@list $operator:ident, $number:ty, $cases:literal) => {
        $crate::support::suite::suite!(@test $operator, $number, $cases:
            the_reference_is_the_definition
            every_plan_matches_the_definition
            bits_depend_on_neither_level_nor_threads
            a_warm_start_has_the_bits_of_one_thread
            streaming_changes_nothing
            two_pieces_joined_by_their_state_are_the_whole
            reversing_data_and_time_changes_nothing
            a_sequence_does_not_see_its_neighbours
            padding_is_zero
            a_reset_starts_a_sequence
            shared_gates_are_gates_repeated
            then_is_associative
            the_identity_changes_nothing
            arrays_of_carries_are_carries
            a_summary_is_the_fold_of_its_pieces
            a_summary_applied_to_a_state_is_the_last_state
        );
    };
    (@test $operator:ident, $number:ty, $cases:literal: $($law:ident)*) => {
        use $crate::support::{self, Spec, config, laws};
        proptest::proptest! {
            #![proptest_config(config($cases))]
            $(
                #[test]
                fn $law(spec in Spec::any::<support::$operator>()) {
                    laws::$law::<support::$operator, $number>(&spec);
                }
            )*
        }
    };
}
pub(crate) use suite;
