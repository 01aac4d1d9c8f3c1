//! Patterns of `match`.

use ruff_python_ast as ast;

use brolga_bytecode::Const;

use super::*;

impl Builder<'_> {
    pub(super) fn patterns(&self, tree: &Tree) -> R<Vec<ast::Pattern>> {
        items(tree).iter().map(|p| self.pattern(p)).collect()
    }

    pub(super) fn pattern(&self, tree: &Tree) -> R<ast::Pattern> {
        use ast::Pattern as P;
        let Tree::Node(node) = tree else { return value_error("None disallowed in pattern list") };
        let range = self.layout.range(node);
        let node_index = ast::AtomicNodeIndex::default();
        let f = |i| field(node, i);
        Ok(match node.class {
            "MatchValue" => P::MatchValue(ast::PatternMatchValue { node_index, range, value: self.boxed(f(0))? }),
            "MatchSingleton" => {
                let value = match f(0) {
                    Tree::Constant(Const::True) => ast::Singleton::True,
                    Tree::Constant(Const::False) => ast::Singleton::False,
                    Tree::Constant(Const::None) => ast::Singleton::None,
                    _ => return value_error("MatchSingleton can only contain True, False and None"),
                };
                P::MatchSingleton(ast::PatternMatchSingleton { node_index, range, value })
            }
            "MatchSequence" => {
                let patterns = self.patterns(f(0))?;
                P::MatchSequence(ast::PatternMatchSequence { node_index, range, patterns, runtime_patterns: None })
            }
            "MatchMapping" => {
                if items(f(0)).len() != items(f(1)).len() {
                    return value_error("MatchMapping doesn't have the same number of keys as patterns");
                }
                P::MatchMapping(ast::PatternMatchMapping {
                    node_index,
                    range,
                    keys: self.exprs(items(f(0)))?.into_iter().collect(),
                    patterns: self.patterns(f(1))?.into_iter().collect(),
                    rest: self.optional_identifier(f(2), range)?,
                    runtime_keys: None,
                    runtime_patterns: None,
                })
            }
            "MatchClass" => {
                let (names, patterns) = (items(f(2)), items(f(3)));
                if names.len() != patterns.len() {
                    return value_error("MatchClass doesn't have the same number of keyword attributes as patterns");
                }
                let mut keywords = Vec::new();
                for (name, tree) in names.iter().zip(patterns) {
                    let pattern = self.pattern(tree)?;
                    use ruff_text_size::Ranged;
                    let range = pattern.range();
                    let attr = self.identifier(name, range)?;
                    keywords.push(ast::PatternKeyword { range, node_index: Default::default(), attr, pattern });
                }
                P::MatchClass(ast::PatternMatchClass {
                    node_index,
                    range,
                    cls: self.boxed(f(0))?,
                    arguments: ast::PatternArguments {
                        range,
                        node_index: Default::default(),
                        patterns: self.patterns(f(1))?.into_iter().collect(),
                        keywords,
                    },
                    runtime_patterns: None,
                    runtime_kwd_attrs: None,
                    runtime_kwd_patterns: None,
                })
            }
            "MatchStar" => {
                let name = self.optional_identifier(f(0), range)?;
                P::MatchStar(ast::PatternMatchStar { node_index, range, name })
            }
            "MatchOr" => {
                if items(f(0)).len() < 2 {
                    return value_error("MatchOr requires at least 2 patterns");
                }
                let patterns = self.patterns(f(0))?;
                P::MatchOr(ast::PatternMatchOr { node_index, range, patterns, runtime_patterns: None })
            }
            _ => {
                let pattern = match f(0) {
                    Tree::None => None,
                    tree => Some(Box::new(self.pattern(tree)?)),
                };
                let name = self.optional_identifier(f(1), range)?;
                if pattern.is_some() && name.is_none() {
                    return value_error("MatchAs must specify a target name if a pattern is given");
                }
                P::MatchAs(ast::PatternMatchAs { node_index, range, pattern, name })
            }
        })
    }
}
