//! What stands in the heads of definitions and between the parentheses of calls.

use ruff_python_ast as ast;
use ruff_text_size::TextRange;

use super::*;

impl Builder<'_> {
    pub(super) fn decorators(&self, tree: &Tree) -> R<Vec<ast::Decorator>> {
        let one = |expression: ast::Expr| {
            use ruff_text_size::Ranged;
            ast::Decorator { range: expression.range(), node_index: Default::default(), expression }
        };
        Ok(self.exprs(items(tree))?.into_iter().map(one).collect())
    }

    /// A definition's range: from its first decorator on.
    pub(super) fn definition(&self, node: &Node, decorators: &[ast::Decorator]) -> TextRange {
        let range = self.layout.range(node);
        match decorators.first() {
            Some(first) if first.range.start() < range.end() => TextRange::new(first.range.start(), range.end()),
            _ => range,
        }
    }

    pub(super) fn type_params(&self, tree: &Tree) -> R<Option<Box<ast::TypeParams>>> {
        let all = items(tree);
        if all.is_empty() {
            return Ok(None);
        }
        let mut type_params = Vec::new();
        let mut covered: Option<TextRange> = None;
        for tree in all {
            let Tree::Node(node) = tree else { continue };
            let range = self.layout.range(node);
            covered = Some(covered.map_or(range, |c| c.cover(range)));
            let name = self.identifier(field(node, 0), range)?;
            let node_index = Default::default();
            type_params.push(match node.class {
                "TypeVar" => ast::TypeParam::TypeVar(ast::TypeParamTypeVar {
                    node_index,
                    range,
                    name,
                    bound: self.optional(field(node, 1))?,
                    default: self.optional(field(node, 2))?,
                }),
                "ParamSpec" => ast::TypeParam::ParamSpec(ast::TypeParamParamSpec {
                    node_index,
                    range,
                    name,
                    default: self.optional(field(node, 1))?,
                }),
                _ => ast::TypeParam::TypeVarTuple(ast::TypeParamTypeVarTuple {
                    node_index,
                    range,
                    name,
                    default: self.optional(field(node, 1))?,
                }),
            });
        }
        Ok(Some(Box::new(ast::TypeParams {
            range: covered.unwrap_or_default(),
            node_index: Default::default(),
            type_params,
            runtime_type_params: None,
        })))
    }

    pub(super) fn parameter(&self, tree: &Tree) -> R<ast::Parameter> {
        let Tree::Node(node) = tree else { return value_error("None disallowed in argument list") };
        let range = self.layout.range(node);
        Ok(ast::Parameter {
            range,
            node_index: Default::default(),
            name: self.identifier(field(node, 0), range)?,
            annotation: self.optional(field(node, 1))?,
            runtime_type_comment: None,
            runtime_type_comment_bytes: None,
        })
    }

    pub(super) fn parameters(&self, tree: &Tree) -> R<ast::Parameters> {
        let Tree::Node(node) = tree else { return value_error("field 'args' is required") };
        let (posonly, plain, kwonly) = (items(field(node, 0)), items(field(node, 1)), items(field(node, 3)));
        let (kw_defaults, defaults) = (items(field(node, 4)), items(field(node, 6)));
        if defaults.len() > posonly.len() + plain.len() {
            return value_error("more positional defaults than args on arguments");
        }
        if kw_defaults.len() != kwonly.len() {
            return value_error("length of kwonlyargs is not the same as kw_defaults on arguments");
        }
        let with_default = |tree: &Tree, default: Option<Box<ast::Expr>>| -> R<ast::ParameterWithDefault> {
            let parameter = self.parameter(tree)?;
            Ok(ast::ParameterWithDefault { range: parameter.range, node_index: Default::default(), parameter, default })
        };
        let first_default = posonly.len() + plain.len() - defaults.len();
        let mut positional = Vec::new();
        for (i, tree) in posonly.iter().chain(plain).enumerate() {
            let default = i.checked_sub(first_default).and_then(|d| defaults.get(d));
            positional.push(with_default(tree, default.map(|d| self.boxed(d)).transpose()?)?);
        }
        let args = positional.split_off(posonly.len());
        let mut kwonlyargs = Vec::new();
        for (tree, default) in kwonly.iter().zip(kw_defaults) {
            kwonlyargs.push(with_default(tree, self.optional(default)?)?);
        }
        let one = |tree: &Tree| match tree {
            Tree::None => Ok(None),
            tree => self.parameter(tree).map(|p| Some(Box::new(p))),
        };
        Ok(ast::Parameters {
            range: TextRange::default(),
            node_index: Default::default(),
            posonlyargs: positional.into_iter().collect(),
            args: args.into_iter().collect(),
            vararg: one(field(node, 2))?,
            kwonlyargs: kwonlyargs.into_iter().collect(),
            kwarg: one(field(node, 5))?,
            runtime_defaults: None,
        })
    }

    pub(super) fn arguments(&self, args: &Tree, keywords: &Tree, range: TextRange) -> R<ast::Arguments> {
        let mut all = Vec::new();
        for tree in items(keywords) {
            let Tree::Node(node) = tree else { continue };
            let range = self.layout.range(node);
            all.push(ast::Keyword {
                range,
                node_index: Default::default(),
                arg: self.optional_identifier(field(node, 0), range)?,
                value: self.expr(field(node, 1))?,
            });
        }
        Ok(ast::Arguments {
            range,
            node_index: Default::default(),
            args: self.exprs(items(args))?.into(),
            keywords: all.into_iter().collect(),
            runtime_args: None,
            runtime_bases: None,
        })
    }
}
