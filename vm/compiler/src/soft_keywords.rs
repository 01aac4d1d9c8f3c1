//! `match` and `case` as names behind a semicolon: `x = 1; match = 2`. The parser takes them for keywords there, and
//! reports an error. Such a source is parsed once more with other names of the same length in their places, which are
//! then put right in the tree.

use ast::visitor::transformer::{self, Transformer};
use parser::{ParseOptions, Parsed};
use ruff_python_ast as ast;
use ruff_python_parser as parser;
use ruff_text_size::Ranged;

const SOFT: [&str; 2] = ["match", "case"];
/// How many names are put right in one source, each at the cost of parsing it.
const MAX_NAMES: usize = 100;

/// The tree of a source whose only errors are such names.
pub(crate) fn parse_again(
    text: &str,
    parsed: &Parsed<ast::Mod>,
    options: impl Fn() -> ParseOptions,
) -> Option<ast::Mod> {
    let mut at = first_error(parsed)?;
    soft_keyword_at(text, at)?;
    let stand_ins = [stand_in(text, SOFT[0])?, stand_in(text, SOFT[1])?];
    let mut changed = text.to_owned();
    for _ in 0..MAX_NAMES {
        let which = soft_keyword_at(&changed, at)?;
        changed.replace_range(at..at + SOFT[which].len(), &stand_ins[which]);
        let parsed = parser::parse_unchecked(&changed, options());
        if !parsed.has_syntax_errors() {
            let mut tree = parsed.into_syntax();
            let renamer = Renamer(stand_ins);
            match &mut tree {
                ast::Mod::Module(module) => renamer.visit_body(&mut module.body),
                ast::Mod::Expression(expression) => renamer.visit_expr(&mut expression.body),
            }
            return Some(tree);
        }
        at = first_error(&parsed)?;
    }
    None
}

fn first_error(parsed: &Parsed<ast::Mod>) -> Option<usize> {
    parsed.errors().iter().map(|e| e.range().start().to_usize()).min()
}

/// Which soft keyword stands at this offset, with a semicolon before it.
fn soft_keyword_at(text: &str, at: usize) -> Option<usize> {
    let (before, from) = (text.get(..at)?, text.get(at..)?);
    if !before.trim_end_matches([' ', '\t', '\x0c']).ends_with(';') {
        return None;
    }
    SOFT.iter().position(|soft| {
        from.strip_prefix(soft).is_some_and(|rest| !rest.starts_with(|c: char| c == '_' || c.is_alphanumeric()))
    })
}

/// A name as long as the keyword that the text does not have.
fn stand_in(text: &str, soft: &str) -> Option<String> {
    ('a'..='z').map(|c| format!("{c}_{}", &soft[2..])).find(|name| !text.contains(name.as_str()))
}

struct Renamer([String; 2]);

impl Transformer for Renamer {
    fn visit_expr(&self, expr: &mut ast::Expr) {
        if let ast::Expr::Name(name) = expr
            && let Some(which) = self.0.iter().position(|s| name.id.as_str() == s)
        {
            name.id = SOFT[which].into();
        }
        transformer::walk_expr(self, expr);
    }
}
