//! Components that are small and meant to keep a compiler busy: each grows with a number.

use std::fmt::Write as _;

/// A kind of component that costs more to compile than it looks.
#[derive(Clone, Copy, Debug)]
pub struct Bomb {
    /// What it has much of.
    pub name: &'static str,
    /// The component of that size.
    pub component: fn(usize) -> Vec<u8>,
}

/// Every kind.
pub const BOMBS: &[Bomb] = &[
    bomb("functions of loads", |n| {
        functions(n, 1_000, "(drop (i64.load (local.get 0)))")
    }),
    bomb("functions of loads and stores", |n| {
        functions(n, 500, "(i32.store (local.get 0) (i32.load offset=8 (local.get 1)))")
    }),
    bomb("functions of divisions", |n| {
        functions(n, 1_000, "(local.set 0 (i32.div_s (local.get 1) (local.get 0)))")
    }),
    bomb("functions of sums", |n| {
        functions(
            n,
            1_000,
            "(local.set 0 (i32.add (local.get 1) (i32.mul (local.get 0) (local.get 1))))",
        )
    }),
    bomb("functions of conversions", |n| {
        functions(n, 1_000, "(drop (i64.trunc_f64_u (f64.convert_i32_s (local.get 0))))")
    }),
    bomb("functions of calls", |n| {
        functions(n, 1_000, "(call 0 (local.get 0) (local.get 1))")
    }),
    bomb("functions of indirect calls", |n| {
        functions(
            n,
            500,
            "(call_indirect (type 0) (local.get 0) (local.get 1) (local.get 0))",
        )
    }),
    bomb("functions of copies", |n| {
        functions(n, 500, "(memory.copy (local.get 0) (local.get 1) (local.get 0))")
    }),
    bomb("functions of table reads", |n| {
        functions(n, 500, "(drop (table.get 0 (local.get 0)))")
    }),
    bomb("functions of ifs", |n| {
        functions(n, 500, "(if (local.get 0) (then (local.set 1 (local.get 0))))")
    }),
    bomb("functions of loops", |n| {
        functions(n, 200, "(loop (br_if 0 (local.get 0)))")
    }),
    bomb("loops in one another, over many variables", |n| {
        function(&nested_loops(n, 400))
    }),
    bomb("loops in one another, over some variables", |n| {
        function(&nested_loops(n, 60))
    }),
    bomb("ifs in one another around a change of many variables", |n| {
        function(&nested_ifs(n, 400))
    }),
    bomb("ifs in a row between values and their use", |n| {
        function(&ifs_in_a_row(n, 400))
    }),
    bomb("ifs in a row, each changing another variable", |n| {
        function(&changing_ifs(n, 400))
    }),
    bomb("ways out of a block", |n| function(&ways_out(n, 400))),
    bomb("ways back in a loop", |n| function(&ways_back(n, 400))),
    bomb("a table of ways out of a block", |n| function(&table_of_ways(n, 400))),
    bomb("tables of ways out of many blocks", |n| function(&tables_of_blocks(n))),
    bomb("a table of ways with many results", |n| module(&table_of_results(n))),
    bomb("blocks with many results", |n| module(&blocks_of_results(n))),
    bomb("calls with many parameters", |n| module(&calls_of_many(n))),
    bomb("indirect calls with many parameters", |n| {
        module(&indirect_calls_of_many(n))
    }),
    bomb("functions without anything", |n| module(&"(func)".repeat(n))),
    bomb("functions with many parameters", |n| module(&functions_of_many(n))),
    bomb("exported functions with many parameters", |n| {
        module(&exported_functions_of_many(n))
    }),
    bomb("variables that nothing uses", |n| {
        module(&format!("(func (local {}))", "i64 ".repeat(450)).repeat(n))
    }),
    bomb("values that wait", |n| function(&waiting(n, ""))),
    bomb("values that wait while functions are called", |n| {
        module(&waiting_for_calls(n))
    }),
    bomb("values that wait while ways part and meet", |n| {
        function(&waiting_for_ways(n))
    }),
    bomb("many values that live while functions are called", |n| {
        module(&living_over_calls(n))
    }),
    bomb("a value that doubles", |n| {
        function(&"(local.set 0 (i32.add (local.get 0) (local.get 0)))".repeat(n))
    }),
    bomb("stores and loads in turn", |n| {
        function(&"(i32.store (local.get 0) (i32.load offset=8 (local.get 1)))".repeat(n))
    }),
    TYPES_IN_ONE_ANOTHER,
    bomb("types of many parts", types_of_many_parts),
    bomb("pieces of data", |n| module(&"(data (i32.const 0) \"x\")".repeat(n))),
    bomb("a large piece of data", |n| {
        module(&format!("(data (i32.const 0) \"{}\")", "x".repeat(n)))
    }),
    bomb("elements", |n| {
        module(&format!(
            "(table 10000 funcref) (func $f) (elem (i32.const 0) func {})",
            "$f ".repeat(n)
        ))
    }),
    bomb("elements of their own", |n| {
        module(&format!("(func $f) (elem funcref {})", "(ref.func $f) ".repeat(n)))
    }),
    bomb("global variables", |n| {
        module(&"(global i32 (i32.add (i32.const 1) (i32.const 2)))".repeat(n))
    }),
    bomb("a long constant", |n| {
        module(&format!(
            "(global i32 (i32.const 1) {})",
            "(i32.add (i32.const 1))".repeat(n)
        ))
    }),
    bomb("exports", |n| module(&exports(n))),
    bomb("names", names),
    bomb("loops in a row", |n| function(&"(loop)".repeat(n))),
    bomb("ifs in a row", |n| function(&"(if (local.get 0) (then))".repeat(n))),
    bomb("blocks in a row", |n| {
        function(&"(block (br_if 0 (local.get 0)))".repeat(n))
    }),
    bomb("returns in a row", |n| {
        function(&"(if (local.get 0) (then (return)))".repeat(n))
    }),
    bomb("code that is never reached", |n| {
        function(&format!("(unreachable) {}", "(loop (br 0))".repeat(n)))
    }),
    bomb("calls", |n| {
        module(&format!("(func $f) (func {})", "(call $f)".repeat(n)))
    }),
    bomb("indirect calls", |n| {
        module(&format!(
            "(table 1 funcref) (func (param i32) {})",
            "(call_indirect (local.get 0))".repeat(n)
        ))
    }),
    bomb("loads", |n| function(&"(drop (i64.load (local.get 0)))".repeat(n))),
    bomb("stores", |n| {
        function(&"(i64.store8 (local.get 0) (i64.const 7))".repeat(n))
    }),
    bomb("loads far away", |n| {
        function(&"(local.set 0 (i32.load offset=70000 (local.get 0)))".repeat(n))
    }),
    bomb("divisions", |n| {
        function(&"(local.set 0 (i32.div_s (local.get 1) (local.get 0)))".repeat(n))
    }),
    bomb("remainders", |n| {
        function(&"(local.set 0 (i32.rem_s (local.get 1) (local.get 0)))".repeat(n))
    }),
    bomb("floats", |n| {
        floats(n, "(local.set 0 (f64.add (local.get 0) (local.get 1)))")
    }),
    bomb("smaller floats", |n| {
        floats(n, "(local.set 0 (f64.min (local.get 0) (local.get 1)))")
    }),
    bomb("copied signs", |n| {
        floats(n, "(local.set 0 (f64.copysign (local.get 0) (local.get 1)))")
    }),
    bomb("nearest floats", |n| {
        floats(n, "(local.set 0 (f64.nearest (local.get 0)))")
    }),
    bomb("floats to numbers", |n| {
        floats(n, "(drop (i64.trunc_f64_u (local.get 0)))")
    }),
    bomb("floats to numbers within bounds", |n| {
        floats(n, "(drop (i64.trunc_sat_f64_u (local.get 0)))")
    }),
    bomb("numbers to floats", |n| {
        floats(
            n,
            "(local.set 0 (f64.convert_i64_u (i64.trunc_sat_f64_u (local.get 0))))",
        )
    }),
    bomb("counted bits", |n| {
        function(&"(local.set 0 (i32.popcnt (i32.rotl (local.get 0) (local.get 1))))".repeat(n))
    }),
    bomb("choices", |n| {
        function(&"(local.set 0 (select (local.get 0) (local.get 1) (i32.eqz (local.get 0))))".repeat(n))
    }),
    bomb("comparisons", |n| {
        function(&"(local.set 0 (i32.lt_s (local.get 0) (i32.add (local.get 1) (i32.const 3))))".repeat(n))
    }),
    bomb("fills", |n| {
        function(&"(memory.fill (local.get 0) (local.get 1) (local.get 0))".repeat(n))
    }),
    bomb("copies", |n| {
        function(&"(memory.copy (local.get 0) (local.get 1) (local.get 0))".repeat(n))
    }),
    bomb("growing", |n| {
        function(&"(local.set 0 (memory.grow (local.get 0)))".repeat(n))
    }),
    bomb("sizes", |n| {
        function(&"(local.set 0 (i32.add (local.get 0) (memory.size)))".repeat(n))
    }),
    bomb("initialising", |n| {
        module(&format!(
            "(data \"x\") (func (param i32) {})",
            "(memory.init 0 (local.get 0) (local.get 0) (local.get 0)) (data.drop 0)".repeat(n)
        ))
    }),
    bomb("global variables that change", |n| {
        module(&format!(
            "(global $g (mut i64) (i64.const 0)) (func {})",
            "(global.set $g (i64.add (global.get $g) (i64.const 1)))".repeat(n)
        ))
    }),
    bomb("tables that are read", |n| {
        tables(n, "(drop (table.get 0 (local.get 0)))")
    }),
    bomb("tables that are written", |n| {
        tables(n, "(table.set 0 (local.get 0) (ref.func 0))")
    }),
    bomb("tables that are filled", |n| {
        tables(n, "(table.fill 0 (local.get 0) (ref.null func) (local.get 0))")
    }),
    bomb("tables that are copied", |n| {
        tables(n, "(table.copy (local.get 0) (local.get 0) (local.get 0))")
    }),
    bomb("tables that grow", |n| {
        tables(n, "(drop (table.grow 0 (ref.null func) (local.get 0)))")
    }),
    bomb("functions as values", |n| {
        tables(n, "(drop (ref.is_null (ref.func 0)))")
    }),
    bomb("constants", |n| {
        function(&"(drop (i64.const 81985529216486895))".repeat(n))
    }),
    bomb("many small functions", |n| {
        module(&"(func (param i32 i32) (result i32) (i32.add (local.get 0) (i32.load (local.get 1))))".repeat(n))
    }),
    bomb("many functions in a table", |n| {
        module(&format!(
            "(table 10000 funcref) {} (elem (i32.const 0) func {})",
            "(func (param i32 i64) (result i64) (local.get 1))".repeat(n),
            (0..n).fold(String::new(), |text, n| text + &format!("{n} ")),
        ))
    }),
];

/// Each type is a pair of the one before: it has twice as many parts.
pub const TYPES_IN_ONE_ANOTHER: Bomb = bomb("types in one another", types_in_one_another);

const fn bomb(name: &'static str, component: fn(usize) -> Vec<u8>) -> Bomb {
    Bomb { name, component }
}

/// A component of one module.
///
/// # Panics
/// When its text is wrong: that is a mistake in this file.
#[must_use]
pub fn module(fields: &str) -> Vec<u8> {
    let memory = "(memory 1)";
    wat::parse_str(format!("(component (core module {memory} {fields}))")).unwrap()
}

/// A component of one function with two parameters.
fn function(body: &str) -> Vec<u8> {
    module(&format!("(func (param i32 i32) {})", with_locals(body)))
}

/// Bodies say how many variables they need by a mark at their beginning.
fn with_locals(body: &str) -> String {
    match body.strip_prefix('#').and_then(|body| body.split_once(' ')) {
        Some((count, body)) => format!("(local {}) {body}", "i32 ".repeat(count.parse().unwrap())),
        None => body.into(),
    }
}

fn set_all(variables: usize) -> String {
    (0..variables).fold(String::new(), |mut text, v| {
        write!(text, "(local.set {v} (i32.load offset={} (local.get 0)))", 4 * v).unwrap();
        text
    })
}

fn use_all(variables: usize) -> String {
    (0..variables).fold(String::new(), |mut text, v| {
        write!(text, "(i32.store offset={} (i32.const 0) (local.get {v}))", 4 * v).unwrap();
        text
    })
}

fn nested_loops(n: usize, variables: usize) -> String {
    let mut text = format!("#{variables} {}", set_all(variables));
    for k in 0..n {
        let (a, b, to) = (k % variables, (7 * k + 1) % variables, (13 * k + 5) % variables);
        write!(text, "loop (local.set {to} (i32.add (local.get {a}) (local.get {b}))) ").unwrap();
    }
    for k in 0..n {
        write!(text, "(br_if 0 (local.get {})) end ", k % variables).unwrap();
    }
    text + &use_all(variables)
}

fn nested_ifs(n: usize, variables: usize) -> String {
    let begin = "(local.get 0) if ".repeat(n);
    format!(
        "#{variables} {begin} {} {} {}",
        set_all(variables),
        "end ".repeat(n),
        use_all(variables)
    )
}

fn ifs_in_a_row(n: usize, variables: usize) -> String {
    let ifs = "(if (local.get 0) (then (local.set 1 (i32.const 1))))".repeat(n);
    format!("#{variables} {} {ifs} {}", set_all(variables), use_all(variables))
}

fn changing_ifs(n: usize, variables: usize) -> String {
    let mut text = format!("#{variables} {}", set_all(variables));
    for k in 0..n {
        let v = k % variables;
        write!(
            text,
            "(if (local.get {v}) (then (local.set {v} (local.get {}))))",
            (v + 1) % variables
        )
        .unwrap();
    }
    text + &use_all(variables)
}

fn ways_out(n: usize, variables: usize) -> String {
    let mut text = format!("#{variables} (block ");
    for k in 0..n {
        let v = k % variables;
        write!(
            text,
            "(local.set {v} (i32.load (local.get {}))) (br_if 0 (local.get {v}))",
            (v + 1) % variables
        )
        .unwrap();
    }
    text + ")" + &use_all(variables)
}

fn ways_back(n: usize, variables: usize) -> String {
    let mut text = format!("#{variables} {} (loop ", set_all(variables));
    for k in 0..n {
        let v = k % variables;
        write!(
            text,
            "(local.set {v} (i32.load (local.get {}))) (br_if 0 (local.get {v}))",
            (v + 1) % variables
        )
        .unwrap();
    }
    text + ")" + &use_all(variables)
}

fn table_of_ways(n: usize, variables: usize) -> String {
    let table = format!(
        "(if (local.get 0) (then (br_table {} 1 (local.get 0))))",
        "1 ".repeat(n)
    );
    format!(
        "#{variables} (block {} {table} {}) {}",
        set_all(variables),
        set_all(variables),
        use_all(variables)
    )
}

fn tables_of_blocks(n: usize) -> String {
    let labels: String = (0..200).fold(String::new(), |text, n| text + &format!("{n} "));
    let table = format!("(if (local.get 0) (then (br_table {labels} (local.get 0))))").repeat(n);
    let set = "(local.set 1 (i32.load (local.get 1)))";
    format!("{} {table} {}", "block ".repeat(200), format!("{set} end ").repeat(200))
}

/// As many results as there may be, and as many parameters.
fn many(kind: &str) -> String {
    format!("({kind} {})", "i32 ".repeat(4))
}

fn table_of_results(n: usize) -> String {
    let results = many("result");
    format!(
        "(type $many (func (param i32) {results})) (func $many (type $many) (unreachable))
         (func (param i32) {results} (block {results} (call $many (local.get 0))
           (br_table {} 0 (local.get 0))))",
        "0 ".repeat(n)
    )
}

fn blocks_of_results(n: usize) -> String {
    let (params, results) = (many("param"), many("result"));
    format!(
        "(type $many (func {params} {results}))
         (func (type $many) {} {} {})",
        (0..4).fold(String::new(), |text, n| text + &format!("local.get {n} ")),
        "(block (type $many) (br_if 0 (local.get 0)))".repeat(n),
        ""
    )
}

fn calls_of_many(n: usize) -> String {
    let (params, results) = (many("param"), many("result"));
    format!(
        "(type $many (func {params} {results})) (func $many (type $many) (unreachable))
         (func (type $many) {} {})",
        (0..4).fold(String::new(), |text, n| text + &format!("local.get {n} ")),
        "call $many ".repeat(n)
    )
}

fn indirect_calls_of_many(n: usize) -> String {
    let (params, results) = (many("param"), many("result"));
    format!(
        "(table 1 funcref) (type $many (func {params} {results}))
         (func (type $many) {} {})",
        (0..4).fold(String::new(), |text, n| text + &format!("local.get {n} ")),
        "i32.const 0 call_indirect (type $many) ".repeat(n)
    )
}

fn functions_of_many(n: usize) -> String {
    let (params, results) = (format!("(param {})", "i32 ".repeat(60)), many("result"));
    let functions = "(func (type $many) (unreachable))".repeat(n);
    format!("(type $many (func {params} {results})) {functions}")
}

fn exported_functions_of_many(n: usize) -> String {
    let (params, results) = (format!("(param {})", "i32 ".repeat(60)), many("result"));
    let mut text = format!("(type $many (func {params} {results}))");
    for k in 0..n {
        write!(text, "(func (export \"{k}\") (type $many) (unreachable))").unwrap();
    }
    text
}

fn waiting(n: usize, between: &str) -> String {
    let push = "(i32.load (local.get 0)) (local.set 0 (i32.load (local.get 1))) ";
    format!("{} {between} {} local.set 1", push.repeat(n + 1), "i32.xor ".repeat(n))
}

fn waiting_for_calls(n: usize) -> String {
    let push = "(i32.load (local.get 0)) (local.set 0 (i32.load (local.get 1))) (call $f) ";
    let body = format!("{} {} local.set 1", push.repeat(n + 1), "i32.xor ".repeat(n));
    format!("(func $f) (func (param i32 i32) {body})")
}

fn waiting_for_ways(n: usize) -> String {
    waiting(
        500,
        &"(if (local.get 0) (then (local.set 0 (i32.load (local.get 1)))))".repeat(n),
    )
}

fn living_over_calls(n: usize) -> String {
    let calls = "(local.set 0 (call $f (local.get 0)))".repeat(n);
    let body = with_locals(&format!("#400 {} {calls} {}", set_all(400), use_all(400)));
    format!("(func $f (param i32) (result i32) (local.get 0)) (func (param i32 i32) {body})")
}

fn types_in_one_another(n: usize) -> Vec<u8> {
    let mut text = String::from("(type $t0 u8)");
    for k in 0..n {
        write!(text, "(type $t{} (tuple $t{k} $t{k}))", k + 1).unwrap();
    }
    wat::parse_str(format!("(component {text} (type (func (param \"x\" $t{n}))))")).unwrap()
}

fn types_of_many_parts(n: usize) -> Vec<u8> {
    let types = format!("(type (tuple {}))", "string ".repeat(1_000)).repeat(n);
    wat::parse_str(format!("(component {types})")).unwrap()
}

fn exports(n: usize) -> String {
    let mut text = String::from("(func $f)");
    for k in 0..n {
        write!(text, "(export \"{k}\" (func $f))").unwrap();
    }
    text
}

/// A section of names that is nearly the whole file.
fn names(n: usize) -> Vec<u8> {
    let names = "x".repeat(n);
    module(&format!("(func ${names})"))
}

/// So many functions, each with the same so many times.
fn functions(n: usize, times: usize, body: &str) -> Vec<u8> {
    let function = format!("(func (type 0) {})", body.repeat(times));
    module(&format!(
        "(type (func (param i32 i32))) (table 1 funcref) {}",
        function.repeat(n)
    ))
}

fn floats(n: usize, body: &str) -> Vec<u8> {
    module(&format!("(func (param f64 f64) {})", body.repeat(n)))
}

fn tables(n: usize, body: &str) -> Vec<u8> {
    module(&format!(
        "(table 1 funcref) (func (param i32) {}) (elem declare func 0)",
        body.repeat(n)
    ))
}
