//! The black-box tests. All of them stand within one module, whose name `cargo xtask test` leaves out while it runs the others.

mod blackbox;
