//! String literals, and the pieces of f-strings and t-strings, which are merged as CPython merges them.

use brolga_bytecode::{Const, Wtf8String};
use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Tree;
use super::from_parser::Builder;
use crate::compile::{Mode, Options, compile_text};

/// A constant piece that may still grow, and where it is.
#[derive(Default)]
struct Pending {
    text: Vec<u8>,
    range: Option<TextRange>,
}

impl Pending {
    fn add(&mut self, text: &[u8], range: TextRange) {
        self.text.extend_from_slice(text);
        self.range = Some(self.range.map_or(range, |r| r.cover(range)));
    }
}

/// The value of a string literal that has escapes, by the compiler.
fn compiled(source: &str) -> Option<Vec<u8>> {
    if !source.contains('\\') {
        return None;
    }
    let compiled = compile_text(source, "", Mode::Eval, &Options::default()).ok()?;
    match compiled.code.consts.first() {
        Some(Const::Str(text)) => Some(text.as_bytes().to_vec()),
        _ => None,
    }
}

/// The text of an expression without its comments.
fn without_comments(text: &str) -> String {
    if !text.contains('#') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    // The quotes that end the string literal we are in.
    let mut quotes: Option<&str> = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut len = c.len_utf8();
        match quotes {
            Some(end) => {
                if c == '\\' {
                    len += rest.chars().nth(1).map_or(0, char::len_utf8);
                } else if rest.starts_with(end) {
                    len = end.len();
                    quotes = None;
                }
            }
            None if c == '#' => {
                rest = rest.get(rest.find(['\n', '\r']).unwrap_or(rest.len())..).unwrap_or("");
                continue;
            }
            None => {
                quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|q| rest.starts_with(q));
                len = quotes.map_or(len, str::len);
            }
        }
        out.push_str(rest.get(..len).unwrap_or(""));
        rest = rest.get(len..).unwrap_or("");
    }
    out
}

/// A piece of an f-string as a literal of its own: braces are no longer doubled, quotes and line ends are escaped.
fn as_literal(piece: &str) -> String {
    let mut out = String::from("\"");
    let mut chars = piece.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                out.push(c);
                let Some(next) = chars.next() else { break };
                out.push(next);
                if next == 'N' && chars.peek() == Some(&'{') {
                    out.extend(chars.by_ref().take_while(|c| *c != '}'));
                    out.push('}');
                }
            }
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '{' | '}' if chars.peek() == Some(&c) => {
                chars.next();
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

impl Builder<'_> {
    /// The value of a literal. The parser has none for lone surrogates: there the compiler is asked.
    fn literal(&self, value: &str, range: TextRange) -> Vec<u8> {
        if value.contains('\u{fffd}')
            && let Some(source) = self.text.get(range.start().to_usize()..range.end().to_usize())
            && let Some(text) = compiled(source)
        {
            return text;
        }
        value.as_bytes().to_vec()
    }

    /// As [`Builder::literal`], of a piece of an f-string between its braces.
    fn piece(&self, value: &str, range: TextRange) -> Vec<u8> {
        if value.contains('\u{fffd}')
            && let Some(source) = self.text.get(range.start().to_usize()..range.end().to_usize())
            && let Some(text) = compiled(&as_literal(source))
        {
            return text;
        }
        value.as_bytes().to_vec()
    }

    pub(super) fn string(&self, e: &ast::ExprStringLiteral) -> Tree {
        let mut value = Vec::new();
        for part in e.value.iter() {
            value.extend(self.literal(&part.value, part.range));
        }
        let unicode =
            e.value.iter().next().is_some_and(|p| p.flags.prefix() == ast::str_prefix::StringLiteralPrefix::Unicode);
        let kind = if unicode { Tree::Str("u".to_owned()) } else { Tree::None };
        self.node("Constant", e.range, vec![text(value), kind])
    }

    pub(super) fn bytes(&self, e: &ast::ExprBytesLiteral) -> Tree {
        let value: Vec<u8> = e.value.iter().flat_map(|part| part.value.iter().copied()).collect();
        self.node("Constant", e.range, vec![Tree::Constant(Const::Bytes(value.into())), Tree::None])
    }

    fn flush(&self, pending: &mut Pending, values: &mut Vec<Tree>) {
        let Pending { text: value, range } = std::mem::take(pending);
        if let Some(range) = range
            && !value.is_empty()
        {
            values.push(self.node("Constant", range, vec![text(value), Tree::None]));
        }
    }

    /// The elements of one part.
    fn elements(
        &self,
        elements: &ast::InterpolatedStringElements,
        template: bool,
        pending: &mut Pending,
        values: &mut Vec<Tree>,
    ) {
        for element in elements {
            match element {
                ast::InterpolatedStringElement::Literal(piece) => {
                    pending.add(&self.piece(&piece.value, piece.range), piece.range);
                }
                ast::InterpolatedStringElement::Interpolation(field) => {
                    if let Some(debug) = &field.debug_text {
                        let shown = format!("{}{}{}", debug.leading(), debug.expression(), debug.trailing());
                        let start = field.range.start() + TextSize::from(1);
                        let range = TextRange::at(start, TextSize::of(shown.as_str()));
                        pending.add(without_comments(&shown).as_bytes(), range);
                    }
                    self.flush(pending, values);
                    values.push(self.field(field, template));
                }
            }
        }
    }

    /// `{expression!conversion:format}`
    fn field(&self, field: &ast::InterpolatedElement, template: bool) -> Tree {
        let conversion = match (&field.debug_text, field.conversion, &field.format_spec) {
            (Some(_), ast::ConversionFlag::None, None) => i64::from(b'r'),
            (_, conversion, _) => conversion as i64,
        };
        let format = field.format_spec.as_ref().map_or(Tree::None, |spec| {
            let (mut pending, mut values) = (Pending::default(), Vec::new());
            self.elements(&spec.elements, false, &mut pending, &mut values);
            self.flush(&mut pending, &mut values);
            // From the colon on.
            let before = spec.range.start().to_usize().wrapping_sub(1);
            let colon = self.text.as_bytes().get(before) == Some(&b':');
            let start = if colon { spec.range.start() - TextSize::from(1) } else { spec.range.start() };
            self.node("JoinedStr", TextRange::new(start, spec.range.end()), vec![Tree::List(values)])
        });
        let value = self.expr(&field.expression);
        if !template {
            return self.node("FormattedValue", field.range, vec![value, Tree::Int(conversion), format]);
        }
        // The text between the brace and what follows the expression.
        let from = field.range.start().to_usize() + 1;
        let mut to = field.expression.end().to_usize();
        if let Some(debug) = &field.debug_text {
            let shown = debug.leading().len() + debug.expression().len() + debug.trailing().len();
            to = self.text.get(from..from + shown).and_then(|t| t.rfind('=')).map_or(to, |n| from + n);
        } else {
            // Closing parentheses belong to it.
            let end = field.format_spec.as_ref().map_or(field.range.end(), |s| s.range.start()).to_usize();
            let rest = self.text.get(to..end).unwrap_or("");
            to += rest.find(['!', ':', '}']).unwrap_or(0);
        }
        let source = self.text.get(from..to).unwrap_or("");
        let source = Tree::Constant(Const::Str(Wtf8String::from_utf8(&without_comments(source))));
        self.node("Interpolation", field.range, vec![value, source, Tree::Int(conversion), format])
    }

    pub(super) fn f_string(&self, e: &ast::ExprFString) -> Tree {
        let (mut pending, mut values) = (Pending::default(), Vec::new());
        for part in e.value.iter() {
            match part {
                ast::FStringPart::Literal(piece) => pending.add(&self.literal(&piece.value, piece.range), piece.range),
                ast::FStringPart::FString(part) => self.elements(&part.elements, false, &mut pending, &mut values),
            }
        }
        self.flush(&mut pending, &mut values);
        self.node("JoinedStr", e.range, vec![Tree::List(values)])
    }

    pub(super) fn t_string(&self, e: &ast::ExprTString) -> Tree {
        let (mut pending, mut values) = (Pending::default(), Vec::new());
        for part in e.value.iter() {
            self.elements(&part.elements, true, &mut pending, &mut values);
        }
        self.flush(&mut pending, &mut values);
        self.node("TemplateStr", e.range, vec![Tree::List(values)])
    }
}

fn text(value: Vec<u8>) -> Tree {
    Tree::Constant(Const::Str(Wtf8String::from_wtf8(value.into()).unwrap_or_default()))
}
