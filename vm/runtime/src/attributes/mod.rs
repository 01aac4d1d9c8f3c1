//! Attributes: where instances keep them ([`instance`]), how they are read ([`get`]) and written ([`set`]), and special
//! methods ([`special`]).

pub mod get;
pub mod instance;
pub mod set;
pub mod special;
