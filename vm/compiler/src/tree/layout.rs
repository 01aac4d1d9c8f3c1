//! A text in which every node of a tree stands where the tree says: the code generator knows places as offsets into a
//! source.

use ruff_text_size::{TextRange, TextSize};

use super::{Node, Place, Tree};

/// Lines and bytes that a text may have at most; places beyond are moved to its end.
const MAX_LINES: u32 = 4 << 20;
const MAX_COLUMN: u32 = 1 << 16;
const MAX_BYTES: u32 = 256 << 20;

pub(super) struct Layout {
    pub(super) text: String,
    /// Where each line begins.
    starts: Vec<u32>,
}

fn visit<'a>(tree: &'a Tree, f: &mut impl FnMut(&'a Node)) {
    let mut left = vec![tree];
    while let Some(tree) = left.pop() {
        match tree {
            Tree::Node(node) => {
                f(node);
                left.extend(&node.fields);
            }
            Tree::List(items) => left.extend(items),
            _ => {}
        }
    }
}

impl Layout {
    pub(super) fn new(tree: &Tree) -> Layout {
        let mut widths: Vec<u32> = Vec::new();
        visit(tree, &mut |node| {
            let Some(place) = node.place else { return };
            for (line, column) in [(place.line, place.column), (place.end_line, place.end_column)] {
                let line = line.clamp(1, MAX_LINES) as usize;
                if widths.len() < line {
                    widths.resize(line, 0);
                }
                if let Some(width) = widths.get_mut(line - 1) {
                    *width = (*width).max(column.min(MAX_COLUMN));
                }
            }
        });
        let mut starts = Vec::with_capacity(widths.len() + 1);
        let mut size = 0u32;
        for width in &mut widths {
            starts.push(size);
            // One more for what stands behind the last column, and the line's end. Room for a keyword.
            let wanted = width.saturating_add(12);
            *width = if size.saturating_add(wanted) < MAX_BYTES { wanted } else { 0 };
            size = size.saturating_add(*width).saturating_add(1);
        }
        starts.push(size);
        let mut text = vec![b' '; size as usize];
        for start in starts.iter().skip(1) {
            if let Some(byte) = start.checked_sub(1).and_then(|i| text.get_mut(i as usize)) {
                *byte = b'\n';
            }
        }
        let mut layout = Layout { text: String::new(), starts };
        // The generator looks for the keyword of a decorated definition.
        visit(tree, &mut |node| {
            let keyword = match node.class {
                "FunctionDef" => "def",
                "AsyncFunctionDef" => "async def",
                "ClassDef" => "class",
                _ => return,
            };
            let at = layout.range(node).start().to_usize();
            if let Some(room) = text.get_mut(at..at + keyword.len())
                && !room.contains(&b'\n')
            {
                room.copy_from_slice(keyword.as_bytes());
            }
        });
        layout.text = String::from_utf8(text).unwrap_or_default();
        layout
    }

    fn offset(&self, line: u32, column: u32) -> u32 {
        let line = line.clamp(1, MAX_LINES) as usize - 1;
        let end = self.starts.last().copied().unwrap_or(0);
        let start = self.starts.get(line).copied().unwrap_or(end);
        let next = self.starts.get(line + 1).copied().unwrap_or(end);
        (start + column.min(MAX_COLUMN)).min(next.saturating_sub(1).max(start))
    }

    pub(super) fn place(&self, place: Place) -> TextRange {
        let start = self.offset(place.line, place.column);
        let end = self.offset(place.end_line, place.end_column).max(start);
        TextRange::new(TextSize::new(start), TextSize::new(end))
    }

    pub(super) fn range(&self, node: &Node) -> TextRange {
        node.place.map_or(TextRange::default(), |p| self.place(p))
    }
}
