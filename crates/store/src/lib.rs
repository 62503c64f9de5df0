//! leadhook's records, the contract of a store, and the suite that every backend must pass.
