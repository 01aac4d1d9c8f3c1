//! `mmap`: files, or nothing, as memory.

mod access;
mod object;

use brolga_runtime::PyResult;
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;

pub use object::drop_map;

/// Linux's, which all its architectures share but the last one.
static CONSTANTS: &[(&str, i64)] = &[
    ("ACCESS_DEFAULT", 0),
    ("ACCESS_READ", 1),
    ("ACCESS_WRITE", 2),
    ("ACCESS_COPY", 3),
    ("MADV_DODUMP", 17),
    ("MADV_DOFORK", 11),
    ("MADV_DONTDUMP", 16),
    ("MADV_DONTFORK", 10),
    ("MADV_DONTNEED", 4),
    ("MADV_FREE", 8),
    ("MADV_HUGEPAGE", 14),
    ("MADV_HWPOISON", 100),
    ("MADV_MERGEABLE", 12),
    ("MADV_NOHUGEPAGE", 15),
    ("MADV_NORMAL", 0),
    ("MADV_RANDOM", 1),
    ("MADV_REMOVE", 9),
    ("MADV_SEQUENTIAL", 2),
    ("MADV_UNMERGEABLE", 13),
    ("MADV_WILLNEED", 3),
    ("MAP_ANON", 32),
    ("MAP_ANONYMOUS", 32),
    ("MAP_DENYWRITE", 2048),
    ("MAP_EXECUTABLE", 4096),
    ("MAP_NORESERVE", 16384),
    ("MAP_POPULATE", 32768),
    ("MAP_PRIVATE", 2),
    ("MAP_SHARED", 1),
    ("MAP_STACK", 131_072),
    ("PROT_EXEC", 4),
    ("PROT_READ", 1),
    ("PROT_WRITE", 2),
    #[cfg(target_arch = "x86_64")]
    ("MAP_32BIT", 64),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for (name, value) in CONSTANTS {
        module.add_int(vm, name, *value)?;
    }
    // SAFETY: no memory is involved.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    module.add_int(vm, "PAGESIZE", page)?;
    module.add_int(vm, "ALLOCATIONGRANULARITY", page)?;
    module.add(vm, "error", vm.types.os_error)?;
    module.add_type(vm, vm.native_type(&object::DEF)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("mmap", &[], init);
