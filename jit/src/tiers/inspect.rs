//! The JIT as tools see it: [`Inspect`].

use std::ops::Range;
use std::time::Duration;

use brolga_runtime::frame::Frame;
use brolga_runtime::interp::inspect::{
    Event, ExitReport, Form, Inspect, Stats, UnitKind, UnitReport, UnitState, Watch,
};
use brolga_runtime::interp::recording::Recording;
use brolga_runtime::object::{Header, Ref};
use brolga_runtime::state::{Vm, breaker};
use brolga_runtime::types::code::PyCode;

use super::job::{Backend, Job, Show};
use super::place::Place;
use super::record::Recorder;
use super::site::Exits;
use super::{Have, Jit};
use crate::code::CodeMemory;
use crate::ir::Reason;
use crate::lower::{Dump, Exit};
use crate::opt::Options;

/// Events that are kept at most until somebody asks.
const MAX_EVENTS: usize = 10_000;
/// Milliseconds that somebody who wants code at once waits for what is being made already.
const PATIENCE: usize = 10_000;

impl Place {
    pub fn kind(&self) -> UnitKind {
        match self {
            Place::Loop { .. } => UnitKind::Loop,
            Place::Function { .. } => UnitKind::Function,
            Place::Generator { .. } => UnitKind::Generator,
        }
    }

    /// Where it begins (code units).
    pub fn at(&self) -> u32 {
        match self {
            Place::Loop { header, .. } => *header,
            Place::Function { .. } | Place::Generator { .. } => 0,
        }
    }
}

impl Reason {
    /// Is that how compiled code comes to its end, or what the program asked for, and no guess that failed?
    pub fn is_expected(self) -> bool {
        matches!(
            self,
            Reason::LoopEnd
                | Reason::Return
                | Reason::Raise
                | Reason::Raised
                | Reason::Leave
                | Reason::Polled
                | Reason::Fuel
        )
    }
}

/// The code object that an exit goes on in.
fn code_of(exit: &Exit) -> Option<Ref<PyCode>> {
    let header = std::ptr::NonNull::new(exit.code as *mut Header)?;
    // SAFETY: the code object of a unit's frame, which is kept alive.
    Some(unsafe { Ref::from_ptr(header) })
}

impl Jit {
    /// Something has happened that a hook may want to know.
    pub(super) fn tell(&self, vm: &Vm, event: Event) {
        let watch = self.watched.get();
        let wanted = match event {
            Event::Exit { .. } => watch.exits,
            Event::Compiled { .. } | Event::Refused { .. } => watch.compilations,
        };
        let mut events = self.events.borrow_mut();
        if wanted && events.len() < MAX_EVENTS {
            events.push(event);
            vm.request(breaker::EVENTS);
        }
    }

    pub(super) fn tell_exit(&self, vm: &Vm, exit: &Exit, count: u32) {
        if self.watched.get().exits
            && !exit.reason.is_expected()
            && let Some(code) = code_of(exit)
        {
            self.tell(vm, Event::Exit { reason: exit.reason.name(), code, at: exit.pc, count });
        }
    }

    fn report(&self, number: usize, exits: &[Exits]) -> Option<UnitReport> {
        let sites = self.sites.borrow();
        let site = sites.get(number)?;
        let own = exits.iter().filter(|of| of.site == number);
        let last = own.clone().rfind(|of| of.bytes > 0);
        let state = match (site.entry, site.refused) {
            (Some(_), _) => UnitState::Compiled,
            (None, Some(why)) => UnitState::Refused(why),
            (None, None) if site.is_waiting => UnitState::Waiting,
            (None, None) => UnitState::Discarded,
        };
        let taken = own.flat_map(|of| of.all.iter().map(|(exit, count)| (of.version, exit, count.get())));
        let taken = taken.filter(|(_, _, count)| *count > 0).filter_map(|(version, exit, count)| {
            Some(ExitReport {
                reason: exit.reason.name(),
                sentence: exit.reason.sentence(),
                is_expected: exit.reason.is_expected(),
                code: code_of(exit)?,
                at: exit.pc,
                count,
                version,
            })
        });
        Some(UnitReport {
            number,
            kind: site.place.kind(),
            code: site.place.code(),
            at: site.place.at(),
            state,
            versions: site.versions,
            bytes: last.map_or(0, |of| of.bytes),
            inlined: last.map_or_else(Vec::new, |of| of.inlined.clone()),
            exits: taken.collect(),
        })
    }
}

impl Inspect for Jit {
    fn units(&self) -> Vec<UnitReport> {
        let exits = self.exits.borrow();
        let count = self.sites.borrow().len();
        (0..count).filter_map(|number| self.report(number, &exits)).collect()
    }

    fn stats(&self) -> Stats {
        let (sites, exits) = (self.sites.borrow(), self.exits.borrow());
        let memory = self.memory.get().and_then(Option::as_ref);
        Stats {
            compiled: sites.iter().filter(|s| s.entry.is_some()).count(),
            refused: sites.iter().filter(|s| s.entry.is_none() && s.refused.is_some()).count(),
            compilations: exits.iter().filter(|of| of.bytes > 0).count(),
            discarded: self.discarded.get(),
            exits: exits.iter().flat_map(|of| of.all.iter().map(|(_, count)| u64::from(count.get()))).sum(),
            bytes: exits.iter().map(|of| of.bytes).sum(),
            memory_used: memory.map_or(0, CodeMemory::used),
            memory_size: memory.map_or(0, |m| m.addresses().len()),
            seconds: self.spent.get().as_secs_f64(),
        }
    }

    fn was_put_off(&self, code: Ref<PyCode>) -> bool {
        self.put_off.borrow().contains(&code.addr())
    }

    fn compile(&self, vm: &Vm, frame: &Frame) -> Result<(), &'static str> {
        let code = frame.code.get();
        let place = match is_generator(code) {
            true => Place::Generator { code: code.addr() },
            false => Place::Function { code: code.addr() },
        };
        self.now.set(true);
        let mut have = self.code_for(vm, frame, place);
        // It may be in the compiler's thread's hands.
        for _ in 0..PATIENCE {
            if !matches!(have, Have::Later(_)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
            have = self.code_for(vm, frame, place);
        }
        self.now.set(false);
        match have {
            Have::Code(entry) => {
                place.enters(entry);
                Ok(())
            }
            Have::Later(_) => Err("its code is being made"),
            Have::Never => {
                let sites = self.sites.borrow();
                Err(sites
                    .iter()
                    .find(|s| s.place.same(&place))
                    .and_then(|s| s.refused)
                    .unwrap_or("it stays interpreted"))
            }
        }
    }

    fn listing(&self, vm: &Vm, frame: &Frame, kind: UnitKind, at: u32, form: Form) -> Result<String, &'static str> {
        let code = frame.code.get().addr();
        let place = match kind {
            // Translation does not look at the counter.
            UnitKind::Loop => Place::Loop { code, header: at, counter: std::ptr::null() },
            UnitKind::Function => Place::Function { code },
            UnitKind::Generator => Place::Generator { code },
        };
        let learnt = self.sites.borrow().iter().find(|s| s.place.same(&place)).map(|s| s.options.clone());
        let options: Options = self.with_failures(learnt.unwrap_or_default());
        let unit = self.translate(vm, frame, place, &options)?;
        let number = self.exits.borrow().len();
        let addresses = self.addresses(vm, &unit, number)?;
        let dump = match form {
            Form::Ir => Dump::None,
            Form::Clif => Dump::Clif,
            Form::Assembly => Dump::Asm,
        };
        let show = Show { check: false, ir: false, dump, quiet: true, records: false };
        let job = Job { number, unit, options, addresses, guards_entry: false, show };
        let backend = Backend::new().ok_or("no code can be made on this machine")?;
        let (unit, code, _) = backend.run(job, None).result?;
        Ok(if form == Form::Ir { unit.to_string() } else { code.listing })
    }

    fn addresses(&self) -> Option<Range<usize>> {
        let memory = self.memory.get_or_init(CodeMemory::new).as_ref()?;
        Some(memory.addresses())
    }

    fn record(&self) {
        self.recorder.get_or_init(|| Recorder::new(self.exits.borrow().len()));
    }

    fn recording(&self) -> Option<Recording> {
        let memory = self.memory.get().and_then(Option::as_ref);
        Some(Recording {
            base: memory.map_or(0, |m| m.addresses().start),
            used: memory.map_or(0, CodeMemory::used),
            size: memory.map_or(0, |m| m.addresses().len()),
            page: memory.map_or(1, CodeMemory::page),
            ..self.recorder.get()?.recording()
        })
    }

    fn unit_at(&self, address: usize) -> Option<usize> {
        let exits = self.exits.borrow();
        exits.iter().find(|of| (of.at..of.at + of.bytes).contains(&address)).map(|of| of.site)
    }

    fn watch(&self, what: Watch) {
        self.watched.set(what);
    }

    fn take_events(&self) -> Vec<Event> {
        self.events.take()
    }
}

fn is_generator(code: Ref<PyCode>) -> bool {
    use brolga_bytecode::constants::flags;
    code.has_flag(flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR)
}
