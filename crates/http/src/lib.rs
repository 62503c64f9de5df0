//! One bounded, guarded HTTP call: pooled connections, one deadline, size limits, named failures.
