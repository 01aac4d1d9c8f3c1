//! New objects: taken from the thread's span of their size class; the heap is called where that is used up.

use std::mem::offset_of;
use std::panic::{AssertUnwindSafe, catch_unwind};

use brolga_heap::{Allocator, CLASS_SIZES, size_class};
use brolga_runtime::state::{ThreadState, Vm};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, types};

use super::{Lowering, trusted};
use crate::ir::{Inst, Reason};

const ALLOCATOR: usize = offset_of!(ThreadState, alloc);

/// A cell of a size class that its caller fills at once, header included; 0 where there is no memory, with the MemoryError
/// raised.
///
/// # Safety
/// Compiled code passes its thread.
unsafe extern "C" fn allocate_slow(vm: *const Vm, class: u64) -> u64 {
    // SAFETY: the thread that runs compiled code holds the GIL; what it refers to is in its registers, on its native stack or
    // in frames. It writes the whole cell before anything else.
    let cell = catch_unwind(AssertUnwindSafe(|| unsafe { (*vm).alloc.alloc_slow(class as usize) })).ok().flatten();
    match cell {
        Some(cell) => cell.as_ptr() as u64,
        None => {
            // SAFETY: as above.
            let _raised = unsafe { &*vm }.memory_error();
            0
        }
    }
}

impl Lowering<'_> {
    /// [`Op::New`](crate::ir::Op::New). Nothing can collect between the check and the last store: nobody sees the cell
    /// before it is full.
    pub(super) fn new_object(&mut self, inst: &Inst) -> Result<ir::Value, String> {
        let words: Vec<ir::Value> = inst.operands.iter().map(|v| self.value(*v)).collect::<Result<_, _>>()?;
        let [header, bytes] = inst.immediates;
        let (cell, size) = self.take_cell(bytes)?;
        let (slow, full) = (cell.slow, cell.full);
        self.b.switch_to_block(slow);
        let thread = self.thread()?;
        let class = self.word(cell.class as u64);
        let address = self.word(allocate_slow as *const () as u64);
        let found = self.call_at(address, &[thread, class], 1)?[0];
        let exit = self.exit_block(inst, Reason::Raised)?;
        self.b.ins().brif(found, full, &[BlockArg::Value(found)], exit, &[]);
        self.b.switch_to_block(full);
        self.fill(cell.address, header, &words, size);
        Ok(cell.address)
    }

    /// The fast way to a cell: a block for the slow way is left to be filled, and one to go on in.
    fn take_cell(&mut self, bytes: u64) -> Result<(Cell, u64), String> {
        let class = size_class(bytes as usize).ok_or("a large object")?;
        let size = u64::from(CLASS_SIZES[class]);
        let cur = self.load_thread(types::I64, ALLOCATOR + Allocator::cur_offset(class))?;
        let end = self.load_thread(types::I64, ALLOCATOR + Allocator::end_offset(class))?;
        let next = self.b.ins().iadd_imm_s(cur, size as i64);
        let fits = self.b.ins().icmp(IntCC::UnsignedLessThanOrEqual, next, end);
        let (take, slow, full) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(slow);
        let address = self.b.append_block_param(full, types::I64);
        self.b.ins().brif(fits, take, &[], slow, &[]);
        self.b.switch_to_block(take);
        self.store_thread(next, ALLOCATOR + Allocator::cur_offset(class))?;
        self.b.ins().jump(full, &[BlockArg::Value(cur)]);
        Ok((Cell { class, slow, full, address }, size))
    }

    /// Writes a whole cell.
    fn fill(&mut self, cell: ir::Value, header: u64, words: &[ir::Value], size: u64) {
        let header = self.word(header);
        self.b.ins().store(trusted(), header, cell, 0);
        let mut at = 8;
        for word in words {
            self.b.ins().store(trusted(), *word, cell, at);
            at += 8;
        }
        if (at as u64) < size {
            let zero = self.word(0);
            while (at as u64) < size {
                self.b.ins().store(trusted(), zero, cell, at);
                at += 8;
            }
        }
    }
}

/// See [`Lowering::take_cell`].
struct Cell {
    class: usize,
    slow: ir::Block,
    full: ir::Block,
    address: ir::Value,
}
