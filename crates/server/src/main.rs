//! Marketo's Call Webhook flow step as a service that anyone can run.
fn main() {}
