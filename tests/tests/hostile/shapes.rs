//! Components that are put together in a way that no policy needs, or of more than any has: a load error, before
//! anything is compiled.

use gardefou::{LoadError, Policy, Quantity, Shape, Source};
use gardefou_tests::bombs;
use gardefou_tests::hostile::Foreign;

use crate::ask::{RUNTIME, load, works};

const FUSED_ADAPTER: &[u8] = include_bytes!("../../cases/components/fused-adapter.wasm");

fn refused(component: &[u8]) -> LoadError {
    let error = Policy::load(&RUNTIME, Source::Bytes(component)).unwrap_err();
    for said in [error.to_string(), error.french()] {
        assert!(!said.is_empty() && said.len() < 400 && !said.contains('\n'), "{said}");
    }
    error
}

fn text(component: &str) -> Vec<u8> {
    wat::parse_str(component).unwrap()
}

/// Where it is, is told as a byte of the file.
fn assert_shape(component: &[u8], wanted: Shape) {
    match refused(component) {
        LoadError::Unsupported { shape, at } => {
            assert_eq!(shape, wanted);
            assert!((8..component.len() as u64).contains(&at), "{at}");
        }
        other => panic!("{wanted:?}: {other:?}"),
    }
}

fn assert_too_many(component: &[u8], wanted: Quantity) {
    match refused(component) {
        LoadError::TooMany { what, at } => {
            assert_eq!(what, wanted);
            assert!((8..component.len() as u64).contains(&at), "{at}");
        }
        other => panic!("{wanted:?}: {other:?}"),
    }
}

#[test]
fn a_component_of_components_is_refused_and_the_next_loads() {
    assert_shape(FUSED_ADAPTER, Shape::NestedComponent);
    works(&load(&Foreign::good()).unwrap());
}

#[test]
fn each_shape_that_no_policy_needs_is_named() {
    let module = r#"(core module $m (func (export "f")) (memory (export "m") 1))
        (core instance $i (instantiate $m))"#;
    for (component, shape) in [
        (format!("(component (component {module}))"), Shape::NestedComponent),
        ("(component (component (component)))".into(), Shape::NestedComponent),
        (
            "(component (component $c) (component (instance (instantiate $c))))".into(),
            Shape::NestedComponent,
        ),
        (
            r#"(component (type (instance (export "f" (func)))))"#.into(),
            Shape::NestedComponent,
        ),
        (
            format!(
                r#"(component {module}
                  (func $f (canon lift (core func $i "f")))
                  (core func (canon lower (func $f))))"#
            ),
            Shape::Adapter,
        ),
        (
            "(component (core module (memory 1)) (core module (memory 1)))".into(),
            Shape::SecondMemory,
        ),
        (
            "(component (core module (memory 1) (memory 1)))".into(),
            Shape::SecondMemory,
        ),
        ("(component (core module (func $f) (start $f)))".into(), Shape::Start),
        (
            "(component (core module $m) (core type (module)))".into(),
            Shape::ModuleType,
        ),
        (
            r#"(component (core module $m) (export "m" (core module $m)))"#.into(),
            Shape::ModuleType,
        ),
        ("(component (core func (canon task.cancel)))".into(), Shape::BuiltIn),
        (
            "(component (core func (canon backpressure.inc)))".into(),
            Shape::BuiltIn,
        ),
        ("(component (type (func async)))".into(), Shape::Asynchronous),
        (
            format!("(component {module} (func (canon lift (core func $i \"f\") async)))"),
            Shape::Asynchronous,
        ),
    ] {
        println!("{component}");
        assert_shape(&text(&component), shape);
    }
}

#[test]
fn a_policy_that_begins_before_it_is_asked_is_refused() {
    for start in ["(loop $again (br $again))", "(unreachable)", ""] {
        let policy = Foreign::good().fields(&format!("(func $start {start}) (start $start)"));
        assert!(matches!(
            load(&policy),
            Err(LoadError::Unsupported {
                shape: Shape::Start,
                ..
            })
        ));
    }
}

#[test]
fn what_policies_are_not_written_in_is_refused() {
    for fields in [
        "(memory 1 1 shared)",
        "(memory i64 1)",
        "(table 1 externref)",
        "(type (struct (field i32)))",
        "(type $f (func)) (func (param (ref $f)))",
        "(tag)",
        "(func (param v128))",
        "(func $f (return_call $f))",
        "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))",
        "(func (drop (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0))) drop)",
    ] {
        let component = text(&format!("(component (core module {fields}))"));
        match refused(&component) {
            LoadError::NotAComponent(why) => assert!(!why.is_empty()),
            other => panic!("{fields}: {other:?}"),
        }
    }
}

#[test]
fn each_quantity_is_bounded() {
    let many = |quantity: Quantity, more: u64| usize::try_from(quantity.limit() + more).unwrap();
    let module = |quantity, text: &str| (quantity, bombs::module(&text.repeat(many(quantity, 1))));
    let outer = |quantity, each: &str| {
        let all = each.repeat(many(quantity, 1));
        (quantity, text(&format!("(component {all})")))
    };
    let names = "x".repeat(1_000);
    for (quantity, component) in [
        outer(Quantity::Modules, "(core module)"),
        outer(Quantity::CoreInstances, "(core instance)"),
        outer(Quantity::Components, "(component)"),
        outer(Quantity::Instances, "(instance)"),
        module(Quantity::Types, "(type (func))"),
        module(Quantity::Functions, "(func)"),
        module(Quantity::Globals, "(global i32 (i32.const 0))"),
        module(Quantity::Tables, "(table 0 funcref)"),
        module(Quantity::DataSegments, "(data \"\")"),
        module(Quantity::Elements, "(elem declare func)"),
        (Quantity::Elements, bombs::module("(table 10001 funcref)")),
        (
            Quantity::Elements,
            bombs::module("(table 5001 funcref) (table 5000 funcref)"),
        ),
        (Quantity::Elements, bombs::module("(table 4294967295 funcref)")),
        (
            Quantity::Imports,
            text(&format!(
                "(component (core module {}))",
                "(import \"\" \"\" (func))".repeat(many(Quantity::Imports, 1))
            )),
        ),
        (
            Quantity::Exports,
            bombs::module(
                &(0..many(Quantity::Exports, 1)).fold("(func $f)".into(), |text: String, n| {
                    text + &format!("(export \"{n}\" (func $f))")
                }),
            ),
        ),
        (
            Quantity::NameBytes,
            bombs::module(&(0..66).fold("(func $f)".into(), |text: String, n| {
                text + &format!("(export \"{n}{names}\" (func $f))")
            })),
        ),
        (
            Quantity::OutlineBytes,
            text(&format!(
                "(component {})",
                format!("(type (tuple {}))", "u8 ".repeat(1_000)).repeat(66)
            )),
        ),
        (
            Quantity::TypeParts,
            text(&format!("(component (type (tuple {})))", "u8 ".repeat(10_000))),
        ),
        (Quantity::TypeParts, (bombs::TYPES_IN_ONE_ANOTHER.component)(14)),
        (
            Quantity::AllTypeParts,
            text(&format!(
                "(component (type $t (tuple {})) {})",
                "u8 ".repeat(5_000),
                "(type (option $t))".repeat(20)
            )),
        ),
        (
            Quantity::Locals,
            bombs::module(&format!("(func (local {}))", "i32 ".repeat(many(Quantity::Locals, 1)))),
        ),
        (
            Quantity::Nesting,
            bombs::module(&format!(
                "(func {} {})",
                "block ".repeat(many(Quantity::Nesting, 1)),
                "end ".repeat(many(Quantity::Nesting, 1))
            )),
        ),
    ] {
        println!("{quantity:?}");
        assert_too_many(&component, quantity);
    }
}

/// What is at a limit is still taken as far as that limit goes.
#[test]
fn what_is_at_a_limit_is_not_above_it() {
    let limit = |quantity: Quantity| usize::try_from(quantity.limit()).unwrap();
    let nesting = limit(Quantity::Nesting);
    for fields in [
        "(table 10000 funcref)".into(),
        "(global i32 (i32.const 0))".repeat(limit(Quantity::Globals)),
        "(type (func))".repeat(limit(Quantity::Types)),
        format!("(func {} {})", "block ".repeat(nesting), "end ".repeat(nesting)),
    ] {
        match refused(&bombs::module(&fields)) {
            LoadError::MissingExport { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}
