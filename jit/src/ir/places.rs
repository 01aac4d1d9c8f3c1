//! Which instruction of the bytecode each part of a unit stands for: what reports show side by side.

use rustc_hash::FxHashMap as HashMap;

use super::{Inst, Origin, State, Unit, Val};

/// Places in the bytecode, and what stands for which.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Places {
    /// Each once.
    pub all: Vec<Origin>,
    /// By value and by state: an index into `all`.
    of_val: Vec<Option<u32>>,
    of_state: Vec<u32>,
}

impl Places {
    pub fn of(unit: &Unit) -> Places {
        let mut places = Places { of_val: vec![None; unit.insts.len()], ..Places::default() };
        let mut known = HashMap::default();
        let mut index = |all: &mut Vec<Origin>, origin: Origin| {
            *known.entry(origin).or_insert_with(|| {
                all.push(origin);
                all.len() as u32 - 1
            })
        };
        for state in &unit.states {
            let at = index(&mut places.all, Origin { frame: state.frame, pc: state.pc });
            places.of_state.push(at);
        }
        // What a pass has made says by its state where it belongs, or stands for what its neighbours do.
        for block in &unit.blocks {
            let origin = |v: &Val, inst: &Inst| {
                let of_state = |s: State| unit.states.get(s.index()).map(|s| Origin { frame: s.frame, pc: s.pc });
                unit.origins.get(v.index()).copied().or_else(|| of_state(inst.state?))
            };
            let origins: Vec<Option<Origin>> = block.insts.iter().map(|v| origin(v, unit.inst(*v))).collect();
            let mut last = origins.iter().copied().flatten().next();
            for (v, origin) in block.insts.iter().zip(origins) {
                last = origin.or(last);
                places.of_val[v.index()] = last.map(|o| index(&mut places.all, o));
            }
        }
        places
    }

    pub fn of_val(&self, v: Val) -> Option<u32> {
        self.of_val.get(v.index()).copied().flatten()
    }

    pub fn of_state(&self, s: State) -> Option<u32> {
        self.of_state.get(s.index()).copied()
    }
}
