"""The quick start of leadhook with grpcio: python quickstart.py ADDRESS SERVICE_URL

ADDRESS is a leadhook server, "127.0.0.1:50051"; SERVICE_URL a service that answers with JSON: {"title": "Countess", "score": 42}.
Needs grpcio, grpcio-tools and grpcio-status.
"""

import sys
from pathlib import Path

# grpcio-tools reads proto files where Python looks for modules.
sys.path.append(str(Path(__file__).resolve().parents[3] / "proto"))

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

webhook_pb, webhook_service = grpc.protos_and_services("leadhook/v1/webhook_service.proto")
lead_pb, lead_service = grpc.protos_and_services("leadhook/v1/lead_service.proto")
call_pb, call_service = grpc.protos_and_services("leadhook/v1/call_service.proto")
types = {
    name: grpc.protos(f"leadhook/v1/{name}.proto") for name in ("webhook", "lead", "call")
}

LEADS = '''\
Email Address,First Name,Company Name
ada@example.com,Ada,Analytical Engines
grace@example.com,Grace,"Flow-Matic, ""Inc."""
not a lead at all
'''


def main(address: str, service_url: str) -> None:
    with grpc.insecure_channel(address) as channel:
        webhooks = webhook_service.WebhookServiceStub(channel)
        leads = lead_service.LeadServiceStub(channel)
        calls = call_service.CallServiceStub(channel)

        webhook = save_webhook(webhooks, service_url)
        call_for_an_inline_lead(calls, webhook)
        import_leads(leads)
        call_for_a_stored_lead(leads, calls, webhook)
        list_calls(calls, webhook)
        see_what_is_wrong(webhooks)


def save_webhook(webhooks, service_url: str) -> str:
    saved = webhooks.CreateWebhook(
        webhook_pb.CreateWebhookRequest(
            webhook_id="quickstart-python",
            webhook=types["webhook"].Webhook(
                display_name="Quick start",
                url=service_url,
                request_type="REQUEST_TYPE_POST",
                payload_template='{"email": {{lead.Email Address}}, "name": {{lead.First Name:default=friend}}}',
                request_token_encoding="REQUEST_TOKEN_ENCODING_JSON",
                response_type="RESPONSE_TYPE_JSON",
                response_mappings=[
                    {"response_attribute": "title", "field": "Job Title"},
                    {"response_attribute": "score", "field": "Lead Score"},
                ],
            ),
        )
    )
    print(f"saved {saved.name}")
    return saved.name


def call_for_an_inline_lead(calls, webhook: str) -> None:
    request = call_pb.CallWebhookRequest(webhook=webhook)
    request.subject.inline.fields["Email"].string_value = "blaise@example.com"
    call = calls.CallWebhook(request, timeout=60)
    print(f"called for blaise@example.com: {call.response_code} {call.error_type}")
    for change in call.field_changes:
        print(f"  would set {change.field} to {text(change.new_value)}")


def text(value) -> str:
    """A google.protobuf.Value for people: numbers without a needless fraction."""
    kind = value.WhichOneof("kind")
    held = getattr(value, kind)
    return f"{held:g}" if kind == "number_value" else str(held)


def import_leads(leads) -> None:
    csv = LEADS.encode()
    # Chunks may break anywhere, within a character too.
    chunks = (lead_pb.ImportLeadsRequest(csv=csv[i : i + 50]) for i in range(0, len(csv), 50))
    for progress in leads.ImportLeads(chunks):
        for error in progress.errors:
            print(f"  row {error.row}, line {error.line}: {error.message}")
    print(f"imported: {progress.created} created, {progress.updated} updated, {progress.failed} failed")


def call_for_a_stored_lead(leads, calls, webhook: str) -> None:
    found = leads.ListLeads(lead_pb.ListLeadsRequest(filter='Email = "ada@example.com"'))
    ada = found.leads[0].name
    request = call_pb.CallWebhookRequest(webhook=webhook, subject=types["call"].Subject(lead=ada))
    call = calls.CallWebhook(request, timeout=60)
    lead = leads.GetLead(lead_pb.GetLeadRequest(name=ada))
    print(f"called for {text(lead.fields['Email'])}: {call.response_code} {call.error_type}")
    print(f"  {text(lead.fields['Title'])}, score {text(lead.fields['LeadScore'])}")


def list_calls(calls, webhook: str) -> None:
    listed = calls.ListCalls(call_pb.ListCallsRequest(filter=f'webhook = "{webhook}"'))
    print(f"{len(listed.calls)} calls on record, newest first")
    for call in listed.calls:
        print(f"  {call.response_code} {call.error_type}, lead: {call.lead or 'inline'}")


def see_what_is_wrong(webhooks) -> None:
    broken = types["webhook"].Webhook(
        url="https://example.com/{{lead.Email Adress}}",
        request_type="REQUEST_TYPE_GET",
        payload_template="a payload with GET",
    )
    try:
        webhooks.CreateWebhook(webhook_pb.CreateWebhookRequest(webhook=broken))
    except grpc.RpcError as error:
        print(f"refused: {error.code().name}")
        for detail in rpc_status.from_call(error).details:
            if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
                info = error_details_pb2.ErrorInfo()
                detail.Unpack(info)
                print(f"  {info.domain} {info.reason}")
            elif detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
                bad = error_details_pb2.BadRequest()
                detail.Unpack(bad)
                for violation in bad.field_violations:
                    print(f"  {violation.field}: {violation.description}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
