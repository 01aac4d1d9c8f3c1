//! Class creation: `type.__new__`, slots, and changes of bases.

use brolga_heap::flags::HAS_ATTRS;

use super::{HEAP_INHERITED_FLAGS, PyType, mro};
use crate::PyResult;
use crate::object::def::type_flags;
use crate::object::layout::INSTANCE;
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::state::shapes::ShapeKind;
use crate::types::array::ValueVec;
use crate::types::cell::PyCell;
use crate::types::dict::PyDict;
use crate::types::function::PyFunction;
use crate::types::getset::PyGetSet;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::Value;

/// `type.__new__(metaclass, name, bases, namespace, **kwargs)`.
pub fn type_new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(meta) = args.get(0).downcast::<PyType>() else {
        return Err(vm.type_error("type.__new__(X): X is not a type object"));
    };
    if args.rest.len() != 3 {
        if meta == vm.types.type_ && args.rest.len() == 1 && args.kw.is_empty() {
            return Ok(vm.type_of(args.rest[0]).value());
        }
        return Err(vm.type_error("type() takes 1 or 3 arguments"));
    }
    let (name, bases, namespace) = (args.rest[0], args.rest[1], args.rest[2]);
    let Some(name) = name.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("type.__new__() argument 1 must be str, not {}", vm.type_name(name))));
    };
    let Some(bases) = bases.downcast::<PyTuple>() else {
        return Err(vm.type_error(format!("type.__new__() argument 2 must be tuple, not {}", vm.type_name(bases))));
    };
    let Some(namespace) = namespace.downcast::<PyDict>() else {
        return Err(vm.type_error(format!("type.__new__() argument 3 must be dict, not {}", vm.type_name(namespace))));
    };
    if name.chars().any(|c| c == 0) {
        return Err(vm.value_error("type name must not contain null characters"));
    }
    encodable(vm, name)?;
    if let Some(doc) = namespace.get_str(vm, vm.names.__doc__).and_then(Value::downcast::<PyStr>) {
        encodable(vm, doc)?;
    }
    let winner = metaclass_of(vm, meta, bases)?;
    if winner != meta
        && let Some(new) = winner.special(Special::New)
        && !vm.types.type_.special(Special::New).is_some_and(|n| n.same_bits(new))
    {
        let new = vm.descriptor_get(new, None, winner.value())?.unwrap_or(new);
        let all = ValueVec::from_slice(vm, &[winner.value(), name.value(), bases.value(), namespace.value()])?;
        let names = ValueVec::new();
        for (k, v) in args.kw.iter() {
            names.push(vm, k)?;
            all.push(vm, v)?;
        }
        let names = vm.new_tuple(names.as_slice())?;
        return vm.call_kw(new, all.as_slice(), Some(names));
    }
    let class = make_class(vm, winner, name, bases, namespace)?;
    set_names(vm, class)?;
    if namespace_has_other_keys(namespace) {
        let message = format!("non-string key in the __dict__ of class {}", name.to_lossy());
        vm.warn(vm.types.runtime_warning, &message, 1)?;
    }
    init_subclass(vm, class, args)?;
    Ok(class.value())
}

fn namespace_has_other_keys(namespace: Ref<PyDict>) -> bool {
    let mut position = 0;
    while let Some((key, _)) = namespace.next_item(&mut position) {
        if key.downcast::<PyStr>().is_none() {
            return true;
        }
    }
    false
}

/// Key of the list of classes whose metaclass gave the MRO.
pub(super) static ODD_MRO: [u8; 9] = [0; 9];

/// UnicodeEncodeError for a lone surrogate.
pub(super) fn encodable(vm: &Vm, text: Ref<PyStr>) -> PyResult<()> {
    if text.as_ascii().is_none() {
        crate::codecs::encode(vm, text, None, None)?;
    }
    Ok(())
}

/// The most derived metaclass of `meta` and the bases' own.
pub fn metaclass_of(vm: &Vm, meta: Ref<PyType>, bases: Ref<PyTuple>) -> PyResult<Ref<PyType>> {
    let mut winner = meta;
    for base in bases.as_slice() {
        let theirs = vm.type_of(*base);
        if winner.is_subtype(theirs) {
            continue;
        }
        if theirs.is_subtype(winner) {
            winner = theirs;
            continue;
        }
        return Err(vm.type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner)
}

/// The base that gives the layout.
fn best_base(vm: &Vm, bases: &[Value]) -> PyResult<Ref<PyType>> {
    let mut best: Option<Ref<PyType>> = None;
    for base in bases {
        let Some(base) = base.downcast::<PyType>() else {
            if vm.type_of(*base).name() == "NoneType" {
                return Err(vm.type_error("bases must be types"));
            }
            return Err(vm.type_error("bases must be types"));
        };
        if base.mro_tuple().is_none() {
            return Err(vm.type_error(format!("Cannot extend an incomplete type '{}'", base.tp_name())));
        }
        if !base.has_flag(type_flags::BASETYPE) {
            return Err(vm.type_error(format!("type '{}' is not an acceptable base type", vm.type_full_name(base))));
        }
        best = Some(match best {
            None => base,
            Some(best) => {
                let (a, b) = (solid(best), solid(base));
                if a.is_subtype(b) {
                    best
                } else if b.is_subtype(a) {
                    base
                } else {
                    return Err(vm.type_error("multiple bases have instance lay-out conflict"));
                }
            }
        });
    }
    Ok(best.unwrap_or(vm.types.object))
}

/// The nearest class in the chain of bases that adds to the layout.
fn solid(class: Ref<PyType>) -> Ref<PyType> {
    let mut t = class;
    loop {
        match t.base() {
            Some(base) if t.is_heap_type() && !has_own_slots(t) => t = base,
            // A native class that adds nothing to the memory of its base's instances, as most exceptions.
            Some(base) if !t.is_heap_type() && t.layout() == base.layout() && same_fields(t, base) => t = base,
            _ => return t,
        }
    }
}

/// Have instances of both native classes the same fields behind the struct (exceptions)?
fn same_fields(a: Ref<PyType>, b: Ref<PyType>) -> bool {
    let extra = |t: Ref<PyType>| t.native_def().map_or(0, |d| d.flags >> crate::types::exception::defs::EXTRA_SHIFT);
    extra(a) == extra(b)
}

fn has_own_slots(class: Ref<PyType>) -> bool {
    class.dict().is_some_and(|d| {
        let mut position = 0;
        while let Some((_, v)) = d.next_item(&mut position) {
            if v.downcast::<PyGetSet>().is_some_and(|g| g.slot_key().is_some()) {
                return true;
            }
        }
        false
    })
}

/// The slots that a class adds to those of its base, by key.
fn own_slots(class: Ref<PyType>) -> Vec<usize> {
    let Some(dict) = class.dict() else { return Vec::new() };
    let mut keys = Vec::new();
    let mut position = 0;
    while let Some((_, v)) = dict.next_item(&mut position) {
        if let Some(key) = v.downcast::<PyGetSet>().and_then(|g| g.slot_key()) {
            keys.push(key.addr());
        }
    }
    keys.sort_unstable();
    keys
}

/// Do the classes' instances have the same slots, by the rule for `__class__` assignment? Up to classes that add some,
/// both must have come to the same one, or to two that add the same to one base.
pub fn same_slots(_: &Vm, a: Ref<PyType>, b: Ref<PyType>) -> bool {
    let adding = |mut class: Ref<PyType>| -> Ref<PyType> {
        while own_slots(class).is_empty()
            && let Some(base) = class.base.get().and_then(Value::downcast::<PyType>)
        {
            class = base;
        }
        class
    };
    let (a, b) = (adding(a), adding(b));
    let base = |class: Ref<PyType>| class.base.get().and_then(Value::downcast::<PyType>);
    a == b || base(a).zip(base(b)).is_some_and(|(x, y)| adding(x) == adding(y)) && own_slots(a) == own_slots(b)
}

fn make_class(
    vm: &Vm,
    meta: Ref<PyType>,
    name: Ref<PyStr>,
    bases: Ref<PyTuple>,
    namespace: Ref<PyDict>,
) -> PyResult<Ref<PyType>> {
    let bases = if bases.is_empty() { vm.new_tuple(&[vm.types.object.value()])? } else { bases };
    let base = best_base(vm, bases.as_slice())?;
    let dict = namespace.copy(vm)?;

    let class: Ref<PyType> = vm.alloc(meta.root_shape())?;
    if meta.is_heap_type() {
        class.obj().header().add_flags(HAS_ATTRS);
    }
    class.name.set(class, name.value());
    class.bases.set(class, bases.value());
    class.base.set(class, base.value());
    class.dict.set(class, dict.value());
    class.native.set(base.native.get());
    class.layout.set(base.layout.get());

    let qualname = match dict.remove_str(vm, vm.names.__qualname__) {
        Some(q) if q.downcast::<PyStr>().is_some() => q,
        Some(q) => {
            return Err(vm.type_error(format!("type __qualname__ must be a str, not {}", vm.type_name(q))));
        }
        None => name.value(),
    };
    class.qualname.set(class, qualname);
    if dict.get_str(vm, vm.names.__module__).is_none()
        && let Some(module) = vm.current_module_name()
    {
        dict.set_str(vm, vm.names.__module__, module)?;
    }
    for (special, static_) in [(Special::New, true), (Special::InitSubclass, false), (Special::ClassGetItem, false)] {
        let key = vm.special_name(special);
        if let Some(f) = dict.get_str(vm, key).filter(|f| f.downcast::<PyFunction>().is_some()) {
            let wrapped = if static_ {
                crate::types::staticmethod::PyStaticMethod::new(vm, f)?.value()
            } else {
                crate::types::classmethod::PyClassMethod::new(vm, f)?.value()
            };
            dict.set_str(vm, key, wrapped)?;
        }
    }
    if dict.get_str(vm, vm.special_name(Special::Eq)).is_some()
        && dict.get_str(vm, vm.special_name(Special::Hash)).is_none()
    {
        dict.set_str(vm, vm.special_name(Special::Hash), Value::NONE)?;
    }

    // Whether its instances match as sequences or as mappings comes from the first of the bases that says it.
    let inherited = HEAP_INHERITED_FLAGS & !(type_flags::SEQUENCE | type_flags::MAPPING);
    let mut flags = base.flags.get() & inherited | type_flags::HEAP_TYPE | type_flags::BASETYPE;
    for b in bases.as_slice() {
        if let Some(b) = b.downcast::<PyType>() {
            flags |= b.flags.get() & (type_flags::HAS_DICT | type_flags::WEAKREFABLE | type_flags::IS_TYPE);
            if flags & (type_flags::SEQUENCE | type_flags::MAPPING) == 0 {
                flags |= b.flags.get() & (type_flags::SEQUENCE | type_flags::MAPPING);
            }
        }
    }
    let inherited_dict = flags & type_flags::HAS_DICT != 0;
    let inherited_weak = flags & type_flags::WEAKREFABLE != 0;
    // The namespace's cells: `__class__` for `super()`, `__classdict__` for annotation scopes.
    if let Some(cell) = dict.remove_str(vm, vm.names.__classcell__) {
        match cell.downcast::<PyCell>() {
            Some(cell) => cell.set(Some(class.value())),
            None => {
                return Err(vm.type_error(format!(
                    "__classcell__ must be a nonlocal cell, not <class '{}'>",
                    vm.type_name(cell)
                )));
            }
        }
    }
    if let Some(cell) = dict.remove_str(vm, vm.names.__classdictcell__)
        && let Some(cell) = cell.downcast::<PyCell>()
    {
        cell.set(Some(dict.value()));
    }

    let slots = dict.get_str(vm, vm.names.__slots__);
    let mut slot_count = 0;
    match slots {
        None => flags |= type_flags::HAS_DICT | type_flags::WEAKREFABLE,
        Some(slots) => slot_count = add_slots(vm, class, base, name, dict, slots, &mut flags)?,
    }
    if dict.get_str(vm, vm.names.__doc__).is_none() {
        dict.set_str(vm, vm.names.__doc__, Value::NONE)?;
    }
    class.flags.set(flags);
    if flags & type_flags::HAS_DICT != 0 && !inherited_dict && flags & type_flags::IS_TYPE == 0 {
        let descriptor = PyGetSet::new(vm, &DICT_DESCRIPTOR, class)?;
        if dict.get_str(vm, vm.names.__dict__).is_none() {
            dict.set_str(vm, vm.names.__dict__, descriptor.value())?;
        }
    }
    if flags & type_flags::WEAKREFABLE != 0 && !inherited_weak {
        let descriptor = PyGetSet::new(vm, &WEAKREF_DESCRIPTOR, class)?;
        let key = vm.intern("__weakref__")?;
        if dict.get_str(vm, key).is_none() {
            dict.set_str(vm, key, descriptor.value())?;
        }
    }

    // Slots in place: what methods assign to `self`, by the compiler's own count.
    let mut inline = base.inline.get() as usize + slot_count;
    if class.layout.get() == INSTANCE {
        let assigned = dict
            .get_str(vm, vm.names.__static_attributes__)
            .and_then(Value::downcast::<PyTuple>)
            .map_or(0, |t| t.len());
        inline += assigned;
    } else {
        inline = 0;
    }
    class.inline.set(inline.min(64) as u16);
    let shape = vm.shapes.add_root(vm, class, ShapeKind::Slots, class.inline.get())?;
    class.root_shape.set(shape.id);

    set_mro(vm, class, meta)?;
    if bases.len() == 1 && base.is_heap_type()
        || bases.len() == 1 && class.mro_tuple().is_some_and(|m| m.len() == base.mro_tuple().map_or(0, |b| b.len()) + 1)
    {
        class.inherit_specials(base);
    } else {
        class.find_all_specials(vm);
    }
    for b in bases.as_slice() {
        if let Some(b) = b.downcast::<PyType>() {
            b.add_subclass(vm, class)?;
        }
    }
    Ok(class)
}

/// The MRO, by the metaclass's `mro()` where it has its own.
pub fn set_mro(vm: &Vm, class: Ref<PyType>, meta: Ref<PyType>) -> PyResult<()> {
    let own = meta.lookup(vm, vm.names.mro);
    let theirs = vm.types.type_.lookup(vm, vm.names.mro);
    let linear = match (own, theirs) {
        (Some(own), Some(theirs)) if !own.same_bits(theirs) => {
            let found = vm.call_method_name(class.value(), vm.names.mro, &[])?;
            let tuple = vm.tuple_from(found)?;
            for t in tuple.as_slice() {
                if t.downcast::<PyType>().is_none() {
                    return Err(vm.type_error(format!("mro() returned a non-class ('{}')", vm.type_name(*t))));
                }
            }
            let odd = match vm.kept(&ODD_MRO).and_then(Value::downcast::<PyList>) {
                Some(odd) => odd,
                None => {
                    let odd = vm.new_list(&[])?;
                    vm.keep(&ODD_MRO, odd.value());
                    odd
                }
            };
            odd.push(vm, class.value())?;
            tuple
        }
        _ => mro::linearise(vm, class)?,
    };
    class.mro.set(class, linear.value());
    Ok(())
}

fn add_slots(
    vm: &Vm,
    class: Ref<PyType>,
    base: Ref<PyType>,
    class_name: Ref<PyStr>,
    dict: Ref<PyDict>,
    slots: Value,
    flags: &mut u32,
) -> PyResult<usize> {
    let names =
        if slots.downcast::<PyStr>().is_some() { ValueVec::from_slice(vm, &[slots])? } else { vm.collect(slots)? };
    let t = &vm.types;
    if !names.is_empty()
        && let Some(sized) = [t.int, t.tuple, t.bytes].into_iter().find(|s| base.is_subtype(*s))
    {
        let _ = sized;
        let name = base.tp_name();
        return Err(vm.type_error(format!("nonempty __slots__ not supported for subtype of '{name}'")));
    }
    let (mut dict_asked, mut weak_asked) = (false, false);
    let mut count = 0;
    for i in 0..names.len() {
        let Some(name) = names.get(i).and_then(Value::downcast::<PyStr>) else {
            let got = names.get(i).map(|v| vm.type_name(v)).unwrap_or_default();
            return Err(vm.type_error(format!("__slots__ items must be strings, not '{got}'")));
        };
        let text = name.to_lossy();
        if !is_identifier(&text) {
            return Err(vm.type_error("__slots__ must be identifiers"));
        }
        match text.as_str() {
            "__dict__" => {
                if base.has_flag(type_flags::HAS_DICT) || std::mem::replace(&mut dict_asked, true) {
                    return Err(vm.type_error("__dict__ slot disallowed: we already got one"));
                }
                *flags |= type_flags::HAS_DICT;
                continue;
            }
            "__weakref__" => {
                if base.has_flag(type_flags::WEAKREFABLE) || std::mem::replace(&mut weak_asked, true) {
                    return Err(vm.type_error("__weakref__ slot disallowed: we already got one"));
                }
                *flags |= type_flags::WEAKREFABLE;
                continue;
            }
            _ => {}
        }
        let mangled = mangle(&class_name.to_lossy(), &text);
        let mangled = vm.intern(&mangled)?;
        if dict.get_str(vm, mangled).is_some() {
            return Err(vm.value_error(format!("'{text}' in __slots__ conflicts with class variable")));
        }
        // Under this key instances keep the value: no identifier, and the same for classes with the same slots.
        let key = vm.intern(&format!("\u{1}{}", mangled.to_lossy()))?;
        let descriptor = PyGetSet::new_slot(vm, mangled, key, class)?;
        dict.set_str(vm, mangled, descriptor.value())?;
        count += 1;
    }
    Ok(count)
}

/// Is this the key of a slot of `__slots__`, which `__dict__` does not show?
pub fn is_slot_key(name: Ref<PyStr>) -> bool {
    name.char_at(0) == 1
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || brolga_text::unicode::is_xid_start(c as u32))
        && chars.all(|c| brolga_text::unicode::is_xid_continue(c as u32))
}

/// Private names: `__x` in class `C` is `_C__x`.
pub fn mangle(class: &str, name: &str) -> String {
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name.to_owned();
    }
    let class = class.trim_start_matches('_');
    if class.is_empty() { name.to_owned() } else { format!("_{class}{name}") }
}

/// Calls `__set_name__` of the attributes that have one.
fn set_names(vm: &Vm, class: Ref<PyType>) -> PyResult<()> {
    let Some(dict) = class.dict() else { return Ok(()) };
    let items = dict.copy(vm)?;
    let mut position = 0;
    while let Some((name, value)) = items.next_item(&mut position) {
        if vm.type_of(value).special(Special::SetName).is_none() {
            continue;
        }
        if let Err(raised) = vm.call_special(value, Special::SetName, &[class.value(), name]) {
            let note = format!(
                "Error calling __set_name__ on '{}' instance '{}' in '{}'",
                vm.type_name(value),
                vm.to_lossy(name),
                class.tp_name()
            );
            let e = vm.take_raised(raised);
            let note = vm.new_str(&note)?;
            vm.call_method(e.value(), "add_note", &[note.value()])?;
            return Err(vm.reraise(e));
        }
    }
    Ok(())
}

/// `super(class, class).__init_subclass__(**kwargs)`.
fn init_subclass(vm: &Vm, class: Ref<PyType>, args: &Args<'_>) -> PyResult<()> {
    if !class.mro().any(|t| t == class) {
        // By a `mro()` of the metaclass's own.
        let name = class.tp_name();
        return Err(vm.type_error(format!(
            "super(type, obj): obj (type {name}) is not an instance or subtype of type ({name})."
        )));
    }
    let name = vm.special_name(Special::InitSubclass);
    let found = class.mro().skip(1).find_map(|t| t.dict()?.get_str(vm, name));
    let Some(found) = found else { return Ok(()) };
    let bound = vm.descriptor_get(found, Some(class.value()), class.value())?;
    let bound = match found.downcast::<crate::types::native_function::PyNativeFunction>() {
        // A native class method binds to the class.
        Some(f) => crate::types::native_function::PyNativeFunction::bind(vm, f, class.value())?,
        None => match vm.descriptor_get(found, None, class.value())? {
            Some(b) => b,
            None => bound.unwrap_or(found),
        },
    };
    let values = ValueVec::new();
    let names = ValueVec::new();
    for (k, v) in args.kw.iter() {
        names.push(vm, k)?;
        values.push(vm, v)?;
    }
    let names = if names.is_empty() { None } else { Some(vm.new_tuple(names.as_slice())?) };
    vm.call_kw(bound, values.as_slice(), names)?;
    Ok(())
}

static DICT_DESCRIPTOR: crate::object::GetSetDef =
    crate::getset!("__dict__", crate::types::object::get_dict, crate::types::object::set_dict);
static WEAKREF_DESCRIPTOR: crate::object::GetSetDef =
    crate::getset!("__weakref__", crate::types::weakref::first_weakref);

/// `class.__bases__ = bases`.
pub fn set_bases(vm: &Vm, class: Ref<PyType>, bases: Value) -> PyResult<()> {
    let Some(bases) = bases.downcast::<PyTuple>() else {
        return Err(vm.type_error(format!(
            "can only assign tuple to {}.__bases__, not {}",
            class.tp_name(),
            vm.type_name(bases)
        )));
    };
    if bases.is_empty() {
        return Err(vm.type_error(format!("can only assign non-empty tuple to {}.__bases__, not ()", class.tp_name())));
    }
    for b in bases.as_slice() {
        match b.downcast::<PyType>() {
            // By the order of resolution and, while `mro()` is asked and has not answered, by the bases.
            Some(b) if b.is_subtype(class) || has_base(b, class) => {
                return Err(vm.type_error("a __bases__ item causes an inheritance cycle"));
            }
            Some(_) => {}
            None => {
                return Err(vm.type_error(format!(
                    "{}.__bases__ must be tuple of classes, not '{}'",
                    class.tp_name(),
                    vm.type_name(*b)
                )));
            }
        }
    }
    let base = best_base(vm, bases.as_slice())?;
    if base.layout() != class.layout() {
        return Err(vm.type_error(format!(
            "__bases__ assignment: '{}' object layout differs from '{}'",
            base.tp_name(),
            class.base().map(|b| b.tp_name()).unwrap_or_default()
        )));
    }
    let (old_bases, old_base) = (class.bases.get(), class.base.get());
    let changed = ValueVec::new();
    class.bases.set(class, bases.value());
    class.base.set(class, base.value());
    if let Err(raised) = set_mro_of_tree(vm, class, &changed) {
        // `mro()` may have set the bases itself: then they stay.
        if class.bases.get().is_some_and(|b| b.same_bits(bases.value())) {
            class.bases.set(class, old_bases);
            class.base.set(class, old_base);
            for pair in changed.as_slice().chunks(2) {
                if let [t, mro] = pair
                    && let Some(t) = t.downcast::<PyType>()
                {
                    t.mro.set(t, Some(*mro).filter(|m| !m.is_none()));
                }
            }
        }
        return Err(raised);
    }
    // `mro()` may have set other bases; whoever did that has done the rest.
    if !class.bases.get().is_some_and(|b| b.same_bits(bases.value())) {
        return Ok(());
    }
    if let Some(old) = old_bases.and_then(Value::downcast::<PyTuple>) {
        for b in old.as_slice() {
            if let Some(b) = b.downcast::<PyType>() {
                b.remove_subclass(class);
            }
        }
    }
    for b in bases.as_slice() {
        if let Some(b) = b.downcast::<PyType>() {
            b.add_subclass(vm, class)?;
        }
    }
    vm.descriptors_changed();
    class.modified(vm, None);
    Ok(())
}

/// Does `class`'s chain of first bases lead to `base`?
fn has_base(class: Ref<PyType>, base: Ref<PyType>) -> bool {
    let mut at = Some(class);
    while let Some(t) = at {
        if t == base {
            return true;
        }
        at = t.base();
    }
    false
}

/// `changed` gets each class and its previous order.
fn set_mro_of_tree(vm: &Vm, class: Ref<PyType>, changed: &ValueVec) -> PyResult<()> {
    vm.check_native_stack(" while setting the bases of a class")?;
    let old = class.mro.get_or_none();
    set_mro(vm, class, vm.type_of(class.value()))?;
    changed.push(vm, class.value())?;
    changed.push(vm, old)?;
    let subclasses = ValueVec::new();
    let mut failed = None;
    class.each_subclass(|t| {
        if failed.is_none() {
            failed = subclasses.push(vm, t.value()).err();
        }
    });
    if let Some(raised) = failed {
        return Err(raised);
    }
    for t in subclasses.as_slice() {
        if let Some(t) = t.downcast::<PyType>() {
            set_mro_of_tree(vm, t, changed)?;
        }
    }
    Ok(())
}
