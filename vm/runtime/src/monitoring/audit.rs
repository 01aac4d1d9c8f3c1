//! Audit hooks (PEP 578): functions that are told of what a program does, and may forbid it by raising.

use std::cell::Cell;

use crate::PyResult;
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};

/// The hooks of an interpreter.
pub(crate) struct AuditHooks {
    /// A tuple; none in most programs.
    hooks: Cell<Slot>,
}

impl AuditHooks {
    pub(super) fn new() -> AuditHooks {
        AuditHooks { hooks: Cell::new(None) }
    }

    pub(super) fn each_value(&self, mut f: impl FnMut(Slot)) {
        f(self.hooks.get());
    }
}

impl Vm {
    /// Is there anybody to be told? (Else no arguments need be made.)
    #[inline]
    pub fn is_audited(&self) -> bool {
        self.monitoring.audit.hooks.get().is_some()
    }

    /// Tells the audit hooks of an event. What one of them raises forbids it.
    #[inline]
    pub fn audit(&self, event: &str, args: &[Value]) -> PyResult<()> {
        if self.is_audited() { self.audit_hooked(event, args) } else { Ok(()) }
    }

    fn audit_hooked(&self, event: &str, args: &[Value]) -> PyResult<()> {
        let event = self.new_str(event)?.value();
        let args = self.new_tuple(args)?.value();
        self.audit_values(event, args)
    }

    /// The same, with the event and the tuple of its arguments as they are.
    pub fn audit_values(&self, event: Value, args: Value) -> PyResult<()> {
        let can_trace = self.intern("__cantrace__")?;
        let mut i = 0;
        while let Some(hook) = self.audit_hooks().and_then(|hooks| hooks.get(i)) {
            i += 1;
            let traced = self.unwatched(super::NO_EVENT, || match self.get_attr_opt(hook, can_trace)? {
                Some(flag) => self.is_true(flag),
                None => Ok(false),
            })?;
            if traced {
                self.call(hook, &[event, args])?;
            } else {
                self.unwatched(super::NO_EVENT, || self.call(hook, &[event, args]))?;
            }
        }
        Ok(())
    }

    /// An attribute on which more depends than on others is set; `None`: deleted.
    pub fn audit_attribute(&self, object: Value, name: &str, value: Slot) -> PyResult<()> {
        if !self.is_audited() {
            return Ok(());
        }
        let name = self.new_str(name)?.value();
        match value {
            Some(value) => self.audit("object.__setattr__", &[object, name, value]),
            None => self.audit("object.__delattr__", &[object, name]),
        }
    }

    /// `sys.addaudithook`. The hooks that are there may refuse.
    pub fn add_audit_hook(&self, hook: Value) -> PyResult<()> {
        if let Err(raised) = self.audit("sys.addaudithook", &[]) {
            self.catch(raised, self.types.exception)?;
            return Ok(());
        }
        let all = match self.audit_hooks() {
            Some(hooks) => ValueVec::from_slice(self, hooks.as_slice())?,
            None => ValueVec::new(),
        };
        all.push(self, hook)?;
        let all = self.new_tuple(all.as_slice())?;
        self.monitoring.audit.hooks.set(Some(all.value()));
        Ok(())
    }

    fn audit_hooks(&self) -> Option<crate::object::Ref<PyTuple>> {
        self.monitoring.audit.hooks.get()?.downcast()
    }
}
