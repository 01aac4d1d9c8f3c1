//! Lexical errors.
