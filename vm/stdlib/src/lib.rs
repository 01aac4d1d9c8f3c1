//! brolga-stdlib
