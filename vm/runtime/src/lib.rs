//! x
pub mod attributes; pub mod call; pub mod error; pub mod frame; pub mod interp; pub mod module_def; pub mod object; pub mod protocol; pub mod state; pub mod types; pub mod value;
pub use error::{PyResult, Raised};
pub mod gil;
pub mod import;
pub mod marshal;
