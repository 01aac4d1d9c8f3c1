//! The parser's tree to ours.

use brolga_bytecode::Const;
use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Lines, Node, Place, Tree, TreeError};
use crate::compile::{Compiled, Mode, Options, STACK_PER_LEVEL, Warning, parse_text, with_stack};
use crate::errors::{ErrorKind, SyntaxError};
use crate::source::{Source, decode_source};
use crate::{convert, depth, escapes};

/// Parses a source. The tree's root is a `Module`, an `Expression` or an `Interactive`.
pub fn parse(
    source: Source<'_>,
    filename: &str,
    mode: Mode,
    options: &Options<'_>,
) -> Result<(Tree, Vec<Warning>), SyntaxError> {
    let text = decode_source(source, filename, options.decoder)?;
    with_stack(&text, || {
        let tree = parse_text(&text, filename, mode, options)?;
        let levels = depth::of_tree(&tree).map_err(|e| e.located(filename, &text))?;
        let builder = Builder { text: &text, lines: Lines::new(&text) };
        let warnings = escapes::warnings(&tree, &text);
        let stack = levels * STACK_PER_LEVEL + (256 << 10);
        Ok((stacker::maybe_grow(stack, stack + (1 << 20), || builder.root(&tree, mode)), warnings))
    })
}

/// Are there t-strings?
pub(crate) fn has_templates(tree: &ast::Mod) -> bool {
    struct Finder(bool);
    impl<'a> ast::visitor::Visitor<'a> for Finder {
        fn visit_expr(&mut self, e: &'a ast::Expr) {
            self.0 |= matches!(e, ast::Expr::TString(_));
            if !self.0 {
                ast::visitor::walk_expr(self, e);
            }
        }
    }
    let mut finder = Finder(false);
    use ast::visitor::Visitor;
    match tree {
        ast::Mod::Module(m) => finder.visit_body(&m.body),
        ast::Mod::Expression(m) => finder.visit_expr(&m.body),
    }
    finder.0
}

/// Compiles by way of our own tree.
pub(crate) fn recompile(
    tree: &ast::Mod,
    text: &str,
    levels: usize,
    filename: &str,
    mode: Mode,
    options: &Options<'_>,
) -> Result<Compiled, SyntaxError> {
    let builder = Builder { text, lines: Lines::new(text) };
    let stack = levels * STACK_PER_LEVEL + (256 << 10);
    let tree = stacker::maybe_grow(stack, stack + (1 << 20), || builder.root(tree, mode));
    super::compile(&tree, filename, mode, options).map_err(|e| match e {
        TreeError::Syntax(e) => e,
        // The parser makes no such trees.
        TreeError::Type(message) | TreeError::Value(message) => SyntaxError::bare(ErrorKind::SyntaxError, message),
    })
}

pub(super) struct Builder<'a> {
    pub(super) text: &'a str,
    lines: Lines,
}

/// A node without a place.
fn bare(class: &'static str, fields: Vec<Tree>) -> Tree {
    Tree::Node(Box::new(Node { class, fields, place: None }))
}

fn identifier(name: &ast::Identifier) -> Tree {
    Tree::Str(name.id.as_str().to_owned())
}

fn identifiers(names: &[ast::Identifier]) -> Tree {
    Tree::List(names.iter().map(identifier).collect())
}

fn optional_name(name: Option<&ast::Identifier>) -> Tree {
    name.map_or(Tree::None, identifier)
}

fn context(ctx: ast::ExprContext) -> Tree {
    bare(
        match ctx {
            ast::ExprContext::Store => "Store",
            ast::ExprContext::Del => "Del",
            ast::ExprContext::Load | ast::ExprContext::Invalid => "Load",
        },
        Vec::new(),
    )
}

fn operator(op: ast::Operator) -> Tree {
    use ast::Operator as O;
    bare(
        match op {
            O::Add => "Add",
            O::Sub => "Sub",
            O::Mult => "Mult",
            O::MatMult => "MatMult",
            O::Div => "Div",
            O::Mod => "Mod",
            O::Pow => "Pow",
            O::LShift => "LShift",
            O::RShift => "RShift",
            O::BitOr => "BitOr",
            O::BitXor => "BitXor",
            O::BitAnd => "BitAnd",
            O::FloorDiv => "FloorDiv",
        },
        Vec::new(),
    )
}

fn comparison(op: ast::CmpOp) -> Tree {
    use ast::CmpOp as C;
    bare(
        match op {
            C::Eq => "Eq",
            C::NotEq => "NotEq",
            C::Lt => "Lt",
            C::LtE => "LtE",
            C::Gt => "Gt",
            C::GtE => "GtE",
            C::Is => "Is",
            C::IsNot => "IsNot",
            C::In => "In",
            C::NotIn => "NotIn",
        },
        Vec::new(),
    )
}

fn number(value: &ast::Number) -> Const {
    match value {
        ast::Number::Int(i) => match i.as_i64() {
            Some(i) => Const::Int(i),
            None => big_int(&i.to_string()),
        },
        ast::Number::Float(f) => Const::Float(*f),
        ast::Number::Complex { real, imag } => Const::Complex { re: *real, im: *imag },
    }
}

/// An int from its token.
fn big_int(token: &str) -> Const {
    let token: String = token.chars().filter(|c| *c != '_').collect();
    let (digits, radix) = match token.get(..2) {
        Some("0x" | "0X") => (token.get(2..).unwrap_or(""), 16),
        Some("0o" | "0O") => (token.get(2..).unwrap_or(""), 8),
        Some("0b" | "0B") => (token.get(2..).unwrap_or(""), 2),
        _ => (token.as_str(), 10),
    };
    let value = num_bigint::BigUint::parse_bytes(digits.as_bytes(), radix).unwrap_or_default();
    Const::from_digits15(false, &convert::digits15(&value.to_bytes_le()))
}

impl Builder<'_> {
    pub(super) fn node(&self, class: &'static str, range: TextRange, fields: Vec<Tree>) -> Tree {
        let (line, column) = self.lines.locate(range.start().to_u32());
        let (end_line, end_column) = self.lines.locate(range.end().to_u32());
        Tree::Node(Box::new(Node { class, fields, place: Some(Place { line, column, end_line, end_column }) }))
    }

    fn root(&self, tree: &ast::Mod, mode: Mode) -> Tree {
        match tree {
            ast::Mod::Expression(m) => bare("Expression", vec![self.expr(&m.body)]),
            ast::Mod::Module(m) if mode == Mode::Single => bare("Interactive", vec![self.body(&m.body)]),
            ast::Mod::Module(m) => bare("Module", vec![self.body(&m.body), Tree::List(Vec::new())]),
        }
    }

    fn body(&self, body: &[ast::Stmt]) -> Tree {
        Tree::List(body.iter().map(|s| self.stmt(s)).collect())
    }

    fn exprs(&self, all: &[ast::Expr]) -> Tree {
        Tree::List(all.iter().map(|e| self.expr(e)).collect())
    }

    fn optional(&self, e: Option<&ast::Expr>) -> Tree {
        e.map_or(Tree::None, |e| self.expr(e))
    }

    /// Where a definition itself begins, behind its decorators.
    fn behind_decorators(&self, decorators: &[ast::Decorator], range: TextRange) -> TextRange {
        let Some(last) = decorators.last() else { return range };
        let mut at = last.range.end().to_usize();
        // White space and comments.
        while let Some(c) = self.text.as_bytes().get(at) {
            match c {
                b'#' => {
                    let rest = self.text.get(at..).unwrap_or("");
                    at += rest.find(['\n', '\r']).unwrap_or(rest.len());
                }
                b' ' | b'\t' | b'\x0c' | b'\n' | b'\r' | b'\\' => at += 1,
                _ => break,
            }
        }
        TextRange::new(TextSize::new(at as u32).min(range.end()), range.end())
    }

    /// The range of a statement that ends in a block: a semicolon behind the block's last statement belongs to it.
    fn compound(&self, range: TextRange) -> TextRange {
        let bytes = self.text.as_bytes();
        let mut at = range.end().to_usize();
        loop {
            match bytes.get(at) {
                Some(b' ' | b'\t' | b'\x0c') => at += 1,
                Some(b'\\') if matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => {
                    at += if bytes.get(at + 1..at + 3) == Some(b"\r\n") { 3 } else { 2 };
                }
                Some(b';') => return TextRange::new(range.start(), TextSize::new(at as u32 + 1)),
                _ => return range,
            }
        }
    }

    fn decorators(&self, all: &[ast::Decorator]) -> Tree {
        Tree::List(all.iter().map(|d| self.expr(&d.expression)).collect())
    }

    fn type_params(&self, params: Option<&ast::TypeParams>) -> Tree {
        let all = params.map_or(&[][..], |p| p.type_params.as_slice());
        let one = |p: &ast::TypeParam| match p {
            ast::TypeParam::TypeVar(p) => {
                let fields =
                    vec![identifier(&p.name), self.optional(p.bound.as_deref()), self.optional(p.default.as_deref())];
                self.node("TypeVar", p.range, fields)
            }
            ast::TypeParam::ParamSpec(p) => {
                self.node("ParamSpec", p.range, vec![identifier(&p.name), self.optional(p.default.as_deref())])
            }
            ast::TypeParam::TypeVarTuple(p) => {
                self.node("TypeVarTuple", p.range, vec![identifier(&p.name), self.optional(p.default.as_deref())])
            }
        };
        Tree::List(all.iter().map(one).collect())
    }

    fn parameter(&self, p: &ast::Parameter) -> Tree {
        let fields = vec![identifier(&p.name), self.optional(p.annotation.as_deref()), Tree::None];
        // `*` and `**` are no part of it.
        self.node("arg", TextRange::new(p.name.range.start(), p.range.end()), fields)
    }

    fn parameters(&self, p: &ast::Parameters) -> Tree {
        let list =
            |all: &[ast::ParameterWithDefault]| Tree::List(all.iter().map(|p| self.parameter(&p.parameter)).collect());
        let one = |p: Option<&ast::Parameter>| p.map_or(Tree::None, |p| self.parameter(p));
        let defaults = p.posonlyargs.iter().chain(&p.args).filter_map(|p| p.default.as_deref());
        bare(
            "arguments",
            vec![
                list(&p.posonlyargs),
                list(&p.args),
                one(p.vararg.as_deref()),
                list(&p.kwonlyargs),
                Tree::List(p.kwonlyargs.iter().map(|p| self.optional(p.default.as_deref())).collect()),
                one(p.kwarg.as_deref()),
                Tree::List(defaults.map(|e| self.expr(e)).collect()),
            ],
        )
    }

    /// The arguments of a call: a generator expression that is the only one has its parentheses.
    fn arguments(&self, a: &ast::Arguments) -> Tree {
        if let [ast::Expr::Generator(g)] = &*a.args
            && !g.parenthesized
        {
            return Tree::List(vec![self.generator(g, a.range)]);
        }
        self.exprs(&a.args)
    }

    fn keywords(&self, a: &ast::Arguments) -> Tree {
        let one =
            |k: &ast::Keyword| self.node("keyword", k.range, vec![optional_name(k.arg.as_ref()), self.expr(&k.value)]);
        Tree::List(a.keywords.iter().map(one).collect())
    }

    fn generator(&self, g: &ast::ExprGenerator, range: TextRange) -> Tree {
        self.node("GeneratorExp", range, vec![self.expr(&g.elt), self.comprehensions(&g.generators)])
    }

    fn comprehensions(&self, all: &[ast::Comprehension]) -> Tree {
        let one = |c: &ast::Comprehension| {
            let fields =
                vec![self.expr(&c.target), self.expr(&c.iter), self.exprs(&c.ifs), Tree::Int(i64::from(c.is_async))];
            bare("comprehension", fields)
        };
        Tree::List(all.iter().map(one).collect())
    }

    fn aliases(&self, all: &[ast::Alias]) -> Tree {
        let one =
            |a: &ast::Alias| self.node("alias", a.range, vec![identifier(&a.name), optional_name(a.asname.as_ref())]);
        Tree::List(all.iter().map(one).collect())
    }

    /// `else` and what nested `if`s an `elif` stands for.
    fn clauses(&self, clauses: &[ast::ElifElseClause], end: TextSize) -> Tree {
        match clauses {
            [] => Tree::List(Vec::new()),
            [clause, rest @ ..] => match &clause.test {
                None => self.body(&clause.body),
                Some(test) => {
                    let fields = vec![self.expr(test), self.body(&clause.body), self.clauses(rest, end)];
                    Tree::List(vec![self.node("If", TextRange::new(clause.range.start(), end), fields)])
                }
            },
        }
    }

    fn stmt(&self, s: &ast::Stmt) -> Tree {
        use ast::Stmt as S;
        let range = match s {
            S::FunctionDef(_)
            | S::ClassDef(_)
            | S::For(_)
            | S::While(_)
            | S::If(_)
            | S::With(_)
            | S::Match(_)
            | S::Try(_) => self.compound(s.range()),
            _ => s.range(),
        };
        match s {
            S::FunctionDef(f) => {
                let fields = vec![
                    identifier(&f.name),
                    self.parameters(&f.parameters),
                    self.body(&f.body),
                    self.decorators(&f.decorator_list),
                    self.optional(f.returns.as_deref()),
                    Tree::None,
                    self.type_params(f.type_params.as_deref()),
                ];
                let class = if f.is_async { "AsyncFunctionDef" } else { "FunctionDef" };
                self.node(class, self.behind_decorators(&f.decorator_list, range), fields)
            }
            S::ClassDef(c) => {
                let none = || Tree::List(Vec::new());
                let (bases, keywords) = match &c.arguments {
                    Some(a) => (self.exprs(&a.args), self.keywords(a)),
                    None => (none(), none()),
                };
                let fields = vec![
                    identifier(&c.name),
                    bases,
                    keywords,
                    self.body(&c.body),
                    self.decorators(&c.decorator_list),
                    self.type_params(c.type_params.as_deref()),
                ];
                self.node("ClassDef", self.behind_decorators(&c.decorator_list, range), fields)
            }
            S::Return(s) => self.node("Return", range, vec![self.optional(s.value.as_deref())]),
            S::Delete(s) => self.node("Delete", range, vec![self.exprs(&s.targets)]),
            S::Assign(s) => self.node("Assign", range, vec![self.exprs(&s.targets), self.expr(&s.value), Tree::None]),
            S::TypeAlias(s) => {
                let fields = vec![self.expr(&s.name), self.type_params(s.type_params.as_deref()), self.expr(&s.value)];
                self.node("TypeAlias", range, fields)
            }
            S::AugAssign(s) => {
                self.node("AugAssign", range, vec![self.expr(&s.target), operator(s.op), self.expr(&s.value)])
            }
            S::AnnAssign(s) => {
                let fields = vec![
                    self.expr(&s.target),
                    self.expr(&s.annotation),
                    self.optional(s.value.as_deref()),
                    Tree::Int(i64::from(s.simple)),
                ];
                self.node("AnnAssign", range, fields)
            }
            S::For(s) => {
                let fields = vec![
                    self.expr(&s.target),
                    self.expr(&s.iter),
                    self.body(&s.body),
                    self.body(&s.orelse),
                    Tree::None,
                ];
                self.node(if s.is_async { "AsyncFor" } else { "For" }, range, fields)
            }
            S::While(s) => {
                self.node("While", range, vec![self.expr(&s.test), self.body(&s.body), self.body(&s.orelse)])
            }
            S::If(s) => {
                let rest = self.clauses(&s.elif_else_clauses, range.end());
                self.node("If", range, vec![self.expr(&s.test), self.body(&s.body), rest])
            }
            S::With(s) => {
                let item = |i: &ast::WithItem| {
                    bare("withitem", vec![self.expr(&i.context_expr), self.optional(i.optional_vars.as_deref())])
                };
                let items = Tree::List(s.items.iter().map(item).collect());
                let class = if s.is_async { "AsyncWith" } else { "With" };
                self.node(class, range, vec![items, self.body(&s.body), Tree::None])
            }
            S::Match(s) => {
                let case = |c: &ast::MatchCase| {
                    let fields = vec![self.pattern(&c.pattern), self.optional(c.guard.as_deref()), self.body(&c.body)];
                    bare("match_case", fields)
                };
                let cases = Tree::List(s.cases.iter().map(case).collect());
                self.node("Match", range, vec![self.expr(&s.subject), cases])
            }
            S::Raise(s) => {
                self.node("Raise", range, vec![self.optional(s.exc.as_deref()), self.optional(s.cause.as_deref())])
            }
            S::Try(s) => {
                let handler = |h: &ast::ExceptHandler| {
                    let ast::ExceptHandler::ExceptHandler(h) = h;
                    let fields =
                        vec![self.optional(h.type_.as_deref()), optional_name(h.name.as_ref()), self.body(&h.body)];
                    self.node("ExceptHandler", self.compound(h.range), fields)
                };
                let fields = vec![
                    self.body(&s.body),
                    Tree::List(s.handlers.iter().map(handler).collect()),
                    self.body(&s.orelse),
                    self.body(&s.finalbody),
                ];
                self.node(if s.is_star { "TryStar" } else { "Try" }, range, fields)
            }
            S::Assert(s) => self.node("Assert", range, vec![self.expr(&s.test), self.optional(s.msg.as_deref())]),
            S::Import(s) => self.node("Import", range, vec![self.aliases(&s.names)]),
            S::ImportFrom(s) => {
                let fields =
                    vec![optional_name(s.module.as_ref()), self.aliases(&s.names), Tree::Int(i64::from(s.level))];
                self.node("ImportFrom", range, fields)
            }
            S::Global(s) => self.node("Global", range, vec![identifiers(&s.names)]),
            S::Nonlocal(s) => self.node("Nonlocal", range, vec![identifiers(&s.names)]),
            S::Expr(s) => self.node("Expr", range, vec![self.expr(&s.value)]),
            S::Break(_) => self.node("Break", range, Vec::new()),
            S::Continue(_) => self.node("Continue", range, Vec::new()),
            // The last is IPython's own, which the parser makes in its mode only.
            S::Pass(_) | S::IpyEscapeCommand(_) => self.node("Pass", range, Vec::new()),
        }
    }

    fn constant(&self, range: TextRange, value: Const) -> Tree {
        self.node("Constant", range, vec![Tree::Constant(value), Tree::None])
    }

    pub(super) fn expr(&self, e: &ast::Expr) -> Tree {
        use ast::Expr as E;
        let range = e.range();
        match e {
            E::BoolOp(e) => {
                let op = bare(if e.op == ast::BoolOp::And { "And" } else { "Or" }, Vec::new());
                self.node("BoolOp", range, vec![op, self.exprs(&e.values)])
            }
            E::Named(e) => self.node("NamedExpr", range, vec![self.expr(&e.target), self.expr(&e.value)]),
            E::BinOp(e) => self.node("BinOp", range, vec![self.expr(&e.left), operator(e.op), self.expr(&e.right)]),
            E::UnaryOp(e) => {
                let op = match e.op {
                    ast::UnaryOp::Invert => "Invert",
                    ast::UnaryOp::Not => "Not",
                    ast::UnaryOp::UAdd => "UAdd",
                    ast::UnaryOp::USub => "USub",
                };
                self.node("UnaryOp", range, vec![bare(op, Vec::new()), self.expr(&e.operand)])
            }
            E::Lambda(e) => {
                let parameters = match &e.parameters {
                    Some(p) => self.parameters(p),
                    None => {
                        let none = || Tree::List(Vec::new());
                        bare("arguments", vec![none(), none(), Tree::None, none(), none(), Tree::None, none()])
                    }
                };
                self.node("Lambda", range, vec![parameters, self.expr(&e.body)])
            }
            E::If(e) => self.node("IfExp", range, vec![self.expr(&e.test), self.expr(&e.body), self.expr(&e.orelse)]),
            E::Dict(e) => {
                let keys = e.items.iter().map(|i| self.optional(i.key.as_ref())).collect();
                let values = e.items.iter().map(|i| self.expr(&i.value)).collect();
                self.node("Dict", range, vec![Tree::List(keys), Tree::List(values)])
            }
            E::Set(e) => self.node("Set", range, vec![self.exprs(&e.elts)]),
            E::ListComp(e) => self.node("ListComp", range, vec![self.expr(&e.elt), self.comprehensions(&e.generators)]),
            E::SetComp(e) => self.node("SetComp", range, vec![self.expr(&e.elt), self.comprehensions(&e.generators)]),
            E::DictComp(e) => {
                let key = self.optional(e.key.as_deref());
                self.node("DictComp", range, vec![key, self.expr(&e.value), self.comprehensions(&e.generators)])
            }
            E::Generator(e) => self.generator(e, range),
            E::Await(e) => self.node("Await", range, vec![self.expr(&e.value)]),
            E::Yield(e) => self.node("Yield", range, vec![self.optional(e.value.as_deref())]),
            E::YieldFrom(e) => self.node("YieldFrom", range, vec![self.expr(&e.value)]),
            E::Compare(e) => {
                let ops = Tree::List(e.ops.iter().map(|op| comparison(*op)).collect());
                self.node("Compare", range, vec![self.expr(&e.left), ops, self.exprs(&e.comparators)])
            }
            E::Call(e) => {
                let fields = vec![self.expr(&e.func), self.arguments(&e.arguments), self.keywords(&e.arguments)];
                self.node("Call", range, fields)
            }
            E::FString(e) => self.f_string(e),
            E::TString(e) => self.t_string(e),
            E::StringLiteral(e) => self.string(e),
            E::BytesLiteral(e) => self.bytes(e),
            E::NumberLiteral(e) => self.constant(range, number(&e.value)),
            E::BooleanLiteral(e) => self.constant(range, if e.value { Const::True } else { Const::False }),
            E::EllipsisLiteral(_) => self.constant(range, Const::Ellipsis),
            E::Attribute(e) => {
                self.node("Attribute", range, vec![self.expr(&e.value), identifier(&e.attr), context(e.ctx)])
            }
            E::Subscript(e) => {
                self.node("Subscript", range, vec![self.expr(&e.value), self.expr(&e.slice), context(e.ctx)])
            }
            E::Starred(e) => self.node("Starred", range, vec![self.expr(&e.value), context(e.ctx)]),
            E::Name(e) => self.node("Name", range, vec![Tree::Str(e.id.as_str().to_owned()), context(e.ctx)]),
            E::List(e) => self.node("List", range, vec![self.exprs(&e.elts), context(e.ctx)]),
            E::Tuple(e) => self.node("Tuple", range, vec![self.exprs(&e.elts), context(e.ctx)]),
            E::Slice(e) => {
                let part = |e: &Option<Box<ast::Expr>>| self.optional(e.as_deref());
                self.node("Slice", range, vec![part(&e.lower), part(&e.upper), part(&e.step)])
            }
            // The parser makes neither of the last two.
            E::NoneLiteral(_) | E::Constant(_) | E::IpyEscapeCommand(_) => self.constant(range, Const::None),
        }
    }

    fn patterns(&self, all: &[ast::Pattern]) -> Tree {
        Tree::List(all.iter().map(|p| self.pattern(p)).collect())
    }

    fn pattern(&self, p: &ast::Pattern) -> Tree {
        use ast::Pattern as P;
        let range = p.range();
        match p {
            P::MatchValue(p) => self.node("MatchValue", range, vec![self.expr(&p.value)]),
            P::MatchSingleton(p) => {
                let value = match p.value {
                    ast::Singleton::None => Const::None,
                    ast::Singleton::True => Const::True,
                    ast::Singleton::False => Const::False,
                };
                self.node("MatchSingleton", range, vec![Tree::Constant(value)])
            }
            P::MatchSequence(p) => self.node("MatchSequence", range, vec![self.patterns(&p.patterns)]),
            P::MatchMapping(p) => {
                let fields = vec![self.exprs(&p.keys), self.patterns(&p.patterns), optional_name(p.rest.as_ref())];
                self.node("MatchMapping", range, fields)
            }
            P::MatchClass(p) => {
                let keywords = &p.arguments.keywords;
                let fields = vec![
                    self.expr(&p.cls),
                    self.patterns(&p.arguments.patterns),
                    Tree::List(keywords.iter().map(|k| identifier(&k.attr)).collect()),
                    Tree::List(keywords.iter().map(|k| self.pattern(&k.pattern)).collect()),
                ];
                self.node("MatchClass", range, fields)
            }
            P::MatchStar(p) => self.node("MatchStar", range, vec![optional_name(p.name.as_ref())]),
            P::MatchAs(p) => {
                let pattern = p.pattern.as_ref().map_or(Tree::None, |p| self.pattern(p));
                self.node("MatchAs", range, vec![pattern, optional_name(p.name.as_ref())])
            }
            P::MatchOr(p) => self.node("MatchOr", range, vec![self.patterns(&p.patterns)]),
        }
    }
}
