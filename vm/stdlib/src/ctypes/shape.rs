//! What a C type looks like to the calling convention: a scalar, or the scalars that a structure is made of.

use brolga_runtime::PyResult;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;

use super::code::{Code, Kind as CodeKind, LONG_DOUBLE};
use super::field::CField;
use super::info::{self, FINAL, Kind, TypeInfo};

#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Scalar {
    Int(u8, bool),
    Float,
    Double,
    LongDouble,
    FloatComplex,
    DoubleComplex,
    LongDoubleComplex,
    Pointer,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Shape {
    Void,
    Scalar(Scalar),
    /// By value: how long, how aligned, and scalars that lie in it one behind the other, each where its alignment puts it.
    Structure {
        size: usize,
        align: usize,
        parts: Vec<Scalar>,
    },
}

/// What a function without a result type gives, and an int without a parameter type is passed as.
pub const C_INT: Shape = Shape::Scalar(Scalar::Int(4, true));
pub const POINTER: Shape = Shape::Scalar(Scalar::Pointer);

/// Beyond this size no convention looks at the parts of a structure.
const LARGE: usize = 64;

impl Scalar {
    fn of(code: Code) -> Scalar {
        match code.kind() {
            CodeKind::Int(size, signed) => Scalar::Int(size as u8, signed),
            CodeKind::Bool => Scalar::Int(1, false),
            CodeKind::VariantBool => Scalar::Int(2, true),
            CodeKind::Char => Scalar::Int(1, true),
            CodeKind::WideChar => Scalar::Int(4, true),
            CodeKind::Float => Scalar::Float,
            CodeKind::Double => Scalar::Double,
            CodeKind::LongDouble => Scalar::LongDouble,
            CodeKind::FloatComplex => Scalar::FloatComplex,
            CodeKind::DoubleComplex => Scalar::DoubleComplex,
            CodeKind::LongDoubleComplex => Scalar::LongDoubleComplex,
            _ => Scalar::Pointer,
        }
    }

    fn size(self) -> usize {
        match self {
            Scalar::Int(size, _) => size as usize,
            Scalar::Float => 4,
            Scalar::Double | Scalar::FloatComplex | Scalar::Pointer => 8,
            Scalar::LongDouble => LONG_DOUBLE,
            Scalar::DoubleComplex => 16,
            Scalar::LongDoubleComplex => 2 * LONG_DOUBLE,
        }
    }

    fn align(self) -> usize {
        match self {
            Scalar::FloatComplex => 4,
            Scalar::DoubleComplex => 8,
            Scalar::LongDoubleComplex => LONG_DOUBLE,
            _ => self.size(),
        }
    }

    fn is_float(self) -> bool {
        !matches!(self, Scalar::Int(..) | Scalar::Pointer)
    }
}

impl Shape {
    pub fn size(&self) -> usize {
        match self {
            Shape::Void => 0,
            Shape::Scalar(scalar) => scalar.size(),
            Shape::Structure { size, .. } => *size,
        }
    }

    pub fn is_int(&self) -> bool {
        matches!(self, Shape::Scalar(Scalar::Int(..)))
    }
}

/// How values of a type are passed and given. Arrays are, as pointers.
pub fn of(vm: &Vm, class: Ref<PyType>, info: Ref<TypeInfo>) -> PyResult<Shape> {
    Ok(match info.kind() {
        Kind::Simple => info.code().map_or(POINTER, |code| Shape::Scalar(Scalar::of(code))),
        Kind::Array | Kind::Pointer | Kind::Function => POINTER,
        Kind::Structure | Kind::Union => {
            info.add_flag(FINAL);
            let (size, align) = (info.size.get(), info.align.get().max(1));
            if size > LARGE {
                return Ok(Shape::Structure { size, align, parts: vec![Scalar::Int(1, false)] });
            }
            let mut places = Places::default();
            places.add(vm, class, info, 0)?;
            Shape::Structure { size, align, parts: places.parts(size) }
        }
    })
}

/// How an argument of a simple type is passed.
pub fn of_code(code: Code) -> Shape {
    Shape::Scalar(Scalar::of(code))
}

/// The scalars in a structure of at most [`LARGE`] bytes, and where they are. Each place and kind stands here once: there
/// are not many, whatever unions and bit fields a program has defined.
#[derive(Default)]
struct Places(Vec<(usize, Scalar)>);

impl Places {
    fn put(&mut self, offset: usize, scalar: Scalar) -> bool {
        let new = !self.0.contains(&(offset, scalar)) && offset < LARGE;
        if new {
            self.0.push((offset, scalar));
        }
        new
    }

    fn add(&mut self, vm: &Vm, class: Ref<PyType>, info: Ref<TypeInfo>, offset: usize) -> PyResult<()> {
        vm.check_native_stack(" while looking at a structure")?;
        if info.size.get() == 0 {
            return Ok(());
        }
        match info.kind() {
            Kind::Simple => {
                self.put(offset, info.code().map_or(Scalar::Pointer, Scalar::of));
            }
            Kind::Pointer | Kind::Function => {
                self.put(offset, Scalar::Pointer);
            }
            Kind::Array => {
                let Some(item_class) = info.proto_class() else { return Ok(()) };
                let Some(item) = info::of_class(item_class).filter(|item| item.size.get() > 0) else { return Ok(()) };
                for i in 0..info.length.get().min(LARGE) {
                    self.add(vm, item_class, item, offset.saturating_add(i.saturating_mul(item.size.get())))?;
                }
            }
            Kind::Structure | Kind::Union => {
                if let Some(base) = class.base()
                    && let Some(base_info) = info::of_class(base)
                {
                    self.add(vm, base, base_info, offset)?;
                }
                let fields = info.fields.get().and_then(Value::downcast::<PyTuple>);
                for field in fields.iter().flat_map(|fields| fields.as_slice()) {
                    let Some(field) = field.downcast::<CField>() else { continue };
                    let Some(of) = field.class() else { continue };
                    let Some(of_info) = info::of_class(of) else { continue };
                    self.add(vm, of, of_info, offset.saturating_add(field.offset.get()))?;
                }
            }
        }
        Ok(())
    }

    /// They in order, if they lie where their alignment puts them; else others that take the same registers.
    fn parts(mut self, size: usize) -> Vec<Scalar> {
        self.0.sort_by_key(|(offset, _)| *offset);
        let mut end = 0usize;
        let in_order = self.0.iter().all(|(offset, scalar)| {
            let expected = end.next_multiple_of(scalar.align());
            end = offset + scalar.size();
            *offset == expected
        });
        if in_order && end <= size && !self.0.is_empty() {
            return self.0.into_iter().map(|(_, scalar)| scalar).collect();
        }
        self.equivalent(size)
    }

    /// Overlapping or packed fields: each eight bytes go as floats if nothing but floats is in them, else as ints.
    fn equivalent(&self, size: usize) -> Vec<Scalar> {
        let same = self.0.first().map(|(_, first)| *first).filter(|first| {
            first.is_float() && size.is_multiple_of(first.size()) && self.0.iter().all(|(_, s)| s == first)
        });
        if let Some(float) = same {
            return vec![float; size / float.size()];
        }
        let mut parts = Vec::new();
        let mut at = 0;
        while at < size {
            let len = (size - at).min(8);
            let mut inside =
                self.0.iter().filter(|(offset, s)| *offset < at + len && offset + s.size() > at).peekable();
            let by_float = cfg!(target_arch = "x86_64") && inside.peek().is_some() && inside.all(|(_, s)| s.is_float());
            match len {
                8 if by_float => parts.push(Scalar::Double),
                4 if by_float => parts.push(Scalar::Float),
                _ => {
                    let mut left = len;
                    for piece in [8, 4, 2, 1] {
                        while left >= piece {
                            parts.push(Scalar::Int(piece as u8, false));
                            left -= piece;
                        }
                    }
                }
            }
            at += len;
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(places: &[(usize, Scalar)], size: usize) -> Vec<Scalar> {
        let mut all = Places::default();
        for (offset, scalar) in places {
            all.put(*offset, *scalar);
        }
        all.parts(size)
    }

    #[test]
    fn in_their_places() {
        let int = Scalar::Int(4, true);
        assert_eq!(parts(&[(0, int), (8, Scalar::Double)], 16), [int, Scalar::Double]);
    }

    #[test]
    fn unions() {
        let int = Scalar::Int(4, true);
        assert_eq!(parts(&[(0, int), (0, Scalar::Double)], 8), [Scalar::Int(8, false)]);
        assert_eq!(parts(&[(0, Scalar::Float), (0, Scalar::Float), (4, Scalar::Float)], 8), [Scalar::Float; 2]);
    }
}
