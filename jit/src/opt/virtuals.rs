//! Objects that nobody sees are not made: their fields are values.
//!
//! A new object is *virtual* from where it is made to where it escapes: is stored into an object that is not virtual, passed
//! to a call, returned. There it is made, as it then is. What reads or writes a field of a virtual object, or asks for its
//! shape, becomes nothing; a frame state that names one says how to make it ([`Virtual`]).
//!
//! Blocks are taken in the order they run. Where ways meet, an object that is virtual on all of them stays so, its fields
//! becoming parameters; else it is made on the others. A parameter that is a virtual object on all ways, and always one that
//! is known by no other name from there on, is itself a virtual object. What is taken for granted of the way back to a
//! loop's header may turn out wrong: then all is done again without that ([`Wrong`]).

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap as HashMap;

use super::dominators::Dominators;
use super::memory;
use super::parameters::each_target;
use super::rotate::renamed_state;
use crate::ir::{Block, End, Inst, Op, State, Target, Type, Unit, Val, Virtual};

/// After more wrong guesses all objects are made.
const MAX_TRIES: usize = 60;
/// Larger objects are made.
const MAX_WORDS: u64 = 24;

/// Does the unit make objects?
pub fn run(unit: &mut Unit) -> bool {
    let makes = |u: &Unit| u.blocks.iter().flat_map(|b| &b.insts).any(|v| u.inst(*v).op == Op::New);
    if !makes(unit) {
        return false;
    }
    let mut split = unit.clone();
    split_edges(&mut split);
    let own = unit.blocks.len();
    let dominators = Dominators::new(&split);
    let live = Live::new(&split, &dominators);
    let mut wrong = BTreeSet::new();
    for _ in 0..MAX_TRIES {
        let mut pass = Pass::new(split.clone(), &dominators, &live, &wrong);
        match pass.run() {
            Ok(()) => {
                *unit = pass.unit;
                join_edges(unit, own);
                return true;
            }
            Err(w) => {
                let mut more = std::mem::take(&mut pass.more);
                // The same again: better none at all.
                if !wrong.insert(w) {
                    return true;
                }
                wrong.append(&mut more);
            }
        }
    }
    true
}

/// A guess that was wrong. Objects have the names that they have in the unit as it was.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Wrong {
    /// The object is not virtual where the block begins.
    Virtual(Val, Block),
    /// The parameter is not another name of one object.
    Alias(Val),
    /// The parameter is no virtual object.
    Phi(Val),
    /// A field that is a virtual object is another one behind a turn of the block's loop.
    Field(Val, usize, Block),
    /// The object is better made where it stands.
    Object(Val),
}

#[derive(Clone, PartialEq, Debug)]
enum Object {
    Virtual { header: u64, bytes: u64, fields: Vec<Val> },
    Made(Val),
}

/// What a value is at some place.
enum Found {
    Plain(Val),
    /// A virtual object's name.
    Virtual(Val),
}

/// An argument for a block's new parameter.
#[derive(Copy, Clone, Debug)]
enum Source {
    /// That of its former parameter.
    Kept(usize),
    /// A field of an object.
    Field(Val, usize),
    /// A field of the object that is the argument for a former parameter.
    PhiField(usize, usize),
    /// The object, which is made.
    Object(Val),
}

/// How a block is entered.
#[derive(Clone, Default, Debug)]
struct Plan {
    sources: Vec<Source>,
    /// Former parameters that are other names of objects.
    aliases: Vec<(usize, Val)>,
    /// Former parameters that are objects.
    phis: Vec<(usize, Val)>,
    /// What the objects are where it begins.
    objects: BTreeMap<Val, Object>,
    /// Fields that are virtual objects, always the same.
    same: Vec<(Val, usize, Val)>,
}

struct Pass<'a> {
    unit: Unit,
    dominators: &'a Dominators,
    live: &'a Live,
    wrong: &'a BTreeSet<Wrong>,
    /// Values that are others.
    map: Vec<Val>,
    /// Values that are objects, by name: an object's name is the value that first was it.
    names: Vec<Option<Val>>,
    /// All names of each object.
    aliases: BTreeMap<Val, Vec<Val>>,
    /// At the end of each block, or as far as it is done.
    objects: HashMap<Block, BTreeMap<Val, Object>>,
    plans: HashMap<Block, Plan>,
    entry: State,
    empty: Val,
    states: HashMap<State, State>,
    /// Wrong guesses beside the one that ended the pass.
    more: BTreeSet<Wrong>,
}

type Guess<T> = Result<T, Wrong>;

impl<'a> Pass<'a> {
    fn new(mut unit: Unit, dominators: &'a Dominators, live: &'a Live, wrong: &'a BTreeSet<Wrong>) -> Pass<'a> {
        let entry = unit.entry_state();
        let empty = unit.make(constant(Op::Const, 0));
        unit.blocks[0].insts.insert(0, empty);
        let n = unit.insts.len();
        Pass {
            unit,
            dominators,
            live,
            wrong,
            map: (0..n as u32).map(Val).collect(),
            names: vec![None; n],
            aliases: BTreeMap::new(),
            objects: HashMap::default(),
            plans: HashMap::default(),
            entry,
            empty,
            states: HashMap::default(),
            more: BTreeSet::new(),
        }
    }

    fn run(&mut self) -> Guess<()> {
        let dominators = self.dominators;
        let mut reached = vec![false; self.unit.blocks.len()];
        for &block in &dominators.order {
            reached[block.index()] = true;
            self.enter(block)?;
            self.states.clear();
            for v in std::mem::take(&mut self.unit.blocks[block.index()].insts) {
                self.inst(block, v)?;
            }
            self.end(block)?;
        }
        // The rest refers to what is gone.
        for (i, block) in self.unit.blocks.iter_mut().enumerate().filter(|(i, _)| !reached[*i]) {
            block.parameters.clear();
            block.insts.clear();
            block.end = Some(End::Jump(Target { block: Block(i as u32), arguments: Vec::new() }));
        }
        let map: Vec<Val> = (0..self.unit.insts.len() as u32).map(|i| self.follow(Val(i))).collect();
        self.unit.rename(&map);
        Ok(())
    }

    fn follow(&self, mut v: Val) -> Val {
        while let Some(&to) = self.map.get(v.index()) {
            if to == v {
                break;
            }
            v = to;
        }
        v
    }

    fn name(&self, v: Val) -> Option<Val> {
        self.names.get(self.follow(v).index()).copied().flatten()
    }

    fn set_name(&mut self, v: Val, name: Val) {
        self.names[v.index()] = Some(name);
        self.aliases.entry(name).or_default().push(v);
    }

    fn object(&self, at: Block, name: Val) -> Option<&Object> {
        self.objects.get(&at)?.get(&name)
    }

    fn find(&self, at: Block, v: Val) -> Guess<Found> {
        let v = self.follow(v);
        let Some(name) = self.name(v) else { return Ok(Found::Plain(v)) };
        match self.object(at, name) {
            Some(Object::Virtual { .. }) => Ok(Found::Virtual(name)),
            Some(Object::Made(made)) => Ok(Found::Plain(*made)),
            None => Err(Wrong::Object(name)),
        }
    }

    fn fields(&self, at: Block, name: Val) -> &[Val] {
        match self.object(at, name) {
            Some(Object::Virtual { fields, .. }) => fields,
            _ => &[],
        }
    }

    fn set(&mut self, at: Block, name: Val, object: Object) {
        self.objects.entry(at).or_default().insert(name, object);
        self.states.clear();
    }

    /// Makes an object at the end of what is done of a block, and those that it refers to.
    fn make(&mut self, at: Block, name: Val) -> Guess<Val> {
        let (header, bytes, fields) = match self.object(at, name) {
            Some(Object::Virtual { header, bytes, fields }) => (*header, *bytes, fields.clone()),
            Some(Object::Made(v)) => return Ok(*v),
            None => return Err(Wrong::Object(name)),
        };
        let mut words = Vec::with_capacity(fields.len());
        for field in fields {
            words.push(self.plain(at, field)?);
        }
        while words.last().is_some_and(|v| self.is_zero(*v)) {
            words.pop();
        }
        let made = self.unit.push(at, Op::New, [header, bytes], words, Some(self.entry));
        self.set(at, name, Object::Made(made));
        Ok(made)
    }

    fn is_zero(&self, v: Val) -> bool {
        let inst = self.unit.inst(v);
        matches!(inst.op, Op::Const | Op::Int) && inst.immediates[0] == 0
    }

    /// A value that is no virtual object: it is made if it was.
    fn plain(&mut self, at: Block, v: Val) -> Guess<Val> {
        match self.find(at, v)? {
            Found::Plain(v) => Ok(v),
            Found::Virtual(name) => self.make(at, name),
        }
    }

    /// The virtual objects that an object refers to at the end of a block, itself among them.
    fn within(&self, at: Block, name: Val, all: &mut BTreeSet<Val>) {
        let is_virtual = matches!(self.object(at, name), Some(Object::Virtual { .. }));
        if is_virtual && all.insert(name) {
            for field in self.fields(at, name) {
                if let Some(inner) = self.name(*field) {
                    self.within(at, inner, all);
                }
            }
        }
    }

    fn kind(&self, at: Block, name: Val) -> Option<(u64, u64, Vec<Option<Type>>)> {
        match self.object(at, name)? {
            Object::Virtual { header, bytes, fields } => {
                Some((*header, *bytes, fields.iter().map(|f| self.unit.ty(self.follow(*f))).collect()))
            }
            Object::Made(_) => None,
        }
    }

    /// Decides what the objects and parameters are where a block begins, and passes them on the ways that are done.
    fn enter(&mut self, block: Block) -> Guess<()> {
        let all = &self.dominators.predecessors[block.index()];
        let froms: Vec<Block> = all.iter().copied().filter(|p| self.objects.contains_key(p)).collect();
        let is_header = froms.len() < all.len();
        let Some(&first) = froms.first() else {
            self.objects.insert(block, BTreeMap::new());
            return Ok(());
        };
        let parameters = self.unit.blocks[block.index()].parameters.clone();
        let argument = |this: &Self, from: Block, i: usize| -> Option<Val> {
            match &this.unit.blocks[from.index()].end {
                Some(End::Jump(t)) => t.arguments.get(i).copied(),
                Some(End::Branch(_, a, b)) => [a, b].into_iter().find(|t| t.block == block)?.arguments.get(i).copied(),
                _ => None,
            }
        };
        // Which objects are known there.
        let mut names: BTreeSet<Val> = BTreeSet::new();
        let here = self.objects.get(&first).cloned().unwrap_or_default();
        for name in here.keys() {
            let is_live = self.aliases.get(name).is_some_and(|a| a.iter().any(|v| self.live.at_start(block, *v)));
            if is_live && froms.iter().all(|f| self.object(*f, *name).is_some()) {
                names.insert(*name);
            }
        }
        let mut plan = Plan::default();
        // Parameters that are objects.
        let mut taken: BTreeSet<(Block, Val)> = BTreeSet::new();
        for (i, &p) in parameters.iter().enumerate() {
            let mut objects = Vec::new();
            for &from in &froms {
                if let Some(a) = argument(self, from, i)
                    && let Found::Virtual(name) = self.find(from, a)?
                {
                    objects.push((from, name));
                }
            }
            if objects.len() < froms.len() {
                continue;
            }
            let name = objects[0].1;
            if objects.iter().all(|(_, n)| *n == name) && !self.wrong.contains(&Wrong::Alias(p)) {
                plan.aliases.push((i, name));
                names.insert(name);
                continue;
            }
            if self.wrong.contains(&Wrong::Phi(p)) {
                continue;
            }
            let kind = self.kind(first, name);
            let alike = kind.is_some() && objects.iter().all(|(from, n)| self.kind(*from, *n) == kind);
            if alike && objects.iter().all(|o| !taken.contains(o)) {
                taken.extend(objects);
                plan.phis.push((i, p));
            }
        }
        // Those of other names, too, are no new objects. (Names that others bring in are added below.)
        loop {
            let mut inner = BTreeSet::new();
            for &from in &froms {
                for name in &names {
                    for (k, field) in self.fields(from, *name).iter().enumerate() {
                        if let Some(of) = self.name(*field)
                            && !self.wrong.contains(&Wrong::Field(*name, k, block))
                        {
                            inner.insert(of);
                        }
                    }
                }
            }
            inner.retain(|n| froms.iter().all(|f| self.object(*f, *n).is_some()));
            let before = names.len();
            names.extend(inner);
            if names.len() == before {
                break;
            }
        }
        plan.phis.retain(|(i, _)| {
            froms.iter().all(|from| {
                argument(self, *from, *i).and_then(|a| self.name(a)).is_some_and(|name| {
                    let alone = !names.contains(&name);
                    let within_other = froms.iter().any(|f| {
                        taken.iter().any(|(of, other)| {
                            let mut all = BTreeSet::new();
                            self.within(*of, *other, &mut all);
                            of == f && *other != name && all.contains(&name)
                        })
                    });
                    alone && !within_other
                })
            })
        });
        // Which of them are made there.
        let mut made: BTreeSet<Val> = BTreeSet::new();
        loop {
            let mut more: BTreeSet<Val> = BTreeSet::new();
            for &name in &names {
                let kind = self.kind(first, name);
                if self.wrong.contains(&Wrong::Virtual(name, block))
                    || kind.is_none()
                    || froms.iter().any(|f| self.kind(*f, name) != kind)
                {
                    more.insert(name);
                }
            }
            for &from in &froms {
                for &name in names.iter().filter(|n| made.contains(n)) {
                    self.within(from, name, &mut more);
                }
                for (i, _) in parameters.iter().enumerate() {
                    if plan.aliases.iter().any(|(j, _)| *j == i) {
                        continue;
                    }
                    let Some(a) = argument(self, from, i) else { continue };
                    let Found::Virtual(name) = self.find(from, a)? else { continue };
                    if plan.phis.iter().any(|(j, _)| *j == i) {
                        // Its fields are no virtual objects.
                        for field in self.fields(from, name) {
                            if let Some(inner) = self.name(*field) {
                                self.within(from, inner, &mut more);
                            }
                        }
                    } else {
                        self.within(from, name, &mut more);
                    }
                }
                for &name in names.iter().filter(|n| !made.contains(n)) {
                    for (k, field) in self.fields(from, name).iter().enumerate() {
                        let Some(inner) = self.name(*field) else { continue };
                        let same = froms
                            .iter()
                            .all(|f| self.fields(*f, name).get(k).and_then(|v| self.name(*v)) == Some(inner));
                        if !same || !names.contains(&inner) || self.wrong.contains(&Wrong::Field(name, k, block)) {
                            self.within(from, inner, &mut more);
                        }
                    }
                }
            }
            more.retain(|n| names.contains(n) && !made.contains(n));
            if more.is_empty() {
                break;
            }
            made.extend(more);
        }
        // They are made on the ways where they are not.
        for &from in &froms {
            for &name in &made {
                self.make(from, name)?;
            }
        }
        let mut now: BTreeMap<Val, Object> = BTreeMap::new();
        let mut new_parameters: Vec<Val> = Vec::new();
        for (i, &p) in parameters.iter().enumerate() {
            if let Some((_, name)) = plan.aliases.iter().find(|(j, _)| *j == i) {
                self.set_name(p, *name);
            } else if plan.phis.iter().any(|(j, _)| *j == i) {
                self.set_name(p, p);
                let name = argument(self, first, i).and_then(|a| self.name(a)).ok_or(Wrong::Phi(p))?;
                let (header, bytes, kinds) = self.kind(first, name).ok_or(Wrong::Phi(p))?;
                let mut fields = Vec::new();
                for (k, ty) in kinds.into_iter().enumerate() {
                    fields.push(self.parameter(ty.unwrap_or(Type::Any)));
                    plan.sources.push(Source::PhiField(i, k));
                }
                new_parameters.extend(&fields);
                now.insert(p, Object::Virtual { header, bytes, fields });
            } else {
                plan.sources.push(Source::Kept(i));
                new_parameters.push(p);
            }
        }
        for &name in &names {
            if made.contains(&name) {
                let mut values = Vec::new();
                for &from in &froms {
                    values.push(self.make(from, name)?);
                }
                let same = !is_header && values.iter().all(|v| *v == values[0]);
                let value = if same {
                    values[0]
                } else {
                    let p = self.parameter(Type::Any);
                    new_parameters.push(p);
                    plan.sources.push(Source::Object(name));
                    p
                };
                now.insert(name, Object::Made(value));
                continue;
            }
            let Some(Object::Virtual { header, bytes, fields }) = self.object(first, name).cloned() else { continue };
            let mut new_fields = Vec::new();
            for (k, field) in fields.iter().enumerate() {
                let inner = self.name(*field);
                if let Some(inner) = inner.filter(|n| names.contains(n))
                    && froms.iter().all(|f| self.fields(*f, name).get(k).and_then(|v| self.name(*v)) == Some(inner))
                    && !self.wrong.contains(&Wrong::Field(name, k, block))
                {
                    plan.same.push((name, k, inner));
                    new_fields.push(inner);
                    continue;
                }
                let field = self.follow(*field);
                let same = !is_header
                    && inner.is_none()
                    && froms.iter().all(|f| self.fields(*f, name).get(k).map(|v| self.follow(*v)) == Some(field));
                if same {
                    new_fields.push(field);
                } else {
                    let p = self.parameter(self.unit.ty(field).unwrap_or(Type::Any));
                    new_parameters.push(p);
                    plan.sources.push(Source::Field(name, k));
                    new_fields.push(p);
                }
            }
            now.insert(name, Object::Virtual { header, bytes, fields: new_fields });
        }
        self.unit.blocks[block.index()].parameters = new_parameters;
        plan.objects = now.clone();
        self.objects.insert(block, now);
        for from in froms {
            self.pass(from, block, &plan)?;
        }
        self.plans.insert(block, plan);
        Ok(())
    }

    fn parameter(&mut self, ty: Type) -> Val {
        self.unit.make(Inst { op: Op::Param, immediates: [0; 2], operands: Vec::new(), state: None, ty: Some(ty) })
    }

    /// Gives the jump from a block its new arguments.
    fn pass(&mut self, from: Block, to: Block, plan: &Plan) -> Guess<()> {
        let mut end = self.unit.blocks[from.index()].end.take();
        let mut result = Ok(());
        each_target(&mut end, |t| {
            if t.block == to && result.is_ok() {
                match self.arguments(from, plan, &t.arguments) {
                    Ok(arguments) => t.arguments = arguments,
                    Err(w) => result = Err(w),
                }
            }
        });
        self.unit.blocks[from.index()].end = end;
        result
    }

    fn arguments(&mut self, from: Block, plan: &Plan, former: &[Val]) -> Guess<Vec<Val>> {
        let mut all = Vec::with_capacity(plan.sources.len());
        for source in &plan.sources {
            let v = match *source {
                Source::Kept(i) => former.get(i).copied().unwrap_or(self.empty),
                Source::Object(name) => name,
                Source::Field(name, k) => self.fields(from, name).get(k).copied().unwrap_or(self.empty),
                Source::PhiField(i, k) => {
                    let name = former.get(i).and_then(|a| self.name(*a)).unwrap_or(self.empty);
                    self.fields(from, name).get(k).copied().unwrap_or(self.empty)
                }
            };
            let v = self.plain(from, v)?;
            all.push(v);
        }
        Ok(all)
    }

    /// The way back to a loop's header: is everything as it was taken to be there?
    fn back(&mut self, from: Block, header: Block) -> Guess<()> {
        let Some(plan) = self.plans.get(&header).cloned() else { return Ok(()) };
        let Some(End::Jump(t)) = self.unit.blocks[from.index()].end.clone() else { return Ok(()) };
        for (name, object) in &plan.objects {
            if matches!(object, Object::Made(_)) && plan.phis.iter().all(|(_, p)| p != name) {
                self.make(from, *name)?;
            }
        }
        // What is made for an argument may have been taken to be virtual: that shows below.
        self.arguments(from, &plan, &t.arguments)?;
        let mut all: Vec<Wrong> = Vec::new();
        for (i, name) in &plan.aliases {
            if t.arguments.get(*i).and_then(|a| self.name(*a)) != Some(*name) {
                let former = self.live.parameters.get(header.index()).and_then(|p| p.get(*i));
                all.push(Wrong::Alias(former.copied().unwrap_or(*name)));
            }
        }
        for (name, k, inner) in &plan.same {
            if self.fields(from, *name).get(*k).and_then(|v| self.name(*v)) != Some(*inner) {
                all.push(Wrong::Field(*name, *k, header));
            }
        }
        let is_phi = |name: &Val| plan.phis.iter().any(|(_, p)| p == name);
        for (name, object) in plan.objects.iter().filter(|(name, _)| !is_phi(name)) {
            if let Object::Virtual { header: word, .. } = object {
                match self.object(from, *name) {
                    Some(Object::Virtual { header: now, .. }) if now == word => {}
                    _ => all.push(Wrong::Virtual(*name, header)),
                }
            }
        }
        let mut taken = BTreeSet::new();
        for &(i, p) in &plan.phis {
            let Some(name) = t.arguments.get(i).and_then(|a| self.name(*a)) else {
                all.push(Wrong::Phi(p));
                continue;
            };
            let known = plan.objects.contains_key(&name) && !is_phi(&name);
            let as_there = match (plan.objects.get(&p), self.kind(from, name)) {
                (Some(Object::Virtual { header, bytes, fields }), Some((h, b, kinds))) => {
                    *header == h && *bytes == b && fields.iter().map(|f| self.unit.ty(*f)).eq(kinds)
                }
                _ => false,
            };
            if known || !as_there || !taken.insert(name) {
                all.push(Wrong::Phi(p));
            }
        }
        if let Some(first) = all.first().copied() {
            // A field that is another object now explains why that one is not virtual.
            let fields = all.iter().any(|w| matches!(w, Wrong::Field(..) | Wrong::Alias(_)));
            self.more.extend(all.into_iter().filter(|w| !fields || matches!(w, Wrong::Field(..) | Wrong::Alias(_))));
            self.more.remove(&first);
            return Err(first);
        }
        self.pass(from, header, &plan)
    }

    fn end(&mut self, block: Block) -> Guess<()> {
        match self.unit.blocks[block.index()].end.clone() {
            Some(End::Return(v)) => {
                let v = self.plain(block, v)?;
                self.unit.blocks[block.index()].end = Some(End::Return(v));
            }
            Some(End::Finish(v)) => {
                let v = self.plain(block, v)?;
                self.unit.blocks[block.index()].end = Some(End::Finish(v));
            }
            Some(End::Yield(s, v)) => {
                let v = self.plain(block, v)?;
                self.make_named(block, s)?;
                let s = self.state(block, s)?;
                self.unit.blocks[block.index()].end = Some(End::Yield(s, v));
            }
            Some(End::Exit(s, reason)) => {
                let s = self.state(block, s)?;
                self.unit.blocks[block.index()].end = Some(End::Exit(s, reason));
            }
            Some(End::Jump(t)) if self.plans.contains_key(&t.block) || t.block == block => self.back(block, t.block)?,
            _ => {}
        }
        Ok(())
    }

    fn keep(&mut self, at: Block, v: Val) {
        self.unit.blocks[at.index()].insts.push(v);
    }

    /// The instruction is this value.
    fn is(&mut self, at: Block, v: Val, value: Val) {
        match self.name(value) {
            Some(name) if self.object(at, name).is_some() => self.set_name(v, name),
            _ => self.map[v.index()] = self.follow(value),
        }
    }

    /// The instruction becomes a constant.
    fn becomes(&mut self, at: Block, v: Val, op: Op, immediate: u64) {
        self.unit.insts[v.index()] = constant(op, immediate);
        self.keep(at, v);
    }

    fn int(&self, v: Val) -> Option<u64> {
        let inst = self.unit.inst(self.follow(v));
        (inst.op == Op::Int).then_some(inst.immediates[0])
    }

    fn inst(&mut self, at: Block, v: Val) -> Guess<()> {
        let mut inst = self.unit.inst(v).clone();
        if inst.op == Op::New && inst.immediates[1] <= 8 * (MAX_WORDS + 1) && !self.wrong.contains(&Wrong::Object(v)) {
            let mut fields: Vec<Val> = inst.operands.iter().map(|o| self.follow(*o)).collect();
            fields.resize((inst.immediates[1] / 8 - 1) as usize, self.empty);
            let [header, bytes] = inst.immediates;
            self.set(at, v, Object::Virtual { header, bytes, fields });
            self.set_name(v, v);
            return Ok(());
        }
        if let Some(&first) = inst.operands.first()
            && let Found::Virtual(name) = self.find(at, first)?
            && self.on_virtual(at, v, &inst, name)?
        {
            return Ok(());
        }
        if inst.op == Op::Same
            && let &[x, y] = inst.operands.as_slice()
            && (matches!(self.find(at, x)?, Found::Virtual(_)) || matches!(self.find(at, y)?, Found::Virtual(_)))
        {
            let same = self.name(x).is_some() && self.name(x) == self.name(y);
            self.becomes(at, v, Op::Bool, u64::from(same));
            return Ok(());
        }
        if inst.op == Op::CheckIndex
            && let &[index, length] = inst.operands.as_slice()
            && let (Some(i), Some(n)) = (self.int(index), self.int(length))
            && i < n
        {
            self.is(at, v, index);
            return Ok(());
        }
        for operand in &mut inst.operands {
            *operand = self.plain(at, *operand)?;
        }
        if inst.op == Op::PushFrames
            && let Some(s) = inst.state
        {
            self.make_named(at, s)?;
        }
        if let Some(s) = inst.state {
            inst.state = Some(self.state(at, s)?);
        }
        self.unit.insts[v.index()] = inst;
        self.keep(at, v);
        Ok(())
    }

    /// Somebody will look at the frames: what they name is made.
    fn make_named(&mut self, at: Block, s: State) -> Guess<()> {
        let mut named = Vec::new();
        self.unit.each_of_state(s, &mut |v| named.push(v));
        named.into_iter().try_for_each(|v| self.plain(at, v).map(|_| ()))
    }

    /// An instruction whose first operand is a virtual object; `false`: it wants to have it made.
    fn on_virtual(&mut self, at: Block, v: Val, inst: &Inst, name: Val) -> Guess<bool> {
        let Some(Object::Virtual { header, bytes, fields }) = self.object(at, name).cloned() else { return Ok(false) };
        let shape = super::memory::shape_of_header(header);
        let field_at = |offset: u64| {
            let k = usize::try_from(offset.checked_sub(8)? / 8).ok()?;
            (offset.is_multiple_of(8) && k < fields.len()).then_some(k)
        };
        let is_raw = |v: Val| self.unit.ty(self.follow(v)) == Some(Type::Int);
        let immediate = inst.immediates[0];
        match inst.op {
            Op::LoadField | Op::LoadRaw => {
                let Some(k) = field_at(immediate) else { return Ok(false) };
                if is_raw(fields[k]) != (inst.op == Op::LoadRaw) {
                    return Ok(false);
                }
                self.is(at, v, fields[k]);
            }
            Op::LoadElement => {
                let Some(k) = inst.operands.get(1).and_then(|i| self.int(*i)) else { return Ok(false) };
                let Some(k) = k.checked_mul(8).and_then(|o| o.checked_add(immediate)).and_then(field_at) else {
                    return Ok(false);
                };
                if is_raw(fields[k]) {
                    return Ok(false);
                }
                self.is(at, v, fields[k]);
            }
            Op::StoreField | Op::StoreRaw => {
                let (Some(k), Some(&value)) = (field_at(immediate), inst.operands.get(1)) else { return Ok(false) };
                if is_raw(fields[k]) != (inst.op == Op::StoreRaw) {
                    return Ok(false);
                }
                let mut value = self.follow(value);
                if let Some(inner) = self.name(value) {
                    let mut all = BTreeSet::new();
                    self.within(at, inner, &mut all);
                    // None refers to itself.
                    if all.contains(&name) {
                        return Ok(false);
                    }
                    value = inner;
                    if let Some(Object::Made(made)) = self.object(at, inner) {
                        value = *made;
                    }
                }
                let mut fields = fields.clone();
                fields[k] = value;
                self.set(at, name, Object::Virtual { header, bytes, fields });
            }
            Op::SetShape => {
                let header = header & !0xffff_ffff | immediate & 0xffff_ffff;
                self.set(at, name, Object::Virtual { header, bytes, fields });
            }
            Op::GuardShape if memory::in_shapes(inst.immediates, shape) => self.set_name(v, name),
            Op::GuardObject | Op::GuardBound => self.set_name(v, name),
            Op::GuardRaw => {
                let holds = field_at(immediate).and_then(|k| self.int(fields[k])) == Some(inst.immediates[1]);
                if !holds {
                    return Ok(false);
                }
                self.set_name(v, name);
            }
            Op::HasShape => self.becomes(at, v, Op::Bool, u64::from(memory::in_shapes(inst.immediates, shape))),
            Op::IsInt | Op::IsFloat => self.becomes(at, v, Op::Bool, 0),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A frame state with the objects as they are now.
    fn state(&mut self, at: Block, s: State) -> Guess<State> {
        if let Some(known) = self.states.get(&s) {
            return Ok(*known);
        }
        let mut named = Vec::new();
        self.unit.each_of_state(s, &mut |v| named.push(v));
        let mut map = HashMap::default();
        let mut virtuals: Vec<Virtual> = Vec::new();
        for v in named {
            if self.name(v).is_none() {
                continue;
            }
            let to = match self.find(at, v)? {
                Found::Plain(made) => made,
                Found::Virtual(name) => {
                    self.describe(at, name, &mut virtuals)?;
                    name
                }
            };
            map.insert(v, to);
        }
        let mut new = s;
        if !map.is_empty() {
            new = renamed_state(&mut self.unit, s, &map, &mut HashMap::default());
        }
        if !virtuals.is_empty() {
            let mut state = self.unit.states[new.index()].clone();
            state.virtuals = virtuals;
            let last = self.unit.states.len().saturating_sub(8);
            new = match self.unit.states[last..].iter().position(|s| *s == state) {
                Some(i) => State((last + i) as u32),
                None => {
                    self.unit.states.push(state);
                    State(self.unit.states.len() as u32 - 1)
                }
            };
        }
        self.states.insert(s, new);
        Ok(new)
    }

    /// How to make an object, behind those that it refers to.
    fn describe(&self, at: Block, name: Val, all: &mut Vec<Virtual>) -> Guess<()> {
        if all.iter().any(|v| v.object == name) {
            return Ok(());
        }
        let Some(Object::Virtual { header, bytes, fields }) = self.object(at, name) else { return Ok(()) };
        let mut words = Vec::with_capacity(fields.len());
        for field in fields {
            words.push(match self.find(at, *field)? {
                Found::Plain(v) => v,
                Found::Virtual(inner) => {
                    self.describe(at, inner, all)?;
                    inner
                }
            });
        }
        while words.last().is_some_and(|v| self.is_zero(*v)) {
            words.pop();
        }
        all.push(Virtual { object: name, header: *header, bytes: *bytes, fields: words });
        Ok(())
    }
}

fn constant(op: Op, immediate: u64) -> Inst {
    Inst { op, immediates: [immediate, 0], operands: Vec::new(), state: None, ty: op.info().result }
}

/// Which values are used where a block begins, or behind that.
struct Live {
    sets: Vec<Vec<u64>>,
    /// The blocks' parameters, as they were.
    parameters: Vec<Vec<Val>>,
}

impl Live {
    fn new(unit: &Unit, dominators: &Dominators) -> Live {
        let words = unit.insts.len().div_ceil(64);
        let blocks = unit.blocks.len();
        let (mut uses, mut defs) = (vec![vec![0u64; words]; blocks], vec![vec![0u64; words]; blocks]);
        for &block in &dominators.order {
            unit.each_use(block, |v| uses[block.index()][v.index() / 64] |= 1 << (v.index() % 64));
            let data = &unit.blocks[block.index()];
            for v in data.parameters.iter().chain(&data.insts) {
                defs[block.index()][v.index() / 64] |= 1 << (v.index() % 64);
            }
        }
        // What a block both defines and uses is not live where it begins: uses come behind definitions.
        let mut sets: Vec<Vec<u64>> = uses;
        for (set, def) in sets.iter_mut().zip(&defs) {
            set.iter_mut().zip(def).for_each(|(s, d)| *s &= !d);
        }
        let mut changed = true;
        while changed {
            changed = false;
            for &block in dominators.order.iter().rev() {
                for successor in unit.successors(block) {
                    for w in 0..words {
                        let more = sets[successor.index()][w] & !defs[block.index()][w] & !sets[block.index()][w];
                        if more != 0 {
                            sets[block.index()][w] |= more;
                            changed = true;
                        }
                    }
                }
            }
        }
        Live { sets, parameters: unit.blocks.iter().map(|b| b.parameters.clone()).collect() }
    }

    fn at_start(&self, block: Block, v: Val) -> bool {
        self.sets[block.index()].get(v.index() / 64).is_some_and(|w| w & 1 << (v.index() % 64) != 0)
    }
}

/// A way from a block with several to a block with several gets a block of its own.
fn split_edges(unit: &mut Unit) {
    let dominators = Dominators::new(unit);
    for &block in &dominators.order {
        let Some(End::Branch(..)) = unit.blocks[block.index()].end else { continue };
        let mut end = unit.blocks[block.index()].end.take();
        each_target(&mut end, |t| {
            if dominators.predecessors[t.block.index()].len() > 1 {
                let edge = unit.block();
                let to = std::mem::replace(t, Target { block: edge, arguments: Vec::new() });
                unit.blocks[edge.index()].end = Some(End::Jump(to));
            }
        });
        unit.blocks[block.index()].end = end;
    }
}

/// Those of these blocks (from number `first` on) that do nothing go again.
fn join_edges(unit: &mut Unit, first: usize) {
    for block in unit.block_ids() {
        let mut end = unit.blocks[block.index()].end.take();
        let mut others: Vec<Block> = Vec::new();
        each_target(&mut end, |t| others.push(t.block));
        each_target(&mut end, |t| {
            let data = &unit.blocks[t.block.index()];
            let is_empty = t.block.index() >= first && data.insts.is_empty() && data.parameters.is_empty();
            if is_empty
                && t.block != block
                && let Some(End::Jump(to)) = &data.end
                && !others.contains(&to.block)
            {
                others.push(to.block);
                *t = to.clone();
            }
        });
        unit.blocks[block.index()].end = end;
    }
}
