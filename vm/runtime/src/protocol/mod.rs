//! What can be done with any object, whatever its type: the abstract protocols, each by its special methods. Fast
//! paths for exact builtin types come first; they give what the type's own methods give.

pub mod buffer;
pub mod compare;
pub mod convert;
pub mod exact;
pub mod item;
pub mod iter;
pub mod keys;
pub mod number;

pub mod text;
