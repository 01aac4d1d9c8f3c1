//! Code objects to marshal streams that equal CPython's.
//!
//! CPython marks an object as referable when its reference count says that somebody else may hold it, so the stream depends on
//! what its compiler shares: names and name-like constants are interned; equal constants, name tuples and tables of one
//! compilation are one object; `co_code` is handed out by a cache, which counts as a holder; small ints, empty and
//! one-character strings, and empty tuples are immortal. The first pass here finds equal objects and counts their holders.

use std::collections::{HashMap, HashSet};

use super::writer::Writer;
use crate::code::{CodeObject, Const};
use crate::wtf8::Wtf8String;

/// The stream of a code object that was just compiled.
pub fn write_code(code: &CodeObject) -> Vec<u8> {
    let mut graph = Graph::default();
    graph.collect_qualnames(code);
    let root = graph.code(code);
    // The caller of `marshal.dumps` holds it too.
    graph.hold(root);
    graph.hold(root);
    graph.write(root)
}

/// As [`write_code`], but frozensets keep the order of their items (in a file they are sorted): for code that runs in this
/// process.
pub fn write_code_in_order(code: &CodeObject) -> Vec<u8> {
    let mut graph = Graph { keep_order: true, ..Graph::default() };
    graph.collect_qualnames(code);
    let root = graph.code(code);
    graph.write(root)
}

/// The stream of any constant; equal parts are shared as in [`write_code`].
pub fn write_const(value: &Const) -> Vec<u8> {
    let mut graph = Graph::default();
    let root = graph.constant(value);
    graph.hold(root);
    graph.hold(root);
    graph.write(root)
}

type Id = usize;

/// What makes two objects one.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    None,
    True,
    False,
    Ellipsis,
    StopIteration,
    Int(i64),
    BigInt(bool, &'a [u16]),
    Float(u64),
    Complex(u64, u64),
    Str(&'a [u8], bool),
    Bytes(&'a [u8]),
    Tuple(Vec<Id>),
    Slice([Id; 3]),
    Code([u32; 5], i32, [Id; 10]),
    /// Never equal to another: mutable containers, and bytes that CPython does not share.
    Unique(usize),
}

enum Object<'a> {
    Leaf(&'a Const),
    Str(&'a Wtf8String, bool),
    Bytes(&'a [u8]),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Set(Vec<Id>),
    FrozenSet(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Slice([Id; 3]),
    Code(Box<([u32; 5], i32, [Id; 10])>),
}

struct Node<'a> {
    object: Object<'a>,
    /// How many hold it; immortal ones start with more than one.
    holders: u32,
}

#[derive(Default)]
struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    ids: HashMap<Key<'a>, Id>,
    /// A class body's `__qualname__` constant is the very string that becomes its code's interned qualified name.
    qualnames: HashSet<&'a [u8]>,
    /// Frozensets are not sorted.
    keep_order: bool,
}

/// Whether CPython interns a string constant: only letters, digits and underscores.
fn is_name_like(text: &[u8]) -> bool {
    text.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

/// CPython's compiler gives annotation functions a tuple of their own, to rename their parameter after the fact.
fn is_annotate(code: &CodeObject) -> bool {
    code.name == *"__annotate__" && code.localsplusnames.first().is_some_and(|n| *n == *"format")
}

impl<'a> Graph<'a> {
    fn collect_qualnames(&mut self, code: &'a CodeObject) {
        self.qualnames.insert(code.qualname.as_bytes());
        for value in &code.consts {
            if let Const::Code(inner) = value {
                self.collect_qualnames(inner);
            }
        }
    }

    fn hold(&mut self, id: Id) {
        if let Some(node) = self.nodes.get_mut(id) {
            node.holders = node.holders.saturating_add(1);
        }
    }

    /// The node of a key, made with `object` when new. A new node holds its children.
    fn intern(&mut self, key: Key<'a>, object: impl FnOnce() -> Object<'a>, immortal: bool, children: &[Id]) -> Id {
        if let Some(id) = self.ids.get(&key) {
            return *id;
        }
        for child in children {
            self.hold(*child);
        }
        let id = self.nodes.len();
        self.nodes.push(Node { object: object(), holders: if immortal { 2 } else { 0 } });
        self.ids.insert(key, id);
        id
    }

    fn unique(&mut self, object: Object<'a>, children: &[Id]) -> Id {
        let key = Key::Unique(self.nodes.len());
        self.intern(key, || object, false, children)
    }

    /// A name: always interned.
    fn name(&mut self, text: &'a Wtf8String) -> Id {
        self.intern(Key::Str(text.as_bytes(), true), || Object::Str(text, true), true, &[])
    }

    /// A string that is interned only when it looks like a name (or is one of the one-character singletons).
    fn string(&mut self, text: &'a Wtf8String) -> Id {
        let bytes = text.as_bytes();
        let mut points = text.code_points();
        let singleton = matches!((points.next(), points.next()), (None, None) | (Some(0..=0xff), None));
        if singleton || is_name_like(bytes) || self.qualnames.contains(bytes) {
            return self.name(text);
        }
        self.intern(Key::Str(bytes, false), || Object::Str(text, false), false, &[])
    }

    fn bytes(&mut self, bytes: &'a [u8]) -> Id {
        self.intern(Key::Bytes(bytes), || Object::Bytes(bytes), bytes.len() <= 1, &[])
    }

    fn tuple(&mut self, items: Vec<Id>) -> Id {
        let children = items.clone();
        let copy = items.clone();
        self.intern(Key::Tuple(items), || Object::Tuple(copy), children.is_empty(), &children)
    }

    fn names(&mut self, names: &'a [Wtf8String]) -> Id {
        let items = names.iter().map(|n| self.name(n)).collect();
        self.tuple(items)
    }

    fn constant(&mut self, value: &'a Const) -> Id {
        let leaf = || Object::Leaf(value);
        match value {
            Const::None => self.intern(Key::None, leaf, true, &[]),
            Const::True => self.intern(Key::True, leaf, true, &[]),
            Const::False => self.intern(Key::False, leaf, true, &[]),
            Const::Ellipsis => self.intern(Key::Ellipsis, leaf, true, &[]),
            Const::StopIteration => self.intern(Key::StopIteration, leaf, true, &[]),
            Const::Int(n) => self.intern(Key::Int(*n), leaf, (-5..=256).contains(n), &[]),
            Const::BigInt { negative, digits } => self.intern(Key::BigInt(*negative, digits), leaf, false, &[]),
            Const::Float(f) => self.intern(Key::Float(f.to_bits()), leaf, false, &[]),
            Const::Complex { re, im } => self.intern(Key::Complex(re.to_bits(), im.to_bits()), leaf, false, &[]),
            Const::Str(s) => self.string(s),
            Const::Bytes(b) => self.bytes(b),
            Const::Tuple(items) => {
                let items = items.iter().map(|i| self.constant(i)).collect();
                self.tuple(items)
            }
            Const::FrozenSet(items) => {
                let ids = self.sorted(items);
                // CPython's merging of constants makes each one anew, while the one it was made from still holds the items.
                let children: Vec<Id> = ids.iter().chain(&ids).copied().collect();
                self.unique(Object::FrozenSet(ids), &children)
            }
            Const::Slice(parts) => {
                let [a, b, c] = &**parts;
                let ids = [self.constant(a), self.constant(b), self.constant(c)];
                self.intern(Key::Slice(ids), || Object::Slice(ids), false, &ids)
            }
            Const::List(items) => {
                let ids: Vec<Id> = items.iter().map(|i| self.constant(i)).collect();
                let children = ids.clone();
                self.unique(Object::List(ids), &children)
            }
            Const::Set(items) => {
                let ids = self.sorted(items);
                let children = ids.clone();
                self.unique(Object::Set(ids), &children)
            }
            Const::Dict(items) => {
                let pairs: Vec<(Id, Id)> = items.iter().map(|(k, v)| (self.constant(k), self.constant(v))).collect();
                let children: Vec<Id> = pairs.iter().flat_map(|(k, v)| [*k, *v]).collect();
                self.unique(Object::Dict(pairs), &children)
            }
            Const::Code(code) => self.code(code),
        }
    }

    /// The items of a set in the order of their streams, which does not depend on hashes.
    fn sorted(&mut self, items: &'a [Const]) -> Vec<Id> {
        if self.keep_order {
            return items.iter().map(|i| self.constant(i)).collect();
        }
        let mut keyed: Vec<(Vec<u8>, Id)> = items.iter().map(|i| (write_const(i), self.constant(i))).collect();
        keyed.sort();
        keyed.into_iter().map(|(_, id)| id).collect()
    }

    fn code(&mut self, code: &'a CodeObject) -> Id {
        // CPython gives each code object's bytes out of a cache of that object's own: two holders, shared with nobody.
        let bytes = self.unique(Object::Bytes(&code.code), &[]);
        self.hold(bytes);
        let consts = code.consts.iter().map(|c| self.constant(c)).collect();
        let consts = self.tuple(consts);
        let names = self.names(&code.names);
        let localsplusnames = if is_annotate(code) {
            let items: Vec<Id> = code.localsplusnames.iter().map(|n| self.name(n)).collect();
            let children = items.clone();
            self.unique(Object::Tuple(items), &children)
        } else {
            self.names(&code.localsplusnames)
        };
        // Made afresh for each code object, and not merged; only the empty one is immortal.
        let kinds = if code.localspluskinds.is_empty() {
            self.bytes(&code.localspluskinds)
        } else {
            self.unique(Object::Bytes(&code.localspluskinds), &[])
        };
        let filename = self.name(&code.filename);
        let name = self.name(&code.name);
        let qualname = self.name(&code.qualname);
        let linetable = self.bytes(&code.linetable);
        let exceptiontable = self.bytes(&code.exceptiontable);
        let ints = [code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize, code.flags];
        let parts = [bytes, consts, names, localsplusnames, kinds, filename, name, qualname, linetable, exceptiontable];
        let line = code.firstlineno;
        self.intern(Key::Code(ints, line, parts), || Object::Code(Box::new((ints, line, parts))), false, &parts)
    }

    fn write(&self, root: Id) -> Vec<u8> {
        let mut writer = Writer::default();
        self.object(root, &mut writer);
        writer.finish()
    }

    fn object(&self, id: Id, out: &mut Writer) {
        let Some(node) = self.nodes.get(id) else { return };
        let identity = (node.holders > 1).then_some(id as u64);
        match &node.object {
            Object::Leaf(value) => match value {
                Const::None => out.none(),
                Const::True => out.bool(true),
                Const::False => out.bool(false),
                Const::Ellipsis => out.ellipsis(),
                Const::StopIteration => out.stop_iteration(),
                Const::Int(n) => out.int(*n, identity),
                Const::BigInt { negative, digits } => out.big_int(*negative, digits, identity),
                Const::Float(f) => out.float(*f, identity),
                Const::Complex { re, im } => out.complex(*re, *im, identity),
                // These have nodes of their own kinds.
                Const::Str(_)
                | Const::Bytes(_)
                | Const::Tuple(_)
                | Const::List(_)
                | Const::Dict(_)
                | Const::Set(_)
                | Const::FrozenSet(_)
                | Const::Slice(_)
                | Const::Code(_) => out.unknown(),
            },
            Object::Str(text, interned) => out.text(text, *interned, identity),
            Object::Bytes(bytes) => out.bytes(bytes, identity),
            Object::Tuple(items) => {
                if out.tuple(items.len(), identity) {
                    self.objects(items, out);
                }
            }
            Object::List(items) => {
                if out.list(items.len(), identity) {
                    self.objects(items, out);
                }
            }
            Object::Set(items) => {
                if out.set(items.len(), identity) {
                    self.objects(items, out);
                }
            }
            Object::FrozenSet(items) => {
                if out.frozenset(items.len(), identity) {
                    self.objects(items, out);
                }
            }
            Object::Dict(items) => {
                if out.dict(identity) {
                    for (key, value) in items {
                        self.object(*key, out);
                        self.object(*value, out);
                    }
                    out.end_dict();
                }
            }
            Object::Slice(items) => {
                if out.slice(identity) {
                    self.objects(items, out);
                }
            }
            Object::Code(code) => {
                if out.code(identity) {
                    let (ints, line, parts) = &**code;
                    for int in ints {
                        out.raw_i32(*int as i32);
                    }
                    self.objects(&parts[..8], out);
                    out.raw_i32(*line);
                    self.objects(&parts[8..], out);
                }
            }
        }
    }

    fn objects(&self, items: &[Id], out: &mut Writer) {
        for item in items {
            self.object(*item, out);
        }
    }
}
