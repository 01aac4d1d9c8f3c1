//! `num-bigint` under the name of `malachite-bigint`: the compiler crates use only the interface that both share, and malachite is LGPL.
pub use num_bigint::*;
