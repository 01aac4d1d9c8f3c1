//! The qualified name of `__annotate__` functions. The code generator names them after their function (`f.__annotate__`);
//! CPython's code objects have them beside it (`__annotate__`, `A.__annotate__`, `f.<locals>.__annotate__`).

use brolga_bytecode::constants::flags;
use rustpython_compiler_core::bytecode::{CodeFlags, CodeObject};

/// An enclosing code object, as far as names inside it care.
pub(crate) struct Scope {
    qualname: String,
    is_function: bool,
    /// Type parameter and annotation scopes do not show in the names inside them.
    transparent: bool,
}

impl Scope {
    pub(crate) fn of(code: &CodeObject, qualname: String) -> Scope {
        let name = code.obj_name.as_str();
        Scope {
            qualname,
            is_function: code.flags.contains(CodeFlags::OPTIMIZED),
            transparent: name == "__annotate__" || name.starts_with("<generic parameters of "),
        }
    }
}

/// The qualified name of the code object inside `scopes` (outermost first).
pub(crate) fn qualname(code: &CodeObject, scopes: &[Scope]) -> String {
    const _: () = assert!(CodeFlags::OPTIMIZED.bits() == flags::OPTIMIZED);
    let name = code.obj_name.as_str();
    if name != "__annotate__" {
        return code.qualname.clone();
    }
    let mut parents = scopes.iter().rev();
    let mut depth = scopes.len();
    let mut parent = parents.next();
    if parent.is_some_and(|p| p.transparent) {
        parent = parents.next();
        depth -= 1;
    }
    match parent {
        // Directly in the module.
        Some(scope) if depth > 1 => {
            let dot = if scope.is_function { ".<locals>." } else { "." };
            format!("{}{dot}{name}", scope.qualname)
        }
        _ => name.to_owned(),
    }
}
