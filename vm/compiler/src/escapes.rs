//! `SyntaxWarning`s about escapes that mean nothing (`"\d"`) and keywords right behind numbers (`1if`), which CPython's
//! parser gives and the parser crate does not.

use ast::visitor::{self, Visitor};
use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use crate::compile::Warning;

/// The warnings of a whole tree, in source order. The tree's depth has been checked.
pub(crate) fn warnings(tree: &ast::Mod, text: &str) -> Vec<Warning> {
    if !text.contains('\\') && !may_glue(text) {
        return Vec::new();
    }
    let mut finder = Finder { text, found: Vec::new(), raw: false };
    match tree {
        ast::Mod::Module(module) => finder.visit_body(&module.body),
        ast::Mod::Expression(module) => finder.visit_expr(&module.body),
    }
    finder.found.sort_by_key(|(at, _)| *at);
    let (mut line, mut counted) = (1_u32, 0);
    let mut out = Vec::with_capacity(finder.found.len());
    for (at, message) in finder.found {
        let newlines = text.as_bytes().get(counted..at).unwrap_or_default().iter().filter(|b| **b == b'\n').count();
        line = line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        counted = at;
        let line_start = text.get(..at).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
        let column = text.get(line_start..at).map_or(0, |t| t.chars().count() + 1);
        out.push(Warning { message, line, column: i32::try_from(column).unwrap_or(0) });
    }
    out
}

/// May a keyword stand right behind a number's last character?
fn may_glue(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(2).any(|pair| {
        matches!(pair[0], b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' | b'.' | b'j' | b'J')
            && matches!(pair[1], b'a' | b'e' | b'f' | b'i' | b'n' | b'o')
            && (pair[0].is_ascii_digit() || pair[0] == b'.')
    }) || text.contains("0x")
        || text.contains("0X")
        || bytes
            .windows(3)
            .any(|three| three[0].is_ascii_digit() && matches!(three[1], b'j' | b'J') && three[2].is_ascii_lowercase())
}

struct Finder<'a> {
    text: &'a str,
    found: Vec<(usize, String)>,
    /// Inside a raw f- or t-string.
    raw: bool,
}

impl Finder<'_> {
    /// A number that a keyword follows without a blank.
    fn number(&mut self, range: TextRange) {
        let (start, end) = (range.start().to_usize(), range.end().to_usize());
        let (Some(number), Some(rest)) = (self.text.get(start..end), self.text.get(end..)) else { return };
        if !["and", "else", "for", "if", "in", "is", "not", "or"].iter().any(|word| rest.starts_with(word)) {
            return;
        }
        let kind = match number.as_bytes() {
            [b'0', b'x' | b'X', ..] => "hexadecimal",
            [b'0', b'o' | b'O', ..] => "octal",
            [b'0', b'b' | b'B', ..] => "binary",
            [.., b'j' | b'J'] => "imaginary",
            _ => "decimal",
        };
        self.found.push((end, format!("invalid {kind} literal")));
    }

    /// The first bad escape of one literal.
    fn literal(&mut self, range: TextRange, bytes: bool) {
        let start = range.start().to_usize();
        let Some(literal) = self.text.get(start..range.end().to_usize()) else { return };
        let mut from = 0;
        while let Some(at) = literal.get(from..).and_then(|rest| rest.find('\\')).map(|n| from + n) {
            let mut after = literal[at + 1..].chars();
            // At the end of an f-string's text a brace follows, which begins a field all the same.
            let brace = || self.text.get(range.end().to_usize()..).and_then(|t| t.chars().next());
            let Some(c) = after.next().or_else(|| brace().filter(|c| matches!(c, '{' | '}'))) else { return };
            from = at + 1 + c.len_utf8();
            let what = match c {
                '\n' | '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | 'x' => continue,
                'N' | 'u' | 'U' if !bytes => continue,
                '0'..='7' => {
                    let digits: String = literal[at + 1..].chars().take(3).take_while(|d| d.is_digit(8)).collect();
                    if digits.len() < 3 || c < '4' {
                        continue;
                    }
                    (digits, "octal escape sequence")
                }
                c => (c.to_string(), "escape sequence"),
            };
            let (escape, kind) = what;
            let message = format!(
                "\"\\{escape}\" is an invalid {kind}. Such sequences will not work in the future. \
                 Did you mean \"\\\\{escape}\"? A raw string is also an option."
            );
            self.found.push((start + at, message));
            return;
        }
    }
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_expr(&mut self, expr: &'a ast::Expr) {
        if let ast::Expr::NumberLiteral(number) = expr {
            self.number(number.range());
        }
        visitor::walk_expr(self, expr);
    }

    fn visit_string_literal(&mut self, literal: &'a ast::StringLiteral) {
        if !literal.flags.prefix().is_raw() {
            self.literal(literal.range(), false);
        }
    }

    fn visit_bytes_literal(&mut self, literal: &'a ast::BytesLiteral) {
        if !literal.flags.prefix().is_raw() {
            self.literal(literal.range(), true);
        }
    }

    fn visit_f_string(&mut self, string: &'a ast::FString) {
        let outer = std::mem::replace(&mut self.raw, string.flags.prefix().is_raw());
        visitor::walk_f_string(self, string);
        self.raw = outer;
    }

    fn visit_t_string(&mut self, string: &'a ast::TString) {
        let outer = std::mem::replace(&mut self.raw, string.flags.prefix().is_raw());
        visitor::walk_t_string(self, string);
        self.raw = outer;
    }

    fn visit_interpolated_string_element(&mut self, element: &'a ast::InterpolatedStringElement) {
        match element {
            ast::InterpolatedStringElement::Literal(literal) if !self.raw => self.literal(literal.range(), false),
            _ => visitor::walk_interpolated_string_element(self, element),
        }
    }
}
