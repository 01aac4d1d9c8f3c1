//! The predicates: `isalpha` and its like.

use brolga_text::search::test;

use crate::method;
use crate::object::{MethodDef, Ref};
use crate::state::Vm;
use crate::types::str::PyStr;

macro_rules! predicates {
    ($($name:ident = $test:path),* $(,)?) => {$(
        fn $name(_: &Vm, this: Ref<PyStr>) -> bool {
            $test(this.view())
        }
    )*};
}

predicates! {
    isalpha = test::is_alpha,
    isalnum = test::is_alnum,
    isdecimal = test::is_decimal,
    isdigit = test::is_digit,
    isnumeric = test::is_numeric,
    isspace = test::is_space,
    isprintable = test::is_printable,
    islower = test::is_lower,
    isupper = test::is_upper,
    istitle = test::is_title,
    isidentifier = test::is_identifier,
}

fn isascii(_: &Vm, this: Ref<PyStr>) -> bool {
    this.is_ascii()
}

pub(super) const METHODS: &[MethodDef] = &[
    method!("isascii", 1, isascii),
    method!("islower", 1, islower),
    method!("isupper", 1, isupper),
    method!("istitle", 1, istitle),
    method!("isspace", 1, isspace),
    method!("isdecimal", 1, isdecimal),
    method!("isdigit", 1, isdigit),
    method!("isnumeric", 1, isnumeric),
    method!("isalpha", 1, isalpha),
    method!("isalnum", 1, isalnum),
    method!("isidentifier", 1, isidentifier),
    method!("isprintable", 1, isprintable),
];
