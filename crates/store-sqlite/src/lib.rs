//! leadhook's embedded store on SQLite: one writer that groups commits, readers beside it.
