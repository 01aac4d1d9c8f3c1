//! The methods of `str`, by subject: [`basic`] (the special methods), [`find`], [`split`], [`change`], [`test`],
//! [`translate`], [`format`], [`percent`], [`iter`].

mod basic;
mod change;
mod find;
pub mod format;
pub mod iter;
pub mod percent;
mod split;
mod test;
mod translate;

pub use super::ops::{concat, get_char, join_values, slice};
pub use basic::has_part;
pub(crate) use basic::{adjust_range, index_number, repeat_count, unpack_range};
pub(crate) use basic::{compare, get_item, repeat};
pub use find::has_affix;
pub use iter::{ITER_DEF, PyStrIter, advance};
pub(crate) use split::{is_iterable, most};

use crate::PyResult;
use crate::comparisons;
use crate::object::def::{TypeDef, type_flags};
use crate::object::layout::STR;
use crate::object::{Args, FromValue, Ref};
use crate::state::Vm;
use crate::types::str::PyStr;

/// The receiver of a method with a signature.
fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    Ref::from_value(vm, args.get(0))
}

pub static DEF: TypeDef = TypeDef {
    layout: Some(STR),
    flags: type_flags::BASETYPE | type_flags::MATCH_SELF,
    methods: &[
        basic::METHODS,
        comparisons!(basic::compare),
        find::METHODS,
        split::METHODS,
        change::METHODS,
        test::METHODS,
        translate::METHODS,
        format::METHODS,
        percent::METHODS,
    ],
    doc: Some(
        "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nCreate a new string object from \
         the given object. If encoding or\nerrors is specified, then the object must expose a data buffer\nthat will be \
         decoded using the given encoding and error handler.\nOtherwise, returns the result of object.__str__() (if \
         defined)\nor repr(object).\nencoding defaults to 'utf-8'.\nerrors defaults to 'strict'.",
    ),
    ..TypeDef::new("str")
};
