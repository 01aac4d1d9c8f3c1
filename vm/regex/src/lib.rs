//! The regular expression engine of Brolga: runs the code arrays of CPython 3.14's `re._compiler`.
//!
//! It knows nothing of the runtime. A [`Program`] is a validated and translated code array; a [`Matcher`] is the reusable
//! state that runs programs on subjects, slices of `u8` (bytes and Latin-1), `u16` or `u32`.
//!
//! How `_sre` walks a subject (`finditer`, `findall`, `sub`, `split`, `Scanner`): keep `start` and `must_advance`, at first the
//! position and `false`. After a match, `must_advance = matcher.end() == matcher.start()` and `start = matcher.end()`; a run
//! that gives `false` ends the walk. So an empty match is followed by a non-empty one at the same place, or by one further on.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::allow_attributes_without_reason,
        reason = "tests"
    )
)]

mod charset;
mod codes;
mod exec;
mod first;
mod matcher;
mod program;
mod props;
mod scan;
mod subject;
mod translate;

pub use codes::{CODESIZE, MAGIC, MAXGROUPS, MAXREPEAT};
pub use exec::Error;
pub use matcher::{Matcher, Mode};
pub use program::{InvalidCode, Program, validate};
pub use props::{Latin1, Props};
pub use subject::{Char, Needle};
