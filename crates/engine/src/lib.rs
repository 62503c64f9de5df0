//! Render, send, map, record: the durable webhook call, independent of any wire format or database.
