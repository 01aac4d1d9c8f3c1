//! The driver: decode, parse, check depth, generate code, convert.

use brolga_bytecode::CodeObject;
use ruff_python_ast as ast;
use ruff_python_parser as parser;
use rustpython_codegen::compile::{CompileOpts, compile_top_with_syntax_warning_handler};
use rustpython_compiler_core as core;

use crate::errors::{self, ErrorKind, SyntaxError};
use crate::source::{Decoder, Source, decode_source};
use crate::{
    block_ends, convert, depth, divisions, escapes, large_literals, long_ints, powers, renamed, soft_keywords,
};

/// `compile()`'s mode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Exec,
    Eval,
    /// One interactive statement, whose value is displayed.
    Single,
}

/// How to compile; `Default` is what running a script uses.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// 0, 1 or 2: `-O`, `-OO`. The caller resolves `-1`.
    pub optimize: u8,
    /// Future features that are on from the start ([`brolga_bytecode::constants::flags`]): what `compile(flags=)` passes and
    /// what the calling code has, unless `dont_inherit`.
    pub future_flags: u32,
    pub allow_top_level_await: bool,
    /// Report input that merely ends too early as [`ErrorKind::IncompleteInput`] (`PyCF_ALLOW_INCOMPLETE_INPUT`).
    pub allow_incomplete_input: bool,
    /// Interactive: a block stays open until an empty line (`PyCF_DONT_IMPLY_DEDENT`).
    pub dont_imply_dedent: bool,
    /// Store columns (`-X no_debug_ranges` turns them off).
    pub debug_ranges: bool,
    /// `sys.get_int_max_str_digits()`; 0 for no limit.
    pub int_max_str_digits: usize,
    /// Decodes sources in an encoding that this crate does not know.
    pub decoder: Option<&'a Decoder<'a>>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            optimize: 0,
            future_flags: 0,
            allow_top_level_await: false,
            allow_incomplete_input: false,
            dont_imply_dedent: false,
            debug_ranges: true,
            int_max_str_digits: 4300,
            decoder: None,
        }
    }
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("optimize", &self.optimize).field("future_flags", &self.future_flags).finish()
    }
}

/// A `SyntaxWarning`, to be issued by the caller through its warning filters, in this order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    pub message: String,
    pub line: u32,
    /// Where it begins, from 1, in characters; 0: not known.
    pub column: i32,
}

impl Warning {
    /// Column, end line and end column, for the SyntaxError that a filter makes of it.
    pub fn place(&self) -> (i32, u32, i32) {
        (self.column, self.line, self.column.saturating_add(1))
    }
}

/// A compiled source and what the compiler had to say about it.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub code: CodeObject,
    pub warnings: Vec<Warning>,
}

/// Native stack that parsing and walking a tree of [`depth::MAX_DEPTH`] levels stays within.
const PARSE_STACK: usize = 48 << 20;
/// Native stack that the code generator needs for one level of nesting, at most (measured: 1.6 KB a term of a sum).
pub(crate) const STACK_PER_LEVEL: usize = 6 << 10;
/// Below this much room the work moves to a stack of its own; small sources stay on the caller's.
const SMALL_SOURCE: usize = 4 << 10;
const SMALL_STACK: usize = 1 << 20;

/// Compiles a source. `filename` goes into the code object and the errors as it is.
pub fn compile(source: Source<'_>, filename: &str, mode: Mode, options: &Options<'_>) -> Result<Compiled, SyntaxError> {
    let text = decode_source(source, filename, options.decoder)?;
    with_stack(&text, || compile_text(&text, filename, mode, options))
}

/// Runs `f` with as much native stack as parsing this source and walking its tree may take.
pub(crate) fn with_stack<R>(text: &str, f: impl FnOnce() -> R) -> R {
    let stack = if text.len() <= SMALL_SOURCE { SMALL_STACK.max(text.len() << 12) } else { PARSE_STACK };
    stacker::maybe_grow(stack, stack + SMALL_STACK, f)
}

pub(crate) fn compile_text(
    text: &str,
    filename: &str,
    mode: Mode,
    options: &Options<'_>,
) -> Result<Compiled, SyntaxError> {
    let tree = parse_text(text, filename, mode, options)?;
    let levels = depth::of_tree(&tree).map_err(|e| e.located(filename, text))?;
    if let Some(error) = long_ints::error(&tree, text, filename, options.int_max_str_digits) {
        return Err(error);
    }
    let warnings = escapes::warnings(&tree, text);
    if text.contains(['t', 'T']) && crate::tree::has_templates(&tree) {
        // The code generator cuts the sources of interpolations short; ours have them whole.
        return crate::tree::recompile(&tree, text, levels, filename, mode, options).map(|mut compiled| {
            compiled.warnings.splice(0..0, warnings);
            compiled
        });
    }
    stacker::maybe_grow(levels * STACK_PER_LEVEL + (256 << 10), levels * STACK_PER_LEVEL + (1 << 20), || {
        generate(tree, text, filename, mode, options, warnings)
    })
}

/// The parser's tree.
pub(crate) fn parse_text(
    text: &str,
    filename: &str,
    mode: Mode,
    options: &Options<'_>,
) -> Result<ast::Mod, SyntaxError> {
    depth::check_source(text).map_err(|e| e.located(filename, text))?;
    if depth::looks_bracketed(text)
        && let Some(error) = errors::too_many_parentheses(text, filename)
    {
        return Err(error);
    }
    let parse_mode = match mode {
        Mode::Eval => parser::Mode::Expression,
        Mode::Exec | Mode::Single => parser::Mode::Module,
    };
    let parse_options =
        parser::ParseOptions::from(parse_mode).with_target_version(ast::PythonVersion { major: 3, minor: 14 });
    let parsed = parser::parse_unchecked(text, parse_options);
    let tree = if parsed.has_syntax_errors() {
        match soft_keywords::parse_again(text, &parsed, || {
            parser::ParseOptions::from(parse_mode).with_target_version(ast::PythonVersion { major: 3, minor: 14 })
        }) {
            Some(tree) => tree,
            None => return Err(errors::parse_error(text, filename, mode, options, &parsed)),
        }
    } else {
        parsed.into_syntax()
    };
    if mode == Mode::Single {
        errors::check_single(
            text,
            filename,
            &tree,
            options.allow_incomplete_input,
            options.allow_incomplete_input || options.dont_imply_dedent,
        )?;
    }
    Ok(tree)
}

pub(crate) fn generate(
    mut tree: ast::Mod,
    text: &str,
    filename: &str,
    mode: Mode,
    options: &Options<'_>,
    mut warnings: Vec<Warning>,
) -> Result<Compiled, SyntaxError> {
    powers::fold(&mut tree, text);
    divisions::correct(&mut tree, text);
    block_ends::extend(&mut tree, text);
    renamed::mark(&mut tree, text);
    let stand_ins = large_literals::replace(&mut tree, text);
    let core_mode = match mode {
        Mode::Exec => core::Mode::Exec,
        Mode::Eval => core::Mode::Eval,
        Mode::Single => core::Mode::Single,
    };
    let opts = CompileOpts {
        optimize: options.optimize.min(2),
        debug_ranges: options.debug_ranges,
        int_max_str_digits: options.int_max_str_digits,
        allow_top_level_await: options.allow_top_level_await,
        future_features: core::bytecode::CodeFlags::from_bits_truncate(options.future_flags),
        dont_imply_dedent: options.dont_imply_dedent,
        // The tree's depth has been checked, and the stack is cut to it.
        recursion_limit: usize::MAX,
    };
    let file = core::SourceFileBuilder::new(filename, text).finish();
    let mut on_warning = |at: core::SourceLocation, message: String| {
        warnings.push(Warning {
            message,
            line: u32::try_from(at.line.get()).unwrap_or(u32::MAX),
            column: i32::try_from(at.character_offset.get()).unwrap_or(0),
        });
        Ok(())
    };
    let result = compile_top_with_syntax_warning_handler(tree, file, core_mode, opts, Some(&mut on_warning));
    match result {
        Ok(code) => Ok(Compiled { code: convert::code_object(code, &stand_ins), warnings }),
        Err(error) => Err(errors::codegen_error(text, filename, &error)),
    }
}

impl depth::TooDeep {
    pub(crate) fn located(self, filename: &str, text: &str) -> SyntaxError {
        match self {
            depth::TooDeep::Indentation(at) => {
                let message = "too many levels of indentation".to_owned();
                errors::at_offsets(text, filename, ErrorKind::IndentationError, message, at, at)
            }
            depth::TooDeep::Nesting => {
                let message = "maximum recursion depth exceeded during compilation".to_owned();
                SyntaxError::bare(ErrorKind::RecursionError, message)
            }
        }
    }
}
