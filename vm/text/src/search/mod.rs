//! Searching and cutting of flat text. Positions are in code points; what is cut comes as spans, nothing is copied.

pub mod case;
pub mod find;
pub mod replace;
pub mod split;
pub mod test;
pub mod two_way;
