//! The README's example: pasted, it prints what was decided and why.

#[path = "../../host/examples/first.rs"]
#[expect(dead_code, reason = "its `main` reads a file")]
mod first;

#[test]
fn it_prints_what_was_decided_and_why() {
    let said = first::decided(include_str!("../../rules/example.toml")).unwrap();
    assert_eq!(
        said,
        [
            "it rings: not recorded: no-call (No recorded call in progress)",
            "they talk: recorded, 120000 pixels of it; all others are black",
            "a card, perhaps: not recorded: payment (Payment card data)",
            "after the call: the recording ends: no-call (No recorded call in progress)",
        ]
    );
}

#[test]
fn the_readme_has_it_word_for_word() {
    let readme = include_str!("../../README.md");
    let example = include_str!("../../host/examples/first.rs");
    assert!(readme.contains(example), "copy host/examples/first.rs into the README");
}
