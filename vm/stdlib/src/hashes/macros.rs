//! Modules whose types have no constructor: functions make their objects.

/// `hash_module!("_md5", MD5, "md5"; md5 = Md5 of TYPE "md5" as "MD5Type";)`: a module with a function for each hash.
macro_rules! hash_module {
    ($module:literal; $($function:ident = $state:ident, $signature:literal, $def:ident $class:literal as $attribute:literal, $doc:literal;)*) => {
        use brolga_runtime::module_def::ModuleDef;
        use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
        use brolga_runtime::state::Vm;
        use brolga_runtime::types::module::PyModule;
        use brolga_runtime::{PyResult, getset, method};

        use super::state::State;
        use super::{Hash, block_size, copy, digest, digest_size, hexdigest, name, native, start, update};

        static METHODS: &[MethodDef] = &[
            method!("update", 2, update).doc("Update this hash object's state with the provided string."),
            method!("digest", 1, digest).doc("Return the digest value as a bytes object."),
            method!("hexdigest", 1, hexdigest).doc("Return the digest value as a string of hexadecimal digits."),
            method!("copy", 1, copy).doc("Return a copy of the hash object."),
        ];
        static GETSET: &[GetSetDef] =
            &[getset!("name", name), getset!("digest_size", digest_size), getset!("block_size", block_size)];

        $(
            static $def: TypeDef = TypeDef {
                module: $module,
                layout: Some(crate::layouts::HASH),
                flags: type_flags::DISALLOW_NEW,
                methods: &[METHODS],
                getset: GETSET,
                ..TypeDef::new($class)
            };

            fn $function(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Hash>> {
                start(vm, args, native(vm, &$def)?, State::$state(Default::default()), 0, 2)
            }
        )*

        static FUNCTIONS: &[MethodDef] = &[$(method!($signature, "($module, /, data=b'', *, usedforsecurity=True, string=None)", $function).doc($doc)),*];

        fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
            $(module.add(vm, $attribute, native(vm, &$def)?)?;)*
            // From so many bytes on CPython lets go of its lock.
            module.add_int(vm, "_GIL_MINSIZE", 2048)
        }

        pub static MODULE: ModuleDef = ModuleDef::new($module, FUNCTIONS, init);
    };
}
pub(super) use hash_module;
