//! `_ctypes`: C's types, calls of C's functions, and Python functions that C can call.
//!
//! A type is a class with a metaclass ([`metaclass`]), which has found out its size, alignment and more ([`info`]) when the
//! class was made. An instance ([`data`]) has its data in the object itself or in malloc's memory, which both never move; or
//! it is part of another instance's data; or it is at an address that the program has named ([`memory`]). [`encode`] and
//! [`decode`] translate values, [`access`] reads and writes items and fields, [`keep`] keeps alive what data refers to.
//! [`call`] calls functions and [`callback`] makes them, both by [`ffi`].

mod access;
mod addresses;
mod array;
mod call;
mod callback;
mod classes;
mod code;
mod current;
mod data;
mod data_type;
mod decode;
mod encode;
mod errno;
mod ffi;
mod field;
mod function;
mod functions;
mod info;
mod keep;
mod library;
mod long_double;
mod memory;
mod metaclass;
mod param;
mod paramflags;
mod pointer;
mod python_api;
mod shape;
mod simple;
mod structure;
mod width;
mod words;

pub use addresses::trace_memory;
pub use callback::drop_thunk;
pub use data::{drop_data, trace_data};
pub use encode::drop_wide_text;
pub use field::trace_field;
pub use info::trace_info;
pub use param::trace_argument;

use brolga_runtime::PyResult;
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::types::module::PyModule;

/// A function that traces the fields of a struct, and nothing else: there are raw words beside them that a program has
/// chosen, which may look like anything.
macro_rules! traced {
    ($function:ident, $object:ident: $($field:ident),* $(,)?) => {
        /// # Safety
        /// A live cell of this layout.
        pub unsafe fn $function(
            cell: std::ptr::NonNull<brolga_runtime::object::Header>,
            tracer: &mut brolga_heap::Tracer,
        ) {
            // SAFETY: by the contract.
            let this: brolga_runtime::object::Ref<$object> = unsafe { brolga_runtime::object::Ref::from_ptr(cell) };
            for field in [&this._attrs, $(&this.$field),*] {
                if let Some(value) = field.get() {
                    tracer.mark_value_word(value.bits());
                }
            }
        }
    };
}
use traced;

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add(vm, "_unpickle", functions::unpickle_function(vm)?)?;
    for class in [
        classes::structure(vm)?,
        classes::union(vm)?,
        classes::pointer(vm)?,
        classes::array(vm)?,
        classes::simple(vm)?,
        classes::function(vm)?,
        vm.native_type(&field::DEF)?,
        classes::ARGUMENT_ERROR.class(vm)?,
    ] {
        module.add_type(vm, class)?;
    }
    for (name, value) in [
        ("FUNCFLAG_CDECL", info::CDECL),
        ("FUNCFLAG_PYTHONAPI", info::PYTHON_API),
        ("FUNCFLAG_USE_ERRNO", info::USE_ERRNO),
        ("FUNCFLAG_USE_LASTERROR", info::USE_LAST_ERROR),
    ] {
        module.add_int(vm, name, i64::from(value))?;
    }
    module.add_int(vm, "RTLD_LOCAL", i64::from(libc::RTLD_LOCAL))?;
    module.add_int(vm, "RTLD_GLOBAL", i64::from(libc::RTLD_GLOBAL))?;
    module.add_int(vm, "CTYPES_MAX_ARGCOUNT", call::MAX_ARGUMENTS as i64)?;
    module.add_int(vm, "SIZEOF_TIME_T", size_of::<libc::time_t>() as i64)?;
    for (name, address) in addresses::all() {
        module.add(vm, name, int::new_u64(vm, address as u64)?)?;
    }
    module.add_str(vm, "__version__", "1.1.0")
}

pub static MODULE: ModuleDef = ModuleDef::new("_ctypes", functions::FUNCTIONS, init)
    .doc("Create and manipulate C compatible data types in Python.");
