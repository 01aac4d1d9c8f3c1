//! brolga-compiler
