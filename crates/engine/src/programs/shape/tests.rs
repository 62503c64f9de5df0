use leadhook_field::Schema;
use leadhook_store::{MyToken, MyTokenType, Program, ProgramId};

use super::shape_faults;
use crate::{
    error::Violation,
    programs::{LiveProgram, Programs},
};

/// A program's name, that of the one above, and its My Tokens. Ids are places in the tree.
type Row<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);
type Tree<'a> = &'a [Row<'a>];

fn programs(tree: Tree<'_>) -> Programs {
    let id = |name: &str| {
        let at = tree.iter().position(|(known, ..)| *known == name)?;
        Some(ProgramId(i64::try_from(at).unwrap() + 1))
    };
    let mut programs = Programs::default();
    for (name, parent, my_tokens) in tree {
        let my_tokens = my_tokens.iter().map(|(key, value)| MyToken {
            key: (*key).to_owned(),
            kind: MyTokenType::Text,
            value: (*value).to_owned(),
        });
        let program = Program {
            id: id(name).unwrap(),
            name: (*name).to_owned(),
            display_name: String::new(),
            description: String::new(),
            folder: false,
            parent: id(parent),
            my_tokens: my_tokens.collect(),
        };
        programs.put(LiveProgram::new(program, &Schema::standard()).0);
    }
    programs
}

fn faults(tree: Tree<'_>, changed: i64) -> Vec<Violation> {
    shape_faults(&programs(tree), ProgramId(changed))
}

#[track_caller]
fn refused(tree: Tree<'_>, changed: i64, field: &str, message: &str) {
    let faults = faults(tree, changed);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!((&*faults[0].field, &*faults[0].message), (field, message));
}

#[test]
fn a_program_does_not_stand_below_itself() {
    refused(
        &[("a", "c", &[]), ("b", "a", &[]), ("c", "b", &[])],
        1,
        "program.parent",
        "would put the program below itself: programs/a -> programs/c -> programs/b -> programs/a",
    );
    refused(
        &[("a", "a", &[])],
        1,
        "program.parent",
        "would put the program below itself: programs/a -> programs/a",
    );
    assert_eq!(faults(&[("a", "", &[]), ("b", "a", &[])], 2), []);
}

#[test]
fn programs_stand_at_most_32_levels_deep() {
    let names: Vec<String> = (0..=32).map(|level| format!("p{level}")).collect();
    let line = |levels: usize| -> Vec<Row<'_>> {
        let parent = |at: usize| at.checked_sub(1).map_or("", |at| &*names[at]);
        (0..levels)
            .map(|at| (&*names[at], parent(at), &[][..]))
            .collect()
    };
    // Whichever of them is the one that moved.
    for changed in [1, 16, 32] {
        assert_eq!(faults(&line(32), changed), [], "{changed}");
    }
    for changed in [1, 16, 33] {
        refused(
            &line(33),
            changed,
            "program.parent",
            "makes a tree of 33 levels; programs stand at most 32 levels deep",
        );
    }
}

#[test]
fn r_tok_5_a_cycle_is_spelled_out() {
    refused(
        &[("a", "", &[("A", "{{my.b}}"), ("B", "x {{my.A:default=y}}")])],
        1,
        "program.my_tokens",
        "My Tokens hold each other in a cycle: {{my.A}} -> {{my.B}} -> {{my.A}}",
    );
    // Half of it is inherited.
    refused(
        &[
            ("a", "", &[("A", "{{my.B}}")]),
            ("b", "a", &[("B", "{{my.A}}")]),
        ],
        2,
        "program.my_tokens",
        "My Tokens hold each other in a cycle: {{my.A}} -> {{my.B}} -> {{my.A}}",
    );
    // What is overridden does not count.
    let tree: Tree<'_> = &[
        ("a", "", &[("B", "{{my.A}}")]),
        ("b", "a", &[("B", ""), ("A", "{{my.B}}")]),
    ];
    assert_eq!(faults(tree, 2), []);
}

#[test]
fn r_tok_5_a_change_that_breaks_a_program_below_is_refused_naming_it() {
    let tree: Tree<'_> = &[
        ("root", "", &[("A", "{{my.B}}"), ("B", "")]),
        ("sound", "root", &[("C", "{{my.A}}")]),
        ("between", "root", &[]),
        ("broken", "between", &[("b", "{{my.a}}")]),
    ];
    let message = "programs/broken, which is below, would break: \
         My Tokens hold each other in a cycle: {{my.A}} -> {{my.b}} -> {{my.A}}";
    // The root's My Tokens changed; or the one between was moved.
    for changed in [1, 3] {
        refused(tree, changed, "program.my_tokens", message);
    }
    assert_eq!(faults(tree, 2), []);
}

#[test]
fn r_tok_5_my_tokens_go_five_levels_deep_across_programs() {
    let deep: &[(&str, &str)] = &[("L3", "{{my.L4}}"), ("L4", "{{my.L5}}"), ("L5", "end")];
    let deeper: &[(&str, &str)] = &[
        ("L3", "{{my.L4}}"),
        ("L4", "{{my.L5}}"),
        ("L5", "{{my.L6}}"),
        ("L6", "end"),
    ];
    let above: &[(&str, &str)] = &[
        ("L0", "{{my.L1}}"),
        ("L1", "{{my.L2}}"),
        ("L2", "{{my.L3}}"),
    ];
    assert_eq!(faults(&[("a", "", above), ("b", "a", deep)], 1), []);
    refused(
        &[("a", "", above), ("b", "a", deeper)],
        1,
        "program.my_tokens",
        "programs/b, which is below, would break: My Tokens stand within My Tokens more than 5 levels deep: {{my.L0}} -> {{my.L1}} -> \
         {{my.L2}} -> {{my.L3}} -> {{my.L4}} -> {{my.L5}} -> {{my.L6}}",
    );
}
