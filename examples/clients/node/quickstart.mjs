// The quick start of leadhook with @grpc/grpc-js: node quickstart.mjs ADDRESS SERVICE_URL PROTO
//
// ADDRESS is a leadhook server, "127.0.0.1:50051"; SERVICE_URL a service that answers with JSON:
// {"title": "Countess", "score": 42}; PROTO the folder proto/ of the repository.

import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";

const LEADS = `Email Address,First Name,Company Name
ada@example.org,Ada,Analytical Engines
grace@example.org,Grace,"Flow-Matic, ""Inc."""
not a lead at all
`;

const [address, serviceUrl, proto] = process.argv.slice(2);
if (!proto) {
  console.error("usage: node quickstart.mjs ADDRESS SERVICE_URL PROTO");
  process.exit(2);
}

const files = ["webhook_service", "lead_service", "call_service"].map((name) => `leadhook/v1/${name}.proto`);
// The details of errors: no service imports them, so they are named.
const definition = protoLoader.loadSync([...files, "google/rpc/error_details.proto"], {
  includeDirs: [proto],
  keepCase: true,
  enums: String,
  longs: Number,
  defaults: true,
  oneofs: true,
});
const { leadhook } = grpc.loadPackageDefinition(definition);
const credentials = grpc.credentials.createInsecure();
const webhooks = new leadhook.v1.WebhookService(address, credentials);
const leads = new leadhook.v1.LeadService(address, credentials);
const calls = new leadhook.v1.CallService(address, credentials);

const unary = (client, method) => promisify(client[method].bind(client));
const text = (value) => ({ stringValue: value });
const plain = (value) => value[value.kind];

async function saveWebhook() {
  const saved = await unary(webhooks, "CreateWebhook")({
    webhook_id: "quickstart-node",
    webhook: {
      display_name: "Quick start",
      url: serviceUrl,
      request_type: "REQUEST_TYPE_POST",
      payload_template: '{"email": {{lead.Email Address}}, "name": {{lead.First Name:default=friend}}}',
      request_token_encoding: "REQUEST_TOKEN_ENCODING_JSON",
      response_type: "RESPONSE_TYPE_JSON",
      response_mappings: [
        { response_attribute: "title", field: "Job Title" },
        { response_attribute: "score", field: "Lead Score" },
      ],
    },
  });
  console.log(`saved ${saved.name}`);
  return saved.name;
}

async function callForAnInlineLead(webhook) {
  const fields = { Email: text("blaise@example.org") };
  const call = await unary(calls, "CallWebhook")({ webhook, subject: { inline: { fields } } });
  console.log(`called for blaise@example.org: ${call.response_code} ${call.error_type}`);
  for (const { field, new_value } of call.field_changes) {
    console.log(`  would set ${field} to ${plain(new_value)}`);
  }
}

async function importLeads() {
  const stream = leads.ImportLeads();
  const csv = Buffer.from(LEADS);
  // Chunks may break anywhere, within a character too.
  for (let start = 0; start < csv.length; start += 50) {
    stream.write({ csv: csv.subarray(start, start + 50) });
  }
  stream.end();
  let progress;
  for await (progress of stream) {
    for (const { row, line, message } of progress.errors) {
      console.log(`  row ${row}, line ${line}: ${message}`);
    }
  }
  console.log(`imported: ${progress.created} created, ${progress.updated} updated, ${progress.failed} failed`);
}

async function callForAStoredLead(webhook) {
  const found = await unary(leads, "ListLeads")({ filter: 'Email = "ada@example.org"' });
  const ada = found.leads[0].name;
  const call = await unary(calls, "CallWebhook")({ webhook, subject: { lead: ada } });
  const { fields } = await unary(leads, "GetLead")({ name: ada });
  console.log(`called for ${plain(fields.Email)}: ${call.response_code} ${call.error_type}`);
  console.log(`  ${plain(fields.Title)}, score ${plain(fields.LeadScore)}`);
}

async function listCalls(webhook) {
  const listed = await unary(calls, "ListCalls")({ filter: `webhook = "${webhook}"` });
  console.log(`${listed.calls.length} calls on record, newest first`);
  for (const call of listed.calls) {
    console.log(`  ${call.response_code} ${call.error_type}, lead: ${call.lead || "inline"}`);
  }
}

async function seeWhatIsWrong() {
  try {
    await unary(webhooks, "CreateWebhook")({
      webhook: {
        url: "https://example.com/{{lead.Email Adress}}",
        request_type: "REQUEST_TYPE_GET",
        payload_template: "a payload with GET",
      },
    });
  } catch (error) {
    console.log(`refused: ${grpc.status[error.code]}`);
    for (const detail of details(error)) {
      if (detail.reason) console.log(`  ${detail.domain} ${detail.reason}`);
      for (const { field, description } of detail.field_violations ?? []) {
        console.log(`  ${field}: ${description}`);
      }
    }
  }
}

// The messages of google.rpc that an error carries in its trailing metadata.
function details(error) {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!bytes) return [];
  const status = definition["google.rpc.Status"].deserialize(bytes);
  return status.details.flatMap(({ type_url, value }) => {
    const type = definition[type_url.replace(/.*\//, "")];
    return type ? [type.deserialize(value)] : [];
  });
}

const webhook = await saveWebhook();
await callForAnInlineLead(webhook);
await importLeads();
await callForAStoredLead(webhook);
await listCalls(webhook);
await seeWhatIsWrong();
for (const client of [webhooks, leads, calls]) client.close();
