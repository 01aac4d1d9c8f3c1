//! `_tokenize`: the tokenizer of `tokenize.py`, `TokenizerIter`.
//!
//! The tokenizer itself ([`lexer`], [`strings`], [`numbers`]) knows nothing of Python objects: it reads lines and gives
//! warnings through a [`Host`].

mod kinds;
mod lexer;
mod numbers;
mod state;
mod strings;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, Field, Header, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::exception::{PyException, SYNTAX_END_LINENO, SYNTAX_FILENAME, SYNTAX_LINENO, SYNTAX_OFFSET};
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, codecs, method};

use self::state::{Done, Fault, Host, Lexer, State, SyntaxFault, Token, chars};
use crate::object::{Boxed, class_argument, itself, object};

const FILENAME: &str = "<string>";

object!(
    pub struct TokenizerIter: TOKENIZER {
        readline: Field,
        /// The encoding of what `readline` gives; empty for text.
        encoding: Field,
        /// The line last given, for the tokens that follow on it.
        last_line: Field,
        state: Boxed<Progress>,
    }
);

/// Frees what a dead tokenizer owned.
///
/// # Safety
/// `cell` is a `TokenizerIter` that nothing reaches any more.
pub unsafe fn drop_tokenizer(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<TokenizerIter> = unsafe { Ref::from_ptr(cell) };
    drop(this.state.take());
}

/// The tokenizer, and what its tokens' positions are counted from.
pub struct Progress {
    state: State,
    done: bool,
    last_lineno: i64,
    /// Bytes less characters up to the last token of the line.
    surplus: i64,
}

struct Reader<'a> {
    vm: &'a Vm,
    readline: Value,
    encoding: Slot,
}

impl Host for Reader<'_> {
    fn line(&self) -> PyResult<Vec<u8>> {
        let vm = self.vm;
        let Some(raw) = vm.suppress(vm.call(self.readline, &[]), vm.types.stop_iteration)? else {
            return Ok(Vec::new());
        };
        let text = match self.encoding.and_then(Value::downcast::<PyStr>) {
            Some(encoding) => {
                let Some(bytes) = raw.downcast::<PyBytes>() else {
                    return Err(vm.type_error("readline() returned a non-bytes object"));
                };
                // A copy: a decoder written in Python may do anything.
                let bytes = bytes.as_slice().to_vec();
                codecs::decode(vm, raw, &bytes, Some(encoding), Some(vm.intern("replace")?))?
            }
            None => raw.downcast().ok_or_else(|| vm.type_error("readline() returned a non-string object"))?,
        };
        codecs::utf8(vm, text)
    }

    fn warn(&self, message: &str, lineno: i64) -> PyResult<bool> {
        let vm = self.vm;
        let warnings = vm.import("_warnings")?;
        let category = vm.types.syntax_warning;
        let (message, filename) = (vm.new_str(message)?, vm.new_str(FILENAME)?);
        let arguments = [message.value(), category.value(), filename.value(), vm.new_int(lineno)?];
        let result = vm.call_method(warnings, "warn_explicit", &arguments);
        Ok(vm.suppress(result, category)?.is_some())
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<TokenizerIter>> {
    let class = class_argument(vm, args)?;
    // By hand: the function is called "tokenizeriter" in messages.
    let &[readline] = args.rest else {
        let given = args.rest.len();
        return Err(vm.type_error(format!("tokenizeriter() takes exactly 1 positional argument ({given} given)")));
    };
    let (mut encoding, mut extra_tokens) = (None, None);
    for (name, value) in args.kw.iter() {
        match vm.to_lossy(name).as_str() {
            "encoding" => encoding = Some(value),
            "extra_tokens" => extra_tokens = Some(value),
            other => {
                return Err(vm.type_error(format!("tokenizeriter() got an unexpected keyword argument '{other}'")));
            }
        }
    }
    let Some(extra_tokens) = extra_tokens else {
        return Err(vm.type_error("tokenizeriter() missing required argument 'extra_tokens' (pos 2)"));
    };
    if let Some(encoding) = encoding {
        let Some(text) = encoding.downcast::<PyStr>() else {
            let what = if encoding.is_none() { "None".to_owned() } else { vm.type_name(encoding) };
            return Err(vm.type_error(format!("tokenizeriter() argument 'encoding' must be str, not {what}")));
        };
        if text.chars().any(|c| c == 0) {
            return Err(vm.value_error("embedded null character"));
        }
    }
    let extra_tokens = vm.is_true(extra_tokens)?;
    let this: Ref<TokenizerIter> = vm.alloc_instance(class)?;
    this.readline.init(readline);
    if let Some(encoding) = encoding {
        this.encoding.init(encoding);
    }
    let progress = Progress { state: State::new(extra_tokens), done: false, last_lineno: 0, surplus: 0 };
    this.state.attach(vm, this, progress)?;
    Ok(this)
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<TokenizerIter>() else { return Ok(None) };
    // Taken out, since `readline` may do anything, and call this again.
    let Some(mut progress) = this.state.take() else {
        return Err(vm.value_error("tokenizer already executing"));
    };
    let result = advance(vm, this, &mut progress);
    this.state.put(progress);
    match result? {
        Some(token) => Ok(Some(token)),
        None => {
            let eof = vm.new_str("EOF")?;
            Err(vm.stop_iteration(Some(eof.value())))
        }
    }
}

fn advance(vm: &Vm, this: Ref<TokenizerIter>, progress: &mut Progress) -> PyResult<Slot> {
    let reader = Reader { vm, readline: this.readline.get_or_none(), encoding: this.encoding.get() };
    let mut lexer = Lexer { s: &mut progress.state, host: &reader, fault: None };
    let token = lexer.next();
    // A readline that failed has said why; nothing found after that counts.
    let fault = lexer.fault.take();
    match (token, fault) {
        (_, Some(Fault::Raised(raised))) => Err(raised),
        (_, Some(Fault::Syntax(fault))) => Err(syntax_error(vm, &fault)),
        (Err(_), _) => Err(error(vm, &progress.state)),
        (Ok(_), _) if progress.done => Ok(None),
        (Ok(token), _) => {
            let result = describe(vm, this, progress, &token)?;
            progress.done = token.kind == kinds::ENDMARKER;
            Ok(Some(result))
        }
    }
}

fn text(vm: &Vm, utf8: &[u8]) -> PyResult<Ref<PyStr>> {
    vm.new_str(&String::from_utf8_lossy(utf8))
}

/// The exception for an error of which the lexer has left the text and the place.
fn syntax_error(vm: &Vm, fault: &SyntaxFault) -> Raised {
    let make = || -> PyResult<[Value; 2]> {
        let lineno = vm.new_int(fault.lineno)?;
        let details = [
            vm.new_str(FILENAME)?.value(),
            lineno,
            vm.new_int(fault.column)?,
            text(vm, &fault.line)?.value(),
            lineno,
            vm.new_int(fault.end_column)?,
        ];
        Ok([vm.new_str(&fault.message)?.value(), vm.new_tuple(&details)?.value()])
    };
    match make() {
        Ok(args) => raise(vm, vm.types.syntax_error, &args),
        Err(raised) => raised,
    }
}

fn raise(vm: &Vm, class: Ref<PyType>, args: &[Value]) -> Raised {
    match vm.call(class.value(), args) {
        Ok(e) => match e.downcast::<PyException>() {
            Some(e) => vm.raise(e),
            None => vm.system_error("a SyntaxError that is no exception"),
        },
        Err(raised) => raised,
    }
}

/// The exception for an error of which only the reason is known.
fn error(vm: &Vm, s: &State) -> Raised {
    let (class, message) = match s.done {
        Done::Eof => {
            let raised = vm.syntax_error("unexpected EOF in multi-line statement");
            let e = vm.take_raised(raised);
            let place = || -> PyResult<(Value, Value, Value)> {
                let offset = vm.new_int(s.buf.len() as i64)?;
                Ok((vm.new_str(FILENAME)?.value(), vm.new_int(s.lineno)?, offset))
            };
            match place() {
                Ok((filename, lineno, offset)) => {
                    e.set_extra(SYNTAX_FILENAME, filename);
                    e.set_extra(SYNTAX_LINENO, lineno);
                    e.set_extra(SYNTAX_OFFSET, offset);
                    e.set_extra(SYNTAX_END_LINENO, lineno);
                }
                Err(raised) => return raised,
            }
            return vm.raise(e);
        }
        Done::Unreadable => return vm.memory_error(),
        Done::Dedent => (vm.types.indentation_error, "unindent does not match any outer indentation level"),
        Done::TabSpace => (vm.types.tab_error, "inconsistent use of tabs and spaces in indentation"),
        Done::TooDeep => (vm.types.indentation_error, "too many levels of indentation"),
        Done::LineCont => (vm.types.syntax_error, "unexpected character after line continuation character"),
        Done::Ok | Done::Error | Done::EofInString => (vm.types.syntax_error, "unknown tokenization error"),
    };
    let make = || -> PyResult<[Value; 2]> {
        let line = s.buf.strip_suffix(b"\n").unwrap_or(&s.buf);
        let details = [
            vm.new_str(FILENAME)?.value(),
            vm.new_int(s.lineno)?,
            // Behind the line's end, or behind a null.
            vm.new_int(line.iter().position(|b| *b == 0).map_or(chars(line), |nul| chars(&line[..nul])) + 1)?,
            text(vm, line)?.value(),
            Value::NONE,
            Value::NONE,
        ];
        Ok([vm.new_str(message)?.value(), vm.new_tuple(&details)?.value()])
    };
    match make() {
        Ok(args) => raise(vm, class, &args),
        Err(raised) => raised,
    }
}

/// The tuple for a token: kind, text, begin, end, line.
fn describe(vm: &Vm, this: Ref<TokenizerIter>, progress: &mut Progress, token: &Token) -> PyResult<Value> {
    let s = &progress.state;
    let mut kind = token.kind;
    let literal = kinds::is_string_literal(kind);
    let mut string = match token.start {
        Some(start) => text(vm, s.slice(start, token.end))?,
        None => vm.names.empty,
    };
    let trailing = kind == kinds::ENDMARKER || (kind == kinds::DEDENT && s.done == Done::Eof);
    let line_start = if literal { s.multi_line_start } else { s.line_start };
    let mut line_changed = true;
    let line = if s.extra_tokens && trailing {
        vm.names.empty
    } else {
        match this.last_line.get().and_then(Value::downcast::<PyStr>) {
            Some(line) if s.lineno == progress.last_lineno => {
                line_changed = false;
                line
            }
            _ => {
                let end = s.buf.len().saturating_sub(usize::from(s.implicit_newline));
                let line = text(vm, s.slice(line_start, end.max(line_start)))?;
                this.last_line.set(this, line.value());
                progress.surplus = 0;
                line
            }
        }
    };
    let mut lineno = if literal { s.first_lineno } else { s.lineno };
    let mut end_lineno = s.lineno;
    let (mut column, mut end_column) = (-1, -1);
    if let Some(start) = token.start {
        if let Some(offset) = start.checked_sub(line_start) {
            if line_changed {
                column = chars(s.slice(line_start, start));
                progress.surplus = offset as i64 - column;
            } else {
                column = offset as i64 - progress.surplus;
            }
        }
        if let Some(offset) = token.end.checked_sub(s.line_start) {
            if lineno == end_lineno {
                let width = chars(s.slice(start, token.end));
                end_column = column + width;
                progress.surplus += token.end.saturating_sub(start) as i64 - width;
            } else {
                end_column = chars(s.slice(s.line_start, token.end));
                progress.surplus += offset as i64 - end_column;
            }
        }
    }
    progress.last_lineno = lineno;

    if s.extra_tokens {
        // As the tokenizer written in Python had it.
        if trailing {
            (lineno, end_lineno) = (lineno + 1, lineno + 1);
            (column, end_column) = (0, 0);
        }
        if kind > kinds::DEDENT && kind < kinds::OP {
            kind = kinds::OP;
        } else if kind == kinds::NEWLINE {
            let carriage_return = token.start.is_some_and(|start| s.byte_at(start) == b'\r');
            string = match (s.implicit_newline, carriage_return) {
                (true, _) => vm.names.empty,
                (false, true) => vm.new_str("\r\n")?,
                (false, false) => vm.new_str("\n")?,
            };
            end_column += 1;
        } else if kind == kinds::NL && s.implicit_newline {
            string = vm.names.empty;
        }
    }
    let begin = vm.new_tuple(&[vm.new_int(lineno)?, vm.new_int(column)?])?;
    let end = vm.new_tuple(&[vm.new_int(end_lineno)?, vm.new_int(end_column)?])?;
    let items = [Value::from_i32(kind), string.value(), begin.value(), end.value(), line.value()];
    Ok(vm.new_tuple(&items)?.value())
}

static METHODS: &[MethodDef] =
    &[method!("__new__", "($type, /, *args, **kwargs)", new).static_(), method!("__iter__", 1, itself)];

static DEF: TypeDef = TypeDef {
    module: "_tokenize",
    layout: Some(crate::layouts::TOKENIZER),
    methods: &[METHODS],
    iternext: Some(next),
    ..TypeDef::new("TokenizerIter")
};

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_type(vm, vm.native_type(&DEF)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("_tokenize", &[], init);
