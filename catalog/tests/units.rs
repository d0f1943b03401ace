//! Amounts and instants are not numbers: what mixes them up does not compile.

#[test]
fn what_mixes_up_amounts_and_instants_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/mixed/*.rs");
}
