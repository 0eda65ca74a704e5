//! Valid modules, made of any bytes: what a compiler is given that no compiler wrote.

use wasm_encoder::{
    BlockType, CodeSection, Component, ConstExpr, ElementSection, Elements, Function, FunctionSection, GlobalSection,
    GlobalType, Instruction, MemArg, MemorySection, MemoryType, Module, ModuleSection, RefType, TableSection,
    TableType, TypeSection, ValType,
};

/// How many local variables a function has besides its parameters.
const LOCALS: u32 = 300;

/// Bytes, one after the other; 0 when there are no more.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    fn below(&mut self, limit: u32) -> u32 {
        (u32::from(self.next()) << 8 | u32::from(self.next())) % limit
    }
}

/// A component of one module. Each function takes some numbers and gives one; its instructions leave the stack as it
/// was, so that any sequence of them is valid.
pub(crate) fn component(data: &[u8]) -> Vec<u8> {
    let mut bytes = Bytes(data);
    let functions = 1 + bytes.below(20);
    let params = bytes.below(1_000);
    let mut types = TypeSection::new();
    let many = vec![ValType::I32; usize::try_from(params).unwrap_or_default()];
    types.ty().function(many, [ValType::I32]);
    // Of blocks that take and give as many.
    let through = vec![ValType::I32; usize::try_from(1 + bytes.below(50)).unwrap_or_default()];
    types.ty().function(through.iter().copied(), through.iter().copied());
    let mut declared = FunctionSection::new();
    let mut code = CodeSection::new();
    for index in 0..functions {
        declared.function(0);
        let mut function = Function::new([(LOCALS, ValType::I32), (4, ValType::I64), (4, ValType::F64)]);
        let mut body = Body {
            function: &mut function,
            params,
            functions,
            through: through.len(),
            open: Vec::new(),
        };
        while !bytes.0.is_empty() && (index + 1 == functions || bytes.below(64) > 0) {
            body.instruction(&mut bytes);
        }
        body.end();
        code.function(&function);
    }
    let mut module = Module::new();
    module.section(&types).section(&declared);
    module.section(TableSection::new().table(TableType {
        element_type: RefType::FUNCREF,
        minimum: 10,
        maximum: None,
        table64: false,
        shared: false,
    }));
    module.section(MemorySection::new().memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    }));
    let mutable = GlobalType {
        val_type: ValType::I64,
        mutable: true,
        shared: false,
    };
    module.section(GlobalSection::new().global(mutable, &ConstExpr::i64_const(7)));
    module.section(ElementSection::new().active(
        None,
        &ConstExpr::i32_const(0),
        Elements::Functions((&[0][..]).into()),
    ));
    module.section(&code);
    let mut component = Component::new();
    component.section(&ModuleSection(&module));
    component.finish()
}

struct Body<'a> {
    function: &'a mut Function,
    params: u32,
    functions: u32,
    /// How many values go through a block of the second type.
    through: usize,
    /// The blocks that are open: how many values each leaves.
    open: Vec<usize>,
}

impl Body<'_> {
    fn put(&mut self, instructions: &[Instruction<'_>]) {
        for instruction in instructions {
            self.function.instruction(instruction);
        }
    }

    fn variable(&self, bytes: &mut Bytes<'_>) -> u32 {
        bytes.below(self.params + LOCALS)
    }

    fn instruction(&mut self, bytes: &mut Bytes<'_>) {
        use Instruction as I;
        let (from, to) = (self.variable(bytes), self.variable(bytes));
        let (long, float) = (self.params + LOCALS, self.params + LOCALS + 4);
        let place = MemArg {
            offset: bytes.below(70_000).into(),
            align: 0,
            memory_index: 0,
        };
        match bytes.next() % 24 {
            0 => self.put(&[I::LocalGet(from), I::LocalSet(to)]),
            1 => self.put(&[I::LocalGet(from), I::LocalGet(to), I::I32Add, I::LocalSet(to)]),
            2 => self.put(&[I::LocalGet(from), I::I32Load(place), I::LocalSet(to)]),
            3 => self.put(&[I::LocalGet(from), I::LocalGet(to), I::I32Store(place)]),
            4 => self.put(&[I::LocalGet(from), I::LocalGet(to), I::I32DivS, I::LocalSet(to)]),
            5 => self.put(&[
                I::LocalGet(float),
                I::LocalGet(float + 1),
                I::F64Add,
                I::LocalSet(float),
            ]),
            6 => self.put(&[I::LocalGet(float), I::I64TruncF64S, I::LocalSet(long)]),
            7 => self.put(&[I::GlobalGet(0), I::LocalGet(long), I::I64Mul, I::GlobalSet(0)]),
            8 => self.put(&[I::LocalGet(from), I::MemoryGrow(0), I::LocalSet(to)]),
            9 => {
                self.put(&[I::LocalGet(from), I::LocalGet(to), I::LocalGet(from)]);
                self.put(&[I::MemoryCopy { src_mem: 0, dst_mem: 0 }]);
            }
            10 => self.call(bytes, false, to),
            11 => self.call(bytes, true, to),
            12 => self.put(&[I::LocalGet(from), I::TableGet(0), I::RefIsNull, I::LocalSet(to)]),
            13 | 14 => self.begin(&I::Block(BlockType::Empty), 0),
            15 => self.begin(&I::Loop(BlockType::Empty), 0),
            16 => {
                self.put(&[I::LocalGet(from)]);
                self.begin(&I::If(BlockType::Empty), 0);
            }
            17 => {
                for variable in 0..self.through {
                    self.put(&[I::LocalGet(u32::try_from(variable).unwrap_or_default())]);
                }
                self.begin(&I::Block(BlockType::FunctionType(1)), self.through);
            }
            18 => self.way(bytes, from),
            19 => self.ways(bytes, from),
            20 => self.put(&[
                I::LocalGet(from),
                I::If(BlockType::Empty),
                I::LocalGet(to),
                I::Return,
                I::End,
            ]),
            _ => self.close(),
        }
    }

    fn begin(&mut self, block: &Instruction<'_>, leaves: usize) {
        if self.open.len() < 200 {
            self.put(std::slice::from_ref(block));
            self.open.push(leaves);
        } else {
            self.put(&vec![Instruction::Drop; leaves]);
            if matches!(block, Instruction::If(_)) {
                self.put(&[Instruction::Drop]);
            }
        }
    }

    fn close(&mut self) {
        if let Some(leaves) = self.open.pop() {
            self.put(&[Instruction::End]);
            self.put(&vec![Instruction::Drop; leaves]);
        }
    }

    /// A branch to a block that nothing goes through.
    fn way(&mut self, bytes: &mut Bytes<'_>, from: u32) {
        if let Some(label) = self.label(bytes) {
            self.put(&[Instruction::LocalGet(from), Instruction::BrIf(label)]);
        }
    }

    fn ways(&mut self, bytes: &mut Bytes<'_>, from: u32) {
        use Instruction as I;
        let Some(label) = self.label(bytes) else { return };
        let labels = vec![label + 1; usize::try_from(bytes.below(500)).unwrap_or_default()];
        self.put(&[I::LocalGet(from), I::If(BlockType::Empty), I::LocalGet(from)]);
        self.put(&[I::BrTable(labels.into(), label + 1), I::End]);
    }

    fn label(&self, bytes: &mut Bytes<'_>) -> Option<u32> {
        let depth = bytes.below(u32::try_from(self.open.len()).unwrap_or_default().max(1));
        let block = self.open.iter().rev().nth(usize::try_from(depth).ok()?)?;
        (*block == 0).then_some(depth)
    }

    fn call(&mut self, bytes: &mut Bytes<'_>, indirect: bool, to: u32) {
        use Instruction as I;
        for variable in 0..self.params {
            self.put(&[I::LocalGet(variable)]);
        }
        let callee = bytes.below(self.functions);
        if indirect {
            self.put(&[
                I::I32Const(0),
                I::CallIndirect {
                    type_index: 0,
                    table_index: 0,
                },
            ]);
        } else {
            self.put(&[I::Call(callee)]);
        }
        self.put(&[I::LocalSet(to)]);
    }

    fn end(&mut self) {
        while !self.open.is_empty() {
            self.close();
        }
        self.put(&[Instruction::LocalGet(self.params), Instruction::End]);
    }
}
