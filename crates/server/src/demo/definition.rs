//! What the demo defines on its server: fields where the standard ones do not fit, and the webhook.

use leadhook_proto::v1::{
    CreateFieldRequest, CreateWebhookRequest, Field, FieldType, Limits, ListFieldsRequest,
    RequestTokenEncoding, RequestType, ResponseMapping, ResponseType, Webhook,
    lead_service_client::LeadServiceClient, webhook_service_client::WebhookServiceClient,
};
use tonic::transport::Channel;

use super::{
    columns::{self, Unknown},
    explain::explain,
    target::Target,
};

/// Where the webhook's answers go that no standard field is for: API name, display name, type.
const FIELDS: [(&str, &str, FieldType); 3] = [
    ("Seniority", "Seniority", FieldType::String),
    ("DecisionMaker", "Decision Maker", FieldType::Boolean),
    ("CheckedAt", "Checked At", FieldType::Datetime),
];

/// Path in the answer, and the field's API name. `Industry` is a field of the lead's company (R-MAP-9).
const MAPPINGS: [(&str, &str); 5] = [
    ("company.industries[0]", "Industry"),
    ("person.seniority", "Seniority"),
    ("person.decision_maker", "DecisionMaker"),
    ("score", "LeadScore"),
    ("checked_at", "CheckedAt"),
];

const PAYLOAD: &str = r#"{
  "email": {{lead.Email Address}},
  "name": "{{lead.First Name}} {{lead.Last Name}}",
  "title": {{lead.Job Title:default=unknown}},
  "company": { "name": {{company.Company Name}}, "employees": {{company.Num Employees}} },
  "reason": "for {{my.event}}, by {{campaign.Name}}",
  "asked_at": {{system.dateTime}}
}"#;

/// Creates the fields that the webhook writes to, and a text field for every column that is none yet.
pub(crate) async fn create_fields(
    channel: &Channel,
    columns: &[String],
) -> anyhow::Result<Vec<Field>> {
    let mut leads = LeadServiceClient::new(channel.clone());
    let mut created = Vec::new();
    for (api_name, display_name, field_type) in FIELDS {
        created.push(create(&mut leads, api_name, display_name, field_type).await?);
    }
    let known = list(&mut leads).await?;
    for Unknown { column, api_name } in columns::unknown(columns, &known) {
        created.push(create(&mut leads, &api_name, column, FieldType::TextArea).await?);
    }
    Ok(created)
}

async fn create(
    leads: &mut LeadServiceClient<Channel>,
    api_name: &str,
    display_name: &str,
    field_type: FieldType,
) -> anyhow::Result<Field> {
    let request = CreateFieldRequest {
        field: Some(Field {
            display_name: display_name.to_owned(),
            r#type: field_type.into(),
            ..Field::default()
        }),
        field_id: api_name.to_owned(),
    };
    match leads.create_field(request).await {
        Ok(field) => Ok(field.into_inner()),
        Err(status) => Err(explain(&format!("the field `{display_name}`"), &status)),
    }
}

async fn list(leads: &mut LeadServiceClient<Channel>) -> anyhow::Result<Vec<Field>> {
    let mut fields = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListFieldsRequest {
            page_token,
            ..ListFieldsRequest::default()
        };
        let page = leads
            .list_fields(request)
            .await
            .map_err(|status| explain("the list of fields", &status))?
            .into_inner();
        fields.extend(page.fields);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(fields);
        }
    }
}

/// Saves the webhook `webhooks/enrich`.
pub(crate) async fn create_webhook(channel: &Channel, target: &Target) -> anyhow::Result<Webhook> {
    let request = CreateWebhookRequest {
        webhook: Some(webhook(target)),
        webhook_id: "enrich".to_owned(),
        validate_only: false,
    };
    match WebhookServiceClient::new(channel.clone())
        .create_webhook(request)
        .await
    {
        Ok(webhook) => Ok(webhook.into_inner()),
        Err(status) => Err(explain("the webhook", &status)),
    }
}

fn webhook(target: &Target) -> Webhook {
    let mapping = |(path, field): (&str, &str)| ResponseMapping {
        response_attribute: path.to_owned(),
        field: field.to_owned(),
    };
    Webhook {
        display_name: "Enrich a lead".to_owned(),
        url: target.url().to_owned(),
        request_type: RequestType::Post.into(),
        payload_template: PAYLOAD.to_owned(),
        request_token_encoding: RequestTokenEncoding::Json.into(),
        response_type: ResponseType::Json.into(),
        response_mappings: MAPPINGS.into_iter().map(mapping).collect(),
        limits: target.max_concurrency().map(|max_concurrency| Limits {
            max_concurrency,
            ..Limits::default()
        }),
        ..Webhook::default()
    }
}
