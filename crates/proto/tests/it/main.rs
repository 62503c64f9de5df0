//! What clients and the server rely on in the generated code.

use leadhook_proto::v1::{ErrorReason, Lead, UpsertResult};
use leadhook_proto::{FILE_DESCRIPTOR_SET, rpc};
use prost::Message;
use prost_types::{FileDescriptorProto, FileDescriptorSet, Value, value};
use tonic_types::{ErrorDetails, StatusExt};

fn descriptors() -> Vec<FileDescriptorProto> {
    FileDescriptorSet::decode(FILE_DESCRIPTOR_SET)
        .expect("the checked-in descriptor set decodes")
        .file
}

#[test]
fn reflection_knows_the_services_and_the_error_details() {
    let files = descriptors();
    let services: Vec<_> = files
        .iter()
        .flat_map(|file| {
            file.service
                .iter()
                .map(move |service| format!("{}.{}", file.package(), service.name()))
        })
        .collect();
    assert_eq!(
        services,
        [
            "leadhook.v1.CallService",
            "leadhook.v1.CampaignService",
            "leadhook.v1.LeadService",
            "leadhook.v1.ProgramService",
            "leadhook.v1.WebhookService",
        ]
    );
    for detail in [
        "BadRequest",
        "ErrorInfo",
        "ResourceInfo",
        "RetryInfo",
        "PreconditionFailure",
    ] {
        assert!(
            files.iter().any(|file| file.package() == "google.rpc"
                && file
                    .message_type
                    .iter()
                    .any(|message| message.name() == detail)),
            "google.rpc.{detail} is not in the descriptor set"
        );
    }
}

#[test]
fn every_import_is_in_the_descriptor_set() {
    let files = descriptors();
    for file in &files {
        for import in &file.dependency {
            assert!(
                files.iter().any(|other| other.name() == import),
                "{} imports {import}",
                file.name()
            );
        }
    }
}

#[test]
fn comments_reach_grpcurl_describe() {
    for file in descriptors()
        .iter()
        .filter(|file| file.package() == "leadhook.v1")
    {
        let locations = file
            .source_code_info
            .as_ref()
            .map_or(&[][..], |info| &info.location);
        // Paths of google/protobuf/descriptor.proto: 4 is a file's messages, 5 its enums, 6 its services.
        let things = [
            (4, file.message_type.len()),
            (5, file.enum_type.len()),
            (6, file.service.len()),
        ];
        for (kind, count) in things {
            for index in 0..i32::try_from(count).expect("few") {
                let location = locations
                    .iter()
                    .find(|location| location.path == [kind, index]);
                assert!(
                    location.is_some_and(|location| !location.leading_comments().trim().is_empty()),
                    "{}: no comment at [{kind}, {index}]",
                    file.name()
                );
            }
        }
    }
}

#[test]
fn every_reason_survives_error_info() {
    let values = descriptors()
        .into_iter()
        .flat_map(|file| file.enum_type)
        .find(|found| found.name() == "ErrorReason")
        .expect("errors.proto has it")
        .value;
    assert!(values.len() > 25);
    for value in values {
        let reason = ErrorReason::try_from(value.number()).expect("generated from the same file");
        assert_eq!(ErrorReason::from_reason(reason.reason()), Some(reason));
        assert_eq!(format!("ERROR_REASON_{}", reason.reason()), value.name());
    }
    assert_eq!(
        ErrorReason::from_reason("ERROR_REASON_IN_USE"),
        None,
        "the prefix does not stand in ErrorInfo"
    );
}

#[test]
fn the_error_of_a_row_takes_the_details_of_a_tonic_status() {
    let details =
        ErrorDetails::with_bad_request_violation("leads[0].fields[\"Email\"]", "is missing");
    let status =
        tonic::Status::with_error_details(tonic::Code::InvalidArgument, "no lookup value", details);
    let error = rpc::Status::decode(status.details()).expect("details are a google.rpc.Status");
    let result = UpsertResult {
        error: Some(error.clone()),
        ..UpsertResult::default()
    };
    let read =
        UpsertResult::decode(result.encode_to_vec().as_slice()).expect("what was encoded decodes");
    assert_eq!(read.error, Some(error));
}

#[test]
fn a_message_has_one_encoding() {
    let value = |text: &str| Value {
        kind: Some(value::Kind::StringValue(text.into())),
    };
    let lead = |names: &[&str]| Lead {
        fields: names
            .iter()
            .map(|name| ((*name).into(), value(name)))
            .collect(),
        ..Lead::default()
    };
    assert_eq!(
        lead(&["Email", "City", "Title"]).encode_to_vec(),
        lead(&["Title", "Email", "City"]).encode_to_vec()
    );
}
