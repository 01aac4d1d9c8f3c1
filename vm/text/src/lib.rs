//! brolga-text
