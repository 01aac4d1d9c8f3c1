//! A [`Sink`] that makes a [`Const`] tree.

use std::sync::Arc;

use super::reader::{CodeHeader, Options, ReadError, Sink, read};
use crate::code::{CodeObject, Const};
use crate::wtf8::Wtf8String;

/// What a tree cannot hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TreeError {
    /// A code object's field of the wrong type or range.
    BadCode(&'static str),
    /// A reference to a list, dict or set: trees share nothing mutable.
    Shared,
    /// More values than the limit: references can make a small stream huge.
    TooLarge,
    Internal,
}

/// Builds a tree; see [`load`].
#[derive(Debug, Default)]
pub struct TreeSink {
    stack: Vec<Const>,
    refs: Vec<Option<Const>>,
    /// Values copied by references so far.
    copied: usize,
}

/// Values that references may copy in one stream.
const COPY_LIMIT: usize = 4_000_000;

impl TreeSink {
    /// The value that was read.
    pub fn finish(mut self) -> Option<Const> {
        self.stack.pop()
    }

    fn push(&mut self, value: Const) -> Result<(), TreeError> {
        self.stack.push(value);
        Ok(())
    }

    fn pop(&mut self) -> Result<Const, TreeError> {
        self.stack.pop().ok_or(TreeError::Internal)
    }

    fn pop_n(&mut self, n: usize) -> Result<Vec<Const>, TreeError> {
        let at = self.stack.len().checked_sub(n).ok_or(TreeError::Internal)?;
        Ok(self.stack.split_off(at))
    }

    fn pop_bytes(&mut self, what: &'static str) -> Result<Box<[u8]>, TreeError> {
        match self.pop()? {
            Const::Bytes(b) => Ok(b),
            _ => Err(TreeError::BadCode(what)),
        }
    }

    fn pop_str(&mut self, what: &'static str) -> Result<Wtf8String, TreeError> {
        match self.pop()? {
            Const::Str(s) => Ok(s),
            _ => Err(TreeError::BadCode(what)),
        }
    }

    fn pop_names(&mut self, what: &'static str) -> Result<Vec<Wtf8String>, TreeError> {
        match self.pop()? {
            Const::Tuple(items) => items
                .into_iter()
                .map(|i| match i {
                    Const::Str(s) => Ok(s),
                    _ => Err(TreeError::BadCode(what)),
                })
                .collect(),
            _ => Err(TreeError::BadCode(what)),
        }
    }
}

/// How many values a reference copies: code objects are shared, everything else is cloned.
fn weight(value: &Const, budget: usize) -> usize {
    match value {
        Const::Tuple(items) | Const::FrozenSet(items) => {
            let mut n = 1 + items.len();
            for item in items {
                if n > budget {
                    break;
                }
                n += weight(item, budget - n);
            }
            n
        }
        Const::Str(s) => 1 + s.as_bytes().len() / 64,
        Const::Bytes(b) => 1 + b.len() / 64,
        Const::BigInt { digits, .. } => 1 + digits.len() / 32,
        _ => 1,
    }
}

impl Sink for TreeSink {
    type Error = TreeError;

    fn none(&mut self) -> Result<(), TreeError> {
        self.push(Const::None)
    }

    fn bool(&mut self, value: bool) -> Result<(), TreeError> {
        self.push(if value { Const::True } else { Const::False })
    }

    fn ellipsis(&mut self) -> Result<(), TreeError> {
        self.push(Const::Ellipsis)
    }

    fn stop_iteration(&mut self) -> Result<(), TreeError> {
        self.push(Const::StopIteration)
    }

    fn int(&mut self, value: i64) -> Result<(), TreeError> {
        self.push(Const::Int(value))
    }

    fn big_int(&mut self, negative: bool, digits15: &[u16]) -> Result<(), TreeError> {
        self.push(Const::from_digits15(negative, digits15))
    }

    fn float(&mut self, value: f64) -> Result<(), TreeError> {
        self.push(Const::Float(value))
    }

    fn complex(&mut self, re: f64, im: f64) -> Result<(), TreeError> {
        self.push(Const::Complex { re, im })
    }

    fn str(&mut self, text: &[u8], _ascii: bool, _interned: bool) -> Result<(), TreeError> {
        let text = Wtf8String::from_wtf8(text.into()).ok_or(TreeError::Internal)?;
        self.push(Const::Str(text))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), TreeError> {
        self.push(Const::Bytes(bytes.into()))
    }

    fn tuple(&mut self, n: usize) -> Result<(), TreeError> {
        let items = self.pop_n(n)?;
        self.push(Const::Tuple(items))
    }

    fn frozenset(&mut self, n: usize) -> Result<(), TreeError> {
        let items = self.pop_n(n)?;
        self.push(Const::FrozenSet(items))
    }

    fn slice(&mut self) -> Result<(), TreeError> {
        let (step, stop, start) = (self.pop()?, self.pop()?, self.pop()?);
        self.push(Const::Slice(Box::new([start, stop, step])))
    }

    fn list_begin(&mut self, _n: usize) -> Result<(), TreeError> {
        self.push(Const::List(Vec::new()))
    }

    fn list_append(&mut self) -> Result<(), TreeError> {
        let value = self.pop()?;
        match self.stack.last_mut() {
            Some(Const::List(items)) => items.push(value),
            _ => return Err(TreeError::Internal),
        }
        Ok(())
    }

    fn dict_begin(&mut self) -> Result<(), TreeError> {
        self.push(Const::Dict(Vec::new()))
    }

    fn dict_insert(&mut self) -> Result<(), TreeError> {
        let (value, key) = (self.pop()?, self.pop()?);
        match self.stack.last_mut() {
            Some(Const::Dict(items)) => items.push((key, value)),
            _ => return Err(TreeError::Internal),
        }
        Ok(())
    }

    fn set_begin(&mut self, _n: usize) -> Result<(), TreeError> {
        self.push(Const::Set(Vec::new()))
    }

    fn set_add(&mut self) -> Result<(), TreeError> {
        let value = self.pop()?;
        match self.stack.last_mut() {
            Some(Const::Set(items)) => items.push(value),
            _ => return Err(TreeError::Internal),
        }
        Ok(())
    }

    fn code(&mut self, header: CodeHeader) -> Result<(), TreeError> {
        let exceptiontable = self.pop_bytes("exceptiontable")?;
        let linetable = self.pop_bytes("linetable")?;
        let qualname = self.pop_str("qualname")?;
        let name = self.pop_str("name")?;
        let filename = self.pop_str("filename")?;
        let localspluskinds = self.pop_bytes("localspluskinds")?;
        let localsplusnames = self.pop_names("localsplusnames")?;
        let names = self.pop_names("names")?;
        let consts = match self.pop()? {
            Const::Tuple(items) => items,
            _ => return Err(TreeError::BadCode("consts")),
        };
        let code = self.pop_bytes("code")?;
        let count = |n: i32, what| u32::try_from(n).map_err(|_| TreeError::BadCode(what));
        let code = CodeObject {
            argcount: count(header.argcount, "argcount")?,
            posonlyargcount: count(header.posonlyargcount, "posonlyargcount")?,
            kwonlyargcount: count(header.kwonlyargcount, "kwonlyargcount")?,
            stacksize: count(header.stacksize, "stacksize")?,
            flags: count(header.flags, "flags")?,
            code,
            consts,
            names,
            localsplusnames,
            localspluskinds,
            filename,
            name,
            qualname,
            firstlineno: header.firstlineno,
            linetable,
            exceptiontable,
        };
        self.push(Const::Code(Arc::new(code)))
    }

    fn bind_ref(&mut self, index: usize) -> Result<(), TreeError> {
        if self.refs.len() <= index {
            self.refs.resize(index + 1, None);
        }
        let value = match self.stack.last() {
            Some(Const::List(_) | Const::Dict(_) | Const::Set(_)) => None,
            Some(value) => {
                self.copied += weight(value, COPY_LIMIT);
                Some(value.clone())
            }
            None => return Err(TreeError::Internal),
        };
        if self.copied > COPY_LIMIT {
            return Err(TreeError::TooLarge);
        }
        self.refs[index] = value;
        Ok(())
    }

    fn load_ref(&mut self, index: usize) -> Result<(), TreeError> {
        let value = self.refs.get(index).cloned().flatten().ok_or(TreeError::Shared)?;
        self.copied += weight(&value, COPY_LIMIT);
        if self.copied > COPY_LIMIT {
            return Err(TreeError::TooLarge);
        }
        self.push(value)
    }
}

/// Reads one object as a tree.
pub fn load(data: &[u8]) -> Result<Const, ReadError<TreeError>> {
    let mut sink = TreeSink::default();
    read(data, Options::default(), &mut sink)?;
    sink.finish().ok_or(ReadError::Sink(TreeError::Internal))
}

/// Reads one code object, as in a `.pyc` behind its header.
pub fn load_code(data: &[u8]) -> Result<Arc<CodeObject>, ReadError<TreeError>> {
    match load(data)? {
        Const::Code(code) => Ok(code),
        _ => Err(ReadError::Type("Non-code object in marshal data")),
    }
}
