//! IR to native code, through Cranelift.
//!
//! Code has the signature of [`brolga_runtime::interp::native::Entry`]. Each frame state has one cold block, shared by all
//! guards that name it with one reason, which hands its values over to [`crate::deopt`]. Words of the object model are at offsets that
//! the runtime exports.

mod allocate;
mod calls;
mod classes;
mod exits;
mod forcing;
mod insts;
mod restore;
mod values;

use std::mem::offset_of;
use std::sync::Arc;

use brolga_runtime::frame::Frame;
use brolga_runtime::frame::stack::{LIMIT_OFFSET, TOP_OFFSET};
use brolga_runtime::interp::native::{RETURNED, generator_returned};
use brolga_runtime::state::ThreadState;
use cranelift_codegen::Context;
use cranelift_codegen::ir::{self, AbiParam, BlockArg, InstBuilder, MemFlagsData, Signature, SourceLoc, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use rustc_hash::FxHashMap as HashMap;

use crate::code::Pool;
use crate::deopt::Restore;
use crate::helpers::Helper;
use crate::ir::{Block, End, Inst, Op, Places, Reason, State, Target, TemplateKey, Type, Unit, Val};
use crate::opt::loops;
use crate::stress::Stress;

/// Where an exit goes and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exit {
    pub reason: Reason,
    /// The function, inlined or not, its code object's address, and the code unit in it.
    pub function: String,
    pub code: u64,
    pub pc: u32,
    pub is_inlined: bool,
    /// Which of the code's restorations.
    pub restore: usize,
}

/// Native code, not yet in executable memory.
#[derive(Debug)]
pub struct Code {
    pub bytes: Vec<u8>,
    pub exits: Vec<Exit>,
    pub restores: Vec<Restore>,
    /// As text, where that was asked for.
    pub listing: String,
    /// Which bytes stand for which of the unit's places, where that was asked for: start, end, index.
    pub places: Vec<(u32, u32, u32)>,
}

/// What the code refers to.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    /// Of the inlined frames' [`Template`](brolga_runtime::interp::native::Template)s, by what they are made from.
    pub templates: HashMap<TemplateKey, u64>,
    /// Of the recursion limit.
    pub recursion_limit: u64,
    /// Of the table of shapes: an address for each.
    pub shapes: u64,
    /// The number of the unit's first exit.
    pub first_exit: u64,
}

/// Which listing to make on the way (`-X jit-dump`).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Dump {
    None,
    /// The code generator's input.
    Clif,
    /// Its output.
    Asm,
    ClifAndAsm,
    /// Its input, with the place in the bytecode of each line and of each part of the machine code.
    Places,
}

/// The code generator's memory, kept from one unit to the next.
pub struct Scratch {
    context: Context,
    builder: FunctionBuilderContext,
}

impl Default for Scratch {
    fn default() -> Scratch {
        Scratch { context: Context::new(), builder: FunctionBuilderContext::new() }
    }
}

/// Compiles a unit. An error is the compiler's message.
pub fn lower(
    scratch: &mut Scratch,
    isa: &Arc<dyn TargetIsa>,
    pool: &Pool,
    unit: &Unit,
    addresses: &Addresses,
    stress: Option<&Stress>,
    dump: Dump,
) -> Result<Code, String> {
    let Scratch { context, builder: builder_context } = scratch;
    context.clear();
    context.set_disasm(matches!(dump, Dump::Asm | Dump::ClifAndAsm));
    context.func.signature = signature(isa.default_call_conv(), 2, 2);
    let (mut exits, mut restores) = (Vec::new(), Vec::new());
    {
        let b = FunctionBuilder::new(&mut context.func, builder_context);
        let mut lowering = Lowering {
            b,
            unit,
            addresses,
            stress,
            isa,
            values: vec![None; unit.insts.len()],
            blocks: HashMap::default(),
            exit_blocks: HashMap::default(),
            leaving: None,
            exits: Vec::new(),
            planned: HashMap::default(),
            plans: Vec::new(),
            restores: Vec::new(),
            pool,
            in_loop: loops::in_loops(unit),
            anchors: unit.anchors(),
            places: (dump == Dump::Places).then(|| Places::of(unit)),
            floats: HashMap::default(),
            thread: None,
            frame: None,
            signatures: HashMap::default(),
            saved_top: None,
        };
        lowering.run()?;
        exits.append(&mut lowering.exits);
        restores.append(&mut lowering.restores);
        lowering.b.seal_all_blocks();
        lowering.b.finalize(isa.frontend_config());
    }
    let mut listing = if matches!(dump, Dump::Clif | Dump::ClifAndAsm | Dump::Places) {
        context.func.display().to_string()
    } else {
        String::new()
    };
    let compiled = context.compile(&**isa, &mut Default::default()).map_err(|e| format!("{:?}", e.inner))?;
    if !compiled.buffer.relocs().is_empty() {
        return Err("code with relocations".to_owned());
    }
    if matches!(dump, Dump::Asm | Dump::ClifAndAsm) {
        listing += compiled.vcode.as_deref().unwrap_or("");
    }
    let places = match dump {
        Dump::Places => {
            let all = compiled.buffer.get_srclocs_sorted().iter();
            all.filter(|at| !at.loc.is_default()).map(|at| (at.start, at.end, at.loc.bits())).collect()
        }
        _ => Vec::new(),
    };
    Ok(Code { bytes: compiled.code_buffer().to_vec(), exits, restores, listing, places })
}

fn signature(convention: CallConv, parameters: usize, results: usize) -> Signature {
    let mut signature = Signature::new(convention);
    signature.params = vec![AbiParam::new(types::I64); parameters];
    signature.returns = vec![AbiParam::new(types::I64); results];
    signature
}

struct Lowering<'a> {
    b: FunctionBuilder<'a>,
    unit: &'a Unit,
    addresses: &'a Addresses,
    /// Makes guards fail.
    stress: Option<&'a Stress>,
    isa: &'a Arc<dyn TargetIsa>,
    values: Vec<Option<ir::Value>>,
    blocks: HashMap<Block, ir::Block>,
    exit_blocks: HashMap<(State, Reason), ir::Block>,
    /// Which exits return from.
    leaving: Option<ir::Block>,
    exits: Vec<Exit>,
    /// By the state that is left by: the index of its restoration, and of the values that it takes.
    planned: HashMap<State, usize>,
    plans: Vec<Vec<Val>>,
    restores: Vec<Restore>,
    pool: &'a Pool,
    /// Which blocks lie in loops.
    in_loop: Vec<bool>,
    /// What leaves by their states was moved out of a loop.
    anchors: Vec<State>,
    /// What stands for which instruction of the bytecode, where that is to be known.
    places: Option<Places>,
    floats: HashMap<u64, ir::Value>,
    thread: Option<ir::Value>,
    frame: Option<ir::Value>,
    /// By numbers of parameters and results.
    signatures: HashMap<(usize, usize), ir::SigRef>,
    /// Where the VM stack's top is kept while inlined frames stand on it.
    saved_top: Option<ir::StackSlot>,
}

const LOCALS: i32 = size_of::<Frame>() as i32;
const TOP: usize = offset_of!(ThreadState, stack) + TOP_OFFSET;
const LIMIT: usize = offset_of!(ThreadState, stack) + LIMIT_OFFSET;

fn clif_type(ty: Type) -> ir::Type {
    match ty {
        Type::Any | Type::Int => types::I64,
        Type::Float => types::F64,
        Type::Bool => types::I8,
    }
}

fn trusted() -> MemFlagsData {
    MemFlagsData::trusted()
}

impl Lowering<'_> {
    fn run(&mut self) -> Result<(), String> {
        let order = self.unit.reverse_postorder();
        for &block in &order {
            let clif = self.b.create_block();
            self.blocks.insert(block, clif);
        }
        for &block in &order {
            let clif = self.block(block)?;
            self.b.switch_to_block(clif);
            if self.catches(block) {
                self.b.set_cold_block(clif);
            }
            if block == Block(0) {
                self.b.append_block_params_for_function_params(clif);
                let parameters = self.b.block_params(clif);
                self.thread = parameters.first().copied();
                self.frame = parameters.get(1).copied();
                self.load_floats();
            }
            for &p in &self.unit.blocks[block.index()].parameters {
                let ty = clif_type(self.unit.ty(p).unwrap_or(Type::Any));
                let v = self.b.append_block_param(clif, ty);
                self.values[p.index()] = Some(v);
            }
            for &v in &self.unit.blocks[block.index()].insts {
                let inst = self.unit.inst(v);
                self.stands_for(|places| places.of_val(v));
                let result = self.inst(inst)?;
                self.values[v.index()] = result;
            }
            self.end(block)?;
        }
        // The exits' blocks, last.
        self.exits()?;
        Ok(())
    }

    /// What is made from now on stands for this place.
    fn stands_for(&mut self, place: impl FnOnce(&Places) -> Option<u32>) {
        if let Some(places) = &self.places {
            self.b.set_srcloc(place(places).map_or_else(SourceLoc::default, SourceLoc::new));
        }
    }

    /// Does the block begin with an exception in flight?
    fn catches(&self, block: Block) -> bool {
        self.unit.blocks[block.index()].insts.first().is_some_and(|v| {
            let inst = self.unit.inst(*v);
            inst.op == Op::TryCall && inst.immediates[0] == Helper::Catch as u64
        })
    }

    fn block(&self, block: Block) -> Result<ir::Block, String> {
        self.blocks.get(&block).copied().ok_or_else(|| format!("{block} is not reachable"))
    }

    fn value(&self, v: Val) -> Result<ir::Value, String> {
        self.values[v.index()].ok_or_else(|| format!("{v} has no value"))
    }

    fn thread(&self) -> Result<ir::Value, String> {
        self.thread.ok_or_else(|| "no thread".to_owned())
    }

    fn frame(&self) -> Result<ir::Value, String> {
        self.frame.ok_or_else(|| "no frame".to_owned())
    }

    fn operand(&self, inst: &Inst, i: usize) -> Result<ir::Value, String> {
        self.value(*inst.operands.get(i).ok_or("an operand is missing")?)
    }

    fn word(&mut self, bits: u64) -> ir::Value {
        self.b.ins().iconst(types::I64, bits as i64)
    }

    /// Floats that loops use are loaded at the entry: an immediate would be made anew in each turn. (Large ints are operands
    /// in memory anyway.)
    fn load_floats(&mut self) {
        let unit = self.unit;
        for block in unit.block_ids() {
            if !self.in_loop[block.index()] {
                continue;
            }
            for v in &unit.blocks[block.index()].insts {
                let inst = unit.inst(*v);
                let bits = inst.immediates[0];
                if inst.op == Op::Float && bits != 0 && !self.floats.contains_key(&bits) {
                    let address = self.word(self.pool.address(bits) as u64);
                    let v = self.b.ins().load(types::F64, trusted(), address, 0);
                    self.floats.insert(bits, v);
                }
            }
        }
    }

    fn load_thread(&mut self, ty: ir::Type, offset: usize) -> Result<ir::Value, String> {
        let thread = self.thread()?;
        Ok(self.b.ins().load(ty, trusted(), thread, offset as i32))
    }

    fn store_thread(&mut self, v: ir::Value, offset: usize) -> Result<(), String> {
        let thread = self.thread()?;
        self.b.ins().store(trusted(), v, thread, offset as i32);
        Ok(())
    }

    fn arguments(&self, target: &Target) -> Result<Vec<BlockArg>, String> {
        target.arguments.iter().map(|v| self.value(*v).map(BlockArg::Value)).collect()
    }

    fn end(&mut self, block: Block) -> Result<(), String> {
        match &self.unit.blocks[block.index()].end {
            Some(End::Jump(t)) => {
                let (to, arguments) = (self.block(t.block)?, self.arguments(t)?);
                self.b.ins().jump(to, &arguments);
            }
            Some(End::Branch(c, x, y)) => {
                let c = self.value(*c)?;
                let (to_x, of_x) = (self.block(x.block)?, self.arguments(x)?);
                let (to_y, of_y) = (self.block(y.block)?, self.arguments(y)?);
                self.b.ins().brif(c, to_x, &of_x, to_y, &of_y);
            }
            Some(End::Return(v)) => {
                let v = self.value(*v)?;
                let frame = self.frame()?;
                self.leave_frame()?;
                self.store_thread(frame, TOP)?;
                let returned = self.word(RETURNED);
                self.b.ins().return_(&[returned, v]);
            }
            Some(End::Finish(v)) => {
                let (v, thread, frame) = (self.value(*v)?, self.thread()?, self.frame()?);
                self.call(generator_returned as *const () as usize, &[thread, frame], 0)?;
                let returned = self.word(RETURNED);
                self.b.ins().return_(&[returned, v]);
            }
            Some(End::Yield(state, v)) => self.suspend(*state, *v)?,
            Some(End::Exit(state, reason)) => self.exit(*state, *reason)?,
            None => return Err(format!("{block} has no end")),
        }
        Ok(())
    }
}
