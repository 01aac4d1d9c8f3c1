//! brolga-regex
