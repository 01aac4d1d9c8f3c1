//! The marshal reader: total on hostile bytes, no recursion, no intermediate tree.

use super::{MAX_DEPTH, tag};
use crate::wtf8;

/// The integers of a marshalled code object, unchecked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CodeHeader {
    pub argcount: i32,
    pub posonlyargcount: i32,
    pub kwonlyargcount: i32,
    pub stacksize: i32,
    pub flags: i32,
    pub firstlineno: i32,
}

/// Receives what a stream holds, innermost first, and builds objects on a stack of its own: a scalar pushes one value; `tuple(n)`
/// replaces the top n by one; `list_begin` pushes an empty list and `list_append` moves the top into the list below it.
/// Containers that can hold themselves come empty first, so that a reference may reach them while they fill.
pub trait Sink {
    type Error;

    fn none(&mut self) -> Result<(), Self::Error>;
    fn bool(&mut self, value: bool) -> Result<(), Self::Error>;
    fn ellipsis(&mut self) -> Result<(), Self::Error>;
    fn stop_iteration(&mut self) -> Result<(), Self::Error>;
    fn int(&mut self, value: i64) -> Result<(), Self::Error>;
    /// An integer in base 2^15 digits, least first, without leading zeros; may still fit an `i64`.
    fn big_int(&mut self, negative: bool, digits15: &[u16]) -> Result<(), Self::Error>;
    fn float(&mut self, value: f64) -> Result<(), Self::Error>;
    fn complex(&mut self, re: f64, im: f64) -> Result<(), Self::Error>;
    /// `text` is well-formed WTF-8, and plain ASCII when `ascii` says so.
    fn str(&mut self, text: &[u8], ascii: bool, interned: bool) -> Result<(), Self::Error>;
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Self::Error>;
    /// Pops `n`, pushes one.
    fn tuple(&mut self, n: usize) -> Result<(), Self::Error>;
    /// Pushes a tuple that will get `n` values, for one that may hold itself. `false`: not done, `tuple` makes it from its items.
    fn tuple_begin(&mut self, _n: usize) -> Result<bool, Self::Error> {
        Ok(false)
    }
    /// Pops the `n` values of the tuple that is below them, and puts them into it.
    fn tuple_end(&mut self, _n: usize) -> Result<(), Self::Error> {
        Ok(())
    }
    /// Pops `n`, pushes one.
    fn frozenset(&mut self, n: usize) -> Result<(), Self::Error>;
    /// Pops start, stop and step (step on top), pushes one.
    fn slice(&mut self) -> Result<(), Self::Error>;
    /// Pushes an empty list that will get `n` values or more (`n` never exceeds the bytes that remain).
    fn list_begin(&mut self, n: usize) -> Result<(), Self::Error>;
    /// Pops a value and appends it to the list then on top.
    fn list_append(&mut self) -> Result<(), Self::Error>;
    fn dict_begin(&mut self) -> Result<(), Self::Error>;
    /// Pops a value and then a key, and enters them in the dict then on top.
    fn dict_insert(&mut self) -> Result<(), Self::Error>;
    fn set_begin(&mut self, n: usize) -> Result<(), Self::Error>;
    /// Pops a value and adds it to the set then on top.
    fn set_add(&mut self) -> Result<(), Self::Error>;
    /// Pops ten values, pushes one. From the deepest: code, consts, names, localsplusnames, localspluskinds, filename, name,
    /// qualname, linetable, exceptiontable. Their types are whatever the stream holds: check them.
    fn code(&mut self, header: CodeHeader) -> Result<(), Self::Error>;
    /// The value on top becomes reference `index`. Indexes may come out of order; each comes at most once.
    fn bind_ref(&mut self, index: usize) -> Result<(), Self::Error>;
    /// Pushes the value that `bind_ref(index)` named.
    fn load_ref(&mut self, index: usize) -> Result<(), Self::Error>;
}

/// Where a stream's bytes come from.
pub trait Source<E> {
    /// What is said of a stream that ends within a value.
    const CUT_OFF: &'static str;

    /// The next `n` bytes. `None`: there are not so many.
    fn take(&mut self, n: usize) -> Result<Option<&[u8]>, E>;

    /// How many bytes are still to come, where that is known.
    fn remaining(&self) -> Option<usize>;
}

impl<E> Source<E> for &[u8] {
    const CUT_OFF: &'static str = "marshal data too short";

    #[inline]
    fn take(&mut self, n: usize) -> Result<Option<&[u8]>, E> {
        Ok(self.split_off(..n))
    }

    #[inline]
    fn remaining(&self) -> Option<usize> {
        Some(self.len())
    }
}

/// So many values of a list get room before they are read, where nobody knows how long the stream is.
const MAX_ROOM: usize = 1 << 12;

/// Why a stream was refused. `Eof`, `Value` and `Type` are CPython's `EOFError`, `ValueError` and `TypeError` texts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReadError<E> {
    Eof(&'static str),
    Value(String),
    Type(&'static str),
    Sink(E),
}

impl<E> From<E> for ReadError<E> {
    fn from(error: E) -> Self {
        ReadError::Sink(error)
    }
}

impl<E> ReadError<E> {
    fn bad(what: &str) -> Self {
        ReadError::Value(format!("bad marshal data ({what})"))
    }
}

/// What a stream may hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// `marshal.loads(allow_code=)`.
    pub allow_code: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { allow_code: true }
    }
}

/// A container whose contents are being read.
enum Frame {
    /// `begun`: the tuple is on the sink's stack, below its items.
    Tuple {
        n: usize,
        left: usize,
        begun: bool,
    },
    FrozenSet {
        n: usize,
        left: usize,
    },
    List {
        left: usize,
    },
    Set {
        left: usize,
    },
    DictKey,
    DictValue,
    Slice {
        left: u8,
    },
    Code {
        header: CodeHeader,
        done: u8,
    },
}

struct Open {
    frame: Frame,
    /// The reference index that an immutable container gets once it is complete.
    pending_ref: Option<usize>,
}

struct Reader<'s, I, S> {
    source: I,
    sink: &'s mut S,
    /// For every reference index handed out: whether its value exists yet.
    bound: Vec<bool>,
    open: Vec<Open>,
    options: Options,
}

/// Reads one object from the start of `data`; the result is what the sink then has on its stack. Returns how many bytes it took.
pub fn read<S: Sink>(data: &[u8], options: Options, sink: &mut S) -> Result<usize, ReadError<S::Error>> {
    let mut rest = data;
    read_from(&mut rest, options, sink)?;
    Ok(data.len() - rest.len())
}

/// [`read`] from any source, of which nothing behind the object is taken.
pub fn read_from<I: Source<S::Error>, S: Sink>(
    source: &mut I,
    options: Options,
    sink: &mut S,
) -> Result<(), ReadError<S::Error>> {
    Reader { source, sink, bound: Vec::new(), open: Vec::new(), options }.run()
}

type Result2<T, S> = Result<T, ReadError<<S as Sink>::Error>>;

fn take<I: Source<E>, E>(source: &mut I, n: usize) -> Result<&[u8], ReadError<E>> {
    source.take(n)?.ok_or(ReadError::Eof(I::CUT_OFF))
}

fn array<const N: usize, I: Source<E>, E>(source: &mut I) -> Result<[u8; N], ReadError<E>> {
    let mut out = [0; N];
    out.copy_from_slice(take(source, N)?);
    Ok(out)
}

impl<I: Source<S::Error>, S: Sink> Reader<'_, &mut I, S> {
    fn array<const N: usize>(&mut self) -> Result2<[u8; N], S> {
        array(self.source)
    }

    fn byte(&mut self) -> Result2<u8, S> {
        match self.source.take(1)? {
            Some(&[byte]) => Ok(byte),
            _ => Err(ReadError::Eof("EOF read where not expected")),
        }
    }

    fn long(&mut self) -> Result2<i32, S> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    fn double(&mut self) -> Result2<f64, S> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    fn size(&mut self, what: &str) -> Result2<usize, S> {
        usize::try_from(self.long()?).map_err(|_| ReadError::bad(&format!("{what} size out of range")))
    }

    fn float_text(&mut self) -> Result2<f64, S> {
        let n = self.byte()?;
        let text = take(self.source, usize::from(n))?;
        let parsed = std::str::from_utf8(text).ok().and_then(|t| t.parse::<f64>().ok());
        parsed.ok_or_else(|| {
            ReadError::Value(format!("could not convert string to float: '{}'", String::from_utf8_lossy(text)))
        })
    }

    fn reserve_ref(&mut self, flagged: bool) -> Option<usize> {
        if !flagged {
            return None;
        }
        self.bound.push(false);
        Some(self.bound.len() - 1)
    }

    fn bind(&mut self, index: Option<usize>) -> Result2<(), S> {
        if let Some(index) = index {
            if let Some(bound) = self.bound.get_mut(index) {
                *bound = true;
            }
            self.sink.bind_ref(index)?;
        }
        Ok(())
    }

    fn run(&mut self) -> Result2<(), S> {
        loop {
            // One object, or a dict's end.
            let mut complete = self.begin_object()?;
            // A complete object closes every container that it was the last of.
            while complete {
                let Some(open) = self.open.last_mut() else { return Ok(()) };
                complete = match &mut open.frame {
                    Frame::Tuple { left, .. } | Frame::FrozenSet { left, .. } => {
                        *left -= 1;
                        *left == 0
                    }
                    Frame::List { left } => {
                        self.sink.list_append()?;
                        *left -= 1;
                        *left == 0
                    }
                    Frame::Set { left } => {
                        self.sink.set_add()?;
                        *left -= 1;
                        *left == 0
                    }
                    Frame::DictKey => {
                        open.frame = Frame::DictValue;
                        false
                    }
                    Frame::DictValue => {
                        self.sink.dict_insert()?;
                        open.frame = Frame::DictKey;
                        false
                    }
                    Frame::Slice { left } => {
                        *left -= 1;
                        *left == 0
                    }
                    Frame::Code { header, done } => {
                        *done += 1;
                        // The line number stands between qualname and linetable.
                        if *done == 8 {
                            header.firstlineno = i32::from_le_bytes(array(self.source)?);
                        }
                        *done == 10
                    }
                };
                if complete {
                    self.close()?;
                }
            }
        }
    }

    /// Turns the innermost container's collected values into the container.
    fn close(&mut self) -> Result2<(), S> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        match open.frame {
            Frame::Tuple { n, begun: true, .. } => self.sink.tuple_end(n)?,
            Frame::Tuple { n, .. } => self.sink.tuple(n)?,
            Frame::FrozenSet { n, .. } => self.sink.frozenset(n)?,
            Frame::Slice { .. } => self.sink.slice()?,
            Frame::Code { header, .. } => self.sink.code(header)?,
            Frame::List { .. } | Frame::Set { .. } | Frame::DictKey | Frame::DictValue => {}
        }
        self.bind(open.pending_ref)
    }

    fn push(&mut self, frame: Frame, pending_ref: Option<usize>) -> Result2<bool, S> {
        if self.open.len() >= MAX_DEPTH {
            return Err(ReadError::Value("recursion limit exceeded".to_owned()));
        }
        self.open.push(Open { frame, pending_ref });
        Ok(false)
    }

    /// Reads a type code and what belongs to it; true when a whole object is now on the sink's stack.
    fn begin_object(&mut self) -> Result2<bool, S> {
        let Some(&[byte]) = self.source.take(1)? else {
            return Err(ReadError::Eof("EOF read where object expected"));
        };
        let flagged = byte & tag::FLAG_REF != 0;
        match byte & !tag::FLAG_REF {
            tag::NULL => return self.null(),
            tag::NONE => self.sink.none()?,
            tag::FALSE => self.sink.bool(false)?,
            tag::TRUE => self.sink.bool(true)?,
            tag::ELLIPSIS => self.sink.ellipsis()?,
            tag::STOP_ITERATION => self.sink.stop_iteration()?,
            code => return self.value(code, flagged),
        }
        Ok(true)
    }

    /// `NULL` ends a dict; anywhere else it is an error.
    fn null(&mut self) -> Result2<bool, S> {
        let what = match self.open.last().map(|o| &o.frame) {
            Some(Frame::DictKey) => {
                self.open.pop();
                return Ok(true);
            }
            // CPython takes a missing value for the dict's end too, and drops the key.
            Some(Frame::DictValue) => "NULL object in marshal data for dict",
            Some(Frame::Tuple { .. }) => "NULL object in marshal data for tuple",
            Some(Frame::List { .. }) => "NULL object in marshal data for list",
            Some(Frame::Set { .. } | Frame::FrozenSet { .. }) => "NULL object in marshal data for set",
            Some(Frame::Slice { .. } | Frame::Code { .. }) | None => "NULL object in marshal data for object",
        };
        Err(ReadError::Type(what))
    }

    /// A value that may carry a reference index.
    fn value(&mut self, code: u8, flagged: bool) -> Result2<bool, S> {
        match code {
            tag::INT => {
                let value = self.long()?;
                self.sink.int(i64::from(value))?;
            }
            tag::INT64 => {
                let value = i64::from_le_bytes(self.array()?);
                self.sink.int(value)?;
            }
            tag::LONG => self.big_int()?,
            tag::FLOAT => {
                let value = self.float_text()?;
                self.sink.float(value)?;
            }
            tag::BINARY_FLOAT => {
                let value = self.double()?;
                self.sink.float(value)?;
            }
            tag::COMPLEX => {
                let (re, im) = (self.float_text()?, self.float_text()?);
                self.sink.complex(re, im)?;
            }
            tag::BINARY_COMPLEX => {
                let (re, im) = (self.double()?, self.double()?);
                self.sink.complex(re, im)?;
            }
            tag::STRING => {
                let n = self.size("bytes object")?;
                let bytes = take(self.source, n)?;
                self.sink.bytes(bytes)?;
            }
            tag::INTERNED | tag::UNICODE => {
                let n = self.size("string")?;
                let text = take(self.source, n)?;
                if !wtf8::is_generalised_utf8(text) {
                    return Err(ReadError::bad("invalid UTF-8 in string"));
                }
                self.sink.str(text, text.is_ascii(), code == tag::INTERNED)?;
            }
            tag::ASCII | tag::ASCII_INTERNED => {
                let n = self.size("string")?;
                self.latin1(n, code == tag::ASCII_INTERNED)?;
            }
            tag::SHORT_ASCII | tag::SHORT_ASCII_INTERNED => {
                let n = usize::from(self.byte()?);
                self.latin1(n, code == tag::SHORT_ASCII_INTERNED)?;
            }
            tag::REF => {
                let index = self.long()?;
                let known = usize::try_from(index).ok().filter(|i| self.bound.get(*i) == Some(&true));
                match known {
                    Some(index) => self.sink.load_ref(index)?,
                    None => return Err(ReadError::bad("invalid reference")),
                }
                return Ok(true);
            }
            tag::TUPLE
            | tag::SMALL_TUPLE
            | tag::LIST
            | tag::SET
            | tag::FROZENSET
            | tag::DICT
            | tag::SLICE
            | tag::CODE => return self.container(code, flagged),
            _ => return Err(ReadError::bad("unknown type code")),
        }
        let index = self.reserve_ref(flagged);
        self.bind(index)?;
        Ok(true)
    }

    fn container(&mut self, code: u8, flagged: bool) -> Result2<bool, S> {
        match code {
            tag::TUPLE | tag::SMALL_TUPLE => {
                let n = if code == tag::TUPLE { self.size("tuple")? } else { usize::from(self.byte()?) };
                let index = self.reserve_ref(flagged);
                if n > 0 {
                    if index.is_some() && self.sink.tuple_begin(n)? {
                        self.bind(index)?;
                        return self.push(Frame::Tuple { n, left: n, begun: true }, None);
                    }
                    return self.push(Frame::Tuple { n, left: n, begun: false }, index);
                }
                self.sink.tuple(0)?;
                self.bind(index)?;
            }
            tag::FROZENSET => {
                let n = self.size("set")?;
                let index = self.reserve_ref(flagged);
                if n > 0 {
                    return self.push(Frame::FrozenSet { n, left: n }, index);
                }
                self.sink.frozenset(0)?;
                self.bind(index)?;
            }
            tag::LIST => {
                let n = self.size("list")?;
                // (Each takes a byte at least.)
                let room = n.min(self.source.remaining().unwrap_or(MAX_ROOM));
                self.sink.list_begin(room)?;
                let index = self.reserve_ref(flagged);
                self.bind(index)?;
                if n > 0 {
                    return self.push(Frame::List { left: n }, None);
                }
            }
            tag::SET => {
                let n = self.size("set")?;
                self.sink.set_begin(n)?;
                let index = self.reserve_ref(flagged);
                self.bind(index)?;
                if n > 0 {
                    return self.push(Frame::Set { left: n }, None);
                }
            }
            tag::DICT => {
                self.sink.dict_begin()?;
                let index = self.reserve_ref(flagged);
                self.bind(index)?;
                return self.push(Frame::DictKey, None);
            }
            tag::SLICE => {
                let index = self.reserve_ref(flagged);
                return self.push(Frame::Slice { left: 3 }, index);
            }
            _ => {
                if !self.options.allow_code {
                    return Err(ReadError::Value("unmarshalling code objects is disallowed".to_owned()));
                }
                let index = self.reserve_ref(flagged);
                let header = CodeHeader {
                    argcount: self.long()?,
                    posonlyargcount: self.long()?,
                    kwonlyargcount: self.long()?,
                    stacksize: self.long()?,
                    flags: self.long()?,
                    firstlineno: 0,
                };
                return self.push(Frame::Code { header, done: 0 }, index);
            }
        }
        Ok(true)
    }

    fn latin1(&mut self, n: usize, interned: bool) -> Result2<(), S> {
        let text = take(self.source, n)?;
        if text.is_ascii() {
            return Ok(self.sink.str(text, true, interned)?);
        }
        // Only a hostile stream has other bytes here; CPython takes them for Latin-1.
        let text: String = text.iter().map(|b| char::from(*b)).collect();
        Ok(self.sink.str(text.as_bytes(), false, interned)?)
    }

    fn big_int(&mut self) -> Result2<(), S> {
        let n = self.long()?;
        if n == 0 {
            return Ok(self.sink.int(0)?);
        }
        if n == i32::MIN {
            return Err(ReadError::bad("long size out of range"));
        }
        let count = n.unsigned_abs() as usize;
        if self.source.remaining().is_some_and(|remaining| count > remaining / 2) {
            return Err(ReadError::Eof(I::CUT_OFF));
        }
        let mut digits: Vec<u16> = Vec::new();
        for _ in 0..count {
            digits.push(u16::from_le_bytes(self.array()?));
        }
        if digits.iter().any(|d| *d > 0x7fff) {
            return Err(ReadError::bad("digit out of range in long"));
        }
        if digits.last() == Some(&0) {
            return Err(ReadError::bad("unnormalized long data"));
        }
        Ok(self.sink.big_int(n < 0, &digits)?)
    }
}
