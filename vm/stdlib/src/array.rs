//! `array`: a name for the runtime's arrays of numbers.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::typed_array::{self, CODES};
use brolga_runtime::{PyResult, method};

const FUNCTIONS: &[MethodDef] = &[method!(
    "_array_reconstructor",
    "($module, arraytype, typecode, mformat_code, items, /)",
    typed_array::reconstruct
)
.doc("Internal. Used for pickling support.")];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    let class = vm.types.typed_array;
    module.add(vm, "ArrayType", class)?;
    module.add_type(vm, class)?;
    module.add_str(vm, "typecodes", &CODES.iter().map(|(letter, _)| *letter).collect::<String>())?;
    // As CPython does, so that `isinstance(array, MutableSequence)` holds.
    let abc = vm.import("collections.abc")?;
    let abc = vm.get_attr_str(abc, "MutableSequence")?;
    vm.call_method(abc, "register", &[class.value()])?;
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef::new("array", FUNCTIONS, init).doc(
    "This module defines an object type which can efficiently represent\nan array of basic values: characters, integers, \
     floating-point\nnumbers.  Arrays are sequence types and behave very much like lists,\nexcept that the type of objects \
     stored in them is constrained.\n",
);
