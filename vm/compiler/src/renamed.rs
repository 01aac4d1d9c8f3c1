//! Names under which the code generator does the right thing. Behind such a name stands a mark that no source can hold, and
//! which is taken off when the code object is converted.
//!
//! - A comprehension's variable that a function declares `global` somewhere in the same module: `x` of `[x for x in y]` is the
//!   comprehension's own, whatever `x` is outside. The code generator would store it in the global.
//! - `all`, `any` and `tuple` of an asynchronous generator expression: no loop stands in for the call, as one does where the
//!   generator expression is a plain one.

use std::cell::RefCell;
use std::collections::HashSet;

use ast::visitor::transformer::{self, Transformer};
use ast::visitor::{self, Visitor};
use ruff_python_ast as ast;
use ruff_python_ast::name::Name;

const MARK: char = '\u{1}';

/// The name as the source has it.
pub(crate) fn original(name: &str) -> &str {
    name.strip_suffix(MARK).unwrap_or(name)
}

/// An error's message without marks.
pub(crate) fn message(text: String) -> String {
    if text.contains(MARK) { text.replace(MARK, "") } else { text }
}

/// Marks what must be marked.
pub(crate) fn mark(tree: &mut ast::Mod, text: &str) {
    let globals = if text.contains("global") && text.contains("for") { globals(tree) } else { HashSet::new() };
    let inlined = text.contains("async for") || text.contains("await");
    if globals.is_empty() && !inlined {
        return;
    }
    let marker = Marker { everywhere: globals.clone(), here: RefCell::new(vec![globals]) };
    match tree {
        ast::Mod::Module(module) => marker.visit_body(&mut module.body),
        ast::Mod::Expression(expression) => marker.visit_expr(&mut expression.body),
    }
}

#[derive(Default)]
struct Globals {
    found: HashSet<Name>,
    /// Of one function, not of those in it.
    of_one: bool,
}

impl<'a> Visitor<'a> for Globals {
    fn visit_stmt(&mut self, stmt: &'a ast::Stmt) {
        match stmt {
            // A name with a class's prefix would get another one.
            ast::Stmt::Global(global) => {
                self.found.extend(global.names.iter().map(|n| n.id.clone()).filter(|n| !n.ends_with("__")));
            }
            ast::Stmt::FunctionDef(_) | ast::Stmt::ClassDef(_) if self.of_one => {}
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    // Statements only: no expression holds one.
    fn visit_expr(&mut self, _: &'a ast::Expr) {}
}

fn globals(tree: &ast::Mod) -> HashSet<Name> {
    let mut found = Globals::default();
    if let ast::Mod::Module(module) = tree {
        found.visit_body(&module.body);
    }
    found.found
}

/// The names that a comprehension's targets bind.
#[derive(Default)]
struct Targets(Vec<Name>);

impl<'a> Visitor<'a> for Targets {
    fn visit_expr(&mut self, expr: &'a ast::Expr) {
        if let ast::Expr::Name(name) = expr
            && name.ctx == ast::ExprContext::Store
        {
            self.0.push(name.id.clone());
        }
        visitor::walk_expr(self, expr);
    }
}

struct Marker {
    /// Names that anything in the module declares global.
    everywhere: HashSet<Name>,
    /// For each scope, the innermost last, the names that a comprehension there would not get: in a module or class all,
    /// in a function those of its own declarations.
    here: RefCell<Vec<HashSet<Name>>>,
}

impl Transformer for Marker {
    fn visit_stmt(&self, stmt: &mut ast::Stmt) {
        let names = match stmt {
            ast::Stmt::FunctionDef(function) => {
                let mut own = Globals { of_one: true, ..Globals::default() };
                own.visit_body(&function.body);
                own.found
            }
            ast::Stmt::ClassDef(_) => self.everywhere.clone(),
            _ => return transformer::walk_stmt(self, stmt),
        };
        self.here.borrow_mut().push(names);
        transformer::walk_stmt(self, stmt);
        self.here.borrow_mut().pop();
    }

    fn visit_expr(&self, expr: &mut ast::Expr) {
        if let ast::Expr::Lambda(_) = expr {
            self.here.borrow_mut().push(HashSet::new());
            transformer::walk_expr(self, expr);
            self.here.borrow_mut().pop();
            return;
        }
        transformer::walk_expr(self, expr);
        match expr {
            ast::Expr::Call(call) => asynchronous_argument(call),
            ast::Expr::ListComp(ast::ExprListComp { elt, generators, .. })
            | ast::Expr::SetComp(ast::ExprSetComp { elt, generators, .. })
            | ast::Expr::Generator(ast::ExprGenerator { elt, generators, .. }) => {
                self.comprehension(generators, &mut [elt]);
            }
            ast::Expr::DictComp(ast::ExprDictComp { key, value, generators, .. }) => match key {
                Some(key) => self.comprehension(generators, &mut [key, value]),
                None => self.comprehension(generators, &mut [value]),
            },
            _ => {}
        }
    }
}

impl Marker {
    fn comprehension(&self, generators: &mut [ast::Comprehension], results: &mut [&mut Box<ast::Expr>]) {
        let mut targets = Targets::default();
        for generator in &*generators {
            targets.visit_expr(&generator.target);
        }
        let here = self.here.borrow();
        targets.0.retain(|name| here.last().is_some_and(|names| names.contains(name)));
        if targets.0.is_empty() {
            return;
        }
        let renamer = Renamer(targets.0);
        for (n, generator) in generators.iter_mut().enumerate() {
            renamer.visit_expr(&mut generator.target);
            // What the first loop goes over is evaluated outside.
            if n > 0 {
                renamer.visit_expr(&mut generator.iter);
            }
            for condition in &mut generator.ifs {
                renamer.visit_expr(condition);
            }
        }
        for result in results {
            renamer.visit_expr(result);
        }
    }
}

struct Renamer(Vec<Name>);

impl Transformer for Renamer {
    fn visit_expr(&self, expr: &mut ast::Expr) {
        match expr {
            ast::Expr::Name(name) if self.0.contains(&name.id) => name.id = marked(&name.id),
            // Its parameters are its own; so are those of comprehensions, which have been renamed if they had to be.
            ast::Expr::Lambda(lambda) => {
                let bound =
                    |name: &Name| lambda.parameters.as_deref().is_some_and(|p| p.iter().any(|p| *p.name() == **name));
                let rest: Vec<Name> = self.0.iter().filter(|name| !bound(name)).cloned().collect();
                if let Some(parameters) = &mut lambda.parameters {
                    self.visit_parameters(parameters);
                }
                Renamer(rest).visit_expr(&mut lambda.body);
            }
            _ => transformer::walk_expr(self, expr),
        }
    }
}

fn marked(name: &Name) -> Name {
    Name::new(format!("{name}{MARK}"))
}

fn asynchronous_argument(call: &mut ast::ExprCall) {
    let ast::Expr::Name(function) = &mut *call.func else { return };
    let [ast::Expr::Generator(argument)] = &*call.arguments.args else { return };
    let inlined = matches!(function.id.as_str(), "all" | "any" | "tuple") && call.arguments.keywords.is_empty();
    // What the first loop goes over is evaluated outside.
    let waits =
        |(n, g): (usize, &ast::Comprehension)| g.is_async || g.ifs.iter().any(awaits) || n > 0 && awaits(&g.iter);
    if inlined && (awaits(&argument.elt) || argument.generators.iter().enumerate().any(waits)) {
        function.id = marked(&function.id);
    }
}

#[derive(Default)]
struct Awaits(bool);

impl<'a> Visitor<'a> for Awaits {
    fn visit_expr(&mut self, expr: &'a ast::Expr) {
        self.0 |= matches!(expr, ast::Expr::Await(_));
        match expr {
            ast::Expr::Lambda(_) => {}
            ast::Expr::Generator(inner) => inner.generators.iter().take(1).for_each(|g| self.visit_expr(&g.iter)),
            _ => visitor::walk_expr(self, expr),
        }
    }
}

fn awaits(expr: &ast::Expr) -> bool {
    let mut finder = Awaits::default();
    finder.visit_expr(expr);
    finder.0
}
