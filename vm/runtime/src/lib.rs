//! brolga-runtime
