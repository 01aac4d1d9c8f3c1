//! Names of statements in messages.
