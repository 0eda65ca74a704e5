//! How much work it is to compile a function.
//!
//! A compiler gives each value a name of its own. Where ways through a function meet, a variable that was set on one
//! of them needs a new name, and each way says which value it brings: variables × ways. A loop is such a place for
//! all that is used in it, since its ways back are seen later. This is what makes a compiler slow for small inputs;
//! instructions alone take time in proportion to their number.

use wasmparser::{
    BlockType, FrameKind, FuncValidator, FuncValidatorAllocations, FunctionBody, ModuleArity as _, Operator,
    OperatorsReader, WasmModuleResources,
};

use super::limits::Quantity;
use super::locals::Locals;
use super::not_one;
use super::outline::bytes;
use super::work::{FUNCTION, HANDED_OVER, LOCAL, Work};
use crate::error::LoadError;

/// An instruction that computes something.
const PLAIN: u64 = 2_500;
/// One that reads or writes memory: its bounds are checked first.
const CHECKED: u64 = 100_000;
/// One that divides.
const DIVIDED: u64 = 180_000;
/// One that makes a number of another kind, and checks that it fits.
const CONVERTED: u64 = 180_000;
/// One that the runtime helps with: a table is looked into, or much memory is moved.
const HELPED: u64 = 800_000;
/// One that moves much of a table.
const MOVED: u64 = 4_000_000;
/// Each pair of KiB of a body: what lies in one function is looked at together.
const TOGETHER: u64 = 880_000;
/// One that calls something, with what surrounds a call.
const CALL: u64 = 60_000;
/// The beginning of a loop: fuel and deadline are looked at.
const LOOP: u64 = 200_000;
/// Where two ways part or meet.
const WAY: u64 = 10_000;
/// A value that an instruction takes or gives.
const OPERAND: u64 = 500;
/// Each pair of the values of a call: all of them are put in their places at once.
const HANDED_OVER_AT_ONCE: u64 = 2_000;
/// A value that is waiting while ways part or meet.
const WAITING: u64 = 700;
/// A variable that a function uses at all, in each of its blocks.
const PASSING: u64 = 700;
/// A variable that may have a new value where ways meet, for each way.
const MERGED: u64 = 8_000;
/// The same for each pair of them: values that change places at once are put in an order.
const EXCHANGED: u64 = 130;
/// A word of a set of variables, here.
const WORD: u64 = 2;

/// A block that is open.
#[derive(Debug)]
struct Block {
    is_loop: bool,
    set: Locals,
    used: Locals,
    /// How many ways lead to its label.
    ways: u64,
}

/// What is known of a function so far.
struct Function<'a, R: WasmModuleResources> {
    work: &'a mut Work,
    validator: FuncValidator<R>,
    open: Vec<Block>,
    /// How many words a set of its variables has.
    words: u64,
    /// Where ways part or meet.
    places: u64,
}

/// Takes a function's body in, validated as it goes.
pub(super) fn add<R: WasmModuleResources>(
    work: &mut Work,
    validator: FuncValidator<R>,
    body: &FunctionBody<'_>,
) -> Result<FuncValidatorAllocations, LoadError> {
    let at = body.range().start;
    work.begin();
    if bytes(body.range().len()) > Quantity::BodyBytes.limit() {
        return Err(LoadError::TooMany {
            what: Quantity::BodyBytes,
            at: bytes(at),
        });
    }
    let mut reader = body.get_binary_reader();
    let mut validator = validator;
    validator.read_locals(&mut reader).map_err(not_one)?;
    let locals = validator.len_locals();
    if u64::from(locals) > Quantity::Locals.limit() {
        return Err(LoadError::TooMany {
            what: Quantity::Locals,
            at: bytes(at),
        });
    }
    let long = bytes(body.range().len()).pow(2) >> 20;
    work.charge(TOGETHER.saturating_mul(long), at)?;
    let (params, results) = signature(&validator);
    let handed_over = HANDED_OVER.saturating_mul(params.saturating_add(results));
    work.charge(
        FUNCTION
            .saturating_add(handed_over)
            .saturating_add(LOCAL.saturating_mul(locals.into())),
        at,
    )?;
    let mut function = Function {
        work,
        validator,
        open: vec![Block::new(false)],
        words: Locals::words(locals),
        places: 1,
    };
    let mut operators = OperatorsReader::new(reader);
    while !operators.eof() {
        let (operator, at) = operators.read_with_offset().map_err(not_one)?;
        function.operator(&operator, at)?;
    }
    operators.finish().map_err(not_one)?;
    Ok(function.validator.into_allocations())
}

impl<R: WasmModuleResources> Function<'_, R> {
    fn operator(&mut self, operator: &Operator<'_>, at: usize) -> Result<(), LoadError> {
        // Before it is validated, which is work too. One whose types are wrong has none.
        let (takes, gives) = operator.operator_arity(&self.validator).unwrap_or_default();
        let operands = u64::from(takes).saturating_add(gives.into());
        self.work.charge(OPERAND.saturating_mul(operands), at)?;
        let cost = base(operator);
        self.work.charge(cost, at)?;
        if cost >= HELPED {
            // What helps is behind a way of its own.
            self.place(at)?;
        }
        match operator {
            Operator::LocalGet { local_index } => self.touch(*local_index, false),
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => self.touch(*local_index, true),
            Operator::Block { .. } => self.begin(false, at)?,
            Operator::If { .. } => {
                self.place(at)?;
                self.begin(false, at)?;
                // Around it, and through it.
                self.lead(0, 2);
            }
            Operator::Loop { .. } => {
                self.place(at)?;
                self.begin(true, at)?;
                self.lead(0, 1);
            }
            Operator::Else => self.place(at)?,
            Operator::Br { relative_depth } => self.lead(*relative_depth, 1),
            Operator::BrIf { relative_depth } => {
                self.lead(*relative_depth, 1);
                self.place(at)?;
            }
            Operator::BrTable { targets } => {
                let each = OPERAND.saturating_mul(operands).saturating_add(WAY);
                self.work
                    .charge(each.saturating_mul(u64::from(targets.len()).saturating_add(1)), at)?;
                for target in targets.targets() {
                    self.place(at)?;
                    self.lead(target.map_err(not_one)?, 1);
                }
                self.lead(targets.default(), 1);
            }
            Operator::Call { .. } | Operator::CallIndirect { .. } => {
                let pairs = operands.saturating_mul(operands);
                self.work.charge(HANDED_OVER_AT_ONCE.saturating_mul(pairs), at)?;
            }
            Operator::End => self.end(at)?,
            _ => {}
        }
        self.validator.op(at, operator).map_err(not_one)
    }

    /// Ways part or meet here: whatever waits on the stack goes on behind them.
    fn place(&mut self, at: usize) -> Result<(), LoadError> {
        self.places = self.places.saturating_add(1);
        if self.places > Quantity::Places.limit() {
            return Err(LoadError::TooMany {
                what: Quantity::Places,
                at: bytes(at),
            });
        }
        let waiting = u64::from(self.validator.operand_stack_height());
        self.work
            .charge(WAY.saturating_add(WAITING.saturating_mul(waiting)), at)
    }

    fn begin(&mut self, is_loop: bool, at: usize) -> Result<(), LoadError> {
        if bytes(self.open.len()) > Quantity::Nesting.limit() {
            return Err(LoadError::TooMany {
                what: Quantity::Nesting,
                at: bytes(at),
            });
        }
        self.open.push(Block::new(is_loop));
        Ok(())
    }

    fn end(&mut self, at: usize) -> Result<(), LoadError> {
        self.place(at)?;
        let Some(block) = self.open.pop() else { return Ok(()) };
        self.work.charge(WORD.saturating_mul(self.words), at)?;
        let Some(around) = self.open.last_mut() else {
            // The function's end: all that is left of it are its results.
            let used = block.used.count();
            return self
                .work
                .charge(PASSING.saturating_mul(used).saturating_mul(self.places), at);
        };
        around.set.extend(&block.set);
        around.used.extend(&block.used);
        // What falls through to the label is one more.
        let ways = if block.ways == 0 {
            0
        } else {
            block.ways.saturating_add(1)
        };
        let merged = if block.is_loop {
            block.used.count().saturating_add(block.set.count())
        } else {
            block.set.count()
        };
        let each = MERGED.saturating_add(EXCHANGED.saturating_mul(merged));
        self.work.charge(each.saturating_mul(merged).saturating_mul(ways), at)
    }

    /// So many ways more lead to a label.
    fn lead(&mut self, label: u32, ways: u64) {
        let label = usize::try_from(label).unwrap_or(usize::MAX);
        if let Some(block) = self.open.iter_mut().rev().nth(label) {
            block.ways = block.ways.saturating_add(ways);
        }
    }

    fn touch(&mut self, local: u32, set: bool) {
        // One that is not there is refused by the validator; a set must not grow with it.
        if local >= self.validator.len_locals() {
            return;
        }
        if let Some(block) = self.open.last_mut() {
            block.used.insert(local);
            if set {
                block.set.insert(local);
            }
        }
    }
}

impl Block {
    fn new(is_loop: bool) -> Self {
        Self {
            is_loop,
            set: Locals::default(),
            used: Locals::default(),
            ways: 0,
        }
    }
}

/// How many parameters and results a function has.
fn signature<R: WasmModuleResources>(validator: &FuncValidator<R>) -> (u64, u64) {
    let outermost = validator.label_block(0);
    let arity = match outermost {
        Some((ty @ BlockType::FuncType(_), FrameKind::Block)) => validator.block_type_arity(ty),
        _ => None,
    };
    let (params, results) = arity.unwrap_or_default();
    (params.into(), results.into())
}

/// What an instruction costs by itself.
fn base(operator: &Operator<'_>) -> u64 {
    match operator {
        Operator::Nop | Operator::Drop | Operator::LocalGet { .. } | Operator::Block { .. } => PLAIN / 4,
        Operator::Loop { .. } => LOOP,
        Operator::Call { .. } => CALL,
        Operator::CallIndirect { .. }
        | Operator::TableGet { .. }
        | Operator::TableSet { .. }
        | Operator::ElemDrop { .. }
        | Operator::RefFunc { .. }
        | Operator::MemoryGrow { .. }
        | Operator::MemoryFill { .. }
        | Operator::MemoryCopy { .. }
        | Operator::MemoryInit { .. }
        | Operator::DataDrop { .. } => HELPED,
        Operator::TableGrow { .. }
        | Operator::TableFill { .. }
        | Operator::TableCopy { .. }
        | Operator::TableInit { .. } => MOVED,
        Operator::I32TruncF32S
        | Operator::I32TruncF32U
        | Operator::I32TruncF64S
        | Operator::I32TruncF64U
        | Operator::I64TruncF32S
        | Operator::I64TruncF32U
        | Operator::I64TruncF64S
        | Operator::I64TruncF64U => CONVERTED,
        Operator::I32DivS
        | Operator::I32DivU
        | Operator::I32RemS
        | Operator::I32RemU
        | Operator::I64DivS
        | Operator::I64DivU
        | Operator::I64RemS
        | Operator::I64RemU => DIVIDED,
        Operator::I32Load { .. }
        | Operator::I64Load { .. }
        | Operator::F32Load { .. }
        | Operator::F64Load { .. }
        | Operator::I32Load8S { .. }
        | Operator::I32Load8U { .. }
        | Operator::I32Load16S { .. }
        | Operator::I32Load16U { .. }
        | Operator::I64Load8S { .. }
        | Operator::I64Load8U { .. }
        | Operator::I64Load16S { .. }
        | Operator::I64Load16U { .. }
        | Operator::I64Load32S { .. }
        | Operator::I64Load32U { .. }
        | Operator::I32Store { .. }
        | Operator::I64Store { .. }
        | Operator::F32Store { .. }
        | Operator::F64Store { .. }
        | Operator::I32Store8 { .. }
        | Operator::I32Store16 { .. }
        | Operator::I64Store8 { .. }
        | Operator::I64Store16 { .. }
        | Operator::I64Store32 { .. } => CHECKED,
        _ => PLAIN,
    }
}
