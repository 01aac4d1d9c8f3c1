//! `writer`: lines from rows.

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};
use brolga_text::TextBuf;

use super::dialect::{self, Options, Quoting};
use super::{error, one_or_two};
use crate::object::object;

object!(
    pub struct Writer: CSV_WRITER { write: Field, dialect: Field }
);

/// A row in the making.
struct Row<'a> {
    vm: &'a Vm,
    options: &'a Options,
    out: TextBuf,
    fields: usize,
    /// Of ASCII characters, whether they are special.
    special: [bool; 128],
}

impl Row<'_> {
    /// Must the character be quoted or escaped?
    #[inline]
    fn is_special(&self, c: u32) -> bool {
        match self.special.get(c as usize) {
            Some(special) => *special,
            None => self.is_special_at_all(c),
        }
    }

    fn is_special_at_all(&self, c: u32) -> bool {
        let o = self.options;
        c == o.delimiter
            || Some(c) == o.escapechar
            || Some(c) == o.quotechar
            || c == 0x0a
            || c == 0x0d
            || o.lineterminator.chars().any(|t| t == c)
    }

    /// Is the character escaped even between quotes?
    fn is_escaped(&self, c: u32) -> bool {
        let o = self.options;
        o.quoting == Quoting::None
            || (Some(c) == o.quotechar && !o.doublequote)
            || (Some(c) == o.escapechar && Some(c) != o.quotechar)
    }

    /// Appends a field; `None` is one without text.
    fn push(&mut self, text: Option<Ref<PyStr>>, mut quoted: bool) -> PyResult<()> {
        let o = self.options;
        let length = text.map_or(0, |t| t.len());
        if length == 0 && o.delimiter == 0x20 && o.skip_space {
            if o.quoting == Quoting::None
                || (text.is_none() && matches!(o.quoting, Quoting::Strings | Quoting::NotNull))
            {
                return Err(error(
                    self.vm,
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            quoted = true;
        }
        if self.fields > 0 {
            self.out.push(o.delimiter);
        }
        self.fields += 1;
        let mut plain = true;
        if let Some(text) = text {
            for c in text.chars() {
                if self.is_special(c) {
                    plain = false;
                    let escaped = self.is_escaped(c);
                    if escaped && o.escapechar.is_none() {
                        return Err(error(self.vm, "need to escape, but no escapechar set"));
                    }
                    quoted |= !escaped;
                }
            }
        }
        let quote = o.quotechar.filter(|_| quoted);
        if let Some(quote) = quote {
            self.out.push(quote);
        }
        match text {
            Some(text) if plain => self.out.push_text(text.view()),
            Some(text) => {
                for c in text.chars() {
                    if self.is_special(c) {
                        match o.escapechar {
                            Some(escape) if self.is_escaped(c) => self.out.push(escape),
                            _ if Some(c) == o.quotechar && o.doublequote => self.out.push(c),
                            _ => {}
                        }
                    }
                    self.out.push(c);
                }
            }
            None => {}
        }
        if let Some(quote) = quote {
            self.out.push(quote);
        }
        Ok(())
    }
}

/// `PyNumber_Check`
fn is_number(vm: &Vm, v: Value) -> bool {
    if v.is_small_int() || v.is_float() || v.is_bool() {
        return true;
    }
    let class = vm.type_of(v);
    [Special::Index, Special::Int, Special::Float].iter().any(|s| class.special(*s).is_some())
        || vm.is_instance(v, vm.types.complex)
}

fn writerow(vm: &Vm, this: Ref<Writer>, row: Value) -> PyResult<Value> {
    let options = Options::of(vm, this.dialect.get_or_none())?;
    let Some(items) = vm.suppress(vm.iter(row), vm.types.type_error)? else {
        return Err(error(vm, format!("iterable expected, not {}", vm.tp_name(row))));
    };
    let mut out = Row { vm, options: &options, out: TextBuf::with_capacity(80), fields: 0, special: [false; 128] };
    let known = [Some(options.delimiter), options.escapechar, options.quotechar, Some(0x0a), Some(0x0d)];
    for c in known.into_iter().flatten().chain(options.lineterminator.chars()) {
        if let Some(special) = out.special.get_mut(c as usize) {
            *special = true;
        }
    }
    let mut null = false;
    while let Some(item) = vm.next(items)? {
        let text = item.downcast::<PyStr>();
        null = item.is_none();
        let quoted = match options.quoting {
            Quoting::NonNumeric => !is_number(vm, item),
            Quoting::All => true,
            Quoting::Strings => text.is_some(),
            Quoting::NotNull => !null,
            Quoting::Minimal | Quoting::None => false,
        };
        let text = match text {
            None if !null => Some(vm.str(item)?),
            text => text,
        };
        out.push(text, quoted)?;
    }
    if out.fields > 0 && out.out.is_empty() {
        if options.quoting == Quoting::None || (null && matches!(options.quoting, Quoting::Strings | Quoting::NotNull))
        {
            return Err(error(vm, "single empty field record must be quoted"));
        }
        out.fields -= 1;
        out.push(None, true)?;
    }
    out.out.push_text(options.lineterminator.view());
    let line = PyStr::from_buf(vm, out.out)?;
    vm.call(this.write.get_or_none(), &[line.value()])
}

fn writerows(vm: &Vm, this: Ref<Writer>, rows: Value) -> PyResult<()> {
    vm.for_each(rows, |row| writerow(vm, this, row).map(|_| ()))
}

/// `writer(fileobj, dialect='excel', **fmtparams)`
pub fn make(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Writer>> {
    let (file, base) = one_or_two(vm, "writer", args)?;
    let write = vm.get_attr_opt(file, vm.intern("write")?)?;
    let callable = |v: &Value| vm.type_of(*v).special(Special::Call).is_some();
    let Some(write) = write.filter(callable) else {
        return Err(vm.type_error("argument 1 must have a \"write\" method"));
    };
    let dialect = dialect::make(vm, base, args)?;
    let this: Ref<Writer> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.write.init(write);
    this.dialect.init(dialect.value());
    Ok(this)
}

fn get_dialect(_: &Vm, this: Ref<Writer>) -> Value {
    this.dialect.get_or_none()
}

static METHODS: &[MethodDef] = &[
    method!("writerow", 2, writerow).doc(
        "Construct and write a CSV record from an iterable of fields.\n\nNon-string elements will be converted to string.",
    ),
    method!("writerows", 2, writerows).doc(
        "Construct and write a series of iterables to a csv file.\n\nNon-string elements will be converted to string.",
    ),
];
static GETSET: &[GetSetDef] = &[getset!("dialect", get_dialect).member()];

pub static DEF: TypeDef = TypeDef {
    module: "_csv",
    layout: Some(crate::layouts::CSV_WRITER),
    flags: type_flags::BASETYPE | type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence input.\n",
    ),
    ..TypeDef::new("writer")
};
