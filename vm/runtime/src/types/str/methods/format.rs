//! `str.format`, `str.format_map`, `str.__format__`.

use brolga_text::format::apply::format_str;
use brolga_text::format::spec::{self, SpecError};
use brolga_text::format::template::{self, AutoNumber, Field, First, Pieces, Span, Step, TemplateError};

use super::receiver;
use crate::object::{Args, MethodDef, Ref};
use crate::state::Vm;
use crate::types::str::{PyStr, StrBuilder, ops};
use crate::value::Value;
use crate::{PyResult, Raised, method};

/// The exception for a spec that can't be used; `type_name` is that of the object being formatted.
pub fn spec_error(vm: &Vm, error: &SpecError, type_name: &str) -> Raised {
    match error {
        SpecError::NoMemory => vm.memory_error(),
        SpecError::CharRange => vm.overflow_error(error.message(type_name)),
        _ => vm.value_error(error.message(type_name)),
    }
}

/// `str.__format__`.
fn dunder_format(vm: &Vm, this: Ref<PyStr>, format_spec: Value) -> PyResult<Ref<PyStr>> {
    let format_spec = vm.expect_str(format_spec, "__format__() argument")?;
    if format_spec.is_empty() {
        return vm.str(this.value());
    }
    let parsed = spec::parse(format_spec.view(), u32::from(b's'), b'<');
    let mut out = StrBuilder::with_capacity(this.len());
    match parsed.and_then(|parsed| format_str(this.view(), &parsed, out.buf())) {
        Ok(()) => out.finish(vm),
        Err(error) => Err(spec_error(vm, &error, &vm.type_name(this.value()))),
    }
}

/// What the fields of a template are taken from.
enum Source<'a, 'b> {
    Arguments(&'a Args<'b>),
    Mapping(Value),
}

/// The formatting of one template, nested specs included.
struct Formatting<'a, 'b> {
    vm: &'a Vm,
    template: Ref<PyStr>,
    source: Source<'a, 'b>,
    numbers: AutoNumber,
}

impl Formatting<'_, '_> {
    fn wrong(&self, error: TemplateError) -> Raised {
        self.vm.value_error(error.to_string())
    }

    fn text(&self, span: Span) -> PyResult<Ref<PyStr>> {
        ops::slice(self.vm, self.template, span.start, span.end)
    }

    /// Formats the part `span` of the template; `depth` counts down to the limit of nesting.
    fn run(&mut self, span: Span, depth: u32, out: &mut StrBuilder) -> PyResult<()> {
        if depth == 0 {
            return Err(self.wrong(TemplateError::Recursion));
        }
        let mut pieces = Pieces::new(span);
        while let Some(piece) = pieces.next(self.template.view()) {
            let piece = piece.map_err(|e| self.wrong(e))?;
            out.push_slice(&self.template, piece.literal.start, piece.literal.end);
            if let Some(field) = piece.field {
                self.field(field, depth, out)?;
            }
        }
        Ok(())
    }

    fn field(&mut self, field: Field, depth: u32, out: &mut StrBuilder) -> PyResult<()> {
        let vm = self.vm;
        let mut value = self.value(field.name)?;
        if let Some(conversion) = field.conversion {
            value = match char::from_u32(conversion) {
                Some('r') => vm.repr(value)?.value(),
                Some('s') => vm.str(value)?.value(),
                Some('a') => vm.ascii(value)?.value(),
                _ => return Err(vm.value_error(template::unknown_conversion(conversion))),
            };
        }
        let spec = if field.nested {
            let mut nested = StrBuilder::new();
            self.run(field.spec, depth - 1, &mut nested)?;
            nested.finish(vm)?
        } else {
            self.text(field.spec)?
        };
        let text = vm.format(value, spec)?;
        out.push_str(&text);
        Ok(())
    }

    fn value(&mut self, name: Span) -> PyResult<Value> {
        let vm = self.vm;
        let (first, mut steps) = template::split_name(self.template.view(), name).map_err(|e| self.wrong(e))?;
        let index = match first {
            First::Empty => Some(self.numbers.automatic().map_err(|e| vm.value_error(e.to_string()))?),
            First::Index(i) => {
                self.numbers.manual().map_err(|e| vm.value_error(e.to_string()))?;
                Some(i)
            }
            First::Name(_) => None,
        };
        let mut value = match (index, &first, &self.source) {
            (Some(_), _, Source::Mapping(_)) => {
                return Err(vm.value_error("Format string contains positional fields"));
            }
            (Some(i), _, Source::Arguments(args)) => match args.rest.get(i) {
                Some(v) => *v,
                None => {
                    return Err(vm.index_error(format!("Replacement index {i} out of range for positional args tuple")));
                }
            },
            (None, First::Name(span), source) => {
                let key = ops::slice(vm, self.template, span.start, span.end)?;
                match source {
                    Source::Mapping(mapping) => vm.get_item(*mapping, key.value())?,
                    Source::Arguments(args) => {
                        let found =
                            args.kw.iter().find(|(name, _)| name.downcast::<PyStr>().is_some_and(|n| n.equals(&key)));
                        match found {
                            Some((_, v)) => v,
                            None => return Err(vm.key_error(key.value())),
                        }
                    }
                }
            }
            (None, ..) => return Err(vm.system_error("bad field name")),
        };
        while let Some(step) = steps.next(self.template.view()) {
            value = match step.map_err(|e| self.wrong(e))? {
                Step::Attribute(span) => {
                    let name = vm.intern_str(self.text(span)?);
                    vm.get_attr(value, name)?
                }
                Step::Index(i) => vm.get_item(value, Value::from_len(i))?,
                Step::Key(span) => vm.get_item(value, self.text(span)?.value())?,
            };
        }
        Ok(value)
    }
}

/// Templates nest two levels deep.
const DEPTH: u32 = 2;

fn run(vm: &Vm, template: Ref<PyStr>, source: Source<'_, '_>) -> PyResult<Ref<PyStr>> {
    let mut out = StrBuilder::with_capacity(template.len());
    Formatting { vm, template, source, numbers: AutoNumber::default() }.run(0..template.len(), DEPTH, &mut out)?;
    out.finish(vm)
}

fn format(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this = receiver(vm, args)?;
    run(vm, this, Source::Arguments(args))
}

fn format_map(vm: &Vm, this: Ref<PyStr>, mapping: Value) -> PyResult<Ref<PyStr>> {
    run(vm, this, Source::Mapping(mapping))
}

pub(super) const METHODS: &[MethodDef] = &[
    method!("format", "($self, /, *args, **kwargs)", format),
    method!("format_map", 2, format_map),
    method!("__format__", 2, dunder_format),
];
