//! The gRPC contract of leadhook, generated from proto/leadhook/v1 and checked in.
